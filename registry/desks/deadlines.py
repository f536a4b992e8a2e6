"""The counter at which time stands: what is due, what waits for an officer because its date is provisional, reminders."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func
from sqlmodel import col, select

from registry.books.models import Application, Certificate, Reminder
from registry.clock import day_starts_at
from registry.desks.inputs import Form
from registry.errors import NotYet
from registry.law import lifecycle
from registry.law.deadlines import days_before
from registry.law.regulation import Regulation
from registry.law.rules import ReminderRule
from registry.registrar import Registrar, Subject
from registry.words import Text

MODELS: dict[str, type[Subject]] = {"application": Application, "certificate": Certificate}
Due = tuple[str, str, str, datetime]  # kind, number, act, due_at


def search_due(r: Registrar, *, limit: int = 500, after: Due | None = None, provisional: bool = False) -> list[Due]:
    """What time has brought about by now and nobody recorded yet, oldest first, paged by the last one seen.

    Firm dates only, or with `provisional` those that wait for an officer. Its cost follows what is due.
    """
    found: list[Due] = []
    for kind, model in MODELS.items():
        query = select(model.number, model.due_act, model.due_at).where(
            col(model.due_at).is_not(None), col(model.due_at) <= r.now, model.due_provisional == provisional
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
    """What is due on a provisional date: CLOCK waits, an officer confirms."""
    return search_due(r, provisional=True)


def take_due(r: Registrar, kind: str, number: str) -> str | None:
    """CLOCK takes what is due on one subject. None if nothing is any more: a second run does nothing."""
    subject: Subject = r.fetch(Application, number) if kind == Application.kind else r.fetch(Certificate, number)
    if subject.due_act is None or subject.due_at is None or subject.due_at > r.now:
        return None
    act = subject.due_act
    r.record(subject, act, on=subject.due_at.isoformat())
    return act


def confirm_due(r: Registrar, number: str, reason: str = "") -> str:
    """An officer's word on a provisional date that has passed: what CLOCK would have done is done now."""
    application = r.fetch(Application, number)
    form = Form()
    said = form.text("reason", reason, required=False)
    form.done()
    if application.due_act is None or not application.due_provisional:
        raise NotYet(Text("没有等待确认的暂定日期。", "No provisional date is waiting to be confirmed."))
    act = application.due_act
    r.record(application, act, confirmed=said)
    return act


def search_reminders(r: Registrar) -> list[tuple[str, str, date]]:
    """Reminders that are due and not yet told: (certificate, window, the day it opened), oldest first.

    A window is due from its opening day to the certificate's last day. It is not told when a renewal was announced or
    is filed, nor when it opened before the certificate was issued.
    """
    laws = r.law.regulations.values()
    found = [due for law in laws for rule in law.reminders for due in _window(r, law, rule)]
    return sorted(found, key=lambda due: (due[2], due[0], due[1]))


def _window(r: Registrar, law: Regulation, rule: ReminderRule) -> list[tuple[str, str, date]]:
    # No day that lies further ahead can be inside its window: the period counted forward from today, with a margin for
    # months and years, bounds the query; the exact opening day is then computed for each.
    horizon = r.today + (r.today - days_before(r.law.calendar, r.today, rule.before)) + timedelta(days=10)
    filed = select(Application.id).where(
        Application.renews == Certificate.number, col(Application.submitted_at).is_not(None),
        col(Application.status).not_in(lifecycle.ENDED_WITHOUT),
    )
    told = select(Reminder.stage).where(
        Reminder.certificate_id == Certificate.id, Reminder.term == Certificate.valid_until, Reminder.stage == rule.key
    )
    query = select(Certificate).where(
        Certificate.regulation_id == law.id, Certificate.valid_until >= r.today, Certificate.valid_until <= horizon,
        col(Certificate.status).in_(["valid", "suspended"]), col(Certificate.renewed_by).is_(None),
        ~filed.exists(), ~told.exists(),
    )
    rows = [(c, days_before(r.law.calendar, c.valid_until, rule.before)) for c in r.session.exec(query)]
    return [(c.number, rule.key, opens) for c, opens in rows if opens <= r.today and day_starts_at(opens) >= c.issued_at]


def remind(r: Registrar, number: str, stage: str) -> bool:
    """Tell the holder once: the row of this certificate, term and window is written first. False if told before."""
    certificate = r.fetch(Certificate, number)
    assert certificate.id is not None
    key = (certificate.id, certificate.valid_until, stage)
    if r.session.get(Reminder, key) is not None:
        return False
    r.session.add(Reminder(certificate_id=key[0], term=key[1], stage=stage, recorded_at=r.now))
    r.session.flush()
    r.record(certificate, "remind", stage=stage, term=certificate.valid_until.isoformat())
    return True


def next_due_at(r: Registrar) -> datetime | None:
    """The next instant after now at which a date or a reminder window will have something to do."""
    times = [
        r.session.exec(select(func.min(model.due_at)).where(col(model.due_at) > r.now)).one() for model in MODELS.values()
    ]
    for law in r.law.regulations.values():
        query = select(Certificate).where(
            Certificate.regulation_id == law.id, Certificate.valid_until >= r.today,
            col(Certificate.status).in_(["valid", "suspended"]), col(Certificate.renewed_by).is_(None),
        )
        for until in {c.valid_until for c in r.session.exec(query)}:
            opens = (day_starts_at(days_before(r.law.calendar, until, rule.before)) for rule in law.reminders)
            times += [at for at in opens if at > r.now]
    return min((t for t in times if t is not None), default=None)
