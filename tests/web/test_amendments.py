"""Changes of a certificate and replays, by API and on pages: in the same words, each answer as documented."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from flask import Flask

from registry.desks import amendments, applications, notices, reviews
from tests.factories import CODES, HUNAN, PDF, Town
from tests.web.callers import Caller
from tests.web.visitors import Visitor

NEW_NAME = "湖南新名电子有限公司"


@pytest.fixture
def visitor(app: Flask, town: Town) -> Callable[..., Visitor]:
    return lambda login=None: Visitor(app, login)


def test_a_model_is_added_by_api_alone(people: Town, as_: Callable[[str], Caller], public: Caller) -> None:
    number = people.certified()
    maker, bureau, department = as_("maker-0"), as_("bureau-430100"), as_("department")
    asked = maker.upload(f"/certificates/{number}/amendments", "报告.pdf", PDF, field="evidence_file", change="scope",
                         models="HX-112C\nHX-112D", reason="同一平台")
    path = f"/amendments/{asked['number']}"
    assert asked["models"] == ["HX-112C", "HX-112D"] and {p["act"] for p in asked["possible"]} == {"add_evidence", "withdraw"}
    assert len(maker.upload(f"{path}/evidence", "补充.pdf", PDF, field="evidence_file", status=200)["files"]) == 2
    assert bureau.get("/amendments")["items"][0]["number"] == asked["number"]
    assert bureau.call("GET", f"{path}/evidence/1/content").data == PDF
    assert department.post(f"{path}/grant", status=409)["possible"] == []
    assert bureau.post(f"{path}/endorsement", {"comment": "属实"})["status"] == "endorsed"
    assert department.post(f"{path}/grant", {"comment": "同意"})["status"] == "granted"
    shown = public.get(f"/certificates/{number}")
    assert (shown["edition"], shown["scope"][-2:], shown["conditions"]) == (2, ["HX-112C", "HX-112D"], [])
    versions = public.get(f"/certificates/{number}/versions")["items"]
    assert [v["edition"] for v in versions] == [2, 1] and versions[0]["amendment"] == asked["number"]
    assert public.get(f"/certificates/{number}/versions/1")["scope"] == ["HX-112A", "HX-112B"]
    public.get(f"/certificates/{number}/versions/9", 404)
    public.get(path, 401)
    assert department.get("/amendments")["items"] == [] and len(department.get("/amendments?open=false")["items"]) == 1


def test_a_rename_is_on_the_certificate_and_in_the_enterprise_by_api(people: Town, as_: Callable[[str], Caller]) -> None:
    number = people.certified()
    people.granted(number, change="rename", new_name=NEW_NAME)
    house = as_("maker-0").get(f"/enterprises/{CODES[0]}")
    assert house["name"] == NEW_NAME and len(house["names"]) == 2
    assert as_("maker-0").get(f"/certificates/{number}")["holder"]["name"] == NEW_NAME


def test_conditions_travel_by_api_from_the_recommendation_to_the_verifier(
    people: Town, as_: Callable[[str], Caller], public: Caller
) -> None:
    number = people.endorsed()
    people.review(number)
    department = as_("department")
    shown = department.post(f"/applications/{number}/recommendation", {"conditions": ["一年内提交应用报告。"]})
    assert shown["conditions"] == ["一年内提交应用报告。"]
    notice = department.post("/notices", {"regulation": HUNAN, "applications": [number]}, 201)
    assert notice["items"][0]["conditions"] == ["一年内提交应用报告。"]
    people.let_time_act(number)
    issued = department.post("/announcements", {"regulation": HUNAN, "document_number": "湘工信电子〔2026〕77号",
                                                "applications": [number], "conditions": {number: ["每年报告产量。"]}}, 201)
    assert public.get(f"/certificates/{issued['certificates'][0]}")["conditions"] == ["一年内提交应用报告。", "每年报告产量。"]


def test_a_refusal_is_replayed_by_api_for_who_sees_it(people: Town, as_: Callable[[str], Caller], public: Caller) -> None:
    number = people.endorsed()
    people.review(number, off=6)
    ground = people.office.law.regulation(HUNAN).refusal_grounds[0]
    people.do(people.department(), applications.refuse, number, ground.key, "平均分未达到通过线。")
    found = as_("auditor").get(f"/applications/{number}/replay")
    assert found["agrees"] and found["then"]["id"] == HUNAN
    refused = found["entries"][-1]
    assert refused["act"] == "refuse" and refused["facts"]["reason"] == "平均分未达到通过线。"
    assert any(line["article"] == ground.article for line in refused["lines"])
    as_("maker-0").get(f"/applications/{number}/replay")
    public.get(f"/applications/{number}/replay", 401)


# --------------------------------------------------------------------------------------------------------------- pages


def test_a_holder_asks_on_the_certificates_page_and_the_office_decides_on_the_requests(
    people: Town, visitor: Callable[..., Visitor]
) -> None:
    number = people.certified()
    page = f"/certificates/{number}"
    maker = visitor("maker-0")
    again = maker.send(page, "amendment-scope", models="HX-9", reason="", evidence_file=(io.BytesIO(PDF), "报告.pdf"))
    assert again.status_code == 422 and "HX-9" in again.text
    place = maker.do(page, "amendment-scope", models="HX-9\nHX-10", reason="同一平台", evidence_file=(io.BytesIO(PDF), "报告.pdf"))
    assert "HX-10" in maker.get(place).text
    maker.do(place, "evidence", evidence_file=(io.BytesIO(PDF + b"\n"), "补充.pdf"))
    bureau, department = visitor("bureau-430100"), visitor("department")
    assert place.rsplit("/", 1)[-1] in bureau.get("/desk").text and place.rsplit("/", 1)[-1] in bureau.get("/desk/amendments").text
    bureau.do(place, "endorsement", comment="属实")
    assert bureau.client.get(place + "/evidence/2").data == PDF + b"\n"
    assert place.rsplit("/", 1)[-1] in department.get("/desk").text
    department.do(place, "grant", comment="同意", confirm="yes")
    shown = visitor().get(page)
    assert "HX-10" in shown.text and "第 2 版" in shown.text and "第 1 版" in shown.text
    assert "Version 2" in visitor().get(page + "?lang=en").text
    visitor().get(place, 401)
    visitor("expert-1").get(place, 404)
    assert department.get("/desk/amendments?decided=yes").text.count(place.rsplit("/", 1)[-1]) == 1


def test_a_request_is_refused_on_its_page_with_the_reason(people: Town, visitor: Callable[..., Visitor]) -> None:
    request = people.requested(people.certified(), change="rename", new_name=NEW_NAME)
    visitor("bureau-430100").do(f"/amendments/{request}", "refusal", reason="证明与名称不符。", confirm="yes")
    assert "证明与名称不符。" in visitor("maker-0").get(f"/amendments/{request}").text


def test_conditions_are_typed_on_pages_and_read_by_verifiers(people: Town, visitor: Callable[..., Visitor]) -> None:
    number = people.endorsed()
    people.review(number)
    department = visitor("department")
    department.do(f"/applications/{number}", "recommendation", conditions="一年内提交应用报告。\n\n限民用。")
    notice = department.do("/desk/notices/new", f"notice-{HUNAN}", confirm="yes")
    assert "限民用。" in visitor().get(notice).text
    people.let_time_act(number)
    department.sign_in("department")
    department.do("/desk/announcements/new", f"announcement-{HUNAN}", document_number="湘工信电子〔2026〕78号", confirm="yes",
                  **{f"conditions.{number}": "每年报告产量。"})
    certificate = people.show(number)["certificate"]
    page = visitor().get(f"/certificates/{certificate}").text
    assert page.index("一年内提交应用报告。") < page.index("限民用。") < page.index("每年报告产量。")


@pytest.mark.parametrize("login", ["maker-0", "bureau-430100", "department", "auditor"])
def test_the_replay_page_says_why_in_both_languages(people: Town, visitor: Callable[..., Visitor], login: str) -> None:
    number = people.submitted()
    people.supplement(number)
    people.do(people.applicant(), applications.resubmit, number, "已补")
    people.do(people.bureau(), applications.endorse, number)
    people.review(number)
    people.do(people.department(), reviews.recommend, number)
    people.noticed(number)
    objection = people.object(people.show(number)["notice"], number)
    people.do(people.department(), notices.uphold_objection, objection, "查证属实。")
    who = visitor(login)
    assert f"/applications/{number}/replay" in [a.attrs.get("href") for a in who.get(f"/applications/{number}").all("a")]
    for language, words in (("zh", "按当时的规则重新计算，与记录一致"), ("en", "everything is as recorded")):
        page = who.get(f"/applications/{number}/replay?lang={language}").text
        assert words in page and "查证属实。" in page and "第三章" in page
    visitor().get(f"/applications/{number}/replay", 401)


def test_nothing_of_a_request_is_a_strangers_business(people: Town, as_: Callable[[str], Caller]) -> None:
    request = people.requested(people.certified())
    people.applicant(1)
    as_("maker-1").get(f"/amendments/{request}", 404)
    as_("maker-1").post(f"/amendments/{request}/withdrawal", {"reason": "x"}, 404)
    assert as_("maker-1").get("/amendments")["items"] == []
    assert amendments.OPEN == ("requested", "endorsed")
