"""Wire shapes of the counter for tasks."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from schemas.base import Input, PageQuery, Prose, instant, page_of, words

REPORTS = ["dissolved", "renamed", "blacklisted"]


class HolderReport(Input):
    """What is reported of a holder, and where it is said."""

    report = fields.String(required=True, validate=validate.OneOf(REPORTS))
    words = Prose(least=1, required=True)


class Completion(Input):
    """How a task was done."""

    how = Prose(least=1, required=True)


class TaskQuery(PageQuery):
    """Which tasks to list."""

    done = fields.Boolean(load_default=False, metadata={"description": "是否已办结 / whether done"})


class TaskReference(Schema):
    """The number of the task that was opened, or that was open already."""

    number = fields.String(required=True)


class TaskView(Schema):
    """Something for an officer to do. It decides nothing."""

    number = fields.String(required=True)
    kind = fields.String(required=True)
    subject_kind = fields.String(required=True)
    subject = fields.String(required=True)
    subject_name = fields.String(required=True)
    words = words(required=True)
    role = fields.String(required=True)
    prefecture = fields.String(required=True, allow_none=True)
    authority = fields.String(required=True, allow_none=True)
    opened_at = instant(required=True)
    opened_by = fields.String(required=True)
    done_at = instant(required=True, allow_none=True)
    done_by = fields.String(required=True, allow_none=True)
    how = fields.String(required=True, allow_none=True)
    mine = fields.Boolean(required=True)


TaskPage = page_of(TaskView, "TaskPage")
