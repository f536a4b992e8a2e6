"""Wire shapes of the counter for expert reviews."""

from __future__ import annotations

from marshmallow import fields, validate

from schemas.base import Input, Line, Prose


class Seating(Input):
    """Which expert is to be seated."""

    expert = Line(64, 1, required=True, metadata={"description": "专家的用户名 / the expert's login"})


class Recusal(Input):
    """Which expert stands aside, and why."""

    expert = Line(64, 1, required=True)
    reason = Prose(2000, 1, required=True)


class Opinion(Input):
    """Scores on the regulation's sheet, criterion by criterion, and the reasons."""

    scores = fields.Dict(
        keys=fields.String(validate=validate.Length(1, 64)),
        values=fields.Integer(strict=True, validate=validate.Range(0, 1000)), required=True,
        metadata={"description": "按 GET /regulations/{id} 的 panel.criteria / by panel.criteria of the regulation"},
    )  # fmt: skip
    comment = Prose(least=1, required=True)
