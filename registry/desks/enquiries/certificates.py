"""Reading certificates: anybody may. What one is worth is computed from dates and facts at the moment of asking."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_
from sqlmodel import col, select

from registry.books import ledger
from registry.books.models import Announcement, Application, Certificate, Enterprise, Entry
from registry.clock import OFFICE_ZONE, day_ends_at, day_starts_at
from registry.desks import holds
from registry.desks.enquiries.paging import Page, contains, page
from registry.errors import BadInput, Finding, Refusal
from registry.law import lifecycle
from registry.law.codes import check_fault, normalise_number
from registry.law.lifecycle import STATE_LABELS, Role, Standing
from registry.registrar import Registrar
from registry.words import Text

DECIDED = ("revoked", "surrendered")
STANDINGS = ("valid", "suspended", "revoked", "expired", "surrendered", "superseded", "not_yet_valid")
PUBLIC_ACTS = ("issue", "suspend", "reinstate", "revoke", "restore", "surrender", "renew", "amend", "expire", "supersede")


def standing(r: Registrar, c: Certificate) -> Standing:
    """Its standing today. What a measure ordered counts from its day on, whether or not the night has done it."""
    status, suspended = c.status, c.suspended
    row = lifecycle.find_row("certificate", status, c.ordered_act or "")
    if row is not None and c.ordered_on is not None and c.ordered_on <= r.today:
        status = lifecycle.former_state(suspended=suspended) if row.target == lifecycle.FORMER else row.target
        suspended = lifecycle.restricted_after(status, suspended=suspended)
    return lifecycle.standing_on(
        r.today, valid_from=c.valid_from, valid_until=c.valid_until, suspended=suspended,
        outcome=status if status in DECIDED else None, renewed=c.renewed_by is not None,
    )


def show_certificate(r: Registrar, number: str) -> dict[str, Any]:
    """One certificate, for anybody. NotFound says which check character a mistyped number should have."""
    c = _find(r, number)
    law = r.regulation_of(c)
    enterprise = r.session.get_one(Enterprise, c.enterprise_id)
    announcement = r.session.get_one(Announcement, c.announcement_id)
    now = standing(r, c)
    leaf = r.law.taxonomy_of(law).find_leaf(c.product_class)
    prefecture = r.law.prefectures().get(enterprise.prefecture)
    return {
        "number": c.number, "version": c.version,
        "regulation": {"id": law.id, "title": law.title, "certificate_title": law.certificate_title},
        "holder": {"credit_code": enterprise.credit_code, "name": c.holder_name,
                   "prefecture_name": prefecture.name if prefecture else Text("", "")},
        "product": c.product, "scope": list(c.scope), "conditions": list(c.conditions), "edition": c.edition,
        "product_class": {"key": c.product_class, "label": leaf.label if leaf else Text(c.product_class, c.product_class),
                          "class_label": leaf.class_label if leaf else None},
        "valid_from": c.valid_from, "valid_until": c.valid_until, "in_force_from": day_starts_at(c.valid_from),
        "in_force_until": day_ends_at(c.valid_until), "zone": OFFICE_ZONE.key,
        "standing": now.word, "standing_label": STATE_LABELS[now.word], "in_force": now.in_force,
        "standing_facts": {"validity": now.validity, "restriction": now.restriction, "outcome": now.outcome},
        "as_of": r.now, "replaced_by": c.renewed_by, "replaces": _replaces(r, c), "issued_at": c.issued_at,
        "announcement": {"document_number": announcement.document_number, "announced_on": announcement.announced_on},
        "basis": {"period": law.validity.period.words(), "article": law.validity.article, "basis": law.validity.basis},
        "history": [_history(r, c, e) for e in ledger.history(r.session, "certificate", c.number) if e.act in PUBLIC_ACTS],
        "possible": [{"act": row.act, "label": row.label} for row in lifecycle.acts_in("certificate", r.state_now(c))
                     if row.act not in ("renew", "amend", holds.idle_act(c)) and r.may(row, c)],
        "held": holds.shown(c) if r.actor.has(Role.DEPARTMENT, Role.AUDITOR) else None,
        "amendable": lifecycle.find_row("certificate", r.state_now(c), "amend") is not None and bool(law.changes),
        "renewal": _renewal(r, c), "mine": c.enterprise_id in r.actor.enterprises,
        "application": _application(r, c),
    }


def search_certificates(
    r: Registrar,
    *,
    standing: str | None = None,
    regulation: str | None = None,
    holder: str | None = None,
    q: str | None = None,
    cursor: str | None = None,
    limit: int = 20,
) -> Page:
    """A page of certificates, newest first; `holder` is a credit code or part of a name, `q` any of number, product, model."""
    query = select(Certificate, Enterprise).join(Enterprise)
    if standing:
        query = query.where(_stands(r, standing))
    if regulation:
        query = query.where(Certificate.regulation_id == regulation)
    if holder:
        query = query.where(or_(_like(Certificate.holder_name, holder), _like(Enterprise.credit_code, holder.strip().upper())))
    if q:
        query = query.where(or_(
            _like(Certificate.number, normalise_number(q)), _like(Certificate.product, q), _like(Certificate.holder_name, q),
            _like(Enterprise.credit_code, q), _like(Certificate.scope_text, q),
        ))
    return page(r, query, col(Certificate.id), cursor, limit, lambda row: _line(r, *row))


def expiring(r: Registrar, credit_codes: list[str]) -> list[dict[str, Any]]:
    """The certificates of these holders with their standing and days left, the soonest to end first."""
    query = select(Certificate, Enterprise).join(Enterprise).where(col(Enterprise.credit_code).in_(credit_codes))
    rows = r.session.exec(query.order_by(col(Certificate.valid_until), col(Certificate.id)).limit(500))
    return [_line(r, c, e) | {"renewal": _renewal(r, c)} for c, e in rows]


def _like(column: Any, text: str) -> Any:
    return col(column).ilike(contains(text.strip()), escape="\\")


def _stands(r: Registrar, word: str) -> Any:
    """The rule of `lifecycle.standing_on`, as a condition of a query."""
    if word not in STANDINGS:
        message = Text(f"状态可为：{'、'.join(STANDINGS)}。", f"standing is one of {', '.join(STANDINGS)}.")
        raise BadInput(message, findings=[Finding("standing", "unknown", message)])
    revoked = ((col(Certificate.status) == "revoked") & ~_ordered(r, "restore")) | (
        _ordered(r, "revoke") & (col(Certificate.status) != "surrendered"))
    suspended = (col(Certificate.suspended).is_(True) & ~_ordered(r, "reinstate")) | _ordered(r, "suspend")
    if word in DECIDED:
        return revoked if word == "revoked" else col(Certificate.status) == word
    undecided = ~revoked & (col(Certificate.status) != "surrendered")
    over, ahead = col(Certificate.valid_until) < r.today, col(Certificate.valid_from) > r.today
    successor = col(Certificate.renewed_by).is_not(None)
    cases = {
        "superseded": over & successor, "expired": over & ~successor, "not_yet_valid": ahead,
        "suspended": ~over & ~ahead & suspended, "valid": ~over & ~ahead & ~suspended,
    }
    return undecided & cases[word]


def _ordered(r: Registrar, act: str) -> Any:
    """Whether a measure ordered `act` and its day has come."""
    return col(Certificate.ordered_act).is_not(None) & (col(Certificate.ordered_act) == act) & (
        col(Certificate.ordered_on) <= r.today)


def _find(r: Registrar, number: str) -> Certificate:
    wanted = normalise_number(number)
    fault = check_fault(wanted)
    try:
        return r.fetch(Certificate, wanted)
    except Refusal as refusal:
        if fault is not None:
            refusal.action = fault.message
        raise


def _line(r: Registrar, c: Certificate, e: Enterprise) -> dict[str, Any]:
    now = standing(r, c)
    return {
        "number": c.number, "product": c.product, "holder": {"credit_code": e.credit_code, "name": c.holder_name},
        "scope": list(c.scope), "valid_from": c.valid_from, "valid_until": c.valid_until, "standing": now.word,
        "standing_label": STATE_LABELS[now.word], "regulation": c.regulation_id, "replaced_by": c.renewed_by,
        "days_left": (c.valid_until - r.today).days + 1 if now.validity == "in_term" else 0,
    }


def _replaces(r: Registrar, c: Certificate) -> str | None:
    if c.renews_id is None:
        return None
    return r.session.exec(select(Certificate.number).where(Certificate.id == c.renews_id)).first()


def _application(r: Registrar, c: Certificate) -> str | None:
    """The application it came from, for those who may see that."""
    if not r.actor.signed_in:
        return None
    application = r.session.get_one(Application, c.application_id)
    return application.number if r.sees(application) else None


def _renewal(r: Registrar, c: Certificate) -> dict[str, Any] | None:
    """The window in which its renewal may be applied for; None where there is nothing to renew."""
    if c.status in DECIDED or c.renewed_by is not None:
        return None
    opens, closes = r.regulation_of(c).renewal_window(r.law.calendar, c.valid_until)
    hand = select(Application.number).where(Application.renews == c.number,
                                            col(Application.status).not_in(lifecycle.ENDED_WITHOUT))
    return {"opens_on": opens, "closes_on": closes, "open": opens <= r.today <= closes and not c.suspended,
            "application": r.session.exec(hand).first() if r.actor.has(Role.DEPARTMENT) or c.enterprise_id in
            r.actor.enterprises else None}


def _history(r: Registrar, c: Certificate, entry: Entry) -> dict[str, Any]:
    """One public line of its life: what, when, on which ground and why; never who."""
    ground = entry.facts.get("ground")
    return {
        "seq": entry.seq, "at": entry.at, "act": entry.act, "label": lifecycle.label_of("certificate", entry.act),
        "ground": r.regulation_of(c).measure_label(ground) if ground else None, "reason": entry.facts.get("reason"),
        "after": entry.after, "after_label": STATE_LABELS.get(entry.after or ""),
        "successor": entry.facts.get("successor"), "article": entry.facts.get("article"),
        "effective_on": entry.facts.get("effective_on"), "measure": entry.facts.get("measure"),
        "edition": entry.facts.get("edition"),
    }
