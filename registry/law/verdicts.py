"""What a certificate is worth to whoever asks: a verdict on five axes, from its life as recorded. Pure.

Two times are kept apart: the day on which something held (`on`), and the moment up to which the register is believed
(`known_at`). Not here: where a life is kept (books.lives), how an answer travels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from typing import NamedTuple

from registry.law import scopes
from registry.law.lifecycle import STATE_LABELS
from registry.law.standing import Standing, standing_on
from registry.words import Text

OUTCOME_LABELS = {
    "in_force": Text("有效", "In force"),
    "not_in_force": Text("所问之日不在有效状态", "Not in force on that day"),
    "out_of_scope": Text("不在认定范围内", "Not covered"),
    "not_found": Text("登记簿中没有这份证书", "No such certificate in the register"),
    "could_not_check": Text("未能核验", "Could not be checked"),
}
OUTCOMES = tuple(OUTCOME_LABELS)
AXIS_LABELS = {
    "authentic": Text("登记簿中是否有这份证书", "Is there such a certificate"),
    "in_scope": Text("所问之项是否在认定范围内", "Is what was asked in scope"),
    "in_force_on_day": Text("所问之日是否有效", "Was it in force on the day"),
    "standing_now": Text("今天的状态", "Its standing today"),
    "fresh": Text("答复是否最新", "How fresh is this answer"),
}


class Event(NamedTuple):
    """One recorded change: from the beginning of which day it counts, since when the register knew of it, and by which measure
    it is ("" for what no measure brings)."""

    act: str
    on: date
    known_at: datetime
    by: str


class Version(NamedTuple):
    """What the certificate said from the day `on`, and since when the register knew."""

    edition: int
    on: date
    known_at: datetime
    holder_name: str
    credit_code: str
    product: str
    scope: tuple[str, ...]
    conditions: tuple[str, ...] = ()


class Life(NamedTuple):
    """A certificate as far as a verdict needs it. `events`: suspend, reinstate, revoke, restore, surrender, renew, in order."""

    number: str
    regulation: str
    valid_from: date
    valid_until: date | None  # None: without end
    issued_at: datetime
    versions: tuple[Version, ...]
    events: tuple[Event, ...] = ()
    replaced_by: str | None = None
    replaced_at: datetime | None = None


class Axis(NamedTuple):
    """One answer: true, false or None (not asked, or not to be said), its code, and its reason in words."""

    answer: bool | None
    code: str
    reason: Text
    article: str | None = None


class Question(NamedTuple):
    """What is asked, at which moment and on which day of the office; `known_at` None means as known at that moment."""

    number: str
    asked_at: datetime
    asked_on: date
    on: date
    part: str | None = None
    known_at: datetime | None = None


@dataclass(frozen=True)
class Matching:
    """How the regulation compares part numbers, and where that stands."""

    patterns: bool = False
    ignored: tuple[str, ...] = ()
    article: str | None = None
    validity_article: str | None = None


class Verdict(NamedTuple):
    """The whole answer. `standing` is that of today; `version` what it said on the day asked."""

    outcome: str
    axes: dict[str, Axis]
    standing: str | None = None
    version: Version | None = None
    entry: str | None = None
    nearest: Sequence[str] = ()
    corrected_later: bool = False


def judge(life: Life | None, question: Question, matching: Matching) -> Verdict:
    """The verdict on one certificate; `life` None where the register has no such number (or had none by `known_at`)."""
    fresh = _fresh(question)
    if life is None or (question.known_at is not None and life.issued_at > question.known_at):
        return _unknown(fresh, then=life is not None)
    version = _version_on(life, question.on, question.known_at)
    standing_now = standing_at(life, question.asked_on, None)
    asks_now = question.on == question.asked_on and question.known_at is None
    standing_then = standing_now if asks_now else standing_at(life, question.on, question.known_at)
    scope, entry = _in_scope(version, question.part, matching)
    in_force = _in_force(life, standing_then, question, matching)
    axes = {
        "authentic": FOUND,
        "in_scope": scope, "in_force_on_day": in_force, "standing_now": _standing_now(standing_now.word), "fresh": fresh,
    }
    outcome = "out_of_scope" if scope.answer is False else "in_force" if in_force.answer else "not_in_force"
    near = scopes.nearest(version.scope, question.part) if scope.answer is False and question.part else ()
    later = question.known_at is not None and standing_at(life, question.on, None) != standing_then
    return Verdict(outcome, axes, standing_now.word, version, entry, near, later)


def known_by(life: Life, moment: datetime) -> Life | None:
    """The life as the register told it at `moment`, later entries left out; None where it knew of no such certificate yet."""
    if life.issued_at > moment:
        return None
    later = life.replaced_at is not None and life.replaced_at > moment
    if not later and all(e.known_at <= moment for e in life.events) and all(v.known_at <= moment for v in life.versions):
        return life
    return life._replace(
        versions=tuple(v for v in life.versions if v.known_at <= moment), events=tuple(e for e in life.events if e.known_at <= moment),
        replaced_by=None if later else life.replaced_by, replaced_at=None if later else life.replaced_at)


def version_covering(life: Life, part: str, on: date, matching: Matching) -> Version | None:
    """What the certificate said on `on`, if that covers `part`."""
    said = _version_on(life, on, None)
    return said if scopes.match(said.scope, part, patterns=matching.patterns, ignored=matching.ignored).covered else None


def standing_at(life: Life, day: date, known_at: datetime | None) -> Standing:
    """The standing on `day`, by what the register knew at `known_at` (None: all it knows)."""
    if not life.events and life.replaced_at is None:
        return undisturbed(day, life.valid_from, life.valid_until)
    suspended_by: set[str] = set()
    revoked_by: set[str] = set()
    surrendered = False
    for event in life.events:
        if event.on > day or (known_at is not None and event.known_at > known_at):
            continue
        match event.act:
            case "suspend":
                suspended_by.add(event.by)
            case "reinstate":
                suspended_by.discard(event.by)
            case "revoke":
                revoked_by.add(event.by)
            case "restore":
                revoked_by.discard(event.by)
            case "surrender":
                surrendered = True
    # What its holder gave up is not taken from them as well.
    outcome = "surrendered" if surrendered else "revoked" if revoked_by else None
    known = life.replaced_at is not None and (known_at is None or life.replaced_at <= known_at)
    return standing_on(day, valid_from=life.valid_from, valid_until=life.valid_until, suspended=bool(suspended_by), outcome=outcome,
                                 renewed=known)


@lru_cache(maxsize=8192)
def undisturbed(day: date, valid_from: date, valid_until: date | None) -> Standing:
    """The standing on `day` of what was never suspended, revoked, surrendered or renewed."""
    return standing_on(day, valid_from=valid_from, valid_until=valid_until)


def unchecked(code: str, reason: Text) -> Verdict:
    """What is said when nothing can be said: of no axis is anything claimed, for the reason given."""
    return Verdict("could_not_check", dict.fromkeys(AXIS_LABELS, Axis(None, code, reason)))


def _unknown(fresh: Axis, *, then: bool) -> Verdict:
    words = Text("登记簿中没有这个编号的证书。", "The register holds no certificate with this number.")
    if then:
        words = Text("当时登记簿中还没有这份证书。", "The register did not hold this certificate at that moment.")
    nothing = Axis(None, "not_found", words)
    axes = {"authentic": Axis(False, "not_found", words), "in_scope": nothing, "in_force_on_day": nothing, "standing_now": nothing}
    return Verdict("not_found", axes | {"fresh": fresh})


def _version_on(life: Life, day: date, known_at: datetime | None) -> Version:
    """What it said on `day`; before its first day, what it was to say."""
    if len(life.versions) == 1:
        return life.versions[0]
    known = [v for v in life.versions if known_at is None or v.known_at <= known_at] or list(life.versions[:1])
    return next((v for v in reversed(known) if v.on <= day), known[0])


def _in_scope(version: Version, part: str | None, matching: Matching) -> tuple[Axis, str | None]:
    if not part:
        return NOT_ASKED, None
    found = scopes.match(version.scope, part, patterns=matching.patterns, ignored=matching.ignored)
    if found.covered:
        return Axis(True, "covered", COVERED.with_(entry=found.entry), matching.article), found.entry
    if found.entry is not None:
        return Axis(False, "excluded", EXCLUDED.with_(entry=found.entry), matching.article), found.entry
    return _uncovered(matching.article), None


@cache
def _uncovered(article: str | None) -> Axis:
    return Axis(False, "uncovered", Text("企业持有证书，但认定范围不包含所问之项。", "The holder is certified, but not for this part."), article)


def _in_force(life: Life, standing: Standing, question: Question, matching: Matching) -> Axis:
    return _on_the_day(standing.word, question.on, life.valid_from, life.valid_until, matching.validity_article)


@lru_cache(maxsize=8192)
def _on_the_day(word: str, on: date, first: date, last: date | None, article: str | None) -> Axis:
    code = "in_term" if word == "valid" else word
    words = ENDLESS if word == "valid" and last is None else IN_FORCE[word]
    return Axis(word == "valid", code, words.with_(on=on, first=first, last=last), article)


IN_FORCE = {
    "valid": Text("{on} 在有效期 {first} 至 {last}（含首尾两日）内。", "{on} lies within its term, {first} to {last}, both days included."),
    "not_yet_valid": Text("{on} 早于首个有效日 {first}。", "{on} is before its first day, {first}."),
    "expired": Text("{on} 晚于最后有效日 {last}。", "{on} is after its last day, {last}."),
    "superseded": Text("{on} 晚于最后有效日 {last}，已由续期证书接替。", "{on} is after its last day, {last}; a renewal follows it."),
    "suspended": Text("{on} 证书处于暂停中。", "It was suspended on {on}."),
    "revoked": Text("{on} 证书已被撤销。", "It had been revoked by {on}."),
    "surrendered": Text("{on} 证书已由持有人注销。", "Its holder had given it up by {on}."),
}

ENDLESS = Text("{on} 不早于首个有效日 {first}；该证书长期有效。", "{on} is not before its first day, {first}; it is valid without end.")


@cache
def _standing_now(word: str) -> Axis:
    words = Text("今天的状态：{label}。", "Its standing today: {label}.").with_(label=STATE_LABELS[word])
    return Axis(word == "valid", word, words)


def _fresh(question: Question) -> Axis:
    if question.known_at is not None and question.known_at < question.asked_at:
        return Axis(False, "as_known_then", Text("按登记簿当时的记载作答，此后的变动不计。",
                                                 "Answered as the register stood then; what came later does not count."))
    return COMPUTED_NOW


COVERED = Text("认定范围中的“{entry}”包含所问之项。", "The scope's entry {entry} covers this part.")
EXCLUDED = Text("认定范围以“{entry}”明确排除所问之项。", "The scope excludes this part by {entry}.")
FOUND = Axis(True, "found", Text("登记簿中有这份证书。", "The register holds this certificate."))
NOT_ASKED = Axis(None, "not_asked", Text("没有问到范围中的某一项。", "Nothing of the scope was asked about."))
COMPUTED_NOW = Axis(True, "computed_now", Text("刚刚由登记簿算出，不是存下的答案。", "Worked out from the register just now; no stored answer."))


