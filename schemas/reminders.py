"""Wire shapes of the ledger of reminders."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from registry.desks.rehearsals import MOST_DAYS
from registry.desks.reminders import STATES
from schemas.base import Input, instant, page_of, some, words


class ReminderQuery(Input):
    """How many days ahead planned reminders are listed."""

    days = fields.Integer(load_default=30, validate=validate.Range(1, MOST_DAYS))


class ReminderLetter(Schema):
    """One letter of a reminder, and what became of it."""

    address = fields.String(required=True)
    sent_at = instant(required=True, allow_none=True)
    failed_at = instant(required=True, allow_none=True)
    attempts = fields.Integer(required=True)
    fault = fields.String(required=True, allow_none=True)


class ReminderRow(Schema):
    """One reminder, planned or told."""

    certificate = fields.String(required=True)
    product = fields.String(required=True)
    holder = fields.String(required=True)
    credit_code = fields.String(required=True)
    valid_until = fields.Date(required=True)
    stage = fields.String(required=True)
    stage_label = words(required=True)
    held = fields.Boolean(required=True)
    state = fields.String(required=True, validate=validate.OneOf(list(STATES)))
    state_label = words(required=True)
    told_on = fields.Date(required=True, allow_none=True)
    told_at = instant(required=True, allow_none=True)
    letters = some(ReminderLetter, required=True)
    acknowledged_at = instant(required=True, allow_none=True)


ReminderPage = page_of(ReminderRow, "ReminderPage")
