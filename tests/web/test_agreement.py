"""One regulation, four faces: its form, its JSON Schema, its page in docs/ and what a submission checks say the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from flask import Flask

import web
from registry.clock import FrozenClock
from registry.desks import applications, enquiries
from registry.law.library import load_law
from registry.law.regulation import Regulation
from registry.office import Office
from schemas.dossiers import dossier_schema
from tests.desks.test_surroundings import PLACE, draft, opened
from tests.desks.test_unseen import UNSEEN, elsewhere
from tests.factories import Town
from tests.law.parts import PARTS, contract, dossier, parts_law, parts_text
from tests.law.samples import complete_documents, complete_dossier
from tests.web.visitors import Node, Visitor, read
from web.law_reference import law_pages

SHIPPED = load_law()
__all__ = ["elsewhere"]  # a fixture of the desks' tests
DOCS = Path(__file__).parents[2] / "docs" / "law"


@pytest.fixture
def parts(database_url: str, tmp_path: Path, clock: FrozenClock) -> Iterator[Town]:
    yield from opened(database_url, tmp_path, clock, parts_text())


@pytest.fixture
def parts_app(parts: Town) -> Flask:
    return web.build(parts.office, limits=False)


def shape_of(law: Regulation) -> dict[str, tuple[bool, tuple[str, ...]]]:
    """Every field by key: whether it is needed, and its columns."""
    return {rule.key: (rule.required, tuple(c.key for c in rule.columns)) for rule in law.all_fields()}


def shape_of_schema(schema: dict[str, Any]) -> dict[str, tuple[bool, tuple[str, ...]]]:
    return {key: (key in schema["required"], tuple(part.get("items", {}).get("properties", ()))) for key, part in schema["properties"].items()}


def shape_of_docs(page: str) -> dict[str, tuple[bool, tuple[str, ...]]]:
    table = page[page.index("| field |"):page.index("| document |")]
    rows = re.findall(r"^\| `(\w+)` \| .*? \| (\S.*?) \| (yes|no) \| (?:yes|no) \|", table, re.MULTILINE)
    return {key: (needed == "yes", tuple(re.findall(r"`(\w+)`", kind))) for key, kind, needed in rows}


def shape_of_form(form: Node) -> dict[str, tuple[bool, tuple[str, ...]]]:
    found: dict[str, tuple[bool, tuple[str, ...]]] = {}
    for section in form.all("fieldset"):
        for block in (b for b in section.all("div") if "field" in b.attrs.get("class", "").split()):
            names = [n.attrs["name"].split(".")[1:] for n in block.all("input", "textarea", "select") if n.attrs.get("name", "").startswith("dossier.")]
            key = names[0][0]
            columns = tuple(dict.fromkeys(step[2] for step in names if len(step) == 3))
            needed = next(n.text for n in block.all("span") if n.attrs.get("class") == "need")
            found[key] = ("必填" in needed, columns)
    return found


@pytest.mark.parametrize("key", SHIPPED.regulations)
def test_schema_and_docs_of_every_shipped_regulation_have_its_fields(key: str) -> None:
    law = SHIPPED.regulation(key)
    assert shape_of_schema(dossier_schema(law, SHIPPED.taxonomy_of(law))) == shape_of(law)
    assert shape_of_docs((DOCS / f"{key}.md").read_text(encoding="utf-8")) == shape_of(law)


def test_a_regulation_s_form_has_its_fields(parts: Town, parts_app: Flask) -> None:
    number = draft(parts)
    page = Visitor(parts_app, "maker-0").form(f"/applications/{number}/dossier", "dossier")
    law = parts.office.law.regulation(PARTS)
    assert shape_of_form(page) == shape_of(law) == shape_of_docs(law_pages([law])[f"law/{PARTS}.md"])


@pytest.mark.parametrize("key", [key for key, law in SHIPPED.regulations.items() if law.intake])
def test_the_form_of_every_shipped_regulation_has_its_fields(people: Town, app: Flask, key: str) -> None:
    town = people.under(key, prefix="other-")
    number = town.draft(town.applicant(1))
    law = town.office.law.regulation(key)
    assert shape_of_form(Visitor(app, "maker-1").form(f"/applications/{number}/dossier", "dossier")) == shape_of(law)


@pytest.mark.parametrize("key", UNSEEN)
def test_so_it_is_with_regulations_that_no_code_was_written_for(elsewhere: Office, clock: FrozenClock, key: str) -> None:
    town, law = Town(elsewhere, clock).under(key, prefix="other-"), elsewhere.law.regulation(key)
    number = town.draft()
    form = Visitor(web.build(elsewhere, limits=False), "maker-0").form(f"/applications/{number}/dossier", "dossier")
    schema = dossier_schema(law, elsewhere.law.taxonomy_of(law))
    assert shape_of_form(form) == shape_of(law) == shape_of_schema(schema) == shape_of_docs(law_pages([law])[f"law/{key}.md"])


@pytest.mark.parametrize("key", SHIPPED.regulations)
def test_a_whole_dossier_fits_its_schema(key: str, clock: FrozenClock) -> None:
    law, day = SHIPPED.regulation(key), clock.now().date()
    tree = SHIPPED.taxonomy_of(law)
    typed = complete_dossier(law, day)
    assert law.check_dossier(typed, complete_documents(law), day, tree) == []
    as_sent = {k: int(str(v)) if law.field(k) and law.field(k).kind == "integer" else v for k, v in typed.items()}  # type: ignore[union-attr]
    jsonschema.validate(as_sent, dossier_schema(law, tree), format_checker=jsonschema.FormatChecker())


BROKEN: dict[str, dict[str, Any]] = {
    "no name": {"name": ""}, "no such class": {"product_class": "wheel"}, "no such grade": {"grade": "world"},
    "too long a name": {"name": "轴" * 61}, "three decimals": {"price": "1.234"}, "a day in words": {"first_use_on": "昨天"},
    "a line without a buyer": {"contracts": [{k: v for k, v in contract().items() if k != "buyer"}]},
    "a code of 17": {"contracts": [contract(buyer_code="11320000MB151840X")]}, "no contract": {"contracts": []},
    "eleven contracts": {"contracts": [contract()] * 11}, "a field too many": {"colour": "red"},
    "a column too many": {"patents": [{"number": "ZL1", "colour": "red"}]},
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_the_schema_refuses_the_check_finds(what: str, tmp_path: Path, clock: FrozenClock) -> None:
    law = parts_law(tmp_path)
    found, day = law.regulation(PARTS), clock.now().date()
    schema = dossier_schema(found, law.taxonomy_of(found))
    jsonschema.validate(dossier(), schema, format_checker=jsonschema.FormatChecker())
    typed = dossier(**BROKEN[what])
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(typed, schema, format_checker=jsonschema.FormatChecker())
    assert found.check_dossier(typed, {"test_report": 1}, day, law.taxonomy_of(found))


def test_the_api_serves_the_schema(public: Any) -> None:
    for key, law in SHIPPED.regulations.items():
        answer = public.get(f"/regulations/{key}/dossier-schema")
        assert answer == dossier_schema(law, SHIPPED.taxonomy_of(law))
        jsonschema.Draft202012Validator.check_schema(answer)


# -------------------------------------------------------------------------------------------------------- rows on a page


def test_lines_are_typed_kept_and_found_wrong_in_their_cells(parts: Town, parts_app: Flask, as_typed: Callable[[Node, str], str]) -> None:
    number = draft(parts)
    who, page = Visitor(parts_app, "maker-0"), f"/applications/{number}/dossier"
    lines = {"dossier.contracts.1.buyer": "甲厂", "dossier.contracts.1.amount": "12.345", "dossier.contracts.4.buyer": "<b>丁</b>"}
    cleared = {f"dossier.contracts.1.{c}": "" for c in ("buyer_code", "signed_on")}
    assert who.do(page, "dossier", **cleared, **lines) == page
    form = who.form(page, "dossier")
    assert {name: as_typed(form, name) for name in lines} == lines
    assert form.by_id("dossier-dossier.contracts.1.amount").attrs["aria-invalid"] == "true"
    assert "最多保留2位小数" in who.get(page).text
    assert form.by_id("dossier-dossier.contracts.7.buyer"), "three empty lines follow"
    with parts.office.reading(parts.applicant(0, PLACE)) as r:
        kept = enquiries.show_application(r, number)["dossier"]["contracts"]
        assert [line.get("buyer") for line in kept] == ["甲厂", "", "", "<b>丁</b>"]
        assert {f.field for f in applications.check(r, number)} >= {"dossier.contracts.1.amount", "dossier.contracts.4.buyer_code"}


def test_lines_of_a_refused_form_are_shown_as_typed(parts: Town, parts_app: Flask, as_typed: Callable[[Node, str], str]) -> None:
    number = draft(parts)
    answer = Visitor(parts_app, "maker-0").send(
        f"/applications/{number}/dossier", "dossier", **{"dossier.contracts.9.buyer": "玖\u0007厂", "dossier.name": "主轴轴承"})
    assert answer.status_code == 422
    assert as_typed(read(answer.text), "dossier.contracts.9.buyer") == "玖\u0007厂"


def test_emptied_lines_are_gone(parts: Town, parts_app: Flask) -> None:
    number = draft(parts)
    Visitor(parts_app, "maker-0").do(f"/applications/{number}/dossier", "dossier", **{"dossier.patents.1.number": ""})
    assert "patents" not in parts.show(number)["dossier"]


def test_officers_read_lines_as_a_table(parts: Town, parts_app: Flask) -> None:
    number = draft(parts)
    parts.do(parts.applicant(0, PLACE), applications.submit, number)
    parts.department()
    page = Visitor(parts_app, "department").get(f"/applications/{number}")
    [table] = [t for t in page.all("table") if any("买方" in h.text for h in t.all("th"))]
    assert [[d.text for d in row.all("td")] for row in table.all("tr")[1:]] == [["某整机厂", "91430100MA4L00001J", "500 万元", "2026年1月5日"]]


@pytest.fixture
def as_typed() -> Callable[[Node, str], str]:
    """What a form's input shows."""
    return lambda form, name: next(n for n in form.all("input") if n.attrs.get("name") == name).attrs["value"]


