"""Reading applications: one whole, and a page of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import false, or_, true
from sqlmodel import col, select

from registry.actors import ROLE_LABELS
from registry.books import ledger
from registry.books.models import (
    Application,
    Certificate,
    Document,
    Enterprise,
    Entry,
    Notice,
    NoticeItem,
    Objection,
    Seat,
)
from registry.clock import office_day
from registry.dates import office_term
from registry.desks import holds, queues, terms
from registry.desks.applications import last_request
from registry.desks.enquiries.calls import call_of
from registry.desks.enquiries.paging import Page, contains, page
from registry.desks.enquiries.reviews import INNER_ACTS, show_review
from registry.law import lifecycle
from registry.law.deadlines import count_days
from registry.law.lifecycle import STAGE_OF_STATE, STATE_LABELS, Role
from registry.law.regulation import Regulation
from registry.law.taxonomy import Taxonomy
from registry.registrar import Registrar
from registry.words import Text

CLAIMS = ("claim", "assign", "unclaim")
# What of an entry's facts an applicant may read; the office reads them all.
FACTS_FOR_APPLICANTS = ("reasons", "comment", "ground", "reason", "notice", "objection", "document_number", "note", "renews", "conditions")


def show_application(r: Registrar, number: str) -> dict[str, Any]:
    """One application as this caller may see it. NotFound for what is none of their business."""
    a = r.fetch(Application, number)
    enterprise = r.session.get_one(Enterprise, a.enterprise_id)
    law = r.regulation_of(a)
    return {
        "number": a.number, "version": a.version,
        "regulation": {"id": law.id, "title": law.title, "short_title": law.short_title}, "law": _pinned(r, a),
        "conditions": list(a.approval_conditions),
        "enterprise": {"credit_code": enterprise.credit_code, "name": enterprise.name, "prefecture": a.prefecture,
                       "prefecture_name": _prefecture(r, a.prefecture)},
        "product": a.product, "status": a.status, "status_label": STATE_LABELS[a.status],
        "stage": STAGE_OF_STATE.get(a.asked_by or "" if a.status == "supplement" else a.status), "renews": a.renews,
        "dossier": a.dossier, "dossier_digest": a.dossier_digest, "documents": _documents(r, a),
        "opened_at": a.opened_at, "submitted_at": a.submitted_at, "due": _due(a), "term": _term(r, a),
        "call": call_of(r, a), "claim": claim_of(r, a), "held": holds.shown(a), "tiers": terms.tiers(r, a),
        "possible": possible(r, a), "stages": _stages(r, a), "supplement": _supplement(r, a),
        **show_review(r, a), "objections": _objections(r, a), "notice": _notice(r, a), "certificate": _certificate(r, a),
        "history": history_of(r, a),
    }


def history_of(r: Registrar, a: Application) -> list[dict[str, Any]]:
    """Its entries as this caller may read them, oldest first."""
    return [_history(r, a, e) for e in ledger.history(r.session, "application", a.number) if _readable(r, a, e)]


def law_of(r: Registrar, number: str) -> tuple[Regulation, Taxonomy]:
    """The regulation and the product tree that bind an application, for its pages."""
    a = r.fetch(Application, number)
    return r.regulation_of(a), r.taxonomy_of(a)


def _pinned(r: Registrar, a: Application) -> dict[str, Any] | None:
    """The text that it was handed in under, and whether the file that is loaded now is another one."""
    if a.regulation_digest is None:
        return None
    loaded = r.law.regulations.get(a.regulation_id)
    law = r.regulation_of(a)
    return {"version": law.version, "digest": a.regulation_digest, "loaded": loaded.digest if loaded else None,
            "changed": loaded is None or loaded.digest != a.regulation_digest, "readable": law.digest == a.regulation_digest}


def possible(r: Registrar, a: Application) -> list[dict[str, Any]]:
    """The acts that this caller could do now, from the very rows and rule that the door reads."""
    elsewhere = ("recompute_dates", holds.idle_act(a))  # dates that a calendar moves are accepted together, on a page of their own
    rows = [row for row in lifecycle.acts_in("application", r.state_now(a))
            if Role.PUBLIC not in row.roles and row.act not in elsewhere and r.may(row, a)]
    return [{"act": row.act, "label": row.label} for row in rows]


def search_applications(
    r: Registrar,
    *,
    status: str | None = None,
    regulation: str | None = None,
    q: str | None = None,
    cursor: str | None = None,
    limit: int = 20,
) -> Page:
    """A page of the applications that this caller may see, newest first."""
    query = select(Application, Enterprise).join(Enterprise).where(in_scope(r))
    if status:
        query = query.where(Application.status == status)
    if regulation:
        query = query.where(Application.regulation_id == regulation)
    if q:
        query = query.where(matches(q))
    return page(r, query, col(Application.id), cursor, limit, lambda row: line_of(r, *row))


def matches(q: str) -> Any:
    """A condition of a query: number, product, enterprise or credit code holds `q`."""
    like = contains(q.strip())
    return or_(
        col(Application.number).ilike(like, escape="\\"), col(Application.product).ilike(like, escape="\\"),
        col(Enterprise.name).ilike(like, escape="\\"), col(Enterprise.credit_code).ilike(like, escape="\\"),
    )


def in_scope(r: Registrar) -> Any:
    """The rule of `Registrar.sees`, as a condition of a query."""
    parts: list[Any] = [col(Application.enterprise_id).in_(list(r.actor.enterprises))]
    handed_in = col(Application.submitted_at).is_not(None)
    if r.actor.has(Role.DEPARTMENT, Role.AUDITOR):
        parts.append(handed_in)
    if r.actor.prefectures:
        parts.append(handed_in & col(Application.prefecture).in_(list(r.actor.prefectures)))
    headed = [g.prefecture for g in r.actor.grants if g.role is Role.HEAD]
    if headed:
        parts.append(handed_in & (true() if None in headed else col(Application.prefecture).in_([p for p in headed if p])))
    if r.actor.has(Role.EXPERT):
        parts.append(handed_in & col(Application.id).in_(
            select(Seat.application_id).where(Seat.person_id == r.actor.person_id, col(Seat.recused_at).is_(None))))
    return or_(false(), *parts)


def line_of(r: Registrar, a: Application, e: Enterprise) -> dict[str, Any]:
    return {
        "number": a.number, "product": a.product, "enterprise_name": e.name, "credit_code": e.credit_code,
        "prefecture": a.prefecture, "regulation": a.regulation_id, "status": a.status, "status_label": STATE_LABELS[a.status],
        "opened_at": a.opened_at, "submitted_at": a.submitted_at, "due_at": a.due_at, "due_provisional": a.due_provisional,
        "due": _due(a), "term_last_on": a.term_last_on, "term_provisional": a.term_provisional,
        "overdue": a.term_last_on is not None and a.term_last_on < r.today, "renews": a.renews, "version": a.version,
        "claim": claim_of(r, a), "resubmitted_at": a.resubmitted_at,
        "waiting_for_officer": bool(a.due_provisional and a.due_at and a.due_at <= r.now),
    }


def _due(a: Application) -> dict[str, Any] | None:
    """What time alone will do next, and on which last day."""
    if a.due_at is None or a.due_act is None:
        return None
    return {"act": a.due_act, "label": lifecycle.label_of("application", a.due_act), "at": a.due_at,
            "last_day": office_day(a.due_at - timedelta(seconds=1)), "provisional": a.due_provisional}


def _term(r: Registrar, a: Application) -> dict[str, Any] | None:
    """The office's own clock in this stage: days used and left, running or standing still."""
    stopped = lifecycle.stands_still(a.status)
    period = office_term(r.regulation_of(a), a.asked_by or "" if stopped else a.status)
    if period is None or (a.term_began_on is None and not stopped):
        return None
    used = a.term_used
    if a.term_began_on is not None:
        used += count_days(r.law.calendar, a.term_began_on, r.today, period.unit)
    return {
        "period_words": period.words(), "length": period.length, "began_on": a.term_began_on, "used": used,
        "left": max(period.length - used, 0), "last_day": a.term_last_on, "stopped": stopped,
        "overdue": a.term_last_on is not None and a.term_last_on < r.today, "provisional": a.term_provisional,
    }


