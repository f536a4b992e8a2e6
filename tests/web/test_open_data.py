"""The open data: nightly editions that are there whole or not at all, described from one schema, with nobody in them."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from flask import Flask
from python_calamine import load_workbook

from jobs import publish
from registry.actors import PUBLIC
from registry.desks import open_data
from registry.desks.enquiries.register import COLUMNS
from tests.factories import Town
from tests.web.visitors import Visitor

pytestmark = pytest.mark.once  # files, made from rows that test_following reads on both databases


@pytest.fixture
def visitor(app: Flask) -> Callable[..., Visitor]:
    return lambda login=None: Visitor(app, login)


def night(town: Town) -> Path:
    assert publish.run(town.office).ok
    return open_data.home_of(town.office.settings.data) / str(town.today)


def test_an_edition_is_whole_and_its_manifest_tells_the_truth(town: Town) -> None:
    number = town.certified()
    folder = night(town)
    manifest = orjson.loads((folder / "manifest.json").read_bytes())
    assert {x.name for x in folder.iterdir()} == set(open_data.NAMES) == {x["name"] for x in manifest["files"]} | {"manifest.json"}
    for file in manifest["files"]:
        content = (folder / file["name"]).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file["bytes"], file["sha256"])
    assert manifest["rows"] == 1 and manifest["ledger_size"] > 0 and manifest["ledger_hash"] and manifest["as_of"]
    assert orjson.loads((folder / "register.jsonl").read_bytes())["number"] == number
    assert not [x for x in folder.parent.iterdir() if x.name.startswith(".part")]


def test_an_edition_never_changes_and_the_old_ones_go(town: Town) -> None:
    first = night(town)
    before = (first / "manifest.json").read_bytes()
    town.clock.set(town.clock.now() + timedelta(minutes=1))
    assert night(town) == first and (first / "manifest.json").read_bytes() == before
    town.wait(days=1)
    second = night(town)
    assert open_data.list_editions(town.office.settings.data) == [second.name, first.name]
    town.wait(days=town.office.settings.open_data_days)
    last = night(town)
    assert open_data.list_editions(town.office.settings.data) == [last.name]


def test_a_run_that_dies_leaves_no_edition_and_the_next_removes_its_rest(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(open_data, "dataset", lambda *_: 1 / 0)
        broken.setattr(open_data.shutil, "rmtree", lambda *_, **__: None)
        with pytest.raises(ZeroDivisionError):
            publish.run(town.office)
    home = open_data.home_of(town.office.settings.data)
    assert open_data.list_editions(town.office.settings.data) == [] and list(home.iterdir())
    night(town)
    assert [x.name for x in home.iterdir()] == [str(town.today)]


def test_header_dictionary_page_and_files_name_the_same_columns(town: Town, visitor: Callable[..., Visitor]) -> None:
    town.certified()
    folder = night(town)
    told: dict[str, Any] = orjson.loads((folder / "register.csv-metadata.json").read_bytes())
    columns = told["tableSchema"]["columns"]
    rows = list(csv.reader(io.StringIO((folder / "register.csv").read_text("utf-8-sig"), newline="")))
    sheet = load_workbook(folder / "register.xlsx").get_sheet_by_index(0).to_python()
    assert rows[0] == sheet[0] == [c["titles"] for c in columns] == list(COLUMNS) == list(orjson.loads((folder / "register.jsonl").read_bytes()))
    assert rows[1:] == sheet[1:]
    for column, cell in zip(columns, rows[1], strict=True):
        assert cell or not column["required"], column["name"]
    for lang in ("zh", "en"):
        page = visitor().get(f"/open-data?lang={lang}").text
        for column in columns:
            assert next(x["@value"] for x in column["dc:description"] if x["@language"] == lang) in page.replace("&#39;", "'")


def test_a_dataset_names_a_licence_only_where_one_was_given(town: Town) -> None:
    folder = night(town)
    told = orjson.loads((folder / "dataset.jsonld").read_bytes())
    assert "dct:license" not in told and len(told["dcat:distribution"]) == len(open_data.FORMS)
    manifest = orjson.loads((folder / "manifest.json").read_bytes()) | {"licence": "https://licence.example/1"}
    with town.office.reading(PUBLIC) as r:
        assert open_data.dataset("", manifest, r.law.site_name())["dct:license"] == {"@id": "https://licence.example/1"}


def test_a_full_sheet_is_followed_by_another_and_no_cell_is_a_formula(
        town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    row = dict.fromkeys(COLUMNS, "=1+1") | {"scope": "甲" * 40_000}
    monkeypatch.setattr(open_data, "list_register", lambda _: iter([row] * 5))
    monkeypatch.setattr(open_data, "ROWS_A_SHEET", 2)
    with town.office.reading(PUBLIC) as r:
        assert open_data.write_files(r, tmp_path) == 5
    book = load_workbook(tmp_path / "register.xlsx")
    sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    assert [len(x) for x in sheets] == [3, 3, 2] and all(x[0] == list(COLUMNS) for x in sheets)
    assert sheets[2][1][0] == "=1+1" and len(str(sheets[2][1][list(COLUMNS).index("scope")])) == open_data.CELL
    line = list(csv.reader(io.StringIO((tmp_path / "register.csv").read_text("utf-8-sig"), newline="")))[1]
    assert line[0] == "'=1+1" and len(line[list(COLUMNS).index("scope")]) == 40_000


def test_an_edition_is_served_in_parts_and_kept_by_its_digest(town: Town, visitor: Callable[..., Visitor]) -> None:
    town.certified()
    client = visitor().client
    assert client.get("/open-data/latest/register.csv").status_code == 404
    content = (night(town) / "register.csv").read_bytes()
    led = client.get("/open-data/latest/register.csv")
    assert led.status_code == 302 and led.headers["Location"] == f"/open-data/{town.today}/register.csv"
    address = led.headers["Location"]
    answer = client.get(address, buffered=True)
    assert answer.data == content and answer.headers["ETag"] == f'"{hashlib.sha256(content).hexdigest()}"'
    assert "immutable" in answer.headers["Cache-Control"] and "Repr-Digest" in answer.headers
    part = client.get(address, buffered=True, headers={"Range": "bytes=3-9"})
    assert (part.status_code, part.data) == (206, content[3:10])
    assert client.get(address, buffered=True, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    for wrong in (f"/open-data/{town.today}/session.key", "/open-data/2020-01-01/register.csv", "/open-data/latest/x"):
        assert client.get(wrong).status_code == 404


def test_a_certificate_page_tells_machines_what_it_tells_people(people: Town, visitor: Callable[..., Visitor]) -> None:
    number = people.certified()
    for who in (visitor(), visitor("maker-0")):
        answer = who.client.get(f"/certificates/{number}")
        found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', answer.text)
        told = orjson.loads(found[0])
        assert len(found) == 1 and answer.text.count("<script") == 1 and "unsafe" not in answer.headers["Content-Security-Policy"]
        assert (told["@type"], told["certificationIdentification"]) == ("Certification", number) and told["@id"].endswith(f"/c/{number}")
        assert told["certificationStatus"].endswith("CertificationActive") and "SQ-" not in found[0] and "申报人" not in found[0]
        assert f'rel="canonical" href="{told["url"]}"' in answer.text
    people.sanction(number, "suspend", "ip_in_dispute")
    assert "CertificationInactive" in visitor().client.get(f"/certificates/{number}").text
