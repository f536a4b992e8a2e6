"""What every test stands on: a closed network and a real, empty database. Factories are in `factories.py`."""

from __future__ import annotations

import gc
import ipaddress
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from zlib import crc32

import hypothesis
import pytest
from sqlalchemy import Engine

import registry.office
from registry.books import engine
from registry.clock import FrozenClock
from registry.desks import accounts
from registry.office import Office
from registry.settings import Settings
from tests import databases
from tests.factories import CHEAP, START, Town
from tests.walks import count_writes
from tests.zones import ZONES, machine_in

hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")

# ---------------------------------------------------------------------------------------------- network and environment

CONNECTS = {"socket.connect": 1, "socket.sendto": 1, "socket.getaddrinfo": 0}  # event: which argument is the address


def _stay_home(event: str, arguments: tuple[object, ...]) -> None:
    """An audit hook: sees every socket Python opens, whichever library asks. Unix sockets and loopback pass."""
    if event in CONNECTS:
        address = arguments[CONNECTS[event]]
        host = address[0] if isinstance(address, tuple) else address if event == "socket.getaddrinfo" else None
        if isinstance(host, bytes):
            host = host.decode()
        if host and not _is_home(str(host)):
            raise RuntimeError(f"the network is closed in tests: {event} {host}")


def _is_home(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


sys.addaudithook(_stay_home)


def pytest_configure(config: pytest.Config) -> None:
    """One PostgreSQL server for the whole run: opened and closed by the first process, used by all workers."""
    gc.freeze()  # what is loaded stays; looking through it again and again costs a sixth of the run
    gc.set_threshold(50_000, 20, 50)
    if databases.wants_postgres() and not hasattr(config, "workerinput"):
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # a run that is stopped stops its server
        try:
            config.add_cleanup(databases.open_postgres())
        except Exception as fault:
            if os.environ.get("REQUIRE_POSTGRES"):
                pytest.exit(f"PostgreSQL is required and cannot be had: {fault}", returncode=1)
            pytest.exit(f"NOT TESTED ON POSTGRESQL, which cannot be had here: {fault}", returncode=0)
    os.environ.pop("DATABASE_URL", None)  # no test may find the office's own database


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what cannot run here. With REQUIRE_BROWSER nothing is skipped for want of a browser.

    Of a test with variants one runs on PostgreSQL, the first: they differ in what is typed, hardly in what the database is
    asked. Of the tests of desks and jobs every second runs there, always the same ones. EVERY_VARIANT=1 runs them all.
    """
    if databases.wants_postgres() and not os.environ.get("EVERY_VARIANT"):
        firsts = {item.nodeid.partition("[")[0]: item for item in reversed(items)}
        chosen = [item for item in items if firsts[item.nodeid.partition("[")[0]] is item and (
            item.path.parent.name not in ("desks", "jobs") or "postgres" in item.keywords or crc32(item.nodeid.encode()) % 2)]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(chosen)])
        items[:] = chosen
    no_browser = not (os.environ.get("REQUIRE_BROWSER") or shutil.which("chromium"))
    for item in items:
        if "browser" in item.keywords and no_browser:
            item.add_marker(pytest.mark.skip("needs Chromium: apt install chromium"))
        if "postgres" in item.keywords and not databases.wants_postgres():
            item.add_marker(pytest.mark.skip("runs in the pass on PostgreSQL"))


# ------------------------------------------------------------------------------------------------------------- database


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return databases.sqlite_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def database_url(request: pytest.FixtureRequest, worker_id: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a fresh, migrated, empty database for this test alone.

    It is the same for each test of a process, and so is the engine of the offices that open it: what it has compiled
    lasts, its connections do not. Dispose of other engines that you make on it.
    """
    with ExitStack() as at_end:
        if databases.wants_postgres():
            url = at_end.enter_context(databases.postgres_emptied(worker_id))
        else:
            template = request.getfixturevalue("_sqlite_template")
            url = databases.sqlite_copy(template, template.parent)
        lasting = _lasting_engine(url)
        at_end.callback(lasting.dispose)
        monkeypatch.setattr(registry.office, "make_engine", lambda address: lasting if address == url else engine.make_engine(address))
        yield url


@cache
def _lasting_engine(url: str) -> Engine:
    return count_writes(engine.make_engine(url))


# ----------------------------------------------------------------------------------------------- the office, its people


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same hash with the least cost: what it costs is not what these tests are about."""
    monkeypatch.setattr(accounts, "_hasher", CHEAP)


@pytest.fixture(autouse=True)
def _lazy_disk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for the disk, but in tests of durability itself; processes of their own are durable as ever."""
    if "durable" not in request.keywords:
        monkeypatch.setattr(engine, "PRAGMAS", (*engine.PRAGMAS, "synchronous=OFF"))


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(START)


@pytest.fixture
def office(database_url: str, tmp_path: Path, clock: FrozenClock) -> Iterator[Office]:
    """An empty office over a database of its own, with a clock that stands still."""
    office = Office(Settings(data=tmp_path / "data", database_url=database_url, secret_key="for tests only"), clock)
    office.prepare()
    yield office
    office.close()


@pytest.fixture
def town(office: Office, clock: FrozenClock) -> Town:
    return Town(office, clock)


@pytest.fixture(params=ZONES)
def machine_zone(request: pytest.FixtureRequest) -> Iterator[str]:
    """The machine stands in this zone, in each of three."""
    with machine_in(request.param) as zone:
        yield zone
