"""Reading a published list: its columns, and what each row of it is. Nothing is kept here."""

from __future__ import annotations

import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import orjson

from registry.desks.bills.columns import Guess, Kind, guess
from registry.desks.bills.files import XLSX, check_readable, read_table, text_rows
from registry.law.conditions import plain
from registry.words import Text

COLUMNS = {
    "ordinal": Text("序号", "ordinal"),
    "product": Text("产品", "product"),
    "model": Text("型号或版本", "model or version"),
    "enterprise": Text("企业", "enterprise"),
    "kind": Text("类别", "class"),
    "grade": Text("档次", "grade"),
    "place": Text("地区", "place"),
    "certificate": Text("证书编号", "certificate number"),
    "valid_until": Text("有效期至", "valid until"),
}
_WORDS = tomllib.loads(Path(__file__).with_name("names.toml").read_text(encoding="utf-8"))
PAST = Kind(COLUMNS, _WORDS["columns"], ("product", "enterprise"), all_needed=True, others=tuple(_WORDS["others"]))
_WIDE = re.compile("[０-９Ａ-Ｚａ-ｚ－．／＋＿＃＆\u3000]+")
SEEN_FIRST = 200  # rows by which the columns are guessed


class Row(NamedTuple):
    """A row of a list, as it stands there but for full-width letters and digits; and how its names compare."""

    row: int
    cells: Mapping[str, str]
    holder_key: str
    product_key: str

    @property
    def is_read(self) -> bool:
        """Whether it names a product and an enterprise."""
        return bool(self.holder_key and self.product_key)


@dataclass
class Tally:
    """What a list holds, counted as its rows go by. `digest` is of all that was read, row by row."""

    kept: int = 0
    unread: int = 0
    doubled: int = 0

    def __post_init__(self) -> None:
        self._seen: set[int] = set()
        self._hash = hashlib.sha256()

    def count(self, rows: Iterable[Row]) -> Iterator[Row]:
        for row in rows:
            self.kept += 1
            self.unread += not row.is_read
            if row.is_read:
                key = hash((row.holder_key, row.product_key, row.cells.get("model", "")))
                self.doubled += key in self._seen
                self._seen.add(key)
            self._hash.update(digestible(row.row, row.cells))
            yield row

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()


def digestible(row: int, cells: Mapping[str, str]) -> bytes:
    """What a row adds to the digest of its list."""
    return orjson.dumps([row, *(cells.get(key, "") for key in COLUMNS)], option=orjson.OPT_APPEND_NEWLINE)


def top_of(content: bytes, sheet: str | None = None) -> tuple[list[list[str]], str, tuple[str, ...]]:
    """The first rows of a file, which sheet they are of, and which there are. BadInput for what is no table."""
    check_readable(content)
    if content.startswith(XLSX):
        table = read_table(content, sheet, PAST)
        return table.rows[:SEEN_FIRST], table.sheet, table.sheets
    return list(islice(text_rows(content), SEEN_FIRST)), "", ()


def guess_columns(rows: Sequence[Sequence[str]]) -> Guess:
    return guess(rows, PAST)


def read_rows(content: bytes, sheet: str, columns: Mapping[str, int], begins: int) -> Iterator[Row]:
    """Every row below the header that holds anything. A cell left empty below a class or a place means the one above, if it was merged."""
    found = read_table(content, sheet or None, PAST).rows if content.startswith(XLSX) else text_rows(content)
    for number, cells in enumerate(islice(found, begins, None), begins + 1):
        if not any(cells):
            continue
        named = {key: _narrow(cells[at]) for key, at in columns.items() if at < len(cells) and cells[at]}
        yield Row(number, named, plain(named.get("enterprise", "")), plain(named.get("product", "")))


def _narrow(text: str) -> str:
    """Full-width letters, digits and what joins them made narrow; Chinese punctuation stays as it is."""
    return text if text.isascii() else _WIDE.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text).strip()
