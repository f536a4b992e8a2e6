"""How long it takes until a receiver of webhooks has a revocation: over a real scheduler, a real connection and a real server."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

import orjson

from registry.actors import PUBLIC, Actor
from registry.clock import FrozenClock
from registry.desks import accounts, measures, watches, webhooks
from registry.desks.accounts import hashed_by
from registry.office import Office
from registry.settings import Settings
from tests.benchmarks.measures import ROOT, Result
from tests.factories import CHEAP, CODES, PASSWORD, START, Town
from tests.receiver import SLOW, certify

GOAL_SECONDS, TIMES, SLOW_PEOPLE = 10, 4, 8
KEY, NETWORKS = "for measuring only", "127.0.0.0/8"


def revocation(folder: Path) -> list[Result]:
    """From the last word of a revocation to its message at a receiver, while others, who watch the same, never answer."""
    folder.mkdir()
    cert, _ = certify(folder)
    settings = Settings(data=folder / "data", secret_key=KEY, training=True, webhook_ca=str(cert), webhook_networks=NETWORKS)
    with ExitStack() as at_end:
        at_end.enter_context(hashed_by(CHEAP))
        office = Office(settings, FrozenClock(START))
        at_end.callback(office.close)
        office.prepare()
        assert isinstance(office.clock, FrozenClock)
        town = Town(office, office.clock)
        ready = [_approved(town) for _ in range(TIMES + 1)]
        said = at_end.enter_context(_running("-m", "tests.receiver", str(folder)))
        _watch_all(town, f"https://127.0.0.1:{int(said.readline())}")
        office.set_clock(office.now())  # every process of this office reads the same time from here on
        at_end.enter_context(_running("app.py", "schedule", DATA=str(settings.data), TRAINING="1", SECRET_KEY=KEY, WEBHOOK_CA=str(cert),
                                      WEBHOOK_NETWORKS=NETWORKS))
        taken = [_revoke(town, said, *each, after=1.3 * turn) for turn, each in enumerate(ready)][1:]  # the first waits for the start
    worst = max(taken)
    return [Result(f"revocation to a webhook's receiver, beside {SLOW_PEOPLE * webhooks.MOST} that never answer", "—", f"≤ {GOAL_SECONDS} s",
                   "the slowest of " + ", ".join(f"{seconds:.1f}" for seconds in sorted(taken)), f"{worst:.1f} s", worst <= GOAL_SECONDS)]


def _approved(town: Town) -> tuple[str, str]:
    """A certificate, and the measure that revokes it at a third officer's word."""
    number = town.certified()
    measure = town.heard(number)
    town.do(town.department("department-2"), measures.approve, measure, "核查中")
    return number, measure


def _watch_all(town: Town, receiver: str) -> None:
    for turn in range(SLOW_PEOPLE):
        for _ in range(webhooks.MOST):
            town.do(_watcher(town, turn), webhooks.make_webhook, url=receiver + SLOW)
    town.do(_watcher(town, SLOW_PEOPLE), webhooks.make_webhook, url=receiver + "/hook")


def _watcher(town: Town, which: int) -> Actor:
    login = f"buyer-{which}"
    try:
        return town.actor(login)
    except Exception:
        town.do(PUBLIC, accounts.sign_up, login=login, name="采购", email=f"{login}@example.com", password=PASSWORD)
    town.do(town.actor(login), watches.watch, kind="holder", value=CODES[0])
    return town.actor(login)


def _revoke(town: Town, said: IO[bytes], number: str, measure: str, after: float) -> float:
    time.sleep(after)  # at no chosen moment of the schedule
    third = town.department("department-3")
    began = time.perf_counter()
    town.do(third, measures.confirm, measure)
    while True:
        told: dict[str, Any] = orjson.loads(said.readline())
        if (told["type"], told["data"]["certificate"]) == ("certificate.revoke", number):
            return time.perf_counter() - began


@contextmanager
def _running(*command: str, **environment: str) -> Iterator[IO[bytes]]:
    """A process, what it says, and its end."""
    with subprocess.Popen([sys.executable, *command], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          env={"PATH": os.environ["PATH"]} | environment) as process:
        assert process.stdout
        try:
            yield process.stdout
        finally:
            process.kill()
