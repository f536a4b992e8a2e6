"""The auditor's counter for the log: the ledger replayed against it, its tree reckoned anew, its checkpoints held against both.

It names every fault, the first of them first, and mends none.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from sqlmodel import col, func, select

from registry.books.ledger import Fault
from registry.books.log import entries, tree
from registry.books.models import Cosignature, Entry, LogCheckpoint, LogEntry, LogNode
from registry.desks.witnessing import read_witnesses
from registry.registrar import Registrar
from registry.seal import notes
from registry.seal.keys import Keyring
from registry.seal.notes import Vkey


def check_log(r: Registrar, ring: Keyring) -> Iterator[Fault]:
    """Nothing is yielded when all is well."""
    yield from check_entries(r)
    yield from check_tree(r)
    yield from check_signatures(r, ring)


def check_entries(r: Registrar) -> Iterator[Fault]:
    """Each public act has its entry, and the log no other; each says what the ledger says, and at no earlier time."""
    begun = r.session.exec(select(Entry).where(Entry.subject_kind == "log", Entry.act == "begin_log")).first()
    taken = begun.facts["entries"] if begun else 0
    rows = r.session.exec(select(LogEntry).order_by(col(LogEntry.idx)).execution_options(yield_per=1000))
    last: str | None = None
    for idx, (row, entry) in enumerate(zip_longest(rows, entries.public_entries(r.session))):
        if row is None or (entry is not None and row.idx != idx):
            yield Fault(f"log entry {idx}", "is missing" if row else f"is missing: the ledger's entry {entry.seq} is not in the log")
            return
        if entry is None or row.entry_seq != entry.seq:
            yield Fault(f"log entry {row.idx}", f"stands for the ledger's entry {row.entry_seq}, which is not the next public one")
            return
        early = idx < taken and begun is not None
        event = entries.IMPORTED if early and entry.act == "issue" else str(entries.event_of(entry))
        time = entries.time_after(last, begun.at if early and begun else entry.at)
        if row.entry.encode() != entries.write(entry, event, time, entries.digest_of(r.session, entry)):
            yield Fault(f"log entry {idx}", f"does not say what the ledger's entry {entry.seq} says, or is dated otherwise than {time}")
        last = time


def check_tree(r: Registrar) -> Iterator[Fault]:
    """The hashes are those of the entries, none is missing or too many, and every checkpoint is the root of what it covers."""
    stored = {(n.level, n.idx): n.hash for n in r.session.exec(select(LogNode).where(LogNode.level > 0))}
    made: dict[tuple[int, int], bytes] = {}
    checkpoints = {c.size: c.root for c in r.session.exec(select(LogCheckpoint))}
    leaves = dict(r.session.exec(select(LogNode.idx, LogNode.hash).where(LogNode.level == 0)).all())
    size = 0
    for size, written in enumerate(r.session.exec(select(LogEntry.entry).order_by(col(LogEntry.idx))), 1):
        for level, idx, value in tree.grow(size - 1, tree.leaf_hash(written.encode()), lambda *place: made[place]):
            made[level, idx] = value
            kept = stored.pop((level, idx), None) if level else leaves.pop(idx, None)
            if kept != value:
                yield Fault(f"log node {level}/{idx}", "is missing" if kept is None else "is not the hash of what is below it")
        if size in checkpoints and checkpoints.pop(size) != tree.root(size, lambda *place: made[place]):
            yield Fault(f"log checkpoint {size}", "is not the root of the entries that it covers: the log was forked")
    yield from (Fault(f"log node {level}/{idx}", "has no entries below it") for level, idx in sorted([*stored, *((0, n) for n in leaves)]))
    yield from (Fault(f"log checkpoint {n}", f"covers more than the {size} entries that there are") for n in sorted(checkpoints))


def check_signatures(r: Registrar, ring: Keyring) -> Iterator[Fault]:
    """Every checkpoint says its own size and root and is signed by a key of the log; every cosignature by its witness, where it is known."""
    origin = notes.origin_of(r.settings.public_base_url)
    ours = [Vkey(origin, notes.LOG, public) for public in ring.log_publics()]
    known = {w.key.id: w.key for w in read_witnesses(r.settings)}
    lines: dict[int, list[Cosignature]] = {}
    for cosignature in r.session.exec(select(Cosignature)):
        lines.setdefault(cosignature.size, []).append(cosignature)
    for row in r.session.exec(select(LogCheckpoint).order_by(col(LogCheckpoint.size))):
        try:
            said, signatures = notes.open_note(row.note)
        except ValueError as fault:
            yield Fault(f"log checkpoint {row.size}", str(fault))
            continue
        if (said.size, said.root) != (row.size, row.root):
            yield Fault(f"log checkpoint {row.size}", "its note says another size or root")
        if ours and not any(notes.find_signature(said, signatures, key) for key in ours):
            yield Fault(f"log checkpoint {row.size}", "is signed by no key of this log")
        for each in lines.get(row.size, []):
            if each.witness in known and notes.find_signature(said, [each.line], known[each.witness]) is None:
                yield Fault(f"log checkpoint {row.size}", f"its witness {each.witness} did not sign it")


def count_entries(r: Registrar) -> int:
    """How many entries the log holds."""
    return r.session.exec(select(func.count(col(LogEntry.idx)))).one()
