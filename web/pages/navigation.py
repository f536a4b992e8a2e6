"""Which pages stand in the two rows of navigation, by role. What a caller may do there is not decided here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask, request, url_for

from registry.law.lifecycle import Role
from registry.words import Text
from web.counter import caller

WORKERS = (Role.ASSESSOR, Role.INSPECTOR)
OFFICERS = (Role.BUREAU, Role.DEPARTMENT, Role.EXPERT, Role.HEAD, *WORKERS)


@dataclass(frozen=True)
class Way:
    """One entry of the navigation; `here` marks where the reader is."""

    label: Text
    url: str
    here: bool


PUBLIC_WAYS = (
    ("certificates.certificates", Text("证书查询", "Certificates")),
    ("verification.verify", Text("核验", "Verify")),
    ("receipts.show", Text("核对回执", "Check a receipt")),
    ("public.notices", Text("公示", "Public notices")),
    ("calls.calls", Text("申报通知", "Calls")),
    ("public.announcements", Text("公布", "Announcements")),
    ("past.all_lists", Text("往年名单", "Earlier lists")),
    ("public.regulations", Text("管理办法", "Regulations")),
    ("public.statistics", Text("统计", "Statistics")),
    ("following.open_data", Text("开放数据", "Open data")),
    ("assessments.library", Text("评估资源库", "Library")),
    ("public.deadlines", Text("期限计算", "Deadline calculator")),
)
ROLE_WAYS: tuple[tuple[str, Text, tuple[Role, ...]], ...] = (
    ("applicant.workbench", Text("企业工作台", "Workbench"), (Role.APPLICANT,)),
    ("office.desk", Text("办件台", "Desk"), OFFICERS),
    ("office.applications", Text("全部申请", "Applications"), (Role.BUREAU, Role.DEPARTMENT, Role.HEAD, Role.AUDITOR)),
    ("office.new_notice", Text("发布公示", "Publish a notice"), (Role.DEPARTMENT,)),
    ("office.objections", Text("异议", "Objections"), (Role.DEPARTMENT, Role.AUDITOR)),
    ("office.new_announcement", Text("公布认定", "Announce"), (Role.DEPARTMENT,)),
    ("amendments.amendments", Text("证书变更", "Changes"), (Role.BUREAU, Role.DEPARTMENT, Role.AUDITOR)),
    ("measures.measures", Text("处理措施", "Measures"), (Role.BUREAU, Role.DEPARTMENT, Role.AUDITOR)),
    ("measures.task_list", Text("待办事项", "Tasks"), (Role.BUREAU, Role.DEPARTMENT, Role.AUDITOR)),
    ("office.waiting", Text("待确认期限", "Dates to confirm"), (Role.DEPARTMENT,)),
    ("office.workload", Text("办理统计", "Figures"), (Role.BUREAU, Role.DEPARTMENT, Role.HEAD, Role.AUDITOR)),
    ("timekeeping.rehearsal", Text("到期预演", "Rehearsal"), (Role.BUREAU, Role.DEPARTMENT, Role.HEAD, Role.AUDITOR)),
    ("timekeeping.calendar", Text("到期日历", "Calendar"),
     (Role.APPLICANT, Role.BUREAU, Role.DEPARTMENT, Role.HEAD, Role.AUDITOR)),
    ("timekeeping.reminder_ledger", Text("提醒台账", "Reminders"), (Role.BUREAU, Role.DEPARTMENT, Role.AUDITOR)),
    ("timekeeping.changes", Text("日历变动", "Calendar changes"), (Role.DEPARTMENT, Role.AUDITOR)),
    ("office.enterprises", Text("企业", "Enterprises"), (Role.BUREAU, Role.DEPARTMENT, Role.ADMINISTRATOR, Role.AUDITOR)),
    ("experts.profile", Text("专家信息", "My profile"), (Role.EXPERT,)),
    ("experts.pool", Text("专家库", "Experts"), (Role.DEPARTMENT, Role.ADMINISTRATOR, Role.AUDITOR)),
    ("administration.people", Text("人员", "People"), (Role.ADMINISTRATOR, Role.SECURITY)),
    ("administration.letters", Text("信件", "Letters"), (Role.ADMINISTRATOR, Role.AUDITOR)),
    ("administration.jobs", Text("定时任务", "Jobs"), (Role.ADMINISTRATOR, Role.AUDITOR)),
    ("administration.entries", Text("办理记录", "Entries"), (Role.ADMINISTRATOR, Role.SECURITY, Role.AUDITOR)),
)


def public_nav() -> Iterator[Way]:
    yield from _ways(list(PUBLIC_WAYS))


def own_nav() -> Iterator[Way]:
    """The ways of the caller's roles. Somebody without a role finds the workbench, where an enterprise is registered."""
    actor = caller()
    mine = [(endpoint, label) for endpoint, label, roles in ROLE_WAYS
            if actor.has(*roles) or (endpoint == "applicant.workbench" and not actor.roles)]  # fmt: skip
    yield from _ways([*mine, ("watches.watches", Text("我的关注", "Watches")), ("account.account", Text("我的账号", "My account"))])


def first_page() -> str:
    """Where somebody who has signed in begins."""
    actor = caller()
    if actor.has(*OFFICERS):
        return url_for("office.desk")
    if actor.has(Role.ADMINISTRATOR, Role.SECURITY):
        return url_for("administration.people")
    if actor.has(Role.AUDITOR):
        return url_for("administration.entries")
    return url_for("applicant.workbench")


def _ways(entries: list[tuple[str, Text]]) -> Iterator[Way]:
    """The entries with their addresses; the reader is at the one whose address says the most of where they are."""
    urls = {endpoint: url_for(endpoint) for endpoint, _ in entries}
    around = [url for url in urls.values() if request.path == url or request.path.startswith(url + "/")]
    nearest = max(around, key=len, default="")
    for endpoint, label in entries:
        yield Way(label, urls[endpoint], urls[endpoint] == nearest)


def register(app: Flask) -> None:
    app.jinja_env.globals.update(public_nav=public_nav, own_nav=own_nav)
