"""Keyset pages: a cursor says after which row to go on; it never counts rows and never shows an id in the clear."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any

from registry.errors import BadInput, Finding
from registry.registrar import Registrar
from registry.words import Text

Page = dict[str, Any]
MOST = 100
MOST_CURSOR = 19  # eighteen digits: no database has a larger key


def page(r: Registrar, query: Any, key: Any, cursor: str | None, limit: int, show: Callable[[Any], Any]) -> Page:
    """Rows of `query` by `key` (an integer column), newest first, as {"items", "next"}.

    Each row of the query is what `show` takes; the first column of the row, or the row itself, carries `key`.
    """
    size = min(max(limit, 1), MOST)
    if cursor:
        query = query.where(key < read_cursor(cursor))
    rows = r.session.exec(query.order_by(key.desc()).limit(size + 1)).all()
    more = len(rows) > size
    rows = rows[:size]
    return {"items": [show(row) for row in rows], "next": write_cursor(getattr(_head(rows[-1]), key.key)) if more else None}


def contains(text: str) -> str:
    """A LIKE pattern for `text` anywhere, its own wildcards taken literally (escape character \\)."""
    return "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


def _head(row: Any) -> Any:
    return row[0] if isinstance(row, tuple) or hasattr(row, "_mapping") else row


def write_cursor(key: int) -> str:
    """A cursor after the row with this key."""
    return base64.urlsafe_b64encode(f"k{key}".encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> int:
    """The key that a cursor was written with. BadInput."""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        if text[:1] != "k" or len(text) > MOST_CURSOR:
            raise ValueError(text)
        return int(text[1:])
    except (ValueError, binascii.Error):
        message = Text("翻页标记无效，请从第一页开始。", "This cursor is not ours; start from the first page.")
        raise BadInput(message, findings=[Finding("cursor", "unreadable", message)]) from None
