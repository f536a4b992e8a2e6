"""Who has a part in one application beside its applicant and its officers: seated experts, commissioned bodies and inspectors.

What a part entitles to is the registrar's to say.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, false, or_
from sqlmodel import Session, col, select

from registry.actors import Actor
from registry.books.models import Application, Commission, Enterprise, Person, Seat
from registry.law.lifecycle import Role


def find_seat(session: Session, actor: Actor, application: Application, *, open_only: bool = False) -> Seat | None:
    """The actor's seat at this application, if any; with `open_only`, not one that was recused."""
    seat = session.exec(select(Seat).where(Seat.application_id == application.id, Seat.person_id == actor.person_id)).one_or_none()
    return None if seat is not None and open_only and seat.recused_at else seat


def find_commission(session: Session, actor: Actor, application: Application, role: Role) -> Commission | None:
    """The open commission, for the stage that the application is in, by which the actor works on it in `role`."""
    return session.exec(select(Commission).where(
        Commission.application_id == application.id, _mine(actor, role), Commission.stage == application.status)).first()


def has_part(session: Session, actor: Actor, application: Application) -> bool:
    """Whether the actor sits on its panel, or is commissioned for any of its stages."""
    if actor.has(Role.EXPERT) and find_seat(session, actor, application, open_only=True) is not None:
        return True
    return actor.has(*WORKERS) and session.exec(
        select(Commission.id).where(Commission.application_id == application.id, commissions_of(actor))).first() is not None


WORKERS = (Role.ASSESSOR, Role.INSPECTOR)


def commissions_of(actor: Actor) -> ColumnElement[bool]:
    """The open commissions by which the actor works, as a condition of a query."""
    return or_(*(_mine(actor, role) for role in WORKERS))


def _mine(actor: Actor, role: Role) -> ColumnElement[bool]:
    """An assessor works for the body that employs them, an inspector by name."""
    if not actor.has(role) or actor.person_id is None:
        return false()
    unrelieved = col(Commission.relieved_at).is_(None)
    if role is Role.INSPECTOR:
        return unrelieved & (col(Commission.person_id) == actor.person_id)
    employer = select(Enterprise.id).join(Person, col(Person.employer_code) == Enterprise.credit_code).where(Person.id == actor.person_id)
    return unrelieved & col(Commission.enterprise_id).in_(employer)
