"""A regulation's conditions: CEL expressions over a dossier, checked when loaded and asked without ever raising.

What an expression sees: `dossier` (typed values; a day is a timestamp at 00:00 UTC; a decimal is the whole number of
its last place, so 12.34 with places = 2 is 1234; never a double), `documents` (a count for every kind of document),
`today` (a timestamp like every day), and the functions of FUNCTIONS. Not here: who asks, what a finding says.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

import cel

MAX_LENGTH = 400
MAX_DEPTH = 6
MAX_LOOPS = 1
ROOTS = {"dossier", "documents", "today"}
_BUILT_IN = {"contains", "startsWith", "endsWith", "matches"}
_OPERATOR = re.compile(r"^[_!@\-]|_$")
_STRING = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"")
_NAME = re.compile(r"(?<![\w.])(dossier|documents)\s*\.\s*([A-Za-z_]\w*)")
_GUARD = re.compile(r"\bhas\s*\(\s*dossier\s*\.\s*([A-Za-z_]\w*)\s*\)")
_LOOP = re.compile(r"\.\s*(?:all|exists|exists_one|map|filter)\s*\(\s*([A-Za-z_]\w*)")
_LAST = datetime(9999, 12, 31, tzinfo=UTC)
_FIRST = datetime(1, 1, 1, tzinfo=UTC)


def chars(text: str) -> int:
    """Characters of a text. CEL's own size() counts bytes here: two Chinese characters would be six."""
    return len(text)


def count(items: list[str]) -> int:
    """Items of a list."""
    return len(items)


def plain(text: str) -> str:
    """A name as it compares: full width to half width, no spaces, capitals and small letters alike."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def months_after(day: datetime, months: int) -> datetime:
    """The corresponding day so many months on, or that month's last day (Civil Code 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        return _LAST if months > 0 else _FIRST
    return day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))


def years_after(day: datetime, years: int) -> datetime:
    """The corresponding day so many years on; 29 February ends on 28 February."""
    return months_after(day, years * 12)


def days_after(day: datetime, days: int) -> datetime:
    """So many natural days on."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return _LAST if days > 0 else _FIRST


FUNCTIONS: dict[str, Callable[..., object]] = {
    "chars": chars, "count": count, "plain": plain,
    "days_after": days_after, "months_after": months_after, "years_after": years_after,
}


@dataclass(frozen=True)
class Compiled:
    """A program and the fields it cannot do without: those it names outside has()."""

    program: cel.Program
    needs: frozenset[str]


@lru_cache(maxsize=512)
def compile_condition(expression: str) -> Compiled:
    """The program of an expression that `expression_faults` has passed."""
    bare = _STRING.sub("''", expression)
    guarded = set(_GUARD.findall(bare))
    named = {name for root, name in _NAME.findall(bare) if root == "dossier"}
    return Compiled(cel.compile(expression), frozenset(named - guarded))


def expression_faults(expression: str, samples: Mapping[str, object], documents: Iterable[str]) -> list[str]:
    """What is wrong with an expression, for whoever writes the file. `samples`: one typed value for each field."""
    bare = _STRING.sub("''", expression)
    faults = _size_faults(bare, expression)
    if faults:
        return faults
    try:
        program = cel.compile(expression)
    except Exception as error:  # the parser's own errors have no common type
        return [f"is not CEL: {str(error).splitlines()[0]}"]
    counts = {key: 0 for key in documents}
    faults = [*_name_faults(bare, program, samples, counts), *_function_faults(program)]
    return faults or _trial_faults(program, samples, counts)


def _size_faults(bare: str, expression: str) -> list[str]:
    faults = []
    if len(expression) > MAX_LENGTH:
        faults.append(f"is longer than {MAX_LENGTH} characters")
    if _depth(bare) > MAX_DEPTH:
        faults.append(f"nests deeper than {MAX_DEPTH}")
    if len(_LOOP.findall(bare)) > MAX_LOOPS:
        faults.append(f"has more than {MAX_LOOPS} of all(), exists(), map(), filter()")
    if re.search(r"(?<![\w.])\d+(\.\d|[eE])", bare):
        faults.append("holds a number with a point; use whole numbers of the last place")
    return faults


def _depth(bare: str) -> int:
    depth = deepest = 0
    for mark in bare:
        depth += (mark in "([{") - (mark in ")]}")
        deepest = max(deepest, depth)
    return deepest


def _name_faults(
    bare: str, program: cel.Program, samples: Mapping[str, object], counts: Mapping[str, int],
) -> list[str]:
    bound = set(_LOOP.findall(bare))
    faults = [f"knows no {name!r}; there are {', '.join(sorted(ROOTS))}" for name in program.variables()
              if name not in ROOTS | bound]
    known: dict[str, Iterable[str]] = {"dossier": samples, "documents": counts}
    for root, name in _NAME.findall(bare):
        if name not in known[root]:
            faults.append(f"names {root}.{name}, which this regulation does not have")
    for root in known:
        if len(re.findall(rf"(?<![\w.]){root}\b", bare)) != len([r for r, _ in _NAME.findall(bare) if r == root]):
            faults.append(f"uses {root} otherwise than as {root}.<key>")
    return faults


def _function_faults(program: cel.Program) -> list[str]:
    faults = []
    for name in program.functions():
        if name == "size":
            faults.append("uses size(), which counts bytes; use chars() for a text and count() for a list")
        elif name == "_[_]":
            faults.append("uses [ ] to reach into a value; only dossier.<key> is read")
        elif not _OPERATOR.search(name) and name not in _BUILT_IN | set(FUNCTIONS):
            faults.append(f"uses the function {name}(); known: {', '.join(sorted(_BUILT_IN | set(FUNCTIONS)))}")
    return faults


def _trial_faults(program: cel.Program, samples: Mapping[str, object], counts: Mapping[str, int]) -> list[str]:
    """One trial on sample values: types that do not fit show here, not in an applicant's case."""
    try:
        answer = program.execute(_context(samples, counts, date(2000, 1, 1)))
    except Exception as error:  # CEL raises KeyError, TypeError, RuntimeError, OverflowError, ValueError
        return [f"cannot be evaluated: {error}"]
    return [] if isinstance(answer, bool) else [f"answers {type(answer).__name__}, not true or false"]


def holds(expression: str, facts: Mapping[str, object], documents: Mapping[str, int], today: date) -> bool:
    """Whether the condition holds. One that names a field not (readably) filled in is not asked and holds.

    An evaluation that fails, for instance by overflow, does not hold.
    """
    compiled = compile_condition(expression)
    if not compiled.needs <= facts.keys():
        return True
    try:
        return compiled.program.execute(_context(facts, documents, today)) is True
    except Exception:  # fails closed: the finding is shown and a person looks
        return False


def _context(facts: Mapping[str, object], documents: Mapping[str, int], today: date) -> cel.Context:
    variables = {
        "dossier": {key: _as_cel(value) for key, value in facts.items()},
        "documents": dict(documents),
        "today": _as_cel(today),
    }
    return cel.Context(variables, FUNCTIONS)


def _as_cel(value: object) -> object:
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    if isinstance(value, Decimal):
        return int(value.scaleb(-int(value.as_tuple().exponent)))
    return value
