"""Whose business an enterprise is, and which regulation asks which bureau about it. What is open to all is not known here.

Of a case, a certificate, a measure the registrar says it (`sees`, `presides`); an enterprise is under no one regulation.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, false, or_, true
from sqlmodel import col, select

from registry.books.models import Application, Enterprise, Entry
from registry.errors import NotEntitled
from registry.law.lifecycle import Role
from registry.law.places import NATION, stem
from registry.law.regulation import Regulation
from registry.registrar import Registrar
from registry.words import Text, join


def enterprises(r: Registrar) -> ColumnElement[bool]:
    """The enterprises that this caller may see, as a condition of a query.

    Auditor and administrator: all. A bureau: those of its region. A department: those of its own territory, those that have
    applied under its regulations, those that the officer registered. A member: their own.
    """
    if r.actor.has(Role.AUDITOR, Role.ADMINISTRATOR):
        return true()
    territories = [*r.actor.prefectures, *(key[:6] for key in r.actor.authorities(Role.DEPARTMENT))]
    parts = [col(Enterprise.id).in_(list(r.actor.enterprises)), *(_lies_in(Enterprise.prefecture, code) for code in territories)]
    if r.actor.has(Role.DEPARTMENT):
        applied = select(Application.enterprise_id).where(
            r.within(Application.regulation_id, Role.DEPARTMENT), col(Application.submitted_at).is_not(None))
        registered = select(Entry.subject).where(
            Entry.subject_kind == "enterprise", Entry.act == "register", Entry.actor == r.actor.login)
        parts += [col(Enterprise.id).in_(applied), col(Enterprise.credit_code).in_(registered)]
    return or_(false(), *parts)


def sees_enterprise(r: Registrar, house: Enterprise) -> bool:
    """The same of one enterprise."""
    return r.session.exec(select(Enterprise.id).where(enterprises(r), Enterprise.id == house.id)).first() is not None


def in_regions(r: Registrar, place: Any, regulation_id: Any, regions: Collection[str]) -> ColumnElement[bool]:
    """Whether a place belongs to one of `regions` under the regulation of its row, as a condition of a query on columns."""
    return or_(false(), *(
        regulation_id.in_([key for key, law in r.law.regulations.items() if region in law.authority.prefectures])
        & _lies_in(place, region) for region in regions))


def region_of(law: Regulation, house: Enterprise) -> str | None:
    """The code of the region whose bureau is asked about this enterprise; None where no bureau is."""
    region = law.authority.region_of(house.prefecture)
    return region.code if region else None


def get_region(law: Regulation, house: Enterprise) -> str | None:
    """The same, for an application: NotEntitled where the regulation has regions and the enterprise lies in none of them."""
    region, authority = region_of(law, house), law.authority
    if authority.prefectures and region is None:
        names = join([p.name for p in authority.prefectures.values()])
        raise NotEntitled(
            Text(f"《{law.title.zh}》受理以下地区的企业：{names.zh}。贵企业所在地不在其中。",
                 f"“{law.title.en}” is for enterprises of: {names.en}. Yours is registered elsewhere."),
            action=Text("请选择适用于贵企业所在地的办法；如所在地登记有误，请联系系统管理员。",
                        "Choose a regulation for the place of your enterprise; if that is recorded wrongly, tell an administrator."),
            article=authority.article, basis=authority.basis,
        )
    return region


def authorities_of(r: Registrar, house: Enterprise) -> list[str]:
    """The keys of the authorities whose departments may see this enterprise, and the caller's own."""
    applied = set(r.session.exec(select(Application.regulation_id).where(
        Application.enterprise_id == house.id, col(Application.submitted_at).is_not(None)).distinct()))
    return sorted(
        {law.authority.key for key, law in r.law.regulations.items() if key in applied}
        | {key for key in r.law.authorities() if not key.startswith(NATION) and house.prefecture.startswith(stem(key[:6]))}
        | r.actor.authorities(Role.DEPARTMENT))


def _lies_in(place: Any, code: str) -> ColumnElement[bool]:
    return false() if code == NATION else place.startswith(stem(code))
