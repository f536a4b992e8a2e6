"""The queue of an office: whose work a case is, what waits, what came back, and endorsing many."""

from __future__ import annotations

from typing import Any

import pytest

from registry.actors import Actor
from registry.desks import accounts, applications, enquiries, notices, queues
from registry.errors import AlreadyDone, BadInput, NotEntitled, NotFound, Outdated, OutOfOrder
from registry.law.lifecycle import Role
from tests.factories import CHANGSHA, ZHUZHOU, Town


def second(town: Town, prefecture: str = CHANGSHA) -> Actor:
    """A colleague of the bureau's officer."""
    return town._appointed(f"second-{prefecture}", Role.BUREAU, prefecture=prefecture)


def shown(town: Town, number: str, actor: Actor) -> dict[str, Any]:
    with town.office.reading(actor) as r:
        return enquiries.show_application(r, number)


def queue(town: Town, actor: Actor, **wanted: Any) -> list[str]:
    with town.office.reading(actor) as r:
        return [i["number"] for group in enquiries.worklist(r, **wanted) for i in group["items"]]


# ----------------------------------------------------------------------------------------------------------- claiming


def test_a_claim_tells_colleagues_and_locks_nothing(town: Town) -> None:
    number = town.submitted()
    town.do(town.bureau(), queues.claim, number)
    seen = shown(town, number, second(town))["claim"]
    assert (seen["login"], seen["mine"], seen["may_put_back"]) == (town.bureau().login, False, False)
    refusal = town.refused(AlreadyDone, second(town), queues.claim, number)
    assert town.bureau().login in refusal.detail.zh
    town.do(second(town), applications.endorse, number)
    assert town.show(number)["status"] == "expert_review"


def offered(town: Town, number: str, actor: Actor) -> set[str]:
    return {p["act"] for p in shown(town, number, actor)["possible"]}


def test_no_act_on_a_claim_is_offered_that_would_only_be_refused(town: Town) -> None:
    number, claims = town.submitted(), {"claim", "assign", "unclaim"}
    assert offered(town, number, town.bureau()) & claims == {"claim", "assign"}
    town.do(town.bureau(), queues.claim, number)
    assert offered(town, number, town.bureau()) & claims == {"assign", "unclaim"}
    assert offered(town, number, second(town)) & claims == set()


def test_a_queue_says_whose_clock_it_is_and_what_is_used_and_left_of_it(town: Town) -> None:
    """Handed in on Monday 2 March, ten working days: on Thursday three are used."""
    town.submitted()
    town.to("2026-03-05")
    with town.office.reading(town.bureau()) as r:
        [item] = enquiries.worklist(r)[0]["items"]
    assert item["tier_label"] == town.office.law.prefectures()[CHANGSHA].bureau
    assert (item["term"]["used_words"].zh, item["term"]["left_words"].en) == ("3个工作日", "7 working days")


def test_only_who_has_it_or_gave_it_puts_it_back_or_hands_it_on(town: Town) -> None:
    number, third = town.submitted(), town._appointed("third", Role.BUREAU, prefecture=CHANGSHA)
    town.do(town.bureau(), queues.assign, number, second(town).login)
    for act, facts in ((queues.unclaim, ()), (queues.assign, (third.login,))):
        town.refused(NotEntitled, third, act, number, *facts)
    town.do(second(town), queues.unclaim, number)
    town.refused(AlreadyDone, second(town), queues.unclaim, number)
    town.do(town.bureau(), queues.assign, number, second(town).login)
    town.do(town.bureau(), queues.unclaim, number)
    town.do(third, queues.claim, number)
    assert shown(town, number, town.bureau())["claim"]["login"] == "third"


def test_a_case_is_put_into_the_hands_of_its_own_office_only(town: Town) -> None:
    number, stranger = town.submitted(), town.bureau(ZHUZHOU)
    for login in (stranger.login, town.department().login, town.applicant().login, "nobody", ""):
        refusal = town.refused(BadInput, town.bureau(), queues.assign, number, login)
        assert refusal.findings[0].field == "person"
    town.refused(NotFound, stranger, queues.claim, number)
    town.refused(NotEntitled, town.department(), queues.claim, number)
    town.refused(NotEntitled, town.applicant(), queues.claim, number)


def test_what_was_done_is_in_the_ledger_and_for_the_office_alone(town: Town) -> None:
    number = town.submitted()
    town.do(town.bureau(), queues.claim, number)
    town.do(town.bureau(), queues.assign, number, second(town).login)
    town.do(second(town), queues.unclaim, number)
    office = [e["act"] for e in shown(town, number, town.bureau())["history"]]
    assert office[-3:] == ["claim", "assign", "unclaim"]
    town.do(town.bureau(), queues.claim, number)
    maker = shown(town, number, town.applicant())
    assert maker["claim"] is None and not {"claim", "assign", "unclaim"} & {e["act"] for e in maker["history"]}


def test_who_is_assigned_is_told_and_whoever_claims_is_not(town: Town) -> None:
    number = town.submitted()
    town.do(town.bureau(), queues.assign, number, second(town).login)
    with town.office.reading(second(town)) as r:
        assert [x["subject"] for x in enquiries.search_letters(r)["items"] if "指派" in x["body"]] == [f"请承办：{number} / Assigned to you: {number}"]


def test_a_claim_lasts_through_a_supplement_and_ends_where_the_office_changes(town: Town) -> None:
    number = town.submitted()
    town.do(town.bureau(), queues.claim, number)
    town.supplement(number)
    town.refused(OutOfOrder, second(town), queues.claim, number)
    town.do(town.applicant(), applications.resubmit, number, "已补")
    assert shown(town, number, town.bureau())["claim"]["mine"] is True
    town.do(town.bureau(), applications.endorse, number)
    assert shown(town, number, town.department())["claim"] is None
    town.do(town.department(), queues.claim, number)


