"""The counter at which time stands: what is due, what waits for an officer because its date is provisional, reminders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, true
from sqlmodel import col, select

from registry.books.models import Application, Certificate, Measure, Reminder
from registry.clock import day_starts_at
from registry.dates import Subject
from registry.desks import call_reminders, terms
from registry.desks.holds import READERS
from registry.desks.inputs import Form
from registry.errors import NotYet
from registry.law import lifecycle
from registry.law.deadlines import days_before
from registry.law.regulation import Regulation
from registry.law.rules import ReminderRule
from registry.registrar import Registrar
from registry.words import Text

MODELS: dict[str, type[Subject]] = {"application": Application, "certificate": Certificate, "measure": Measure}
Due = tuple[str, str, str, datetime]  # kind, number, act, due_at


def search_due(r: Registrar, *, limit: int = 500, after: Due | None = None, provisional: bool = False) -> list[Due]:
    """What time has brought about by now and nobody recorded yet, oldest first, paged by the last one seen.

    Firm dates only, or with `provisional` those that wait for an officer; never what is on hold. Its cost follows what
    is due.
    """
    found: list[Due] = []
    for kind, model in MODELS.items():
        query = select(model.number, model.due_act, model.due_at).where(
            r.within(model.regulation_id, *READERS),
            col(model.due_at).is_not(None), col(model.due_at) <= r.now, model.due_provisional == provisional,
            col(model.held_at).is_(None),
        )
        if after is not None:
            query = query.where(_beyond(kind, model, after))
        query = query.order_by(col(model.due_at), col(model.number)).limit(limit)
        found += [(kind, number, act or "", at) for number, act, at in r.session.exec(query) if at is not None]
    return sorted(found, key=lambda due: (due[3], due[0], due[1]))[:limit]


def _beyond(kind: str, model: type[Subject], after: Due) -> ColumnElement[bool]:
    """Past `after` in the order (due_at, kind, number)."""
    at, number = col(model.due_at), col(model.number)
    tied = (number > after[1]) if kind == after[0] else (number != "") if kind > after[0] else (number == "")
    return (at > after[3]) | ((at == after[3]) & tied)


def search_waiting(r: Registrar) -> list[Due]:
    """What is due on a provisional date: CLOCK waits, an officer of its authority confirms."""
    return search_due(r, provisional=True)


def take_due(r: Registrar, kind: str, number: str) -> str | None:
    """CLOCK takes what is due on one subject. None if nothing is any more, or it is on hold: a second run does nothing."""
    subject = _fetch(r, kind, number)
    if subject.due_act is None or subject.due_at is None or subject.due_at > r.now or subject.held_at is not None:
        return None
    act = subject.due_act
    r.record(subject, act, **facts_of_due(subject))
    return act


def facts_of_due(subject: Subject) -> dict[str, Any]:
    """What the entry of CLOCK's act says: the instant that brought it about."""
    assert subject.due_at is not None
    return {"on": subject.due_at.isoformat()}


def confirm_due(r: Registrar, number: str, reason: str = "") -> str:
    """An officer's word on a provisional date that has passed: what CLOCK would have done is done now."""
    measure = r.find(Measure, number)
    subject: Subject = r.fetch(Application, number) if measure is None else r.fetch(Measure, number)
    form = Form()
    said = form.text("reason", reason, required=False)
    form.done()
    if subject.due_act is None or not subject.due_provisional:
        raise NotYet(Text("没有等待确认的暂定日期。", "No provisional date is waiting to be confirmed."))
    act = subject.due_act
    r.record(subject, act, confirmed=said)
    return act


def _fetch(r: Registrar, kind: str, number: str) -> Subject:
    match kind:
        case Measure.kind:
            return r.fetch(Measure, number)
        case Application.kind:
            return r.fetch(Application, number)
        case _:
            return r.fetch(Certificate, number)


def search_reminders(r: Registrar) -> list[tuple[str, str, date]]:
    """Reminders that are due and not yet told: (certificate, window, the day it opened), oldest first.

    A window is due from its opening day to the certificate's last day. It is not told when a renewal was announced or
    is filed, nor when it opened before the certificate was issued, nor while the certificate is on hold.
    """
    return [(w.certificate.number, w.stage, w.opens_on) for w in windows(r, r.today, r.today)]


