"""The API's counter for what is signed: receipts of verifications, what is to be said of one that is shown, the keys."""

from __future__ import annotations

from flask import Response

from registry.desks import examinations, keys, receipts
from registry.desks.verifications import Asked
from registry.registrar import Registrar
from registry.words import Text
from schemas import receipts as shapes
from schemas.verifications import Question
from web import limits
from web.api.inputs import read_body
from web.api.operation import ANYONE, Desk, Found, json_answer, open_to
from web.counter import reading, this_office

desk = Desk("receipts", Text("回执", "Receipts"))
_SHOWN = shapes.Shown()


@desk.looks(
    "/verify/<number>/receipt", Text("核验并出具回执", "Verify, and get a receipt"),
    Text("与 GET /verify/{number} 同样的问题和答复，另加签名：问了什么、如何答复、何时、台账当时的记录数和末条摘要。不经登记机关即可核验。"
         "没有签名密钥时答复 503（cannot-sign）。",
         "The question and the answer of GET /verify/{number}, signed: what was asked, what was answered, when, and how many entries the "
         "ledger held, with the hash of the last. It verifies without the registry. 503 (cannot-sign) where there is no key."),
    takes=Question, gives=shapes.StatementView, limit=limits.stating, signed=True,
)  # fmt: skip
@open_to(ANYONE)
def write_receipt(given: Found, number: str) -> Found:
    office = this_office()
    with reading() as r:
        return receipts.write_receipt(r, office.keys, office.glance, Asked(number[:200], **given))


@desk.acts(
    "/receipts/check", Text("核对签名文件", "Examine a signed statement"),
    Text("是否出自本登记机关、有无改动；台账是否仍含所称的状态；按当时的记载和按今天的记载，登记簿是否仍如此答复。什么也不保存。",
         "Did this registry sign it, and was it changed; does the ledger still hold the state that it names; would the register say the "
         "same, as it stood then and as it stands today. Nothing is kept."),
    takes=shapes.Shown, gives=shapes.ToldView, alone=True, limit=limits.stating,
)  # fmt: skip
@open_to(ANYONE)
def examine() -> Response:
    given, office = read_body(_SHOWN, "", False), this_office()
    with reading() as r:
        told = examinations.examine(r, office.keys, office.bills, given["receipt"].encode())
    found = {"holds": told.holds, "kind": told.kind, "kid": office.keys.kid(told.key) if told.key else None,
             "findings": [vars(finding) for finding in told.findings], "statement": told.statement}
    answer = json_answer(found, 200)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@desk.reads("/keys", Text("签名密钥", "The keys"), Text("全部密钥及启用、停用之日；公钥见 /.well-known/did.json。",
            "Every key, with the days it was made and retired; the public halves are in /.well-known/did.json."), gives=shapes.KeysView)  # fmt: skip
@open_to(ANYONE)
def list_keys(r: Registrar, given: Found) -> Found:
    return keys.list_keys(this_office().keys)
