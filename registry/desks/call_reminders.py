"""The counter at which time reminds of the last days of calls: which windows open when, and telling each once.

Only where the regulation sets such reminders (`intake.reminders`). What the days are is decided in `calls`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import col, select

from registry.books import circulars
from registry.books.models import Call, CallReminder, Entry, Letter
from registry.clock import day_starts_at
from registry.desks.calls import get_call
from registry.errors import NotEntitled
from registry.law.deadlines import days_before
from registry.law.intake import CallReminderRule
from registry.law.lifecycle import Role
from registry.registrar import Registrar
from registry.words import Text

LABEL = Text("申报截止提醒", "Remind of a call's last day")


@dataclass(frozen=True)
class Window:
    """One reminder to come: of which call, by which rule, of which last day, from which day, told in which night."""

    call: Call
    rule: CallReminderRule
    until: date
    opens_on: date
    told_on: date


def windows(r: Registrar, first: date, last: date) -> list[Window]:
    """The reminders that the nights from `first` to `last` will tell if nobody does anything meanwhile, in their order.

    Each once for a last day: one that is moved is told of anew. None of a window that opened before the call was published,
    of a call that is withdrawn, or once that day is over.
    """
    query = select(Call).where(col(Call.withdrawn_at).is_(None), Call.department_until >= first)
    found = []
    for call in r.session.exec(query.order_by(col(Call.id))):
        rule = r.law.regulation(call.regulation_id).intake
        told = {(t.until, t.stage) for t in r.session.exec(select(CallReminder).where(CallReminder.call_id == call.id))}
        for reminder in rule.reminders if rule else ():
            until = getattr(call, f"{reminder.tier}_until")
            opens = days_before(r.law.calendar, until, reminder.before)
            night = max(opens, first)
            if night <= min(last, until) and day_starts_at(opens) >= call.published_at and (until, reminder.key) not in told:
                found.append(Window(call, reminder, until, opens, night))
    return sorted(found, key=lambda w: (w.told_on, w.opens_on, w.call.number, w.rule.key))


def search_call_reminders(r: Registrar) -> list[tuple[str, str, date]]:
    """What is due and not yet told: (call, window, the day it opened)."""
    return [(w.call.number, w.rule.key, w.opens_on) for w in windows(r, r.today, r.today)]


def remind_of_call(r: Registrar, number: str, stage: str) -> bool:
    """Tell once whom this last day still concerns. False if it was told or is not due; NotEntitled for all but CLOCK."""
    if not r.actor.has(Role.CLOCK):
        raise NotEntitled(Text("截止提醒由时间发出。", "Time alone reminds of a last day."))
    call = get_call(r, number)
    window = next((w for w in windows(r, r.today, r.today) if w.call.id == call.id and w.rule.key == stage), None)
    if window is None:
        return False
    r.session.add(CallReminder(call_id=call.id, until=window.until, stage=stage, recorded_at=r.now))
    r.session.flush()
    entry = r.note("call", call.number, "remind", Role.CLOCK, **_facts(window))
    circulars.queue(r.session, entry, call, r.law.regulation(call.regulation_id), r.settings.public_base_url)
    return True


def foresee_reminder(r: Registrar, window: Window) -> tuple[Entry, list[Letter]]:
    """What `remind_of_call` would write, worked out on nothing: its entry, its letters."""
    entry = Entry(seq=0, at=r.now, actor=r.actor.login, role=Role.CLOCK, subject_kind="call", subject=window.call.number,
                  act="remind", before=None, after=None, facts=_facts(window), previous="", hash="")
    law = r.law.regulation(window.call.regulation_id)
    return entry, circulars.compose(r.session, entry, window.call, law, r.settings.public_base_url)


def _facts(window: Window) -> dict[str, Any]:
    return {"stage": window.rule.key, "tier": window.rule.tier, "until": window.until.isoformat()}
