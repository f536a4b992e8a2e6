"""The office's own terms: who had a case how long, and how overdue work rises; each step once, nothing on a guess."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlmodel import col, select

from jobs import escalate
from registry.actors import CLOCK, PUBLIC, SYSTEM, Actor
from registry.books.models import Letter
from registry.desks import accounts, applications, enquiries, holds, terms
from registry.desks.enquiries.applications import search_applications
from registry.law.lifecycle import APPLICATION, Role, states
from registry.law.tiers import TIERS, tier_of
from tests.factories import CHANGSHA, PASSWORD, PROVINCE, ZHUZHOU, Town


def head(town: Town, login: str, prefecture: str | None) -> Actor:
    code = town.do(town.admin(), accounts.invite, role=Role.HEAD, name=login, prefecture=prefecture, authority=None if prefecture else PROVINCE)
    town.do(PUBLIC, accounts.accept_invitation, code=code, login=login, name=login, email=f"{login}@example.com", password=PASSWORD)
    return town.actor(login)


def letters_about_overdue(town: Town) -> list[str]:
    with town.office.reading(SYSTEM) as r:
        query = select(Letter.address).where(col(Letter.subject).contains("Overdue")).order_by(col(Letter.id))
        return list(r.session.exec(query))


def overdue(town: Town, days: int) -> str:
    """An application of Changsha whose bureau is `days` working days late, on the morning after the last of them."""
    town.bureau(), town.department()
    number = town.submitted()
    last = town.show(number)["term"]["last_day"]
    for _ in range(days):
        last += timedelta(days=1)
        while not town.office.law.calendar.is_working_day(last):
            last += timedelta(days=1)
    town.to(last + timedelta(days=1))
    return number


@pytest.mark.pitfall("D12")
def test_overdue_work_rises_from_officer_to_head_to_department(town: Town) -> None:
    head(town, "head-changsha", CHANGSHA), head(town, "head-zhuzhou", ZHUZHOU), head(town, "head-province", None)
    number = overdue(town, 1)
    assert escalate.run(town.office).done == 1
    assert letters_about_overdue(town) == [f"bureau-{CHANGSHA}@example.com"]
    town.to("2026-03-20")  # three working days late since the 16th
    assert escalate.run(town.office).done == 1
    assert letters_about_overdue(town)[1:] == ["head-changsha@example.com"]
    town.to("2026-03-24")
    assert escalate.run(town.office).done == 1
    assert letters_about_overdue(town)[2:] == ["department@example.com"]
    assert escalate.run(town.office).lines == []
    risen = [step["role"] for step in town.show(number)["tiers"]["risen"]]
    assert risen == ["officer", "head", "department"]


def test_nobody_is_told_a_day_early(town: Town) -> None:
    number = overdue(town, 1)
    town.clock.set(town.clock.now() - timedelta(hours=10))
    assert town.today == town.show(number)["term"]["last_day"] + timedelta(days=1)
    assert escalate.run(town.office).done == 0


def test_several_missed_nights_tell_every_step_once(town: Town) -> None:
    overdue(town, 6)
    assert escalate.run(town.office).done == 3 and escalate.run(town.office).done == 0
    assert len(letters_about_overdue(town)) == 3  # where nobody is head, the department hears of it


def test_what_is_done_no_longer_rises(town: Town) -> None:
    number = overdue(town, 1)
    town.do(town.bureau(), applications.endorse, number)
    assert escalate.run(town.office).done == 0


def test_a_provisional_term_and_a_held_case_do_not_rise(town: Town) -> None:
    held = overdue(town, 1)
    town.do(town.department(), holds.hold_application, held, "停电")
    assert escalate.run(town.office).done == 0 and not town.do(CLOCK, terms.escalate, held, "officer")
    town.to(date(2026, 12, 28))
    number = town.submitted(town.applicant(1))
    assert town.show(number)["term"]["provisional"]
    town.wait(days=60)
    with town.office.reading(CLOCK) as r:
        assert number not in {s.application.number for s in terms.search_risings(r, by=r.today)}


def test_a_head_sees_what_rises_to_it_and_acts_on_nothing(town: Town) -> None:
    changsha, zhuzhou = head(town, "head-changsha", CHANGSHA), head(town, "head-zhuzhou", ZHUZHOU)
    number = overdue(town, 4)
    escalate.run(town.office)
    with town.office.reading(changsha) as r:
        assert [x["number"] for x in terms.search_risen(r)] == [number]
        assert [x["number"] for x in search_applications(r)["items"]] == [number]
        assert enquiries.show_application(r, number)["possible"] == []
    with town.office.reading(zhuzhou) as r:
        assert terms.search_risen(r) == [] and search_applications(r)["items"] == []


# ------------------------------------------------------------------------------------------------------ who had it


def test_supplement_time_belongs_to_the_enterprise_and_every_day_to_somebody(town: Town) -> None:
    number = town.submitted()
    town.to("2026-03-05")  # three working days with the bureau
    town.supplement(number)
    town.to("2026-03-11")  # four with the enterprise
    town.do(town.applicant(), applications.resubmit, number, "已补")
    town.to("2026-03-13")  # two more with the bureau
    town.do(town.bureau(), applications.endorse, number)
    town.to("2026-03-18")  # three with the department
    tiers = town.show(number)["tiers"]
    totals = {x["tier"]: x["working_days"] for x in tiers["totals"]}
    assert totals == {"enterprise": 4, "bureau": 5, "department": 3, "public": 0} and not tiers["provisional"]
    assert [x["tier"] for x in tiers["totals"] if x["now"]] == ["department"]
    assert [(s["state"], s["working_days"]) for s in tiers["spells"]] == [
        ("draft", 0), ("preliminary_review", 3), ("supplement", 4), ("preliminary_review", 2), ("expert_review", 3)]


@pytest.mark.parametrize("state", states("application"))
def test_every_state_that_goes_on_belongs_to_somebody(state: str) -> None:
    goes_on = any(state in row.sources and row.target != "STAY" for row in APPLICATION)
    assert (tier_of(state) in TIERS) == goes_on
