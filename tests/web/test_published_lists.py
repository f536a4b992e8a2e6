"""The lists that a department publishes, as its officers take them: the words of the page, and no cell a formula."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from urllib.parse import quote
from zipfile import ZipFile

from docx import Document
from flask import Flask
from python_calamine import CalamineWorkbook

from registry.desks import published_lists
from registry.desks.published_lists import PROPOSED, PublishedList
from tests.factories import Town
from tests.web.visitors import Visitor


def test_a_list_is_taken_away_as_a_document_and_as_a_workbook(town: Town, app: Flask) -> None:
    number = town.to_announce()
    notice = town.show(number)["notice"]
    [certificate] = town.announced(number)
    shown = town.certificate(certificate)
    client = Visitor(app).client
    page = client.get(f"/certificates/{certificate}").text
    assert "<svg" in page and "怎样自行核对" in page and "style=" not in page
    document = shown["announcement"]["document_number"]
    for path, wanted in ((f"/notices/{notice}", shown["holder"]["name"]), (f"/announcements/{quote(document)}", certificate)):
        sheet = CalamineWorkbook.from_filelike(BytesIO(client.get(f"{path}/list.xlsx").data)).get_sheet_by_index(0).to_python()
        assert sheet[0][0] == "附件" and sheet[3][0] == "序号" and wanted in sheet[4] and shown["product"] in sheet[4]
        [table] = Document(BytesIO(client.get(f"{path}/list.docx").data)).tables
        assert [[c.text for c in row.cells] for row in table.rows] == [[str(c) for c in row] for row in sheet[3:]]
    assert client.get("/announcements/nothing/list.docx").status_code == 404


def test_no_cell_of_a_workbook_is_a_formula() -> None:
    paper = PublishedList("n", "t", "s", PROPOSED, [["=1+1"] * len(PROPOSED)])
    made = published_lists._file(replace(paper, title='=cmd|"/c calc"!A1'), "xlsx")["content"]
    assert "<f>" not in ZipFile(BytesIO(made)).read("xl/worksheets/sheet1.xml").decode()
