"""Reading a bill of materials out of whatever file it came in: to rows of texts, none dropped. What they mean is not known here."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import orjson

from registry.desks.bills.columns import BILL, Kind, guess
from registry.errors import BadInput, Finding, TooLarge
from registry.words import Text

MOST_LINES, MOST_COLUMNS, MOST_CELL = 50_000, 64, 500
MOST_ROWS = 99_999  # blank ones, titles and headers among them
MOST_SHEETS, MOST_MERGED = 8, 1_000_000
MOST_UNPACKED = 200_000_000  # octets that a workbook may unpack to
DELIMITERS = ",;\t|"
XLSX, JSON = b"PK\x03\x04", (b"[", b"{")
# The place of a cell beyond column BL (64) or row 99,999, or of such a row; each is sought in a time that grows with the file.
_FAR = re.compile(rb"""\sr\s*=\s*["']\s*(?:[A-Z]{3}|[C-Z][A-Z]\d|B[M-Z]\d|[A-Z]{0,2}\d{6})""", re.IGNORECASE)
_FILLED = re.compile(rb"[<:](?:v|f|is)[\s>]")
_QUOTED_FORMULA = re.compile(r'="([^"]*)"')
# What begins like this is no table: a code for tests and words for people.
_OTHERS = (
    (b"\xd0\xcf\x11\xe0", Text("这是旧版 Excel 文件（.xls）或加密的工作簿。", "This is an old Excel file (.xls) or a locked workbook.")),
    (b"%PDF", Text("这是 PDF，不是表格。", "This is a PDF, not a table.")),
    (b"\x89PNG", Text("这是图片，不是表格。", "This is a picture, not a table.")),
    (b"\xff\xd8\xff", Text("这是图片，不是表格。", "This is a picture, not a table.")),
    (b"Rar!", Text("这是压缩包，不是表格。", "This is an archive, not a table.")),
    (b"7z\xbc\xaf", Text("这是压缩包，不是表格。", "This is an archive, not a table.")),
)

Rows = list[list[str]]


@dataclass(frozen=True)
class Table:
    """The rows of a file, and of which of its sheets; row N of the sheet is item N-1, blank rows stand."""

    rows: Rows
    sheet: str = ""
    sheets: tuple[str, ...] = ()


def read_table(content: bytes, sheet: str | None = None, kind: Kind = BILL) -> Table:
    """The cells, as texts, of a workbook (XLSX), of text (CSV, pasted cells; UTF-8, UTF-16 or GB18030) or of a JSON list.

    BadInput for what is none of these; TooLarge. Both say what to do.
    """
    check_readable(content)
    table = _workbook(content, sheet, kind) if content.startswith(XLSX) else Table(_json(content) if content.lstrip()[:1] in JSON else _text(content))
    while table.rows and not any(table.rows[-1]):
        table.rows.pop()
    if len(table.rows) > MOST_ROWS:
        raise TooLarge(Text(f"最多 {MOST_LINES:,} 行物料，连同空行不超过 {MOST_ROWS:,} 行。",
                            f"At most {MOST_LINES:,} lines, and {MOST_ROWS:,} rows with the blank ones."),
                       action=Text("请拆分后分别核验。", "Split it and verify the parts."))
    return table


def check_readable(content: bytes) -> None:
    """BadInput for what is plainly no table, with what it is."""
    if not content.strip():
        raise _unreadable(Text("文件是空的。", "The file is empty."))
    for begins, words in _OTHERS:
        if content.startswith(begins):
            raise _unreadable(words)


def read_rows(content: bytes) -> Rows:
    """The rows alone, of the sheet that looks most like a bill."""
    return read_table(content).rows


