"""How a desk's function becomes an operation of the API: who may call, what goes in, what comes out, and its documents.

One form for reads and one for acts. Which operations there are stands in the modules named after the desks.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast

from flask import Response, current_app, request
from flask_smorest import Blueprint
from marshmallow import Schema
from werkzeug.exceptions import PreconditionRequired

from registry.desks.replays import Answer, find_answer, keep_answer
from registry.errors import Finding
from registry.registrar import Registrar
from registry.words import Text
from web.api import documents
from web.api.inputs import read_body, read_query
from web.counter import ANYONE, SIGNED_IN, caller, counter, open_to, reading
from web.problems import BadShape
from web.wire import disposition, dumps, tag_of

PREFIX = "/api/v1"
KEPT_HEADERS = ("ETag", "Location")
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_NOT_CONTENT = ("as_of",)  # says when the answer was made; the rest of it may be the same as before


@dataclass(frozen=True)
class Shape:
    """What an act takes, gives and promises.

    takes: the shape of its body; file: the name of a multipart field with a file, and whether there must be one
    gives: the shape of the answer; shows: how the subject is read again after the act, by its number
    made_at: where what was made can be read, with places of the answer ("/notices/{number}"): then the status is 201
    secret: the members of the answer that are told once and not kept for a replay
    needs_version: If-Match must be sent
    query: the shape of the query, which the function reads itself
    alone: the function opens its own units and answers for itself
    accepted: the shape of the answer to what is taken now and done later: then the status is 202
    """

    takes: type[Schema] | None = None
    file: str = ""
    file_needed: bool = False
    gives: type[Schema] | None = None
    shows: Callable[[Registrar, str], Mapping[str, Any]] | None = None
    made_at: str = ""
    status: int = 200
    secret: tuple[str, ...] = ()
    needs_version: bool = False
    query: type[Schema] | None = None
    alone: bool = False
    accepted: type[Schema] | None = None


Found = Mapping[str, Any]


class Desk(Blueprint):
    """The operations of one desk."""

    def __init__(self, name: str, about: Text) -> None:
        super().__init__(f"api_{name}", f"web.api.{name}", url_prefix=PREFIX)
        self._prepare_doc_cbks: list[Any] = []  # all that is documented stands in the notes
        self.tag = {"name": name, "description": f"{about.zh} / {about.en}"}

    def reads(
        self,
        rule: str,
        title: Text,
        about: Text | None = None,
        *,
        gives: type[Schema] | None = None,
        takes: type[Schema] | None = None,
        limit: Callable[..., Any] | None = None,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """GET: the function gets (registrar, query, **path) and returns plain data, or a Response of its own."""
        query = takes() if takes else None

        def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
            @wraps(function)
            def view(**path: Any) -> Response:
                given = read_query(query) if query else {}
                with reading() as r:
                    found = function(r, given, **path)
                return _read_answer(found)

            notes = documents.of_read(function, title, about, takes=takes, gives=gives, rule=rule, limited=bool(limit))
            self._add("GET", rule, function, view, notes, limit)
            return function

        return decorate

    def looks(
        self, rule: str, title: Text, about: Text | None = None, *, takes: type[Schema] | None = None, gives: type[Schema],
        limit: Callable[..., Any] | None = None, signed: bool = False,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """GET without a unit of work: the function gets (query, **path) and returns plain data that no cache may keep."""
        query = takes() if takes else None

        def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
            @wraps(function)
            def view(**path: Any) -> Response:
                response = json_answer(function(read_query(query) if query else {}, **path), 200)
                response.headers["Cache-Control"] = "no-store"
                return response

            notes = documents.of_read(function, title, about, takes=takes, gives=gives, rule=rule, limited=bool(limit), kept=False, signed=signed)
            self._add("GET", rule, function, view, notes, limit)
            return function

        return decorate

    def acts(
        self,
        rule: str,
        title: Text,
        about: Text | None = None,
        *,
        method: str = "POST",
        limit: Callable[..., Any] | None = None,
        **shape: Any,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """POST, PUT or DELETE: the function gets (registrar, body, **path), does the act and returns the subject's number
        (or None: that of the path) to be shown again, or the answer itself where the shape has no `shows`."""
        form = Shape(**shape)
        taken = form.takes() if form.takes else None

        def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
            @wraps(function)
            def view(**path: Any) -> Response:
                if form.alone:
                    return cast(Response, function(**path))
                if form.needs_version and not request.headers.get("If-Match"):
                    raise PreconditionRequired()
                given = read_body(taken, form.file, form.file_needed)
                return _do_once(lambda r: _done(form, function, r, given, path), form.secret)

            notes = documents.of_act(function, title, about, form=form, rule=rule, method=method, limited=bool(limit))
            self._add(method, rule, function, view, notes, limit)
            return function

        return decorate

    def _add(
        self,
        method: str,
        rule: str,
        function: Callable[..., Any],
        view: Callable[..., Any],
        notes: Mapping[str, Any],
        limit: Callable[..., Any] | None,
    ) -> None:
        audience = function.open_to  # type: ignore[attr-defined]  # set by @open_to; without it the route is a mistake
        guarded = open_to(*audience)(view)
        if limit is not None:
            guarded = limit(guarded)
            guarded.open_to = audience
        documented = self.doc(**notes)(guarded)
        documented.open_to = audience
        path = documents.of_path(rule)
        self.add_url_rule(rule, function.__name__, documented, methods=[method], parameters=path, tags=[self.tag["name"]])


# ------------------------------------------------------------------------------------------------------------- reading


def _read_answer(found: Any) -> Response:
    """The answer to a read, with an ETag; 304 if the caller has it already."""
    if isinstance(found, Response):
        return found
    response = json_answer(found, 200)
    response.headers["ETag"] = etag_of(found)
    response.headers["Cache-Control"] = "no-cache" if not caller().signed_in else "private, no-cache"
    response.vary.update(("Authorization", "Cookie"))
    return cast(Response, response.make_conditional(request))


def file_answer(found: Found) -> Response:
    """A file to be kept, never to be opened in the page: what somebody handed in is not trusted to be shown."""
    response = Response(found["content"], content_type=found["media_type"])
    response.headers["Content-Disposition"] = disposition("attachment", found["filename"])
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag()
    return cast(Response, response.make_conditional(request))


def etag_of(found: Any) -> str:
    """The version of what is shown, where it has one, and a digest of the rest: a certificate expires without an act."""
    content = {k: v for k, v in found.items() if k not in _NOT_CONTENT} if isinstance(found, Mapping) else found
    return tag_of(dumps(content), found.get("version") if isinstance(found, Mapping) else None)


def json_answer(content: Any, status: int) -> Response:
    """`content` as the registry writes JSON."""
    return Response(dumps(content), status=status, content_type="application/json")


# -------------------------------------------------------------------------------------------------------------- acting


def _done(form: Shape, function: Callable[..., Any], r: Registrar, given: Mapping[str, Any], path: dict[str, Any]) -> Response:
    """Do the act and answer with the subject as it is now, all in one unit."""
    result = function(r, given, **path)
    if form.shows is not None:
        r.session.flush()
        r.expected = None  # it was compared when the act began; the act has moved it on
        result = form.shows(r, result if isinstance(result, str) else path["number"])
    if result is None:
        return Response(status=204)
    response = json_answer(result, 201 if form.made_at else form.status)
    if isinstance(result, Mapping) and result.get("version") is not None:
        response.headers["ETag"] = etag_of(result)
    if form.made_at:
        response.headers["Location"] = PREFIX + form.made_at.format(**path | dict(result))
    return response


def _do_once(act: Callable[[Registrar], Response], secret: tuple[str, ...]) -> Response:
    """Do the act, or, under an Idempotency-Key that was answered before, give that answer again and do nothing."""
    key = _idempotency_key()
    with counter() as r:
        if key is None:
            response = act(r)
        else:
            who, digest = _who(), _request_digest()
            kept = find_answer(r, who, key, digest)
            if kept is not None:
                return _again(kept)
            response = act(r)
            keep_answer(r, who, key, digest, _to_keep(response, secret))
    response.headers["Cache-Control"] = "no-store"
    return response


def _to_keep(response: Response, secret: tuple[str, ...]) -> Answer:
    body = response.get_data(as_text=True)
    if secret:
        body = dumps(cast(dict[str, Any], response.json) | dict.fromkeys(secret)).decode()
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    return Answer(response.status_code, headers, body)


def _again(kept: Answer) -> Response:
    response = Response(kept.body, status=kept.status, content_type="application/json" if kept.body else None)
    response.headers.update(dict(kept.headers) | {"Idempotency-Replayed": "true", "Cache-Control": "no-store"})
    return response


def _idempotency_key() -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is not None and not _KEY.fullmatch(key):
        message = Text("应为 1 至 255 个可见的 ASCII 字符。", "This must be 1 to 255 visible ASCII characters.")
        raise BadShape([Finding("Idempotency-Key", "bad-form", message)])
    return key


def _who() -> str:
    """Whose key it is: the caller's, or for the public that of the client's address."""
    actor = caller()
    return actor.login if actor.signed_in else f"public:{request.remote_addr}"[:64]


def _request_digest() -> str:
    """What makes a request the same one. Keyed, since it covers passwords, which a plain digest would give away."""
    seal = hmac.new(current_app.secret_key.encode(), digestmod="sha256")  # type: ignore[union-attr]
    seal.update(f"{request.method} {request.full_path}\n".encode())
    if request.is_json or not (request.form or request.files):
        seal.update(request.get_data(cache=True))
    for name, value in sorted(request.form.items(multi=True)):
        seal.update(f"{name}={len(value)}:{value}\n".encode())
    for name, file in sorted(request.files.items(multi=True), key=lambda pair: pair[0]):
        file.stream.seek(0)
        seal.update(f"{name}={file.filename}\n".encode() + hashlib.sha256(file.stream.read()).digest())
    return seal.hexdigest()


__all__ = ["ANYONE", "SIGNED_IN", "Desk", "Found", "Shape", "etag_of", "file_answer", "json_answer", "open_to"]
