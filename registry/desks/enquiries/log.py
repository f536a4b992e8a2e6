"""Reading the log: its head, its tiles, its entries, and the proof that an entry is in it. Nothing that no checkpoint covers is shown."""

from __future__ import annotations

import re
from base64 import b64encode
from typing import Any

from sqlmodel import col, select

from registry.books.log import entries, tree
from registry.books.models import Certificate, Entry, LogEntry, LogNode
from registry.desks import witnessing
from registry.errors import NotFound
from registry.registrar import Registrar
from registry.seal import notes
from registry.seal.keys import Keyring
from registry.words import Text

WIDTH = 256
_TILE = re.compile(r"(entries|[0-9]|[1-5][0-9]|6[0-3])/((?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII)
SHOWING = ("issue", "amend")  # the acts after which a certificate says something new


def show_log(r: Registrar, ring: Keyring) -> dict[str, Any]:
    """What the log is called and who signs it: for information; whoever verifies pins the keys from a printed copy."""
    key, base = witnessing.log_key(r, ring), r.settings.public_base_url
    return {"origin": notes.origin_of(base), "prefix": f"{base}/log", "vkey": str(key) if key else None,
            "witnesses": [str(w.key) for w in witnessing.read_witnesses(r.settings)], "quorum": witnessing.quorum_of(r.settings)}


def newest_checkpoint(r: Registrar) -> str:
    """The newest head, with all that witnesses have signed of it so far. NotFound before the first."""
    last = witnessing.newest(r)
    if last is None:
        raise NotFound(Text("日志尚无检查点。", "The log has no checkpoint yet."))
    return last.note + "".join(c.line for c in witnessing.cosignatures(r, last.size))


def find_tile(r: Registrar, path: str) -> bytes:
    """A tile of hashes or a bundle of entries, by its address below /log/tile/. NotFound for all that is not to be had."""
    found, last = _TILE.fullmatch(path), witnessing.newest(r)
    if found is None or last is None:
        raise _nothing()
    level = 0 if found[1] == "entries" else int(found[1])
    first, width = WIDTH * int(found[2].replace("/", "").replace("x", "")), int(found[3] or WIDTH)
    if _is_padded(found[2]) or (found[3] and width >= WIDTH) or (first + width) << (8 * level) > last.size:
        raise _nothing()
    return _bundle(r, first, width) if found[1] == "entries" else _hashes(r, 8 * level, first, width)


def prove(r: Registrar, number: str) -> str:
    """The proof that what a certificate says now is in the log (c2sp.org/tlog-proof). NotFound until a quorum has signed over it."""
    row = r.session.exec(
        select(LogEntry).join(Entry, col(Entry.seq) == LogEntry.entry_seq).where(
            Entry.subject_kind == Certificate.kind, Entry.subject == number, col(Entry.act).in_(SHOWING)).order_by(col(LogEntry.idx).desc())).first()
    if row is None:
        raise NotFound(Text(f"没有编号为 {number} 的记录。", f"There is no record with the number {number}."))
    covering = witnessing.first_covering(r, row.idx)
    if covering is None:
        raise NotFound(Text("该证书的日志条目尚待见证方联署。", "The entry of this certificate waits for the witnesses to sign."),
                       action=Text("请稍后再取。", "Ask again in a little while."))
    path = tree.inclusion(row.idx, covering.size, entries.read_node(r.session))
    lines = ["c2sp.org/tlog-proof@v1", f"extra {_base64(row.entry.encode())}", f"index {row.idx}", *map(_base64, path)]
    signed = "".join(c.line for c in witnessing.cosignatures(r, covering.size))
    return "\n".join(lines) + f"\n\n{covering.note}{signed}"


def _hashes(r: Registrar, level: int, first: int, width: int) -> bytes:
    query = select(LogNode.hash).where(LogNode.level == level, LogNode.idx >= first, LogNode.idx < first + width).order_by(col(LogNode.idx))
    return b"".join(r.session.exec(query).all())


def _bundle(r: Registrar, first: int, width: int) -> bytes:
    query = select(LogEntry.entry).where(LogEntry.idx >= first, LogEntry.idx < first + width).order_by(col(LogEntry.idx))
    octets = (entry.encode() for entry in r.session.exec(query))
    return b"".join(len(each).to_bytes(2, "big") + each for each in octets)


def _is_padded(steps: str) -> bool:
    """Whether a number is written longer than it is: each tile has one address."""
    return steps.startswith("x000/")


def _base64(octets: bytes) -> str:
    return b64encode(octets).decode()


def _nothing() -> NotFound:
    return NotFound(Text("没有这个地址。", "There is nothing at this address."))
