"""The counter for holds: an officer keeps the night from acting on one item, with a reason, until it is released.

A hold never touches what a certificate is worth: past its last day it answers "expired", held or not.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlmodel import col, select

from registry.books.models import Application, Certificate
from registry.clock import office_day
from registry.dates import Subject
from registry.desks.inputs import Form
from registry.errors import AlreadyDone, NotYet
from registry.law import lifecycle
from registry.law.lifecycle import Role
from registry.registrar import Registrar
from registry.words import Text


def idle_act(subject: Application | Certificate) -> str:
    """Of the two acts, the one that would change nothing now: what is not held cannot be released, nor held twice."""
    return "release" if subject.held_at is None else "hold"


def hold_application(r: Registrar, number: str, reason: str) -> str:
    """Keep CLOCK from acting on an application. Returns its number. OutOfOrder, AlreadyDone, BadInput."""
    return _hold(r, r.fetch(Application, number), reason)


def hold_certificate(r: Registrar, number: str, reason: str) -> str:
    """Keep CLOCK from telling of a certificate: no reminder, no notice of its end. Its standing follows its dates."""
    return _hold(r, r.fetch(Certificate, number), reason)


def release_application(r: Registrar, number: str, reason: str = "") -> str:
    """End a hold: the next night does what has fallen due meanwhile. NotYet where there is none."""
    return _release(r, r.fetch(Application, number), reason)


def release_certificate(r: Registrar, number: str, reason: str = "") -> str:
    """End a hold: the next night tells what has fallen due meanwhile. NotYet where there is none."""
    return _release(r, r.fetch(Certificate, number), reason)


def _hold(r: Registrar, subject: Subject, reason: str) -> str:
    r.require(subject, "hold")
    if subject.held_at is not None:
        raise AlreadyDone(Text(f"已搁置：{subject.held_reason}", f"It is on hold already: {subject.held_reason}"))
    form = Form()
    said = form.text("reason", reason)
    form.done()
    r.record(subject, "hold", reason=said)
    subject.held_at, subject.held_reason = r.now, said
    return subject.number


def _release(r: Registrar, subject: Subject, reason: str) -> str:
    r.require(subject, "release")
    form = Form()
    said = form.text("reason", reason, required=False)
    form.done()
    if subject.held_at is None:
        raise NotYet(Text("没有搁置，无需解除。", "It is not on hold; there is nothing to release."))
    r.record(subject, "release", reason=said)
    subject.held_at = subject.held_reason = None
    return subject.number


def search_held(r: Registrar) -> list[dict[str, Any]]:
    """Everything on hold with its reason and what would fall due and when, for department and auditor; the oldest first."""
    if not r.actor.has(Role.DEPARTMENT, Role.AUDITOR, Role.CLOCK):
        return []
    applications = r.session.exec(select(Application).where(col(Application.held_at).is_not(None)))
    certificates = r.session.exec(select(Certificate).where(col(Certificate.held_at).is_not(None)))
    return sorted((_line(s) for s in (*applications, *certificates)), key=lambda line: (line["held_at"], line["number"]))


def shown(subject: Subject) -> dict[str, Any] | None:
    """A hold as pages and answers show it."""
    return {"since": subject.held_at, "reason": subject.held_reason} if subject.held_at else None


def _line(subject: Application | Certificate) -> dict[str, Any]:
    return {
        "kind": subject.kind, "number": subject.number, "product": subject.product, "held_at": subject.held_at,
        "reason": subject.held_reason, "act": subject.due_act,
        "label": lifecycle.label_of(subject.kind, subject.due_act) if subject.due_act else None, "due_at": subject.due_at,
        "last_day": office_day(subject.due_at - timedelta(seconds=1)) if subject.due_at else None,
    }
