"""The measurements of verification: one verdict, ten thousand at once, a whole bill of materials. Each against the least it can cost."""

from __future__ import annotations

import io
import random

import orjson
import xlsxwriter
from python_calamine import load_workbook

import web
import web.wire
from registry.desks import verifications
from registry.desks.bills import keep
from registry.desks.bills.sheets import write_answer
from registry.desks.verifications import MOST_LINES, Asked
from tests.benchmarks.measures import Result, bare, calls_of, in_turns, timed
from tests.benchmarks.stock import Stock, number_of

LINES = 50_000
MANY = ("SELECT c.number, c.product, c.holder_name, c.valid_from, c.valid_until, c.status, c.suspended, c.scope_text FROM json_each(?) j "
        "LEFT JOIN certificate c ON c.number = j.value")


def verdict(stock: Stock, database: str = "SQLite") -> list[Result]:
    """GET /api/v1/verify/{number}, all five axes, against R."""
    app, raw = web.build(stock.office, limits=False), bare(stock)
    mine, theirs = in_turns(calls_of(app, [f"/api/v1/verify/{number}" for number in stock.numbers]),
                            calls_of(raw, [f"/r/{number}" for number in stock.numbers]))
    ratio, tail, size = theirs.typical / mine.typical, mine.p99 / theirs.p99, f"{stock.size:,}"
    return [
        Result(f"GET /api/v1/verify/{{number}}, {database}", size, "≥ 0.9 R", f"R: {theirs.rate:,.0f}/s", f"{ratio:.2f} R ({mine.rate:,.0f}/s)", ratio >= 0.9),
        Result(f"the same, slowest in a hundred, {database}", size, "≤ 2 × R's", f"R: {theirs.p99 * 1000:.2f} ms",
               f"{tail:.1f} × ({mine.p99 * 1000:.2f} ms)", tail <= 2),
    ]


def batch(stock: Stock) -> list[Result]:
    """Ten thousand verdicts in one call, against one raw join, read and answered by orjson."""
    numbers = [number_of(i) for i in random.Random(1).choices(range(1, stock.size + 1), k=MOST_LINES)]
    office, held = stock.office, stock.office.engine.raw_connection()
    asked = [Asked(number) for number in numbers]

    def ours() -> None:
        assert len(web.wire.dumps(verifications.verify_many(office.glance, office.law, office.now(), asked))) > MOST_LINES

    def theirs() -> None:
        assert len(orjson.dumps(held.cursor().execute(MANY, (orjson.dumps(numbers).decode(),)).fetchall())) > MOST_LINES

    mine, raw = in_turns([ours], [theirs])
    ratio = mine.typical / raw.typical
    return [Result("10,000 verdicts in one call", f"{stock.size:,}", "≤ 3 ×", f"one raw join: {raw.typical * 1000:.0f} ms",
                   f"{ratio:.1f} × ({mine.typical * 1000:.0f} ms)", ratio <= 3)]


def bill(stock: Stock) -> list[Result]:
    """A bill of 50,000 lines, workbook in, verdicts, workbook out, against reading it and writing it alone. Half have no number."""
    content, office = _workbook(stock), stock.office

    def ours() -> None:
        """As the page does it: taken, confirmed, answered and kept, taken away."""
        name = keep.take_bill(office.bills, content, "bench.xlsx")
        about = keep.find_bill(office.bills, name).about
        keep.confirm_bill(office.bills, name, keep.Wanted(about["columns"], about["begins"]))
        keep.work_on(office.bills, name)
        assert write_answer(keep.find_bill(office.bills, name).folder, "xlsx", "zh").stat().st_size > LINES
        keep.remove_bill(office.bills, name)

    def theirs() -> None:
        rows = load_workbook(io.BytesIO(content)).get_sheet_by_index(0).to_python()
        _written([[*row, "结论", "代码", "原因说明若干字", "证书", "企业", "信用代码", "2026-01-01", "2031-01-01", "型号", "", ""] for row in rows])

    mine, raw = min(timed(ours) for _ in range(2)), min(timed(theirs) for _ in range(2))
    return [Result("a bill of 50,000 lines, XLSX in and out", f"{stock.size:,}", "≤ 1.5 ×", f"read and written alone: {raw:.1f} s",
                   f"{mine / raw:.1f} × ({mine:.1f} s)", mine / raw <= 1.5)]


def _workbook(stock: Stock) -> bytes:
    chance = random.Random(2)
    rows: list[list[str]] = [["型号", "证书编号", "数量", "交付日期"]]
    for n in range(LINES):
        i = chance.randrange(1, stock.size + 1)
        rows.append([f"M{i:07d}-{n % 4 + 1}", number_of(i) if n % 2 else "", str(n % 50), "2026-11-20"])
    return _written(rows)


def _written(rows: list[list[str]]) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"constant_memory": True})
    sheet = book.add_worksheet()
    for n, row in enumerate(rows):
        for column, cell in enumerate(row):
            sheet.write_string(n, column, cell)
    book.close()
    return target.getvalue()

