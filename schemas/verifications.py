"""Wire shapes of verification: what is asked about a certificate, and the verdict on five axes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from registry.desks.bills.files import MOST_LINES as LONGEST
from registry.law.scopes import MOST_LENGTH
from registry.law.verdicts import OUTCOMES
from schemas.base import Input, Line, instant, words
from schemas.certificates import STANDINGS


class Question(Input):
    """Which part, on which day, as known when."""

    part = Line(MOST_LENGTH, load_default=None, allow_none=True, metadata={
        "description": "型号或版本 / the part number or version"})  # fmt: skip
    on = fields.Date(load_default=None, allow_none=True, metadata={
        "description": "询问哪一天是否有效；不填为今天 / the day asked about; today if left out"})  # fmt: skip
    known_at = fields.AwareDateTime(load_default=None, allow_none=True, metadata={
        "description": "按登记簿当时的记载作答；带时区的时刻 / answer as the register stood then; an instant with a zone"})  # fmt: skip


class BatchLine(Question):
    """One line of a batch; what is given as `ref` comes back with its verdict."""

    number = Line(80, load_default="", metadata={
        "description": "证书编号；不填则按型号查找 / the certificate; left out, it is looked for by the part"})  # fmt: skip
    manufacturer = Line(200, load_default="", metadata={
        "description": "生产企业；用于查找和核对持有企业 / the maker; to find the certificate, and to compare its holder"})  # fmt: skip
    credit_code = Line(40, load_default="", metadata={
        "description": "生产企业的统一社会信用代码 / the maker's credit code"})  # fmt: skip
    ref = Line(200, load_default=None, allow_none=True)

    @validates_schema
    def _name_something(self, line: Mapping[str, Any], **_: Any) -> None:
        if not line.get("number") and not line.get("part"):
            raise ValidationError({"number": ["Give the certificate's number, or a part."]})


class Batch(Input):
    """Up to fifty thousand questions. Up to ten thousand are answered at once; more are a task."""

    lines = fields.List(fields.Nested(BatchLine), required=True, validate=validate.Length(
        1, LONGEST, error="From {min} to {max} lines in one call; split what is longer."))


class AxisView(Schema):
    """One axis: true, false, or null where it was not asked or cannot be said; a code for programs, a reason for people."""

    answer = fields.Boolean(required=True, allow_none=True)
    code = fields.String(required=True)
    reason = words(required=True)
    article = fields.String(required=True, allow_none=True)


class AxesView(Schema):
    """The five axes."""

    authentic = fields.Nested(AxisView, required=True)
    in_scope = fields.Nested(AxisView, required=True)
    in_force_on_day = fields.Nested(AxisView, required=True)
    standing_now = fields.Nested(AxisView, required=True)
    fresh = fields.Nested(AxisView, required=True)


class AskedView(Schema):
    """What was asked; `on` is today where no day was named."""

    part = fields.String(required=True, allow_none=True)
    on = fields.Date(required=True)
    known_at = instant(required=True, allow_none=True)


class HolderRef(Schema):
    """Who held it on the day asked."""

    credit_code = fields.String(required=True)
    name = fields.String(required=True)


class RegulationTitle(Schema):
    """Under which regulation."""

    id = fields.String(required=True)
    title = words(required=True, allow_none=True)


class VerdictView(Schema):
    """The verdict. `outcome` sums up; each axis has its reason. Never kept: ask again when it matters."""

    number = fields.String(required=True)
    outcome = fields.String(required=True, validate=validate.OneOf(OUTCOMES))
    outcome_label = words(required=True)
    asked = fields.Nested(AskedView, required=True)
    standing = fields.String(required=True, allow_none=True, validate=validate.OneOf(STANDINGS), metadata={
        "description": "今天的状态 / its standing today"})  # fmt: skip
    standing_label = words(required=True, allow_none=True)
    axes = fields.Nested(AxesView, required=True)
    valid_from = fields.Date(required=True, allow_none=True)
    valid_until = fields.Date(required=True, allow_none=True)
    in_force_from = instant(required=True, allow_none=True)
    in_force_until = instant(required=True, allow_none=True)
    holder = fields.Nested(HolderRef, required=True, allow_none=True)
    product = fields.String(required=True, allow_none=True)
    scope = fields.List(fields.String(), required=True)
    conditions = fields.List(fields.String(), required=True, metadata={
        "description": "证书所附条件 / the conditions on which it was certified"})  # fmt: skip
    edition = fields.Integer(required=True, allow_none=True)
    matched_entry = fields.String(required=True, allow_none=True, metadata={
        "description": "认定范围中起作用的一项 / the entry of the scope that decided"})  # fmt: skip
    nearest = fields.List(fields.String(), required=True, metadata={
        "description": "未包含时，最相近的已认定项 / where it is not covered, the entries that look most like it"})  # fmt: skip
    corrected_later = fields.Boolean(required=True, metadata={
        "description": "按今天的记载，对该日的答复已不同 / by what is known today the answer for that day is another"})  # fmt: skip
    replaced_by = fields.String(required=True, allow_none=True)
    regulation = fields.Nested(RegulationTitle, required=True, allow_none=True)
    as_of = instant(required=True)
    zone = fields.String(required=True)
    ledger_size = fields.Integer(required=True)


class LineVerdict(VerdictView):
    """The verdict on one line of a batch."""

    ref = fields.String(required=True, allow_none=True)


class BatchView(Schema):
    """The verdicts in the order asked, all of one moment, and how many there are of each outcome."""

    items = fields.List(fields.Nested(LineVerdict), required=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class VerificationTaskView(Schema):
    """How far a task is: confirmed (waits), running, done or failed; once done, how many there are of each outcome."""

    task = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(["confirmed", "running", "done", "failed"]))
    lines = fields.Integer(required=True)
    done = fields.Integer(required=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True, allow_none=True)
    as_of = instant(required=True, allow_none=True)
    ledger_size = fields.Integer(required=True, allow_none=True)
    kept_until = instant(required=True)


class LinesQuery(Input):
    """Which lines of a task."""

    after = fields.Integer(load_default=0, validate=validate.Range(0, LONGEST))
    limit = fields.Integer(load_default=1000, validate=validate.Range(1, 10_000))
    outcome = fields.String(load_default=None, validate=validate.OneOf(OUTCOMES))


class VerificationTaskLine(Schema):
    """One line's verdict, in short; ask `verify` for all five axes."""

    row = fields.Integer(required=True)
    ref = fields.String(required=True, allow_none=True)
    asked = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    outcome = fields.String(required=True, validate=validate.OneOf(OUTCOMES))
    code = fields.String(required=True)
    reason = words(required=True)
    certificate = fields.String(required=True, allow_none=True)
    holder = fields.Nested(HolderRef, required=True, allow_none=True)
    standing = fields.String(required=True, allow_none=True)
    valid_from = fields.String(required=True, allow_none=True)
    valid_until = fields.String(required=True, allow_none=True)
    matched_entry = fields.String(required=True, allow_none=True)
    nearest = fields.List(fields.String(), required=True)
    alternatives = fields.List(fields.Dict(), required=True)


class VerificationLinesView(Schema):
    """Some lines of a task, and after which to go on."""

    items = fields.List(fields.Nested(VerificationTaskLine), required=True)
    next = fields.Integer(required=True, allow_none=True)
