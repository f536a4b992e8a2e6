"""Wire shapes of following and taking away the public register."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from schemas.base import Input, Line, instant, some, words
from schemas.verifications import HolderRef


class ChangesQuery(Input):
    """After which entry, and of what."""

    after = fields.Integer(load_default=0, validate=validate.Range(0, 2**53), metadata={
        "description": "上次答复的 next；从头开始用 0 / the `next` of the last answer; 0 to begin with"})  # fmt: skip
    limit = fields.Integer(load_default=100, validate=validate.Range(1, 1000))
    certificate = Line(40, load_default=None, allow_none=True)
    holder = Line(18, load_default=None, allow_none=True, metadata={"description": "统一社会信用代码 / a credit code"})
    regulation = Line(64, load_default=None, allow_none=True)
    product_class = Line(64, load_default=None, allow_none=True)


class ChangeOfCertificate(Schema):
    """One public change of a certificate."""

    cursor = fields.Integer(required=True)
    at = instant(required=True)
    certificate = fields.String(required=True)
    act = fields.String(required=True)
    label = words(required=True)
    after = fields.String(required=True, allow_none=True)
    after_label = words(required=True, allow_none=True)
    effective_on = fields.String(required=True, allow_none=True)
    ground = words(required=True, allow_none=True)
    article = fields.String(required=True, allow_none=True)
    edition = fields.Integer(required=True, allow_none=True)
    successor = fields.String(required=True, allow_none=True)
    product = fields.String(required=True)
    product_class = fields.String(required=True)
    holder = fields.Nested(HolderRef, required=True)
    former_holder = fields.Nested(HolderRef, required=True, allow_none=True)
    regulation = fields.String(required=True)


class ChangesPage(Schema):
    """Changes in the order of the ledger. Ask again with `next`; `more` says whether there are further ones already."""

    items = some(ChangeOfCertificate, required=True)
    next = fields.Integer(required=True)
    more = fields.Boolean(required=True)


class ColumnOfRegister(Schema):
    """One column of the open data."""

    name = fields.String(required=True)
    meaning = words(required=True)
    datatype = fields.String(required=True)
    required = fields.Boolean(required=True)
    several = fields.Boolean(required=True)


class RegisterView(Schema):
    """The data dictionary and licence of the open data."""

    as_of = instant(required=True)
    today = fields.Date(required=True)
    ledger_size = fields.Integer(required=True)
    ledger_hash = fields.String(required=True, allow_none=True)
    licence = words(required=True)
    licence_url = fields.String(required=True, allow_none=True)
    columns = some(ColumnOfRegister, required=True)
