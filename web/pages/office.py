"""Pages for bureau officers, department officers and experts: the desk, notices, objections, announcements, enterprises."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from registry.actors import ROLE_LABELS
from registry.desks import deadlines, enquiries, holds, notices, recalculations, terms
from registry.desks.enquiries.notices import read_evidence
from registry.desks.enquiries.queues import VIEWS
from registry.desks.tasks import search_tasks
from registry.law.lifecycle import STATE_LABELS, Role, states
from registry.registrar import Registrar
from registry.words import Text
from web.counter import open_to, reading
from web.pages import navigation
from web.pages.acts import act, given, page_for
from web.pages.cases import sealed_file

pages = Blueprint("office", __name__)


@pages.get("/desk")
@page_for(*navigation.OFFICERS)
def desk() -> str:
    """What waits for this officer or expert, by what is to be done; what is overdue comes first."""
    with reading() as r:
        department = r.actor.has(Role.DEPARTMENT)
        objections = enquiries.search_objections(r, open=True)["items"] if department else []
        waiting = deadlines.search_waiting(r) if department else []
        changes = len(recalculations.find_changes(r)) if department else 0
        asked = search_tasks(r)["items"] if r.actor.has(Role.DEPARTMENT, Role.BUREAU) else []
        return render_template("office/desk.html", groups=enquiries.worklist(r, view=_view(), q=request.args.get("q") or None),
                               view=_view(), views=VIEWS, objections=objections, waiting=waiting,
                               tasks=asked, amendments=enquiries.amendments_waiting(r), measures=enquiries.measures_waiting(r),
                               changes=changes, risen=terms.search_risen(r), held=holds.search_held(r),
                               places=list(_places(r)), works=r.actor.has(Role.BUREAU, Role.DEPARTMENT, Role.EXPERT, *navigation.WORKERS))  # fmt: skip


def _places(r: Registrar) -> Iterator[Text]:
    """For which office the caller sits here, and as what where that is not an officer."""
    regions, authorities = r.law.prefectures(), r.law.authorities()
    for grant in r.actor.grants:
        if grant.role not in navigation.OFFICERS:
            continue
        house = regions[grant.prefecture].bureau if grant.prefecture else authorities[grant.authority or ""].name
        role = ROLE_LABELS[grant.role]
        yield house if grant.role in (Role.BUREAU, Role.DEPARTMENT) else Text(f"{house.zh}{role.zh}", f"{house.en}: {role.en}")


def _view() -> str:
    wanted = request.args.get("view", "all")
    return wanted if wanted in VIEWS else "all"


@pages.get("/applications")
@page_for(*navigation.OFFICERS, Role.AUDITOR)
def applications() -> str:
    args = request.args
    with reading() as r:
        page = enquiries.search_applications(r, status=args.get("status") or None, regulation=args.get("regulation") or None,
                                             q=args.get("q") or None, cursor=args.get("cursor") or None)  # fmt: skip
        return render_template("office/applications.html", page=page, regulations=r.law.regulations.values(),
                               states=[(s, STATE_LABELS[s]) for s in states("application") if s != "draft"])  # fmt: skip


@pages.get("/desk/statistics")
@page_for(Role.BUREAU, Role.DEPARTMENT, Role.HEAD, Role.AUDITOR)
def workload() -> str:
    """What came in, what became of it, and how long each stage took against its term."""
    typed = request.args.get("year", "")
    with reading() as r:
        found = enquiries.count_work(r, request.args.get("regulation") or None, int(typed) if re.fullmatch(r"\d{4}", typed, re.ASCII) else None)
        return render_template("office/workload.html", s=found, regulations=r.law.regulations.values())


# --------------------------------------------------------------------------------------------- notices, announcements


def _ready(r: Registrar, status: str) -> list[dict[str, Any]]:
    """The applications in one state, by regulation: what a list can be made of."""
    items = enquiries.search_applications(r, status=status, limit=100)["items"]
    found: dict[str, list[dict[str, Any]]] = {}
    for item in items:
        found.setdefault(item["regulation"], []).append(item)
    return [{"law": r.law.regulation(key), "items": group} for key, group in sorted(found.items())]


@pages.get("/desk/notices/new")
@page_for(Role.DEPARTMENT)
def new_notice() -> str:
    with reading() as r:
        return render_template("office/notice_new.html", groups=_ready(r, "awaiting_notice"))


@pages.post("/desk/notices/new")
@page_for(Role.DEPARTMENT)
def publish_notice() -> ResponseReturnValue:
    return act(
        lambda r: notices.publish_notice(r, regulation=given("regulation"), applications=request.form.getlist("applications")),
        done=lambda number: Text(f"公示 {number} 已发布，名单已固定。", f"Notice {number} is published; its list is frozen."),
        page=url_for(".new_notice"), to=lambda number: url_for("public.notice", number=number), again=new_notice,
    )  # fmt: skip


@pages.get("/desk/announcements/new")
@page_for(Role.DEPARTMENT)
def new_announcement() -> str:
    with reading() as r:
        return render_template("office/announcement_new.html", groups=_ready(r, "announcement"))


@pages.post("/desk/announcements/new")
@page_for(Role.DEPARTMENT)
def announce() -> ResponseReturnValue:
    return act(
        lambda r: notices.announce(r, regulation=given("regulation"), document_number=given("document_number"),
                                   applications=request.form.getlist("applications"), conditions=_further_conditions()),
        done=lambda numbers: Text(f"已公布，颁发证书 {len(numbers)} 张。", f"Announced; certificates issued: {len(numbers)}."),
        page=url_for(".new_announcement"), to=url_for("public.announcements"), again=new_announcement,
    )  # fmt: skip


def _further_conditions() -> dict[str, list[str]]:
    """What was typed beside the applications that are ticked, line by line."""
    ticked = request.form.getlist("applications")
    return {number: lines for number in ticked if (lines := given(f"conditions.{number}").splitlines())}


# ---------------------------------------------------------------------------------------------------------- objections


@pages.get("/desk/objections")
@page_for(Role.DEPARTMENT, Role.AUDITOR)
def objections() -> str:
    decided = request.args.get("decided") == "yes"
    with reading() as r:
        page = enquiries.search_objections(r, open=not decided, cursor=request.args.get("cursor") or None)
    return render_template("office/objections.html", page=page, decided=decided)


@pages.get("/desk/objections/<number>")
@open_to(Role.DEPARTMENT, Role.AUDITOR)
def objection(number: str) -> str:
    with reading() as r:
        found = enquiries.show_objection(r, number)
        return render_template("office/objection.html", o=found, officer=r.actor.has(Role.DEPARTMENT))


@pages.get("/desk/objections/<number>/evidence")
@open_to(Role.DEPARTMENT, Role.AUDITOR)
def evidence(number: str) -> Response:
    with reading() as r:
        found = read_evidence(r, number)
    return sealed_file(found)


@pages.post("/desk/objections/<number>/<any(dismissal, upholding):resource>")
@open_to(Role.DEPARTMENT)
def decide(number: str, resource: str) -> ResponseReturnValue:
    desk_act = notices.dismiss_objection if resource == "dismissal" else notices.uphold_objection
    done = (Text("异议已驳回。", "The objection is dismissed.") if resource == "dismissal"
            else Text("异议成立，该申请不予认定。", "The objection is upheld; the application is refused."))  # fmt: skip
    return act(
        lambda r: desk_act(r, number, given("reason")), done=done, page=url_for(".objection", number=number),
        again=lambda: objection(number),
    )  # fmt: skip


# ------------------------------------------------------------------------------------------ provisional dates, enterprises


@pages.get("/desk/waiting")
@page_for(Role.DEPARTMENT)
def waiting() -> str:
    """What is due on a provisional date and waits for an officer's word."""
    with reading() as r:
        return render_template("office/waiting.html", items=deadlines.search_waiting(r))


@pages.get("/desk/enterprises")
@page_for(Role.BUREAU, Role.DEPARTMENT, Role.ADMINISTRATOR, Role.AUDITOR)
def enterprises() -> str:
    with reading() as r:
        page = enquiries.search_enterprises(r, q=request.args.get("q") or None, cursor=request.args.get("cursor") or None)
    return render_template("office/enterprises.html", page=page)
