"""Pages for lists of earlier years: what is public of them, and how the department takes one over and works through its rows."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from registry.desks.enquiries.paging import Page
from registry.desks.past import lists, looking
from registry.desks.past.reading import COLUMNS
from registry.errors import BadInput, Finding, Refusal
from registry.law.lifecycle import Role
from registry.registrar import Registrar
from registry.words import Text
from web.counter import ANYONE, counter, open_to, reading
from web.limits import searching
from web.pages.acts import act, given, given_number, go_on, page_for, refuse, upload

pages = Blueprint("past", __name__)


@pages.get("/past-lists")
@searching
@open_to(ANYONE)
def all_lists() -> ResponseReturnValue:
    """The lists that are kept, and a search in all of them."""
    q, cursor = request.args.get("q", ""), request.args.get("cursor") or None
    with reading() as r:
        found, refusal = _searched(r, q=q, cursor=cursor) if q.strip() else (None, None)
        page = looking.search_lists(r, cursor=cursor) if not q.strip() else None
        return render_template("public/past_lists.html", page=page, found=found, refusal=refusal, q=q, worth=looking.WORTH,
                               officer=r.actor.has(Role.DEPARTMENT)), 422 if refusal else 200  # fmt: skip


def _searched(r: Registrar, **asked: Any) -> tuple[Page | None, BadInput | None]:
    """What is found, or why nothing can be looked for."""
    try:
        return looking.search_records(r, **asked), None
    except BadInput as no:
        return None, no


@pages.get("/past-lists/<number>")
@searching
@open_to(ANYONE)
def one_list(number: str) -> ResponseReturnValue:
    """A kept list, row by row. Those who work on it see what waits, or the columns that are to be confirmed."""
    q, waiting = request.args.get("q", ""), request.args.get("waiting") == "yes"
    with reading() as r:
        x = looking.show_list(r, number)
        more: dict[str, Any] = {"refusal": None}
        if x["mine"] and x["state"] == "new":
            more |= {"file": looking.look_at_file(r, number), "columns": COLUMNS.items()}
        elif x["mine"] and x["state"] == "confirmed":
            more |= {"seen": lists.preview(r, number), "columns": COLUMNS.items()}
        elif x["state"] == "kept":
            more["found"], more["refusal"] = _searched(r, number=number, q=q, waiting=waiting, cursor=request.args.get("cursor") or None)
        answer = render_template("public/past_list.html", x=x, q=q, waiting=waiting, worth=looking.WORTH, **more)
    return answer, 422 if more["refusal"] else 200


@pages.get("/past-lists/<number>/<int(max=2147483647):row>")
@open_to(ANYONE)
def one_record(number: str, row: int) -> str:
    with reading() as r:
        x = looking.show_list(r, number)
        return render_template("public/past_record.html", x=x, record=looking.show_record(r, number, row), columns=COLUMNS.items())


@pages.get("/desk/past-lists/new")
@page_for(Role.DEPARTMENT)
def new_list() -> str:
    with reading() as r:
        laws = [(key, law.title) for key, law in sorted(r.law.regulations.items()) if law.authority.key in r.actor.authorities(Role.DEPARTMENT)]
        return render_template("office/past_list_new.html", laws=laws)


@pages.post("/desk/past-lists")
@open_to(Role.DEPARTMENT)
def take() -> ResponseReturnValue:
    filename, content = upload("file")
    day = _day(given("issued_on"))

    def do(r: Registrar) -> str:
        if content is None:
            message = Text("请选择名单文件。", "Choose the list's file.")
            raise BadInput(message, findings=[Finding("file", "missing", message)])
        source = lists.Source(given("title"), given("document_number"), day, given("address"), given("regulation") or None)
        return lists.take_list(r, source, filename or "", content)

    return act(do, done=lambda number: Text(f"{number} 已保存，请确认各列。", f"{number} is kept: confirm its columns."), page=url_for(".new_list"),
               again=new_list, to=lambda number: url_for(".one_list", number=number))  # fmt: skip


@pages.post("/desk/past-lists/<number>/sheet")
@open_to(Role.DEPARTMENT)
def sheet(number: str) -> ResponseReturnValue:
    return _on(number, lambda r: lists.choose_sheet(r, number, given("sheet")), Text("已改读该工作表。", "That sheet is read now."))


@pages.post("/desk/past-lists/<number>/columns")
@open_to(Role.DEPARTMENT)
def confirm(number: str) -> ResponseReturnValue:
    chosen, begins = {key: given_number(f"columns.{key}") for key in COLUMNS}, (given_number("begins") or 0) - 1
    said = Text("各列已确认，请看预览。", "The columns are confirmed: see the preview.")
    return _on(number, lambda r: lists.confirm_columns(r, number, chosen, begins), said)


@pages.post("/desk/past-lists/<number>/reopening")
@open_to(Role.DEPARTMENT)
def reopen(number: str) -> ResponseReturnValue:
    return _on(number, lambda r: lists.reopen_columns(r, number), Text("可以重新指明各列。", "The columns can be said anew."))


@pages.post("/desk/past-lists/<number>/keeping")
@open_to(Role.DEPARTMENT)
def keep(number: str) -> ResponseReturnValue:
    page = url_for(".one_list", number=number)
    try:
        lists.keep_list(counter, number)
    except Refusal as no:
        return refuse(no, page, lambda: one_list(number))
    return go_on(Text(f"{number} 已导入。", f"{number} is kept."), page)


@pages.post("/desk/past-lists/<number>/undoing")
@open_to(Role.DEPARTMENT)
def undo(number: str) -> ResponseReturnValue:
    return _on(number, lambda r: lists.undo_list(r, number, given("why")), Text(f"{number} 已撤销。", f"{number} is taken back."))


@pages.post("/desk/past-lists/<number>/<int(max=2147483647):row>/match")
@open_to(Role.DEPARTMENT)
def match(number: str, row: int) -> ResponseReturnValue:
    return _on_row(number, row, lambda r: lists.match_record(r, number, row, given("credit_code"), given("why")))


@pages.post("/desk/past-lists/<number>/<int(max=2147483647):row>/dismissal")
@open_to(Role.DEPARTMENT)
def dismiss(number: str, row: int) -> ResponseReturnValue:
    return _on_row(number, row, lambda r: lists.dismiss_record(r, number, row, given("why")))


def _on(number: str, do: lists.Act, said: Text) -> ResponseReturnValue:
    return act(do, done=said, page=url_for(".one_list", number=number), again=lambda: one_list(number))


def _on_row(number: str, row: int, do: lists.Act) -> ResponseReturnValue:
    return act(do, done=Text(f"第 {row} 行已处理。", f"Row {row} is decided."), page=url_for(".one_record", number=number, row=row),
               again=lambda: one_record(number, row), to=url_for(".one_list", number=number, waiting="yes"))  # fmt: skip


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None
