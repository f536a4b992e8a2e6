"""Wire shapes of the law that is loaded: regulations with the basis of each figure, product trees, prefectures."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from schemas.base import GroundView, PeriodShape, Sourced, page_of, some, words
from schemas.forms import FormView
from schemas.intake import IntakeView
from schemas.outline import OutlinePartView, UnsaidView


class AuthorityRef(Schema):
    """Whose regulation it is."""

    key = fields.String(required=True, metadata={"description": "任命人员时填写 / for which people are appointed"})
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


class PeriodView(Sourced):
    """One length of time, and where it comes from."""

    key = fields.String(required=True)
    label = words(required=True)
    period = fields.Nested(PeriodShape, required=True)
    words = words(required=True)


class ChoiceView(Schema):
    """One answer that a field takes."""

    key = fields.String(required=True)
    label = words(required=True)


class ColumnView(Schema):
    """How one value is filled in."""

    key = fields.String(required=True)
    label = words(required=True)
    kind = fields.String(required=True)
    required_ = fields.Boolean(required=True, data_key="required", attribute="required")
    max_length = fields.Integer(required=True, allow_none=True)
    choices = some(ChoiceView, required=True)
    minimum = fields.String(required=True, allow_none=True, metadata={
        "description": "十进制数；kind 为 rows 时为行数 / a decimal number; of rows, how many lines"})  # fmt: skip
    maximum = fields.String(required=True, allow_none=True)
    places = fields.Integer(required=True)
    unit = words(required=True, allow_none=True)
    measured_in = fields.String(required=True, metadata={
        "description": "数值的单位，供换算；不是量的为空 / its unit where the number is a quantity, else empty"})  # fmt: skip


class FieldView(ColumnView, GroundView):
    """One field of the dossier; `columns` are those of a field of kind `rows`."""

    help = words(required=True)
    public = fields.Boolean(required=True)
    columns = some(ColumnView, required=True)


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
    grade_field = fields.String(required=True, allow_none=True)
    identity_fields = fields.List(fields.String(), required=True)
    configuration_fields = fields.List(fields.String(), required=True)


class ConditionView(Sourced):
    """One condition that fields must meet together, as CEL."""

    key = fields.String(required=True)
    expression = fields.String(required=True)
    field = fields.String(required=True)
    message = words(required=True)
    action = words(required=True, allow_none=True)
    demands = words(required=True, allow_none=True, metadata={"description": "事先说明的要求 / what is asked for, said beforehand"})
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


class GradeView(GroundView):
    """One level of certification, the highest first."""

    pass_mark = fields.Integer(required=True, allow_none=True)


class RelationView(GroundView):
    """What a certificate of another family means under this regulation."""

    family = fields.String(required=True)
    kind = fields.String(required=True, metadata={"description": "independent, implies, excludes"})


class SummaryView(Sourced):
    """One sentence of the regulation in short."""

    key = fields.String(required=True)
    text = words(required=True)


class ShareView(Schema):
    """Which part of a sum goes to whom, in per cent."""

    key = fields.String(required=True)
    label = words(required=True)
    percent = fields.String(required=True)


class SupportView(GroundView):
    """What certification brings; amounts are decimal numbers."""

    rate = fields.String(required=True, allow_none=True, metadata={"description": "百分比 / per cent"})
    cap = fields.String(required=True, allow_none=True)
    floor = fields.String(required=True, allow_none=True)
    unit = words(required=True, allow_none=True)
    of = words(required=True, allow_none=True)
    of_field = fields.String(required=True, allow_none=True)
    shares = some(ShareView, required=True)


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

    period = fields.Nested(PeriodShape, required=True, allow_none=True, metadata={
        "description": "长期有效则为空 / null where certificates are valid without end"})  # fmt: skip
    base = fields.String(required=True)
    words = words(required=True)


class RenewalView(Sourced):
    """When a renewal may be applied for, around the last day."""

    none = fields.Boolean(required=True, metadata={"description": "法规规定不予续期 / the regulation says that no certificate is renewed"})
    opens_before = fields.Nested(PeriodShape, required=True, allow_none=True)
    closes_after = fields.Nested(PeriodShape, required=True, allow_none=True)
    closes_before = fields.Nested(PeriodShape, required=True, allow_none=True)
    closes_on_last_day = fields.Boolean(required=True, metadata={"description": "窗口至到期当日 / the window closes on the certificate's last day"})
    words = words(required=True)


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
    """A region and its bureau."""

    code = fields.String(required=True)
    name = words(required=True)
    bureau = words(required=True)


class ScopeRuleView(Sourced):
    """How part numbers compare with a certificate's scope."""

    notation = fields.String(required=True, metadata={"description": "literal, patterns"})
    ignored = fields.List(fields.String(), required=True)


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
    validity = fields.Nested(ValidityView, required=True, allow_none=True)
    summary = some(SummaryView, required=True)
    grades = some(GradeView, required=True)
    relations = some(RelationView, required=True)
    intake = fields.Nested(IntakeView, required=True, allow_none=True)
    renewal = fields.Nested(RenewalView, required=True, allow_none=True)
    reminders = some(ReminderView, required=True)
    escalations = some(EscalationView, required=True)
    dossier = fields.Nested(DossierForm, required=True)
    conditions = some(ConditionView, required=True)
    panel = fields.Nested(PanelView, required=True)
    assessment = fields.Nested(FormView, required=True, allow_none=True)
    site_inspection = fields.Nested(FormView, required=True, allow_none=True)
    supplement_reasons = some(GroundView, required=True)
    refusal_grounds = some(GroundView, required=True)
    objection_grounds = some(GroundView, required=True)
    sanctions = some(SanctionView, required=True)
    debarments = some(DebarmentRuleView, required=True)
    changes = some(CertificateChangeView, required=True)
    support = some(SupportView, required=True)
    numbers = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    taxonomy = fields.String(required=True, metadata={"description": "见 GET /taxonomies/{id} / see GET /taxonomies/{id}"})
    prefectures = some(PrefectureView, required=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    scope = fields.Nested(ScopeRuleView, required=True, allow_none=True)
    scope_label = words(required=True)
    unsaid = some(UnsaidView, required=True)
    outline = some(OutlinePartView, required=True, metadata={
        "description": "全部内容，与页面和 law show 相同 / all of it in words, as the page and `law show` have it"})  # fmt: skip
    unknown_ = fields.List(fields.String(), required=True, data_key="unknown", attribute="unknown", metadata={
        "description": "尚未填写的条目 / leaves that nobody has filled in"})  # fmt: skip


class DossierSchemaView(Schema):
    """The JSON Schema (2020-12) of a regulation's dossier."""

    dialect = fields.String(required=True, data_key="$schema")
    id_ = fields.String(required=True, data_key="$id")
    title = fields.String(required=True)
    type = fields.String(required=True)
    properties = fields.Dict(keys=fields.String(), values=fields.Dict(), required=True)
    required_ = fields.List(fields.String(), required=True, data_key="required")
    more = fields.Boolean(required=True, data_key="additionalProperties")


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
