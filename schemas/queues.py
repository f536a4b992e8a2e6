"""Wire shapes of an office's queue: in whose hands a case is, and one act done to many."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from schemas.applications import FindingView
from schemas.base import Input, Line, Prose, page_of, some, words


class Assignment(Input):
    """Into whose hands a case is put."""

    person = Line(64, 1, required=True, metadata={"description": "用户名 / a login"})


class PreviewRequest(Input):
    """Which applications would be endorsed."""

    applications = Line(8000, 1, required=True, metadata={"description": "申请编号，以逗号分隔 / application numbers, with commas between"})


class ItemToEndorse(Input):
    """An application, and the version of it that was shown."""

    number = Line(40, 1, required=True)
    version = fields.Integer(load_default=None, allow_none=True)


class EndorsementsRequest(Input):
    """Which applications to endorse, each by the same rules and in a unit of its own."""

    applications = fields.List(fields.Nested(ItemToEndorse), required=True, validate=validate.Length(min=1, max=100))
    comment = Prose(load_default="")


class RefusedView(Schema):
    """Why one item cannot be done."""

    slug = fields.String(required=True)
    detail = words(required=True)
    article = fields.String(required=True, allow_none=True)
    basis = fields.String(required=True, allow_none=True)


class PreviewView(Schema):
    """One item as it stands, and whether it may be done."""

    number = fields.String(required=True)
    version = fields.Integer(required=True, allow_none=True)
    product = fields.String(required=True)
    enterprise_name = fields.String(required=True)
    findings = some(FindingView, required=True)
    may = fields.Boolean(required=True)
    refusal = fields.Nested(RefusedView, required=True, allow_none=True)


class OutcomeView(Schema):
    """What came of one item."""

    number = fields.String(required=True)
    done = fields.Boolean(required=True)
    refusal = fields.Nested(RefusedView, required=True, allow_none=True)


PreviewPage = page_of(PreviewView, "PreviewPage")
OutcomePage = page_of(OutcomeView, "OutcomePage")
