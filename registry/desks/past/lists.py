"""Taking over a published list: its file and source, its columns, all its rows at once, and taking it back. Its officers do that.

A list is kept by one act. Its rows are written beforehand, some thousands at a time, so that nobody waits for them; until the
act they belong to no list that anybody sees, and a run that died is gone on with.
"""

from __future__ import annotations

from collections import Counter as Count
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import insert
from sqlmodel import col, func, select

from registry.actors import SYSTEM
from registry.books.models import Enterprise, PastList, PastRecord
from registry.desks.bills.columns import confirm
from registry.desks.inputs import Form
from registry.desks.numbers import next_in_series
from registry.desks.past.reading import COLUMNS, PAST, Row, Tally, guess_columns, read_rows, top_of
from registry.errors import AlreadyDone, BadInput, Finding, NotEntitled, NotFound
from registry.law.codes import credit_code_fault, normalise_credit_code
from registry.law.conditions import plain
from registry.law.lifecycle import Role
from registry.registrar import Registrar
from registry.words import Text

NUMBERS = "WL-{year}-{serial:04d}"
AT_ONCE = 10_000  # rows written in one unit
WAITING = ("unmatched", "proposed")
PUBLIC_STATES = ("kept", "undone")
Act = Callable[[Registrar], str]
Units = Callable[[], AbstractContextManager[Registrar]]


@dataclass(frozen=True)
class Source:
    """The document that published a list."""

    title: str
    document_number: str
    issued_on: date | None
    address: str = ""
    regulation: str | None = None


def take_list(r: Registrar, source: Source, filename: str, content: bytes) -> str:
    """Keep a list's file with the document it is from, its columns guessed. Returns its number.

    BadInput for what cannot be read or is not said; AlreadyDone for a file that was taken already and not taken back.
    """
    authority = _authority(r, source.regulation)
    form = Form()
    title = form.line("title", source.title)
    document_number = form.line("document_number", source.document_number, most=100)
    address = form.line("address", source.address, most=500, required=False)
    if source.issued_on is None:
        form.fault("issued_on", "missing", "请填写文件的发文日期。", "Say on which day the document was issued.")
    elif source.issued_on > r.today:
        form.fault("issued_on", "future", "发文日期不能晚于今天。", "It cannot have been issued after today.")
    if address and not address.startswith(("https://", "http://")):
        form.fault("address", "not-an-address", "请填写以 http:// 或 https:// 开头的网址。", "Give an address that begins with http:// or https://.")
    form.done()
    assert source.issued_on is not None
    rows, sheet, _ = top_of(content)
    found = guess_columns(rows)
    sha256 = r.vault.put(content)
    _refuse_twice(r, sha256)
    past = PastList(
        number=next_in_series(r, "past_list", NUMBERS), authority=authority, regulation=source.regulation, title=title,
        document_number=document_number, issued_on=source.issued_on, address=address, filename=filename[:200], sha256=sha256,
        sheet=sheet, columns=dict(found.columns), begins=found.begins, state="new", read_at=r.now, read_by=r.actor.login)
    r.session.add(past)
    r.session.flush()
    r.note("past_list", past.number, "take_list", Role.DEPARTMENT, title=title, document_number=document_number,
           issued_on=past.issued_on.isoformat(), file=sha256)
    return past.number


def choose_sheet(r: Registrar, number: str, sheet: str) -> str:
    """Read another sheet of the workbook."""
    past = _mine(r, number, "new")
    rows, past.sheet, _ = top_of(r.vault.get(past.sha256), sheet)
    found = guess_columns(rows)
    past.columns, past.begins = dict(found.columns), found.begins
    return number


def confirm_columns(r: Registrar, number: str, columns: Mapping[str, int | None], begins: int) -> str:
    """Fix which column means what and from which row (counted from 0) the list begins. BadInput; nothing is kept yet."""
    past = _unwritten(r, number, "new", "confirmed")
    rows, _, _ = top_of(r.vault.get(past.sha256), past.sheet or None)
    found = confirm(rows, columns, begins, PAST)
    past.columns, past.begins, past.state = dict(found.columns), found.begins, "confirmed"
    return number


def reopen_columns(r: Registrar, number: str) -> str:
    """Back to the columns, before the list is kept."""
    past = _unwritten(r, number, "confirmed")
    past.state = "new"
    return number


def preview(r: Registrar, number: str, some: int = 20) -> dict[str, Any]:
    """What keeping it would do: how many rows, which cannot be read, which stand twice, how many makers are registered by that name."""
    past = _mine(r, number, "confirmed")
    tally, names = Tally(), Count[str]()
    first, unread = list[Row](), list[Row]()
    for row in tally.count(_rows(r, past)):
        names[row.holder_key] += row.is_read
        if len(first) < some:
            first.append(row)
        if not row.is_read and len(unread) < some:
            unread.append(row)
    known = _registered(r)
    return {"rows": tally.kept, "unread": tally.unread, "doubled": tally.doubled, "first": [_told(row) for row in first],
            "unread_first": [_told(row) for row in unread], "elsewhere": _elsewhere(r, tally, past),
            "enterprises": len(names) - ("" in names), "proposed": sum(n for name, n in names.items() if name in known)}


