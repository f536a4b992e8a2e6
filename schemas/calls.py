"""Wire shapes of the counter for calls for applications."""

from __future__ import annotations

from marshmallow import Schema, fields

from schemas.base import Input, Line, PageQuery, Prose, instant, page_of, some, words
from schemas.intake import BonusView, RegionQuotaView


class BonusGiven(Input):
    """A bonus that the regulation leaves to the call, for one bureau."""

    bonus = Line(64, 1, required=True, metadata={"description": "intake.bonuses 的键 / its key in the regulation"})
    prefecture = Line(6, 1, required=True)
    reason = Line(300, 1, required=True)


class CallRequest(Input):
    """A call under its document number (文号); the days of bureaus and enterprises are reckoned back from the department's."""

    regulation = Line(64, 1, required=True)
    document_number = Line(120, 1, required=True, metadata={"example": "某工信〔2026〕30号"})
    title = Line(300, 1, required=True)
    department_until = fields.Date(required=True, metadata={"description": "主管部门截止日 / the department's last day"})
    opens_on = fields.Date(load_default=None, allow_none=True, metadata={"description": "开始日，默认今天 / the first day; today if unsaid"})
    bonuses = some(BonusGiven, load_default=list)


class CallAmendment(Input):
    """What a call says from now on; what is not named stays."""

    reason = Prose(required=True)
    title = Line(300, 1, load_default=None)
    department_until = fields.Date(load_default=None, allow_none=True, metadata={"description": "主管部门截止日 / the department's last day"})
    opens_on = fields.Date(load_default=None, allow_none=True, metadata={"description": "开始日，仅限尚未开始的 / only before it has opened"})
    bonuses = some(BonusGiven, load_default=None, allow_none=True, metadata={"description": "不填则不变 / stays if unsaid"})


class CallWithdrawal(Input):
    """Why a call is taken back."""

    reason = Prose(required=True)


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


class QuotaPartView(Schema):
    """One part of a quota: how many, by which rule."""

    article = fields.String(required=True)
    basis = fields.String(required=True)
    label = words(required=True)
    places = fields.Integer(required=True)
    reason = fields.String(required=True, allow_none=True, metadata={"description": "由申报通知给的理由 / why the call gives it"})


class QuotaView(Schema):
    """What a bureau may endorse under a call, and has."""

    prefecture = fields.String(required=True)
    name = words(required=True)
    quota = fields.Integer(required=True)
    used = fields.Integer(required=True)
    parts = some(QuotaPartView, required=True)


class CallDayView(Schema):
    """The last day of one tier, as a version of a call has it."""

    tier = fields.String(required=True)
    label = words(required=True)
    last_day = fields.Date(required=True)


class BonusGivenView(Schema):
    """A bonus that a call gives to one bureau, by which rule and why."""

    bonus = fields.String(required=True)
    label = words(required=True)
    more = fields.Integer(required=True)
    prefecture = fields.String(required=True)
    name = words(required=True)
    reason = fields.String(required=True)
    article = fields.String(required=True)
    basis = fields.String(required=True)


class CallVersionView(Schema):
    """What a call said from one moment on, and why it was changed."""

    edition = fields.Integer(required=True)
    from_ = instant(required=True, data_key="from", attribute="from")
    title = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True)
    opens_on = fields.Date(required=True)
    provisional = fields.Boolean(required=True)
    tiers = some(CallDayView, required=True)
    given = some(BonusGivenView, required=True)


class CallWithdrawnView(Schema):
    """When and why a call was taken back."""

    at = instant(required=True)
    reason = fields.String(required=True)


class CallRow(Schema):
    """A call in a list."""

    number = fields.String(required=True, metadata={"description": "文号 / its document number"})
    version = fields.Integer(required=True, metadata={"description": "第几版 / how often it was amended, counted from one"})
    withdrawn = fields.Nested(CallWithdrawnView, required=True, allow_none=True)
    title = fields.String(required=True)
    regulation = fields.Nested(CallLaw, required=True)
    published_at = instant(required=True)
    opens_at = instant(required=True)
    state = fields.String(required=True, metadata={"description": "coming | open | closed | withdrawn"})
    tiers = some(CallTierView, required=True)
    provisional = fields.Boolean(required=True)
    quota_per_bureau = fields.Integer(required=True, allow_none=True)
    other_quotas = some(RegionQuotaView, required=True)
    bonuses = some(BonusView, required=True)
    given = some(BonusGivenView, required=True)
    basis = fields.Nested(CallBasis, required=True, allow_none=True)


class CallView(CallRow):
    """A call with all its versions; the quotas for the bureaus' and the department's eyes."""

    versions = some(CallVersionView, required=True)
    amendable = fields.Boolean(required=True, metadata={"description": "您可以变更或撤回 / whether you may amend or withdraw it"})
    quotas = some(QuotaView, required=True)


CallPage = page_of(CallRow, "CallPage")
