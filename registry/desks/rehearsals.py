"""The counter for rehearsals: what time will bring about in the days to come if nobody does anything. It writes nothing.

It foresees with the very rules and words of the door (`Registrar.foresee`), so that it equals what then happens. After a
run of a job, what was planned is held against what the ledger says was done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlmodel import col, select

from registry.actors import CLOCK
from registry.books.models import Application, Call, Entry, JobRun, LedgerHead, Letter
from registry.clock import OFFICE_ZONE, office_day
from registry.dates import Subject
from registry.desks import call_reminders, deadlines, holds, terms
from registry.desks.calls import get_call
from registry.errors import BadInput, Finding, NotEntitled
from registry.law import lifecycle
from registry.law.lifecycle import TABLES, Role
from registry.registrar import Registrar
from registry.words import Text

MOST_DAYS, MOST_RUNS = 400, 9
READERS = (Role.BUREAU, Role.DEPARTMENT, Role.HEAD, Role.AUDITOR, Role.ADMINISTRATOR)
# When the night's jobs run, in the office's time and in this order (`jobs.schedule` reads it here).
NIGHT = {"sweep": time(0, 1), "remind": time(0, 20), "escalate": time(0, 25)}


@dataclass(frozen=True)
class Step:
    """One thing that a night will do: when, in which order, its entry, and the letters as they will read."""

    day: date
    order: tuple[Any, ...]
    subject: Subject | Call
    entry: Entry
    letters: list[Letter]
    overdue: bool


def rehearse(r: Registrar, *, days: int) -> dict[str, Any]:
    """What the next `days` nights will do, day by day, with every letter; what waits for an officer; what is on hold.

    For officers and auditors; a bureau and its head rehearse their own prefecture. What is due already and not yet done
    is marked overdue and stands on the first night.
    """
    if not r.actor.has(*READERS):
        raise NotEntitled(Text("到期预演由登记机关工作人员和审计员查看。", "The rehearsal is for officers and auditors."))
    if not 1 <= days <= MOST_DAYS:
        message = Text(f"天数应为 1 至 {MOST_DAYS}。", f"From 1 to {MOST_DAYS} days.")
        raise BadInput(message, findings=[Finding("days", "range", message)])
    found = [step for step in foresee(r, days=days) if _concerns(r, step.subject)]
    last = r.today + timedelta(days=days)
    by_day: dict[date, list[dict[str, Any]]] = {}
    for step in found:
        by_day.setdefault(step.day, []).append(_shown(r, step))
    return {
        "today": r.today, "until": last, "days": [{"day": day, "items": items} for day, items in by_day.items()],
        "counts": _counts(found), "waiting": _waiting(r, last), "held": holds.search_held(r),
        "letters": sum(len(step.letters) for step in found), "runs": search_reconciled(r),
    }


def _concerns(r: Registrar, subject: Subject | Call) -> bool:
    """A call is its whole authority's: its reminders are foreseen for the department and auditors."""
    if isinstance(subject, Call):
        return r.presides(*holds.READERS, over=subject)
    return holds.is_of_office(r, subject)


def foresee(r: Registrar, *, days: int) -> list[Step]:
    """What the nights up to `days` from today will do, in the order in which they will do it."""
    first, last = first_night(r), r.today + timedelta(days=days)
    found = [step for subject in _with_dates(r, last) for step in _life(r, subject, first, last)]
    found += [_reminder(r, window) for window in deadlines.windows(r, first, last)]
    found += [_call_reminder(r, window) for window in call_reminders.windows(r, first, last)]
    return sorted(found, key=lambda step: (step.day, step.order))


def first_night(r: Registrar) -> date:
    """The day whose night comes next."""
    return _night_of(r.now)


def _night_of(instant: datetime) -> date:
    """The first night whose sweep does not come before `instant`."""
    day = office_day(instant)
    return day if instant <= _at(day, "sweep") else day + timedelta(days=1)


def _at(day: date, job: str) -> datetime:
    return datetime.combine(day, NIGHT[job], OFFICE_ZONE)


def _clock(r: Registrar, at: datetime) -> Registrar:
    """The registrar as CLOCK will find it at `at`."""
    return replace(r, now=at, actor=CLOCK, expected=None)


