"""The codes people write: the unified social credit code, the registry's own numbers, document numbers.

Not here: whether a code belongs to anybody or a number was given; only how they are written and whether they check.
"""

from __future__ import annotations

import re
from functools import lru_cache

from stdnum.cn import uscc
from stdnum.iso7064 import mod_37_36

from registry.errors import Finding
from registry.words import Text

CREDIT_CODE_LENGTH = 18
CREDIT_CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015: no I, O, S, V, Z
DIVISION_PLACES = range(3, 9)  # the administrative division, in digits
INNER_PLACES = slice(8, 16)  # the organisation code of GB 11714; its own check character stands in place 17
INNER_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
NUMBER_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−－"), "-")
_LOWER = {code: code - 32 for code in range(ord("a"), ord("z") + 1)}  # not str.upper: it makes SS of ß
_PLAIN = re.compile(r"[A-Z0-9-]+")
_UNSEEN = re.compile(r"[\s\u200b-\u200d\u2060\ufeff]+")

_DOCUMENT_NUMBER = re.compile(
    r"(?P<office>[\u3400-\u4dbf\u4e00-\u9fff〇()]+)"
    r"[\[(【〔〖﹝](?P<year>(?:19|20)[0-9]{2})[\])】〕〗﹞]"
    r"第?0*(?P<serial>[1-9][0-9]*)号"
)

RETYPE = Text("请对照营业执照或证书原件重新填写。", "Type it again from the original document.")
LENGTH = Text(
    "统一社会信用代码应为{expected}位，现为{given}位。",
    "A unified social credit code has {expected} characters; this one has {given}.",
)
CHARACTER = Text(
    "统一社会信用代码第{place}位“{given}”不是允许的字符（只用数字和除I、O、S、V、Z以外的大写字母）。",
    "Character {place} of the credit code, {given!r}, is not allowed (digits and capitals without I, O, S, V, Z).",
)
DIVISION = Text(
    "统一社会信用代码第{place}位“{given}”应为数字（第3至8位是行政区划码）。",
    "Character {place} of the credit code, {given!r}, must be a digit (3 to 8 are the administrative division).",
)
CREDIT_CHECK = Text(
    "统一社会信用代码第18位校验码不符：填写的是“{given}”，按前17位计算应为“{expected}”（GB 32100-2015）。",
    "The check character of the credit code, in place 18, does not fit: given {given!r}, "
    "expected {expected!r} from the first 17 (GB 32100-2015).",
)
INNER_CHECK = Text(
    "统一社会信用代码第17位（组织机构代码校验码）为“{given}”，按第9至16位计算应为“{expected}”（GB 11714）；请核对。",
    "Character 17 of the credit code (check of the organisation code) is {given!r}, "
    "expected {expected!r} from 9 to 16 (GB 11714); please compare.",
)
INNER_ACTION = Text(
    "少数早期代码不符合此规则；核对原件无误的，可以继续。",
    "A few early codes do not follow this rule; if it agrees with the original, go on.",
)
NUMBER_CHARACTER = Text(
    "编号第{place}位“{given}”不是字母、数字或连字符。",
    "Character {place} of the number, {given!r}, is not a letter, a digit or a hyphen.",
)
NUMBER_SHORT = Text("编号太短，没有校验码。", "The number is too short to have a check character.")
NUMBER_UNCHECKED = Text(
    "编号缺少末位校验码：“{body}”之后应为“-{expected}”。",
    "The check character is missing: {body!r} should be followed by '-{expected}'.",
)
NUMBER_CHECK = Text(
    "编号末位校验码不符：填写的是“{given}”，应为“{expected}”。",
    "The check character of the number does not fit: given {given!r}, expected {expected!r}.",
)


def normalise_credit_code(text: str) -> str:
    """`text` with full-width characters made half-width, in capitals, without spaces and hyphens. Never refuses."""
    return normalise_number(text).replace("-", "")


def credit_code_fault(code: str) -> Finding | None:
    """What is wrong with a normalised credit code, by GB 32100-2015: length, then characters, then check; or None.

    Places are counted from 1. The first wrong character of 1 to 17 is named; whatever stands in place 18 is the check,
    named with the one that was expected.
    """
    if len(code) != CREDIT_CODE_LENGTH:
        return _credit_finding("length", LENGTH.with_(expected=CREDIT_CODE_LENGTH, given=len(code)))
    for place, character in enumerate(code[:-1], start=1):
        if character not in CREDIT_CODE_ALPHABET:
            return _credit_finding("character", CHARACTER.with_(place=place, given=character))
        if place in DIVISION_PLACES and not character.isdigit():
            return _credit_finding("character", DIVISION.with_(place=place, given=character))
    expected = uscc.calc_check_digit(code[:-1])
    if code[-1] != expected:
        return _credit_finding("check", CREDIT_CHECK.with_(given=code[-1], expected=expected))
    return None


