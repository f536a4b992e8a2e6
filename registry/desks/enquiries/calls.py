"""Reading calls for applications: public, each with its days, the moments they end, and what is left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from registry.books import ledger
from registry.books.models import Application, Call, Certificate, Enterprise
from registry.clock import day_ends_at
from registry.desks.calls import endorsed_under, get_call, quota_under
from registry.desks.enquiries.law import plain
from registry.desks.enquiries.paging import Page, page
from registry.desks.reach import region_of
from registry.law.lifecycle import Role
from registry.law.regulation import Regulation
from registry.law.tiers import TIERS as TIER_LABELS
from registry.registrar import Registrar

TIERS = {"enterprise": "enterprise_until", "bureau": "bureau_until", "department": "department_until"}
HOUR = timedelta(hours=1)


def show_call(r: Registrar, number: str) -> dict[str, Any]:
    """One call with all its versions; with how much of the quota is used, to the bureaus for theirs, to department and
    auditor for all."""
    call = get_call(r, number)
    return _line(r, call) | {
        "quotas": _quotas(r, call), "versions": _versions(r, call),
        "amendable": call.withdrawn_at is None and r.presides(Role.DEPARTMENT, over=call)}


def search_calls(
    r: Registrar, *, open: bool | None = None, regulation: str | None = None, cursor: str | None = None, limit: int = 20
) -> Page:
    """A page of calls, newest first; with `open`, only those that enterprises may (or may not) apply under now."""
    query = select(Call)
    if regulation:
        query = query.where(Call.regulation_id == regulation)
    if open is not None:
        query = query.where(_open_now(r) if open else ~_open_now(r))
    return page(r, query, col(Call.id), cursor, limit, lambda c: _line(r, c))


def calls_in_reach(r: Registrar) -> list[dict[str, Any]]:
    """The calls that an enterprise of the caller's could answer now, the one that closes first on top; all for who has none yet."""
    houses = r.session.exec(select(Enterprise).where(col(Enterprise.id).in_(list(r.actor.enterprises)))).all()
    near = [key for key, law in r.law.regulations.items()
            if not houses or not law.authority.prefectures or any(region_of(law, house) for house in houses)]
    query = select(Call).where(_open_now(r), col(Call.regulation_id).in_(near))
    return [_line(r, c) for c in r.session.exec(query.order_by(col(Call.enterprise_until), col(Call.id)))]


def submit_by(r: Registrar, a: Application) -> date | None:
    """The last day on which a draft can be handed in: of its call, its renewal's window, or the regulation's own. None for what
    is handed in, and for a draft whose call is not open."""
    if a.status != "draft":
        return None
    law = r.regulation_of(a)
    if a.renews:
        old = r.find(Certificate, a.renews)
        window = r.regulation_of(old).renewal_window(r.law.calendar, old.valid_until) if old else None
        return min(window[1], law.effective_until) if window else None
    if law.intake is None or law.intake.mode != "calls":
        return law.effective_until
    call = call_of(r, a)
    return call["tiers"][0]["last_day"] if call else None


def call_of(r: Registrar, a: Application) -> dict[str, Any] | None:
    """The call that an application was submitted under; for a draft that is no renewal, the one that is open for it."""
    if a.call:
        return _line(r, get_call(r, a.call))
    law = r.regulation_of(a)
    if a.status != "draft" or a.renews or law.intake is None or law.intake.mode != "calls":
        return None
    found = search_calls(r, open=True, regulation=law.id)["items"]
    return min(found, key=lambda c: c["tiers"][0]["last_day"]) if found else None


def _open_now(r: Registrar) -> ColumnElement[bool]:
    """Whether enterprises may apply under a call now, as a condition of a query."""
    return (col(Call.opens_at) <= r.now) & (col(Call.enterprise_until) >= r.today) & col(Call.withdrawn_at).is_(None)


