"""What was filled in on a form: results item by item, hazards line by line, read from what was typed.

Not here: what it is worth (judging). A draft is kept as it was typed, so nothing here trusts its types.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from registry.errors import Finding
from registry.law.forms import PROBABILITY_BASES, Form, Item
from registry.law.rules import Choice, Column, FieldRule
from registry.law.units import alike, is_unit, same_kind
from registry.law.values import MOST_ROWS, Unreadable, read_rows, read_value
from registry.words import Text

_NUMBER: dict[str, Any] = {"kind": "decimal", "places": 9, "required": False}
VALUE = Column(key="value", label=Text("结果", "result"), **_NUMBER)
UNIT = Column(key="unit", label=Text("单位", "unit"), kind="line", required=False, max_length=32)
UNCERTAINTY = Column(key="uncertainty", label=Text("扩展不确定度（k=2）", "expanded uncertainty (k=2)"), minimum=Decimal(0), **_NUMBER)
CONFORMS = Column(key="conforms", label=Text("是否符合", "conforms"), kind="choice", required=False,
                  choices=(Choice("yes", Text("符合", "yes")), Choice("no", Text("不符合", "no"))))
LABORATORY = Column(key="laboratory", label=Text("实验室或检查单位", "laboratory or inspecting unit"), kind="line", required=False, max_length=200)
REPORT = Column(key="report", label=Text("报告编号", "report number"), kind="line", required=False, max_length=100)
FOUND_ON = Column(key="found_on", label=Text("日期", "day"), kind="date", required=False)
NOTE = Column(key="note", label=Text("说明", "note"), kind="text", required=False, max_length=2000)


@dataclass(frozen=True, kw_only=True)
class Result:
    """What was found on one item: a quantity with its unit and uncertainty, or whether it conforms; by whom, in which report."""

    value: Decimal | None = None
    unit: str = ""
    uncertainty: Decimal | None = None
    conforms: bool | None = None
    laboratory: str = ""
    report: str = ""
    found_on: date | None = None
    note: str = ""

    @property
    def found(self) -> bool:
        """Whether there is anything to be judged."""
        return self.value is not None or self.conforms is not None


@dataclass(frozen=True, kw_only=True)
class Hazard:
    """One hazard: its worst credible outcome and likelihood, before and after what was done about it."""

    text: str
    severity: str
    probability: str
    per: str
    mitigation: str = ""
    by: str = ""
    severity_after: str = ""
    probability_after: str = ""


@dataclass
class Sheet:
    """The whole of it, and everything that is wrong with what was typed."""

    results: dict[str, Result] = field(default_factory=dict)
    hazards: list[Hazard] = field(default_factory=list)
    faults: list[Finding] = field(default_factory=list)


def columns_of(item: Item) -> tuple[Column, ...]:
    """What is filled in for an item."""
    found = (VALUE, UNIT, UNCERTAINTY) if item.measured else (CONFORMS,)
    return (*found, LABORATORY, REPORT, FOUND_ON, NOTE)


def hazard_rule(form: Form) -> FieldRule | None:
    """The lines in which hazards are filled in; None where the form ranks none."""
    risk = form.risk
    if risk is None:
        return None
    severities = tuple(Choice(s.key, s.label) for s in risk.severities)
    likely = tuple(Choice(p.key, p.label) for p in risk.probabilities)
    line: dict[str, Any] = {"kind": "choice", "required": True}
    return FieldRule(
        key="hazards", label=Text("危险源", "Hazards"), kind="rows", required=True, public=False, maximum=Decimal(MOST_ROWS),
        article=risk.article, basis=risk.basis, columns=(
            Column(key="text", label=Text("危险源及最坏可信后果", "hazard and worst credible outcome"), kind="line", required=True, max_length=300),
            Column(key="severity", label=Text("严重性", "severity"), choices=severities, **line),
            Column(key="probability", label=Text("可能性", "probability"), choices=likely, **line),
            Column(key="per", label=Text("可能性的基准", "probability per"), choices=tuple(Choice(*item) for item in PROBABILITY_BASES.items()), **line),
            Column(key="mitigation", label=Text("缓解措施", "mitigation"), kind="line", required=False, max_length=300),
            Column(key="by", label=Text("措施类型", "kind of mitigation"), kind="choice", required=False,
                   choices=tuple(Choice(m.key, m.label) for m in risk.mitigations)),
            Column(key="severity_after", label=Text("缓解后严重性", "severity after"), kind="choice", required=False, choices=severities),
            Column(key="probability_after", label=Text("缓解后可能性", "probability after"), kind="choice", required=False, choices=likely),
        ))


def read_sheet(form: Form, raw: Mapping[str, object]) -> Sheet:
    """Read `raw`, {"results": {item: {...}}, "hazards": [{...}]}. Never raises on what it holds."""
    sheet = Sheet()
    results = raw.get("results")
    for key, cells in (results.items() if isinstance(results, Mapping) else ()):
        item = form.item(str(key))
        if item is None or not isinstance(cells, Mapping):
            sheet.faults.append(Finding(f"results.{key}", "unknown", Text("评估表中没有这一项。", "The form has no such item.")))
        elif any(value not in (None, "") for value in cells.values()):
            sheet.results[item.key] = _result(item, cells, sheet.faults)
    rule = hazard_rule(form)
    if rule is None:
        return sheet
    rows = read_rows(rule, raw.get("hazards"))
    sheet.faults += [Finding(f"hazards.{line}" + (f".{column.key}" if column else ""), code, message) for line, column, message, code in rows.faults]
    for number, cells in enumerate(rows.lines, 1) if not rows.faults else ():
        hazard = Hazard(**{k: str(v) for k, v in cells.items()})
        sheet.hazards.append(hazard)
        sheet.faults += _mitigation_faults(form, number, hazard)
    return sheet


def _result(item: Item, cells: Mapping[str, object], faults: list[Finding]) -> Result:
    found: dict[str, Any] = {}
    known = {column.key: column for column in columns_of(item)}
    for key, raw in cells.items():
        try:
            value = read_value(known[key], raw) if key in known else None
        except Unreadable as fault:
            faults.append(_own_fault(item, key, fault.code, fault.message))
            continue
        if value is not None:
            found[key] = value == "yes" if key == "conforms" else value
    result = Result(**found)
    faults += unit_faults(item, cells)
    faults += _lacks(item, result, cells) if result.found else ()
    return result


def unit_faults(item: Item, cells: Mapping[str, object]) -> Iterator[Finding]:
    """A unit that is none, or in which nothing can be held against the item's limit; it names those that can."""
    given = str(cells.get("unit") or "").strip()
    if not item.measured or not given or (same_kind(given, item.unit) if item.unit else is_unit(given)):
        return
    facts = {"u": given[:UNIT.max_length], "v": item.unit, "all": ", ".join(alike(item.unit))}
    if not is_unit(given):
        words = Text("“{u}”不是可以换算的单位。", "“{u}” is no unit that can be converted.")
    else:
        words = Text("单位“{u}”不能与“{v}”比较：不是同一种量。", "“{u}” does not compare with “{v}”: it measures something else.")
    if not item.unit:
        wanted = Text("例如：{all}。", "For instance: {all}.")
    elif facts["all"]:
        wanted = Text("请用 {v}，或可与之换算的：{all}。", "Give {v}, or one that converts: {all}.")
    else:
        wanted = Text("请用 {v}。", "Give {v}.")
    yield _fault(item, "unit", "unit_mismatch", Text(words.zh + wanted.zh, f"{words.en} {wanted.en}").with_(**facts))


