"""Tianjin's three firsts (三首): the sums of the measures of 2023, and nothing that no public text says."""

from __future__ import annotations

from decimal import Decimal

import pytest

from registry.errors import LawIsSilent
from registry.law.library import load_law
from registry.law.report import unknown_leaves
from registry.law.support import reckon_support

FIRSTS = load_law().regulation("tianjin-firsts-2025")
SUPPORT = {rule.key: rule for rule in FIRSTS.support}


@pytest.mark.parametrize(("key", "base", "amount", "bound"), [
    ("industrial_base", "2000", "400.00", "rate"), ("industrial_base", "15000", "3000.00", "rate"), ("industrial_base", "15001", "3000.00", "cap"),
    ("large_projects", "5000", "500.00", "rate"), ("large_projects", "60000", "5000.00", "cap"),
    ("adaptation_base", "4000", "800.00", "rate"), ("adaptation_base", "6000", "1000.00", "cap"),
])  # fmt: skip
def test_a_sum_is_that_of_the_measures_of_2023(key: str, base: str, amount: str, bound: str) -> None:
    found = reckon_support(SUPPORT[key], Decimal(base))
    assert found is not None and (found.amount, found.bound) == (Decimal(amount), bound)


def test_for_the_three_firsts_themselves_no_sum_is_known() -> None:
    assert (SUPPORT["firsts"].rate, SUPPORT["firsts"].cap, SUPPORT["firsts"].basis) == (None, None, "article")


def test_what_no_text_says_is_refused_and_listed() -> None:
    assert {"intake", "validity", "renewal", "sanctions", "changes"} <= set(unknown_leaves(FIRSTS))
    with pytest.raises(LawIsSilent):
        FIRSTS.intake_rule()