def test_the_public_page_shows_grades_sums_and_what_is_not_said(parts: Town, parts_app: Flask) -> None:
    text = re.sub(r"\s+", " ", Visitor(parts_app).get(f"/regulations/{PARTS}").text)
    for said in ("公示5个工作日。", "国内首套（通过线 80 分）", "首年销售额的30%，不超过1000万元", "已获部级认定的不得申报", "逾期上报"):
        assert said in text, said


def test_an_office_s_own_law_is_served_too(parts_app: Flask) -> None:
    answer = parts_app.test_client().get(f"/api/v1/regulations/{PARTS}/dossier-schema")
    assert answer.json["properties"]["contracts"]["items"]["required"] == ["buyer", "buyer_code", "amount"]


def test_the_form_says_how_models_may_be_written_and_which_are_not(elsewhere: Office, clock: FrozenClock) -> None:
    town = Town(elsewhere, clock).under("chargers-rules-2026", prefix="charger-")
    number = town.draft(town.applicant())
    town.do(town.applicant(), applications.save_draft, number, {"parts": ["EV-DC[60..30]"]})
    holder = Visitor(web.build(elsewhere, limits=False))
    holder.sign_in(town.applicant().login or "")
    page = holder.get(f"/applications/{number}/dossier").text
    assert "HX-{112,113}A" in page and "“EV-DC[60..30]”不是本办法的型号写法：范围的起点大于终点" in page
