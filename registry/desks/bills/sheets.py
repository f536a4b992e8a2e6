"""A bill's answer as a file to be taken away: XLSX, CSV or JSON. No cell of it can be a formula, whatever was in the bill."""

from __future__ import annotations

import csv
import secrets
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from registry.desks.bills.answers import LINES, all_lines, summary_of
from registry.desks.bills.columns import COLUMNS
from registry.desks.verifications import undisturbed
from registry.law.lifecycle import STATE_LABELS
from registry.law.verdicts import OUTCOME_LABELS
from registry.words import Text

MEDIA_TYPES = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv; charset=utf-8",
               "json": "application/json"}
AS_OF, SIZE = Text("作答时刻", "as of"), Text("登记簿记录数", "entries in the ledger")
VERDICTS, COUNTS = Text("核验结果", "Verdicts"), Text("汇总", "Summary")
_building = threading.Lock()  # a large workbook takes some 150 MB while it is made: one at a time
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_HEADER = (
    Text("行", "row"), *COLUMNS.values(), Text("结论", "outcome"), Text("代码", "code"), Text("原因", "reason"), Text("证书", "certificate"),
    Text("持有企业", "holder"), Text("持有企业信用代码", "holder's credit code"), Text("有效期起", "from"), Text("有效期止", "until"),
    Text("匹配项", "matched entry"), Text("最相近的已认定项", "nearest covered"), Text("同类已认定", "certified in the same class"),
)


def write_answer(folder: Path, form: str, language: str) -> Path:
    """The answer that lies in `folder` as a file of `form` in `language` (JSON holds both); made once, then kept beside it."""
    target = folder / (f"answer.{form}" if form == "json" else f"answer.{language}.{form}")
    if not target.is_file():
        part = folder / f"{target.name}.{secrets.token_hex(4)}"
        with _building, undisturbed():
            {"json": _json, "csv": _csv, "xlsx": _workbook}[form](part, folder, language)
        part.replace(target)
    return target


def label_of(line: Mapping[str, Any]) -> Text:
    """What became of a line, in a word: of a certificate that was not in force, what it was (revoked, expired)."""
    return STATE_LABELS[line["code"]] if line["outcome"] == "not_in_force" else OUTCOME_LABELS[line["outcome"]]


def _cells(folder: Path, language: str) -> Iterator[list[str]]:
    for line in all_lines(folder):
        holder, asked = line["holder"] or {}, line["asked"]
        yield [
            str(line["row"]), *(asked.get(key, "") for key in COLUMNS), label_of(line).in_(language), line["code"], line["reason"][language],
            line["certificate"] or "", holder.get("name", ""), holder.get("credit_code", ""), line["valid_from"] or "", line["valid_until"] or "",
            line["matched_entry"] or "", "、".join(line["nearest"]), "、".join(x["number"] for x in line["alternatives"]),
        ]


def _told(folder: Path, language: str) -> list[list[str]]:
    """What stands beside the lines: of which moment it all is, and how many of each outcome."""
    found = summary_of(folder)
    return [[AS_OF.in_(language), str(found["as_of"])], [SIZE.in_(language), str(found["ledger_size"])],
            *([OUTCOME_LABELS[name].in_(language), str(n)] for name, n in found["counts"].items())]


def _json(target: Path, folder: Path, language: str) -> None:
    head = orjson.dumps(summary_of(folder))
    with target.open("wb") as file, (folder / LINES).open("rb") as lines:
        file.write(head[:-1] + b',"lines":[')
        for n, line in enumerate(lines):
            file.write(b",\n" * bool(n) + line.rstrip())
        file.write(b"]}")


def _csv(target: Path, folder: Path, language: str) -> None:
    with target.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow([label.in_(language) for label in _HEADER])
        writer.writerows([harmless(cell) for cell in row] for row in _cells(folder, language))


def harmless(cell: str) -> str:
    """A cell that no program takes for a formula: an apostrophe goes before what begins like one."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _workbook(target: Path, folder: Path, language: str) -> None:
    import xlsxwriter  # only where a workbook is written

    book = xlsxwriter.Workbook(target, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    bold = book.add_format({"bold": True})
    sheet = book.add_worksheet(VERDICTS.in_(language))
    sheet.freeze_panes(1, 0)
    sheet.set_column(1, len(_HEADER), 18)
    for column, label in enumerate(_HEADER):
        sheet.write_string(0, column, label.in_(language), bold)
    write = sheet.write_string
    for row, cells in enumerate(_cells(folder, language), 1):
        for column, cell in enumerate(cells):
            if cell:
                write(row, column, cell)
    summary = book.add_worksheet(COUNTS.in_(language))
    summary.set_column(0, 1, 28)
    for row, cells in enumerate(_told(folder, language)):
        for column, cell in enumerate(cells):
            summary.write_string(row, column, cell)
    book.close()
