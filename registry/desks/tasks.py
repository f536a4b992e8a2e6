"""The counter for tasks: what an officer is asked to look into, and how it was done. A task decides nothing."""

from __future__ import annotations

from typing import Any

from sqlalchemy import false, or_
from sqlmodel import col, select

from registry.actors import SYSTEM
from registry.books.models import Enterprise, Task
from registry.desks.accounts import find_enterprise
from registry.desks.enquiries.paging import Page, page
from registry.desks.inputs import Form
from registry.desks.numbers import next_in_series
from registry.desks.reach import authorities_of, sees_enterprise
from registry.errors import AlreadyDone, NotEntitled, NotFound
from registry.law.lifecycle import Role
from registry.registrar import Registrar
from registry.words import Text

NUMBERS = "RW-{year}-{serial:04d}"

# What may be reported of a holder. It opens a task for an officer, never a measure.
REPORTS = {
    "dissolved": Text("持有企业据报已注销或解散", "The holder is reported dissolved"),
    "renamed": Text("持有企业据报已更名", "The holder is reported renamed"),
    "blacklisted": Text("持有企业据报被列入失信名单", "The holder is reported on a list of the untrustworthy"),
}


def open_task(
    r: Registrar, *, kind: str, subject: tuple[str, str], words: Text, role: Role, prefecture: str | None = None,
    authority: str | None = None,
) -> str:
    """Ask the officers of `role` (a bureau's of `prefecture`, others of `authority`) to look into `subject` (kind, number).

    For desks and jobs, which have checked who may ask. An open task of the same kind on the same subject is not opened
    twice: its number is returned.
    """
    same = select(Task.number).where(
        Task.kind == kind, Task.subject_kind == subject[0], Task.subject == subject[1], Task.role == role,
        Task.prefecture == prefecture, Task.authority == authority, col(Task.done_at).is_(None))
    known = r.session.exec(same).first()
    if known is not None:
        return known
    task = Task(
        number=next_in_series(r, "task", NUMBERS), kind=kind, subject_kind=subject[0], subject=subject[1], words_zh=words.zh,
        words_en=words.en, role=role, prefecture=prefecture, authority=authority, opened_at=r.now, opened_by=r.actor.login)
    r.session.add(task)
    r.session.flush()
    r.note("task", task.number, "open_task", asked=kind, about=list(subject), role_asked=str(role), prefecture=prefecture,
           authority=authority)
    return task.number


def report_holder(r: Registrar, enterprise: str, report: str, words: str) -> str:
    """Report an enterprise dissolved, renamed or blacklisted, with where that is said. Opens a task for each department that
    has to do with it; nothing else follows. Returns the number of the caller's own task, or of the first.

    By an officer of its bureau or of such a department, or by whoever sits at the machine (an import).
    """
    house = find_enterprise(r, enterprise)
    office = r.actor.has(Role.DEPARTMENT, Role.BUREAU) or r.actor is SYSTEM
    if house is None or not office or not sees_enterprise(r, house):
        raise NotFound(Text(f"没有统一社会信用代码为 {enterprise} 的企业。", f"There is no enterprise with the credit code {enterprise}."))
    form = Form()
    if report not in REPORTS:
        form.fault("report", "unknown", "请选择报告的情形。", "Choose what is reported.")
    said = form.text("words", words)
    form.done()
    title = REPORTS[report]
    told = Text(f"{house.name}（{house.credit_code}）：{title.zh}。{said}", f"{house.name} ({house.credit_code}): {title.en}. {said}")
    opened = {key: open_task(r, kind=f"holder_{report}", subject=("enterprise", house.credit_code), role=Role.DEPARTMENT,
                             authority=key, words=told) for key in authorities_of(r, house) or list(r.law.authorities())}
    own = [number for key, number in opened.items() if key in r.actor.authorities(Role.DEPARTMENT)]
    return (own or list(opened.values()))[0]


def do_task(r: Registrar, number: str, how: str) -> str:
    """Say how a task was done; it then waits for nobody."""
    task = _fetch(r, number)
    if not _mine(r, task):
        raise NotEntitled(Text("该事项由其他工作人员办理。", "This task belongs to other officers."))
    if task.done_at is not None:
        raise AlreadyDone(Text("该事项已经办结。", "This task is done already."))
    form = Form()
    said = form.text("how", how)
    form.done()
    task.done_at, task.done_by, task.how = r.now, r.actor.login, said
    r.note("task", task.number, "do_task", Role(task.role), how=said)
    return task.number


def search_tasks(r: Registrar, *, done: bool = False, cursor: str | None = None, limit: int = 20) -> Page:
    """A page of the tasks of this caller's roles, or of all for an auditor; newest first."""
    query = select(Task).where(_scope(r), col(Task.done_at).is_not(None) if done else col(Task.done_at).is_(None))
    return page(r, query, col(Task.id), cursor, limit, lambda task: _shown(r, task))


def show_task(r: Registrar, number: str) -> dict[str, Any]:
    """One task, for those whose it is and for auditors."""
    return _shown(r, _fetch(r, number))


def _fetch(r: Registrar, number: str) -> Task:
    task = r.session.exec(select(Task).where(Task.number == number, _scope(r))).one_or_none()
    if task is None:
        raise NotFound(Text(f"没有编号为 {number} 的事项。", f"There is no task {number}."))
    return task


def _mine(r: Registrar, task: Task) -> bool:
    if task.role == Role.BUREAU:
        return task.prefecture in r.actor.prefectures
    return task.authority in r.actor.authorities(Role(task.role))


def _scope(r: Registrar) -> Any:
    if r.actor.has(Role.AUDITOR):
        return col(Task.id).is_not(None)
    served = [(col(Task.role) == g.role) & (col(Task.authority) == g.authority) for g in r.actor.grants if g.authority]
    bureau = (col(Task.role) == Role.BUREAU) & col(Task.prefecture).in_(list(r.actor.prefectures))
    return or_(false(), *served, bureau)


def _shown(r: Registrar, task: Task) -> dict[str, Any]:
    house = None
    if task.subject_kind == "enterprise":
        house = r.session.exec(select(Enterprise).where(Enterprise.credit_code == task.subject)).one_or_none()
    return {
        "number": task.number, "kind": task.kind, "subject_kind": task.subject_kind, "subject": task.subject,
        "subject_name": house.name if house else task.subject, "words": Text(task.words_zh, task.words_en), "role": task.role,
        "prefecture": task.prefecture, "authority": task.authority, "opened_at": task.opened_at, "opened_by": task.opened_by, "done_at": task.done_at,
        "done_by": task.done_by, "how": task.how, "mine": task.done_at is None and _mine(r, task),
    }
