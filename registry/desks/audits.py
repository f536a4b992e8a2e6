"""The counter of the auditor's job: holds what is stored against what was recorded. It reads, names faults, mends nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from sqlmodel import col, func, select

from registry.books import ledger, lives, sought, texts
from registry.books.ledger import Fault
from registry.books.models import (
    Amendment,
    AmendmentFile,
    Application,
    Certificate,
    CertificateLife,
    CertificateVersion,
    CertificateWords,
    Document,
    Entry,
    Measure,
    Objection,
    PastList,
    ScopeEntry,
)
from registry.dates import Subject
from registry.desks import panels
from registry.desks.past import lists as past_lists
from registry.errors import NotFound
from registry.law.lifecycle import BIRTH, TABLES
from registry.law.replays import Step, replay
from registry.registrar import Registrar


class Warned(Fault):
    """Something that somebody should know of, though nothing in the books is wrong."""


Checked = Iterator[Fault | None]  # one None for each thing that was looked at, and the faults found in it


def count_things(r: Registrar) -> int:
    """How many things a whole audit looks at: entries, lives, documents."""
    counted = (Application.id, Certificate.id, Measure.id, Amendment.id, Document.id, Application.dossier_digest,
               CertificateVersion.id, Certificate.id, PastList.id, PastList.sha256)
    return count_entries(r) + sum(r.session.exec(select(func.count(col(column)))).one() for column in counted)


def count_entries(r: Registrar) -> int:
    """How many entries the ledger holds."""
    return r.session.exec(select(func.count(col(Entry.seq)))).one()


def check_ledger(r: Registrar) -> Iterator[Fault]:
    """Every entry edited, removed or reordered; see `ledger.verify`."""
    return ledger.verify(r.session)


def check_lives(r: Registrar, kind: str) -> Checked:
    """Replay every life of one kind through its table and hold the end against the stored status."""
    model: type[Subject] = {m.kind: m for m in (Application, Certificate, Measure, Amendment)}[kind]
    stored = {number: (status, regulation) for number, status, regulation in
              r.session.exec(select(model.number, model.status, model.regulation_id))}
    acts = {row.act for row in TABLES[kind]} | {BIRTH[kind][0]}
    entries = r.session.exec(
        select(Entry.subject, Entry.act, Entry.before, Entry.after).where(Entry.subject_kind == kind)
        .order_by(col(Entry.subject), col(Entry.seq)).execution_options(yield_per=1000))
    pins: dict[str, str | None] = dict(r.session.exec(select(Application.number, Application.regulation_digest)).all()) \
        if kind == Application.kind else {}
    for number, group in groupby(entries, key=lambda row: row[0]):
        steps = [Step(act, before, after or "") for _, act, before, after in group if act in acts]
        yield from (Fault(f"{kind} {number}", what) for what in _faults(r, kind, steps, stored.pop(number, None), pins.get(number)))
        yield None
    yield from (Fault(f"{kind} {number}", "has a row, but no entry tells of it") for number in stored)


def _faults(r: Registrar, kind: str, steps: list[Step], stored: tuple[str, str] | None, pinned: str | None) -> Iterable[str]:
    if stored is None:
        return ["has entries, but no row"]
    status, regulation = stored
    try:
        stages = texts.binding(r.law, r.vault, regulation, pinned).stage_kinds
    except NotFound:
        return [f"its regulation {regulation} is not loaded"]
    ended, faults = replay(kind, steps, stages)
    return faults if ended == status else [*faults, f"stands as {status}, but its entries lead to {ended}"]


def check_versions(r: Registrar) -> Checked:
    """Each certificate has its versions from one to the present, each with its entry; the newest is what it says now."""
    rows = r.session.exec(
        select(Certificate, CertificateVersion, Entry).join(CertificateVersion, col(CertificateVersion.certificate_id) == Certificate.id)
        .outerjoin(Entry, (col(Entry.seq) == CertificateVersion.entry_seq) & (col(Entry.subject) == Certificate.number))
        .order_by(col(Certificate.id), col(CertificateVersion.edition)).execution_options(yield_per=1000))
    seen: set[str] = set()
    for number, group in groupby(rows, key=lambda row: row[0].number):
        seen.add(number)
        found = list(group)
        yield from (Fault(f"certificate {number}", what) for what in _version_faults(found))
        yield from (None for _ in found)
    bare = [number for number in r.session.exec(select(Certificate.number)) if number not in seen]
    yield from (Fault(f"certificate {number}", "has no version") for number in bare)


def _version_faults(found: Sequence[tuple[Certificate, CertificateVersion, Entry | None]]) -> Iterator[str]:
    certificate, newest, _ = found[-1]
    if [version.edition for _, version, _ in found] != list(range(1, certificate.edition + 1)):
        yield f"is in version {certificate.edition}, but has the versions {[version.edition for _, version, _ in found]}"
    if any(entry is None or entry.act not in ("issue", "amend") for _, _, entry in found):
        yield "has a version that no entry of it made"
    says = (certificate.holder_name, certificate.product, certificate.scope, certificate.conditions)
    if says != (newest.holder_name, newest.product, newest.scope, newest.conditions):
        yield "does not say what its newest version says"


def check_ready(r: Registrar) -> Checked:
    """What is kept ready for verdicts is what the books give now."""
    kept = dict(r.session.exec(select(CertificateLife.number, CertificateLife.body)).all())
    keys: dict[str, set[tuple[str, bool]]] = {}
    for number, key, pattern in r.session.exec(select(ScopeEntry.number, ScopeEntry.key, ScopeEntry.is_pattern)):
        keys.setdefault(number, set()).add((key, pattern))
    for certificate in r.session.exec(select(Certificate).order_by(col(Certificate.id)).execution_options(yield_per=200)):
        if kept.pop(certificate.number, None) != lives.dump_life(r.session, certificate):
            yield Fault(f"certificate {certificate.number}", "what is kept ready for verdicts is not what the books say")
        if keys.pop(certificate.number, set()) != lives.entries_of(r.session, certificate):
            yield Fault(f"certificate {certificate.number}", "is not found by the parts of its scope")
        words = r.session.get(CertificateWords, certificate.id)
        if words is None or (words.words, words.tokens) != sought.words_of(r.session, certificate):
            yield Fault(f"certificate {certificate.number}", "is not found by its words")
        yield None
    yield from (Fault(f"certificate {number}", "is kept ready for verdicts, but there is none") for number in sorted(kept | keys))


def check_texts(r: Registrar) -> Checked:
    """The text of law that each application is pinned to is kept; Warned where it is not the one that is loaded now."""
    query = select(Application.regulation_id, Application.regulation_digest, func.count(col(Application.id))).where(
        col(Application.regulation_digest).is_not(None)).group_by(Application.regulation_id, col(Application.regulation_digest))
    for key, digest, count in r.session.exec(query.order_by(Application.regulation_id, col(Application.regulation_digest))):
        yield from _text_faults(r, key, str(digest), count)
        yield None


def _text_faults(r: Registrar, key: str, digest: str, count: int) -> Iterator[Fault]:
    where, loaded = f"regulation {key}", r.law.regulations.get(key)
    try:
        content = r.vault.find(digest)
    except ValueError as altered:
        yield Fault(where, str(altered))
        return
    if content is None:
        yield Fault(where, f"the text {digest}, to which {count} applications are pinned, is not in the vault")
    if loaded is not None and loaded.digest == digest:
        return
    now = f"the file loaded now is {loaded.digest}" if loaded else "no file of this id is loaded now"
    yield Warned(where, f"{count} applications are pinned to the text {digest}; {now}")
    if content is not None and texts.find_regulation(r.vault, key, digest) is None:
        yield Warned(where, f"the text {digest} can no longer be read by this registry; the loaded file takes its place")


def check_draws(r: Registrar) -> Iterator[Fault]:
    """Every draw of a panel that does not come out as it was recorded, when it is repeated from the ledger."""
    for number in r.session.exec(select(Entry.subject).where(Entry.act == "draw_panel").order_by(col(Entry.seq))).all():
        for fault in panels.repeat_draw(r, number)["faults"]:
            yield Fault(f"draw of {number}", fault.en)


def check_past_lists(r: Registrar) -> Checked:
    """The rows of every list of earlier years are those that were read when it was kept."""
    for number, agrees in past_lists.check_lists(r):
        if not agrees:
            yield Fault(f"list {number}", "its rows are not those that were read from its file")
        yield None


def check_documents(r: Registrar) -> Checked:
    """Every document's and every evidence's bytes are there and have the digest that the books name."""
    named = [(f"document {ordinal} of {number}", str(digest)) for number, ordinal, digest in r.session.exec(
        select(Application.number, Document.ordinal, Document.sha256).join(Application)
        .order_by(col(Document.id)))]
    named += [(f"evidence of {number}", str(digest)) for number, digest in r.session.exec(
        select(Objection.number, Objection.evidence_sha256).where(col(Objection.evidence_sha256).is_not(None)))]
    named += [(f"evidence of {number}", str(digest)) for column in (Measure.evidence_sha256, Measure.statement_sha256)
              for number, digest in r.session.exec(select(Measure.number, column).where(col(column).is_not(None)))]
    named += [(f"dossier of {number}", str(digest)) for number, digest in r.session.exec(
        select(Application.number, Application.dossier_digest).where(col(Application.dossier_digest).is_not(None)))]
    named += [(f"file of list {number}", digest) for number, digest in r.session.exec(select(PastList.number, PastList.sha256))]
    named += [(f"evidence {ordinal} of {number}", str(digest)) for number, ordinal, digest in r.session.exec(
        select(Amendment.number, AmendmentFile.ordinal, AmendmentFile.sha256).join(Amendment).order_by(col(AmendmentFile.id)))]
    for where, digest in named:
        try:
            r.vault.get(digest)
        except Exception as error:  # whatever the disk says is the fault to be named
            yield Fault(where, f"{type(error).__name__}: {error}".splitlines()[0][:200])
        yield None
