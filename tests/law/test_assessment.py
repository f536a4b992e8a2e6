"""Forms of assessment: the class by several bounds, which items apply, verdicts with uncertainty, risks; each with its reason."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from registry.errors import LawFileFault
from registry.law.forms import Form
from registry.law.judging import Judgement, Product, applies, classify, judge, requirement_words
from registry.law.library import load_law
from registry.law.loader import load_regulation
from registry.law.sheets import read_sheet
from registry.law.units import alike, convert, is_unit, quantity_words, same_kind
from tests.law.samples import complete_sheet, harmless

LAW = load_law().regulation("hubei-lowaltitude-2025")
SHIPPED = Path("registry/law/regulations/hubei-lowaltitude-2025.toml")
assert LAW.assessment is not None
FORM: Form = LAW.assessment

EVTOL: dict[str, object] = {
    "empty_mass": "430", "takeoff_mass": "650", "max_speed": "130", "max_height": "3000", "occupied": "yes", "energy": "lithium",
    "recovery": "no", "overwater": "no",
}
MULTICOPTER = EVTOL | {"empty_mass": "3.9", "takeoff_mass": "6", "max_speed": "72", "max_height": "120", "occupied": "no"}
TINY_AND_FAST = MULTICOPTER | {"empty_mass": "0.2", "takeoff_mass": "0.2", "max_speed": "60", "max_height": "50"}


def product(dossier: dict[str, object]) -> Product:
    return Product(FORM, list(LAW.all_fields()), LAW.read_dossier(dossier))


def judged(dossier: dict[str, object], accepted: dict[int, str] | None = None, **sheet: Any) -> Judgement:
    filled = complete_sheet(FORM) | {"hazards": harmless(FORM)} | sheet
    return judge(product(dossier), read_sheet(FORM, filled), accepted or {})


def verdict(found: Judgement, key: str) -> tuple[str, str]:
    item = next(i for i in found.items if i.item.key == key)
    return item.verdict.word, item.verdict.reason.en


# --------------------------------------------------------------------------------------------------------------- classes


@pytest.mark.parametrize(("dossier", "expected"), [
    (EVTOL, "large"), (MULTICOPTER, "light"), (TINY_AND_FAST, "light"),
    (TINY_AND_FAST | {"max_speed": "40"}, "micro"),
    (TINY_AND_FAST | {"max_speed": "40", "max_height": "50.1"}, "light"),
    (TINY_AND_FAST | {"max_speed": "40", "empty_mass": "0.25"}, "light"),
    (MULTICOPTER | {"takeoff_mass": "7.001"}, "small"), (MULTICOPTER | {"max_speed": "100.1"}, "small"),
    (MULTICOPTER | {"empty_mass": "4.1"}, "small"), (MULTICOPTER | {"takeoff_mass": "150"}, "medium"),
    (MULTICOPTER | {"takeoff_mass": "150.001"}, "large"),
])
def test_the_class_follows_mass_speed_and_height(dossier: dict[str, object], expected: str) -> None:
    found = classify(product(dossier)).rule
    assert found is not None and found.key == expected


def test_a_craft_of_200_grams_at_60_kilometres_an_hour_is_light_and_the_speed_is_why() -> None:
    found = classify(product(TINY_AND_FAST))
    assert found.reasons[0].zh == "不属于微型无人驾驶航空器：最大平飞速度须不大于 40 km/h，填报 60 km/h。"
    assert found.reasons[0].en == "Not micro unmanned aircraft: “Maximum level speed” would have to be at most 40 km/h; given: 60 km/h."


def test_without_its_speed_the_class_of_a_light_craft_cannot_be_told() -> None:
    found = classify(product({k: v for k, v in TINY_AND_FAST.items() if k != "max_speed"}))
    assert found.rule is None and "最大平飞速度" in found.reasons[-1].zh
    whole = judged({k: v for k, v in TINY_AND_FAST.items() if k != "max_speed"})
    assert whole.word == "open" and found.reasons[-1] in whole.reasons


# ----------------------------------------------------------------------------------------------------------------- items


def applicable(dossier: dict[str, object]) -> set[str]:
    it = product(dossier)
    return {item.key for item in FORM.items if applies(item, classify(it), it)[0]}


def test_the_seventeen_items_of_the_safety_standard_are_for_small_craft_and_those_of_occupants_for_who_carries_some() -> None:
    small, manned = applicable(MULTICOPTER), applicable(EVTOL)
    assert len({key.split("_")[2] for key in (item.key for item in FORM.items) if key.startswith("gb_")}) == 17
    assert {k for k in small if k.startswith("gb_")} == {i.key for i in FORM.items if i.key.startswith("gb_")}
    assert not [k for k in manned if k.startswith("gb_")] and not [k for k in small if k.startswith("occ_")]
    assert {k for k in manned if k.startswith("occ_")} == {i.key for i in FORM.items if i.key.startswith("occ_")}


def test_the_drop_of_the_whole_craft_is_for_lithium_alone_and_says_so() -> None:
    it = product(MULTICOPTER | {"energy": "other"})
    item = FORM.item("gb_4_6_drop")
    assert item is not None
    assert applies(item, classify(it), it) == (False, ("仅适用于“动力能源”为锂离子电池的产品。", "Only where “Source of power” is Lithium-ion battery."))


def test_a_limit_that_nobody_knows_cannot_pass_whatever_was_found() -> None:
    found = judged(MULTICOPTER)
    assert found.word == "open"
    unknown = {i.item.key for i in found.items if i.verdict.word == "open"}
    assert unknown == {"gb_4_13_wind", "gb_4_12_emc", "gb_4_10_avoid", "gb_4_11_datalink", "gb_4_14_noise", "gb_4_15_lights",
                       "gb_4_16_marking", "gb_4_17_manual"}
    wind = {"value": "20", "unit": "m/s", "uncertainty": "0.1", "laboratory": "某中心", "report": "1"}
    sheet = complete_sheet(FORM)["results"] | {"gb_4_13_wind": wind}
    assert verdict(judged(MULTICOPTER, results=sheet), "gb_4_13_wind")[0] == "open"
    item = FORM.item("gb_4_13_wind")
    assert item is not None and requirement_words(item).en == "wind speed in which it flies safely: the limit is not known"


def test_an_evtol_whose_items_all_pass_is_passed_with_a_verdict_for_every_domain() -> None:
    found = judged(EVTOL)
    assert (found.word, found.reasons) == ("passed", ())
    assert {domain.key: word for domain, word in found.domains} == {
        "structure": "passed", "materials": "passed", "occupants": "passed", "floating": "not_applicable", "weather": "passed",
        "battery": "passed", "comfort": "passed", "third_parties": "not_applicable"}
    assert verdict(found, "com_noise")[0] == "reported"


def result(value: str, unit: str, uncertainty: str) -> dict[str, str]:
    return {"value": value, "unit": unit, "uncertainty": uncertainty, "laboratory": "某中心", "report": "BG-1"}


@pytest.mark.parametrize(("value", "unit", "uncertainty", "word"), [
    ("900", "dimensionless", "50", "passed"), ("950", "dimensionless", "50", "passed"), ("951", "dimensionless", "50", "open"),
    ("1000", "dimensionless", "0", "passed"), ("1050", "dimensionless", "50", "open"), ("1051", "dimensionless", "50", "failed"),
])
def test_a_value_passes_only_with_its_whole_uncertainty(value: str, unit: str, uncertainty: str, word: str) -> None:
    sheet = complete_sheet(FORM)["results"] | {"occ_3_hic": result(value, unit, uncertainty)}
    found = judged(EVTOL, results=sheet)
    assert verdict(found, "occ_3_hic")[0] == word and found.word == word


@pytest.mark.parametrize(("key", "value", "unit", "word"), [
    ("occ_1_speed", "9.2", "m/s", "passed"), ("occ_1_speed", "9.1", "m/s", "failed"),  # 30 ft/s are 9.144 m/s
    ("occ_3_lumbar", "6.6", "kN", "passed"), ("occ_3_lumbar", "6.7", "kN", "failed"),  # 1500 lbf are 6.672 kN
])
def test_results_in_other_units_are_held_against_the_limit_as_quantities(key: str, value: str, unit: str, word: str) -> None:
    found = judged(EVTOL, results=complete_sheet(FORM)["results"] | {key: result(value, unit, "0.001")})
    assert verdict(found, key)[0] == word


def test_no_result_is_no_pass() -> None:
    sheet = {k: v for k, v in complete_sheet(FORM)["results"].items() if k != "occ_5_egress"}
    found = judged(EVTOL, results=sheet)
    assert found.word == "open" and verdict(found, "occ_5_egress")[1] == "There is no result; missing evidence is no pass."


# ----------------------------------------------------------------------------------------------------------------- risks


def hazard(severity: str, probability: str, **more: str) -> dict[str, str]:
    return {"text": "桨叶触碰乘员", "severity": severity, "probability": probability, "per": "per_life"} | more


@pytest.mark.parametrize(("line", "accepted", "word"), [
    (hazard("catastrophic", "frequent"), None, "failed"),
    (hazard("catastrophic", "remote"), None, "open"),
    (hazard("catastrophic", "remote"), {1: "王总工"}, "passed"),
    (hazard("catastrophic", "frequent"), {1: "王总工"}, "failed"),
    (hazard("negligible", "remote"), None, "passed"),
    (hazard("catastrophic", "frequent", mitigation="加装保护罩", by="device", probability_after="improbable"), None, "passed"),
    (hazard("catastrophic", "frequent", mitigation="取消外露桨叶", by="design", probability_after="eliminated"), None, "passed"),
])
def test_a_high_risk_that_is_left_fails_and_a_serious_one_needs_a_name(line: dict[str, str], accepted: dict[int, str] | None, word: str) -> None:
    assert judged(EVTOL, accepted, hazards=[line]).word == word


def test_a_form_that_ranks_hazards_is_not_passed_without_one() -> None:
    assert judged(EVTOL, hazards=[]).word == "open"


@pytest.mark.parametrize(("sheet", "field", "code"), [
    ({"hazards": [hazard("catastrophic", "frequent", mitigation="培训", by="training", probability_after="eliminated")]}, "hazards.1.probability_after",
     "not_by_design"),
    ({"hazards": [hazard("catastrophic", "frequent", probability_after="remote")]}, "hazards.1.mitigation", "missing"),
    ({"hazards": [{"text": "x", "severity": "awful", "probability": "frequent", "per": "per_life"}]}, "hazards.1.severity", "not_a_choice"),
    ({"hazards": [{"text": "x", "severity": "critical", "probability": "frequent"}]}, "hazards.1.per", "missing"),
    ({"results": {"occ_3_hic": result("900", "kg", "1")}}, "results.occ_3_hic.unit", "unit_mismatch"),
    ({"results": {"occ_3_hic": {"value": "900", "unit": "dimensionless", "laboratory": "a", "report": "b"}}}, "results.occ_3_hic.uncertainty", "missing"),
    ({"results": {"occ_3_hic": {"value": "高", "unit": "dimensionless"}}}, "results.occ_3_hic.value", "unreadable"),
    ({"results": {"occ_5_egress": {"conforms": "yes"}}}, "results.occ_5_egress.laboratory", "missing"),
    ({"results": {"occ_5_egress": {"conforms": "perhaps"}}}, "results.occ_5_egress.conforms", "not_a_choice"),
    ({"results": {"nothing": {"value": "1"}}}, "results.nothing", "unknown"),
    ({"hazards": "none"}, "hazards.0", "unreadable"),
])
def test_what_is_wrong_with_a_sheet_is_said_by_its_place(sheet: dict[str, Any], field: str, code: str) -> None:
    assert (field, code) in [(f.field, f.code) for f in read_sheet(FORM, sheet).faults]


# ----------------------------------------------------------------------------------------------------------------- units


def test_units_are_the_librarys() -> None:
    assert convert(Decimal(54), "ft*lbf", "J").quantize(Decimal("0.01")) == Decimal("73.21")
    assert quantity_words(Decimal("1.50"), "g_0") == "1.5 g" and quantity_words(Decimal(20), "percent") == "20%"
    assert same_kind("dBA", "dBA") and not same_kind("dBA", "dimensionless") and not same_kind("kg", "m")


@pytest.mark.parametrize("unit", ["", "apples", "kg**9999999", "2 kg", "__import__", "m^99", "kg\n", "a" * 200])
def test_what_is_no_unit_is_refused_at_once(unit: str) -> None:
    assert not is_unit(unit)


# ------------------------------------------------------------------------------------------------------------ damaged files


def damaged(tmp_path: Path, old: str, new: str) -> str:
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / SHIPPED.name
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(LawFileFault) as caught:
        load_regulation(path)
    return str(caught.value)


@pytest.mark.parametrize(("old", "new", "said"), [
    ('field = "empty_mass"\ncomparison = "less_than"\nlimit = 0.25\nunit = "kg"', 'field = "empty_mass"\ncomparison = "less_than"\nlimit = 0.25\nunit = "m"',
     "assessment.classes[1].limits[1].unit: 'm' does not compare with 'kg'"),
    ('field = "empty_mass"\ncomparison', 'field = "firmware"\ncomparison', "limits[1].field: 'firmware' must be a required number"),
    ('measured_in = "km/h"', 'measured_in = "kmh_"', "measured_in: 'kmh_' is no unit"),
    ('domain = "structure"', 'domain = "stucture"', "assessment.items[1].domain: there is no 'stucture'; did you mean 'structure'?"),
    ('unit = "ft*lbf"', 'unit = "ft*lbq"', "unit: 'ft*lbq' is no unit"),
    ('comparison = "conforms"\nrequirement = { zh = "机体无', 'comparison = "conforms"\nlimit = 3\nrequirement = { zh = "机体无',
     "assessment.items[2].limit: has no meaning where the comparison is 'conforms'"),
    ('limit = 1.33\nunit = "dimensionless"', 'limit = 1.33', "assessment.items[1].unit: is missing"),
    ('limit = 1.33\n', 'limit = 1.33\nupper = 2\n', "assessment.items[1].upper: stands with the comparison 'between'"),
    ('levels = ["high", "high", "serious", "medium"]', 'levels = ["high", "high", "serious"]', "must be one for each of the 4 severities"),
    ('levels = ["high", "high", "serious", "medium"]', 'levels = ["high", "high", "seriuos", "medium"]', "there is no 'seriuos'"),
    ('["controlled", "1", "1", "2", "3", "3"]', '["controlled", "1", "1", "3", "3", "3"]', "checksum: is not that of these rows"),
    ('kind = "assessment"\n', 'kind = "site_inspection"\n', "site_inspection: is missing: there is a stage 'site_inspection'"),
    ('key = "employment"\nlabel = { zh = "在申报单位任职", en = "Works for the applicant" }', 'key = "employed"\nlabel = { zh = "在申报单位任职", en = "x" }',
     "assessment.recusal: has no rule 'employment'"),
    ('when = [{ field = "occupied", values = ["yes"] }]', 'when = [{ field = "occupied", values = ["ja"] }]', "there is no 'ja'; known here: no, yes"),
    ('when = [{ field = "occupied", values = ["yes"] }]', 'when = [{ field = "firmware", values = ["yes"] }]',
     "'firmware' must be a required field of kind 'choice'"),
    ('classes = ["micro", "light", "small"]', 'classes = ["micro", "lite"]', "there is no 'lite'"),
    ('method = "test"', 'method = "guess"', "'guess' is not one of test, analysis, inspection"),
    ('decision_rule = "guarded"', 'decision_rule = "lenient"', "'lenient' is not one of guarded, simple"),
])
def test_a_fault_of_a_form_is_named_by_line_and_key(tmp_path: Path, old: str, new: str, said: str) -> None:
    found = damaged(tmp_path, old, new)
    assert said in found and "line " in found


def test_what_nobody_knows_of_a_form_is_listed() -> None:
    empty = {leaf.path for leaf in LAW.leaves() if leaf.empty}
    assert "assessment.items.gb_4_13_wind" in empty and "assessment.items.gb_4_4_load" not in empty


def test_a_certificate_covers_the_tested_configuration_and_nothing_else() -> None:
    assert LAW.scope_of({"model": "EH-X", "parachute": "BRS-6", "firmware": "2.3.1"}) == ["EH-X + BRS-6 + 2.3.1"]
    assert LAW.scope_of({}) == []


# ------------------------------------------------------------------------------------------------- what cannot be judged


def test_a_draft_that_was_kept_with_another_kind_of_unit_is_open_and_says_why() -> None:
    for unit in ("kg", "xyz", "dB"):
        filled = complete_sheet(FORM)["results"]
        filled["occ_3_hic"] = filled["occ_3_hic"] | {"unit": unit}
        word, reason = verdict(judged(EVTOL, results=filled), "occ_3_hic")
        assert word == "open" and unit in reason and "percent" in reason


def test_an_analysis_without_an_uncertainty_claims_none() -> None:
    item = next(i for i in FORM.items if i.measured and i.method == "analysis" and i.known and applies(i, classify(product(EVTOL)), product(EVTOL))[0])
    filled = complete_sheet(FORM)["results"]
    filled[item.key] = {k: v for k, v in filled[item.key].items() if k != "uncertainty"}
    word, reason = verdict(judged(EVTOL, results=filled), item.key)
    assert word == "passed" and "±" not in reason


def test_only_units_that_convert_exactly_are_units() -> None:
    assert not [unit for unit in ("dB", "dBm", "Np", "xyz", "", "m; m", "1e9") if is_unit(unit)]
    assert alike("J") == ["kJ", "ft*lbf", "Wh", "kWh"] and alike("dBA") == []
