"""Stages that are worked through item by item: who is commissioned, what is reported, what is accepted and what is not."""

from __future__ import annotations

from typing import Any

import pytest

from registry.actors import PUBLIC
from registry.books.models import Report
from registry.clock import FrozenClock
from registry.desks import applications, assessments, enquiries, reviews
from registry.desks.enquiries import resources
from registry.errors import (
    AlreadyDone,
    BadInput,
    Incomplete,
    MustStandAside,
    NotEntitled,
    NotFound,
    NotYet,
    Outdated,
    OutOfOrder,
)
from registry.office import Office
from tests.factories import CODES, Town
from tests.law.samples import complete_sheet, harmless

LOW_ALTITUDE = "hubei-lowaltitude-2025"
EVTOL = {"empty_mass": "430", "takeoff_mass": "650", "max_speed": "130", "max_height": "3000", "occupied": "yes"}


@pytest.fixture
def centre(office: Office, clock: FrozenClock) -> Town:
    return Town(office, clock).under(LOW_ALTITUDE)


def accepted(town: Town, **dossier: str) -> str:
    """An application that the centre has accepted: the assessment begins."""
    maker = town.applicant()
    number = town.draft(maker)
    town.do(maker, applications.save_draft, number, dossier)
    town.do(maker, applications.submit, number)
    return town.accepted(number)


def sheet(town: Town, **changes: Any) -> dict[str, Any]:
    form = town.office.law.regulation(town.regulation).assessment
    assert form is not None
    return complete_sheet(form) | {"hazards": harmless(form), "conclusion": "各项均已评估。"} | changes


def reported(town: Town, **changes: Any) -> str:
    return town.worked_through(accepted(town, **EVTOL), **changes)


def serious() -> list[dict[str, str]]:
    return [{"text": "单桨失效", "severity": "catastrophic", "probability": "remote", "per": "per_flight_hour"}]


# ------------------------------------------------------------------------------------------------------------ commissions


def test_a_body_is_commissioned_and_those_who_work_there_are_told(centre: Town) -> None:
    number = accepted(centre, **EVTOL)
    centre.do(centre.department(), assessments.commission, number, centre.body())
    assert [letter.subject for letter in centre.letters_to("assessor")] == [f"请评估：{number} / Please assess: {number}"]
    assert centre.do(centre.assessor(), enquiries.show_application, number)["status"] == "assessment"


def test_nobody_assesses_before_their_body_is_commissioned_nor_sees_the_case(centre: Town) -> None:
    number = accepted(centre, **EVTOL)
    centre.refused(NotFound, centre.assessor(), assessments.save_sheet, number, **sheet(centre))


def test_a_body_that_nobody_is_appointed_from_is_refused(centre: Town) -> None:
    number = accepted(centre, **EVTOL)
    assert centre.refused(BadInput, centre.department(), assessments.commission, number, CODES[1]).findings[0].field == "who"


def test_one_body_at_a_time_and_another_once_it_is_relieved(centre: Town) -> None:
    number = accepted(centre, **EVTOL)
    who = centre.commissioned(number)
    centre.refused(AlreadyDone, centre.department(), assessments.commission, number, centre.body())
    centre.do(centre.department(), assessments.relieve, number, centre.body(), "利益关系待查。")
    centre.refused(NotFound, who, assessments.report, number)
    centre.do(centre.department(), assessments.commission, number, centre.body())


def test_the_applicant_is_not_its_own_assessment_body(centre: Town) -> None:
    number = accepted(centre, **EVTOL)
    centre.also(centre.applicant(), "assessor", authority=centre.authority, employer_code=CODES[0])
    found = centre.refused(MustStandAside, centre.department(), assessments.commission, number, CODES[0])
    assert found.basis == "assumption"


def test_a_body_may_give_its_commission_back_but_nobody_elses(centre: Town) -> None:
    number = accepted(centre, **EVTOL)
    who = centre.commissioned(number)
    centre.refused(NotFound, who, assessments.relieve, number, "someone", "无法承担。")
    centre.do(who, assessments.relieve, number, centre.body(), "设备检修，无法承担。")
    centre.refused(NotFound, who, enquiries.show_application, number)


def test_the_applicant_and_the_auditor_fill_nothing_in(centre: Town) -> None:
    number = accepted(centre, **EVTOL)
    centre.commissioned(number)
    centre.refused(NotEntitled, centre.applicant(), assessments.save_sheet, number, **sheet(centre))
    centre.refused(NotEntitled, centre.auditor(), assessments.save_sheet, number, **sheet(centre))


# ------------------------------------------------------------------------------------------------------------- the sheet


