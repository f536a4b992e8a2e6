"""Reading a queue: what waits for the caller, by what is to be done; mine, in nobody's hands, back from a supplement, overdue."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, or_
from sqlmodel import col, select

from registry.books.models import Application, Enterprise
from registry.desks import terms
from registry.desks.enquiries.applications import in_scope, line_of, matches, term_of
from registry.desks.queues import colleagues
from registry.desks.supplements import last_request
from registry.errors import BadInput, Finding
from registry.law import lifecycle, tiers
from registry.law.lifecycle import STATE_LABELS, Role
from registry.registrar import Registrar
from registry.words import Text

VIEWS = {
    "all": Text("全部", "All"),
    "mine": Text("我承办的", "Mine"),
    "unclaimed": Text("无人认领", "In nobody's hands"),
    "resubmitted": Text("补正后返回", "Back from a supplement"),
    "overdue": Text("已超期", "Overdue"),
}
MOST = 300


def worklist(r: Registrar, *, view: str = "all", q: str | None = None) -> list[dict[str, Any]]:
    """What waits for this caller, by what is to be done: first what came back from a supplement, with what was asked, then
    the most urgent. `view` is one of VIEWS; `q` is looked for in number, product, enterprise and credit code."""
    if view not in VIEWS:
        message = Text("没有这种视图。", "There is no such view.")
        raise BadInput(message, findings=[Finding("view", "unknown", message)])
    groups: dict[str, dict[str, Any]] = {}
    for a, e in r.session.exec(_waiting(r, view, q)):
        rows = [row for row in lifecycle.acts_in("application", a.status)
                if row.act not in lifecycle.ASIDE and Role.PUBLIC not in row.roles and r.may(row, a)]
        item = line_of(r, a, e)
        if not rows or (view == "unclaimed" and item["claim"] is not None):
            continue
        group = groups.setdefault(a.status, {"status": a.status, "act_hint": STATE_LABELS[a.status], "items": []})
        group["items"].append(item | {
            "asked": last_request(r, a) if a.resubmitted_at else None, "term": term_of(r, a), "tier_label": _tier(r, a)})
    order = lifecycle.states("application")
    return [groups[s] for s in sorted(groups, key=order.index)]


def _tier(r: Registrar, a: Application) -> Text | None:
    """Whose clock it is."""
    tier = tiers.tier_of(a.status)
    return terms.tier_name(r, a, tier) if tier else None


def list_colleagues(r: Registrar, number: str) -> list[dict[str, Any]]:
    """Into whose hands a case may be put: the officers of the office that has it, for those officers."""
    a = r.fetch(Application, number)
    found = colleagues(r, a)
    known = r.actor.login in {p.login for p in found}
    return [{"login": p.login, "name": p.name} for p in found] if known else []


def _waiting(r: Registrar, view: str, q: str | None) -> Any:
    """Applications within this caller's scope whose state waits for one of their roles, in the order of the queue."""
    states = [s for s in lifecycle.states("application") if tiers.waits_for(s, r.actor.roles)]
    confirmed = and_(col(Application.due_provisional).is_(True), col(Application.due_at) <= r.now)  # waits for an officer's word
    query = select(Application, Enterprise).join(Enterprise).where(
        in_scope(r), or_(col(Application.status).in_(states), confirmed))
    if view == "mine":
        query = query.where(Application.claimed_by == r.actor.login)
    elif view == "resubmitted":
        query = query.where(col(Application.resubmitted_at).is_not(None))
    elif view == "overdue":
        query = query.where(col(Application.term_last_on) < r.today)
    if q and q.strip():
        query = query.where(matches(q))
    return query.order_by(
        col(Application.resubmitted_at).is_(None), col(Application.term_last_on).asc().nulls_last(), col(Application.id)).limit(MOST)
