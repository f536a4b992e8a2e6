"""The API's counter for measures: suspicion, notice, statement, the decision by two, its lifting; and debarments."""

from __future__ import annotations

from typing import Any

from flask import Response

from registry.desks import enquiries, measures
from registry.desks.enquiries.measures import read_file
from registry.law.lifecycle import Role
from registry.registrar import Registrar
from registry.words import Text
from schemas import measures as shapes
from schemas.base import Comment, Reason
from web import limits
from web.api.operation import SIGNED_IN, Desk, Found, file_answer, open_to

desk = Desk("measures", Text("处理措施", "Measures"))
SHOWN: dict[str, Any] = {"gives": shapes.MeasureView, "shows": enquiries.show_measure}
SEEN_BY = (Role.DEPARTMENT, Role.BUREAU, Role.AUDITOR, Role.APPLICANT)


@desk.acts(
    "/measures", Text("登记疑点", "State a suspicion"),
    Text("针对一张证书，或针对一家企业（并写明管理办法）；可用 multipart/form-data 附证据（evidence_file）。不产生任何处理后果。",
         "Against a certificate, or an enterprise (with the regulation); a file may come along (`evidence_file`). It decides nothing."),
    takes=shapes.SuspicionRequest, file="evidence_file", made_at="/measures/{number}", **SHOWN,
)  # fmt: skip
@open_to(Role.DEPARTMENT, Role.BUREAU)
def suspect(r: Registrar, given: Found) -> str:
    return measures.suspect(r, **given)


@desk.reads("/measures", Text("处理措施列表", "Measures"), takes=shapes.MeasureQuery, gives=shapes.MeasurePage, limit=limits.searching)
@open_to(*SEEN_BY)
def search_measures(r: Registrar, given: Found) -> Found:
    return enquiries.search_measures(r, **given)


@desk.reads("/measures/<number>", Text("处理措施详情", "One measure"), gives=shapes.MeasureView)
@open_to(*SEEN_BY)
def show_measure(r: Registrar, given: Found, number: str) -> Found:
    return enquiries.show_measure(r, number)


@desk.reads("/measures/<number>/evidence", Text("下载证据", "Read the evidence"))
@open_to(Role.DEPARTMENT, Role.BUREAU, Role.AUDITOR)
def read_measure_evidence(r: Registrar, given: Found, number: str) -> Response:
    return file_answer(read_file(r, number, "evidence"))


@desk.reads("/measures/<number>/statement", Text("下载陈述申辩附件", "Read the file of the statement"))
@open_to(*SEEN_BY)
def read_statement(r: Registrar, given: Found, number: str) -> Response:
    return file_answer(read_file(r, number, "statement"))


@desk.acts(
    "/measures/<number>/notice", Text("告知拟作处理", "Give notice of the intended decision"),
    Text("持有企业随即得到告知，陈述申辩期限开始计算。", "The holder is told at once, and the time for a statement begins."),
    takes=shapes.MeasureNotice, **SHOWN,
)  # fmt: skip
@open_to(Role.DEPARTMENT)
def give_notice(r: Registrar, given: Found, number: str) -> str:
    return measures.give_notice(r, number, **given)


@desk.acts("/measures/<number>/statement", Text("陈述申辩", "Make a statement"),
           Text("由持有企业在期限内提出，一次。", "By the enterprise, within its time, once."),
           takes=shapes.StatementRequest, file="statement_file", **SHOWN)  # fmt: skip
@open_to(Role.APPLICANT)
def make_statement(r: Registrar, given: Found, number: str) -> str:
    return measures.make_statement(r, number, **given)


@desk.acts("/measures/<number>/approval", Text("同意拟作处理", "Approve"),
           Text("两名决定人之一；告知拟作处理的人不得办理。", "The first of two; never whoever gave the notice."),
           takes=Reason, **SHOWN)  # fmt: skip
@open_to(Role.DEPARTMENT)
def approve(r: Registrar, given: Found, number: str) -> str:
    return measures.approve(r, number, given["reason"])


@desk.acts("/measures/<number>/return", Text("退回重议", "Send back"), takes=Reason, **SHOWN)
@open_to(Role.DEPARTMENT)
def send_back(r: Registrar, given: Found, number: str) -> str:
    return measures.send_back(r, number, given["reason"])


@desk.acts("/measures/<number>/confirmation", Text("复核确认", "Confirm"),
           Text("两名决定人之二；须与同意的人、告知的人均不是同一人。自生效日起执行。",
                "The second of two: neither who approved nor who gave the notice. It takes effect on its effective day."),
           takes=Comment, **SHOWN)  # fmt: skip
@open_to(Role.DEPARTMENT)
def confirm(r: Registrar, given: Found, number: str) -> str:
    return measures.confirm(r, number, given["comment"])


@desk.acts("/measures/<number>/termination", Text("终结，不予处理", "Drop"), takes=Reason, **SHOWN)
@open_to(Role.DEPARTMENT)
def drop(r: Registrar, given: Found, number: str) -> str:
    return measures.drop(r, number, given["reason"])


@desk.acts("/measures/<number>/lifting-proposal", Text("提出解除", "Propose to lift"), takes=shapes.LiftingRequest, **SHOWN)
@open_to(Role.DEPARTMENT)
def propose_lifting(r: Registrar, given: Found, number: str) -> str:
    return measures.propose_lifting(r, number, **given)


@desk.acts("/measures/<number>/lifting-refusal", Text("不予解除", "Decline to lift"), takes=Reason, **SHOWN)
@open_to(Role.DEPARTMENT)
def decline_lifting(r: Registrar, given: Found, number: str) -> str:
    return measures.decline_lifting(r, number, given["reason"])


@desk.acts("/measures/<number>/lifting", Text("确认解除", "Lift"), takes=Comment, **SHOWN)
@open_to(Role.DEPARTMENT)
def lift(r: Registrar, given: Found, number: str) -> str:
    return measures.lift(r, number, given["comment"])


@desk.reads("/debarments", Text("本企业不得再申报的期间", "Debarments of one's enterprises"), gives=shapes.DebarmentPage)
@open_to(SIGNED_IN)
def list_debarments(r: Registrar, given: Found) -> Found:
    return {"items": enquiries.debarments_of(r), "next": None}
