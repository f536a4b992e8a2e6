"""The sweep: it does what time has brought about, once, whoever fails and however many nights were missed."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from jobs import deliver, remind, sweep
from registry.actors import CLOCK, SYSTEM
from registry.books.models import Entry, Letter
from registry.clock import FrozenClock, day_ends_at
from registry.desks import deadlines, supplements
from registry.office import Office
from registry.settings import Settings
from tests.factories import START, Town


def entries(office: Office) -> list[tuple[Any, ...]]:
    """Everything recorded, but for the instants and the chain that hangs on them."""
    with office.reading(SYSTEM) as r:
        return [(e.actor, e.role, e.subject, e.act, e.before, e.after, e.facts)
                for e in r.session.exec(select(Entry).order_by(col(Entry.seq)))]


def letters(office: Office) -> list[tuple[str, str, str]]:
    with office.reading(SYSTEM) as r:
        return [(x.address, x.subject, x.body) for x in r.session.exec(select(Letter).order_by(col(Letter.id)))]


def test_a_second_run_does_nothing(town: Town) -> None:
    number = town.reviewed()
    town.noticed(number)
    town.clock.set(town.show(number)["due"]["at"])
    first, told = sweep.run(town.office), entries(town.office)
    assert (first.done, first.failed) == (1, 0)
    assert town.show(number)["status"] == "announcement"
    second = sweep.run(town.office)
    assert (second.done, second.failed, second.lines) == (0, 0, [])
    assert entries(town.office) == told


def test_nothing_happens_a_second_before_the_last_day_is_over(town: Town) -> None:
    number = town.reviewed()
    town.noticed(number)
    due = town.show(number)["due"]
    assert due["at"] == day_ends_at(due["last_day"])
    town.clock.set(due["at"] - timedelta(seconds=1))
    assert sweep.run(town.office).done == 0
    town.clock.set(due["at"])
    assert sweep.run(town.office).done == 1


def test_a_dry_run_says_what_would_be_done_and_does_not(town: Town) -> None:
    number = town.reviewed()
    town.noticed(number)
    town.clock.set(town.show(number)["due"]["at"])
    before = entries(town.office)
    report = sweep.run(town.office, dry_run=True)
    assert report.done == 1 and number in report.lines[0]
    assert entries(town.office) == before and town.show(number)["status"] == "public_notice"


@pytest.mark.pitfall("D8")
def test_one_bad_subject_is_named_and_passed_over(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = [town.reviewed(town.applicant(which)) for which in range(3)]
    town.noticed(*numbers)
    town.clock.set(town.show(numbers[0])["due"]["at"])
    take = deadlines.take_due

    def fragile(r: Any, kind: str, number: str) -> str | None:
        if number == numbers[1]:
            take(r, kind, number)
            raise RuntimeError("the disk is on fire")
        return take(r, kind, number)

    monkeypatch.setattr(deadlines, "take_due", fragile)
    report = sweep.run(town.office)
    assert (report.done, report.failed, report.ok) == (2, 1, False)
    assert [line for line in report.lines if numbers[1] in line and "on fire" in line]
    assert [town.show(n)["status"] for n in numbers] == ["announcement", "public_notice", "announcement"]
    monkeypatch.undo()
    assert sweep.run(town.office).done == 1


@pytest.mark.pitfall("D7")
def test_many_are_paged_without_skipping_one(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is done leaves the list: paging by offset would skip."""
    monkeypatch.setattr(sweep, "PAGE", 2)
    numbers = [town.reviewed(town.applicant(which)) for which in range(3)] + [town.reviewed(town.applicant(0)) for _ in range(2)]
    town.noticed(*numbers)
    town.clock.set(town.show(numbers[0])["due"]["at"])
    assert sweep.run(town.office).done == 5


def test_a_provisional_date_waits_for_an_officer(town: Town) -> None:
    """The calendar of 2027 is not published: CLOCK lists the case and leaves it."""
    town.clock.set(town.clock.now() + timedelta(days=301))  # 2026-12-28: the period runs into 2027
    number = town.reviewed()
    town.noticed(number)
    assert town.show(number)["due"]["provisional"]
    town.clock.set(town.show(number)["due"]["at"])
    report = sweep.run(town.office)
    assert (report.done, report.failed) == (0, 0) and number in report.waiting[0]
    assert town.show(number)["status"] == "public_notice"
    with town.at(town.department()) as r:
        deadlines.confirm_due(r, number, "已核对")
    assert town.show(number)["status"] == "announcement" and sweep.run(town.office).waiting == []


# ---------------------------------------------------------------------------------------------------- three missed nights


def three_nights(folder: Path, *, missed: bool) -> tuple[list[Any], list[Any], list[Any]]:
    """Notices that close on three successive nights, and a supplement that lapses on the last of them."""
    clock = FrozenClock(START)
    office = Office(Settings(data=folder, secret_key="tests"), clock)
    try:
        office.prepare()
        town = Town(office, clock)
        ready, asked = [town.reviewed(town.applicant(which)) for which in range(3)], town.submitted()
        with office.registrar(town.bureau()) as r:
            supplements.request_supplement(r, asked, ["seal_missing"], "缺章")
        clock.set(town.show(asked)["due"]["at"] - timedelta(days=13, hours=10))
        for number in ready:
            town.noticed(number)
            town.wait(days=1)
        numbers = [*ready, asked]
        nights = sorted({town.show(number)["due"]["at"] for number in numbers})
        assert len(nights) >= 3
        for night in nights:
            clock.set(night + timedelta(minutes=10))
            if not missed or night == nights[-1]:
                run_all(office)
        stands = [(shown["status"], shown["term"] and shown["term"]["last_day"]) for shown in map(town.show, numbers)]
        return entries(office), letters(office), stands
    finally:
        office.close()


def five_years(folder: Path, *, missed: bool) -> tuple[list[Any], list[Any], list[Any]]:
    """A certificate's reminders and its end, night by night, or all made up for at once before its last day is over."""
    clock = FrozenClock(START)
    office = Office(Settings(data=folder, secret_key="tests"), clock)
    try:
        office.prepare()
        town = Town(office, clock)
        number = town.certified()
        run_all(office)
        while (night := next_night(office)) is not None:
            if day_ends_at(town.certificate(number)["valid_until"]) <= night:
                run_all(office)  # the last evening on which a reminder still makes sense
            clock.set(night + timedelta(minutes=10))
            if not missed:
                run_all(office)
        run_all(office)
        assert town.certificate(number)["standing"] == "expired"
        return entries(office), letters(office), [number]
    finally:
        office.close()


def run_all(office: Office) -> None:
    for job in (sweep, remind, deliver):
        assert job.run(office).ok


def next_night(office: Office) -> datetime | None:
    with office.reading(CLOCK) as r:
        return deadlines.next_due_at(r)


@pytest.mark.pitfall("D1")
@pytest.mark.once
@pytest.mark.parametrize("story", [three_nights, five_years])
def test_missed_nights_are_made_up_for(story: Any, tmp_path: Path) -> None:
    kept, missed = story(tmp_path / "kept", missed=False), story(tmp_path / "missed", missed=True)
    assert kept == missed
    acts = {entry[3] for entry in kept[0]}
    assert {"close_notice", "lapse"} <= acts or {"remind", "expire"} <= acts
