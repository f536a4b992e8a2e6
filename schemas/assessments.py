"""Wire shapes of the counter for assessments and site inspections."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from schemas.applications import FindingView
from schemas.base import Input, Line, Prose, instant, some, words


class Commissioning(Input):
    """Who is commissioned: an assessment body by its credit code, an inspector by login."""

    who = Line(64, 1, required=True)


class Relief(Commissioning):
    """Whose commission ends, and why."""

    reason = Prose(2000, 1, required=True)


class SheetInput(Input):
    """What was filled in so far, kept as typed: results item by item, hazards line by line, the conclusion."""

    results = fields.Dict(
        keys=Line(64, 1), values=fields.Dict(keys=Line(32, 1), values=Prose(2000)), load_default=dict, metadata={
            "description": "按项目的键：value、unit、uncertainty 或 conforms（yes/no），laboratory、report、found_on、note / by the item's key"})  # fmt: skip
    hazards = fields.List(fields.Dict(keys=Line(32, 1), values=Prose(300)), load_default=list, validate=validate.Length(max=50), metadata={
        "description": "text、severity、probability、per，以及缓解后的 mitigation、by、severity_after、probability_after / and after mitigation"})  # fmt: skip
    conclusion = Prose(load_default="")


class Reuse(Input):
    """The application whose accepted report is taken over from."""

    other = Line(40, 1, required=True)


class RiskAcceptance(Input):
    """Which hazard of the report, counted from one, and why what is left of it is accepted."""

    hazard = fields.Integer(strict=True, required=True, validate=validate.Range(1, 1000))
    reason = Prose(2000, 1, required=True)


class ReportReturn(Input):
    """Why a report is returned."""

    reason = Prose(least=1, required=True)


class StageQuery(Input):
    """Which of the road's stages; the one that the application is in, or the last with a form, if left out."""

    stage = Line(32, load_default=None, allow_none=True)


class ProductClassView(Schema):
    """The class of the product, null while it cannot be told, and what decided it."""

    key = fields.String(required=True, allow_none=True)
    label = words(required=True)
    reasons = fields.List(words(), required=True)
    article = fields.String(required=True, allow_none=True)
    basis = fields.String(required=True, allow_none=True)


class FormVerdictView(Schema):
    """passed, failed, open (cannot pass as it stands), reported, not_applicable; null while nothing is reported."""

    verdict = fields.String(required=True, allow_none=True)
    verdict_label = words(required=True, allow_none=True)


class FormItemView(FormVerdictView):
    """One item of the form, whether it applies and why, and what was found to be worth."""

    key = fields.String(required=True)
    label = words(required=True)
    domain = fields.String(required=True)
    method = fields.String(required=True)
    method_label = words(required=True)
    requirement = words(required=True)
    known = fields.Boolean(required=True)
    measured = fields.Boolean(required=True)
    unit = fields.String(required=True)
    counts = fields.Boolean(required=True)
    applies = fields.Boolean(required=True)
    why = words(required=True, allow_none=True)
    article = fields.String(required=True)
    basis = fields.String(required=True)
    source = fields.String(required=True)
    note = words(required=True, allow_none=True)
    reason = words(required=True, allow_none=True)


class FormDomainView(FormVerdictView):
    """A domain with its verdict."""

    key = fields.String(required=True)
    label = words(required=True)


class LevelView(Schema):
    """A level of risk and what it does to the whole."""

    key = fields.String(required=True)
    label = words(required=True)
    effect = fields.String(required=True)


class HazardView(FormVerdictView):
    """One hazard, its level before and after mitigation, and by whom what is left was accepted."""

    number = fields.Integer(required=True)
    text = fields.String(required=True)
    per = fields.String(required=True)
    mitigation = fields.String(required=True)
    before = fields.Nested(LevelView, required=True, allow_none=True)
    after = fields.Nested(LevelView, required=True, allow_none=True)
    accepted_by = fields.String(required=True, allow_none=True)
    reason = words(required=True)


class CommissionView(Schema):
    """Who is, or was, commissioned."""

    who = fields.String(required=True)
    name = fields.String(required=True)
    commissioned_at = instant(required=True)
    relieved_at = instant(required=True, allow_none=True)
    relief_reason = fields.String(required=True, allow_none=True)


class ReportView(FormVerdictView):
    """A report that was handed in; returned or not."""

    ordinal = fields.Integer(required=True)
    reported_at = instant(required=True)
    reported_by = fields.String(required=True)
    digest = fields.String(required=True)
    returned_at = instant(required=True, allow_none=True)
    return_reason = fields.String(required=True, allow_none=True)


class AssessmentView(FormVerdictView):
    """The form of a stage held against the product, with the report that this caller may read."""

    number = fields.String(required=True)
    version = fields.Integer(required=True)
    status = fields.String(required=True)
    product = fields.String(required=True)
    stage = fields.String(required=True)
    stage_label = words(required=True)
    class_ = fields.Nested(ProductClassView, required=True, allow_none=True, attribute="class", data_key="class")
    items = some(FormItemView, required=True)
    domains = some(FormDomainView, required=True)
    hazards = some(HazardView, required=True)
    reasons = fields.List(words(), required=True)
    sheet = fields.Dict(required=True, allow_none=True)
    conclusion = fields.String(required=True)
    findings = some(FindingView, required=True)
    commissions = some(CommissionView, required=True)
    reports = some(ReportView, required=True)
    may_fill = fields.Boolean(required=True)
