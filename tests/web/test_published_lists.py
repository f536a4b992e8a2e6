"""The lists that a department publishes, as its officers take them: the words of the page, and no cell a formula."""

from __future__ import annotations

from io import BytesIO
from urllib.parse import quote

from docx import Document
from flask import Flask
from python_calamine import CalamineWorkbook

from tests.factories import HUNAN, Town
from tests.web.visitors import Visitor


def test_a_list_is_taken_away_as_a_document_and_as_a_workbook(town: Town, app: Flask) -> None:
    product = town.office.law.regulation(HUNAN).dossier.product_field
    number = town.to_announce(**{product: "=1+1"})
    notice = town.show(number)["notice"]
    [certificate] = town.announced(number)
    shown = town.certificate(certificate)
    visitor = Visitor(app)
    told = visitor.client.get(f"/certificates/{certificate}").text
    assert "<svg" in told and "怎样自行核对" in told and "style=" not in told
    document = shown["announcement"]["document_number"]
    for path, wanted in ((f"/notices/{notice}", shown["holder"]["name"]), (f"/announcements/{quote(document)}", certificate)):
        sheet = CalamineWorkbook.from_filelike(BytesIO(visitor.client.get(f"{path}/list.xlsx").data)).get_sheet_by_index(0).to_python()
        assert sheet[0][0] == "附件" and sheet[3][0] == "序号" and wanted in sheet[4] and shown["product"] in sheet[4]
        [table] = Document(BytesIO(visitor.client.get(f"{path}/list.docx").data)).tables
        assert [[c.text for c in row.cells] for row in table.rows] == [[str(c) for c in row] for row in sheet[3:]]
    assert app.test_client().get("/announcements/nothing/list.docx").status_code == 404
