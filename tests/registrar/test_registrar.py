"""The one door: order, entitlement, time, and everything in one transaction or nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, update
from sqlmodel import Session, col, func, select

from registry.actors import CLOCK, PUBLIC, Actor
from registry.books import ledger
from registry.books.models import Application, Certificate, Entry, LedgerHead, Letter
from registry.clock import FrozenClock, office_day
from registry.desks import applications, audits, deadlines, enquiries, reviews
from registry.errors import BadInput, NotEntitled, NotFound, NotYet, OnlyInTraining, OutOfOrder, Refusal
from registry.law.lifecycle import TABLES, Role, acts_in, find_row
from registry.office import Office
from registry.settings import Settings
from tests.factories import START, Town

# ---------------------------------------------------------------------------------------------- every state, walked to


def objected(town: Town) -> str:
    number = town.reviewed()
    town.object(town.noticed(number), number)
    return number


def noticed(town: Town) -> str:
    number = town.reviewed()
    town.noticed(number)
    return number


def certified(town: Town) -> str:
    number = town.to_announce()
    town.announced(number)
    return number


def ended(act: Callable[..., Any], *facts: Any) -> Callable[[Town], str]:
    def walk(town: Town) -> str:
        number = town.submitted()
        town.do(town.bureau() if act is applications.refuse else town.applicant(), act, number, *facts)
        return number
    return walk


def lapsed(town: Town) -> str:
    number = town.supplement(town.submitted())
    town.let_time_act(number)
    return number


WALKS: dict[str, Callable[[Town], str]] = {
    "draft": Town.draft, "preliminary_review": Town.submitted, "supplement": lambda town: town.supplement(town.submitted()),
    "expert_review": Town.endorsed, "awaiting_notice": Town.reviewed, "public_notice": noticed, "objected": objected,
    "announcement": Town.to_announce, "certified": certified, "refused": ended(applications.refuse, "out_of_scope", "不属于"),
    "withdrawn": ended(applications.withdraw, "因故"), "lapsed": lapsed,
}


def everybody(town: Town) -> Actor:
    """One who holds every office there is at once, so that nothing is refused for want of one."""
    maker, expert = town.applicant(), town.expert(1)
    return Actor("all", "ALL", expert.person_id, (*maker.grants, *expert.grants, *town.bureau().grants, *town.department().grants))


@pytest.mark.parametrize("state", WALKS)
def test_an_act_out_of_order_names_the_state_and_what_is_possible(town: Town, state: str) -> None:
    number = WALKS[state](town)
    assert town.show(number)["status"] == state
    actor = everybody(town)
    there = {row.act for row in acts_in("application", state)}
    for act in sorted({row.act for row in TABLES["application"]} - there):
        refusal = town.refused(OutOfOrder, actor, lambda r, a=act: r.record(r.fetch(Application, number), a))
        assert number in refusal.detail.zh and number in refusal.detail.en and refusal.action is not None
        assert set(refusal.possible or ()) <= there - {"lapse", "close_notice"}
        town.refused(OutOfOrder, actor, lambda r, a=act: r.require(r.fetch(Application, number), a))
    town.refused(OutOfOrder, actor, lambda r: r.record(r.fetch(Application, number), "fly"))


@pytest.mark.parametrize("state", ["preliminary_review", "expert_review", "public_notice"])
def test_what_a_409_names_as_possible_is_what_the_page_offers(town: Town, state: str) -> None:
    """Not what the state has for somebody, some day: no release of what is not held, no draw without a seed, nothing of the public's."""
    number = WALKS[state](town)
    for who in (town.applicant(), town.bureau(), town.department()):
        refusal = town.refused(OutOfOrder, who, lambda r: r.record(r.fetch(Application, number), "fly"))
        with town.office.reading(who) as r:
            offered = [x["act"] for x in enquiries.show_application(r, number)["possible"]]
        assert list(refusal.possible or ()) == offered
        assert not {"release", "recompute_dates", "unclaim", "draw_panel", "object"} & set(offered)


@pytest.mark.parametrize("state", [s for s in WALKS if acts_in("application", s)])
def test_an_act_is_refused_to_whoever_does_not_hold_its_role(town: Town, state: str) -> None:
    number = WALKS[state](town)
    onlookers = [town.auditor()] if state != "draft" else []
    for row in acts_in("application", state):
        if Role.PUBLIC in row.roles or row.due:
            continue
        for actor in onlookers:
            refusal = town.refused(NotEntitled, actor, lambda r, a=row.act: r.record(r.fetch(Application, number), a))
            assert refusal.detail.zh and row.label.zh in refusal.detail.zh


@pytest.mark.parametrize("state", WALKS)
def test_may_is_the_doors_own_answer(town: Town, state: str) -> None:
    """For each caller and each act of the state: `may` says yes exactly where `record` is not refused for want of a role."""
    number = WALKS[state](town)
    actors = [town.applicant(), town.bureau(), town.department(), town.auditor()]
    for actor in actors:
        with town.office.reading(actor) as r:
            try:
                subject = r.fetch(Application, number)
            except NotFound:
                continue
            answers = {row.act: r.may(row, subject) for row in acts_in("application", state)}
        for act, answer in answers.items():
            refused = False
            try:
                with town.office.registrar(actor) as r:
                    r.require(r.fetch(Application, number), act)
            except Refusal:
                refused = True
            assert answer != refused, (actor.login, act)


