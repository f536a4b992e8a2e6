"""Wire shapes of the counter for public notices, objections and announcements."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from schemas.applications import RegulationRef
from schemas.base import Input, LabelledKey, Line, PageQuery, Prose, instant, page_of, some, words


def _numbers() -> fields.List:
    return fields.List(
        Line(40, 1), required=True, validate=validate.Length(min=1, max=500),
        metadata={"description": "申请编号 / application numbers"},
    )  # fmt: skip


class NoticeRequest(Input):
    """Which applications are proposed, under which regulation."""

    regulation = Line(64, 1, required=True)
    applications = _numbers()


class AnnouncementRequest(Input):
    """Which applications are announced, and the document number (文号) of the announcement."""

    regulation = Line(64, 1, required=True)
    document_number = Line(120, 1, required=True, metadata={"example": "某工信〔2026〕12号"})
    applications = _numbers()
    conditions = fields.Dict(
        keys=fields.String(validate=validate.Length(1, 40)), values=fields.List(Prose(least=1), validate=validate.Length(max=50)),
        load_default=dict, metadata={"description": "按申请编号，公示之外另附的条件 / by application: conditions beyond those of the notice"},
    )  # fmt: skip


class ObjectionRequest(Input):
    """Who objects to which item, on which ground, with reason and evidence. Anonymous ones are not taken."""

    application = Line(40, 1, required=True, metadata={"description": "申请编号 / the item's application number"})
    objector = fields.String(required=True, validate=validate.OneOf(["person", "unit"]))
    name = Line(200, 1, required=True)
    contact = Line(254, 1, required=True)
    ground = Line(64, 1, required=True)
    reason = Prose(least=1, required=True)
    evidence = Prose(least=1, required=True)


class AnnouncementQuery(PageQuery):
    """Where in the list of announcements to begin."""


class NoticeQuery(PageQuery):
    """Which notices to list."""

    open = fields.Boolean(load_default=None, metadata={"description": "是否仍在公示期内 / whether the period still runs"})


class ObjectionQuery(PageQuery):
    """Which objections to list."""

    open = fields.Boolean(load_default=True, metadata={"description": "是否尚未处理 / whether undecided"})


class RedactionRequest(Input):
    """What the public may read of an objection."""

    text = Prose(least=1, required=True)


class WithdrawnView(Schema):
    """That a notice was withdrawn, why, and which notices took its place."""

    at = instant(required=True)
    reason = fields.String(required=True)
    replaced_by = fields.List(fields.String(), required=True)


class PublicObjectionView(Schema):
    """The public copy of an objection. It says nothing of who objected, and in which role somebody took that out."""

    number = fields.String(required=True)
    application = fields.String(required=True)
    objector = fields.String(required=True, metadata={"description": "person | unit"})
    ground = words(required=True)
    text = fields.String(required=True)
    outcome = fields.String(required=True, allow_none=True)
    redacted_at = instant(required=True)
    redacted_by_role = words(required=True)
    redacted_by = fields.String(required=True, allow_none=True, metadata={"description": "仅审计员可见 / for auditors only"})


class ObjectionTermView(Schema):
    """The objection's own time."""

    period_words = words(required=True)
    last_day = fields.Date(required=True)
    provisional = fields.Boolean(required=True)
    left = fields.Integer(required=True, metadata={"description": "剩余天数，按期限单位计 / what is left, in the period's unit"})
    left_words = words(required=True)
    overdue = fields.Boolean(required=True)
    article = fields.String(required=True)
    basis = fields.String(required=True)


