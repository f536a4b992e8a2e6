"""A walk through simulated years: an agenda of steps, each taken by its person at a desk on its day, jobs run in between."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta

from jobs.report import Progress
from jobs.training.cast import Cast, House
from jobs.training.clock import ClockWalk
from registry.actors import CLOCK, PUBLIC, Actor
from registry.clock import OFFICE_ZONE, FrozenClock, office_day
from registry.desks import accounts, deadlines
from registry.office import Office
from registry.registrar import Registrar

Step = Callable[[], None]
OPENS = 9  # office hours, so that acts do not all fall on midnight
HOURS = 8


class Walk:
    """The office, the people with what they are appointed to, and what is still to be done on which day."""

    def __init__(self, office: Office, clock: FrozenClock, cast: Cast, until: datetime) -> None:
        self.office, self.cast, self.until = office, cast, until
        self._clock = clock
        self._visits: dict[str, str] = {}
        self._actors: dict[str, Actor] = {}
        self._agenda: list[tuple[datetime, int, Step]] = []
        self._count = self._papers = 0

    def sign_in(self, login: str) -> None:
        """Sign `login` in, once, and learn what it is appointed to at this moment."""
        with self.office.registrar(PUBLIC) as r:
            if login not in self._visits:
                self._visits[login] = accounts.sign_in(r, login=login, password=self.cast.password)
            self._actors[login] = accounts.actor_for(r, self._visits[login])

    def register(self, house: House) -> None:
        """An enterprise by its one member, who opens an account for that."""
        with self.office.registrar(PUBLIC) as r:
            accounts.sign_up(r, login=house.key, name=house.member, email=f"{house.key}@enterprise.example", password=self.cast.password)
        self.sign_in(house.key)
        with self.desk(house.key) as r:
            accounts.register_enterprise(r, credit_code=house.credit_code, name=house.name, prefecture=house.prefecture)
        self.sign_in(house.key)

    def appoint(self, login: str, name: str, role: str, **scope: str | None) -> None:
        """Somebody to an office, by the administrator's invitation."""
        with self.desk("admin") as r:
            code = accounts.invite(r, role=role, name=name, **scope)
        with self.office.registrar(PUBLIC) as r:
            accounts.accept_invitation(r, code=code, login=login, name=name, email=f"{login}@office.example", password=self.cast.password)
        self.sign_in(login)

    def sign_out(self) -> None:
        """End everybody's visit; what they are appointed to stays known."""
        for secret in self._visits.values():
            with self.office.registrar(PUBLIC) as r:
                accounts.end_visit(r, secret=secret)

    @contextmanager
    def desk(self, login: str) -> Iterator[Registrar]:
        """One act of one person: a writing unit."""
        with self.office.registrar(self._actors[login]) as r:
            yield r

    def work_time(self, days_before: int, order: int) -> datetime:
        """An instant in office hours, that many days before the end or, if that is a day off, on the last working day before."""
        day = office_day(self.until) - timedelta(days=days_before)
        while not self.office.law.calendar.is_working_day(day):
            day -= timedelta(days=1)
        return datetime.combine(day, time(OPENS + order % HOURS, order * 7 % 60), OFFICE_ZONE)

    def plan(self, at: datetime, step: Step) -> None:
        """Put a step on the agenda; one that lies past the end is never taken."""
        self._count += 1
        heapq.heappush(self._agenda, (at, self._count, step))

    def next_paper(self) -> int:
        """The serial of the department's next announcement."""
        self._papers += 1
        return self._papers

    def go(self, progress: Progress) -> None:
        """Take every step in its time, running the jobs that fall due before it, up to the end."""
        start = self.office.now()
        while self._agenda and self._agenda[0][0] <= self.until:
            at, _, step = heapq.heappop(self._agenda)
            self._move(at)
            step()
            progress((at - start).days, (self.until - start).days, f"{office_day(at)}")
        self._move(self.until)
        progress((self.until - start).days, (self.until - start).days, f"{office_day(self.until)}")

    def _move(self, to: datetime) -> None:
        if to > self.office.now():
            ClockWalk(self.office, to, self._clock.set, alone=True).go()
        with self.office.reading(CLOCK) as r:
            waiting = deadlines.search_waiting(r)
        for _, number, _, _ in waiting:  # a year without a calendar: an officer's word is needed
            with self.desk("department") as r:
                deadlines.confirm_due(r, number, "已核对日期，确认期限届满。")
