"""The API's counter for expert reviews."""

from __future__ import annotations

from typing import Any

from flask import Response

from registry.desks import enquiries, minutes, panels, reviews
from registry.law.lifecycle import Role
from registry.registrar import Registrar
from registry.words import Text
from schemas import reviews as shapes
from schemas.applications import ApplicationView
from web.api.operation import Desk, Found, file_answer, open_to

desk = Desk("reviews", Text("专家评审", "Expert reviews"))
SHOWN: dict[str, Any] = {"gives": ApplicationView, "shows": enquiries.show_application}


@desk.acts("/applications/<number>/seed", Text("登记抽签种子", "Commit the seed of the draw"),
           Text("先登记种子和当时的专家库，后抽取；种子登记后不能更换。",
                "The seed, and the pool of that moment, are recorded before the draw; a seed is not replaced."),
           **SHOWN)  # fmt: skip
@open_to(Role.DEPARTMENT)
def commit_seed(r: Registrar, given: Found, number: str) -> str:
    return panels.commit_seed(r, number)


@desk.acts("/applications/<number>/draw", Text("抽取专家组", "Draw the panel"),
           Text("按 SHA-256(种子 + \":\" + 用户名) 排序，应当回避者不参加，从前往后取足人数。",
                "In the order of SHA-256(seed + \":\" + login), without those who must stand aside, as many as the panel asks."),
           **SHOWN)  # fmt: skip
@open_to(Role.DEPARTMENT)
def draw_panel(r: Registrar, given: Found, number: str) -> str:
    return panels.draw_panel(r, number)


@desk.reads("/applications/<number>/draw", Text("抽签记录", "The draw"),
            Text("由台账重新计算，并与记录比对；任何人持有台账即可重算。",
                 "Computed again from the ledger and held against the record; anybody who has the ledger can do so."),
            gives=shapes.DrawView)  # fmt: skip
@open_to(Role.DEPARTMENT, Role.AUDITOR)
def show_draw(r: Registrar, given: Found, number: str) -> Found:
    return enquiries.show_draw(r, number)


@desk.reads("/applications/<number>/minutes", Text("评审纪要（PDF）", "The minutes of the review (PDF)"),
            Text("评审结束后方有。", "There once the review is closed."))  # fmt: skip
@open_to(Role.DEPARTMENT, Role.AUDITOR)
def print_minutes(r: Registrar, given: Found, number: str) -> Response:
    return file_answer(minutes.print_minutes(r, number))


@desk.acts("/applications/<number>/seats", Text("选派专家", "Seat an expert"),
           Text("依本办法应当回避者不能选派（409）；登记种子之后须说明理由。",
                "One who must stand aside by the regulation is refused (409); once a seed is recorded, with the reason."),
           takes=shapes.Seating, **SHOWN)  # fmt: skip
@open_to(Role.DEPARTMENT)
def seat_expert(r: Registrar, given: Found, number: str) -> str:
    return reviews.seat_expert(r, number, given["expert"], given["reason"])


@desk.acts("/applications/<number>/recusals", Text("专家回避", "Recuse an expert"),
           Text("由抽签顺序的下一位递补。专家本人回避后不再看到本案，故只答复编号。",
                "The next of the draw takes the seat. An expert who has stood aside sees the case no more: only its number is given."),
           takes=shapes.Recusal, gives=shapes.Recused)  # fmt: skip
@open_to(Role.DEPARTMENT, Role.EXPERT)
def recuse_expert(r: Registrar, given: Found, number: str) -> Found:
    return {"number": reviews.recuse_expert(r, number, given["expert"], given["reason"], given["rule"]), "expert": given["expert"]}


@desk.acts("/applications/<number>/opinion", Text("提交评审意见", "Give an opinion"),
           Text("按评分表逐项打分，只能提交一次，更正用修改。", "Scores for every criterion of the sheet; given once, then revised."),
           takes=shapes.Opinion, **SHOWN)  # fmt: skip
@open_to(Role.EXPERT)
def give_opinion(r: Registrar, given: Found, number: str) -> str:
    return reviews.give_opinion(r, number, given["scores"], given["comment"])


@desk.acts("/applications/<number>/opinion/revision", Text("修改评审意见", "Revise an opinion"),
           Text("须说明理由；原意见保留。", "With the reason; the old one is kept."), takes=shapes.Revision, **SHOWN)  # fmt: skip
@open_to(Role.EXPERT)
def revise_opinion(r: Registrar, given: Found, number: str) -> str:
    return reviews.revise_opinion(r, number, given["scores"], given["comment"], given["reason"])


@desk.acts("/applications/<number>/recommendation", Text("评审通过", "Recommend"),
           Text("须达到法定人数和及格分。", "Needs the quorum and the pass mark."), takes=shapes.Recommendation, **SHOWN)  # fmt: skip
@open_to(Role.DEPARTMENT)
def recommend(r: Registrar, given: Found, number: str) -> str:
    return reviews.recommend(r, number, given["comment"], given["conditions"], given["grade"])
