"""The counter for watching: what a person wants to be told of, and what has happened to it. It sends nothing.

What changed stands in the ledger: a watch keeps no copy, so nothing can be lost, doubled or out of order.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import insert
from sqlmodel import col, func, or_, select

from registry.books.models import Certificate, CertificateVersion, Enterprise, LedgerHead, Watch, WatchItem
from registry.desks import visits
from registry.desks.bills.answers import all_lines
from registry.desks.bills.files import MOST_LINES
from registry.desks.bills.keep import Bill, check_done
from registry.desks.calendars import BACK
from registry.desks.enquiries import newest_changes, search_changes
from registry.desks.enquiries.changes import LIST, watched
from registry.errors import AlreadyDone, BadInput, Finding, NotFound, NotSignedIn, NotYet
from registry.law.codes import normalise_credit_code, normalise_number
from registry.registrar import Registrar
from registry.words import Text

KINDS = {"certificate": Text("证书", "Certificate"), "holder": Text("持有企业", "Holder"), "product_class": Text("产品类别", "Class")}
KIND_LABELS = KINDS | {LIST: Text("清单", "List")}
MOST, MOST_LISTS, MOST_LISTED = 2000, 20, MOST_LINES
MOST_NAMED = 20  # of what is not known
AT_ONCE = 1000  # values looked up in one question
FEED = "watches"  # the scope of a feed's address that shows them
EXPIRY = Text("所关注证书的最后有效日", "Last day of a certificate watched")
UNNAMED = Text("物料清单", "Bill of materials")
TITLE = Text("我的关注", "What I watch")


def watch(r: Registrar, *, kind: str, value: str) -> dict[str, Any]:
    """Be told of what changes from now on. BadInput for what the register does not know; AlreadyDone; NotYet beyond MOST."""
    if kind not in KINDS:
        raise _unknown("kind", Text("请选择证书、企业或类别。", "Choose certificate, holder or class."))
    value = _normal(kind, value)
    if _label(r, kind, value) is None:
        raise _unknown("value", Text("登记簿中没有这一项。", "The register does not know this."))
    return _shown(r, _begin(r, MOST, kind=kind, value=value))


def watch_list(r: Registrar, *, name: str, certificates: Iterable[str], holders: Iterable[str] = ()) -> dict[str, Any]:
    """Watch many certificates and holders as one. BadInput names what the register does not know; NotYet beyond MOST_LISTS."""
    items = sorted({("certificate", normalise_number(n)) for n in certificates} | {("holder", normalise_credit_code(c)) for c in holders})
    if not 0 < len(items) <= MOST_LISTED:
        message = Text(f"清单应含 1 至 {MOST_LISTED:,} 项。", f"A list holds from 1 to {MOST_LISTED:,}.")
        raise BadInput(message, findings=[Finding("certificates", "range", message)])
    _check_known(r, items)
    digest = hashlib.sha256("\n".join(f"{kind} {value}" for kind, value in items).encode()).hexdigest()
    row = _begin(r, MOST_LISTS, kind=LIST, value=digest, name=name)
    r.session.execute(insert(WatchItem), [{"watch_id": row.id, "kind": kind, "value": value} for kind, value in items])
    return _shown(r, row)


def watch_bill(r: Registrar, bill: Bill) -> dict[str, Any]:
    """Watch what answered the lines of a bill: their certificates, and the holders of lines that no certificate covers.

    The bill itself is not kept. NotFound until it is answered; BadInput where no line was answered by anything.
    """
    certificates, holders = set(), set()
    for line in all_lines(check_done(bill).folder):
        if line["certificate"] and line["outcome"] != "not_found":
            certificates.add(line["certificate"])
        elif line["holder"]:
            holders.add(line["holder"]["credit_code"])
    if not certificates and not holders:
        raise BadInput(Text("没有一行对应登记簿中的证书，无可关注。", "No line is answered by a certificate: there is nothing to watch."))
    return watch_list(r, name=bill.about["filename"] or "", certificates=certificates, holders=holders)


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
    rows = r.session.exec(select(Certificate).join(Enterprise, col(Enterprise.id) == Certificate.enterprise_id).where(
        or_(col(Certificate.number).in_(watched(person, "certificate")), col(Enterprise.credit_code).in_(watched(person, "holder")),
            col(Certificate.product_class).in_(watched(person, "product_class"))),
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


def _begin(r: Registrar, most: int, **what: Any) -> Watch:
    """The row of a new watch. AlreadyDone; NotYet beyond `most` of its like."""
    person = person_of(r)
    mine = r.session.exec(_open(person).where((Watch.kind == LIST) == (what["kind"] == LIST))).all()
    if any((w.kind, w.value) == (what["kind"], what["value"]) for w in mine):
        raise AlreadyDone(Text("您已在关注。", "You watch it already."))
    if len(mine) >= most:
        raise NotYet(Text(f"最多关注 {most} 项。", f"At most {most} can be watched."), action=Text("请先停止一些关注。", "Stop some first."))
    row = Watch(person_id=person, after=ledger_size(r), began_at=r.now, **what)
    r.session.add(row)
    r.session.flush()
    return row


def _check_known(r: Registrar, items: list[tuple[str, str]]) -> None:
    columns: dict[str, Any] = {"certificate": Certificate.number, "holder": CertificateVersion.credit_code}
    unknown = [(kind, value) for kind, column in columns.items() for value in _unknown_in(r, column, (v for k, v in items if k == kind))]
    if unknown:
        each, whole = Text("登记簿中没有 {value}。", "The register does not know {value}."), Text(
            "清单中有 {n} 项登记簿没有。", "The register does not know {n} of the list.")
        raise BadInput(whole.with_(n=len(unknown)), findings=[
            Finding(f"{kind}s", "unknown", each.with_(value=value)) for kind, value in unknown[:MOST_NAMED]])


def _unknown_in(r: Registrar, column: Any, values: Iterator[str]) -> Iterator[str]:
    while some := list(islice(values, AT_ONCE)):
        known = set(r.session.exec(select(column).where(col(column).in_(some))))
        yield from (value for value in some if value not in known)


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
    label, count = (Text(w.name, w.name) if w.name else UNNAMED) if w.kind == LIST else _label(r, w.kind, w.value), 1
    if w.kind == LIST:
        count = r.session.exec(select(func.count()).select_from(WatchItem).where(WatchItem.watch_id == w.id)).one()
    return {"id": w.id, "kind": w.kind, "kind_label": KIND_LABELS[w.kind], "value": w.value, "count": count,
            "label": label or Text(w.value, w.value), "began_at": w.began_at, "after": w.after}


def _unknown(field: str, words: Text) -> BadInput:
    return BadInput(words, findings=[Finding(field, "unknown", words)])
