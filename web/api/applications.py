"""The API's counter for applications: from a draft to the office's decision."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Response

from registry.desks import applications, deadlines, enquiries, supplements
from registry.law.lifecycle import Role
from registry.registrar import Registrar
from registry.words import Text
from schemas import applications as shapes
from schemas.base import Comment, Reason
from schemas.deadlines import Confirmation
from schemas.replays import ReplayView
from web import limits
from web.api.operation import SIGNED_IN, Desk, Found, file_answer, open_to

desk = Desk("applications", Text("申请", "Applications"))
SHOWN: dict[str, Any] = {"gives": shapes.ApplicationView, "shows": enquiries.show_application}


@desk.acts(
    "/applications", Text("新建申请", "Open an application"),
    Text("为自己的企业新建一份草稿；注明 renews 则为续期，沿用上次材料。",
         "A draft for one's own enterprise; with `renews`, a renewal that starts from the last dossier."),
    takes=shapes.OpeningRequest, made_at="/applications/{number}", **SHOWN,
)  # fmt: skip
@open_to(Role.APPLICANT)
def open_application(r: Registrar, given: Found) -> str:
    return applications.open_application(r, **given)


@desk.reads("/applications", Text("申请列表", "Applications"),
            Text("只含调用者有权查看的申请。", "Those that the caller may see."),
            takes=shapes.ApplicationQuery, gives=shapes.ApplicationPage, limit=limits.searching)  # fmt: skip
@open_to(SIGNED_IN)
def search_applications(r: Registrar, given: Found) -> Found:
    return enquiries.search_applications(r, **given)


@desk.reads(
    "/applications/<number>", Text("申请详情", "One application"),
    Text("possible 列出调用者此刻可以办理的行为；due 为时间将自动办理的事项，term 为办理期限。",
         "`possible` lists what the caller can do now; `due` is what time will do, `term` is the office's own term."),
    gives=shapes.ApplicationView,
)  # fmt: skip
@open_to(SIGNED_IN)
def show_application(r: Registrar, given: Found, number: str) -> Found:
    return enquiries.show_application(r, number)


@desk.reads(
    "/applications/<number>/replay", Text("重演办理过程", "Replay the decisions"),
    Text("逐项列出规则、条款、当时的事实，并按当时和现行的版本重新计算；then 为提交时的文本，now 为今天有效的版本。",
         "Each entry with rule, article and facts, its figures worked out again: `then` under the text it was handed in "
         "under, `now` under the version in force today."),
    gives=ReplayView,
)  # fmt: skip
@open_to(SIGNED_IN)
def replay_application(r: Registrar, given: Found, number: str) -> Found:
    return enquiries.replay_application(r, number)


@desk.acts(
    "/applications/<number>/draft", Text("保存草稿", "Save the draft"),
    Text("按原样保存所填内容，不判断是否齐全；须以 If-Match 注明所见版本。",
         "Keeps what was typed as it was typed, complete or not. If-Match must name the version seen."),
    method="PUT", takes=shapes.Draft, needs_version=True, **SHOWN,
)  # fmt: skip
@open_to(Role.APPLICANT)
def save_draft(r: Registrar, given: Found, number: str) -> str:
    return applications.save_draft(r, number, given["dossier"])


@desk.reads(
    "/applications/<number>/check", Text("提交前检查", "Check before submission"),
    Text("列出所有缺少或矛盾之处、所在字段、条款和处理办法。",
         "Everything that is missing or contradictory, with field, article and what to do."),
    gives=shapes.CheckView,
)  # fmt: skip
@open_to(SIGNED_IN)
def check_application(r: Registrar, given: Found, number: str) -> Found:
    findings = applications.check(r, number)
    words = ("message", "action")
    plain = [asdict(f) | {name: getattr(f, name) for name in words} for f in findings]
    return {"ready": not findings, "findings": plain}


@desk.acts(
    "/applications/<number>/documents", Text("上传材料", "Hand in a document"),
    Text("multipart/form-data：slot 为材料清单的键，file 为文件。类型按内容识别。",
         "multipart/form-data: `slot` is a key of the regulation's documents, `file` the file, sniffed by its content."),
    takes=shapes.Upload, file="file", file_needed=True, status=201, **SHOWN,
)  # fmt: skip
@open_to(Role.APPLICANT)
def attach_document(r: Registrar, given: Found, number: str) -> None:
    applications.attach_document(r, number, slot=given["slot"], filename=given["filename"], content=given["content"])


@desk.reads("/applications/<number>/documents", Text("材料列表", "Documents"), gives=shapes.DocumentPage)
@open_to(SIGNED_IN)
def list_documents(r: Registrar, given: Found, number: str) -> Found:
    return {"items": enquiries.show_application(r, number)["documents"], "next": None}


@desk.reads("/applications/<number>/documents/<int(max=2147483647):ordinal>/content",
            Text("下载材料", "Read a document"))  # fmt: skip
@open_to(SIGNED_IN)
def read_document(r: Registrar, given: Found, number: str, ordinal: int) -> Response:
    return file_answer(applications.read_document(r, number, ordinal))


@desk.acts("/applications/<number>/documents/<int(max=2147483647):ordinal>", Text("移除材料", "Remove a document"),
           method="DELETE", **SHOWN)  # fmt: skip
@open_to(Role.APPLICANT)
def remove_document(r: Registrar, given: Found, number: str, ordinal: int) -> None:
    applications.remove_document(r, number, ordinal)


@desk.acts(
    "/applications/<number>/submission", Text("提交", "Submit"),
    Text("材料齐全方可提交（否则 422，missing 列出所缺）；提交即以一个摘要封存。",
         "Only a complete dossier is taken (else 422, with `missing`); it is sealed by one digest."), **SHOWN,
)  # fmt: skip
@open_to(Role.APPLICANT)
def submit(r: Registrar, given: Found, number: str) -> str:
    return applications.submit(r, number)


@desk.acts("/applications/<number>/resubmission", Text("提交补正", "Resubmit"), takes=shapes.Resubmission, **SHOWN)
@open_to(Role.APPLICANT)
def resubmit(r: Registrar, given: Found, number: str) -> str:
    return applications.resubmit(r, number, given["note"])


@desk.acts("/applications/<number>/withdrawal", Text("撤回申请", "Withdraw"), takes=Reason, **SHOWN)
@open_to(Role.APPLICANT)
def withdraw(r: Registrar, given: Found, number: str) -> str:
    return applications.withdraw(r, number, given["reason"])


@desk.acts("/applications/<number>/endorsement", Text("初审推荐", "Endorse"),
           Text("由申报企业所在地的地方主管部门办理。", "By the bureau of the applicant's prefecture, and no other."),
           takes=Comment, **SHOWN)  # fmt: skip
@open_to(Role.BUREAU)
def endorse(r: Registrar, given: Found, number: str) -> str:
    return applications.endorse(r, number, given["comment"])


@desk.acts("/applications/<number>/acceptance", Text("受理", "Accept"), takes=Comment, **SHOWN)
@open_to(Role.DEPARTMENT)
def accept(r: Registrar, given: Found, number: str) -> str:
    return applications.accept(r, number, given["comment"])


@desk.acts(
    "/applications/<number>/supplement-request", Text("要求补正", "Request a supplement"),
    Text("可同时列出多项原因；补正期间办理时限停止计算。", "Several reasons at once; the office's clock stands still meanwhile."),
    takes=shapes.SupplementRequest, **SHOWN,
)  # fmt: skip
@open_to(Role.BUREAU, Role.DEPARTMENT)
def request_supplement(r: Registrar, given: Found, number: str) -> str:
    return supplements.request_supplement(r, number, given["reasons"], given["comment"], given["places"])


@desk.acts("/applications/<number>/refusal", Text("不予通过", "Refuse"), takes=shapes.Refusal, **SHOWN)
@open_to(Role.BUREAU, Role.DEPARTMENT)
def refuse(r: Registrar, given: Found, number: str) -> str:
    return applications.refuse(r, number, given["ground"], given["reason"])


@desk.acts(
    "/applications/<number>/confirmation", Text("确认暂定日期", "Confirm a provisional date"),
    Text("暂定日期（当年日历尚未公布）已过时，由工作人员确认后办理。",
         "When a provisional date has passed (its year's calendar is not published), an officer's word takes the act."),
    takes=Confirmation, **SHOWN,
)  # fmt: skip
@open_to(Role.DEPARTMENT)
def confirm_due(r: Registrar, given: Found, number: str) -> None:
    deadlines.confirm_due(r, number, given["reason"])
