"""Wire shapes of the counter for applications."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from schemas.base import ActView, Input, LabelledKey, Line, PageQuery, Prose, instant, page_of, some, words
from schemas.calls import CallRow
from schemas.rehearsals import HoldView, TiersView

MOST_SAFE = 2**53 - 1  # the largest whole number that canonical JSON can hold


def _keepable(value: Any) -> None:
    """A draft keeps what a form can send: a text, a whole number, yes or no, nothing, a list of texts, or lines of cells."""
    many = value if isinstance(value, list) else [value]
    cells = [cell for one in many for cell in (one.values() if isinstance(value, list) and isinstance(one, dict) else [one])]
    for one in cells:
        if isinstance(one, list | dict):
            raise ValidationError("Not a valid string.")
        if isinstance(one, float) or (isinstance(one, int) and abs(one) > MOST_SAFE):
            raise ValidationError("Not a valid integer.")


class OpeningRequest(Input):
    """For which enterprise, under which regulation; or which certificate is to be renewed."""

    enterprise = Line(40, 1, required=True, metadata={"description": "统一社会信用代码 / the enterprise's credit code"})
    regulation = Line(64, load_default=None, allow_none=True, metadata={"example": "components-2025"})
    renews = Line(40, load_default=None, allow_none=True, metadata={
        "description": "要续期的证书编号 / the number of the certificate to renew"})  # fmt: skip


class Draft(Input):
    """What was typed: field by field, as the regulation's form names them. Fields left out stay as they are."""

    dossier = fields.Dict(
        keys=fields.String(validate=validate.Length(1, 64)), values=fields.Raw(allow_none=True, validate=_keepable),
        required=True, metadata={
            "description": "字段见 GET /regulations/{id} 的 dossier；null 清除该字段 / the fields of `dossier` in GET "
                           "/regulations/{id}; null clears one",
            "additionalProperties": {"anyOf": [
                {"type": ["string", "integer", "boolean", "null"]}, {"type": "array", "items": {"type": "string"}},
                {"type": "array", "items": {"type": "object", "additionalProperties": {"type": ["string", "integer", "boolean", "null"]}}},
            ]},
        },
    )  # fmt: skip


class Upload(Input):
    """For which slot of the dossier the file is."""

    slot = Line(64, 1, required=True, metadata={"description": "材料清单中的键 / a key of the regulation's documents"})


class Resubmission(Input):
    """What to tell the office with the supplement."""

    note = Prose(load_default="")


class SupplementRequest(Input):
    """What is missing: one or several reasons of the regulation's list, and what exactly."""

    reasons = fields.List(Line(64, 1), required=True, validate=validate.Length(min=1, max=50))
    places = fields.Dict(keys=Line(64, 1), values=Line(200), load_default=dict, metadata={
        "description": "某项原因在申报材料中的位置：dossier.<字段> 或 documents.<材料> / where a reason lies: "
                       "dossier.<field> or documents.<slot>, by the reason's key"})  # fmt: skip
    comment = Prose(least=1, required=True)


class Refusal(Input):
    """On which ground of the regulation, and why."""

    ground = Line(64, 1, required=True)
    reason = Prose(least=1, required=True)


class ApplicationQuery(PageQuery):
    """Which applications to list."""

    status = Line(32, load_default=None)
    regulation = Line(64, load_default=None)
    q = Line(100, load_default=None, metadata={"description": "编号、产品或企业的一部分 / part of number, product or enterprise"})


class RegulationRef(Schema):
    """A regulation, by name."""

    id = fields.String(required=True)
    title = words(required=True)
    short_title = words()
    certificate_title = words()


class PartyView(Schema):
    """An enterprise, in short."""

    credit_code = fields.String(required=True)
    name = fields.String(required=True)
    prefecture = fields.String()
    prefecture_name = words()


class BureauRef(Schema):
    """A bureau and the region that is its."""

    region = fields.String(required=True)
    name = words(required=True)


class DocumentView(Schema):
    """A file handed in."""

    ordinal = fields.Integer(required=True)
    slot = fields.String(required=True)
    filename = fields.String(required=True)
    media_type = fields.String(required=True)
    size = fields.Integer(required=True)
    sha256 = fields.String(required=True)
    uploaded_at = instant(required=True)


class DueView(Schema):
    """What time alone will do, and when."""

    act = fields.String(required=True)
    label = words(required=True)
    at = instant(required=True)
    last_day = fields.Date(required=True)
    provisional = fields.Boolean(required=True)


class TermView(Schema):
    """The office's own term in this stage."""

    period_words = words(required=True)
    length = fields.Integer(required=True)
    began_on = fields.Date(required=True, allow_none=True)
    used = fields.Integer(required=True)
    left = fields.Integer(required=True)
    used_words = words(required=True)
    left_words = words(required=True)
    last_day = fields.Date(required=True, allow_none=True)
    overdue = fields.Boolean(required=True)
    stopped = fields.Boolean(required=True)
    provisional = fields.Boolean(required=True)


