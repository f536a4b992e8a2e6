"""Reading applications: one whole, and a page of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import false, or_
from sqlmodel import col, select

from registry.actors import role_name
from registry.books import ledger
from registry.books.models import (
    Application,
    Certificate,
    Commission,
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
from registry.desks import holds, queues, supplements, terms
from registry.desks.enquiries.calls import call_of, submit_by
from registry.desks.enquiries.law import grade_view
from registry.desks.enquiries.paging import Page, contains, page
from registry.desks.enquiries.reviews import INNER_ACTS, show_review
from registry.desks.enquiries.supports import support_of
from registry.law import lifecycle
from registry.law.deadlines import count_days, in_words
from registry.law.lifecycle import STAGE_OF_STATE, STATE_LABELS, Role
from registry.law.regulation import Regulation
from registry.law.taxonomy import Taxonomy
from registry.parts import WORKERS, commissions_of
from registry.registrar import Registrar

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
        "conditions": list(a.approval_conditions), "grade": grade_view(law, a.grade),
        "enterprise": {"credit_code": enterprise.credit_code, "name": enterprise.name, "prefecture": enterprise.prefecture,
                       "prefecture_name": r.law.place_name(enterprise.prefecture)}, "bureau": _bureau(law, a),
        "authority": law.authority.name,
        "product": a.product, "status": a.status, "status_label": STATE_LABELS[a.status],
        "stage": STAGE_OF_STATE.get(a.asked_by or "" if a.status == "supplement" else a.status), "renews": a.renews,
        "dossier": a.dossier, "dossier_digest": a.dossier_digest, "documents": _documents(r, a),
        "opened_at": a.opened_at, "submitted_at": a.submitted_at, "due": _due(a), "term": term_of(r, a),
        "call": call_of(r, a), "claim": claim_of(r, a), "held": holds.shown(a), "tiers": terms.tiers(r, a),
        "possible": possible(r, a), "stages": _stages(r, a), "supplement": _supplement(r, a),
        "returned": supplements.last_request(r, a) if a.resubmitted_at else None,
        "support": support_of(r, a),
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
    return [{"act": row.act, "label": row.label} for row in r.possible(a)]


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
    parts: list[Any] = [col(Application.enterprise_id).in_(list(r.actor.enterprises)), in_offices(r)]
    handed_in = col(Application.submitted_at).is_not(None)
    if r.actor.has(*WORKERS):
        parts.append(handed_in & col(Application.id).in_(select(Commission.application_id).where(commissions_of(r.actor))))
    if r.actor.has(Role.EXPERT):
        parts.append(handed_in & col(Application.id).in_(
            select(Seat.application_id).where(Seat.person_id == r.actor.person_id, col(Seat.recused_at).is_(None))))
    return or_(false(), *parts)


def in_offices(r: Registrar) -> Any:
    """Of `in_scope` what an office as a whole is for: handed in, and of its authority or its region."""
    return col(Application.submitted_at).is_not(None) & (
        r.within(Application.regulation_id, Role.DEPARTMENT, Role.HEAD, Role.AUDITOR)
        | col(Application.prefecture).in_(r.actor.regions(Role.BUREAU, Role.HEAD)))


def line_of(r: Registrar, a: Application, e: Enterprise) -> dict[str, Any]:
    return {
        "number": a.number, "product": a.product, "enterprise_name": e.name, "credit_code": e.credit_code,
        "prefecture": a.prefecture, "regulation": a.regulation_id, "status": a.status, "status_label": STATE_LABELS[a.status],
        "opened_at": a.opened_at, "submitted_at": a.submitted_at, "due_at": a.due_at, "due_provisional": a.due_provisional,
        "due": _due(a), "term_last_on": a.term_last_on, "term_provisional": a.term_provisional,
        "overdue": a.term_last_on is not None and a.term_last_on < r.today, "renews": a.renews, "version": a.version,
        "claim": claim_of(r, a), "resubmitted_at": a.resubmitted_at,
        "waiting_for_officer": bool(a.due_provisional and a.due_at and a.due_at <= r.now), "submit_by": submit_by(r, a),
    }


def _due(a: Application) -> dict[str, Any] | None:
    """What time alone will do next, and on which last day."""
    if a.due_at is None or a.due_act is None:
        return None
    return {"act": a.due_act, "label": lifecycle.label_of("application", a.due_act), "at": a.due_at,
            "last_day": office_day(a.due_at - timedelta(seconds=1)), "provisional": a.due_provisional}


def term_of(r: Registrar, a: Application) -> dict[str, Any] | None:
    """The office's own clock in this stage: days used and left, running or standing still."""
    stopped = lifecycle.stands_still(a.status)
    period = office_term(r.regulation_of(a), a.asked_by or "" if stopped else a.status)
    if period is None or (a.term_began_on is None and not stopped):
        return None
    used = a.term_used
    if a.term_began_on is not None:
        used += count_days(r.law.calendar, a.term_began_on, r.today, period.unit)
    left = max(period.length - used, 0)
    return {
        "period_words": period.words(), "length": period.length, "began_on": a.term_began_on, "used": used, "left": left,
        "used_words": in_words(used, period.unit), "left_words": in_words(left, period.unit), "last_day": a.term_last_on, "stopped": stopped,
        "overdue": a.term_last_on is not None and a.term_last_on < r.today, "provisional": a.term_provisional,
    }


