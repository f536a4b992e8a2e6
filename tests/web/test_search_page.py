"""The page on which anybody searches: every state has its address, nothing typed is lost, a number leads straight to its certificate."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import Flask

import web
from registry.office import Office
from tests.factories import CODES, HUNAN, ZHUZHOU, Town
from tests.web.callers import Caller, Document
from tests.web.visitors import Visitor
from web import limits


def test_a_search_can_be_narrowed_and_widened_by_its_links(app: Flask, town: Town) -> None:
    first, second = town.certified(), town.certified(town.applicant(1, ZHUZHOU), product_name="功率电感", test_product_name="功率电感", models=["P-1"])
    visitor = Visitor(app)
    page = visitor.get("/certificates?q=湖南&lang=zh")
    assert first in page.text and second in page.text and "共 2 张" in page.text
    place = next(a.attrs["href"] for a in page.all("a") if "place=" in a.attrs.get("href", ""))
    narrowed = visitor.get(place)
    assert "q=" in place
    assert (first in narrowed.text) != (second in narrowed.text) and "共 1 张" in narrowed.text
    empty = visitor.get("/certificates?q=没有这样的产品&regulation=" + HUNAN)
    assert "没有符合条件的证书" in empty.text and empty.by_id("q").attrs["value"] == "没有这样的产品" and "去掉全部条件" in empty.text


def test_what_cannot_be_searched_for_is_said_beside_the_field(app: Flask, town: Town) -> None:
    page = Visitor(app).get("/certificates?q=%EF%BC%81%EF%BC%81&lang=en", 422)
    assert "Give at least one character, letter or digit." in page.text and page.by_id("q").attrs["value"] == "！！"
    for asked in ("year=20x6", "sort=best", "standing=fine"):
        Visitor(app).get(f"/certificates?q=a&{asked}", 422)


def test_what_is_too_long_stays_in_its_field(app: Flask) -> None:
    page = Visitor(app).get("/certificates?lang=zh&q=" + (long := "电" * 101), 422)
    field = page.by_id("q").attrs
    assert field["value"] == long and "maxlength" not in field, "a browser would cut what is pasted, and say nothing"
    assert "最多 100 个字，现有 101 个" in page.by_id("q-error").text and "q-error" in field["aria-describedby"]
    held = Visitor(app).get("/certificates?lang=en&holder=" + "a" * 201, 422)
    assert "At most 200 characters; there are 201." in held.text and "a" * 201 in [node.attrs.get("value") for node in held.all("input")]


def test_programs_get_counts_and_how_they_divide(app: Flask, town: Town) -> None:
    number = town.certified()
    caller = Caller(app, Document.of(app))
    found = caller.get("/certificates?q=高频高速&facets=true")
    assert [c["number"] for c in found["items"]] == [number] and (found["total"], found["more"]) == (1, False)
    assert {f["key"] for f in found["facets"]} == {"standing", "regulation", "product_class", "place", "year"}
    assert [caller.get(f"/certificates?holder={CODES[0]}&year={year}")["total"] for year in (2026, 2025)] == [1, 0]


PLAIN = ("", "?limit=1", "?q=高频", "?q=%E9%AB%98%E9%A2%91&facets=true", "?q=hx-112a&limit=100", "?q=a+b", "?q=没有这个", "?facets=false",
         "?year=2026&sort=ends", "?standing=suspended&facets=true", "?place=430100", "?cursor=azE", "?cursor=azk5",
         f"?regulation={HUNAN}&standing=valid", f"?holder={CODES[0]}")
OTHER = ("?q=", "?q=%EF%BC%81", "?q=_", "?q=a&q=b", "?colour=red", "?lang=en", "?limit=0", "?limit=101", "?limit=x", "?cursor=%21", "?cursor=a", "?sort=best",
         "?standing=fine", "?year=1899", "?year=二〇二六", "?facets=yes", "?q=%ff", "?q=%00", "?q=a%0ab", "?q=" + "电" * 101, "?q= a ", "?cursor=aze5",
         "?q=%E3%80%80a", "/")


def test_the_short_way_and_the_long_way_to_a_page_answer_alike(app: Flask, town: Town, office: Office) -> None:
    """Status, headers and body, but for the id of the request; and what is plain takes the short way."""
    town.sanction(town.certified(), "suspend", "ip_in_dispute")
    town.certified(town.applicant(1, ZHUZHOU), product_name="功率电感", test_product_name="功率电感", models=["P-1"])
    lane, client, taken = app.extensions["lane"], app.test_client(use_cookies=False), []

    def watched(environ: Any, start: Any) -> Any:
        answered = lane.answer(environ, start)
        taken.append(answered is not None)
        return answered

    asked = [(address, {}) for address in (*PLAIN, *OTHER)]
    tag = client.get("/api/v1/certificates?limit=1").headers["ETag"]
    own = {"If-None-Match": tag, "Authorization": "Bearer nothing", "Cookie": "registry=x", "Range": "bytes=0-1"}
    asked += [("?limit=1", {name: value}) for name, value in own.items()]
    for address, headers in asked:
        for scheme in ("http", "https"):
            answers = []
            for way in (watched, lambda *_: None):
                app.extensions["lane"] = SimpleNamespace(answer=way)
                answers.append(client.get("/api/v1/certificates" + address, base_url=f"{scheme}://registry.example", headers=headers))
            short, long = answers
            assert short.status_code == long.status_code and _without_id(short) == _without_id(long), (address, short.data.decode(), long.data.decode())
            assert short.status_code != 200 or short.data == long.data, address
        assert taken.pop() == taken.pop() == (address in PLAIN and not headers), (address, headers)


def _without_id(answer: Any) -> tuple[list[tuple[str, str]], Any]:
    headers = sorted((name, "" if name in ("X-Request-Id", "Content-Length", "Date") else value) for name, value in answer.headers)
    return headers, {k: v for k, v in answer.json.items() if k != "request_id"} if answer.is_json else None


def test_both_ways_count_one_search_each_and_stop_together(office: Office) -> None:
    app = web.build(office, limits=True)
    client, left = app.test_client(use_cookies=False), []
    told = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "Retry-After")
    try:
        for address in ("?q=a", "?q=a&lang=en", "?q=a", "?q=!", "?q=a"):
            answer = client.get("/api/v1/certificates" + address)
            left.append(int(answer.headers["X-RateLimit-Remaining"]))
            assert all(int(answer.headers[name]) >= 0 for name in told) and int(answer.headers["Retry-After"]) <= 61
        assert left == list(range(left[0], left[0] - 5, -1)) or left[-1] > left[0], "one each, unless a minute ended meanwhile"
        for _ in range(1200):
            limits.Searches("127.0.0.1").count()
        assert [client.get("/api/v1/certificates" + address).status_code for address in ("?q=a", "?q=a&lang=en")] == [429, 429]
    finally:
        limits.limiter.reset()