# --------------------------------------------------------------------------------------------------------- all or nothing


@pytest.mark.pitfall("E3")
def test_whatever_breaks_after_the_act_undoes_the_act(town: Town) -> None:
    """Status, term, entry and letters stand or fall together."""
    number = town.submitted()
    officer, before = town.bureau(), town.books()

    def break_down(r: Any) -> None:
        applications.endorse(r, number)
        r.session.flush()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        town.do(officer, break_down)
    assert town.books() == before


def test_an_act_writes_one_entry_and_its_letters_in_one_unit(town: Town) -> None:
    number = town.submitted()
    officer = town.bureau()
    with town.office.registrar(officer) as r:
        entry = r.record(r.fetch(Application, number), "endorse", comment="同意")
        assert (entry.act, entry.before, entry.after, entry.role) == ("endorse", "preliminary_review", "expert_review", "bureau_officer")
        assert (entry.actor, entry.at, entry.facts) == (officer.login, town.clock.now(), {"comment": "同意"})
        letters = r.session.exec(select(Letter).where(Letter.entry_seq == entry.seq)).all()
    assert [x.address for x in letters] == ["maker-0@example.com"]


def test_facts_that_are_no_plain_data_are_a_fault_of_the_caller_and_leave_nothing(town: Town) -> None:
    number, officer = town.submitted(), town.bureau()
    before = town.books()
    for fact in ({1, 2}, object()):
        with pytest.raises(Exception):  # noqa: B017  # whichever encoder meets it first
            town.do(officer, lambda r, f=fact: r.record(r.fetch(Application, number), "endorse", fact=f))
    assert town.books() == before


# ------------------------------------------------------------------------------------------------------------------ time


def test_time_itself_takes_nothing_early_and_nothing_that_is_not_its_own(town: Town) -> None:
    number = town.supplement(town.submitted())
    town.refused(NotYet, CLOCK, lambda r: r.record(r.fetch(Application, number), "lapse"))
    for act in ("resubmit", "withdraw"):
        town.refused(NotEntitled, CLOCK, lambda r, a=act: r.record(r.fetch(Application, number), a))


def test_nobody_else_takes_what_is_times(town: Town) -> None:
    number = town.supplement(town.submitted())
    town.to("2026-03-23", 23, 59, 59)
    for actor in (town.applicant(), town.bureau(), town.department()):
        town.refused(NotYet, actor, lambda r: r.record(r.fetch(Application, number), "lapse"))
    certificate = certified_number(town)
    town.refused(NotYet, town.department(), lambda r: r.record(r.fetch(Certificate, certificate), "expire"))
    town.refused(NotEntitled, town.department(), lambda r: r.record(r.fetch(Certificate, certificate), "remind"))


def certified_number(town: Town) -> str:
    return town.certified(town.applicant(1))


def test_an_act_never_meets_a_state_whose_end_has_passed(town: Town) -> None:
    """The door lets time act first: the entry of the lapse would stand before the refusal, if a refusal left anything."""
    number = town.supplement(town.submitted())
    town.to("2026-03-24", 0)
    with town.office.reading(town.applicant()) as r:
        assert r.state_now(r.fetch(Application, number)) == "lapsed" and r.fetch(Application, number).status == "supplement"
    refusal = town.refused(OutOfOrder, town.applicant(), lambda r: r.record(r.fetch(Application, number), "resubmit"))
    assert "逾期失效" in refusal.detail.zh


def test_a_unit_has_one_instant_and_one_day(town: Town) -> None:
    town.to("2026-03-02", 23, 59, 59)
    with town.office.registrar(PUBLIC) as r:
        before = (r.now, r.today)
        town.wait(seconds=5)
        assert (r.now, r.today) == before and r.today == office_day(r.now)


# ----------------------------------------------------------------------------------------------------------------- scope


@pytest.mark.parametrize("number", ["", "HN-STJ-SQ-2026-0001-X", "'; DROP TABLE application; --", "长" * 500, "%", "_"])
def test_what_is_not_there_is_not_found(town: Town, number: str) -> None:
    town.submitted()
    for model in (Application, Certificate):
        town.refused(NotFound, town.department(), lambda r, m=model: r.fetch(m, number))


def test_a_draft_is_nobody_elses_and_a_seat_opens_one_application_only(town: Town) -> None:
    draft, seated, other = town.draft(), town.endorsed(), town.endorsed(town.applicant(1))
    town.do(town.department(), reviews.seat_expert, seated, town.expert(1).login)

    def sees(actor: Actor, number: str) -> bool:
        with town.office.reading(actor) as r:
            subject = r.find(Application, number)
            assert subject is not None
            return r.sees(subject)

    assert [sees(town.expert(1), n) for n in (draft, seated, other)] == [False, True, False]
    assert [sees(town.department(), n) for n in (draft, seated, other)] == [False, True, True]
    assert [sees(town.applicant(), n) for n in (draft, seated, other)] == [True, True, False]


