"""The API's counter for calendars: a month, feeds, and what another calendar moves."""

from __future__ import annotations

from registry.desks import calendars, recalculations
from registry.law.lifecycle import Role
from registry.registrar import Registrar
from registry.words import Text
from schemas import calendars as shapes
from web.api.operation import SIGNED_IN, Desk, Found, open_to

desk = Desk("calendars", Text("日历", "Calendars"))


@desk.reads("/calendar", Text("一个月的到期日历", "A month of dates"), takes=shapes.MonthQuery, gives=shapes.MonthView)
@open_to(SIGNED_IN)
def show_month(r: Registrar, given: Found) -> Found:
    return calendars.show_month(r, year=given["year"] or r.today.year, month=given["month"] or r.today.month)


@desk.acts(
    "/feeds", Text("建立日历订阅", "Make a calendar feed"),
    Text("地址即凭据，只显示这一次；用 DELETE /tokens/{id} 停用。",
         "The address is its own credential, told this once; it is ended by DELETE /tokens/{id}."),
    takes=shapes.FeedRequest, gives=shapes.FeedView, status=201, secret=("address",),
)  # fmt: skip
@open_to(SIGNED_IN)
def open_feed(r: Registrar, given: Found) -> Found:
    secret = calendars.open_feed(r, given["scope"])
    return {"address": f"{r.settings.public_base_url}/feeds/{secret}.ics", "scope": given["scope"]}


@desk.reads(
    "/calendar-changes", Text("日历变动的期限", "Dates that the calendar moves"),
    Text("日历公布或调整后，尚未届满的期限的新旧日期；已公告的日期不变。",
         "After a calendar arrived or was amended: open dates as they stand and as they would be. What was announced stands."),
    gives=shapes.ChangePage,
)  # fmt: skip
@open_to(Role.DEPARTMENT, Role.AUDITOR)
def search_changes(r: Registrar, given: Found) -> Found:
    return {"items": recalculations.search_changes(r), "next": None}


@desk.acts("/calendar-changes/acceptance", Text("采用新日期", "Accept the new dates"), takes=shapes.ChangesAccepted,
           gives=shapes.Accepted)  # fmt: skip
@open_to(Role.DEPARTMENT)
def recompute_dates(r: Registrar, given: Found) -> Found:
    return {"applications": recalculations.recompute_dates(r, given["applications"])}
