"""Reading a law file strictly: TOML to a tree, with every fault named by line and key.

Knows no regulation: shapes say what may stand.
"""

from __future__ import annotations

import difflib
import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

TYPE_NAMES = {
    "line": "a line of text that is not empty", "maybe": "a line of text (\"\" means not known)",
    "text": "{ zh = \"…\", en = \"…\" } with both filled", "integer": "a whole number", "flag": "true or false",
    "day": "a day, written 2025-08-01 without quotes", "number": "a number", "words": "a list of texts, at least one",
    "figures": "a table of paths in this file, in quotes, and the figures that stand there",
    "grid": "a list of rows, each a list of texts", "table": "a table", "tables": "a list of tables, at least one", "named": "a table of named tables",
}


@dataclass(frozen=True)
class Key:
    """What may stand at one key. `kind` is one of `TYPE_NAMES`; `shape` is for the three kinds of table."""

    kind: str
    required: bool = True
    choices: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    shape: Mapping[str, Key] = field(default_factory=dict)


Place = tuple[str | int, ...]


def near(wrong: str, known: Iterable[str]) -> str:
    """What to say after a name that is not known: the nearest that is, if any is near."""
    found = difflib.get_close_matches(wrong.lower(), sorted(set(known)), 1, 0.6)
    return f"; did you mean {found[0]!r}?" if found else ""


def meant(wrong: str, known: Iterable[str]) -> str:
    """The same, and all there are where none is near."""
    names = sorted(set(known))
    return near(wrong, names) or f"; known here: {', '.join(names) or 'none'}"


_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\[\]]+?)\s*\]")
_PAIR = re.compile(r"^\s*([A-Za-z0-9_.\"-]+)\s*=(.*)$")
_NAME = re.compile(r"^[a-z0-9][a-z0-9_-]*$")


def dotted(place: Place) -> str:
    """A place as people write it: ("stages", 0, "kind") is stages[1].kind, counted from one."""
    return "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in place).lstrip(".")


class LawFile:
    """One file being read: its tree, its digest, and the faults found so far."""

    def __init__(self, path: Path, content: bytes | None = None) -> None:
        """The file at `path`; with `content`, what it held when that was kept, wherever the file is now."""
        self.path = path
        self.content = b""
        self.faults: list[str] = []
        self.tree: dict[str, object] = {}
        self.digest = ""
        self._lines: dict[Place, int] = {}
        try:
            self.content = path.read_bytes() if content is None else content
            self.digest = hashlib.sha256(self.content).hexdigest()
            text = self.content.decode("utf-8")
            self.tree = tomllib.loads(text, parse_float=Decimal)
            self._lines = find_lines(text)
        except OSError as error:
            self.faults.append(f"cannot be opened: {error.strerror}")
        except UnicodeDecodeError as error:
            self.faults.append(f"byte {error.start + 1}: not UTF-8")
        except tomllib.TOMLDecodeError as error:
            self.faults.append(f"not TOML: {error}")

    def fault(self, place: Place, what: str) -> None:
        """Note a fault at `place`; the line is that of the nearest enclosing key that has one."""
        nearest = (step for n in range(len(place), 0, -1) for step in (place[:n], (*place[:n], 0)))
        known = next((self._lines[step] for step in nearest if step in self._lines), None)
        self.faults.append(f"{f'line {known}: ' if known else ''}{dotted(place)}: {what}")

    def check(self, shape: Mapping[str, Key]) -> bool:
        """Hold the whole tree against `shape`; True when it fits."""
        before = len(self.faults)
        if not before:
            self._table(self.tree, shape, ())
        return len(self.faults) == before == 0

    def _table(self, table: Mapping[str, object], shape: Mapping[str, Key], place: Place) -> None:
        for name in table:
            if name not in shape:
                self.fault((*place, name), f"unknown key{meant(name, shape)}")
        for name, key in shape.items():
            if name in table:
                self._value(table[name], key, (*place, name))
            elif key.required:
                self.fault((*place, name), f"is missing; it must be {TYPE_NAMES[key.kind]}")

    def _value(self, value: object, key: Key, place: Place) -> None:
        if not _is_kind(value, key):
            self.fault(place, f"must be {TYPE_NAMES[key.kind]}")
        elif key.kind == "table" and isinstance(value, dict):
            self._table(value, key.shape, place)
        elif key.kind == "tables" and isinstance(value, list):
            for index, item in enumerate(value):
                self._table(item, key.shape, (*place, index))
        elif key.kind == "named" and isinstance(value, dict):
            self._named(value, key, place)
        elif key.choices:
            self._choice(value, key, place)
        elif isinstance(value, int | Decimal):
            self._bounds(value, key, place)

    def _named(self, value: Mapping[str, object], key: Key, place: Place) -> None:
        for name, item in value.items():
            if not _NAME.match(name) or (key.choices and name not in key.choices):
                self.fault((*place, name), f"unknown name{meant(name, key.choices) if key.choices else '; it is made of a-z, 0-9 and _'}")
            elif not isinstance(item, dict):
                self.fault((*place, name), "must be a table")
            else:
                self._table(item, key.shape, (*place, name))

    def _bounds(self, value: int | Decimal, key: Key, place: Place) -> None:
        if key.minimum is not None and value < key.minimum:
            self.fault(place, f"must be at least {key.minimum}")
        if key.maximum is not None and value > key.maximum:
            self.fault(place, f"must be at most {key.maximum}")

    def _choice(self, value: object, key: Key, place: Place) -> None:
        for word in value if isinstance(value, list) else [value]:
            if word not in key.choices:
                self.fault(place, f"{word!r} is not one of {', '.join(key.choices)}{near(str(word), key.choices)}")


