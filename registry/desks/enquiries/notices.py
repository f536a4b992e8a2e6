"""Reading notices, objections and announcements. Notices and announcements are public; objections are the officers'."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import func
from sqlmodel import col, select

from registry.books.models import (
    Announcement,
    Application,
    Certificate,
    CertificateVersion,
    Enterprise,
    Notice,
    NoticeItem,
    Objection,
)
from registry.clock import office_day
from registry.desks.enquiries.law import grade_view
from registry.desks.enquiries.paging import Page, page
from registry.desks.notices import PERIOD
from registry.errors import NotFound
from registry.law.deadlines import count_days, in_words, last_day
from registry.law.lifecycle import STATE_LABELS, STATE_TERM, Role
from registry.registrar import Registrar
from registry.words import Text

# What the public is told of an item's state while it is in a notice: no more than the notice's own course.
TERM = STATE_TERM["objected"]
PUBLIC_STATES = ("public_notice", "objected", "announcement", "certified", "refused", "withdrawn")


WITHDRAWN = Text("本公示已撤回", "Notice withdrawn")


def show_notice(r: Registrar, number: str) -> dict[str, Any]:
    """One notice with its frozen list, its hash and its last moment."""
    notice = r.session.exec(select(Notice).where(Notice.number == number)).one_or_none()
    if notice is None:
        raise NotFound(Text(f"没有编号为 {number} 的公示。", f"There is no notice {number}."))
    law = r.law.regulation(notice.regulation_id)
    rule = law.periods.get(PERIOD)
    published = orjson.loads(notice.content)
    frozen = {item["application"]: item for item in published["items"]}
    query = (
        select(NoticeItem, Application).join(Application).where(NoticeItem.notice_id == notice.id)
        .order_by(col(NoticeItem.ordinal))
    )
    return _line(r, notice) | {
        "content": notice.content,
        "basis": {"period": rule.period.words(), "article": rule.article, "basis": rule.basis,
                  "count_start_day": rule.period.count_start_day} if rule else None,
        "replaces": published.get("replaces", []), "objections": _public_objections(r, notice),
        "items": [_item(r, law, frozen[a.number], a, notice) for _, a in r.session.exec(query)],
    }


def search_notices(r: Registrar, *, open: bool | None = None, cursor: str | None = None, limit: int = 20) -> Page:
    """A page of notices, newest first; with `open`, only those whose period runs, or only those whose period is over."""
    query = select(Notice)
    if open is not None:
        runs = (col(Notice.ends_at) > r.now) & col(Notice.withdrawn_at).is_(None)
        query = query.where(runs if open else ~runs)
    return page(r, query, col(Notice.id), cursor, limit, lambda n: _line(r, n))


def search_announcements(r: Registrar, *, cursor: str | None = None, limit: int = 20) -> Page:
    """A page of announcements with the certificates that each issued."""
    return page(r, select(Announcement), col(Announcement.id), cursor, limit, lambda a: _announcement(r, a))


def show_objection(r: Registrar, number: str) -> dict[str, Any]:
    """One objection, whole, for the department and auditors only."""
    found = r.session.exec(select(Objection).where(Objection.number == number)).one_or_none()
    if found is None or not r.presides(Role.DEPARTMENT, Role.AUDITOR, over=r.session.get_one(Notice, found.notice_id)):
        raise NotFound(Text(f"没有编号为 {number} 的异议。", f"There is no objection {number}."))
    return _objection(r, found)


def search_objections(r: Registrar, *, open: bool | None = True, cursor: str | None = None, limit: int = 20) -> Page:
    """A page of objections for the department and auditors; nothing for anybody else."""
    query = select(Objection).join(Notice).where(r.within(Notice.regulation_id, Role.DEPARTMENT, Role.AUDITOR))
    if open is not None:
        query = query.where(col(Objection.outcome).is_(None) if open else col(Objection.outcome).is_not(None))
    return page(r, query, col(Objection.id), cursor, limit, lambda o: _objection(r, o))


def read_evidence(r: Registrar, number: str) -> dict[str, Any]:
    """The file that came with an objection, for the department and auditors."""
    show_objection(r, number)
    found = r.session.exec(select(Objection).where(Objection.number == number)).one()
    if found.evidence_sha256 is None:
        raise NotFound(Text("该异议没有附件。", "This objection came without a file."))
    return {"filename": found.evidence_filename, "media_type": found.evidence_media_type,
            "content": r.vault.get(found.evidence_sha256)}


def _line(r: Registrar, n: Notice) -> dict[str, Any]:
    law = r.law.regulation(n.regulation_id)
    count = r.session.exec(select(func.count()).where(NoticeItem.notice_id == n.id)).one()
    return {
        "number": n.number, "regulation": {"id": law.id, "title": law.title}, "published_at": n.published_at,
        "first_day": n.first_on, "last_day": n.last_on, "last_moment": n.ends_at, "provisional": n.provisional,
        "closed": n.ends_at <= r.now or n.withdrawn_at is not None, "digest": n.digest, "count": count,
        "withdrawn": {"at": n.withdrawn_at, "reason": n.withdrawal_reason, "replaced_by": n.replaced_by} if n.withdrawn_at else None,
    }


def _public_objections(r: Registrar, notice: Notice) -> list[dict[str, Any]]:
    """The public copies of the objections to a notice: who took out what, by role to anyone, by login to an auditor."""
    law = r.law.regulation(notice.regulation_id)
    query = select(Objection, Application.number).join(Application).where(
        Objection.notice_id == notice.id, col(Objection.redacted).is_not(None)).order_by(col(Objection.id))
    named = r.actor.has(Role.AUDITOR)
    return [
        {"number": o.number, "application": number, "objector": o.objector, "ground": law.label_in(law.objection_grounds, o.ground), "text": o.redacted,
         "outcome": o.outcome, "redacted_at": o.redacted_at, "redacted_by_role": law.authority.name,
         "redacted_by": o.redacted_by if named else None}
        for o, number in r.session.exec(query)
    ]


def _item(r: Registrar, law: Any, frozen: dict[str, Any], a: Application, notice: Notice) -> dict[str, Any]:
    leaf = r.law.taxonomy_of(law).find_leaf(frozen["class"] or "")
    officer = r.presides(Role.DEPARTMENT, Role.AUDITOR, over=a)
    open_objections = select(func.count()).where(Objection.application_id == a.id, col(Objection.outcome).is_(None))
    return frozen | {
        "prefecture_name": r.law.place_name(frozen["prefecture"]), "class_label": leaf.label if leaf else None,
        "grade": grade_view(law, frozen.get("grade")),
        "state_label": WITHDRAWN if notice.withdrawn_at else STATE_LABELS[a.status if a.status in PUBLIC_STATES else "public_notice"],
        "open_objections": r.session.exec(open_objections).one() if officer else None,
    }


def show_announcement(r: Registrar, document_number: str) -> dict[str, Any]:
    """One announcement with what it certified."""
    found = r.session.exec(select(Announcement).where(Announcement.document_number == document_number)).one_or_none()
    if found is None:
        raise NotFound(Text(f"没有文号为 {document_number} 的公布。", f"There is no announcement {document_number}."))
    return _announcement(r, found)


def _announcement(r: Registrar, a: Announcement) -> dict[str, Any]:
    law = r.law.regulation(a.regulation_id)
    # As they were announced: a holder that was renamed or changed later is not in the announcement.
    query = select(Certificate, CertificateVersion, func.coalesce(Application.prefecture, Enterprise.prefecture)).join(
        CertificateVersion, col(CertificateVersion.certificate_id) == Certificate.id).join(
        Application, col(Application.id) == Certificate.application_id).join(
        Enterprise, col(Enterprise.id) == Application.enterprise_id,
    ).where(Certificate.announcement_id == a.id, CertificateVersion.edition == 1).order_by(col(Certificate.number))
    return {
        "document_number": a.document_number, "announced_on": a.announced_on,
        "regulation": {"id": law.id, "title": law.title},
        "certificates": [{"number": c.number, "product": c.product, "holder": first.holder_name, "models": list(first.scope),
                          "place": r.law.place_name(place), "valid_from": c.valid_from, "valid_until": c.valid_until}
                         for c, first, place in r.session.exec(query)],
    }


def _objection(r: Registrar, o: Objection) -> dict[str, Any]:
    notice = r.session.get_one(Notice, o.notice_id)
    application = r.session.get_one(Application, o.application_id)
    law = r.law.regulation(notice.regulation_id)
    return {
        "number": o.number, "notice": notice.number, "application": application.number, "product": application.product,
        "version": application.version, "objector": o.objector, "name": o.name, "contact": o.contact,
        "ground": law.label_in(law.objection_grounds, o.ground), "reason": o.reason, "evidence": o.evidence,
        "evidence_filename": o.evidence_filename, "filed_at": o.filed_at, "outcome": o.outcome,
        "outcome_reason": o.outcome_reason, "decided_at": o.decided_at, "term": _term(r, o, application),
        "redacted": o.redacted, "redacted_at": o.redacted_at, "redacted_by": o.redacted_by,
    }


def _term(r: Registrar, o: Objection, application: Application) -> dict[str, Any] | None:
    """The objection's own time, from the day it was filed: what is left of it, in its own unit; None once it is decided."""
    rule = r.regulation_of(application).periods.get(TERM)
    if rule is None or o.outcome is not None:
        return None
    ends = last_day(r.law.calendar, office_day(o.filed_at), rule.period)
    left = count_days(r.law.calendar, r.today, ends.last_day, rule.period.unit)
    return {
        "period_words": rule.period.words(), "last_day": ends.last_day, "provisional": ends.provisional,
        "left": left, "left_words": in_words(left, rule.period.unit), "overdue": ends.last_day < r.today,
        "article": rule.article, "basis": rule.basis,
    }
