"""The shape of the database in time: brings it to the newest migration and says whether it is there. No table here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, text

from registry.books.engine import make_engine

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parents[2] / "migrations"
MIGRATION_LOCK = 0x7265_6769  # any number, the same in every process: "regi"


def migrate(target: Engine | str) -> None:
    """Bring the database to the newest migration: all of the way in one transaction, or not at all.

    Safe to call from several processes at once, and again: one migrates, the others wait and find nothing to do.
    """
    from alembic import command

    if isinstance(target, str):
        engine = make_engine(target)
        try:
            return migrate(engine)
        finally:
            engine.dispose()
    with _alone(target) as connection:
        command.upgrade(alembic_config(connection), "head")


@cache
def current_head() -> str | None:
    """The newest migration that this code knows; None while there is none."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(alembic_config()).get_current_head()


def is_current(engine: Engine) -> bool:
    """Whether the database stands at `current_head()`. An unreachable database raises."""
    from alembic.migration import MigrationContext

    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == current_head()


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic without an ini file; `connection` is the one that `migrations/env.py` works on."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """One transaction that keeps other migrating processes out.

    SQLite changes a table by making it anew, which foreign keys would refuse; they can only be put off before BEGIN,
    and are checked as a whole before COMMIT.
    """
    with engine.connect().execution_options(writing=True) as connection:
        if engine.dialect.name != "sqlite":
            with connection.begin():
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
                yield connection
            return
        _foreign_keys(connection, "OFF")
        try:
            with connection.begin():
                yield connection
                if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all():
                    raise RuntimeError(f"the migration leaves rows that point nowhere: {broken[:5]}")
        finally:
            _foreign_keys(connection, "ON")


def _foreign_keys(connection: Connection, state: str) -> None:
    """Past SQLAlchemy, which would begin a transaction first; inside one this PRAGMA does nothing."""
    raw = connection.connection.driver_connection
    assert raw is not None
    raw.execute(f"PRAGMA foreign_keys={state}").close()
