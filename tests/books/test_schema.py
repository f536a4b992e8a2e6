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


BEFORE_AUTHORITIES = "0002"


def old_register(url: str, *places: str) -> Engine:
    """A register as it was while there was one authority: an officer, a head, an expert, an auditor, enterprises at `places`."""
    engine = make_engine(url)
    with schema._alone(engine) as connection:
        command.upgrade(alembic_config(connection), BEFORE_AUTHORITIES)
        at = "2026-03-02 01:00:00"
        connection.execute(text("INSERT INTO person (id, login, name, email, password_hash, created_at) "
                                f"VALUES (1, 'a', 'a', 'a', 'a', '{at}')"))
        for role, prefecture in (("department_officer", None), ("expert", None), ("head", None), ("head", "430100"), ("auditor", None)):
            connection.execute(text("INSERT INTO appointment (person_id, role, prefecture, began_at) "
                                    f"VALUES (1, '{role}', :prefecture, '{at}')"), {"prefecture": prefecture})
        for place in places:
            connection.execute(text("INSERT INTO enterprise (credit_code, name, prefecture, registered_at) "
                                    f"VALUES ('{place}', 'x', '{place}', '{at}')"))
    return engine


@pytest.mark.once
def test_existing_appointments_get_the_one_authority_there_was(tmp_path: Path) -> None:
    engine = old_register(f"sqlite:///{tmp_path}/old.sqlite", "430200")
    migrate(engine)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT role, prefecture, authority FROM appointment ORDER BY id")).all()
    assert [tuple(row) for row in rows] == [
        ("department_officer", None, "430000"), ("expert", None, "430000"), ("head", None, "430000"), ("head", "430100", None),
        ("auditor", None, None)]
    engine.dispose()


@pytest.mark.once
def test_where_it_is_not_known_whose_officers_they_are_the_migration_says_so_and_changes_nothing(tmp_path: Path) -> None:
    engine = old_register(f"sqlite:///{tmp_path}/old.sqlite", "320100")
    with pytest.raises(RuntimeError, match="320000"):
        migrate(engine)
    assert "authority" not in {c["name"] for c in inspect(engine).get_columns("appointment")}
    engine.dispose()
