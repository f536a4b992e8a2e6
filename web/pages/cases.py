"""The page of one application, for its enterprise, its officers and its experts alike, and every act that stands on it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from registry.desks import applications, deadlines, enquiries, minutes, panels, queues, reviews, supplements
from registry.errors import NotFound
from registry.law.lifecycle import Role
from registry.law.regulation import Regulation
from registry.registrar import Registrar
from registry.words import Text
from web.counter import caller, open_to, reading
from web.pages.acts import act, given
from web.pages.navigation import OFFICERS
from web.wire import disposition

pages = Blueprint("cases", __name__)

READERS = (Role.APPLICANT, *OFFICERS, Role.AUDITOR)
SHOWN_IN_BROWSER = ("application/pdf", "image/png", "image/jpeg")


@pages.get("/applications/<number>")
@open_to(*READERS)
def application(number: str) -> str:
    with reading() as r:
        return case_page(r, number)


def case_page(r: Registrar, number: str) -> str:
    view = enquiries.show_application(r, number)
    law, taxonomy = enquiries.law_of(r, number)
    mine = view["enterprise"]["credit_code"] in r.actor.enterprises.values()
    may = {p["act"]: p["label"] for p in view["possible"]}
    given_own = any(o["mine"] for o in view.get("opinions") or ())
    may.pop("give_opinion" if given_own else "revise_opinion", None)  # one of the two would only be refused
    seated = {s["login"] for s in view.get("seats") or ()}
    experts = _free_experts(r, law, seated) if "seat_expert" in may else []
    return render_template(
        "applicant/application.html" if mine else "office/case.html", a=view, law=law, may=may, experts=experts,
        forms=[law.stage(kind) for kind in enquiries.find_form_stages(r, number)], **_review_record(r, law, number),
        colleagues=enquiries.list_colleagues(r, number) if "assign" in may else [],
        taxonomy=taxonomy, findings=applications.check(r, number) if mine and {"submit", "resubmit"} & may.keys() else [],
    )  # fmt: skip


def _review_record(r: Registrar, law: Regulation, number: str) -> dict[str, Any]:
    """The draw, and whether there are minutes, for whoever may read them."""
    record: dict[str, Any] = {"draw": None, "minutes": False}
    if r.presides(Role.DEPARTMENT, Role.AUDITOR, over=law):
        record["minutes"] = minutes.is_closed(r, number)
        with suppress(NotFound):
            record["draw"] = enquiries.show_draw(r, number)
    return record


def _free_experts(r: Registrar, law: Regulation, seated: set[str]) -> list[dict[str, Any]]:
    """The authority's own experts who are not seated."""
    return [p for p in enquiries.search_people(r, role=Role.EXPERT, limit=100)["items"] if p["login"] not in seated
            and any(x["authority"] == law.authority.key for x in p["appointments"] if x["role"] == Role.EXPERT)]


@pages.get("/applications/<number>/documents/<int:ordinal>")
@open_to(*READERS)
def document(number: str, ordinal: int) -> Response:
    """One document as it was handed in. What a browser shows safely opens in it; the rest is saved to disk."""
    with reading() as r:
        found = applications.read_document(r, number, ordinal)
    return sealed_file(found)


def sealed_file(found: dict[str, Any]) -> Response:
    """A file from outside: opened by the browser only where that is safe, and never as a page of this site."""
    response = Response(found["content"], mimetype=found["media_type"])
    shown = found["media_type"] in SHOWN_IN_BROWSER
    response.headers["Content-Disposition"] = disposition("inline" if shown else "attachment", found["filename"])
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _scores(r: Registrar, number: str) -> dict[str, Any]:
    """The sheet as it was filled in: numbers where they are numbers, else as typed, for the desk to refuse."""
    law, _ = enquiries.law_of(r, number)
    sheet: dict[str, Any] = {}
    for criterion in law.panel.criteria:
        mark = given(f"scores.{criterion.key}").strip()
        sheet[criterion.key] = int(mark) if mark.isascii() and mark.isdigit() and len(mark) < 6 else mark
    return sheet


def _places() -> dict[str, str]:
    """Where in the dossier each reason for a supplement lies, as chosen."""
    return {name.removeprefix("places."): place for name, place in request.form.items() if name.startswith("places.")}


