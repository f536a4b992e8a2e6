"""The API's counter of an office's queue: claiming, assigning, putting back, and endorsing many at once."""

from __future__ import annotations

from typing import Any

from flask import Response

from registry.desks import enquiries, queues
from registry.errors import Refusal
from registry.law.lifecycle import Role
from registry.registrar import Registrar
from registry.words import Text
from schemas import applications
from schemas import queues as shapes
from web.api.inputs import read_body
from web.api.operation import Desk, Found, json_answer, open_to
from web.counter import counter

desk = Desk("queues", Text("办件队列", "The queue"))
SHOWN: dict[str, Any] = {"gives": applications.ApplicationView, "shows": enquiries.show_application}
_MANY = shapes.EndorsementsRequest()


@desk.acts("/applications/<number>/claim", Text("认领", "Claim"),
           Text("告知同事由自己承办；不妨碍他人办理。", "Tells colleagues that one works on it; it keeps nobody from acting."), **SHOWN)  # fmt: skip
@open_to(Role.BUREAU, Role.DEPARTMENT)
def claim(r: Registrar, given: Found, number: str) -> str:
    return queues.claim(r, number)


@desk.acts("/applications/<number>/claim", Text("放回待认领", "Put back"), method="DELETE", **SHOWN)
@open_to(Role.BUREAU, Role.DEPARTMENT)
def unclaim(r: Registrar, given: Found, number: str) -> str:
    return queues.unclaim(r, number)


@desk.acts("/applications/<number>/assignment", Text("指派承办人", "Assign"), takes=shapes.Assignment, **SHOWN)
@open_to(Role.BUREAU, Role.DEPARTMENT)
def assign(r: Registrar, given: Found, number: str) -> str:
    return queues.assign(r, number, given["person"])


@desk.reads(
    "/endorsements", Text("批量推荐预览", "What endorsing these would do"),
    Text("逐项按推荐的同一规则判断：材料现状、能否推荐、不能的原因；什么也不办理。",
         "Each judged by the very rules of an endorsement: its findings, whether it may be done, why not. Nothing is done."),
    takes=shapes.PreviewRequest, gives=shapes.PreviewPage,
)  # fmt: skip
@open_to(Role.BUREAU)
def preview_endorsements(r: Registrar, given: Found) -> Found:
    numbers = [n.strip() for n in given["applications"].split(",") if n.strip()]
    items = queues.preview_endorsements(r, numbers)
    shown = [item | {"refusal": refused(item["refusal"]), "findings": [vars(f) for f in item["findings"]]} for item in items]
    return {"items": shown, "next": None}


@desk.acts(
    "/endorsements", Text("批量推荐", "Endorse many"),
    Text("逐项各自办理，一项被拒不影响其他；答复逐项给出结果。",
         "Each in a unit of its own: one that is refused does not stop the others. The answer says what came of each."),
    takes=shapes.EndorsementsRequest, gives=shapes.OutcomePage, alone=True,
)  # fmt: skip
@open_to(Role.BUREAU)
def endorse_each() -> Response:
    """Not one unit of work but one for each item: so it opens none itself."""
    given = read_body(_MANY, "", False)
    outcomes = queues.endorse_each(counter, {i["number"]: i["version"] for i in given["applications"]}, given["comment"])
    items = [{"number": o.number, "done": o.refusal is None, "refusal": refused(o.refusal)} for o in outcomes]
    return json_answer({"items": items, "next": None}, 200)


def refused(refusal: Refusal | None) -> dict[str, Any] | None:
    """Why one item was refused, within an answer that is none."""
    if refusal is None:
        return None
    return {"slug": refusal.slug, "detail": refusal.detail, "article": refusal.article, "basis": refusal.basis}
