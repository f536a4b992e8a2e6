"""The whole road by the API alone, each answer held to the OpenAPI document: from an account to a certificate's end."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from registry.actors import CLOCK, SYSTEM
from registry.clock import FrozenClock, day_ends_at
from registry.desks import accounts, deadlines
from registry.office import Office
from tests.factories import CHANGSHA, CODES, HUNAN, PASSWORD, PDF, PROVINCE, sample_file
from tests.law.samples import complete_dossier
from tests.web.callers import Caller, Document


class Stranger:
    """Somebody who walks the road with nothing but the API."""

    def __init__(self, app: Flask, document: Document, office: Office) -> None:
        self.app, self.document, self.office = app, document, office
        self.public = Caller(app, document)
        with office.registrar(SYSTEM) as r:
            code = accounts.appoint_first_administrator(r)
        self.administrator = self.accept("administrator", code)

    def accept(self, login: str, code: str) -> Caller:
        account = {"login": login, "name": login, "email": f"{login}@example.com", "password": PASSWORD}
        self.public.post("/invitations/acceptance", {"code": code, **account})
        return self.sign_in(login)

    def sign_in(self, login: str) -> Caller:
        told = self.public.post("/tokens", {"login": login, "password": PASSWORD, "label": "test"}, 201)
        return Caller(self.app, self.document, told["token"])

    def appoint(self, role: str, login: str, **scope: str) -> Caller:
        code = self.administrator.post("/invitations", {"role": role, "name": login, **scope}, 201)["code"]
        return self.accept(login, code)

    def found_enterprise(self) -> Caller:
        account = {"login": "maker", "name": "申报人", "email": "maker@example.com", "password": PASSWORD}
        self.public.post("/sign-ups", account, 201)
        maker = self.sign_in("maker")
        made = maker.call("POST", "/enterprises", {"credit_code": CODES[0], "name": "湖南某电子有限公司", "prefecture": CHANGSHA})
        assert made.headers["Location"] == f"/api/v1/enterprises/{CODES[0]}"
        return maker

    def draft(self, maker: Caller) -> dict[str, Any]:
        """A draft with everything the regulation's form asks for."""
        form = maker.get(f"/regulations/{HUNAN}")
        made = maker.call("POST", "/applications", {"enterprise": CODES[0], "regulation": HUNAN})
        path = made.headers["Location"].removeprefix("/api/v1")
        assert not maker.get(f"{path}/check")["ready"]
        law = self.office.law.regulation(HUNAN)
        dossier = complete_dossier(law, self.office.today())
        wire = {k: v.isoformat() if isinstance(v, date) else v for k, v in dossier.items()}
        shown = maker.put(f"{path}/draft", {"dossier": wire}, headers={"If-Match": made.headers["ETag"]})
        for slot in form["dossier"]["documents"]:
            for _ in range(max(slot["minimum"], int(slot["required"]))):
                name, content = sample_file(tuple(slot["types"]))
                shown = maker.upload(f"{path}/documents", name, content, slot=slot["key"])
        assert maker.get(f"{path}/check") == {"ready": True, "findings": []}
        return shown

    def let_time_act(self, clock: FrozenClock, at: Any) -> None:
        clock.set(at)
        with self.office.reading(CLOCK) as r:
            due = deadlines.search_due(r)
        for kind, number, *_ in due:
            with self.office.registrar(CLOCK) as r:
                deadlines.take_due(r, kind, number)


@pytest.fixture
def stranger(app: Flask, document: Document, office: Office) -> Stranger:
    return Stranger(app, document, office)


def _review(stranger: Stranger, department: Caller, path: str) -> None:
    panel = department.get(f"/regulations/{HUNAN}")["panel"]
    scores = {c["key"]: c["maximum"] for c in panel["criteria"]}
    for number in range(panel["minimum"]):
        expert = stranger.appoint("expert", f"expert-{number}", authority=PROVINCE)
        department.post(f"{path}/seats", {"expert": f"expert-{number}"})
        assert [a["act"] for a in expert.get(path)["possible"]] == ["recuse_expert", "give_opinion", "revise_opinion"]
        expert.post(f"{path}/opinion", {"scores": scores, "comment": "技术先进，材料齐全。"})
        expert.post(f"{path}/opinion", {"scores": scores, "comment": "again"}, 409)
    assert department.get(path)["review"]["given"] == panel["minimum"]


