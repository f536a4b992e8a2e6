"""The year of a province, in small: everything that was to be played was, the audit finds nothing, and a seed is a year."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from jobs.schedule import BY_NAME, perform
from jobs.year.cast import SMALL, make_cast
from jobs.year.play import play
from jobs.year.tally import Tally
from registry.law.library import load_law
from registry.office import Office
from registry.settings import Settings

pytestmark = pytest.mark.once  # it makes a database of its own


def settings(folder: Path) -> Settings:
    return Settings(data=folder, secret_key="a play", training=True)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Tally]:
    folder = tmp_path_factory.mktemp("year")
    return folder, play(settings(folder), SMALL, 7)


def test_all_that_was_to_be_played_was_and_the_audit_finds_nothing(played: tuple[Path, Tally]) -> None:
    _, tally = played
    assert tally.short == [] and tally.failed_jobs == []
    assert tally.audit is not None and tally.audit.ok and tally.audit.done > 500
    assert tally.is_whole
    assert tally.done["applications"] == SMALL.applications and tally.done["notices"] == SMALL.notices
    for what in ("anonymous objections refused", "late objections refused", "objections upheld", "objections dismissed"):
        assert tally.done[what], what


def test_a_seed_is_a_year(played: tuple[Path, Tally], tmp_path: Path) -> None:
    _, tally = played
    again = play(settings(tmp_path / "again"), SMALL, 7)
    assert (again.head, again.entries, again.letters) == (tally.head, tally.entries, tally.letters)


def test_the_audit_is_really_asked(played: tuple[Path, Tally]) -> None:
    folder, tally = played
    engine = create_engine(f"sqlite:///{folder}/registry.sqlite")
    with engine.begin() as connection:
        connection.execute(text("UPDATE entry SET actor = 'somebody' WHERE seq = 100"))
    office = Office(settings(folder))
    try:
        found = perform(office, BY_NAME["audit"])
    finally:
        office.close()
    spoilt = replace(tally, audit=found)
    assert not spoilt.is_whole and any("✗" in line for line in spoilt.lines())


def test_what_falls_short_is_named(played: tuple[Path, Tally]) -> None:
    more = replace(played[1], size=replace(SMALL, objections=99))
    assert more.short == ["objections"] and not more.is_whole
    assert any(line.startswith("✗") and "4 / 99" in line for line in more.lines())


def test_every_bureau_has_work_and_codes_are_sound() -> None:
    law = load_law().regulation("hunan-components-2025")
    cast = make_cast(law, SMALL, 7)
    assert {house.prefecture for house in cast.enterprises.values()} == set(law.authority.prefectures)
    assert len({house.credit_code for house in cast.enterprises.values()}) == SMALL.enterprises
