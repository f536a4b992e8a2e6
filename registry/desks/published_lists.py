"""The list of a notice or of an announcement as a department attaches it to its letter: DOCX to go on editing, XLSX to sort.

It says what the page says, in Chinese as it is published; nothing is decided here and no cell is a formula.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from registry.desks import enquiries
from registry.registrar import Registrar
from registry.words import day_words

MEDIA_TYPES = {"docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
               "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
ATTACHMENT = "附件"
PROPOSED = ("序号", "企业名称", "产品名称", "型号", "产品类别", "地区")
CERTIFIED = ("序号", "企业名称", "产品名称", "型号", "地区", "证书编号", "有效期")
WIDTHS = {"序号": 6, "企业名称": 28, "产品名称": 24, "型号": 30, "产品类别": 16, "地区": 12, "证书编号": 24, "有效期": 22}


@dataclass(frozen=True)
class PublishedList:
    """What stands on the paper, from top to bottom."""

    name: str
    title: str
    said: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


def write_notice_list(r: Registrar, number: str, form: str) -> dict[str, Any]:
    """The frozen list of a notice as a file of `form`, one of MEDIA_TYPES."""
    found = enquiries.show_notice(r, number)
    rows = [[str(i["ordinal"]), i["enterprise"], i["product"], "、".join(i["models"]), i["class_label"].zh if i["class_label"] else "",
             i["prefecture_name"].zh] for i in found["items"]]
    until = f"公示期：{day_words(found['first_day']).zh}至{day_words(found['last_day']).zh}"
    withdrawn = "（本公示已撤回）" if found["withdrawn"] else ""
    said = f"公示编号：{number}{withdrawn}    {until}    名单 SHA-256：{found['digest']}"
    law = r.law.regulation(found["regulation"]["id"])
    return _file(PublishedList(number, f"{law.certificate_title.zh}拟认定名单", said, PROPOSED, rows), form)


def write_announcement_list(r: Registrar, document_number: str, form: str) -> dict[str, Any]:
    """What an announcement certified, as it was announced, as a file of `form`."""
    found = enquiries.show_announcement(r, document_number)
    rows = [[str(n), c["holder"], c["product"], "、".join(c["models"]), c["place"].zh, c["number"], _term(c)]
            for n, c in enumerate(found["certificates"], 1)]
    said = f"{document_number}    公布日期：{day_words(found['announced_on']).zh}"
    law = r.law.regulation(found["regulation"]["id"])
    return _file(PublishedList(document_number, f"{law.certificate_title.zh}认定名单", said, CERTIFIED, rows), form)


def _term(c: dict[str, Any]) -> str:
    return f"{c['valid_from']}至{c['valid_until']}" if c["valid_until"] else f"{c['valid_from']}起长期有效"


def _file(paper: PublishedList, form: str) -> dict[str, Any]:
    target = BytesIO()
    writers: dict[str, Callable[[PublishedList, BytesIO], None]] = {"docx": _document, "xlsx": _workbook}
    writers[form](paper, target)
    return {"filename": f"{paper.name}-名单.{form}", "media_type": MEDIA_TYPES[form], "content": target.getvalue()}


def _document(paper: PublishedList, target: BytesIO) -> None:
    from docx import Document  # only where one is written
    from docx.enum.section import WD_ORIENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn

    document = Document()
    page = document.sections[0]
    page.orientation, page.page_width, page.page_height = WD_ORIENT.LANDSCAPE, page.page_height, page.page_width
    style: Any = document.styles["Normal"]
    style.font.name = "仿宋"
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "仿宋")
    document.add_paragraph(ATTACHMENT)
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.add_run(paper.title).bold = True
    document.add_paragraph(paper.said)
    table = document.add_table(rows=1, cols=len(paper.columns), style="Table Grid")
    for row, cells in enumerate([paper.columns, *paper.rows]):
        shown = (table.rows[0] if row == 0 else table.add_row()).cells
        for cell, words in zip(shown, cells, strict=True):
            cell.text = words
    document.save(target)


def _workbook(paper: PublishedList, target: BytesIO) -> None:
    import xlsxwriter  # only where one is written

    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    sheet = book.add_worksheet("名单")
    head = book.add_format({"bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True})
    cell = book.add_format({"border": 1, "valign": "top", "text_wrap": True})
    title = book.add_format({"bold": True, "align": "center", "font_size": 16})
    last = len(paper.columns) - 1
    sheet.write_string(0, 0, ATTACHMENT)
    sheet.merge_range(1, 0, 1, last, "", title)
    sheet.write_string(1, 0, paper.title, title)
    sheet.write_string(2, 0, paper.said)
    for column, name in enumerate(paper.columns):
        sheet.set_column(column, column, WIDTHS[name])
        sheet.write_string(3, column, name, head)
    for row, words in enumerate(paper.rows, 4):
        for column, word in enumerate(words):
            sheet.write_string(row, column, word, cell)
    sheet.freeze_panes(4, 0)
    sheet.repeat_rows(3)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    book.close()
