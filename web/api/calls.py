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
    Text("按文号发布；市州和企业的截止日由省工信厅截止日按管理办法倒推。仅限按申报通知受理的管理办法。",
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