@dataclass(frozen=True)
class Window:
    """One reminder to come: whose, which, the day on which its window opens, the night on which it is told."""

    certificate: Certificate
    stage: str
    opens_on: date
    told_on: date


def windows(r: Registrar, first: date, last: date, within: ColumnElement[bool] | None = None) -> list[Window]:
    """The reminders that the nights from `first` to `last` will tell if nobody does anything meanwhile, in their order.

    `within`: of these certificates alone.
    """
    laws, which = r.law.regulations.values(), true() if within is None else within
    found = [due for law in laws for rule in law.reminders for due in _windows(r, law, rule, (first, last), which)]
    return sorted(found, key=lambda w: (w.told_on, w.opens_on, w.certificate.number, w.stage))


def _windows(
    r: Registrar, law: Regulation, rule: ReminderRule, nights: tuple[date, date], which: ColumnElement[bool]
) -> list[Window]:
    first, last = nights
    # No day that lies further ahead can be inside its window: the period counted forward from `last`, with a margin for
    # months and years, bounds the query; the exact opening day is then computed for each.
    horizon = last + (last - days_before(r.law.calendar, last, rule.before)) + timedelta(days=10)
    filed = select(Application.id).where(
        Application.renews == Certificate.number, col(Application.submitted_at).is_not(None),
        col(Application.status).not_in(lifecycle.ENDED_WITHOUT),
    )
    told = select(Reminder.stage).where(
        Reminder.certificate_id == Certificate.id, Reminder.term == Certificate.valid_until, Reminder.stage == rule.key
    )
    query = select(Certificate).where(
        Certificate.regulation_id == law.id, col(Certificate.valid_until).between(first, horizon),
        col(Certificate.status).in_(["valid", "suspended"]), col(Certificate.renewed_by).is_(None),
        col(Certificate.held_at).is_(None), ~filed.exists(), ~told.exists(), which,
    )
    rows = [(c, until, days_before(r.law.calendar, until, rule.before)) for c in r.session.exec(query) if (until := c.valid_until)]
    return [Window(c, rule.key, opens, max(opens, first)) for c, until, opens in rows
            if opens <= last and max(opens, first) <= until and day_starts_at(opens) >= c.issued_at]


def remind(r: Registrar, number: str, stage: str) -> bool:
    """Tell the holder once: the row of this certificate, term and window is written first. False if told before or held."""
    certificate = r.fetch(Certificate, number)
    assert certificate.id is not None and certificate.valid_until is not None  # no reminder without an end: `checks`
    key = (certificate.id, certificate.valid_until, stage)
    if certificate.held_at is not None or r.session.get(Reminder, key) is not None:
        return False
    told = Reminder(certificate_id=key[0], term=key[1], stage=stage, recorded_at=r.now)
    r.session.add(told)
    r.session.flush()
    told.entry_seq = r.record(certificate, "remind", **facts_of_reminder(certificate, stage)).seq
    return True


def facts_of_reminder(certificate: Certificate, stage: str) -> dict[str, Any]:
    """What the entry of a reminder says: which window of which term."""
    return {"stage": stage, "term": str(certificate.valid_until)}


def next_due_at(r: Registrar) -> datetime | None:
    """The next instant after now at which a date or a reminder window will have something to do."""
    times = [
        r.session.exec(select(func.min(model.due_at)).where(col(model.due_at) > r.now)).one() for model in MODELS.values()
    ]
    for law in r.law.regulations.values():
        query = select(Certificate).where(
            Certificate.regulation_id == law.id, col(Certificate.valid_until) >= r.today,
            col(Certificate.status).in_(["valid", "suspended"]), col(Certificate.renewed_by).is_(None),
        )
        for until in {c.valid_until for c in r.session.exec(query) if c.valid_until}:
            opens = (day_starts_at(days_before(r.law.calendar, until, rule.before)) for rule in law.reminders)
            times += [at for at in opens if at > r.now]
    rising = [day_starts_at(step.rises_on) for step in terms.search_risings(r)]
    closing = [day_starts_at(window.opens_on) for window in call_reminders.windows(r, r.today, date.max)]
    times += [at for at in (*rising, *closing) if at > r.now]
    return min((t for t in times if t is not None), default=None)