# The resource of each act, and the desk's function. What is said afterwards stands beside it.
ACTS: dict[str, tuple[Callable[[Registrar, str], object], Text]] = {
    "submission": (
        applications.submit,
        Text("已提交。您会在进入下一环节时收到通知。", "Submitted. You will be told when it moves on."),
    ),
    "resubmission": (
        lambda r, n: applications.resubmit(r, n, given("note")),
        Text("补正材料已提交。", "The supplement is handed in."),
    ),
    "withdrawal": (
        lambda r, n: applications.withdraw(r, n, given("reason")),
        Text("申请已撤回。", "The application is withdrawn."),
    ),
    "endorsement": (
        lambda r, n: applications.endorse(r, n, given("comment")),
        Text("推荐意见已记录，申请进入下一环节。", "The endorsement is recorded; the application moves on."),
    ),
    "acceptance": (
        lambda r, n: applications.accept(r, n, given("comment")),
        Text("已受理，申请进入下一环节。", "Accepted; the application moves on."),
    ),
    "supplement-request": (
        lambda r, n: supplements.request_supplement(r, n, request.form.getlist("reasons"), given("comment"), _places()),
        Text("补正要求已发出，企业将收到下列内容；办理计时暂停。", "The applicant is asked for what stands below; the office's clock stands still."),
    ),
    "claim": (queues.claim, Text("已认领。", "It is in your hands.")),
    "assignment": (lambda r, n: queues.assign(r, n, given("person")), Text("已指派，并已通知承办人。", "Assigned; they are told.")),
    "claim-return": (queues.unclaim, Text("已放回队列。", "It is back in the queue.")),
    "refusal": (
        lambda r, n: applications.refuse(r, n, given("ground"), given("reason")),
        Text("不予通过的决定已记录并通知企业。", "The refusal is recorded and the applicant is told."),
    ),
    "seed": (
        panels.commit_seed,
        Text("种子已登记，现在可以抽取。", "The seed is recorded; the panel can be drawn now."),
    ),
    "draw": (
        panels.draw_panel,
        Text("专家组已抽取，并已通知专家。", "The panel is drawn, and the experts are told."),
    ),
    "opinion-revision": (
        lambda r, n: reviews.revise_opinion(r, n, _scores(r, n), given("comment"), given("reason")),
        Text("修改已记录，原意见保留。", "The revision is recorded; the old opinion is kept."),
    ),
    "seats": (
        lambda r, n: reviews.seat_expert(r, n, given("expert"), given("reason")),
        Text("专家已选派。", "The expert is seated."),
    ),
    "recusal": (
        lambda r, n: reviews.recuse_expert(r, n, given("expert"), given("reason"), given("rule")),
        Text("回避已记录；有抽签顺序的，由下一位递补。", "The recusal is recorded; the next of the draw, if any, takes the seat."),
    ),
    "opinion": (
        lambda r, n: reviews.give_opinion(r, n, _scores(r, n), given("comment")),
        Text("评审意见已提交。", "Your opinion is handed in."),
    ),
    "recommendation": (
        lambda r, n: reviews.recommend(r, n, given("comment"), given("conditions").splitlines(), given("grade") or None),
        Text("评审通过已记录，申请进入下一环节。", "The recommendation is recorded; the application moves on."),
    ),
    "confirmation": (
        lambda r, n: deadlines.confirm_due(r, n, given("reason")),
        Text("已确认该日期。", "The date is confirmed."),
    ),
}
RESOURCES = ", ".join(f'"{name}"' if "-" in name else name for name in ACTS)


@pages.post(f"/applications/<number>/<any({RESOURCES}):resource>")
@open_to(*READERS)
def do(number: str, resource: str) -> ResponseReturnValue:
    desk_act, done = ACTS[resource]
    gone = resource == "recusal" and not caller().has(Role.DEPARTMENT)  # who has stood aside sees the case no more
    return act(
        lambda r: desk_act(r, number), done=done, page=url_for(".application", number=number),
        again=lambda: application(number), to=url_for("office.desk") if gone else None,
    )  # fmt: skip
