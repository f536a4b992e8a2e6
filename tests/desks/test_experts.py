"""The expert pool: what experts say of themselves, for how long a tie bars, and who may see it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import Session, select

from registry.books.models import Entry
from registry.desks import enquiries, experts, reviews
from registry.errors import AlreadyDone, BadInput, MustStandAside, NotEntitled, NotFound
from tests.factories import CODES, Town

PROFILE = {"fields": [], "title": "教授", "employer_name": "湖南示例大学", "employer_code": None, "active": True}
TIE = {"kind": "shareholding", "credit_code": CODES[0], "from_on": "2020-01-01"}


def mine(town: Town, number: int = 1) -> dict[str, Any]:
    with town.office.reading(town.expert(number)) as r:
        return enquiries.show_expert(r)


def keep(town: Town, number: int = 1, **changes: Any) -> None:
    town.do(town.expert(number), experts.keep_profile, **(PROFILE | changes))


def declare(town: Town, number: int = 1, **changes: Any) -> int:
    return int(town.do(town.expert(number), experts.declare_interest, **(TIE | changes)))


def may_sit(town: Town, application: str, number: int = 1) -> None:
    town.do(town.department(), reviews.seat_expert, application, town.expert(number).login)


def may_not_sit(town: Town, application: str, number: int = 1) -> MustStandAside:
    return town.refused(MustStandAside, town.department(), reviews.seat_expert, application, town.expert(number).login)


# -------------------------------------------------------------------------------------------------------------- profile


def test_an_expert_keeps_their_own_profile_and_it_is_recorded(town: Town) -> None:
    assert (mine(town)["active"], mine(town)["fields"], mine(town)["kept_at"]) == (True, [], None)
    with town.office.reading(town.expert()) as r:
        key = next(iter(experts.classes(r)))
    keep(town, fields=[key, key], employer_code=CODES[1], active=False)
    seen = mine(town)
    assert [f["key"] for f in seen["fields"]] == [key] and seen["title"] == "教授" and not seen["active"]
    assert (seen["employer_name"], seen["employer_code"]) == ("湖南示例大学", CODES[1])
    with Session(town.office.engine) as session:
        entry = session.exec(select(Entry).where(Entry.act == "keep_profile")).one()
    assert (entry.subject, entry.actor, entry.facts["employer_code"]) == ("expert-1", "expert-1", CODES[1])


@pytest.mark.parametrize(("changes", "field"), [
    ({"fields": ["alchemy"]}, "fields"), ({"employer_code": "91430100MA4L00001K"}, "employer_code"),
    ({"title": "x" * 101}, "title"), ({"employer_name": "a\u202eb"}, "employer_name"),
])
def test_a_profile_that_cannot_be_taken_names_the_field(town: Town, changes: dict[str, Any], field: str) -> None:
    refusal = town.refused(BadInput, town.expert(), experts.keep_profile, **(PROFILE | changes))
    assert [f.field for f in refusal.findings] == [field]


def test_only_an_expert_has_a_profile(town: Town) -> None:
    for other in (town.admin(), town.department(), town.applicant(), town.bureau(), town.auditor()):
        town.refused(NotEntitled, other, experts.keep_profile, **PROFILE)
        town.refused(NotEntitled, other, lambda r: experts.declare_interest(r, **TIE))
        town.refused(NotEntitled, other, enquiries.show_expert)


def test_a_former_employer_bars_for_the_regulations_years_and_not_a_day_longer(town: Town) -> None:
    application = town.endorsed()
    keep(town, employer_code=CODES[0])
    may_not_sit(town, application)
    town.to("2026-03-03")
    keep(town, employer_code=CODES[1])
    left = mine(town)["interests"][0]
    assert (left["kind"], left["credit_code"], str(left["until_on"])) == ("employment", CODES[0], "2026-03-03")
    town.to("2029-03-03", hour=23, minute=59)
    assert "任职" in may_not_sit(town, application).detail.zh
    town.to("2029-03-04", hour=0)
    may_sit(town, application)


# ------------------------------------------------------------------------------------------------------------ interests


@pytest.mark.parametrize("kind", ["employment", "shareholding", "co_inventor", "paid_service", "competitor"])
def test_a_tie_that_lasts_bars_by_its_rule(town: Town, kind: str) -> None:
    application = town.endorsed()
    declare(town, kind=kind)
    refusal = may_not_sit(town, application)
    law = town.office.law.regulation(town.regulation_of(application))
    rule = next(rule for rule in law.panel.recusal if rule.key == kind)
    assert rule.label.zh in refusal.detail.zh and (refusal.article, refusal.basis) == (rule.article, "assumption")


def test_a_tie_to_another_enterprise_bars_nobody_here(town: Town) -> None:
    application = town.endorsed()
    declare(town, credit_code=CODES[1])
    may_sit(town, application)


@pytest.mark.parametrize(("kind", "until", "bars"), [
    ("paid_service", "2023-03-02", True), ("paid_service", "2023-03-01", False),  # three years to the day; today is 2026-03-02
    ("employment", "2023-03-02", True), ("employment", "2023-03-01", False),
    ("shareholding", "2026-03-01", False), ("shareholding", "2026-03-02", True),  # no years: only while it lasts
    ("co_inventor", "2026-03-01", False), ("competitor", "2026-03-01", False),
])
def test_a_tie_that_ended_bars_for_the_years_of_its_rule(town: Town, kind: str, until: str, bars: bool) -> None:
    application = town.endorsed()
    declare(town, kind=kind, until_on=until)
    (may_not_sit if bars else may_sit)(town, application)


def test_a_tie_is_ended_once_on_a_day_that_has_come(town: Town) -> None:
    application = town.endorsed()
    ordinal = declare(town)
    expert = town.expert()
    for day in ("2019-12-31", "2026-03-03", "soon", None):
        assert town.refused(BadInput, expert, experts.end_interest, ordinal, day).findings[0].field == "until_on"
    town.do(expert, experts.end_interest, ordinal, "2026-03-01")
    town.refused(AlreadyDone, expert, experts.end_interest, ordinal, "2026-02-01")
    may_sit(town, application)


def test_a_declaration_made_by_mistake_is_withdrawn_with_a_reason_and_stays_on_record(town: Town) -> None:
    application = town.endorsed()
    ordinal = declare(town)
    town.refused(BadInput, town.expert(), experts.withdraw_interest, ordinal, " ")
    town.do(town.expert(), experts.withdraw_interest, ordinal, "企业名称相近，填错")
    town.refused(NotFound, town.expert(), experts.withdraw_interest, ordinal, "再次")
    town.refused(NotFound, town.expert(), experts.end_interest, ordinal, "2026-03-01")
    assert mine(town)["interests"][0]["withdrawal_reason"] == "企业名称相近，填错"
    may_sit(town, application)


def test_nobody_touches_anothers_interests(town: Town) -> None:
    ordinal = declare(town)
    town.refused(NotFound, town.expert(2), experts.end_interest, ordinal, "2026-03-01")
    town.refused(NotFound, town.expert(2), experts.withdraw_interest, ordinal, "不是我的")
    assert declare(town, 2) == 1 and declare(town) == 2


@pytest.mark.parametrize(("changes", "fields"), [
    ({"kind": "friendship"}, ["kind"]), ({"credit_code": "1"}, ["credit_code"]), ({"credit_code": ""}, ["credit_code"]),
    ({"from_on": "2026-03-03"}, ["from_on"]), ({"from_on": "yesterday"}, ["from_on"]), ({"from_on": None}, ["from_on"]),
    ({"until_on": "2019-12-31"}, ["until_on"]), ({"note": "x" * 1001}, ["note"]),
    ({"kind": "", "credit_code": "", "from_on": ""}, ["kind", "credit_code", "from_on"]),
])
def test_a_declaration_that_cannot_be_taken_names_every_field(town: Town, changes: dict[str, Any], fields: list[str]) -> None:
    refusal = town.refused(BadInput, town.expert(), lambda r: experts.declare_interest(r, **(TIE | changes)))
    assert [f.field for f in refusal.findings] == fields


# ------------------------------------------------------------------------------------------------------------- the pool


def test_the_pool_is_for_department_administrator_and_auditor(town: Town) -> None:
    keep(town, active=False)
    declare(town, 2)
    for reader in (town.department(), town.admin(), town.auditor()):
        with town.office.reading(reader) as r:
            assert {p["login"] for p in enquiries.search_experts(r)["items"]} == {"expert-1", "expert-2"}
            assert [p["login"] for p in enquiries.search_experts(r, active=True)["items"]] == ["expert-2"]
            assert [p["login"] for p in enquiries.search_experts(r, active=False)["items"]] == ["expert-1"]
            assert enquiries.search_experts(r, q="expert-2")["items"][0]["interests"][0]["kind"] == "shareholding"
    for other in (town.bureau(), town.applicant(), town.expert(2)):
        town.refused(NotEntitled, other, enquiries.search_experts)


def test_the_pool_is_found_by_field(town: Town) -> None:
    with town.office.reading(town.expert()) as r:
        key, other = list(experts.classes(r))[:2]
    keep(town, fields=[key])
    with town.office.reading(town.department()) as r:
        assert [p["login"] for p in enquiries.search_experts(r, field=key)["items"]] == ["expert-1"]
        assert enquiries.search_experts(r, field=other)["items"] == []
