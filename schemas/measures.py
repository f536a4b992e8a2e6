"""Wire shapes of the counter for measures, and of debarments."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from registry.law.lifecycle import MEASURE_KINDS
from schemas.applications import DueView, PartyView, RegulationRef
from schemas.base import ActView, Input, Line, PageQuery, Prose, instant, page_of, some, words
from schemas.rehearsals import HoldView

_SILENT = {"description": "决定不以信件告知 / the decision is told by no letter"}
_GROUND = {"description": "GET /regulations/{id} 的 sanctions 或 debarments / a key of `sanctions` or `debarments`"}


class SuspicionRequest(Input):
    """What is suspected of a certificate, or of an enterprise under a regulation, and on which evidence."""

    certificate = Line(40, load_default=None, allow_none=True)
    enterprise = Line(40, load_default=None, allow_none=True, metadata={"description": "统一社会信用代码 / credit code"})
    regulation = Line(64, load_default=None, allow_none=True, metadata={"description": "与 enterprise 一并填写 / with `enterprise`"})
    ground = Line(64, 1, required=True, metadata=_GROUND)
    suspicion = Prose(least=1, required=True)
    evidence = Prose(least=1, required=True)


class MeasureNotice(Input):
    """What is intended, on which ground, why, and from which day."""

    intended = fields.String(required=True, validate=validate.OneOf(list(MEASURE_KINDS)))
    ground = Line(64, 1, required=True, metadata=_GROUND)
    reason = Prose(least=1, required=True)
    effective_on = fields.Date(required=True)
    silent = fields.Boolean(load_default=False, metadata=_SILENT)


class StatementRequest(Input):
    """What the holder says to it."""

    statement = Prose(least=1, required=True)


class LiftingRequest(Input):
    """Why a measure should end, and from which day."""

    ground = Line(64, 1, required=True, metadata=_GROUND)
    reason = Prose(least=1, required=True)
    effective_on = fields.Date(required=True)
    silent = fields.Boolean(load_default=False, metadata=_SILENT)


class MeasureQuery(PageQuery):
    """Which measures to list."""

    status = Line(32, load_default=None, metadata={"description": "状态，或 open 表示尚未决定 / a state, or `open`: not decided yet"})
    certificate = Line(40, load_default=None)
    enterprise = Line(40, load_default=None)


class GroundOfMeasure(Schema):
    """A ground by its key, with its place."""

    key = fields.String(required=True)
    label = words(required=True)
    article = fields.String(required=True, allow_none=True)
    basis = fields.String(required=True, allow_none=True)


class StatementTerm(Schema):
    """Where the time for a statement comes from."""

    period = words(required=True)
    article = fields.String(required=True)
    basis = fields.String(required=True)


class DebarmentSpan(Schema):
    """The days of a debarment, both included."""

    begins_on = fields.Date(required=True)
    ends_on = fields.Date(required=True)
    lifted_on = fields.Date(required=True, allow_none=True)


class LiftingView(Schema):
    """How it ends, or is proposed to."""

    ground = fields.Nested(GroundOfMeasure, required=True)
    reason = fields.String(required=True, allow_none=True)
    effective_on = fields.Date(required=True, allow_none=True)
    silent = fields.Boolean(required=True)
    proposed_by = fields.String(required=True, allow_none=True)
    lifted_by = fields.String(required=True, allow_none=True)


class MeasureEntry(Schema):
    """One entry of a measure's life."""

    seq = fields.Integer(required=True)
    at = instant(required=True)
    act = fields.String(required=True)
    label = words(required=True)
    role = words(required=True)
    actor = fields.String(required=True, allow_none=True)
    before = fields.String(required=True, allow_none=True)
    after = fields.String(required=True, allow_none=True)
    after_label = words(required=True, allow_none=True)
    ground = words(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    article = fields.String(required=True, allow_none=True)
    facts = fields.Dict(keys=fields.String(), required=True)


class MeasureRow(Schema):
    """A measure in a list."""

    number = fields.String(required=True)
    version = fields.Integer(required=True)
    status = fields.String(required=True)
    status_label = words(required=True)
    enterprise = fields.Nested(PartyView, required=True)
    product = fields.String(required=True, allow_none=True, metadata={
        "description": "不针对证书的为空 / null where it is about no certificate"})  # fmt: skip
    certificate = fields.String(required=True, allow_none=True)
    intended = fields.String(required=True, allow_none=True)
    intended_label = words(required=True, allow_none=True)
    effective_on = fields.Date(required=True, allow_none=True)
    in_effect = fields.Boolean(required=True)
    due = fields.Nested(DueView, required=True, allow_none=True)


class BarredView(Schema):
    """A rule of separation of duties that keeps the caller from an act."""

    rule = fields.String(required=True)
    label = words(required=True)


class MeasureView(MeasureRow):
    """A measure as this caller may see it: officers whole, its enterprise from the notice on."""

    held = fields.Nested(HoldView, required=True, allow_none=True, metadata={"description": "仅工作人员可见 / for officers only"})
    regulation = fields.Nested(RegulationRef, required=True)
    opened_at = instant(required=True)
    opened_by = fields.String(required=True, allow_none=True)
    suspicion = fields.String(required=True, allow_none=True)
    suspected_ground = words(required=True)
    evidence = fields.String(required=True, allow_none=True)
    evidence_filename = fields.String(required=True, allow_none=True)
    ground = fields.Nested(GroundOfMeasure, required=True, allow_none=True)
    notice_reason = fields.String(required=True, allow_none=True)
    silent = fields.Boolean(required=True)
    notified_at = instant(required=True, allow_none=True)
    proposed_by = fields.String(required=True, allow_none=True)
    statement = fields.String(required=True, allow_none=True)
    statement_filename = fields.String(required=True, allow_none=True)
    stated_at = instant(required=True, allow_none=True)
    statement_term = fields.Nested(StatementTerm, required=True, allow_none=True)
    approved_by = fields.String(required=True, allow_none=True)
    decided_by = fields.String(required=True, allow_none=True)
    decision_reason = fields.String(required=True, allow_none=True)
    decided_at = instant(required=True, allow_none=True)
    drop_reason = fields.String(required=True, allow_none=True)
    debarment = fields.Nested(DebarmentSpan, required=True, allow_none=True)
    lifting = fields.Nested(LiftingView, required=True, allow_none=True)
    possible = some(ActView, required=True)
    barred = some(BarredView, required=True, metadata={
        "description": "因本人已办理前一步而不能办理的规则 / the rules by which the caller, who took an earlier step, takes no part in the next"})
    mine = fields.Boolean(required=True)
    history = some(MeasureEntry, required=True)


class DebarmentView(Schema):
    """A debarment that holds today for one of the caller's enterprises."""

    credit_code = fields.String(required=True)
    family = fields.String(required=True)
    measure = fields.String(required=True)
    begins_on = fields.Date(required=True)
    ends_on = fields.Date(required=True)
    ground = words(required=True)
    article = fields.String(required=True, allow_none=True)
    basis = fields.String(required=True, allow_none=True)


MeasurePage = page_of(MeasureRow, "MeasurePage")
DebarmentPage = page_of(DebarmentView, "DebarmentPage")
