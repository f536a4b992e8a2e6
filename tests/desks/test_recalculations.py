"""A calendar that arrives: open dates move when an officer accepts it, each recorded; what was announced stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from jobs import sweep
from registry.actors import CLOCK
from registry.clock import FrozenClock
from registry.desks import enquiries, recalculations
from registry.errors import BadInput, NotEntitled, NotYet
from registry.office import Office
from registry.settings import Settings
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


def test_only_the_department_accepts(late_town: Town, arrives: Arrives) -> None:
    number = late_town.submitted()
    late_town.supplement(number)
    arrives(late_town, "2027-01-01, 2027-01-04")
    late_town.refused(NotEntitled, late_town.bureau(), recalculations.recompute_dates, [number])
    late_town.refused(BadInput, late_town.department(), recalculations.recompute_dates, [])
    late_town.refused(NotEntitled, late_town.bureau(), recalculations.search_changes)
