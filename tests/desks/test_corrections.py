"""What stands behind an objection and what the public reads of it, its own term, and notices that are withdrawn."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any

import pytest

from registry.actors import PUBLIC, SYSTEM, Actor
from registry.desks import audits, enquiries, notices, redactions, withdrawals
from registry.errors import AlreadyDone, BadInput, NotEntitled, NotFound, NotOpen
from tests.factories import HUNAN, PDF, Town

D = date.fromisoformat
SAFE = "该产品在 2019 年已有同型号产品上市。"


def in_notice(town: Town) -> tuple[str, str]:
    number = town.reviewed()
    return town.noticed(number), number


def objecting(**changes: Any) -> dict[str, Any]:
    return {"objector": "person", "name": "张三", "contact": "zhang@example.com", "reason": "早已上市。", "evidence": "手册第3页。",
            "ground": "not_first"} | changes


def notice_as(town: Town, number: str, actor: Actor = PUBLIC) -> dict[str, Any]:
    with town.office.reading(actor) as r:
        return enquiries.show_notice(r, number)


def objection_as(town: Town, number: str) -> dict[str, Any]:
    with town.office.reading(town.department()) as r:
        return enquiries.show_objection(r, number)


# ------------------------------------------------------------------------------------------------------- who objects


def test_a_unit_objects_under_its_seal_which_is_this_registrys_demand_and_no_articles(town: Town) -> None:
    notice, number = in_notice(town)
    given = objecting(objector="unit", name="长沙某某电子有限公司")
    refusal = town.refused(BadInput, PUBLIC, notices.object_to, notice, application=number, **given)
    assert [(f.field, f.article, f.basis) for f in refusal.findings] == [("evidence_file", None, None)]
    assert (refusal.article, refusal.basis) == (None, None)
    assert town.do(PUBLIC, notices.object_to, notice, application=number, **given, filename="盖章页.pdf", content=PDF)


@pytest.mark.parametrize("name", ["匿名", " 知情人 ", "Anonymous", "某某", "-"])
def test_a_name_that_is_none_is_refused(town: Town, name: str) -> None:
    notice, number = in_notice(town)
    refusal = town.refused(BadInput, PUBLIC, notices.object_to, notice, application=number, **objecting(name=name))
    assert [(f.field, f.code) for f in refusal.findings] == [("name", "anonymous")]
    assert refusal.article == town.office.law.regulation(HUNAN).periods["public_notice"].article


# ------------------------------------------------------------------------------------------------------ its own term


def test_each_objection_has_its_own_term_from_its_own_filing(town: Town) -> None:
    notice, number = in_notice(town)
    town.to("2026-03-04")
    first = town.object(notice, number)
    town.to("2026-03-10")
    second = town.object(notice, number, name="李四")
    a, b = objection_as(town, first)["term"], objection_as(town, second)["term"]
    assert (a["last_day"], a["left"]) == (D("2026-03-25"), 11) and (b["last_day"], b["left"]) == (D("2026-03-31"), 15)
    rule = town.office.law.regulation(HUNAN).periods["objection_decision"]
    assert (a["article"], a["overdue"]) == (rule.article, False)
    town.to("2026-03-26")
    assert objection_as(town, first)["term"]["overdue"] is True and objection_as(town, first)["term"]["left"] == 0
    town.do(town.department(), notices.dismiss_objection, first, "查无实据")
    assert objection_as(town, first)["term"] is None


# ----------------------------------------------------------------------------------------------------- the public copy


def test_the_public_reads_a_copy_that_says_nothing_of_who_objected(town: Town) -> None:
    notice, number = in_notice(town)
    objection = town.object(notice, number, name="匿踪者", contact="0731-88881234")
    assert notice_as(town, notice)["objections"] == []
    town.do(town.department(), redactions.publish_redacted_objection, objection, SAFE)
    [copy] = notice_as(town, notice)["objections"]
    assert (copy["number"], copy["text"], copy["application"], copy["outcome"]) == (objection, SAFE, number, None)
    assert "匿踪者" not in str(notice_as(town, notice)) and "88881234" not in str(notice_as(town, notice))


def test_who_redacted_it_is_named_by_role_to_anyone_and_by_login_to_auditors(town: Town) -> None:
    notice, number = in_notice(town)
    objection = town.object(notice, number)
    town.do(town.department("department-9"), redactions.publish_redacted_objection, objection, SAFE)
    for actor in (PUBLIC, town.applicant(), town.bureau()):
        [copy] = notice_as(town, notice, actor)["objections"]
        assert copy["redacted_by"] is None and copy["redacted_by_role"] == town.office.law.regulation(HUNAN).authority.name
    [copy] = notice_as(town, notice, town.auditor())["objections"]
    assert copy["redacted_by"] == "department-9"
    with town.office.reading(town.auditor()) as r:
        [entry] = enquiries.search_entries(r, subject=objection)["items"]
    assert (entry["act"], entry["actor"], entry["facts"]["text"]) == ("publish_redacted", "department-9", SAFE)


@pytest.mark.parametrize("text", [
    "张三丰认为早已上市。", "联系 zhang.li@example.com", "邮箱 zhang.li", "由 张 三 丰 提出", "ZHANG.LI@EXAMPLE.COM 来信", "", " ",
])
def test_a_copy_that_gives_the_objector_away_is_refused(town: Town, text: str) -> None:
    notice, number = in_notice(town)
    objection = town.object(notice, number, name="张三丰", contact="zhang.li@example.com")
    refusal = town.refused(BadInput, town.department(), redactions.publish_redacted_objection, objection, text)
    assert [f.field for f in refusal.findings] == ["text"]


def test_only_the_department_publishes_a_copy(town: Town) -> None:
    notice, number = in_notice(town)
    objection = town.object(notice, number)
    for other in (PUBLIC, town.applicant(), town.bureau(), town.auditor()):
        town.refused(NotFound, other, redactions.publish_redacted_objection, objection, SAFE)


# --------------------------------------------------------------------------------------------------- a notice withdrawn


@pytest.mark.pitfall("E5")
def test_a_notice_found_wrong_stays_marked_and_its_items_are_published_anew(town: Town) -> None:
    one, two = town.reviewed(), town.reviewed(town.applicant(1))
    old = town.noticed(one, two)
    before = notice_as(town, old)
    town.do(town.department(), withdrawals.withdraw_notice, old, "名单中企业名称有误")
    assert [town.show(n)["status"] for n in (one, two)] == ["awaiting_notice"] * 2
    assert town.show(one)["due"] is None
    new = town.noticed(one, two)
    after, fresh = notice_as(town, old), notice_as(town, new)
    assert (after["content"], after["digest"]) == (before["content"], before["digest"])
    assert hashlib.sha256(after["content"].encode()).hexdigest() == after["digest"]
    assert after["withdrawn"]["reason"] == "名单中企业名称有误" and after["withdrawn"]["replaced_by"] == [new] and after["closed"]
    assert fresh["withdrawn"] is None and fresh["replaces"] == [old] and json.loads(fresh["content"])["replaces"] == [old]
    with town.office.reading(PUBLIC) as r:
        assert [n["number"] for n in enquiries.search_notices(r, open=True)["items"]] == [new]
        assert [n["number"] for n in enquiries.search_notices(r)["items"]] == [new, old]
    town.let_time_act(one)
    assert town.show(one)["status"] == "announcement"


def test_its_open_objections_become_moot_and_the_objectors_are_told_why(town: Town) -> None:
    old, number = in_notice(town)
    decided = town.object(old, number, contact="li@example.com")
    town.do(town.department(), notices.dismiss_objection, decided, "查无实据")
    waiting = town.object(old, number, name="王五", contact="wang@example.com")
    town.do(town.department(), withdrawals.withdraw_notice, old, "型号写错")
    assert (objection_as(town, waiting)["outcome"], objection_as(town, waiting)["outcome_reason"]) == ("moot", "型号写错")
    assert objection_as(town, decided)["outcome"] == "dismissed"
    with town.office.reading(town.auditor()) as r:
        told = [x["address"] for x in enquiries.search_letters(r, limit=100)["items"] if "型号写错" in x["body"]]
    assert sorted(told) == sorted(["maker-0@example.com", "wang@example.com"])
    late = town.refused(NotOpen, PUBLIC, notices.object_to, old, application=number, **objecting())
    assert "撤回" in late.detail.zh and late.article is None
    new = town.noticed(number)
    assert town.object(new, number)
    with town.office.reading(SYSTEM) as r:
        assert [f for f in audits.check_lives(r, "application") if f] == []


def test_it_may_be_withdrawn_after_its_end_but_not_once_an_item_was_announced(town: Town) -> None:
    one, two = town.reviewed(), town.reviewed(town.applicant(1))
    old = town.noticed(one, two)
    town.to("2026-03-20")
    town.do(town.department(), withdrawals.withdraw_notice, old, "公示期计算有误")
    assert [town.show(n)["status"] for n in (one, two)] == ["awaiting_notice"] * 2
    new = town.noticed(one, two)
    town.to("2026-04-20")
    town.sweep()
    town.announced(one)
    refusal = town.refused(AlreadyDone, town.department(), withdrawals.withdraw_notice, new, "又有误")
    assert one in refusal.detail.zh and town.show(two)["status"] == "announcement"


def test_an_item_that_has_ended_stays_ended(town: Town) -> None:
    one, two = town.reviewed(), town.reviewed(town.applicant(1))
    old = town.noticed(one, two)
    town.do(town.department(), notices.uphold_objection, town.object(old, one), "属实")
    town.do(town.department(), withdrawals.withdraw_notice, old, "名单有误")
    assert [town.show(n)["status"] for n in (one, two)] == ["refused", "awaiting_notice"]


def test_a_notice_is_withdrawn_once_by_the_department_with_a_reason(town: Town) -> None:
    old, _ = in_notice(town)
    for other in (PUBLIC, town.applicant(), town.bureau(), town.auditor()):
        town.refused(NotEntitled, other, withdrawals.withdraw_notice, old, "有误")
    town.refused(BadInput, town.department(), withdrawals.withdraw_notice, old, " ")
    town.refused(NotFound, town.department(), withdrawals.withdraw_notice, "HN-STJ-GS-2026-999-X", "有误")
    town.do(town.department(), withdrawals.withdraw_notice, old, "有误")
    town.refused(AlreadyDone, town.department(), withdrawals.withdraw_notice, old, "有误")
