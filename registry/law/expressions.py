"""What an expression of a condition means: read by CEL's grammar, and held against the types of what the form asks for.

A misspelt column, choice or function, a text held against a number: each is named before any applicant meets it. Not here:
evaluation (conditions), which is the CEL library's own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedEOF, UnexpectedInput, UnexpectedToken

from registry.law.reader import meant

GRAMMAR = r"""
    ?start: expr
    ?expr: either | either "?" either ":" expr -> choose
    ?either: both | either "||" both -> logic
    ?both: relation | both "&&" relation -> logic
    ?relation: sum | relation EQUALS sum -> equal | relation ORDER sum -> order | relation "in" sum -> within
    ?sum: product | sum (PLUS | MINUS) product -> reckon
    ?product: unary | product TIMES unary -> reckon
    ?unary: member | "!" unary -> negate | MINUS unary -> minus
    ?member: primary | member "." NAME -> field | member "." NAME "(" args ")" -> method | member "[" expr "]" -> reach
    ?primary: NAME -> name | NAME "(" args ")" -> call | "(" expr ")" | "[" args "]" -> list
        | STRING -> text | INT -> number | "true" -> flag | "false" -> flag
    args: [expr ("," expr)*]
    EQUALS: "==" | "!="
    ORDER: "<=" | ">=" | "<" | ">"
    PLUS: "+"
    MINUS: "-"
    TIMES: "*" | "/" | "%"
    NAME: /[A-Za-z_]\w*/
    INT: /\d+/
    STRING: /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/
    %ignore /\s+/
