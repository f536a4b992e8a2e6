"""One regulation and the questions asked of it.

Not here: the shapes of its rules (rules), reading files (loader), checking dossiers (dossier).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from typing import TYPE_CHECKING

from registry.errors import Finding, LawIsSilent
from registry.law.deadlines import Calendar, Period, days_before, last_day
from registry.law.dossier import check_dossier, read_dossier
from registry.law.rules import (
    Authority,
    Condition,
    Definition,
    DocumentRule,
    Dossier,
    Effective,
    FieldRule,
    Ground,
    Labelled,
    NumberForms,
    Panel,
    Predicate,
    Publication,
    ReminderRule,
    RenewalRule,
    Rule,
    Sanction,
    Source,
    Stage,
    Support,
    ValidityRule,
)
from registry.words import Text

if TYPE_CHECKING:
    from registry.law.taxonomy import Taxonomy


@dataclass(frozen=True)
class Leaf:
    """One figure of law by its path, with its place and basis; `empty` when its value is not known."""

    path: str
    article: str
    basis: str
    source: str
    empty: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class Regulation:
    """One regulation in one version: one file."""

    id: str
    family: str
    version: str
    digest: str
    title: Text
    short_title: Text
    product_noun: Text
    certificate_title: Text
    publication: Mapping[str, Publication]
    authority: Authority
    effective: Effective
    effective_from: date
    effective_until: date
    definition: Definition
    predicates: tuple[Predicate, ...]
    stages: tuple[Stage, ...]
    periods: Mapping[str, Rule]
    validity: ValidityRule
    renewal: RenewalRule
    reminders: tuple[ReminderRule, ...]
    dossier: Dossier
    conditions: tuple[Condition, ...]
    panel: Panel
    supplement_reasons: tuple[Ground, ...]
    refusal_grounds: tuple[Ground, ...]
    objection_grounds: tuple[Ground, ...]
    sanctions: tuple[Sanction, ...]
    support: tuple[Support, ...]
    number_forms: NumberForms
    taxonomy: str

    @property
    def stage_kinds(self) -> tuple[str, ...]:
        """The kinds of the stages, in the order in which an application passes them."""
        return tuple(stage.kind for stage in self.stages)

    @property
    def numbers(self) -> Mapping[str, str]:
        """The form of each kind of number; the check character is added by `codes.with_check`."""
        return self.number_forms.forms

    def rule(self, key: str) -> Rule:
        """The period `key` with its source; LawIsSilent, naming the key, when the file has none."""
        if key not in self.periods:
            words = Text("《{title}》未规定期限“{key}”。", "{title} has no period \"{key}\".")
            raise LawIsSilent(
                words.with_(title=self.title, key=key),
                action=Text("请管理员在法规文件中补充该期限并注明依据。",
                            "Ask the administrator to add this period to the regulation's file, with its basis."),
                article=f"periods.{key}",
            )
        return self.periods[key]

    def period(self, key: str) -> Period:
        """The length of the period `key`; LawIsSilent when the file has none."""
        return self.rule(key).period

    def is_open_on(self, day: date) -> bool:
        """Whether the regulation is in force on `day`: only then may a new application be opened."""
        return self.effective_from <= day <= self.effective_until

    def stage(self, kind: str) -> Stage | None:
        """The stage of this kind, or None when the road does not pass it."""
        return next((stage for stage in self.stages if stage.kind == kind), None)

    def all_fields(self) -> Iterator[FieldRule]:
        """Every field of the dossier, in the order in which it is shown."""
        for section in self.dossier.sections:
            yield from section.fields

    def field(self, key: str) -> FieldRule | None:
        """The dossier's field `key`."""
        return next((rule for rule in self.all_fields() if rule.key == key), None)

    def document(self, key: str) -> DocumentRule | None:
        """The dossier's kind of document `key`."""
        return next((rule for rule in self.dossier.documents if rule.key == key), None)

    def sanction(self, key: str) -> Sanction | None:
        """The ground of sanction `key`."""
        return next((rule for rule in self.sanctions if rule.key == key), None)

    def ground(self, grounds: Sequence[Ground], key: str) -> Ground | None:
        """The ground `key` of one of this regulation's lists."""
        return next((rule for rule in grounds if rule.key == key), None)

    def ground_label(self, key: str) -> Text:
        """What a ground, reason, sanction or recusal rule is called, in whichever list; an unknown key as it is."""
        lists: tuple[Sequence[Labelled | Sanction], ...] = (
            self.supplement_reasons, self.refusal_grounds, self.objection_grounds, self.sanctions, self.panel.recusal,
        )
        return next((rule.label for rules in lists for rule in rules if rule.key == key), Text(key, key))

    def renewal_window(self, calendar: Calendar, valid_until: date) -> tuple[date, date]:
        """The first and last day, both included, on which a certificate that ends on `valid_until` may be renewed."""
        opens = days_before(calendar, valid_until, self.renewal.opens_before)
        return opens, last_day(calendar, valid_until, self.renewal.closes_after).last_day

    def leaves(self) -> Iterator[Leaf]:
        """Every figure of law in the file."""
        for item in fields(self):
            yield from _leaves(getattr(self, item.name), item.name)

    def check_dossier(
        self, dossier: Mapping[str, object], documents: Mapping[str, int], today: date, taxonomy: Taxonomy,
        *, submitted: bool = False, renewal: bool = False,
    ) -> list[Finding]:
        """All that is missing or contradictory; see `registry.law.dossier.check_dossier`."""
        return check_dossier(self, dossier, documents, today, taxonomy, submitted=submitted, renewal=renewal)

    def read_dossier(self, dossier: Mapping[str, object]) -> dict[str, object]:
        """The dossier's values in their own types; see `registry.law.dossier.read_dossier`."""
        return read_dossier(self, dossier)


def _leaves(value: object, path: str) -> Iterator[Leaf]:
    if isinstance(value, Source) and value.basis:
        is_empty = isinstance(value, Publication) and not value.value
        yield Leaf(path, value.article, value.basis, value.source, is_empty)
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(item, f"{path}.{key}")
    elif isinstance(value, tuple) and not isinstance(value, Text):
        for item in value:
            yield from _leaves(item, f"{path}.{getattr(item, 'key', None) or getattr(item, 'kind', '')}")
    elif is_dataclass(value):
        for part in fields(value):
            yield from _leaves(getattr(value, part.name), f"{path}.{part.name}")
