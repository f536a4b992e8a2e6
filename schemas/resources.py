"""Wire shapes of the library of what is assessed."""

from __future__ import annotations

from marshmallow import Schema, fields

from schemas.base import Input, Line, some, words


class ItemQuery(Input):
    """Which items of the forms."""

    q = Line(100, load_default="", metadata={"description": "名称、要求、条款或来源的一部分 / part of name, requirement, article or source"})
    domain = Line(64, load_default="")
    regulation = Line(64, load_default="")


class EvidenceQuery(Input):
    """Which past results."""

    q = Line(100, load_default="")
    item = Line(64, load_default="", metadata={"description": "项目的键 / the key of an item"})


class LibraryItemView(Schema):
    """One item of a form, with what it rests on."""

    key = fields.String(required=True)
    label = words(required=True)
    regulation = fields.String(required=True)
    short_title = words(required=True)
    domain = fields.String(required=True)
    domain_label = words(required=True)
    method = fields.String(required=True)
    method_label = words(required=True)
    requirement = words(required=True)
    known = fields.Boolean(required=True)
    classes = fields.List(words(), required=True)
    article = fields.String(required=True)
    source = fields.String(required=True)
    basis = fields.String(required=True)
    note = words(required=True, allow_none=True)


class StandardView(Schema):
    """A source that items rest on."""

    source = fields.String(required=True)
    basis = fields.String(required=True)
    items = fields.Integer(required=True)


class BodyView(Schema):
    """An assessment body, and the authorities for which it has assessors."""

    credit_code = fields.String(required=True)
    name = fields.String(required=True)
    authorities = fields.List(words(), required=True)


class LibraryView(Schema):
    """Items, the standards that they rest on, the bodies that assess."""

    items = some(LibraryItemView, required=True)
    standards = some(StandardView, required=True)
    bodies = some(BodyView, required=True)


class EvidenceView(Schema):
    """One result out of an accepted report."""

    number = fields.String(required=True)
    product = fields.String(required=True)
    configuration = fields.String(required=True)
    item = fields.String(required=True)
    label = words(required=True)
    value = fields.String(required=True, allow_none=True)
    unit = fields.String(required=True)
    uncertainty = fields.String(required=True, allow_none=True)
    conforms = fields.Boolean(required=True, allow_none=True)
    laboratory = fields.String(required=True)
    report = fields.String(required=True)
    found_on = fields.Date(required=True, allow_none=True)


class EvidenceList(Schema):
    """Past results, the newest first."""

    items = some(EvidenceView, required=True)
