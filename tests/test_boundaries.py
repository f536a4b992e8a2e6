"""The boundary table: each case is lived through with the machine in three zones, and answers the same in each, as docs/boundaries.md says."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from registry.clock import FrozenClock, office_day
from registry.desks import verifications
from registry.desks.verifications import Asked
from tests import boundaries, databases, pages
from tests.boundaries import CASES, Case
from tests.factories import START, Town


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.key)
def test_at_each_boundary_the_office_answers_as_the_table_says(case: Case, database_url: str, machine_zone: str) -> None:
    with boundaries.empty_town(database_url) as town:
        seen = boundaries.observe(case, town)
    assert tuple(answer for _, answer in seen) == case.answers
    table = pages.shown_table((pages.DOCS / "boundaries.md").read_text(encoding="utf-8"))
    assert [row for row in pages.rows_of(case, seen) if row not in table] == [], "run: make docs"


def test_what_was_answered_at_each_boundary_is_what_verification_says_of_it_ever_after(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For the day before, of and after each moment of the table: as known then, it is the answer of then, whatever came later."""
    shown, asked = boundaries.standing, 0
    with boundaries.empty_town(database_url) as town:
        fresh = databases.keep(town.office.settings.database)
        for case in CASES:
            databases.restore(town.office.settings.database, fresh)
            living, heard = Town(town.office, FrozenClock(START)), list[tuple[str, datetime, dict[date, Any]]]()
            living.office.clock = living.clock

            def listen(of: Town, *numbers: str, heard: Any = heard) -> str:
                now = of.office.now()
                heard += [(n, now, {on: told(of, n, on) for on in around(now)}) for n in numbers]
                return shown(of, *numbers)

            monkeypatch.setattr(boundaries, "standing", listen)
            boundaries.observe(case, living)
            living.clock.advance(timedelta(days=400))
            for number, then, answers in heard:
                for on, answer in answers.items():
                    assert told(living, number, on, known_at=then) == answer, (case.key, number, then, on)
                    asked += 1
    assert asked > 60


def around(moment: datetime) -> list[date]:
    return [office_day(moment) + timedelta(days=n) for n in (-1, 0, 1)]


def told(town: Town, number: str, on: date, known_at: datetime | None = None) -> tuple[Any, ...]:
    answer = verifications.verify(town.office.glance, town.office.law, town.office.now(), Asked(number, on=on, known_at=known_at))
    day = answer["axes"]["in_force_on_day"]
    return answer["outcome"], day.answer, day.code, answer["valid_from"], answer["valid_until"]


def test_a_sentence_stands_in_both_languages() -> None:
    assert all(case.sentence.zh and case.sentence.en and len(case.answers) >= 2 for case in CASES)
    assert len({case.key for case in CASES}) == len(CASES)