def keep_list(units: Units, number: str, told: Callable[[int], None] = lambda done: None) -> str:
    """Write all rows of a confirmed list, then keep it by one act that names file, columns, counts and the digest of what was read."""
    with units() as r:
        past = _mine(r, number, "confirmed")
        id_, known, rows, last = past.id, _registered(r), _rows(r, past), _last_written(r, past)
    tally = Tally()
    counted = (row for row in tally.count(rows) if row.row > last)
    while some := [_written(id_, row, known) for row in islice(counted, AT_ONCE)]:
        with units() as r:
            r.session.connection().execute(insert(PastRecord), some)
        told(tally.kept)
    with units() as r:
        past = _mine(r, number, "confirmed")
        if not tally.kept:
            message = Text("确认的行以下没有内容。", "There is nothing below the row that was named.")
            raise BadInput(message, findings=[Finding("begins", "empty", message)])
        past.state, past.kept_at = "kept", r.now
        past.kept, past.unread, past.doubled, past.records_sha256 = tally.kept, tally.unread, tally.doubled, tally.digest
        r.note("past_list", number, "keep_list", Role.DEPARTMENT, file=past.sha256, sheet=past.sheet, columns=past.columns, begins=past.begins,
               rows=tally.kept, unread=tally.unread, doubled=tally.doubled, records=tally.digest)
    return number


def undo_list(r: Registrar, number: str, why: str) -> str:
    """Take a list back, with all that was decided on its rows: nobody is shown them any more. It can be taken anew."""
    past = _mine(r, number, "new", "confirmed", "kept")
    form = Form()
    said = form.text("why", why)
    form.done()
    decided = r.session.exec(select(func.count(col(PastRecord.id))).where(PastRecord.list_id == past.id, col(PastRecord.decided_at).is_not(None))).one()
    past.state, past.undone_at, past.why = "undone" if past.state == "kept" else "discarded", r.now, said
    r.note("past_list", number, "undo_list", Role.DEPARTMENT, why=said, rows=past.kept, decided=decided)
    return number


def match_record(r: Registrar, number: str, row: int, credit_code: str, why: str) -> str:
    """Say which enterprise a row means, by its credit code, and how that is known: a name alone is no proof."""
    record = _open_record(r, number, row)
    form = Form()
    code, said = normalise_credit_code(form.line("credit_code", credit_code, most=40)), form.line("why", why)
    if code and (fault := credit_code_fault(code)):
        form.fault("credit_code", fault.code, fault.message.zh, fault.message.en)
    form.done()
    _decide(r, record, "matched", said)
    record.credit_code = code
    r.note("past_list", number, "match_record", Role.DEPARTMENT, row=row, credit_code=code, why=said)
    return number


def dismiss_record(r: Registrar, number: str, row: int, why: str) -> str:
    """Say that no enterprise can be found for a row, and why; it stays as it stands in its list."""
    record = _open_record(r, number, row)
    form = Form()
    said = form.line("why", why)
    form.done()
    _decide(r, record, "dismissed", said)
    record.credit_code = None
    r.note("past_list", number, "dismiss_record", Role.DEPARTMENT, row=row, why=said)
    return number


def check_lists(r: Registrar) -> Iterator[tuple[str, bool]]:
    """Each kept list, and whether its rows are still what the act that kept it had read."""
    for past in r.session.exec(select(PastList).where(PastList.state == "kept").order_by(col(PastList.id))).all():
        tally = Tally()
        for _ in tally.count(_kept(r, past)):
            pass
        yield past.number, tally.digest == past.records_sha256


def _kept(r: Registrar, past: PastList) -> Iterator[Row]:
    found = r.session.exec(select(PastRecord).where(PastRecord.list_id == past.id).order_by(col(PastRecord.id)).execution_options(yield_per=AT_ONCE))
    for record in found:
        yield Row(record.row, {key: getattr(record, key) for key in COLUMNS}, record.holder_key, record.product_key)


def _rows(r: Registrar, past: PastList) -> Iterator[Row]:
    return read_rows(r.vault.get(past.sha256), past.sheet, past.columns, past.begins)


def _registered(r: Registrar) -> dict[str, str]:
    """The credit code of each registered enterprise whose name no other has, by how the name compares."""
    found = Count[str]()
    codes = dict[str, str]()
    for name, code in r.session.exec(select(Enterprise.name, Enterprise.credit_code)):
        found[plain(name)] += 1
        codes[plain(name)] = code
    return {name: codes[name] for name, times in found.items() if times == 1}


