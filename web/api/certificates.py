"""The API's counter for certificates: what each is worth, and what may be done to it."""

from __future__ import annotations

from typing import Any

from registry.desks import certificates, enquiries
from registry.law.lifecycle import Role
from registry.registrar import Registrar
from registry.words import Text
from schemas import certificates as shapes
from schemas.base import Reason
from web import limits
from web.api.operation import ANYONE, Desk, Found, open_to

desk = Desk("certificates", Text("证书", "Certificates"))
SHOWN: dict[str, Any] = {"gives": shapes.CertificateView, "shows": enquiries.show_certificate}


@desk.reads("/certificates", Text("证书查询", "Search certificates"), takes=shapes.CertificateQuery,
            gives=shapes.CertificatePage, limit=limits.searching)  # fmt: skip
@open_to(ANYONE)
def search_certificates(r: Registrar, given: Found) -> Found:
    return enquiries.search_certificates(r, **given)


@desk.reads(
    "/certificates/<number>", Text("证书详情", "One certificate"),
    Text("standing 为询问时刻的效力状态，由日期和已记录的事项当场算出，与定时任务是否运行无关；valid_from 0 时至 valid_until 24 时"
         "（北京时间）有效，首末两日均在内。",
         "`standing` is computed at the moment of asking from dates and recorded acts, whether or not a job has run. In "
         "force from 00:00 of valid_from to 24:00 of valid_until, Beijing time, both days included."),
    gives=shapes.CertificateView,
)  # fmt: skip
@open_to(ANYONE)
def show_certificate(r: Registrar, given: Found, number: str) -> Found:
    return enquiries.show_certificate(r, number)


@desk.acts("/certificates/<number>/surrender", Text("注销", "Surrender"),
           Text("由持证企业自愿办理。", "By the holder, of its own will."), takes=Reason, **SHOWN)  # fmt: skip
@open_to(Role.APPLICANT)
def surrender_certificate(r: Registrar, given: Found, number: str) -> str:
    return certificates.surrender_certificate(r, number, given["reason"])
