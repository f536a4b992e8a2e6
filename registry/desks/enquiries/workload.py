"""Counting an office's work, for its officers: what came in and what became of it, how long each stage took against its term, and
on which grounds it was refused. No company and no person stands in it.

What a stage took is read from the ledger and counted as the office's term itself is: it stands still during a supplement.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from statistics import median_low
from typing import Any

from sqlalchemy import select as any_columns
from sqlmodel import col, select

from registry.books.models import Application, Entry, Objection
from registry.clock import office_day
from registry.dates import end_of_term, office_term
from registry.desks.enquiries.applications import in_offices
from registry.desks.enquiries.statistics import UNKNOWN, check_regulation, month_text
from registry.errors import NotEntitled
from registry.law.deadlines import Calendar, Period, count_days, in_words
from registry.law.lifecycle import ENDED_WITHOUT, STATE_LABELS, Role, same_term, stands_still, states
from registry.law.regulation import Regulation
from registry.registrar import Registrar
from registry.words import Text

OFFICES = (Role.BUREAU, Role.DEPARTMENT, Role.HEAD, Role.AUDITOR)
REFUSALS = {"refuse": Text("审查不予通过", "refused in review"), "uphold_objection": Text("公示异议成立", "objection upheld")}
OUTCOMES = ("certified", *ENDED_WITHOUT)
LEFT_BY_ENTERPRISE = frozenset(ENDED_WITHOUT) - {"refused"}
NO_REGION = Text("不分地区", "no region")


@dataclass
class Run:
    """One time that an office had a stage in hand: the days used in it, standing still in between or not, and its last day."""

    state: str
    period: Period
    began: date
    last_on: date
    used: int = 0

    def stop(self, calendar: Calendar, day: date) -> None:
        self.used += count_days(calendar, self.began, day, self.period.unit)

    def go_on(self, calendar: Calendar, day: date) -> None:
        self.began, self.last_on = day, end_of_term(self.period, calendar, day, self.used)[0]


@dataclass
class Stage:
    """What all runs of one stage under one regulation came to."""

    law: Regulation
    state: str
    period: Period
    taken: list[int] = field(default_factory=list)
    within: int = 0
    running: int = 0
    overdue: int = 0


@dataclass(frozen=True)
class Step:
    """One change of state in an application's ledger."""

    before: str
    after: str
    day: date


def count_work(r: Registrar, regulation: str | None = None, year: int | None = None) -> dict[str, Any]:
    """The work of the caller's office. `year` is that in which applications were handed in. BadInput for a regulation that is not loaded;
    NotEntitled for whoever is no officer, head or auditor."""
    if not r.actor.has(*OFFICES):
        raise NotEntitled(Text("办理统计供主管部门工作人员查看。", "These figures are for the officers."))
    check_regulation(r, regulation)
    cases = [a for a in r.session.exec(_cases(r, regulation)) if year is None or _year(a) == year]
    steps = _steps(r, regulation)
    stages: dict[tuple[str, str], Stage] = {}
    for a in cases:
        _measure(r, r.regulation_of(a), steps.get(a.number, []), stages)
    order = states("application")
    return {
        "as_of": r.now, "today": r.today, "regulation": regulation, "year": year, "total": len(cases),
        "years": sorted({_year(a) for a in r.session.exec(_cases(r, regulation))}, reverse=True),
        "months": _months(cases, steps),
        "places": _divided(cases, lambda a: (a.prefecture or "", r.law.place_name(a.prefecture) if a.prefecture else NO_REGION)),
        "classes": _divided(cases, lambda a: _class(r, a)),
        "stages": [_told(s) for s in sorted(stages.values(), key=lambda s: (s.law.id, order.index(s.state)))],
        "refusals": _refusals(r, cases),
    }


def _cases(r: Registrar, regulation: str | None) -> Any:
    query = select(Application).where(in_offices(r)).order_by(col(Application.id))
    return query.where(Application.regulation_id == regulation) if regulation else query


def _year(a: Application) -> int:
    return _handed_in(a).year


def _handed_in(a: Application) -> date:
    assert a.submitted_at is not None
    return office_day(a.submitted_at)


def _steps(r: Registrar, regulation: str | None) -> dict[str, list[Step]]:
    """Every change of state of the applications of this office, oldest first, by application: one look at the ledger."""
    numbers = _cases(r, regulation).with_only_columns(col(Application.number)).order_by(None)
    query = any_columns(col(Entry.subject), col(Entry.before), col(Entry.after), col(Entry.at)).where(
        col(Entry.subject_kind) == "application", col(Entry.subject).in_(numbers), col(Entry.before) != col(Entry.after))
    found: dict[str, list[Step]] = defaultdict(list)
    for subject, before, after, at in r.session.connection().execute(query.order_by(col(Entry.subject), col(Entry.seq))):
        found[subject].append(Step(str(before), str(after), office_day(at)))
    return found


# ------------------------------------------------------------------------------------------- what each stage took