def _workbook(content: bytes, wanted: str | None, kind: Kind) -> Table:
    """One sheet of a workbook: the one wanted, else the one whose columns are named best, else the longest."""
    from python_calamine import CalamineError, load_workbook  # only where a workbook is read

    try:
        _look_into(content)
        book = load_workbook(io.BytesIO(content))
        names = [sheet.name for sheet in book.sheets_metadata if str(sheet.visible).endswith("Visible")] or list(book.sheet_names)
        sheets = {name: book.get_sheet_by_name(name) for name in ([wanted] if wanted in names else names[:MOST_SHEETS])}
        read = {name: _sheet_rows(sheet) for name, sheet in sheets.items()}
    except (CalamineError, zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise _unreadable(Text("工作簿无法读取，可能已损坏或加密。", "The workbook cannot be read: it is damaged or locked."),
                          Text("请用电子表格软件打开，另存为 XLSX 后再上传。", "Open it in a spreadsheet program, save it as XLSX, upload that.")) from error
    best = max(read, key=lambda name: (len(guess(read[name], kind).columns), len(read[name])), default="")
    return Table(read.get(best, []), best, tuple(names))


def _sheet_rows(sheet: Any) -> Rows:
    rows = [[_cell(value) for value in row[:MOST_COLUMNS]] for row in sheet.to_python(skip_empty_area=False, nrows=MOST_ROWS + 1)]
    left = MOST_MERGED
    for (top, column), (bottom, _) in sheet.merged_cell_ranges or ():
        last = min(bottom, len(rows) - 1, top + left)
        if column >= MOST_COLUMNS or last <= top or column >= len(rows[top]):
            continue
        left -= last - top
        for row in rows[top + 1:last + 1]:  # what was merged downwards holds for each of its rows
            row[column] = row[column] or rows[top][column]
    return rows


def _look_into(content: bytes) -> None:
    """Refuse what would take far more room than it says, before anything is made of it: a sheet is laid out as a whole rectangle."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        names = set(packed.namelist())
        if "xl/workbook.xml" not in names or names & {"content.xml", "xl/workbook.bin"}:
            raise zipfile.BadZipFile("no workbook")
        if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
            raise TooLarge(Text("工作簿解压后过大。", "The workbook unpacks to too much."),
                           action=Text("请只保留物料清单一个工作表，另存后再上传。", "Keep the sheet with the bill alone, and upload that."))
        if any(_reaches_far(packed.read(part)) for part in packed.infolist()):  # read whole, its length and its sum are checked
            raise TooLarge(Text(f"工作表中有内容超出第 {MOST_COLUMNS} 列或第 99,999 行。",
                                f"Something stands beyond column {MOST_COLUMNS} or row 99,999 of a sheet."),
                           action=Text("请删除远处的单元格，或把清单复制到新的工作表。", "Delete what stands far away, or copy the bill to a new sheet."))


def _reaches_far(part: bytes) -> bool:
    """Whether a cell with anything in it lies far out. Cells and rows that are only coloured count for nothing."""
    for found in _FAR.finditer(part):
        end = part.find(b">", found.end(), found.end() + 2000)
        if end >= 0 and part[end - 1:end] == b"/":
            continue
        is_row = found[0].rstrip(b"0123456789")[-1:] in (b'"', b"'", b" ")
        last = part.find(b"row>", end) if is_row and end >= 0 and b"<!" not in part else -1
        if last < 0 or _FILLED.search(part, end, last):
            return True
    return False


def _json(content: bytes) -> Rows:
    """A list of objects (their keys are the header) or of lists."""
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise _unreadable(Text("JSON 无法解析。", "This is no JSON.")) from error
    lines = found.get("lines") if isinstance(found, dict) else found
    if not isinstance(lines, list) or not all(isinstance(line, dict | list) for line in lines):
        raise _unreadable(Text("JSON 应为对象或数组的列表。", "The JSON must be a list of objects or of lists."))
    keys = list(dict.fromkeys(key for line in lines if isinstance(line, dict) for key in line))[:MOST_COLUMNS]
    rows = [[_cell(line.get(key)) for key in keys] if isinstance(line, dict) else [_cell(value) for value in line[:MOST_COLUMNS]] for line in lines]
    return [[str(key)[:MOST_CELL] for key in keys], *rows] if keys else rows


def _text(content: bytes) -> Rows:
    return list(text_rows(content))


def text_rows(content: bytes) -> Iterator[list[str]]:
    """The rows of a text, one after another, however many. BadInput where it is no table."""
    text = _decoded(content)
    sample = "\n".join(line for line in text[:100_000].splitlines()[:50] if line.strip())
    delimiter = max(DELIMITERS, key=lambda mark: (sum(min(line.count(mark), 5) for line in sample.splitlines()), mark == "\t"))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    try:
        for row in reader:
            yield [_cell(value) for value in row[:MOST_COLUMNS]]
    except csv.Error as error:
        raise _unreadable(Text(f"第 {reader.line_num} 行附近无法按表格读取。", f"Near line {reader.line_num} it cannot be read as a table.")) from error


def _decoded(content: bytes) -> str:
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _unreadable(Text("文字编码无法识别，请另存为 UTF-8 或 GB18030。", "The encoding is not known: save it as UTF-8 or GB18030."))


def _cell(value: Any) -> str:
    """A cell as a person reads it: 12.0 is 12, a moment at midnight is a day."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case date() | datetime() | time() | timedelta():
            return str(value)
    text = str(value).replace("\x00", "").strip()
    if text.startswith('="') and (quoted := _QUOTED_FORMULA.fullmatch(text)):  # how text is kept from becoming a number in CSV
        text = quoted[1].strip()
    return " ".join(text.split())[:MOST_CELL] if "\n" in text or "\t" in text else text[:MOST_CELL]


def _unreadable(message: Text, action: Text | None = None) -> BadInput:
    action = action or Text("请上传 XLSX、CSV 或 JSON，或直接粘贴单元格。", "Send XLSX, CSV or JSON, or paste the cells.")
    return BadInput(message, action=action, findings=[Finding("file", "unreadable", message, action)])