def _stages(r: Registrar, a: Application) -> list[dict[str, Any]]:
    """The road of this regulation, with where the application stands on it."""
    stages = r.regulation_of(a).stages
    here = STAGE_OF_STATE.get(a.asked_by or "" if a.status == "supplement" else a.status)
    reached = next((i for i, s in enumerate(stages) if s.kind == here), len(stages) if a.status == "certified" else -1)
    if a.status in lifecycle.ENDED_WITHOUT:
        reached = -1
    state = ["done" if i < reached else "now" if i == reached else "ahead" for i in range(len(stages))]
    return [{"kind": s.kind, "label": s.label, "state": st} for s, st in zip(stages, state, strict=True)]


def _documents(r: Registrar, a: Application) -> list[dict[str, Any]]:
    query = select(Document).where(Document.application_id == a.id, col(Document.removed_at).is_(None))
    return [
        {"ordinal": d.ordinal, "slot": d.slot, "filename": d.filename, "media_type": d.media_type, "size": d.size,
         "sha256": d.sha256, "uploaded_at": d.uploaded_at}
        for d in r.session.exec(query.order_by(col(Document.ordinal)))
    ]


def _supplement(r: Registrar, a: Application) -> dict[str, Any] | None:
    asked = last_request(r, a) if a.status == "supplement" else None
    if asked is None:
        return None
    law = r.regulation_of(a)
    return {"reasons": [law.ground_label(k) for k in asked[0]["reasons"]], "comment": asked[0]["comment"], "asked_on": asked[1]}


