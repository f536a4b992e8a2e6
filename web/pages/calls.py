"""Pages of the calls for applications: read by anyone; opened, amended and withdrawn by the department."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from registry.desks import calls as desk
from registry.desks import enquiries
from registry.errors import BadInput, Finding
from registry.law.lifecycle import Role
from registry.words import Text
from web.counter import ANYONE, open_to, reading
from web.pages.acts import act, given, page_for

pages = Blueprint("calls", __name__)
PREFIX = "bonuses."  # of the fields of a form; then the bonus, and the bureau's region


@pages.get("/calls")
@open_to(ANYONE)
def calls() -> str:
    with reading() as r:
        page = enquiries.search_calls(r, cursor=request.args.get("cursor") or None)
    return render_template("public/calls.html", page=page)


@pages.get("/calls/<number>")
@open_to(ANYONE)
def call(number: str) -> str:
    with reading() as r:
        found = enquiries.show_call(r, number)
        regions = r.law.regulation(found["regulation"]["id"]).authority.prefectures.values()
        return render_template("public/call.html", call=found, regions=regions)


@pages.get("/desk/calls/new")
@page_for(Role.DEPARTMENT)
def new_call() -> str:
    with reading() as r:
        laws = [law for law in r.law.open_on(r.today) if law.intake is not None and law.intake.mode == "calls"
                and r.presides(Role.DEPARTMENT, over=law)]
        return render_template("office/call_new.html", laws=laws)


@pages.post("/desk/calls/new")
@page_for(Role.DEPARTMENT)
def open_call() -> ResponseReturnValue:
    return act(
        lambda r: desk.open_call(
            r, regulation=given("regulation"), document_number=given("document_number"), title=given("title"),
            department_until=_day("department_until"), opens_on=_day("opens_on") if given("opens_on").strip() else None,
            bonuses=_bonuses() or ()),
        done=lambda number: Text(f"申报通知 {number} 已发布。", f"Call {number} is published."), page=url_for(".new_call"),
        to=lambda number: url_for(".call", number=number), again=new_call,
    )  # fmt: skip


@pages.post("/calls/<number>/amendment")
@page_for(Role.DEPARTMENT)
def amend_call(number: str) -> ResponseReturnValue:
    return act(
        lambda r: desk.amend_call(
            r, number, reason=given("reason"), title=given("title"), department_until=_day("department_until"),
            opens_on=_day("opens_on") if given("opens_on").strip() else None, bonuses=_bonuses()),
        done=Text("申报通知已变更，有关企业和地方主管部门均已通知。", "The call is amended; enterprises and bureaus are told."),
        page=url_for(".call", number=number), again=lambda: call(number),
    )  # fmt: skip


@pages.post("/calls/<number>/withdrawal")
@page_for(Role.DEPARTMENT)
def withdraw_call(number: str) -> ResponseReturnValue:
    return act(
        lambda r: desk.withdraw_call(r, number, given("reason")),
        done=Text("申报通知已撤回，有关企业和地方主管部门均已通知。", "The call is withdrawn; enterprises and bureaus are told."),
        page=url_for(".call", number=number), again=lambda: call(number),
    )  # fmt: skip


def _bonuses() -> list[dict[str, str]] | None:
    """The bonuses at which a reason was typed; None where the form asked for none."""
    asked = {name: reason for name, reason in request.form.items() if name.startswith(PREFIX)}
    if not asked:
        return None
    parted = ((name.removeprefix(PREFIX).rpartition("."), reason) for name, reason in asked.items() if reason.strip())
    return [{"bonus": key, "prefecture": code, "reason": reason} for (key, _, code), reason in parted]


def _day(name: str) -> date:
    try:
        return date.fromisoformat(given(name).strip())
    except ValueError:
        message = Text("请填写日期，如 2026-09-30。", "Give a date such as 2026-09-30.")
        raise BadInput(message, findings=[Finding(name, "not-a-date", message)]) from None
