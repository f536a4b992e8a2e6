"""Wire shapes of signed statements: a receipt to be kept, what is said of one that is shown, and the keys."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from registry.seal.keys import ALGORITHMS
from registry.seal.statements import KINDS
from schemas.base import Input, Prose, instant, words

MOST_SHOWN = 900_000  # characters; what is longer is verified by the command or on the page


class StatementView(Schema):
    """A signed statement: `signed` is what counts, a compact JWS; `statement` is what it says, to be read."""

    format = fields.String(required=True)
    signed = fields.String(required=True, metadata={
        "description": "紧凑 JWS（ES256），typ 为 <种类>+jwt；公钥见 /.well-known/did.json / a compact JWS (ES256) whose typ is KIND+jwt; "
                       "the key is in /.well-known/did.json"})  # fmt: skip
    statement = fields.Dict(keys=fields.String(), required=True, metadata={
        "description": "签名内容的可读副本：asked、answer、issued_at、ledger / its readable copy: asked, answer, issued_at, ledger"})  # fmt: skip


class Shown(Input):
    """A statement that is shown: the signed text, or the whole of a downloaded JSON file as a text."""

    receipt = Prose(least=1, most=MOST_SHOWN, required=True, metadata={
        "description": "签名文字，或下载的 JSON 文件全文 / the signed text, or the whole text of a downloaded JSON file"})  # fmt: skip


class ExaminedView(Schema):
    """One thing that was looked at; null where it could not be. A grave one that does not hold: do not rely on it."""

    code = fields.String(required=True)
    holds = fields.Boolean(required=True, allow_none=True)
    grave = fields.Boolean(required=True)
    words = words(required=True)


class ToldView(Schema):
    """What is said of a statement that was shown. `holds`: signature, key and ledger are as they should be."""

    holds = fields.Boolean(required=True)
    kind = fields.String(required=True, allow_none=True, validate=validate.OneOf(list(KINDS)))
    kid = fields.String(required=True, allow_none=True)
    findings = fields.List(fields.Nested(ExaminedView), required=True)
    statement = fields.Dict(keys=fields.String(), required=True, allow_none=True)


class KeyView(Schema):
    """One key, with its days. What a compromised key signed no longer verifies."""

    kid = fields.String(required=True)
    algorithm = fields.String(required=True, validate=validate.OneOf(ALGORITHMS))
    made_at = instant(required=True)
    retired_at = instant(required=True, allow_none=True)
    compromised = fields.Boolean(required=True)


class KeysView(Schema):
    """Every key that ever signed for this register, and the DID under which they stand."""

    did = fields.String(required=True)
    keys = fields.List(fields.Nested(KeyView), required=True)
