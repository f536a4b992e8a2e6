"""The OpenAPI document, its reader (Swagger UI, from this machine alone) and the list of problems. No operation."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Response, render_template, request

from registry.errors import all_refusals
from registry.words import Text
from web.api.openapi import openapi
from web.counter import ANYONE, language, open_to
from web.problems import PLAIN, STATUS

OPENAPI_PATH = "/api/v1/openapi.json"
# Swagger UI draws its icons from data: addresses; nothing else is let in, and nothing from elsewhere.
READER_POLICY = "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"

reference = Blueprint(
    "reference", __name__, template_folder="pages", static_folder="static", static_url_path="/docs/static"
)


@reference.get(OPENAPI_PATH, endpoint="openapi")
@open_to(ANYONE)
def document() -> Response:
    """The document, as it is made from the running routes."""
    response = Response(openapi(), content_type="application/json")
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    return cast(Response, response.make_conditional(request))


@reference.get("/docs")
@open_to(ANYONE)
def reader() -> Response:
    """The document, to be read and tried in a browser."""
    page = render_template("api_reader.html", language=language())
    return Response(page, headers={"Content-Security-Policy": READER_POLICY})


@reference.get("/docs/problems")
@open_to(ANYONE)
def problems() -> str:
    """Every kind of problem at the address that its `type` names."""
    return render_template("api_problems.html", language=language(), problems=known_problems())


def known_problems() -> list[dict[str, object]]:
    """Every slug once, with its status, title and, for HTTP's own, what it means."""
    found: dict[str, dict[str, object]] = {}
    for kind in all_refusals():
        if kind in STATUS:
            found[kind.slug] = {"slug": kind.slug, "status": STATUS[kind], "title": kind.title, "meaning": Text("", "")}
    for status, (slug, title, meaning) in PLAIN.items():
        found.setdefault(slug, {"slug": slug, "status": status, "title": title, "meaning": meaning})
    return sorted(found.values(), key=lambda p: (str(p["status"]), str(p["slug"])))
