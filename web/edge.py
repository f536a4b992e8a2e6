"""What every request gets, whatever it asks: an id, a look at its address, headers that keep browsers safe; and a log line for what changes things."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import NotFound

from registry.errors import Finding
from registry.settings import MEBIBYTE
from schemas.base import unwanted_character
from schemas.messages import say
from web.logs import log
from web.problems import BadShape

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

REQUEST_ID = "X-Request-Id"
MOST_JSON, MOST_LONG_JSON = MEBIBYTE, 16 * MEBIBYTE
LONG_JSON, PASTED = "/api/v1/verify/batch", "/bills"  # where many lines are handed in: as JSON, or pasted into a form
GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
HSTS = ("Strict-Transport-Security", "max-age=31536000")
_SAFE = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}  # fmt: skip

_SAFE_PAIRS = tuple((name.lower(), (name, value)) for name, value in _SAFE.items())


def register(app: Flask) -> None:
    """Before everything else, so that whatever is refused later has an id."""
    app.before_request(_begin)
    app.before_request(_look_at_address)
    app.after_request(_finish)


def _begin() -> None:
    given = request.headers.get(REQUEST_ID, "")
    trusted = current_app.extensions["office"].settings.trusted_proxies > 0
    g.request_id = given if trusted and GIVEN_ID.fullmatch(given) else secrets.token_hex(8)
    g.began = time.monotonic()
    if request.mimetype == "application/json":
        request.max_content_length = MOST_LONG_JSON if request.path == LONG_JSON else MOST_JSON
    if request.path == PASTED:
        request.max_form_memory_size = MOST_LONG_JSON


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
    if request.is_secure:
        response.headers.setdefault(*HSTS)
    if request.method not in ("GET", "HEAD", "OPTIONS") or response.status_code >= 500:
        took = round((time.monotonic() - g.began) * 1000, 1) if "began" in g else None
        log.info("request", method=request.method, path=_path(), status=response.status_code, took_ms=took)
    return response


def with_safe_headers(start: StartResponse) -> StartResponse:
    """What begins an answer, with the headers of _SAFE that it does not bring itself."""

    def begin(status: str, headers: list[tuple[str, str]], fault: Any = None) -> Callable[[bytes], object]:
        own = {name.lower() for name, _ in headers}
        return start(status, [*headers, *(pair for name, pair in _SAFE_PAIRS if name not in own)], fault)

    return begin


def _path() -> str:
    """The path for the log; a secret that opens what it names is left out."""
    secret = (request.view_args or {}).get("secret", "")
    return request.path.replace(secret, "…") if secret else request.path
