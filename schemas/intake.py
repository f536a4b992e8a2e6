"""Wire shapes of when applications are taken: calls, their last days, quotas and what is added to them."""

from __future__ import annotations

from marshmallow import fields

from schemas.base import GroundView, PeriodShape, Sourced, some


class CallReminderView(Sourced):
    """One reminder of the last day that a tier has under a call."""

    key = fields.String(required=True)
    tier = fields.String(required=True)
    before = fields.Nested(PeriodShape, required=True)


class RegionQuotaView(GroundView):
    """Another base quota for some regions."""

    regions = fields.List(fields.String(), required=True)
    quota = fields.Integer(required=True)


class BonusView(GroundView):
    """What is added to a bureau's quota, and where."""

    more = fields.Integer(required=True)
    regions = fields.List(fields.String(), required=True)
    certified_at_least = fields.Integer(required=True, allow_none=True)
    certified_at_most = fields.Integer(required=True, allow_none=True)
    by_call = fields.Boolean(required=True)


class IntakeView(Sourced):
    """When new applications are taken: all year round, or only in the window of a call."""

    mode = fields.String(required=True)
    bureau_before = fields.Nested(PeriodShape, required=True, allow_none=True)
    enterprise_before = fields.Nested(PeriodShape, required=True, allow_none=True)
    quota_per_bureau = fields.Integer(required=True, allow_none=True)
    quotas = some(RegionQuotaView, required=True)
    bonuses = some(BonusView, required=True)
    reminders = some(CallReminderView, required=True)
