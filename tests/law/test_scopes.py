"""Which part numbers a scope covers: the notation by example, and that no entry can be slow or raise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.law.scopes import (
    MOST_CHOICES,
    MOST_LENGTH,
    BadPattern,
    Match,
    key_of_entry,
    match,
    nearest,
    normal,
    read_entry,
)

COVERED = [
    ("HX-112A", "HX-112A"), ("HX-112A", "ｈｘ－１１２ａ"), ("HX-112A", " hx–112a "), ("HX-112*", "HX-112"), ("HX-112*", "HX-112-ZZ"),
    ("HX-{112,113}A", "HX-113A"), ("HX-{,X}", "HX-"), ("HX-[100..199]", "HX-100"), ("HX-[100..199]", "HX-199"), ("HX-[001..199]B", "HX-050B"),
    ("HX-[1..199]", "HX-7"), ("{A,AB}C", "ABC"), ("{A,AB}{BC,C}", "ABC"), ("HX {112}", "hx 112"),
]  # fmt: skip
NOT_COVERED = [
    ("HX-112A", "HX-112"), ("HX-112", "HX-112A"), ("HX-112*", "HX-11"), ("HX-{112,113}A", "HX-114A"), ("HX-[100..199]", "HX-99"),
    ("HX-[100..199]", "HX-200"), ("HX-[100..199]", "HX-0150"), ("HX-[1..199]", "HX-007"), ("HX-[1..9]", "HX-\u0661"), ("HX-112A", "HX112A"),
    ("!HX-112A", "HX-112A"), ("", "x"),
]  # fmt: skip


@pytest.mark.parametrize(("entry", "part"), COVERED)
def test_covered(entry: str, part: str) -> None:
    assert match([entry], part) == Match(True, entry)


@pytest.mark.parametrize(("entry", "part"), NOT_COVERED)
def test_not_covered(entry: str, part: str) -> None:
    assert not match([entry], part).covered


def test_an_exclusion_goes_before_every_inclusion() -> None:
    scope = ["HX-*", "!HX-112X", "!HX-9*"]
    assert match(scope, "HX-112X") == Match(False, "!HX-112X")
    assert match(scope, "hx-90") == Match(False, "!HX-9*")
    assert match(scope, "HX-112") == Match(True, "HX-*")


@pytest.mark.parametrize(("ignored", "part", "covered"), [
    ((), "HX 112.A", False), (("hyphens",), "HX112.A", True), (("spaces", "hyphens", "dots"), "H X-1 1 2 A", True), (("dots",), "HX-112A", True),
])  # fmt: skip
def test_separators_matter_unless_the_regulation_says_otherwise(ignored: tuple[str, ...], part: str, covered: bool) -> None:
    assert match(["HX-112.A"], part, ignored=ignored).covered is covered


def test_without_patterns_every_character_stands_for_itself() -> None:
    assert match(["HX-1*"], "HX-1*", patterns=False).covered
    assert not match(["HX-1*"], "HX-12", patterns=False).covered
    assert not match(["!HX-1"], "HX-1", patterns=False).covered
    assert match(["!HX-1"], "!HX-1", patterns=False).covered


@pytest.mark.parametrize(("entry", "why"), [
    ("*", "everything"), ("!*", "everything"), ("", "everything"), ("HX-*A", "not understood"), ("HX-{1", "not understood"), ("HX-1}", "not understood"),
    ("HX-[9..1]", "begins after"), ("HX-[100..9]", "begins after"), ("HX-[a..b]", "not understood"), ("A" * (MOST_LENGTH + 1), "longer"),
    ("{" + ",".join(map(str, range(MOST_CHOICES + 1))) + "}", "more than"),
])  # fmt: skip
def test_what_is_no_pattern_is_said(entry: str, why: str) -> None:
    with pytest.raises(BadPattern, match=why):
        read_entry(entry)


def test_the_nearest_are_named_for_a_slip_of_the_keyboard() -> None:
    assert nearest(["HX-112A", "HX-112B", "ZZ-9", "!HX-112C"], "HX-112C") == ["HX-112B", "HX-112A"]
    assert nearest(["ZZ-9"], "HX-112C") == []


@given(st.lists(st.text(max_size=60), max_size=8), st.text(max_size=220))
def test_nothing_raises(entries: list[str], part: str) -> None:
    match(entries, part)
    nearest(entries, part)


@given(st.text(alphabet="AB-1.２ ｃ", min_size=1, max_size=20))
def test_a_literal_covers_itself_however_it_is_typed(text: str) -> None:
    if normal(text):
        assert match([text], text).covered
        assert match([text], text.lower()).covered


def test_the_worst_entry_is_quick() -> None:
    entry = "{A,AA,AAA}" * 19
    assert not match([entry], "A" * 60 + "B").covered  # would be 3^19 ways if each were tried


@pytest.mark.parametrize(("entry", "key"), [
    ("HX-112 A", ("HX112A", False)), ("hx-112＊", ("HX112", True)), ("HX-{1,2}", ("HX", True)), ("ＨＸ－［１..９］", ("HX", True)), ("{A,B}", ("", True)),
    ("!HX-1", None), ("　！HX-1", None),
])
def test_an_entry_is_found_under_what_every_part_that_it_covers_begins_with(entry: str, key: tuple[str, bool] | None) -> None:
    assert key_of_entry(entry) == key
