"""Following the register: every public change of a certificate, in the order of the ledger, none lost and none twice.

An entry's number is given under the one lock that every writer takes, and seen with its commit: what has been read up to a number is
all there ever will be below it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import union
from sqlalchemy.orm import aliased
from sqlmodel import col, or_, select

from registry.books.models import Certificate, CertificateVersion, Enterprise, Entry, LedgerHead, Watch, WatchItem
from registry.desks.enquiries.certificates import PUBLIC_ACTS, history_line
from registry.registrar import Registrar

MOST = 1000
LIST = "list"  # the kind of a watch of many things


def search_changes(
    r: Registrar, *, after: int = 0, limit: int = 100, certificate: str | None = None, holder: str | None = None,
    regulation: str | None = None, product_class: str | None = None, watched_by: int | None = None,
) -> dict[str, Any]:
    """The changes later than the entry `after`, the oldest first; `next` is the `after` to go on with, also when nothing was new.

    `holder` is the credit code of who held it before the change or after it, `watched_by` the id of a person: what any of their watches matches,
    each change once. With a filter `next` still stands behind all that was looked at.
    """
    head = r.session.get(LedgerHead, 1)
    size = head.size if head else 0
    query = _changes(certificate, holder, regulation, product_class, watched_by).where(Entry.seq > after, Entry.seq <= size)
    rows = r.session.exec(query.order_by(col(Entry.seq)).limit(min(limit, MOST) + 1)).all()
    more, rows = len(rows) > min(limit, MOST), rows[: min(limit, MOST)]
    return {"items": [_shown(r, *row) for row in rows], "next": rows[-1][0].seq if more else max(size, after), "more": more}


def newest_changes(
    r: Registrar, *, certificate: str | None = None, holder: str | None = None, regulation: str | None = None,
    product_class: str | None = None, watched_by: int | None = None,
) -> list[dict[str, Any]]:
    """The last fifty changes, the newest first: for a feed that people subscribe to."""
    query = _changes(certificate, holder, regulation, product_class, watched_by)
    if watched_by is not None:  # looked for from the certificates: the ledger is long, and who watches little would have it read to its end
        query = query.where(col(Entry.subject).in_(_watched_numbers(watched_by)))
    return [_shown(r, *row) for row in r.session.exec(query.order_by(col(Entry.seq).desc()).limit(50))]


def _changes(certificate: str | None, holder: str | None, regulation: str | None, product_class: str | None, watched_by: int | None) -> Any:
    query = select(Entry, Certificate, Enterprise).join(Certificate, col(Certificate.number) == Entry.subject).join(
        Enterprise, col(Enterprise.id) == Certificate.enterprise_id).where(
        Entry.subject_kind == "certificate", col(Entry.act).in_(PUBLIC_ACTS))
    for column, wanted in ((Certificate.number, certificate), (Certificate.regulation_id, regulation), (Certificate.product_class, product_class)):
        if wanted:
            query = query.where(column == wanted)
    if holder:
        query = query.where(col(Certificate.id).in_(_ever_held([holder])), _holders().where(CertificateVersion.credit_code == holder).exists())
    return query if watched_by is None else query.where(_is_watched(watched_by))


def watched(person: int, kind: str) -> Any:
    """All of one kind that a person watches, by itself or in a list: a query of values."""
    return union(_open(person, kind, Watch.value),
                 _open(person, LIST, WatchItem.value).where(WatchItem.watch_id == Watch.id, WatchItem.kind == kind))


def _open(person: int, kind: str, what: Any) -> Any:
    return select(what).where(Watch.person_id == person, Watch.kind == kind, col(Watch.ended_at).is_(None))


def _is_watched(person: int) -> Any:
    """Whether any watch of the person matches what an entry did to a certificate; each is one look into an index."""
    matches: dict[str, Any] = {"certificate": Certificate.number, "holder": _holders(), "product_class": Certificate.product_class}
    found = []
    for kind, those in matches.items():
        for watching, value in ((_open(person, kind, Watch.id), Watch.value), (_open(person, LIST, Watch.id).where(
                WatchItem.watch_id == Watch.id, WatchItem.kind == kind), WatchItem.value)):
            found.append(watching.where(Watch.after < Entry.seq, col(value).in_(those) if kind == "holder" else value == those)
                         .correlate(Certificate, Entry).exists())
    return or_(*found)


def _holders() -> Any:
    """Who held a certificate just before an entry, and after it: whoever loses one is told as well as whoever gets it."""
    later = aliased(CertificateVersion)
    over = select(later.id).where(later.certificate_id == CertificateVersion.certificate_id, later.edition == CertificateVersion.edition + 1,
                                  later.entry_seq < Entry.seq).correlate(CertificateVersion, Entry).exists()
    return select(CertificateVersion.credit_code).where(
        CertificateVersion.certificate_id == Certificate.id, CertificateVersion.entry_seq <= Entry.seq, ~over).correlate(Certificate, Entry)


def _ever_held(codes: Any) -> Any:
    return select(CertificateVersion.certificate_id).where(col(CertificateVersion.credit_code).in_(codes))


def _watched_numbers(person: int) -> Any:
    """Every certificate that a watch of the person may concern."""
    held = col(Certificate.id).in_(_ever_held(watched(person, "holder")))
    return union(select(watched(person, "certificate").subquery().c[0]), select(Certificate.number).where(held),
                 select(Certificate.number).where(col(Certificate.product_class).in_(watched(person, "product_class"))))


def _shown(r: Registrar, entry: Entry, c: Certificate, house: Enterprise) -> dict[str, Any]:
    line, former = history_line(r, c, entry), entry.facts.get("former_code")
    return {
        "cursor": entry.seq, "at": entry.at, "certificate": c.number, "act": entry.act, "label": line["label"], "after": entry.after,
        "after_label": line["after_label"], "effective_on": line["effective_on"], "ground": line["ground"], "article": line["article"],
        "edition": line["edition"], "successor": line["successor"], "product": c.product, "product_class": c.product_class,
        "holder": {"credit_code": house.credit_code, "name": c.holder_name}, "regulation": c.regulation_id,
        "former_holder": {"credit_code": former, "name": entry.facts["former"]} if former else None,
    }
