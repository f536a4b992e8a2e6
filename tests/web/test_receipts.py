"""Receipts over the API and the pages: had in one click, shown by anybody, examined in words, printed as people read them."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from flask import Flask

import web
from registry.actors import SYSTEM
from registry.clock import FrozenClock
from registry.desks import keys, statement_prints
from registry.office import Office
from registry.settings import Settings
from tests.factories import Town
from tests.web.callers import Caller
from tests.web.visitors import Visitor, read
from web.api import verifications

pytestmark = pytest.mark.once
NOBODY = "HN-STJ-2026-9999-X"


@pytest.fixture
def office(database_url: str, tmp_path: Path, clock: FrozenClock) -> Iterator[Office]:
    office = Office(Settings(data=tmp_path / "data", database_url=database_url, secret_key="for tests only", key_passphrase="a passphrase for tests alone",
                             public_base_url="https://registry.example.cn"), clock)
    office.prepare()
    yield office
    office.close()


@pytest.fixture
def signing(office: Office) -> Office:
    with office.registrar(SYSTEM) as r:
        keys.make_keys(r, office.keys)
    return office


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    return Visitor(app)


def shown(who: Visitor, **files: tuple[bytes, str]) -> Any:
    form = who.form("/receipts", "receipt")
    token = next(node.attrs["value"] for node in form.all("input") if node.attrs.get("name") == "csrf_token")
    sent = {name: (io.BytesIO(content), filename) for name, (content, filename) in files.items()}
    return who.client.post("/receipts", data={"csrf_token": token, "form": "receipt", **sent})


def test_a_program_gets_a_receipt_and_has_it_examined(signing: Office, public: Caller) -> None:
    receipt = public.call("GET", f"/verify/{NOBODY}/receipt?on=2026-03-02&part=X").json
    assert receipt["format"] == "registry-verification-receipt/1" and receipt["statement"]["asked"]["on"] == "2026-03-02"
    told = public.call("POST", "/receipts/check", {"receipt": receipt["signed"]}).json
    assert told["holds"] and told["kid"] == "did:web:registry.example.cn#es256-1" and told["statement"] == receipt["statement"]
    told = public.call("POST", "/receipts/check", {"receipt": json.dumps(receipt | {"statement": {}})}).json
    assert not told["holds"] and told["findings"][0]["code"] == "changed" and told["statement"] is None
    assert [key["kid"] for key in public.call("GET", "/keys").json["keys"]] == [
        "did:web:registry.example.cn#ed25519-1", "did:web:registry.example.cn#es256-1"]


def test_a_receipt_says_what_verify_says(signing: Office, public: Caller) -> None:
    plain = public.call("GET", f"/verify/{NOBODY}?part=X").json
    answer = public.call("GET", f"/verify/{NOBODY}/receipt?part=X").json["statement"]
    assert answer["answer"] | {"number": NOBODY, "asked": plain["asked"], "ledger_size": answer["ledger"]["size"]} == plain


def test_without_a_key_a_receipt_is_refused_in_words_and_all_else_reads(office: Office, app: Flask, public: Caller, visitor: Visitor) -> None:
    no = public.call("GET", f"/verify/{NOBODY}/receipt")
    assert no.status_code == 503 and no.json["type"].endswith("#cannot-sign") and "KEY_PASSPHRASE" in no.json["action"]
    assert public.call("GET", f"/verify/{NOBODY}").json["outcome"] == "not_found"
    assert "暂不能出具回执" in visitor.get(f"/verify?number={NOBODY}").text and "尚未配置签名密钥" in visitor.get("/receipts").text
    assert visitor.client.get(f"/verify/receipt.pdf?number={NOBODY}").status_code == 503
    assert visitor.client.get("/.well-known/did.json").json["verificationMethod"] == []


def test_anybody_may_read_the_did_document(signing: Office, app: Flask) -> None:
    answer = app.test_client().get("/.well-known/did.json")
    assert answer.content_type == "application/did+json" and answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.json == signing.keys.document() and "Set-Cookie" not in answer.headers and answer.headers["X-Content-Type-Options"] == "nosniff"
    assert app.test_client().get("/.well-known/did.json", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_the_page_of_a_verdict_gives_a_receipt_to_keep(signing: Office, people: Town, visitor: Visitor) -> None:
    number = people.certified()
    page = visitor.get(f"/verify?number={number}&part=HX-112A&on=2026-03-12")
    links = {a.text.split()[-1]: a.attrs["href"] for a in page.all("a") if "/verify/receipt." in a.attrs.get("href", "")}
    kept = visitor.client.get(links["JSON"])
    assert kept.status_code == 200 and "attachment" in kept.headers["Content-Disposition"] and "no-store" in kept.headers["Cache-Control"]
    assert kept.json["statement"]["asked"] == {"number": number, "part": "HX-112A", "on": "2026-03-12", "known_at": None}
    printed = visitor.client.get(links["PDF"])
    assert printed.mimetype == "application/pdf"
    for content, name in ((kept.data, "a.json"), (printed.data, "a.pdf"), (kept.json["signed"].encode(), "a.txt")):
        answer = shown(visitor, file=(content, name))
        assert answer.status_code == 200 and "真实，未经改动" in answer.text and "湖南第0电子有限公司" in answer.text, name


def test_the_print_says_what_was_signed_and_has_it_attached(signing: Office, people: Town, visitor: Visitor, tmp_path: Path) -> None:
    number = people.certified()
    (tmp_path / "receipt.pdf").write_bytes(visitor.client.get(f"/verify/receipt.pdf?number={number}&part=HX-112A").data)
    said = subprocess.run(["pdftotext", "-layout", tmp_path / "receipt.pdf", "-"], capture_output=True, check=True, text=True).stdout
    for words in ("核验回执", "Receipt of a verification", number, "HX-112A", "湖南第 0 电子有限公司", "In force", "Hash of the last one",
                  "did:web:registry.example.cn", "https://registry.example.cn/"):
        assert words in said, words
    subprocess.run(["pdfdetach", "-saveall", "-o", tmp_path, tmp_path / "receipt.pdf"], check=True)
    attached = json.loads((tmp_path / f"verification-receipt-{number}.json").read_bytes())
    assert attached["statement"]["ledger"]["head"] in said
    at = said.index("eyJ")
    assert attached["signed"] == "".join(said[at:].split())[:len(attached["signed"])], "the text as printed, line ends taken out"


def test_what_was_changed_is_said_in_words_and_what_is_no_receipt_too(signing: Office, visitor: Visitor) -> None:
    receipt = visitor.client.get(f"/verify/receipt.json?number={NOBODY}").json
    receipt["statement"]["answer"]["outcome"] = "in_force"
    answer = shown(visitor, file=(json.dumps(receipt).encode(), "a.json"))
    assert answer.status_code == 200 and "不能认可" in answer.text and "被改动过" in answer.text
    assert "没有签名文件" in visitor.send("/receipts", "receipt", signed="<b>hello</b>").text
    nothing = visitor.send("/receipts", "receipt", signed="  ")
    assert nothing.status_code == 422 and "请选择文件，或粘贴签名文字" in nothing.text
    read(visitor.send("/receipts", "receipt", signed=receipt["signed"]).text)


def test_a_retired_key_is_listed_with_its_day(signing: Office, clock: FrozenClock, visitor: Visitor) -> None:
    receipt = visitor.client.get(f"/verify/receipt.json?number={NOBODY}").json
    clock.set(clock.now().replace(month=5, day=6, hour=4))
    with signing.registrar(SYSTEM) as r:
        keys.rotate_keys(r, signing.keys)
    page = visitor.get("/receipts").text
    assert "2026年5月6日" in page.replace(" ", "") and "使用中" in page
    assert "真实，未经改动" in visitor.send("/receipts", "receipt", signed=receipt["signed"]).text


def test_receipts_are_given_out_with_measure(signing: Office) -> None:
    hasty = web.build(signing).test_client()
    answers = [hasty.get(f"/api/v1/verify/{NOBODY}/receipt").status_code for _ in range(61)]
    assert set(answers[:60]) == {200} and answers[60] == 429


@pytest.mark.parametrize("query", ["on=nonsense", "known_at=9999-01-01T00:00:00Z", "part=" + "x" * 300])
def test_a_question_that_cannot_be_read_gets_no_receipt(signing: Office, public: Caller, visitor: Visitor, query: str) -> None:
    assert public.call("GET", f"/verify/{NOBODY}/receipt?{query}").status_code == 422
    assert visitor.client.get(f"/verify/receipt.json?number={NOBODY}&{query}").status_code == 422


# ---------------------------------------------------------------------------------------------------------------- bills


def bill_of(who: Visitor, cells: str) -> str:
    address = who.do("/bills", "bill", cells=cells)
    who.do(address, "columns")
    who.get(address)
    return address


def test_a_bill_s_answer_is_taken_away_signed_and_examined_again(signing: Office, people: Town, visitor: Visitor, tmp_path: Path) -> None:
    number = people.certified()
    address = bill_of(visitor, f"型号\t证书编号\nHX-112A\t{number}\nHX-999\t{number}\nNO\t\n")
    links = [a.attrs["href"] for a in visitor.get(address).all("a") if "/report." in a.attrs.get("href", "")]
    assert links == [f"{address}/report.pdf", f"{address}/report.json"]
    report = visitor.client.get(links[1], buffered=True).json
    assert report["statement"]["counts"] == {"in_force": 1, "out_of_scope": 1, "not_found": 1} and len(report["lines"]) == 3
    assert report == visitor.client.get(links[1], buffered=True).json, "signed once"
    pdf = visitor.client.get(links[0]).data
    for content, name in ((json.dumps(report).encode(), "a.json"), (pdf, "a.pdf")):
        answer = shown(visitor, file=(content, name))
        assert "物料清单核验报告：真实，未经改动" in answer.text and "今天再问同一问题，答复相同" in answer.text, name
    people.wait(hours=1)
    people.sanction(number, "revoke", "false_material")
    answer = shown(visitor, file=(pdf, "a.pdf")).text
    assert "真实，未经改动" in answer and "答复已不同：第 2 行" in answer
    report["lines"][1]["outcome"] = "in_force"
    assert "逐行结果与所签的摘要不一致" in shown(visitor, file=(json.dumps(report).encode(), "a.json")).text
    (tmp_path / "a.pdf").write_bytes(pdf)
    said = subprocess.run(["pdftotext", "-layout", tmp_path / "a.pdf", "-"], capture_output=True, check=True, text=True).stdout
    for words in ("物料清单核验报告", report["statement"]["file"]["sha256"], report["statement"]["lines"]["sha256"], "HX-999", "Not covered"):
        assert words in said, words


def test_a_long_bill_s_print_says_what_it_leaves_out(signing: Office, visitor: Visitor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(statement_prints, "MOST_ROWS", 2)
    address = bill_of(visitor, "型号\n" + "".join(f"NO-{n}\n" for n in range(3)))
    (tmp_path / "a.pdf").write_bytes(visitor.client.get(f"{address}/report.pdf").data)
    said = subprocess.run(["pdftotext", "-layout", tmp_path / "a.pdf", "-"], capture_output=True, check=True, text=True).stdout
    assert "2 of the 3 lines" in said.replace("\n", " ") and "NO-1" in said and "NO-2" not in said
    assert "未逐行比较" in shown(visitor, file=((tmp_path / "a.pdf").read_bytes(), "a.pdf")).text


def test_a_task_s_report_fixes_every_line_that_the_task_gives(signing: Office, people: Town, public: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifications, "MOST_LINES", 1)
    before, number = signing.now().isoformat(), people.certified()
    lines = [{"number": NOBODY, "part": "é中", "ref": "a"}, {"number": number, "known_at": before}, {"number": number}]
    begun = public.call("POST", "/verify/batch", {"lines": lines})
    task = begun.headers["Location"].removeprefix("/api/v1")
    report = public.call("GET", f"{task}/report").json
    items = public.get(f"{task}/lines")["items"]
    assert [item["outcome"] for item in items] == ["not_found", "not_found", "in_force"]
    assert report["statement"]["lines"]["sha256"] == hashlib.sha256(b"".join(rfc8785.dumps(item) + b"\n" for item in items)).hexdigest()
    told = public.call("POST", "/receipts/check", {"receipt": json.dumps(report | {"lines": items})}).json
    assert told["holds"] and [(x["code"], x["holds"]) for x in told["findings"]] == [
        ("signature", True), ("ledger", True), ("then", True), ("now", True)]


def test_without_a_key_a_bill_is_answered_and_no_report_is_had(office: Office, visitor: Visitor) -> None:
    address = bill_of(visitor, "型号\nNO\n")
    assert "暂不能出具签名报告" in visitor.get(address).text and visitor.client.get(f"{address}/report.json").status_code == 503
