"""Bad input at the API's doors gets the problem that names it; nothing typed is lost; never a 500."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from registry.office import Office
from tests.factories import CHANGSHA, CODES, HUNAN, PASSWORD, PDF, Town
from tests.web.callers import Caller

pytestmark = pytest.mark.once

As = Callable[[str], Caller]


@pytest.fixture
def maker(town: Town, as_: As) -> Caller:
    town.applicant()
    return as_("maker-0")


@pytest.fixture
def draft(town: Town, maker: Caller) -> str:
    return "/applications/" + town.draft()


def named(problem: dict[str, Any]) -> dict[str, str]:
    return {e["field"]: e["code"] for e in problem["errors"]}


@pytest.mark.parametrize(("code", "part"), [
    ("91430100MA4L00001K", "18"), ("91430100MA4L0000", "18"), ("91430100MA4L0000IJ", "I"), ("九", "18"),
])  # fmt: skip
def test_a_wrong_credit_code_names_the_place(maker: Caller, code: str, part: str) -> None:
    said = maker.post("/enterprises", {"credit_code": code, "name": "某公司", "prefecture": CHANGSHA}, 422)
    assert named(said).keys() == {"credit_code"} and part in said["errors"][0]["detail"]


@pytest.mark.parametrize(("name", "content", "status"), [
    ("报告.pdf", b"MZ\x90\x00 this is a program", 415),
    ("报告.exe", PDF, 415),
    ("报告.png", PDF, 415),
    ("报告.pdf", b"", 422),
    ("../../etc/pass\x1bwd.pdf", PDF, 422),
])  # fmt: skip
def test_a_wrong_file_is_named(draft: str, maker: Caller, name: str, content: bytes, status: int) -> None:
    slot = maker.get(f"/regulations/{HUNAN}")["dossier"]["documents"][0]["key"]
    for document in maker.get(draft)["documents"]:
        assert maker.call("DELETE", f"{draft}/documents/{document['ordinal']}").status_code == 200
    said = maker.upload(f"{draft}/documents", name, content, status=status, slot=slot)
    assert said["title"] and said["detail"]


def test_a_document_without_file_or_with_an_unknown_slot_is_named(draft: str, maker: Caller) -> None:
    assert named(maker.upload(f"{draft}/documents", "a.pdf", PDF, status=422, slot="nothing")) == {"slot": "unknown"}
    assert named(maker.upload(f"{draft}/documents", "a.pdf", PDF, status=422)) == {"slot": "required"}
    assert named(maker.upload(f"{draft}/documents", "a.pdf", PDF, status=422, field="other", slot="x")) == {"file": "required"}
    maker.post(f"{draft}/documents", {"slot": "x"}, 415)


def test_a_file_of_50_mb_is_refused_naming_the_limit(draft: str, maker: Caller, office: Office) -> None:
    said = maker.upload(f"{draft}/documents", "大.pdf", PDF + b"0" * 50 * 1024 * 1024, status=413, slot="x")
    assert f"{office.settings.max_document_mib + 1} MiB" in said["detail"]
    just_above = PDF + b"0" * office.settings.max_document_bytes
    slot = maker.get(f"/regulations/{HUNAN}")["dossier"]["documents"][0]["key"]
    for document in maker.get(draft)["documents"]:
        maker.call("DELETE", f"{draft}/documents/{document['ordinal']}")
    said = maker.upload(f"{draft}/documents", "大.pdf", just_above, status=413, slot=slot)
    assert f"{office.settings.max_document_mib} " in said["detail"]


def test_a_large_json_body_is_refused(public: Caller) -> None:
    said = public.post("/sign-ups", {"login": "x" * 2_000_000}, 413)
    assert "1 MiB" in said["detail"]


@pytest.mark.parametrize("body", [b"{", b"[" * 100_000, b'{"a": NaN}', b"\xff\xfe", b'{"login": "\\ud800"}'])
def test_a_body_that_is_not_json_is_a_400_that_says_where(public: Caller, body: bytes) -> None:
    response = public.call("POST", "/sign-ups", data=body, content_type="application/json")
    assert response.status_code == 400 and "1" in response.json["detail"]


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"null", b"7", b'[{"login": "a"}]'])
def test_json_that_is_no_object_is_a_422(public: Caller, body: bytes) -> None:
    assert public.call("POST", "/sign-ups", data=body, content_type="application/json").status_code == 422


def test_another_content_type_is_a_415(public: Caller) -> None:
    response = public.call("POST", "/sign-ups", data=b"login=x", content_type="application/x-www-form-urlencoded")
    assert response.status_code == 415 and "application/json" in response.json["detail"]


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\x7f", "\x85", "\u202e", "\ufffe"])
def test_control_characters_are_named_wherever_they_stand(maker: Caller, draft: str, character: str) -> None:
    """And everything typed before is still there."""
    before = maker.get(draft)
    name = f"湖南{character}公司"
    account = {"login": "someone", "name": name, "email": "a@example.com", "password": PASSWORD}
    assert named(maker.post("/sign-ups", account, 422)) == {"name": "control-character"}
    said = maker.put(f"{draft}/draft", {"dossier": {"product_name": name, "a": ["x", name]}}, 422, headers={"If-Match": "*"})
    assert named(said) == {"dossier.product_name": "control-character", "dossier.a.1": "control-character"}
    assert maker.get(draft)["dossier"] == before["dossier"]
    assert maker.call("GET", "/certificates", query_string={"q": name}).status_code == 422
    assert maker.call("GET", f"/certificates/{name.encode().hex()}").status_code == 404
    path = "/api/v1/certificates/x%00y"
    assert maker.app.test_client().get(path).status_code == 404


def test_markup_in_a_name_is_kept_as_text(maker: Caller, town: Town) -> None:
    name = '<script>alert("1")</script>&amp;'
    made = maker.post("/enterprises", {"credit_code": CODES[1], "name": name, "prefecture": CHANGSHA}, 201)
    assert made["name"] == name
    assert maker.get(f"/enterprises/{CODES[1]}")["name"] == name
    page = maker.app.test_client().get("/api/v1/certificates")
    assert page.mimetype == "application/json" and page.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("value", [{"deep": 1}, [["a"]], 1.5, 2**60, 10**40, "x" * 200_000])
def test_a_draft_keeps_texts_and_nothing_that_cannot_be_kept(maker: Caller, draft: str, value: Any) -> None:
    field = maker.get(f"/regulations/{HUNAN}")["dossier"]["product_field"]
    said = maker.put(f"{draft}/draft", {"dossier": {field: value}}, 422, headers={"If-Match": "*"})
    assert any(e["field"].startswith(f"dossier.{field}") for e in said["errors"])


def test_a_draft_keeps_what_is_not_yet_right(maker: Caller, draft: str) -> None:
    """A date in the past, a scope with no model: saved as typed, named by the check, refused at submission."""
    form = maker.get(f"/regulations/{HUNAN}")["dossier"]
    dates = [f["key"] for s in form["sections"] for f in s["fields"] if f["kind"] == "date"]
    typed: dict[str, Any] = {form["models_field"]: [], form["product_field"]: "  某产品  "} | dict.fromkeys(dates, "1850-13-45")
    kept = maker.put(f"{draft}/draft", {"dossier": typed}, headers={"If-Match": "*"})["dossier"]
    assert all(kept.get(key) == "1850-13-45" for key in dates)
    found = {f["field"]: f for f in maker.get(f"{draft}/check")["findings"]}
    assert f"dossier.{form['models_field']}" in found and {f"dossier.{key}" for key in dates} <= set(found)
    assert all(f["message"]["zh"] and f["message"]["en"] for f in found.values())
    refused = maker.post(f"{draft}/submission", None, 422)
    assert set(refused["missing"]) == set(found) and refused["type"].endswith("#incomplete")


def test_an_act_out_of_order_names_what_is_possible(maker: Caller, draft: str, town: Town, as_: As) -> None:
    said = maker.post(f"{draft}/resubmission", None, 409)
    assert said["type"].endswith("#out-of-order") and set(said["possible"]) == {"submit", "withdraw"}
    maker.post(f"{draft}/endorsement", None, 409)


def test_anothers_application_is_not_there(draft: str, town: Town, as_: As) -> None:
    town.applicant(1)
    town.bureau("430200"), town.department()
    for login in ("maker-1", "bureau-430200", "department"):
        other = as_(login)
        for path in (draft, f"{draft}/check", f"{draft}/documents", f"{draft}/documents/1/content"):
            other.get(path, 404)
        for act in ("submission", "endorsement", "acceptance", "recommendation"):
            other.post(f"{draft}/{act}", None, 404)


@pytest.mark.parametrize("query", [
    "limit=0", "limit=101", "limit=x", "cursor=%FF", "cursor=!!", "cursor=azk5OTk5OTk5OTk5OTk5OTk5OTk", "standing=good",
    "colour=red", "q=" + "x" * 101,
])  # fmt: skip
def test_a_query_that_cannot_be_read_is_named(public: Caller, query: str) -> None:
    said = public.get(f"/certificates?{query}", 422)
    assert named(said).keys() == {query.partition("=")[0]}


@pytest.mark.parametrize("query", [
    "start=2026-02-30&length=5&unit=month", "start=2026-02-12&length=0&unit=month", "start=2026-02-12&length=5&unit=week",
    "start=9999-12-31&length=100&unit=year", "start=0001-01-01&length=5&unit=working_day",
    "start=2026-02-12&length=99999999999999999999&unit=natural_day", "length=5",
])  # fmt: skip
def test_a_deadline_that_cannot_be_computed_is_refused(public: Caller, query: str) -> None:
    assert public.call("GET", f"/deadlines?{query}").status_code == 422


@pytest.mark.parametrize("path", [
    "/certificates/HN-STJ-2026-0001-X", "/notices/none", "/regulations/none", "/taxonomies/none", "/certificates/" + "9" * 300,
    "/certificates/%E5%85%AB", "/certificates/%F0%9F%98%80",
])  # fmt: skip
def test_what_is_not_there_is_a_404(public: Caller, path: str) -> None:
    public.get(path, 404)


def test_ordinals_beyond_any_number_are_a_404(maker: Caller, draft: str) -> None:
    for ordinal in ("0", "99", "99999999999999999999"):
        assert maker.app.test_client().get(
            f"/api/v1{draft}/documents/{ordinal}/content", headers={"Authorization": f"Bearer {maker.token}"}
        ).status_code == 404