"""
LOOPS = ("all", "exists", "exists_one", "map", "filter")
_KINDS = {"text": "a text", "number": "a number", "day": "a day", "flag": "true or false", "list": "a list", "row": "a line of several columns"}


@dataclass(frozen=True, eq=False)
class Kind:
    """What a value is. `name`: one of _KINDS, or "" where it cannot be told.

    `of`: the kind of a list's items; `columns`: those of a line; `values`: the only texts that it may be; `places`: the decimal
    places of a number, None where they do not matter; `optional`: it may be left empty; `noun`: what its columns are called.
    """

    name: str
    of: Kind | None = None
    columns: Mapping[str, Kind] = field(default_factory=dict)
    values: tuple[str, ...] | None = None
    places: int | None = None
    optional: bool = False
    noun: str = "column"

    def __str__(self) -> str:
        return _KINDS.get(self.name, "anything")


ANY, TEXT, NUMBER, DAY, FLAG = (Kind(name) for name in ("", "text", "number", "day", "flag"))
FUNCTIONS: dict[str, tuple[tuple[str, ...], Kind]] = {
    "chars": (("text",), NUMBER), "plain": (("text",), TEXT), "count": (("list",), NUMBER), "distinct": (("list",), FLAG),
    "disjoint": (("list", "list"), FLAG), "days_after": (("day", "number"), DAY), "months_after": (("day", "number"), DAY),
    "years_after": (("day", "number"), DAY), "day": (("text",), DAY), "total": (("list", "text"), NUMBER), "column": (("list", "text"), ANY),
}
METHODS = ("contains", "startsWith", "endsWith", "matches")


@cache
def _parser() -> Lark:
    return Lark(GRAMMAR, parser="lalr", propagate_positions=True)


def parse(expression: str) -> Tree[Token] | str:
    """The tree of an expression; a sentence that says where it cannot be read."""
    try:
        return _parser().parse(expression)
    except UnexpectedEOF:
        return "is not CEL: it ends too early"
    except UnexpectedToken as wrong:
        if wrong.token.type == "$END":
            return "is not CEL: it ends too early"
        return f"is not CEL: {str(wrong.token)!r} at character {wrong.column} is not expected there"
    except UnexpectedInput as wrong:
        return f"is not CEL: {expression[wrong.pos_in_stream or 0]!r} at character {wrong.column} is not expected there"


def type_faults(expression: str, tree: Tree[Token], names: Mapping[str, Kind]) -> list[str]:
    """Everything in an expression that the form does not have, or that does not compare; it must answer true or false."""
    reading = _Reading(expression, names)
    answer = reading.kind(tree, {})
    if not reading.faults and answer.name not in ("flag", ""):
        reading.faults.append(f"answers {answer}, not true or false")
    return list(dict.fromkeys(reading.faults))


class _Reading:
    """One walk over a tree, from the leaves up, that gathers what is wrong."""

    def __init__(self, expression: str, names: Mapping[str, Kind]) -> None:
        self.expression = expression
        self.names = names
        self.faults: list[str] = []
        self.guarded: set[str] = set()

    def kind(self, tree: Tree[Token], bound: Mapping[str, Kind]) -> Kind:
        """What a part of the tree is; `bound`: the names that the loops around it give."""
        if not self.guarded:
            self.guarded = {"", *(self.words(call.children[1]) for call in tree.find_data("call") if str(call.children[0]) == "has")}
        found: Kind = getattr(self, f"_{tree.data}")(tree, bound)
        return found

    def words(self, tree: Tree[Token] | Token | None) -> str:
        """A part of the expression as it is written, without spaces between."""
        if tree is None:
            return ""
        start, end = (tree.start_pos, tree.end_pos) if isinstance(tree, Token) else (tree.meta.start_pos, tree.meta.end_pos)
        return re.sub(r"\s+", "", self.expression[start:end])

    def _fault(self, what: str) -> Kind:
        self.faults.append(what)
        return ANY

    def _is(self, tree: Tree[Token], bound: Mapping[str, Kind], name: str, where: str) -> Kind:
        found = self.kind(tree, bound)
        if found.name not in (name, ""):
            self._fault(f"{where} takes {_KINDS[name]}, but {self.words(tree)} is {found}")
        return found

    # ---------------------------------------------------------------------------------------------------------- names

    def _name(self, tree: Tree[Token], bound: Mapping[str, Kind]) -> Kind:
        name = str(tree.children[0])
        found = bound.get(name) or self.names.get(name)
        if found is None:
            return self._fault(f"knows no {name!r}{meant(name, {*self.names, *bound})}")
        if name in self.names and found.name == "row":
            return self._fault(f"uses {name} otherwise than as {name}.<key>")
        return found

    def _field(self, tree: Tree[Token], bound: Mapping[str, Kind]) -> Kind:
        of, name = tree.children[0], str(tree.children[1])
        assert isinstance(of, Tree)
        root = str(of.children[0]) if of.data == "name" else ""
        base = self.names[root] if root in self.names and root not in bound else self.kind(of, bound)
        if base.name == "":
            return ANY
        if base.name != "row":
            return self._fault(f"asks for .{name} of {self.words(of)}, which is {base}")
        if name not in base.columns:
            if root in self.names and root not in bound:
                return self._fault(f"names {root}.{name}, which this regulation does not have{meant(name, base.columns)}")
            return self._fault(f"names {self.words(of)}.{name}, but there is no {base.noun} {name!r}{meant(name, base.columns)}")
        found = base.columns[name]
        if found.optional and root in bound and self.words(tree) not in self.guarded:
            self._fault(f"uses {self.words(tree)}, which may be left empty (guard it with has({self.words(tree)}))")
        return found

    def _reach(self, tree: Tree[Token], bound: Mapping[str, Kind]) -> Kind:
        of = tree.children[0]
        if isinstance(of, Tree) and of.data == "name" and str(of.children[0]) in self.names:
            self.kind(of, bound)
        return self._fault("uses [ ] to reach into a value; only dossier.<key> is read")

    # ------------------------------------------------------------------------------------------------------- literals

    def _text(self, tree: Tree[Token], bound: Mapping[str, Kind]) -> Kind:
        return TEXT

    def _number(self, tree: Tree[Token], bound: Mapping[str, Kind]) -> Kind:
        return NUMBER

    def _flag(self, tree: Tree[Token], bound: Mapping[str, Kind]) -> Kind:
        return FLAG

    def _list(self, tree: Tree[Token], bound: Mapping[str, Kind]) -> Kind:
        kinds = [self.kind(item, bound) for item in _args(tree.children[0])]
        if len({kind.name for kind in kinds} - {""}) > 1:
            self._fault(f"mixes {' and '.join(sorted({str(kind) for kind in kinds}))} in the list {self.words(tree)}")
        return Kind("list", of=kinds[0] if kinds else ANY)

    # ------------------------------------------------------------------------------------------------------ operators

    def _choose(self, tree: Tree[Token], bound: Mapping[str, Kind]) -> Kind:
        asked, one, other = tree.children
        assert isinstance(asked, Tree) and isinstance(one, Tree) and isinstance(other, Tree)
        self._is(asked, bound, "flag", "? :")
        kinds = self.kind(one, bound), self.kind(other, bound)
        if "" in (kinds[0].name, kinds[1].name):
            return ANY
        if kinds[0].name != kinds[1].name:
            return self._fault(f"gives {kinds[0]} or {kinds[1]} by ? :; both must be of one kind")
        return kinds[0] if kinds[0].values == kinds[1].values and kinds[0].places == kinds[1].places else Kind(kinds[0].name, of=kinds[0].of)

    def _logic(self, tree: Tree[Token], bound: Mapping[str, Kind]) -> Kind:
        for part in _trees(tree):
            self._is(part, bound, "flag", "&& or ||")
        return FLAG

    def _negate(self, tree: Tree[Token], bound: Mapping[str, Kind]) -> Kind:
        for part in _trees(tree):
            self._is(part, bound, "flag", "!")
        return FLAG

    def _minus(self, tree: Tree[Token], bound: Mapping[str, Kind]) -> Kind:
        return self._is(_trees(tree)[0], bound, "number", "-")

    def _reckon(self, tree: Tree[Token], bound: Mapping[str, Kind]) -> Kind:
        [one, other], sign = _trees(tree), str(tree.children[1])
        kinds = self.kind(one, bound), self.kind(other, bound)
        if "" in (kinds[0].name, kinds[1].name):
            return ANY
        if "day" in (kinds[0].name, kinds[1].name):
            return self._fault(f"reckons {self.words(one)} {sign} {self.words(other)}; a day is moved by days_after(), months_after(), years_after()")
        if kinds[0].name != kinds[1].name or kinds[0].name not in (("number", "text", "list") if sign == "+" else ("number",)):
            return self._fault(f"reckons {self.words(one)} {sign} {self.words(other)}: {kinds[0]} and {kinds[1]}")
        if sign in "+-" and kinds[0].name == "number":
            self._same_places(one, other, kinds)
            return Kind("number", places=kinds[0].places if kinds[0].places is not None else kinds[1].places)
        return Kind(kinds[0].name, of=kinds[0].of)

    def _same_places(self, one: Tree[Token], other: Tree[Token], kinds: tuple[Kind, Kind]) -> None:
        places = kinds[0].places, kinds[1].places
        if None not in places and places[0] != places[1]:
            self._fault(f"holds {self.words(one)}, a whole number of its decimal place {places[0]}, against {self.words(other)}, of its place "
                        f"{places[1]}; multiply the one with fewer places by 10 for each")

    def _equal(self, tree: Tree[Token], bound: Mapping[str, Kind]) -> Kind:
        one, other = _trees(tree)
        kinds = self.kind(one, bound), self.kind(other, bound)
        self._compare(one, other, kinds)
        for asked, said, kind in ((one, other, kinds[0]), (other, one, kinds[1])):
            self._one_of(asked, said, kind)
        return FLAG

    def _order(self, tree: Tree[Token], bound: Mapping[str, Kind]) -> Kind:
        one, other = _trees(tree)
        kinds = self.kind(one, bound), self.kind(other, bound)
        if not self._compare(one, other, kinds) and kinds[0].name not in ("number", "day", "text", ""):
            self._fault(f"asks which of two is more, but {self.words(one)} is {kinds[0]}")
        return FLAG

    def _within(self, tree: Tree[Token], bound: Mapping[str, Kind]) -> Kind:
        one, many = _trees(tree)
        kind, found = self.kind(one, bound), self.kind(many, bound)
        if found.name not in ("list", ""):
            self._fault(f"'in' takes a list, but {self.words(many)} is {found}")
        if found.of is not None:
            self._compare(one, many, (kind, found.of))
            self._one_of(many, one, found.of)
        for item in _args(many.children[0]) if many.data == "list" else ():
            self._one_of(one, item, kind)
        return FLAG

    def _compare(self, one: Tree[Token], other: Tree[Token], kinds: tuple[Kind, Kind]) -> bool:
        """Whether two kinds do not compare, which is then said."""
        if "" in (kinds[0].name, kinds[1].name):
            return False
        if kinds[0].name != kinds[1].name:
            wanted = "; a day is written day('2025-08-01')" if {kinds[0].name, kinds[1].name} == {"text", "day"} else ""
            self._fault(f"compares {self.words(one)}, {kinds[0]}, with {self.words(other)}, {kinds[1]}{wanted}")
            return True
        self._same_places(one, other, kinds)
        return False

    def _one_of(self, asked: Tree[Token], said: Tree[Token], kind: Kind) -> None:
        """A text that is compared with a choice is one of its choices."""
        value = _literal(said)
        if kind.values is not None and value is not None and value not in kind.values:
            self._fault(f"compares {self.words(asked)} with {value!r}, which it can never be{meant(value, kind.values)}")

    # ------------------------------------------------------------------------------------------------------ functions

    def _call(self, tree: Tree[Token], bound: Mapping[str, Kind]) -> Kind:
        name, args = str(tree.children[0]), _args(tree.children[1])
        if name == "has":
            return self._has(args, bound)
        if name == "size":
            return self._fault("uses size(), which counts bytes; use chars() for a text and count() for a list")
        if name not in FUNCTIONS:
            return self._fault(f"uses the function {name}(){meant(name, {*FUNCTIONS, 'has'})}")
        takes, gives = FUNCTIONS[name]
        if len(args) != len(takes):
            return self._fault(f"gives {name}() {len(args)} value(s); it takes {len(takes)}: {', '.join(_KINDS[kind] for kind in takes)}")
        kinds = [self._is(arg, bound, kind, f"{name}()") for arg, kind in zip(args, takes, strict=True)]
        if name in ("total", "column"):
            return self._of_column(name, args, kinds[0])
        if name == "day":
            return self._day(args[0])
        items = [kind.of for kind in kinds if kind.of is not None]
        if name in ("distinct", "disjoint") and any(kind.name in ("row", "list") for kind in items):
            self._fault(f"{name}() compares single values; take a column: column(rows, 'key')")
        elif name == "disjoint" and len(items) > 1:
            self._compare(args[0], args[1], (items[0], items[1]))
        return gives

    def _has(self, args: list[Tree[Token]], bound: Mapping[str, Kind]) -> Kind:
        if len(args) != 1 or args[0].data != "field":
            return self._fault("uses has() otherwise than as has(dossier.<key>)")
        self.kind(args[0], bound)
        return FLAG

    def _of_column(self, name: str, args: list[Tree[Token]], rows: Kind) -> Kind:
        wanted, line = _literal(args[1]), rows.of
        if wanted is None:
            return self._fault(f"{name}() takes the column's name in quotes, not {self.words(args[1])}")
        if line is None or line.name == "":
            return NUMBER if name == "total" else Kind("list", of=ANY)
        if line.name != "row":
            return self._fault(f"{name}() takes lines with columns, but {self.words(args[0])} is a list of single values")
        if wanted not in line.columns:
            return self._fault(f"{name}() names {wanted!r}, but {self.words(args[0])} has no such {line.noun}{meant(wanted, line.columns)}")
        found = line.columns[wanted]
        if name == "column":
            return Kind("list", of=found)
        if found.name != "number":
            self._fault(f"total() adds numbers, but the column {wanted!r} of {self.words(args[0])} is {found}")
        return Kind("number", places=found.places)

    def _day(self, arg: Tree[Token]) -> Kind:
        try:
            date.fromisoformat(_literal(arg) or "")
        except ValueError:
            return self._fault(f"day() takes a day in quotes, written '2025-08-01', not {self.words(arg)}")
        return DAY

    def _method(self, tree: Tree[Token], bound: Mapping[str, Kind]) -> Kind:
        of, name, args = tree.children[0], str(tree.children[1]), _args(tree.children[2])
        assert isinstance(of, Tree)
        if name in LOOPS:
            return self._loop(name, of, args, bound)
        if name not in METHODS:
            return self._fault(f"uses the function {name}(){meant(name, {*METHODS, *LOOPS})}")
        self._is(of, bound, "text", f"{name}()")
        if len(args) != 1:
            return self._fault(f"gives {name}() {len(args)} value(s); it takes one")
        self._is(args[0], bound, "text", f"{name}()")
        return FLAG

    def _loop(self, name: str, of: Tree[Token], args: list[Tree[Token]], bound: Mapping[str, Kind]) -> Kind:
        found = self._is(of, bound, "list", f"{name}()")
        if len(args) != 2 or args[0].data != "name":
            return self._fault(f"{name}() is written list.{name}(x, …), with a name for each item and what is asked of it")
        inner = {**bound, str(args[0].children[0]): found.of or ANY}
        if name == "map":
            return Kind("list", of=self.kind(args[1], inner))
        self._is(args[1], inner, "flag", f"{name}()")
        return found if name == "filter" else FLAG


def _trees(tree: Tree[Token]) -> list[Tree[Token]]:
    return [part for part in tree.children if isinstance(part, Tree)]


def _args(tree: Tree[Token] | Token | None) -> list[Tree[Token]]:
    return _trees(tree) if isinstance(tree, Tree) else []


def _literal(tree: Tree[Token]) -> str | None:
    """The text that stands here in quotes; None for what is none, or is written with escapes."""
    written = str(tree.children[0]) if tree.data == "text" else "\\"
    return None if "\\" in written else written[1:-1]

