"""The counter for watching: what a person wants to be told of, and what has happened to it. It sends nothing.

What changed stands in the ledger: a watch keeps no copy, so nothing can be lost, doubled or out of order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlmodel import col, or_, select

from registry.books.models import Certificate, CertificateVersion, Enterprise, LedgerHead, Watch
from registry.desks import visits
from registry.desks.calendars import BACK
from registry.desks.enquiries import newest_changes, search_changes
from registry.errors import AlreadyDone, BadInput, Finding, NotFound, NotSignedIn, NotYet
from registry.law.codes import normalise_credit_code, normalise_number
from registry.registrar import Registrar
from registry.words import Text

KINDS = {"certificate": Text("证书", "Certificate"), "holder": Text("持有企业", "Holder"), "product_class": Text("产品类别", "Class")}
MOST = 2000
FEED = "watches"  # the scope of a feed's address that shows them
EXPIRY = Text("所关注证书的最后有效日", "Last day of a certificate watched")
TITLE = Text("我的关注", "What I watch")


def watch(r: Registrar, *, kind: str, value: str) -> dict[str, Any]:
    """Be told of what changes from now on. BadInput for what the register does not know; AlreadyDone; NotYet beyond MOST."""
    person = person_of(r)
    if kind not in KINDS:
        raise _unknown("kind", Text("请选择证书、企业或类别。", "Choose certificate, holder or class."))
    value = _normal(kind, value)
    if _label(r, kind, value) is None:
        raise _unknown("value", Text("登记簿中没有这一项。", "The register does not know this."))
    mine = r.session.exec(_open(person)).all()
    if any((w.kind, w.value) == (kind, value) for w in mine):
        raise AlreadyDone(Text("您已在关注。", "You watch it already."))
    if len(mine) >= MOST:
        raise NotYet(Text(f"最多关注 {MOST} 项。", f"At most {MOST} can be watched."), action=Text("请先停止一些关注。", "Stop some first."))
    row = Watch(person_id=person, kind=kind, value=value, after=ledger_size(r), began_at=r.now)
    r.session.add(row)
    r.session.flush()
    return _shown(r, row)


def stop_watching(r: Registrar, watch: int) -> None:
    """End one of one's own watches."""
    row = r.session.exec(_open(person_of(r)).where(Watch.id == watch)).first()
    if row is None:
        raise NotFound(Text("没有这项关注。", "There is no such watch."))
    row.ended_at = r.now


def list_watches(r: Registrar) -> list[dict[str, Any]]:
    """One's own, the newest first."""
    return [_shown(r, w) for w in r.session.exec(_open(person_of(r)).order_by(col(Watch.id).desc()))]


def follow(r: Registrar, *, after: int = 0, limit: int = 100) -> dict[str, Any]:
    """What happened to what one watches, in the order of the ledger: as `search_changes` answers."""
    return search_changes(r, after=after, limit=limit, watched_by=person_of(r))


def newest(r: Registrar) -> list[dict[str, Any]]:
    """The last of what happened to what one watches, the newest first."""
    return newest_changes(r, watched_by=person_of(r))


def find_watched(r: Registrar, number: str) -> int | None:
    """The caller's own watch of a certificate, if there is one."""
    if r.actor.person_id is None:
        return None
    found = r.session.exec(_open(r.actor.person_id).where(Watch.kind == "certificate", Watch.value == number)).first()
    return found.id if found else None


# ---------------------------------------------------------------------------------------------------------------- feeds


@dataclass(frozen=True)
class Feed:
    """What a feed's address shows: the newest changes, and the last days of what is watched."""

    changes: list[dict[str, Any]]
    days: list[dict[str, Any]]


def open_feed(r: Registrar) -> str:
    """The secret of an address at which one's watches are read by programs that cannot sign in."""
    return visits.open_feed(r, FEED)


def name_of(secret: str) -> str:
    """What a feed is called where its secret may not stand."""
    return visits.sha256_of(secret)[:16]


def read_feed(r: Registrar, secret: str) -> Feed:
    """What the address shows now. NotFound once it was ended."""
    found = visits.feed_owner(r, secret)
    if found is None or found[1] != FEED or found[0].person_id is None:
        raise NotFound(Text("没有这个订阅地址，或已停用。", "There is no such feed, or it has been ended."))
    return Feed(newest_changes(r, watched_by=found[0].person_id), _days(r, found[0].person_id))


def _days(r: Registrar, person: int) -> list[dict[str, Any]]:
    watched = {kind: select(Watch.value).where(Watch.person_id == person, Watch.kind == kind, col(Watch.ended_at).is_(None)) for kind in KINDS}
    rows = r.session.exec(select(Certificate).join(Enterprise, col(Enterprise.id) == Certificate.enterprise_id).where(
        or_(col(Certificate.number).in_(watched["certificate"]), col(Enterprise.credit_code).in_(watched["holder"]),
            col(Certificate.product_class).in_(watched["product_class"])),
        col(Certificate.status).in_(("valid", "suspended")), col(Certificate.valid_until) >= r.today - BACK,
    ).order_by(col(Certificate.valid_until), col(Certificate.number)))
    return [{"kind": "certificate_ends", "number": c.number, "label": EXPIRY, "product": c.product, "enterprise": c.holder_name,
             "day": c.valid_until, "subject_kind": "certificate", "provisional": False} for c in rows]


# --------------------------------------------------------------------------------------------------------------- shared


def person_of(r: Registrar) -> int:
    """The caller's id; NotSignedIn without one."""
    if r.actor.person_id is None:
        raise NotSignedIn(Text("请先登录。", "Sign in first."))
    return r.actor.person_id


def ledger_size(r: Registrar) -> int:
    head = r.session.get(LedgerHead, 1)
    return head.size if head else 0


def _open(person: int) -> Any:
    return select(Watch).where(Watch.person_id == person, col(Watch.ended_at).is_(None))


def _normal(kind: str, value: str) -> str:
    if kind == "certificate":
        return normalise_number(value)
    return normalise_credit_code(value) if kind == "holder" else value.strip()


def _label(r: Registrar, kind: str, value: str) -> Text | None:
    """What a thing is called; None for what the register does not know."""
    if kind == "certificate":
        name = r.session.exec(select(Certificate.product).where(Certificate.number == value)).first()
    elif kind == "holder":
        name = r.session.exec(select(Enterprise.name).join(Certificate).where(Enterprise.credit_code == value)).first()
        name = name or r.session.exec(select(CertificateVersion.holder_name).where(CertificateVersion.credit_code == value)).first()
    else:
        leaf = next((leaf for law in r.law.regulations.values() if (leaf := r.law.taxonomy_of(law).find_leaf(value))), None)
        return leaf.label if leaf else None
    return Text(name, name) if name else None


def _shown(r: Registrar, w: Watch) -> dict[str, Any]:
    return {"id": w.id, "kind": w.kind, "kind_label": KINDS[w.kind], "value": w.value,
            "label": _label(r, w.kind, w.value) or Text(w.value, w.value), "began_at": w.began_at, "after": w.after}


def _unknown(field: str, words: Text) -> BadInput:
    return BadInput(words, findings=[Finding(field, "unknown", words)])
