"""Lists of earlier years by pages and by API: from the file to what anybody finds, without JavaScript."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from flask import Flask

from tests.desks.test_past_lists import SOURCE, messy
from tests.factories import CODES, Town
from tests.web.callers import Caller
from tests.web.visitors import Visitor


@pytest.fixture
def visitor(app: Flask) -> Callable[..., Visitor]:
    return lambda login=None: Visitor(app, login)


DOCUMENT = {"title": SOURCE.title, "document_number": SOURCE.document_number, "issued_on": "2023-06-01"}


def test_an_officer_takes_a_list_over_by_forms_and_anybody_finds_it(people: Town, visitor: Callable[..., Visitor]) -> None:
    officer, anybody = visitor("department"), visitor()
    empty = officer.send("/desk/past-lists/new", "take", title="半写")
    assert empty.status_code == 422 and "请选择名单文件" in empty.text and "半写" in empty.text
    address = officer.do("/desk/past-lists/new", "take", **DOCUMENT, address=SOURCE.address, file=(io.BytesIO(messy()), "名单.xlsx"))
    assert "２０２３年" in officer.get(address).text
    anybody.get(address, 404)
    wrong = officer.send(address, "columns", **{"columns.enterprise": ""})
    assert wrong.status_code == 422 and "请指明企业在哪一列" in wrong.text
    officer.do(address, "columns")  # as they were guessed
    assert "缺产品或企业" in officer.get(address).text
    officer.do(address, "reopen")
    officer.do(address, "columns")
    officer.do(address, "keep")
    found = anybody.get("/past-lists?q=薄膜").text
    assert "HX-100型 薄膜电容器" in found and "信用代码未知" in found
    far = anybody.get(f"/past-lists?q={'容' * 101}", 422)
    assert "现有 101 个" in far.text and far.by_id("q").attrs["value"] == "容" * 101
    record = anybody.get(f"{address}/4").text
    assert "并非由本登记系统颁发的证书" in record and "同名不足以证明" not in record
    assert "同名不足以证明" in officer.get(f"{address}/4").text
    unsaid = officer.send(f"{address}/4", "match", why="")
    assert unsaid.status_code == 422 and "必填" in unsaid.text
    officer.do(f"{address}/4", "match", why="企业提交的证书原件")
    officer.do(f"{address}/5", "dismiss", why="已注销")
    assert CODES[0] in anybody.get(f"{address}/4").text
    assert officer.send(address, "undo", why="有误").status_code == 422
    officer.do(address, "undo", why="列对应有误", confirm="yes")
    assert "列对应有误" in anybody.get(address).text
    anybody.get(f"{address}/4", 404)


def test_a_program_does_the_same(people: Town, as_: Callable[[str], Caller], public: Caller) -> None:
    officer = as_("department")
    taken = officer.upload("/past-lists", "名单.xlsx", messy(), **DOCUMENT)
    number = taken["number"]
    officer.put(f"/past-lists/{number}/columns", {"columns": taken["columns"], "begins": taken["begins"]})
    assert officer.get(f"/past-lists/{number}/preview")["unread"] == 1
    assert public.get(f"/past-records?number={number}")["items"] == []
    assert officer.post(f"/past-lists/{number}/keeping")["kept"] == 4
    [first, *_] = public.get("/past-records?q=薄膜")["items"]
    assert first["id"] == f"{number}/4" and first["credit_code"] is None and "proposed" not in first
    assert officer.get(f"/past-records?number={number}&waiting=true")["items"][0]["proposed"] == CODES[0]
    officer.post(f"/past-lists/{number}/records/4/match", {"credit_code": CODES[0], "why": "原件"})
    officer.post(f"/past-lists/{number}/records/5/dismissal", {"why": "已注销"})
    assert public.get(f"/past-lists/{number}/records/4")["credit_code"] == CODES[0]
    assert [x["number"] for x in public.get("/past-lists")["items"]] == [number]
    assert officer.post(f"/past-lists/{number}/undoing", {"why": "有误"})["state"] == "undone"
    public.get(f"/past-lists/{number}/records/4", 404)
