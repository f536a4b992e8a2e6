"""An assessment over HTTP: by API and by forms alike, from commission to acceptance, with all that can go wrong on the way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.desks.test_assessments import EVTOL, LOW_ALTITUDE, accepted, serious, sheet
from tests.desks.test_minutes import text_of
from tests.factories import Town
from tests.web.callers import Caller
from tests.web.visitors import Visitor, fields_of


@pytest.fixture
def centre(people: Town) -> Town:
    town = people.under(LOW_ALTITUDE, prefix="centre-")
    town.department(), town.body(), town.inspector()
    return town


@pytest.fixture
def visitor(app: Flask) -> Callable[..., Visitor]:
    return lambda login=None: Visitor(app, login)


def test_a_case_is_assessed_by_api(centre: Town, as_: Callable[[str], Caller]) -> None:
    number = accepted(centre, **EVTOL)
    path, department, assessor = f"/applications/{number}", as_("centre-department"), as_("centre-assessor")
    assessor.get(f"{path}/assessment", 404)
    department.post(f"{path}/commissions", {"who": centre.body()})
    form = assessor.get(f"{path}/assessment")
    assert form["class"]["key"] == "large" and form["may_fill"] and form["verdict"] is None
    filled = sheet(centre)
    saved = assessor.put(f"{path}/assessment", filled | {"conclusion": ""})
    assert [f["field"] for f in saved["findings"]] == ["conclusion"] and saved["verdict"] == "passed"
    assert assessor.post(f"{path}/report", None, 422)["errors"][0]["field"] == "conclusion"
    assessor.put(f"{path}/assessment", filled | {"hazards": serious()})
    assert assessor.post(f"{path}/report")["verdict"] == "open"
    assert department.post(f"{path}/report/acceptance", {}, 409)["basis"] == "assumption"
    department.post(f"{path}/report/risks", {"hazard": 1, "reason": "限于无人口区域。"})
    assert department.post(f"{path}/report/acceptance", {})["status"] == "announcement"
    as_("bureau-430100").get(f"{path}/assessment", 404)


@pytest.mark.parametrize("unit", ["kg", "Pa", "xyz", "dB", "m; m", "J" * 400])
def test_a_unit_in_which_an_item_cannot_be_measured_is_refused_with_those_that_convert(centre: Town, as_: Callable[[str], Caller], unit: str) -> None:
    number = accepted(centre, **EVTOL)
    centre.commissioned(number)
    path, assessor = f"/applications/{number}/assessment", as_("centre-assessor")
    filled = sheet(centre)
    filled["results"]["inj_energy"] = {"value": "10", "unit": unit, "uncertainty": "1"}
    [fault] = assessor.put(path, filled, 422)["errors"]
    assert fault["field"] == "results.inj_energy.unit" and "ft*lbf" in fault["detail"] and "kJ" in fault["detail"]
    assert assessor.get(path)["sheet"] is None
    filled["results"]["inj_energy"]["unit"] = "J"
    assessor.put(path, filled)


@pytest.mark.parametrize("uncertainty", ["", "-1", "viel"])
def test_without_an_uncertainty_that_can_be_read_nothing_is_called_passed(centre: Town, as_: Callable[[str], Caller], uncertainty: str) -> None:
    number = accepted(centre, **EVTOL)
    centre.commissioned(number)
    filled = sheet(centre)
    filled["results"]["occ_3_hic"]["uncertainty"] = uncertainty
    shown = as_("centre-assessor").put(f"/applications/{number}/assessment", filled)
    assert [f["field"] for f in shown["findings"]] == ["results.occ_3_hic.uncertainty"]
    item = next(i for i in shown["items"] if i["key"] == "occ_3_hic")
    assert (item["verdict"], shown["verdict"]) == ("open", "open") and item["reason"] == shown["findings"][0]["message"]


def test_a_report_is_printed_with_its_configuration_its_reasons_and_its_digest(
    centre: Town, as_: Callable[[str], Caller], tmp_path: Path,
) -> None:
    number = centre.worked_through(accepted(centre, **EVTOL))
    found = as_("centre-department").call("GET", f"/applications/{number}/assessment/report")
    assert found.mimetype == "application/pdf"
    text = text_of(found.data, tmp_path)
    for said in ("评估报告", "受试构型", "大型无人驾驶航空器", "头部伤害指标", "某航空器检测有限公司", "不适用", "passed only within the limit"):
        assert said in text, said
    as_("maker-0").get(f"/applications/{number}/assessment/report", 404)


# ------------------------------------------------------------------------------------------------------------ by forms


def fill(visitor: Visitor, number: str, filled: dict[str, Any]) -> dict[str, Any]:
    """What a browser would send of the form, with a sheet typed into it."""
    form = visitor.form(f"/applications/{number}/assessment", "sheet")
    cells = {f"results.{key}.{name}": value for key, row in filled["results"].items() for name, value in row.items()}
    lines = {f"hazards.{n}.{name}": value for n, row in enumerate(filled["hazards"], 1) for name, value in row.items()}
    known = fields_of(form)
    return known | {k: v for k, v in cells.items() if k in known} | lines | {"conclusion": filled["conclusion"]}


def test_an_assessor_fills_the_form_in_and_the_office_accepts_it_through_pages_alone(centre: Town, visitor: Callable[..., Visitor]) -> None:
    number = accepted(centre, **EVTOL)
    department, assessor = visitor("centre-department"), visitor("centre-assessor")
    page = f"/applications/{number}/assessment"
    department.do(page, "commissions", who=centre.body())
    assert number in assessor.get("/desk").text
    assert "大型无人驾驶航空器" in assessor.get(page).text
    wrong = sheet(centre)
    wrong["results"] = wrong["results"] | {"occ_3_hic": wrong["results"]["occ_3_hic"] | {"value": "九百", "unit": "kg"}}
    refused = assessor.client.post(f"{page}/sheet", data=fill(assessor, number, wrong))
    assert refused.status_code == 422 and "单位“kg”不能与“dimensionless”比较" in refused.text and "九百" in refused.text
    wrong["results"]["occ_3_hic"]["unit"] = "dimensionless"
    assert assessor.client.post(f"{page}/sheet", data=fill(assessor, number, wrong)).status_code == 303
    shown = assessor.get(page)
    assert shown.by_id("sheet-results.occ_3_hic.value").attrs["value"] == "九百"
    assert "请填写数字" in shown.by_id("results.occ_3_hic.value-found1").text
    assert assessor.client.post(f"{page}/sheet", data=fill(assessor, number, sheet(centre))).status_code == 303
    assessor.do(page, "report", confirm="yes")
    assert "评估报告待审" in department.get(page).text
    department.do(page, "acceptance")
    assert "待公布" in department.get(f"/applications/{number}").text


def test_two_who_save_at_once_lose_nothing(centre: Town, visitor: Callable[..., Visitor]) -> None:
    number = accepted(centre, **EVTOL)
    centre.commissioned(number)
    first, second = visitor("centre-assessor"), visitor("centre-assessor")
    page = f"/applications/{number}/assessment"
    mine, theirs = fill(first, number, sheet(centre)), fill(second, number, sheet(centre, conclusion="我的结论"))
    assert first.client.post(f"{page}/sheet", data=mine).status_code == 303
    answer = second.client.post(f"{page}/sheet", data=theirs)
    assert answer.status_code == 409 and "我的结论" in answer.text


def test_the_applicant_reads_why_it_is_of_its_class(centre: Town, visitor: Callable[..., Visitor]) -> None:
    number = accepted(centre, empty_mass="0.2", takeoff_mass="0.2", max_speed="60", max_height="50", occupied="no")
    text = visitor("maker-0").get(f"/applications/{number}/assessment").text
    assert "轻型无人驾驶航空器" in text and "不属于微型无人驾驶航空器：最大平飞速度须不大于 40 km/h，填报 60 km/h。" in text
    english = visitor("maker-0").get(f"/applications/{number}/assessment?lang=en").text
    assert "Not micro unmanned aircraft: “Maximum level speed” would have to be at most 40 km/h; given: 60 km/h." in english.replace("&#34;", '"')


def test_the_library_is_public_and_its_evidence_is_not(centre: Town, visitor: Callable[..., Visitor], as_: Callable[[str], Caller], public: Caller) -> None:
    text = visitor().get("/library?q=HIC").text
    assert "头部伤害指标 HIC" in text and "既往证据（" not in text and "某航空器检测有限公司" in text
    assert "既往证据（" in visitor("centre-assessor").get("/library?q=HIC").text
    assert [x["key"] for x in public.get("/library?q=腰椎")["items"]] == ["occ_3_lumbar"]
    assert as_("centre-assessor").get("/library/evidence")["items"] == []
    as_("maker-0").get("/library/evidence", 403)
