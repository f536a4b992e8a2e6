"""What the web server tells whoever runs it: one JSON object a line, on standard error. Nothing that callers typed."""

from __future__ import annotations

import sys
from typing import Any

import orjson
import structlog


def _write(_logger: Any, _name: str, event: structlog.typing.EventDict) -> str:
    return orjson.dumps(event, default=str).decode()


class _Stderr:
    """Finds standard error when it writes, not when it is made: tests and servers exchange it."""

    def msg(self, message: str) -> None:
        print(message, file=sys.stderr, flush=True)  # noqa: T201 - this is the log

    debug = info = warning = error = critical = msg


log: structlog.typing.FilteringBoundLogger = structlog.wrap_logger(
    _Stderr(),
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _write,
    ],
    wrapper_class=structlog.make_filtering_bound_logger(20),
)
