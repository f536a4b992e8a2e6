"""Wire shapes of the counts of the public register."""

from __future__ import annotations

from marshmallow import Schema, fields

from schemas.base import Input, Line, instant, some, words


class StatisticsQuery(Input):
    """Of which regulation; of all if left out."""

    regulation = Line(64, load_default=None, allow_none=True)


class PartView(Schema):
    """One part of the whole, by its key and in words."""

    key = fields.String(required=True)
    label = words(required=True)
    count = fields.Integer(required=True)


class StatisticsView(Schema):
    """How many certificates there are, in each way of dividing them."""

    as_of = instant(required=True)
    today = fields.Date(required=True)
    regulation = fields.String(required=True, allow_none=True)
    total = fields.Integer(required=True)
    regulations = some(PartView, required=True)
    classes = some(PartView, required=True)
    places = some(PartView, required=True)
    years = some(PartView, required=True)
    grades = some(PartView, required=True)
    standings = some(PartView, required=True)
