"""Pages for changes of a certificate, and for a past decision replayed."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from registry.desks import amendments as desk
from registry.desks import enquiries
from registry.desks.amendments import Wanted
from registry.law.lifecycle import Role
from registry.registrar import Registrar
from registry.words import Text
from web.counter import open_to, reading
from web.pages import certificates
from web.pages.acts import act, given, page_for, upload
from web.pages.cases import READERS, sealed_file

pages = Blueprint("amendments", __name__)
CONCERNED = (Role.APPLICANT, Role.BUREAU, Role.DEPARTMENT, Role.AUDITOR)


@pages.post("/certificates/<number>/amendments")
@open_to(Role.APPLICANT)
def request_change(number: str) -> ResponseReturnValue:
    """One of the forms of the certificate's page: what is to be changed, and the proof."""
    return act(
        lambda r: _request(r, number), done=Text("变更申请已提交，待初核。", "The request is handed in."),
        page=url_for("certificates.certificate", number=number), to=lambda new: url_for(".amendment", number=new),
        again=lambda: certificates.certificate(number),
    )  # fmt: skip


def _request(r: Registrar, number: str) -> str:
    filename, content = upload("evidence_file")
    wanted = Wanted(given("change"), given("models").splitlines(), given("new_name"), given("new_holder"))
    return desk.request_amendment(r, number, wanted, reason=given("reason"), filename=filename, content=content)


@pages.get("/desk/amendments")
@page_for(Role.BUREAU, Role.DEPARTMENT, Role.AUDITOR)
def amendments() -> str:
    decided = request.args.get("decided") == "yes"
    with reading() as r:
        page = enquiries.search_amendments(r, open=not decided, cursor=request.args.get("cursor") or None)
    return render_template("office/amendments.html", page=page, decided=decided)


@pages.get("/amendments/<number>")
@open_to(*CONCERNED)
def amendment(number: str) -> str:
    with reading() as r:
        found = enquiries.show_amendment(r, number)
    return render_template("office/amendment.html", x=found, may={p["act"]: p["label"] for p in found["possible"]})


@pages.get("/amendments/<number>/evidence/<int:ordinal>")
@open_to(*CONCERNED)
def evidence(number: str, ordinal: int) -> Response:
    with reading() as r:
        found = enquiries.read_amendment_file(r, number, ordinal)
    return sealed_file(found)


def _add(r: Registrar, number: str) -> str:
    filename, content = upload("evidence_file")
    return desk.add_evidence(r, number, filename or "", content or b"")


ACTS: dict[str, tuple[Callable[[Registrar, str], object], Text]] = {
    "evidence": (_add, Text("材料已补充。", "The file is added.")),
    "endorsement": (
        lambda r, n: desk.endorse_amendment(r, n, given("comment")),
        Text("已同意，转主管部门决定。", "Endorsed; the department decides."),
    ),
    "refusal": (
        lambda r, n: desk.refuse_amendment(r, n, given("reason")),
        Text("不予变更的决定已记录并通知企业。", "The refusal is recorded and the holder is told."),
    ),
    "grant": (
        lambda r, n: desk.grant_amendment(r, n, given("comment")),
        Text("已准予变更，证书已是新版本。", "Granted; the certificate is in its next version."),
    ),
    "withdrawal": (
        lambda r, n: desk.withdraw_amendment(r, n, given("reason")),
        Text("变更申请已撤回。", "The request is withdrawn."),
    ),
}


@pages.post("/amendments/<number>/<any(evidence, endorsement, refusal, grant, withdrawal):resource>")
@open_to(*CONCERNED)
def do(number: str, resource: str) -> ResponseReturnValue:
    desk_act, done = ACTS[resource]
    return act(
        lambda r: desk_act(r, number), done=done, page=url_for(".amendment", number=number),
        again=lambda: amendment(number),
    )  # fmt: skip


@pages.get("/applications/<number>/replay")
@open_to(*READERS)
def replay(number: str) -> str:
    """Why it came out so: each entry with its rule and its figures, then and now."""
    with reading() as r:
        return render_template("office/replay.html", x=enquiries.replay_application(r, number))
