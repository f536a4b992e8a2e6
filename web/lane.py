"""The short way to a verdict and to a page of certificates: what machines ask more often than all else, answered before Flask.

It is the same answer from the same desk. Whatever is not plainly such a question, and whatever goes wrong, takes the long way; a test
holds the two against each other, headers and all.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from werkzeug.http import http_date

from registry.clock import SystemClock
from registry.desks import verifications
from registry.desks.enquiries import search
from registry.desks.verifications import Asked
from registry.office import Office
from web.edge import GIVEN_ID, HSTS, REQUEST_ID
from web.limits import Searches
from web.wire import dumps, tag_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_NUMBER = re.compile(r"/api/v1/verify/([A-Za-z0-9-]{1,80})")
_QUERY = re.compile(r"(?:part=(?P<part>[A-Za-z0-9._-]{1,200}))?&?(?:on=(?P<on>\d{4}-\d\d-\d\d))?")
_LIST = "/api/v1/certificates"
_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")
# What a search may plainly hold, as the desk takes it; the shape that the long way reads takes more than this, and nothing otherwise.
_TERMS: dict[str, tuple[re.Pattern[str], Callable[[str], Any]]] = {
    **{name: (re.compile(rf"(?! )[\w .()（）-]{{1,{most}}}(?<! )"), str) for name, most in search.MOST_LETTERS.items()},
    "standing": (re.compile("|".join(search.STANDINGS)), str), "sort": (re.compile("|".join(search.SORTS)), str),
    "regulation": (_KEY, str), "product_class": (_KEY, str), "place": (re.compile("[0-9]{6}"), str),
    "year": (re.compile("(?:19|[2-9][0-9])[0-9]{2}"), int), "facets": (re.compile("true|false"), "true".__eq__),
    "cursor": (_KEY, str), "limit": (re.compile("[1-9][0-9]?|100"), int),
}
_OWN = ("HTTP_AUTHORIZATION", "HTTP_COOKIE", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE")
_Answer = tuple[bytes, list[tuple[str, str]]]


class Lane:
    """Answers for one office."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def answer(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes] | None:
        """The answer, begun; None for what must take the long way."""
        if environ["REQUEST_METHOD"] != "GET":
            return None
        try:
            found = self._certificates(environ) if environ["PATH_INFO"] == _LIST else self._verdict(environ)
        except Exception:  # the long way knows what to say of it
            return None
        if found is None:
            return None
        body, own = found
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body))), *own, (REQUEST_ID, self._request_id(environ))]
        if environ["wsgi.url_scheme"] == "https":
            headers.append(HSTS)
        start("200 OK", headers)
        return [body]

    def _verdict(self, environ: WSGIEnvironment) -> _Answer | None:
        office, asked = self._office, _read_question(environ)
        if asked is None:
            return None
        return dumps(verifications.verify(office.glance, office.law, office.now(), asked)), [("Cache-Control", "no-store")]

    def _certificates(self, environ: WSGIEnvironment) -> _Answer | None:
        office, asked, searches = self._office, _read_search(environ), Searches(environ.get("REMOTE_ADDR"))
        if asked is None or not searches.has_room():
            return None
        body = dumps(search.glance_at_certificates(office.glance, office.law, office.now(), asked))
        return body, [("Date", http_date(SystemClock().now())), ("ETag", tag_of(body)), ("Cache-Control", "no-cache"),
                      ("Vary", "Authorization, Cookie"), *searches.count()]

    def _request_id(self, environ: WSGIEnvironment) -> str:
        given = environ.get("HTTP_X_REQUEST_ID", "")
        trusted = self._office.settings.trusted_proxies > 0
        return given if trusted and GIVEN_ID.fullmatch(given) else secrets.token_hex(8)


def _read_question(environ: WSGIEnvironment) -> Asked | None:
    number = _NUMBER.fullmatch(environ["PATH_INFO"])
    query = _QUERY.fullmatch(environ.get("QUERY_STRING", ""))
    if not number or not query:
        return None
    return Asked(number[1], query["part"], date.fromisoformat(query["on"]) if query["on"] else None)


def _read_search(environ: WSGIEnvironment) -> search.Asked | None:
    """What the public searches for; None where it is not plain, or where somebody says who they are or what they have already."""
    if any(name in environ for name in _OWN):
        return None
    said = parse_qsl(environ.get("QUERY_STRING", "").encode("latin-1").decode(), keep_blank_values=True, errors="strict")
    given: dict[str, Any] = {}
    for name, text in said:
        form, read = _TERMS[name]
        if name in given or not form.fullmatch(text):
            return None
        given[name] = read(text)
    return search.Asked(**given)
