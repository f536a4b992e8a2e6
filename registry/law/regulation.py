"""One regulation and the questions asked of it.

Not here: the shapes of its rules (rules), reading files (loader), checking dossiers (dossier).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from typing import TYPE_CHECKING

from registry.errors import Finding, LawIsSilent
from registry.law.deadlines import Calendar, Period, days_before, last_day
from registry.law.dossier import check_dossier, read_dossier
from registry.law.rules import (
    Authority,
    Change,
    Condition,
    Debarment,
    Definition,
    DocumentRule,
    Dossier,
    Effective,
    EscalationRule,
    FieldRule,
    Ground,
    IntakeRule,
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
    intake: IntakeRule | None
    periods: Mapping[str, Rule]
    validity: ValidityRule
    renewal: RenewalRule
    reminders: tuple[ReminderRule, ...]
    escalations: tuple[EscalationRule, ...]
    dossier: Dossier
    conditions: tuple[Condition, ...]
    panel: Panel
    supplement_reasons: tuple[Ground, ...]
    refusal_grounds: tuple[Ground, ...]
    objection_grounds: tuple[Ground, ...]
    sanctions: tuple[Sanction, ...]
    debarments: tuple[Debarment, ...]
    changes: tuple[Change, ...]
    support: tuple[Support, ...]
    number_forms: NumberForms
    taxonomy: str
    content: bytes = field(default=b"", repr=False)  # the file itself, to be kept with what is handed in under it

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

    def intake_rule(self) -> IntakeRule:
        """When new applications are taken; LawIsSilent when the file does not say."""
        if self.intake is None:
            raise LawIsSilent(
                Text(f"《{self.title.zh}》未规定申报方式（全年受理或按申报通知）。",
                     f"{self.title.en} does not say when applications are taken (all year, or by calls)."),
                action=Text("请管理员在法规文件中补充并注明依据。",
                            "Ask the administrator to add it to the regulation's file, with its basis."),
                article="intake",
            )
        return self.intake

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

    def debarment(self, key: str) -> Debarment | None:
        """The ground of debarment `key`."""
        return next((rule for rule in self.debarments if rule.key == key), None)

    def measure_ground(self, act: str, key: str) -> Sanction | Debarment | None:
        """The ground `key`, if it allows `act`: suspend, revoke, debar, recover_support, reinstate or set_aside."""
        if act == "debar":
            return self.debarment(key)
        rule = self.sanction(key)
        return rule if rule and act in rule.acts else None

    def measure_label(self, key: str) -> Text:
        """What the ground of a measure is called: the same key may name a ground of refusal, in other words."""
        rule = self.sanction(key) or self.debarment(key)
        return rule.label if rule else self.ground_label(key)

    def ground(self, grounds: Sequence[Ground], key: str) -> Ground | None:
        """The ground `key` of one of this regulation's lists."""
        return next((rule for rule in grounds if rule.key == key), None)

    def ground_label(self, key: str) -> Text:
        """What a ground, reason, sanction or recusal rule is called, in whichever list; an unknown key as it is."""
        lists: tuple[Sequence[Labelled | Sanction], ...] = (
            self.supplement_reasons, self.refusal_grounds, self.objection_grounds, self.sanctions, self.debarments,
            self.panel.recusal,
        )
        return next((rule.label for rules in lists for rule in rules if rule.key == key), Text(key, key))

    def change(self, key: str) -> Change:
        """The rule by which a holder may ask for the change `key`; LawIsSilent, naming the key, when the file has none."""
        found = next((rule for rule in self.changes if rule.key == key), None)
        if found is None:
            words = Text("《{title}》未规定证书变更事项“{key}”。", "{title} knows no change “{key}” of a certificate.")
            raise LawIsSilent(words.with_(title=self.title, key=key), article=f"changes.{key}")
        return found

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
