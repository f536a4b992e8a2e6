"""Every kind of page that anybody can reach by links: nothing that axe-core finds fault with, nothing that sticks out.

A filled training office is walked through as each kind of person; what anybody sees is looked at once: half of the pages in
Chinese at a desk, half in English on a phone. EVERY_LOOK=1 looks at each in both, which takes twice as long.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zlib import crc32

import pytest
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

import web
from jobs.training.cast import read_cast
from jobs.training.fill import LAW, fill
from registry.clock import FrozenClock
from registry.office import Office
from registry.settings import Settings
from tests.browser.people import DESK, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.once]

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
AXE = Path(__file__).with_name("axe") / "axe.min.js"
PEOPLE = (None, "yunlu", "chenzhou", "department", "department-head", "expert1", "centre", "assessor", "jiangsu", "auditor", "admin", "security")
BEGIN_AT = ("/", "/desk", "/workbench", "/account")
NO_PAGES = re.compile(r"^(?!/)|^//|\.(ics|xlsx|csv|json|jsonl|jsonld|atom|svg|pdf|docx)\b|[?&]lang=|^/(api|static|docs)\b")
NUMBER = re.compile(r"/[^/]*\d[^/]*")
LOOK = """() => axe.run().then(
    found => found.violations.map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.html.slice(0, 120)).join(' | ')}`))"""


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[str]:
    """Where a filled training office listens."""
    settings = Settings(data=tmp_path / "data", training=True, secret_key="for tests only")
    fill(settings, NOW)
    office = Office(settings, FrozenClock(NOW), further_law=[LAW])
    office.prepare()
    server = make_server("127.0.0.1", 0, web.build(office, limits=False), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    office.close()


def test_no_page_shuts_anybody_out(filled: str, browser: Browser) -> None:
    faults: list[str] = []
    public, kinds = set[str](), 0
    for login in PEOPLE:
        context = browser.new_context(bypass_csp=True, locale="zh-CN")  # axe comes from outside the page; the pages' own policy has its tests
        context.add_init_script(path=AXE)
        page = context.new_page()
        if login:
            _sign_in(page, filled, login)
        seen = set(public)
        faults += [f"{login or 'anybody'} {fault}" for fault in _walk(page, filled, seen)]
        kinds += len(seen - public)
        public = public or seen
        context.close()
    assert faults == []
    assert kinds > 150, f"{kinds} kinds: " + "some desk can no longer be reached by links"


def _sign_in(page: Page, address: str, login: str) -> None:
    page.goto(f"{address}/sign-in")
    page.get_by_label("用户名").fill(login)
    page.get_by_label("密码").fill(read_cast().password)
    page.locator("main").get_by_role("button", name="登录").click()


def _walk(page: Page, address: str, seen: set[str]) -> Iterator[str]:
    """The faults of every kind of page not yet in `seen` to which links lead; adds the kinds."""
    queue, asked = list(BEGIN_AT), set[str]()
    while queue:
        path = queue.pop(0)
        kind = _kind(path)
        if path in asked or NO_PAGES.search(path) or kind in seen:
            continue
        asked.add(path)
        answer = page.request.get(address + path)
        if _kind(answer.url.removeprefix(address)) != kind or not answer.headers["content-type"].startswith("text/html"):
            continue
        if answer.status != 200:
            if path not in BEGIN_AT:  # not everybody has each of these desks
                yield f"{path}: {answer.status}, though a link leads there"
            continue
        seen.add(kind)
        yield from _faults(page, address, path)
        queue += page.eval_on_selector_all("a[href]", "links => links.map(a => a.getAttribute('href'))")


def _faults(page: Page, address: str, path: str) -> Iterator[str]:
    ways = (("zh", DESK), ("en", PHONE))
    for language, size in ways if os.environ.get("EVERY_LOOK") else (ways[crc32(_kind(path).encode()) % 2],):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.goto(f"{address}{path}{'&' if '?' in path else '?'}lang={language}")
        yield from (f"{path} ({language}, {size['width']}) {fault}" for fault in page.evaluate(LOOK))
        if (wide := page.evaluate("document.documentElement.scrollWidth")) > size["width"]:
            yield f"{path} ({language}) is {wide} wide at {size['width']}"


def _kind(path: str) -> str:
    """The address without what tells one case from another."""
    return NUMBER.sub("/…", path.partition("?")[0].partition("#")[0])
