"""The counter for holds: an officer keeps the night from acting on one item, with a reason, until it is released.

A hold never touches what a certificate is worth: past its last day it answers "expired", held or not. What a held measure
has ordered of a certificate is put off.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlmodel import col, select

from registry.books.models import Application, Certificate, Enterprise, Measure
from registry.clock import day_starts_at, office_day
from registry.dates import Subject
from registry.desks.inputs import Form
from registry.desks.measures import new_day, order_again, ordered_of, put_off_order
from registry.desks.reach import region_of
from registry.errors import AlreadyDone, NotYet
from registry.law import lifecycle
from registry.law.lifecycle import Role
from registry.registrar import Registrar
from registry.words import Text


def idle_acts(r: Registrar, subject: Application | Certificate | Measure) -> set[str]:
    """Of the two acts, those that would change nothing now: what is not held cannot be released, nor held twice."""
    if subject.held_at is not None:
        return {"hold"}
    return {"release", "hold"} if isinstance(subject, Measure) and not _has_to_come(r, subject) else {"release"}


def hold_application(r: Registrar, number: str, reason: str) -> str:
    """Keep CLOCK from acting on an application. Returns its number. OutOfOrder, AlreadyDone, BadInput."""
    return _hold(r, r.fetch(Application, number), reason)


def hold_certificate(r: Registrar, number: str, reason: str) -> str:
    """Keep CLOCK from telling of a certificate: no reminder, no notice of its end. Its standing follows its dates."""
    return _hold(r, r.fetch(Certificate, number), reason)


def hold_measure(r: Registrar, number: str, reason: str) -> str:
    """Keep CLOCK from closing the time for a statement, or from doing what was ordered before its day. NotYet where neither is."""
    measure = r.fetch(Measure, number)
    r.require(measure, "hold")
    if measure.held_at is None and not _has_to_come(r, measure):
        raise NotYet(Text("没有将由时间自动办理的事项，无需搁置。", "Time will do nothing here; there is nothing to hold."))
    _hold(r, measure, reason)
    put_off_order(r, measure)
    return measure.number


def release_measure(r: Registrar, number: str, reason: str = "") -> str:
    """End a hold: what was ordered takes effect on its day, or today if that is over. NotYet where there is none."""
    measure = r.fetch(Measure, number)
    day = new_day(r, measure)
    _release(r, measure, reason, **({"effective_on": day.isoformat()} if day else {}))
    order_again(r, measure)
    return measure.number


def _has_to_come(r: Registrar, measure: Measure) -> bool:
    """Whether time will still do something by this measure: close the time for a statement, or what it has ordered."""
    certificate = ordered_of(r, measure)
    return measure.due_at is not None or (certificate is not None and certificate.ordered_on is not None and certificate.ordered_on > r.today)


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


def _release(r: Registrar, subject: Subject, reason: str, **facts: Any) -> str:
    r.require(subject, "release")
    form = Form()
    said = form.text("reason", reason, required=False)
    form.done()
    if subject.held_at is None:
        raise NotYet(Text("没有搁置，无需解除。", "It is not on hold; there is nothing to release."))
    r.record(subject, "release", reason=said, **facts)
    subject.held_at = subject.held_reason = None
    return subject.number


READERS = (Role.DEPARTMENT, Role.AUDITOR, Role.ADMINISTRATOR, Role.CLOCK)  # of what time will do, and of what keeps it from it


def search_held(r: Registrar) -> list[dict[str, Any]]:
    """Everything of the caller's office on hold, with its reason and what would fall due and when; the oldest first."""
    applications = r.session.exec(select(Application).where(col(Application.held_at).is_not(None)))
    certificates = r.session.exec(select(Certificate).where(col(Certificate.held_at).is_not(None)))
    measures = r.session.exec(select(Measure).where(col(Measure.held_at).is_not(None)))
    found = [_line(s) for s in (*applications, *certificates, *measures) if is_of_office(r, s)]
    return sorted(found, key=lambda line: (line["held_at"], line["number"]))


def is_of_office(r: Registrar, subject: Subject) -> bool:
    """Whether what time does to a subject is the business of the caller's office: that of its authority, of auditors and
    administrators, and of the bureau that is asked about it and the head there."""
    if r.presides(*READERS, Role.HEAD, over=subject):
        return True
    region = subject.prefecture if not isinstance(subject, Certificate) else region_of(
        r.law.regulation(subject.regulation_id), r.session.get_one(Enterprise, subject.enterprise_id))
    return region in r.actor.regions(Role.BUREAU, Role.HEAD)


def shown(subject: Subject) -> dict[str, Any] | None:
    """A hold as pages and answers show it."""
    return {"since": subject.held_at, "reason": subject.held_reason} if subject.held_at else None


def _line(subject: Application | Certificate | Measure) -> dict[str, Any]:
    act, due_at, kind = subject.due_act, subject.due_at, subject.kind
    if isinstance(subject, Measure) and subject.held_order is not None:
        act, kind = subject.held_order["act"], "certificate"
        due_at = day_starts_at(date.fromisoformat(subject.held_order["on"]))
    return {
        "kind": subject.kind, "number": subject.number, "product": subject.product, "held_at": subject.held_at,
        "reason": subject.held_reason, "act": act,
        "label": lifecycle.label_of(kind, act) if act else None, "due_at": due_at,
        "last_day": office_day(due_at - timedelta(seconds=1)) if due_at else None,
    }
