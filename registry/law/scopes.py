"""Which part numbers an entry of a certificate's scope covers: a small notation, and how a part is compared with it.

An entry is a literal, or a pattern where the regulation allows patterns (`scope.notation`):

    HX-112A        that one
    HX-112*        everything that begins so; only at the end
    HX-{112,113}A  one of these
    HX-[100..199]  a whole number from 100 to 199; HX-[001..199] one of three digits, HX-[1..199] one without leading zeros
    !HX-112X       not this one, whatever else covers it; may be any of the above

Full width, half width, capitals and small letters never matter; spaces, hyphens and dots only where the regulation says
so. Matching takes time in proportion to the part times the entry: no entry can make it slow. Not here: who certified what.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from bisect import bisect
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from registry.words import Text

MOST_LENGTH, MOST_CHOICES = 200, 50
MOST_COMPARED, LIKE = 60, 0.5
SEPARATORS = {"spaces": " ", "hyphens": "-", "dots": "."}
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")
_TOKEN = re.compile(r"\{([^{}\[\]*!]*)\}|\[(\d{1,9})\.\.(\d{1,9})\]|([^{}\[\]*])|(\*)$")

Step = tuple[str, object]


class BadPattern(ValueError):
    """An entry that is no pattern of this notation; `message` says why, to whoever wrote it."""

    def __init__(self, message: Text) -> None:
        super().__init__(message.en)
        self.message = message


@dataclass(frozen=True)
class Pattern:
    """One entry, read. `steps` are ("one of", texts), ("number", (least, most, widths)) or ("rest", None)."""

    entry: str
    excludes: bool
    steps: tuple[Step, ...]

    @cached_property
    def literal(self) -> str | None:
        """The one part that it covers, where it is no more than that."""
        [kind, what], more = self.steps[0], self.steps[1:]
        return what[0] if not more and kind == "one of" and isinstance(what, tuple) and len(what) == 1 else None

    def covers(self, part: str) -> bool:
        """Whether the whole of a normalised `part` is covered."""
        if self.literal is not None:
            return part == self.literal
        places = {0}
        for kind, what in self.steps:
            if kind == "rest":
                return bool(places)
            places = {end for start in places for end in _ends(part, start, kind, what)}
        return len(part) in places


@dataclass(frozen=True)
class Match:
    """What became of a part: the entry that decided, and whether that covers it; None and False when no entry speaks of it."""

    covered: bool
    entry: str | None = None


UNSPOKEN = Match(False)


def normal(text: str, ignored: Collection[str] = ()) -> str:
    """A part number as it compares. `ignored`: of SEPARATORS, what does not matter."""
    return _fold(text.strip(), ignored)


def _fold(text: str, ignored: Collection[str]) -> str:
    plain = text.upper() if text.isascii() else unicodedata.normalize("NFKC", text).translate(_DASHES).upper()
    for name in ignored:
        plain = "".join(plain.split()) if name == "spaces" else plain.replace(SEPARATORS[name], "")
    return plain


@lru_cache(maxsize=65536)
def read_entry(entry: str, patterns: bool = True, ignored: tuple[str, ...] = ()) -> Pattern:
    """The pattern of an entry; with `patterns` false every character of it stands for itself. BadPattern."""
    if len(entry) > MOST_LENGTH:
        raise BadPattern(Text("超过{n}个字符", "longer than {n} characters").with_(n=MOST_LENGTH))
    text = unicodedata.normalize("NFKC", entry).strip()
    if not patterns:
        return Pattern(entry, False, (("one of", (normal(text, ignored),)),))
    excludes = text.startswith("!")
    steps = tuple(_steps(text.removeprefix("!").strip(), ignored))
    if not steps or steps == (("rest", None),):
        raise BadPattern(Text("覆盖一切", "covers everything"))
    return Pattern(entry, excludes, steps)


def excludes(entry: str) -> bool:
    """Whether an entry is a pattern that says what is not covered."""
    try:
        return read_entry(entry).excludes
    except BadPattern:
        return False


def bad_entries(entries: Iterable[str], ignored: tuple[str, ...] = ()) -> Iterable[Text]:
    """What is wrong with those of `entries` that are no patterns of this notation, for whoever writes them."""
    for entry in entries:
        try:
            read_entry(entry, True, ignored)
        except BadPattern as fault:
            yield Text("“{entry}”不是本办法的型号写法：{why}。可写作 HX-112A、HX-112*、HX-{{112,113}}A、HX-[100..199]、!HX-112X。",
                       "“{entry}” is not in the regulation's notation of models: {why}. Write HX-112A, HX-112*, HX-{{112,113}}A, HX-[100..199] or !HX-112X."
                       ).with_(entry=entry[:MOST_LENGTH], why=fault.message)


def match(entries: Sequence[str], part: str, *, patterns: bool = True, ignored: tuple[str, ...] = ()) -> Match:
    """Whether `entries` together cover `part`. An exclusion goes before every inclusion. An entry that is no pattern is literal."""
    wanted, found = normal(part, ignored), UNSPOKEN
    if len(wanted) > MOST_LENGTH:
        return found
    for read in _read_all(tuple(entries), patterns, ignored):
        if not read.covers(wanted):
            continue
        if read.excludes:
            return Match(False, read.entry)
        if not found.covered:
            found = Match(True, read.entry)
    return found


@lru_cache(maxsize=16384)
def _read_all(entries: tuple[str, ...], patterns: bool, ignored: tuple[str, ...]) -> tuple[Pattern, ...]:
    return tuple(_lenient(entry, patterns, ignored) for entry in entries)


def key_of(text: str) -> str:
    """Under what a part, or a literal entry, is looked for: no separator matters, so that whatever may match is found."""
    return _fold(text.strip(), tuple(SEPARATORS))[:MOST_LENGTH]


def key_of_entry(entry: str) -> tuple[str, bool] | None:
    """The key of an entry, and whether it is a pattern: then the key is what every part that it covers begins with.

    None for an exclusion, by which nothing is found.
    """
    entry = unicodedata.normalize("NFKC", entry).strip()
    if entry.startswith("!"):
        return None
    special = min((at for mark in "*{[" if (at := entry.find(mark)) >= 0), default=-1)
    return (key_of(entry), False) if special < 0 else (key_of(entry[:special]), True)


def nearest(entries: Iterable[str], part: str, most: int = 3) -> list[str]:
    """The entries that look most like `part`, for whoever mistyped or asked for a model that is not covered.

    Of a long scope only those are compared that stand next to the part in the order of the alphabet.
    """
    wanted, by_text = normal(part)[:MOST_LENGTH], _by_text(tuple(entries))
    texts = list(by_text)
    if len(texts) > MOST_COMPARED:
        at = bisect(texts, wanted)
        texts = texts[max(0, at - MOST_COMPARED // 2):at + MOST_COMPARED // 2]
    likely = sorted(((likeness, text) for text in texts if (likeness := _likeness(wanted, text)) >= LIKE), reverse=True)
    return [by_text[text] for _, text in likely[:most]]


@lru_cache(maxsize=16384)
def _by_text(entries: tuple[str, ...]) -> dict[str, str]:
    return dict(sorted((normal(entry), entry) for entry in entries if not entry.startswith("!")))


def _likeness(one: str, other: str) -> float:
    """From 0 to 1: how much of two texts is the same from the front and from the end; where that says little, wherever it stands."""
    shorter = min(len(one), len(other))
    front = next((n for n in range(shorter) if one[n] != other[n]), shorter)
    end = next((n for n in range(shorter - front) if one[-1 - n] != other[-1 - n]), shorter - front)
    same = 2 * (front + end) / max(len(one) + len(other), 1)
    return same if same >= LIKE else difflib.SequenceMatcher(None, one, other).ratio()


def _lenient(entry: str, patterns: bool, ignored: tuple[str, ...]) -> Pattern:
    try:
        return read_entry(entry, patterns, ignored)
    except BadPattern:
        return read_entry(entry[:MOST_LENGTH], False, ignored)


def _steps(text: str, ignored: tuple[str, ...]) -> Iterable[Step]:
    at, literal = 0, ""
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            raise BadPattern(Text("自“{rest}”起无法识别", "not understood from '{rest}' on").with_(rest=text[at:at + 10]))
        choices, least, most, plain, rest = token.groups()
        if plain is not None:
            literal += plain
        else:
            if literal:
                yield "one of", (_fold(literal, ignored),)
            literal = ""
            yield _special(choices, least, most, ignored) if rest is None else ("rest", None)
        at = token.end()
    if literal:
        yield "one of", (_fold(literal, ignored),)


def _special(choices: str | None, least: str | None, most: str | None, ignored: tuple[str, ...]) -> Step:
    if choices is not None:
        texts = tuple(dict.fromkeys(_fold(choice, ignored) for choice in choices.split(",")))
        if len(texts) > MOST_CHOICES:
            raise BadPattern(Text("花括号内超过{n}项", "more than {n} in braces").with_(n=MOST_CHOICES))
        return "one of", texts
    assert least is not None and most is not None
    if int(least) > int(most) or len(least) > len(most):
        raise BadPattern(Text("范围的起点大于终点", "a range that begins after its end"))
    return "number", (int(least), int(most), range(len(least), len(most) + 1))


def _ends(part: str, start: int, kind: str, what: object) -> Iterable[int]:
    """Where a step that begins at `start` may end."""
    if kind == "one of":
        assert isinstance(what, tuple)
        return [start + len(text) for text in what if part.startswith(text, start)]
    assert isinstance(what, tuple)
    least, most, widths = what
    digits = [part[start:start + width] for width in widths]
    return [start + len(d) for d, width in zip(digits, widths, strict=True)
            if len(d) == width and d.isascii() and d.isdigit() and least <= int(d) <= most and (len(widths) == 1 or d == str(int(d)))]
