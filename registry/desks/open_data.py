"""The register as files for anyone: written in one pass and one moment, described from one schema, kept as dated editions.

An edition is a folder of DATA/open-data named by its day. It is written beside its place and renamed into it: it is there
whole or not at all, and never changes afterwards. What a row says is decided in `enquiries.register`, not here.
"""

from __future__ import annotations

import csv
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Protocol

import orjson

from registry.desks.bills.sheets import MEDIA_TYPES, harmless
from registry.desks.enquiries.register import COLUMNS, describe_register, list_register
from registry.registrar import Registrar
from registry.words import Text

FORMS = {"csv": MEDIA_TYPES["csv"], "jsonl": "application/jsonl", "xlsx": MEDIA_TYPES["xlsx"]}
MANIFEST, DICTIONARY, DATASET = "manifest.json", "register.csv-metadata.json", "dataset.jsonld"
NAMES = {f"register.{form}": media for form, media in FORMS.items()} | {
    MANIFEST: "application/json", DICTIONARY: "application/csvm+json", DATASET: "application/ld+json"}
ROWS_A_SHEET = 1_000_000  # a sheet of the format ends at 1,048,576 rows; what is more goes to a further sheet
CELL = 32_767  # characters that a cell of the format holds
TITLE = Text("认定证书登记簿", "The register of certificates")
ABOUT = Text("全部认定证书及其在取数之日的效力状态。不含个人信息。", "Every certificate and its standing on the day of the data. No person stands in it.")
_EDITION = re.compile(r"\d{4}-\d{2}-\d{2}")
_PART = ".part-"


# ------------------------------------------------------------------------------------------------------------- the files


class _Writer(Protocol):
    def write(self, row: Mapping[str, str]) -> None: ...
    def close(self) -> None: ...


class _Csv:
    """UTF-8 with BOM, CRLF; what a spreadsheet would take for a formula has an apostrophe before it."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._out = csv.writer(self._file, lineterminator="\r\n")
        self._out.writerow(COLUMNS)

    def write(self, row: Mapping[str, str]) -> None:
        self._out.writerow([harmless(row[name]) for name in COLUMNS])

    def close(self) -> None:
        self._file.close()


class _Jsonl:
    """One object a line, its members in the order of the columns."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")

    def write(self, row: Mapping[str, str]) -> None:
        self._file.write(orjson.dumps({name: row[name] for name in COLUMNS}) + b"\n")

    def close(self) -> None:
        self._file.close()


class _Xlsx:
    """Every cell is a text; a further sheet where one is full, each with the header."""

    def __init__(self, path: Path) -> None:
        import xlsxwriter  # only where a workbook is written

        self._book = xlsxwriter.Workbook(path, {"constant_memory": True, "tmpdir": str(path.parent), "strings_to_formulas": False,
                                                "strings_to_urls": False, "strings_to_numbers": False, "use_zip64": True})
        self._sheets = self._row = 0
        self._begin_sheet()

    def _begin_sheet(self) -> None:
        self._sheets += 1
        self._sheet = self._book.add_worksheet("register" if self._sheets == 1 else f"register {self._sheets}")
        self._row = 0
        self._put(COLUMNS)

    def _put(self, cells: Iterable[str]) -> None:
        for column, cell in enumerate(cells):
            self._sheet.write_string(self._row, column, cell if len(cell) <= CELL else cell[: CELL - 1] + "…")

    def write(self, row: Mapping[str, str]) -> None:
        if self._row == ROWS_A_SHEET:
            self._begin_sheet()
        self._row += 1
        self._put(row[name] for name in COLUMNS)

    def close(self) -> None:
        self._book.close()


_WRITERS: dict[str, Callable[[Path], _Writer]] = {"csv": _Csv, "jsonl": _Jsonl, "xlsx": _Xlsx}


def write_files(r: Registrar, folder: Path, forms: Iterable[str] = FORMS) -> int:
    """Write register.{form} of each form into `folder`, all from one reading of the register; returns the rows of each."""
    rows = 0
    with ExitStack() as kept:
        writers: list[_Writer] = []
        for form in forms:
            writers.append(writer := _WRITERS[form](folder / f"register.{form}"))
            kept.callback(writer.close)
        for row in list_register(r):
            rows += 1
            for writer in writers:
                writer.write(row)
    return rows


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# ---------------------------------------------------------------------------------------------------------- descriptions


def dictionary(base: str) -> dict[str, Any]:
    """The data dictionary as metadata of CSV on the Web (W3C), from the one table of columns."""
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "zh"}], "url": "register.csv", "dc:title": _both(TITLE),
        "dc:description": _both(ABOUT), "dialect": {"encoding": "utf-8", "header": True, "lineTerminators": ["\r\n", "\n"]},
        "tableSchema": {
            "columns": [
                {"name": name, "titles": name, "dc:description": _both(column.meaning), "datatype": column.kind, "required": column.required}
                | ({"separator": "|"} if column.several else {}) for name, column in COLUMNS.items()],
            "primaryKey": "number", "aboutUrl": f"{base}/c/{{number}}",
        },
    }  # fmt: skip