def test_a_draft_is_kept_as_it_was_typed_wrong_or_not(centre: Town) -> None:
    number = accepted(centre, **EVTOL)
    who = centre.commissioned(number)
    typed = {"occ_3_hic": {"value": "约九百", "unit": ""}}
    centre.do(who, assessments.save_sheet, number, typed, [{"text": "单桨失效"}], "")
    shown = centre.do(who, enquiries.show_assessment, number)
    assert shown["sheet"] == {"results": {"occ_3_hic": {"value": "约九百"}}, "hazards": [{"text": "单桨失效"}]}
    assert "results.occ_3_hic.value" in [f.field for f in shown["findings"]]


def test_who_saves_from_an_older_page_is_told_and_nothing_is_overwritten(centre: Town) -> None:
    number = accepted(centre, **EVTOL)
    who = centre.commissioned(number)
    seen = centre.show(number)["version"]
    centre.do(who, assessments.save_sheet, number, **sheet(centre))
    centre.refused(Outdated, who, assessments.save_sheet, number, {}, [], "", expected=seen)


@pytest.mark.parametrize(("results", "field"), [
    ({"nothing": {"value": "1"}}, "results.nothing"), ({"occ_3_hic": {"colour": "red"}}, "results.occ_3_hic.colour"),
    ({"occ_3_hic": {"value": "9\u0000"}}, "results.occ_3_hic.value"), ({"occ_3_hic": "900"}, "results.occ_3_hic"),
])
def test_what_the_form_does_not_have_cannot_be_kept(centre: Town, results: dict[str, Any], field: str) -> None:
    number = accepted(centre, **EVTOL)
    who = centre.commissioned(number)
    assert field in [f.field for f in centre.refused(BadInput, who, assessments.save_sheet, number, results, [], "").findings]


def test_a_report_with_gaps_is_refused_with_each_of_them(centre: Town) -> None:
    number = accepted(centre, **EVTOL)
    who = centre.commissioned(number)
    centre.refused(NotYet, who, assessments.report, number)
    centre.do(who, assessments.save_sheet, number, {}, [], "")
    fields = {f.field for f in centre.refused(Incomplete, who, assessments.report, number).findings}
    assert {"results.occ_3_hic", "hazards", "conclusion"} <= fields
    assert "results.gb_4_4_load" not in fields and "results.com_noise" not in fields  # do not apply; do not count


def test_an_item_without_a_result_needs_a_note_and_then_the_whole_stays_open(centre: Town) -> None:
    filled = sheet(centre)
    filled["results"] = filled["results"] | {"occ_3_hic": {"note": "假人标定过期，待补测。"}}
    number = reported(centre, **filled)
    shown = centre.do(centre.department(), enquiries.show_assessment, number)
    assert shown["verdict"] == "open"
    said = centre.refused(NotYet, centre.department(), assessments.accept_report, number)
    assert "头部伤害指标" in said.detail.zh and said.action is not None


def test_who_has_a_tie_to_the_applicant_reports_nothing(centre: Town) -> None:
    number = accepted(centre, **EVTOL)
    who = centre.commissioned(number)
    centre.do(who, assessments.save_sheet, number, **sheet(centre))
    centre.also(who, "applicant", enterprise=CODES[0], inviter=centre.applicant())
    centre.refused(MustStandAside, centre.actor(who.login), assessments.report, number)


# -------------------------------------------------------------------------------------------------- reported and accepted


def test_a_report_is_sealed_and_its_digest_stands_in_the_ledger(centre: Town) -> None:
    number = reported(centre)
    shown = centre.do(centre.department(), enquiries.show_application, number)
    entry = next(e for e in shown["history"] if e["act"] == "report")
    with centre.office.reading(centre.department()) as r:
        kept = r.session.get(Report, 1)
        assert kept is not None and kept.digest == entry["facts"]["digest"] and b"occ_3_hic" in r.vault.get(kept.digest)
    centre.refused(OutOfOrder, centre.assessor(), assessments.save_sheet, number, **sheet(centre))


def test_a_passed_report_is_accepted_and_leads_to_a_certificate_of_the_tested_configuration(centre: Town) -> None:
    number = reported(centre)
    centre.do(centre.department(), assessments.accept_report, number)
    shown = centre.certificate(centre.announced(number)[0])
    assert shown["standing"] == "valid"
    assert shown["scope"] == ["航空器型号示例 + 无 + 飞控固件版本示例"]


