"""The API's counter for expert reviews."""

from __future__ import annotations

from typing import Any

from registry.desks import enquiries, reviews
from registry.law.lifecycle import Role
from registry.registrar import Registrar
from registry.words import Text
from schemas import reviews as shapes
from schemas.applications import ApplicationView
from schemas.base import Comment
from web.api.operation import Desk, Found, open_to

desk = Desk("reviews", Text("专家评审", "Expert reviews"))
SHOWN: dict[str, Any] = {"gives": ApplicationView, "shows": enquiries.show_application}


@desk.acts("/applications/<number>/seats", Text("选派专家", "Seat an expert"),
           Text("任职于申报企业者应当回避（409）。", "One employed by the applicant must stand aside (409)."),
           takes=shapes.Seating, **SHOWN)  # fmt: skip
@open_to(Role.DEPARTMENT)
def seat_expert(r: Registrar, given: Found, number: str) -> str:
    return reviews.seat_expert(r, number, given["expert"])


@desk.acts("/applications/<number>/recusals", Text("专家回避", "Recuse an expert"), takes=shapes.Recusal, **SHOWN)
@open_to(Role.DEPARTMENT, Role.EXPERT)
def recuse_expert(r: Registrar, given: Found, number: str) -> str:
    return reviews.recuse_expert(r, number, given["expert"], given["reason"])


@desk.acts("/applications/<number>/opinion", Text("提交评审意见", "Give an opinion"),
           Text("按评分表逐项打分，只能提交一次。", "Scores for every criterion of the sheet; given once."),
           takes=shapes.Opinion, **SHOWN)  # fmt: skip
@open_to(Role.EXPERT)
def give_opinion(r: Registrar, given: Found, number: str) -> str:
    return reviews.give_opinion(r, number, given["scores"], given["comment"])


@desk.acts("/applications/<number>/recommendation", Text("评审通过", "Recommend"),
           Text("须达到法定人数和及格分。", "Needs the quorum and the pass mark."), takes=Comment, **SHOWN)  # fmt: skip
@open_to(Role.DEPARTMENT)
def recommend(r: Registrar, given: Found, number: str) -> str:
    return reviews.recommend(r, number, given["comment"])
