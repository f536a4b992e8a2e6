"""A certificate without end, as pages and programs see it: nowhere a last day, nowhere a "None"."""

from __future__ import annotations

import pytest
from flask import Flask

import web
from registry.actors import PUBLIC
from registry.desks import accounts
from tests.desks.test_endless import ENDLESS, certified, lasting
from tests.factories import PASSWORD, Town
from tests.web.callers import Caller, Document
from tests.web.visitors import Visitor

__all__ = ["lasting"]  # a fixture of the desks' tests


@pytest.fixture
def lasting_app(lasting: Town) -> Flask:
    return web.build(lasting.office, limits=False)


def page(app: Flask, address: str, login: str | None = None) -> str:
    visitor = Visitor(app)
    if login:
        visitor.sign_in(login)
    return str(visitor.get(address).text)


def test_every_page_that_names_its_term_says_that_there_is_no_end(lasting: Town, lasting_app: Flask) -> None:
    number = certified(lasting)
    pages = {
        f"/certificates/{number}": None, "/certificates": None, f"/verify?number={number}": None,
        f"/regulations/{ENDLESS}": None, "/workbench": "maker-0",
    }
    for address, login in pages.items():
        seen = page(lasting_app, address, login)
        assert "长期有效" in seen and "None" not in seen, address
    assert "续期窗口" not in page(lasting_app, f"/certificates/{number}", "maker-0")


def test_whoever_announces_is_told_how_long_the_certificates_last(lasting: Town, lasting_app: Flask) -> None:
    lasting.to_announce(regulation=ENDLESS)
    assert "有效期：长期有效（至撤销或注销）" in page(lasting_app, "/desk/announcements/new", "department")


def test_programs_read_null(lasting: Town, lasting_app: Flask) -> None:
    number = certified(lasting)
    with lasting.office.registrar(PUBLIC) as r:
        token = accounts.sign_in(r, login="maker-0", password=PASSWORD, kind="token")
    caller = Caller(lasting_app, Document.of(lasting_app), token)
    shown = caller.get(f"/certificates/{number}")
    assert (shown["valid_until"], shown["in_force_until"], shown["renewal"]) == (None, None, None)
    [row] = caller.get("/certificates")["items"]
    assert (row["valid_until"], row["days_left"], row["standing"]) == (None, None, "valid")
    assert caller.get(f"/verify/{number}")["valid_until"] is None
    assert caller.get(f"/regulations/{ENDLESS}")["validity"]["period"] is None
    assert [v["in_force_until"] for v in caller.get(f"/certificates/{number}/versions")["items"]] == [None]
