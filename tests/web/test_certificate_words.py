"""The words of a certificate come from its regulation's file: title, grade, class, what its scope is made of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

import web
from registry.clock import FrozenClock
from tests.desks.test_supports import announced
from tests.desks.test_surroundings import opened
from tests.factories import Town
from tests.law.parts import parts_text
from tests.web.callers import Caller, Document
from tests.web.visitors import Visitor

OURS = (
    ('certificate_title = { zh = "首套零部件认定证书"', 'certificate_title = { zh = "甲乙丙认定书"'),
    ('label = { zh = "型号", en = "Models" }', 'label = { zh = "图号", en = "Drawings" }'),
    ('label = { zh = "国内首套", en = "First in the country" }\npass_mark', 'label = { zh = "特等", en = "Foremost" }\npass_mark'),
)


@pytest.fixture
def parts(database_url: str, tmp_path: Path, clock: FrozenClock) -> Iterator[Town]:
    """The parts regulation with words of its own."""
    yield from opened(database_url, tmp_path, clock, parts_text(changes=OURS))


@pytest.fixture
def app(parts: Town) -> Flask:
    return web.build(parts.office, limits=False)


def test_a_certificate_is_called_as_its_file_calls_it(parts: Town, app: Flask) -> None:
    number = announced(parts)
    page = Visitor(app).get(f"/certificates/{number}").text
    for word in ("甲乙丙认定书", "图号", "特等", "轴承"):
        assert word in page, word
    assert "型号" not in page
    shown = Caller(app, Document.of(app)).get(f"/certificates/{number}")
    told = (shown["regulation"]["certificate_title"], shown["scope_label"], shown["grade"]["label"])
    assert [words["zh"] for words in told] == ["甲乙丙认定书", "图号", "特等"]


def test_the_statistics_are_called_as_the_file_calls_them(parts: Town, app: Flask) -> None:
    announced(parts)
    page = Visitor(app).get("/statistics").text
    law = next(iter(parts.office.law.regulations.values()))
    assert "特等" in page and law is not None and "2026" in page
    found = Caller(app, Document.of(app)).get("/statistics")
    assert [(p["label"]["zh"], p["count"]) for p in found["grades"]] == [("特等", 1)]
