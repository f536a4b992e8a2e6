"""The API's counter at which time stands: deadlines computed for anyone, and the training office's clock."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from flask import Response, current_app

from registry.clock import OFFICE_ZONE
from registry.desks import enquiries
from registry.errors import Finding, OnlyInTraining
from registry.registrar import Registrar
from registry.words import Text
from schemas import deadlines as shapes
from web.api.inputs import read_body
from web.api.operation import ANYONE, SIGNED_IN, Desk, Found, json_answer, open_to
from web.counter import require_sign_in, this_office
from web.problems import BadShape

desk = Desk("deadlines", Text("期限与时钟", "Deadlines and the clock"))
ADVANCE = "ADVANCE_CLOCK"  # the setting of the app with the function (to, progress=None) that moves a training office's clock
MOST_YEARS = 30
_MOVE = shapes.ClockMove()


@desk.reads(
    "/deadlines", Text("计算期限", "Compute a deadline"),
    Text("按《民法典》第 200–204 条和国务院放假安排计算：首日不计入，末日逢休息日顺延，调休上班日不顺延；日历未公布的年份为暂定。",
         "By Civil Code 200-204 and the State Council's calendars: the first day is not counted; a last day that is a day off "
         "moves on, a make-up working day does not. A year whose calendar is not published makes the date provisional."),
    takes=shapes.DeadlineQuery, gives=shapes.DeadlineView,
)  # fmt: skip
@open_to(ANYONE)
def compute_deadline(r: Registrar, given: Found) -> Found:
    return enquiries.deadline(r, **given)


@desk.reads("/clock", Text("本机构的时间", "What time it is here"), gives=shapes.ClockView)
@open_to(ANYONE)
def read_clock(r: Registrar, given: Found) -> Found:
    return clock_view(r)


@desk.acts(
    "/clock", Text("调整培训时钟", "Move the training clock"),
    Text("仅限培训环境，只能向前；途中到期的任务依次运行。",
         "In a training office only, and only forward; every job that falls due on the way runs, in order."),
    takes=shapes.ClockMove, gives=shapes.ClockView, alone=True,
)  # fmt: skip
@open_to(SIGNED_IN)
def move_clock() -> Response:
    """Not one unit of work but many, each with its own instant: so it opens none itself."""
    office, advance = this_office(), current_app.config.get(ADVANCE)
    if advance is None or not office.is_training:
        raise OnlyInTraining(Text("只有培训环境可以调整时钟。", "Only a training office's clock can be moved."))
    given = read_body(_MOVE, "", False)
    actor = require_sign_in()
    events = advance(_instant_or_day(given["to"], office.today().year + MOST_YEARS))
    with office.reading(actor) as r:
        told = [{"at": e.at, "job": e.job, "line": e.line} for e in events]
        return json_answer(clock_view(r) | {"events": told}, 200)


def clock_view(r: Registrar) -> dict[str, Any]:
    return {"now": r.now, "today": r.today, "zone": str(OFFICE_ZONE), "training": r.settings.training}


def _instant_or_day(text: str, last_year: int) -> date | datetime:
    message = Text("请写作 2031-03-01，或带时区的时刻。", "Write 2031-03-01, or an instant with its zone.")
    try:
        day = date.fromisoformat(text[:10])
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise BadShape([Finding("to", "date", message)]) from None
    if day.year > last_year:
        message = Text(f"最远到 {last_year} 年。", f"No further than {last_year}.")
        raise BadShape([Finding("to", "range", message)])
    if len(text) == len("2031-03-01"):
        return day
    if instant.tzinfo is None:
        raise BadShape([Finding("to", "date", message)])
    return instant.astimezone(UTC)
