"""What every request gets, whatever it asks: an id, a look at its address, headers that keep browsers safe; and a log line for what changes things."""

from __future__ import annotations

import re
import secrets
import time

import structlog
from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import NotFound

from registry.errors import Finding
from registry.settings import MEBIBYTE
from schemas.base import unwanted_character
from schemas.messages import say
from web.logs import log
from web.problems import BadShape

REQUEST_ID = "X-Request-Id"
MOST_JSON = MEBIBYTE
_GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_SAFE = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}  # fmt: skip


def register(app: Flask) -> None:
    """Before everything else, so that whatever is refused later has an id."""
    app.before_request(_begin)
    app.before_request(_look_at_address)
    app.after_request(_finish)


def _begin() -> None:
    given = request.headers.get(REQUEST_ID, "")
    trusted = current_app.extensions["office"].settings.trusted_proxies > 0
    g.request_id = given if trusted and _GIVEN_ID.fullmatch(given) else secrets.token_hex(8)
    g.began = time.monotonic()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)
    if request.mimetype == "application/json":
        request.max_content_length = MOST_JSON


def _look_at_address() -> None:
    """No address and no query holds a control character: databases and logs never meet one."""
    if unwanted_character(request.path):
        raise NotFound()
    for name, value in request.args.items(multi=True):
        if said := unwanted_character(name) or unwanted_character(value):
            code, message = say(said)
            raise BadShape([Finding("?" if unwanted_character(name) else name, code, message)])


def _finish(response: Response) -> Response:
    response.headers[REQUEST_ID] = g.get("request_id", "")
    for name, value in _SAFE.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.method not in ("GET", "HEAD", "OPTIONS") or response.status_code >= 500:
        took = round((time.monotonic() - g.began) * 1000, 1) if "began" in g else None
        log.info("request", method=request.method, path=request.path, status=response.status_code, took_ms=took)
    return response
