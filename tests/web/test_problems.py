"""Every refusal has a status and words in both languages; nothing else is handled; a programming error tells nothing."""

from __future__ import annotations

import inspect

import marshmallow
import pytest
from flask import Flask
from marshmallow import fields, validate

import web
from registry import errors
from registry.errors import BadInput, Finding, Incomplete, OutOfOrder, Refusal, all_refusals
from registry.office import Office
from registry.words import Text
from schemas.base import Line
from schemas.messages import flatten, say
from tests.web.callers import Caller
from web.counter import ANYONE, open_to
from web.problems import PLAIN, STATUS, problem_of

pytestmark = pytest.mark.once

HAN = range(0x4E00, 0x9FFF)


def _own(kind: type[Refusal]) -> bool:
    return kind.__module__ == errors.__name__


@pytest.mark.parametrize("kind", [k for k in all_refusals() if _own(k)], ids=lambda k: k.slug)
def test_every_refusal_has_a_status(kind: type[Refusal]) -> None:
    assert 400 <= STATUS[kind] < 500 or (STATUS[kind] == 503 and kind in (errors.CannotPrint, errors.CannotSign, errors.ReadOnly))


def test_the_map_names_no_more_than_there_is() -> None:
    assert set(STATUS) == {k for k in all_refusals() if _own(k)}


def test_every_problem_stands_where_its_type_points(app: Flask) -> None:
    page = app.test_client().get("/docs/problems").text
    for slug in [k.slug for k in all_refusals()] + [slug for slug, *_ in PLAIN.values()]:
        assert f'id="{slug}"' in page, slug


def test_a_problem_carries_all_that_a_refusal_says(app: Flask) -> None:
    said = Text("缺检测报告", "The test report is missing")
    refusal = Incomplete(
        Text("材料不齐", "Not complete"), action=Text("请补充", "Add it"), article="第六条", basis="article",
        findings=[Finding("documents.test_report", "missing", said, Text("请上传", "Upload it"), "第六条", "article")],
    )  # fmt: skip
    with app.test_request_context("/api/v1/applications/X/submission?lang=en", method="POST"):
        problem = problem_of(refusal)
    assert problem["type"].endswith("/docs/problems#incomplete") and problem["status"] == 422
    assert (problem["title"], problem["detail"], problem["action"]) == ("Incomplete", "Not complete", "Add it")
    assert (problem["article"], problem["basis"], problem["missing"]) == ("第六条", "article", ["documents.test_report"])
    assert problem["errors"][0] | {"action": "Upload it"} == problem["errors"][0]
    with app.test_request_context("/api/v1/applications/X/submission"):
        possible = problem_of(OutOfOrder(Text("现在不行", "Not now"), possible=["withdraw"]))
    assert (possible["status"], possible["title"], possible["possible"]) == (409, "当前环节不能办理", ["withdraw"])


@pytest.mark.parametrize(("asked", "title"), [
    ({}, "未找到"), ({"Accept-Language": "en-GB,en;q=0.9"}, "Not found"), ({"Accept-Language": "fr"}, "未找到"),
])  # fmt: skip
def test_a_problem_speaks_the_callers_language(app: Flask, asked: dict[str, str], title: str) -> None:
    response = app.test_client().get("/api/v1/certificates/NONE", headers=asked)
    assert response.json["title"] == title
    assert response.headers["Content-Language"] == ("en" if title == "Not found" else "zh")


def test_a_programming_error_is_a_500_with_an_id_and_nothing_else(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    app = web.build(office, limits=False)

    @app.get("/api/v1/broken")
    @app.get("/broken")
    @open_to(ANYONE)
    def broken() -> str:
        raise ValueError("the secret of the house")

    for path in ("/api/v1/broken", "/broken"):
        response = app.test_client().get(path)
        assert response.status_code == 500
        assert "secret" not in response.text and "ValueError" not in response.text
        assert response.headers["X-Request-Id"] in response.text
        logged = capsys.readouterr().err
        assert "the secret of the house" in logged and response.headers["X-Request-Id"] in logged
    assert app.test_client().get("/api/v1/broken").json.keys() == {"type", "title", "status", "detail", "instance", "request_id"}


def test_a_page_says_the_same_words(app: Flask) -> None:
    said = app.test_client().get("/api/v1/certificates/NONE").json
    page = app.test_client().get("/certificates/NONE")
    assert page.status_code == 404 and page.mimetype == "text/html"
    assert said["detail"] in page.text and page.headers["X-Request-Id"] in page.text


def test_405_names_the_methods(app: Flask) -> None:
    response = app.test_client().delete("/api/v1/certificates")
    assert response.status_code == 405 and "GET" in response.headers["Allow"]
    assert response.mimetype == "application/problem+json"


def test_401_asks_for_a_bearer_token(public: Caller) -> None:
    for headers in ({}, {"Authorization": "Bearer nobody"}, {"Authorization": "Basic eDp5"}, {"Authorization": "Bearer"}):
        response = public.call("GET", "/me", headers=headers)
        assert response.status_code == 401 and response.headers["WWW-Authenticate"].startswith("Bearer"), headers


def _sentences() -> list[str]:
    """Every sentence that the fields and validators in use can say."""
    used = (fields.String, fields.Integer, fields.Boolean, fields.Date, fields.List, fields.Dict, fields.Nested, fields.Raw)
    found = {m for kind in used for base in inspect.getmro(kind) for m in getattr(base, "default_error_messages", {}).values()}
    found |= set(marshmallow.Schema._default_error_messages.values())
    found = {m for m in found if m != "Invalid value." and "cannot be formatted" not in m}
    made = {m.format(obj_type="date", input="x", awareness="aware") for m in found}
    for check, value in ((validate.Range(1, 9), 0), (validate.Range(1), 0), (validate.Range(max=9), 10),
                         (validate.Length(2, 3), "x"), (validate.Length(2), "x"), (validate.Length(max=3), "xxxx"),
                         (validate.Length(1), ""), (validate.OneOf(["a", "b"]), "c")):  # fmt: skip
        with pytest.raises(marshmallow.ValidationError) as caught:
            check(value)
        made |= set(caught.value.messages)
    return sorted(made)


def test_every_sentence_of_marshmallow_is_said_in_both_languages() -> None:
    for sentence in _sentences():
        code, text = say(sentence)
        assert code != "invalid" and any(ord(c) in HAN for c in text.zh) and text.en != text.zh, sentence


def test_nested_messages_become_paths() -> None:
    class Inner(marshmallow.Schema):
        name = Line(3, required=True)

    class Outer(marshmallow.Schema):
        rows = fields.List(fields.Nested(Inner))

    with pytest.raises(marshmallow.ValidationError) as caught:
        Outer().load({"rows": [{"name": "ok"}, {}, {"name": "toolong"}], "more": 1})
    assert {path for path, _ in flatten(caught.value.messages)} == {("rows", "1", "name"), ("rows", "2", "name"), ("more",)}


def test_bad_shapes_are_bad_input(public: Caller) -> None:
    said = public.post("/sign-ups", {"login": 5, "more/~": 1}, 422)
    assert said["type"].endswith(f"#{BadInput.slug}")
    pointers = {e["field"]: e["pointer"] for e in said["errors"]}
    assert pointers == {"login": "#/login", "name": "#/name", "email": "#/email", "password": "#/password",
                        "more/~": "#/more~1~0"}  # fmt: skip
