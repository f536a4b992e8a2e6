"""The shapes of what a regulation says: one frozen class for each kind of rule.

Not here: questions asked of them (regulation), files (loader), dates (deadlines).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from registry.law.deadlines import Calendar, Period, Unit, days_before, last_day
from registry.words import Text

NOTHING = Text("", "")
ENDLESS = Text("长期有效（至撤销或注销）", "without end, until it is revoked or surrendered")

# The ties that an expert declares, and that a rule of recusal with the same key is held against. Any other rule rests on
# what is declared in the one case.
TIES = {
    "employment": Text("任职、兼职或担任顾问", "employment, also part-time or as adviser"),
    "shareholding": Text("持有股份或出资", "shares or capital"),
    "co_inventor": Text("共同研发、署名或专利共有", "shared development, authorship or patent"),
    "paid_service": Text("有偿服务", "paid service"),
    "competitor": Text("在其直接竞争单位任职或持股", "works for or holds shares of a direct competitor of it"),
}


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a figure stands. `basis`: article, instruction, precedent or assumption; `source`: what shows it;
    `conflict`: how its source contradicts itself or another, where it does."""

    article: str
    basis: str
    source: str = ""
    note: Text | None = None
    conflict: Text | None = None


@dataclass(frozen=True, kw_only=True)
class Publication(Source):
    """One fact about the paper itself (its number, its day); `value` is "" while nobody knows it."""

    key: str
    value: str

    @property
    def known(self) -> bool:
        return bool(self.value)


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


@dataclass(frozen=True, kw_only=True)
class RecusalRule(Labelled):
    """A tie by which an expert must stand aside, while it lasts and for `years` after it ended (0: no longer)."""

    years: int = 0


@dataclass(frozen=True, kw_only=True)
class Change(Labelled):
    """What of a certificate its holder may ask to be changed (scope, rename, transfer), and what proof that needs."""

    proof: Text


@dataclass(frozen=True, kw_only=True)
class ScopeRule(Source):
    """How part numbers compare with a certificate's scope: `notation` literal or patterns; `ignored` separators."""

    notation: str
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Grade(Labelled):
    """One level at which a product may be certified, the highest first; `pass_mark` where its own is needed for it."""

    pass_mark: int | None = None


@dataclass(frozen=True, kw_only=True)
class Relation(Labelled):
    """What a certificate under another `family` means here: nothing (independent), the same (implies), or a bar (excludes)."""

    family: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class SummaryLine(Source):
    """One sentence of what the regulation says in short; `figures` are those of this file that it repeats, held against them."""

    key: str
    text: Text
    figures: Mapping[str, object] | None = None


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
    """How long a certificate lasts, reckoned from the announcement day; `period` None: without end, as the file says in so many
    words."""

    period: Period | None
    base: str

    def ends_on(self, calendar: Calendar, counted_from: date) -> date | None:
        """The last day in force; None where there is none."""
        return None if self.period is None else last_day(calendar, counted_from, self.period).last_day

    def words(self) -> Text:
        """The length as people read it."""
        return ENDLESS if self.period is None else self.period.words()


@dataclass(frozen=True, kw_only=True)
class RenewalRule(Source):
    """The window for a renewal: opens `opens_before` before `valid_until`; closes so long after it, before it, or on that day.

    `none`: no certificate is renewed, as the file says in so many words.
    """

    opens_before: Period | None = None
    closes_after: Period | None = None
    closes_before: Period | None = None
    closes_on_last_day: bool = False
    none: bool = False

    def window(self, calendar: Calendar, valid_until: date) -> tuple[date, date] | None:
        """The first and last day, both included, for a certificate that ends on `valid_until`; None where none is renewed."""
        if self.opens_before is None:
            return None
        closes = valid_until
        if self.closes_after is not None:
            closes = last_day(calendar, valid_until, self.closes_after).last_day
        elif self.closes_before is not None:
            closes = days_before(calendar, valid_until, self.closes_before)
        return days_before(calendar, valid_until, self.opens_before), closes

    def words(self) -> Text:
        """The window as people read it."""
        if self.opens_before is None:
            return Text("不续期", "no certificate is renewed")
        end = Text("到期当日", "the last day itself")
        if self.closes_after is not None:
            end = Text("到期后{n}", "{n} after it").with_(n=self.closes_after.words())
        elif self.closes_before is not None:
            end = Text("到期前{n}", "{n} before it").with_(n=self.closes_before.words())
        return Text("到期前{n}至{end}", "from {n} before the last day to {end}").with_(n=self.opens_before.words(), end=end)


