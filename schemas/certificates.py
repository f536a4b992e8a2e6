"""Wire shapes of the counter for certificates."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from registry.desks.enquiries.search import MOST_LETTERS
from schemas.applications import PartyView, RegulationRef, SupportOfCase
from schemas.base import ActView, LabelledKey, Line, PageQuery, instant, page_of, some, words
from schemas.rehearsals import HoldView

STANDINGS = ["valid", "suspended", "revoked", "expired", "surrendered", "superseded", "not_yet_valid"]
_ENDLESS = {"description": "长期有效则为空 / null for a certificate without end"}


def _standing(**kwargs: object) -> fields.String:
    return fields.String(validate=validate.OneOf(STANDINGS), **kwargs)  # type: ignore[arg-type]


class CertificateQuery(PageQuery):
    """Which certificates to list."""

    q = Line(MOST_LETTERS["q"], load_default=None, metadata={
        "description": "编号、产品、企业、信用代码、认定范围中的任何词，或拼音首字母；空格隔开的词须都有"
                       " / any words of number, product, holder, credit code or scope, or pinyin initials; all words must be there"})  # fmt: skip
    standing = _standing(load_default=None, metadata={"description": "今日的效力状态 / standing today"})
    regulation = Line(64, load_default=None)
    product_class = Line(64, load_default=None, metadata={"description": "产品类别的代码 / the key of a class of its regulation's tree"})
    place = Line(6, load_default=None, metadata={"description": "企业所在地（GB/T 2260） / place of the holder (GB/T 2260)"})
    year = fields.Integer(load_default=None, validate=validate.Range(1900, 9999), metadata={
        "description": "有效期首日所在的年份 / year of its first day"})  # fmt: skip
    holder = Line(MOST_LETTERS["holder"], load_default=None, metadata={"description": "信用代码或名称的一部分 / credit code or part of the name"})
    sort = fields.String(load_default="newest", validate=validate.OneOf(["newest", "oldest", "ends"]), metadata={
        "description": "最近颁发、最早颁发或最先到期的在前 / newest, oldest or soonest to end first"})  # fmt: skip
    facets = fields.Boolean(load_default=False, metadata={"description": "同时给出分类计数 / count how they divide, too"})


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
    barred = fields.Boolean(required=True, metadata={
        "description": "暂停尚未解除，不能续期 / its suspension stands: it cannot be renewed"})  # fmt: skip
    application = fields.String(required=True, allow_none=True, metadata={
        "description": "正在办理的续期申请，仅持证企业和主管部门可见 / the renewal in hand, for holder and department"})  # fmt: skip


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


class AlsoCounts(Schema):
    """Another regulation that takes this certificate for one of its own."""

    regulation = fields.Nested(RegulationRef, required=True)
    label = words(required=True)
    article = fields.String(required=True)
    basis = fields.String(required=True)


class ChainLink(Schema):
    """One certificate of a product's history."""

    number = fields.String(required=True)
    holder = fields.String(required=True)
    valid_from = fields.Date(required=True)
    valid_until = fields.Date(required=True, allow_none=True, metadata=_ENDLESS)
    standing = _standing(required=True)
    standing_label = words(required=True)
    document_number = fields.String(required=True)
    gap_days = fields.Integer(required=True, metadata={"description": "与前一张之间无证书的天数 / days without one since the certificate before"})
    history = some(CertificateEntry, required=True)


class CertificateView(Schema):
    """A certificate, and what it is worth at the moment of asking."""

    number = fields.String(required=True)
    regulation = fields.Nested(RegulationRef, required=True)
    holder = fields.Nested(PartyView, required=True)
    product = fields.String(required=True)
    product_class = fields.Nested(ClassView, required=True)
    scope = fields.List(fields.String(), required=True)
    excluded = fields.List(fields.String(), required=True, metadata={
        "description": "其中明确排除的各项 / those of `scope` that say what it does not cover"})  # fmt: skip
    scope_label = words(required=True, metadata={
        "description": "认定范围各项的名称，见法规文件 / what the entries of its scope are called by the regulation"})  # fmt: skip
    conditions = fields.List(fields.String(), required=True, metadata={
        "description": "认定所附条件，按序编号 / on what terms it was approved, counted from one"})  # fmt: skip
    grade = fields.Nested(LabelledKey, required=True, allow_none=True, metadata={
        "description": "认定等级，分等级的办法才有 / the grade, where the regulation has grades"})  # fmt: skip
    also_counts_as = some(AlsoCounts, required=True, metadata={
        "description": "有效期间视同的其他认定 / what it counts as elsewhere, while it is in force"})  # fmt: skip
    edition = fields.Integer(required=True, metadata={"description": "现为第几版 / which version this is"})
    valid_from = fields.Date(required=True)
    valid_until = fields.Date(required=True, allow_none=True, metadata=_ENDLESS)
    in_force_from = instant(required=True)
    in_force_until = instant(required=True, allow_none=True, metadata=_ENDLESS)
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
    chain = some(ChainLink, required=True, metadata={
        "description": "同一产品先后的各张证书，最早的在前；只有一张时为空 / all of this product, oldest first; empty if it is the only one"})  # fmt: skip
    possible = some(ActView, required=True)
    held = fields.Nested(HoldView, required=True, allow_none=True, metadata={
        "description": "仅主管部门和审计员可见 / for department and auditors only"})  # fmt: skip
    amendable = fields.Boolean(required=True)
    renewal = fields.Nested(RenewalWindow, required=True, allow_none=True)
    mine = fields.Boolean(required=True)
    support = some(SupportOfCase, required=True, metadata={
        "description": "按申报材料测算，仅申报企业和办理机关可见 / reckoned from the dossier, for the applicant and its offices alone"})  # fmt: skip
    application = fields.String(required=True, allow_none=True)


class CertificateRow(Schema):
    """A certificate in a list."""

    number = fields.String(required=True)
    product = fields.String(required=True)
    holder = fields.Nested(PartyView, required=True)
    scope = fields.List(fields.String(), required=True)
    valid_from = fields.Date(required=True)
    valid_until = fields.Date(required=True, allow_none=True, metadata=_ENDLESS)
    standing = _standing(required=True)
    standing_label = words(required=True)
    regulation = fields.String(required=True)
    replaced_by = fields.String(required=True, allow_none=True)
    days_left = fields.Integer(required=True, allow_none=True, metadata=_ENDLESS)


class FacetValue(Schema):
    """One part into which the certificates found divide."""

    value = fields.String(required=True, metadata={"description": "作为查询参数的值 / the value as a parameter of the search"})
    label = words(required=True)
    count = fields.Integer(required=True)
    regulation = fields.String(metadata={"description": "该类别所属的办法 / the regulation whose class it is"})


class Facet(Schema):
    """One way in which the certificates found divide."""

    key = fields.String(required=True, metadata={"description": "查询参数的名称 / the parameter of the search"})
    label = words(required=True)
    values = some(FacetValue, required=True)


CertificatePage = page_of(
    CertificateRow, "CertificatePage",
    total=fields.Integer(required=True, metadata={"description": "共多少张，最多计到 1000 / how many there are, counted up to 1000"}),
    more=fields.Boolean(required=True, metadata={"description": "多于所计之数 / there are more than were counted"}),
    facets=some(Facet, required=True, metadata={
        "description": "facets=true 时给出；多于 1000 张时为最近 1000 张的计数 / with facets=true; of more than 1000, those of the newest 1000"}),
)  # fmt: skip
