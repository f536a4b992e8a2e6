"""Support reckoned on a case: for whom it is shown, and what is said where the dossier does not state the sum."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import web
from registry.actors import PUBLIC, Actor
from registry.clock import FrozenClock
from registry.desks import enquiries
from tests.desks.test_surroundings import PLACE, opened, reviewed, submitted
from tests.factories import Town
from tests.law.parts import parts_text
from tests.web.visitors import Visitor


@pytest.fixture
def parts(database_url: str, tmp_path: Path, clock: FrozenClock) -> Iterator[Town]:
    """The parts regulation: 30 % of the first year's sales, at most 1000 and at least 100, to maker and user."""
    yield from opened(database_url, tmp_path, clock, parts_text())


@pytest.fixture
def app(parts: Town) -> Flask:
    return web.build(parts.office, limits=False)


def announced(town: Town, **fields: Any) -> str:
    number = reviewed(town, **fields)
    town.noticed(number)
    town.let_time_act(number)
    return town.announced(number, document_number="某工信〔2026〕1号")[0]


def of_case(town: Town, who: Actor, number: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = town.do(who, enquiries.show_application, number)["support"]
    return found


@pytest.mark.parametrize(("sales", "amount", "bound", "shares"), [
    ("1234.56", "370.36", "按比例", ["111.11", "259.25"]), ("5000", "1000.00", "以上限为准", ["300.00", "700.00"]),
    ("10", "100.00", "以下限为准", ["30.00", "70.00"]), ("", None, None, []),
])  # fmt: skip
def test_what_is_reckoned_on_a_case(parts: Town, sales: str, amount: str | None, bound: str | None, shares: list[str]) -> None:
    [award] = of_case(parts, parts.applicant(0, PLACE), submitted(parts, sales=sales))
    assert (award["amount"], award["bound"] and award["bound"].zh) == (amount, bound)
    assert [share["amount"] for share in award["shares"]] == shares
    assert (award["article"], award["basis"], award["of"].zh, award["unit"].zh) == ("第六条", "article", "首年销售额", "万元")


def test_a_certificate_shows_it_to_holder_and_officers_alone(parts: Town) -> None:
    number = announced(parts, sales="1000")
    for who in (parts.applicant(0, PLACE), parts.department(), parts.auditor()):
        assert [x["amount"] for x in parts.certificate(number, who)["support"]] == ["300.00"]
    for who in (PUBLIC, parts.applicant(2, PLACE), parts.expert(1)):
        assert parts.certificate(number, who)["support"] == []


def test_the_page_of_a_certificate_says_that_it_is_an_indication(parts: Town, app: Flask) -> None:
    number = announced(parts, sales="1000")
    mine = Visitor(app, "maker-0").get(f"/certificates/{number}").text
    assert "支持政策测算" in mine and "300.00 万元" in mine and "本登记处不支付，也不作承诺" in mine and "第六条" in mine
    assert "支持政策测算" not in Visitor(app).get(f"/certificates/{number}").text
    english = Visitor(app, "department").get(f"/certificates/{number}?lang=en").text
    assert "this registry pays nothing and promises nothing" in english and "300.00 CNY 10,000" in english


def test_where_the_dossier_is_silent_the_page_says_so(parts: Town, app: Flask) -> None:
    number = announced(parts)
    seen = Visitor(app, "department").get(f"/certificates/{number}").text
    assert "申报材料未载明“首年销售额”，无法测算" in seen and "None" not in seen
