"""Wire shapes of the law that is loaded: regulations with the basis of each figure, product trees, prefectures."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from schemas.base import page_of, some, words


class AuthorityRef(Schema):
    """Whose regulation it is."""

    code = fields.String(required=True)
    name = words(required=True)


class RegulationRow(Schema):
    """A regulation in a list."""

    id = fields.String(required=True)
    family = fields.String(required=True)
    version = fields.String(required=True)
    title = words(required=True)
    short_title = words(required=True)
    authority = fields.Nested(AuthorityRef, required=True)
    effective_from = fields.Date(required=True)
    effective_until = fields.Date(required=True)
    open = fields.Boolean(required=True)


class Sourced(Schema):
    """What every leaf of law carries: its article, its basis, and where a precedent stands."""

    article = fields.String(required=True)
    basis = fields.String(required=True, validate=validate.OneOf(["article", "instruction", "precedent", "assumption"]))
    source = fields.String(required=True)
    note = words(required=True, allow_none=True)


class PeriodShape(Schema):
    """A length of time as the law writes it."""

    length = fields.Integer(required=True)
    unit = fields.String(required=True)
    count_start_day = fields.Boolean(required=True)
    ends = fields.String(required=True)


class PeriodView(Sourced):
    """One length of time, and where it comes from."""

    key = fields.String(required=True)
    period = fields.Nested(PeriodShape, required=True)
    words = words(required=True)


class GroundView(Sourced):
    """One reason or ground that an act may name."""

    key = fields.String(required=True)
    label = words(required=True)


class ChoiceView(Schema):
    """One answer that a field takes."""

    key = fields.String(required=True)
    label = words(required=True)


class FieldView(GroundView):
    """One field of the dossier."""

    help = words(required=True)
    kind = fields.String(required=True)
    required_ = fields.Boolean(required=True, data_key="required", attribute="required")
    public = fields.Boolean(required=True)
    max_length = fields.Integer(required=True, allow_none=True)
    choices = some(ChoiceView, required=True)
    minimum = fields.String(required=True, allow_none=True, metadata={"description": "十进制数 / a decimal number"})
    maximum = fields.String(required=True, allow_none=True)
    places = fields.Integer(required=True)
    unit = words(required=True, allow_none=True)


class SectionView(Schema):
    """One part of the dossier's form."""

    key = fields.String(required=True)
    label = words(required=True)
    fields_ = some(FieldView, required=True, data_key="fields", attribute="fields")


class SlotView(GroundView):
    """One slot of the dossier that takes documents."""

    help = words(required=True)
    required_ = fields.Boolean(required=True, data_key="required", attribute="required")
    minimum = fields.Integer(required=True)
    maximum = fields.Integer(required=True)
    types = fields.List(fields.String(), required=True)


class DossierForm(Schema):
    """What is to be handed in: sections of fields, and documents."""

    sections = some(SectionView, required=True)
    documents = some(SlotView, required=True)
    product_field = fields.String(required=True)
    models_field = fields.String(required=True)
    class_field = fields.String(required=True)


class ConditionView(Sourced):
    """One condition that fields must meet together, as CEL."""

    key = fields.String(required=True)
    expression = fields.String(required=True)
    field = fields.String(required=True)
    message = words(required=True)
    action = words(required=True, allow_none=True)
    asked = fields.String(required=True, validate=validate.OneOf(["always", "at_submission", "first_submission"]))


class CriterionView(GroundView):
    """One line of the experts' sheet."""

    maximum = fields.Integer(required=True)
    help = words(required=True)


class RecusalView(GroundView):
    """A tie by which an expert stands aside, and for how many years after it ended."""

    years = fields.Integer(required=True)


class PanelView(Sourced):
    """The rules of the expert panel."""

    minimum = fields.Integer(required=True)
    specialists = fields.Integer(required=True, metadata={
        "description": "熟悉该类产品的专家至少几名 / at least how many know the class of products"})  # fmt: skip
    odd = fields.Boolean(required=True)
    pass_mark = fields.Integer(required=True)
    rule = fields.String(required=True)
    criteria = some(CriterionView, required=True)
    recusal = some(RecusalView, required=True)


class SanctionView(GroundView):
    """One ground on which a certificate may be suspended, reinstated or revoked."""

    acts = fields.List(fields.String(), required=True)


class DebarmentRuleView(GroundView):
    """A ground on which an enterprise may not apply again, and for how many years."""

    years = fields.Integer(required=True)


class CertificateChangeView(GroundView):
    """What of a certificate its holder may ask to be changed, and the proof that it needs."""

    proof = words(required=True)


class PublicationView(Sourced):
    """One fact about the regulation's publication."""

    key = fields.String(required=True)
    value = fields.String(required=True)


