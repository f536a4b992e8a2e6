"""Wire shapes of the form of a stage that is worked through item by item, as the regulation has it."""

from __future__ import annotations

from marshmallow import Schema, fields

from schemas.base import GroundView, Sourced, some, words


class ClassLimitView(Sourced):
    """One bound of a class."""

    field = fields.String(required=True)
    comparison = fields.String(required=True)
    limit = fields.Decimal(required=True, as_string=True)
    unit = fields.String(required=True)


class FormClassView(GroundView):
    """One class of products: within all its limits, and in no class before it."""

    limits = some(ClassLimitView, required=True)


class WhenView(Schema):
    """Where an item applies: the dossier's choice is one of these."""

    field = fields.String(required=True)
    values_ = fields.List(fields.String(), required=True, data_key="values", attribute="values")


class ItemRuleView(GroundView):
    """One thing to be found out; a limit or requirement that is null is not known, and cannot pass."""

    domain = fields.String(required=True)
    method = fields.String(required=True)
    comparison = fields.String(required=True)
    requirement = words(required=True, allow_none=True)
    quantity = words(required=True, allow_none=True)
    limit = fields.Decimal(required=True, allow_none=True, as_string=True)
    upper = fields.Decimal(required=True, allow_none=True, as_string=True)
    unit = fields.String(required=True)
    classes = fields.List(fields.String(), required=True)
    when = some(WhenView, required=True)
    counts = fields.Boolean(required=True)


class FormRecusalView(GroundView):
    """A tie by which one stands aside."""

    years = fields.Integer(required=True)


class ProbabilityRuleView(GroundView):
    """A likelihood, with the level of risk for each severity in their order."""

    levels = fields.List(fields.String(), required=True)
    eliminated = fields.Boolean(required=True)


class LevelRuleView(GroundView):
    """A level of risk, and what it does to the whole."""

    effect = fields.String(required=True)


class MitigationRuleView(GroundView):
    """A kind of mitigation."""

    design = fields.Boolean(required=True)


class RiskRuleView(Sourced):
    """The matrix by which hazards are ranked."""

    severities = some(GroundView, required=True)
    probabilities = some(ProbabilityRuleView, required=True)
    levels = some(LevelRuleView, required=True)
    mitigations = some(MitigationRuleView, required=True)


class ReferenceView(GroundView):
    """A table beside the form, with its caution; no verdict rests on it."""

    caution = words(required=True)
    columns = fields.List(fields.String(), required=True)
    rows = fields.List(fields.List(fields.String()), required=True)
    checksum = fields.String(required=True)


class FormView(Sourced):
    """The form of one stage."""

    decision_rule = fields.String(required=True)
    domains = some(GroundView, required=True)
    items = some(ItemRuleView, required=True)
    recusal = some(FormRecusalView, required=True)
    classes = some(FormClassView, required=True)
    risk = fields.Nested(RiskRuleView, required=True, allow_none=True)
    references = some(ReferenceView, required=True)