def _with_dates(r: Registrar, last: date) -> list[Subject]:
    """What a date up to `last` can concern: firm, and not on hold."""
    end = _at(last, "sweep")
    found: list[Subject] = []
    for model in deadlines.MODELS.values():
        due = col(model.due_at).is_not(None) & (col(model.due_at) <= end) & col(model.due_provisional).is_(False)
        if model is Application:
            due = due | (col(Application.term_last_on).is_not(None) & (col(Application.term_last_on) < last))
        found += _subjects(r, select(model).where(due, col(model.held_at).is_(None)))
    return found


def _subjects(r: Registrar, query: Any) -> list[Subject]:
    return list(r.session.exec(query))


def _life(r: Registrar, subject: Subject, first: date, last: date) -> list[Step]:
    """What time will do to one subject, act after act, until it stands still or the days are over."""
    found: list[Step] = []
    while True:
        due = subject.due_at if subject.due_at and not subject.due_provisional else None
        night = max(_night_of(due), first) if due else None
        if isinstance(subject, Application):
            found += _risings(r, subject, first, min(last, night - timedelta(days=1)) if night else last)
        if night is None or due is None or night > last:
            return found
        overdue, kind, number = due <= r.now, subject.kind, subject.number
        then = _clock(r, _at(night, "sweep"))
        subject, entry, letters = then.foresee(subject, subject.due_act or "", **deadlines.facts_of_due(subject))
        found.append(Step(night, (0, due, kind, number), subject, entry, letters, overdue))
        first = night


def _risings(r: Registrar, application: Application, first: date, last: date) -> list[Step]:
    found = []
    for rising in terms.risings_of(r, application):
        night = max(rising.rises_on, first)
        if night <= last:
            then = _clock(r, _at(night, "escalate"))
            _, entry, letters = then.foresee(application, "escalate", **terms.facts_of_rising(then, rising))
            order = (2, rising.rises_on, application.number, rising.rule.key)
            found.append(Step(night, order, application, entry, letters, rising.rises_on <= r.today))
    return found


def _reminder(r: Registrar, window: deadlines.Window) -> Step:
    c = window.certificate
    then = _clock(r, _at(window.told_on, "remind"))
    _, entry, letters = then.foresee(c, "remind", **deadlines.facts_of_reminder(c, window.stage))
    return Step(window.told_on, (1, window.opens_on, c.number, window.stage), c, entry, letters, window.opens_on <= r.today)


def _call_reminder(r: Registrar, window: call_reminders.Window) -> Step:
    entry, letters = call_reminders.foresee_reminder(_clock(r, _at(window.told_on, "remind")), window)
    order = (1, window.opens_on, window.call.number, window.rule.key)
    return Step(window.told_on, order, window.call, entry, letters, window.opens_on <= r.today)


def _label(kind: str, act: str, state: str | None = None) -> Text:
    return call_reminders.LABEL if kind == "call" else lifecycle.label_of(kind, act, state)


def _shown(r: Registrar, step: Step) -> dict[str, Any]:
    entry = step.entry
    stage = entry.facts.get("stage") or entry.facts.get("step")
    law = r.law.regulation(step.subject.regulation_id)
    return {
        "kind": entry.subject_kind, "number": entry.subject, "act": entry.act,
        "product": step.subject.title if isinstance(step.subject, Call) else step.subject.product,
        "label": _label(entry.subject_kind, entry.act, entry.before), "before": entry.before, "after": entry.after,
        "after_label": lifecycle.STATE_LABELS.get(entry.after or ""), "stage": stage,
        "stage_label": law.step_label(stage, of_call=isinstance(step.subject, Call)) if stage else None,
        "overdue": step.overdue, "measure": entry.facts.get("measure"),
        "letters": [{"address": x.address, "subject": x.subject, "body": x.body} for x in step.letters],
    }


def _counts(found: list[Step]) -> list[dict[str, Any]]:
    """How often each act, in the order of the tables."""
    rows = [(kind, row.act) for kind in TABLES for row in TABLES[kind] if Role.CLOCK in row.roles]
    acts = list(dict.fromkeys([*rows, ("call", "remind")]))
    counted = [(kind, act, sum(s.entry.subject_kind == kind and s.entry.act == act for s in found)) for kind, act in acts]
    return [{"kind": kind, "act": act, "label": _label(kind, act), "count": n} for kind, act, n in counted if n]


