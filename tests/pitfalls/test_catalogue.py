"""Every row of the catalogue has a test that says so, and no test names a row that there is none of."""

from __future__ import annotations

import pytest

from tests.pitfalls.catalogue import GROUPS, ROWS, TESTS, find_tests

pytestmark = pytest.mark.once
MANY = {"A": 9, "B": 4, "C": 5, "D": 12, "E": 5, "G": 3}


def test_no_row_was_left_out_of_the_catalogue() -> None:
    assert list(ROWS) == [f"{letter}{n}" for letter in GROUPS for n in range(1, MANY[letter] + 1)]


def test_every_row_has_a_test_and_every_mark_a_row() -> None:
    found = find_tests()
    assert [row for row in ROWS if not found.get(row)] == []
    assert set(found) == set(ROWS)


def test_marks_are_read_where_they_stand() -> None:
    """What is read off the sources are tests that are collected: functions of a module, by their own name."""
    for tests in find_tests().values():
        for test in tests:
            path, name = test.split("::")
            assert f"\ndef {name}(" in (TESTS / path).read_text(encoding="utf-8"), test