class StageView(Schema):
    """One stage of the road and whether it is behind, here, where it ended without a certificate, or ahead."""

    kind = fields.String(required=True)
    label = words(required=True)
    state = fields.String(required=True, validate=validate.OneOf(["done", "now", "ended", "ahead"]))


class SupplementPoint(Schema):
    """One reason for a supplement: its rule, and where in the dossier it lies if that was said."""

    reason = fields.String(required=True)
    label = words(required=True)
    place = fields.String(required=True, allow_none=True)
    place_label = words(required=True, allow_none=True)
    article = fields.String(required=True, allow_none=True)
    basis = fields.String(required=True, allow_none=True)


class SupplementView(Schema):
    """What the office asked for last: the reasons in words, and each by itself."""

    reasons = fields.List(words(), required=True)
    points = fields.List(fields.Nested(SupplementPoint), required=True)
    comment = fields.String(required=True)
    asked_on = fields.Date(required=True)
    note = fields.String(required=True, allow_none=True, metadata={"description": "企业的补正说明 / what the applicant said to it"})
    answered_at = instant(required=True, allow_none=True)


class EarlierOpinion(Schema):
    """An opinion as it was before it was revised."""

    scores = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    total = fields.Integer(required=True)
    comment = fields.String(required=True)
    given_at = instant(required=True, allow_none=True)
    revision = fields.Integer(required=True)
    revision_reason = fields.String(required=True, allow_none=True)


class OpinionView(EarlierOpinion):
    """An expert's opinion; to another expert without who gave it, and only once all are in."""

    expert = fields.String(required=True, allow_none=True)
    name = fields.String(required=True, allow_none=True)
    mine = fields.Boolean(required=True)
    counts = fields.Boolean(required=True, metadata={"description": "未回避 / the expert did not stand aside"})
    dissents = fields.Boolean(required=True, metadata={"description": "与专家组结论不同 / differs from the panel's result"})
    earlier = some(EarlierOpinion, required=True)


class SeatView(Schema):
    """An expert seated here."""

    login = fields.String(required=True)
    name = fields.String(required=True)
    seated_at = instant(required=True)
    place = fields.Integer(required=True, allow_none=True, metadata={
        "description": "抽签顺序中的位次；直接选派的为空 / the place in the draw; null if seated by hand"})  # fmt: skip
    seating_reason = fields.String(required=True, allow_none=True)
    recused_at = instant(required=True, allow_none=True)
    recusal_rule = words(required=True, allow_none=True)
    recusal_reason = fields.String(required=True, allow_none=True)


class ReviewView(Schema):
    """Where the panel stands."""

    mean = fields.String(required=True, allow_none=True, metadata={"example": "82.50"})
    pass_mark = fields.Integer(required=True)
    quorum = fields.Integer(required=True)
    seated = fields.Integer(required=True)
    given = fields.Integer(required=True)


class HistoryView(Schema):
    """One entry of a life."""

    seq = fields.Integer(required=True)
    at = instant(required=True)
    act = fields.String(required=True)
    label = words(required=True)
    role = words(required=True)
    actor = fields.String(required=True, allow_none=True, metadata={"description": "仅工作人员可见 / for officers only"})
    before = fields.String(required=True, allow_none=True)
    after = fields.String(required=True, allow_none=True)
    after_label = words(required=True, allow_none=True)
    facts = fields.Dict(keys=fields.String(), required=True)


class ObjectionInCase(Schema):
    """An objection to this application. Who objected, and with what, is for the office only."""

    number = fields.String(required=True)
    ground = words(required=True)
    filed_at = instant(required=True)
    outcome = fields.String(required=True, allow_none=True)
    outcome_reason = fields.String(required=True, allow_none=True)
    decided_at = instant(required=True, allow_none=True)
    reason = fields.String()
    evidence = fields.String()
    objector = fields.String()
    name = fields.String()
    contact = fields.String()


class PinnedLaw(Schema):
    """The text of the regulation that it was handed in under; `changed` if the file loaded now is another one."""

    version = fields.String(required=True)
    digest = fields.String(required=True)
    loaded = fields.String(required=True, allow_none=True)
    changed = fields.Boolean(required=True)
    readable = fields.Boolean(required=True, metadata={"description": "是否仍能按该文本办理 / whether it still goes by that text"})


class ClaimView(Schema):
    """In whose hands a case is. A word to colleagues, no lock."""

    login = fields.String(required=True)
    name = fields.String(required=True)
    since = instant(required=True)
    assigned_by = fields.String(required=True, allow_none=True)
    mine = fields.Boolean(required=True)
    may_put_back = fields.Boolean(required=True)


class ShareOfSupport(Schema):
    """Which part of a sum goes to whom."""

    label = words(required=True)
    amount = fields.String(required=True)


