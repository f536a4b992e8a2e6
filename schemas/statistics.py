"""Wire shapes of the counts: of the public register, and of an office's work."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from schemas.base import Input, Line, instant, some, words


class StatisticsQuery(Input):
    """Of which regulation; of all if left out."""

    regulation = Line(64, load_default=None, allow_none=True)


class WorkloadQuery(StatisticsQuery):
    """Of which regulation, and handed in in which year; all if left out."""

    year = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(1, 9999))


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
    months = some(PartView, required=True)
    ending = some(PartView, required=True)
    grades = some(PartView, required=True)
    standings = some(PartView, required=True)


class WorkMonthView(Schema):
    """What came in and what was decided in one month."""

    key = fields.String(required=True)
    label = words(required=True)
    submitted = fields.Integer(required=True)
    certified = fields.Integer(required=True)
    refused = fields.Integer(required=True)


class WorkPartView(WorkMonthView):
    """What became of the applications of one part."""

    in_hand = fields.Integer(required=True)
    withdrawn = fields.Integer(required=True)
    lapsed = fields.Integer(required=True)


class WorkStageView(Schema):
    """How long one stage took under one regulation, in the unit of its term; how many kept it, and how many go on."""

    regulation = fields.String(required=True)
    law = words(required=True)
    state = fields.String(required=True)
    label = words(required=True)
    term = fields.Integer(required=True)
    term_words = words(required=True)
    done = fields.Integer(required=True)
    running = fields.Integer(required=True)
    overdue = fields.Integer(required=True)
    median = fields.Integer(required=True, allow_none=True)
    median_words = words(required=True, allow_none=True)
    longest = fields.Integer(required=True, allow_none=True)
    longest_words = words(required=True, allow_none=True)
    within = fields.Integer(required=True)
    within_percent = fields.Integer(required=True, allow_none=True)


class RefusalView(Schema):
    """How often one ground of a regulation led to a refusal."""

    regulation = fields.String(required=True)
    law = words(required=True)
    act = fields.String(required=True)
    act_label = words(required=True)
    key = fields.String(required=True)
    label = words(required=True)
    article = fields.String(required=True, allow_none=True)
    basis = fields.String(required=True, allow_none=True)
    count = fields.Integer(required=True)


class WorkloadView(Schema):
    """An office's work: what came in, what became of it, how long it took, and why it was refused."""

    as_of = instant(required=True)
    today = fields.Date(required=True)
    regulation = fields.String(required=True, allow_none=True)
    year = fields.Integer(required=True, allow_none=True)
    total = fields.Integer(required=True)
    years = fields.List(fields.Integer(), required=True)
    months = some(WorkMonthView, required=True)
    places = some(WorkPartView, required=True)
    classes = some(WorkPartView, required=True)
    stages = some(WorkStageView, required=True)
    refusals = some(RefusalView, required=True)
