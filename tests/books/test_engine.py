"""The engine keeps the same promises on SQLite and PostgreSQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Column, Engine, ForeignKey, Integer, MetaData, Table, insert, select, update
from sqlalchemy.exc import IntegrityError

from registry.books.engine import make_engine

scratch = MetaData()
counter = Table("scratch_counter", scratch, Column("id", Integer, primary_key=True), Column("n", Integer))
child = Table("scratch_child", scratch, Column("counter", ForeignKey("scratch_counter.id"), primary_key=True))


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = make_engine(database_url)
    scratch.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(counter).values(id=1, n=0))
    yield engine
    engine.dispose()


def test_writers_never_lose_an_update(engine: Engine) -> None:
    writing = engine.execution_options(writing=True)

    def count_to_100(_: int) -> None:
        for _ in range(100):
            with writing.begin() as connection:
                n = connection.execute(select(counter.c.n).with_for_update()).scalar_one()
                connection.execute(update(counter).values(n=n + 1))

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(count_to_100, range(6)))
    with engine.connect() as connection:
        assert connection.scalar(select(counter.c.n)) == 600


def test_a_reader_neither_waits_for_a_writer_nor_sees_half_its_work(engine: Engine) -> None:
    with engine.execution_options(writing=True).begin() as writer, engine.connect() as reader:
        writer.execute(update(counter).values(n=7))
        assert reader.scalar(select(counter.c.n)) == 0


def test_what_fails_leaves_nothing_behind_not_even_a_table(engine: Engine) -> None:
    other = Table("scratch_other", MetaData(), Column("id", Integer, primary_key=True))
    with pytest.raises(ZeroDivisionError), engine.execution_options(writing=True).begin() as connection:
        other.create(connection)
        connection.execute(update(counter).values(n=1 // 0))
    with engine.connect() as connection:
        assert not engine.dialect.has_table(connection, "scratch_other")


def test_a_row_cannot_point_nowhere(engine: Engine) -> None:
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(insert(child).values(counter=99))


@pytest.mark.once
@pytest.mark.durable
def test_sqlite_is_durable_and_its_folder_is_made(tmp_path: Path) -> None:
    path = tmp_path / "new" / "登记.sqlite"
    engine = make_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        settings = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    engine.dispose()
    assert settings == ["wal", 2, 1, 30_000]
    assert path.exists()


@pytest.mark.once
def test_processes_may_open_a_new_sqlite_file_at_the_same_moment(tmp_path: Path) -> None:
    def open_it(_: int) -> str:
        engine = make_engine(f"sqlite:///{tmp_path}/new.sqlite")
        try:
            with engine.connect() as connection:
                return str(connection.exec_driver_sql("PRAGMA journal_mode").scalar())
        finally:
            engine.dispose()

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(open_it, range(32))) == {"wal"}
    sqlite3.connect(tmp_path / "new.sqlite").close()
