"""The way to the database: one engine for SQLite and PostgreSQL, with the same promises. Knows no table and no rule.

A unit of work that will write says so beforehand, with `engine.execution_options(writing=True)`: SQLite then takes its
one write lock at BEGIN. Without it two units read the same state, and the second to write is refused at once
("database is locked"), however long the busy timeout is. PostgreSQL needs no word; there, rows are locked as they are
read (`with_for_update()`, which SQLite leaves out).

A unit of work that only reads sees one moment, however much it asks: SQLite's BEGIN gives that, PostgreSQL is told so.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.pool import ConnectionPoolEntry

BUSY_SECONDS = 30
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")


def make_engine(url: str) -> Engine:
    """An engine for `url`; the folder of a SQLite file is made if it is missing. Dispose of it when done."""
    if make_url(url).get_backend_name() == "sqlite":
        return _sqlite(url)
    return create_engine(url, pool_size=10, pool_pre_ping=True, connect_args={"application_name": "registry"})


def reading(engine: Engine) -> Engine:
    """The same engine for units that only read: all that one of them asks is answered as of its first question."""
    if engine.dialect.name == "sqlite":
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ")


def _sqlite(url: str) -> Engine:
    path = make_url(url).database
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, pool_size=10, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    """Durable, concurrent, strict. Python's sqlite3 begins late and by itself; with None it leaves BEGIN to us."""
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