def _objections(r: Registrar, a: Application) -> list[dict[str, Any]]:
    """Objections to it: whole for the department and auditors; without who objected for the applicant."""
    law = r.regulation_of(a)
    whole = r.actor.has(Role.DEPARTMENT, Role.AUDITOR)
    if not whole and a.enterprise_id not in r.actor.enterprises:
        return []
    shown = []
    for o in r.session.exec(select(Objection).where(Objection.application_id == a.id).order_by(col(Objection.id))):
        item = {"number": o.number, "ground": law.ground_label(o.ground), "filed_at": o.filed_at, "outcome": o.outcome,
                "outcome_reason": o.outcome_reason, "decided_at": o.decided_at}
        if whole:
            item |= {"reason": o.reason, "evidence": o.evidence, "objector": o.objector, "name": o.name, "contact": o.contact}
        shown.append(item)
    return shown


def _notice(r: Registrar, a: Application) -> str | None:
    query = select(Notice.number).join(NoticeItem, col(NoticeItem.notice_id) == Notice.id)
    return r.session.exec(query.where(NoticeItem.application_id == a.id).order_by(col(Notice.id).desc())).first()


def _certificate(r: Registrar, a: Application) -> str | None:
    return r.session.exec(select(Certificate.number).where(Certificate.application_id == a.id)).first()


def _readable(r: Registrar, a: Application, entry: Entry) -> bool:
    """Experts' seats and opinions are not for the applicant, nor for other experts; who does the office's work is its own."""
    if entry.act in CLAIMS:
        return _in_office(r, a)
    return entry.act not in INNER_ACTS or r.actor.has(Role.DEPARTMENT, Role.AUDITOR) or entry.actor == r.actor.login


def _history(r: Registrar, a: Application, entry: Entry) -> dict[str, Any]:
    office = r.actor.has(Role.DEPARTMENT, Role.AUDITOR) or a.prefecture in r.actor.prefectures
    law = r.regulation_of(a)
    facts: dict[str, Any] = {k: v for k, v in entry.facts.items() if office or k in FACTS_FOR_APPLICANTS}
    if "ground" in facts:
        facts["ground"] = law.ground_label(facts["ground"])
    if "reasons" in facts:
        facts["reasons"] = [law.ground_label(k) for k in facts["reasons"]]
    if facts.get("rule"):
        facts["rule"] = law.ground_label(facts["rule"])
    return {
        "seq": entry.seq, "at": entry.at, "act": entry.act, "label": lifecycle.label_of("application", entry.act, entry.before),
        "role": ROLE_LABELS[Role(entry.role)], "actor": entry.actor if office else None, "before": entry.before,
        "after": entry.after, "after_label": STATE_LABELS.get(entry.after or ""), "facts": facts,
    }


def claim_of(r: Registrar, a: Application) -> dict[str, Any] | None:
    """In whose hands a case is, for the office; None if in nobody's."""
    if a.claimed_by is None or not _in_office(r, a) or (holder := queues.holder_of(r, a)) is None:
        return None
    return {"login": holder.login, "name": holder.name, "since": a.claimed_at, "assigned_by": a.assigned_by,
            "mine": holder.login == r.actor.login, "may_put_back": r.actor.login in (a.claimed_by, a.assigned_by)}


def _in_office(r: Registrar, a: Application) -> bool:
    return r.actor.has(Role.DEPARTMENT, Role.AUDITOR) or a.prefecture in r.actor.prefectures


def _prefecture(r: Registrar, code: str) -> Text:
    found = r.law.prefectures().get(code)
    return found.name if found else Text(code, code)


def visible(r: Registrar, numbers: Sequence[str]) -> list[str]:
    """Those of `numbers` that this caller may see."""
    query = select(Application.number).where(in_scope(r), col(Application.number).in_(list(numbers)))
    return list(r.session.exec(query))