def _line(r: Registrar, c: Call) -> dict[str, Any]:
    law = r.law.regulation(c.regulation_id)
    rule = law.intake
    tiers = [{"tier": tier, "label": TIER_LABELS[tier], **_countdown(r, getattr(c, name))} for tier, name in TIERS.items()]
    state = "coming" if r.now < c.opens_at else "closed" if tiers[0]["over"] else "open"
    return {
        "number": c.number, "version": c.edition, "withdrawn": {"at": c.withdrawn_at, "reason": c.withdrawal_reason}
        if c.withdrawn_at else None, "title": c.title, "regulation": {"id": law.id, "title": law.title, "short_title": law.short_title},
        "published_at": c.published_at, "opens_at": c.opens_at, "state": "withdrawn" if c.withdrawn_at else state, "tiers": tiers, "provisional": c.provisional,
        "quota_per_bureau": rule.quota_per_bureau if rule else None,
        "given": _given(r, law, c.bonuses), "other_quotas": plain(rule.quotas) if rule else [], "bonuses": plain(rule.bonuses) if rule else [],
        "basis": {"article": rule.article, "basis": rule.basis} if rule else None,
    }


def _given(r: Registrar, law: Regulation, bonuses: Iterable[Mapping[str, str]]) -> list[dict[str, Any]]:
    """What a call gives to single bureaus beyond the file, by which rule and why."""
    rules = {bonus.key: bonus for bonus in law.intake.bonuses} if law.intake else {}
    return [{"bonus": x["bonus"], "label": rules[x["bonus"]].label, "more": rules[x["bonus"]].more, "prefecture": x["prefecture"],
             "name": r.law.place_name(x["prefecture"]), "reason": x["reason"], "article": rules[x["bonus"]].article,
             "basis": rules[x["bonus"]].basis} for x in bonuses if x["bonus"] in rules]


def _countdown(r: Registrar, last: date) -> dict[str, Any]:
    """A last day, its last moment, and the whole days and hours that are left until then."""
    ends = day_ends_at(last)
    left = max(ends - r.now, timedelta())
    return {"last_day": last, "last_moment": ends, "over": left == timedelta(), "days_left": left.days,
            "hours_left": (left - timedelta(days=left.days)) // HOUR}


def _versions(r: Registrar, c: Call) -> list[dict[str, Any]]:
    """What the call said from when on, the newest first, as the ledger has it; why it was changed, and never by whom."""
    said = [e for e in ledger.history(r.session, "call", c.number) if e.act in ("open_call", "amend_call")]
    return [{
        "edition": e.facts.get("edition", 1), "from": e.at, "title": e.facts["title"], "reason": e.facts.get("reason"),
        "given": _given(r, r.law.regulation(c.regulation_id), e.facts.get("bonuses", ())),
        "opens_on": date.fromisoformat(e.facts["opens_on"]), "provisional": e.facts.get("provisional", False),
        "tiers": [{"tier": tier, "label": TIER_LABELS[tier], "last_day": date.fromisoformat(e.facts[name])} for tier, name in TIERS.items()],
    } for e in reversed(said)]


def _quotas(r: Registrar, c: Call) -> list[dict[str, Any]]:
    """What of its quota each bureau has used: as much as this caller may see."""
    law = r.law.regulation(c.regulation_id)
    whole = r.presides(Role.DEPARTMENT, Role.AUDITOR, over=c)
    if law.intake is None or law.intake.quota_per_bureau is None:
        return []
    seen = [p for p in law.authority.prefectures.values() if whole or p.code in r.actor.prefectures]
    return [{"prefecture": p.code, "name": p.name, "quota": quota.total, "used": endorsed_under(r, c.number, p.code),
             "parts": [{"label": x.label, "places": x.places, "article": x.article, "basis": x.basis,
                        "reason": x.reason or None} for x in quota.parts]}
            for p in seen if (quota := quota_under(r, c, p.code))]
