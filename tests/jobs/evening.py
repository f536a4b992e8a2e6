"""The evening before a night with much to do: an office walked to it over the desks, copied as often as needed. No test."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, create_engine, func, select
from sqlmodel import Session, SQLModel

from jobs import deliver, escalate, remind, sweep
from jobs.training.fill import LAW
from registry.books.models import OfficeFact
from registry.clock import OFFICE_ZONE, FrozenClock
from registry.desks import holds, watches
from registry.office import CLOCK_OFFSET, Office
from registry.settings import Settings
from tests import databases
from tests.factories import CODES, START, Town, another_law

HALF = "half-2025"
HALF_A_YEAR = ('[validity]\nlength = 5\nunit = "year"\n', '[validity]\nlength = 6\nunit = "month"\n')
NIGHT = datetime(2026, 9, 13, 0, 30, tzinfo=OFFICE_ZONE)  # a Sunday in a year whose calendar is known


@dataclass(frozen=True)
class Evening:
    """An office in its folder, its clock moved in its books so that it is NIGHT when the machine's clock says `machine`."""

    folder: Path
    database_url: str
    law_dir: Path
    machine: datetime

    @contextmanager
    def copied(self, to: Path) -> Iterator[Copy]:
        """The same evening once more, in a folder and a database of its own."""
        shutil.copytree(self.folder, to / "data")
        with databases.postgres_copy(self.database_url) if databases.wants_postgres() else nullcontext("") as url:
            environment = {"TRAINING": "1", "LAW_DIR": str(self.law_dir), "SECRET_KEY": "for tests only", "DATABASE_URL": url}
            yield Copy(to / "data", url or f"sqlite:///{to / 'data' / 'registry.sqlite'}", environment)


@dataclass(frozen=True)
class Copy:
    """An evening to be spoilt, and the environment in which a process finds it."""

    folder: Path
    database_url: str
    environment: dict[str, str]

    def books(self, leaving_out: Mapping[str, Sequence[str] | None]) -> dict[str, list[dict[str, Any]]]:
        """Every table, row by row, but for the columns (None: the tables) left out."""
        engine = create_engine(self.database_url)
        try:
            with engine.connect() as connection:
                return {t.name: _rows(connection, t, leaving_out.get(t.name) or ()) for t in SQLModel.metadata.sorted_tables
                        if leaving_out.get(t.name, ()) is not None}
        finally:
            engine.dispose()

    def count(self, table: str) -> int:
        engine = create_engine(self.database_url)
        try:
            with engine.connect() as connection:
                return connection.execute(select(func.count()).select_from(SQLModel.metadata.tables[table])).scalar_one()
        finally:
            engine.dispose()

    def kept_letters(self) -> dict[str, bytes]:
        """The letters that left, in the order of their numbers; not the numbers, of which a killed act may have used some up."""
        files = sorted((self.folder / "letters").iterdir())
        return {str(at): re.sub(rb"<letter-\d+\.", b"<letter.", path.read_bytes()) for at, path in enumerate(files)}


def _rows(connection: Connection, table: Table, out: Sequence[str]) -> list[dict[str, Any]]:
    found = connection.execute(select(table).order_by(*table.primary_key.columns)).mappings()
    return [{k: v for k, v in row.items() if k not in out} for row in found]


def fill(folder: Path, database_url: str = "") -> Evening:
    """Walk an office to the evening before: everything that a night can do falls due in it, beside what must not be done."""
    law = another_law(folder / "law", "half", "2025", HALF_A_YEAR)
    settings = Settings(data=folder / "data", database_url=database_url, secret_key="for tests only", law_dir=str(law), training=True)
    clock = FrozenClock(START)
    office = Office(settings, clock, further_law=[LAW])
    office.prepare()
    town = Town(office, clock)
    _certificates(town)
    _applications(town)
    town.do(town.bureau(), watches.watch, kind="holder", value=CODES[0])
    town.to("2026-09-11", 18)
    for job in (sweep, remind, escalate, deliver):
        assert job.run(office).ok
    office.set_clock(NIGHT)
    with Session(office.engine) as session:
        machine = NIGHT - timedelta(seconds=int(session.get_one(OfficeFact, CLOCK_OFFSET).value))
    office.close()
    return Evening(folder / "data", database_url, law, machine)


def _certificates(town: Town) -> None:
    """One that expires, one that is renewed; of five whose reminder comes, two of one holder; one measure for each effect."""
    ending = [town.reviewed(town.applicant(which), regulation=HALF) for which in (0, 1)]
    staying = [town.reviewed(town.applicant(which), regulation=HALF) for which in (0, 0, 1, 1)]
    town.noticed(*ending, *staying)
    town.to("2026-03-12")
    town.sweep()
    _, renewed = town.announced(*ending)
    town.to("2026-03-20")
    one, two, _, four = town.announced(*staying)
    suspended = town.decided(two, "suspend", "ip_in_dispute")
    town.to("2026-08-03")
    town.announced(town.to_announce(town.applicant(1), renews=renewed, regulation=None))
    town.to("2026-09-04")
    town.notified(four, "revoke", "false_material")
    tonight = date(2026, 9, 13)
    town.decided(one, "suspend", "ip_in_dispute", effective_on=tonight)
    town.lifted(suspended, "doubt_cleared", effective_on=tonight)


def _applications(town: Town) -> None:
    """A supplement that lapses, a bureau that is late, a notice that ends: one item free, one objected to, one on hold."""
    town.to("2026-08-20")
    listed = [town.reviewed(town.applicant(which), regulation=HALF) for which in (0, 1, 1)]
    town.to("2026-08-21")
    town.supplement(town.submitted(town.applicant(0), regulation=HALF))
    town.to("2026-08-27")
    town.submitted(town.applicant(1), regulation=HALF)
    town.to("2026-09-02")
    notice = town.noticed(*listed)
    town.to("2026-09-04", 10)
    town.object(notice, listed[1])
    town.do(town.department(), holds.hold_application, listed[2], "核对名单")