def test_a_failed_report_is_not_accepted_and_the_application_can_be_refused(centre: Town) -> None:
    number = reported(centre, results=sheet(centre)["results"] | {"occ_3_hic": sheet(centre)["results"]["occ_3_hic"] | {"value": "1200"}})
    said = centre.refused(NotYet, centre.department(), assessments.accept_report, number)
    assert "1200" in said.detail.zh and "不大于 1000" in said.detail.zh
    centre.do(centre.department(), applications.refuse, number, "not_conforming", "头部伤害指标超限。")
    assert centre.show(number)["status"] == "refused"


def test_a_returned_report_is_kept_and_the_next_begins_from_its_sheet(centre: Town) -> None:
    number = reported(centre)
    centre.do(centre.department(), assessments.return_report, number, "请补充假人标定证书。")
    assert centre.show(number)["status"] == "assessment"
    shown = centre.do(centre.assessor(), enquiries.show_assessment, number)
    assert shown["sheet"]["results"].keys() == sheet(centre)["results"].keys()
    assert [(x["ordinal"], x["return_reason"]) for x in shown["reports"]] == [(1, "请补充假人标定证书。")]
    centre.do(centre.assessor(), assessments.report, number)
    assert [x["ordinal"] for x in centre.do(centre.department(), enquiries.show_assessment, number)["reports"]] == [1, 2]


def test_a_serious_risk_waits_for_a_named_person(centre: Town) -> None:
    number = reported(centre, hazards=serious())
    centre.refused(NotYet, centre.department(), assessments.accept_report, number)
    centre.refused(BadInput, centre.department(), assessments.accept_risk, number, 2, "可以接受。")
    centre.do(centre.department(), assessments.accept_risk, number, 1, "限于无人口区域运行。")
    centre.refused(AlreadyDone, centre.department(), assessments.accept_risk, number, 1, "再次。")
    centre.do(centre.department("second"), assessments.accept_report, number)
    assert centre.show(number)["status"] == "announcement"


def test_a_low_risk_is_nobodys_to_accept_and_a_high_one_neither(centre: Town) -> None:
    centre.refused(NotYet, centre.department(), assessments.accept_risk, reported(centre), 1, "接受。")


def test_the_offices_term_runs_on_from_report_to_acceptance(centre: Town) -> None:
    number = accepted(centre, **EVTOL)
    began = centre.show(number)["term"]
    centre.to("2026-03-10")
    centre.worked_through(number)
    assert centre.show(number)["term"] == began  # the file sets none for this stage: none runs, before and after


def test_the_applicant_sees_class_and_items_but_no_result_until_it_is_accepted(centre: Town) -> None:
    number = reported(centre)
    maker = centre.applicant()
    before = centre.do(maker, enquiries.show_assessment, number)
    assert before["class"]["key"] == "large" and before["sheet"] is None and before["verdict"] is None
    assert {i["applies"] for i in before["items"] if i["key"] == "occ_3_hic"} == {True}
    centre.do(centre.department(), assessments.accept_report, number)
    after = centre.do(maker, enquiries.show_assessment, number)
    assert after["verdict"] == "passed" and after["sheet"] is not None


def test_a_supplement_comes_back_to_the_assessment_with_its_commission(centre: Town) -> None:
    number = accepted(centre, **EVTOL)
    who = centre.commissioned(number)
    centre.do(who, assessments.save_sheet, number, **sheet(centre))
    centre.supplement(number, "configuration_unclear")
    centre.do(centre.applicant(), applications.resubmit, number, "已补充。")
    centre.do(who, assessments.report, number)
    assert centre.show(number)["status"] == "assessed"


# ----------------------------------------------------------------------------------------------------------- the library


def certified(town: Town) -> str:
    number = reported(town)
    town.do(town.department(), assessments.accept_report, number)
    town.announced(number)
    return number


def renewed_draft(town: Town, earlier: str, **dossier: str) -> str:
    """A renewal of what `earlier` led to, accepted and in assessment; with other values of the dossier if said."""
    maker = town.applicant()
    certificate = town.show(earlier)["certificate"]
    town.to(town.certificate(certificate)["valid_until"])
    number = town.draft(maker, renews=certificate)
    town.do(maker, applications.save_draft, number, EVTOL | dossier)
    town.do(maker, applications.submit, number)
    return town.accepted(number)


def test_results_on_the_same_configuration_are_reused_and_say_from_where(centre: Town) -> None:
    earlier = certified(centre)
    number = renewed_draft(centre, earlier)
    who = centre.commissioned(number)
    centre.do(who, assessments.save_sheet, number, {"occ_5_egress": {"conforms": "no", "laboratory": "甲", "report": "1"}}, [], "")
    centre.do(who, assessments.reuse_results, number, earlier)
    results = centre.do(who, enquiries.show_assessment, number)["sheet"]["results"]
    assert results["occ_5_egress"]["conforms"] == "no"
    assert results["occ_3_hic"]["note"].startswith(f"沿用 {earlier} 的报告")


