"""Moves a training office's clock forward, running on the way every job that falls due. It knows no act and no deadline."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from jobs.report import Progress, Report, silent
from jobs.schedule import BY_NAME, JOBS, WALK, Job, perform
from registry.actors import CLOCK, SYSTEM
from registry.clock import OFFICE_ZONE, office_day
from registry.desks import deadlines, letters
from registry.desks import jobs as desk
from registry.errors import BadInput, Finding, OnlyInTraining, Outdated
from registry.office import Office
from registry.words import Text

HOLD_SECONDS = 300  # a walk that dies keeps the schedulers waiting no longer than this


@dataclass(frozen=True)
class Event:
    """One thing that a job did on the way."""

    at: datetime
    job: str
    line: str


def advance(office: Office, to: date | datetime, progress: Progress | None = None) -> list[Event]:
    """Move the clock to `to`, from event to event; a day means that day at the present time of day (Asia/Shanghai).

    On every night that has something to do the jobs run in the order and at the hours of the schedule. The audit, which
    changes nothing, runs once, at the end.
    Refusals: OnlyInTraining; BadInput for a time that is not in the future; Outdated while somebody else moves the clock.
    """
    if not office.is_training:
        raise OnlyInTraining(Text("只有培训环境可以调整时钟。", "Only a training office's clock can be moved."))
    walk = ClockWalk(office, read_target(office, to), office.set_clock)
    walk.hold()
    try:
        walk.go(progress or silent)
        walk.run(BY_NAME["audit"])
    finally:
        walk.let_go()
    return walk.events


class ClockWalk:
    """One walk of the clock to one target: what ran on the way, and the lease that keeps everybody else out meanwhile.

    `alone`: nobody else can be at work in this office yet, and no lease is needed.
    """

    def __init__(self, office: Office, target: datetime, move: Callable[[datetime], None], *, alone: bool = False) -> None:
        self.office, self.target, self.alone, self._set = office, target, alone, move
        self.events: list[Event] = []
        self._holder = secrets.token_hex(4)
        self._start = office.now()
        self._first, self._post_fails = True, False

    def go(self, progress: Progress = silent) -> None:
        """Run all that falls due up to the target, each in its time, and stand there."""
        while self.run_next():
            progress((self.office.now() - self._start).days, (self.target - self._start).days, str(self.office.today()))
        self.move(self.target)

    def run_next(self) -> bool:
        """Go to whatever is next, a night with something to do or letters to be sent, and run it; False past the target."""
        night, post = self._next_night(), self._next_post()
        if post is not None and (night is None or post < night):
            self.move(post)
            self._post_fails = not self.run(BY_NAME["deliver"]).ok  # then it is tried again with the next night only
            return True
        if night is None:
            return False
        for job in JOBS:
            night = job.next_after(night - timedelta(seconds=1))
            if job.changes and night <= self.target:
                self.move(night)
                self.run(job)
        self._first = self._post_fails = False
        return True

    def move(self, at: datetime) -> None:
        """Forward only: a running clock may have passed `at` by a moment."""
        if at > self.office.now():
            self._set(at)

    def run(self, job: Job) -> Report:
        self.hold()
        report = perform(self.office, job)
        self.events += [Event(self.office.now(), job.name, line) for line in report.lines]
        return report

    def hold(self) -> None:
        if self.alone:
            return
        with self.office.registrar(SYSTEM) as r:
            if not desk.take_lease(r, WALK, self._holder, HOLD_SECONDS):
                raise Outdated(Text("另一人正在调整时钟。", "Somebody else is moving the clock right now."),
                               action=Text("请稍后查看新的日期。", "Look at the new date in a moment."))

    def let_go(self) -> None:
        with self.office.registrar(SYSTEM) as r:
            desk.give_up_lease(r, WALK, self._holder)

    def _next_night(self) -> datetime | None:
        """When the sweep next has something to do; the first time, when it next runs at all: something may be due by now."""
        if BY_NAME["sweep"].next_after(self.office.now() - timedelta(seconds=1)) > self.target:
            return None  # no night lies between: what is due need not be asked
        if self._first:
            at = BY_NAME["sweep"].next_after(self._start - timedelta(seconds=1))
            if at <= self.target:
                return at
        with self.office.reading(CLOCK) as r:
            due = deadlines.next_due_at(r)
        at = BY_NAME["sweep"].next_after(due - timedelta(seconds=1)) if due else self.target + timedelta(days=1)
        return at if at <= self.target else None

    def _next_post(self) -> datetime | None:
        if self._post_fails:
            return None
        with self.office.reading(SYSTEM) as r:
            waits = letters.next_send_at(r)
        at = BY_NAME["deliver"].next_after(max(waits, self.office.now()) - timedelta(seconds=1)) if waits else None
        return at if at and at <= self.target else None


def read_target(office: Office, to: date | datetime) -> datetime:
    """The instant that `to` means; BadInput unless it lies in the future."""
    now = office.now()
    target = to if isinstance(to, datetime) else datetime.combine(to, now.astimezone(OFFICE_ZONE).timetz())
    if target <= now:
        message = Text(f"时钟只能向前调整：现在是 {office_day(now)}。", f"The clock only moves forward: it is {office_day(now)} now.")
        raise BadInput(message, findings=[Finding("to", "past", message, Text("请选择以后的日期。", "Choose a later day."))])
    return target
