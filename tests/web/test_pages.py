"""The pages: each answers its readers in both languages, keeps what was typed, and says no in words."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote

import pytest
from flask import Flask, url_for

from registry.actors import PUBLIC
from registry.desks import accounts
from registry.law.lifecycle import Role
from registry.office import Office
from tests.factories import CODES, HUNAN, PASSWORD, PDF, ZHUZHOU, Town
from tests.web.visitors import Node, Visitor, read

NOBODY = "nobody"
Cast = dict[str, str | None]


@pytest.fixture
def visitor(app: Flask, town: Town) -> Callable[..., Visitor]:
    """A visitor who signs in as the person with this login, or as nobody."""
    return lambda login=None: Visitor(app, login)


@pytest.fixture
def certified(people: Town) -> str:
    return people.certified()


# ---------------------------------------------------------------------------------------------- who may read which page

EVERYBODY = ("", "maker-0", "bureau-430100", "department", "expert-1", "auditor", "admin")
READERS: dict[str, tuple[str, ...]] = {
    "/": EVERYBODY,
    "/certificates": EVERYBODY,
    "/verify": EVERYBODY,
    "/verify?number=HN-STJ-2026-0001-X&part=A&on=2026-01-01": EVERYBODY,
    "/bills": EVERYBODY,
    "/notices": EVERYBODY,
    "/calls": EVERYBODY,
    "/desk/calls/new": ("department",),
    "/desk/endorsements": ("bureau-430100",),
    "/announcements": EVERYBODY,
    "/regulations": EVERYBODY,
    f"/regulations/{HUNAN}": EVERYBODY,
    "/deadlines": EVERYBODY,
    "/deadlines?start=2026-02-12&length=5&unit=working_day": EVERYBODY,
    "/programs": EVERYBODY,
    "/sign-in": EVERYBODY,
    "/sign-up": EVERYBODY,
    "/invitation": EVERYBODY,
    "/account": EVERYBODY[1:],
    "/workbench": EVERYBODY[1:],
    "/enterprises/new": EVERYBODY[1:],
    f"/enterprises/{CODES[0]}": ("maker-0", "bureau-430100", "department", "auditor", "admin"),
    "/applications/new": ("maker-0",),
    "/desk": ("bureau-430100", "department", "expert-1"),
    "/applications": ("bureau-430100", "department", "expert-1", "auditor"),
    "/desk/notices/new": ("department",),
    "/desk/announcements/new": ("department",),
    "/desk/objections": ("department", "auditor"),
    "/desk/amendments": ("bureau-430100", "department", "auditor"),
    "/desk/waiting": ("department",),
    "/desk/rehearsal?days=7": ("bureau-430100", "department", "auditor"),
    "/desk/calendar": ("maker-0", "bureau-430100", "department", "auditor"),
    "/desk/reminders": ("bureau-430100", "department", "auditor"),
    "/desk/calendar-changes": ("department", "auditor"),
    "/desk/expert": ("expert-1",),
    "/desk/experts": ("department", "admin", "auditor"),
    "/desk/enterprises": ("bureau-430100", "department", "auditor", "admin"),
    "/administration/people": ("admin",),
    "/administration/letters": ("admin", "auditor"),
    "/administration/jobs": ("admin", "auditor"),
    "/administration/entries": ("admin", "auditor"),
}


@pytest.mark.parametrize("login", EVERYBODY)
def test_each_page_answers_its_readers_and_turns_others_away(people: Town, visitor: Callable[..., Visitor], login: str) -> None:
    who = visitor(login or None)
    for address, readers in READERS.items():
        for language in ("zh", "en"):
            answer = who.client.get(address + ("&" if "?" in address else "?") + f"lang={language}")
            expected = {200} if login in readers else {403, 404} if login else {401}
            assert answer.status_code in expected, f"{login or NOBODY} {address}: {answer.status_code}"
            _check_page(answer.text, language, address)


def test_every_page_of_a_case_answers_those_who_see_it(people: Town, visitor: Callable[..., Visitor]) -> None:
    draft, submitted, endorsed = people.draft(), people.submitted(), people.endorsed()
    people.review(endorsed)
    noticed = people.reviewed()
    notice = people.noticed(noticed)
    objection = people.object(notice, noticed)
    certificate = people.certified(document_number="湘工信电子〔2026〕77号")
    anyone = [f"/notices/{notice}", f"/notices/{notice}/objections/new?application={noticed}",
              f"/notices/{notice}/objections/{objection}/receipt", f"/certificates/{certificate}"]  # fmt: skip
    own = [f"/applications/{n}" for n in (draft, submitted, endorsed, noticed)]
    seen = {
        None: anyone, "maker-0": [*anyone, *own, *(f"{a}/dossier" for a in own)], "bureau-430100": [*anyone, *own[1:]],
        "department": [*anyone, *own[1:], f"/desk/objections/{objection}"], "expert-1": [*anyone, own[2], own[3]],
        "auditor": [*anyone, *own[1:]],
    }  # fmt: skip
    for login, addresses in seen.items():
        who = visitor(login)
        for address in addresses:
            for language in ("zh", "en"):
                answer = who.client.get(address + ("&" if "?" in address else "?") + f"lang={language}")
                assert answer.status_code == 200, f"{login} {address}: {answer.status_code} {answer.text[:2000]}"
                _check_page(answer.text, language, address)
    for login, address in [("bureau-430100", own[0]), ("expert-1", own[1]), ("admin", own[1]), (None, own[1])]:
        assert visitor(login).client.get(address).status_code in (401, 404)


def _check_page(html: str, language: str, address: str) -> None:
    """What holds for every page: well formed, in one language, no inline code, each field named, no id twice."""
    page = read(html)
    assert page.all("html")[0].attrs["lang"] == ("en" if language == "en" else "zh-CN"), address
    inline = [x for x in page.all("script", "style") if not str(x.attrs.get("src", "")).startswith("/static/")]
    assert {x.attrs.get("type") for x in inline} <= {"application/ld+json"}, address  # data; no script
    assert not [n for n in page.walk() if "style" in n.attrs or any(a.startswith("on") for a in n.attrs)], address
    assert not re.search(r"Text\(|\bNone\b(?! yet)|\{\{|&lt;(time|span)", html), address
    ids = [n.attrs["id"] for n in page.walk() if "id" in n.attrs]
    assert len(ids) == len(set(ids)), f"{address}: {[i for i in ids if ids.count(i) > 1]}"
    assert len(page.all("h1")) == 1 and len(page.all("main")) == 1, address
    _check_fields(page, set(ids), address)


def _check_fields(page: Node, ids: set[str], address: str) -> None:
    labelled = {n.attrs["for"] for n in page.all("label") if "for" in n.attrs}
    inside = {id(n) for label in page.all("label") for n in label.walk()}
    for node in page.all("input", "select", "textarea"):
        if node.attrs.get("type") == "hidden":
            continue
        named = node.attrs.get("id") in labelled or id(node) in inside or "aria-label" in node.attrs
        assert named, f"{address}: nothing names {node.attrs}"
    for node in page.walk():
        for other in (node.attrs.get("aria-describedby", "") + " " + node.attrs.get("aria-labelledby", "")).split():
            assert other in ids, f"{address}: {node.tag} points to {other}, which is not there"


def test_a_page_says_where_it_belongs_in_every_role(people: Town, visitor: Callable[..., Visitor]) -> None:
    for login in EVERYBODY[1:]:
        page = visitor(login).get("/account")
        assert len([a for a in page.all("a") if "aria-current" in a.attrs]) == 1


def test_the_clock_page_exists_in_training_only(people: Town, visitor: Callable[..., Visitor]) -> None:
    who = visitor("maker-0")
    who.get("/training/clock", 404)
    form = who.form("/sign-in", "sign-in").all("input")[0]
    assert who.client.post("/training/clock", data={"csrf_token": form.attrs["value"], "to": "2030-01-01"}).status_code == 404


# ----------------------------------------------------------------------------------------------------------- the language


def test_the_language_is_switched_in_place_and_remembered(visitor: Callable[..., Visitor]) -> None:
    who = visitor()
    page = who.get("/certificates?q=abc&standing=valid")
    switch = next(a for a in page.all("a") if a.attrs.get("hreflang") == "en")
    assert switch.text == "English"
    english = who.get(switch.attrs["href"])
    assert english.by_id("q").attrs["value"] == "abc" and "Certificates" in english.all("h1")[0].text
    assert who.get("/notices").all("h1")[0].text == "Public notices"


def test_after_a_refusal_the_language_switch_leads_to_the_page_of_the_form(people: Town, visitor: Callable[..., Visitor]) -> None:
    who = visitor("maker-0")
    answer = who.send("/enterprises/new", "enterprise", credit_code="1", name="", prefecture="")
    switch = next(a for a in read(answer.text).all("a") if a.attrs.get("hreflang"))
    assert who.get(switch.attrs["href"]).all("h1")[0].text == "Register an enterprise"


# ----------------------------------------------------------------------------------------------- refusals keep everything


def test_a_refused_registration_shows_every_field_again_with_what_is_wrong(people: Town, visitor: Callable[..., Visitor]) -> None:
    wrong = CODES[1][:-1] + ("A" if CODES[1][-1] != "A" else "B")
    answer = visitor("maker-0").send("/enterprises/new", "enterprise", credit_code=wrong, name="湘江<b>电子", prefecture="430200")
    page = read(answer.text)
    assert answer.status_code == 422
    assert page.by_id("enterprise-credit_code").attrs["value"] == wrong
    assert page.by_id("enterprise-credit_code").attrs["aria-invalid"] == "true"
    assert page.by_id("enterprise-name").attrs["value"] == "湘江<b>电子"
    assert next(o for o in page.by_id("enterprise-prefecture").all("option") if "selected" in o.attrs).attrs["value"] == "430200"
    assert "18" in page.by_id("enterprise-credit_code-error").text, "the position is named"
    assert not page.all("b")


def test_a_refused_objection_keeps_what_was_typed_and_takes_it_when_mended(people: Town, visitor: Callable[..., Visitor]) -> None:
    number = people.reviewed()
    notice = people.noticed(number)
    address = f"/notices/{notice}/objections/new?application={number}"
    ground = people.office.law.regulation(HUNAN).objection_grounds[0].key
    who = visitor()
    answer = who.send(address, "objection", objector="person", name="", contact="0731-1", ground=ground, reason="第一行\n第二行", evidence="手册")
    page = read(answer.text)
    assert answer.status_code == 422
    assert page.by_id("objection-reason").text == "第一行\n第二行"
    assert page.by_id("objection-contact").attrs["value"] == "0731-1"
    assert page.by_id("objection-name").attrs["aria-invalid"] == "true"
    receipt = who.do(address, "objection", objector="person", name="张三", contact="0731-1", ground=ground, reason="早已上市", evidence="手册")
    said = who.get(receipt)
    assert "张三" not in said.text and "0731-1" not in said.text
    objection = receipt.split("/")[-2]
    assert objection in said.text
    assert objection in visitor("department").get("/desk/objections").text


def test_a_refused_act_opens_its_form_again(people: Town, visitor: Callable[..., Visitor]) -> None:
    number = people.submitted()
    who = visitor("bureau-430100")
    answer = who.send(f"/applications/{number}", "refusal", ground="", reason="不符合条件", confirm="yes")
    page = read(answer.text)
    assert answer.status_code == 422
    opened = [d for d in page.all("details") if "open" in d.attrs and d.all("form") and d.all("form")[0].attrs["id"] == "refusal"]
    assert opened and page.by_id("refusal-reason").text == "不符合条件"
    assert page.by_id("endorsement-comment").text == "", "other forms keep their own"


def test_nothing_that_cannot_be_undone_is_done_without_the_tick(people: Town, visitor: Callable[..., Visitor]) -> None:
    number = people.submitted()
    answer = visitor("maker-0").send(f"/applications/{number}", "withdrawal", reason="改日再报")
    assert answer.status_code == 422 and people.show(number)["status"] == "preliminary_review"
    page = read(answer.text)
    assert page.by_id("withdrawal-confirm").attrs["aria-invalid"] == "true"
    assert page.by_id("withdrawal-reason").text == "改日再报"


def test_a_stale_form_is_refused_and_kept(people: Town, visitor: Callable[..., Visitor]) -> None:
    number = people.submitted()
    first, second = visitor("bureau-430100"), visitor("bureau-430100")
    form = first.form(f"/applications/{number}", "supplement-request")
    version = next(i for i in form.all("input") if i.attrs["name"] == "version").attrs["value"]
    reason = people.office.law.regulation(HUNAN).supplement_reasons[0].key
    second.do(f"/applications/{number}", "supplement-request", reasons=[reason], comment="缺盖章")
    maker = visitor("maker-0")
    maker.do(f"/applications/{number}", "resubmission", note="已补")
    answer = first.send(f"/applications/{number}", "supplement-request", reasons=[reason], comment="再补一份", version=version)
    page = read(answer.text)
    assert answer.status_code == 409
    assert page.by_id("supplement-request-comment").text == "再补一份"
    fresh = next(i for i in page.by_id("supplement-request").all("input") if i.attrs["name"] == "version").attrs["value"]
    assert fresh != version


def test_a_supplement_asked_at_a_place_is_kept_when_refused_and_read_at_that_place(
    people: Town, visitor: Callable[..., Visitor]
) -> None:
    number, officer, maker = people.submitted(), visitor("bureau-430100"), visitor("maker-0")
    places = {"places.inconsistent": "documents.test_report", "places.name_mismatch": "dossier.product_name"}
    answer = officer.send(f"/applications/{number}", "supplement-request", reasons=["name_mismatch"], comment="两处", **places)
    page = read(answer.text)
    assert answer.status_code == 422 and "没有勾选这项原因" in answer.text
    for name, place in places.items():
        chosen = [o.attrs["value"] for o in page.by_id(f"supplement-request-{name}").all("option") if "selected" in o.attrs]
        assert chosen == [place]
    asked = {"reasons": ["name_mismatch", "inconsistent"], "comment": "两处"} | places
    officer.do(f"/applications/{number}", "supplement-request", **asked)
    assert "各材料内容不一致：检测报告" in officer.get(f"/applications/{number}").text
    dossier = maker.get(f"/applications/{number}/dossier")
    places_told = {n.attrs["for"] if n.tag == "label" else n.attrs["id"]: box.text for box in dossier.all("div")
                   if "field" in box.attrs.get("class", "") for n in (box, *box.all("label")) if "id" in n.attrs or "for" in n.attrs}
    assert "要求补正：产品名称或型号不一致" in places_told["dossier-dossier.product_name"]
    assert "要求补正：各材料内容不一致" in places_told["dossier-documents.test_report"]


def test_a_failed_sign_in_keeps_the_name_and_never_the_password(people: Town, visitor: Callable[..., Visitor]) -> None:
    answer = visitor().send("/sign-in", "sign-in", login="maker-0", password="a wrong password")
    assert answer.status_code == 401
    page = read(answer.text)
    assert page.by_id("sign-in-login").attrs["value"] == "maker-0" and "value" not in page.by_id("sign-in-password").attrs
    assert "a wrong password" not in answer.text


def test_signing_in_leads_back_and_never_away(people: Town, visitor: Callable[..., Visitor]) -> None:
    for wanted, led in [("/account", "/account"), ("//evil.example/x", "/workbench"), ("https://evil.example", "/workbench"),
                        ("/\\evil.example", "/workbench"), ("", "/workbench")]:  # fmt: skip
        answer = visitor().send("/sign-in", "sign-in", login="maker-0", password=PASSWORD, next=wanted)
        assert answer.headers["Location"] == led


def test_a_session_that_ended_keeps_what_was_typed(people: Town, visitor: Callable[..., Visitor], office: Office) -> None:
    number = people.submitted()
    who = visitor("maker-0")
    form = who.form(f"/applications/{number}", "withdrawal")
    data = {n.attrs["name"]: n.attrs.get("value", "") for n in form.all("input")} | {"reason": "写了很久的\n理由"}
    people.wait(hours=office.settings.session_hours + 1)
    answer = who.client.post(form.attrs["action"], data=data)
    page = read(answer.text)
    assert answer.status_code == 401
    kept = next(f for f in page.all("form") if f.attrs.get("action") == form.attrs["action"])
    assert kept.all("textarea")[0].text == "写了很久的\n理由"
    who.sign_in("maker-0")
    again = who.client.post(form.attrs["action"], data=_as_sent(kept))
    if again.status_code == 400:  # the page before signing in carried the token of the old session
        again = who.client.post(form.attrs["action"], data=_as_sent(_kept_form(read(again.text), form.attrs["action"])))
    assert again.status_code == 303 and people.show(number)["status"] == "withdrawn"


def _kept_form(page: Node, action: str) -> Node:
    return next(f for f in page.all("form") if f.attrs.get("action") == action)


def _as_sent(form: Node) -> dict[str, str]:
    fields = {n.attrs["name"]: n.attrs.get("value", "") for n in form.all("input")}
    return fields | {n.attrs["name"]: n.text.removeprefix("\n") for n in form.all("textarea")}


def test_a_form_from_elsewhere_is_refused(people: Town, visitor: Callable[..., Visitor]) -> None:
    who = visitor("maker-0")
    answer = who.client.post("/enterprises/new", data={"credit_code": CODES[2], "name": "甲", "prefecture": "430200"})
    assert answer.status_code == 400
    assert "甲" in answer.text, "and what was typed is kept"
    elsewhere = who.client.post("/enterprises/new", data={"name": "甲"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert elsewhere.status_code == 400 and "甲" not in elsewhere.text, "but not what another site sent"


# ------------------------------------------------------------------------------------------------------------ the dossier


def test_a_draft_is_kept_as_typed_even_when_it_is_wrong(people: Town, visitor: Callable[..., Visitor]) -> None:
    who = visitor("maker-0")
    number = who.do("/applications/new", "application", enterprise=CODES[0], regulation=HUNAN).split("/")[2]
    law = people.office.law.regulation(HUNAN)
    date_field = next(f.key for f in law.all_fields() if f.kind == "date")
    page_address = f"/applications/{number}/dossier"
    assert who.do(page_address, "dossier", **{
        f"dossier.{law.dossier.product_field}": "<script>alert(1)</script>",
        f"dossier.{law.dossier.models_field}": "A-1\r\n\r\nB-2", f"dossier.{date_field}": "昨天",
    }) == page_address  # fmt: skip
    page = who.get(page_address)
    assert page.by_id(f"dossier-dossier.{law.dossier.product_field}").attrs["value"] == "<script>alert(1)</script>"
    assert page.by_id(f"dossier-dossier.{law.dossier.models_field}").text == "A-1\n\nB-2"
    wrong = page.by_id(f"dossier-dossier.{date_field}")
    assert wrong.attrs["value"] == "昨天" and wrong.attrs["aria-invalid"] == "true"
    assert [(s.attrs["src"], s.text) for s in page.all("script")] == [("/static/dossier.js", "")], "a file of this site, nothing inline"
    assert not visitor("maker-0").get("/workbench").all("script")


def test_a_dossier_that_cannot_be_kept_is_shown_as_typed(people: Town, visitor: Callable[..., Visitor]) -> None:
    number = people.draft()
    law = people.office.law.regulation(HUNAN)
    name = f"dossier.{law.dossier.product_field}"
    answer = visitor("maker-0").send(f"/applications/{number}/dossier", "dossier", **{name: "甲\u0007乙"})
    page = read(answer.text)
    assert answer.status_code == 422 and page.by_id(f"dossier-{name}").attrs["value"] == "甲\u0007乙"
    assert "U+0007" in page.by_id(f"dossier-{name}-error").text if f"dossier-{name}-error" in answer.text else True


def test_documents_come_and_go(people: Town, visitor: Callable[..., Visitor]) -> None:
    number = people.draft()
    who = visitor("maker-0")
    address = f"/applications/{number}/dossier"
    rule = next(d for d in people.office.law.regulation(HUNAN).dossier.documents if "pdf" in d.types and d.maximum > 1)
    count = len(people.show(number)["documents"])
    who.do(address, f"document-{rule.key}", file=(io.BytesIO(PDF), "报告<i>.pdf"))
    added = people.show(number)["documents"][-1]
    assert len(people.show(number)["documents"]) == count + 1
    shown = who.client.get(f"/applications/{number}/documents/{added['ordinal']}")
    assert shown.data == PDF and "sandbox" in shown.headers["Content-Security-Policy"]
    assert shown.headers["Content-Disposition"] == f"inline; filename*=UTF-8''{quote('报告<i>.pdf')}"
    refused = who.send(address, f"document-{rule.key}", file=(io.BytesIO(b""), "空.pdf"))
    assert refused.status_code == 422 and f'id="document-{rule.key}-refused"' in refused.text
    wrong = who.send(address, f"document-{rule.key}", file=(io.BytesIO(b"MZ\0\0"), "程序.pdf"))
    assert wrong.status_code == 415
    form = next(f for f in who.get(address).all("form") if f.attrs["action"].endswith(f"/{added['ordinal']}/removal"))
    assert who.client.post(form.attrs["action"], data=_as_sent(form)).status_code == 303
    assert len(people.show(number)["documents"]) == count


# ------------------------------------------------------------------------------------------------------- the whole road


def test_the_whole_road_by_forms_alone(people: Town, visitor: Callable[..., Visitor]) -> None:
    maker, bureau, department = visitor("maker-0"), visitor("bureau-430100"), visitor("department")
    number = people.draft()
    case = f"/applications/{number}"
    maker.do(case, "submission", confirm="yes")
    assert number in bureau.get("/desk").text
    bureau.do(case, "endorsement", comment="材料齐全")
    law = people.office.law.regulation(HUNAN)
    department.do(case, "seed")
    department.do(case, "draw")
    for i in range(1, law.panel.minimum + 1):
        marks = {f"scores.{c.key}": str(c.maximum) for c in law.panel.criteria}
        visitor(f"expert-{i}").do(case, "opinion", comment="同意", confirm="yes", **marks)
    department.do(case, "recommendation")
    notice = department.do("/desk/notices/new", f"notice-{HUNAN}", applications=[number], confirm="yes")
    assert visitor().get(notice).text.count(people.show(number)["product"]) >= 1
    people.let_time_act(number)
    department = visitor("department")
    refused = department.send("/desk/announcements/new", f"announcement-{HUNAN}", document_number="十二号", confirm="yes")
    assert refused.status_code == 422 and read(refused.text).by_id(f"announcement-{HUNAN}-document_number").attrs["value"] == "十二号"
    department.do("/desk/announcements/new", f"announcement-{HUNAN}", document_number="湘工信电子[2026]8号", confirm="yes")
    certificate = people.show(number)["certificate"]
    assert "有效" in visitor().get(f"/certificates/{certificate}").text
    assert visitor().client.get(f"/certificates?q={certificate}").headers["Location"] == f"/certificates/{certificate}"
    assert visitor().client.get(f"/c/{certificate.lower()}").headers["Location"] == f"/certificates/{certificate}"


def test_a_mark_that_is_no_number_is_refused_beside_its_field(people: Town, visitor: Callable[..., Visitor]) -> None:
    number = people.endorsed()
    visitor("department").do(f"/applications/{number}", "seats", expert="expert-1")
    key = people.office.law.regulation(HUNAN).panel.criteria[0].key
    answer = visitor("expert-1").send(f"/applications/{number}", "opinion", comment="好", confirm="yes", **{f"scores.{key}": "九十"})
    page = read(answer.text)
    assert answer.status_code == 422 and page.by_id(f"opinion-scores.{key}").attrs["value"] == "九十"
    assert page.by_id(f"opinion-scores.{key}").attrs["aria-invalid"] == "true"


def test_a_renewal_is_opened_from_the_certificate(certified: str, people: Town, visitor: Callable[..., Visitor]) -> None:
    until = people.certificate(certified)["valid_until"]
    assert "renewal" not in [f.attrs.get("id") for f in visitor("maker-0").get(f"/certificates/{certified}").all("form")]
    people.clock.set(people.clock.now().replace(year=until.year, month=until.month, day=1) - timedelta(days=60))
    who = visitor("maker-0")
    if not people.office.law.open_on(people.office.today()):
        assert who.send(f"/certificates/{certified}", "renewal").status_code == 409
    else:
        assert who.do(f"/certificates/{certified}", "renewal").endswith("/dossier")


# --------------------------------------------------------------------------------------------- accounts, people, secrets


def test_an_account_is_opened_an_enterprise_registered_and_a_member_invited(people: Town, visitor: Callable[..., Visitor]) -> None:
    who = visitor()
    words = {"login": "li.si", "name": "李四", "email": "li@example.com"}
    different = who.send("/sign-up", "sign-up", **words, password=PASSWORD, again="something else")
    assert different.status_code == 422 and PASSWORD not in different.text
    who.do("/sign-up", "sign-up", **words, password=PASSWORD, again=PASSWORD)
    who.sign_in("li.si")
    house = who.do("/enterprises/new", "enterprise", credit_code=CODES[1].lower(), name="乙公司", prefecture="430100")
    answer = who.send(house, "invite", name="王五")
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    code = next(n for n in read(answer.text).all("code")).text
    other = visitor()
    other.do("/invitation", "invitation", code=code, login="wang.wu", name="王五", email="w@example.com", password=PASSWORD, again=PASSWORD)
    other.sign_in("wang.wu")
    assert "乙公司" in other.get("/workbench").text
    assert other.send("/invitation", "invitation", code=code).status_code == 404
    other.do(house, "end-li.si", confirm="yes")
    who.get(house, 404)


def test_an_administrator_invites_and_ends_an_appointment(people: Town, visitor: Callable[..., Visitor]) -> None:
    admin = visitor("admin")
    assert admin.send("/administration/people", "invite", name="新人", role="bureau_officer", prefecture="").status_code == 422
    answer = admin.send("/administration/people", "invite", name="新人", role="bureau_officer", prefecture="430200")
    assert answer.status_code == 200 and read(answer.text).all("code")
    admin.do("/administration/people?q=auditor", "end-auditor-1", confirm="yes")
    assert visitor("auditor").client.get("/administration/entries").status_code == 403


def test_an_administrator_puts_right_where_an_enterprise_lies(people: Town, visitor: Callable[..., Visitor]) -> None:
    page, admin = f"/enterprises/{CODES[0]}", visitor("admin")
    assert page in [a.attrs["href"] for a in admin.get("/desk/enterprises").all("a")]
    refused = admin.send(page, "place-correction", prefecture=ZHUZHOU, reason="")
    assert refused.status_code == 422 and f'<option value="{ZHUZHOU}" selected' in refused.text
    admin.do(page, "place-correction", prefecture=ZHUZHOU, reason="登记时误选，住所在株洲。")
    for login in ("maker-0", "department", "auditor"):
        text = visitor(login).get(page).text
        assert "株洲市" in text and "登记时误选，住所在株洲。" in text and "place-correction" not in text
    assert "更正企业所在地" in visitor("auditor").get("/administration/entries").text


def test_a_token_is_shown_once_and_works(people: Town, visitor: Callable[..., Visitor], app: Flask) -> None:
    who = visitor("maker-0")
    assert who.send("/account", "token", label="程序", password="not the password").status_code == 401
    answer = who.send("/account", "token", label="程序", password=PASSWORD)
    token = read(answer.text).all("code")[0].text
    assert token not in str(who.get("/account").text)
    bearer = {"Authorization": f"Bearer {token}"}
    assert app.test_client().get("/api/v1/applications", headers=bearer).status_code == 200


def test_ending_other_sessions_by_a_new_password(people: Town, visitor: Callable[..., Visitor]) -> None:
    here, there = visitor("maker-0"), visitor("maker-0")
    new = "another good password"
    here.do("/account", "password-change", old=PASSWORD, new=new, again=new)
    there.get("/account", 401)
    here.get("/account")


# ------------------------------------------------------------------------------------------------- addresses and mistakes


def test_every_page_route_says_who_may_call_it(app: Flask) -> None:
    from web import pages

    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if view.__module__.startswith(pages.__name__):
            assert getattr(view, "open_to", None), rule.rule


def test_mistyped_addresses_are_said_as_pages(visitor: Callable[..., Visitor]) -> None:
    who = visitor()
    for address in ("/nothing", "/certificates/HN-STJ-2026-0001-X", "/notices/none", "/regulations/none", "/applications/none"):
        answer = who.client.get(address)
        assert answer.status_code in (401, 404) and answer.mimetype == "text/html"
        _check_page(answer.text, "zh", address)
    wrong = who.client.get("/deadlines?start=tomorrow&length=-1&unit=day")
    assert wrong.status_code == 422
    _check_page(wrong.text, "zh", "/deadlines")


def test_the_training_accounts_are_never_listed_in_a_real_office(people: Town, office: Office, app: Flask) -> None:
    with office.reading(PUBLIC) as r:
        assert accounts.training_accounts(r) == []
    with app.test_request_context():
        assert PASSWORD not in Visitor(app).get(url_for("account.sign_in")).text


def test_a_bureau_sees_that_there_is_an_objection_and_never_who_objected(people: Town, visitor: Callable[..., Visitor]) -> None:
    number = people.reviewed()
    objection = people.object(people.noticed(number), number, name="周明察", contact="zhou@example.com")
    for login, sees in (("bureau-430100", False), ("maker-0", False), ("department", True), ("auditor", True)):
        text = visitor(login).get(f"/applications/{number}").text
        assert objection in text and ("查看" in text or not sees)
        if not sees:
            assert "周明察" not in text and "zhou@example.com" not in text and "见 2019 年产品手册" not in text


def test_no_page_of_a_replay_shows_keys_or_days_for_machines(people: Town, visitor: Callable[..., Visitor]) -> None:
    number = people.reviewed()
    page = visitor("department").get(f"/applications/{number}/replay").text
    assert "test_report_fresh" not in page and "2025-08-01" not in page and "2025年8月1日" in page


def test_an_auditor_finds_everything_from_the_navigation(people: Town, visitor: Callable[..., Visitor]) -> None:
    page = visitor("auditor").get("/administration/entries")
    ways = {a.attrs["href"] for nav in page.all("nav") for a in nav.all("a")}
    assert {"/desk/objections", "/administration/jobs", "/administration/letters", "/desk/calendar-changes", "/desk/enterprises"} <= ways


def test_a_head_is_told_whose_head_they_are_and_that_they_decide_nothing(people: Town, visitor: Callable[..., Visitor]) -> None:
    people._appointed("head", Role.HEAD, prefecture="430100")
    page = visitor("head").get("/desk").text
    assert "长沙市工业和信息化局负责人" in page and "负责人不直接办件" in page and "我承办的" not in page
