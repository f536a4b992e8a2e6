"""The Merkle tree of RFC 6962 over stored hashes of whole subtrees: roots and proofs. It knows no database and no entry."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

Read = Callable[[int, int], bytes]  # (level, idx): the hash of the whole subtree of 2**level leaves that begins at idx * 2**level
Node = tuple[int, int, bytes]
EMPTY = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def grow(idx: int, leaf: bytes, read: Read) -> Iterator[Node]:
    """The leaf at `idx`, and every subtree that it makes whole, the smallest first: two nodes an entry on the average."""
    level = 0
    yield level, idx, leaf
    while idx & 1:
        leaf = node_hash(read(level, idx - 1), leaf)
        level, idx = level + 1, idx >> 1
        yield level, idx, leaf


def root(size: int, read: Read) -> bytes:
    """The root of the tree of the first `size` leaves."""
    return _span(0, size, read) if size else EMPTY


def inclusion(idx: int, size: int, read: Read) -> list[bytes]:
    """The audit path of the leaf at `idx` in the tree of `size` leaves, from its sibling up (RFC 6962 §2.1.1)."""
    return _path(idx, 0, size, read)


def consistency(old: int, new: int, read: Read) -> list[bytes]:
    """That the tree of `old` leaves is how the tree of `new` begins (RFC 6962 §2.1.2); nothing is needed from an empty or the same one."""
    return _subproof(old, (0, new), read, known=True) if 0 < old < new else []


def _span(start: int, end: int, read: Read) -> bytes:
    width = end - start
    if width & (width - 1) == 0:  # the tree splits so that such a subtree begins at a multiple of its width
        level = width.bit_length() - 1
        return read(level, start >> level)
    k = _split(width)
    return node_hash(_span(start, start + k, read), _span(start + k, end, read))


def _path(idx: int, start: int, end: int, read: Read) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + _split(end - start)
    if idx < middle:
        return [*_path(idx, start, middle, read), _span(middle, end, read)]
    return [*_path(idx, middle, end, read), _span(start, middle, read)]


def _subproof(old: int, within: tuple[int, int], read: Read, known: bool) -> list[bytes]:
    """`known`: the verifier has the hash of all that was old within here, since it is the old root."""
    start, end = within
    if old == end:
        return [] if known else [_span(start, end, read)]
    middle = start + _split(end - start)
    if old <= middle:
        return [*_subproof(old, (start, middle), read, known), _span(middle, end, read)]
    return [*_subproof(old, (middle, end), read, False), _span(start, middle, read)]


def _split(width: int) -> int:
    """The largest power of two that is smaller than `width`."""
    return 1 << ((width - 1).bit_length() - 1)
