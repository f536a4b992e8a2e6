"""Separation of duties, asked of the books: who may not be appointed, who may not announce. The rules are `law.duties`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlmodel import col, select

from registry.books.models import Appointment, Entry, Measure, Person
from registry.law import duties
from registry.law.lifecycle import Role
from registry.registrar import Registrar

# Of a measure's acts, those that whoever took an earlier step does not take: the step's column, and the rule.
_TWO_DECIDE = {"proposed_by": "proposer_decides_not", "approved_by": "two_decide"}
_TWO_LIFT = {"lifting_proposed_by": "two_lift"}
MEASURE_STEPS: Mapping[str, Mapping[str, str]] = {
    "approve": {"proposed_by": "proposer_decides_not"}, "send_back": _TWO_DECIDE, "confirm": _TWO_DECIDE,
    "lift": _TWO_LIFT, "decline_lifting": _TWO_LIFT,
}


def refuse_appointment(r: Registrar, person: Person, role: Role) -> None:
    """DutiesConflict if `person` may not hold `role` beside what is held already."""
    held = r.session.exec(select(Appointment.role).where(
        Appointment.person_id == person.id, col(Appointment.ended_at).is_(None)))
    rule = duties.appointment_conflict(role, frozenset(Role(name) for name in held))
    if rule is not None:
        raise duties.conflict(rule)


def refuse_endorser(r: Registrar, applications: Sequence[str]) -> None:
    """DutiesConflict if this caller endorsed one of `applications` before."""
    endorsed = select(Entry.seq).where(
        Entry.subject_kind == "application", col(Entry.subject).in_(list(applications)), Entry.act == "endorse",
        Entry.actor == r.actor.login)
    if r.session.exec(endorsed).first() is not None:
        raise duties.conflict("endorser_announces_not")


def barred_from(r: Registrar, measure: Measure, act: str) -> str | None:
    """The rule by which this caller, who took an earlier step of this measure, does not do `act`; None where none does."""
    steps = MEASURE_STEPS.get(act, {})
    return next((rule for step, rule in steps.items() if getattr(measure, step) == r.actor.login), None)


def refuse_same_person(r: Registrar, measure: Measure, act: str) -> None:
    """DutiesConflict, with its rule, for whoever took an earlier step that bars `act`."""
    rule = barred_from(r, measure, act)
    if rule is not None:
        raise duties.conflict(rule)
