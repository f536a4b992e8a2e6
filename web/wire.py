"""JSON as the registry writes and reads it: orjson, texts in both languages, days as days, instants in UTC. No shapes."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import orjson
from flask.json.provider import JSONProvider
from werkzeug.exceptions import BadRequest

from registry.law.verdicts import Axis
from registry.words import Text

_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS


def dumps(value: Any) -> bytes:
    """`value` as JSON: Text as {"zh", "en"}, Decimal as text, dates and instants in ISO 8601 with Z."""
    return orjson.dumps(value, default=_plain, option=_OPTIONS)


def loads(text: bytes) -> Any:
    """JSON as the standard has it: no NaN, no half surrogates, UTF-8 only. BadRequest says where it breaks."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as fault:
        error = BadRequest()
        error.said = Text(  # type: ignore[attr-defined]
            f"请求体不是有效的 JSON（第 {fault.lineno} 行第 {fault.colno} 列）。",
            f"The body is not valid JSON (line {fault.lineno}, column {fault.colno}).",
        )
        raise error from None


def _plain(value: Any) -> Any:
    if isinstance(value, Text):
        return _text(value)
    if isinstance(value, Axis):
        return _axis(value)
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, tuple | frozenset | set):
        return list(value)
    raise TypeError(f"{type(value).__name__} has no form on the wire")


def tag_of(content: bytes, version: int | None = None) -> str:
    """The ETag of what was written as `content`: its digest, after the version where it has one."""
    digest = hashlib.blake2b(content, digest_size=8).hexdigest()
    return f'"{digest}"' if version is None else f'"{version}-{digest}"'


@lru_cache(maxsize=16384)
def _text(value: Text) -> orjson.Fragment:
    """Most texts are said again and again."""
    return orjson.Fragment(orjson.dumps({"zh": value.zh, "en": value.en}))


@lru_cache(maxsize=16384)
def _axis(value: Axis) -> orjson.Fragment:
    return orjson.Fragment(orjson.dumps(value._asdict(), default=_plain))


def disposition(kind: str, filename: str) -> str:
    """Content-Disposition with a name in any script, in the characters that a header may hold (RFC 6266, RFC 8187)."""
    return f"{kind}; filename*=UTF-8''{quote(filename, safe='')}"


class Json(JSONProvider):
    """Flask's JSON, by orjson."""

    def dumps(self, obj: Any, **_: Any) -> str:
        return dumps(obj).decode()

    def loads(self, s: str | bytes, **_: Any) -> Any:
        return orjson.loads(s)