def _is_kind(value: object, key: Key) -> bool:
    match key.kind:
        case "line":
            return isinstance(value, str) and bool(value.strip())
        case "maybe":
            return isinstance(value, str)
        case "text":
            return isinstance(value, dict) and set(value) == {"zh", "en"} and all(
                isinstance(v, str) and v.strip() for v in value.values())
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "flag":
            return isinstance(value, bool)
        case "day":
            return isinstance(value, date) and not isinstance(value, datetime)
        case "number":
            return isinstance(value, int | Decimal) and not isinstance(value, bool)
        case "words":
            return isinstance(value, list) and bool(value) and all(isinstance(v, str) and v.strip() for v in value)
        case "grid":
            return isinstance(value, list) and bool(value) and all(
                isinstance(row, list) and row and all(isinstance(cell, str) for cell in row) for row in value)
        case "figures":
            return isinstance(value, dict) and bool(value) and all(
                isinstance(v, str | int | Decimal) and not isinstance(v, bool) for v in value.values())
        case "tables":
            return isinstance(value, list) and bool(value) and all(isinstance(v, dict) for v in value)
        case _:
            return isinstance(value, dict)


def find_lines(text: str) -> dict[Place, int]:
    """On which line each table and key of a TOML text stands, counted from one. Keys inside `{ }` have their line's."""
    found: dict[Place, int] = {}
    counts: dict[Place, int] = {}
    table: Place = ()
    closing = ""
    for number, line in enumerate(text.splitlines(), 1):
        if closing:
            closing = "" if closing in line else closing
        elif header := _HEADER.match(line):
            table = _table_place(header[2], header[1] == "[[", counts)
            found.setdefault(table, number)
        elif pair := _PAIR.match(line):
            place = (*table, *_steps(pair[1]))
            found.setdefault(place, number)
            closing = _opens(pair[2].strip())
    return found


def _steps(name: str) -> list[str]:
    return [step.strip().strip('"') for step in name.split(".")]


def _opens(value: str) -> str:
    """What will close a value that goes on over further lines, or "" when it is closed on its own."""
    for mark in ('"""', "'''"):
        if value.startswith(mark):
            return "" if mark in value[3:] else mark
    return "]" if value.startswith("[") and "]" not in value else ""


def _table_place(name: str, is_item: bool, counts: dict[Place, int]) -> Place:
    place: Place = ()
    steps = _steps(name)
    for index, step in enumerate(steps):
        place = (*place, step)
        if is_item and index == len(steps) - 1:
            counts[place] = counts.get(place, -1) + 1
        if place in counts:
            place = (*place, counts[place])
    return place
