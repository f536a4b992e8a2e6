"""Which column of a bill means what: the header row is found among titles and blanks, its columns guessed; a person confirms."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from registry.errors import BadInput, Finding
from registry.words import Text


@dataclass(frozen=True)
class Kind:
    """A kind of table: what its columns mean and are called (as it compares; the first that fits wins).

    Of `needed` one must be there, or every one where `all_needed` says so.
    """

    labels: Mapping[str, Text]
    names: Mapping[str, Sequence[str]]
    needed: tuple[str, ...]
    all_needed: bool = False
    others: tuple[str, ...] = ()  # columns that are none of these though their names begin alike
    counted: tuple[str, ...] = ()  # below which a row may stand that only says in what they are counted


COLUMNS = {
    "part": Text("型号或版本", "part number or version"),
    "certificate": Text("证书编号", "certificate number"),
    "manufacturer": Text("生产企业", "manufacturer"),
    "credit_code": Text("统一社会信用代码", "credit code"),
    "quantity": Text("数量", "quantity"),
    "day": Text("交付日期", "day of delivery"),
}
_WORDS = tomllib.loads(Path(__file__).with_name("names.toml").read_text(encoding="utf-8"))
NOTHING_SAID = frozenset(_WORDS["nothing"])
BILL = Kind(COLUMNS, _WORDS["columns"], ("part", "certificate"), others=tuple(_WORDS["others"]), counted=("quantity", "day"))
LOOKED_AT = 40  # rows at the top among which the header is looked for
_NOISE = re.compile(r"[\s()（）\[\]【】:：/\\._\-#*]+")


@dataclass(frozen=True)
class Guess:
    """Where the header is (its index, None without one), where the lines begin, and which column means what."""

    header: int | None
    begins: int
    columns: Mapping[str, int]


def guess(rows: Sequence[Sequence[str]], kind: Kind = BILL) -> Guess:
    """The row that names the most columns; a second header row right below it (the other language, the rest of the names) is taken in."""
    best, named = None, dict[str, int]()
    for index, row in enumerate(rows[:LOOKED_AT]):
        found = _named(row, kind)
        if len(found) > len(named) and found.keys() & set(kind.needed):
            best, named = index, found
    if best is None:
        return Guess(None, next((i for i, row in enumerate(rows) if any(row)), 0), {})
    begins = best + 1
    if begins < len(rows) and (second := _named(rows[begins], kind)) and _adds(second, named, rows[begins]):
        named, begins = second | named, begins + 1
    elif best and (first := _named(rows[best - 1], kind)) and _adds(first, named, rows[best - 1]):
        named = first | named
    if begins < len(rows) and _says_only_units(rows[begins], named, kind):
        begins += 1
    return Guess(best, begins, named)


def confirm(rows: Sequence[Sequence[str]], columns: Mapping[str, int | None], begins: int, kind: Kind = BILL) -> Guess:
    """What a person says of the columns. BadInput without any that is needed, for a column named twice or that is not there."""
    width = max((len(row) for row in rows), default=0)
    chosen = {key: index for key, index in columns.items() if index is not None}
    findings = [Finding(f"columns.{key}", "unknown", Text("没有这一列。", "There is no such column.")) for key, index in chosen.items()
                if key not in kind.labels or not 0 <= index < width]
    missing = [key for key in kind.needed if key not in chosen]
    if missing and (kind.all_needed or len(missing) == len(kind.needed)):
        between = Text("和", " and ") if kind.all_needed else Text("或", " or ")
        those = Text(between.zh.join(kind.labels[key].zh for key in missing), between.en.join(kind.labels[key].en for key in missing))
        said = Text("请指明{those}在哪一列。", "Say in which column this is: {those}.")
        findings.append(Finding(f"columns.{missing[0]}", "missing", said.with_(those=those)))
    if len(set(chosen.values())) < len(chosen):
        findings.append(Finding(f"columns.{next(iter(chosen))}", "twice", Text("同一列被指定了两次。", "One column is named twice.")))
    if not 0 <= begins <= len(rows):
        findings.append(Finding("begins", "out-of-range", Text("起始行超出范围。", "The first line is out of range.")))
    if findings:
        raise BadInput(Text("列的对应需要修改。", "The columns need correcting."), findings=findings)
    return Guess(begins - 1 if begins else None, begins, chosen)


def _says_only_units(row: Sequence[str], named: Mapping[str, int], kind: Kind) -> bool:
    """Whether a row below the header says no more than in what its columns are counted."""
    said = {at for at, cell in enumerate(row) if cell}
    return bool(said) and said <= {at for key, at in named.items() if key in kind.counted} and not any(c.isdigit() for cell in row for c in cell)


def _adds(other: Mapping[str, int], named: Mapping[str, int], row: Sequence[str]) -> bool:
    """Whether a row beside the header is one too: it names two columns, or one that the header leaves open, and holds no figures."""
    new = {key for key, at in other.items() if key not in named and at not in named.values()}
    return (len(other) >= 2 or bool(new)) and not any(character.isdigit() for cell in row for character in cell)


def _named(row: Sequence[str], kind: Kind) -> dict[str, int]:
    """Which column each name stands over: of several, the one whose cell says it most plainly."""
    best: dict[str, tuple[int, int]] = {}
    for index, cell in enumerate(row):
        key, plainness = _meaning(cell, kind)
        if key and plainness > best.get(key, (0, 0))[0]:
            best[key] = plainness, index
    return {key: index for key, (_, index) in best.items()}


def _meaning(cell: str, kind: Kind) -> tuple[str, int]:
    """What a header's cell means, and how plainly it says so; ("", 0) for nothing. The first meaning that fits wins: names.toml."""
    text = unicodedata.normalize("NFKC", cell).lower()
    name = _NOISE.sub("", text)
    if not name or len(name) > 30 or any(other in name for other in kind.others):
        return "", 0
    words = re.findall(r"[a-z]+", text)
    joined = {"".join(words[i:j]) for i in range(len(words)) for j in range(i + 1, len(words) + 1)}
    for key, names in kind.names.items():
        found = [100 * (name == known) + 10 * name.startswith(known) + len(known) for known in names
                 if name == known or known in joined or (not known.isascii() and known in name)]
        if found:
            return key, max(found)
    return "", 0
