"""The short way to a verdict: `GET /api/v1/verify/{number}`, which machines ask more often than all else, answered before Flask.

It is the same answer from the same desk. Whatever is not plainly that question, and whatever goes wrong, takes the long way; a test
holds the two against each other, headers and all.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from registry.desks import verifications
from registry.desks.verifications import Asked
from registry.office import Office
from web.edge import GIVEN_ID, HSTS, REQUEST_ID
from web.wire import dumps

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_PATH = re.compile(r"/api/v1/verify/([A-Za-z0-9-]{1,80})")
_QUERY = re.compile(r"(?:part=(?P<part>[A-Za-z0-9._-]{1,200}))?&?(?:on=(?P<on>\d{4}-\d\d-\d\d))?")


class Lane:
    """Answers for one office."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def answer(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes] | None:
        """The answer, begun; None for what must take the long way."""
        if environ["REQUEST_METHOD"] != "GET" or not (asked := _read(environ)):
            return None
        office = self._office
        try:
            body = dumps(verifications.verify(office.glance, office.law, office.now(), asked))
        except Exception:  # the long way knows what to say of it
            return None
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body))), ("Cache-Control", "no-store"),
                   (REQUEST_ID, self._request_id(environ))]
        if environ["wsgi.url_scheme"] == "https":
            headers.append(HSTS)
        start("200 OK", headers)
        return [body]

    def _request_id(self, environ: WSGIEnvironment) -> str:
        given = environ.get("HTTP_X_REQUEST_ID", "")
        trusted = self._office.settings.trusted_proxies > 0
        return given if trusted and GIVEN_ID.fullmatch(given) else secrets.token_hex(8)


def _read(environ: WSGIEnvironment) -> Asked | None:
    number = _PATH.fullmatch(environ["PATH_INFO"])
    query = _QUERY.fullmatch(environ.get("QUERY_STRING", ""))
    if not number or not query:
        return None
    try:
        return Asked(number[1], query["part"], date.fromisoformat(query["on"]) if query["on"] else None)
    except ValueError:
        return None
