"""Which characters a font can show, read from its `cmap` table (OpenType, formats 4 and 12). It draws nothing."""

from __future__ import annotations

import struct
from functools import cache
from pathlib import Path


@cache
def characters_of(path: Path, index: int) -> frozenset[int]:
    """The code points that font `index` of the file (a font or a collection) has a glyph for."""
    data = path.read_bytes()
    start = struct.unpack_from(">I", data, 12 + 4 * index)[0] if data[:4] == b"ttcf" else 0
    tables = struct.unpack_from(">H", data, start + 4)[0]
    places = (struct.unpack_from(">4sIII", data, start + 12 + 16 * n) for n in range(tables))
    cmap = next(offset for tag, _, offset, _ in places if tag == b"cmap")
    found: set[int] = set()
    for n in range(struct.unpack_from(">H", data, cmap + 2)[0]):
        platform, _, offset = struct.unpack_from(">HHI", data, cmap + 4 + 8 * n)
        kind = struct.unpack_from(">H", data, cmap + offset)[0]
        if platform in (0, 3) and kind == 12:
            found |= _segmented(data, cmap + offset)
        elif platform in (0, 3) and kind == 4:
            found |= _of_the_basic_plane(data, cmap + offset)
    return frozenset(found)


def _segmented(data: bytes, at: int) -> set[int]:
    groups = struct.unpack_from(">I", data, at + 12)[0]
    runs = (struct.unpack_from(">III", data, at + 16 + 12 * n) for n in range(groups))
    return {code for first, last, _ in runs for code in range(first, last + 1)}


def _of_the_basic_plane(data: bytes, at: int) -> set[int]:
    """Segments as they stand: a code inside one that maps to no glyph is rare, and then shows as the font's own box."""
    doubled = struct.unpack_from(">H", data, at + 6)[0]
    lasts = struct.unpack_from(f">{doubled // 2}H", data, at + 14)
    firsts = struct.unpack_from(f">{doubled // 2}H", data, at + 16 + doubled)
    return {code for first, last in zip(firsts, lasts, strict=True) if last != 0xFFFF for code in range(first, last + 1)}