def _stages(r: Registrar, a: Application) -> list[dict[str, Any]]:
    """The road of this regulation, with where the application stands on it, or where it ended."""
    stages, ended = r.regulation_of(a).stages, a.status in lifecycle.ENDED_WITHOUT
    at = _ended_from(r, a) if ended else a.status
    here = STAGE_OF_STATE.get(a.asked_by or "" if at == "supplement" else at)
    reached = next((i for i, s in enumerate(stages) if s.kind == here), len(stages) if a.status == "certified" else -1)
    state = ["done" if i < reached else "ahead" if i > reached else "ended" if ended else "now" for i in range(len(stages))]
    return [{"kind": s.kind, "label": s.label, "state": st} for s, st in zip(stages, state, strict=True)]


def _ended_from(r: Registrar, a: Application) -> str:
    """The state in which an application was when it ended, as its entries tell."""
    return next((e.before or "" for e in ledger.history(r.session, "application", a.number) if e.after == a.status), "")


def _documents(r: Registrar, a: Application) -> list[dict[str, Any]]:
    query = select(Document).where(Document.application_id == a.id, col(Document.removed_at).is_(None))
    return [
        {"ordinal": d.ordinal, "slot": d.slot, "filename": d.filename, "media_type": d.media_type, "size": d.size,
         "sha256": d.sha256, "uploaded_at": d.uploaded_at}
        for d in r.session.exec(query.order_by(col(Document.ordinal)))
    ]


def _supplement(r: Registrar, a: Application) -> dict[str, Any] | None:
    return supplements.last_request(r, a) if a.status == "supplement" else None


def _objections(r: Registrar, a: Application) -> list[dict[str, Any]]:
    """Objections to it: whole for the department and auditors; without who objected for the applicant and its bureau."""
    law = r.regulation_of(a)
    whole = r.presides(Role.DEPARTMENT, Role.AUDITOR, over=a)
    if not whole and not _in_office(r, a) and not r.heads(a) and a.enterprise_id not in r.actor.enterprises:
        return []
    shown = []
    for o in r.session.exec(select(Objection).where(Objection.application_id == a.id).order_by(col(Objection.id))):
        item = {"number": o.number, "ground": law.label_in(law.objection_grounds, o.ground), "filed_at": o.filed_at, "outcome": o.outcome,
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
    return entry.act not in INNER_ACTS or r.presides(Role.DEPARTMENT, Role.AUDITOR, over=a) or entry.actor == r.actor.login


def _history(r: Registrar, a: Application, entry: Entry) -> dict[str, Any]:
    office = _in_office(r, a)
    law = r.regulation_of(a)
    facts: dict[str, Any] = {k: v for k, v in entry.facts.items() if office or k in FACTS_FOR_APPLICANTS}
    if "ground" in facts:
        facts["ground"] = law.label_in(law.grounds_of(entry.act), facts["ground"])
    if "reasons" in facts:
        facts["reasons"] = [law.reason_label(k, entry.facts.get("places") or {}) for k in facts["reasons"]]
    if facts.get("rule"):
        facts["rule"] = law.label_in(law.panel.recusal, facts["rule"])
    return {
        "seq": entry.seq, "at": entry.at, "act": entry.act, "label": lifecycle.label_of("application", entry.act, entry.before),
        "role": role_name(Role(entry.role), law, a.prefecture), "actor": entry.actor if office else None, "before": entry.before,
        "after": entry.after, "after_label": STATE_LABELS.get(entry.after or ""), "facts": facts,
    }


def claim_of(r: Registrar, a: Application) -> dict[str, Any] | None:
    """In whose hands a case is, for the office; None if in nobody's."""
    if a.claimed_by is None or not _in_office(r, a) or (holder := queues.holder_of(r, a)) is None:
        return None
    return {"login": holder.login, "name": holder.name, "since": a.claimed_at, "assigned_by": a.assigned_by,
            "mine": holder.login == r.actor.login, "may_put_back": r.actor.login in (a.claimed_by, a.assigned_by)}


def _in_office(r: Registrar, a: Application) -> bool:
    return r.presides(Role.DEPARTMENT, Role.AUDITOR, over=a) or a.prefecture in r.actor.prefectures


def _bureau(law: Regulation, a: Application) -> dict[str, Any] | None:
    """The bureau that is asked under its regulation, by region; None where none is."""
    region = law.authority.prefectures.get(a.prefecture or "")
    return {"region": region.code, "name": region.bureau} if region else None


def visible(r: Registrar, numbers: Sequence[str]) -> list[str]:
    """Those of `numbers` that this caller may see."""
    query = select(Application.number).where(in_scope(r), col(Application.number).in_(list(numbers)))
    return list(r.session.exec(query))
