"""Calls, queues and corrected notices over HTTP: by the API as its document says, and by pages alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask

from registry.clock import FrozenClock
from registry.desks import applications
from registry.office import Office
from registry.settings import Settings
from tests.desks.test_calls import BY_CALLS, CALLED, DOCUMENT
from tests.factories import HUNAN, PDF, Town, another_law
from tests.web.callers import Caller
from tests.web.visitors import Visitor, fields_of, read

CALL = {"regulation": CALLED, "document_number": "湘工信电子[2026]30号", "title": "关于组织申报的通知", "department_until": "2026-04-30"}


@pytest.fixture
def office(database_url: str, tmp_path: Path, clock: FrozenClock) -> Iterator[Office]:
    """An office that has, beside Hunan's, a regulation with calls."""
    folder = another_law(tmp_path / "law", "called", "2025", BY_CALLS)
    settings = Settings(data=tmp_path / "data", database_url=database_url, secret_key="for tests only", law_dir=str(folder))
    office = Office(settings, clock)
    office.prepare()
    yield office
    office.close()


# -------------------------------------------------------------------------------------------------------------- by API


def test_a_call_is_published_and_counted_down_by_api(town: Town, public: Caller, as_: Callable[[str], Caller]) -> None:
    town.department(), town.bureau()
    department = as_("department")
    made = department.post("/calls", CALL, 201)
    assert made["number"] == DOCUMENT and made["tiers"][0]["last_day"] == "2026-04-13" and len(made["quotas"]) == 14
    assert department.post("/calls", CALL, 409)["type"].endswith("#already-done")
    assert as_("bureau-430100").post("/calls", CALL, 403)
    assert department.post("/calls", CALL | {"regulation": "hunan-components-2025", "document_number": "湘工信电子〔2026〕31号"}, 422)
    shown = public.get("/calls/" + quote(DOCUMENT))
    assert (shown["tiers"][0]["days_left"], shown["tiers"][0]["hours_left"], shown["quotas"]) == (42, 15, [])
    assert [c["number"] for c in public.get("/calls?open=true")["items"]] == [DOCUMENT]
    town.to("2026-04-14", 0)
    assert public.get("/calls?open=true")["items"] == []
    assert public.get("/calls/" + quote("湘工信电子〔2026〕99号"), 404)


def test_a_call_is_amended_and_withdrawn_by_api_and_on_its_page(town: Town, app: Flask, public: Caller, as_: Callable[[str], Caller]) -> None:
    town.department(), town.bureau()
    department, path = as_("department"), "/calls/" + quote(DOCUMENT)
    department.post("/calls", CALL, 201)
    changed = department.post(f"{path}/amendment", {"reason": "延期", "department_until": "2026-05-15"})
    assert [v["edition"] for v in changed["versions"]] == [2, 1] and changed["version"] == 2
    assert as_("bureau-430100").post(f"{path}/amendment", {"reason": "延期", "department_until": "2026-05-15"}, 403)
    assert department.post(f"{path}/amendment", {"reason": "延期", "department_until": "2026-05-15"}, 422)
    assert department.call("POST", f"{path}/withdrawal", {"reason": "有误"}, headers={"If-Match": '"1"'}).status_code == 412
    officer = Visitor(app, "department")
    assert officer.send(path, "amendment", reason="", title="更正", confirm="yes").status_code == 422
    officer.do(path, "amendment", reason="更正标题", title="关于组织申报的通知（更正）", confirm="yes")
    page = Visitor(app).get(path).text
    assert "各个版本（3）" in page and "更正标题" in page and "2026" in page
    officer.do(path, "withdrawal", reason="另行发布", confirm="yes")
    assert "另行发布" in Visitor(app).get(path).text and public.get(path)["state"] == "withdrawn"
    assert "已撤回" in Visitor(app).get("/calls").text


def test_late_is_refused_by_api_with_the_moment_it_closed(town: Town, as_: Callable[[str], Caller]) -> None:
    town.department(), town.applicant()
    as_("department").post("/calls", CALL, 201)
    number = town.draft(regulation=CALLED)
    town.to("2026-04-14", 0)
    no = as_("maker-0").post(f"/applications/{number}/submission", status=409)
    assert no["type"].endswith("#not-open") and "2026年4月13日 24:00" in no["detail"] and no["basis"] == "assumption"


