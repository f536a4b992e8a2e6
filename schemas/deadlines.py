"""Wire shapes of the counter at which time stands: deadlines, confirmation, the training clock."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from registry.law.deadlines import Unit
from schemas.base import Input, Prose, instant, some, words

LONGEST = 36500


class DeadlineQuery(Input):
    """From which day, how long, in which unit. `start` is not counted unless `count_start_day`."""

    start = fields.Date(required=True, metadata={"example": "2026-02-12"})
    length = fields.Integer(required=True, validate=validate.Range(1, LONGEST))
    unit = fields.String(required=True, validate=validate.OneOf([str(u) for u in Unit]))
    count_start_day = fields.Boolean(load_default=False)
    ends = fields.String(load_default="next_working_day", validate=validate.OneOf(["next_working_day", "as_is"]))


class DeadlineView(Schema):
    """The last day of a period, the days counted and the articles and calendars it rests on."""

    start = fields.Date(required=True)
    length = fields.Integer(required=True)
    unit = fields.String(required=True)
    last_day = fields.Date(required=True)
    provisional = fields.Boolean(required=True)
    counted = fields.List(fields.Date(), required=True)
    basis = fields.List(words(), required=True)


class Confirmation(Input):
    """An officer's word on a provisional date that has passed."""

    reason = Prose(load_default="")


class ClockMove(Input):
    """To which day, or to which instant, the training clock is moved."""

    to = fields.String(required=True, metadata={"description": "2031-03-01，或带时区的时刻 / a day, or an instant with its zone"})


class EventView(Schema):
    """One thing that a job did on the way."""

    at = instant(required=True)
    job = fields.String(required=True)
    line = fields.String(required=True)


class ClockView(Schema):
    """What time it is in this office."""

    now = instant(required=True)
    today = fields.Date(required=True)
    zone = fields.String(required=True)
    training = fields.Boolean(required=True)
    events = some(EventView)


