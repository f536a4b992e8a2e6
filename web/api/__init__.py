"""The API: one blueprint a desk, its document and the reader of that."""

from __future__ import annotations

from flask import Flask

from web.api.openapi import DESKS
from web.api.reference import reference


def register(app: Flask) -> None:
    """Add every desk of the API, its document and its reader."""
    for desk in (*DESKS, reference):
        app.register_blueprint(desk)
