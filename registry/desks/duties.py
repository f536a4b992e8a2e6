"""Separation of duties, asked of the books: who may not be appointed, who may not announce. The rules are `law.duties`."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import col, select

from registry.books.models import Appointment, Entry, Person
from registry.law.duties import appointment_conflict
from registry.law.lifecycle import Role
from registry.registrar import Registrar, duties_conflict


def refuse_appointment(r: Registrar, person: Person, role: Role) -> None:
    """DutiesConflict if `person` may not hold `role` beside what is held already."""
    held = r.session.exec(select(Appointment.role).where(
        Appointment.person_id == person.id, col(Appointment.ended_at).is_(None)))
    rule = appointment_conflict(role, frozenset(Role(name) for name in held))
    if rule is not None:
        raise duties_conflict(rule)


def refuse_endorser(r: Registrar, applications: Sequence[str]) -> None:
    """DutiesConflict if this caller endorsed one of `applications` before."""
    endorsed = select(Entry.seq).where(
        Entry.subject_kind == "application", col(Entry.subject).in_(list(applications)), Entry.act == "endorse",
        Entry.actor == r.actor.login)
    if r.session.exec(endorsed).first() is not None:
        raise duties_conflict("endorser_announces_not")
