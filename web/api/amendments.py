"""The API's counter for changes of a certificate, and for the versions that they lead to."""

from __future__ import annotations

from typing import Any

from flask import Response

from registry.desks import amendments, enquiries
from registry.desks.amendments import Wanted
from registry.law.lifecycle import Role
from registry.registrar import Registrar
from registry.words import Text
from schemas import amendments as shapes
from schemas.base import Comment, Input, Reason
from web import limits
from web.api.operation import ANYONE, SIGNED_IN, Desk, Found, file_answer, open_to

desk = Desk("amendments", Text("证书变更与版本", "Changes and versions of certificates"))
SHOWN: dict[str, Any] = {"gives": shapes.AmendmentView, "shows": enquiries.show_amendment}


@desk.reads("/certificates/<number>/versions", Text("证书的各个版本", "The versions of a certificate"),
            Text("最新的在前；编号不变，每次变更一个新版本。", "The newest first; the number stays, each change is a new version."),
            gives=shapes.CertificateVersionPage, limit=limits.searching)  # fmt: skip
@open_to(ANYONE)
def list_versions(r: Registrar, given: Found, number: str) -> Found:
    return {"items": enquiries.list_versions(r, number), "next": None}


@desk.reads("/certificates/<number>/versions/<int(max=2147483647):edition>", Text("证书的一个版本", "One version of a certificate"),
            gives=shapes.CertificateVersionView)  # fmt: skip
@open_to(ANYONE)
def show_version(r: Registrar, given: Found, number: str, edition: int) -> Found:
    return enquiries.show_version(r, number, edition)


@desk.acts(
    "/certificates/<number>/amendments", Text("申请变更证书", "Ask for a change of a certificate"),
    Text("由持证企业提出，multipart/form-data，附一份证明材料（evidence_file）；更多材料可随后补充。",
         "By its holder, as multipart/form-data with a first file of proof (`evidence_file`); more can be added."),
    takes=shapes.AmendmentRequest, file="evidence_file", file_needed=True, made_at="/amendments/{number}", **SHOWN,
)  # fmt: skip
@open_to(Role.APPLICANT)
def request_amendment(r: Registrar, given: Found, number: str) -> str:
    wanted = Wanted(given["change"], given["models"].splitlines(), given["new_name"], given["new_holder"])
    return amendments.request_amendment(r, number, wanted, reason=given["reason"], filename=given["filename"], content=given["content"])


@desk.reads("/amendments", Text("变更申请列表", "Requests for a change"),
            Text("只含调用者有权查看的申请。", "Those that the caller may see."),
            takes=shapes.AmendmentQuery, gives=shapes.AmendmentPage, limit=limits.searching)  # fmt: skip
@open_to(SIGNED_IN)
def search_amendments(r: Registrar, given: Found) -> Found:
    return enquiries.search_amendments(r, **given)


@desk.reads("/amendments/<number>", Text("变更申请详情", "One request for a change"), gives=shapes.AmendmentView)
@open_to(SIGNED_IN)
def show_amendment(r: Registrar, given: Found, number: str) -> Found:
    return enquiries.show_amendment(r, number)


@desk.reads("/amendments/<number>/evidence/<int(max=2147483647):ordinal>/content", Text("下载证明材料", "Read a file of proof"))
@open_to(SIGNED_IN)
def read_amendment_file(r: Registrar, given: Found, number: str, ordinal: int) -> Response:
    return file_answer(enquiries.read_amendment_file(r, number, ordinal))


@desk.acts("/amendments/<number>/evidence", Text("补充证明材料", "Add a file of proof"), takes=Input,
           file="evidence_file", file_needed=True, **SHOWN)  # fmt: skip
@open_to(Role.APPLICANT)
def add_evidence(r: Registrar, given: Found, number: str) -> str:
    return amendments.add_evidence(r, number, given["filename"], given["content"])


@desk.acts("/amendments/<number>/endorsement", Text("初核同意变更", "Endorse the change"), takes=Comment, **SHOWN)
@open_to(Role.BUREAU)
def endorse_amendment(r: Registrar, given: Found, number: str) -> str:
    return amendments.endorse_amendment(r, number, given["comment"])


@desk.acts("/amendments/<number>/refusal", Text("不予变更", "Refuse the change"), takes=Reason, **SHOWN)
@open_to(Role.BUREAU, Role.DEPARTMENT)
def refuse_amendment(r: Registrar, given: Found, number: str) -> str:
    return amendments.refuse_amendment(r, number, given["reason"])


@desk.acts("/amendments/<number>/grant", Text("准予变更", "Grant the change"),
           Text("证书编号和有效期不变，即日起为新版本；初核人不得准予。",
                "The certificate keeps number and term and is in its next version at once; whoever endorsed does not grant."),
           takes=Comment, **SHOWN)  # fmt: skip
@open_to(Role.DEPARTMENT)
def grant_amendment(r: Registrar, given: Found, number: str) -> str:
    return amendments.grant_amendment(r, number, given["comment"])


@desk.acts("/amendments/<number>/withdrawal", Text("撤回变更申请", "Withdraw the request"), takes=Reason, **SHOWN)
@open_to(Role.APPLICANT)
def withdraw_amendment(r: Registrar, given: Found, number: str) -> str:
    return amendments.withdraw_amendment(r, number, given["reason"])
