"""The life of each certificate in one row, ready to be judged: written in the transaction of every act on it, read in one look-up.

It says nothing that the ledger, the versions and the measures do not say; the audit holds it against them. Not here: what
a life is worth on a day (law.verdicts).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import orjson
from sqlmodel import Session, col, select

from registry.books import ledger, sought
from registry.books.models import Certificate, CertificateLife, CertificateVersion, Entry, Measure, ScopeEntry
from registry.clock import office_day
from registry.law.lifecycle import EFFECTS, UNDOING
from registry.law.scopes import key_of_entry
from registry.law.standing import Standing
from registry.law.verdicts import Event, Life, Version, standing_at, undisturbed

TOUCHED = "touched_certificates"
# The readers: a verdict, and many at once. One round to the database each.
LOOK_UP = "SELECT l.body, h.size FROM ledgerhead h LEFT JOIN certificatelife l ON l.number = {mark} WHERE h.id = 1"
LOOK_UP_MANY = "SELECT l.number, l.body, h.size FROM ledgerhead h LEFT JOIN certificatelife l ON l.number IN {those} WHERE h.id = 1"

BY_KEYS = "SELECT key, number FROM scopeentry WHERE is_pattern = false AND key IN {those} ORDER BY key, number"
BY_HOLDERS = ("SELECT e.credit_code, c.number FROM enterprise e JOIN certificate c ON c.enterprise_id = e.id WHERE e.credit_code IN {those} "
              "ORDER BY e.credit_code, c.number")
PATTERNS = "SELECT key, number FROM scopeentry WHERE is_pattern = true ORDER BY key, number"


def touch(session: Session, certificate: Certificate) -> None:
    """Remember that this unit changes what `certificate` says or is."""
    session.info.setdefault(TOUCHED, {})[certificate.number] = certificate


def keep_touched(session: Session) -> list[Certificate]:
    """Write the lives of all that the unit touched, and name them; before it commits."""
    touched = list(session.info.pop(TOUCHED, {}).values())
    for certificate in touched:
        keep_life(session, certificate)
    return touched


def keep_missing(session: Session) -> int:
    """Write the lives that are not there yet, of a database from before there were any. Returns how many."""
    known = select(CertificateLife.number).where(CertificateLife.number == Certificate.number)
    found = list(session.exec(select(Certificate).where(~known.exists())))
    for certificate in found:
        keep_life(session, certificate)
    return len(found)


def keep_life(session: Session, certificate: Certificate) -> bool:
    """Write what is kept ready of `certificate` as its books say now. Returns whether anything of it was otherwise before."""
    session.flush()
    body = dump_life(session, certificate)
    differed = [_keep_entries(session, certificate), sought.keep_words(session, certificate)]
    row = session.get(CertificateLife, certificate.number)
    if row is not None and row.body == body:
        return any(differed)
    if row is None:
        session.add(CertificateLife(number=certificate.number, body=body))
    else:
        row.body = body
    return True


def _keep_entries(session: Session, certificate: Certificate) -> bool:
    """The entries of its scope by their keys."""
    wanted = entries_of(session, certificate)
    kept = list(session.exec(select(ScopeEntry).where(ScopeEntry.number == certificate.number)))
    if {(row.key, row.is_pattern) for row in kept} == wanted and len(kept) == len(wanted):
        return False
    for row in kept:
        session.delete(row)
    session.add_all(ScopeEntry(number=certificate.number, key=key, is_pattern=pattern) for key, pattern in sorted(wanted))
    return True


def entries_of(session: Session, certificate: Certificate) -> set[tuple[str, bool]]:
    """The keys under which a certificate is to be found by part: of every version, since a day that is past may be asked about."""
    scopes = session.exec(select(CertificateVersion.scope).where(CertificateVersion.certificate_id == certificate.id))
    return {key for scope in scopes for entry in scope if (key := key_of_entry(entry)) is not None}


def dump_life(session: Session, certificate: Certificate) -> str:
    """The row of `certificate` as it is to be written."""
    return orjson.dumps(describe_life(session, certificate), option=orjson.OPT_UTC_Z).decode()


def describe_life(session: Session, certificate: Certificate) -> dict[str, Any]:
    """What the row of `certificate` is to hold, from ledger, versions and orders."""
    history = ledger.history(session, "certificate", certificate.number)
    renewed = next((e for e in reversed(history) if e.act == "renew"), None)
    versions = session.exec(select(CertificateVersion).where(CertificateVersion.certificate_id == certificate.id)
                            .order_by(col(CertificateVersion.edition)))
    known = {e.seq: e.at for e in history}
    return {
        "number": certificate.number, "regulation": certificate.regulation_id, "valid_from": certificate.valid_from,
        "valid_until": certificate.valid_until, "issued_at": certificate.issued_at,
        "versions": [[v.edition, v.in_force_from, known[v.entry_seq], v.holder_name, v.credit_code, v.product, list(v.scope),
                      list(v.conditions)]
                     for v in versions],
        "events": sorted((list(event) for event in _events(session, certificate, history)), key=lambda e: (e[1], e[2])),
        "replaced_by": certificate.renewed_by, "replaced_at": renewed.at if renewed else None,
    }


def _events(session: Session, certificate: Certificate, history: Iterable[Entry]) -> Iterator[tuple[str, date, datetime, str]]:
    """Every change with the day from which it counts, the moment since which the register knew: that of its decision, and the
    measure by which it is: lifting one lifts no other.

    A measure lifted, or put off by a hold, before its day counts as taken back on that very day: whoever asks as of before
    still sees it ordered. Released, it counts from its new day on.
    """
    yield from (("surrender", office_day(e.at), e.at, "") for e in history if e.act == "surrender")
    for measure in session.exec(select(Measure).where(Measure.certificate_id == certificate.id).order_by(col(Measure.id))):
        began: date | None = None
        kind, put_off = EFFECTS.get(measure.intended or ""), False
        for entry in ledger.history(session, "measure", measure.number) if kind else ():
            if entry.act == "hold" and began is not None:
                put_off = True
                yield UNDOING[str(kind)], began, entry.at, measure.number
            elif entry.act in ("confirm", "release") and "effective_on" in entry.facts:
                began, put_off = date.fromisoformat(entry.facts["effective_on"]), False
                yield str(kind), began, entry.at, measure.number
            elif entry.act == "lift" and not put_off:  # what was put off has nothing to be taken back
                on = date.fromisoformat(entry.facts["effective_on"])
                yield UNDOING[str(kind)], max(on, began or on), entry.at, measure.number


def read_life(body: str | bytes) -> Life:
    """The life in a row."""
    it = orjson.loads(body)
    return Life(
        it["number"], it["regulation"], date.fromisoformat(it["valid_from"]), _day(it["valid_until"]), _instant(it["issued_at"]),
        tuple(Version(v[0], date.fromisoformat(v[1]), _instant(v[2]), v[3], v[4], v[5], tuple(v[6]), tuple(v[7])) for v in it["versions"]),
        tuple(Event(e[0], date.fromisoformat(e[1]), _instant(e[2]), e[3]) for e in it["events"]),
        it["replaced_by"], _instant(it["replaced_at"]) if it["replaced_at"] else None,
    )


class Present(NamedTuple):
    """What a certificate says in its newest version, and its standing on one day."""

    number: str
    regulation: str
    valid_from: date
    valid_until: date | None
    replaced_by: str | None
    holder_name: str
    credit_code: str
    product: str
    scope: list[str]
    standing: Standing


def read_present(body: str, day: date) -> Present:
    """The same of a row, for a list of many: most certificates were never touched, and need no whole life to know their standing."""
    it = orjson.loads(body)
    begins, until = date.fromisoformat(it["valid_from"]), _day(it["valid_until"])
    touched = it["events"] or it["replaced_at"]
    standing = standing_at(read_life(body), day, None) if touched else undisturbed(day, begins, until)
    _, _, _, holder, code, product, scope, _ = it["versions"][-1]
    return Present(it["number"], it["regulation"], begins, until, it["replaced_by"], holder, code, product, scope, standing)


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


def _instant(written: str) -> datetime:
    found = datetime.fromisoformat(written)
    return found if found.tzinfo is UTC else found.astimezone(UTC)
