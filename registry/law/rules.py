"""The shapes of what a regulation says: one frozen class for each kind of rule.

Not here: questions asked of them (regulation), files (loader), dates (deadlines).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from registry.law.deadlines import Period
from registry.words import Text

NOTHING = Text("", "")


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a figure stands. `basis`: article, instruction, precedent or assumption; `source`: what shows it."""

    article: str
    basis: str
    source: str = ""
    note: Text | None = None


@dataclass(frozen=True, kw_only=True)
class Publication(Source):
    """One fact about the paper itself (its number, its day); `value` is "" while nobody knows it."""

    key: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Prefecture(Source):
    """A prefecture by its GB/T 2260 code, and the bureau that reviews there."""

    code: str
    name: Text
    bureau: Text


@dataclass(frozen=True, kw_only=True)
class Authority(Source):
    """The department that certifies; `prefectures` by code, in the file's order."""

    code: str
    name: Text
    prefectures: Mapping[str, Prefecture]


@dataclass(frozen=True, kw_only=True)
class Start(Source):
    """The first day on which the regulation is in force."""

    day: date


@dataclass(frozen=True, kw_only=True)
class Life(Source):
    """For how long the regulation itself is in force; not the validity of a certificate."""

    length: int
    unit: str


@dataclass(frozen=True, kw_only=True)
class Counting(Source):
    """Whether the first day of that life counts as its day one."""

    count_start_day: bool


@dataclass(frozen=True, kw_only=True)
class Effective:
    """The three figures from which `effective_from` and `effective_until` are reckoned."""

    start: Start
    life: Life
    counting: Counting


@dataclass(frozen=True, kw_only=True)
class Definition(Source):
    """The regulation's own definition of what it certifies."""

    text: Text


@dataclass(frozen=True, kw_only=True)
class Labelled(Source):
    """A named part of the definition, or of what certification brings."""

    key: str
    label: Text


class Predicate(Labelled):
    """One part of the definition that a product must meet."""


class Ground(Labelled):
    """A reason that an officer or an objector may name."""


class RecusalRule(Labelled):
    """A tie by which an expert must stand aside."""


class Support(Labelled):
    """What certification, or its misuse, brings; by name only."""


@dataclass(frozen=True, kw_only=True)
class Stage(Source):
    """A stage of the road. `term`: the key of the period it must be done in, or ""; `scope`: prefecture, province."""

    kind: str
    label: Text
    term: str
    scope: str


@dataclass(frozen=True, kw_only=True)
class Rule(Source):
    """A length of time with the place it stands."""

    period: Period


@dataclass(frozen=True, kw_only=True)
class ValidityRule(Source):
    """How long a certificate lasts, reckoned from the announcement day."""

    period: Period
    base: str


@dataclass(frozen=True, kw_only=True)
class RenewalRule(Source):
    """The window for a renewal: opens `opens_before` before `valid_until`, closes `closes_after` after it."""

    opens_before: Period
    closes_after: Period


@dataclass(frozen=True, kw_only=True)
class ReminderRule(Source):
    """One reminder, due from `before` ahead of `valid_until`."""

    key: str
    before: Period


@dataclass(frozen=True)
class Choice:
    """One answer that a field of kind `choice` takes."""

    key: str
    label: Text


@dataclass(frozen=True, kw_only=True)
class FieldRule(Source):
    """One field of the dossier. `places` is the number of decimal places of a `decimal`; lengths are in characters."""

    key: str
    label: Text
    kind: str
    required: bool
    public: bool
    help: Text = NOTHING
    max_length: int | None = None
    choices: tuple[Choice, ...] = ()
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    places: int = 0
    unit: Text | None = None


@dataclass(frozen=True, kw_only=True)
class DocumentRule(Source):
    """One kind of document of the dossier: how many files, of which types."""

    key: str
    label: Text
    required: bool
    minimum: int
    maximum: int
    types: tuple[str, ...]
    help: Text = NOTHING


@dataclass(frozen=True, kw_only=True)
class Section:
    """A group of fields under one heading."""

    key: str
    label: Text
    fields: tuple[FieldRule, ...]


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """What is handed in. The three names say which fields hold the product's name, its models, its class."""

    sections: tuple[Section, ...]
    documents: tuple[DocumentRule, ...]
    product_field: str
    models_field: str
    class_field: str


@dataclass(frozen=True, kw_only=True)
class Condition(Source):
    """A rule over the dossier in CEL; false means the finding `message` at `field` ("dossier.x" or "documents.x").

    `asked`: "always"; "at_submission": not asked again when a supplement comes back, so that the office's own time
    never ages a report that was fresh when it was handed in; "first_submission": the same, and not of a renewal.
    """

    key: str
    expression: str
    field: str
    message: Text
    action: Text | None = None
    asked: str = "always"


@dataclass(frozen=True, kw_only=True)
class Criterion(Source):
    """One line of the experts' sheet, marked from 0 to `maximum`."""

    key: str
    label: Text
    maximum: int
    help: Text = NOTHING


@dataclass(frozen=True, kw_only=True)
class Panel(Source):
    """How many experts, whether their number must be odd, and the mean mark that passes."""

    minimum: int
    odd: bool
    pass_mark: int
    rule: str
    criteria: tuple[Criterion, ...]
    recusal: tuple[RecusalRule, ...]


# Stands in a regulation that has no stage of expert review; no leaf, since it states nothing.
NO_PANEL = Panel(article="", basis="", minimum=0, odd=False, pass_mark=0, rule="mean", criteria=(), recusal=())


@dataclass(frozen=True, kw_only=True)
class Sanction(Source):
    """A ground on which the named acts may be done to a certificate."""

    key: str
    acts: tuple[str, ...]
    label: Text


@dataclass(frozen=True, kw_only=True)
class NumberForms(Source):
    """The form of each kind of number, with {year} and {serial}."""

    forms: Mapping[str, str]
