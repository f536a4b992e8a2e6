"""Nights as processes of their own: the real commands, killed at the n-th thing that they write. No test, no rule.

`python -m tests.jobs.nights` loads the program once, then takes one night a line (JSON) from its standard input, lives
through it in a fork of itself and answers with how that ended: a number below zero is a signal. In the fork the machine's
clock stands still, as the machine's own would under a debugger; what the office makes of it is the office's business.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sqlite3
import subprocess
import sys
import traceback
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.orm import configure_mappers

import app
import registry.office
from registry.clock import SystemClock

HOME = Path(app.__file__).parent
NIGHT = ("sweep", "remind", "escalate", "digest", "deliver")
LATER, MORNING = timedelta(minutes=6), ("deliver", "audit")  # by then a letter comes back that was in hand when its sender died


class Steps:
    """Counts what would outlast the process: each commit, each file written, each renamed. Dies before the n-th."""

    def __init__(self, folder: str, last: int | None) -> None:
        self.count, self._folder, self._last = 0, folder, last
        event.listen(Engine, "commit", lambda _: self.step())
        sys.addaudithook(self._hear)

    def step(self) -> None:
        self.count += 1
        if self.count == self._last:
            os.kill(os.getpid(), signal.SIGKILL)

    def _hear(self, what: str, arguments: tuple[Any, ...]) -> None:
        if what == "open":
            path, _, flags = arguments
            writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        elif what in ("os.rename", "os.mkdir"):
            path, writes = arguments[0], True
        else:
            return
        if writes and str(path).startswith(self._folder):
            self.step()


def live(folder: str, at: str, last: int | None, environment: dict[str, str]) -> None:
    """One night in `folder`: the jobs as commands at the instant `at`, then, later, the post and the audit again."""
    os.environ.update(environment, DATA=folder)
    with open(f"{folder}.txt", "a") as said:
        os.dup2(said.fileno(), 1)
        os.dup2(said.fileno(), 2)
    event.listen(Engine, "connect", _lazy)
    steps, codes = Steps(f"{folder}/", last), {}
    for now, jobs in ((datetime.fromisoformat(at), NIGHT), (datetime.fromisoformat(at) + LATER, MORNING)):
        SystemClock.now = lambda self, now=now: now  # type: ignore[method-assign,misc]
        for job in jobs:
            try:
                app.main([job])
            except SystemExit as end:
                codes[job] = max(codes.get(job, 0), int(end.code or 0))
    Path(f"{folder}.json").write_text(json.dumps({"steps": steps.count, "codes": codes}))


def _lazy(connection: Any, _: Any) -> None:
    """What SQLite has handed to the kernel outlives a process that is killed: waiting for the disk would show no more."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=OFF").close()


def serve() -> None:
    configure_mappers()
    registry.office.load_law = cache(registry.office.load_law)
    gc.disable()  # a night is short; collecting would only copy what the forks share
    for line in sys.stdin:
        night = json.loads(line)
        registry.office.load_law(*_folders(night["environment"]))
        child = os.fork()
        if child == 0:
            try:
                live(**night)
            except BaseException:
                traceback.print_exc()
                os._exit(70)
            os._exit(0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")
        sys.stdout.flush()


def _folders(environment: dict[str, str]) -> Sequence[Path]:
    own = [Path(environment["LAW_DIR"])] if environment.get("LAW_DIR") else []
    return [app.LAW, *own] if environment.get("TRAINING") else own


class Sleeper:
    """From the tests' side: a process that lives through nights, one after another."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.jobs.nights"], cwd=HOME, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def live(self, folder: Path, at: datetime, environment: dict[str, str], last: int | None = None) -> int:
        """How the night in `folder` ended."""
        assert self._process.stdin and self._process.stdout
        night = {"folder": str(folder), "at": at.isoformat(), "last": last, "environment": environment}
        self._process.stdin.write(json.dumps(night) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        self._process.communicate(timeout=30)


if __name__ == "__main__":
    serve()
