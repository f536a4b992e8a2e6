"""The page on which anybody searches: every state has its address, nothing typed is lost, a number leads straight to its certificate."""

from __future__ import annotations

from flask import Flask

from tests.factories import CODES, HUNAN, ZHUZHOU, Town
from tests.web.callers import Caller, Document
from tests.web.visitors import Visitor


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


def test_programs_get_counts_and_how_they_divide(app: Flask, town: Town) -> None:
    number = town.certified()
    caller = Caller(app, Document.of(app))
    found = caller.get("/certificates?q=高频高速&facets=true")
    assert [c["number"] for c in found["items"]] == [number] and (found["total"], found["more"]) == (1, False)
    assert {f["key"] for f in found["facets"]} == {"standing", "regulation", "product_class", "place", "year"}
    assert [caller.get(f"/certificates?holder={CODES[0]}&year={year}")["total"] for year in (2026, 2025)] == [1, 0]
