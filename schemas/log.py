"""The wire shape of what the public log is called."""

from __future__ import annotations

from marshmallow import Schema, fields


class LogView(Schema):
    origin = fields.String(required=True)
    prefix = fields.String(required=True)
    vkey = fields.String(required=True, allow_none=True)
    witnesses = fields.List(fields.String(), required=True)
    quorum = fields.Integer(required=True)
