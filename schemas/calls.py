"""Wire shapes of the counter for calls for applications."""

from __future__ import annotations

from marshmallow import Schema, fields

from schemas.base import Input, Line, PageQuery, instant, page_of, some, words


class CallRequest(Input):
    """A call under its document number (文号); the days of bureaus and enterprises are reckoned back from the department's."""

    regulation = Line(64, 1, required=True)
    document_number = Line(120, 1, required=True, metadata={"example": "湘工信电子〔2026〕30号"})
    title = Line(300, 1, required=True)
    department_until = fields.Date(required=True, metadata={"description": "省工信厅截止日 / the department's last day"})
    opens_on = fields.Date(load_default=None, allow_none=True, metadata={"description": "开始日，默认今天 / the first day; today if unsaid"})


class CallQuery(PageQuery):
    """Which calls to list."""

    open = fields.Boolean(load_default=None, metadata={"description": "企业现在是否可以申报 / whether enterprises may apply under it now"})
    regulation = Line(64, load_default=None)


class CallLaw(Schema):
    """The regulation that a call is under."""

    id = fields.String(required=True)
    title = words(required=True)
    short_title = words(required=True)


class CallTierView(Schema):
    """The last day of one tier and what is left until its last moment."""

    tier = fields.String(required=True)
    label = words(required=True)
    last_day = fields.Date(required=True)
    last_moment = instant(required=True)
    over = fields.Boolean(required=True)
    days_left = fields.Integer(required=True)
    hours_left = fields.Integer(required=True, metadata={"description": "不足一天的小时数 / hours beyond the whole days"})


class CallBasis(Schema):
    """Where the regulation says so."""

    article = fields.String(required=True)
    basis = fields.String(required=True)


class QuotaView(Schema):
    """What a bureau may endorse under a call, and has."""

    prefecture = fields.String(required=True)
    name = words(required=True)
    quota = fields.Integer(required=True)
    used = fields.Integer(required=True)


class CallRow(Schema):
    """A call in a list."""

    number = fields.String(required=True, metadata={"description": "文号 / its document number"})
    title = fields.String(required=True)
    regulation = fields.Nested(CallLaw, required=True)
    published_at = instant(required=True)
    opens_at = instant(required=True)
    state = fields.String(required=True, metadata={"description": "coming | open | closed"})
    tiers = some(CallTierView, required=True)
    provisional = fields.Boolean(required=True)
    quota_per_bureau = fields.Integer(required=True, allow_none=True)
    basis = fields.Nested(CallBasis, required=True, allow_none=True)


class CallView(CallRow):
    """A call; the quotas for the bureaus' and the department's eyes."""

    quotas = some(QuotaView, required=True)


CallPage = page_of(CallRow, "CallPage")
