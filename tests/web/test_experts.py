"""The expert panel over HTTP: profile, interests, draw, revision and minutes, by API and by forms alike."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from registry.desks import enquiries, reviews
from tests.factories import CODES, HUNAN, Town
from tests.web.callers import Caller
from tests.web.visitors import Visitor, fields_of, read

FULL = {"novelty": 30, "advancement": 30, "property": 15, "reliability": 10, "prospects": 15}
MARKS = {f"scores.{key}": str(mark) for key, mark in FULL.items()}


@pytest.fixture
def visitor(app: Flask) -> Callable[..., Visitor]:
    return lambda login=None: Visitor(app, login)


@pytest.fixture
def pool(people: Town) -> Town:
    people.expert(6), people.expert(7)
    return people


# -------------------------------------------------------------------------------------------------------------- by API


def test_an_expert_keeps_profile_and_interests_by_api(people: Town, as_: Callable[[str], Caller]) -> None:
    expert, department = as_("expert-1"), as_("department")
    key = department.get("/taxonomies/" + department.get(f"/regulations/{HUNAN}")["taxonomy"])["classes"][0]["key"]
    kept = expert.put("/me/expert", {"fields": [key], "title": "教授", "employer_name": "湖南示例大学", "employer_code": CODES[1]})
    assert [f["key"] for f in kept["fields"]] == [key] and kept["employer_code"] == CODES[1]
    said = expert.post("/me/expert/interests", {"kind": "paid_service", "credit_code": CODES[0], "from_on": "2024-05-01"}, 201)
    assert said["interests"][0]["ordinal"] == 1
    ended = expert.post("/me/expert/interests/1/end", {"until_on": "2025-05-01"})
    assert ended["interests"][0]["until_on"] == "2025-05-01"
    assert expert.post("/me/expert/interests/1/withdrawal", {"reason": "填错"})["interests"][0]["withdrawn_at"]
    expert.post("/me/expert/interests/9/end", {"until_on": "2025-05-01"}, 404)
    expert.post("/me/expert/interests", {"kind": "friendship", "credit_code": CODES[0], "from_on": "2024-05-01"}, 422)
    assert [x["login"] for x in department.get(f"/experts?field={key}")["items"]] == ["expert-1"]
    expert.get("/experts", 403)
    department.get("/me/expert", 403)


def test_a_panel_is_drawn_reviews_and_is_printed_by_api(pool: Town, as_: Callable[[str], Caller]) -> None:
    department, auditor = as_("department"), as_("auditor")
    number = pool.endorsed()
    path = f"/applications/{number}"
    department.post(f"{path}/draw", None, 409)
    department.get(f"{path}/draw", 404)
    department.post(f"{path}/seed")
    assert department.get(f"{path}/draw")["drawn_at"] is None
    drawn = department.post(f"{path}/draw")
    logins = [s["login"] for s in drawn["seats"]]
    told = auditor.get(f"{path}/draw")
    assert told["equal"] and told["seated"] == logins and len(told["order"]) == 7
    department.post(f"{path}/seats", {"expert": "expert-1"}, 422)
    after = as_(logins[0]).post(f"{path}/recusals", {"expert": logins[0], "reason": "近亲属", "rule": "kinship"})
    assert after == {"number": number, "expert": logins[0]}
    as_(logins[0]).get(path, 404)  # the case is none of theirs any more
    seats = [s["login"] for s in department.get(path)["seats"] if not s["recused_at"]]
    assert len(seats) == 5 and logins[0] not in seats


def test_a_revision_and_the_minutes_by_api(people: Town, as_: Callable[[str], Caller]) -> None:
    department = as_("department")
    number = people.endorsed()
    path = f"/applications/{number}"
    people.review(number)
    department.get(f"{path}/minutes", 404)
    revised = as_("expert-1").post(f"{path}/opinion/revision", {"scores": FULL | {"novelty": 0}, "comment": "更正", "reason": "复核"})
    assert len(revised["opinions"]) == 5 and sum(o["mine"] for o in revised["opinions"]) == 1
    assert {o["name"] for o in revised["opinions"] if not o["mine"]} == {None}
    department.post(f"{path}/recommendation")
    answer = department.call("GET", f"{path}/minutes")
    assert answer.status_code == 200 and answer.mimetype == "application/pdf" and answer.data.startswith(b"%PDF-")
    assert "attachment" in answer.headers["Content-Disposition"]
    as_("auditor").call("GET", f"{path}/minutes")
    for other in ("maker-0", "bureau-430100", "expert-1"):
        as_(other).get(f"{path}/minutes", 403)


@pytest.mark.parametrize("login", ["maker-0", "bureau-430100"])
def test_no_answer_to_applicant_or_bureau_names_an_expert_during_review(
    pool: Town, as_: Callable[[str], Caller], visitor: Callable[..., Visitor], login: str
) -> None:
    number = pool.endorsed()
    drawn = pool.drawn(number)
    seen = [as_(login).call("GET", f"/applications/{number}").text, visitor(login).client.get(f"/applications/{number}").text,
            as_(login).call("GET", "/letters").text, as_(login).call("GET", "/worklist").text]  # fmt: skip
    assert not [name for name in drawn for text in seen if name in text]


# ------------------------------------------------------------------------------------------------------------ by forms


def test_an_expert_keeps_profile_and_interests_by_forms(people: Town, visitor: Callable[..., Visitor]) -> None:
    expert = visitor("expert-1")
    key = read(expert.client.get("/desk/expert").text).by_id("profile-fields").all("input")[0].attrs["value"]
    expert.do("/desk/expert", "profile", fields=[key], title="教授", active="no")
    page = expert.client.get("/desk/expert").text
    assert 'value="教授"' in page and f'value="{key}" checked' in page
    expert.do("/desk/expert", "interest", kind="shareholding", credit_code=CODES[0], from_on="2024-01-01")
    refused = expert.send("/desk/expert", "interest", kind="shareholding", credit_code="123", from_on="2024-01-01")
    assert refused.status_code == 422 and read(refused.text).by_id("interest-credit_code").attrs["value"] == "123"
    expert.do("/desk/expert", "interest-end-1", until_on="2025-01-01")
    expert.do("/desk/expert", "interest-withdrawal-1", reason="填错")
    assert "填错" in expert.client.get("/desk/expert").text
    listed = visitor("department").client.get("/desk/experts?active=no").text
    assert "expert-1" in listed and "expert-2" not in listed


def test_a_review_by_forms_from_seed_to_minutes(pool: Town, visitor: Callable[..., Visitor]) -> None:
    number = pool.endorsed()
    case = f"/applications/{number}"
    department = visitor("department")
    department.do(case, "seed")
    department.do(case, "draw")
    page = department.client.get(case).text
    assert "与记录一致" in page and "抽签第 1 位" in page
    logins = [s["login"] for s in pool.do(pool.department(), enquiries.show_application, number)["seats"]]
    department.do(case, "recusal", expert=logins[0], rule="kinship", reason="近亲属")
    assert department.send(case, "seats", expert=logins[0]).status_code == 422
    assert visitor(logins[1]).do(case, "recusal", reason="曾任顾问") == "/desk"  # the case is none of theirs any more
    seated = [s["login"] for s in pool.do(pool.department(), enquiries.show_application, number)["seats"] if not s["recused_at"]]
    for login in seated:
        expert = visitor(login)
        expert.do(case, "opinion", comment="同意", confirm="yes", **MARKS)
        assert 'id="opinion"' not in expert.client.get(case).text
    last = visitor(seated[0])
    assert "另一位专家" in last.client.get(case).text
    last.do(case, "opinion-revision", comment="复核后不同意", reason="查新报告有误", **{key: "10" for key in MARKS})
    page = department.client.get(case).text
    assert "不同意见" in page and "查新报告有误" in page and f"/api/v1/applications/{number}/minutes" not in page
    department.do(case, "recommendation")
    assert f"/api/v1/applications/{number}/minutes" in department.client.get(case).text
    assert department.client.get(f"/api/v1/applications/{number}/minutes").data.startswith(b"%PDF-")


# --------------------------------------------------------------------------------------------------------- two at one time


def test_two_experts_with_the_page_open_do_not_collide_and_the_officer_is_told(
    people: Town, visitor: Callable[..., Visitor], as_: Callable[[str], Caller]
) -> None:
    number = people.endorsed()
    for i in range(1, 6):
        people.do(people.department(), reviews.seat_expert, number, people.expert(i).login)
    page = f"/applications/{number}"
    forms = {f"expert-{i}": visitor(f"expert-{i}") for i in range(1, 6)}
    opened = {login: (v, v.form(page, "opinion")) for login, v in forms.items()}  # all five look before anybody writes
    officer = visitor("department")
    closing = officer.form(page, "recommendation")
    seen = as_("department").call("GET", page).headers["ETag"]
    for v, form in opened.values():
        data = fields_of(form) | MARKS | {"comment": "同意", "confirm": "yes"}
        assert v.client.post(form.attrs["action"], data=data).status_code == 303
    stale = officer.client.post(closing.attrs["action"], data=fields_of(closing))
    assert stale.status_code == 409 and "已有新的变动" in stale.text
    assert as_("department").call("POST", f"{page}/recommendation", {}, headers={"If-Match": seen}).status_code == 412
    officer.do(page, "recommendation")
    assert people.show(number)["status"] == "awaiting_notice"
