"""First-batch materials (首批次), of which three articles were seen: what they say is there, what they do not say refuses."""

from __future__ import annotations

import pytest

from registry.errors import LawIsSilent
from registry.law.library import load_law
from registry.law.report import unknown_leaves

MATERIALS = load_law().regulation("hunan-materials-2025")
SEEN = {"第二条", "第三条", "第二条、第三条"}


def test_the_paper_has_its_numbers() -> None:
    said = MATERIALS.publication
    assert (said["document_number"].value, said["registration_number"].value) == ("湘工信原材料〔2025〕255号", "HNPR-2025-05009")
    assert (MATERIALS.definition.article, MATERIALS.definition.basis) == ("第二条、第三条", "article")


def test_what_was_not_seen_is_left_out_and_listed() -> None:
    left_out = {"intake", "validity", "renewal", "sanctions", "debarments", "changes", "support", "periods.public_notice"}
    assert left_out <= set(unknown_leaves(MATERIALS))
    for ask in (MATERIALS.intake_rule, MATERIALS.validity_rule, MATERIALS.renewal_rule):
        with pytest.raises(LawIsSilent):
            ask()


def test_no_rule_of_the_road_claims_an_article_that_was_not_seen() -> None:
    rules = (*MATERIALS.stages, *MATERIALS.all_fields(), *MATERIALS.dossier.documents, *MATERIALS.refusal_grounds, *MATERIALS.predicates)
    assert {rule.article for rule in rules if rule.basis == "article"} <= SEEN
    assert {stage.basis for stage in MATERIALS.stages} == {"precedent"}
