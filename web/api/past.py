"""The API's counter for lists of earlier years."""

from __future__ import annotations

from typing import Any

from flask import Response

from registry.desks.past import lists, looking
from registry.law.lifecycle import Role
from registry.registrar import Registrar
from registry.words import Text
from schemas import past as shapes
from web import limits
from web.api.operation import ANYONE, Desk, Found, json_answer, open_to
from web.counter import counter, reading

desk = Desk("past_lists", Text("往年名单", "Lists of earlier years"))
SHOWN: dict[str, Any] = {"gives": shapes.PastListView, "shows": looking.show_list}


@desk.reads("/past-lists", Text("往年名单", "Lists of earlier years"), takes=shapes.PastListQuery, gives=shapes.PastListPage, limit=limits.searching)
@open_to(ANYONE)
def search_past_lists(r: Registrar, given: Found) -> Found:
    return looking.search_lists(r, **given)


@desk.reads("/past-lists/<number>", Text("一份往年名单", "One list"), gives=shapes.PastListView)
@open_to(ANYONE)
def show_past_list(r: Registrar, given: Found, number: str) -> Found:
    return looking.show_list(r, number)


@desk.reads("/past-lists/<number>/records/<int(max=2147483647):row>", Text("名单中的一行", "One row of a list"), gives=shapes.PastRecordView)
@open_to(ANYONE)
def show_past_record(r: Registrar, given: Found, number: str, row: int) -> Found:
    return looking.show_record(r, number, row)


@desk.reads("/past-records", Text("查找往年名单中的记录", "Search the rows of lists"),
            Text("照录自往年文件，并非本系统颁发的证书。", "Copied from earlier documents; no certificates of this register."),
            takes=shapes.PastRecordQuery, gives=shapes.PastRecordPage, limit=limits.searching)  # fmt: skip
@open_to(ANYONE)
def search_past_records(r: Registrar, given: Found) -> Found:
    return looking.search_records(r, **given)


@desk.acts("/past-lists", Text("上传往年名单", "Hand in a list"),
           Text("文件保存后，各列先由系统猜测，再由办理人员确认。", "The file is kept, its columns are guessed; they are then to be confirmed."),
           takes=shapes.ListUpload, file="file", file_needed=True, status=201, **SHOWN)  # fmt: skip
@open_to(Role.DEPARTMENT)
def take_past_list(r: Registrar, given: Found) -> str:
    source = lists.Source(given["title"], given["document_number"], given["issued_on"], given["address"], given["regulation"])
    return lists.take_list(r, source, given["filename"], given["content"])


@desk.acts("/past-lists/<number>/columns", Text("确认各列", "Confirm the columns"), method="PUT", takes=shapes.ColumnsInput, **SHOWN)
@open_to(Role.DEPARTMENT)
def confirm_past_columns(r: Registrar, given: Found, number: str) -> str:
    return lists.confirm_columns(r, number, given["columns"], given["begins"])


@desk.reads("/past-lists/<number>/preview", Text("预览导入", "What keeping it would do"), gives=shapes.PastPreviewView)
@open_to(Role.DEPARTMENT)
def preview_past_list(r: Registrar, given: Found, number: str) -> Found:
    return lists.preview(r, number)


@desk.acts("/past-lists/<number>/keeping", Text("导入", "Keep it"), Text("全部各行一次生效，台账记一笔。", "All rows at once, by one entry of the ledger."),
           alone=True, gives=shapes.PastListView)  # fmt: skip
@open_to(Role.DEPARTMENT)
def keep_past_list(number: str) -> Response:
    lists.keep_list(counter, number)
    with reading() as r:
        return json_answer(shapes.PastListView().dump(looking.show_list(r, number)), 200)


@desk.acts("/past-lists/<number>/undoing", Text("撤销导入", "Take it back"), takes=shapes.WhyInput, **SHOWN)
@open_to(Role.DEPARTMENT)
def undo_past_list(r: Registrar, given: Found, number: str) -> str:
    return lists.undo_list(r, number, given["why"])


@desk.acts("/past-lists/<number>/records/<int(max=2147483647):row>/match", Text("核实信用代码", "Say whose it is"), takes=shapes.MatchInput, **SHOWN)
@open_to(Role.DEPARTMENT)
def match_past_record(r: Registrar, given: Found, number: str, row: int) -> str:
    return lists.match_record(r, number, row, given["credit_code"], given["why"])


@desk.acts("/past-lists/<number>/records/<int(max=2147483647):row>/dismissal", Text("未能查明企业", "Nobody can be found"),
           takes=shapes.WhyInput, **SHOWN)  # fmt: skip
@open_to(Role.DEPARTMENT)
def dismiss_past_record(r: Registrar, given: Found, number: str, row: int) -> str:
    return lists.dismiss_record(r, number, row, given["why"])