def test_a_claim_ends_with_the_appointment_of_who_made_it(town: Town) -> None:
    number = town.submitted()
    town.do(second(town), queues.claim, number)
    town.do(town.admin(), accounts.end_appointment, login="second-430100", role=Role.BUREAU, prefecture=CHANGSHA)
    assert shown(town, number, town.bureau())["claim"] is None
    assert queue(town, town.bureau(), view="unclaimed") == [number]
    town.do(town.bureau(), queues.claim, number)


# ----------------------------------------------------------------------------------------------------------- the queue


def test_the_queue_is_seen_by_whose_it_is_what_came_back_and_what_is_overdue(town: Town) -> None:
    mine, free, back = (town.submitted() for _ in range(3))
    town.do(town.bureau(), queues.claim, mine)
    town.supplement(back, "missing_document")
    assert queue(town, town.bureau(), view="resubmitted") == []
    town.do(town.applicant(), applications.resubmit, back, "已补")
    bureau = town.bureau()
    assert queue(town, bureau) == [back, mine, free]
    assert queue(town, bureau, view="mine") == [mine] and queue(town, second(town), view="mine") == []
    assert queue(town, bureau, view="unclaimed") == [back, free]
    assert queue(town, bureau, view="resubmitted") == [back] and queue(town, bureau, view="overdue") == []
    town.to("2026-05-20")
    assert set(queue(town, bureau, view="overdue")) == {mine, free, back}
    with town.office.reading(bureau) as r, pytest.raises(BadInput):
        enquiries.worklist(r, view="theirs")


def test_what_came_back_shows_what_was_asked_until_it_moves_on(town: Town) -> None:
    number = town.submitted()
    town.supplement(number, "missing_document")
    town.do(town.applicant(), applications.resubmit, number, "已补")
    with town.office.reading(town.bureau()) as r:
        [[item]] = [g["items"] for g in enquiries.worklist(r)]
    assert item["asked"]["comment"] == "请补充盖章页。" and len(item["asked"]["reasons"]) == 1
    town.do(town.bureau(), applications.endorse, number)
    with town.office.reading(town.department()) as r:
        [[item]] = [g["items"] for g in enquiries.worklist(r)]
    assert item["asked"] is None and item["resubmitted_at"] is None


def test_a_search_looks_within_the_queue_alone(town: Town) -> None:
    one, other = town.submitted(), town.submitted(town.applicant(1))
    assert queue(town, town.bureau(), q="湖南第1电子") == [other]
    assert queue(town, town.bureau(), q=one) == [one]
    assert queue(town, town.bureau(), q="50%") == [] and queue(town, town.department(), q=one) == []


def test_what_may_only_be_held_or_claimed_waits_for_nobody(town: Town) -> None:
    number = town.reviewed()
    assert queue(town, town.department()) == [number]
    notice = town.noticed(number)
    assert queue(town, town.department()) == []
    town.object(notice, number)
    assert queue(town, town.department()) == [number]
    with town.office.reading(town.department()) as r:
        [objection] = enquiries.search_objections(r)["items"]
    town.do(town.department(), notices.dismiss_objection, objection["number"], "查无实据")
    supplemented = town.submitted(town.applicant(1))
    town.supplement(supplemented)
    assert queue(town, town.bureau()) == queue(town, town.department()) == []
    assert queue(town, town.applicant(1)) == [supplemented]


# ------------------------------------------------------------------------------------------------------ endorsing many


def test_many_are_judged_by_the_rules_of_one_and_shown_first(town: Town) -> None:
    good, elsewhere, done = town.submitted(), town.submitted(town.applicant(1, ZHUZHOU)), town.endorsed()
    before = town.books()
    with town.office.reading(town.bureau()) as r:
        items = {i["number"]: i for i in queues.preview_endorsements(r, [good, elsewhere, done, good])}
    assert [items[n]["may"] for n in (good, elsewhere, done)] == [True, False, False]
    assert type(items[elsewhere]["refusal"]) is NotFound and items[elsewhere]["product"] == ""
    assert type(items[done]["refusal"]) is OutOfOrder and items[good]["findings"] == []
    assert town.books() == before


def test_what_the_dossier_lacks_today_is_shown_with_its_item(town: Town) -> None:
    number = town.draft()
    town.do(town.applicant(), applications.submit, number)
    town.supplement(number)
    town.do(town.applicant(), applications.remove_document, number, 1)
    with town.office.reading(town.bureau()) as r:
        [item] = queues.preview_endorsements(r, [number])
    assert item["may"] is False and item["findings"]


def test_one_that_is_refused_does_not_stop_the_others(town: Town) -> None:
    listed = [town.submitted() for _ in range(3)]
    versions: dict[str, int | None] = {n: town.show(n)["version"] for n in listed}
    town.do(second(town), queues.claim, listed[1])
    outcomes = queues.endorse_each(lambda: town.office.registrar(town.bureau()), versions, "同意")
    assert [(o.number, type(o.refusal)) for o in outcomes] == [
        (listed[0], type(None)), (listed[1], Outdated), (listed[2], type(None))]
    assert [town.show(n)["status"] for n in listed] == ["expert_review", "preliminary_review", "expert_review"]


def test_nothing_ticked_is_refused_and_so_is_more_than_can_be_looked_at(town: Town) -> None:
    for listed in ([], [f"HN-{n}" for n in range(101)]):
        with town.office.reading(town.bureau()) as r, pytest.raises(BadInput):
            queues.preview_endorsements(r, listed)
