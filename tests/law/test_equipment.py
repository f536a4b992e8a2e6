"""Jiangsu's first-set equipment (首台套): its conditions by example, its three years, and that nothing unread is claimed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from registry.errors import LawIsSilent
from registry.law.deadlines import Unit
from registry.law.library import load_law
from tests.law.samples import complete_documents, complete_dossier

TODAY = date(2026, 3, 2)
EQUIPMENT = load_law().regulation("jiangsu-equipment-2023")
TREE = load_law().taxonomy_of(EQUIPMENT)


def said(**fields: Any) -> dict[str, str]:
    """What is found in a dossier: field to code."""
    typed = complete_dossier(EQUIPMENT, TODAY) | fields
    return {f.field: f.code for f in EQUIPMENT.check_dossier(typed, complete_documents(EQUIPMENT), TODAY, TREE)}


@pytest.mark.parametrize(("fields", "found"), [
    ({"form": "single", "value": "50"}, {}),
    ({"form": "single", "value": "49.99"}, {"dossier.value": "least_value"}),
    ({"form": "complete", "value": "100"}, {}),
    ({"form": "complete", "value": "99.99"}, {"dossier.value": "least_value"}),
    ({"form": "complete", "value": "10", "relaxation": "core_part"}, {}),
    ({"form": "single", "value": "10", "relaxation": "emerging"}, {}),
    ({"registered_on": "2025-03-02"}, {}),
    ({"registered_on": "2025-03-03"}, {"dossier.registered_on": "registered_a_year"}),
], ids=str)
def test_a_condition_is_met_or_broken(fields: dict[str, Any], found: dict[str, str]) -> None:
    assert said(**fields) == found


def test_every_condition_was_tried() -> None:
    assert {c.key for c in EQUIPMENT.conditions} == {"least_value", "registered_a_year"}
    assert {c.basis for c in EQUIPMENT.conditions} == {"precedent"}, "they stood in the notice of 2018, not in the rules of 2023"


def test_a_result_holds_three_years_from_its_announcement() -> None:
    rule = EQUIPMENT.validity_rule()
    assert (rule.period.length, rule.period.unit, rule.base, rule.basis) == (3, Unit.YEAR, "announcement_day", "article")


def test_what_no_notice_says_is_refused() -> None:
    assert not EQUIPMENT.grades and not EQUIPMENT.sanctions and not EQUIPMENT.support
    with pytest.raises(LawIsSilent):
        EQUIPMENT.renewal_rule()
