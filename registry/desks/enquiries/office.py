"""Reading the office itself: people, enterprises, letters, entries, jobs. Each only for those whose business it is."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_
from sqlmodel import col, select

from registry.actors import ROLE_LABELS
from registry.books import ledger
from registry.books.models import Appointment, Certificate, Enterprise, Entry, JobRun, LedgerHead, Letter, Person
from registry.clock import office_day
from registry.desks.accounts import find_enterprise
from registry.desks.enquiries.paging import Page, contains, page
from registry.desks.reach import enterprises, sees_enterprise
from registry.errors import NotEntitled, NotFound
from registry.law.lifecycle import Role
from registry.registrar import Registrar
from registry.words import Text

HIDDEN = "***"  # an address that is not for this reader

def search_enterprises(r: Registrar, *, q: str | None = None, cursor: str | None = None, limit: int = 20) -> Page:
    """A page of the enterprises that are this caller's business."""
    query = select(Enterprise).where(enterprises(r))
    if q:
        like = contains(q.strip())
        query = query.where(or_(col(Enterprise.name).ilike(like, escape="\\"), col(Enterprise.credit_code).ilike(like, escape="\\")))
    return page(r, query, col(Enterprise.id), cursor, limit, lambda e: _enterprise(r, e))


def show_enterprise(r: Registrar, code: str) -> dict[str, Any]:
    """One enterprise with its members, for those whose business it is."""
    found = find_enterprise(r, code)
    if found is None or not sees_enterprise(r, found):
        raise NotFound(Text(f"没有统一社会信用代码为 {code} 的企业。", f"There is no enterprise with the credit code {code}."))
    query = select(Person, Appointment).join(Appointment, col(Appointment.person_id) == Person.id).where(
        Appointment.enterprise_id == found.id, col(Appointment.ended_at).is_(None)
    )
    certificates = select(Certificate.number).where(Certificate.enterprise_id == found.id)
    return _enterprise(r, found) | {
        "members": [{"login": p.login, "name": p.name, "email": p.email, "began_at": a.began_at} for p, a in r.session.exec(query)],
        "names": _names(r, found), "places": _places(r, found),
        "certificates": list(r.session.exec(certificates.order_by(col(Certificate.id)))), "mine": found.id in r.actor.enterprises,
    }


def search_people(r: Registrar, *, role: str | None = None, q: str | None = None, cursor: str | None = None, limit: int = 20) -> Page:
    """A page of people with their appointments: everybody for administrators and auditors, its experts for a department."""
    query, held = select(Person), select(Appointment.person_id).where(col(Appointment.ended_at).is_(None))
    if not r.actor.has(Role.ADMINISTRATOR, Role.SECURITY, Role.AUDITOR):
        if not r.actor.has(Role.DEPARTMENT):
            raise NotEntitled(Text("人员名单由系统管理员查看。", "The list of people is for administrators."))
        role = Role.EXPERT
        held = held.where(col(Appointment.authority).in_(r.actor.authorities(Role.DEPARTMENT)))
    if role:
        query = query.where(col(Person.id).in_(held.where(Appointment.role == role)))
    if q:
        like = contains(q.strip())
        query = query.where(or_(col(Person.login).ilike(like, escape="\\"), col(Person.name).ilike(like, escape="\\")))
    return page(r, query, col(Person.id), cursor, limit, lambda p: _person(r, p))


def search_letters(r: Registrar, *, cursor: str | None = None, limit: int = 20) -> Page:
    """A page of letters: all for administrators and auditors, one's own for anybody else who is signed in.

    Who has no account is an objector: where such a letter went to, only the auditor reads.
    """
    query = select(Letter)
    if not r.actor.has(Role.ADMINISTRATOR, Role.AUDITOR):
        query = query.where(Letter.person_id == r.actor.person_id, col(Letter.person_id).is_not(None))
    return page(r, query, col(Letter.id), cursor, limit, lambda x: _letter(r, x))