def test_a_case_is_claimed_assigned_and_put_back_by_api(town: Town, as_: Callable[[str], Caller]) -> None:
    number = town.submitted()
    town.bureau()
    bureau = as_("bureau-430100")
    assert bureau.post(f"/applications/{number}/claim")["claim"]["mine"] is True
    assert bureau.post(f"/applications/{number}/claim", status=409)
    assert bureau.call("DELETE", f"/applications/{number}/claim").json["claim"] is None
    assert bureau.post(f"/applications/{number}/assignment", {"person": "bureau-430100"})["claim"]["login"] == "bureau-430100"
    assert bureau.post(f"/applications/{number}/assignment", {"person": "nobody"}, 422)
    [group] = bureau.get("/worklist?view=mine")["items"]
    assert [i["number"] for i in group["items"]] == [number]
    assert bureau.get("/worklist?view=unclaimed")["items"] == [] and bureau.get("/worklist?q=" + quote("没有的"))["items"] == []
    assert bureau.get("/worklist?view=theirs", 422)


def test_many_are_shown_then_endorsed_each_by_itself_by_api(town: Town, as_: Callable[[str], Caller]) -> None:
    good, gone = town.submitted(), town.endorsed()
    town.bureau()
    bureau = as_("bureau-430100")
    shown = {i["number"]: i for i in bureau.get(f"/endorsements?applications={good},{gone}")["items"]}
    assert shown[good]["may"] is True and shown[gone]["refusal"]["slug"] == "out-of-order"
    listed = [{"number": n, "version": i["version"]} for n, i in shown.items()]
    outcomes = {o["number"]: o["done"] for o in bureau.post("/endorsements", {"applications": listed, "comment": "同意"})["items"]}
    assert outcomes == {good: True, gone: False} and town.show(good)["status"] == "expert_review"
    assert bureau.post("/endorsements", {"applications": []}, 422)


def test_a_notice_is_withdrawn_and_an_objection_made_public_by_api(town: Town, public: Caller, as_: Callable[[str], Caller]) -> None:
    number = town.reviewed()
    notice = town.noticed(number)
    unit = {"application": number, "objector": "unit", "name": "某单位甲", "contact": "0731-1", "ground": "not_first", "reason": "早已上市",
            "evidence": "盖章页"}
    refused = public.post(f"/notices/{notice}/objections", unit, 422)
    assert refused["errors"][0]["field"] == "evidence_file" and "article" not in refused
    objection = public.upload(f"/notices/{notice}/objections", "盖章.pdf", PDF, field="evidence_file", **unit)["number"]
    department = as_("department")
    assert department.get(f"/objections/{objection}")["term"]["left"] == 15
    assert department.post(f"/objections/{objection}/redacted-copy", {"text": "某单位甲认为早已上市"}, 422)
    department.post(f"/objections/{objection}/redacted-copy", {"text": "早已上市"})
    [copy] = public.get(f"/notices/{notice}")["objections"]
    authority = town.office.law.regulation(HUNAN).authority.name
    assert copy["text"] == "早已上市" and copy["redacted_by"] is None and copy["redacted_by_role"]["zh"] == authority.zh
    assert department.post(f"/notices/{notice}/withdrawal", {"reason": "型号写错"})["withdrawn"]["reason"] == "型号写错"
    new = town.noticed(number)
    assert public.get(f"/notices/{notice}")["withdrawn"]["replaced_by"] == [new]
    assert public.get(f"/notices/{new}")["replaces"] == [notice]


# ------------------------------------------------------------------------------------------------------------ by pages


