"""Pages for whoever verifies: one certificate, with the answer at a glance and in words. No login, no script, nothing kept."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import Blueprint, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from registry.clock import OFFICE_ZONE
from registry.desks import verifications
from registry.desks.verifications import Asked
from registry.errors import BadInput, Finding, Refusal
from registry.law.verdicts import AXIS_LABELS
from registry.words import Text
from web.counter import ANYONE, open_to, this_office

pages = Blueprint("verification", __name__)
LONGEST_NUMBER = 80


@pages.get("/verify")
@open_to(ANYONE)
def verify() -> ResponseReturnValue:
    """The question and, once a number is given, its answer. The address says all that was asked."""
    if not request.args.get("number", "").strip():
        return _page(None, [])
    try:
        return _page(tell(read_question()), [])
    except Refusal as refusal:
        return _page(None, [refusal], 422)


def tell(asked: Asked) -> dict[str, Any]:
    """The verdict on one certificate, and under which address it can be asked again for the same day."""
    office = this_office()
    found = verifications.verify(office.glance, office.law, office.now(), asked)
    again = {"number": found["number"], "part": asked.part, "on": found["asked"]["on"].isoformat(), "known_at": request.args.get("known_at")}
    query = {k: v for k, v in again.items() if v}
    keep = {form: url_for("receipts.receipt", form=form, **query) for form in ("pdf", "json")} if office.keys.can_sign() else {}
    return found | {"share": url_for("verification.verify", _external=True, **query), "keep": keep}


def _page(found: dict[str, Any] | None, refusals: list[Refusal], status: int = 200) -> ResponseReturnValue:
    response = make_response(render_template("public/verify.html", v=found, refusals=refusals, axis_labels=AXIS_LABELS), status)
    response.headers["Cache-Control"] = "no-store"
    return response


def read_question() -> Asked:
    """The question in the address; BadInput, naming the field, for a day or an instant that is none."""
    args, findings = request.args, []
    on, known_at = args.get("on", "").strip(), args.get("known_at", "").strip()
    number, wanted, then = args.get("number", "").strip(), None, None
    if len(number) > LONGEST_NUMBER:
        findings.append(Finding("number", "too-long", Text("证书编号最长 {n} 个字符。", "A number has at most {n} characters.").with_(n=LONGEST_NUMBER)))
    try:
        wanted = date.fromisoformat(on) if on else None
    except ValueError:
        findings.append(Finding("on", "not-a-date", Text("请填写日期，如 2026-02-12。", "Give a date such as 2026-02-12.")))
    try:
        then = _instant(known_at) if known_at else None
    except (ValueError, OverflowError):
        findings.append(Finding("known_at", "not-an-instant", Text("请填写日期和时间（北京时间），如 2026-02-12T09:00。",
                                                                   "Give a date and time in Beijing, such as 2026-02-12T09:00.")))
    if findings:
        raise BadInput(Text("请更正下列各项。", "Correct what is named below."), findings=findings)
    return Asked(number, args.get("part", "").strip() or None, wanted, then)


def _instant(said: str) -> datetime:
    """An instant as a browser's field gives it, on the office's wall clock, or with a zone of its own."""
    found = datetime.fromisoformat(said)
    return found if found.tzinfo else found.replace(tzinfo=OFFICE_ZONE)
