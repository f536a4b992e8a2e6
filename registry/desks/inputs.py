"""Reading what somebody typed: lengths, control characters, empty fields. It gathers every fault before it refuses."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from registry.errors import BadInput, Finding
from registry.law.rules import Source
from registry.words import Text

EMAIL = re.compile(r"[^@\s<>]{1,64}@[^@\s<>]+\.[^@\s<>]+|[^@\s<>]{1,64}@localhost")
LINE, TEXT = 300, 4000
MOST_VALUE, MOST_FIELDS = 20_000, 200


def control_fault(field: str, value: str, *, multiline: bool = False) -> Finding | None:
    """A finding if `value` holds a control or a bidirectional-override character; it names the character and its place."""
    allowed = "\n\r\t" if multiline else ""
    for place, char in enumerate(value, 1):
        if (unicodedata.category(char) in {"Cc", "Cs", "Co", "Cn"} and char not in allowed) or char in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068":
            name = f"U+{ord(char):04X}"
            return Finding(field, "control-character", Text(
                f"第 {place} 个字符 {name} 是不可见的控制字符，请删除。", f"Character {place}, {name}, is a control character: remove it.",
            ))
    return None


def unkeepable(field: str, value: Any, depth: int = 0) -> Finding | None:
    """What cannot even be kept in a draft: control characters, a value of no form, or far too much of it.

    A list holds texts or lines, and a line its cells: nothing lies deeper.
    """
    if value is None or isinstance(value, bool | int):
        return None
    if (isinstance(value, list) and depth == 0) or (isinstance(value, dict) and depth == 1):
        if len(value) > MOST_FIELDS:
            return Finding(field, "too-long", Text(f"最多 {MOST_FIELDS} 行。", f"At most {MOST_FIELDS} lines."))
        return next(_unkeepable_parts(field, value, depth), None)
    if not isinstance(value, str):
        return Finding(field, "not-text", Text("应为文字、整数、是否或文字列表。", "Must be a text, a whole number, yes or no, or a list of texts."))
    if len(value) > MOST_VALUE:
        return Finding(field, "too-long", Text(f"最多 {MOST_VALUE} 个字。", f"At most {MOST_VALUE} characters."))
    return control_fault(field, value, multiline=True)


def _unkeepable_parts(field: str, value: list[Any] | dict[str, Any], depth: int) -> Iterator[Finding]:
    """The same of each line of a list, saying which, and of each cell of a line."""
    if isinstance(value, dict):
        for key, cell in value.items():
            if wrong := unkeepable(field, key, depth + 1) or unkeepable(f"{field}.{key}", cell, depth + 1):
                yield wrong
        return
    for number, line in enumerate(value, 1):
        finding = unkeepable(f"{field}.{number}" if isinstance(line, dict) else field, line, depth + 1)
        if finding is not None:
            yield replace(finding, message=Text("第{n}行：{what}", "line {n}: {what}").with_(n=number, what=finding.message))


class Form:
    """Fields read one after another; `done()` refuses once, with everything that was wrong."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def fault(self, field: str, code: str, zh: str, en: str, *, by: Source | None = None) -> None:
        """`by`: the rule of the regulation that is broken; none where the demand is this registry's own."""
        self.findings.append(Finding(field, code, Text(zh, en), None, by.article if by else None, by.basis if by else None))

    def add(self, finding: Finding | None) -> None:
        if finding is not None:
            self.findings.append(finding)

    def line(self, field: str, value: object, *, most: int = LINE, required: bool = True, multiline: bool = False) -> str:
        """A text as typed, trimmed; a finding if it is missing, too long, or holds a control character."""
        text = value.strip() if isinstance(value, str) else ""
        if value is not None and not isinstance(value, str):
            self.fault(field, "not-text", "应为文字。", "Must be a text.")
        elif not text and required:
            self.fault(field, "missing", "必填，请填写。", "Required: fill it in.")
        elif len(text) > most:
            self.fault(field, "too-long", f"最多 {most} 个字，现有 {len(text)} 个。", f"At most {most} characters; there are {len(text)}.")
        else:
            self.add(control_fault(field, text, multiline=multiline))
        return text

    def text(self, field: str, value: object, *, most: int = TEXT, required: bool = True) -> str:
        return self.line(field, value, most=most, required=required, multiline=True)

    def texts(self, field: str, values: object, *, most: int = 50) -> list[str]:
        """Several texts, each as `text` takes it; empty ones are left out, and so is one that stands twice."""
        if not isinstance(values, list | tuple):
            self.fault(field, "not-a-list", "应为文字列表。", "Must be a list of texts.")
            return []
        if len(values) > most:
            self.fault(field, "too-many", f"最多 {most} 项。", f"At most {most}.")
            return []
        return list(dict.fromkeys(said for value in values if (said := self.text(field, value, required=False))))

    def done(self) -> None:
        if self.findings:
            fields = ", ".join(dict.fromkeys(f.field for f in self.findings))
            [article, basis], *others = {(f.article, f.basis) for f in self.findings}
            raise BadInput(
                Text(f"有 {len(self.findings)} 处需要修改：{fields}。", f"{len(self.findings)} to be corrected: {fields}."),
                action=Text("请按提示修改后重新提交，已填写的内容没有丢失。", "Correct them as said and send again; nothing typed was lost."),
                article=None if others else article, basis=None if others else basis, findings=self.findings,
            )