def credit_code_warning(code: str) -> Finding | None:
    """What is odd about a normalised credit code that has no fault: place 17, by GB 11714. Never a reason to refuse.

    None for a code that `credit_code_fault` finds wrong: the fault is said first.
    """
    if credit_code_fault(code) is not None:
        return None
    total = sum(int(c, 36) * weight for c, weight in zip(code[INNER_PLACES], INNER_WEIGHTS, strict=True))
    expected = "0123456789X"[-total % 11]
    if code[16] == expected:
        return None
    message = INNER_CHECK.with_(given=code[16], expected=expected)
    return Finding("credit_code", "credit_code_inner_check", message, action=INNER_ACTION)


@lru_cache(maxsize=65_536)
def normalise_number(text: str) -> str:
    """`text` with full-width characters made half-width, dashes made hyphens, in capitals, without spaces."""
    if _PLAIN.fullmatch(text):  # nearly always
        return text
    return _UNSEEN.sub("", text).translate(_DASHES).translate(_FULL_WIDTH).translate(_LOWER)


def with_check(body: str) -> str:
    """`body` and its check character after a hyphen: ISO/IEC 7064, MOD 37,36, over the letters and digits.

    ValueError for anything but capital letters, digits and hyphens: a pattern that cannot be checked is a programming
    error by the time a number is given, because the regulation's loader tries it first.
    """
    return f"{body}-{_check_character(body)}"


def form_shape(form: str) -> str:
    """What two forms of number share when they could write the same number, or differ in figures alone: all but figures.

    "HN-{year}-{serial:04d}" and "HN-{year}-{serial:05d}" have one shape: the ten-thousandth number of both is the same;
    "HN2-{year}-{serial:04d}" has it too: nobody tells such numbers apart on paper.
    """
    return re.sub(r"\d", "", form.format(year="y", serial=0))


def check_fault(number: str) -> Finding | None:
    """What is wrong with a normalised number of this registry: a character, no check, a wrong one; or None."""
    for place, character in enumerate(number, start=1):
        if character != "-" and character not in NUMBER_ALPHABET:
            return _number_finding("character", NUMBER_CHARACTER.with_(place=place, given=character))
    if len(number.replace("-", "")) < 2:
        return _number_finding("length", NUMBER_SHORT)
    if "-" in number and number[-2] != "-":
        return _number_finding("check_missing", _unchecked(number.rstrip("-")))
    expected = _check_character(number[:-1])
    if number[-1] != expected:
        return _number_finding("check", NUMBER_CHECK.with_(given=number[-1], expected=expected))
    return None


def parse_document_number(text: str) -> str | None:
    """A document number (文号) in its normal form, "某工信〔2024〕119号", or None if `text` is not one.

    Takes what is met in practice: any kind of brackets, full-width digits, spaces, a "第", leading zeros. What is kept
    besides is what the person wrote: the caller stores both. The normal form is that of GB/T 9704-2012, 7.2.5.
    """
    found = _DOCUMENT_NUMBER.fullmatch(_UNSEEN.sub("", text).translate(_FULL_WIDTH))
    if found is None:
        return None
    office = found["office"].replace("(", "（").replace(")", "）")
    return f"{office}〔{found['year']}〕{found['serial']}号"


def _check_character(body: str) -> str:
    characters = body.replace("-", "")
    if not characters or any(c not in NUMBER_ALPHABET for c in characters):
        raise ValueError(f"only capital letters, digits and hyphens can be checked, not {body!r}")
    return mod_37_36.calc_check_digit(characters)


def _unchecked(body: str) -> Text:
    return NUMBER_UNCHECKED.with_(body=body, expected=_check_character(body))


def _credit_finding(kind: str, message: Text) -> Finding:
    return Finding("credit_code", f"credit_code_{kind}", message, action=RETYPE)


def _number_finding(kind: str, message: Text) -> Finding:
    return Finding("number", f"number_{kind}", message, action=RETYPE)
