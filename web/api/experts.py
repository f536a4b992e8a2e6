"""The API's counter for the expert pool."""

from __future__ import annotations

from typing import Any

from registry.desks import enquiries, experts
from registry.law.lifecycle import Role
from registry.registrar import Registrar
from registry.words import Text
from schemas import experts as shapes
from web.api.operation import Desk, Found, open_to

desk = Desk("experts", Text("专家库", "The expert pool"))
ORDINAL = "<int(max=2147483647):ordinal>"
MINE: dict[str, Any] = {"gives": shapes.ExpertView}


@desk.reads("/experts", Text("专家库", "The pool"), takes=shapes.ExpertQuery, gives=shapes.ExpertPage)
@open_to(Role.DEPARTMENT, Role.ADMINISTRATOR, Role.AUDITOR)
def search_experts(r: Registrar, given: Found) -> Found:
    return enquiries.search_experts(r, **given)


@desk.reads("/me/expert", Text("我的专家信息", "My profile as an expert"), gives=shapes.ExpertView)
@open_to(Role.EXPERT)
def show_expert(r: Registrar, given: Found) -> Found:
    return enquiries.show_expert(r)


@desk.acts("/me/expert", Text("维护专家信息", "Keep one's profile"),
           Text("更换任职单位时，原单位自动记为当日终止的任职关系。",
                "A change of employer leaves the former one as a tie that ended today."),
           method="PUT", takes=shapes.Profile, **MINE)  # fmt: skip
@open_to(Role.EXPERT)
def keep_profile(r: Registrar, given: Found) -> Found:
    experts.keep_profile(r, **given)
    return enquiries.show_expert(r)


@desk.acts("/me/expert/interests", Text("申报利害关系", "Declare an interest"),
           Text("正在评审该企业产品的，随即回避并递补。",
                "Whoever is seated for a product of that enterprise stands aside at once and is replaced."),
           takes=shapes.InterestDeclaration, status=201, **MINE)  # fmt: skip
@open_to(Role.EXPERT)
def declare_interest(r: Registrar, given: Found) -> Found:
    experts.declare_interest(r, **given)
    return enquiries.show_expert(r)


@desk.acts(f"/me/expert/interests/{ORDINAL}/end", Text("填写终止日", "Say when an interest ended"),
           takes=shapes.InterestEnd, **MINE)  # fmt: skip
@open_to(Role.EXPERT)
def end_interest(r: Registrar, given: Found, ordinal: int) -> Found:
    experts.end_interest(r, ordinal, given["until_on"])
    return enquiries.show_expert(r)


@desk.acts(f"/me/expert/interests/{ORDINAL}/withdrawal", Text("撤回误报的利害关系", "Withdraw an interest declared by mistake"),
           Text("申报保留在案，不再作为回避依据。", "It stays on record and bars no more."),
           takes=shapes.InterestWithdrawal, **MINE)  # fmt: skip
@open_to(Role.EXPERT)
def withdraw_interest(r: Registrar, given: Found, ordinal: int) -> Found:
    experts.withdraw_interest(r, ordinal, given["reason"])
    return enquiries.show_expert(r)
