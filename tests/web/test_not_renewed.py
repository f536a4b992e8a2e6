"""Certificates that a regulation does not renew, or renews before their last day only: what a holder is told, by page, letter and API."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

import web
from jobs import remind, sweep
from registry.actors import PUBLIC
from registry.books.models import Letter
from registry.clock import FrozenClock
from registry.desks import accounts, applications, calendars
from registry.errors import NotOpen
from registry.office import Office
from registry.settings import Settings
from registry.words import day_words
from tests.desks.conftest import ONE_YEAR
from tests.factories import CODES, PASSWORD, Town, another_law
from tests.web.callers import Caller, Document
from tests.web.visitors import Visitor

OPENS, CLOSES = 'opens_before = { length = 180, unit = "natural_day" }\n', 'closes_after = { length = 90, unit = "natural_day", ends = "as_is" }\n'
LAWS = {"ending-2025": ((OPENS, "none = true\n"), (CLOSES, "")), "early-2025": ((CLOSES, "closes_on_last_day = true\n"),)}
LAST = date(2027, 3, 12)


@pytest.fixture
def town(database_url: str, tmp_path: Path, clock: FrozenClock) -> Iterator[Town]:
    for name, changes in LAWS.items():
        another_law(tmp_path / "law", *name.split("-"), ONE_YEAR, *changes)
    settings = Settings(data=tmp_path / "data", database_url=database_url, secret_key="for tests only", law_dir=str(tmp_path / "law"))
    office = Office(settings, clock)
    office.prepare()
    yield Town(office, clock)
    office.close()


def letters(town: Town) -> list[str]:
    with Session(town.office.engine) as session:
        return [x.body for x in session.exec(select(Letter).where(Letter.address == "maker-0@example.com").order_by("id"))]


def test_a_certificate_that_is_not_renewed_says_so_with_the_article(town: Town) -> None:
    number = town.certified(regulation="ending-2025")
    rule = town.office.law.regulation("ending-2025").renewal
    assert rule is not None and town.certificate(number)["valid_until"] == LAST
    app = web.build(town.office, limits=False)
    holder = Visitor(app)
    holder.sign_in("maker-0")
    page = holder.get(f"/certificates/{number}").text
    assert "本办法规定证书不予续期" in page and rule.article in page and "续期窗口" not in page and "None" not in page
    assert "不续期" in Visitor(app).get("/regulations/ending-2025").text
    town.to(LAST - timedelta(days=30))
    no = town.refused(NotOpen, town.applicant(), applications.open_application, enterprise=CODES[0], renews=number)
    assert (no.article, no.basis) == (rule.article, rule.basis) and "不予续期" in no.detail.zh
    remind.run(town.office)
    assert f"本办法规定证书不予续期〔{rule.article}〕" in letters(town)[-1]
    with town.office.reading(town.department()) as r:
        month = calendars.show_month(r, year=LAST.year, month=LAST.month)
    assert {x["kind"] for day in month["days"] for x in day["items"] if x["number"] == number} == {"certificate_ends"}
    town.to(LAST + timedelta(days=1))
    sweep.run(town.office)
    assert f"本办法规定证书不予续期〔{rule.article}〕" in letters(town)[-1]


def test_programs_read_which_it_is(town: Town) -> None:
    town.applicant()
    app = web.build(town.office, limits=False)
    with town.office.registrar(PUBLIC) as r:
        caller = Caller(app, Document.of(app), accounts.sign_in(r, login="maker-0", password=PASSWORD, kind="token"))
    ending, early = (caller.get(f"/regulations/{name}")["renewal"] for name in LAWS)
    assert (ending["none"], ending["opens_before"], ending["closes_after"], ending["closes_on_last_day"]) == (True, None, None, False)
    assert (early["none"], early["opens_before"]["length"], early["closes_after"], early["closes_on_last_day"]) == (False, 180, None, True)


def test_a_window_that_closes_with_the_last_day_is_open_on_it_and_not_after_it(town: Town) -> None:
    number, maker = town.certified(regulation="early-2025"), town.applicant()
    assert town.certificate(number)["renewal"]["closes_on"] == LAST
    town.to(LAST, 23, 59, 59)
    draft = town.do(maker, applications.open_application, enterprise=CODES[0], renews=number)
    town.do(maker, applications.withdraw, draft, "改日")
    town.to(LAST + timedelta(days=1))
    no = town.refused(NotOpen, maker, applications.open_application, enterprise=CODES[0], renews=number)
    assert f"至 {day_words(LAST).zh}" in no.detail.zh and no.article
