"""A calendar that arrives: open dates move when an officer accepts it, each recorded; what was announced stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from jobs import sweep
from registry.actors import CLOCK
from registry.clock import FrozenClock
from registry.desks import enquiries, recalculations
from registry.errors import BadInput, NotEntitled, NotYet
from registry.office import Office
from registry.settings import Settings
from registry.words import day_words
from tests.factories import Town

Arrives = Callable[[Town, str], None]
YEAR_2027 = """year = 2027
status = "published"
notice = "测试发明电〔2026〕9号"
published_on = 2026-12-29
off = [{off}]
work = [{work}]
basis = "notice"
verified = false
source = "测试"
"""


@pytest.fixture
def late_town(database_url: str, tmp_path: Path, clock: FrozenClock) -> Iterator[Town]:
    """A town at the end of 2026, the calendar of 2027 not yet published."""
    office = Office(Settings(data=tmp_path / "data", database_url=database_url, secret_key="for tests only"), clock)
    office.prepare()
    town = Town(office, clock)
    town.to(date(2026, 12, 28))
    yield town
    town.office.close()


@pytest.fixture
def arrives(tmp_path: Path) -> Callable[..., None]:
    """The calendar of 2027 is published: the same books are opened with it."""

    def open_with(town: Town, off: str, work: str = "") -> None:
        folder = tmp_path / "law" / "calendars"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "2027.toml").write_text(YEAR_2027.format(off=off, work=work), encoding="utf-8")
        settings = Settings(**(vars(town.office.settings) | {"law_dir": str(tmp_path / "law")}))
        town.office.close()
        town.office = Office(settings, town.clock)

    return open_with


def changes(town: Town) -> list[tuple[str, str, date, date, bool, bool]]:
    with town.office.reading(CLOCK) as r:
        return [(c["number"], c["what"], c["old_day"], c["new_day"], c["new_provisional"], c["announced"])
                for c in recalculations.search_changes(r)]


def test_without_another_calendar_nothing_changes(late_town: Town) -> None:
    number = late_town.submitted()
    late_town.supplement(number)
    assert changes(late_town) == []
    late_town.refused(NotYet, late_town.department(), recalculations.recompute_dates, [number])


@pytest.mark.pitfall("G1")
def test_a_calendar_that_arrives_moves_open_dates_once_an_officer_accepts(late_town: Town, arrives: Arrives) -> None:
    town = late_town
    asked, waiting = town.submitted(), town.submitted(town.applicant(1))
    town.supplement(asked)
    before = town.show(asked)["due"], town.show(waiting)["term"]
    assert before[0]["provisional"] and before[1]["provisional"]
    arrives(town, "2027-01-01, 2027-01-04")
    assert sweep.run(town.office).waiting  # the night names it and moves nothing
    assert town.show(asked)["due"]["last_day"] == before[0]["last_day"]
    found = {number: (what, old, new, provisional) for number, what, old, new, provisional, _ in changes(town)}
    assert found[asked][0] == "due" and found[asked][2] > found[asked][1] and not found[asked][3]
    assert found[waiting][0] == "term"
    town.do(town.department(), recalculations.recompute_dates, [asked, waiting])
    after = town.show(asked)["due"], town.show(waiting)["term"]
    assert (after[0]["last_day"], after[0]["provisional"]) == (found[asked][2], False)
    assert (after[1]["last_day"], after[1]["provisional"]) == (found[waiting][2], False)
    [entry] = [h for h in town.show(asked)["history"] if h["act"] == "recompute_dates"]
    with town.office.reading(town.department()) as r:
        [entry] = [h for h in enquiries.show_application(r, asked)["history"] if h["act"] == "recompute_dates"]
    assert entry["facts"]["dates"]["due"]["old"] == found[asked][1].isoformat()
    assert entry["facts"]["dates"]["due"]["new"] == found[asked][2].isoformat()
    assert changes(town) == []


def test_a_notice_that_changes_the_december_before_moves_an_open_date_that_was_firm(late_town: Town, arrives: Arrives) -> None:
    """From Monday 14 December, ten working days end on the 28th; the notice for 2027 takes the 25th off."""
    town = late_town
    town.to(date(2026, 12, 14))
    number = town.submitted()
    assert (town.show(number)["term"]["last_day"], town.show(number)["term"]["provisional"]) == (date(2026, 12, 28), False)
    arrives(town, "2026-12-25, 2027-01-01")
    assert changes(town) == [(number, "term", date(2026, 12, 28), date(2026, 12, 29), False, False)]
    town.do(town.department(), recalculations.recompute_dates, [number])
    assert town.show(number)["term"]["last_day"] == date(2026, 12, 29)


@pytest.mark.pitfall("G1")
def test_the_last_day_of_a_published_notice_stands(late_town: Town, arrives: Arrives) -> None:
    town = late_town
    number = town.reviewed()
    town.noticed(number)
    due = town.show(number)["due"]
    arrives(town, "2027-01-01, 2027-01-04")
    assert [c[5] for c in changes(town) if c[0] == number] == [True]
    town.do(town.department(), recalculations.recompute_dates, [number])
    assert town.show(number)["due"]["last_day"] == due["last_day"] and not town.show(number)["due"]["provisional"]


def test_an_applicant_never_has_less_time_than_it_was_told(late_town: Town, arrives: Arrives) -> None:
    town = late_town
    number = town.submitted()
    town.supplement(number)
    due = town.show(number)["due"]
    arrives(town, "2027-02-08", "2027-01-02, 2027-01-03")  # two make-up days: the period would end earlier
    [change] = [c for c in changes(town) if c[0] == number]
    assert change[3] < due["last_day"] and change[5]
    town.do(town.department(), recalculations.recompute_dates, [number])
    assert town.show(number)["due"]["last_day"] == due["last_day"]


def test_the_time_for_a_statement_moves_with_the_calendar_and_the_holder_is_told(late_town: Town, arrives: Arrives) -> None:
    town = late_town
    measure = town.notified(town.certified())

    def due() -> dict[str, Any]:
        with town.office.reading(town.department()) as r:
            return dict(enquiries.show_measure(r, measure)["due"])

    before = due()
    assert before["provisional"]
    started = town.today
    arrives(town, f"{started.year}-01-04, {before['last_day'].isoformat()}")
    [(number, what, old, new, provisional, announced)] = [c for c in changes(town) if c[0] == measure]
    assert (what, old, provisional, announced) == ("due", before["last_day"], False, False) and new > old
    town.do(town.department(), recalculations.recompute_dates, [number])
    assert (due()["last_day"], due()["provisional"]) == (new, False) and changes(town) == []
    assert all(day in town.letters_to("maker-0")[-1].body for day in day_words(new))


def test_a_holder_never_has_less_time_for_a_statement_than_it_was_told(late_town: Town, arrives: Arrives) -> None:
    town = late_town
    measure = town.notified(town.certified())
    with town.office.reading(town.department()) as r:
        told = enquiries.show_measure(r, measure)["due"]["last_day"]
    weekend = next(d for d in (town.today + timedelta(days=n) for n in range(1, 8)) if d.weekday() == 5)
    arrives(town, "2027-12-31", weekend.isoformat())  # a make-up Saturday: the time would end earlier
    [change] = [c for c in changes(town) if c[0] == measure]
    assert change[3] < told and change[5]
    town.do(town.department(), recalculations.recompute_dates, [measure])
    with town.office.reading(town.department()) as r:
        after = enquiries.show_measure(r, measure)["due"]
    assert (after["last_day"], after["provisional"]) == (told, False)


def test_only_the_department_accepts(late_town: Town, arrives: Arrives) -> None:
    number = late_town.submitted()
    late_town.supplement(number)
    arrives(late_town, "2027-01-01, 2027-01-04")
    late_town.refused(NotEntitled, late_town.bureau(), recalculations.recompute_dates, [number])
    late_town.refused(BadInput, late_town.department(), recalculations.recompute_dates, [])
    late_town.refused(NotEntitled, late_town.bureau(), recalculations.search_changes)
