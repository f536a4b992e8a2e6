"""A real server over a training office, and a real browser before it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from werkzeug.serving import make_server

import web
from jobs.training.clock import advance
from registry.clock import FrozenClock
from registry.office import Office
from registry.settings import Settings
from tests.browser.people import DESK, Person
from tests.factories import Town

ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


@pytest.fixture
def training(database_url: str, tmp_path: Path, clock: FrozenClock) -> Iterator[Office]:
    """An empty training office: its clock can be moved on the page."""
    settings = Settings(data=tmp_path / "data", database_url=database_url, secret_key="for tests only", training=True)
    office = Office(settings, clock)
    office.prepare()
    yield office
    office.close()


@pytest.fixture
def training_town(training: Office, clock: FrozenClock) -> Town:
    return Town(training, clock)


@pytest.fixture
def address(training: Office) -> Iterator[str]:
    """Where the server listens."""
    app = web.build(training, advance_clock=partial(advance, training), limits=False)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    return folder


@pytest.fixture
def person(browser: Browser, address: str, pictures: Path) -> Iterator[object]:
    contexts: list[BrowserContext] = []

    def arrive(login: str | None = None) -> Person:
        context = browser.new_context(java_script_enabled=False, locale="zh-CN", viewport=DESK)  # type: ignore[arg-type]
        context.set_default_timeout(15_000)
        contexts.append(context)
        someone = Person(context.new_page(), address, pictures)
        if login:
            someone.sign_in(login)
        return someone

    yield arrive
    for context in contexts:
        context.close()
