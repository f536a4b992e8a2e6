"""Plays the year: puts every step on the walk's agenda by the seed, lets the nights run their jobs, and counts.

Certificates last five years, so the year begins with a stock: issued five years before over the same desks, under the
invented predecessor of the training office (jobs/training/law), which says of itself that it is invented.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from functools import partial

from argon2 import PasswordHasher
from sqlalchemy import event

from jobs.report import Progress, silent
from jobs.schedule import BY_NAME, perform
from jobs.training.cast import read_cast
from jobs.training.fill import LAW, appoint
from jobs.training.walk import Walk
from jobs.year.cast import Size, chance_of, make_cast
from jobs.year.steps import Case, Desks
from jobs.year.tally import Tally
from registry.actors import SYSTEM
from registry.clock import OFFICE_ZONE, FrozenClock
from registry.desks import accounts, enquiries, letters
from registry.desks.amendments import Wanted
from registry.errors import BadInput, NotOpen
from registry.office import Office
from registry.settings import Settings

YEAR = 2026
MEASURE_DAYS = {"suspect": 0, "notice": 4, "statement": 8, "approve": 26, "confirm": 29}
BEFORE = timedelta(days=20)


def play(settings: Settings, size: Size, seed: int, progress: Progress = silent) -> Tally:
    """Play a year in the office of `settings`, which must be an empty training office, and audit it."""
    began = time.monotonic()
    clock = FrozenClock(datetime(YEAR - 5, 1, 4, 1, tzinfo=OFFICE_ZONE) - BEFORE)
    office = Office(replace(settings, smtp_url=""), clock, further_law=[LAW])
    event.listen(office.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF").close()
                 if office.engine.dialect.name == "sqlite" else None)
    try:
        office.prepare()
        law = office.law.successor(read_cast().family, date(YEAR, 1, 1))
        assert law is not None
        walk = Walk(office, clock, make_cast(law, size, seed), datetime(YEAR, 12, 31, 12, tzinfo=OFFICE_ZONE))
        with accounts.hashed_by(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)):  # invented people, for one play
            appoint(walk, silent)
        year = Year(walk, size, seed)
        year.plan()
        walk.go(progress)
        return year.settle(time.monotonic() - began)
    finally:
        office.close()


class Year:
    """One play: its cases and what happens to each."""

    def __init__(self, walk: Walk, size: Size, seed: int) -> None:
        self.walk, self.size, self.chance = walk, size, chance_of("year", seed)
        self.desks = Desks(walk, walk.cast.family)
        self._latest: dict[int, datetime] = {}
        products = list(walk.cast.products)
        self.stock = [Case(product, n) for n, product in enumerate(products[: size.stock])]
        renewed = [Case(case.product, 1000 + n, renews=case) for n, case in enumerate(self.stock[: size.renewals])]
        fresh = [Case(product, n) for n, product in enumerate(products[size.stock:], size.stock)]
        self.months = [old + fresh[m::size.months] for m, old in enumerate(self._by_window(renewed))]

    def _by_window(self, renewed: list[Case]) -> list[list[Case]]:
        """The renewals month by month: each group of the stock in the months around its last day."""
        months: list[list[Case]] = [[] for _ in range(self.size.months)]
        for case in renewed:
            group = case.renews.order % len(self.size.stock_months) if case.renews else 0
            first = min(group * 3, max(self.size.months - 3, 0))
            span = min(3, self.size.months)
            months[min(first + case.order % span, self.size.months - 1)].append(case)
        return months

    def plan(self) -> None:
        for group in range(len(self.size.stock_months)):
            self._plan_stock([case for case in self.stock if case.order % len(self.size.stock_months) == group], self.size.stock_months[group])
        for month, cases in enumerate(self.months, 1):
            self._plan_month(month, cases)
        self._plan_consequences()

    # -------------------------------------------------------------------------------------------------------- the stock

    def _plan_stock(self, cases: list[Case], month: int) -> None:
        """Straight to the certificate, announced in `month` five years before."""
        first = date(YEAR - 5, month, 1) - timedelta(days=31)
        for case in cases:
            self._on(first, case.order, self.desks.apply, case)
            self._on(first + timedelta(days=4), case.order, self.desks.endorse, case)
            self._plan_review(case, first + timedelta(days=8), "certified")
        self._on(first + timedelta(days=22), 7, self.desks.publish, cases)
        self._on(first + timedelta(days=50), 7, self.desks.announce, cases)

    # --------------------------------------------------------------------------------------------------------- a month

    def _plan_month(self, month: int, cases: list[Case]) -> None:
        first = date(YEAR, month, 1)
        for case in cases:
            self._plan_case(case, first + timedelta(days=self.chance.randint(0, 3)))
        until_now = [case for group in self.months[:month] for case in group]
        published = date(YEAR, month, 27)
        if month == 5:
            self._on(published - timedelta(days=2), 3, self.desks.publish, until_now)
            self._on(published - timedelta(days=1), 3, self.desks.withdraw_notice, cases)
        self._on(published, 5, self.desks.publish, until_now)
        self._plan_objections(month, cases, published)
        if month < 12:
            self._on(date(YEAR, month + 1, 22), 6, self.desks.announce, until_now)

    def _plan_case(self, case: Case, day: date) -> None:
        course = self._course(case)
        steps = self.desks
        self._on(day, case.order, steps.apply, case)
        if self.chance.random() < 0.4:
            self._on(day + timedelta(days=2), case.order, steps.claim, case)
        if course == "withdrawn":
            self._on(day + timedelta(days=3), case.order, steps.withdraw, case)
            return
        if course == "refused by its bureau":
            self._on(day + timedelta(days=4), case.order, steps.refuse_early, case)
            return
        if course in ("supplemented", "lapsed"):
            self._on(day + timedelta(days=3), case.order, steps.ask, case)
            if course == "lapsed":
                return
            self._on(day + timedelta(days=6), case.order, steps.resubmit, case)
        self._on(day + timedelta(days=8), case.order, steps.endorse, case)
        self._plan_review(case, day + timedelta(days=11), course)

    def _course(self, case: Case) -> str:
        """What becomes of it; a renewal goes straight through, perhaps after a supplement."""
        courses = {"supplemented": 12, "certified": 62, "on conditions": 6, "recused": 6, "revised": 5}
        if case.renews is None:
            courses |= {"refused by experts": 3, "refused by its bureau": 3, "withdrawn": 2, "lapsed": 1}
        return self.chance.choices(list(courses), list(courses.values()))[0]

    def _plan_review(self, case: Case, day: date, course: str) -> None:
        steps = self.desks
        self._on(day, case.order, steps.draw, case)
        if course == "recused":
            self._on(day + timedelta(days=1), case.order, steps.stand_aside, case)
        low = course == "refused by experts"
        for seat in range(self.size.panel):
            share = self.chance.randint(55, 70) if low else self.chance.choice((78, 84, 86, 88, 90, 93))
            self._on(day + timedelta(days=2 + seat // 2), case.order + seat, steps.give_opinion, case, seat, max(share, 55 if low else 84)
                     if seat else share)
        if course == "revised":
            self._on(day + timedelta(days=5), case.order, steps.revise, case, 95)
        end = day + timedelta(days=6)
        if low:
            self._on(end, case.order, steps.refuse_late, case)
        else:
            self._on(end, case.order, steps.recommend, case, ["三年内每年提交一次用户应用情况。"] if course == "on conditions" else [])

    def _plan_objections(self, month: int, cases: list[Case], published: date) -> None:
        """Its share of the year's objections, a working day after the notice came out; decided within the objection's own term."""
        share = self.size.objections // self.size.months + (month <= self.size.objections % self.size.months)
        day = published + timedelta(days=1)
        self._on(day, 6, self._object, cases, share)

    def _object(self, cases: list[Case], share: int) -> None:
        noticed = [case for case in cases if case.notice and not case.objections][-share:]
        extra = noticed[: share - len(noticed)]  # two against one item, where there are fewer items than objections
        now = self.walk.office.today()
        for n, case in enumerate([*noticed, *extra]):
            self.desks.object(case, sealed=n % 4 == 3)
        for n, case in enumerate(noticed):
            upheld = case.renews is None and n == len(noticed) - 1 and now.month % 3 == 1
            decided = min(now + timedelta(days=7 + n % 5), date(YEAR, 12, 31))
            self._on(decided, 8 + n, self._decide, case, upheld)
        if noticed:
            self.desks.object_wrongly(noticed[0], BadInput, "", "anonymous objections refused")
            self._on(now + timedelta(days=20), 2, self.desks.object_wrongly, noticed[-1], NotOpen, "后来者", "late objections refused")

    def _decide(self, case: Case, upheld: bool) -> None:
        for _ in range(len(case.objections)):
            self.desks.decide(case, uphold=upheld)
            case.objections.pop()
            if upheld:
                return

    # ---------------------------------------------------------------------------------------------------- consequences

    def _plan_consequences(self) -> None:
        """Of the certificates that nobody renews: some are revoked, one suspended and given back, one given up, some changed."""
        rest = sorted(self.stock[self.size.renewals:], key=lambda case: -(case.order % len(self.size.stock_months)))
        others, revoked = rest[:3], rest[3: 3 + self.size.revocations]  # those that end last come first
        for n, case in enumerate(revoked):
            self._plan_measure(case, date(YEAR, 1, 12) + timedelta(days=7 * n), "revoke", "product_differs")
        if self.size.months > 6:
            suspended: dict[str, str] = {}
            self._plan_measure(others[0], date(YEAR, 2, 2), "suspend", "quality_in_doubt", suspended)
            self._on(date(YEAR, 4, 20), 3, self.desks.lift, suspended)
            self._on(date(YEAR, 3, 10), 4, self.desks.surrender, others[1])
            self._plan_measure(others[2], date(YEAR, 11, 20), "debar", "false_statements")
        for n, case in enumerate(self.stock[self.size.renewals - 3: self.size.renewals]):
            models = Wanted("scope", models=[f"{case.product.models[0]}-S"])
            wanted = models if n else Wanted("rename", new_name=f"{self.walk.cast.enterprises[case.product.enterprise].name}（更名）")
            self._on(date(YEAR, 1, 20 + n), 2, self.desks.amend, case, wanted)
        held = self.months[0][-1]
        self._on(date(YEAR, 1, 9), 1, self.desks.hold, held)
        self._on(date(YEAR, 1, 15), 1, self.desks.release, held)

    def _plan_measure(self, case: Case, day: date, intended: str, ground: str, kept: dict[str, str] | None = None) -> None:
        kept = {} if kept is None else kept
        for step, after in MEASURE_DAYS.items():
            self._on(day + timedelta(days=after), 9, self.desks.measure, case, step, kept, intended, ground)

    # ---------------------------------------------------------------------------------------------------------- the end

    def _on(self, day: date, order: int, step: Callable[..., None], *args: object, **facts: object) -> None:
        """Put a step on the agenda for `day`, or the next working day, in office hours; after what was planned for its case before."""
        while not self.walk.office.law.calendar.is_working_day(day):
            day += timedelta(days=1)
        at = datetime.combine(day, clock_time(9 + order % 8, order * 7 % 60), OFFICE_ZONE)
        if args and isinstance(args[0], Case):  # holidays can bring several of its days together
            at = self._latest[id(args[0])] = max(at, self._latest.get(id(args[0]), at) + timedelta(minutes=1))
        self.walk.plan(at, partial(step, *args, **facts))

    def settle(self, seconds: float) -> Tally:
        """Count, audit, and say how it ended."""
        desks, office = self.desks, self.walk.office
        desks.done["bureaus"] = sum(name.startswith("bureau ") for name in list(desks.done))
        for name in [name for name in desks.done if name.startswith("bureau ")]:
            del desks.done[name]
        tally = Tally(self.size, desks.done, desks.acts)
        with office.reading(SYSTEM) as r:
            state = enquiries.office_state(r)
            tally.entries, tally.head = state["ledger_size"], state["ledger_hash"]
            tally.letters = letters.count_letters(r)
            runs = enquiries.search_job_runs(r, limit=100)["items"]
        tally.failed_jobs = [f"{run['job']}: {run['failed']}" for run in runs if run["failed"]]
        tally.audit = perform(office, BY_NAME["audit"])
        tally.seconds = seconds
        return tally
