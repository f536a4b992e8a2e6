"""Reading requests for a change of a certificate: its holder, the bureau of its prefecture, the department and auditors."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_
from sqlmodel import col, select

from registry.actors import role_name
from registry.books import ledger
from registry.books.models import Amendment, AmendmentFile, Certificate, Enterprise, Entry
from registry.desks.amendments import OPEN
from registry.desks.enquiries.paging import Page, page
from registry.errors import NotFound
from registry.law import lifecycle
from registry.law.lifecycle import STATE_LABELS, Role
from registry.registrar import Registrar
from registry.words import Text

TOLD = ("reason", "comment", "edition")  # what of an entry's facts stands in the history


def show_amendment(r: Registrar, number: str) -> dict[str, Any]:
    """One request, whole. NotFound for what is none of the caller's business."""
    a = r.fetch(Amendment, number)
    rule = next((rule for rule in r.regulation_of(a).changes if rule.key == a.change), None)
    files = select(AmendmentFile).where(AmendmentFile.amendment_id == a.id).order_by(col(AmendmentFile.ordinal))
    return _line(r, a) | {
        "version": a.version, "scope_label": r.regulation_of(a).scope_label, "reason": a.reason,
        "decided_at": a.decided_at, "decision_reason": a.decision_reason,
        "rule": {"article": rule.article, "basis": rule.basis, "proof": rule.proof} if rule else None,
        "files": [{"ordinal": f.ordinal, "filename": f.filename, "media_type": f.media_type, "size": f.size,
                   "sha256": f.sha256, "uploaded_at": f.uploaded_at} for f in r.session.exec(files)],
        "possible": [{"act": row.act, "label": row.label} for row in r.possible(a)],
        "mine": a.enterprise_id in r.actor.enterprises,
        "history": [_history(r, a, e) for e in ledger.history(r.session, "amendment", a.number)],
    }


def search_amendments(
    r: Registrar, *, open: bool | None = True, certificate: str | None = None, cursor: str | None = None, limit: int = 20
) -> Page:
    """A page of the requests that this caller may see, newest first; with `open`, those undecided, or those decided."""
    query = select(Amendment).where(_scope(r))
    if open is not None:
        query = query.where(col(Amendment.status).in_(OPEN) if open else col(Amendment.status).not_in(OPEN))
    if certificate:
        query = query.join(Certificate, col(Certificate.id) == Amendment.certificate_id).where(Certificate.number == certificate)
    return page(r, query, col(Amendment.id), cursor, limit, lambda a: _line(r, a))


def amendments_waiting(r: Registrar) -> list[dict[str, Any]]:
    """The requests that this officer could decide now, oldest first."""
    query = select(Amendment).where(_scope(r), col(Amendment.status).in_(OPEN)).order_by(col(Amendment.id)).limit(300)
    return [_line(r, a) for a in r.session.exec(query)
            if any(r.may(row, a) for row in lifecycle.acts_in("amendment", a.status) if Role.APPLICANT not in row.roles)]


def read_amendment_file(r: Registrar, number: str, ordinal: int) -> dict[str, Any]:
    """One file of proof with its bytes, for whoever sees the request."""
    a = r.fetch(Amendment, number)
    found = r.session.exec(select(AmendmentFile).where(
        AmendmentFile.amendment_id == a.id, AmendmentFile.ordinal == ordinal)).one_or_none()
    if found is None:
        raise NotFound(Text(f"没有第 {ordinal} 号材料。", f"There is no document {ordinal}."))
    return {"filename": found.filename, "media_type": found.media_type, "sha256": found.sha256,
            "content": r.vault.get(found.sha256)}


def _scope(r: Registrar) -> Any:
    """The rule of `Registrar.sees`, as a condition of a query."""
    return or_(r.within(Amendment.regulation_id, Role.DEPARTMENT, Role.AUDITOR, Role.CLOCK), col(Amendment.enterprise_id).in_(list(r.actor.enterprises)),
               col(Amendment.prefecture).in_(list(r.actor.prefectures)))


def _line(r: Registrar, a: Amendment) -> dict[str, Any]:
    certificate = r.session.get_one(Certificate, a.certificate_id)
    asker = r.session.get_one(Enterprise, a.enterprise_id)
    other = r.session.get_one(Enterprise, a.new_holder_id) if a.new_holder_id else None
    rule = next((rule for rule in r.regulation_of(a).changes if rule.key == a.change), None)
    return {
        "number": a.number, "certificate": certificate.number, "product": a.product, "status": a.status,
        "status_label": STATE_LABELS[a.status], "change": a.change,
        "change_label": rule.label if rule else Text(a.change, a.change),
        "enterprise": {"credit_code": asker.credit_code, "name": asker.name}, "prefecture": a.prefecture,
        "models": list(a.models), "new_name": a.new_name,
        "new_holder": {"credit_code": other.credit_code, "name": other.name} if other else None,
        "requested_at": a.requested_at,
    }


def _history(r: Registrar, a: Amendment, entry: Entry) -> dict[str, Any]:
    office = r.presides(Role.DEPARTMENT, Role.AUDITOR, over=a) or a.prefecture in r.actor.prefectures
    return {
        "seq": entry.seq, "at": entry.at, "act": entry.act, "label": lifecycle.label_of("amendment", entry.act, entry.before),
        "role": role_name(Role(entry.role), r.regulation_of(a), a.prefecture), "actor": entry.actor if office else None, "before": entry.before,
        "after": entry.after, "after_label": STATE_LABELS.get(entry.after or ""),
        "facts": {k: entry.facts[k] for k in TOLD if entry.facts.get(k)},
    }
