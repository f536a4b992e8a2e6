"""Reading certificates: anybody may. What one is worth is computed from dates and facts at the moment of asking."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import false, nulls_last
from sqlmodel import col, func, select

from registry.books import ledger
from registry.books.lives import read_present
from registry.books.models import Announcement, Application, Certificate, CertificateLife, Enterprise, Entry
from registry.clock import OFFICE_ZONE, day_ends_at, day_starts_at
from registry.desks import holds
from registry.desks.enquiries.chains import chain_of, link
from registry.desks.enquiries.law import grade_view
from registry.desks.enquiries.supports import support_of
from registry.desks.reach import region_of
from registry.errors import BadInput, Finding, Refusal
from registry.law import lifecycle
from registry.law.codes import check_fault, normalise_number
from registry.law.lifecycle import STATE_LABELS, Role
from registry.law.regulation import Regulation
from registry.law.standing import Standing, standing_on
from registry.registrar import Registrar
from registry.words import Text

DECIDED = ("revoked", "surrendered")
STANDINGS = ("valid", "suspended", "revoked", "expired", "surrendered", "superseded", "not_yet_valid")
PUBLIC_ACTS = ("issue", "begin", "suspend", "reinstate", "revoke", "restore", "surrender", "renew", "amend", "expire", "supersede")


def standing(r: Registrar, c: Certificate) -> Standing:
    """Its standing today. What a measure ordered counts from its day on, whether or not the night has done it."""
    status, suspended = c.status, c.suspended
    row = lifecycle.find_row("certificate", status, c.ordered_act or "")
    if row is not None and c.ordered_on is not None and c.ordered_on <= r.today:
        stays = {lifecycle.STAY: status, lifecycle.FORMER: lifecycle.former_state(suspended=suspended)}
        status = stays.get(row.target, row.target)
        suspended = lifecycle.restricted_after(row, status, suspended=suspended)
    return standing_on(
        r.today, valid_from=c.valid_from, valid_until=c.valid_until, suspended=suspended,
        outcome=status if status in DECIDED else None, renewed=c.renewed_by is not None,
    )


def show_certificate(r: Registrar, number: str) -> dict[str, Any]:
    """One certificate, for anybody. NotFound says which check character a mistyped number should have."""
    c = _find(r, number)
    law = r.regulation_of(c)
    rule = law.validity_rule()
    enterprise = r.session.get_one(Enterprise, c.enterprise_id)
    announcement = r.session.get_one(Announcement, c.announcement_id)
    now = standing(r, c)
    leaf = r.law.taxonomy_of(law).find_leaf(c.product_class)
    return {
        "number": c.number, "version": c.version,
        "regulation": {"id": law.id, "title": law.title, "certificate_title": law.certificate_title},
        "holder": {"credit_code": enterprise.credit_code, "name": c.holder_name,
                   "prefecture_name": r.law.place_name(enterprise.prefecture)},
        "product": c.product, "scope": list(c.scope), "conditions": list(c.conditions), "edition": c.edition,
        "excluded": law.exclusions(c.scope), "scope_label": law.scope_label, "grade": grade_view(law, c.grade),
        "also_counts_as": _also_counts_as(r, law) if now.in_force else [],
        "product_class": {"key": c.product_class, "label": leaf.label if leaf else Text(c.product_class, c.product_class),
                          "class_label": leaf.class_label if leaf else None},
        "valid_from": c.valid_from, "valid_until": c.valid_until, "in_force_from": day_starts_at(c.valid_from),
        "in_force_until": day_ends_at(c.valid_until) if c.valid_until else None, "zone": OFFICE_ZONE.key,
        "standing": now.word, "standing_label": STATE_LABELS[now.word], "in_force": now.in_force,
        "standing_facts": {"validity": now.validity, "restriction": now.restriction, "outcome": now.outcome},
        "as_of": r.now, "replaced_by": c.renewed_by, "replaces": _replaces(r, c), "issued_at": c.issued_at,
        "announcement": {"document_number": announcement.document_number, "announced_on": announcement.announced_on},
        "basis": {"period": rule.words(), "article": rule.article, "basis": rule.basis},
        "history": [history_line(r, c, e) for e in ledger.history(r.session, "certificate", c.number) if e.act in PUBLIC_ACTS],
        "chain": _chain(r, c),
        "possible": [{"act": row.act, "label": row.label} for row in r.possible(c)],
        "held": holds.shown(c) if r.presides(Role.DEPARTMENT, Role.AUDITOR, over=c) else None,
        "amendable": lifecycle.find_row("certificate", r.state_now(c), "amend") is not None and bool(law.changes),
        "renewal": _renewal(r, c), "mine": c.enterprise_id in r.actor.enterprises,
        "application": _application(r, c),
        "support": support_of(r, r.session.get_one(Application, c.application_id)) if r.actor.signed_in else [],
    }


def is_office(r: Registrar, number: str) -> bool:
    """Whether this caller is an officer of its authority, or of the bureau that is asked about its holder."""
    c = _find(r, number)
    house = r.session.get_one(Enterprise, c.enterprise_id)
    return r.presides(Role.DEPARTMENT, over=c) or region_of(r.law.regulation(c.regulation_id), house) in r.actor.prefectures


def expiring(r: Registrar, credit_codes: list[str]) -> list[dict[str, Any]]:
    """The certificates of these holders with their standing and days left, the soonest to end first."""
    query = select(Certificate, CertificateLife.body).join(CertificateLife, col(CertificateLife.number) == Certificate.number)
    query = query.join(Enterprise).where(col(Enterprise.credit_code).in_(credit_codes))
    rows = r.session.exec(query.order_by(nulls_last(col(Certificate.valid_until)), col(Certificate.id)).limit(500))
    return [line(r.today, body) | {"renewal": _renewal(r, c)} for c, body in rows]


def stands(word: str, today: Any) -> Any:
    """The rule of `standing.standing_on`, as a condition of a query; `today` a date or a parameter for one."""
    if word not in STANDINGS:
        message = Text(f"状态可为：{'、'.join(STANDINGS)}。", f"standing is one of {', '.join(STANDINGS)}.")
        raise BadInput(message, findings=[Finding("standing", "unknown", message)])
    revoked = ((col(Certificate.status) == "revoked") & ~_ordered(today, "restore")) | (
        _ordered(today, "revoke") & (col(Certificate.status) != "surrendered"))
    suspended = (col(Certificate.suspended).is_(True) & ~_ordered(today, "reinstate")) | _ordered(today, "suspend")
    if word in DECIDED:
        return revoked if word == "revoked" else col(Certificate.status) == word
    undecided = ~revoked & (col(Certificate.status) != "surrendered")
    # What has no last day is never over: without the comparison with NULL, which is neither true nor false.
    over, ahead = func.coalesce(col(Certificate.valid_until) < today, false()), col(Certificate.valid_from) > today
    successor = col(Certificate.renewed_by).is_not(None)
    cases = {
        "superseded": over & successor, "expired": over & ~successor, "not_yet_valid": ahead,
        "suspended": ~over & ~ahead & suspended, "valid": ~over & ~ahead & ~suspended,
    }
    return undecided & cases[word]


def _ordered(today: Any, act: str) -> Any:
    """Whether a measure ordered `act` and its day has come."""
    return col(Certificate.ordered_act).is_not(None) & (col(Certificate.ordered_act) == act) & (
        col(Certificate.ordered_on) <= today)


def _find(r: Registrar, number: str) -> Certificate:
    wanted = normalise_number(number)
    fault = check_fault(wanted)
    try:
        return r.fetch(Certificate, wanted)
    except Refusal as refusal:
        if fault is not None:
            refusal.action = fault.message
        raise


def line(today: date, body: str) -> dict[str, Any]:
    """A certificate in a list, from what is kept ready of it."""
    it = read_present(body, today)
    return {
        "number": it.number, "product": it.product, "holder": {"credit_code": it.credit_code, "name": it.holder_name},
        "scope": it.scope, "valid_from": it.valid_from, "valid_until": it.valid_until, "standing": it.standing.word,
        "standing_label": STATE_LABELS[it.standing.word], "regulation": it.regulation, "replaced_by": it.replaced_by,
        "days_left": _days_left(today, it.valid_until, it.standing),
    }


def _days_left(today: date, valid_until: date | None, now: Standing) -> int | None:
    """How many days it is still in its term, today included; None without end."""
    if valid_until is None:
        return None
    return (valid_until - today).days + 1 if now.validity == "in_term" else 0


def _chain(r: Registrar, c: Certificate) -> list[dict[str, Any]]:
    """All certificates of this product as one history, the oldest first; nothing where this is the only one."""
    found = chain_of(r, c)
    if len(found) == 1:
        return []
    shown = [link(r, each, standing(r, each), found[place - 1] if place else None) for place, each in enumerate(found)]
    return [line | {"history": [history_line(r, each, e) for e in ledger.history(r.session, "certificate", each.number)
                                if e.act in PUBLIC_ACTS]} for line, each in zip(shown, found, strict=True)]


def _replaces(r: Registrar, c: Certificate) -> str | None:
    if c.renews_id is None:
        return None
    return r.session.exec(select(Certificate.number).where(Certificate.id == c.renews_id)).first()


def _also_counts_as(r: Registrar, law: Regulation) -> list[dict[str, Any]]:
    """The regulations open today that take a certificate under `law` for one of theirs, each with its words and place."""
    return [{"regulation": {"id": other.id, "title": other.title}, "label": rule.label, "article": rule.article, "basis": rule.basis}
            for other in r.law.open_on(r.today) for rule in other.relations if rule.kind == "implies" and rule.family == law.family]


def _application(r: Registrar, c: Certificate) -> str | None:
    """The application it came from, for those who may see that."""
    if not r.actor.signed_in:
        return None
    application = r.session.get_one(Application, c.application_id)
    return application.number if r.sees(application) else None


def _renewal(r: Registrar, c: Certificate) -> dict[str, Any] | None:
    """The window in which its renewal may be applied for; None where there is nothing to renew."""
    now, window = standing(r, c), r.regulation_of(c).renewal_window(r.law.calendar, c.valid_until)
    if window is None or now.outcome in DECIDED or c.renewed_by is not None:
        return None
    opens, closes = window
    hand = select(Application.number).where(Application.renews == c.number,
                                            col(Application.status).not_in(lifecycle.ENDED_WITHOUT))
    return {"opens_on": opens, "closes_on": closes, "open": opens <= r.today <= closes and now.restriction is None,
            "barred": now.restriction is not None,
            "application": r.session.exec(hand).first() if r.presides(Role.DEPARTMENT, over=c) or c.enterprise_id in
            r.actor.enterprises else None}


def history_line(r: Registrar, c: Certificate, entry: Entry) -> dict[str, Any]:
    """One public line of its life: what, when, on which ground and why; never who."""
    ground = entry.facts.get("ground")
    return {
        "seq": entry.seq, "at": entry.at, "act": entry.act, "label": lifecycle.label_of("certificate", entry.act, entry.before),
        "ground": r.regulation_of(c).measure_label(ground, entry.act) if ground else None, "reason": entry.facts.get("reason"),
        "after": entry.after, "after_label": STATE_LABELS.get(entry.after or ""),
        "successor": entry.facts.get("successor"), "article": entry.facts.get("article"),
        "effective_on": entry.facts.get("effective_on"), "measure": entry.facts.get("measure"),
        "edition": entry.facts.get("edition"),
    }
