"""First-version software (首版次软件), the Ministry's round of 2025: every condition by an example that meets it and one that breaks it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from registry.errors import LawIsSilent
from registry.law.conditions import Surroundings
from registry.law.library import load_law
from registry.law.outline import outline
from registry.law.report import unknown_leaves
from tests.law.samples import BUYER_CODE, complete_documents, complete_dossier

TODAY = date(2026, 3, 2)
SOFTWARE = load_law().regulation("miit-software-2025")
TREE = load_law().taxonomy_of(SOFTWARE)
MAKER = {"credit_code": "91430100MA4L00001J", "name": "湖南某软件有限公司", "prefecture": "430100"}
NAME, VERSION = "三维几何建模软件", "V2.0"


def copyright_(**cells: str) -> dict[str, str]:
    """A registration of software copyright, as typed."""
    return {"number": "2025SR0000001", "name": NAME, "version": VERSION, "owner": MAKER["name"], "registered_on": "2025-06-30"} | cells


def contract(**cells: str) -> dict[str, str]:
    return {"buyer": "某机床厂", "buyer_code": BUYER_CODE, "signed_on": "2025-09-01", "amount": "60", "name": NAME, "version": VERSION} | cells


def dossier(**fields: Any) -> dict[str, Any]:
    own = {"product_name": NAME, "version": VERSION, "test_name": NAME, "test_version": VERSION,
           "copyrights": [copyright_()], "contracts": [contract()]}
    return complete_dossier(SOFTWARE, TODAY) | own | fields


def said(documents: dict[str, int] | None = None, **fields: Any) -> dict[str, str]:
    """What is found in a dossier: field to code."""
    files = complete_documents(SOFTWARE) | (documents or {})
    found = SOFTWARE.check_dossier(dossier(**fields), files, TODAY, TREE, around=Surroundings(MAKER))
    return {f.field: f.code for f in found}


CASES: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {  # a condition: what meets it, what breaks it, where that is said
    "field_of_the_round": ({"product_class": "production_software"}, {"product_class": "system_software"}, "dossier.product_class"),
    "made_for_the_market": ({"made_for": "market"}, {"made_for": "own_use"}, "dossier.made_for"),
    "copyright_same": ({"copyrights": [copyright_(version="V1.0"), copyright_(version="ｖ2.0")]},
                       {"copyrights": [copyright_(version="V2.1")]}, "dossier.copyrights"),
    "copyright_owner": ({"copyrights": [copyright_(owner=f"某大学、{MAKER['name']}")]}, {"copyrights": [copyright_(owner="某大学")]},
                        "dossier.copyrights"),
    "copyright_not_ahead": ({"copyrights": [copyright_(registered_on="2026-03-02")]},
                            {"copyrights": [copyright_(registered_on="2026-03-03")]}, "dossier.copyrights"),
    "test_same": ({"test_name": "三维 几何建模软件"}, {"test_version": "V2.0.1"}, "dossier.test_name"),
    "test_not_ahead": ({"test_report_on": "2026-03-02"}, {"test_report_on": "2026-03-03"}, "dossier.test_report_on"),
    "release_not_ahead": ({"first_release_on": "2026-03-02"}, {"first_release_on": "2026-03-03"}, "dossier.first_release_on"),
    "contracts_same": ({"contracts": [contract(), contract(buyer="另一厂")]}, {"contracts": [contract(), contract(version="V1.0")]},
                       "dossier.contracts"),
    "contracts_not_ahead": ({"contracts": [contract(signed_on="2026-03-02")]}, {"contracts": [contract(signed_on="2026-03-03")]},
                            "dossier.contracts"),
    "buyer_independent": ({"contracts": [contract(buyer_code=BUYER_CODE)]}, {"contracts": [contract(buyer_code=MAKER["credit_code"])]},
                          "dossier.contracts"),
}


def test_every_condition_has_its_examples() -> None:
    assert set(CASES) == {c.key for c in SOFTWARE.conditions}
    assert said() == {}


@pytest.mark.parametrize("key", CASES)
def test_a_condition_is_met(key: str) -> None:
    assert said(**CASES[key][0]) == {}


@pytest.mark.parametrize("key", CASES)
def test_a_condition_is_broken_and_says_so_at_its_field(key: str) -> None:
    _, fields, place = CASES[key]
    assert said(**fields) == {place: key}
    rule = next(c for c in SOFTWARE.conditions if c.key == key)
    assert rule.action.zh and rule.action.en


@pytest.mark.parametrize(("lines", "words"), [
    ([contract(), contract(signed_on="2026-03-03"), contract(), contract(signed_on="2027-01-01")], "第2、4行：有合同"),
    ([contract(), {}, contract(signed_on="2026-03-03")], "第3行：有合同"),  # an empty line is a line all the same
])  # fmt: skip
def test_what_each_line_must_meet_is_said_with_the_lines_that_do_not(lines: list[dict[str, Any]], words: str) -> None:
    [found] = SOFTWARE.check_dossier(dossier(contracts=lines), complete_documents(SOFTWARE), TODAY, TREE, around=Surroundings(MAKER))
    assert found.field == "dossier.contracts" and found.message.zh.startswith(words)


def test_a_condition_is_told_by_what_it_demands() -> None:
    told = {line.key: line.text.zh for part in outline(SOFTWARE) if part.key == "conditions" for line in part.lines}
    assert told["contracts_not_ahead"] == "各份合同的签订日期不晚于今天。" and set(told) == {c.key for c in SOFTWARE.conditions}


@pytest.mark.parametrize(("field", "value"), [("test_body_meets", False), ("copyrights", []), ("contracts", []), ("truth", False),
                                              ("domestic", False), ("ip_undisputed", False), ("version", "")])  # fmt: skip
def test_what_the_round_asks_for_must_be_there(field: str, value: object) -> None:
    assert said(**{field: value})[f"dossier.{field}"] in {"missing", "not_declared"}


@pytest.mark.parametrize("kind", ["application_form", "test_opinion", "test_body_facts", "copyright"])
def test_the_papers_of_the_notice_must_be_there(kind: str) -> None:
    assert said({kind: 0}) == {f"documents.{kind}": "missing"}


def test_a_new_version_is_a_new_product_and_a_rename_no_amendment() -> None:
    first, second, same = (SOFTWARE.identity_of(SOFTWARE.read_dossier(dossier(version=v))) for v in ("V2.0", "V2.1", "ｖ2.0"))
    assert first is not None and first != second and first == same
    assert SOFTWARE.identity_of(SOFTWARE.read_dossier(dossier(product_name="几何建模软件"))) != first
    assert {c.key for c in SOFTWARE.changes} == {"rename", "transfer"}, "the holder's name, never the product's; no version is added"


def test_the_road_is_that_of_the_notice() -> None:
    assert [s.kind for s in SOFTWARE.stages] == ["preliminary_review", "formal_examination", "expert_review", "public_notice", "announcement"]
    assert (SOFTWARE.authority.key, len(SOFTWARE.authority.prefectures)) == ("100000", 31)
    assert SOFTWARE.authority.region_of("430100") is SOFTWARE.authority.prefectures["430000"]


def test_untrue_filing_bars_for_the_years_the_notice_says() -> None:
    [bar] = SOFTWARE.debarments
    assert (bar.years, bar.basis) == (3, "article")


def test_what_the_notice_does_not_say_is_not_made_up() -> None:
    assert {"renewal", "support", "publication.document_number"} <= set(unknown_leaves(SOFTWARE))
    with pytest.raises(LawIsSilent):
        SOFTWARE.renewal_rule()
    assert SOFTWARE.validity_rule().basis == "precedent"