class DefinitionView(Sourced):
    """What the regulation calls the product it certifies."""

    text = words(required=True)


class StartView(Sourced):
    """The first day in force."""

    day = fields.Date(required=True)


class LifeView(Sourced):
    """How long the regulation itself is in force."""

    length = fields.Integer(required=True)
    unit = fields.String(required=True)


class CountingView(Sourced):
    """Whether the first day counts."""

    count_start_day = fields.Boolean(required=True)


class EffectiveView(Schema):
    """The regulation's own life."""

    start = fields.Nested(StartView, required=True)
    life = fields.Nested(LifeView, required=True)
    counting = fields.Nested(CountingView, required=True)


class StageRule(Sourced):
    """One stage of the road, the period it must be done in and whose it is."""

    kind = fields.String(required=True)
    label = words(required=True)
    term = fields.String(required=True)
    scope = fields.String(required=True)


class ValidityView(Sourced):
    """How long a certificate is valid, and from when."""

    period = fields.Nested(PeriodShape, required=True)
    base = fields.String(required=True)
    words = words(required=True)


class RenewalView(Sourced):
    """When a renewal may be applied for, around the last day."""

    opens_before = fields.Nested(PeriodShape, required=True)
    closes_after = fields.Nested(PeriodShape, required=True)
    opens_words = words(required=True)
    closes_words = words(required=True)


class IntakeView(Sourced):
    """When new applications are taken: all year round, or only in the window of a call."""

    mode = fields.String(required=True)
    bureau_before = fields.Nested(PeriodShape, required=True, allow_none=True)
    enterprise_before = fields.Nested(PeriodShape, required=True, allow_none=True)
    quota_per_bureau = fields.Integer(required=True, allow_none=True)


class ReminderView(Sourced):
    """One window before the last day in which the holder is reminded."""

    key = fields.String(required=True)
    before = fields.Nested(PeriodShape, required=True)
    words = words(required=True)


class EscalationView(Sourced):
    """One step by which overdue work rises."""

    key = fields.String(required=True)
    after = fields.Nested(PeriodShape, required=True)
    role = fields.String(required=True)
    words = words(required=True)


class PrefectureView(Schema):
    """A prefecture and its bureau."""

    code = fields.String(required=True)
    name = words(required=True)
    bureau = words(required=True)


class RegulationView(RegulationRow):
    """A regulation whole: stages, periods, dossier, panel, grounds, each with article and basis."""

    digest = fields.String(required=True)
    product_noun = words(required=True)
    certificate_title = words(required=True)
    publication = some(PublicationView, required=True)
    definition = fields.Nested(DefinitionView, required=True)
    effective = fields.Nested(EffectiveView, required=True)
    predicates = some(GroundView, required=True)
    stages = some(StageRule, required=True)
    periods = some(PeriodView, required=True)
    validity = fields.Nested(ValidityView, required=True)
    intake = fields.Nested(IntakeView, required=True, allow_none=True)
    renewal = fields.Nested(RenewalView, required=True)
    reminders = some(ReminderView, required=True)
    escalations = some(EscalationView, required=True)
    dossier = fields.Nested(DossierForm, required=True)
    conditions = some(ConditionView, required=True)
    panel = fields.Nested(PanelView, required=True)
    supplement_reasons = some(GroundView, required=True)
    refusal_grounds = some(GroundView, required=True)
    objection_grounds = some(GroundView, required=True)
    sanctions = some(SanctionView, required=True)
    debarments = some(DebarmentRuleView, required=True)
    changes = some(CertificateChangeView, required=True)
    support = some(GroundView, required=True)
    numbers = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    taxonomy = fields.String(required=True, metadata={"description": "见 GET /taxonomies/{id} / see GET /taxonomies/{id}"})
    prefectures = some(PrefectureView, required=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    unknown_ = fields.List(fields.String(), required=True, data_key="unknown", attribute="unknown", metadata={
        "description": "尚未填写的条目 / leaves that nobody has filled in"})  # fmt: skip


class TaxonomyLeafView(GroundView):
    """One kind of product."""

    class_key = fields.String(required=True)
    class_label = words(required=True)
    gbt4754 = fields.List(fields.String(), required=True)


class TaxonomyClassView(GroundView):
    """One class of products with its kinds."""

    leaves = some(TaxonomyLeafView, required=True)


class TaxonomyView(Schema):
    """A product tree."""

    id = fields.String(required=True)
    version = fields.String(required=True)
    title = words(required=True)
    article = fields.String(required=True)
    basis = fields.String(required=True)
    classes = some(TaxonomyClassView, required=True)


RegulationPage = page_of(RegulationRow, "RegulationPage")
PrefecturePage = page_of(PrefectureView, "PrefecturePage")
