"""The wire shape of a problem (RFC 9457) with the registry's own members."""

from __future__ import annotations

from marshmallow import Schema, fields


class FieldProblem(Schema):
    """What is wrong with one field."""

    field = fields.String(required=True)
    code = fields.String(required=True)
    detail = fields.String(required=True)
    action = fields.String()
    article = fields.String()
    basis = fields.String()
    pointer = fields.String(metadata={"description": "JSON 指针 / JSON pointer into the body"})


class Problem(Schema):
    """Why something was refused, by which article, and what to do next. In the language of the caller."""

    type = fields.String(required=True, metadata={"format": "uri-reference", "example": "/docs/problems#out-of-order"})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    instance = fields.String(required=True, metadata={"format": "uri-reference"})
    request_id = fields.String(required=True)
    action = fields.String(metadata={"description": "下一步怎么做 / what to do next"})
    article = fields.String(metadata={"description": "依据的条款 / the article it rests on"})
    basis = fields.String(metadata={"description": "article | instruction | precedent | assumption"})
    errors = fields.List(fields.Nested(FieldProblem))
    missing = fields.List(fields.String(), metadata={"description": "尚缺或矛盾的字段 / the fields that are missing or contradict"})
    possible = fields.List(fields.String(), metadata={"description": "现在可以办理的行为 / the acts that are possible now"})
