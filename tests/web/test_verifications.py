"""Verifying by API: without an account, never kept, ten thousand at once, and each refusal in words."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import EnvironBuilder

from registry.desks.verifications import MOST_LINES
from registry.office import Office
from tests.factories import Town
from tests.web.callers import Caller
from web.lane import Lane


def test_anybody_verifies_and_nobody_keeps_the_answer(public: Caller, town: Town) -> None:
    number = town.certified()
    answer = public.call("GET", f"/verify/{number}?part=hx-112a&on=2026-05-01")
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store" and "ETag" not in answer.headers
    told = answer.json
    assert told["outcome"] == "in_force" and told["asked"] == {"part": "hx-112a", "on": "2026-05-01", "known_at": None}
    assert set(told["axes"]) == {"authentic", "in_scope", "in_force_on_day", "standing_now", "fresh"}
    assert told["axes"]["in_scope"]["reason"]["zh"] and told["axes"]["in_scope"]["reason"]["en"]
    assert told["as_of"].endswith("Z") and told["zone"] == "Asia/Shanghai"
    assert public.get("/verify/nothing")["outcome"] == "not_found"


def test_as_known_then(public: Caller, town: Town) -> None:
    before = town.clock.now()
    town.wait(days=1)
    number = town.certified()
    then = before.isoformat().replace("+00:00", "Z")
    assert public.get(f"/verify/{number}?known_at={then}")["outcome"] == "not_found"


def test_what_cannot_be_asked_is_a_problem_by_field(public: Caller, town: Town) -> None:
    number = town.certified()
    ahead = (town.clock.now() + timedelta(days=1)).isoformat().replace("+00:00", "Z")
    for query, field in (("on=yesterday", "on"), ("known_at=2026-01-01", "known_at"), (f"known_at={ahead}", "known_at"), ("part=" + "A" * 201, "part"),
                         ("colour=red", "colour")):  # fmt: skip
        problem = public.get(f"/verify/{number}?{query}", 422)
        assert [e["field"] for e in problem["errors"]] == [field], query


def test_a_batch_answers_in_order_with_references_and_counts(public: Caller, town: Town) -> None:
    number = town.certified()
    lines = [{"number": number, "part": "HX-112A", "ref": "行1"}, {"number": "HN-STJ-2026-9999-X"}, {"number": number, "part": "Q", "ref": "3"}]
    told = public.post("/verify/batch", {"lines": lines}, 200)
    assert [(i["ref"], i["outcome"]) for i in told["items"]] == [("行1", "in_force"), (None, "not_found"), ("3", "out_of_scope")]
    assert told["counts"] == {"in_force": 1, "not_found": 1, "out_of_scope": 1}
    assert len({i["as_of"] for i in told["items"]}) == 1


def test_a_batch_has_a_first_and_a_last_line(public: Caller) -> None:
    assert public.post("/verify/batch", {"lines": []}, 422)
    full = public.post("/verify/batch", {"lines": [{"number": "x"}] * MOST_LINES}, 200)
    assert full["counts"] == {"not_found": MOST_LINES}
    assert public.post("/verify/batch", {"lines": [{"part": ""}]}, 422)["errors"][0]["field"] == "lines.0.number"


@pytest.mark.parametrize("asked", [
    "{n}", "{n}?part=hx-112a", "{n}?part=HX-112A&on=2026-05-01", "{n}?on=2026-05-01", "{n}?part=HX-9", "{low}", "{slip}", "nothing", "{n}?part=ＨＸ-112A",
    "{n}?on=2026-02-30", "{n}?part=A&part=B", "{n}?colour=red", "{n}?part=", "{n}?&on=2026-05-01", "{n}?lang=en", "{n}?known_at=2026-03-01T00:00:00Z",
])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_short_way_and_the_long_way_answer_alike(app: Flask, town: Town, asked: str, scheme: str) -> None:
    """Status, headers and body, but for the id of the request."""
    number = town.certified()
    address = "/api/v1/verify/" + asked.format(n=number, low=number.lower(), slip=number[:-1] + ("0" if number[-1] != "0" else "1"))
    short = app.test_client().get(address, base_url=f"{scheme}://registry.example")
    app.extensions["lane"] = SimpleNamespace(answer=lambda *_: None)
    long = app.test_client().get(address, base_url=f"{scheme}://registry.example")
    assert short.status_code == long.status_code and _without_id(short.json) == _without_id(long.json)
    assert sorted(name for name, _ in short.headers) == sorted(name for name, _ in long.headers)
    assert {k: v for k, v in short.headers if k != "X-Request-Id"} == {k: v for k, v in long.headers if k != "X-Request-Id"}


def _without_id(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name != "request_id"}


def test_plain_questions_take_the_short_way(app: Flask, town: Town, office: Office) -> None:
    number = town.certified()
    seen: list[str] = []
    for address, way in ((number, "short"), (f"{number}?part=HX-112A&on=2026-05-01", "short"), (f"{number}?lang=en", "long"), (f"{number}/", "long")):
        environ = EnvironBuilder(path=f"/api/v1/verify/{address.partition('?')[0]}", query_string=address.partition("?")[2]).get_environ()
        answered = Lane(office).answer(environ, lambda status, headers, fault=None: seen.append(status) or bytes)  # type: ignore[func-returns-value]
        assert (answered is not None) == (way == "short"), address
    office.close()
    environ = EnvironBuilder(path=f"/api/v1/verify/{number}").get_environ()
    assert Lane(office).answer(environ | {"wsgi.url_scheme": "http"}, lambda *_: bytes) is not None, "it opens its connection anew"
