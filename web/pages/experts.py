"""Pages of the expert pool: an expert's own profile and interests, and the pool for those who draw from it."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from registry.desks import enquiries, experts
from registry.law.lifecycle import Role
from registry.law.rules import TIES
from registry.registrar import Registrar
from registry.words import Text
from web.counter import reading
from web.pages.acts import act, given, page_for

pages = Blueprint("experts", __name__)
ORDINAL = "<int(max=2147483647):ordinal>"


@pages.get("/desk/expert")
@page_for(Role.EXPERT)
def profile() -> str:
    with reading() as r:
        return render_template("office/expert.html", me_as_expert=enquiries.show_expert(r), classes=_classes(r), ties=TIES.items())


def _classes(r: Registrar) -> list[tuple[str, Text]]:
    return [(key, branch.label) for key, branch in experts.classes(r).items()]


@pages.post("/desk/expert/profile")
@page_for(Role.EXPERT)
def keep_profile() -> ResponseReturnValue:
    return act(
        lambda r: experts.keep_profile(
            r, fields=request.form.getlist("fields"), title=given("title"), employer_name=given("employer_name"),
            employer_code=given("employer_code"), active=given("active") == "yes"),
        done=Text("专家信息已保存。", "Your profile is kept."), page=url_for(".profile"), again=profile,
    )  # fmt: skip


@pages.post("/desk/expert/interests")
@page_for(Role.EXPERT)
def declare_interest() -> ResponseReturnValue:
    return act(
        lambda r: experts.declare_interest(
            r, kind=given("kind"), credit_code=given("credit_code"), from_on=given("from_on"),
            until_on=given("until_on") or None, note=given("note")),
        done=Text("利害关系已申报；正在评审该企业产品的，已回避。",
                  "The interest is declared; from any review of that enterprise you stand aside."),
        page=url_for(".profile"), again=profile,
    )  # fmt: skip


@pages.post(f"/desk/expert/interests/{ORDINAL}/end")
@page_for(Role.EXPERT)
def end_interest(ordinal: int) -> ResponseReturnValue:
    return act(
        lambda r: experts.end_interest(r, ordinal, given("until_on")),
        done=Text("终止日已记录。", "The last day is recorded."), page=url_for(".profile"), again=profile,
    )  # fmt: skip


@pages.post(f"/desk/expert/interests/{ORDINAL}/withdrawal")
@page_for(Role.EXPERT)
def withdraw_interest(ordinal: int) -> ResponseReturnValue:
    return act(
        lambda r: experts.withdraw_interest(r, ordinal, given("reason")),
        done=Text("该项申报已撤回，保留在案。", "The declaration is withdrawn; it stays on record."), page=url_for(".profile"),
        again=profile,
    )  # fmt: skip


@pages.get("/desk/experts")
@page_for(Role.DEPARTMENT, Role.ADMINISTRATOR, Role.AUDITOR)
def pool() -> str:
    args = request.args
    with reading() as r:
        page = enquiries.search_experts(r, q=args.get("q") or None, field=args.get("field") or None,
                                        active={"yes": True, "no": False}.get(args.get("active", "")),
                                        cursor=args.get("cursor") or None)  # fmt: skip
        return render_template("office/experts.html", page=page, classes=_classes(r))
