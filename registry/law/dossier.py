"""Holding a dossier against its regulation, everything missing or contradictory at once; reading it into typed values.

A draft is kept as it was typed, so nothing here trusts a value's type and nothing here raises on one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from registry.errors import Finding
from registry.law.conditions import holds
from registry.words import Text, join

if TYPE_CHECKING:
    from registry.law.regulation import Regulation
    from registry.law.rules import DocumentRule, FieldRule
    from registry.law.taxonomy import Taxonomy

_DAY = re.compile(r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$")
_WHOLE = re.compile(r"^[+-]?\d{1,15}$")
_DECIMAL = re.compile(r"^[+-]?\d{1,13}(\.\d+)?$")
_YES = {"true", "on", "yes", "1", "是"}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class Unreadable(ValueError):
    """A value that is no value of its field's kind; carries the words to say so."""

    def __init__(self, message: Text, code: str = "unreadable") -> None:
        super().__init__(message.en)
        self.message = message
        self.code = code


def check_dossier(
    regulation: Regulation,
    dossier: Mapping[str, object],
    documents: Mapping[str, int],
    today: date,
    taxonomy: Taxonomy,
    *,
    submitted: bool = False,
    renewal: bool = False,
) -> list[Finding]:
    """Every finding, fields first, then documents, then conditions, each in the regulation's order.

    `submitted`: the dossier was handed in before and comes back from a supplement; conditions marked
    `asked = "at_submission"` or "first_submission" were met then and are not asked again; the latter are not asked of a
    `renewal` at all. Never raises on the dossier's values.
    """
    facts: dict[str, object] = {}
    findings: list[Finding] = []
    for rule in regulation.all_fields():
        try:
            value = read_value(rule, dossier.get(rule.key), taxonomy)
        except Unreadable as fault:
            findings.append(_field_finding(rule, fault.code, fault.message))
            continue
        if value is not None:
            facts[rule.key] = value
        elif rule.required:
            findings.append(_missing(rule))
    counts = {rule.key: _count(documents.get(rule.key)) for rule in regulation.dossier.documents}
    findings += [f for rule in regulation.dossier.documents for f in _document_findings(rule, counts[rule.key])]
    findings += _unknown(regulation, dossier, documents)
    skipped = {"at_submission", "first_submission"} if submitted else {"first_submission"} if renewal else set()
    findings += _broken(regulation, facts, counts, today, skipped)
    return findings


def read_dossier(regulation: Regulation, dossier: Mapping[str, object]) -> dict[str, object]:
    """Typed values of what can be read: str, int, Decimal, date, bool, list[str]. Fields left empty are not in it."""
    typed: dict[str, object] = {}
    for rule in regulation.all_fields():
        try:
            value = read_value(rule, dossier.get(rule.key))
        except Unreadable:
            continue
        if value is not None:
            typed[rule.key] = value
    return typed


def read_value(rule: FieldRule, raw: object, taxonomy: Taxonomy | None = None) -> object | None:
    """One value in its own type and normal form; None when nothing was filled in. Unreadable when it is none."""
    if raw is None or (isinstance(raw, str) and not raw.strip()) or (isinstance(raw, list | tuple) and not raw):
        return None
    match rule.kind:
        case "date":
            return _read_day(raw)
        case "integer" | "decimal":
            return _read_number(rule, raw)
        case "declaration":
            return _read_declaration(raw)
        case "models":
            return _read_models(rule, raw)
    text = _read_text(raw, several=rule.kind == "text")
    if rule.kind == "choice":
        _must(any(text == choice.key for choice in rule.choices), "not_a_choice", Text(
            "请从下列选项中选择：{choices}。", "Choose one of: {choices}.",
        ).with_(choices=join([choice.label for choice in rule.choices])))
    elif rule.kind == "taxonomy":
        _must(taxonomy is None or taxonomy.find_leaf(text) is not None, "unknown_leaf",
              Text("产品分类目录中没有该类别，请重新选择。", "The product tree has no such class; choose again."))
    else:
        _check_length(rule, text)
    return text


