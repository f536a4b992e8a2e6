"""The API's counter for verifying: one certificate or ten thousand, without an account and without a unit of work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Response

from registry.desks import verifications
from registry.desks.bills import keep
from registry.desks.bills.answers import some_lines
from registry.desks.bills.judge import verify_lines
from registry.desks.bills.register import Cells
from registry.desks.bills.reports import write_report
from registry.desks.verifications import MOST_LINES, Asked
from registry.registrar import Registrar
from registry.words import Text
from schemas import verifications as shapes
from schemas.receipts import StatementView
from web import bills, limits
from web.api.inputs import read_body
from web.api.operation import ANYONE, Desk, Found, json_answer, open_to
from web.counter import reading, this_office

desk = Desk("verifications", Text("核验", "Verification"))
_BATCH = shapes.Batch()
KEYS = ("certificate", "part", "manufacturer", "credit_code", "day", "known_at", "ref")


@desk.looks(
    "/verify/<number>", Text("核验一份证书", "Verify one certificate"),
    Text("五个方面分别作答：是否真实、型号是否在认定范围内、所问之日是否有效、今天的状态、答复是否最新；各有原因、代码和条款。"
         "“已撤销”不会写成“无效”，“未能核验”不会写成两者中的任何一个。没有这个编号也是一种答复（not_found），不是错误。",
         "Five axes, each with reason, code and article: is there such a certificate, does it cover the part, was it in force on "
         "the day, what is its standing today, how fresh is the answer. Revoked is never called invalid, and what could not be "
         "checked is neither. A number that is not there is an answer (not_found), not an error."),
    takes=shapes.Question, gives=shapes.VerdictView,
)  # fmt: skip
@open_to(ANYONE)
def verify(given: Found, number: str) -> Found:
    office = this_office()
    return verifications.verify(office.glance, office.law, office.now(), Asked(number[:200], **given))


@desk.acts(
    "/verify/batch", Text("批量核验", "Verify many at once"),
    Text("每行一问，均为同一时刻；没有证书编号的行按型号（及生产企业或信用代码）查找，不能确定的不猜测。10,000 行以内同步作答；更多的答复 202 和任务"
         "地址（Location），随后查看进度，完成后分页取结果。地址只有提交者知道，七天后删除；不向调用者指定的地址回调。",
         "A question a line, all of one moment. A line without a number is looked for by its part (and maker or credit code); what is "
         "not certain is not guessed. Up to 10,000 lines are answered at once. More are a task: 202 and its address in Location; look "
         "at its progress, then take the result page by page. Only whoever asked knows the address, and after seven days it is "
         "removed. No call-back to any address."),
    takes=shapes.Batch, gives=shapes.BatchView, alone=True, limit=limits.searching,
    accepted=shapes.VerificationTaskView,
)  # fmt: skip
@open_to(ANYONE)
def verify_batch() -> Response:
    given, office = read_body(_BATCH, "", False)["lines"], this_office()
    lines = [_cells(line) for line in given]
    if len(lines) > MOST_LINES:
        answer = _begin_task(lines)
    else:
        found = verify_lines(office.glance, office.law, office.now(), lines)
        items = [{"ref": line["ref"]} | told for line, told in zip(given, found, strict=True)]
        answer = json_answer({"items": items, "counts": dict(Counter(told["outcome"] for told in found))}, 200)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _cells(line: Mapping[str, Any]) -> Cells:
    known_at = line["known_at"]
    return Cells(0, line["part"] or "", line["number"], line["manufacturer"], line["credit_code"], day=str(line["on"] or ""),
                 known_at=known_at.isoformat() if known_at else "", ref=line["ref"] or "")


@limits.uploading
def _begin_task(lines: list[Cells]) -> Response:
    rows = [[getattr(line, key) for key in KEYS] for line in lines]
    name = keep.take_lines(bills.desk(), rows, KEYS)
    answer = json_answer(_task(bills.set_to_work(name)), 202)
    answer.headers["Location"] = f"/api/v1/verify/tasks/{name}"
    return answer


@desk.reads("/verify/tasks/<secret>", Text("任务进度", "How far a task is"), gives=shapes.VerificationTaskView)
@open_to(ANYONE)
def show_verification_task(r: Registrar, given: Found, secret: str) -> Found:
    return _task(bills.set_to_work(secret))


@desk.reads("/verify/tasks/<secret>/lines", Text("任务结果", "The lines of a task that is done"),
            Text("按所交的顺序；row 从 1 起；outcome 只取一种结论。", "In the order handed in; row counts from one; `outcome` takes those of one kind."),
            takes=shapes.LinesQuery, gives=shapes.VerificationLinesView)  # fmt: skip
@open_to(ANYONE)
def show_verification_lines(r: Registrar, given: Found, secret: str) -> Found:
    found = keep.check_done(keep.find_bill(bills.desk(), secret))
    some, count = some_lines(found.folder, given["after"], given["limit"], given["outcome"] or "")
    end = given["after"] + len(some)
    return {"items": some, "next": end if end < count else None}


@desk.looks("/verify/tasks/<secret>/report", Text("任务的签名报告", "The signed report on a task"),
            Text("签名内容含所交各行、结论汇总、台账当时的状态，以及逐行结果的摘要：对 …/lines 的每一行作规范 JSON（RFC 8785）加换行，依次取 SHA-256。",
                 "Signed: what was handed in, how many of each outcome, the state of the ledger, and a digest of the lines: SHA-256 over the "
                 "canonical JSON (RFC 8785) of each line of …/lines, a line feed after each."),
            gives=StatementView, limit=limits.stating, signed=True)  # fmt: skip
@open_to(ANYONE)
def show_verification_report(given: Found, secret: str) -> Found:
    with reading() as r:
        return write_report(r, this_office().keys, keep.find_bill(bills.desk(), secret))


@desk.acts("/verify/tasks/<secret>", Text("删除任务", "Remove a task"), Text("连同所交的行和结果，立即删除。", "With its lines and its result, at once."),
           method="DELETE", alone=True)  # fmt: skip
@open_to(ANYONE)
def remove_verification_task(secret: str) -> Response:
    keep.remove_bill(bills.desk(), secret)
    return Response(status=204)


def _task(bill: keep.Bill) -> dict[str, Any]:
    about = bill.about
    return {"task": bill.name, "state": about["state"], "lines": about["lines"], "done": about["done"], "counts": about.get("counts"),
            "as_of": datetime.fromisoformat(about["as_of"]) if about.get("as_of") else None, "ledger_size": about.get("ledger_size"),
            "kept_until": datetime.fromisoformat(about["kept_until"])}
