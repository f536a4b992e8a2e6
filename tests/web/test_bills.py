"""A bill of materials through the pages and through the API, short ones at once, long ones as a task that can be looked at."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
import xlsxwriter
from flask import Flask

import web
import web.bills as web_bills
from registry.desks.bills import keep
from registry.office import Office
from registry.settings import MEBIBYTE
from tests.factories import CODES, Town
from tests.web.callers import Caller
from tests.web.visitors import Visitor, read


@pytest.fixture
def visitor(app: Flask) -> Callable[..., Visitor]:
    return lambda login=None: Visitor(app, login)


def test_cells_are_pasted_columns_confirmed_and_every_line_answered(people: Town, visitor: Callable[..., Visitor]) -> None:
    number, who = people.certified(), visitor()
    cells = f"采购清单\n\n型号\t证书编号\t数量\nHX-112A\t{number}\t5\n<b>x</b>\t\t1\n"
    address = who.do("/bills", "bill", cells=cells)
    assert "第 2 列 · 证书编号" in who.get(address).text
    wrong = who.send(address, "columns", **{"columns.part": "", "columns.certificate": ""})
    assert wrong.status_code == 422 and "请指明型号或版本或证书编号在哪一列" in wrong.text
    assert who.do(address, "columns") == address
    text = who.get(address).text
    assert "有效 1" in text and "登记簿中没有这份证书 1" in text and "2 行物料，0 行空白" in text and "<b>x</b>" in text
    assert number not in who.get(f"{address}?outcome=not_found").text
    for form, begins in (("xlsx", b"PK"), ("csv", b"\xef\xbb\xbf"), ("json", b"{")):
        answer = who.client.get(f"{address}/answer.{form}", buffered=True)
        assert answer.status_code == 200 and answer.data.startswith(begins) and "attachment" in answer.headers["Content-Disposition"]
        assert "no-store" in answer.headers["Cache-Control"]


def test_what_cannot_be_read_is_said_and_what_was_pasted_stays(visitor: Callable[..., Visitor]) -> None:
    who = visitor()
    assert who.send("/bills", "bill").status_code == 422
    answer = who.send("/bills", "bill", cells='{"broken": ')
    assert answer.status_code == 422 and "JSON 无法解析" in answer.text and '{&#34;broken&#34;: ' in answer.text
    form = who.form("/bills", "bill")
    sent = who.client.post("/bills", data={"csrf_token": form.all("input")[0].attrs["value"], "form": "bill", "file": (io.BytesIO(b"PK\x03\x04x"), "a.xlsx")})
    assert sent.status_code == 422 and "工作簿无法读取" in sent.text
    who.get("/bills/" + "a" * 32, 404)


def test_a_long_batch_is_a_task_that_can_be_looked_at(people: Town, public: Caller) -> None:
    number = people.certified()
    then = people.clock.now().isoformat().replace("+00:00", "Z")
    lines = [{"number": number, "part": "HX-112A"}] * 10_001
    lines += [{"number": "HN-STJ-2099-0001-X", "ref": "行"}, {"part": "HX-112A", "credit_code": CODES[0]}, {"number": number, "known_at": then}]
    begun = public.call("POST", "/verify/batch", {"lines": lines})
    assert begun.status_code == 202 and begun.headers["Cache-Control"] == "no-store"
    task = begun.headers["Location"].removeprefix("/api/v1")
    assert task == f"/verify/tasks/{begun.json['task']}"
    seen = settled(lambda: public.get(task))
    assert seen["counts"] == {"in_force": 10_003, "not_found": 1} and seen["lines"] == seen["done"] == 10_004
    page = public.get(f"{task}/lines?after=10000&limit=5")
    assert [(x["row"], x["outcome"], x["ref"]) for x in page["items"]] == [
        (10_001, "in_force", None), (10_002, "not_found", "行"), (10_003, "in_force", None), (10_004, "in_force", None)]
    assert page["next"] is None and [x["row"] for x in public.get(f"{task}/lines?outcome=not_found")["items"]] == [10_002]
    assert public.call("GET", f"{task}/report").status_code == 503, "there is no key"
    public.get("/verify/tasks/" + "a" * 32, 404)
    assert public.call("DELETE", task).status_code == 204
    public.get(task, 404)


def settled(look: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    for _ in range(400):
        if (seen := look())["state"] == "done":
            return seen
        time.sleep(0.05)
    raise AssertionError(f"not done: {seen}")


def test_fifty_thousand_lines_can_be_handed_in_and_not_one_more(public: Caller, app: Flask) -> None:
    """As wide as lines are: the body is larger than what other operations take."""
    lines = [{"number": f"HN-STJ-2026-{n:07d}-X", "part": f"ABCDEFGH-{n:012d}", "ref": str(n), "on": "2026-05-01"} for n in range(50_000)]
    body = json.dumps({"lines": lines})
    assert len(body) > 4 * MEBIBYTE
    begun = app.test_client().post("/api/v1/verify/batch", data=body, content_type="application/json")
    assert begun.status_code == 202, begun.text
    seen = settled(lambda: public.get(begun.headers["Location"].removeprefix("/api/v1")))
    assert seen["counts"] == {"not_found": 50_000}
    problem = public.post("/verify/batch", {"lines": [{"number": "x"}] * 50_001}, 422)
    assert ("50000" in problem["errors"][0]["detail"] and "split" in problem["errors"][0]["detail"].lower()) or "分次" in problem["errors"][0]["detail"]
    large = app.test_client().post("/api/v1/verify/batch", data=b"[" + b" " * (16 * MEBIBYTE), content_type="application/json")
    assert large.status_code == 413 and "16 MiB" in large.json["detail"]


def test_lines_without_a_number_are_answered_by_their_part_or_not_guessed(people: Town, public: Caller) -> None:
    number = people.certified()
    people.certified(people.applicant(1))
    told = public.post("/verify/batch", {"lines": [
        {"part": "hx-112a", "credit_code": CODES[0]}, {"part": "HX-112A"}, {"part": "NO-SUCH"}, {"number": number, "manufacturer": "某某公司"},
        {"number": number, "credit_code": CODES[0], "part": "HX-112A"}]}, 200)
    assert [(x["number"], x["outcome"]) for x in told["items"]] == [
        (number, "in_force"), ("", "could_not_check"), ("", "not_found"), (number, "out_of_scope"), (number, "in_force")]
    assert told["items"][1]["axes"]["authentic"]["code"] == "ambiguous" and told["items"][3]["axes"]["in_scope"]["code"] == "other_holder"
    assert len({x["as_of"] for x in told["items"]}) == 1 and len({x["ledger_size"] for x in told["items"]}) == 1


def test_a_long_bill_shows_its_progress_without_a_script_and_with_one(people: Town, visitor: Callable[..., Visitor], monkeypatch: pytest.MonkeyPatch) -> None:
    who = visitor()
    address = who.do("/bills", "bill", cells="型号\n" + "HX-112A\n" * 10_001)
    monkeypatch.setattr(web_bills._worker, "submit", lambda *_: None)  # it is begun, and not yet come to its end
    assert who.do(address, "columns") == address
    page = who.get(address)
    assert page.by_id("progress-bar").attrs["max"] == "10001"
    assert [m.attrs["content"] for m in page.all("noscript")[0].all("meta")] == ["2"] and page.all("script")[0].attrs["src"].endswith("progress.js")
    told = who.client.get(page.by_id("progress").attrs["data-address"])
    assert told.json == {"state": "confirmed", "done": 0, "lines": 10_001} and "no-store" in told.headers["Cache-Control"]
    keep.work_on(people.office.bills, address.rsplit("/", 1)[-1])
    assert who.get(address).by_id("kept-heading") and who.get(f"{address}?page=100").all("tbody")[0].all("tr")
    assert who.get(f"{address}?page=9999999999").all("h1")


def test_the_address_of_a_bill_is_a_secret(people: Town, visitor: Callable[..., Visitor], capsys: pytest.CaptureFixture[str]) -> None:
    """Not in the log, not in a cache, not told to other sites; another visitor has no list of them; who holds it removes it."""
    who = visitor()
    address = who.do("/bills", "bill", cells="型号\nHX-112A\n")
    secret = address.rsplit("/", 1)[-1]
    who.do(address, "columns")
    answer = who.client.get(address)
    assert answer.headers["Cache-Control"] == "private, no-store" and answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Robots-Tag"] == "noindex" and secret not in visitor().client.get("/bills").text
    assert visitor().get(address).by_id("kept-heading"), "who was given the address sees it"
    assert who.send(address, "removal").status_code == 422, "it asks for a tick first"
    assert who.do(address, "removal", confirm="yes") == "/bills"
    who.get(address, 404)
    said = capsys.readouterr()
    assert "/columns" in said.err and secret not in said.err + said.out


def test_the_forms_of_a_bill_are_taken_over_https_too(people: Town, app: Flask) -> None:
    """There the forged-request check wants to see where a form comes from: the pages must let the browser say so."""
    who = Visitor(app)
    base = {"base_url": "https://registry.example", "headers": {"Referer": "https://registry.example/bills"}}
    token = read(who.client.get("/bills", **base).text).by_id("bill").all("input")[0].attrs["value"]
    sent = who.client.post("/bills", data={"csrf_token": token, "form": "bill", "cells": "型号\nHX-112A\n"}, **base)
    assert sent.status_code == 303
    assert who.client.get(sent.headers["Location"], **base).headers["Referrer-Policy"] == "same-origin"


def test_pasting_fifty_thousand_lines_is_taken(visitor: Callable[..., Visitor]) -> None:
    who = visitor()
    cells = "型号\t证书编号\t数量\n" + "".join(f"ABCDEFGH-{n:012d}\tHN-STJ-2026-{n:07d}-X\t{n} 只\n" for n in range(50_000))
    assert len(cells) > 2 * MEBIBYTE
    assert "第 1 列 · 型号" in who.get(who.do("/bills", "bill", cells=cells)).text


def test_another_sheet_can_be_chosen_and_a_wrong_day_is_said_beside_its_field(people: Town, visitor: Callable[..., Visitor]) -> None:
    who, target = visitor(), io.BytesIO()
    book = xlsxwriter.Workbook(target)
    for name, rows in (("清单", [["型号", "数量"], ["HX-112A", 1]]), ("第二批", [["型号"], ["HX-112B"]])):
        sheet = book.add_worksheet(name)
        for n, row in enumerate(rows):
            sheet.write_row(n, 0, row)
    book.close()
    token = who.form("/bills", "bill").all("input")[0].attrs["value"]
    sent = who.client.post("/bills", data={"csrf_token": token, "form": "bill", "file": (io.BytesIO(target.getvalue()), "清单.xlsx")})
    address = sent.headers["Location"]
    assert "工作表“清单”" in who.get(address).text
    who.do(address, "sheet", sheet="第二批")
    assert "HX-112B" in who.get(address).text
    wrong = who.send(address, "columns", on="gestern", as_of="soon")
    page = read(wrong.text)
    assert wrong.status_code == 422 and page.by_id("columns-on-error") and page.by_id("columns-as_of").attrs["value"] == "soon"
    who.do(address, "columns", on="2026-05-01")
    assert "2026-05-01" in who.get(address).text


def test_whoever_hands_in_too_often_is_asked_to_wait(office: Office) -> None:
    who = Visitor(web.build(office, limits=True))
    token = who.form("/bills", "bill").all("input")[0].attrs["value"]
    answers = [who.client.post("/bills", data={"csrf_token": token, "form": "bill", "cells": "型号\nX\n"}).status_code for _ in range(21)]
    assert answers == [303] * 20 + [429]
    lines = [{"number": "x"}] * 10_001
    assert who.client.post("/api/v1/verify/batch", json={"lines": lines}).status_code == 429
    assert who.client.post("/api/v1/verify/batch", json={"lines": lines[:10]}).status_code == 200
