"""What time will do next to a subject, and how long its office has: set here by the registrar, and nowhere else.

It rules on nothing: the rows say what a date brings about, the regulation how long it takes.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Protocol

from registry.books.models import Amendment, Application, Certificate, Measure
from registry.clock import day_ends_at, day_starts_at
from registry.law import lifecycle
from registry.law.deadlines import Calendar, Deadline, Period, count_days, last_day
from registry.law.regulation import Regulation

Subject = Application | Certificate | Measure | Amendment


class UnderLaw(Protocol):
    """Whatever a regulation binds: a subject, a notice, a call, an announcement."""

    regulation_id: str


def set_due(
    subject: Application | Measure | Amendment, law: Regulation, calendar: Calendar, began: date, due: Deadline | None = None
) -> None:
    """The date on which time will act in the subject's state: `due` if given, else the end of its period from `began`."""
    row = lifecycle.clock_row(subject.kind, subject.status)
    subject.due_act = row.act if row else None
    if row is None:
        subject.due_at, subject.due_provisional = None, False
    else:
        due = due or last_day(calendar, began, law.period(row.due))
        subject.due_at, subject.due_provisional = day_ends_at(due.last_day), due.provisional


def set_due_of_certificate(c: Certificate) -> None:
    """The end of its term, what a measure orders of it, or its first day: whichever comes first; in this order where they fall together."""
    row = lifecycle.clock_row(c.kind, c.status, renewed=c.renewed_by is not None)
    dates = [(day_ends_at(c.valid_until), row.act)] if row and c.valid_until else []
    if c.ordered_act and c.ordered_on and lifecycle.find_row(c.kind, c.status, c.ordered_act):
        dates.append((day_starts_at(c.ordered_on), c.ordered_act))
    if c.begins_on and lifecycle.find_row(c.kind, c.status, "begin"):
        dates.append((day_starts_at(c.begins_on), "begin"))
    c.due_provisional = False
    c.due_at, c.due_act = min(dates, key=lambda at_act: at_act[0], default=(None, None))


def redate(subject: Application | Measure, what: str, to: Deadline) -> None:
    """Put the date that time will act upon ("due"), or the office's own term ("term"), on another day, as recorded."""
    if what == "due":
        subject.due_at, subject.due_provisional = day_ends_at(to.last_day), to.provisional
    elif isinstance(subject, Application):
        subject.term_last_on, subject.term_provisional = to.last_day, to.provisional


def run_term(application: Application, law: Regulation, calendar: Calendar, began: date, *, resumed: bool) -> None:
    """Let the office's term run: anew in a new state, or with the days that are left after a supplement."""
    period = office_term(law, application.status)
    used = application.term_used if resumed else 0
    application.term_used, application.term_began_on = used, began if period else None
    application.term_last_on, application.term_provisional = None, False
    if period is None:
        return
    application.term_last_on, application.term_provisional = end_of_term(period, calendar, began, used)


def end_of_term(period: Period, calendar: Calendar, began: date, used: int = 0) -> tuple[date, bool]:
    """The last day of an office's term that runs from `began` with so many of its days used, and whether it is provisional."""
    left = period.length - used
    if left <= 0:
        return began, False
    end = last_day(calendar, began, Period(left, period.unit, period.count_start_day, period.ends))
    return end.last_day, end.provisional


def stop_term(application: Application, law: Regulation, calendar: Calendar, today: date) -> None:
    """Let the office's clock stand still: remember the days that were used."""
    began = application.term_began_on
    period = office_term(law, application.asked_by or "")
    if began is not None and period is not None:
        application.term_used += count_days(calendar, began, today, period.unit)
    application.term_began_on, application.term_last_on, application.term_provisional = None, None, False


def office_term(regulation: Regulation, state: str) -> Period | None:
    """The time that the office itself has in `state`, if the regulation sets one. What CLOCK ends is not the office's."""
    stage = regulation.stage(lifecycle.STAGE_OF_STATE.get(state, ""))
    key = lifecycle.STATE_TERM.get(state) or (stage.term if stage else "")
    rule = regulation.periods.get(key)
    return rule.period if rule and key not in lifecycle.CLOCK_PERIODS else None


def take_day(row: lifecycle.Row, subject: Subject) -> dict[str, Any]:
    """Use up what was to come on the day that `row` takes: the first day, or what a measure ordered. Returns the facts of that order."""
    if not isinstance(subject, Certificate):
        return {}
    if row.due == lifecycle.FIRST_DAY and subject.begins_on:
        facts, subject.begins_on = {"effective_on": subject.begins_on.isoformat()}, None
        return facts
    if row.due != lifecycle.ORDERED:
        return {}
    facts = dict(subject.ordered_facts or {})
    subject.ordered_act = subject.ordered_on = subject.ordered_facts = None
    return facts
