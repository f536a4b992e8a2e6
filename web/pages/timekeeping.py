"""Pages about what time does: the rehearsal, the calendar and its feeds, reminders, dates that a calendar moves, holds."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from registry.desks import calendars, holds, recalculations, rehearsals, reminders
from registry.errors import BadInput, Finding
from registry.law.lifecycle import Role
from registry.registrar import Registrar
from registry.words import Text
from web import ical
from web.counter import ANYONE, SIGNED_IN, language, open_to, reading
from web.pages import cases, certificates, measures
from web.pages.acts import act, given, page_for, show_once
from web.pages.wording import feed_label

pages = Blueprint("timekeeping", __name__)
USUAL_DAYS, CHOICES = 30, (7, 30, 90, 180, 365)


def _number(name: str, default: int) -> int:
    """A whole number of the query; BadInput for anything else."""
    typed = request.args.get(name, "").strip()
    if not typed:
        return default
    if not (typed.isascii() and typed.isdigit() and len(typed) < 6):
        message = Text("应为整数。", "This must be a whole number.")
        raise BadInput(message, findings=[Finding(name, "range", message)])
    return int(typed)


@pages.get("/desk/rehearsal")
@page_for(Role.BUREAU, Role.DEPARTMENT, Role.HEAD, Role.AUDITOR)
def rehearsal() -> str:
    """What the nights to come will do, day by day, with every letter; what waits; what is on hold."""
    days = _number("days", USUAL_DAYS)
    with reading() as r:
        return render_template("office/rehearsal.html", plan=rehearsals.rehearse(r, days=days), days=days, choices=CHOICES,
                               most=rehearsals.MOST_DAYS, place=_place(r))  # fmt: skip


def _place(r: Registrar) -> Text:
    """Of which prefectures the caller sees the nights; nothing for whoever sees them all."""
    if r.actor.has(Role.DEPARTMENT, Role.AUDITOR) or not (codes := sorted({g.prefecture for g in r.actor.grants if g.prefecture})):
        return Text("", "")
    names = [r.law.prefectures()[code].name for code in codes]
    return Text(f"仅含{'、'.join(n.zh for n in names)}的企业。", f" Only enterprises of {', '.join(n.en for n in names)}.")


@pages.get("/desk/calendar")
@page_for(Role.APPLICANT, Role.BUREAU, Role.DEPARTMENT, Role.HEAD, Role.AUDITOR)
def calendar() -> str:
    return _calendar_page()


def _calendar_page(secret: str = "") -> str:
    """A month; `secret` is a new feed's, whose address is shown this once."""
    with reading() as r:
        month = calendars.show_month(r, year=_number("year", r.today.year), month=_number("month", r.today.month))
        officer = r.actor.has(*calendars.OFFICERS)
        scopes = [(code, Text(code, code)) for code in sorted(r.actor.enterprises.values())]
        if officer:
            scopes.insert(0, (calendars.OFFICE, feed_label(calendars.OFFICE)))
        address = f"{r.settings.public_base_url}/feeds/{secret}.ics" if secret else ""
        return render_template("office/calendar.html", m=month, weeks=_weeks(month), scopes=scopes, address=address)


def _weeks(month: dict[str, list[dict[str, object]]]) -> list[list[dict[str, object] | None]]:
    """The days in rows of seven, Monday first, with empty places before and after."""
    days: list[dict[str, object] | None] = [*([None] * month["days"][0]["day"].weekday()), *month["days"]]  # type: ignore[attr-defined]
    days += [None] * (-len(days) % 7)
    return [days[i:i + 7] for i in range(0, len(days), 7)]


@pages.post("/desk/calendar/feeds")
@open_to(SIGNED_IN)
def open_feed() -> ResponseReturnValue:
    """Make a feed; its address stands on the page that answers and nowhere else again."""
    return show_once(lambda r: calendars.open_feed(r, given("scope")), page=url_for(".calendar"), show=_calendar_page,
                     again=_calendar_page)  # fmt: skip


