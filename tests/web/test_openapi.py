"""The OpenAPI document is valid and true: what is documented runs, what runs is documented, and each says who may call."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from openapi_spec_validator import OpenAPIV31SpecValidator

from registry.law.lifecycle import Role
from tests.web.callers import PREFIX, Document
from web.api.documents import operations
from web.counter import ANYONE, SIGNED_IN

pytestmark = pytest.mark.once


@pytest.fixture
def routes(app: Flask) -> set[tuple[str, str]]:
    """Every (path template, method) that the API answers, but for the document itself."""
    found = set()
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(PREFIX) and rule.endpoint != "reference.openapi":
            path = re.sub(r"<(?:[^<>:]+:)?([^<>]+)>", r"{\1}", rule.rule)
            found |= {(path, method) for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}
    return found


def test_the_document_is_valid_openapi_3_1(document: Document) -> None:
    assert document.content["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(document.content).validate()


def test_every_route_is_documented_and_every_documented_path_is_routed(
    document: Document, routes: set[tuple[str, str]]
) -> None:
    assert {(path, method) for path, method, _ in operations(document.content)} == routes


def test_every_operation_has_words_in_both_languages_and_says_what_can_go_wrong(document: Document) -> None:
    names = []
    for path, method, operation in operations(document.content):
        where = f"{method} {path}"
        assert re.search(r"[一-鿿].* / .*[A-Za-z]", operation["summary"]), where
        assert "Open to:" in operation["description"] and "由谁办理" in operation["description"], where
        assert any(int(status) < 400 for status in operation["responses"]), where
        assert "401" in operation["responses"], where
        assert operation["x-open-to"], where
        names.append(operation["operationId"])
    assert len(names) == len(set(names))


def test_every_view_declares_who_may_call_it(app: Flask) -> None:
    known = {ANYONE, SIGNED_IN, *Role}
    for endpoint, view in app.view_functions.items():
        if endpoint.rpartition(".")[2] != "static":
            audience = getattr(view, "open_to", ())
            assert audience and set(audience) <= known, endpoint


def test_what_is_open_to_signed_in_callers_turns_away_the_public(app: Flask, document: Document) -> None:
    client = app.test_client()
    for path, method, operation in operations(document.content):
        if operation["security"] != [{"bearer": []}]:
            continue
        address = re.sub(r"\{(ordinal|row|id)\}", "1", path).replace("{", "").replace("}", "")
        response = client.open(address, method=method, json={})
        assert response.status_code == 401, f"{method} {path}"
        assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_the_reader_is_served_from_here_alone(app: Flask) -> None:
    client = app.test_client()
    page = client.get("/docs")
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    for address in re.findall(r'(?:src|href|data-document)="([^"]+)"', page.text):
        if address == "data:,":  # no icon, and no request for one
            continue
        assert address.startswith("/"), address
        with client.get(address) as found:
            assert found.status_code == 200, address
    assert not re.findall(r"<script>|<style| style=| on[a-z]+=", page.text)