def test_the_countdown_stands_on_the_home_page_and_the_applicants(app: Flask, town: Town) -> None:
    town.department(), town.applicant()
    office = Visitor(app, "department")
    there = office.do("/desk/calls/new", "call", confirm="yes", **{k: v for k, v in CALL.items() if k != "regulation"})
    town.to("2026-04-11", 9)
    number = town.draft(regulation=CALLED)
    for visitor, page in ((Visitor(app), there), (Visitor(app), "/"), (Visitor(app), "/calls"), (Visitor(app, "maker-0"), "/workbench"),
                          (Visitor(app, "maker-0"), f"/applications/{number}")):
        text = visitor.get(page).text
        assert "还剩 2 天 15 小时" in text and "2026年4月13日 24:00（北京时间）" in text, page
    assert "2 days and 15 hours left" in Visitor(app).get("/?lang=en").text
    office = Visitor(app, "department")
    late = office.send("/desk/calls/new", "call", confirm="yes", **CALL | {"department_until": "明年"})
    assert late.status_code == 422 and "请填写日期" in late.text


def test_a_morning_at_the_bureaus_queue(app: Flask, town: Town) -> None:
    """Filters, a search, a claim; several looked at, then endorsed, with a result for each."""
    one, two, back = town.submitted(), town.submitted(), town.submitted()
    town.supplement(back)
    town.do(town.applicant(), applications.resubmit, back, "已补")
    town.bureau()
    officer = Visitor(app, "bureau-430100")
    text = officer.get("/desk").text
    assert text.index(back) < text.index(one) and "请补充盖章页。" in text and "补正后返回" in text
    assert one not in officer.get("/desk?view=resubmitted").text and back in officer.get("/desk?view=resubmitted").text
    assert two not in officer.get(f"/desk?q={one}").text
    officer.do(f"/applications/{one}", "claim")
    assert one in officer.get("/desk?view=mine").text and one not in officer.get("/desk?view=unclaimed").text
    officer.do(f"/applications/{one}", "claim-return")
    officer.do(f"/applications/{one}", "assignment", person="bureau-430100")
    page = officer.get(f"/desk/endorsements?applications={one}&applications={two}&applications={town.endorsed()}")
    assert "不能推荐" in page.text
    data = fields_of(page.by_id("endorsements"))
    assert data["applications"] == [one, two]
    answer = officer.client.post("/desk/endorsements", data=data | {"confirm": "yes"})
    assert answer.status_code == 200 and "已推荐 2 项，未办理 0 项" in read(answer.text).text
    assert [town.show(n)["status"] for n in (one, two)] == ["expert_review"] * 2
    again = officer.client.post("/desk/endorsements", data=data | {"confirm": "yes"})
    assert "已推荐 0 项，未办理 2 项" in read(again.text).text


def test_a_wrong_notice_is_withdrawn_and_an_objection_published_on_pages(app: Flask, town: Town) -> None:
    number = town.reviewed()
    notice = town.noticed(number)
    objection = town.object(notice, number, name="匿踪者")
    office = Visitor(app, "department")
    assert "还剩15个工作日" in office.get(f"/desk/objections/{objection}").text and "还剩15个工作日" in office.get("/desk").text
    refused = office.send(f"/desk/objections/{objection}/redacted-copy", "redacted", text="匿踪者说早已上市", confirm="yes")
    assert refused.status_code == 422 and "匿踪者说早已上市" in refused.text
    office.do(f"/desk/objections/{objection}/redacted-copy", "redacted", text="早已上市", confirm="yes")
    public = Visitor(app).get(f"/notices/{notice}").text
    assert "早已上市" in public and f"由{town.office.law.regulation(HUNAN).authority.name.zh}隐去身份" in public
    assert "匿踪者" not in public and "(department)" not in public
    town.auditor()
    assert "(department)" in Visitor(app, "auditor").get(f"/notices/{notice}").text
    town.under("hubei-lowaltitude-2025", prefix="centre-").department()
    Visitor(app, "centre-department").get(f"/desk/notices/{notice}/withdrawal", 403)  # another department's form is not even shown
    office.do(f"/desk/notices/{notice}/withdrawal", "withdrawal", reason="型号写错", confirm="yes")
    office.get(f"/desk/notices/{notice}/withdrawal", 409)
    new = town.noticed(number)
    shown = Visitor(app).get(f"/notices/{notice}").text
    assert "已撤回" in shown and "型号写错" in shown and new in shown
    assert "怎样提出异议" not in shown and "怎样提出异议" in Visitor(app).get(f"/notices/{new}").text
    assert notice in Visitor(app).get(f"/notices/{new}").text
