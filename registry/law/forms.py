"""What is to be found out about a product, item by item, as a regulation's file says: the form of an assessment or an inspection.

Only the shapes of its rules. What a result is worth by them is judged in `judging`.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from registry.law.rules import Labelled, RecusalRule, Source
from registry.words import Text

# How a measured quantity compares with its limit. "conforms": no quantity, a finding of yes or no against the requirement.
COMPARISONS = ("at_most", "less_than", "at_least", "more_than", "between", "conforms")
METHODS = {"test": Text("试验", "test"), "analysis": Text("分析", "analysis"), "inspection": Text("检查", "inspection")}
# guarded: the whole interval value ± uncertainty must lie within the limit; simple: the value alone.
DECISION_RULE_WORDS = {
    "guarded": Text("计入扩展不确定度后仍在限值之内为符合，全部在限值之外为不符合，其余不能判定。",
                    "passed only within the limit with the whole expanded uncertainty, failed only outside with all of it, else open."),
    "simple": Text("以结果本身与限值比较，不计不确定度。", "the result alone is held against the limit, without its uncertainty."),
}
DECISION_RULES = tuple(DECISION_RULE_WORDS)
PROBABILITY_BASES = {"per_life": Text("整个寿命期内", "over the life of the item"), "per_flight_hour": Text("每飞行小时", "per flight hour")}
EFFECTS = ("fails", "needs_acceptor", "recorded")  # what a level of risk that is left does to the whole


@dataclass(frozen=True, kw_only=True)
class Limit(Source):
    """One bound of a class: the dossier's `field`, measured in a unit of the same kind as `unit`, against `limit`."""

    field: str
    comparison: str
    limit: Decimal
    unit: str


@dataclass(frozen=True, kw_only=True)
class ClassRule(Labelled):
    """One class of products: those within all its limits and in no class listed before it."""

    limits: tuple[Limit, ...]


class Domain(Labelled):
    """A group of items that has a verdict of its own."""


@dataclass(frozen=True, kw_only=True)
class When:
    """An item applies only where the dossier's choice `field` is one of `values`."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Item(Labelled):
    """One thing to be found out. `requirement` None or `limit` None where nobody knows it: then it cannot pass.

    `classes` empty: of every class; `counts` False: reported, and no part of the verdict; `laboratory`: its result names one.
    """

    domain: str
    method: str
    comparison: str
    requirement: Text | None = None
    quantity: Text | None = None
    limit: Decimal | None = None
    upper: Decimal | None = None
    unit: str = ""
    classes: tuple[str, ...] = ()
    when: tuple[When, ...] = ()
    counts: bool = True

    @property
    def measured(self) -> bool:
        """Whether its result is a quantity."""
        return self.comparison != "conforms"

    @property
    def known(self) -> bool:
        """Whether what it asks is known, so that it can be passed at all."""
        return self.limit is not None if self.measured else self.requirement is not None


@dataclass(frozen=True, kw_only=True)
class Severity(Labelled):
    """How bad the worst credible outcome of a hazard is."""


@dataclass(frozen=True, kw_only=True)
class Probability(Labelled):
    """How likely it is; `levels`: the level of risk with each severity, in their order. `eliminated`: by design alone."""

    levels: tuple[str, ...]
    eliminated: bool = False


@dataclass(frozen=True, kw_only=True)
class Level(Labelled):
    """A level of risk and what it does to the whole if it is left: fails, needs_acceptor, recorded."""

    effect: str


@dataclass(frozen=True, kw_only=True)
class Mitigation(Labelled):
    """A kind of mitigation; only one that is by `design` can eliminate a hazard."""

    design: bool


@dataclass(frozen=True, kw_only=True)
class Risk(Source):
    """The matrix by which hazards are ranked, severity by probability."""

    severities: tuple[Severity, ...]
    probabilities: tuple[Probability, ...]
    levels: tuple[Level, ...]
    mitigations: tuple[Mitigation, ...]

    def level(self, severity: str, probability: str) -> Level | None:
        """The level of risk; None where one of the two is unknown."""
        column = next((i for i, s in enumerate(self.severities) if s.key == severity), None)
        row = next((p for p in self.probabilities if p.key == probability), None)
        if column is None or row is None:
            return None
        return next(level for level in self.levels if level.key == row.levels[column])

    def mitigation(self, key: str) -> Mitigation | None:
        """The kind of mitigation `key`."""
        return next((m for m in self.mitigations if m.key == key), None)


@dataclass(frozen=True, kw_only=True)
class Reference(Labelled):
    """A table to be looked at beside the form, never without its `caution`; no verdict rests on it.

    `checksum`: the first 16 hexadecimal digits of the SHA-256 of its rows, so that a slip of the keyboard is found.
    """

    caution: Text
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    checksum: str


@dataclass(frozen=True, kw_only=True)
class Form(Source):
    """The form of one stage: its classes, domains and items, the matrix of risks, and who may not work on it."""

    decision_rule: str
    domains: tuple[Domain, ...]
    items: tuple[Item, ...]
    recusal: tuple[RecusalRule, ...]
    classes: tuple[ClassRule, ...] = ()
    risk: Risk | None = None
    references: tuple[Reference, ...] = ()

    def item(self, key: str) -> Item | None:
        """The item `key`."""
        return next((item for item in self.items if item.key == key), None)