def _must(is_well: bool, code: str, message: Text) -> None:
    if not is_well:
        raise Unreadable(message, code)


def _check_length(rule: FieldRule, text: str) -> None:
    if rule.max_length is not None:
        _must(len(text) <= rule.max_length, "too_long", Text(
            "不得超过{most}个字符，现有{now}个。", "At most {most} characters; there are {now}.",
        ).with_(most=rule.max_length, now=len(text)))


def _read_text(raw: object, *, several: bool) -> str:
    _must(isinstance(raw, str), "unreadable", Text("请填写文字。", "Write this as text."))
    text = str(raw).replace("\r\n", "\n").replace("\r", "\n").strip()
    _must(not _CONTROL.search(text), "unreadable", Text("含有不可见的控制字符，请重新录入。",
                                                        "There are invisible control characters; type it again."))
    return text if several else " ".join(text.split())


def _read_day(raw: object) -> date:
    words = Text("日期无法识别，请按“2025-08-01”的格式填写。", "Not a day; write it as 2025-08-01.")
    if isinstance(raw, date):
        return raw.date() if isinstance(raw, datetime) else raw
    found = _DAY.match(unicodedata.normalize("NFKC", raw).strip()) if isinstance(raw, str) else None
    if found is None:
        raise Unreadable(words)
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        raise Unreadable(words) from None


def _read_number(rule: FieldRule, raw: object) -> int | Decimal:
    _must(isinstance(raw, str | int | Decimal) and not isinstance(raw, bool), "unreadable",
          Text("请填写数字。", "Write this as a number."))
    written = unicodedata.normalize("NFKC", str(raw)).replace(",", "").strip()
    if rule.kind == "integer":
        _must(bool(_WHOLE.match(written)), "unreadable", Text("请填写整数。", "Write this as a whole number."))
        value: int | Decimal = int(written)
    else:
        found = _DECIMAL.match(written)
        _must(found is not None, "unreadable", Text("请填写数字。", "Write this as a number."))
        _must(len(written.partition(".")[2].rstrip("0")) <= rule.places, "too_precise",
              Text("最多保留{n}位小数。", "At most {n} decimal places.").with_(n=rule.places))
        value = Decimal(written).quantize(Decimal(1).scaleb(-rule.places))
    _must(rule.minimum is None or value >= rule.minimum, "too_small",
          Text("不得小于{n}。", "At least {n}.").with_(n=rule.minimum))
    _must(rule.maximum is None or value <= rule.maximum, "too_large",
          Text("不得大于{n}。", "At most {n}.").with_(n=rule.maximum))
    return value


def _read_declaration(raw: object) -> bool | None:
    """True, or None: a declaration that is not made is missing."""
    return True if raw is True or (isinstance(raw, str) and raw.strip().lower() in _YES) else None


def _read_models(rule: FieldRule, raw: object) -> list[str] | None:
    words = Text("请每行填写一个型号。", "Write one model on each line.")
    if isinstance(raw, str):
        raw = raw.splitlines()
    if not isinstance(raw, list | tuple):
        raise Unreadable(words)
    models: list[str] = []
    for item in raw:
        _must(isinstance(item, str), "unreadable", words)
        model = _read_text(item, several=False)
        _check_length(rule, model)
        if model and model not in models:
            models.append(model)
    return models or None


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


def _broken(
    regulation: Regulation, facts: Mapping[str, object], counts: Mapping[str, int], today: date, skipped: set[str],
) -> Iterator[Finding]:
    for condition in regulation.conditions:
        if condition.asked in skipped:
            continue
        if not holds(condition.expression, facts, counts, today):
            yield Finding(condition.field, condition.key, condition.message, condition.action,
                          condition.article, condition.basis)