def _measure(r: Registrar, law: Regulation, steps: Iterable[Step], stages: dict[tuple[str, str], Stage]) -> None:
    """Add the runs of one application to their stages. What its enterprise withdrew or let lapse says nothing of the office."""
    for run, ended in _runs(r.law.calendar, law, steps):
        stage = stages.setdefault((law.id, run.state), Stage(law, run.state, run.period))
        if ended is None:
            stage.running += 1
            stage.overdue += run.last_on < r.today
        else:
            stage.taken.append(run.used)
            stage.within += ended <= run.last_on


def _runs(calendar: Calendar, law: Regulation, steps: Iterable[Step]) -> Iterator[tuple[Run, date | None]]:
    """Each run with the day on which the office was done with it; None for one that goes on."""
    run: Run | None = None
    still = False
    for step in steps:
        still = stands_still(step.after)
        if still and run:
            run.stop(calendar, step.day)
        elif stands_still(step.before) and run and step.after == run.state:
            run.go_on(calendar, step.day)
        elif not same_term(step.before, step.after):
            if run and step.after not in LEFT_BY_ENTERPRISE:
                run.stop(calendar, step.day)
                yield run, step.day
            period = office_term(law, step.after)
            run = Run(step.after, period, step.day, end_of_term(period, calendar, step.day)[0]) if period else None
    if run and not still:
        yield run, None


def _told(stage: Stage) -> dict[str, Any]:
    """A stage's figures in the unit of its own term."""
    done, unit = len(stage.taken), stage.period.unit
    return {
        "regulation": stage.law.id, "law": stage.law.short_title, "state": stage.state, "label": STATE_LABELS[stage.state],
        "term": stage.period.length, "term_words": stage.period.words(), "done": done, "running": stage.running, "overdue": stage.overdue,
        "median": median_low(stage.taken) if done else None, "median_words": in_words(median_low(stage.taken), unit) if done else None,
        "longest": max(stage.taken, default=None), "longest_words": in_words(max(stage.taken), unit) if done else None,
        "within": stage.within, "within_percent": round(100 * stage.within / done) if done else None,
    }


# ------------------------------------------------------------------------------------------------------ what became of it


def _divided(cases: Sequence[Application], key_of: Any) -> list[dict[str, Any]]:
    """What became of the applications of each part, the largest part first."""
    found: dict[str, dict[str, Any]] = {}
    for a in cases:
        key, label = key_of(a)
        part = found.setdefault(key, {"key": key, "label": label, "submitted": 0, "in_hand": 0} | dict.fromkeys(OUTCOMES, 0))
        part["submitted"] += 1
        part[a.status if a.status in OUTCOMES else "in_hand"] += 1
    return sorted(found.values(), key=lambda part: (-part["submitted"], part["key"]))


def _months(cases: Iterable[Application], steps: dict[str, list[Step]]) -> list[dict[str, Any]]:
    """Month by month, from the first to the last in which something happened: handed in, certified, refused."""
    counted: dict[tuple[int, int], dict[str, int]] = defaultdict(lambda: {"submitted": 0, "certified": 0, "refused": 0})
    for a in cases:
        day = _handed_in(a)
        counted[day.year, day.month]["submitted"] += 1
        for step in steps.get(a.number, []):
            if step.after in ("certified", "refused"):
                counted[step.day.year, step.day.month][step.after] += 1
    if not counted:
        return []
    (year, month), last, found = min(counted), max(counted), []
    while (year, month) <= last:
        found.append({"key": f"{year}-{month:02d}", "label": month_text(year, month)} | counted[year, month])
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return found


def _class(r: Registrar, a: Application) -> tuple[str, Text]:
    """The class of what was applied for, as the product tree of its regulation calls it."""
    law = r.regulation_of(a)
    leaf = r.taxonomy_of(a).find_leaf(a.dossier.get(law.dossier.class_field) or "")
    return (leaf.class_label.zh, leaf.class_label) if leaf else ("", UNKNOWN)


def _refusals(r: Registrar, cases: Iterable[Application]) -> list[dict[str, Any]]:
    """By act and ground, each as its regulation has it, the most frequent first."""
    refused = {a.number: a for a in cases if a.status == "refused"}
    query = select(Entry).where(Entry.subject_kind == "application", col(Entry.subject).in_(select(Application.number).where(
        Application.status == "refused", in_offices(r))), Entry.after == "refused", col(Entry.act).in_(REFUSALS))
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for entry in r.session.exec(query):
        if entry.subject not in refused:
            continue
        law, key = r.regulation_of(refused[entry.subject]), _ground(r, entry)
        rule = law.ground(law.grounds_of(entry.act), key)
        part = found.setdefault((law.id, entry.act, key), {
            "regulation": law.id, "law": law.short_title, "act": entry.act, "act_label": REFUSALS[entry.act], "key": key,
            "label": rule.label if rule else UNKNOWN, "article": rule.article if rule else None, "basis": rule.basis if rule else None, "count": 0})
        part["count"] += 1
    return sorted(found.values(), key=lambda part: (-part["count"], part["regulation"], part["key"]))


def _ground(r: Registrar, entry: Entry) -> str:
    """The ground that the officer named, or that the objection did which was upheld."""
    if "objection" in entry.facts:
        return r.session.exec(select(Objection.ground).where(Objection.number == entry.facts["objection"])).first() or ""
    return str(entry.facts.get("ground") or "")
