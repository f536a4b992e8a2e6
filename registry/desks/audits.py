"""The counter of the auditor's job: holds what is stored against what was recorded. It reads, names faults, mends nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from sqlmodel import col, func, select

from registry.books import ledger
from registry.books.ledger import Fault
from registry.books.models import Application, Certificate, Document, Entry, Objection
from registry.errors import NotFound
from registry.law.lifecycle import BIRTH, TABLES, Step, replay
from registry.registrar import Registrar

Checked = Iterator[Fault | None]  # one None for each thing that was looked at, and the faults found in it


def count_things(r: Registrar) -> int:
    """How many things a whole audit looks at: entries, lives, documents."""
    counted = (Application.id, Certificate.id, Document.id)
    return count_entries(r) + sum(r.session.exec(select(func.count(col(column)))).one() for column in counted)


def count_entries(r: Registrar) -> int:
    """How many entries the ledger holds."""
    return r.session.exec(select(func.count(col(Entry.seq)))).one()


def check_ledger(r: Registrar) -> Iterator[Fault]:
    """Every entry edited, removed or reordered; see `ledger.verify`."""
    return ledger.verify(r.session)


def check_lives(r: Registrar, kind: str) -> Checked:
    """Replay every life of one kind through its table and hold the end against the stored status."""
    model = Application if kind == Application.kind else Certificate
    stored = {number: (status, regulation) for number, status, regulation in
              r.session.exec(select(model.number, model.status, model.regulation_id))}
    acts = {row.act for row in TABLES[kind]} | {BIRTH[kind][0]}
    entries = r.session.exec(
        select(Entry.subject, Entry.act, Entry.before, Entry.after).where(Entry.subject_kind == kind)
        .order_by(col(Entry.subject), col(Entry.seq)).execution_options(yield_per=1000))
    for number, group in groupby(entries, key=lambda row: row[0]):
        steps = [Step(act, before, after or "") for _, act, before, after in group if act in acts]
        yield from (Fault(f"{kind} {number}", what) for what in _faults(r, kind, steps, stored.pop(number, None)))
        yield None
    yield from (Fault(f"{kind} {number}", "has a row, but no entry tells of it") for number in stored)


def _faults(r: Registrar, kind: str, steps: list[Step], stored: tuple[str, str] | None) -> Iterable[str]:
    if stored is None:
        return ["has entries, but no row"]
    status, regulation = stored
    try:
        stages = r.law.regulation(regulation).stage_kinds
    except NotFound:
        return [f"its regulation {regulation} is not loaded"]
    ended, faults = replay(kind, steps, stages)
    return faults if ended == status else [*faults, f"stands as {status}, but its entries lead to {ended}"]


def check_documents(r: Registrar) -> Checked:
    """Every document's and every evidence's bytes are there and have the digest that the books name."""
    named = [(f"document {ordinal} of {number}", str(digest)) for number, ordinal, digest in r.session.exec(
        select(Application.number, Document.ordinal, Document.sha256).join(Application)
        .order_by(col(Document.id)))]
    named += [(f"evidence of {number}", str(digest)) for number, digest in r.session.exec(
        select(Objection.number, Objection.evidence_sha256).where(col(Objection.evidence_sha256).is_not(None)))]
    for where, digest in named:
        try:
            r.vault.get(digest)
        except Exception as error:  # whatever the disk says is the fault to be named
            yield Fault(where, f"{type(error).__name__}: {error}".splitlines()[0][:200])
        yield None
