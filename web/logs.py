"""What the web server tells whoever runs it: one JSON object a line, on standard error. Nothing that callers typed."""

from __future__ import annotations

import sys
from typing import Any

import orjson
import structlog
from flask import g, has_request_context


def _write(_logger: Any, _name: str, event: structlog.typing.EventDict) -> str:
    return orjson.dumps(event, default=str).decode()


def _add_request(_logger: Any, _name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """The id of the request that it is about, which a caller who met an error was told."""
    if has_request_context() and "request_id" in g:
        event["request_id"] = g.request_id
    return event


class _Stderr:
    """Finds standard error when it writes, not when it is made: tests and servers exchange it."""

    def msg(self, message: str) -> None:
        print(message, file=sys.stderr, flush=True)  # noqa: T201 - this is the log

    debug = info = warning = error = critical = msg


log: structlog.typing.FilteringBoundLogger = structlog.wrap_logger(
    _Stderr(),
    processors=[
        _add_request,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _write,
    ],
    wrapper_class=structlog.make_filtering_bound_logger(20),
)