def test_from_an_account_to_the_end_of_a_certificate(stranger: Stranger, clock: FrozenClock) -> None:
    maker = stranger.found_enterprise()
    bureau = stranger.appoint("bureau_officer", "bureau", prefecture=CHANGSHA)
    department = stranger.appoint("department_officer", "department", authority=PROVINCE)
    number = stranger.draft(maker)["number"]
    path = f"/applications/{number}"
    bureau.get(path, 404)  # a draft is nobody else's business

    maker.post(f"{path}/submission")
    assert bureau.get("/worklist")["items"][0]["items"][0]["number"] == number
    reasons = [r["key"] for r in maker.get(f"/regulations/{HUNAN}")["supplement_reasons"]][:2]
    asked = bureau.post(f"{path}/supplement-request", {"reasons": reasons, "comment": "请补充检测报告"})
    assert asked["status"] == "supplement" and asked["term"]["stopped"]
    assert len(maker.get(path)["supplement"]["reasons"]) == 2
    maker.post(f"{path}/resubmission", {"note": "已补充"})
    bureau.post(f"{path}/endorsement", {"comment": "同意推荐"})
    if department.get(path)["status"] == "formal_examination":
        department.post(f"{path}/acceptance")
    _review(stranger, department, path)
    department.post(f"{path}/recommendation")

    notice = department.post("/notices", {"regulation": HUNAN, "applications": [number]}, 201)
    frozen = stranger.public.get(f"/notices/{notice['number']}")
    assert frozen["digest"] == notice["digest"] and not frozen["closed"]
    objection = _object(stranger, notice["number"], number)
    _decide(department, objection)
    assert maker.get(path)["objections"][0]["outcome"] == "dismissed"
    assert "name" not in maker.get(path)["objections"][0]
    stranger.let_time_act(clock, day_ends_at(date.fromisoformat(notice["last_day"])))

    announced = department.post(
        "/announcements", {"regulation": HUNAN, "document_number": "湘工信电子[2026]012号", "applications": [number]}, 201
    )
    assert announced["document_number"] == "湘工信电子〔2026〕12号"
    assert stranger.public.get("/announcements")["items"][0]["certificates"][0]["number"] == announced["certificates"][0]
    _live_and_end(stranger, clock, announced["certificates"][0])


def _object(stranger: Stranger, notice: str, number: str) -> str:
    grounds = stranger.public.get(f"/regulations/{HUNAN}")["objection_grounds"]
    said = {"application": number, "objector": "person", "name": "王某", "contact": "13900000000", "ground": grounds[0]["key"],
            "reason": "数据不实", "evidence": "见附件"}
    first = stranger.public.post(f"/notices/{notice}/objections", said, 201)
    with_file = stranger.public.upload(f"/notices/{notice}/objections", "证据.pdf", PDF, field="evidence_file", **said)
    assert first["number"] != with_file["number"]
    return with_file["number"]


def _decide(department: Caller, last: str) -> None:
    assert {o["number"] for o in department.get("/objections")["items"]} >= {last}
    assert department.get(f"/objections/{last}")["evidence_filename"] == "证据.pdf"
    file = department.call("GET", f"/objections/{last}/evidence")
    assert file.data == PDF and file.mimetype == "application/pdf"
    assert file.headers["Content-Disposition"].startswith("attachment") and "%E8%AF%81" in file.headers["Content-Disposition"]
    for objection in department.get("/objections?open=true")["items"]:
        decided = department.post(f"/objections/{objection['number']}/dismissal", {"reason": "经核实不成立"})
        assert decided["outcome"] == "dismissed"


def _live_and_end(stranger: Stranger, clock: FrozenClock, number: str) -> None:
    public, path = stranger.public, f"/certificates/{number}"
    shown = public.get(path)
    assert shown["standing"] == "valid" and shown["holder"]["credit_code"] == CODES[0]
    for query in (f"holder={CODES[0]}", f"q={number}", f"regulation={HUNAN}&standing=valid&limit=1"):
        assert [c["number"] for c in public.get(f"/certificates?{query}")["items"]] == [number], query

    ends = day_ends_at(date.fromisoformat(shown["valid_until"]))
    clock.set(ends - timedelta(seconds=1))
    assert public.get(path)["standing"] == "valid"
    clock.set(ends)
    assert public.get(path)["standing"] == "expired"  # before any job has run
    stranger.let_time_act(clock, ends)
    after = public.get(path)
    assert after["standing"] == "expired" and after["history"][-1]["act"] == "expire"
    assert public.get("/certificates?standing=expired")["items"][0]["number"] == number
    assert public.get("/certificates?standing=valid")["items"] == []


def test_a_certificate_is_surrendered_by_its_holder(town: Any, as_: Any) -> None:
    number = town.certified()
    assert as_("maker-0").post(f"/certificates/{number}/surrender", {"reason": "产品停产"})["standing"] == "surrendered"
    assert "possible" in as_("maker-0").post(f"/certificates/{number}/surrender", {"reason": "再一次"}, 409)