def search_entries(
    r: Registrar, *, subject: str | None = None, cursor: str | None = None, limit: int = 20
) -> Page:
    """A page of the ledger, newest first, for auditors and administrators."""
    if not r.actor.has(Role.AUDITOR, Role.ADMINISTRATOR, Role.SECURITY):
        raise NotEntitled(Text("登记簿流水由审计员查看。", "The ledger's entries are for auditors."))
    query = select(Entry)
    if subject:
        query = query.where(Entry.subject == subject)
    return page(r, query, col(Entry.seq), cursor, limit, lambda e: {
        "seq": e.seq, "at": e.at, "actor": e.actor, "role": e.role, "subject_kind": e.subject_kind, "subject": e.subject,
        "act": e.act, "before": e.before, "after": e.after, "facts": e.facts, "previous": e.previous, "hash": e.hash,
    })


def search_job_runs(r: Registrar, *, cursor: str | None = None, limit: int = 20) -> Page:
    """A page of what the jobs did, for administrators and auditors."""
    if not r.actor.has(Role.ADMINISTRATOR, Role.AUDITOR):
        raise NotEntitled(Text("后台任务由系统管理员查看。", "Jobs are for administrators."))
    return page(r, select(JobRun), col(JobRun.id), cursor, limit, lambda j: {
        "job": j.job, "started_at": j.started_at, "finished_at": j.finished_at, "done": j.done, "failed": j.failed,
        "report": j.report,
    })


def office_state(r: Registrar) -> dict[str, Any]:
    """What this office is and how it stands: for health checks and for the foot of every page."""
    head = r.session.get(LedgerHead, 1)
    last = r.session.exec(select(JobRun).where(col(JobRun.finished_at).is_not(None)).order_by(col(JobRun.id).desc())).first()
    return {
        "now": r.now, "today": r.today, "training": r.settings.training, "ledger_size": head.size if head else 0,
        "ledger_hash": head.hash if head else None,
        "last_job": {"job": last.job, "finished_at": last.finished_at, "failed": last.failed} if last else None,
        "regulations": len(r.law.regulations),
    }


def _letter(r: Registrar, x: Letter) -> dict[str, Any]:
    hidden = x.person_id is None and not r.actor.has(Role.AUDITOR)
    return {
        "address": HIDDEN if hidden else x.address, "subject": x.subject, "body": x.body, "queued_at": x.queued_at, "sent_at": x.sent_at,
        "attempts": x.attempts, "failed_at": x.failed_at, "entry": x.entry_seq,
        "fault": x.fault.replace(x.address, HIDDEN) if x.fault and hidden else x.fault,
    }


def _enterprise(r: Registrar, e: Enterprise) -> dict[str, Any]:
    return {"credit_code": e.credit_code, "name": e.name, "prefecture": e.prefecture, "registered_at": e.registered_at,
            "prefecture_name": r.law.place_name(e.prefecture),
            "code_override_reason": e.code_override_reason if r.actor.has(Role.DEPARTMENT, Role.BUREAU, Role.AUDITOR) else None}


def _names(r: Registrar, e: Enterprise) -> list[dict[str, Any]]:
    """What it was called from which day on, as its entries tell, the oldest first."""
    return [{"name": entry.facts["name"], "since": office_day(entry.at), "amendment": entry.facts.get("amendment")}
            for entry in ledger.history(r.session, "enterprise", e.credit_code) if entry.act in ("register", "rename")]


def _places(r: Registrar, e: Enterprise) -> list[dict[str, Any]]:
    """Where it was entered from which day on, as its entries tell, and why that was put right; the oldest first."""
    return [{"name": r.law.place_name(entry.facts["prefecture"]), "since": office_day(entry.at), "reason": entry.facts.get("reason")}
            for entry in ledger.history(r.session, "enterprise", e.credit_code) if entry.act in ("register", "correct_place")]


def _person(r: Registrar, p: Person) -> dict[str, Any]:
    query = select(Appointment, Enterprise).outerjoin(Enterprise).where(
        Appointment.person_id == p.id, col(Appointment.ended_at).is_(None))
    if not r.actor.has(Role.ADMINISTRATOR, Role.SECURITY, Role.AUDITOR):
        query = query.where(col(Appointment.authority).in_(r.actor.authorities(Role.DEPARTMENT)))
    return {
        "login": p.login, "name": p.name, "email": p.email, "created_at": p.created_at, "employer_code": p.employer_code,
        "appointments": [{"role": a.role, "role_label": ROLE_LABELS[Role(a.role)], "prefecture": a.prefecture,
                          "enterprise": e.credit_code if e else None, "authority": a.authority} for a, e in r.session.exec(query)],
    }
