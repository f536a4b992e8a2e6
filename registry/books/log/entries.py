"""What the log says of an act, and how it is appended: in the transaction of its entry in the ledger, under the pen. Here alone it is
decided which entry of the ledger makes which entry of the log. Not here: what is signed of it (desks.witnessing)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
import rfc8785
from sqlalchemy import insert
from sqlmodel import Session, col, select

from registry.books.log import tree
from registry.books.models import CertificateVersion, Credential, Entry, LogEntry, LogNode, StatusSlot

CERTIFICATE = "certificate"
# Every act that changes what the public reads of a certificate. That its first day comes or its last
# passes is no act: both are known from its issue on.
EVENTS = {
    "issue": "issued", "amend": "amended", "suspend": "suspended", "reinstate": "reinstated", "revoke": "revoked",
    "restore": "restored", "surrender": "surrendered", "renew": "renewed", "supersede": "superseded",
}  # fmt: skip
IMPORTED = "imported"  # in place of `issued`, for what was issued before there was a log
# What is carried over from the facts of the ledger, and the name it has in the log: nothing that anybody typed, nothing of a person.
CARRIED = {"ground": "reason", "successor": "successor"}
DIGESTED = ("issue", "amend")  # the acts that change what a certificate says
MOST_OCTETS = 4096
WAITING = "entries_to_log"


def append(session: Session, entry: Entry) -> None:
    """Have the log say at the end of this unit what it has to say of an entry of the ledger, if anything."""
    if event_of(entry) is not None:
        session.info.setdefault(WAITING, []).append(entry)


def append_waiting(session: Session) -> None:
    """Append what this unit's entries have to say, in their order; before it commits, once the credentials are written."""
    for entry in session.info.pop(WAITING, ()):
        _append(session, entry, str(event_of(entry)), entry.at)


def take_over(session: Session, now: datetime) -> int:
    """Append what the ledger holds from before there was a log, in its order and dated now; returns how many entries that is."""
    if session.exec(select(LogEntry.idx).limit(1)).first() is not None:
        return 0
    count = 0
    for entry in public_entries(session):
        event = str(event_of(entry))
        _append(session, entry, IMPORTED if event == EVENTS["issue"] else event, now)
        count += 1
    return count


def public_entries(session: Session) -> Iterator[Entry]:
    """The entries of the ledger that belong into the log, in their order."""
    query = select(Entry).where(Entry.subject_kind == CERTIFICATE, col(Entry.act).in_(EVENTS)).order_by(col(Entry.seq))
    yield from session.exec(query.execution_options(yield_per=1000))


def event_of(entry: Entry) -> str | None:
    """What the log calls an entry of the ledger; None for one that is none of the public's."""
    return EVENTS.get(entry.act) if entry.subject_kind == CERTIFICATE else None


def digest_of(session: Session, entry: Entry) -> dict[str, Any]:
    """What the credential of an act that changed what a certificate says adds to its entry: the payload's digest, its places in the lists."""
    if entry.act not in DIGESTED:
        return {}
    digest = session.exec(select(Credential.digest).join(CertificateVersion, col(CertificateVersion.edition) == Credential.edition).where(
        CertificateVersion.entry_seq == entry.seq, Credential.number == entry.subject)).one()
    slot = session.get_one(StatusSlot, entry.subject)
    lists = {purpose: f"{purpose}-{slot.ordinal}" for purpose in ("revocation", "suspension")}
    return {"digest": f"sha256:{digest.removeprefix('sha256:')}", "status": {**lists, "index": slot.slot}}


def write(entry: Entry, event: str, time: str, digest: Mapping[str, Any]) -> bytes:
    """The log's entry, to the octet (RFC 8785)."""
    said: dict[str, Any] = {"v": 1, "type": f"certificate.{event}", "time": time, "certificate": entry.subject, **digest}
    said |= {name: entry.facts[fact] for fact, name in CARRIED.items() if entry.facts.get(fact) is not None}
    octets = rfc8785.dumps(said)
    assert len(octets) <= MOST_OCTETS, entry.subject
    return octets


def time_of(written: str | bytes) -> str:
    return str(orjson.loads(written)["time"])


def time_after(last: str | None, at: datetime) -> str:
    """The log's time of what was done `at`: whole seconds in UTC, never before that of the entry before it."""
    said = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return max(said, last or said)


def size_of(session: Session) -> int:
    """How many entries the log has."""
    last = session.exec(select(LogEntry.idx).order_by(col(LogEntry.idx).desc()).limit(1)).first()
    return 0 if last is None else last + 1


def read_node(session: Session) -> tree.Read:
    """The stored hashes, for roots and proofs."""
    def read(level: int, idx: int) -> bytes:
        return session.exec(select(LogNode.hash).where(LogNode.level == level, LogNode.idx == idx)).one()

    return read


def _append(session: Session, entry: Entry, event: str, at: datetime) -> None:
    last = session.exec(select(LogEntry.idx, LogEntry.entry).order_by(col(LogEntry.idx).desc()).limit(1)).first()
    idx, time = (last[0] + 1, time_after(time_of(last[1]), at)) if last else (0, time_after(None, at))
    octets = write(entry, event, time, digest_of(session, entry))
    session.execute(insert(LogEntry).values(idx=idx, entry=octets.decode(), entry_seq=entry.seq))
    nodes = tree.grow(idx, tree.leaf_hash(octets), read_node(session))
    session.execute(insert(LogNode), [{"level": level, "idx": place, "hash": value} for level, place, value in nodes])
