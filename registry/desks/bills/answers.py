"""The answer to a bill as it lies in the bill's folder: a line each, so that a page of it is read without the rest. What it says is not known here."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson

from registry.law.verdicts import OUTCOMES
from registry.words import Text

LINES, PLACES, SUMMARY = "lines.jsonl", "places", "summary.json"


def keep_answer(folder: Path, found: Mapping[str, Any]) -> None:
    """Write `found` (`judge.judge_bill`); the summary last, by which it is there."""
    places, end = array("Q"), 0
    with (folder / LINES).open("wb") as file:
        for line in found["lines"]:
            # Where it begins, and its outcome in the last three bits.
            places.append(end << 3 | OUTCOMES.index(line["outcome"]))
            end += file.write(orjson.dumps(line, default=_plain, option=orjson.OPT_APPEND_NEWLINE))
    (folder / PLACES).write_bytes(places.tobytes())
    part = folder / f"{SUMMARY}.part"
    part.write_bytes(orjson.dumps({name: value for name, value in found.items() if name != "lines"}, option=orjson.OPT_UTC_Z))
    part.replace(folder / SUMMARY)


def is_kept(folder: Path) -> bool:
    return (folder / SUMMARY).is_file()


def summary_of(folder: Path) -> dict[str, Any]:
    """All but the lines."""
    found: dict[str, Any] = orjson.loads((folder / SUMMARY).read_bytes())
    return found


def some_lines(folder: Path, start: int, count: int, outcome: str = "") -> tuple[list[dict[str, Any]], int]:
    """`count` lines from the `start`-th on, of one outcome or of all, and how many there are of those."""
    places = array("Q")
    places.frombytes((folder / PLACES).read_bytes())
    wanted: Sequence[int] = places
    if outcome:
        kind = OUTCOMES.index(outcome) if outcome in OUTCOMES else -1
        wanted = [place for place in places if place & 7 == kind]
    with (folder / LINES).open("rb") as file:
        return [_line_at(file, place >> 3) for place in wanted[start:start + count]], len(wanted)


def all_lines(folder: Path) -> Iterator[dict[str, Any]]:
    with (folder / LINES).open("rb") as file:
        for line in file:
            yield orjson.loads(line)


def _line_at(file: Any, place: int) -> dict[str, Any]:
    file.seek(place)
    found: dict[str, Any] = orjson.loads(file.readline())
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, Text):
        return _text(value)
    raise TypeError(type(value))


@lru_cache(maxsize=4096)
def _text(value: Text) -> orjson.Fragment:
    return orjson.Fragment(orjson.dumps({"zh": value.zh, "en": value.en}))
