"""Reading the expert pool: one's own profile and interests, and the pool for those who draw from it or look after it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_
from sqlmodel import col, select

from registry.books.models import Appointment, Expert, Interest, Person
from registry.desks import experts
from registry.desks.enquiries.paging import Page, contains, page
from registry.errors import NotEntitled
from registry.law.lifecycle import Role
from registry.law.rules import TIES
from registry.registrar import Registrar
from registry.words import Text


def show_expert(r: Registrar) -> dict[str, Any]:
    """One's own profile as an expert, with every interest that one declared."""
    if not r.actor.has(Role.EXPERT) or r.actor.person_id is None:
        raise NotEntitled(Text("此项供评审专家使用。", "This is for experts."))
    return _expert(r, r.session.get_one(Person, r.actor.person_id))


def search_experts(
    r: Registrar, *, field: str | None = None, active: bool | None = None, q: str | None = None,
    cursor: str | None = None, limit: int = 20,
) -> Page:
    """A page of the appointed experts, for department, administrators and auditors."""
    if not r.actor.has(Role.DEPARTMENT, Role.ADMINISTRATOR, Role.AUDITOR):
        raise NotEntitled(Text("专家库由主管部门、系统管理员和审计员查看。", "The pool is for department, administrators and auditors."))
    held = select(Appointment.person_id).where(Appointment.role == Role.EXPERT, col(Appointment.ended_at).is_(None))
    if not r.actor.has(Role.ADMINISTRATOR, Role.AUDITOR):
        held = held.where(col(Appointment.authority).in_(r.actor.authorities(Role.DEPARTMENT)))
    query = select(Person).where(col(Person.id).in_(held), col(Person.closed_at).is_(None))
    if active is not None:
        resting = select(Expert.person_id).where(col(Expert.active).is_(False))
        query = query.where(col(Person.id).not_in(resting) if active else col(Person.id).in_(resting))
    if field:
        able = [e.person_id for e in r.session.exec(select(Expert)) if field in e.fields]
        query = query.where(col(Person.id).in_(able))
    if q:
        like = contains(q.strip())
        query = query.where(or_(col(Person.login).ilike(like, escape="\\"), col(Person.name).ilike(like, escape="\\")))
    return page(r, query, col(Person.id), cursor, limit, lambda person: _expert(r, person))


def _expert(r: Registrar, person: Person) -> dict[str, Any]:
    kept, known = r.session.get(Expert, person.id), experts.classes(r)
    interests = r.session.exec(select(Interest).where(Interest.person_id == person.id).order_by(col(Interest.ordinal)))
    return {
        "login": person.login, "name": person.name, "title": kept.title if kept else "",
        "employer_name": kept.employer_name if kept else "", "employer_code": person.employer_code,
        "active": kept.active if kept else True, "kept_at": kept.kept_at if kept else None,
        "fields": [{"key": key, "label": known[key].label if key in known else Text(key, key)} for key in (kept.fields if kept else ())],
        "interests": [
            {"ordinal": i.ordinal, "kind": i.kind, "kind_label": TIES[i.kind], "credit_code": i.credit_code, "from_on": i.from_on,
             "until_on": i.until_on, "note": i.note, "declared_at": i.declared_at, "withdrawn_at": i.withdrawn_at,
             "withdrawal_reason": i.withdrawal_reason} for i in interests
        ],
    }
