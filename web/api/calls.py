"""The API's counter for calls for applications."""

from __future__ import annotations

from registry.desks import calls, enquiries
from registry.law.lifecycle import Role
from registry.registrar import Registrar
from registry.words import Text
from schemas import calls as shapes
from web import limits
from web.api.operation import ANYONE, Desk, Found, open_to

desk = Desk("calls", Text("申报通知", "Calls for applications"))


@desk.acts(
    "/calls", Text("发布申报通知", "Publish a call"),
    Text("按文号发布；地方主管部门和企业的截止日由主管部门截止日按管理办法倒推。仅限按申报通知受理的管理办法。",
         "Under its document number; the last days of bureaus and enterprises are reckoned back from the department's by the "
         "regulation. Only under a regulation that takes applications by calls."),
    takes=shapes.CallRequest, gives=shapes.CallView, shows=enquiries.show_call, made_at="/calls/{number}",
)  # fmt: skip
@open_to(Role.DEPARTMENT)
def open_call(r: Registrar, given: Found) -> str:
    return calls.open_call(r, **given)


@desk.reads("/calls", Text("申报通知列表", "Calls"), takes=shapes.CallQuery, gives=shapes.CallPage, limit=limits.searching)  # fmt: skip
@open_to(ANYONE)
def search_calls(r: Registrar, given: Found) -> Found:
    return enquiries.search_calls(r, **given)


@desk.reads(
    "/calls/<number>", Text("申报通知详情", "One call"),
    Text("三级截止日、最后时刻和剩余时间；名额使用情况仅工作人员可见。",
         "The last day of each tier, its last moment and what is left; how much of the quotas is used is for officers."),
    gives=shapes.CallView,
)  # fmt: skip
@open_to(ANYONE)
def show_call(r: Registrar, given: Found, number: str) -> Found:
    return enquiries.show_call(r, number)


@desk.acts(
    "/calls/<number>/amendment", Text("变更申报通知", "Amend a call"),
    Text("更正或延期，须说明理由；原版本仍公开。未过的截止日不会改到今天以前；已过的，延期后重新受理。有关企业和地方主管部门均收到信件。",
         "Corrects or extends it, with the reason; what it said before stays public. No last day is moved into the past; one that "
         "is over is open again if it is extended. Enterprises and bureaus are told."),
    takes=shapes.CallAmendment, gives=shapes.CallView, shows=enquiries.show_call,
)  # fmt: skip
@open_to(Role.DEPARTMENT)
def amend_call(r: Registrar, given: Found, number: str) -> str:
    return calls.amend_call(r, number, **given)


@desk.acts(
    "/calls/<number>/withdrawal", Text("撤回申报通知", "Withdraw a call"),
    Text("不再受理新的申请，须说明理由；已提交的继续办理，通知仍公开。",
         "No new application is taken under it, with the reason; those handed in go on, and it stays public."),
    takes=shapes.CallWithdrawal, gives=shapes.CallView, shows=enquiries.show_call,
)  # fmt: skip
@open_to(Role.DEPARTMENT)
def withdraw_call(r: Registrar, given: Found, number: str) -> str:
    return calls.withdraw_call(r, number, **given)
