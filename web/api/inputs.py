"""Reading what a request holds into the wire's shapes: query, JSON body or multipart form. It judges shape only."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

from flask import request
from marshmallow import Schema, ValidationError
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import UnsupportedMediaType

from registry.errors import Finding
from registry.words import Text
from schemas.base import unwanted_character
from schemas.messages import say
from web.problems import BadShape, bad_shape
from web.wire import loads

MULTIPART = "multipart/form-data"


def read_query(shape: Schema) -> dict[str, Any]:
    """The query string; what is said twice counts once, `lang` belongs to every operation."""
    given = {name: value for name, value in request.args.items() if name != "lang"}
    return _load(shape, given, body=False) if given else dict(_nothing_asked(shape))


@cache
def _nothing_asked(shape: Schema) -> dict[str, Any]:
    return _load(shape, {}, body=False)


def read_body(shape: Schema | None, file: str, file_needed: bool) -> dict[str, Any]:
    """The body by the shape, with `filename` and `content` where the operation takes a file.

    Nothing at all counts as an empty object. 400 for broken JSON, 415 for a content type that is not taken here.
    """
    if file and request.mimetype == MULTIPART:
        given = _load(shape, request.form.to_dict(), body=False) if shape else {}
        return given | _read_file(request.files.get(file), file, file_needed)
    if file and file_needed:
        raise _not_taken(MULTIPART)
    if shape is None:
        return {}
    if request.is_json:
        body = request.get_data(cache=True)
        given = _load(shape, loads(body) if body.strip() else {}, body=True)
    elif request.mimetype or request.content_length:
        raise _not_taken("application/json", *([MULTIPART] if file else []))
    else:
        given = _load(shape, {}, body=True)
    return given | ({"filename": None, "content": None} if file else {})


def _load(shape: Schema, given: Any, *, body: bool) -> dict[str, Any]:
    try:
        return cast(dict[str, Any], shape.load(given))
    except ValidationError as fault:
        raise bad_shape(fault, body=body) from None


def _read_file(upload: FileStorage | None, field: str, needed: bool) -> dict[str, Any]:
    if upload is None or not upload.filename:
        if needed:
            missing = Text("请附上文件。", "Attach a file.")
            raise BadShape([Finding(field, "required", missing)])
        return {"filename": None, "content": None}
    if said := unwanted_character(upload.filename):
        code, message = say(said)
        raise BadShape([Finding(field, code, message)])
    return {"filename": upload.filename, "content": upload.stream.read()}


def _not_taken(*taken: str) -> UnsupportedMediaType:
    error = UnsupportedMediaType()
    names = " / ".join(taken)
    error.said = Text(f"请求体的类型应为 {names}。", f"The body must be of the type {names}.")  # type: ignore[attr-defined]
    return error
