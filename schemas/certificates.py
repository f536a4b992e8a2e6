"""Wire shapes of the counter for certificates."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from schemas.applications import PartyView, RegulationRef
from schemas.base import ActView, Line, PageQuery, instant, page_of, some, words
from schemas.rehearsals import HoldView

STANDINGS = ["valid", "suspended", "revoked", "expired", "surrendered", "superseded", "not_yet_valid"]


def _standing(**kwargs: object) -> fields.String:
    return fields.String(validate=validate.OneOf(STANDINGS), **kwargs)  # type: ignore[arg-type]


class CertificateQuery(PageQuery):
    """Which certificates to list."""

    standing = _standing(load_default=None, metadata={"description": "今日的效力状态 / standing today"})
    regulation = Line(64, load_default=None)
    holder = Line(200, load_default=None, metadata={"description": "信用代码或名称的一部分 / credit code or part of the name"})
    q = Line(100, load_default=None, metadata={"description": "编号或产品的一部分 / part of number or product"})


class StandingFacts(Schema):
    """The three facts that the word for standing was made from."""

    validity = fields.String(required=True)
    restriction = fields.String(required=True, allow_none=True)
    outcome = fields.String(required=True, allow_none=True)


class ClassView(Schema):
    """A leaf of the product tree."""

    key = fields.String(required=True)
    label = words(required=True)
    class_label = words(required=True, allow_none=True)


class AnnouncedBy(Schema):
    """The announcement that issued it."""

    document_number = fields.String(required=True)
    announced_on = fields.Date(required=True)


class ValidityBasis(Schema):
    """Where the length of the term comes from."""

    period = words(required=True)
    article = fields.String(required=True)
    basis = fields.String(required=True)


class RenewalWindow(Schema):
    """When a renewal may be applied for."""

    opens_on = fields.Date(required=True)
    closes_on = fields.Date(required=True)
    open = fields.Boolean(required=True)
    application = fields.String(required=True, allow_none=True, metadata={
        "description": "正在办理的续期申请，仅持证企业和省工信厅可见 / the renewal in hand, for holder and department"})  # fmt: skip


class CertificateEntry(Schema):
    """One entry of a certificate's life."""

    seq = fields.Integer(required=True)
    at = instant(required=True)
    act = fields.String(required=True)
    label = words(required=True)
    ground = words(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    after = fields.String(required=True, allow_none=True)
    after_label = words(required=True, allow_none=True)
    successor = fields.String(required=True, allow_none=True)
    article = fields.String(required=True, allow_none=True)
    effective_on = fields.String(required=True, allow_none=True)
    edition = fields.Integer(required=True, allow_none=True)
    measure = fields.String(required=True, allow_none=True, metadata={"description": "作出该处理的措施编号 / the measure that ordered it"})


class CertificateView(Schema):
    """A certificate, and what it is worth at the moment of asking."""

    number = fields.String(required=True)
    regulation = fields.Nested(RegulationRef, required=True)
    holder = fields.Nested(PartyView, required=True)
    product = fields.String(required=True)
    product_class = fields.Nested(ClassView, required=True)
    scope = fields.List(fields.String(), required=True)
    conditions = fields.List(fields.String(), required=True, metadata={
        "description": "认定所附条件，按序编号 / on what terms it was approved, counted from one"})  # fmt: skip
    edition = fields.Integer(required=True, metadata={"description": "现为第几版 / which version this is"})
    valid_from = fields.Date(required=True)
    valid_until = fields.Date(required=True)
    in_force_from = instant(required=True)
    in_force_until = instant(required=True)
    zone = fields.String(required=True)
    standing = _standing(required=True)
    standing_label = words(required=True)
    in_force = fields.Boolean(required=True)
    standing_facts = fields.Nested(StandingFacts, required=True)
    as_of = instant(required=True)
    replaced_by = fields.String(required=True, allow_none=True)
    replaces = fields.String(required=True, allow_none=True)
    announcement = fields.Nested(AnnouncedBy, required=True)
    issued_at = instant(required=True)
    version = fields.Integer(required=True)
    basis = fields.Nested(ValidityBasis, required=True)
    history = some(CertificateEntry, required=True)
    possible = some(ActView, required=True)
    held = fields.Nested(HoldView, required=True, allow_none=True, metadata={
        "description": "仅省工信厅和审计员可见 / for department and auditors only"})  # fmt: skip
    amendable = fields.Boolean(required=True)
    renewal = fields.Nested(RenewalWindow, required=True, allow_none=True)
    mine = fields.Boolean(required=True)
    application = fields.String(required=True, allow_none=True)


class CertificateRow(Schema):
    """A certificate in a list."""

    number = fields.String(required=True)
    product = fields.String(required=True)
    holder = fields.Nested(PartyView, required=True)
    scope = fields.List(fields.String(), required=True)
    valid_from = fields.Date(required=True)
    valid_until = fields.Date(required=True)
    standing = _standing(required=True)
    standing_label = words(required=True)
    regulation = fields.String(required=True)
    replaced_by = fields.String(required=True, allow_none=True)
    days_left = fields.Integer(required=True)


CertificatePage = page_of(CertificateRow, "CertificatePage")
