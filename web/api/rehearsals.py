"""The API's counter for rehearsals, holds and overdue work."""

from __future__ import annotations

from typing import Any

from registry.desks import enquiries, holds, rehearsals, terms
from registry.law.lifecycle import Role
from registry.registrar import Registrar
from registry.words import Text
from schemas import rehearsals as shapes
from schemas.applications import ApplicationView
from schemas.base import Reason
from schemas.certificates import CertificateView
from schemas.measures import MeasureView
from web.api.operation import Desk, Found, open_to

desk = Desk("rehearsals", Text("到期预演与搁置", "Rehearsals and holds"))
CASE: dict[str, Any] = {"gives": ApplicationView, "shows": enquiries.show_application}
MEASURE: dict[str, Any] = {"gives": MeasureView, "shows": enquiries.show_measure}
CERTIFICATE: dict[str, Any] = {"gives": CertificateView, "shows": enquiries.show_certificate}


@desk.reads(
    "/rehearsal", Text("到期预演", "Rehearse what time will bring"),
    Text("若无人办理，今后若干天每夜将办理的事项及信件全文；与其后实际发生的一致。不写入任何内容。",
         "What each of the nights to come will do if nobody does anything, with every letter as it will read; equal to what "
         "then happens. Nothing is written."),
    takes=shapes.RehearsalQuery, gives=shapes.RehearsalView,
)  # fmt: skip
@open_to(Role.BUREAU, Role.DEPARTMENT, Role.HEAD, Role.AUDITOR)
def rehearse(r: Registrar, given: Found) -> Found:
    return rehearsals.rehearse(r, days=given["days"])


@desk.reads("/overdue", Text("逾期上报", "Overdue work that has risen"), gives=shapes.OverduePage)
@open_to(Role.BUREAU, Role.DEPARTMENT, Role.HEAD, Role.AUDITOR)
def search_risen(r: Registrar, given: Found) -> Found:
    return {"items": terms.search_risen(r), "next": None}


@desk.acts("/applications/<number>/hold", Text("搁置到期办理", "Hold an application"),
           Text("夜间运行跳过该申请，直至解除。", "The nights pass it over until it is released."), takes=Reason, **CASE)  # fmt: skip
@open_to(Role.DEPARTMENT)
def hold_application(r: Registrar, given: Found, number: str) -> str:
    return holds.hold_application(r, number, given["reason"])


@desk.acts("/applications/<number>/release", Text("解除搁置", "Release an application"), takes=shapes.Release, **CASE)
@open_to(Role.DEPARTMENT)
def release_application(r: Registrar, given: Found, number: str) -> str:
    return holds.release_application(r, number, given["reason"])


@desk.acts(
    "/certificates/<number>/hold", Text("搁置到期办理", "Hold a certificate"),
    Text("夜间运行不提醒、不登记到期；效力状态仍按日期当场算出。",
         "The nights neither remind nor record its end; its standing is computed from its dates all the same."),
    takes=Reason, **CERTIFICATE,
)  # fmt: skip
@open_to(Role.DEPARTMENT)
def hold_certificate(r: Registrar, given: Found, number: str) -> str:
    return holds.hold_certificate(r, number, given["reason"])


@desk.acts("/certificates/<number>/release", Text("解除搁置", "Release a certificate"), takes=shapes.Release, **CERTIFICATE)
@open_to(Role.DEPARTMENT)
def release_certificate(r: Registrar, given: Found, number: str) -> str:
    return holds.release_certificate(r, number, given["reason"])


@desk.acts(
    "/measures/<number>/hold", Text("搁置到期办理", "Hold a measure"),
    Text("夜间运行不结束陈述申辩期；已决定、尚未到生效日的事项推迟，直至解除。",
         "The nights do not close the time for a statement; what was decided and has not taken effect is put off until it is released."),
    takes=Reason, **MEASURE,
)  # fmt: skip
@open_to(Role.DEPARTMENT)
def hold_measure(r: Registrar, given: Found, number: str) -> str:
    return holds.hold_measure(r, number, given["reason"])


@desk.acts("/measures/<number>/release", Text("解除搁置", "Release a measure"), takes=shapes.Release, **MEASURE)
@open_to(Role.DEPARTMENT)
def release_measure(r: Registrar, given: Found, number: str) -> str:
    return holds.release_measure(r, number, given["reason"])
