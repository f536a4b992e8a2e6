"""Places that a call gives to single bureaus: by API and on its pages, and what anybody reads of them."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from flask import Flask

import web
from registry.actors import PUBLIC
from registry.desks import accounts
from tests.desks.test_calls import CALLED, DOCUMENT, rewarded
from tests.factories import CHANGSHA, PASSWORD, ZHUZHOU, Town
from tests.web.callers import Caller, Document
from tests.web.visitors import Visitor, read

__all__ = ["rewarded"]  # a fixture of the desks' tests
CALL = {"regulation": CALLED, "document_number": DOCUMENT, "title": "关于组织申报的通知", "department_until": "2026-04-30"}
REASON = "上一批10项通过9项"
PAGE = "/calls/" + quote(DOCUMENT)


@pytest.fixture
def quota_app(rewarded: Town) -> Flask:
    rewarded.department()
    return web.build(rewarded.office, limits=False)


def department(town: Town, app: Flask) -> Caller:
    with town.office.registrar(PUBLIC) as r:
        return Caller(app, Document.of(app), accounts.sign_in(r, login="department", password=PASSWORD, kind="token"))


def test_a_call_with_its_bonuses_is_published_by_api(rewarded: Town, quota_app: Flask) -> None:
    caller = department(rewarded, quota_app)
    faulty = caller.post("/calls", CALL | {"bonuses": [{"bonus": "own_policy", "prefecture": CHANGSHA, "reason": REASON}]}, 422)
    assert "bonuses.own_policy.430100" in str(faulty)
    made = caller.post("/calls", CALL | {"bonuses": [{"bonus": "well_chosen", "prefecture": ZHUZHOU, "reason": REASON}]}, 201)
    assert [(x["prefecture"], x["more"], x["reason"], x["basis"]) for x in made["given"]] == [(ZHUZHOU, 2, REASON, "assumption")]
    [mine] = [q for q in made["quotas"] if q["prefecture"] == ZHUZHOU]
    assert (mine["quota"], [p["reason"] for p in mine["parts"]]) == (5, [None, None, REASON])
    assert Caller(quota_app, Document.of(quota_app)).get(PAGE)["given"] == made["given"]


def test_reasons_are_typed_where_a_bureau_has_it_and_are_public(rewarded: Town, quota_app: Flask) -> None:
    officer = Visitor(quota_app, "department")
    typed = CALL | {f"bonuses.well_chosen.{ZHUZHOU}": REASON, "confirm": "yes"}
    late = officer.send("/desk/calls/new", "call", **typed | {"department_until": "2026-03-03"})
    assert late.status_code == 422 and f'value="{REASON}"' in late.text  # nothing typed is lost
    officer.do("/desk/calls/new", "call", **typed)
    seen = Visitor(quota_app).get(PAGE).text
    for said in ("每个地区最多推荐 2 项", "省会：1", "上一批推荐通过率高：+2", "测试第五条", f"株洲市：+2，{REASON}"):
        assert said in seen, said
    assert "名额使用" not in seen
    mine = officer.get(PAGE).text
    assert "株洲市 0 / 5" in mine and "长沙市 0 / 2" in mine


def test_an_amendment_takes_one_away_and_gives_another(rewarded: Town, quota_app: Flask) -> None:
    officer = Visitor(quota_app, "department")
    officer.do("/desk/calls/new", "call", **CALL | {f"bonuses.well_chosen.{ZHUZHOU}": REASON, "confirm": "yes"})
    form = officer.form(PAGE, "amendment")
    assert [n.attrs["value"] for n in form.all("input") if n.attrs.get("name") == f"bonuses.well_chosen.{ZHUZHOU}"] == [REASON]
    officer.do(PAGE, "amendment", reason="更正", confirm="yes", **{f"bonuses.well_chosen.{ZHUZHOU}": "", f"bonuses.well_chosen.{CHANGSHA}": "全部通过"})
    seen = officer.get(PAGE).text
    assert "长沙市 0 / 4" in seen and "株洲市 0 / 3" in seen and "增加名额" in seen


def test_the_page_of_the_regulation_shows_what_is_added(rewarded: Town, quota_app: Flask) -> None:
    seen = read(quota_app.test_client().get(f"/regulations/{CALLED}").text).text
    assert "增加名额：上一批推荐通过率高" in seen and "由申报通知写明地区和理由" in seen and "推荐名额：省会" in seen
