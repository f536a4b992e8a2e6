"""Wire shapes of a past decision replayed."""

from __future__ import annotations

from marshmallow import Schema, fields

from schemas.applications import HistoryView
from schemas.base import some, words


class LawVersionView(Schema):
    """One version of a regulation, by the digest of its text."""

    id = fields.String(required=True)
    version = fields.String(required=True)
    title = words(required=True)
    digest = fields.String(required=True)
    effective_from = fields.Date(required=True)
    effective_until = fields.Date(required=True)
    open = fields.Boolean(required=True)


class ReplayLine(Schema):
    """One figure: as recorded, as its own rules give it, as today's rules would."""

    what = words(required=True)
    recorded = words(required=True, allow_none=True)
    then = words(required=True)
    now = words(required=True, allow_none=True)
    agrees = fields.Boolean(required=True, allow_none=True, metadata={
        "description": "记录是否与当时的规则一致；无可比时为空 / whether the record is what its own rules give; null: nothing to compare"})  # fmt: skip
    differs_now = fields.Boolean(required=True)
    article = fields.String(required=True, allow_none=True)
    basis = fields.String(required=True, allow_none=True)
    source = fields.String(required=True, allow_none=True)


class ReplayEntry(HistoryView):
    """One entry of the life, with its figures worked out again."""

    lines = some(ReplayLine, required=True)


class ReplayView(Schema):
    """A life replayed under its own version of the law and held against today's."""

    number = fields.String(required=True)
    product = fields.String(required=True)
    status = fields.String(required=True)
    status_label = words(required=True)
    then = fields.Nested(LawVersionView, required=True)
    now = fields.Nested(LawVersionView, required=True, allow_none=True)
    warning = words(required=True, allow_none=True)
    agrees = fields.Boolean(required=True)
    differs_now = fields.Boolean(required=True)
    entries = some(ReplayEntry, required=True)
