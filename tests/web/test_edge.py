"""What every request gets: an id, safe headers, a session that cannot be borrowed, an end to haste; and the health checks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

import web
from jobs.training.clock import advance
from registry.actors import PUBLIC
from registry.clock import FrozenClock
from registry.desks import accounts
from registry.office import Office
from registry.settings import Settings
from tests.factories import CODES, HUNAN, PASSWORD, START, Town
from tests.web.callers import Caller
from web.counter import VISIT


@pytest.mark.parametrize("path", ["/", "/livez", "/docs", "/api/v1/certificates", "/api/v1/me", "/nowhere", "/static/none"])
def test_every_answer_carries_safe_headers_and_an_id(app: Flask, path: str) -> None:
    headers = app.test_client().get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy and "unsafe-" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff" and headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Request-Id"]


def test_a_request_id_is_ours_unless_a_proxy_of_ours_says_it(office: Office) -> None:
    given = {"X-Request-Id": "given-by-proxy-1"}
    assert web.build(office).test_client().get("/livez", headers=given).headers["X-Request-Id"] != "given-by-proxy-1"
    office.settings = replace(office.settings, trusted_proxies=1)
    behind = web.build(office).test_client()
    assert behind.get("/livez", headers=given).headers["X-Request-Id"] == "given-by-proxy-1"
    assert behind.get("/livez", headers={"X-Request-Id": 'x"\t{'}).headers["X-Request-Id"] != 'x"\t{'


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(office: Office) -> None:
    office.settings = replace(office.settings, public_base_url="https://registry.example")
    cookie = web.build(office).test_client().get("/sign-in", base_url="https://registry.example").headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Secure" in cookie


def test_an_act_by_cookie_alone_needs_the_forms_token(app: Flask, town: Town, office: Office) -> None:
    town.applicant()
    with office.registrar(PUBLIC) as r:
        secret = accounts.sign_in(r, login="maker-0", password=PASSWORD)
    browser, body = app.test_client(), {"enterprise": CODES[0], "regulation": HUNAN}
    with browser.session_transaction() as session:
        session[VISIT] = secret
    assert browser.get("/api/v1/me").json["login"] == "maker-0"
    forged = browser.post("/api/v1/applications", json=body)
    assert forged.status_code == 400 and forged.json["type"].endswith("#forged")
    with office.registrar(PUBLIC) as r:
        token = accounts.sign_in(r, login="maker-0", password=PASSWORD, kind="token")
    made = browser.post("/api/v1/applications", json=body, headers={"Authorization": f"Bearer {token}"})
    assert made.status_code == 201


def test_a_form_without_its_token_is_refused(app: Flask) -> None:
    assert app.test_client().post("/sign-in", data={"login": "x", "password": "y"}).status_code == 400


def test_a_session_that_ended_makes_the_caller_the_public(app: Flask, town: Town, office: Office) -> None:
    town.applicant()
    with office.registrar(PUBLIC) as r:
        secret = accounts.sign_in(r, login="maker-0", password=PASSWORD)
    browser = app.test_client()
    with browser.session_transaction() as session:
        session[VISIT] = secret
    with office.registrar(PUBLIC) as r:
        accounts.end_visit(r, secret=secret)
    assert browser.get("/api/v1/me").status_code == 401
    assert browser.get("/api/v1/certificates").status_code == 200


def test_guessing_passwords_ends_after_ten(office: Office, town: Town) -> None:
    town.admin()
    client = web.build(office, limits=True).test_client()
    right, wrong = {"login": "admin", "password": PASSWORD}, {"login": "admin", "password": "wrong password"}
    assert {client.post("/api/v1/tokens", json=right).status_code for _ in range(12)} == {201}
    assert [client.post("/api/v1/tokens", json=wrong).status_code for _ in range(11)] == [401] * 10 + [429]
    refused = client.post("/api/v1/tokens", json=right)
    assert refused.status_code == 429 and int(refused.headers["Retry-After"]) > 0
    assert refused.mimetype == "application/problem+json" and refused.json["type"].endswith("#too-often")
    assert client.get("/api/v1/certificates").status_code == 200


def test_signing_up_without_end_is_stopped(office: Office) -> None:
    client = web.build(office, limits=True).test_client()
    answers = [client.post("/api/v1/sign-ups", json={}).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]


@pytest.fixture
def training(tmp_path: Path) -> Iterator[Office]:
    office = Office(Settings(data=tmp_path / "training", training=True, secret_key="for tests"), FrozenClock(START))
    office.prepare()
    yield office
    office.close()


def test_the_clock_moves_in_training_only(app: Flask, town: Town, training: Office) -> None:
    town.applicant()
    with town.office.registrar(PUBLIC) as r:
        token = accounts.sign_in(r, login="maker-0", password=PASSWORD, kind="token")
    assert app.test_client().post("/api/v1/clock", json={"to": "2031-01-01"}).status_code == 401
    refused = app.test_client().post("/api/v1/clock", json={"to": "2031-01-01"}, headers={"Authorization": f"Bearer {token}"})
    assert refused.status_code == 403 and refused.json["type"].endswith("#only-in-training")

    Town(training, training.clock).applicant()  # type: ignore[arg-type]
    moved = web.build(training, advance_clock=partial(advance, training), limits=False)
    with training.registrar(PUBLIC) as r:
        token = accounts.sign_in(r, login="maker-0", password=PASSWORD, kind="token")
    signed = {"Authorization": f"Bearer {token}"}
    for bad in ("2020-01-01", "tomorrow", "9999-12-31", "2026-05-01T00:00:00", "", "2026-02-30", "２０２６-05-01"):
        assert moved.test_client().post("/api/v1/clock", json={"to": bad}, headers=signed).status_code == 422, bad
    told = moved.test_client().post("/api/v1/clock", json={"to": "2026-03-20"}, headers=signed)
    assert told.status_code == 200 and told.json["today"] == "2026-03-20", told.text
    assert moved.test_client().get("/api/v1/clock").json["today"] == "2026-03-20"


def test_the_clock_page_tells_how_far_it_has_come_and_takes_no_day_past(training: Office) -> None:
    Town(training, training.clock).applicant()  # type: ignore[arg-type]
    client = web.build(training, advance_clock=partial(advance, training), limits=False).test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/training/clock").text)
    assert token is not None
    form = {"csrf_token": token.group(1)}
    assert client.post("/training/clock", data=form | {"to": "2020-01-01"}).status_code == 422
    told = client.post("/training/clock", data=form | {"to": "2027-03-02"})
    assert told.status_code == 200 and told.is_streamed and "时钟已调整" in told.text
    assert training.today().isoformat() == "2027-03-02"


def test_ready_says_what_is_not(app: Flask, office: Office, public: Caller) -> None:
    client = app.test_client()
    assert client.get("/livez").json == {"live": True}
    ready = client.get("/readyz")
    assert ready.status_code == 200 and ready.json["checks"] == {"database": True, "migrations": True, "law": True}
    with office.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'elsewhere'"))
    unready = client.get("/readyz")
    assert unready.status_code == 503 and unready.json["checks"]["migrations"] is False


def test_ready_survives_a_database_that_does_not_answer(office: Office) -> None:
    away = Office(replace(office.settings, database_url="postgresql+psycopg://nobody@127.0.0.1:1/none?connect_timeout=1"))
    client = web.build(away).test_client()
    assert client.get("/livez").status_code == 200
    assert client.get("/readyz").status_code == 503
    away.close()
