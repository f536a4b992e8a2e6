"""One value of a dossier, from what was typed to its own type and normal form.

A draft is kept as it was typed, so nothing here trusts a value's type. Not here: what must be filled in (dossier).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from registry.law.codes import credit_code_fault, normalise_credit_code
from registry.law.rules import Column, FieldRule
from registry.law.taxonomy import Taxonomy
from registry.words import Text, join

MOST_ROWS = 50
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


def read_value(rule: Column, raw: object, taxonomy: Taxonomy | None = None) -> object | None:
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
        case "credit_code":
            return _read_code(raw)
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


def _check_length(rule: Column, text: str) -> None:
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


def _read_number(rule: Column, raw: object) -> int | Decimal:
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


def _read_models(rule: Column, raw: object) -> list[str] | None:
    words = Text("请每行填写一项。", "Write one on each line.")
    if isinstance(raw, str):
        raw = raw.splitlines()
    if not isinstance(raw, list | tuple):
        raise Unreadable(words)
    models: list[str] = []
    for number, item in enumerate(raw, 1):
        _must(isinstance(item, str), "unreadable", words)
        try:
            model = _read_text(item, several=False)
            _check_length(rule, model)
        except Unreadable as fault:
            raise Unreadable(Text("第{n}行：{what}", "line {n}: {what}").with_(n=number, what=fault.message), fault.code) from None
        if model and model not in models:
            models.append(model)
    return models or None


def _read_code(raw: object) -> str:
    code = normalise_credit_code(_read_text(raw, several=False))
    fault = credit_code_fault(code)
    if fault is not None:
        raise Unreadable(fault.message, fault.code)
    return code


@dataclass
class Rows:
    """What a field of kind `rows` holds, blank lines left out, and all that is wrong with it, cell by cell.

    A fault is (line from one or 0 for the whole, the column or None, its words, its code).
    """

    lines: list[dict[str, object]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)  # where each of them stands among all lines, from one
    faults: list[tuple[int, Column | None, Text, str]] = field(default_factory=list)


def read_rows(rule: FieldRule, raw: object) -> Rows:
    """Read `raw`: a list of lines, each a mapping from column to what was typed. Never raises on what it holds."""
    found = Rows()
    if raw in (None, ""):
        return found
    if not isinstance(raw, list | tuple) or not all(isinstance(line, Mapping) for line in raw):
        found.faults.append((0, None, Text("应为若干行，每行按列填写。", "Must be lines, each filled in by its columns."), "unreadable"))
        return found
    for number, line in enumerate(raw, 1):
        if any(value not in (None, "") for value in line.values()):
            found.lines.append(_read_line(rule, number, line, found))
            found.numbers.append(number)
    _count_lines(rule, found)
    return found


def _read_line(rule: FieldRule, number: int, line: Mapping[str, object], found: Rows) -> dict[str, object]:
    cells: dict[str, object] = {}
    for column in rule.columns:
        try:
            value = read_value(column, line.get(column.key))
        except Unreadable as fault:
            found.faults.append((number, column, fault.message, fault.code))
            continue
        if value is not None:
            cells[column.key] = value
        elif column.required:
            found.faults.append((number, column, Text("尚未填写。", "not filled in yet."), "missing"))
    for key in line.keys() - {column.key for column in rule.columns}:
        found.faults.append((number, None, Text("没有“{key}”这一列。", "There is no column {key}.").with_(key=key), "unknown"))
    return cells


def _count_lines(rule: FieldRule, found: Rows) -> None:
    now, least, most = len(found.lines), int(rule.minimum or 0), int(rule.maximum or MOST_ROWS)
    if 0 < now < least:
        words = Text("至少填写{n}行，现有{now}行。", "At least {n} lines; there are {now}.")
        found.faults.append((0, None, words.with_(n=least, now=now), "too_few"))
    if now > most:
        words = Text("最多填写{n}行，现有{now}行。", "At most {n} lines; there are {now}.")
        found.faults.append((0, None, words.with_(n=most, now=now), "too_many"))
