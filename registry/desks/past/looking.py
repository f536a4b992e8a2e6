"""Looking at published lists and their rows: what anybody may see of those that are kept, and what waits for an officer."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_
from sqlmodel import col, func, select

from registry.books.models import PastList, PastRecord
from registry.desks.enquiries.paging import Page, contains, page, read_cursor, write_cursor
from registry.desks.enquiries.search import MOST_LETTERS
from registry.desks.inputs import Form
from registry.desks.past.lists import PUBLIC_STATES, WAITING, find_list, no_such, works_on
from registry.desks.past.reading import COLUMNS, top_of
from registry.errors import NotFound
from registry.law.conditions import plain
from registry.law.lifecycle import Role
from registry.registrar import Registrar
from registry.words import Text

STATES = {
    "new": Text("待确认各列", "its columns are to be confirmed"),
    "confirmed": Text("待导入", "waits to be kept"),
    "kept": Text("已导入", "kept"),
    "undone": Text("已撤销", "taken back"),
    "discarded": Text("未导入", "not kept"),
}
RECORD_STATES = {
    "unread": Text("无法识别产品或企业", "names no product or no enterprise"),
    "unmatched": Text("信用代码未知", "credit code unknown"),
    "proposed": Text("信用代码未知", "credit code unknown"),  # what is proposed is no answer
    "matched": Text("信用代码已核实", "credit code found out"),
    "dismissed": Text("未能查明企业", "the enterprise could not be found"),
}
# What a row of a published list is worth, said wherever one is shown.
WORTH = Text(
    "本记录照录自所列文件，并非由本登记系统颁发的证书；名单未载的有效期和信用代码，本系统不作推定。",
    "This is copied from the document named. It is no certificate issued by this register; what the list does not say of validity and "
    "credit code is not guessed here.")


def search_lists(r: Registrar, *, cursor: str | None = None, limit: int = 20) -> Page:
    """A page of the lists that are kept; for officers of their authority and auditors also the others. Newest first."""
    return page(r, select(PastList).where(_seen(r)), col(PastList.id), cursor, limit, lambda past: _shown(r, past))


def show_list(r: Registrar, number: str) -> dict[str, Any]:
    """One list. NotFound for one that is not kept, but to those who work on it; one taken back says when and why."""
    past = find_list(r, number)
    if past.state not in PUBLIC_STATES and not works_on(r, past):
        raise no_such(number)
    return _shown(r, past)


def look_at_file(r: Registrar, number: str) -> dict[str, Any]:
    """The top of a list's file and its sheets, for whoever confirms the columns."""
    past = find_list(r, number)
    rows, sheet, sheets = top_of(r.vault.get(past.sha256), past.sheet or None)
    return {"rows": rows, "sheet": sheet, "sheets": sheets}


def search_records(
    r: Registrar, *, number: str | None = None, q: str = "", holder: str | None = None, product: str | None = None,
    waiting: bool = False, cursor: str | None = None, limit: int = 20,
) -> Page:
    """Rows of the lists that are kept, in the order of their lists: with `q` in enterprise, product, model or number; of one list; of
    exactly this holder or product; or those that wait for an officer. BadInput for a `q` that is too long or no text."""
    form = Form()
    q = form.line("q", q, most=MOST_LETTERS["q"], required=False)
    form.done()
    query = select(PastRecord, PastList).join(PastList, col(PastList.id) == col(PastRecord.list_id)).where(PastList.state == "kept")
    if number:
        query = query.where(PastList.number == number)
    if waiting:
        query = query.where(col(PastRecord.state).in_(WAITING))
    if holder:
        query = query.where(PastRecord.holder_key == plain(holder))
    if product:
        query = query.where(PastRecord.product_key == plain(product))
    if q:
        pattern = contains(plain(q))
        query = query.where(or_(
            col(PastRecord.holder_key).like(pattern, escape="\\"), col(PastRecord.product_key).like(pattern, escape="\\"),
            col(PastRecord.model).like(contains(q), escape="\\"), col(PastRecord.certificate) == q, col(PastRecord.credit_code) == q))
    size = min(max(limit, 1), 100)
    if cursor:
        query = query.where(col(PastRecord.id) > read_cursor(cursor))
    rows = r.session.exec(query.order_by(col(PastRecord.id)).limit(size + 1)).all()
    more = len(rows) > size
    return {"items": [_told(r, record, past) for record, past in rows[:size]], "next": write_cursor(rows[size - 1][0].id) if more else None}


def show_record(r: Registrar, number: str, row: int) -> dict[str, Any]:
    """One row of a kept list. NotFound, also once its list was taken back."""
    found = r.session.exec(select(PastRecord, PastList).join(PastList, col(PastList.id) == col(PastRecord.list_id)).where(
        PastList.number == number, PastList.state == "kept", PastRecord.row == row)).one_or_none()
    if found is None:
        raise NotFound(Text(f"往年名单 {number} 没有第 {row} 行，或该名单已撤销。", f"List {number} has no row {row}, or it was taken back."))
    return _told(r, *found)


def _seen(r: Registrar) -> Any:
    if r.actor.has(Role.AUDITOR):
        return col(PastList.id).is_not(None)
    return or_(col(PastList.state) == "kept", col(PastList.authority).in_(list(r.actor.authorities(Role.DEPARTMENT))))


def _shown(r: Registrar, past: PastList) -> dict[str, Any]:
    waiting = 0
    if past.state == "kept":
        waiting = r.session.exec(select(func.count(col(PastRecord.id))).where(PastRecord.list_id == past.id, col(PastRecord.state).in_(WAITING))).one()
    return {
        "number": past.number, "state": past.state, "label": STATES[past.state], "regulation": past.regulation,
        "source": {"title": past.title, "document_number": past.document_number, "issued_on": past.issued_on, "address": past.address or None},
        "filename": past.filename, "sha256": past.sha256, "sheet": past.sheet, "columns": past.columns, "begins": past.begins,
        "kept": past.kept, "unread": past.unread, "doubled": past.doubled, "waiting": waiting, "read_at": past.read_at, "kept_at": past.kept_at,
        "undone_at": past.undone_at, "why": past.why or None, "mine": past.authority in r.actor.authorities(Role.DEPARTMENT),
    }


def _told(r: Registrar, record: PastRecord, past: PastList) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": f"{past.number}/{record.row}", "list_number": past.number, "row": record.row, **{key: getattr(record, key) or None for key in COLUMNS},
        "credit_code": record.credit_code if record.state == "matched" else None, "state": record.state, "label": RECORD_STATES[record.state],
        "worth": WORTH, "source": {"title": past.title, "document_number": past.document_number, "issued_on": past.issued_on,
                                   "address": past.address or None}}
    if works_on(r, past):
        told |= {"proposed": record.credit_code if record.state == "proposed" else None, "why": record.why, "decided_by": record.decided_by,
                 "decided_at": record.decided_at}
    return told
