"""Pages for an enterprise: the workbench, registering, applying, the dossier as a form, members."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from registry.desks import accounts, applications, enquiries, enterprises, reminders
from registry.desks.enquiries.certificates import expiring
from registry.desks.rehearsals import MOST_DAYS
from registry.errors import Finding
from registry.law.lifecycle import Role
from registry.law.regulation import Regulation
from registry.law.rules import FieldRule
from registry.law.values import MOST_ROWS
from registry.registrar import Registrar
from registry.words import Text
from web.counter import SIGNED_IN, open_to, reading
from web.pages.acts import act, given, page_for, show_once, upload

pages = Blueprint("applicant", __name__)
MANY = 100
LACKS = ("missing",)  # findings that say only "not yet": shown without alarm


@pages.get("/workbench")
@open_to(SIGNED_IN)
def workbench() -> str:
    """What an enterprise has in hand: what it must do comes first."""
    with reading() as r:
        codes = sorted(r.actor.enterprises.values())
        mine = enquiries.search_applications(r, limit=MANY)["items"] if codes else []
        told = [x for x in reminders.search_told(r) if x["credit_code"] in codes]
        planned = [x for x in reminders.search_planned(r, days=MOST_DAYS) if x["credit_code"] in codes]
        return render_template(
            "applicant/workbench.html",
            enterprises=[enquiries.show_enterprise(r, code) for code in codes],
            todo=[a for a in mine if a["status"] in applications.WITH_APPLICANT],
            others=[a for a in mine if a["status"] not in applications.WITH_APPLICANT],
            certificates=expiring(r, codes), reminders=told, planned=planned,
            unacknowledged={x["certificate"] for x in told if x["acknowledged_at"] is None},
            calls=enquiries.calls_in_reach(r),
            letters=enquiries.search_letters(r, limit=5)["items"], debarments=enquiries.debarments_of(r),
            measures=enquiries.measures_waiting(r),
        )  # fmt: skip


# --------------------------------------------------------------------------------------------------------- enterprises


@pages.get("/enterprises/new")
@open_to(SIGNED_IN)
def new_enterprise() -> str:
    with reading() as r:
        officer = r.actor.has(Role.BUREAU, Role.DEPARTMENT)
        return render_template("applicant/enterprise_new.html", places=r.law.places(), officer=officer)


@pages.post("/enterprises/new")
@open_to(SIGNED_IN)
def register_enterprise() -> ResponseReturnValue:
    return act(
        lambda r: accounts.register_enterprise(
            r, credit_code=given("credit_code"), name=given("name"), prefecture=given("prefecture"),
            override_reason=given("override_reason") or None,
        ),
        done=Text("企业已登记。", "The enterprise is registered."), page=url_for(".new_enterprise"),
        to=lambda code: url_for(".enterprise", code=code), again=new_enterprise,
    )  # fmt: skip


@pages.get("/enterprises/<code>")
@open_to(Role.APPLICANT, Role.BUREAU, Role.DEPARTMENT, Role.ADMINISTRATOR, Role.AUDITOR)
def enterprise(code: str) -> str:
    return _enterprise_page(code)


def _enterprise_page(code: str, invitation: str = "") -> str:
    with reading() as r:
        found = enquiries.show_enterprise(r, code)
        return render_template("applicant/enterprise.html", e=found, invitation=invitation, places=r.law.places(),
                               mine=found["credit_code"] in r.actor.enterprises.values())  # fmt: skip


@pages.post("/enterprises/<code>/invitations")
@open_to(Role.APPLICANT, Role.BUREAU, Role.DEPARTMENT)
def invite_member(code: str) -> ResponseReturnValue:
    """Make a code for a new member. It is shown once, on the page that answers."""
    return show_once(
        lambda r: accounts.invite(r, role=Role.APPLICANT, name=given("name"), enterprise=code),
        page=url_for(".enterprise", code=code), show=lambda secret: _enterprise_page(code, secret),
        again=lambda: _enterprise_page(code),
    )  # fmt: skip


@pages.post("/enterprises/<code>/place-correction")
@open_to(Role.ADMINISTRATOR)
def correct_place(code: str) -> ResponseReturnValue:
    return act(
        lambda r: enterprises.correct_place(r, code, prefecture=given("prefecture"), reason=given("reason")),
        done=Text("企业所在地已更正。", "The place is corrected."), page=url_for(".enterprise", code=code),
        again=lambda: _enterprise_page(code),
    )  # fmt: skip


@pages.post("/enterprises/<code>/members/<login>/end")
@open_to(Role.APPLICANT)
def end_member(code: str, login: str) -> ResponseReturnValue:
    return act(
        lambda r: accounts.end_appointment(r, login=login, role=Role.APPLICANT, enterprise=code),
        done=Text("该成员的权限已解除。", "The member's appointment has ended."), page=url_for(".enterprise", code=code),
        to=url_for(".workbench"), again=lambda: _enterprise_page(code),
    )  # fmt: skip


# -------------------------------------------------------------------------------------------------------- applications


@pages.get("/applications/new")
@page_for(Role.APPLICANT)
def new_application() -> str:
    with reading() as r:
        mine = [enquiries.show_enterprise(r, code) for code in sorted(r.actor.enterprises.values())]
        return render_template("applicant/application_new.html", enterprises=mine, regulations=r.law.open_on(r.today),
                               debarments=enquiries.debarments_of(r),
                               chosen=request.args.get("enterprise", ""))  # fmt: skip


@pages.post("/applications/new")
@open_to(Role.APPLICANT)
def open_application() -> ResponseReturnValue:
    return act(
        lambda r: applications.open_application(r, enterprise=given("enterprise"), regulation=given("regulation") or None),
        done=Text("申请草稿已建立，请填写申报书。", "A draft is open; fill in the dossier."), page=url_for(".new_application"),
        to=lambda number: url_for(".dossier", number=number), again=new_application,
    )  # fmt: skip


@pages.get("/applications/<number>/dossier")
@open_to(Role.APPLICANT)
def dossier(number: str) -> str:
    """The dossier as a form made from the regulation, with everything that is still missing beside its field."""
    with reading() as r:
        view = enquiries.show_application(r, number)
        law, taxonomy = enquiries.law_of(r, number)
        findings = applications.check(r, number)
        return render_template(
            "applicant/dossier.html", a=view, law=law, taxonomy=taxonomy, may={p["act"] for p in view["possible"]},
            findings=findings, found=_by_field(findings), meter=_meter(law, findings),
            editable=view["status"] in applications.WITH_APPLICANT, most=r.settings.max_document_mib, lacks=LACKS,
            debarments=[d for d in enquiries.debarments_of(r) if d["family"] == law.family],
        )  # fmt: skip


def _meter(law: Regulation, findings: list[Finding]) -> dict[str, int]:
    """How many places of the dossier must hold something, or hold something wrong, and how many of them are in order."""
    faulty = {".".join(f.field.split(".")[:2]) for f in findings if f.field != applications.SUBMISSION}
    required = {f"dossier.{rule.key}" for rule in law.all_fields() if rule.required}
    required |= {f"documents.{rule.key}" for rule in law.dossier.documents if rule.required}
    return {"asked": len(required | faulty), "done": len(required - faulty)}


def _by_field(findings: list[Finding]) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.field == applications.SUBMISSION:
            continue  # about no field
        found.setdefault(finding.field, []).append(finding)
    return found


@pages.post("/applications/<number>/dossier")
@open_to(Role.APPLICANT)
def save_dossier(number: str) -> ResponseReturnValue:
    """Keep the form as typed; "check" stays on the page, "submit" goes on to hand it in."""
    return act(
        lambda r: _save(r, number), page=url_for(".dossier", number=number), again=lambda: dossier(number),
        done=Text("已按您填写的内容保存。", "Saved as typed."),
        to=url_for("cases.application", number=number) if given("then") == "leave" else None,
    )  # fmt: skip


def _save(r: Registrar, number: str) -> str:
    law, _ = enquiries.law_of(r, number)
    return applications.save_draft(r, number, _typed_dossier(law))


def _typed_dossier(law: Regulation) -> dict[str, object]:
    """Every field of the form as it was typed. A box that is not ticked is not sent, and so is empty."""
    fields = {rule.key: given(f"dossier.{rule.key}").replace("\r\n", "\n") for rule in law.all_fields()}
    ticked = {rule.key for rule in law.all_fields() if rule.kind == "declaration" and fields[rule.key]}
    lines = {rule.key: _typed_lines(rule) for rule in law.all_fields() if rule.kind == "rows"}
    return {**fields, **dict.fromkeys(ticked, True), **lines}


def _typed_lines(rule: FieldRule) -> list[dict[str, str]] | None:
    """The lines of a field of rows up to the last that holds anything; None, which clears it, when all are empty."""
    lines = [{column.key: given(f"dossier.{rule.key}.{n}.{column.key}") for column in rule.columns}
             for n in range(1, MOST_ROWS + 1)]
    while lines and not any(lines[-1].values()):
        lines.pop()
    return lines or None


@pages.post("/applications/<number>/dossier/documents")
@open_to(Role.APPLICANT)
def attach(number: str) -> ResponseReturnValue:
    return act(
        lambda r: _attach(r, number), done=Text("文件已上传。", "The file is handed in."),
        page=url_for(".dossier", number=number) + "#documents", again=lambda: dossier(number),
    )  # fmt: skip


def _attach(r: Registrar, number: str) -> int:
    filename, content = upload("file")
    return applications.attach_document(r, number, slot=given("slot"), filename=filename or "", content=content or b"")


@pages.post("/applications/<number>/dossier/documents/<int:ordinal>/removal")
@open_to(Role.APPLICANT)
def remove(number: str, ordinal: int) -> ResponseReturnValue:
    return act(
        lambda r: applications.remove_document(r, number, ordinal), done=Text("文件已移除。", "The file is removed."),
        page=url_for(".dossier", number=number) + "#documents", again=lambda: dossier(number),
    )  # fmt: skip
