"""A buyer's messy bill of fifty thousand lines in a browser: every row of the file is accounted for, the columns confirmed by a person."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from playwright.sync_api import Browser, expect
from python_calamine import load_workbook

from tests.browser.people import Person
from tests.factories import CODES, Town

pytestmark = pytest.mark.browser
LINES = 50_000
TOP = 5  # title, blank, group header, header, units


def messy(path: Path, number: str, revoked: str) -> Counter[str]:
    """A workbook as purchasing sends it: cover sheet, merged title, two header rows, units, blanks, full width, formulas, a total.

    Returns how many lines of each outcome are to come out of it.
    """
    book = xlsxwriter.Workbook(path, {"constant_memory": False})
    cover = book.add_worksheet("封面")
    cover.write(0, 0, "采购二部 2026年")
    sheet = book.add_worksheet("物料明细")
    sheet.merge_range(0, 0, 0, 7, "某某装备公司2026年度国产元器件替代物料清单（第三版）")
    sheet.merge_range(2, 1, 2, 4, "物料")
    sheet.write_row(3, 0, ["序号", "物料描述", "规格型号", "生产厂家", "统一社会信用代码", "认定证书编号", "数量", "交付日期"])
    sheet.write_row(4, 0, ["", "", "", "", "", "", "只", ""])
    day = book.add_format({"num_format": "yyyy/m/d"})
    expected: Counter[str] = Counter()
    row, line = TOP, 0
    while line < LINES - 1:
        if line % 1000 == 999:
            row += 1  # a blank row
        kind = line % 10
        cells, outcome = _line(kind, number, revoked, row)
        sheet.write_row(row, 0, [line + 1, "片式电容", *cells[:-1]])
        if kind == 3:
            sheet.write_formula(row, 2, '="HX-"&"112A"', None, "HX-112A")
        if kind == 4:
            sheet.write_datetime(row, 7, time_of(2026, 4, 20), day)
        else:
            sheet.write(row, 7, cells[-1])
        expected[outcome] += 1
        row, line = row + 1, line + 1
    sheet.write_row(row, 0, ["合计", "", "", "", "", "", 123456])
    expected["could_not_check"] += 1
    book.close()
    return expected


def time_of(year: int, month: int, day: int) -> Any:
    from datetime import datetime

    return datetime(year, month, day)  # noqa: DTZ001 - a workbook's day has no zone


def _line(kind: int, number: str, revoked: str, row: int) -> tuple[list[Any], str]:
    """part, maker, code, certificate, quantity, day; and what is to become of it."""
    return {
        0: (["HX-112A", "", "", number, 10, "2026-04-20"], "in_force"),
        1: (["ｈｘ－１１２ａ", "", "", number.lower(), "１０ 只", "2026年4月20日"], "in_force"),
        2: (["HX-112B", "", CODES[0], "-", 5, ""], "in_force"),
        3: (["", "湖南第0电子有限公司", "", "", 1, "2026/4/20"], "in_force"),
        4: (["HX-112A", "", "", number, 1, ""], "in_force"),
        5: (["HX-112A", "", "", revoked, 1, "2026-04-20"], "not_in_force"),
        6: (["HX-113X", "", "", number, 1, ""], "out_of_scope"),
        7: ([f"NO-SUCH-{row}", "不存在公司", "", "", 1, ""], "not_found"),
        8: (["HX-112A", "", "", number, 1, "下周三"], "could_not_check"),
        9: (["HX-112A", "", "", f"HN-STJ-2099-{row:04d}-X", "=1+1", ""], "not_found"),
    }[kind]


def test_a_buyer_verifies_fifty_thousand_lines_on_a_page(training_town: Town, person: Any, tmp_path: Path) -> None:
    town = training_town
    number, revoked = town.certified(), town.certified(town.applicant(1))
    town.sanction(revoked, "revoke", next(s.key for s in town.office.law.regulation("hunan-components-2025").sanctions if "revoke" in s.acts))
    town.to("2026-04-20")
    path = tmp_path / "物料清单.xlsx"
    expected = messy(path, number, revoked)
    buyer: Person = person()
    buyer.open("/bills")
    buyer.picture("bill-upload")
    buyer.page.set_input_files("#bill [name=file]", str(path))
    buyer.press("bill")
    expect(buyer.page.get_by_role("heading", level=1)).to_have_text("确认各列")
    buyer.picture("bill-columns")
    assert [buyer.page.input_value(f"#columns [name='columns.{key}']") for key in ("part", "manufacturer", "credit_code", "certificate", "quantity", "day")] \
        == ["2", "3", "4", "5", "6", "7"]
    assert buyer.page.input_value("#columns [name=begins]") == str(TOP + 1)
    began = time.monotonic()
    buyer.press("columns")
    buyer.picture("bill-progress")
    expect(buyer.page.get_by_role("heading", level=1)).to_have_text("清单核验结果", timeout=60_000)  # the page reloads itself, without a script
    assert time.monotonic() - began < 60
    buyer.picture("bill-answer")
    text = buyer.page.inner_text("main")
    for outcome, count in expected.items():
        assert f"{LABEL[outcome]} {count}" in text, (outcome, count)
    assert f"{LINES} 行物料，49 行空白" in text
    buyer.page.get_by_role("link", name="未能核验").click()
    buyer.picture("bill-not-checked")
    with buyer.page.expect_download() as download:
        buyer.page.get_by_role("link", name="下载 XLSX").click()
    rows = load_workbook(download.value.path()).get_sheet_by_index(0).to_python()
    assert len(rows) == LINES + 1
    assert [int(row[0]) for row in rows[1:3]] == [TOP + 1, TOP + 2] and len({row[0] for row in rows}) == LINES + 1
    assert Counter(row[7] for row in rows[1:])["已撤销"] == expected["not_in_force"]


LABEL = {"in_force": "有效", "not_in_force": "所问之日不在有效状态", "out_of_scope": "不在认定范围内", "not_found": "登记簿中没有这份证书",
         "could_not_check": "未能核验"}


def test_with_a_script_the_progress_moves_without_reloading(training_town: Town, browser: Browser, address: str) -> None:
    context = browser.new_context(locale="zh-CN")
    faults: list[str] = []
    page = context.new_page()
    page.on("console", lambda message: faults.append(message.text) if message.type in ("error", "warning") else None)
    page.goto(f"{address}/bills")
    cells = "型号\n" + "".join(f"HX-{n:06d}\n" for n in range(30_000))
    page.locator("#bill [name=cells]").evaluate("(field, cells) => { field.value = cells }", cells)  # as pasting does
    page.click("#bill > button")
    page.click("#columns > button")
    expect(page.get_by_role("heading", level=1)).to_have_text("清单核验结果", timeout=60_000)
    assert faults == [], "the strict policy lets the script run"
    context.close()


