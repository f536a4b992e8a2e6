"""The log as static files (C2SP tlog-tiles): its checkpoint, its tiles, its bundles of entries. For programs and mirrors."""

from __future__ import annotations

from flask import Blueprint, Response

from registry.actors import PUBLIC
from registry.desks.enquiries import log
from web.counter import ANYONE, open_to, reading

pages = Blueprint("log", __name__, url_prefix="/log")


@pages.get("/checkpoint")
@open_to(ANYONE)
def checkpoint() -> Response:
    """The newest head with its signatures."""
    with reading(PUBLIC) as r:
        note = log.newest_checkpoint(r)
    return _answer(note.encode(), "text/plain; charset=utf-8", "public, max-age=5")


@pages.get("/tile/<path:tile>")
@open_to(ANYONE)
def tile(tile: str) -> Response:
    """L/N[.p/W]: hashes of one level; entries/N[.p/W]: entries, each after its length."""
    with reading(PUBLIC) as r:
        content = log.find_tile(r, tile)
    return _answer(content, "application/octet-stream", "public, max-age=31536000, immutable")


def _answer(content: bytes, kind: str, caching: str) -> Response:
    return Response(content, content_type=kind, headers={"Cache-Control": caching})


@pages.after_request
def _for_all(response: Response) -> Response:
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
