"""Reading measures: the office all of them, an enterprise its own from the notice on. In effect or not is computed when asked."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_
from sqlmodel import col, select

from registry.actors import role_name
from registry.books import ledger
from registry.books.letters import last_day_of
from registry.books.models import Certificate, Debarment, Enterprise, Entry, Measure
from registry.desks import holds
from registry.desks.debarments import debarment_of
from registry.desks.duties import barred_from
from registry.desks.enquiries.paging import Page, page
from registry.desks.measures import OPEN
from registry.errors import BadInput, Finding, NotFound
from registry.law import lifecycle
from registry.law.duties import RULES
from registry.law.lifecycle import MEASURE_KINDS, STATE_LABELS, Role
from registry.law.regulation import Regulation
from registry.registrar import Registrar
from registry.words import Text

FACTS_FOR_HOLDERS = ("ground", "reason", "effective_on", "last_day")


def show_measure(r: Registrar, number: str) -> dict[str, Any]:
    """One measure as this caller may see it. NotFound for what is none of their business."""
    m = r.fetch(Measure, number)
    law = r.regulation_of(m)
    office = _office(r, m)
    period = law.periods.get("statement")
    return _line(r, m) | {
        "regulation": {"id": law.id, "title": law.title}, "opened_at": m.opened_at, "opened_by": m.opened_by if office else None,
        "suspicion": m.suspicion if office else None, "suspected_ground": law.measure_label(m.suspected_ground, None),
        "evidence": m.evidence if office else None, "evidence_filename": m.evidence_filename if office else None,
        "ground": _ground(r, m, m.intended, m.ground), "notice_reason": m.notice_reason, "silent": m.silent if office else False,
        "notified_at": m.notified_at, "proposed_by": m.proposed_by if office else None,
        "statement": m.statement, "statement_filename": m.statement_filename, "stated_at": m.stated_at,
        "statement_term": {"period": period.period.words(), "article": period.article, "basis": period.basis} if period else None,
        "approved_by": m.approved_by if office else None, "decided_by": m.decided_by if office else None,
        "decision_reason": m.decision_reason if office or m.decided_at else None, "decided_at": m.decided_at,
        "drop_reason": m.drop_reason, "debarment": _debarment(r, m), "lifting": _lifting(r, m, office),
        "possible": [{"act": row.act, "label": row.label} for row in _rows(r, m) if not barred_from(r, m, row.act)],
        "barred": [{"rule": rule, "label": RULES[rule]} for rule in dict.fromkeys(barred_from(r, m, row.act) for row in _rows(r, m)) if rule],
        "held": holds.shown(m) if office else None,
        "mine": m.enterprise_id in r.actor.enterprises,
        "history": [_history(r, m, e, office) for e in ledger.history(r.session, "measure", m.number) if _told(m, e, office)],
    }


def _rows(r: Registrar, m: Measure) -> list[lifecycle.Row]:
    """The acts that the caller's roles could do now; who took an earlier step may be barred from one for all that."""
    return r.possible(m)


def search_measures(
    r: Registrar, *, status: str | None = None, certificate: str | None = None, enterprise: str | None = None,
    cursor: str | None = None, limit: int = 20,
) -> Page:
    """A page of the measures that this caller may see, newest first; `status` may be "open" for all that are not decided."""
    query = select(Measure).where(_scope(r))
    if status == "open":
        query = query.where(col(Measure.status).in_(OPEN))
    elif status in lifecycle.states("measure"):
        query = query.where(Measure.status == status)
    elif status:
        message = Text("没有这种状态。", "There is no such state.")
        raise BadInput(message, findings=[Finding("status", "unknown", message)])
    if certificate:
        held = select(Certificate.id).where(Certificate.number == certificate)
        query = query.where(col(Measure.certificate_id).in_(held))
    if enterprise:
        query = query.where(col(Measure.enterprise_id).in_(select(Enterprise.id).where(Enterprise.credit_code == enterprise)))
    return page(r, query, col(Measure.id), cursor, limit, lambda m: _line(r, m))


def measures_waiting(r: Registrar) -> list[dict[str, Any]]:
    """Measures at which this caller has something to do now, the oldest first."""
    query = select(Measure).where(_scope(r), col(Measure.status).not_in(["decided", "dropped", "lifted"]))
    rows = r.session.exec(query.order_by(col(Measure.id)).limit(100))
    return [_line(r, m) for m in rows if any(r.may(row, m) for row in lifecycle.acts_in("measure", r.state_now(m)) if row.act not in lifecycle.ASIDE)]


def debarments_of(r: Registrar) -> list[dict[str, Any]]:
    """The debarments that hold today for the caller's enterprises: told before anything is filled in."""
    found = []
    for enterprise_id, code in sorted(r.actor.enterprises.items()):
        for family in sorted({law.family for law in r.law.regulations.values()}):
            held = debarment_of(r, enterprise_id, family)
            if held is not None:
                found.append(held | {"credit_code": code, "family": family})
    return found