@pages.get("/feeds/<secret>.ics")
@open_to(ANYONE)
def feed(secret: str) -> Response:
    """A feed for calendar programs: the address is its own credential, and opens nothing else."""
    with reading() as r:
        found = calendars.read_feed(r, secret)
        body = ical.write(found.title, found.items, now=r.now, base_url=r.settings.public_base_url, language=language())
    response = Response(body, mimetype="text/calendar")
    response.headers["Cache-Control"] = "private, max-age=300"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@pages.get("/desk/reminders")
@page_for(Role.BUREAU, Role.DEPARTMENT, Role.AUDITOR)
def reminder_ledger() -> str:
    """The ledger of reminders: planned, queued, sent, undeliverable, acknowledged."""
    days = _number("days", USUAL_DAYS)
    if not 1 <= days <= rehearsals.MOST_DAYS:
        message = Text(f"天数应为 1 至 {rehearsals.MOST_DAYS}。", f"From 1 to {rehearsals.MOST_DAYS} days.")
        raise BadInput(message, findings=[Finding("days", "range", message)])
    with reading() as r:
        return render_template("office/reminders.html", planned=reminders.search_planned(r, days=days),
                               told=reminders.search_told(r), days=days)  # fmt: skip


@pages.post("/certificates/<number>/acknowledgement")
@open_to(Role.APPLICANT)
def acknowledge(number: str) -> ResponseReturnValue:
    return act(
        lambda r: reminders.acknowledge_reminders(r, number), done=Text("已确认。", "Acknowledged."),
        page=url_for("applicant.workbench"), again=lambda: certificates.certificate(number),
    )  # fmt: skip


@pages.get("/desk/calendar-changes")
@page_for(Role.DEPARTMENT, Role.AUDITOR)
def changes() -> str:
    """What a calendar that arrived or was amended would move, old day beside new."""
    with reading() as r:
        found = recalculations.search_changes(r)
        return render_template("office/calendar_changes.html", changes=found, years=r.law.calendar.years,
                               officer=r.actor.has(Role.DEPARTMENT))  # fmt: skip


@pages.post("/desk/calendar-changes")
@page_for(Role.DEPARTMENT)
def accept_changes() -> ResponseReturnValue:
    return act(
        lambda r: recalculations.recompute_dates(r, request.form.getlist("applications")),
        done=lambda numbers: Text(f"已按新日历重算 {len(numbers)} 项申请的期限。", f"Dates recomputed of applications: {len(numbers)}."),
        page=url_for(".changes"), again=changes,
    )  # fmt: skip


HELD, RELEASED = Text("已搁置，夜间运行将跳过此项。", "On hold: the nights pass it over."), Text("搁置已解除。", "Released.")


@pages.post("/applications/<number>/<any(hold, release):resource>")
@open_to(Role.DEPARTMENT)
def hold_application(number: str, resource: str) -> ResponseReturnValue:
    desk_act = holds.hold_application if resource == "hold" else holds.release_application
    return act(
        lambda r: desk_act(r, number, given("reason")), done=HELD if resource == "hold" else RELEASED,
        page=url_for("cases.application", number=number), again=lambda: cases.application(number),
    )  # fmt: skip


@pages.post("/certificates/<number>/<any(hold, release):resource>")
@open_to(Role.DEPARTMENT)
def hold_certificate(number: str, resource: str) -> ResponseReturnValue:
    desk_act = holds.hold_certificate if resource == "hold" else holds.release_certificate
    return act(
        lambda r: desk_act(r, number, given("reason")), done=HELD if resource == "hold" else RELEASED,
        page=url_for("certificates.certificate", number=number), again=lambda: certificates.certificate(number),
    )  # fmt: skip


@pages.post("/measures/<number>/<any(hold, release):resource>")
@open_to(Role.DEPARTMENT)
def hold_measure(number: str, resource: str) -> ResponseReturnValue:
    desk_act = holds.hold_measure if resource == "hold" else holds.release_measure
    return act(
        lambda r: desk_act(r, number, given("reason")), done=HELD if resource == "hold" else RELEASED,
        page=url_for("measures.measure", number=number), again=lambda: measures.measure(number),
    )  # fmt: skip
