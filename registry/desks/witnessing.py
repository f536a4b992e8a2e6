"""The counter at which the log is signed, and shown to its witnesses: what is to be signed, what each of them has seen, what they said.

A checkpoint is written down before anybody sees it. Witnesses are asked over the network by `jobs.checkpoint`; nothing is sent here.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import col, func, select

from registry.books.log import entries, tree
from registry.books.models import Cosignature, Entry, LedgerHead, LogCheckpoint, LogEntry
from registry.errors import NotYet
from registry.registrar import Registrar
from registry.seal import notes
from registry.seal.keys import LOG, Keyring
from registry.seal.notes import Checkpoint, Vkey
from registry.settings import Settings
from registry.words import Text

ALARM = timedelta(minutes=10)
SUBJECT = ("log", "log")
MISSED, REACHED = "miss_quorum", "reach_quorum"


class Forked(Exception):
    """What was signed before is not how the log begins now."""


@dataclass(frozen=True)
class Witness:
    """Somebody who keeps the newest head of this log and signs only what continues it."""

    url: str
    key: Vkey


@dataclass(frozen=True)
class Owed:
    """What is to be shown to a witness: a checkpoint, and that it continues the one of size `old`, which that witness has."""

    size: int
    old: int
    body: bytes


def read_witnesses(settings: Settings) -> list[Witness]:
    """Those of the setting "URL KEY, URL KEY". ValueError names the one that cannot be read."""
    found = []
    for part in filter(None, (part.strip() for part in settings.log_witnesses.split(","))):
        url, _, key = part.partition(" ")
        if not url.startswith(("https://", "http://")):
            raise ValueError(f"LOG_WITNESSES: no address: {part[:80]!r}")
        found.append(Witness(url.rstrip("/"), notes.read_vkey(key.strip())))
        if found[-1].key.kind != notes.WITNESS:
            raise ValueError(f"LOG_WITNESSES: not the key of a witness: {part[:80]!r}")
    return found


def quorum_of(settings: Settings) -> int:
    """How many witnesses a checkpoint needs: as set, else more than half of them."""
    known = len(read_witnesses(settings))
    return min(settings.log_quorum or known // 2 + 1, known)


def log_key(r: Registrar, ring: Keyring) -> Vkey | None:
    """The key that signs the log now, as verifiers pin it."""
    public = ring.log_public()
    return None if public is None else Vkey(notes.origin_of(r.settings.public_base_url), notes.LOG, public)


def newest(r: Registrar) -> LogCheckpoint | None:
    return r.session.exec(select(LogCheckpoint).order_by(col(LogCheckpoint.size).desc()).limit(1)).first()


def is_unsigned(r: Registrar) -> bool:
    """Whether the log has grown since its last checkpoint."""
    last = newest(r)
    return entries.size_of(r.session) > (last.size if last else 0)


def sign(r: Registrar, ring: Keyring) -> int | None:
    """Write down the next checkpoint; None where nothing is new or there is no key. Forked if the last one is not how the log begins."""
    size, last, key, read = entries.size_of(r.session), newest(r), log_key(r, ring), entries.read_node(r.session)
    if last is not None and (last.size > size or tree.root(last.size, read) != last.root):
        raise Forked(f"the log of {size} entries does not continue its checkpoint of {last.size}")
    if key is None or size == (last.size if last else 0):
        return None
    checkpoint = Checkpoint(key.name, size, tree.root(size, read))
    note = f"{checkpoint.body()}\n{key.line(ring.sign_octets(checkpoint.body().encode(), LOG))}"
    r.session.add(LogCheckpoint(size=size, root=checkpoint.root, note=note, signed_at=r.now))
    return size


def find_owed(r: Registrar, witness: Witness, old: int | None = None) -> Owed | None:
    """What `witness` has not signed yet; `old` is the size that it says to have, if it was heard. None if there is nothing to be shown,
    or if it has more than there is."""
    last = newest(r)
    if last is None or r.session.get(Cosignature, (last.size, witness.key.id)) is not None:
        return None
    if old is None:
        old = r.session.exec(select(func.max(Cosignature.size)).where(Cosignature.witness == witness.key.id)).one() or 0
    if old > last.size:
        return None
    proof = tree.consistency(old, last.size, entries.read_node(r.session))
    lines = "".join(f"{b64encode(each).decode()}\n" for each in proof)
    return Owed(last.size, old, f"old {old}\n{lines}\n{last.note}".encode())


def keep_cosignature(r: Registrar, witness: Witness, size: int, answer: str) -> bool:
    """Keep what a witness answered, if it is its signature of our checkpoint of this size."""
    checkpoint, _ = notes.open_note(r.session.get_one(LogCheckpoint, size).note)
    found = notes.find_signature(checkpoint, answer.splitlines(keepends=True), witness.key)
    if found is None:
        return False
    if r.session.get(Cosignature, (size, witness.key.id)) is None:
        r.session.add(Cosignature(size=size, witness=witness.key.id, line=found[0], at=datetime.fromtimestamp(found[1], UTC)))
    return True


def cosignatures(r: Registrar, size: int) -> list[Cosignature]:
    """Of one checkpoint, by witnesses that are known now, in the order of the setting."""
    kept = {c.witness: c for c in r.session.exec(select(Cosignature).where(Cosignature.size == size))}
    return [kept[w.key.id] for w in read_witnesses(r.settings) if w.key.id in kept]


def first_covering(r: Registrar, idx: int) -> LogCheckpoint | None:
    """The first checkpoint over the entry `idx` that a quorum of the witnesses has signed: it is what dates the entry."""
    query = select(LogCheckpoint).where(LogCheckpoint.size > idx)
    found: LogCheckpoint | None = r.session.exec(_by_quorum(r, query).order_by(col(LogCheckpoint.size)).limit(1)).first()
    return found


def show_state(r: Registrar, ring: Keyring) -> dict[str, Any]:
    """How the log stands, for whoever runs the office. `waits_seconds`: how long its oldest entry without a quorum has waited."""
    last, sealed, size = newest(r), _newest_sealed(r), entries.size_of(r.session)
    waits = _waits(r, sealed)
    return {"size": size, "signed": last.size if last else 0, "cosigned": sealed, "key": ring.log_public() is not None,
            "waits_seconds": int(waits.total_seconds()), "alarm": waits > ALARM,
            "read_only": head.closed if (head := r.session.get(LedgerHead, 1)) else None}


def is_news(r: Registrar) -> bool:
    """Whether `note_alarm` would enter something."""
    return _news(r) is not None


def note_alarm(r: Registrar) -> str | None:
    """Enter into the ledger, once each time, that a quorum is not reached, or is again; returns what was entered."""
    act = _news(r)
    if act is not None:
        r.note(*SUBJECT, act)
    return act


def _news(r: Registrar) -> str | None:
    late = bool(read_witnesses(r.settings)) and _waits(r, _newest_sealed(r)) > ALARM
    last = r.session.exec(select(Entry.act).where(Entry.subject_kind == SUBJECT[0], Entry.subject == SUBJECT[1],
                                                  col(Entry.act).in_((MISSED, REACHED))).order_by(col(Entry.seq).desc()).limit(1)).first()
    act = MISSED if late else REACHED
    return None if last == act or (last is None and not late) else act


def refuse_unwitnessed(r: Registrar) -> None:
    """Issue nothing while what was issued before has waited too long for its witnesses. NotYet; never where there are none."""
    hours = r.settings.log_stop_hours
    if read_witnesses(r.settings) and hours and _waits(r, _newest_sealed(r)) > timedelta(hours=hours):
        raise NotYet(
            Text(f"公开日志已有超过 {hours} 小时未获见证方联署，暂停颁发证书。",
                 f"The public log has gone without its witnesses for more than {hours} hours: no certificate is issued meanwhile."),
            action=Text("请运行者恢复与见证方的联系后再公布。", "Whoever runs the registry must reach the witnesses first; then announce again."))


def _by_quorum(r: Registrar, query: Any) -> Any:
    """Narrow a query of checkpoints to those that enough of the known witnesses have signed."""
    known = [w.key.id for w in read_witnesses(r.settings)]
    if not known:
        return query
    enough = (select(Cosignature.size).where(col(Cosignature.witness).in_(known)).group_by(col(Cosignature.size))
              .having(func.count() >= quorum_of(r.settings)))
    return query.where(col(LogCheckpoint.size).in_(enough))


def _newest_sealed(r: Registrar) -> int:
    return r.session.exec(_by_quorum(r, select(func.max(LogCheckpoint.size)))).one() or 0


def _waits(r: Registrar, sealed: int) -> timedelta:
    """Since when the first entry that no quorum covers is in the log."""
    entry = r.session.get(LogEntry, sealed)
    return timedelta(0) if entry is None else max(r.now - datetime.fromisoformat(entries.time_of(entry.entry)), timedelta(0))