def read_file(r: Registrar, number: str, which: str) -> dict[str, Any]:
    """The file of the evidence (officers) or of the statement (officers and the holder)."""
    m = r.fetch(Measure, number)
    name, kind, digest = (
        (m.evidence_filename, m.evidence_media_type, m.evidence_sha256) if which == "evidence"
        else (m.statement_filename, m.statement_media_type, m.statement_sha256))
    if digest is None or (which == "evidence" and not _office(r, m)):
        raise NotFound(Text("没有附件。", "There is no file."))
    return {"filename": name, "media_type": kind, "content": r.vault.get(digest)}


def _scope(r: Registrar) -> Any:
    """The rule of `Registrar.sees`, as a condition of a query."""
    own = col(Measure.enterprise_id).in_(list(r.actor.enterprises)) & col(Measure.notified_at).is_not(None)
    return or_(r.within(Measure.regulation_id, Role.DEPARTMENT, Role.AUDITOR, Role.CLOCK), own, col(Measure.prefecture).in_(list(r.actor.prefectures)))


def _office(r: Registrar, m: Measure) -> bool:
    return r.presides(Role.DEPARTMENT, Role.AUDITOR, Role.CLOCK, over=m) or m.prefecture in r.actor.prefectures


def _line(r: Registrar, m: Measure) -> dict[str, Any]:
    house = r.session.get_one(Enterprise, m.enterprise_id)
    certificate = r.session.get(Certificate, m.certificate_id) if m.certificate_id else None
    state = r.state_now(m)
    return {
        "number": m.number, "version": m.version, "status": state, "status_label": STATE_LABELS[state],
        "enterprise": {"credit_code": house.credit_code, "name": house.name}, "product": m.product or None,
        "certificate": certificate.number if certificate else None, "intended": m.intended,
        "intended_label": MEASURE_KINDS[m.intended] if m.intended else None, "effective_on": m.effective_on,
        "in_effect": _in_effect(r, m), "due": _due(m),
    }


def _in_effect(r: Registrar, m: Measure) -> bool:
    """Whether it holds today: decided, its day has come, and no lifting's day has."""
    if m.decided_at is None or m.effective_on is None or m.effective_on > r.today or m.held_order is not None:
        return False
    if m.status == "lifted" and m.lifting_on is not None and m.lifting_on <= r.today:
        return False
    debarment = _debarment(r, m)
    return debarment is None or bool(debarment["ends_on"] >= r.today)


def _due(m: Measure) -> dict[str, Any] | None:
    if m.due_at is None or m.due_act is None:
        return None
    return {"act": m.due_act, "label": lifecycle.label_of("measure", m.due_act), "at": m.due_at, "last_day": last_day_of(m),
            "provisional": m.due_provisional}


def _ground(r: Registrar, m: Measure, act: str | None, key: str | None) -> dict[str, Any] | None:
    if key is None:
        return None
    law = r.regulation_of(m)
    rule = law.measure_ground(act, key) if act else law.sanction(key)
    return {"key": key, "label": rule.label if rule else law.measure_label(key, act), "article": rule.article if rule else None,
            "basis": rule.basis if rule else None}


def _label(law: Regulation, entry: Entry, key: str) -> Text:
    """What the ground is called that an entry names: what lifts a measure is a ground of sanction, whatever it lifts."""
    rule = law.sanction(key) if entry.act == "lift" else None
    return rule.label if rule else law.measure_label(key, entry.facts.get("intended"))


def _debarment(r: Registrar, m: Measure) -> dict[str, Any] | None:
    found = r.session.exec(select(Debarment).where(Debarment.measure_id == m.id)).one_or_none()
    return {"begins_on": found.begins_on, "ends_on": found.ends_on, "lifted_on": found.lifted_on} if found else None


def _lifting(r: Registrar, m: Measure, office: bool) -> dict[str, Any] | None:
    if m.lifting_ground is None or not (office or m.status == "lifted"):
        return None
    return {"ground": _ground(r, m, None, m.lifting_ground), "reason": m.lifting_reason, "effective_on": m.lifting_on,
            "silent": m.lifting_silent, "proposed_by": m.lifting_proposed_by if office else None,
            "lifted_by": m.lifted_by if office else None}


def _told(m: Measure, entry: Entry, office: bool) -> bool:
    """What a holder reads of its life: the notice, its own statement, the decision, the lifting; nothing of how it was reached."""
    return office or entry.act in ("give_notice", "make_statement", "close_statement", "confirm", "drop", "lift")


def _history(r: Registrar, m: Measure, entry: Entry, office: bool) -> dict[str, Any]:
    ground = entry.facts.get("ground")
    facts = {k: v for k, v in entry.facts.items() if k in FACTS_FOR_HOLDERS and k not in ("ground", "reason")}
    return {
        "seq": entry.seq, "at": entry.at, "act": entry.act, "label": lifecycle.label_of("measure", entry.act),
        "role": role_name(Role(entry.role), r.regulation_of(m), m.prefecture), "actor": entry.actor if office else None, "before": entry.before,
        "after": entry.after, "after_label": STATE_LABELS.get(entry.after or ""),
        "ground": _label(r.regulation_of(m), entry, ground) if ground else None, "reason": entry.facts.get("reason"),
        "article": entry.facts.get("article"), "facts": facts,
    }
