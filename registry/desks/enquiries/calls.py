"""Reading calls for applications: public, each with its days, the moments they end, and what is left."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlmodel import col, select

from registry.books.models import Application, Call
from registry.clock import day_ends_at
from registry.desks.calls import endorsed_under, get_call
from registry.desks.enquiries.paging import Page, page
from registry.law.lifecycle import Role
from registry.law.tiers import TIERS as TIER_LABELS
from registry.registrar import Registrar

TIERS = {"enterprise": "enterprise_until", "bureau": "bureau_until", "department": "department_until"}
HOUR = timedelta(hours=1)


def show_call(r: Registrar, number: str) -> dict[str, Any]:
    """One call; with how much of the quota is used, to the bureaus for theirs, to department and auditor for all."""
    call = get_call(r, number)
    return _line(r, call) | {"quotas": _quotas(r, call)}


def search_calls(
    r: Registrar, *, open: bool | None = None, regulation: str | None = None, cursor: str | None = None, limit: int = 20
) -> Page:
    """A page of calls, newest first; with `open`, only those that enterprises may (or may not) apply under now."""
    query = select(Call)
    if regulation:
        query = query.where(Call.regulation_id == regulation)
    if open is not None:
        now_open = (col(Call.opens_at) <= r.now) & (col(Call.enterprise_until) >= r.today)
        query = query.where(now_open if open else ~now_open)
    return page(r, query, col(Call.id), cursor, limit, lambda c: _line(r, c))


def call_of(r: Registrar, a: Application) -> dict[str, Any] | None:
    """The call that an application was submitted under; for a draft that is no renewal, the one that is open for it."""
    if a.call:
        return _line(r, get_call(r, a.call))
    law = r.regulation_of(a)
    if a.status != "draft" or a.renews or law.intake is None or law.intake.mode != "calls":
        return None
    found = search_calls(r, open=True, regulation=law.id)["items"]
    return min(found, key=lambda c: c["tiers"][0]["last_day"]) if found else None


def _line(r: Registrar, c: Call) -> dict[str, Any]:
    law = r.law.regulation(c.regulation_id)
    rule = law.intake
    tiers = [{"tier": tier, "label": TIER_LABELS[tier], **_countdown(r, getattr(c, name))} for tier, name in TIERS.items()]
    state = "coming" if r.now < c.opens_at else "closed" if tiers[0]["over"] else "open"
    return {
        "number": c.number, "title": c.title, "regulation": {"id": law.id, "title": law.title, "short_title": law.short_title},
        "published_at": c.published_at, "opens_at": c.opens_at, "state": state, "tiers": tiers, "provisional": c.provisional,
        "quota_per_bureau": rule.quota_per_bureau if rule else None,
        "basis": {"article": rule.article, "basis": rule.basis} if rule else None,
    }


def _countdown(r: Registrar, last: date) -> dict[str, Any]:
    """A last day, its last moment, and the whole days and hours that are left until then."""
    ends = day_ends_at(last)
    left = max(ends - r.now, timedelta())
    return {"last_day": last, "last_moment": ends, "over": left == timedelta(), "days_left": left.days,
            "hours_left": (left - timedelta(days=left.days)) // HOUR}


def _quotas(r: Registrar, c: Call) -> list[dict[str, Any]]:
    """What of its quota each bureau has used: as much as this caller may see."""
    law = r.law.regulation(c.regulation_id)
    quota = law.intake.quota_per_bureau if law.intake else None
    whole = r.actor.has(Role.DEPARTMENT, Role.AUDITOR)
    if quota is None:
        return []
    return [{"prefecture": p.code, "name": p.name, "quota": quota, "used": endorsed_under(r, c.number, p.code)}
            for p in law.authority.prefectures.values() if whole or p.code in r.actor.prefectures]
