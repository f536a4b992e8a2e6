"""Reminders: windows, not exact days; told once; nothing lost and nothing doubled by a crash."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import select

from jobs import deliver, remind, sweep
from registry.actors import SYSTEM
from registry.books.models import Letter, Reminder
from registry.clock import day_starts_at
from registry.desks import certificates, deadlines
from registry.office import Office
from tests.factories import Town


def told(office: Office) -> list[str]:
    with office.reading(SYSTEM) as r:
        return sorted(x.stage for x in r.session.exec(select(Reminder)))


def reminders_queued(office: Office) -> int:
    with office.reading(SYSTEM) as r:
        return len([x for x in r.session.exec(select(Letter)) if "到期提醒" in x.subject or "即将到期" in x.subject])


def stand(town: Town, until: date, days: int) -> None:
    """Half past midnight of the day that lies `days` before the certificate's last day."""
    town.clock.set(day_starts_at(until - timedelta(days=days)) + timedelta(minutes=30))


@pytest.mark.pitfall("D1")
def test_a_window_is_told_once_on_any_day_within_it(town: Town) -> None:
    number = town.certified()
    until = town.certificate(number)["valid_until"]
    stand(town, until, 181)
    assert remind.run(town.office).done == 0
    stand(town, until, 176)  # four nights were missed
    assert remind.run(town.office, dry_run=True).done == 1 and told(town.office) == []
    assert remind.run(town.office).done == 1
    assert remind.run(town.office).done == 0
    stand(town, until, 29)
    assert remind.run(town.office).done == 2
    assert told(town.office) == ["180d", "30d", "90d"]
    assert reminders_queued(town.office) == 3


@pytest.mark.pitfall("D2")
def test_nobody_is_reminded_of_a_certificate_that_is_over(town: Town) -> None:
    number = town.certified()
    town.clock.set(day_starts_at(town.certificate(number)["valid_until"] + timedelta(days=1)) + timedelta(minutes=30))
    assert remind.run(town.office).done == 0  # though no sweep has run yet
    sweep.run(town.office)
    assert remind.run(town.office).done == 0


def test_a_surrendered_certificate_is_not_reminded_of(town: Town) -> None:
    maker = town.applicant()
    number = town.certified(maker)
    with town.at(maker) as r:
        certificates.surrender_certificate(r, number, "不再生产")
    stand(town, town.certificate(number)["valid_until"], 20)
    assert remind.run(town.office).done == 0


@pytest.mark.pitfall("D1")
def test_a_crash_between_the_row_and_the_letter_loses_both(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The row "told" and the letter stand or fall together: what was not queued is told by the next run."""
    number = town.certified()
    stand(town, town.certificate(number)["valid_until"], 100)
    real = deadlines.remind

    def dies(r: Any, number: str, stage: str) -> bool:
        real(r, number, stage)
        raise KeyboardInterrupt

    monkeypatch.setattr(deadlines, "remind", dies)
    with pytest.raises(KeyboardInterrupt):
        remind.run(town.office)
    assert told(town.office) == [] and reminders_queued(town.office) == 0
    monkeypatch.undo()
    assert remind.run(town.office).done == 1
    assert told(town.office) == ["180d"] and reminders_queued(town.office) == 1


def test_a_crash_between_the_row_and_sending_neither_loses_nor_doubles(town: Town) -> None:
    number = town.certified()
    stand(town, town.certificate(number)["valid_until"], 100)
    assert remind.run(town.office).done == 1
    # Killed here. The night after, both jobs run again.
    town.wait(days=1)
    assert remind.run(town.office).done == 0
    deliver.run(town.office)
    assert deliver.run(town.office).done == 0
    kept = [p.read_bytes() for p in (town.office.settings.data / "letters").glob("*.eml")]
    assert len([x for x in kept if b"HN-STJ-2026-0001" in x and b"expiring" in x]) == 1
