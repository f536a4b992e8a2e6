"""The append-only record of acts, each chained to the one before. It records; whether an act may be is decided elsewhere."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import rfc8785
from sqlmodel import Session, col, select

from registry.books.log import entries as log
from registry.books.models import Entry, LedgerHead

GENESIS = hashlib.sha256(b"first-set registry ledger").hexdigest()


def lock_head(session: Session) -> LedgerHead:
    """Take the pen: the one row every writer locks first, so that entries follow one another.

    SQLite has taken its lock at BEGIN IMMEDIATE; PostgreSQL takes it here.
    """
    head = session.exec(select(LedgerHead).where(LedgerHead.id == 1).with_for_update()).one_or_none()
    if head is None:
        head = LedgerHead(id=1, size=0, hash=GENESIS)
        session.add(head)
        session.flush()
    return head


def append(
    session: Session,
    *,
    at: datetime,
    actor: str,
    role: str,
    subject: tuple[str, str],
    act: str,
    before: str | None = None,
    after: str | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Entry:
    """Write the next entry, and what the public log says of it. `subject` is (kind, public number); `facts` must be plain JSON without floats."""
    head = session.get(LedgerHead, 1) or lock_head(session)
    entry = Entry(
        seq=head.size + 1, at=at, actor=actor, role=role, subject_kind=subject[0], subject=subject[1], act=act,
        before=before, after=after, facts=dict(facts or {}), previous=head.hash, hash="",
    )
    entry.hash = digest(entry)
    head.size, head.hash = entry.seq, entry.hash
    session.add(entry)
    session.flush()
    log.append(session, entry)
    return entry


def digest(entry: Entry) -> str:
    """SHA-256 over the entry's canonical JSON (RFC 8785), the previous hash included."""
    body: dict[str, Any] = {
        "seq": entry.seq,
        "at": entry.at.astimezone(UTC).isoformat(),
        "actor": entry.actor,
        "role": entry.role,
        "subject": [entry.subject_kind, entry.subject],
        "act": entry.act,
        "before": entry.before,
        "after": entry.after,
        "facts": entry.facts,
        "previous": entry.previous,
    }
    return hashlib.sha256(rfc8785.dumps(body)).hexdigest()


def history(session: Session, kind: str, number: str) -> list[Entry]:
    """All entries of one subject, oldest first."""
    return list(session.exec(
        select(Entry).where(Entry.subject_kind == kind, Entry.subject == number).order_by(col(Entry.seq))
    ))


@dataclass(frozen=True)
class Fault:
    """One thing that does not agree, and where."""

    where: str
    what: str


def verify(session: Session) -> Iterator[Fault]:
    """Walk the whole chain; each entry edited, removed or reordered is named. Nothing is yielded when all is well."""
    expected, previous = 1, GENESIS
    for entry in session.exec(select(Entry).order_by(col(Entry.seq)).execution_options(yield_per=1000)):
        if entry.seq != expected:
            yield Fault(f"entry {expected}", f"is missing; the next one is {entry.seq}")
        if entry.previous != previous:
            yield Fault(f"entry {entry.seq}", "does not carry the hash of the entry before it")
        if digest(entry) != entry.hash:
            yield Fault(f"entry {entry.seq}", "was edited: its content does not match its hash")
        expected, previous = entry.seq + 1, entry.hash
    head = session.get(LedgerHead, 1)
    if head is not None and (head.size, head.hash) != (expected - 1, previous):
        yield Fault("head", f"says {head.size} entries; the chain ends at {expected - 1}")