# --------------------------------------------------------------------------------------------------------- what is proved


TAMPERED: dict[str, tuple[Any, str]] = {
    "a fact": (update(Entry).where(Entry.seq == 5).values(facts={"comment": "x"}), "entry 5"),
    "an actor": (update(Entry).where(Entry.seq == 5).values(actor="somebody"), "entry 5"),
    "an instant": (update(Entry).where(Entry.seq == 5).values(at=START.replace(year=2025)), "entry 5"),
    "a role": (update(Entry).where(Entry.seq == 5).values(role="auditor"), "entry 5"),
    "an outcome": (update(Entry).where(Entry.seq == 5).values(after="certified"), "entry 5"),
    "a subject": (update(Entry).where(Entry.seq == 5).values(subject="X"), "entry 5"),
    "a hash": (update(Entry).where(Entry.seq == 5).values(hash="0" * 64), "entry 5"),
    "the last entry taken out": (delete(Entry).where(Entry.seq == 6), "entry 6"),
    "the head": (update(LedgerHead).values(size=3), "head"),
}


@pytest.mark.pitfall("E2")
@pytest.mark.parametrize("what", TAMPERED)
def test_whatever_is_changed_in_the_ledger_is_named(town: Town, what: str) -> None:
    town.submitted()
    town.auditor()
    with town.office.reading(CLOCK) as r:
        assert list(ledger.verify(r.session)) == []
    statement, where = TAMPERED[what]
    with Session(town.office.engine) as session, session.begin():
        session.exec(update(Letter).values(entry_seq=1))
        session.exec(statement)
    with town.office.reading(CLOCK) as r:
        assert where in [fault.where for fault in ledger.verify(r.session)]


def test_a_status_changed_behind_the_doors_back_is_named_by_the_audit(town: Town) -> None:
    number, certificate = town.submitted(), town.certified(town.applicant(1))
    with Session(town.office.engine) as session, session.begin():
        session.exec(update(Application).where(Application.number == number).values(status="certified"))
        session.exec(update(Certificate).values(status="revoked"))
    with town.office.reading(CLOCK) as r:
        faults = [f for kind in ("application", "certificate") for f in audits.check_lives(r, kind) if f]
    assert sorted(f.where for f in faults) == sorted([f"application {number}", f"certificate {certificate}"])


# ------------------------------------------------------------------------------------------------------------ the office


def test_a_real_office_moves_no_clock_and_is_never_opened_as_training(town: Town, tmp_path: Path, database_url: str) -> None:
    with pytest.raises(OnlyInTraining):
        town.office.set_clock(town.clock.now())
    other = Office(Settings(data=tmp_path / "data", database_url=database_url, training=True), FrozenClock(START))
    with pytest.raises(OnlyInTraining):
        other.prepare()
    other.close()


def test_a_training_offices_clock_only_moves_forward(tmp_path: Path, database_url: str) -> None:
    office = Office(Settings(data=tmp_path / "data", database_url=database_url, training=True), FrozenClock(START))
    office.prepare()
    with pytest.raises(BadInput):
        office.set_clock(START.replace(year=2025))
    later = START.replace(year=2027)
    office.set_clock(later)
    assert office.now() == later
    office.close()


@pytest.mark.once
def test_every_row_of_the_tables_can_be_found_from_its_own_sources() -> None:
    for kind, table in TABLES.items():
        for row in table:
            assert all(find_row(kind, state, row.act) is row for state in row.sources)


def test_a_measure_leaves_the_flag_and_the_status_agreeing(town: Town) -> None:
    number = town.certified()
    for act, ground, flag in (("suspend", "ip_in_dispute", True), ("reinstate", "put_right", False)):
        town.sanction(number, act, ground)
        with Session(town.office.engine) as session:
            kept = session.exec(select(Certificate).where(Certificate.number == number)).one()
        assert (kept.suspended, kept.status == "suspended") == (flag, flag)


def test_confirming_is_for_provisional_dates_of_applications_only(town: Town) -> None:
    number = town.certified()
    town.to("2031-03-13", 0)
    town.refused(NotFound, town.department(), deadlines.confirm_due, number)


def test_a_reading_unit_sees_one_moment_however_many_questions_it_asks(town: Town) -> None:
    """Else the nightly audit, which asks for the entries and then for their head, would name a fault where somebody is at work."""
    number = town.submitted()
    with town.office.reading(CLOCK) as r:
        before = r.session.exec(select(func.count(col(Entry.seq)))).one()
        town.do(town.bureau(), applications.endorse, number)
        assert r.session.exec(select(func.count(col(Entry.seq)))).one() == before
        assert r.session.exec(select(LedgerHead.size)).one() == before
        assert list(ledger.verify(r.session)) == []
    assert town.show(number)["status"] == "expert_review"
