"""Holding a dossier against its regulation, everything missing or contradictory at once; reading it into typed values.

A draft is kept as it was typed, so nothing here trusts a value's type and nothing here raises on one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING

from registry.errors import Finding
from registry.law.conditions import ALONE, CannotJudge, Surroundings, holds
from registry.law.scopes import bad_entries
from registry.law.values import Unreadable, read_rows, read_value
from registry.words import Text, join

if TYPE_CHECKING:
    from registry.law.regulation import Regulation
    from registry.law.rules import Column, Condition, DocumentRule, FieldRule
    from registry.law.taxonomy import Taxonomy

CANNOT_JUDGE = "cannot_be_judged"  # the code of a finding that blames the regulation's file


def check_dossier(
    regulation: Regulation,
    dossier: Mapping[str, object],
    documents: Mapping[str, int],
    today: date,
    taxonomy: Taxonomy,
    *,
    submitted: bool = False,
    renewal: bool = False,
    around: Surroundings = ALONE,
) -> list[Finding]:
    """Every finding, fields first, then documents, then conditions, each in the regulation's order.

    `around`: who applies, and what else that enterprise has applied for, as conditions may ask.

    `submitted`: the dossier was handed in before and comes back from a supplement; conditions marked
    `asked = "at_submission"` or "first_submission" were met then and are not asked again; the latter are not asked of a
    `renewal` at all. Never raises on the dossier's values.
    """
    facts: dict[str, object] = {}
    findings: list[Finding] = []
    for rule in regulation.all_fields():
        value, wrong = _take(rule, dossier.get(rule.key), taxonomy)
        if value is not None:
            facts[rule.key] = value
        elif rule.required and not wrong:
            wrong = [_missing(rule)]
        findings += wrong
    findings += _bad_patterns(regulation, facts)
    counts = {rule.key: _count(documents.get(rule.key)) for rule in regulation.dossier.documents}
    findings += [f for rule in regulation.dossier.documents for f in _document_findings(rule, counts[rule.key])]
    findings += _unknown(regulation, dossier, documents)
    skipped = {"at_submission", "first_submission"} if submitted else {"first_submission"} if renewal else set()
    for c in regulation.conditions:
        if c.asked not in skipped:
            findings += _ask(regulation, dossier, c, lambda lines, c=c: holds(c.expression, facts | lines, counts, today, around))  # type: ignore[misc]
    return findings


Met = Callable[[dict[str, object]], bool]  # whether a condition is met, with these fields in place of the dossier's


def _ask(regulation: Regulation, dossier: Mapping[str, object], rule: Condition, met: Met) -> list[Finding]:
    """What a condition finds. One that fails on these facts finds that it cannot be judged, and whose work that is."""
    try:
        return [] if met({}) else [Finding(
            rule.field, rule.key, _at_lines(regulation, dossier, rule, met), rule.action, rule.article, rule.basis)]
    except CannotJudge as fault:
        return [Finding(rule.field, CANNOT_JUDGE, Text(
            "规则“{key}”（{message}）无法判定，并非您的材料有误。", "The rule “{key}” ({message}) cannot be judged; that is no fault of what you wrote.",
        ).with_(key=rule.key, message=Text(rule.message.zh.rstrip("。"), rule.message.en.rstrip("."))), Text(
            "请告知登记机关：须修改法规文件的 conditions.{key}（{fault}）。已填写内容已保存。",
            "Tell the office: it has to mend conditions.{key} in the regulation’s file ({fault}). What you wrote is kept.",
        ).with_(key=rule.key, fault=str(fault)), rule.article, rule.basis)]


def _at_lines(regulation: Regulation, dossier: Mapping[str, object], rule: Condition, met: Met) -> Text:
    """What is said of a condition that is not met; where each line of a table must meet it, with the lines that do not."""
    _, _, key = rule.field.partition(".")
    field = regulation.field(key)
    if field is None or field.kind != "rows" or f"dossier.{key}.all(" not in rule.expression:
        return rule.message
    rows = read_rows(field, dossier.get(key))
    wrong = [number for number, line in zip(rows.numbers, rows.lines, strict=True) if not met({key: [line]})]
    numbers = join([Text(str(n), str(n)) for n in wrong])
    return Text("第{n}行：{what}", "line {n}: {what}").with_(n=numbers, what=rule.message) if wrong else rule.message


def _bad_patterns(regulation: Regulation, facts: Mapping[str, object]) -> Iterator[Finding]:
    """Models that look like the notation and are not: a certificate would take them literally and cover next to nothing."""
    scope, field = regulation.scope, regulation.dossier.models_field
    if scope is None or scope.notation != "patterns" or regulation.dossier.configuration_fields:
        return
    for message in bad_entries(regulation.scope_of(facts), scope.ignored):
        yield Finding(f"dossier.{field}", "bad_pattern", message, None, scope.article, scope.basis)


def read_dossier(regulation: Regulation, dossier: Mapping[str, object]) -> dict[str, object]:
    """Typed values of what can be read: str, int, Decimal, date, bool, list[str], or for rows a list of mappings of these.

    Fields left empty are not in it.
    """
    read = {rule.key: _take(rule, dossier.get(rule.key)) for rule in regulation.all_fields()}
    return {key: value for key, (value, _) in read.items() if value is not None}


def _take(rule: FieldRule, raw: object, taxonomy: Taxonomy | None = None) -> tuple[object | None, list[Finding]]:
    """The value of one field, or None with what is wrong with it; None and nothing when it is not filled in."""
    if rule.kind == "rows":
        rows = read_rows(rule, raw)
        return (rows.lines or None) if not rows.faults else None, [_cell_finding(rule, *fault) for fault in rows.faults]
    try:
        return read_value(rule, raw, taxonomy), []
    except Unreadable as fault:
        return None, [_field_finding(rule, fault.code, fault.message)]


def _cell_finding(rule: FieldRule, line: int, column: Column | None, message: Text, code: str) -> Finding:
    if not line:
        return _field_finding(rule, code, message)
    where = Text("“{label}”第{line}行{column}：{what}", "{label}, line {line}{column}: {what}").with_(
        label=rule.label, line=line, what=message,
        column=Text(f"“{column.label.zh}”", f", {column.label.en}") if column else Text("", ""))
    path = f"dossier.{rule.key}.{line}" + (f".{column.key}" if column else "")
    return Finding(path, code, where, None, rule.article, rule.basis)


def _field_finding(rule: FieldRule, code: str, message: Text, action: Text | None = None) -> Finding:
    named = Text("“{label}”：{what}", "{label}: {what}").with_(label=rule.label, what=message)
    return Finding(f"dossier.{rule.key}", code, named, action, rule.article, rule.basis)


def _missing(rule: FieldRule) -> Finding:
    if rule.kind == "declaration":
        return _field_finding(rule, "missing", Text("尚未声明。", "not declared yet."),
                              Text("请阅读并勾选声明。", "Read the declaration and tick it."))
    action = Text("请填写“{label}”。", "Fill in \"{label}\".").with_(label=rule.label)
    return _field_finding(rule, "missing", Text("尚未填写。", "not filled in yet."), action)


def _count(raw: object) -> int:
    return raw if isinstance(raw, int) and not isinstance(raw, bool) and raw > 0 else 0


def _document_findings(rule: DocumentRule, count: int) -> Iterator[Finding]:
    facts = {"label": rule.label, "least": rule.minimum, "most": rule.maximum, "now": count,
             "types": ", ".join(kind.upper() for kind in rule.types)}

    def finding(code: str, message: Text, action: Text) -> Finding:
        return Finding(f"documents.{rule.key}", code, message.with_(**facts), action.with_(**facts),
                       rule.article, rule.basis)

    if count < rule.minimum and (rule.required or count):
        yield finding("missing" if count == 0 else "too_few",
                      Text("“{label}”至少需要{least}份，现有{now}份。",
                           "{label}: at least {least} file(s) needed; there are {now}."),
                      Text("请上传“{label}”（{types}）。", "Upload \"{label}\" ({types})."))
    elif count > rule.maximum:
        yield finding("too_many",
                      Text("“{label}”最多{most}份，现有{now}份。", "{label}: at most {most} file(s); there are {now}."),
                      Text("请删除多余的文件，或合并为一份。", "Remove files, or join them into one."))


def _unknown(
    regulation: Regulation, dossier: Mapping[str, object], documents: Mapping[str, int],
) -> Iterator[Finding]:
    message = Text("本法规的申报材料中没有这一项。", "This regulation's dossier has no such item.")
    action = Text("请删除该项。", "Remove it.")
    known = {"dossier": {rule.key for rule in regulation.all_fields()},
             "documents": {rule.key for rule in regulation.dossier.documents}}
    for root, given in (("dossier", dossier), ("documents", documents)):
        for key in given:
            if key not in known[root]:
                yield Finding(f"{root}.{key}", "unknown", message, action)

