"""Wire shapes of what is only read: worklists, entries, letters."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from schemas.applications import ApplicationRow, SupplementView, TermView
from schemas.base import Input, Line, PageQuery, instant, page_of, some, words


class EntryQuery(PageQuery):
    """Whose entries to list."""

    subject = Line(80, load_default=None, metadata={"description": "申请、证书等的编号 / the number of an application, certificate, …"})


class LetterQuery(PageQuery):
    """Where in the list of letters to begin."""


class WorkQuery(Input):
    """Which part of the queue to show."""

    view = fields.String(load_default="all", validate=validate.OneOf(["all", "mine", "unclaimed", "resubmitted", "overdue"]))
    q = Line(100, load_default=None, metadata={"description": "编号、产品或企业的一部分 / part of number, product or enterprise"})


class WorkItem(ApplicationRow):
    """An application that waits, with whose clock runs; and what was asked of one that came back from a supplement."""

    asked = fields.Nested(SupplementView, required=True, allow_none=True)
    term = fields.Nested(TermView, required=True, allow_none=True)
    tier_label = words(required=True, allow_none=True)


class WorkView(Schema):
    """What waits for the caller, by what is to be done."""

    status = fields.String(required=True)
    act_hint = words(required=True)
    items = some(WorkItem, required=True)


class EntryView(Schema):
    """One entry of the ledger."""

    seq = fields.Integer(required=True)
    at = instant(required=True)
    actor = fields.String(required=True)
    role = fields.String(required=True)
    subject_kind = fields.String(required=True)
    subject = fields.String(required=True)
    act = fields.String(required=True)
    before = fields.String(required=True, allow_none=True)
    after = fields.String(required=True, allow_none=True)
    facts = fields.Dict(keys=fields.String(), required=True)
    previous = fields.String(required=True)
    hash = fields.String(required=True)


class LetterView(Schema):
    """A letter sent or waiting."""

    address = fields.String(required=True)
    subject = fields.String(required=True)
    body = fields.String(required=True)
    queued_at = instant(required=True)
    sent_at = instant(required=True, allow_none=True)
    attempts = fields.Integer(required=True)
    failed_at = instant(required=True, allow_none=True)
    fault = fields.String(required=True, allow_none=True)
    entry = fields.Integer(required=True)


WorkPage = page_of(WorkView, "WorkPage")
EntryPage = page_of(EntryView, "EntryPage")
LetterPage = page_of(LetterView, "LetterPage")