def dataset(base: str, manifest: Mapping[str, Any], publisher: Text) -> dict[str, Any]:
    """An edition as a dataset of the W3C's DCAT. A licence stands in it only where the office was told of one."""
    at = f"{base}/open-data/{manifest['edition']}"
    return {
        "@context": {"dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/", "foaf": "http://xmlns.com/foaf/0.1/",
                     "spdx": "http://spdx.org/rdf/terms#", "xsd": "http://www.w3.org/2001/XMLSchema#"},
        "@id": f"{base}/open-data", "@type": "dcat:Dataset", "dct:title": _both(TITLE), "dct:description": _both(ABOUT),
        "dct:identifier": f"{base}/open-data", "dct:issued": {"@value": manifest["edition"], "@type": "xsd:date"},
        "dct:modified": {"@value": manifest["as_of"], "@type": "xsd:dateTime"}, "dct:language": ["zh"],
        "dct:publisher": {"@type": "foaf:Agent", "foaf:name": _both(publisher)}, "dcat:landingPage": {"@id": f"{base}/open-data"},
        **({"dct:license": {"@id": manifest["licence"]}} if manifest["licence"] else {}),
        "dcat:distribution": [{
            "@type": "dcat:Distribution", "@id": f"{at}/{file['name']}", "dcat:downloadURL": {"@id": f"{at}/{file['name']}"},
            "dcat:mediaType": file["media_type"], "dcat:byteSize": file["bytes"], "dct:conformsTo": {"@id": f"{at}/{DICTIONARY}"},
            "spdx:checksum": {"@type": "spdx:Checksum", "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
                              "spdx:checksumValue": file["sha256"]},
        } for file in manifest["files"] if file["name"] != DICTIONARY],
    }  # fmt: skip


def _both(words: Text) -> list[dict[str, str]]:
    return [{"@value": words.zh, "@language": "zh"}, {"@value": words.en, "@language": "en"}]


# --------------------------------------------------------------------------------------------------------- the editions


def home_of(data: Path) -> Path:
    """Where the editions are kept."""
    return data / "open-data"


def list_editions(data: Path) -> list[str]:
    """The days of the editions kept, the newest first."""
    home = home_of(data)
    return sorted((x.name for x in home.iterdir() if _EDITION.fullmatch(x.name)), reverse=True) if home.is_dir() else []


def find_file(data: Path, edition: str, name: str) -> tuple[Path, dict[str, Any]] | None:
    """One file of an edition and what its manifest says of it; None for what is not kept."""
    path = home_of(data) / edition / name
    if not (_EDITION.fullmatch(edition) and name in NAMES and path.is_file()):
        return None
    return path, next((x for x in read_manifest(data, edition)["files"] if x["name"] == name), {})


def read_manifest(data: Path, edition: str) -> dict[str, Any]:
    """What an edition consists of, and of which state of the ledger it is."""
    found: dict[str, Any] = orjson.loads((home_of(data) / edition / MANIFEST).read_bytes())
    return found


def publish(r: Registrar) -> dict[str, Any] | None:
    """Write today's edition and return its manifest; None where it stands already: an edition is never written twice."""
    home = home_of(r.settings.data)
    target = home / str(r.today)
    if target.is_dir():
        return None
    with _beside(home) as part:
        rows, about, base = write_files(r, part), describe_register(r), r.settings.public_base_url.rstrip("/")
        _keep(part / DICTIONARY, dictionary(base))
        manifest: dict[str, Any] = {
            "edition": str(r.today), "as_of": r.now, "ledger_size": about["ledger_size"], "ledger_hash": about["ledger_hash"],
            "rows": rows, "licence": r.settings.open_data_licence or None,
            "files": [_described(path) for path in sorted(part.iterdir())],
        }  # fmt: skip
        manifest = orjson.loads(orjson.dumps(manifest))
        _keep(part / DATASET, dataset(base, manifest, r.law.site_name()))
        manifest["files"].append(_described(part / DATASET))
        _keep(part / MANIFEST, manifest)
        for path in part.iterdir():
            _settle(path)
        _settle(part)
        try:
            part.rename(target)
        except OSError:  # another process was first
            if not target.is_dir():
                raise
            return None
        _settle(home)
    return manifest


def remove_old(r: Registrar) -> int:
    """Remove the editions that are past their time, and what a run that died left; the newest edition always stays."""
    home, last = home_of(r.settings.data), r.today - timedelta(days=r.settings.open_data_days)
    old = [home / day for day in list_editions(r.settings.data)[1:] if date.fromisoformat(day) <= last]
    for path in old:
        shutil.rmtree(path, ignore_errors=True)
    return len(old)


@contextmanager
def _beside(home: Path) -> Iterator[Path]:
    """A folder to write in, gone afterwards unless it was renamed. What an earlier run that died left is removed first."""
    home.mkdir(parents=True, exist_ok=True)
    for left in home.glob(f"{_PART}*"):
        shutil.rmtree(left, ignore_errors=True)
    part = home / f"{_PART}{secrets.token_hex(4)}"
    part.mkdir()
    try:
        yield part
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _described(path: Path) -> dict[str, Any]:
    return {"name": path.name, "media_type": NAMES[path.name], "bytes": path.stat().st_size, "sha256": digest_of(path)}


def _keep(path: Path, content: Mapping[str, Any]) -> None:
    path.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def _settle(path: Path) -> None:
    """Have the machine put it on the disk before it is called there."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