def _lacks(item: Item, result: Result, cells: Mapping[str, object]) -> Iterator[Finding]:
    """What a result has to carry beside itself and was left empty; what cannot be read is said already."""
    if item.measured and not result.unit and not cells.get("unit"):
        yield _own_fault(item, "unit", "missing", Text("请填写单位。", "Give the unit."))
    if item.measured and item.method == "test" and result.uncertainty is None and not cells.get("uncertainty"):
        yield _own_fault(item, "uncertainty", "missing", Text("试验结果须给出不确定度。", "A test’s result states its uncertainty."))
    for key, label in (("laboratory", LABORATORY.label), ("report", REPORT.label)):
        if not getattr(result, key):
            yield _own_fault(item, key, "missing", Text("请填写{l}。", "Give the {l}.").with_(l=label))


def _mitigation_faults(form: Form, number: int, hazard: Hazard) -> Iterator[Finding]:
    """A lower risk needs a mitigation; what is eliminated was eliminated by design, never by training, warning or equipment."""
    risk = form.risk
    assert risk is not None
    moved = bool(hazard.severity_after or hazard.probability_after)
    if moved and not (hazard.mitigation and hazard.by):
        yield Finding(f"hazards.{number}.mitigation", "missing", Text("降低了风险，请写明缓解措施及其类型。",
                                                                      "The risk is lower: say by what, and of which kind."))
    kind = risk.mitigation(hazard.by)
    for key, given in (("probability", hazard.probability), ("probability_after", hazard.probability_after)):
        likely = next((p for p in risk.probabilities if p.key == given), None)
        if likely is not None and likely.eliminated and not (kind and kind.design):
            yield Finding(f"hazards.{number}.{key}", "not_by_design", Text(
                "只有设计措施才能消除危险源；培训、警示和防护用品不能。",
                "Only a change of design eliminates a hazard; training, warnings and equipment do not."))


def _fault(item: Item, key: str, code: str, message: Text) -> Finding:
    """What the item itself asks for."""
    return replace(_own_fault(item, key, code, message), article=item.article, basis=item.basis)


def _own_fault(item: Item, key: str, code: str, message: Text) -> Finding:
    """What this registry asks of every result: no article of the item's demands it."""
    named = Text("“{l}”：{m}", "{l}: {m}").with_(l=item.label, m=message)
    return Finding(f"results.{item.key}.{key}", code, named)