def _written(list_id: int, row: Row, known: Mapping[str, str]) -> dict[str, Any]:
    code = known.get(row.holder_key) if row.is_read else None
    state = "unread" if not row.is_read else "proposed" if code else "unmatched"
    return {"list_id": list_id, "row": row.row, "holder_key": row.holder_key, "product_key": row.product_key, "state": state, "credit_code": code,
            **{key: row.cells.get(key, "") for key in COLUMNS}}


def _told(row: Row) -> dict[str, Any]:
    return {"row": row.row, **{key: row.cells.get(key, "") for key in COLUMNS}}


def _elsewhere(r: Registrar, tally: Tally, past: PastList) -> int:
    """How many other lists of this document number are kept already."""
    return r.session.exec(select(func.count(col(PastList.id))).where(
        PastList.state == "kept", PastList.document_number == past.document_number, PastList.id != past.id)).one()


def _refuse_twice(r: Registrar, sha256: str) -> None:
    same = r.session.exec(select(PastList).where(PastList.sha256 == sha256, col(PastList.state).in_(("new", "confirmed", "kept")))).first()
    if same is not None:
        raise AlreadyDone(Text("这个文件已作为往年名单 {number} 上传。", "This very file was handed in already, as list {number}.").with_(number=same.number),
                          action=Text("请在该名单上继续办理；如需更正，请先撤销它。", "Go on with that list; to correct it, take it back first."))


def _authority(r: Registrar, regulation: str | None) -> str:
    """For whom the caller takes a list over: the authority of its regulation, else the caller's own."""
    if regulation:
        key = r.law.regulation(regulation).authority.key
        _require(r, key)
        return key
    own = sorted(r.actor.authorities(Role.DEPARTMENT)) or (sorted(r.law.authorities()) if r.actor is SYSTEM else [])
    if not own:
        raise NotEntitled(Text("往年名单由主管部门导入。", "Lists of earlier years are taken over by the department."))
    return own[0]


def _require(r: Registrar, authority: str) -> None:
    if r.actor is not SYSTEM and authority not in r.actor.authorities(Role.DEPARTMENT):
        raise NotEntitled(Text("往年名单由主管部门导入。", "Lists of earlier years are taken over by the department."))
    r.refuse_auditor()


def _mine(r: Registrar, number: str, *states: str) -> PastList:
    """The list, in one of these states, for an officer of its authority; to others one that is not public is not there."""
    past = find_list(r, number)
    if past.state not in PUBLIC_STATES and not works_on(r, past):
        raise no_such(number)
    _require(r, past.authority)
    if past.state not in states:
        raise AlreadyDone(Text("这份名单已不在可以这样办理的状态。", "This list is past the point where that can be done."))
    return past


def _unwritten(r: Registrar, number: str, *states: str) -> PastList:
    """The list, none of whose rows is written yet: what was begun under some columns goes on under them, or is taken back."""
    past = _mine(r, number, *states)
    if _last_written(r, past):
        raise AlreadyDone(Text("导入已经开始，不能再改各列。", "Keeping it has begun: its columns stand."),
                          action=Text("请完成导入，或撤销后重新上传。", "Finish keeping it, or take it back and hand it in anew."))
    return past


def _last_written(r: Registrar, past: PastList) -> int:
    return r.session.exec(select(func.max(col(PastRecord.row))).where(PastRecord.list_id == past.id)).one() or 0


def find_list(r: Registrar, number: str) -> PastList:
    past = r.session.exec(select(PastList).where(PastList.number == number)).one_or_none()
    if past is None:
        raise no_such(number)
    return past


def works_on(r: Registrar, past: PastList) -> bool:
    """Whether the caller is of the authority that takes the list over, or sees everything."""
    return r.actor is SYSTEM or r.actor.has(Role.AUDITOR) or past.authority in r.actor.authorities(Role.DEPARTMENT)


def no_such(number: str) -> NotFound:
    return NotFound(Text(f"没有编号为 {number} 的往年名单。", f"There is no list {number} of earlier years."))


def _open_record(r: Registrar, number: str, row: int) -> PastRecord:
    past = _mine(r, number, "kept")
    record = r.session.exec(select(PastRecord).where(PastRecord.list_id == past.id, PastRecord.row == row)).one_or_none()
    if record is None:
        raise NotFound(Text(f"名单 {number} 没有第 {row} 行。", f"List {number} has no row {row}."))
    if record.state not in WAITING:
        raise AlreadyDone(Text("这一行已经处理。", "This row was decided already."))
    return record


def _decide(r: Registrar, record: PastRecord, state: str, why: str) -> None:
    record.state, record.decided_at, record.decided_by, record.why = state, r.now, r.actor.login, why
