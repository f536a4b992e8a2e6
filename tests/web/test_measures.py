"""Measures and tasks over both doors: the whole way by clicking, the whole way by API, and what each reader is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from registry.desks import measures, tasks
from tests.factories import CODES, HUNAN, PDF, Town
from tests.web.callers import Caller
from tests.web.visitors import Visitor


@pytest.fixture
def visitor(app: Flask) -> Callable[..., Visitor]:
    def come(login: str | None = None) -> Visitor:
        found = Visitor(app)
        if login:
            found.sign_in(login)
        return found

    return come


@pytest.fixture
def certificate(people: Town) -> str:
    people.department("department-2"), people.department("department-3")
    return people.certified()


def test_a_certificate_is_revoked_by_clicking_and_the_public_reads_ground_article_and_day(
    people: Town, certificate: str, visitor: Callable[..., Visitor]
) -> None:
    address = f"/certificates/{certificate}"
    department = visitor("department")
    assert f"/measures/new?certificate={certificate}" in [a.attrs.get("href") for a in department.get(address).all("a")]
    assert not [f for f in visitor().get(address).all("form") if f.attrs.get("method") == "post"]
    answer = department.send(f"/measures/new?certificate={certificate}", "suspicion", ground="false_material", suspicion="疑似<b>伪造",
                             evidence="比对", certificate=certificate)
    assert answer.status_code == 303
    place = answer.headers["Location"].removeprefix("http://localhost")
    assert "疑似<b>伪造" in department.get(place).text
    day = people.today.isoformat()
    assert department.send(place, "notice", intended="revoke", ground="put_right", reason="拟撤销", effective_on=day).status_code == 422
    department.do(place, "notice", intended="revoke", ground="false_material", reason="拟撤销", effective_on=day)
    maker = visitor("maker-0")
    assert place in str([a.attrs.get("href") for a in maker.get("/workbench").all("a")])
    assert "疑似" not in maker.get(place).text and "拟撤销" in maker.get(place).text
    maker.do(place, "statement", statement="并无伪造")
    proposer = department.get(place)  # told the rule, and offered no form that it would refuse
    assert "告知拟作处理的人" in proposer.text and "approval" not in [f.attrs.get("id") for f in proposer.all("form")]
    visitor("department-2").do(place, "approval", reason="属实，予以撤销")
    last = visitor("department-3")
    assert last.send(place, "confirmation").status_code == 422  # the tick is missing
    last.do(place, "confirmation", confirm="yes")
    page = visitor().get(address)
    assert "已撤销" in page.all("h1")[0].text and "属实，予以撤销" in page.text
    assert "骗取认定" in page.text and f"自 {day} 起生效" in page.text and "第三章" in page.text


def test_the_list_and_the_empty_forms_are_there_for_those_whose_they_are(
    people: Town, certificate: str, visitor: Callable[..., Visitor]
) -> None:
    number = people.notified(certificate)
    for login in ("department", f"bureau-{430100}", "auditor", "maker-0"):
        assert number in visitor(login).get("/measures").text
    for page in ("/measures/new", "/desk/tasks", "/desk", "/measures?status=open", "/measures?status=heard"):
        assert visitor("department").get(page).all("h1")
    assert "登记疑点" not in visitor("maker-0").get(f"/certificates/{certificate}").text


def test_a_debarred_enterprise_reads_the_day_before_it_fills_in_anything(
    people: Town, certificate: str, visitor: Callable[..., Visitor]
) -> None:
    draft = people.draft()
    people.decided(certificate, "debar", "false_statements")
    maker = visitor("maker-0")
    for page in ("/workbench", "/applications/new", f"/applications/{draft}/dossier"):
        assert "不得再申报" in maker.get(page).text and "2029" in maker.get(page).text, page


def test_a_report_of_a_holder_is_a_task_on_the_desk_until_it_is_done(
    people: Town, certificate: str, visitor: Callable[..., Visitor]
) -> None:
    visitor("bureau-430100").do("/desk/tasks", "report", enterprise=CODES[0], report="dissolved", words="见公示系统<i>")
    department = visitor("department")
    assert "见公示系统<i>" in department.get("/desk").text
    task = people.do(people.department(), tasks.report_holder, CODES[0], "dissolved", "再报")
    department.do("/desk/tasks", f"task-{task}", how="已核实，仍在业")
    assert "没有待办事项" in department.get("/desk/tasks").text
    assert "已核实，仍在业" in visitor("auditor").get("/desk/tasks?done=yes").text


def test_the_whole_way_by_api(people: Town, certificate: str, as_: Callable[[str], Caller], public: Caller) -> None:
    one, two, three, maker = as_("department"), as_("department-2"), as_("department-3"), as_("maker-0")
    ground = "quality_in_doubt"
    body = {"certificate": certificate, "ground": ground, "suspicion": "抽检不合格", "evidence": "报告"}
    maker.post("/measures", body, 403)
    opened = one.post("/measures", body, 201)
    path = f"/measures/{opened['number']}"
    maker.get(path, 404)
    notice = {"intended": "suspend", "ground": ground, "reason": "拟暂停", "effective_on": people.today.isoformat()}
    assert one.post(f"{path}/notice", notice)["status"] == "notified"
    assert maker.post(f"{path}/statement", {"statement": "正在整改"})["status"] == "heard"
    refused = one.post(f"{path}/approval", {"reason": "属实"}, 409)
    assert refused["type"].endswith("#duties-conflict") and refused["article"] == "duties.proposer_decides_not"
    two.post(f"{path}/approval", {"reason": "属实"})
    two.post(f"{path}/confirmation", {}, 409)
    assert three.post(f"{path}/confirmation", {"comment": "同意"})["in_effect"] is True
    shown = public.get(f"/certificates/{certificate}")
    assert shown["standing"] == "suspended" and shown["history"][-1]["measure"] == opened["number"]
    lifting = {"ground": "doubt_cleared", "reason": "复检合格", "effective_on": people.today.isoformat(), "silent": True}
    two.post(f"{path}/lifting-proposal", lifting)
    two.post(f"{path}/lifting", {}, 409)
    assert three.post(f"{path}/lifting", {})["status"] == "lifted"
    assert public.get(f"/certificates/{certificate}")["standing"] == "valid"
    assert [m["number"] for m in as_("auditor").get(f"/measures?certificate={certificate}")["items"]] == [opened["number"]]


def test_debarments_reports_and_tasks_by_api(people: Town, certificate: str, as_: Callable[[str], Caller]) -> None:
    people.decided(certificate, "debar", "false_statements")
    maker = as_("maker-0")
    assert [d["ends_on"] for d in maker.get("/debarments")["items"]] == ["2029-03-12"]
    refused = maker.post("/applications", {"enterprise": CODES[0], "regulation": HUNAN}, 409)
    assert refused["type"].endswith("#debarred") and "2029年3月12日" in refused["detail"] and refused["article"]
    task = as_("department").post(f"/enterprises/{CODES[0]}/reports", {"report": "blacklisted", "words": "见名单"}, 201)["number"]
    assert [t["number"] for t in as_("department").get("/tasks")["items"]] == [task]
    as_("maker-0").get("/tasks/" + task, 404)
    assert as_("department").post(f"/tasks/{task}/completion", {"how": "已核实"})["done_by"] == "department"


def test_files_come_back_to_those_who_may_read_them(people: Town, certificate: str, as_: Callable[[str], Caller]) -> None:
    whole: dict[str, Any] = {"certificate": certificate, "ground": "false_material", "suspicion": "疑", "evidence": "据"}
    number = people.do(people.department(), measures.suspect, **whole, filename="证据.pdf", content=PDF)
    people.do(people.department(), measures.give_notice, number, intended="revoke", ground="false_material", reason="拟", effective_on=people.today)
    people.do(people.applicant(), measures.make_statement, number, "申辩", filename="说明.pdf", content=PDF)
    assert as_("auditor").call("GET", f"/measures/{number}/evidence").data == PDF
    assert as_("maker-0").call("GET", f"/measures/{number}/statement").data == PDF
    assert as_("maker-0").call("GET", f"/measures/{number}/evidence").status_code == 404
