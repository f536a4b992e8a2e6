"""A regulation's conditions: CEL expressions over a dossier, checked when loaded, asked in an applicant's case.

What an expression sees: `dossier` (typed values; a day is a timestamp at 00:00 UTC; a decimal is the whole number of
its last place, so 12.34 with places = 2 is 1234; never a double; rows are a list of mappings), `documents` (a count for
every kind of document), `applicant`, `others`, `in_round` (`Surroundings`), `today` (a timestamp like every day), and the
functions of FUNCTIONS. Not here: who asks, what a finding says.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

import cel

from registry.law.expressions import DAY, NUMBER, TEXT, Kind, parse, type_faults

MAX_LENGTH = 400
MAX_DEPTH = 6
MAX_LOOPS = 2
APPLICANT = ("credit_code", "name", "prefecture")
_STRING = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"")
_NAME = re.compile(r"(?<![\w.])(dossier|documents|applicant)\s*\.\s*([A-Za-z_]\w*)")
_GUARD = re.compile(r"\bhas\s*\(\s*dossier\s*\.\s*([A-Za-z_]\w*)\s*\)")
_LOOP = re.compile(r"\.\s*(?:all|exists|exists_one|map|filter)\s*\(\s*([A-Za-z_]\w*)")
_AT = re.compile(r"<input>:\d+:(\d+): (?:Syntax error: )?([^\n]*)")  # where the library's own words say that it cannot read
_LAST = datetime(9999, 12, 31, tzinfo=UTC)
_FIRST = datetime(1, 1, 1, tzinfo=UTC)
logging.getLogger("cel").setLevel(logging.CRITICAL)  # it warns on stderr of what is raised to us anyway


def chars(text: str) -> int:
    """Characters of a text. CEL's own size() counts bytes here: two Chinese characters would be six."""
    return len(text)


def count(items: list[object]) -> int:
    """Items of a list."""
    return len(items)


def total(rows: list[dict[str, int]], column: str) -> int:
    """The sum of a column of whole numbers; a decimal is the whole number of its last place."""
    return sum(row.get(column, 0) for row in rows)


def column(rows: list[dict[str, object]], key: str) -> list[object]:
    """What stands in a column, from top to bottom; lines that leave it empty are passed over."""
    return [row[key] for row in rows if key in row]


def distinct(items: list[object]) -> bool:
    """Whether no two items are the same; texts compare as `plain` does."""
    return len({_comparable(item) for item in items}) == len(items)


def disjoint(these: list[object], those: list[object]) -> bool:
    """Whether no item stands in both lists; texts compare as `plain` does."""
    return not {_comparable(item) for item in these} & {_comparable(item) for item in those}


def _comparable(item: object) -> object:
    return plain(item) if isinstance(item, str) else item


def day(written: str) -> datetime:
    """A day of the calendar, written 2023-01-01."""
    found = date.fromisoformat(written)
    return datetime(found.year, found.month, found.day, tzinfo=UTC)


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
    "chars": chars, "count": count, "plain": plain, "total": total, "column": column, "distinct": distinct,
    "disjoint": disjoint, "day": day,
    "days_after": days_after, "months_after": months_after, "years_after": years_after,
}


@dataclass(frozen=True)
class Surroundings:
    """What a condition may ask besides the dossier itself.

    `applicant`: credit code, name, prefecture. `others`: the typed dossiers of that enterprise's other applications under
    the same family of regulations that are handed in and in hand, or have led to a certificate not revoked, given up or
    over. `in_round`: those handed in under the same call, or, without calls, in the same calendar year, however they ended
    but withdrawn. Rows and lists that such a dossier leaves empty are empty lists; what else it leaves empty needs has().
    """

    applicant: Mapping[str, str] = field(default_factory=dict)
    others: Sequence[Mapping[str, object]] = ()
    in_round: Sequence[Mapping[str, object]] = ()


ALONE = Surroundings(dict.fromkeys(APPLICANT, ""))


class CannotJudge(Exception):
    """An expression failed on what it was asked about: a fault of the regulation's file, never of the dossier."""


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


