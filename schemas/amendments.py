"""Wire shapes of the counter for changes of a certificate, and of a certificate's versions."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from schemas.applications import HistoryView, PartyView
from schemas.base import ActView, Input, Line, PageQuery, Prose, instant, page_of, some, words

CHANGES = ["scope", "rename", "transfer"]


class AmendmentRequest(Input):
    """What is to be changed, and why; the proof is the file."""

    change = fields.String(required=True, validate=validate.OneOf(CHANGES), metadata={
        "description": "scope 增加认定范围，rename 更名，transfer 变更持证企业；以该办法的 changes 为准 / a key of the regulation's `changes`"})  # fmt: skip
    models = Prose(load_default="", metadata={"description": "scope：认定范围中要增加的各项，每行一项 / what is added to the scope, one a line"})
    new_name = Line(200, load_default="", metadata={"description": "rename：新名称 / the new name"})
    new_holder = Line(40, load_default="", metadata={
        "description": "transfer：新持证企业的统一社会信用代码，须已登记 / the credit code of the other holder, who must be registered"})  # fmt: skip
    reason = Prose(least=1, required=True)


class AmendmentQuery(PageQuery):
    """Which requests to list."""

    open = fields.Boolean(load_default=True, allow_none=True, metadata={"description": "是否尚未办结 / whether undecided"})
    certificate = Line(40, load_default=None)


class AmendmentRow(Schema):
    """A request in a list."""

    number = fields.String(required=True)
    certificate = fields.String(required=True)
    product = fields.String(required=True)
    status = fields.String(required=True)
    status_label = words(required=True)
    change = fields.String(required=True, validate=validate.OneOf(CHANGES))
    change_label = words(required=True)
    enterprise = fields.Nested(PartyView, required=True)
    prefecture = fields.String(required=True, allow_none=True)
    models = fields.List(fields.String(), required=True)
    new_name = fields.String(required=True, allow_none=True)
    new_holder = fields.Nested(PartyView, required=True, allow_none=True)
    requested_at = instant(required=True)


class ChangeBasis(Schema):
    """By which rule of the regulation the change can be asked for, and with what proof."""

    article = fields.String(required=True)
    basis = fields.String(required=True)
    proof = words(required=True)


class ProofView(Schema):
    """One file of proof."""

    ordinal = fields.Integer(required=True)
    filename = fields.String(required=True)
    media_type = fields.String(required=True)
    size = fields.Integer(required=True)
    sha256 = fields.String(required=True)
    uploaded_at = instant(required=True)


class AmendmentView(AmendmentRow):
    """A request for a change of a certificate, whole."""

    version = fields.Integer(required=True)
    scope_label = words(required=True, metadata={"description": "该办法对 models 的叫法 / what the regulation calls `models`"})
    reason = fields.String(required=True)
    decided_at = instant(required=True, allow_none=True)
    decision_reason = fields.String(required=True, allow_none=True)
    rule = fields.Nested(ChangeBasis, required=True, allow_none=True)
    files = some(ProofView, required=True)
    possible = some(ActView, required=True)
    mine = fields.Boolean(required=True)
    history = some(HistoryView, required=True)


class CertificateVersionView(Schema):
    """What a certificate says, or said, from its first to its last day."""

    number = fields.String(required=True)
    edition = fields.Integer(required=True, metadata={"description": "第几版，从 1 起 / counted from one"})
    newest = fields.Boolean(required=True)
    holder = fields.Nested(PartyView, required=True)
    product = fields.String(required=True)
    scope = fields.List(fields.String(), required=True)
    conditions = fields.List(fields.String(), required=True)
    in_force_from = fields.Date(required=True)
    in_force_until = fields.Date(required=True, allow_none=True, metadata={
        "description": "长期有效的最新一版为空 / null for the newest version of a certificate without end"})  # fmt: skip
    recorded_at = instant(required=True)
    act = fields.String(required=True)
    label = words(required=True)
    seq = fields.Integer(required=True)
    change = fields.String(required=True, allow_none=True)
    change_label = words(required=True, allow_none=True)
    amendment = fields.String(required=True, allow_none=True)


AmendmentPage = page_of(AmendmentRow, "AmendmentPage")
CertificateVersionPage = page_of(CertificateVersionView, "CertificateVersionPage")
