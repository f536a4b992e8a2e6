"""Pages on which the department withdraws a notice that was found wrong, and publishes an objection without who made it."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from registry.desks import enquiries, redactions, withdrawals
from registry.law.lifecycle import Role
from registry.words import Text
from web.counter import reading
from web.pages.acts import act, given, page_for

pages = Blueprint("corrections", __name__)


@pages.get("/desk/notices/<number>/withdrawal")
@page_for(Role.DEPARTMENT)
def withdrawal(number: str) -> str:
    with reading() as r:
        withdrawals.require_withdrawal(r, number)
        return render_template("office/notice_withdrawal.html", notice=enquiries.show_notice(r, number))


@pages.post("/desk/notices/<number>/withdrawal")
@page_for(Role.DEPARTMENT)
def withdraw_notice(number: str) -> ResponseReturnValue:
    return act(
        lambda r: withdrawals.withdraw_notice(r, number, given("reason")),
        done=Text("公示已撤回，名单各项已退回待公示，请重新发布。", "The notice is withdrawn; its items await a notice again: publish them anew."),
        page=url_for(".withdrawal", number=number), to=url_for("public.notice", number=number), again=lambda: withdrawal(number),
    )  # fmt: skip


@pages.get("/desk/objections/<number>/redacted-copy")
@page_for(Role.DEPARTMENT)
def redacted_copy(number: str) -> str:
    with reading() as r:
        return render_template("office/redacted_copy.html", o=enquiries.show_objection(r, number))


@pages.post("/desk/objections/<number>/redacted-copy")
@page_for(Role.DEPARTMENT)
def publish_redacted(number: str) -> ResponseReturnValue:
    return act(
        lambda r: redactions.publish_redacted_objection(r, number, given("text")),
        done=Text("异议已公开（隐去身份）。", "The objection is public, without who made it."), page=url_for(".redacted_copy", number=number),
        to=url_for("office.objection", number=number), again=lambda: redacted_copy(number),
    )  # fmt: skip
