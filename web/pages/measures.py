"""Measures: the officers' list and each measure's page with its acts, the holder's statement on the same page, and tasks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from registry.desks import enquiries, tasks
from registry.desks import measures as desk
from registry.desks.enquiries.measures import read_file
from registry.law.lifecycle import MEASURE_KINDS, STATE_LABELS, Role, states
from registry.law.regulation import Regulation
from registry.law.rules import Debarment, Sanction
from registry.registrar import Registrar
from registry.words import Text, join
from web.counter import open_to, reading
from web.pages.acts import act, given, page_for, upload
from web.pages.cases import sealed_file

pages = Blueprint("measures", __name__)
SEEN_BY = (Role.DEPARTMENT, Role.BUREAU, Role.AUDITOR, Role.APPLICANT)
REPORTS = list(tasks.REPORTS.items())


@pages.get("/measures")
@page_for(*SEEN_BY)
def measures() -> str:
    """The measures that this caller may see; what waits for them first."""
    wanted = request.args.get("status") or None
    with reading() as r:
        page = enquiries.search_measures(r, status=wanted, cursor=request.args.get("cursor") or None)
        return render_template("office/measures.html", page=page, wanted=wanted or "", waiting=enquiries.measures_waiting(r),
                               states=[(s, STATE_LABELS[s]) for s in states("measure")],
                               officer=r.actor.has(Role.DEPARTMENT, Role.BUREAU))  # fmt: skip


@pages.get("/measures/new")
@page_for(Role.DEPARTMENT, Role.BUREAU)
def new_measure() -> str:
    """The form of a suspicion, against a certificate (`?certificate=`) or an enterprise (`?enterprise=`)."""
    with reading() as r:
        laws = [law for law in r.law.regulations.values() if r.presides(Role.DEPARTMENT, over=law)
                or r.actor.prefectures & law.authority.prefectures.keys()]
        return render_template("office/measure_new.html", certificate=request.values.get("certificate", ""), laws=laws,
                               enterprise=request.values.get("enterprise", ""), grounds=_suspected(laws))  # fmt: skip


@pages.post("/measures/new")
@page_for(Role.DEPARTMENT, Role.BUREAU)
def suspect() -> ResponseReturnValue:
    filename, content = upload("evidence_file")
    return act(
        lambda r: desk.suspect(
            r, certificate=given("certificate").strip() or None, enterprise=given("enterprise").strip() or None,
            regulation=given("regulation") or None, ground=given("ground"), suspicion=given("suspicion"),
            evidence=given("evidence"), filename=filename, content=content),
        done=lambda number: Text(f"疑点 {number} 已登记。", f"Suspicion {number} is stated."),
        page=url_for(".new_measure"), to=lambda number: url_for(".measure", number=number), again=new_measure,
    )  # fmt: skip


@pages.get("/measures/<number>")
@open_to(*SEEN_BY)
def measure(number: str) -> str:
    with reading() as r:
        found = enquiries.show_measure(r, number)
        law = r.law.regulation(found["regulation"]["id"])
        return render_template("office/measure.html", m=found, may={p["act"]: p["label"] for p in found["possible"]},
                               grounds=_grounds(law), liftings=_liftings(law, found["intended"]), kinds=_kinds(law, found),
                               day=r.today)  # fmt: skip


@pages.get("/measures/<number>/<any(evidence, statement):which>")
@open_to(*SEEN_BY)
def file(number: str, which: str) -> Response:
    with reading() as r:
        found = read_file(r, number, which)
    return sealed_file(found)


def _day() -> date:
    """The effective day as typed; one that is none is refused by the desk, field by field."""
    try:
        return date.fromisoformat(given("effective_on").strip())
    except ValueError:
        return None  # type: ignore[return-value]


def _state(r: Registrar, number: str) -> str:
    filename, content = upload("statement_file")
    return desk.make_statement(r, number, given("statement"), filename=filename, content=content)


# What can be done on a measure's page: the resource, the desk's function, and what is said when it is done.
ACTS: dict[str, tuple[Callable[[Registrar, str], object], Text]] = {
    "notice": (
        lambda r, n: desk.give_notice(r, n, intended=given("intended"), ground=given("ground"), reason=given("reason"),
                                      effective_on=_day(), silent=given("silent") == "yes"),
        Text("已告知持有企业，陈述申辩期限开始计算。", "The holder is told; the time for a statement runs."),
    ),
    "statement": (_state, Text("陈述申辩已提交。", "Your statement is handed in.")),
    "approval": (lambda r, n: desk.approve(r, n, given("reason")), Text("已同意，待另一人复核确认。", "Approved; another is to confirm it.")),
    "return": (lambda r, n: desk.send_back(r, n, given("reason")), Text("已退回重议。", "Sent back.")),
    "confirmation": (lambda r, n: desk.confirm(r, n, given("comment")), Text("已决定，自生效日起执行。", "Decided; it takes effect on its day.")),
    "termination": (lambda r, n: desk.drop(r, n, given("reason")), Text("已终结。", "Dropped.")),
    "lifting-proposal": (
        lambda r, n: desk.propose_lifting(r, n, ground=given("ground"), reason=given("reason"), effective_on=_day(),
                                          silent=given("silent") == "yes"),
        Text("已提出解除，待另一人确认。", "Lifting is proposed; another is to confirm it."),
    ),
    "lifting-refusal": (lambda r, n: desk.decline_lifting(r, n, given("reason")), Text("不予解除，原决定继续有效。", "Declined; the measure stands.")),
    "lifting": (lambda r, n: desk.lift(r, n, given("comment")), Text("已解除。", "Lifted.")),
}  # fmt: skip


@pages.post(f"/measures/<number>/<any({', '.join(repr(name) for name in ACTS)}):resource>")
@open_to(Role.DEPARTMENT, Role.APPLICANT)
def do(number: str, resource: str) -> ResponseReturnValue:
    desk_act, done = ACTS[resource]
    return act(lambda r: desk_act(r, number), done=done, page=url_for(".measure", number=number), again=lambda: measure(number))


def _rules(law: Regulation) -> list[Sanction | Debarment]:
    return [*law.sanctions, *law.debarments]


def _suspected(laws: list[Regulation]) -> list[tuple[str, Text]]:
    found = {rule.key: law.measure_label(rule.key, None) for law in laws for rule in _rules(law)
             if any(law.measure_ground(kind, rule.key) for kind in MEASURE_KINDS)}  # fmt: skip
    return list(found.items())


def _grounds(law: Regulation) -> list[tuple[str, Text]]:
    """Every ground with the measures that it allows, so that one list serves all."""
    found: dict[str, list[Text]] = {}
    for rule in _rules(law):
        kinds = [label for kind, label in MEASURE_KINDS.items() if law.measure_ground(kind, rule.key) is rule]
        if kinds:
            said = Text(*(f"{rule.label.in_(lang)} [{' / '.join(k.in_(lang) for k in kinds)}]" for lang in ("zh", "en")))
            found.setdefault(rule.key, []).append(said)
    return [(key, join(labels)) for key, labels in found.items()]


def _kinds(law: Regulation, found: dict[str, object]) -> list[tuple[str, Text]]:
    return [(kind, label) for kind, label in MEASURE_KINDS.items() if found["certificate"] or kind not in ("suspend", "revoke")]


def _liftings(law: Regulation, intended: str | None) -> list[tuple[str, Text]]:
    return [(rule.key, rule.label) for rule in law.sanctions if any(act in rule.acts for act in desk.liftings(intended or ""))]


# --------------------------------------------------------------------------------------------------------------- tasks


@pages.get("/desk/tasks")
@page_for(Role.DEPARTMENT, Role.BUREAU, Role.AUDITOR)
def task_list() -> str:
    done = request.args.get("done") == "yes"
    with reading() as r:
        page = tasks.search_tasks(r, done=done, cursor=request.args.get("cursor") or None)
        return render_template("office/tasks.html", page=page, done=done, reports=REPORTS, code=request.values.get("enterprise", ""),
                               officer=r.actor.has(Role.DEPARTMENT, Role.BUREAU))  # fmt: skip


@pages.post("/desk/tasks/<number>/completion")
@open_to(Role.DEPARTMENT, Role.BUREAU)
def do_task(number: str) -> ResponseReturnValue:
    return act(lambda r: tasks.do_task(r, number, given("how")), done=Text(f"{number} 已办结。", f"{number} is done."),
               page=url_for(".task_list"), again=task_list)  # fmt: skip


@pages.post("/desk/reports")
@open_to(Role.DEPARTMENT, Role.BUREAU)
def report_holder() -> ResponseReturnValue:
    return act(
        lambda r: tasks.report_holder(r, given("enterprise"), given("report"), given("words")),
        done=lambda number: Text(f"已生成待办 {number}；不产生任何处理后果。", f"Task {number} is opened; nothing else follows."),
        page=url_for(".task_list"), again=task_list,
    )  # fmt: skip
