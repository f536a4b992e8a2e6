"""Following the register: every public change of a certificate, in the order of the ledger, none lost and none twice.

An entry's number is given under the one lock that every writer takes, and seen with its commit: what has been read up to a number is
all there ever will be below it.
"""

from __future__ import annotations

from typing import Any

from sqlmodel import and_, col, or_, select

from registry.books.models import Certificate, Enterprise, Entry, LedgerHead, Watch
from registry.desks.enquiries.certificates import PUBLIC_ACTS, history_line
from registry.registrar import Registrar

MOST = 1000
WATCHED: dict[str, Any] = {"certificate": Certificate.number, "holder": Enterprise.credit_code, "product_class": Certificate.product_class}


def search_changes(
    r: Registrar, *, after: int = 0, limit: int = 100, certificate: str | None = None, holder: str | None = None,
    regulation: str | None = None, product_class: str | None = None, watched_by: int | None = None,
) -> dict[str, Any]:
    """The changes later than the entry `after`, the oldest first; `next` is the `after` to go on with, also when nothing was new.

    `holder` is a credit code, `watched_by` the id of a person: what any of their watches matches,
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
    return [_shown(r, *row) for row in r.session.exec(query.order_by(col(Entry.seq).desc()).limit(50))]


def _changes(certificate: str | None, holder: str | None, regulation: str | None, product_class: str | None, watched_by: int | None) -> Any:
    query = select(Entry, Certificate, Enterprise).join(Certificate, col(Certificate.number) == Entry.subject).join(
        Enterprise, col(Enterprise.id) == Certificate.enterprise_id).where(
        Entry.subject_kind == "certificate", col(Entry.act).in_(PUBLIC_ACTS))
    for column, wanted in ((Certificate.number, certificate), (Enterprise.credit_code, holder), (Certificate.regulation_id, regulation),
                           (Certificate.product_class, product_class)):
        if wanted:
            query = query.where(column == wanted)
    return query if watched_by is None else query.where(is_watched(watched_by))


def is_watched(person: int) -> Any:
    """Whether any open watch of the person matches, as a condition on certificate and holder."""
    matches = [and_(Watch.kind == kind, col(Watch.value) == column) for kind, column in WATCHED.items()]
    return select(Watch.id).where(Watch.person_id == person, col(Watch.ended_at).is_(None), col(Watch.after) < Entry.seq,
                                  or_(*matches)).correlate(Certificate, Enterprise, Entry).exists()


def _shown(r: Registrar, entry: Entry, c: Certificate, house: Enterprise) -> dict[str, Any]:
    line = history_line(r, c, entry)
    return {
        "cursor": entry.seq, "at": entry.at, "certificate": c.number, "act": entry.act, "label": line["label"], "after": entry.after,
        "after_label": line["after_label"], "effective_on": line["effective_on"], "ground": line["ground"], "article": line["article"],
        "edition": line["edition"], "successor": line["successor"], "product": c.product, "product_class": c.product_class,
        "holder": {"credit_code": house.credit_code, "name": c.holder_name}, "regulation": c.regulation_id,
    }
