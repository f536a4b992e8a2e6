"""Migrations lead to what the models say, on both databases, and whoever asks learns whether they have run."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Engine, inspect, text

from registry.books import schema
from registry.books.engine import make_engine
from registry.books.schema import MIGRATIONS, alembic_config, current_head, is_current, migrate


def test_the_migrations_and_the_models_agree(database_url: str) -> None:
    engine = make_engine(database_url)
    with engine.connect() as connection:
        command.check(alembic_config(connection))
    assert is_current(engine)
    engine.dispose()


def test_a_database_that_is_behind_says_so(database_url: str) -> None:
    engine = make_engine(database_url)
    with engine.execution_options(writing=True).begin() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
    assert not is_current(engine)
    engine.dispose()


@pytest.mark.once
def test_several_processes_migrate_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new.sqlite"
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(migrate, [url] * 4))
    engine = make_engine(url)
    assert is_current(engine)
    engine.dispose()


@pytest.mark.once
def test_a_migration_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def half_a_migration(config: object, _revision: str) -> None:
        connection = config.attributes["connection"]  # type: ignore[attr-defined]
        connection.execute(text("CREATE TABLE half (id INTEGER)"))
        raise ZeroDivisionError

    monkeypatch.setattr(command, "upgrade", half_a_migration)
    engine: Engine = make_engine(f"sqlite:///{tmp_path}/new.sqlite")
    with pytest.raises(ZeroDivisionError):
        schema.migrate(engine)
    assert inspect(engine).get_table_names() == []
    engine.dispose()


@pytest.mark.once
def test_migrations_are_one_line_and_know_no_code_of_ours() -> None:
    files = sorted((MIGRATIONS / "versions").glob("*.py"))
    assert [path.name[:4] for path in files] == [f"{n:04}" for n in range(1, len(files) + 1)]
    assert (files[-1].name[:4] if files else None) == current_head()
    assert not [path for path in files if "sqlmodel" in path.read_text() or "registry" in path.read_text()]
