"""Where an enterprise lies is put right by an administrator, with a reason; what is in hand stays where it is, a draft follows."""

from __future__ import annotations

import pytest

from registry.actors import PUBLIC, SYSTEM
from registry.books import ledger
from registry.desks import applications, enquiries, enterprises, letters, tasks
from registry.desks.enquiries.certificates import is_office
from registry.errors import AlreadyDone, BadInput, NotEntitled, NotFound
from tests.factories import CHANGSHA, CODES, GUANGDONG, ZHUZHOU, Town

REASON = "登记时误选；营业执照住所为株洲市天元区。"


def correct(town: Town, place: str = ZHUZHOU, reason: str = REASON, code: str = CODES[0]) -> None:
    town.do(town.admin(), enterprises.correct_place, code, prefecture=place, reason=reason)


def test_a_place_is_corrected_with_its_reason_in_the_ledger_and_both_places_are_seen(town: Town) -> None:
    town.applicant()
    town.to("2026-03-09")
    correct(town)
    with town.office.reading(SYSTEM) as r:
        entry = ledger.history(r.session, "enterprise", CODES[0])[-1]
    assert (entry.act, entry.actor, entry.role) == ("correct_place", town.admin().login, "administrator")
    assert entry.facts == {"former": CHANGSHA, "prefecture": ZHUZHOU, "reason": REASON}
    with town.office.reading(town.applicant()) as r:
        shown = enquiries.show_enterprise(r, CODES[0])
    assert shown["prefecture"] == ZHUZHOU
    assert [(p["name"].zh, str(p["since"]), p["reason"]) for p in shown["places"]] == [
        ("长沙市", "2026-03-02", None), ("株洲市", "2026-03-09", REASON)]


def test_what_is_in_hand_stays_with_its_bureau_and_what_is_new_goes_to_the_other(town: Town) -> None:
    certificate, number = town.certified(), town.submitted()
    correct(town)
    town.do(town.bureau(CHANGSHA), applications.endorse, number)
    assert town.show(number)["bureau"]["region"] == CHANGSHA
    later = town.submitted()
    assert town.show(later)["bureau"]["region"] == ZHUZHOU
    town.refused(NotFound, town.bureau(CHANGSHA), applications.endorse, later)
    with town.office.reading(town.bureau(ZHUZHOU)) as r:
        assert is_office(r, certificate)


def test_a_draft_follows_its_enterprise_which_is_told(town: Town) -> None:
    draft, handed_in = town.draft(), town.submitted()
    correct(town)
    assert town.show(draft)["bureau"]["region"] == ZHUZHOU
    letter = town.letters_to("maker-0")[-1]
    for words in ("长沙市", "株洲市", REASON, draft, "/enterprises/" + CODES[0]):
        assert words in letter.body
    assert handed_in not in letter.body and "企业所在地已更正" in letter.subject
    town.do(town.applicant(), applications.submit, draft)
    town.do(town.bureau(ZHUZHOU), applications.endorse, draft)


def test_a_draft_of_an_enterprise_that_lies_elsewhere_is_not_handed_in(town: Town) -> None:
    draft = town.draft()
    correct(town, GUANGDONG)
    town.refused(NotEntitled, town.applicant(), applications.submit, draft)
    assert [f.field for f in town.do(town.applicant(), applications.check, draft)] == [applications.SUBMISSION]


def test_a_letter_of_it_that_cannot_be_delivered_becomes_a_task_of_the_new_bureau(town: Town) -> None:
    town.applicant()
    correct(town)
    with town.office.registrar(SYSTEM) as r:
        mail = letters.search_unsent(r)[-1]
        letters.mark_fault(r, mail, "no such address", final=True)
    with town.office.reading(town.bureau(ZHUZHOU)) as r:
        assert [t["subject"] for t in tasks.search_tasks(r)["items"]] == [CODES[0]]


def test_only_an_administrator_corrects_a_place(town: Town) -> None:
    for somebody in (PUBLIC, town.applicant(), town.bureau(), town.department(), town.auditor()):
        town.refused(NotEntitled, somebody, enterprises.correct_place, CODES[0], prefecture=ZHUZHOU, reason=REASON)


@pytest.mark.parametrize(("place", "reason", "field"), [("439999", REASON, "prefecture"), (ZHUZHOU, " ", "reason")])
def test_an_unknown_place_and_a_missing_reason_are_named(town: Town, place: str, reason: str, field: str) -> None:
    town.applicant()
    refusal = town.refused(BadInput, town.admin(), enterprises.correct_place, CODES[0], prefecture=place, reason=reason)
    assert [f.field for f in refusal.findings] == [field]


def test_there_is_nothing_to_correct_where_the_place_is_right_or_nobody_is_registered(town: Town) -> None:
    town.applicant()
    town.refused(AlreadyDone, town.admin(), enterprises.correct_place, CODES[0], prefecture=CHANGSHA, reason=REASON)
    town.refused(NotFound, town.admin(), enterprises.correct_place, CODES[1], prefecture=ZHUZHOU, reason=REASON)
