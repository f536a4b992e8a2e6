"""The API's counter for tasks: what officers are asked to look into."""

from __future__ import annotations

from typing import Any

from registry.desks import tasks
from registry.law.lifecycle import Role
from registry.registrar import Registrar
from registry.words import Text
from schemas import tasks as shapes
from web import limits
from web.api.operation import Desk, Found, open_to

desk = Desk("tasks", Text("待办事项", "Tasks"))
SHOWN: dict[str, Any] = {"gives": shapes.TaskView, "shows": tasks.show_task}


@desk.acts("/enterprises/<code>/reports", Text("报告企业情况", "Report on an enterprise"),
           Text("注销、更名或失信的报告只生成一项待办，不产生任何处理后果。",
                "That it is dissolved, renamed or blacklisted: this opens a task for an officer, and nothing else."),
           takes=shapes.HolderReport, gives=shapes.TaskReference, status=201)  # fmt: skip
@open_to(Role.DEPARTMENT, Role.BUREAU)
def report_holder(r: Registrar, given: Found, code: str) -> Found:
    return {"number": tasks.report_holder(r, code, given["report"], given["words"])}


@desk.reads("/tasks", Text("待办事项", "Tasks"), takes=shapes.TaskQuery, gives=shapes.TaskPage, limit=limits.searching)
@open_to(Role.DEPARTMENT, Role.BUREAU, Role.AUDITOR)
def search_tasks(r: Registrar, given: Found) -> Found:
    return tasks.search_tasks(r, **given)


@desk.reads("/tasks/<number>", Text("一项待办", "One task"), gives=shapes.TaskView)
@open_to(Role.DEPARTMENT, Role.BUREAU, Role.AUDITOR)
def show_task(r: Registrar, given: Found, number: str) -> Found:
    return tasks.show_task(r, number)


@desk.acts("/tasks/<number>/completion", Text("办结", "Say how it was done"), takes=shapes.Completion, **SHOWN)
@open_to(Role.DEPARTMENT, Role.BUREAU)
def do_task(r: Registrar, given: Found, number: str) -> str:
    return tasks.do_task(r, number, given["how"])