def test_results_on_another_configuration_are_no_evidence(centre: Town) -> None:
    earlier = certified(centre)
    number = renewed_draft(centre, earlier, firmware="9.9.9")
    centre.refused(NotYet, centre.commissioned(number), assessments.reuse_results, number, earlier)
    centre.refused(NotFound, centre.assessor(), assessments.reuse_results, number, "HBLA-2026-0099-X")


def test_the_library_finds_items_by_words_standards_and_bodies(centre: Town) -> None:
    centre.body()
    with centre.office.reading(PUBLIC) as r:
        assert {x["key"] for x in resources.search_items(r, q="ASTM F3389")} == {"inj_energy"}
        assert {x["key"] for x in resources.search_items(r, q="腰椎")} == {"occ_3_lumbar"}
        assert {x["domain"] for x in resources.search_items(r, domain="floating")} == {"floating"}
        assert resources.list_standards(r)[0]["items"] >= 17
        assert [b["name"] for b in resources.list_bodies(r)] == ["某航空器检测有限公司"]


def test_past_evidence_is_for_those_who_assess_and_of_accepted_reports_alone(centre: Town) -> None:
    centre.worked_through(accepted(centre, model="X-2", **EVTOL))  # reported, not accepted
    who = centre.assessor()
    assert centre.do(who, resources.search_evidence, q="") == []
    earlier = certified(centre)
    found = centre.do(who, resources.search_evidence, item="occ_3_hic")
    assert [(x["number"], x["value"], x["laboratory"]) for x in found] == [(earlier, "900.000000000", "某国家级检测中心")]
    centre.refused(NotEntitled, centre.applicant(), resources.search_evidence)


# ---------------------------------------------------------------------------------------------------------- inspections


@pytest.fixture
def visited(office: Office, clock: FrozenClock) -> tuple[Town, str]:
    """An application that the experts have recommended, and that waits to be looked at on site."""
    town = Town(office, clock).under("jiangsu-equipment-2023", prefix="js-")
    number = town.endorsed()
    town.accepted(number)
    town.review(number)
    town.do(town.department(), reviews.recommend, number)
    assert town.show(number)["status"] == "site_inspection"
    return town, number


def on_site(town: Town, **changes: Any) -> dict[str, Any]:
    form = town.office.law.regulation(town.regulation).site_inspection
    assert form is not None
    return complete_sheet(form) | {"hazards": [], "conclusion": "实物、原件与申报材料一致。"} | changes


def test_inspectors_are_commissioned_by_name_and_nobody_else_sees_the_case(visited: tuple[Town, str]) -> None:
    town, number = visited
    first, second, third = (town.inspector(n) for n in (1, 2, 3))
    for inspector in (first, second):
        town.do(town.department(), assessments.commission, number, inspector.login)
    town.refused(AlreadyDone, town.department(), assessments.commission, number, first.login)
    town.refused(BadInput, town.department(), assessments.commission, number, "nobody")
    town.refused(NotFound, third, assessments.save_sheet, number, **on_site(town))
    town.do(second, assessments.save_sheet, number, **on_site(town))
    town.do(first, assessments.report, number)
    town.do(town.department(), assessments.accept_report, number)
    assert town.show(number)["status"] == "awaiting_notice"


def test_an_inspection_that_finds_something_else_goes_no_further(visited: tuple[Town, str]) -> None:
    town, number = visited
    inspector = town.commissioned(number)
    found = on_site(town)
    found["results"] = found["results"] | {"papers": found["results"]["papers"] | {"conforms": "no", "note": "发票与合同不符。"}}
    town.do(inspector, assessments.save_sheet, number, **found)
    town.do(inspector, assessments.report, number)
    assert "原件" in town.refused(NotYet, town.department(), assessments.accept_report, number).detail.zh


def test_an_inspector_is_relieved_alone_and_the_other_goes_on(visited: tuple[Town, str]) -> None:
    town, number = visited
    first, second = town.inspector(1), town.inspector(2)
    for inspector in (first, second):
        town.do(town.department(), assessments.commission, number, inspector.login)
    town.refused(NotEntitled, first, assessments.relieve, number, second.login, "由我一人办理。")
    town.do(first, assessments.relieve, number, first.login, "另有任务。")
    town.refused(NotFound, first, assessments.save_sheet, number, **on_site(town))
    town.do(second, assessments.save_sheet, number, **on_site(town))
