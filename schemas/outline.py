"""Wire shapes of a regulation as it is told: its parts in words, and what it leaves unsaid."""

from __future__ import annotations

from marshmallow import Schema, fields

from schemas.base import some, words


class UnsaidView(Schema):
    """What the file leaves unsaid, and what follows from it."""

    path = fields.String(required=True)
    label = words(required=True)
    effect = words(required=True)
    refused = fields.Boolean(required=True, metadata={"description": "遇到时拒绝办理 / what needs it is refused"})


class OutlineLineView(Schema):
    """One thing that the file says, in words, with its place; what belongs under it is in `lines`."""

    key = fields.String(required=True)
    text = words(required=True)
    article = fields.String(required=True, allow_none=True)
    basis = fields.String(required=True, allow_none=True)
    source = fields.String(required=True, allow_none=True)
    note = words(required=True, allow_none=True)
    conflict = words(required=True, allow_none=True)
    lines = fields.List(fields.Nested(lambda: OutlineLineView()), required=True)


class OutlinePartView(Schema):
    """Lines under one heading."""

    key = fields.String(required=True)
    title = words(required=True)
    lines = some(OutlineLineView, required=True)
