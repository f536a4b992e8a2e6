"""One regulation and the questions asked of it.

Not here: the shapes of its rules (rules), reading files (loader), checking dossiers (dossier).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from registry.errors import Finding, LawIsSilent, NotOpen
from registry.law.authorities import Authority
from registry.law.conditions import ALONE, Surroundings, looks_around, plain
from registry.law.deadlines import Calendar, Period
from registry.law.dossier import check_dossier, read_dossier
from registry.law.forms import Form
from registry.law.intake import IntakeRule
from registry.law.lifecycle import STAGE_LABELS, STATE_LABELS
from registry.law.rules import (
    Change,
    Condition,
    Debarment,
    Definition,
    DocumentRule,
    Dossier,
    Effective,
    EscalationRule,
    FieldRule,
    Grade,
    Ground,
    Labelled,
    NumberForms,
    Panel,
    Predicate,
    Publication,
    RecusalRule,
    Relation,
    ReminderRule,
    RenewalRule,
    Rule,
    Sanction,
    ScopeRule,
    Source,
    Stage,
    SummaryLine,
    ValidityRule,
)
from registry.law.scopes import excludes
from registry.law.support import Support
from registry.law.tiers import RISES_TO, TIERS
from registry.law.verdicts import Matching
from registry.words import Text, join

if TYPE_CHECKING:
    from registry.law.taxonomy import Taxonomy

# What the registry itself asks a regulation's periods for, beside the terms of its stages.
PERIODS = {
    **STAGE_LABELS,
    "supplement": Text("补正", "Supplement"),
    "statement": Text("陈述申辩", "Statement"),
    "objection_decision": Text("异议处理", "Deciding an objection"),
}
CHANGES = {
    "scope": Text("增加认定范围", "more in its scope"), "rename": Text("持证企业更名", "another name of its holder"),
    "transfer": Text("变更持证企业", "another holder"),
}


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
    summary: tuple[SummaryLine, ...]
    validity: ValidityRule | None
    renewal: RenewalRule | None
    reminders: tuple[ReminderRule, ...]
    escalations: tuple[EscalationRule, ...]
    dossier: Dossier
    conditions: tuple[Condition, ...]
    panel: Panel
    assessment: Form | None
    site_inspection: Form | None
    grades: tuple[Grade, ...]
    relations: tuple[Relation, ...]
    supplement_reasons: tuple[Ground, ...]
    refusal_grounds: tuple[Ground, ...]
    objection_grounds: tuple[Ground, ...]
    sanctions: tuple[Sanction, ...]
    debarments: tuple[Debarment, ...]
    scope: ScopeRule | None
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
            raise self._silent(f"periods.{key}", Text("“{label}”的期限", "a time for “{label}”").with_(label=self.period_label(key)))
        return self.periods[key]

    def period_label(self, key: str) -> Text:
        """What the period `key` is called: by the stage that must be done in it, or by what the registry asks it for."""
        stage = next((stage.label for stage in self.stages if stage.term == key), None)
        return stage or PERIODS.get(key, Text(key, key))

    def stage_label(self, state: str) -> Text:
        """What an application in `state` is in, by the file's own name of the stage; of another state its label."""
        stage = self.stage(state)
        return stage.label if stage else STATE_LABELS.get(state, Text(state, state))

    def period(self, key: str) -> Period:
        """The length of the period `key`; LawIsSilent when the file has none."""
        return self.rule(key).period

    def intake_rule(self) -> IntakeRule:
        """When new applications are taken; LawIsSilent when the file does not say."""
        if self.intake is None:
            raise self._silent("intake", Text("申报方式（全年受理或按申报通知）", "when applications are taken (all year, or by calls)"))
        return self.intake

    def validity_rule(self) -> ValidityRule:
        """How long a certificate lasts; LawIsSilent when the file does not say: then none is issued."""
        if self.validity is None:
            raise self._silent("validity", Text("证书有效期", "how long a certificate lasts"))
        return self.validity

    @property
    def is_endless(self) -> bool:
        """Whether the file says that certificates are valid without end."""
        return self.validity is not None and self.validity.period is None

    def renewal_rule(self) -> RenewalRule:
        """When a certificate may be renewed; NotOpen where none ends or none is renewed, LawIsSilent when the file does not say: then none is."""
        if self.validity is not None and self.validity.period is None:
            raise NotOpen(Text("依《{title}》颁发的证书长期有效，无须续期。", "Certificates under {title} are valid without end: none is renewed.").with_(
                title=self.title), article=self.validity.article, basis=self.validity.basis)
        if self.renewal is not None and self.renewal.none:
            words = Text("依《{title}》颁发的证书不予续期，有效期届满即失效。", "Certificates under {title} are not renewed: each ends with its last day.")
            raise NotOpen(words.with_(title=self.title), article=self.renewal.article, basis=self.renewal.basis)
        if self.renewal is None:
            raise self._silent("renewal", Text("续期", "whether and when a certificate is renewed"))
        return self.renewal

    def _silent(self, key: str, what: Text) -> LawIsSilent:
        return LawIsSilent(
            Text("《{title}》未规定{what}。", "“{title}” does not say {what}.").with_(title=self.title, what=what),
            action=Text("请管理员在法规文件中补充 {key} 并注明依据。",
                        "Ask the administrator to add {key} to the regulation's file, with its basis.").with_(key=key),
        )

    def is_open_on(self, day: date) -> bool:
        """Whether the regulation is in force on `day`: only then may a new application be opened."""
        return self.effective_from <= day <= self.effective_until

    def stage(self, kind: str) -> Stage | None:
        """The stage of this kind, or None when the road does not pass it."""
        return next((stage for stage in self.stages if stage.kind == kind), None)

    def form(self, kind: str) -> Form | None:
        """The form of a stage that is worked through item by item (assessment, site_inspection); None of any other."""
        return {"assessment": self.assessment, "site_inspection": self.site_inspection}.get(kind)

    def recusal(self, kind: str) -> Sequence[RecusalRule]:
        """By which ties one must stand aside from a stage."""
        form = self.form(kind)
        return form.recusal if form else self.panel.recusal

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

    def measure_label(self, key: str, act: str | None) -> Text:
        """What the ground of a measure is called. A ground of sanction and one of debarment may have one key: the act tells which;
        while it is only suspected, what either is called."""
        rule = self.measure_ground(act, key) if act else None
        found = [rule] if rule else [rule for rule in (self.sanction(key), self.debarment(key)) if rule is not None]
        labels = list(dict.fromkeys(rule.label for rule in found))
        return join(labels[:1] if act else labels) if labels else Text(key, key)

    def ground(self, grounds: Sequence[Ground], key: str) -> Ground | None:
        """The ground `key` of one of this regulation's lists."""
        return next((rule for rule in grounds if rule.key == key), None)

    def grounds_of(self, act: str) -> Sequence[Ground]:
        """The list that the ground of an act on an application is taken from: a refusal's, or an objection's."""
        return self.refusal_grounds if act == "refuse" else self.objection_grounds

    def label_in(self, rules: Sequence[Labelled], key: str) -> Text:
        """What `key` is called in one of this regulation's lists; a key that is not there as it is."""
        return next((rule.label for rule in rules if rule.key == key), Text(key, key))

    def place_label(self, path: str) -> Text | None:
        """What a place of the dossier is called: `dossier.<field>` or `documents.<slot>`; None for what is none."""
        group, _, key = path.partition(".")
        rule = {"dossier": self.field, "documents": self.document}.get(group, lambda _: None)(key)
        return rule.label if rule else None

    def reason_label(self, key: str, places: Mapping[str, str]) -> Text:
        """A reason for a supplement, with where in the dossier it lies if that was said."""
        label, place = self.label_in(self.supplement_reasons, key), self.place_label(places.get(key, ""))
        return Text(f"{label.zh}（{place.zh}）", f"{label.en} ({place.en})") if place else label

    def step_label(self, key: str, *, of_call: bool = False) -> Text:
        """What a reminder (`of_call`: one of a call's last day), or a step by which overdue work rises, is called; an unknown
        key as it is."""
        closing = next((rule for rule in (self.intake.reminders if self.intake and of_call else ()) if rule.key == key), None)
        if closing is not None:
            return Text(f"{TIERS[closing.tier].zh}截止前{closing.before.words().zh}",
                        f"{closing.before.words().en} before the last day for “{TIERS[closing.tier].en}”")
        before = next((rule.before.words() for rule in self.reminders if rule.key == key), None)
        if before is not None:
            return Text(f"有效期届满前{before.zh}", f"{before.en} before the last day")
        told = next((RISES_TO[rule.role] for rule in self.escalations if rule.key == key), None)
        return Text(f"告知{told.zh}", f"told to {told.en}") if told else Text(key, key)

    def change(self, key: str) -> Change:
        """The rule by which a holder may ask for the change `key`; LawIsSilent, naming the key, when the file has none."""
        found = next((rule for rule in self.changes if rule.key == key), None)
        if found is None:
            raise self._silent("changes", Text("“{change}”", "a change of a certificate: {change}").with_(change=CHANGES.get(key, key)))
        return found

    def renewal_window(self, calendar: Calendar, valid_until: date | None) -> tuple[date, date] | None:
        """The first and last day, both included, on which a certificate that ends on `valid_until` may be renewed.

        None where the regulation knows no renewal, or the certificate no end.
        """
        return None if self.renewal is None or valid_until is None else self.renewal.window(calendar, valid_until)

    def grade(self, key: str | None) -> Grade | None:
        """The grade `key`."""
        return next((grade for grade in self.grades if grade.key == key), None)

    def pass_rule(self, grade: str | None) -> tuple[Panel | Grade, int]:
        """The rule by whose mark a mean passes, and the mark: the grade's own where it has one, else the panel's."""
        own = self.grade(grade)
        return (own, own.pass_mark) if own is not None and own.pass_mark is not None else (self.panel, self.panel.pass_mark)

    def scope_of(self, typed: Mapping[str, object]) -> list[str]:
        """What a certificate for this dossier covers: its models, or its one version; where the regulation names a configuration,
        that as a whole. [] while they are not filled in."""
        if self.dossier.configuration_fields:
            parts = [str(part) for key in self.dossier.configuration_fields if (part := typed.get(key))]
            return [" + ".join(parts)] if parts else []
        found = typed.get(self.dossier.models_field)
        return [str(item) for item in found] if isinstance(found, list) else [str(found)] if found else []

    @property
    def scope_label(self) -> Text:
        """What the entries of a certificate's scope are called: models, specifications, a version."""
        rule = self.field(self.dossier.models_field)
        assert rule is not None  # by `dossier_checks`
        return rule.label

    @cached_property
    def matching(self) -> Matching:
        """How a verdict compares part numbers, and where that and the certificate's term stand."""
        validity = self.validity.article if self.validity else None
        if self.scope is None:
            return Matching(validity_article=validity)
        return Matching(self.scope.notation == "patterns", self.scope.ignored, self.scope.article, validity)

    def exclusions(self, scope: Sequence[str]) -> list[str]:
        """The entries of a scope that say what it does not cover; none where the regulation knows no patterns."""
        return [entry for entry in scope if excludes(entry)] if self.matching.patterns else []

    def identity_of(self, typed: Mapping[str, object]) -> tuple[str, ...] | None:
        """What makes the product this one and no other, as it compares; None where the regulation does not say or it is not filled in."""
        values = [typed.get(key) for key in self.dossier.identity_fields]
        return tuple(plain(str(value)) for value in values) if values and all(values) else None

    def leaves(self) -> Iterator[Leaf]:
        """Every figure of law in the file."""
        for item in fields(self):
            yield from _leaves(getattr(self, item.name), item.name)

    def check_dossier(
        self, dossier: Mapping[str, object], documents: Mapping[str, int], today: date, taxonomy: Taxonomy,
        *, submitted: bool = False, renewal: bool = False, around: Surroundings = ALONE,
    ) -> list[Finding]:
        """All that is missing or contradictory; see `registry.law.dossier.check_dossier`."""
        return check_dossier(self, dossier, documents, today, taxonomy, submitted=submitted, renewal=renewal, around=around)

    @property
    def asks_around(self) -> bool:
        """Whether any condition asks about the applicant or its other applications."""
        return any(looks_around(condition.expression) for condition in self.conditions)

    def as_other(self, dossier: Mapping[str, object]) -> dict[str, object]:
        """Another application's dossier as a condition sees it: typed, its empty rows and lists empty, not absent."""
        lists: dict[str, object] = {rule.key: [] for rule in self.all_fields() if rule.kind in ("rows", "models")}
        return lists | self.read_dossier(dossier)

    def read_dossier(self, dossier: Mapping[str, object]) -> dict[str, object]:
        """The dossier's values in their own types; see `registry.law.dossier.read_dossier`."""
        return read_dossier(self, dossier)


def _leaves(value: object, path: str) -> Iterator[Leaf]:
    if isinstance(value, Source) and value.basis:
        yield Leaf(path, value.article, value.basis, value.source, not getattr(value, "known", True))
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(item, f"{path}.{key}")
    elif isinstance(value, tuple) and not isinstance(value, Text):
        for item in value:
            yield from _leaves(item, f"{path}.{getattr(item, 'key', None) or getattr(item, 'kind', '')}")
    elif is_dataclass(value):
        for part in fields(value):
            yield from _leaves(getattr(value, part.name), f"{path}.{part.name}")
