"""Wire shapes of the counter for the expert pool."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from registry.law.rules import TIES
from schemas.base import Input, Line, PageQuery, Prose, Reason, instant, page_of, some, words

KINDS = tuple(TIES)
_SINCE = {"description": "自何日起 / since which day"}
_UNTIL = {"description": "至何日止，仍存续的不填 / until which day; none while it lasts"}


class Profile(Input):
    """An expert's own profile."""

    fields_ = fields.List(
        Line(64, 1), required=True, data_key="fields", attribute="fields", validate=validate.Length(max=50),
        metadata={"description": "产品大类的键，见 GET /taxonomies/{id} / keys of classes, see GET /taxonomies/{id}"})  # fmt: skip
    title = Line(100, load_default="", metadata={"description": "职称 / professional title"})
    employer_name = Line(200, load_default="")
    employer_code = Line(40, load_default=None, allow_none=True)
    active = fields.Boolean(load_default=True, metadata={"description": "是否参加抽取 / whether one takes part in draws"})


class InterestDeclaration(Input):
    """A tie to an enterprise, by which one may have to stand aside."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    credit_code = Line(40, 1, required=True)
    from_on = fields.Date(required=True, metadata=_SINCE)
    until_on = fields.Date(load_default=None, allow_none=True, metadata=_UNTIL)
    note = Prose(1000, load_default="")


class InterestEnd(Input):
    """On which day a tie ended."""

    until_on = fields.Date(required=True)


class InterestWithdrawal(Reason):
    """Why a declaration was a mistake."""


class ExpertQuery(PageQuery):
    """Which experts to list."""

    field = Line(64, load_default=None, metadata={"description": "产品大类的键 / the key of a class of products"})
    active = fields.Boolean(load_default=None)
    q = Line(100, load_default=None, metadata={"description": "用户名或姓名的一部分 / part of the login or the name"})


class CompetenceView(Schema):
    """A class of products in which an expert is at home."""

    key = fields.String(required=True)
    label = words(required=True)


class InterestView(Schema):
    """A declared tie."""

    ordinal = fields.Integer(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    kind_label = words(required=True)
    credit_code = fields.String(required=True)
    from_on = fields.Date(required=True)
    until_on = fields.Date(required=True, allow_none=True)
    note = fields.String(required=True)
    declared_at = instant(required=True)
    withdrawn_at = instant(required=True, allow_none=True)
    withdrawal_reason = fields.String(required=True, allow_none=True)


class ExpertView(Schema):
    """An expert of the pool."""

    login = fields.String(required=True)
    name = fields.String(required=True)
    title = fields.String(required=True)
    employer_name = fields.String(required=True)
    employer_code = fields.String(required=True, allow_none=True)
    active = fields.Boolean(required=True)
    kept_at = instant(required=True, allow_none=True)
    fields_ = fields.List(fields.Nested(CompetenceView), required=True, data_key="fields", attribute="fields")
    interests = some(InterestView, required=True)


ExpertPage = page_of(ExpertView, "ExpertPage")