class SupportOfCase(Schema):
    """What a rule of support comes to on this dossier: for orientation, promised to nobody."""

    key = fields.String(required=True)
    label = words(required=True)
    figures = words(required=True)
    unit = words(required=True, allow_none=True)
    of = words(required=True, allow_none=True)
    amount = fields.String(required=True, allow_none=True)
    bound = words(required=True, allow_none=True)
    shares = some(ShareOfSupport, required=True)
    article = fields.String(required=True)
    basis = fields.String(required=True)


class ApplicationView(Schema):
    """An application as the caller may see it."""

    number = fields.String(required=True)
    version = fields.Integer(required=True)
    regulation = fields.Nested(RegulationRef, required=True)
    law = fields.Nested(PinnedLaw, required=True, allow_none=True)
    conditions = fields.List(fields.String(), required=True)
    support = some(SupportOfCase, required=True)
    grade = fields.Nested(LabelledKey, required=True, allow_none=True, metadata={
        "description": "评审推荐的等级 / the grade that the review recommended"})  # fmt: skip
    enterprise = fields.Nested(PartyView, required=True)
    authority = words(required=True, metadata={"description": "主管部门 / who certifies"})
    bureau = fields.Nested(BureauRef, required=True, allow_none=True, metadata={
        "description": "负责初审的地方主管部门，不设初审的为空 / the bureau that is asked; null where none is"})  # fmt: skip
    product = fields.String(required=True)
    status = fields.String(required=True)
    status_label = words(required=True)
    stage = fields.String(required=True, allow_none=True)
    renews = fields.String(required=True, allow_none=True)
    dossier = fields.Dict(keys=fields.String(), required=True)
    dossier_digest = fields.String(required=True, allow_none=True)
    opened_at = instant(required=True)
    submitted_at = instant(required=True, allow_none=True)
    documents = some(DocumentView, required=True)
    due = fields.Nested(DueView, required=True, allow_none=True)
    term = fields.Nested(TermView, required=True, allow_none=True)
    call = fields.Nested(CallRow, required=True, allow_none=True)
    claim = fields.Nested(ClaimView, required=True, allow_none=True, metadata={"description": "仅工作人员可见 / for officers only"})
    held = fields.Nested(HoldView, required=True, allow_none=True)
    tiers = fields.Nested(TiersView, required=True)
    possible = some(ActView, required=True)
    stages = some(StageView, required=True)
    supplement = fields.Nested(SupplementView, required=True, allow_none=True)
    returned = fields.Nested(SupplementView, required=True, allow_none=True, metadata={
        "description": "补正后返回本环节时，当时的要求和企业的说明 / what was asked of one that came back to this stage, and the answer"})  # fmt: skip
    opinions = some(OpinionView, required=True)
    seats = some(SeatView, required=True)
    review = fields.Nested(ReviewView, required=True, allow_none=True)
    objections = some(ObjectionInCase, required=True)
    notice = fields.String(required=True, allow_none=True)
    certificate = fields.String(required=True, allow_none=True)
    history = some(HistoryView, required=True)


class ApplicationRow(Schema):
    """An application in a list."""

    number = fields.String(required=True)
    product = fields.String(required=True)
    enterprise_name = fields.String(required=True)
    credit_code = fields.String(required=True)
    prefecture = fields.String(required=True, allow_none=True)
    regulation = fields.String(required=True)
    status = fields.String(required=True)
    status_label = words(required=True)
    opened_at = instant(required=True)
    submitted_at = instant(required=True, allow_none=True)
    due_at = instant(required=True, allow_none=True)
    due_provisional = fields.Boolean(required=True)
    due = fields.Nested(DueView, required=True, allow_none=True)
    term_last_on = fields.Date(required=True, allow_none=True)
    term_provisional = fields.Boolean(required=True)
    overdue = fields.Boolean(required=True)
    renews = fields.String(required=True, allow_none=True)
    waiting_for_officer = fields.Boolean(required=True)
    submit_by = fields.Date(required=True, allow_none=True, metadata={
        "description": "草稿须在该日 24:00 前提交 / the last day on which a draft can be handed in"})
    claim = fields.Nested(ClaimView, required=True, allow_none=True, metadata={"description": "仅工作人员可见 / for officers only"})
    resubmitted_at = instant(required=True, allow_none=True, metadata={"description": "补正后返回本环节的时刻 / when it came back from a supplement"})
    version = fields.Integer(required=True)


class FindingView(Schema):
    """One thing that is missing or contradictory, and what to do about it."""

    field = fields.String(required=True)
    code = fields.String(required=True)
    message = words(required=True)
    action = words(required=True, allow_none=True)
    article = fields.String(required=True, allow_none=True)
    basis = fields.String(required=True, allow_none=True)


class CheckView(Schema):
    """Everything that stands in the way of submission; nothing when `ready`."""

    ready = fields.Boolean(required=True)
    findings = some(FindingView, required=True)


ApplicationPage = page_of(ApplicationRow, "ApplicationPage")
DocumentPage = page_of(DocumentView, "DocumentPage")
