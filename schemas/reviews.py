"""Wire shapes of the counter for expert reviews."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from schemas.base import Comment, Input, Line, Prose, instant, some, words


class Seating(Input):
    """Which expert is to be seated by hand, and, once a seed is recorded, why not by the draw."""

    expert = Line(64, 1, required=True, metadata={"description": "专家的用户名 / the expert's login"})
    reason = Prose(2000, load_default="", metadata={
        "description": "登记种子之后必填 / required once a seed is recorded"})  # fmt: skip


class Recusal(Input):
    """Which expert stands aside, and why."""

    expert = Line(64, 1, required=True)
    reason = Prose(2000, 1, required=True)
    rule = Line(64, load_default="", metadata={
        "description": "panel.recusal 中的键，如属其一 / a key of panel.recusal, where it is one"})  # fmt: skip


class Recommendation(Comment):
    """What is to be said with the recommendation, and on what terms, if on any."""

    conditions = fields.List(Prose(least=1), load_default=list, validate=validate.Length(max=50), metadata={
        "description": "所附条件，按序编号，写入公示和证书 / numbered in this order, shown in the notice and on the certificate"})  # fmt: skip
    grade = Line(32, load_default=None, allow_none=True, metadata={
        "description": "认定等级；不填即申报的等级 / the grade; left out, the one applied for"})  # fmt: skip


class Opinion(Input):
    """Scores on the regulation's sheet, criterion by criterion, and the reasons."""

    scores = fields.Dict(
        keys=fields.String(validate=validate.Length(1, 64)),
        values=fields.Integer(strict=True, validate=validate.Range(0, 1000)), required=True,
        metadata={"description": "按 GET /regulations/{id} 的 panel.criteria / by panel.criteria of the regulation"},
    )  # fmt: skip
    comment = Prose(least=1, required=True)


class Revision(Opinion):
    """Another opinion in the place of one's own, and why."""

    reason = Prose(2000, 1, required=True)


class Recused(Schema):
    """Who has stood aside from which application."""

    number = fields.String(required=True)
    expert = fields.String(required=True)


class ExcludedView(Schema):
    """Somebody of the pool who was not drawn, and the rule."""

    expert = fields.String(required=True)
    rule = fields.String(required=True)
    rule_label = words(required=True)


class DrawView(Schema):
    """The draw repeated from the ledger. `faults` names every way in which the record differs; none is well."""

    number = fields.String(required=True)
    seed = fields.String(required=True)
    ledger = fields.String(required=True, metadata={
        "description": "登记种子前一刻的流水摘要，种子以其结尾 / the ledger's hash before the seed, which ends in it"})  # fmt: skip
    committed_at = instant(required=True)
    committed_by = fields.String(required=True)
    committed_entry = fields.Integer(required=True)
    drawn_at = instant(required=True, allow_none=True)
    drawn_entry = fields.Integer(required=True, allow_none=True)
    pool = fields.List(fields.String(), required=True)
    excluded = some(ExcludedView, required=True)
    order = fields.List(fields.String(), required=True)
    seated = fields.List(fields.String(), required=True)
    names = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    equal = fields.Boolean(required=True)
    faults = fields.List(words(), required=True)
