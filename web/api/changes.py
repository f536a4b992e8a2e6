"""The API's counter for following the register and taking it away whole."""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Iterator
from pathlib import Path

from flask import Response

from registry.desks import enquiries, open_data
from registry.desks.enquiries import register
from registry.registrar import Registrar
from registry.words import Text
from schemas import register as shapes
from web import limits
from web.api.operation import ANYONE, Desk, Found, open_to

CHUNK = 64 * 1024
desk = Desk("register", Text("变动与开放数据", "Changes and open data"))


@desk.reads("/changes", Text("证书变动", "Changes of certificates"),
            Text("按台账次序，不漏、不重、不乱序；以 next 继续，没有新变动时 next 不变。可按证书、持有企业、办法、类别筛选。",
                 "In the order of the ledger: none is lost, repeated or out of order. Go on with `next`, which stays when nothing is new. "
                 "By certificate, holder, regulation or class."),
            takes=shapes.ChangesQuery, gives=shapes.ChangesPage, limit=limits.searching)  # fmt: skip
@open_to(ANYONE)
def follow_changes(r: Registrar, given: Found) -> Found:
    return enquiries.search_changes(r, **given)


@desk.reads("/register", Text("开放数据说明", "About the open data"),
            Text("数据字典、使用许可、对应的台账位置。", "The data dictionary, the licence, and which state of the ledger it is."),
            gives=shapes.RegisterView)  # fmt: skip
@open_to(ANYONE)
def describe_register(r: Registrar, given: Found) -> Found:
    return register.describe_register(r)


@desk.reads("/register/csv", Text("全部证书（CSV）", "The whole register (CSV)"), Text("UTF-8，带 BOM；SHA-256 见 Repr-Digest。",
            "UTF-8 with BOM; its SHA-256 is in Repr-Digest."), limit=limits.searching)  # fmt: skip
@open_to(ANYONE)
def take_csv(r: Registrar, given: Found) -> Response:
    return _file(r, "csv")


@desk.reads("/register/jsonl", Text("全部证书（JSON Lines）", "The whole register (JSON Lines)"), limit=limits.searching)
@open_to(ANYONE)
def take_jsonl(r: Registrar, given: Found) -> Response:
    return _file(r, "jsonl")


@desk.reads("/register/xlsx", Text("全部证书（XLSX）", "The whole register (XLSX)"), limit=limits.searching)
@open_to(ANYONE)
def take_xlsx(r: Registrar, given: Found) -> Response:
    return _file(r, "xlsx")


def _file(r: Registrar, form: str) -> Response:
    """Written beside, then sent from the disk: the memory it takes does not grow with the register."""
    content = _written(r, form)
    digest = base64.b64encode(next(content)).decode()
    response = Response(content, content_type=open_data.FORMS[form])
    size = register.describe_register(r)["ledger_size"]
    response.headers.set("Content-Disposition", "attachment", filename=f"register-{size}.{form}")
    response.headers["Repr-Digest"] = f"sha-256=:{digest}:"
    return response


def _written(r: Registrar, form: str) -> Iterator[bytes]:
    """The SHA-256 of the file, then the file; what lies on the disk is gone when the answer is closed."""
    with tempfile.TemporaryDirectory(prefix="register-") as folder:
        open_data.write_files(r, Path(folder), [form])
        path = Path(folder) / f"register.{form}"
        yield bytes.fromhex(open_data.digest_of(path))
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk
