"""The API's counter where reminders can be seen and acknowledged."""

from __future__ import annotations

from registry.desks import enquiries, reminders
from registry.law.lifecycle import Role
from registry.registrar import Registrar
from registry.words import Text
from schemas import reminders as shapes
from schemas.certificates import CertificateView
from web.api.operation import Desk, Found, open_to

desk = Desk("reminders", Text("到期提醒", "Reminders"))


@desk.reads(
    "/reminders", Text("提醒台账", "The ledger of reminders"),
    Text("先列计划中的，再列已告知的及其信件的结果；企业看到自己的，地方主管部门看到本地区的。",
         "Those planned first, then those told with what became of their letters; an enterprise sees its own, a bureau those of "
         "its prefecture."),
    takes=shapes.ReminderQuery, gives=shapes.ReminderPage,
)  # fmt: skip
@open_to(Role.APPLICANT, Role.BUREAU, Role.DEPARTMENT, Role.AUDITOR)
def list_reminders(r: Registrar, given: Found) -> Found:
    return {"items": [*reminders.search_planned(r, days=given["days"]), *reminders.search_told(r)], "next": None}


@desk.acts("/certificates/<number>/acknowledgement", Text("确认已知到期提醒", "Acknowledge the reminders"),
           gives=CertificateView, shows=enquiries.show_certificate)  # fmt: skip
@open_to(Role.APPLICANT)
def acknowledge_reminders(r: Registrar, given: Found, number: str) -> str:
    return reminders.acknowledge_reminders(r, number)
