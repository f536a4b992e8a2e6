"""The page that verifies one certificate: no login, the answer in words, revoked and unchecked never called anything else."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask

from registry.law.verdicts import AXIS_LABELS, OUTCOME_LABELS
from registry.office import Office
from tests.factories import Town
from tests.web.visitors import Node, Visitor

NEVER = ("无效", "invalid", "Invalid")


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    return Visitor(app)


def word(page: Node) -> str:
    return next(n for n in page.walk() if n.attrs.get("class") == "word").text.strip()


def test_the_answer_is_one_word_and_five_axes_in_both_languages(visitor: Visitor, town: Town) -> None:
    number = town.certified()
    for lang, said, name in (("zh", "有效，且在认定范围内", "zh"), ("en", "In force, and covers this part", "en")):
        page = visitor.get(f"/verify?number={number.lower()}&part=hx-112a&on=2026-05-01&lang={lang}")
        assert word(page) == said
        rows = [r for r in page.all("tr") if r.all("td")]
        assert [r.all("th")[0].text for r in rows] == [label.in_(name) for label in AXIS_LABELS.values()]
        assert not page.all("script")
    told = page.by_id("main").text
    assert "湖南第0电子有限公司" in told and "HX-112A" in told and "the ledger holds" in told


def test_the_shared_address_asks_again_for_the_same_day(visitor: Visitor, town: Town) -> None:
    number = town.certified()
    asked = town.today
    page = visitor.get(f"/verify?number={number}&part=HX-112A")
    shared = urlsplit(next(a.attrs["href"] for a in page.all("a") if "/verify?" in a.text))
    town.wait(days=3)
    again = visitor.get(f"{shared.path}?{shared.query}")
    assert f"on={asked.isoformat()}" in shared.query and word(again) == word(page)


def test_revoked_is_called_revoked_and_nothing_else(visitor: Visitor, town: Town) -> None:
    number = town.certified()
    town.wait(days=2)
    ground = next(s.key for s in town.office.law.regulation("hunan-components-2025").sanctions if "revoke" in s.acts)
    before = town.today
    town.decided(number, "revoke", ground)
    town.wait(days=1)
    for lang, said in (("zh", "已撤销"), ("en", "Revoked")):
        page = visitor.get(f"/verify?number={number}&lang={lang}")
        assert said.lower() in word(page).lower() and not [w for w in NEVER if w in page.by_id("main").text]
    assert word(visitor.get(f"/verify?number={number}&on={before - timedelta(days=1)}&lang=zh")) == "所问之日有效"


def test_out_of_scope_shows_the_nearest_and_leads_to_them(visitor: Visitor, town: Town) -> None:
    number = town.certified()
    page = visitor.get(f"/verify?number={number}&part=HX-112C")
    assert word(page) == OUTCOME_LABELS["out_of_scope"].zh
    section = next(s for s in page.all("section") if s.attrs.get("aria-labelledby") == "nearest-heading")
    assert [a.text for a in section.all("a")] == ["HX-112B", "HX-112A"]
    assert word(visitor.get(section.all("a")[0].attrs["href"])) == "有效，且在认定范围内"


def test_what_is_not_there_and_a_slip(visitor: Visitor, town: Town) -> None:
    number = town.certified()
    slip = number[:-1] + ("0" if number[-1] != "0" else "1")
    page = visitor.get(f"/verify?number={slip}")
    assert word(page) == OUTCOME_LABELS["not_found"].zh and f"“{number[-1]}”" in page.by_id("main").text
    assert visitor.client.get(f"/c/{slip}").headers["Location"] == f"/verify?number={slip}"


def test_what_could_not_be_checked_says_nothing_of_the_certificate(visitor: Visitor, town: Town, office: Office,
                                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    number = town.certified()
    monkeypatch.setattr(office.glance, "_statement", "SELECT no FROM nowhere WHERE x = ?" if office.engine.dialect.name == "sqlite"
                        else "SELECT no FROM nowhere WHERE x = %s")
    page = visitor.get(f"/verify?number={number}")
    assert word(page) == OUTCOME_LABELS["could_not_check"].zh
    words = page.by_id("verdict-heading").text + page.by_id("main").text
    assert not [w for w in (*NEVER, "已撤销", "没有这份证书") if w in words]
    told = visitor.client.get(f"/api/v1/verify/{number}").json
    assert told["outcome"] == "could_not_check" and {a["answer"] for a in told["axes"].values()} == {None} and told["standing"] is None


def test_a_connection_that_broke_is_opened_anew(visitor: Visitor, town: Town, office: Office) -> None:
    number = town.certified()
    visitor.get(f"/verify?number={number}")
    office.glance._connection().close()  # as when the database was restarted
    assert word(visitor.get(f"/verify?number={number}")) == "所问之日有效"


def test_what_cannot_be_asked_is_said_beside_its_field_and_kept(visitor: Visitor, town: Town) -> None:
    number = town.certified()
    ahead = (town.clock.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    for query, field in (("on=gestern", "on"), ("known_at=soon", "known_at"), (f"known_at={ahead}", "known_at"), ("part=" + "A" * 201, "part")):
        page = visitor.get(f"/verify?number={number}&{query}", 422)
        assert page.by_id(f"{field}-error").text, query
        assert page.by_id("number").attrs["value"] == number
    assert visitor.get("/verify?number=" + "A" * 81, 422).by_id("number-error")


def test_the_certificate_page_shows_its_verdict_today(visitor: Visitor, town: Town) -> None:
    number = town.certified()
    to = visitor.client.get(f"/c/{number}").headers["Location"]
    rows = [r.text for r in visitor.get(to).by_id("main").all("table")[0].all("tr")]
    assert len(rows) == 1 + len(AXIS_LABELS)
