"""Pages for anyone: the first page, notices and objections, announcements, regulations, the deadline calculator."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from registry.desks import enquiries, published_lists
from registry.desks import notices as notice_desk
from registry.errors import BadInput, Finding, NotFound, Refusal
from registry.law.codes import check_fault
from registry.law.deadlines import Unit
from registry.law.lifecycle import Role
from registry.law.outline import outline
from registry.law.report import counts, unsaid
from registry.registrar import Registrar
from registry.words import Text
from web.counter import ANYONE, language, open_to, reading
from web.limits import objecting, searching
from web.pages.acts import act, given, upload
from web.pages.cases import sealed_file

pages = Blueprint("public", __name__)

UNIT_LABELS = {
    Unit.WORKING_DAY: Text("个工作日", "working days"),
    Unit.NATURAL_DAY: Text("个自然日", "natural days"),
    Unit.MONTH: Text("个月", "months"),
    Unit.YEAR: Text("年", "years"),
}


@pages.get("/")
@open_to(ANYONE)
def home() -> str:
    with reading() as r:
        return render_template(
            "public/home.html",
            calls=enquiries.search_calls(r, open=True, limit=10)["items"],
            notices=enquiries.search_notices(r, open=True, limit=10)["items"],
            regulations=sorted(r.law.regulations.values(), key=lambda law: law.effective_from, reverse=True), day=r.today,
        )  # fmt: skip


# ------------------------------------------------------------------------------------------------- notices, objections


@pages.get("/notices")
@open_to(ANYONE)
def notices() -> str:
    wanted = {"yes": True, "no": False}.get(request.args.get("open", ""))
    with reading() as r:
        page = enquiries.search_notices(r, open=wanted, cursor=request.args.get("cursor"), limit=20)
    return render_template("public/notices.html", page=page, wanted=request.args.get("open", ""))


@pages.get("/notices/<number>")
@open_to(ANYONE)
def notice(number: str) -> str:
    with reading() as r:
        found = enquiries.show_notice(r, number)
        law = r.law.regulation(found["regulation"]["id"])
        return render_template("public/notice.html", notice=found, law=law, officer=r.presides(Role.DEPARTMENT, over=law))


@pages.get("/notices/<number>/list.<any(docx, xlsx):form>")
@open_to(ANYONE)
@searching
def notice_list(number: str, form: str) -> Response:
    with reading() as r:
        return sealed_file(published_lists.write_notice_list(r, number, form, language()))


@pages.get("/notices/<number>/objections/new")
@open_to(ANYONE)
def new_objection(number: str) -> str:
    with reading() as r:
        found = enquiries.show_notice(r, number)
        law = r.law.regulation(found["regulation"]["id"])
    wanted = request.values.get("application", "")
    item = next((i for i in found["items"] if i["application"] == wanted), None)
    return render_template("public/objection_new.html", notice=found, law=law, item=item)


@pages.post("/notices/<number>/objections/new")
@objecting
@open_to(ANYONE)
def file_objection(number: str) -> ResponseReturnValue:
    return act(
        lambda r: _object(r, number),
        done=Text("异议已收到，请记下异议编号。", "Your objection was received; keep its number."),
        page=url_for(".new_objection", number=number, application=given("application")),
        to=lambda objection: url_for(".objection_receipt", number=number, objection=objection),
        again=lambda: new_objection(number),
    )


def _object(r: Registrar, notice_number: str) -> str:
    filename, content = upload("evidence_file")
    return notice_desk.object_to(
        r, notice_number, application=given("application"), objector=given("objector"), name=given("name"),
        contact=given("contact"), ground=given("ground"), reason=given("reason"), evidence=given("evidence"),
        filename=filename, content=content,
    )  # fmt: skip


@pages.get("/notices/<number>/objections/<objection>/receipt")
@open_to(ANYONE)
def objection_receipt(number: str, objection: str) -> str:
    """What somebody keeps who has objected. It says nothing about them: the number may be seen by others."""
    if check_fault(objection) is not None:
        raise NotFound(Text("没有这个异议编号。", "There is no objection of this number."))
    with reading() as r:
        found = enquiries.show_notice(r, number)
        law = r.law.regulation(found["regulation"]["id"])
    return render_template("public/objection_receipt.html", notice=found, law=law, objection=objection)


# ------------------------------------------------------------------------------------------ announcements, regulations


@pages.get("/announcements")
@open_to(ANYONE)
def announcements() -> str:
    with reading() as r:
        page = enquiries.search_announcements(r, cursor=request.args.get("cursor"))
    return render_template("public/announcements.html", page=page)


@pages.get("/announcements/<document_number>/list.<any(docx, xlsx):form>")
@open_to(ANYONE)
@searching
def announcement_list(document_number: str, form: str) -> Response:
    with reading() as r:
        return sealed_file(published_lists.write_announcement_list(r, document_number, form, language()))


@pages.get("/statistics")
@open_to(ANYONE)
def statistics() -> str:
    """How many certificates there are, divided in each way."""
    with reading() as r:
        found = enquiries.count_certificates(r, request.args.get("regulation") or None)
        return render_template("public/statistics.html", s=found, regulations=r.law.regulations.values())


@pages.get("/regulations")
@open_to(ANYONE)
def regulations() -> str:
    with reading() as r:
        found = sorted(r.law.regulations.values(), key=lambda law: law.effective_from, reverse=True)
        return render_template("public/regulations.html", regulations=found, day=r.today)


@pages.get("/regulations/<number>")
@open_to(ANYONE)
def regulation(number: str) -> str:
    with reading() as r:
        law = r.law.regulation(number)
        return render_template(
            "public/regulation.html", law=law, taxonomy=r.law.taxonomy_of(law), counts=counts(law), day=r.today,
            sources=_sources(law), parts=outline(law), unsaid=unsaid(law),
        )  # fmt: skip


def _sources(law: Any) -> list[str]:
    return sorted({leaf.source for leaf in law.leaves() if leaf.source})


# ------------------------------------------------------------------------------------------------- deadline calculator


@pages.get("/deadlines")
@open_to(ANYONE)
def deadlines() -> ResponseReturnValue:
    if "start" not in request.args:
        return _deadlines(None, [])
    try:
        with reading() as r:
            return _deadlines(enquiries.deadline(r, **_wanted_deadline()), [])
    except Refusal as refusal:
        return _deadlines(None, [refusal]), 422


def _deadlines(answer: dict[str, Any] | None, refusals: list[Refusal]) -> str:
    with reading() as r:
        known = sorted(y.year for y in r.law.calendar.years.values() if r.law.calendar.is_known(y.year))
        return render_template("public/deadlines.html", answer=answer, refusals=refusals, units=UNIT_LABELS, known=known,
                               day=r.today)  # fmt: skip


def _wanted_deadline() -> dict[str, Any]:
    """The calculator's question; BadInput, naming the field, for a date or a number that is none."""
    args, findings = request.args, []
    try:
        start = date.fromisoformat(args["start"].strip())
    except ValueError:
        findings.append(Finding("start", "not-a-date", Text("请填写日期，如 2026-02-12。", "Give a date such as 2026-02-12.")))
    length = args.get("length", "").strip()
    if not (length.isascii() and length.isdigit() and 0 < int(length or 0) < 10_000):
        findings.append(Finding("length", "not-a-number", Text("请填写 1 至 9999 的整数。", "Give a whole number from 1 to 9999.")))
    if args.get("unit") not in list(Unit):
        findings.append(Finding("unit", "unknown", Text("请选择单位。", "Choose a unit.")))
    if findings:
        raise BadInput(Text("请更正下列各项。", "Correct what is named below."), findings=findings)
    return {"start": start, "length": int(length), "unit": args["unit"],
            "count_start_day": args.get("count_start_day") == "yes",
            "ends": "as_is" if args.get("ends") == "as_is" else "next_working_day"}  # fmt: skip
