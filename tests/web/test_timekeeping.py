"""What time does, over pages and API: rehearsal, holds, calendar and feeds, reminders, dates that a calendar moves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from icalendar import Calendar

from jobs import remind
from registry.desks import accounts, calendars
from tests.factories import CODES, Town
from tests.web.callers import Caller
from tests.web.visitors import Visitor

As = Callable[[str], Caller]


@pytest.fixture
def visitor(app: Flask) -> Callable[..., Visitor]:
    return lambda login=None: Visitor(app, login)


def nearing_its_end(town: Town, days: int = 20) -> str:
    number = town.certified()
    town.to(town.certificate(number)["valid_until"] - timedelta(days=days))
    return number


def test_the_rehearsal_is_one_answer_on_page_and_api(people: Town, as_: As, visitor: Callable[..., Visitor]) -> None:
    number = nearing_its_end(people)
    shown = as_("department").get("/rehearsal?days=30")
    acts = [(i["number"], i["act"]) for d in shown["days"] for i in d["items"]]
    assert (number, "expire") in acts and (number, "remind") in acts and shown["letters"] >= 2
    page = visitor("department").get("/desk/rehearsal?days=30")
    assert number in page.text and "证书已到期" in page.text and "证书即将到期" in page.text
    visitor("auditor").get("/desk/rehearsal?days=7", 200)
    assert number in visitor("bureau-430100").get("/desk/rehearsal").text
    assert "仅含株洲市的企业" in (text := visitor(people.bureau("430200").login).get("/desk/rehearsal").text) and number not in text
    as_("maker-0").get("/rehearsal", 403)
    visitor("department").get("/desk/rehearsal?days=401", 422)
    visitor("department").get("/desk/rehearsal?days=x", 422)


def test_a_hold_is_placed_and_released_on_the_page_of_its_item(people: Town, visitor: Callable[..., Visitor], as_: As) -> None:
    number = people.submitted()
    people.supplement(number)
    officer = visitor("department")
    address = f"/applications/{number}"
    answer = officer.send(address, "hold", reason="系统故障，材料无法上传。")
    assert answer.status_code == 303 and "系统故障" in officer.get(address).text and "系统故障" in officer.get("/desk").text
    assert as_("department").get(f"/applications/{number}")["held"]["reason"] == "系统故障，材料无法上传。"
    assert officer.send(address, "release").status_code == 303
    assert as_("department").post(f"/applications/{number}/hold", {"reason": "再次"})["held"]["reason"] == "再次"
    assert as_("department").post(f"/applications/{number}/release", {})["held"] is None


def test_a_held_certificate_says_so_to_the_office_alone(people: Town, visitor: Callable[..., Visitor], as_: As, public: Caller) -> None:
    number = people.certified()
    assert as_("department").post(f"/certificates/{number}/hold", {"reason": "核对中"})["held"]["reason"] == "核对中"
    assert public.get(f"/certificates/{number}")["held"] is None
    assert "核对中" in visitor("department").get(f"/certificates/{number}").text
    assert "核对中" not in visitor().get(f"/certificates/{number}").text


def test_a_feed_is_read_by_its_address_until_it_is_ended(people: Town, app: Flask, as_: As, public: Caller) -> None:
    number = nearing_its_end(people)
    maker = as_("maker-0")
    address = maker.post("/feeds", {"scope": CODES[0]})["address"]
    path = address.removeprefix(people.office.settings.public_base_url)
    answer = app.test_client().get(path)
    assert answer.status_code == 200 and answer.mimetype == "text/calendar"
    events = {str(e["uid"]): e for e in Calendar.from_ical(answer.data).walk("VEVENT")}
    [ends] = [e for uid, e in events.items() if uid.startswith(f"certificate_ends-{number}")]
    assert ends.decoded("dtstart") == people.certificate(number)["valid_until"]
    secret = path.removeprefix("/feeds/").removesuffix(".ics")
    assert app.test_client().get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    [feed] = [v for v in maker.get("/tokens")["items"] if v["kind"] == "feed"]
    assert maker.call("DELETE", f"/tokens/{feed['id']}").status_code < 300
    assert app.test_client().get(path).status_code == 404
    assert app.test_client().get("/feeds/nothing.ics").status_code == 404


def test_a_feed_stops_with_the_role_it_was_for(people: Town, app: Flask) -> None:
    with people.at(people.bureau()) as r:
        secret = calendars.open_feed(r, calendars.OFFICE)
    assert app.test_client().get(f"/feeds/{secret}.ics").status_code == 200
    people.do(people.admin(), accounts.end_appointment, login="bureau-430100", role="bureau_officer", prefecture="430100")
    assert app.test_client().get(f"/feeds/{secret}.ics").status_code == 404


def test_a_month_shows_what_ends_and_falls_due(people: Town, visitor: Callable[..., Visitor], as_: As) -> None:
    number = nearing_its_end(people)
    until = people.certificate(number)["valid_until"]
    month = as_("maker-0").get(f"/calendar?year={until.year}&month={until.month}")
    [day] = [d for d in month["days"] if d["day"] == until.isoformat()]
    assert ("certificate_ends", number) in [(i["kind"], i["number"]) for i in day["items"]] and month["known"] is False
    assert number in visitor("department").get(f"/desk/calendar?year={until.year}&month={until.month}").text
    visitor("department").get("/desk/calendar?year=1&month=13", 422)
    page = visitor("department").send("/desk/calendar", "feed", scope="office")
    assert page.status_code == 200 and "/feeds/" in page.text and ".ics" in page.text


def test_a_measure_is_held_and_released_on_its_page_and_by_api(people: Town, visitor: Callable[..., Visitor], as_: As) -> None:
    measure = people.notified(people.certified())
    address, officer = f"/measures/{measure}", visitor("department")
    officer.do(address, "hold", reason="企业因灾无法按期陈述。")
    assert "企业因灾无法按期陈述" in officer.get(address).text and "企业因灾无法按期陈述" in officer.get("/desk/rehearsal").text
    assert "企业因灾" not in visitor("maker-0").get(address).text
    assert as_("department").post(f"{address}/release", {})["held"] is None
    assert as_("department").post(f"{address}/hold", {"reason": "再次"})["held"]["reason"] == "再次"
    officer.do(address, "release")


def test_the_holder_acknowledges_on_the_workbench(people: Town, visitor: Callable[..., Visitor], as_: As) -> None:
    number = nearing_its_end(people)
    assert [i["state"] for i in as_("department").get("/reminders")["items"] if i["certificate"] == number] == ["planned"] * 4
    maker = visitor("maker-0")
    for place in (maker.get("/workbench"), visitor("department").get("/desk/reminders?days=400")):
        assert "计划中" in place.text and "2031年3月5日" in place.text  # the night in which the last window is told
    assert remind.run(people.office).ok
    assert maker.send("/workbench", "ack-1").status_code == 303
    states = {i["state"] for i in as_("department").get("/reminders?days=1")["items"] if i["certificate"] == number}
    assert states == {"acknowledged"}
    assert "企业已确认" in visitor("bureau-430100").get("/desk/reminders").text
    as_("maker-0").post(f"/certificates/{number}/acknowledgement", {}, 409)


def test_who_had_a_case_how_long_stands_on_its_page(people: Town, visitor: Callable[..., Visitor], as_: As) -> None:
    number = people.submitted()
    people.wait(days=7)
    shown = as_("bureau-430100").get(f"/applications/{number}")["tiers"]
    assert {x["tier"]: x["working_days"] for x in shown["totals"]}["bureau"] == 5
    assert "各方用时" in visitor("bureau-430100").get(f"/applications/{number}").text


def test_calendar_changes_are_shown_to_officers(people: Town, visitor: Callable[..., Visitor], as_: As) -> None:
    assert as_("department").get("/calendar-changes") == {"items": [], "next": None}
    visitor("department").get("/desk/calendar-changes", 200)
    visitor("bureau-430100").get("/desk/calendar-changes", 403)
    as_("department").post("/calendar-changes/acceptance", {"applications": []}, 422)


@pytest.mark.parametrize("page", ["/desk/rehearsal", "/desk/calendar", "/desk/reminders", "/desk/calendar-changes", "/administration/jobs"])
def test_every_page_reads_in_both_languages(people: Town, visitor: Callable[..., Visitor], page: str) -> None:
    nearing_its_end(people)
    for lang in ("zh", "en"):
        visitor("auditor").get(f"{page}?lang={lang}")
