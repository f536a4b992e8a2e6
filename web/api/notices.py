"""The API's counter for public notices, objections and announcements."""

from __future__ import annotations

from typing import Any

from flask import Response

from registry.desks import enquiries, notices, redactions, withdrawals
from registry.desks.enquiries import notices as enquiry_notices
from registry.law.codes import parse_document_number
from registry.law.lifecycle import Role
from registry.registrar import Registrar
from registry.words import Text
from schemas import notices as shapes
from schemas.base import Reason
from web import limits
from web.api.operation import ANYONE, Desk, Found, file_answer, open_to

desk = Desk("notices", Text("公示、异议与公布", "Notices, objections and announcements"))
SHOWN: dict[str, Any] = {"gives": shapes.ObjectionView, "shows": enquiries.show_objection}


@desk.acts(
    "/notices", Text("发布公示", "Publish a notice"),
    Text("名单即时冻结并计算摘要，首日、末日和最后时刻一并写明。",
         "The list is frozen and hashed at once, with first day, last day and last moment."),
    takes=shapes.NoticeRequest, gives=shapes.NoticeView, shows=enquiries.show_notice, made_at="/notices/{number}",
)  # fmt: skip
@open_to(Role.DEPARTMENT)
def publish_notice(r: Registrar, given: Found) -> str:
    return notices.publish_notice(r, **given)


@desk.reads("/notices", Text("公示列表", "Notices"), takes=shapes.NoticeQuery, gives=shapes.NoticePage,
            limit=limits.searching)  # fmt: skip
@open_to(ANYONE)
def search_notices(r: Registrar, given: Found) -> Found:
    return enquiries.search_notices(r, **given)


@desk.reads("/notices/<number>", Text("公示详情", "One notice"), gives=shapes.NoticeView)
@open_to(ANYONE)
def show_notice(r: Registrar, given: Found, number: str) -> Found:
    return enquiries.show_notice(r, number)


@desk.acts(
    "/notices/<number>/withdrawal", Text("撤回公示", "Withdraw a notice"),
    Text("公示有误时撤回：原公示及其摘要保留并标明已撤回，名单各项退回待公示，未决异议终止；之后重新发布即为替代。",
         "For a notice found wrong: it stays, with its digest, marked withdrawn; its items go back to await a notice, open "
         "objections become moot. Publishing them anew replaces it."),
    takes=Reason, gives=shapes.NoticeView, shows=enquiries.show_notice,
)  # fmt: skip
@open_to(Role.DEPARTMENT)
def withdraw_notice(r: Registrar, given: Found, number: str) -> str:
    return withdrawals.withdraw_notice(r, number, given["reason"])


@desk.acts(
    "/notices/<number>/objections", Text("提出异议", "Object"),
    Text("任何人均可实名提出，须有理由和证据；可用 JSON，或用 multipart/form-data 附一份证据文件（evidence_file）；单位须附盖章页。",
         "Anyone may object, by name, with reason and evidence: as JSON, or as multipart/form-data with one file "
         "(`evidence_file`). An organisation objects under its seal: the file is then required."),
    takes=shapes.ObjectionRequest, file="evidence_file", gives=shapes.ObjectionFiled, status=201, limit=limits.objecting,
)  # fmt: skip
@open_to(ANYONE)
def object_to(r: Registrar, given: Found, number: str) -> Found:
    filed = notices.object_to(r, number, **given)
    return {"number": filed, "notice": number, "application": given["application"]}


@desk.reads("/objections", Text("异议列表", "Objections"), takes=shapes.ObjectionQuery, gives=shapes.ObjectionPage,
            limit=limits.searching)  # fmt: skip
@open_to(Role.DEPARTMENT, Role.AUDITOR)
def search_objections(r: Registrar, given: Found) -> Found:
    return enquiries.search_objections(r, **given)


@desk.reads("/objections/<number>", Text("异议详情", "One objection"), gives=shapes.ObjectionView)
@open_to(Role.DEPARTMENT, Role.AUDITOR)
def show_objection(r: Registrar, given: Found, number: str) -> Found:
    return enquiries.show_objection(r, number)


@desk.reads("/objections/<number>/evidence", Text("下载异议证据", "Read the evidence file"))
@open_to(Role.DEPARTMENT, Role.AUDITOR)
def read_evidence(r: Registrar, given: Found, number: str) -> Response:
    return file_answer(enquiry_notices.read_evidence(r, number))


@desk.acts(
    "/objections/<number>/redacted-copy", Text("公开异议（隐去身份）", "Publish an objection, redacted"),
    Text("由主管部门撰写可公开的文本；出现异议人姓名、单位或联系方式的不予接受。",
         "The department writes what the public may read; a text that names the objector or how to reach them is refused."),
    takes=shapes.RedactionRequest, **SHOWN,
)  # fmt: skip
@open_to(Role.DEPARTMENT)
def publish_redacted_objection(r: Registrar, given: Found, number: str) -> str:
    return redactions.publish_redacted_objection(r, number, given["text"])


@desk.acts("/objections/<number>/dismissal", Text("驳回异议", "Dismiss an objection"), takes=Reason, **SHOWN)
@open_to(Role.DEPARTMENT)
def dismiss_objection(r: Registrar, given: Found, number: str) -> str:
    return notices.dismiss_objection(r, number, given["reason"])


@desk.acts("/objections/<number>/upholding", Text("异议成立", "Uphold an objection"), takes=Reason, **SHOWN)
@open_to(Role.DEPARTMENT)
def uphold_objection(r: Registrar, given: Found, number: str) -> str:
    return notices.uphold_objection(r, number, given["reason"])


@desk.acts(
    "/announcements", Text("公布", "Announce"),
    Text("以文号公布认定结果，逐项颁发证书。", "With its document number (文号); a certificate is issued for each item."),
    takes=shapes.AnnouncementRequest, gives=shapes.Announced, status=201,
)  # fmt: skip
@open_to(Role.DEPARTMENT)
def announce(r: Registrar, given: Found) -> Found:
    issued = notices.announce(r, **given)
    return {"document_number": parse_document_number(given["document_number"]), "certificates": issued}


@desk.reads("/announcements", Text("公布列表", "Announcements"), takes=shapes.AnnouncementQuery,
            gives=shapes.AnnouncementPage, limit=limits.searching)  # fmt: skip
@open_to(ANYONE)
def search_announcements(r: Registrar, given: Found) -> Found:
    return enquiries.search_announcements(r, **given)
