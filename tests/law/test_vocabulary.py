"""The words that real regulations need, each by an example that meets it and one that breaks it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import LawFileFault, LawIsSilent
from registry.law.conditions import Surroundings
from registry.law.library import Law
from registry.law.regulation import Regulation
from registry.law.report import show, unknown_leaves
from registry.law.support import Share, Support, reckon_support, support_words
from registry.words import Text
from tests.law.checking import check_file
from tests.law.parts import CODES, PARTS, RULES, contract, dossier, parts_law, parts_text, rules, write_parts

TODAY = date(2026, 6, 1)
APPLICANT = {"credit_code": CODES[1], "name": "某轴承公司", "prefecture": "990100"}


@pytest.fixture(scope="module")
def law(tmp_path_factory: pytest.TempPathFactory) -> Law:
    return parts_law(tmp_path_factory.mktemp("law"))


def codes(law: Law, typed: dict[str, Any], *, others: tuple[dict[str, Any], ...] = (), in_round: tuple[dict[str, Any], ...] = ()) -> set[str]:
    """The code of every finding on a dossier as typed."""
    found = law.regulation(PARTS)
    around = Surroundings(APPLICANT, [found.as_other(o) for o in others], [found.as_other(o) for o in in_round])
    tree = law.taxonomy_of(found)
    return {f.code for f in found.check_dossier(typed, {"test_report": 1}, TODAY, tree, around=around)}


def test_a_whole_dossier_has_no_finding(law: Law) -> None:
    assert codes(law, dossier()) == set()


@pytest.mark.parametrize(("fields", "said"), [
    ({"contracts": [contract(amount="49.99")]}, {"sales"}),
    ({"contracts": [contract(amount="50")]}, set()),
    ({"contracts": [contract(amount="30"), contract(amount="10"), contract(amount="10")]}, set()),
    ({"contracts": [contract(amount="50")] * 4}, {"sales"}),
    ({"first_use_on": "2022-12-31"}, {"first_use"}),
    ({"first_use_on": ""}, set()),
    ({"papers": [{"name": "主轴　轴承", "version": "ｖ1.0"}]}, set()),
    ({"papers": [{"name": "主轴轴承", "version": "V1.0"}, {"name": "主轴轴承", "version": "V1.1"}]}, {"as_printed"}),
    ({"contracts": [contract(buyer_code=CODES[1], amount="60")]}, {"user"}),
    ({"patents": [{"number": "ZL1"}, {"number": "zl 1"}]}, {"own_names"}),
], ids=["below the threshold", "at the threshold", "three contracts together", "four contracts", "used too early", "no day said",
        "full width and spaces do not matter", "another version in one paper", "sold to oneself", "one patent twice"])  # fmt: skip
def test_a_rule_across_lines_and_papers(law: Law, fields: dict[str, Any], said: set[str]) -> None:
    assert codes(law, dossier(**fields)) == said


def test_one_product_per_applicant_in_a_round(law: Law) -> None:
    other = dossier(name="丝杠", patents=[])
    assert codes(law, dossier(), in_round=(other,)) == {"one_product"}
    assert codes(law, dossier(), others=(other,)) == set()


def test_no_patent_stands_for_two_products(law: Law) -> None:
    assert codes(law, dossier(), others=(dossier(name="丝杠", patents=[{"number": "ＺＬ１"}]),)) == {"patents"}
    assert codes(law, dossier(), others=(dossier(name="丝杠", patents=[]),)) == set()


def test_every_cell_is_said_by_line_and_column(law: Law) -> None:
    lines = [contract(amount="12.345"), {}, contract(buyer="", buyer_code="11320000MB151840X0", amount="多"), contract(more="x")]
    found = law.regulation(PARTS)
    said = {f.field: f for f in found.check_dossier(dossier(contracts=lines), {"test_report": 1}, TODAY, law.taxonomy_of(found))}
    assert {k: f.code for k, f in said.items()} == {
        "dossier.contracts.1.amount": "too_precise", "dossier.contracts.3.buyer": "missing",
        "dossier.contracts.3.buyer_code": "credit_code_check", "dossier.contracts.3.amount": "unreadable", "dossier.contracts.4": "unknown",
    }
    assert said["dossier.contracts.3.buyer"].message.zh == "“销售合同”第3行“买方”：尚未填写。"
    assert said["dossier.contracts.3.buyer"].article == "第六条"


@pytest.mark.parametrize("raw", ["some words", ["a", "b"], {"buyer": "x"}, 7, [[1]]])
def test_what_is_no_lines_is_said_and_never_raises(law: Law, raw: object) -> None:
    assert "unreadable" in codes(law, dossier(contracts=raw))


def test_lines_are_counted_without_the_blank_ones(law: Law) -> None:
    blank = {"number": " "} | {"number": ""}
    assert codes(law, dossier(patents=[blank, {"number": "ZL2"}, blank])) == set()
    assert codes(law, dossier(patents=[{"number": f"ZL{n}"} for n in range(21)])) == {"too_many"}
    assert codes(law, dossier(contracts=[{}, {}])) == {"missing"}


# ------------------------------------------------------------------------------------------------------ identity, grades


def test_identity_is_name_and_version_as_they_compare(law: Law) -> None:
    found = law.regulation(PARTS)
    same = [found.identity_of(found.read_dossier(dossier(name=n, release=v))) for n, v in (("主轴轴承", "V1.0"), ("主轴 轴承", "ｖ1.0"))]
    assert same[0] == same[1] is not None
    assert found.identity_of(found.read_dossier(dossier(release="V2.0"))) != same[0]
    assert found.identity_of({}) is None


def test_grades_come_highest_first_with_a_mark_of_their_own(law: Law) -> None:
    found = law.regulation(PARTS)
    assert [g.key for g in found.grades] == ["national", "provincial"]
    assert (found.grades[0].pass_mark, found.grades[1].pass_mark) == (80, None)


# --------------------------------------------------------------------------------------------------------------- support


@pytest.mark.parametrize(("base", "amount", "bound"), [
    ("1000", "300.00", "rate"), ("100", "100", "floor"), ("333.33", "100", "floor"), ("333.34", "100.00", "rate"),
    ("10000", "1000", "cap"), ("0", "100", "floor"),
])  # fmt: skip
def test_a_sum_has_a_rate_a_cap_a_floor_and_parts(law: Law, base: str, amount: str, bound: str) -> None:
    [rule] = law.regulation(PARTS).support
    found = reckon_support(rule, Decimal(base))
    assert found is not None
    assert (found.amount, found.bound) == (Decimal(amount).quantize(Decimal("0.01")), bound)
    assert sum(part for _, part in found.shares) == found.amount


@given(st.decimals("0", "99999.99", places=2), st.lists(st.integers(0, 100), min_size=1, max_size=6))
def test_the_parts_of_a_sum_come_to_the_whole_and_none_is_a_hundredth_off(base: Decimal, cuts: list[int]) -> None:
    bounds = [0, *sorted(cuts), 100]
    percents = [Decimal(b - a) for a, b in pairwise(bounds)]
    rule = Support(
        key="k", label=Text("", ""), article="", basis="instruction", rate=Decimal(100),
        shares=tuple(Share(key=str(i), label=Text("", ""), percent=p) for i, p in enumerate(percents)))  # fmt: skip
    found = reckon_support(rule, base)
    assert found is not None
    assert sum(part for _, part in found.shares) == found.amount
    for share, part in found.shares:
        assert abs(part - found.amount * share.percent / 100) < Decimal("0.01")


def test_a_hundredth_that_is_left_goes_where_most_was_cut(law: Law) -> None:
    [rule] = law.regulation(PARTS).support
    found = reckon_support(rule, Decimal("350.50"))  # 105.15, of which 31.545 and 73.605: equal, so the earlier share has it
    assert found is not None
    assert (found.amount, [part for _, part in found.shares]) == (Decimal("105.15"), [Decimal("31.55"), Decimal("73.60")])


def test_the_figures_of_a_support_are_said_in_words(law: Law) -> None:
    [rule] = law.regulation(PARTS).support
    said = support_words(rule)
    assert said is not None
    assert said.zh == "首年销售额的30%，不超过1000万元，不低于100万元，研制单位占30%，用户占70%"


# ---------------------------------------------------------------------------------------------------- what is left unsaid


def silent_text() -> str:
    """The regulation without validity, renewal, sanctions and the like."""
    text = parts_text()
    for head in ("[validity]", "[renewal]", "[[reminders]]", "[[sanctions]]", "[[sanctions]]", "[[sanctions]]", "[[debarments]]", "[[predicates]]"):
        start = text.index(head)
        end = min(i for i in (text.find("\n[", start + 2), len(text)) if i > 0)
        text = text[:start] + text[end + 1:]
    return text


def test_what_is_left_out_is_refused_and_listed(tmp_path: Path) -> None:
    found = parts_law(tmp_path, silent_text()).regulation(PARTS)
    for key, ask in (("validity", found.validity_rule), ("renewal", found.renewal_rule)):
        with pytest.raises(LawIsSilent) as caught:
            ask()
        assert caught.value.article is None and caught.value.action and key in caught.value.action.zh
    missing = {"validity", "renewal", "reminders", "escalations", "predicates", "sanctions", "debarments", "changes"}
    assert missing <= set(unknown_leaves(found))
    assert missing <= set(check_file(tmp_path / "regulations" / f"{PARTS}.toml").unknown)
    assert "(validity)" not in show(found) and "validity: 证书有效期" in show(found)


# ------------------------------------------------------------------------------------------------------------ faults

FAULTS = {
    "rows without columns": ('kind = "rows"\nmaximum = 5', 'kind = "line"\nmaximum = 5', "dossier.sections[2].fields[5].columns: has no meaning"),
    "rows without an end": ('maximum = 20\n', "", "dossier.sections[2].fields[4].maximum: is missing"),
    "too many rows": ("maximum = 20\n", "maximum = 51\n", "dossier.sections[2].fields[4].maximum: rows are 1 to 50"),
    "a column twice": ('{ key = "version", label', '{ key = "name", label', "columns[2].key: 'name' stands here twice"),
    "a column of no kind": ('en = "Number" }, kind = "line"', 'en = "Number" }, kind = "rows"', "'rows' is not one of"),
    "grades that are not the choices": ('key = "provincial"\nlabel = { zh = "省内首套"', 'key = "city"\nlabel = { zh = "省内首套"',
                                        "dossier.grade_field: the choices of 'grade' must be the grades"),
    "a pass mark beyond the sheet": ("pass_mark = 80", "pass_mark = 180", "grades[1].pass_mark: is 180, but all criteria"),
    "a relation of no kind": ('kind = "excludes"', 'kind = "forbids"', "relations[2].kind: 'forbids' is not one of"),
    "shares that are not the whole": ("percent = 70", "percent = 60", "support[1].shares: must come to 100"),
    "a floor above the cap": ("floor = 100\n", "floor = 2000\n", "support[1].floor: is more than the cap"),
    "a rate of nothing": ('of = { zh = "首年销售额", en = "first-year sales" }\n', "", "support[1].of: is missing"),
    "a sum of a text": ('of_field = "sales"', 'of_field = "name"', "support[1].of_field: 'name' must be"),
    "a sum in another unit": ('of_field = "sales"', 'of_field = "price"', "support[1].unit: is 万元, but 'price' is 元: nothing is converted"),
    "a summary that says otherwise": ('"periods.public_notice.length" = 5', '"periods.public_notice.length" = 7',
                                      'figures.periods.public_notice.length: says 7, but periods.public_notice.length is 5'),
    "a summary of nothing": ('"periods.public_notice.length" = 5', '"periods.notice.length" = 5', "there is no such figure"),
    "an identity of what may be empty": ('identity_fields = ["name", "release"]', 'identity_fields = ["name", "price"]',
                                         "dossier.identity_fields: 'price' must be a required field"),
    "an unguarded field of another application": (RULES["one_product"][0], "others.all(o, o.price > 0)", "guard it with has(o.price)"),
    "an unknown column": ("total(dossier.contracts, 'amount')", "dossier.contracts.all(c, c.sum > 0) ? 1 : 2", "there is no column 'sum'"),
    "an unknown fact of the applicant": ("applicant.credit_code", "applicant.phone", "names applicant.phone"),
    "a day that is none": ("day('2023-01-01')", "day('2023-02-30')", "not '2023-02-30'"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_by_line_and_key(tmp_path: Path, name: str) -> None:
    old, new, said = FAULTS[name]
    text = parts_text(changes=((old, new),))
    with pytest.raises(LawFileFault) as caught:
        parts_law(tmp_path, text)
    assert any(said in fault and fault.startswith("line ") for fault in caught.value.faults), caught.value.faults


def test_a_contradiction_of_the_source_is_told(tmp_path: Path) -> None:
    told = 'conflict = { zh = "另一处作7日。", en = "Elsewhere 7 days." }'
    text = parts_text(changes=(("[periods.public_notice]\n", f"[periods.public_notice]\n{told}\n"),))
    assert "出处自相矛盾 the source contradicts itself: 另一处作7日。 / Elsewhere 7 days." in show(parts_law(tmp_path, text).regulation(PARTS))


def test_conditions_that_look_around_are_known(tmp_path: Path) -> None:
    def loaded(*keys: str) -> Regulation:
        return parts_law(tmp_path, parts_text(*keys)).regulation(PARTS)

    assert loaded("patents").asks_around and loaded("user").asks_around
    assert not loaded("sales").asks_around
    assert rules("sales") and write_parts(tmp_path)
