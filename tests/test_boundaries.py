"""The boundary table: each case is lived through with the machine in three zones, and answers the same in each, as docs/boundaries.md says."""

from __future__ import annotations

import pytest

from tests import boundaries, pages
from tests.boundaries import CASES, Case


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.key)
def test_at_each_boundary_the_office_answers_as_the_table_says(case: Case, database_url: str, machine_zone: str) -> None:
    with boundaries.empty_town(database_url) as town:
        seen = boundaries.observe(case, town)
    assert tuple(answer for _, answer in seen) == case.answers
    table = pages.shown_table((pages.DOCS / "boundaries.md").read_text(encoding="utf-8"))
    assert [row for row in pages.rows_of(case, seen) if row not in table] == [], "run: make docs"


def test_a_sentence_stands_in_both_languages() -> None:
    assert all(case.sentence.zh and case.sentence.en and len(case.answers) >= 2 for case in CASES)
    assert len({case.key for case in CASES}) == len(CASES)
