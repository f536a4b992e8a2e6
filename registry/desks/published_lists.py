"""The list of a notice or of an announcement as a department attaches it to its letter: DOCX to go on editing, XLSX to sort.

It says what the page says, in the reader's language; nothing is decided here and no cell is a formula.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from registry.desks import enquiries
from registry.registrar import Registrar
from registry.words import Text

MEDIA_TYPES = {"docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
               "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
ATTACHMENT, SHEET = Text("附件", "Annex"), Text("名单", "List")
ORDINAL, HOLDER, PRODUCT = Text("序号", "No."), Text("企业名称", "Enterprise"), Text("产品名称", "Product")
MODELS, CLASS, PLACE = Text("型号", "Models"), Text("产品类别", "Class"), Text("地区", "Place")
NUMBER, TERM = Text("证书编号", "Certificate number"), Text("有效期", "Valid")
PROPOSED = (ORDINAL, HOLDER, PRODUCT, MODELS, CLASS, PLACE)
CERTIFIED = (ORDINAL, HOLDER, PRODUCT, MODELS, PLACE, NUMBER, TERM)
WIDTHS = {ORDINAL: 6, HOLDER: 28, PRODUCT: 24, MODELS: 30, CLASS: 16, PLACE: 12, NUMBER: 24, TERM: 22}
NO_CLASS = Text("", "")


@dataclass(frozen=True)
class PublishedList:
    """What stands on the paper, from top to bottom, in one language."""

    name: str
    title: str
    said: str
    columns: Sequence[Text]
    rows: Sequence[Sequence[str]]
    language: str = "zh"


def write_notice_list(r: Registrar, number: str, form: str, language: str = "zh") -> dict[str, Any]:
    """The frozen list of a notice as a file of `form`, one of MEDIA_TYPES."""
    found = enquiries.show_notice(r, number)
    law = r.law.regulation(found["regulation"]["id"])
    rows = [[str(i["ordinal"]), i["enterprise"], i["product"], "、".join(i["models"]), (i["class_label"] or NO_CLASS).in_(language),
             i["prefecture_name"].in_(language)] for i in found["items"]]
    said = Text("公示编号：{number}    公示期：{first}至{last}    名单 SHA-256：{digest}",
                "Notice {number}    from {first} to {last}    SHA-256 of the list: {digest}")
    if found["withdrawn"]:
        said = Text(f"（本公示已撤回）{said.zh}", f"(This notice is withdrawn.) {said.en}")
    told = said.with_(number=number, first=found["first_day"], last=found["last_day"], digest=found["digest"])
    title = Text("{what}拟认定名单", "{what}: proposed list").with_(what=law.certificate_title)
    return _file(PublishedList(number, title.in_(language), told.in_(language), PROPOSED, rows, language), form)


def write_announcement_list(r: Registrar, document_number: str, form: str, language: str = "zh") -> dict[str, Any]:
    """What an announcement certified, as it was announced, as a file of `form`."""
    found = enquiries.show_announcement(r, document_number)
    law = r.law.regulation(found["regulation"]["id"])
    rows = [[str(n), c["holder"], c["product"], "、".join(c["models"]), c["place"].in_(language), c["number"], _term(c).in_(language)]
            for n, c in enumerate(found["certificates"], 1)]
    told = Text("{number}    公布日期：{day}", "{number}    announced on {day}").with_(number=document_number, day=found["announced_on"])
    title = Text("{what}认定名单", "{what}: list of those certified").with_(what=law.certificate_title)
    return _file(PublishedList(document_number, title.in_(language), told.in_(language), CERTIFIED, rows, language), form)


def _term(c: dict[str, Any]) -> Text:
    first, last = c["valid_from"].isoformat(), c["valid_until"]
    return Text(f"{first}至{last}", f"{first} to {last}") if last else Text(f"{first}起长期有效", f"from {first} without end")


def _file(paper: PublishedList, form: str) -> dict[str, Any]:
    target = BytesIO()
    writers: dict[str, Callable[[PublishedList, BytesIO], None]] = {"docx": _document, "xlsx": _workbook}
    writers[form](paper, target)
    return {"filename": f"{paper.name}-{SHEET.in_(paper.language)}.{form}", "media_type": MEDIA_TYPES[form], "content": target.getvalue()}


def _document(paper: PublishedList, target: BytesIO) -> None:
    from docx import Document  # only where one is written
    from docx.enum.section import WD_ORIENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn

    document = Document()
    page = document.sections[0]
    page.orientation, page.page_width, page.page_height = WD_ORIENT.LANDSCAPE, page.page_height, page.page_width
    style: Any = document.styles["Normal"]
    style.font.name = "FangSong"
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "FangSong")
    document.add_paragraph(ATTACHMENT.in_(paper.language))
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.add_run(paper.title).bold = True
    document.add_paragraph(paper.said)
    table = document.add_table(rows=1, cols=len(paper.columns), style="Table Grid")
    for row, cells in enumerate([[c.in_(paper.language) for c in paper.columns], *paper.rows]):
        shown = (table.rows[0] if row == 0 else table.add_row()).cells
        for cell, words in zip(shown, cells, strict=True):
            cell.text = words
    document.save(target)


def _workbook(paper: PublishedList, target: BytesIO) -> None:
    import xlsxwriter  # only where one is written

    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    sheet = book.add_worksheet(SHEET.in_(paper.language))
    head = book.add_format({"bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True})
    cell = book.add_format({"border": 1, "valign": "top", "text_wrap": True})
    title = book.add_format({"bold": True, "align": "center", "font_size": 16})
    last = len(paper.columns) - 1
    sheet.write_string(0, 0, ATTACHMENT.in_(paper.language))
    sheet.merge_range(1, 0, 1, last, "", title)
    sheet.write_string(1, 0, paper.title, title)
    sheet.write_string(2, 0, paper.said)
    for column, name in enumerate(paper.columns):
        sheet.set_column(column, column, WIDTHS[name])
        sheet.write_string(3, column, name.in_(paper.language), head)
    for row, words in enumerate(paper.rows, 4):
        for column, word in enumerate(words):
            sheet.write_string(row, column, word, cell)
    sheet.freeze_panes(4, 0)
    sheet.repeat_rows(3)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    book.close()
