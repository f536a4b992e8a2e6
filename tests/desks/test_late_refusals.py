"""Refused after the review is passed: something came to light while an item awaited its notice or its announcement."""

from __future__ import annotations

import pytest

from registry.actors import PUBLIC
from registry.desks import applications, certificates, enquiries, notices
from registry.errors import BadInput, DutiesConflict, NotEntitled, OutOfOrder
from registry.law.lifecycle import Role
from tests.desks.conftest import BRIEF
from tests.factories import Town

WHY = "原证书因材料虚假已被撤销。"


def walk(town: Town, state: str) -> str:
    return town.reviewed() if state == "awaiting_notice" else town.to_announce()


@pytest.mark.parametrize("state", ["awaiting_notice", "announcement"])
def test_what_disqualifies_after_the_review_refuses_with_ground_article_and_letter(town: Town, state: str) -> None:
    number = walk(town, state)
    assert town.show(number)["status"] == state
    refusal = town.refused(BadInput, town.department(), applications.refuse, number, "sunshine", "")
    assert {f.field for f in refusal.findings} == {"ground", "reason"}
    town.do(town.department(), applications.refuse, number, "false_material", "查重发现检测报告系伪造。")
    shown = town.show(number)
    assert shown["status"] == "refused" and shown["due"] is None and shown["possible"] == []
    told = town.letters_to("maker-0")[-1]
    assert number in told.subject and "申报材料弄虚作假" in told.body and "查重发现检测报告系伪造" in told.body


@pytest.mark.parametrize("state", ["awaiting_notice", "announcement"])
def test_only_the_department_refuses_it_and_not_whoever_endorsed_it(town: Town, state: str) -> None:
    number = walk(town, state)
    for other in (town.bureau(), town.applicant()):
        town.refused(NotEntitled, other, applications.refuse, number, "false_material", WHY)
    both = town.also(town.bureau(), Role.DEPARTMENT, authority=town.authority)
    refusal = town.refused(DutiesConflict, both, applications.refuse, number, "false_material", WHY)
    assert refusal.article == "duties.endorser_announces_not"


def test_during_the_notice_itself_it_is_stopped_by_an_objection_or_after_it(town: Town) -> None:
    number = town.reviewed()
    town.noticed(number)
    town.refused(OutOfOrder, town.department(), applications.refuse, number, "false_material", WHY)


@pytest.mark.parametrize("ended", ["revoked", "surrendered"])
def test_the_renewal_of_a_certificate_that_has_ended_meanwhile_is_refused_not_announced(wide_town: Town, ended: str) -> None:
    town = wide_town
    old = town.certified(regulation=BRIEF)
    town.to("2026-10-08")
    number = town.to_announce(regulation=None, renews=old)
    if ended == "revoked":
        town.sanction(old, "revoke", "false_material")
    else:
        town.do(town.applicant(), certificates.surrender_certificate, old, "停产")
    refusal = town.refused(OutOfOrder, town.department(), notices.announce, regulation=town.regulation_of(number),
                           document_number="湘工信电子〔2026〕88号", applications=[number])
    assert old in refusal.detail.zh and refusal.possible == ("refuse",) and refusal.action and "不予认定" in refusal.action.zh
    town.do(town.department(), applications.refuse, number, "predecessor_ended", WHY)
    assert town.show(number)["status"] == "refused" and town.certificate(old)["replaced_by"] is None


def test_the_notice_shows_that_its_item_was_refused(town: Town) -> None:
    number = town.reviewed()
    notice = town.noticed(number)
    town.let_time_act(number)
    town.do(town.department(), applications.refuse, number, "false_material", WHY)
    with town.office.reading(PUBLIC) as r:
        item = enquiries.show_notice(r, notice)["items"][0]
    assert item["state_label"].zh == "未通过"
