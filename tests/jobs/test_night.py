"""The night as processes: killed at any point and run again, it is as if it had run once; of eight schedulers one works."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

from jobs.schedule import JOBS, LEASE
from jobs.training.fill import LAW
from registry.desks import accounts
from registry.office import Office
from registry.settings import Settings
from tests import databases
from tests.factories import CHEAP
from tests.jobs.evening import Copy, Evening, fill
from tests.jobs.nights import HOME, LATER, Sleeper

# What a second run is free to write otherwise: runs of jobs, and when a letter that was in hand was tried again.
OTHERWISE = {"jobrun": None, "lease": None, "letter": ("id", "attempts", "send_after", "sent_at")}
# What also differs between two nights whose clocks run.
INSTANTS = OTHERWISE | {
    "entry": ("at", "previous", "hash"), "ledgerhead": ("hash",), "letter": (*OTHERWISE["letter"], "queued_at"), "officefact": None,
    "reminder": ("recorded_at",), "escalation": ("recorded_at",), "log_entry": ("entry",), "log_node": ("hash",),
}  # fmt: skip
AT_ONCE = 2
Books = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evening]:
    """An office with much to do tonight; nobody has it open."""
    folder = tmp_path_factory.mktemp("evening")
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(accounts, "_hasher", CHEAP)
        yield fill(folder, stack.enter_context(databases.postgres_copy()) if databases.wants_postgres() else "")


@pytest.fixture(scope="module")
def sleepers() -> Iterator[Queue[Sleeper]]:
    """Processes in which nights can be lived through, as many as there are to be at once."""
    free: Queue[Sleeper] = Queue()
    made = [Sleeper() for _ in range(AT_ONCE)]
    for sleeper in made:
        free.put(sleeper)
    yield free
    for sleeper in made:
        sleeper.close()


def live(sleepers: Queue[Sleeper], evening: Evening, copy: Copy, last: int | None = None) -> int:
    sleeper = sleepers.get()
    try:
        return sleeper.live(copy.folder, evening.machine, copy.environment, last)
    finally:
        sleepers.put(sleeper)


def told(copy: Copy) -> dict[str, Any]:
    """What a night that came to its end says of itself."""
    return dict(json.loads(Path(f"{copy.folder}.json").read_text()))


def without_fault(copy: Copy) -> bool:
    return set(told(copy)["codes"].values()) == {0}


def acts(books: Books) -> set[str]:
    return {entry["act"] for entry in books["entry"]}


@pytest.fixture(scope="module")
def clean(
    evening: Evening, sleepers: Queue[Sleeper], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Books, Books, dict[str, bytes], int]:
    """One night that nothing disturbs: its books, the same without instants, the letters that left, how many steps it took."""
    with evening.copied(tmp_path_factory.mktemp("clean")) as copy:
        before = len(copy.books(OTHERWISE)["entry"])
        assert live(sleepers, evening, copy) == 0 and without_fault(copy)
        books = copy.books(OTHERWISE)
        tonight = {entry["act"] for entry in books["entry"][before:]}
        assert tonight == {"close_notice", "lapse", "close_statement", "expire", "supersede", "suspend", "reinstate", "remind",
                           "escalate", "begin"}
        return books, copy.books(INSTANTS), copy.kept_letters(), int(told(copy)["steps"])


def test_killed_before_one_of_its_steps_and_run_again_the_night_is_the_same(
    evening: Evening, sleepers: Queue[Sleeper], clean: tuple[Books, Books, dict[str, bytes], int], tmp_path: Path
) -> None:
    """A commit, a file that is written or renamed: SIGKILL just before it, then the night again from its beginning.

    Entries to the second and to the hash, letters, reminders and every status equal those of the night that ran once.
    """
    books, _, letters, steps = clean

    def spoilt(last: int) -> list[str]:
        with evening.copied(tmp_path / str(last)) as copy:
            if live(sleepers, evening, copy, last) != -signal.SIGKILL:
                return [f"{last}: was not killed"]
            if live(sleepers, evening, copy) != 0 or not without_fault(copy):
                return [f"{last}: did not come to its end: {Path(f'{copy.folder}.txt').read_text()}"]
            found, kept = copy.books(OTHERWISE), copy.kept_letters()
            return [f"{last}: {name}" for name in books if found[name] != books[name]] + [f"{last}: letters"] * (kept != letters)

    # Every sixteenth; on PostgreSQL, where a copy costs more, every fortieth. EVERY_STEP=1 takes four minutes.
    points = range(1, steps + 1, 1 if os.environ.get("EVERY_STEP") else 40 if databases.wants_postgres() else 16)
    assert steps > 80
    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert [fault for faults in pool.map(spoilt, points) for fault in faults] == []


# ----------------------------------------------------------------------------------------------------- eight schedulers


@contextmanager
def schedulers(copy: Copy, many: int) -> Iterator[dict[int, subprocess.Popen[bytes]]]:
    """So many processes of `app.py schedule` over one office, by their process id; told to stop at the end, and each stops well."""
    with open(f"{copy.folder}.txt", "ab") as said:
        command, environment = [sys.executable, str(HOME / "app.py"), "schedule"], os.environ | copy.environment | {"DATA": str(copy.folder)}
        running = [subprocess.Popen(command, env=environment, stdout=said, stderr=said) for _ in range(many)]
    try:
        yield {process.pid: process for process in running}
        for process in running:
            process.terminate()
        assert {process.wait(60) for process in running} <= {0, -signal.SIGKILL}
    finally:
        for process in running:
            process.kill()
            process.wait()


def wait_for(what: Callable[[], bool], copy: Copy, seconds: float = 90) -> None:
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, Path(f"{copy.folder}.txt").read_text()
        time.sleep(0.02)


def said_to_be_up(copy: Copy) -> int:
    """How many of the schedulers have asked for the lease and wait for their next beat, or work."""
    return Path(f"{copy.folder}.txt").read_text().count("holder=")


def all_is_done(copy: Copy, books: Books) -> bool:
    """As many entries as the clean night has, no letter left, and each job came to an end."""
    now = copy.books({})
    ended = {run["job"] for run in now["jobrun"] if run["finished_at"]}
    return (len(now["entry"]) == len(books["entry"]) and all(letter["sent_at"] for letter in now["letter"])
            and ended - {"webhooks"} == {job.name for job in JOBS if not job.apart})


@pytest.mark.pitfall("D9")
@pytest.mark.parametrize("killed", [pytest.param(False, id="undisturbed", marks=pytest.mark.once), pytest.param(True, id="the leader is killed")])
def test_of_eight_schedulers_each_act_letter_and_reminder_comes_once(
    evening: Evening, clean: tuple[Books, Books, dict[str, bytes], int], tmp_path: Path, killed: bool
) -> None:
    """Eight real processes, everything owed at once. When the one that works is killed, another goes on where it died."""
    _, books, letters, _ = clean
    with evening.copied(tmp_path) as copy:
        before = copy.count("entry")
        with schedulers(copy, 8) as running:
            if killed:
                wait_for(lambda: copy.count("entry") > before + 3, copy)
                [lease] = [row for row in copy.books({})["lease"] if row["name"] == LEASE]
                running[int(lease["holder"].split(":")[1])].kill()
                move_clock(evening, copy)  # its lease is over, and a letter that it had in hand comes back
            wait_for(lambda: said_to_be_up(copy) == 8 and all_is_done(copy, books), copy)
        found = copy.books(INSTANTS)
        assert {name: [row for row in found[name] if row not in books[name]] for name in books if found[name] != books[name]} == {}
        assert undated(copy.kept_letters()) == undated(letters)
        if not killed:  # the post may go more often, as its time comes
            apart = {"deliver", *(job.name for job in JOBS if job.apart)}
            runs = [run["job"] for run in copy.books({})["jobrun"] if run["job"] not in apart]
            assert sorted(runs) == sorted(job.name for job in JOBS if job.name not in apart)


def undated(letters: dict[str, bytes]) -> dict[str, bytes]:
    return {name: re.sub(rb"^Date: .*$", b"", content, count=1, flags=re.MULTILINE) for name, content in letters.items()}


def move_clock(evening: Evening, copy: Copy) -> None:
    environment = copy.environment
    office = Office(Settings(
        data=copy.folder, training=True, law_dir=environment["LAW_DIR"], database_url=environment["DATABASE_URL"]), further_law=[LAW])
    office.set_clock(office.now() + LATER)
    office.close()