@dataclass(frozen=True, kw_only=True)
class ReminderRule(Source):
    """One reminder, due from `before` ahead of `valid_until`."""

    key: str
    before: Period



@dataclass(frozen=True, kw_only=True)
class EscalationRule(Source):
    """One step by which overdue work rises: once it is `after` (working days) overdue, `role` is told.

    `role`: officer (whoever has it in hand), head (of that bureau, or of the department), department.
    """

    key: str
    after: Period
    role: str


@dataclass(frozen=True)
class Choice:
    """One answer that a field of kind `choice` takes."""

    key: str
    label: Text


@dataclass(frozen=True, kw_only=True)
class Column:
    """How one value is filled in: by itself, or as a column of a field of kind `rows`.

    `places` is the number of decimal places of a `decimal`; lengths are in characters; `minimum` and `maximum` bound a
    number, or count the lines of `rows`.
    """

    key: str
    label: Text
    kind: str
    required: bool
    max_length: int | None = None
    choices: tuple[Choice, ...] = ()
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    places: int = 0
    unit: Text | None = None
    measured_in: str = ""  # its unit as the units library knows it, where the number is a quantity


@dataclass(frozen=True, kw_only=True)
class FieldRule(Column, Source):
    """One field of the dossier; `columns` are those of a field of kind `rows`."""

    public: bool
    help: Text = NOTHING
    columns: tuple[Column, ...] = ()


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
    """What is handed in. The names say which fields hold the product's name, its models (or its version), its class.

    `grade_field`: the grade that is applied for; `identity_fields`: what makes a product another one;
    `configuration_fields`: what the certificate covers is these together, as they were tested, and nothing else.
    """

    sections: tuple[Section, ...]
    documents: tuple[DocumentRule, ...]
    product_field: str
    models_field: str
    class_field: str
    grade_field: str | None = None
    identity_fields: tuple[str, ...] = ()
    configuration_fields: tuple[str, ...] = ()


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
    demands: Text | None = None  # the same said beforehand: what is asked for
    action: Text | None = None
    asked: str = "always"

    @property
    def demand(self) -> Text:
        """What it asks for; where the file only says what is wrong, that."""
        return self.demands or Text("不符合时告知：{what}", "Said when it is not met: {what}").with_(what=self.message)


@dataclass(frozen=True, kw_only=True)
class Criterion(Source):
    """One line of the experts' sheet, marked from 0 to `maximum`."""

    key: str
    label: Text
    maximum: int
    help: Text = NOTHING


@dataclass(frozen=True, kw_only=True)
class Panel(Source):
    """How many experts, whether their number must be odd, and the mean mark that passes.

    `specialists`: the least number of them who have named the product's class as a field of theirs.
    """

    minimum: int
    odd: bool
    pass_mark: int
    rule: str
    criteria: tuple[Criterion, ...]
    recusal: tuple[RecusalRule, ...]
    specialists: int = 0


# Stands in a regulation that has no stage of expert review; no leaf, since it states nothing.
NO_PANEL = Panel(article="", basis="", minimum=0, odd=False, pass_mark=0, rule="mean", criteria=(), recusal=())


@dataclass(frozen=True, kw_only=True)
class Sanction(Source):
    """A ground on which the named acts may be done to a certificate."""

    key: str
    acts: tuple[str, ...]
    label: Text


@dataclass(frozen=True, kw_only=True)
class Debarment(Labelled):
    """A ground on which an enterprise may not apply again, and for how many years."""

    years: int

    @property
    def period(self) -> Period:
        """The length of time; its last day stands even on a day off."""
        return Period(self.years, Unit.YEAR, ends="as_is")


@dataclass(frozen=True, kw_only=True)
class NumberForms(Source):
    """The form of each kind of number, with {year} and {serial}."""

    forms: Mapping[str, str]
