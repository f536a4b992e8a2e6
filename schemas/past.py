"""Wire shapes of the counter for lists of earlier years."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from registry.desks.enquiries.search import MOST_LETTERS
from registry.desks.past.looking import RECORD_STATES, STATES
from schemas.base import Input, Line, PageQuery, Prose, instant, page_of, words


class SourceView(Schema):
    """The document that published a list."""

    title = fields.String(required=True)
    document_number = fields.String(required=True)
    issued_on = fields.Date(required=True)
    address = fields.String(required=True, allow_none=True)


class PastListView(Schema):
    """A list that was published before this register began."""

    number = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(list(STATES)))
    label = words(required=True)
    regulation = fields.String(required=True, allow_none=True)
    source = fields.Nested(SourceView, required=True)
    filename = fields.String(required=True)
    sha256 = fields.String(required=True)
    sheet = fields.String(required=True)
    columns = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    begins = fields.Integer(required=True)
    kept = fields.Integer(required=True)
    unread = fields.Integer(required=True)
    doubled = fields.Integer(required=True)
    waiting = fields.Integer(required=True)
    read_at = instant(required=True)
    kept_at = instant(required=True, allow_none=True)
    undone_at = instant(required=True, allow_none=True)
    why = fields.String(required=True, allow_none=True)
    mine = fields.Boolean(required=True)


class PastRecordView(Schema):
    """A row of such a list, as it stands there. It is no certificate; what the list does not say is null."""

    id = fields.String(required=True, metadata={"description": "永久标识 / permanent: list/row"})
    list_number = fields.String(required=True)
    row = fields.Integer(required=True)
    ordinal = fields.String(required=True, allow_none=True)
    product = fields.String(required=True, allow_none=True)
    model = fields.String(required=True, allow_none=True)
    enterprise = fields.String(required=True, allow_none=True)
    kind = fields.String(required=True, allow_none=True)
    grade = fields.String(required=True, allow_none=True)
    place = fields.String(required=True, allow_none=True)
    certificate = fields.String(required=True, allow_none=True)
    valid_until = fields.String(required=True, allow_none=True)
    credit_code = fields.String(required=True, allow_none=True, metadata={"description": "核实后才有 / only once an officer has found it out"})
    state = fields.String(required=True, validate=validate.OneOf(list(RECORD_STATES)))
    label = words(required=True)
    worth = words(required=True)
    source = fields.Nested(SourceView, required=True)
    proposed = fields.String(allow_none=True)
    why = fields.String(allow_none=True)
    decided_by = fields.String(allow_none=True)
    decided_at = instant(allow_none=True)


class PastRecordQuery(PageQuery):
    """Which rows to list."""

    q = fields.String(load_default="", validate=validate.Length(max=MOST_LETTERS["q"]), metadata={
        "description": "企业、产品、型号、编号 / enterprise, product, model, number"})
    number = fields.String(load_default=None, metadata={"description": "只看这份名单 / of this list alone"})
    holder = fields.String(load_default=None, metadata={"description": "企业名称完全相同 / this enterprise's very name"})
    product = fields.String(load_default=None, metadata={"description": "产品名称完全相同 / this product's very name"})
    waiting = fields.Boolean(load_default=False, metadata={"description": "信用代码待查 / whose credit code waits to be found out"})


class ColumnsInput(Input):
    """Which column (counted from 0) means what, and from which row (from 0) the list begins."""

    columns = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    begins = fields.Integer(required=True, validate=validate.Range(min=0))


class WhyInput(Input):
    """Why."""

    why = Prose(least=1, required=True)


class MatchInput(Input):
    """Which enterprise a row means, and how that is known."""

    credit_code = fields.String(required=True)
    why = Prose(least=1, required=True)


class PastListQuery(PageQuery):
    """Which page of lists."""


class ListUpload(Input):
    """A published list and the document that published it; the list itself is the part `file`."""

    title = Line(required=True)
    document_number = Line(required=True)
    issued_on = fields.Date(required=True)
    address = Line(load_default="")
    regulation = Line(load_default=None, allow_none=True)


class PreviewRow(Schema):
    """A row as it would be kept."""

    row = fields.Integer(required=True)
    ordinal = fields.String(required=True)
    product = fields.String(required=True)
    model = fields.String(required=True)
    enterprise = fields.String(required=True)
    kind = fields.String(required=True)
    grade = fields.String(required=True)
    place = fields.String(required=True)
    certificate = fields.String(required=True)
    valid_until = fields.String(required=True)


class PastPreviewView(Schema):
    """What keeping a list would do; nothing is kept yet."""

    rows = fields.Integer(required=True)
    unread = fields.Integer(required=True, metadata={"description": "缺产品或企业 / rows without product or enterprise"})
    doubled = fields.Integer(required=True, metadata={"description": "重复 / rows that stand there before"})
    enterprises = fields.Integer(required=True)
    proposed = fields.Integer(required=True, metadata={"description": "与已登记企业同名 / rows of a registered enterprise's name"})
    elsewhere = fields.Integer(required=True, metadata={"description": "同一文号的其他名单 / other lists of the same document number"})
    first = fields.List(fields.Nested(PreviewRow), required=True)
    unread_first = fields.List(fields.Nested(PreviewRow), required=True)


PastListPage = page_of(PastListView, "PastListPage")
PastRecordPage = page_of(PastRecordView, "PastRecordPage")
