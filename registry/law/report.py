"""What a law file is worth, for whoever writes one: its faults, what its figures rest on, what nobody knows.

Not here: the rules themselves (shapes, checks), loading for use (library).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from registry.errors import LawFileFault
from registry.law.deadlines import load_calendars
from registry.law.loader import read_regulation, read_taxonomy
from registry.law.reader import LawFile
from registry.law.regulation import Leaf, Regulation
from registry.law.rules import Labelled, Source
from registry.law.shapes import BASES
from registry.law.taxonomy import Taxonomy
from registry.words import Text

BASIS_LABELS = {
    "article": Text("条文（据公开报道）", "article (as publicly reported)"),
    "instruction": Text("本登记处所有者的要求", "instruction of this registry's owner"),
    "precedent": Text("同类办法先例", "precedent of a sibling regulation"),
    "assumption": Text("假定，未经证实", "assumption, confirmed by nobody"),
}
# Periods that the house asks for whichever stages a regulation has.
ALWAYS_ASKED = ("supplement", "statement")
ASKED_IN_NOTICE = ("public_notice", "objection_decision")


@dataclass(frozen=True)
class Report:
    """`faults`: "line N: key: what"; `counts`: known leaves by basis; `unknown`: leaves left empty."""

    faults: list[str]
    counts: dict[str, int] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        """Whether the registry would load this file."""
        return not self.faults


def check_file(path: Path) -> Report:
    """Read one regulation, product tree or calendar alone; never raises on what the file holds.

    What needs other files (that the product tree exists, that versions do not overlap) is only checked by `load_law`.
    """
    file = LawFile(path)
    if file.faults:
        return Report(file.faults)
    if "classes" in file.tree:
        tree = read_taxonomy(file)
        return Report(file.faults) if tree is None else Report([], _count(_tree_sources(tree)))
    if "off" in file.tree or "work" in file.tree:
        return Report(_calendar_faults(path))
    found = read_regulation(file)
    if found is None:
        return Report(file.faults)
    known = [leaf for leaf in found.leaves() if not leaf.empty]
    return Report([], _count(known), unknown_leaves(found))


def unknown_leaves(regulation: Regulation) -> list[str]:
    """The paths of what nobody knows: facts left empty, and periods that will be asked for and are not there."""
    asked = [*ALWAYS_ASKED, *(ASKED_IN_NOTICE if "public_notice" in regulation.stage_kinds else ())]
    return [
        *(leaf.path for leaf in regulation.leaves() if leaf.empty),
        *(f"periods.{key}" for key in asked if key not in regulation.periods),
        *(f"stages.{stage.kind}.term" for stage in regulation.stages if not stage.term),
    ]


def show(regulation: Regulation) -> str:
    """The whole regulation as plain text in both languages, every figure with its place and basis."""
    return "\n".join(_shown(regulation)) + "\n"


def _count(leaves: Iterable[Leaf]) -> dict[str, int]:
    found = Counter(leaf.basis for leaf in leaves)
    return {basis: found[basis] for basis in BASES}


def _tree_sources(tree: Taxonomy) -> Iterator[Leaf]:
    yield Leaf("title", tree.article, tree.basis, tree.source)
    for branch in tree.classes:
        yield Leaf(f"classes.{branch.key}", branch.article, branch.basis, branch.source)
    for leaf in tree.leaves:
        yield Leaf(f"classes.{leaf.class_key}.{leaf.key}", leaf.article, leaf.basis, leaf.source)


def _calendar_faults(path: Path) -> list[str]:
    try:
        load_calendars([path.parent])
    except LawFileFault as fault:
        return list(fault.faults) if fault.path == str(path) else [f"{fault.path}: {what}" for what in fault.faults]
    return []


def _shown(law: Regulation) -> Iterator[str]:
    yield from _both(law.title)
    yield f"id: {law.id}   sha256: {law.digest}"
    yield f"施行 / in force: {law.effective_from} – {law.effective_until}"
    for source in (law.effective.start, law.effective.life, law.effective.counting):
        yield from _source(source)
    for fact in law.publication.values():
        yield f"{fact.key}: {fact.value or '未知 / unknown'}"
    yield from _heading("定义", "Definition")
    yield from _both(law.definition.text)
    yield from _source(law.definition)
    yield from _labels(law.predicates)
    yield from _heading("流程", "The road")
    for number, stage in enumerate(law.stages, 1):
        term = law.periods[stage.term].period.words() if stage.term else Text("未规定", "not stated")
        yield f"{number}. {_line(stage.label)}: {_line(term)}"
        yield from _source(stage)
    yield from _figures(law)
    yield from _dossier(law)
    yield from _panel(law)
    for title, rules in _lists(law).items():
        yield from _heading(*title)
        yield from _labels(rules)
    yield from _heading("暂停、撤销、恢复的事由", "Grounds for suspending, revoking, reinstating")
    for sanction in law.sanctions:
        yield f"{', '.join(sanction.acts)}: {_line(sanction.label)}"
        yield from _source(sanction)
    yield from _heading("不得再申报的事由", "Grounds for debarring")
    for debarment in law.debarments:
        years = debarment.period.words()
        yield f"{debarment.key}: {_line(debarment.label)} ({_line(years)})"
        yield from _source(debarment)
    yield from _heading("证书变更事项", "Changes of a certificate")
    for change in law.changes:
        yield f"{change.key}: {_line(change.label)} ({_line(change.proof)})"
        yield from _source(change)
    yield from _closing(law)


def _figures(law: Regulation) -> Iterator[str]:
    yield from _heading("期限", "Lengths of time")
    for key, rule in law.periods.items():
        counting = Text("首日计入", "first day counted") if rule.period.count_start_day else Text(
            "首日不计", "first day not counted")
        yield f"{key}: {_line(rule.period.words())} ({_line(counting)})"
        yield from _source(rule)
    yield f"validity 证书有效期: {_line(law.validity.period.words())}"
    yield from _source(law.validity)
    yield from _intake(law)
    opens, closes = law.renewal.opens_before.words(), law.renewal.closes_after.words()
    yield f"renewal 续期: 到期前{opens.zh}至到期后{closes.zh} / {opens.en} before to {closes.en} after the last day"
    yield from _source(law.renewal)
    for reminder in law.reminders:
        words = reminder.before.words()
        yield f"reminder 提醒: 到期前{words.zh} / {words.en} before the last day"
        yield from _source(reminder)
    for step in law.escalations:
        words = step.after.words()
        yield f"escalation 逾期上报 {step.role}: 逾期{words.zh} / {words.en} overdue"
        yield from _source(step)


def _intake(law: Regulation) -> Iterator[str]:
    rule = law.intake
    if rule is None:
        yield "intake 受理: 未规定 / not said"
        return
    yield f"intake 受理: {'全年受理 / all year round' if rule.mode == 'all_year' else '按申报通知 / in the window of a call'}"
    if rule.bureau_before and rule.enterprise_before:
        bureau, enterprise = rule.bureau_before.words(), rule.enterprise_before.words()
        yield f"- 市州: 省厅截止前{bureau.zh} / bureaus: {bureau.en} before the department's last day"
        yield f"- 企业: 市州截止前{enterprise.zh} / enterprises: {enterprise.en} before the bureaus' last day"
    if rule.quota_per_bureau:
        yield f"- 每个市州推荐名额 / applications a bureau may endorse under one call: {rule.quota_per_bureau}"
    yield from _source(rule)


def _dossier(law: Regulation) -> Iterator[str]:
    yield from _heading("申报材料", "The dossier")
    for section in law.dossier.sections:
        yield f"[{_line(section.label)}]"
        for rule in section.fields:
            yield f"- {_line(rule.label)} ({rule.key}, {rule.kind}{'' if rule.required else ', 选填 / optional'})"
            yield from _source(rule)
    for slot in law.dossier.documents:
        amount = f"{slot.minimum}–{slot.maximum}, {'/'.join(slot.types)}"
        yield f"* {_line(slot.label)} ({slot.key}: {amount}{'' if slot.required else ', 选交 / optional'})"
        yield from _source(slot)
    yield from _heading("条件", "Conditions")
    for condition in law.conditions:
        yield f"{condition.key}: {condition.expression}"
        yield f"    {_line(condition.message)}"
        yield from _source(condition)


def _panel(law: Regulation) -> Iterator[str]:
    panel = law.panel
    if not panel.basis:
        return
    odd = Text("，须为单数", ", an odd number") if panel.odd else Text("", "")
    yield from _heading("专家评审", "The expert panel")
    yield f"至少{panel.minimum}人{odd.zh}，平均{panel.pass_mark}分通过"
    yield f"At least {panel.minimum} experts{odd.en}; a mean of {panel.pass_mark} passes"
    yield from _source(panel)
    if panel.specialists:
        yield f"其中至少{panel.specialists}人熟悉该类产品"
        yield f"At least {panel.specialists} of them know the class of products"
    for criterion in panel.criteria:
        yield f"- {_line(criterion.label)}: {criterion.maximum}"
        yield from _source(criterion)


def _lists(law: Regulation) -> Mapping[tuple[str, str], tuple[Labelled, ...]]:
    return {
        ("回避", "Recusal"): law.panel.recusal,
        ("补正事由", "Reasons for a supplement"): law.supplement_reasons,
        ("不予认定的事由", "Grounds for refusal"): law.refusal_grounds,
        ("异议事由", "Grounds for an objection"): law.objection_grounds,
        ("支持与责任", "Support and consequences"): law.support,
    }


def _closing(law: Regulation) -> Iterator[str]:
    yield from _heading("编号", "Numbers")
    yield from (f"{kind}: {form}" for kind, form in law.numbers.items())
    yield from _source(law.number_forms)
    yield from _heading("依据统计", "What the figures rest on")
    counts = _count(leaf for leaf in law.leaves() if not leaf.empty)
    yield from (f"{_line(BASIS_LABELS[basis])}: {number}" for basis, number in counts.items())
    yield f"未知 / unknown: {', '.join(unknown_leaves(law)) or '—'}"


def _labels(rules: Iterable[Labelled]) -> Iterator[str]:
    for rule in rules:
        yield f"- {_line(rule.label)} ({rule.key})"
        yield from _source(rule)


def _source(source: Source) -> Iterator[str]:
    yield f"    〔{source.article}〕 {_line(BASIS_LABELS[source.basis])}{f'；{source.source}' if source.source else ''}"
    if source.note:
        yield f"    {_line(source.note)}"


def _heading(zh: str, en: str) -> Iterator[str]:
    yield from ("", f"== {zh} | {en} ==")


def _both(text: Text) -> Iterator[str]:
    yield from text


def _line(text: Text) -> str:
    return f"{text.zh} / {text.en}"