class NoticeItemView(Schema):
    """One proposed product."""

    ordinal = fields.Integer(required=True)
    application = fields.String(required=True)
    product = fields.String(required=True)
    enterprise = fields.String(required=True)
    credit_code = fields.String(required=True)
    prefecture_name = words(required=True)
    prefecture = fields.String(required=True)
    models = fields.List(fields.String(), required=True)
    class_key = fields.String(required=True, allow_none=True, data_key="class", attribute="class")
    class_label = words(required=True, allow_none=True)
    conditions = fields.List(fields.String(), required=True)
    grade = fields.Nested(LabelledKey, required=True, allow_none=True)
    dossier = fields.String(required=True, metadata={"description": "申报材料摘要 / digest of the dossier"})
    state_label = words(required=True)
    open_objections = fields.Integer(required=True, allow_none=True, metadata={"description": "仅主管部门可见 / officers only"})


class NoticeBasis(Schema):
    """Where the length of the period comes from."""

    period = words(required=True)
    article = fields.String(required=True)
    basis = fields.String(required=True)
    count_start_day = fields.Boolean(required=True)


class NoticeRow(Schema):
    """A notice in a list."""

    number = fields.String(required=True)
    regulation = fields.Nested(RegulationRef, required=True)
    published_at = instant(required=True)
    first_day = fields.Date(required=True)
    last_day = fields.Date(required=True)
    last_moment = instant(required=True)
    provisional = fields.Boolean(required=True)
    closed = fields.Boolean(required=True)
    digest = fields.String(required=True)
    count = fields.Integer(required=True)
    withdrawn = fields.Nested(WithdrawnView, required=True, allow_none=True)


class NoticeView(NoticeRow):
    """A notice: frozen, hashed, with its first and last day and its last moment."""

    content = fields.String(required=True, metadata={"description": "规范 JSON，其 SHA-256 即 digest / canonical JSON; its SHA-256 is `digest`"})
    items = some(NoticeItemView, required=True)
    replaces = fields.List(fields.String(), required=True, metadata={"description": "所替代的已撤回公示 / the withdrawn notices that it replaces"})
    objections = some(PublicObjectionView, required=True)
    basis = fields.Nested(NoticeBasis, required=True, allow_none=True)


class ObjectionFiled(Schema):
    """The number under which the office keeps an objection."""

    number = fields.String(required=True)
    notice = fields.String(required=True)
    application = fields.String(required=True)


class ObjectionView(Schema):
    """An objection, for the officers."""

    number = fields.String(required=True)
    notice = fields.String(required=True)
    application = fields.String(required=True)
    product = fields.String(required=True)
    version = fields.Integer(required=True, metadata={"description": "该申请的版本 / the application's version"})
    objector = fields.String(required=True)
    name = fields.String(required=True)
    contact = fields.String(required=True)
    ground = words(required=True)
    reason = fields.String(required=True)
    evidence = fields.String(required=True)
    evidence_filename = fields.String(required=True, allow_none=True)
    filed_at = instant(required=True)
    outcome = fields.String(required=True, allow_none=True)
    outcome_reason = fields.String(required=True, allow_none=True)
    decided_at = instant(required=True, allow_none=True)
    term = fields.Nested(ObjectionTermView, required=True, allow_none=True)
    redacted = fields.String(required=True, allow_none=True)
    redacted_at = instant(required=True, allow_none=True)
    redacted_by = fields.String(required=True, allow_none=True)


class CertificateIssued(Schema):
    """One certificate of an announcement."""

    number = fields.String(required=True)
    product = fields.String(required=True)
    holder = fields.String(required=True)
    models = fields.List(fields.String(), required=True)
    place = words(required=True)
    valid_from = fields.Date(required=True)
    valid_until = fields.Date(required=True, allow_none=True)


class AnnouncementView(Schema):
    """An announcement and the certificates it issued."""

    document_number = fields.String(required=True)
    announced_on = fields.Date(required=True)
    regulation = fields.Nested(RegulationRef, required=True)
    certificates = some(CertificateIssued, required=True)


class Announced(Schema):
    """What an announcement issued."""

    document_number = fields.String(required=True)
    certificates = fields.List(fields.String(), required=True)


NoticePage = page_of(NoticeRow, "NoticePage")
ObjectionPage = page_of(ObjectionView, "ObjectionPage")
AnnouncementPage = page_of(AnnouncementView, "AnnouncementPage")
