"""Three aircraft assessed in a browser: an eVTOL, a multicopter of 6 kg, and a craft of 0.2 kg at 60 km/h; each says why."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.people import Person
from tests.desks.test_assessments import LOW_ALTITUDE, accepted, sheet
from tests.factories import Town

pytestmark = pytest.mark.browser

COMMON = {"max_height": "120", "energy": "lithium", "recovery": "no", "overwater": "no", "parachute": "无"}
EVTOL = COMMON | {"product_name": "两座电动垂直起降航空器", "model": "EV-2", "empty_mass": "430", "takeoff_mass": "650", "max_speed": "130",
                  "occupied": "yes"}
MULTICOPTER = COMMON | {"product_name": "六旋翼无人机", "model": "M-6", "empty_mass": "3.9", "takeoff_mass": "6", "max_speed": "72",
                        "occupied": "no"}
RACER = COMMON | {"product_name": "穿越机", "model": "R-02", "empty_mass": "0.2", "takeoff_mass": "0.2", "max_speed": "60", "max_height": "50",
                  "occupied": "no"}


def test_three_aircraft_are_classed_assessed_and_judged_each_with_its_reasons(training_town: Town, person) -> None:  # type: ignore[no-untyped-def]
    town = training_town.under(LOW_ALTITUDE, prefix="centre-")
    town.body()
    numbers = [accepted(town, **aircraft) for aircraft in (EVTOL, MULTICOPTER, RACER)]
    officer, assessor = person("centre-department"), person("centre-assessor")
    for number in numbers:
        _commission(officer, number, town.body())
    _evtol(officer, assessor, numbers[0], sheet(town))
    _multicopter(officer, assessor, numbers[1], sheet(town))
    _racer(assessor, numbers[2])


def _commission(officer: Person, number: str, body: str) -> None:
    officer.open(f"/applications/{number}/assessment")
    officer.unfold("commissions")
    officer.page.locator("#commissions [name=who]").fill(body)
    officer.press("commissions")
    officer.said("已委托")


def _fill(assessor: Person, number: str, filled: dict[str, Any], *, hazard: tuple[str, str]) -> None:
    """Type a whole sheet into the form, as far as its fields are there, and save it."""
    page = assessor.page
    assessor.open(f"/applications/{number}/assessment")
    for key, cells in filled["results"].items():
        for name, value in cells.items():
            box = page.locator(f"[name='results.{key}.{name}']")
            if box.count() == 0:
                continue
            if name == "conforms":
                box.select_option(value)
            else:
                box.fill(value)
    page.locator("[name='hazards.1.text']").fill("螺旋桨触碰人员")
    for name, value in zip(("severity", "probability"), hazard, strict=True):
        page.locator(f"[name='hazards.1.{name}']").select_option(value)
    page.locator("[name='hazards.1.per']").select_option("per_flight_hour")
    page.locator("[name=conclusion]").fill("各项试验完成。")
    page.get_by_role("button", name="保存并检查").click()
    assessor.said("已按所填内容保存")


def _report(assessor: Person) -> None:
    assessor.press("report", sure=True)
    assessor.said("报告已提交")


def _evtol(officer: Person, assessor: Person, number: str, filled: dict[str, Any]) -> None:
    """Large, occupied: the items of occupants apply, those for small craft do not; a serious risk waits for a name."""
    _fill(assessor, number, filled, hazard=("catastrophic", "remote"))
    expect(assessor.page.locator("#class-heading")).to_have_text("类别：大型无人驾驶航空器")
    expect(assessor.page.get_by_text("不属于中型无人驾驶航空器：最大起飞重量须不大于 150 kg，填报 650 kg。")).to_be_visible()
    expect(assessor.page.locator("#item-occ_3_hic")).to_contain_text("符合")
    assert assessor.page.locator("#item-gb_4_4_load").count() == 0
    _report(assessor)
    officer.open(f"/applications/{number}/assessment")
    officer.picture("evtol")
    expect(officer.page.locator("main")).to_contain_text("剩余风险为“较高”，须有署名的风险接受人。")
    officer.press("acceptance")
    expect(officer.page.locator("#acceptance-refused")).to_contain_text("不能采纳")
    officer.unfold("risks")
    officer.page.locator("#risks [name=hazard]").select_option("1")
    officer.page.locator("#risks [name=reason]").fill("限于无人口区域运行。")
    officer.press("risks", sure=True)
    officer.said("已记录风险接受人")
    officer.press("acceptance")
    officer.said("报告已采纳")
    officer.open(f"/applications/{number}")
    expect(officer.page.locator("main")).to_contain_text("待公布")


def _multicopter(officer: Person, assessor: Person, number: str, filled: dict[str, Any]) -> None:
    """Light: the seventeen items of the safety standard apply; eight are known by title alone, and so the whole stays open."""
    _fill(assessor, number, filled, hazard=("negligible", "remote"))
    page = assessor.page
    expect(page.locator("#class-heading")).to_have_text("类别：轻型无人驾驶航空器")
    assert page.locator("[id^='item-gb_']").count() == 18  # seventeen, remote identification measured twice
    assert page.locator("#item-occ_3_hic").count() == 0
    unknown = ("抗风性", "电磁兼容性", "感知和避让", "数据链保护", "噪声", "灯光", "标识", "使用说明书")
    for key in ("gb_4_13_wind", "gb_4_12_emc", "gb_4_10_avoid", "gb_4_11_datalink", "gb_4_14_noise", "gb_4_15_lights", "gb_4_16_marking",
                "gb_4_17_manual"):
        page.locator(f"[name='results.{key}.note']").fill("标准条文未收入评估表。")
    page.get_by_role("button", name="保存并检查").click()
    _report(assessor)
    officer.open(f"/applications/{number}/assessment")
    officer.picture("multicopter")
    officer.press("acceptance")
    for label in unknown:
        expect(officer.page.locator("#acceptance-refused")).to_contain_text(f"{label}：限值或要求尚不掌握")


def _racer(assessor: Person, number: str) -> None:
    """By mass alone it would be micro; its speed makes it light, and the page says so."""
    assessor.open(f"/applications/{number}/assessment")
    expect(assessor.page.locator("#class-heading")).to_have_text("类别：轻型无人驾驶航空器")
    expect(assessor.page.get_by_text("不属于微型无人驾驶航空器：最大平飞速度须不大于 40 km/h，填报 60 km/h。")).to_be_visible()
    assessor.picture("racer")
