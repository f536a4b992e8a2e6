"""The API's counter for assessments and site inspections."""

from __future__ import annotations

from typing import Any

from flask import Response

from registry.desks import assessment_prints, assessments, enquiries
from registry.desks.enquiries import resources
from registry.law.lifecycle import Role
from registry.registrar import Registrar
from registry.words import Text
from schemas import assessments as shapes
from schemas.applications import ApplicationView
from schemas.base import Comment
from schemas.resources import EvidenceList, EvidenceQuery, ItemQuery, LibraryView
from web.api.operation import ANYONE, Desk, Found, file_answer, open_to

desk = Desk("assessments", Text("检测评估与现场核查", "Assessments and site inspections"))
SHOWN: dict[str, Any] = {"gives": ApplicationView, "shows": enquiries.show_application}
FORM: dict[str, Any] = {"gives": shapes.AssessmentView, "shows": enquiries.show_assessment}
READERS = (Role.APPLICANT, Role.DEPARTMENT, Role.AUDITOR, Role.ASSESSOR, Role.INSPECTOR)
WORKERS = (Role.ASSESSOR, Role.INSPECTOR)


@desk.reads("/applications/<number>/assessment", Text("评估表", "The form of the assessment"),
            Text("产品的类别及理由、适用项目、结果、逐项和总体结论；企业在采纳之后才看到结果。",
                 "The class of the product and why, the items that apply, results, verdicts; applicants see results once accepted."),
            takes=shapes.StageQuery, gives=shapes.AssessmentView)  # fmt: skip
@open_to(*READERS)
def show_assessment(r: Registrar, given: Found, number: str) -> Found:
    return enquiries.show_assessment(r, number, given["stage"])


@desk.reads("/applications/<number>/assessment/report", Text("评估报告（PDF）", "The report (PDF)"),
            Text("提交之后方有。", "There once it is handed in."), takes=shapes.StageQuery)  # fmt: skip
@open_to(*READERS)
def print_report(r: Registrar, given: Found, number: str) -> Response:
    return file_answer(assessment_prints.print_report(r, number, given["stage"]))


@desk.acts("/applications/<number>/commissions", Text("委托评估机构、选派核查人员", "Commission a body or an inspector"),
           takes=shapes.Commissioning, **SHOWN)  # fmt: skip
@open_to(Role.DEPARTMENT)
def commission(r: Registrar, given: Found, number: str) -> str:
    return assessments.commission(r, number, given["who"])


@desk.acts("/applications/<number>/commissions/relief", Text("解除委托", "Relieve of a commission"),
           Text("由主管部门，或受托者本人交回。", "By the department, or given back by the commissioned."),
           takes=shapes.Relief, gives=shapes.Commissioning)  # fmt: skip
@open_to(Role.DEPARTMENT, *WORKERS)
def relieve(r: Registrar, given: Found, number: str) -> Found:
    assessments.relieve(r, number, given["who"], given["reason"])
    return {"who": given["who"]}


@desk.acts("/applications/<number>/assessment", Text("保存评估表", "Save the sheet"),
           Text("按所填原样保存，随时可改；提交报告时才检查。", "Kept as typed, to be changed at any time; checked when it is reported."),
           method="PUT", takes=shapes.SheetInput, **FORM)  # fmt: skip
@open_to(*WORKERS)
def save_sheet(r: Registrar, given: Found, number: str) -> str:
    return assessments.save_sheet(r, number, given["results"], given["hazards"], given["conclusion"])


@desk.acts("/applications/<number>/assessment/reuse", Text("沿用既往结果", "Reuse earlier results"),
           Text("同一企业、同一受试构型的已采纳报告；已填的不覆盖，说明中注明出处。",
                "Of an accepted report on the same configuration of the same applicant; nothing filled in is overwritten."),
           takes=shapes.Reuse, **FORM)  # fmt: skip
@open_to(*WORKERS)
def reuse_results(r: Registrar, given: Found, number: str) -> str:
    return assessments.reuse_results(r, number, given["other"])


@desk.acts("/applications/<number>/report", Text("提交报告", "Report"),
           Text("适用的每一项有结果或有说明；提交后不再变动，摘要写入台账。",
                "Each item that applies has a result, or a note why not; from then on it does not change, its digest is in the ledger."),
           **FORM)  # fmt: skip
@open_to(*WORKERS)
def report(r: Registrar, given: Found, number: str) -> str:
    return assessments.report(r, number)


@desk.acts("/applications/<number>/report/return", Text("退回报告", "Return the report"), takes=shapes.ReportReturn, **FORM)
@open_to(Role.DEPARTMENT)
def return_report(r: Registrar, given: Found, number: str) -> str:
    return assessments.return_report(r, number, given["reason"])


@desk.acts("/applications/<number>/report/risks", Text("接受剩余风险", "Accept a risk"),
           Text("仅限须有署名接受人的等级；姓名和理由写入报告和台账。",
                "Only at a level that needs a named person; name and reason stand in report and ledger."),
           takes=shapes.RiskAcceptance, **FORM)  # fmt: skip
@open_to(Role.DEPARTMENT)
def accept_risk(r: Registrar, given: Found, number: str) -> str:
    return assessments.accept_risk(r, number, given["hazard"], given["reason"])


@desk.acts("/applications/<number>/report/acceptance", Text("采纳报告", "Accept the report"),
           Text("总体结论为符合时才能采纳；否则逐条说明原因。", "Only if the whole is passed; else every reason is said."),
           takes=Comment, **SHOWN)  # fmt: skip
@open_to(Role.DEPARTMENT)
def accept_report(r: Registrar, given: Found, number: str) -> str:
    return assessments.accept_report(r, number, given["comment"])


@desk.reads("/library", Text("人机安全性技术资源库", "The library"),
            Text("各评估表的项目、所依据的标准、评估机构。", "The items of every form, the standards they rest on, the bodies that assess."),
            takes=ItemQuery, gives=LibraryView)  # fmt: skip
@open_to(ANYONE)
def show_library(r: Registrar, given: Found) -> Found:
    return {"items": resources.search_items(r, **given), "standards": resources.list_standards(r), "bodies": resources.list_bodies(r)}


@desk.reads("/library/evidence", Text("既往证据", "Past evidence"),
            Text("已采纳报告中的结果，供评估时查找和沿用。", "Results of accepted reports, to be found and reused in an assessment."),
            takes=EvidenceQuery, gives=EvidenceList)  # fmt: skip
@open_to(*resources.EVIDENCE_FOR)
def search_evidence(r: Registrar, given: Found) -> Found:
    return {"items": resources.search_evidence(r, **given)}
