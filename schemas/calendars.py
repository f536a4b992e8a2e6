"""Wire shapes of calendars: a month, a feed, and the dates that another calendar moves."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from schemas.base import Input, Line, page_of, some, words


class MonthQuery(Input):
    """Which month; the present one unless said."""

    year = fields.Integer(load_default=None, validate=validate.Range(2000, 2200))
    month = fields.Integer(load_default=None, validate=validate.Range(1, 12))


class DateView(Schema):
    """Something that ends, opens or falls due on a day."""

    day = fields.Date(required=True)
    kind = fields.String(required=True)
    label = words(required=True)
    subject_kind = fields.String(required=True)
    number = fields.String(required=True)
    product = fields.String(required=True)
    enterprise = fields.String(required=True)
    provisional = fields.Boolean(required=True)


class DayView(Schema):
    """One day of a month."""

    day = fields.Date(required=True)
    works = fields.Boolean(required=True)
    items = some(DateView, required=True)


class MonthView(Schema):
    """A month of the caller's dates. `known`: whether the State Council's notice for that year is loaded."""

    year = fields.Integer(required=True)
    month = fields.Integer(required=True)
    known = fields.Boolean(required=True)
    previous = fields.Date(required=True, metadata={"description": "上月首日 / first day of the month before"})
    next_ = fields.Date(required=True, data_key="next", attribute="next", metadata={
        "description": "下月首日 / first day of the month after"})  # fmt: skip
    days = some(DayView, required=True)


class FeedRequest(Input):
    """Whose dates: the credit code of one's own enterprise, or "office" for what one's office role may see."""

    scope = Line(40, 1, required=True, metadata={"example": "office"})


class FeedView(Schema):
    """The address of a feed; it is told this once. It is ended like a token."""

    address = fields.String(required=True, allow_none=True)
    scope = fields.String(required=True)


class ChangeView(Schema):
    """One open date, as it stands and as the calendar now has it. `announced`: its day stands all the same."""

    kind = fields.String(required=True, metadata={"description": "application | measure"})
    number = fields.String(required=True)
    product = fields.String(required=True)
    status = fields.String(required=True)
    what = fields.String(required=True, validate=validate.OneOf(["due", "term"]))
    label = words(required=True)
    old_day = fields.Date(required=True)
    old_provisional = fields.Boolean(required=True)
    new_day = fields.Date(required=True)
    new_provisional = fields.Boolean(required=True)
    announced = fields.Boolean(required=True)


class ChangesAccepted(Input):
    """The applications and measures whose new dates are accepted."""

    applications = fields.List(Line(40, 1), required=True, validate=validate.Length(1, 500))


class Accepted(Schema):
    """The applications and measures whose dates were recomputed."""

    applications = fields.List(fields.String(), required=True)


ChangePage = page_of(ChangeView, "ChangePage")
