"""What marshmallow says about a field, in both languages. The only place where its sentences are known."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from registry.words import Text

# Sentence as marshmallow (or `schemas/base.py`) writes it -> stable code and both languages. First match wins.
_SAID: tuple[tuple[str, str, Text], ...] = (
    (r"Missing data for required field\.", "required", Text("必填", "This is required")),
    (r"Field may not be null\.", "null", Text("不能为空值（null）", "This may not be null")),
    (r"Unknown field\.", "unknown", Text("没有这一项", "There is no such field")),
    (r"Not a valid (?:string|UUID)\.|Not a valid string value\.", "type", Text("应为文字", "This must be text")),
    (r"Not a valid utf-8 string\.", "type", Text("不是合法的 UTF-8 文字", "This is not valid UTF-8")),
    (r"Not a valid integer\.", "type", Text("应为整数", "This must be a whole number")),
    (r"Not a valid number\.", "type", Text("应为数字", "This must be a number")),
    (r"Number too large\.", "range", Text("数字过大", "This number is too large")),
    (r"Not a valid boolean\.", "type", Text("应为 true 或 false", "This must be true or false")),
    (r"Not a valid list\.", "type", Text("应为列表", "This must be a list")),
    (r"Not a valid mapping type\.|Invalid input type\.|Invalid type\.", "type",
     Text("应为由名称和值组成的对象", "This must be an object of names and values")),
    (r"Not a valid (?:aware |naive )?(?:date|datetime)\.", "date",
     Text("日期无法识别，应写作 2026-03-01", "This is not a date; write 2026-03-01")),
    (r"Not a valid email address\.", "email", Text("不是有效的电子邮箱", "This is not an e-mail address")),
    (r"Length must be between (?P<min>\d+) and (?P<max>\d+)\.", "length",
     Text("长度应在 {min} 至 {max} 之间", "The length must be between {min} and {max}")),
    (r"Shorter than minimum length 1\.", "empty", Text("不能为空", "This may not be empty")),
    (r"Shorter than minimum length (?P<min>\d+)\.", "length",
     Text("长度不能少于 {min}", "The length must be at least {min}")),
    (r"Longer than maximum length (?P<max>\d+)\.", "length",
     Text("长度不能超过 {max}", "The length may be at most {max}")),
    (r"Must be one of: (?P<choices>.+)\.", "choice", Text("只能是：{choices}", "This must be one of: {choices}")),
    (r"Must be greater than or equal to (?P<min>\S+) and less than or equal to (?P<max>\S+)\.", "range",
     Text("应在 {min} 至 {max} 之间", "This must be from {min} to {max}")),
    (r"Must be greater than or equal to (?P<min>\S+)\.", "range", Text("不能小于 {min}", "This must be at least {min}")),
    (r"Must be less than or equal to (?P<max>\S+?)\.", "range", Text("不能大于 {max}", "This may be at most {max}")),
    (r"Control character (?P<which>U\+[0-9A-F]+) at position (?P<place>\d+)\.", "control-character",
     Text("第 {place} 个字符是控制字符 {which}，请删去", "Character {place} is the control character {which}; remove it")),
    (r"From (?P<min>\d+) to (?P<max>\d+) lines in one call; split what is longer\.", "length",
     Text("每次 {min} 至 {max} 行，更多的请分次提交", "From {min} to {max} lines in one call; split what is longer")),
    (r"Give the certificate's number, or a part\.", "required",
     Text("请填写证书编号，或认定范围中的一项（型号、版本等）", "Give the certificate's number, or one entry of a scope (a part, a version)")),
    (r"This must be one line\.", "one-line", Text("只能写一行", "This must be one line")),
)  # fmt: skip
_PATTERNS = [(re.compile(pattern, re.DOTALL), code, text) for pattern, code, text in _SAID]


def say(sentence: str) -> tuple[str, Text]:
    """The stable code and both languages of one of marshmallow's sentences; an unknown one is passed on as it is."""
    for pattern, code, text in _PATTERNS:
        if found := pattern.fullmatch(sentence):
            return code, text.with_(**found.groupdict())
    return "invalid", Text(sentence, sentence)


def flatten(messages: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """marshmallow's nested messages as (path, sentence), one a sentence; "_schema" means the object itself."""
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            yield from flatten(inner, path if key == "_schema" else (*path, str(key)))
    elif isinstance(messages, list | tuple):
        for inner in messages:
            yield from flatten(inner, path)
    else:
        yield path, str(messages)
