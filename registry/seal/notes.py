"""Signed notes (C2SP signed-note, tlog-checkpoint, tlog-cosignature): written, read and verified; pure functions of bytes. No key is kept here."""

from __future__ import annotations

import binascii
import hashlib
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

LOG, WITNESS = 1, 4  # the types of signature: Ed25519, and Ed25519 with the witness's time
MOST_OCTETS = 64 * 1024
_NAME = re.compile(r"[^\s+]{1,150}")
_SIGNATURE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
_SIZE = re.compile(r"0|[1-9][0-9]{0,17}", re.ASCII)


@dataclass(frozen=True)
class Vkey:
    """A public key as verifiers pin it: NAME+HASH+KEY."""

    name: str
    kind: int
    public: bytes

    @property
    def hash(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    @property
    def id(self) -> str:
        return f"{self.name}+{self.hash.hex()}"

    def __str__(self) -> str:
        return f"{self.id}+{_base64(bytes([self.kind]) + self.public)}"

    def line(self, signature: bytes) -> str:
        """A line of a note: that this key made `signature`."""
        return f"— {self.name} {_base64(self.hash + signature)}\n"


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint says: the head of the log `origin` at `size`."""

    origin: str
    size: int
    root: bytes

    def body(self) -> str:
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n"


def origin_of(base_url: str) -> str:
    """The name of the log of the host at which the public reaches this register."""
    return urlsplit(base_url).netloc.rpartition("@")[2] + "/log"


def read_vkey(written: str) -> Vkey:
    """ValueError for what is no key of a kind known here."""
    name, _, rest = written.partition("+")
    said, _, key = rest.partition("+")
    octets = _octets(key)
    if not _NAME.fullmatch(name) or len(octets) != 33 or octets[0] not in (LOG, WITNESS):
        raise ValueError(f"no verification key: {written[:80]!r}")
    found = Vkey(name, octets[0], octets[1:])
    if found.hash.hex() != said:
        raise ValueError(f"the hash does not fit the key: {written[:80]!r}")
    return found


def open_note(note: str) -> tuple[Checkpoint, list[str]]:
    """The checkpoint in a note and its lines of signatures, none of them verified yet. ValueError if it is none."""
    body, gap, lines = note.partition("\n\n")
    said = body.split("\n")
    if not gap or len(said) != 3 or not _SIZE.fullmatch(said[1]) or not note.endswith("\n"):
        raise ValueError("no checkpoint")
    root = _octets(said[2])
    if len(root) != 32:
        raise ValueError("no root")
    return Checkpoint(said[0], int(said[1]), root), lines.splitlines(keepends=True)


def find_signature(checkpoint: Checkpoint, lines: list[str], key: Vkey) -> tuple[str, int] | None:
    """The line by which `key` signed the checkpoint, and the time that it says (0 for a log); None if no line holds."""
    for line in lines:
        found = _SIGNATURE.fullmatch(line.rstrip("\n"))
        octets = _octets(found[2]) if found else b""
        if found is None or found[1] != key.name or octets[:4] != key.hash:
            continue
        at = _verify(checkpoint, octets[4:], key)
        if at is not None:
            return line.rstrip("\n") + "\n", at
    return None


def _verify(checkpoint: Checkpoint, signature: bytes, key: Vkey) -> int | None:
    message, at = checkpoint.body().encode(), 0
    if key.kind == WITNESS:
        at, signature = int.from_bytes(signature[:8], "big"), signature[8:]
        message = f"cosignature/v1\ntime {at}\n".encode() + message
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, message)
    except InvalidSignature:
        return None
    return at


def _base64(octets: bytes) -> str:
    return b64encode(octets).decode()


def _octets(written: str) -> bytes:
    try:
        return b64decode(written, validate=True)
    except (binascii.Error, ValueError):
        return b""