def _waiting(r: Registrar, last: date) -> list[dict[str, Any]]:
    """What falls due by `last` on a provisional date: it will wait for an officer."""
    end, found = _at(last, "sweep"), []
    for model in deadlines.MODELS.values():
        query = select(model).where(col(model.due_at) <= end, col(model.due_provisional).is_(True))
        found += [{
            "kind": s.kind, "number": s.number, "product": getattr(s, "product", ""), "act": s.due_act, "due_at": s.due_at,
            "label": lifecycle.label_of(s.kind, s.due_act or ""), "overdue": s.due_at is not None and s.due_at <= r.now,
        } for s in _subjects(r, query) if holds.is_of_office(r, s)]
    return sorted(found, key=lambda item: (item["due_at"], item["number"]))


# --------------------------------------------------------------------------------------------------------- afterwards


def _plan_sweep(r: Registrar) -> list[str]:
    plan, after = [], None
    while page := deadlines.search_due(r, after=after):
        plan += [f"{kind} {number} {act}" for kind, number, act, _ in page]
        after = page[-1]
    return plan


PLANS: Mapping[str, Callable[[Registrar], list[str]]] = {
    "sweep": _plan_sweep,
    "remind": lambda r: [f"certificate {number} remind {stage}" for number, stage, _ in deadlines.search_reminders(r)]
    + [f"call {number} remind {stage}" for number, stage, _ in call_reminders.search_call_reminders(r)],
    "escalate": lambda r: [f"application {s.application.number} escalate {s.rule.key}" for s in terms.search_risings(r, by=r.today)],
}
ACTS = {"sweep": {row.act for table in TABLES.values() for row in table if row.due}, "remind": {"remind"}, "escalate": {"escalate"}}


@dataclass(frozen=True)
class Plan:
    """What a run is to do, and after which entry of the ledger."""

    job: str
    after: int
    items: list[str]


def plan(r: Registrar, job: str) -> Plan | None:
    """What a run of `job` that begins now is to do; None for a job that acts on no subject."""
    if job not in PLANS:
        return None
    head = r.session.get(LedgerHead, 1)
    return Plan(job, head.size if head else 0, PLANS[job](r))


def reconcile(r: Registrar, plan: Plan) -> dict[str, Any]:
    """What was planned held against what the ledger says CLOCK did since: the two should be the same."""
    query = select(Entry).where(col(Entry.seq) > plan.after, Entry.actor == CLOCK.login, col(Entry.act).in_(ACTS[plan.job]))
    done = []
    for e in r.session.exec(query.order_by(col(Entry.seq))):
        which = e.facts.get("stage") or e.facts.get("step") if e.act in ("remind", "escalate") else None
        done.append(" ".join(filter(None, (e.subject_kind, e.subject, e.act, which))))
    planned, did = set(plan.items), set(done)
    return {"planned": len(plan.items), "done": len(done), "missing": [p for p in plan.items if p not in did],
            "unplanned": [d for d in done if d not in planned]}


def search_reconciled(r: Registrar) -> list[dict[str, Any]]:
    """The latest runs that had something to do or did something: what was planned, what was done, what differs in words.

    Newest first; which items differ is for the department whose they are, auditors and administrators.
    """
    query = select(JobRun).where(col(JobRun.job).in_(list(PLANS)), col(JobRun.finished_at).is_not(None)).order_by(col(JobRun.id).desc())
    found = []
    for run in r.session.exec(query):
        kept = run.report.get("reconciliation") or {}
        if kept.get("planned") or kept.get("done"):
            missing, unplanned = kept["missing"], kept["unplanned"]
            found.append({
                "job": run.job, "finished_at": run.finished_at, "planned": kept["planned"], "done": kept["done"],
                "equal": not missing and not unplanned, "missing": [_item(x) for x in missing if _is_ours(r, x)],
                "unplanned": [_item(x) for x in unplanned if _is_ours(r, x)],
            })
        if len(found) == MOST_RUNS:
            break
    return found


def _is_ours(r: Registrar, line: str) -> bool:
    kind, number, *_ = line.split(" ")
    if kind == "call":
        return r.presides(*holds.READERS, over=get_call(r, number))
    model = deadlines.MODELS[kind]
    return any(r.presides(*holds.READERS, over=subject) for subject in _subjects(r, select(model).where(model.number == number)))


def _item(line: str) -> dict[str, Any]:
    """An item of a plan, as it was kept: kind, number, act and perhaps the step."""
    kind, number, act, *_ = line.split(" ")
    return {"kind": kind, "number": number, "act": act, "label": _label(kind, act)}