def expression_faults(expression: str, names: Mapping[str, Kind]) -> list[str]:
    """What is wrong with an expression, for whoever writes the file. `names`: what it sees, with the kind of each, as `seen` says."""
    bare = _STRING.sub("''", expression)
    faults = _size_faults(bare, expression)
    if faults:
        return faults
    tree = parse(expression)
    if isinstance(tree, str):
        return [tree]
    try:
        compile_condition(expression)
    except Exception as error:  # the evaluator's own errors have no common type
        found = _AT.search(str(error))
        return [f"is not CEL: at character {found[1]}: {found[2]}" if found else "is not CEL"]
    try:
        return type_faults(expression, tree, names) or _trial_faults(expression, names)
    except RecursionError:
        return [f"nests deeper than {MAX_DEPTH}"]


def seen(fields: Mapping[str, Kind], documents: Iterable[str]) -> dict[str, Kind]:
    """What an expression sees of a regulation that asks for these fields and documents."""
    other = Kind("row", columns=fields, noun="field")
    around = {name: Kind("list", of=other) for name in ("others", "in_round")}
    return {
        "dossier": other, "documents": Kind("row", columns=dict.fromkeys(documents, NUMBER)),
        "applicant": Kind("row", columns=dict.fromkeys(APPLICANT, TEXT)), "today": DAY, **around,
    }


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


def _trial_faults(expression: str, names: Mapping[str, Kind]) -> list[str]:
    """Two trials on sample values: all filled in, and all left empty that may be. What the kinds do not show comes to light here."""
    for whole, where in ((True, ""), (False, " where something that may be left empty is; guard it with has()")):
        fields = names["dossier"].columns
        other = _sample(names["dossier"], whole=whole)
        assert isinstance(other, dict)
        around = Surroundings(dict.fromkeys(APPLICANT, "x"), [other], [other])
        facts = {key: _sample(kind, whole=whole) for key, kind in fields.items()}
        try:
            holds(expression, facts, dict.fromkeys(names["documents"].columns, 0), date(2000, 1, 1), around)
        except CannotJudge as error:
            return [f"cannot be evaluated{where}: {error}"]
    return []


def _sample(kind: Kind, *, whole: bool) -> object:
    """A value of this kind; not `whole`: without what may be left empty."""
    match kind.name:
        case "row":
            return {key: _sample(column, whole=whole) for key, column in kind.columns.items() if whole or not column.optional}
        case "list":
            return [_sample(kind.of or TEXT, whole=whole)]
    return {"number": 1, "day": date(2000, 1, 1), "flag": True}.get(kind.name, kind.values[0] if kind.values else "x")


def looks_around(expression: str) -> bool:
    """Whether an expression that `expression_faults` has passed asks for anything of `Surroundings`."""
    return bool({"applicant", "others", "in_round"} & set(compile_condition(expression).program.variables()))


def holds(
    expression: str, facts: Mapping[str, object], documents: Mapping[str, int], today: date, around: Surroundings = ALONE
) -> bool:
    """Whether the condition holds. One that names a field not (readably) filled in is not asked and holds.

    CannotJudge where the evaluation fails, for instance by overflow: that says nothing about the dossier.
    """
    compiled = compile_condition(expression)
    if not compiled.needs <= facts.keys():
        return True
    try:
        answer = compiled.program.execute(_context(facts, documents, today, around))
    except Exception as error:  # CEL raises KeyError, TypeError, RuntimeError, OverflowError, ValueError
        raise CannotJudge(_plainly(error)) from error
    if not isinstance(answer, bool):
        raise CannotJudge("it answers neither true nor false")
    return answer


def _plainly(error: Exception) -> str:
    """What failed, for whoever writes the file; the library's own words are for programmers."""
    said = str(error)
    if isinstance(error, KeyError) or "KeyError" in said:
        return f"there is no {said.strip(chr(39)) if isinstance(error, KeyError) else said.partition('KeyError: ')[2].split('.')[0]}"
    if isinstance(error, TypeError):
        return "it compares or reckons with values of different kinds"
    for mark, words in (("overflow", "a number becomes too large"), ("zero", "it divides by zero"), ("regex", "its regular expression cannot be read")):
        if mark in said.lower():
            return words
    return said.splitlines()[0]


def _context(facts: Mapping[str, object], documents: Mapping[str, int], today: date, around: Surroundings) -> cel.Context:
    variables = {
        "dossier": _as_cel(facts), "documents": dict(documents), "applicant": dict(around.applicant),
        "others": _as_cel(around.others), "in_round": _as_cel(around.in_round), "today": _as_cel(today),
    }
    return cel.Context(variables, FUNCTIONS)


def _as_cel(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _as_cel(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_as_cel(item) for item in value]
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    if isinstance(value, Decimal):
        return int(value.scaleb(-int(value.as_tuple().exponent)))
    return value
