"""Pages for what is signed: a receipt to be kept, a place where anybody shows one, and the DID document by which it verifies."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from registry.desks import examinations, keys, receipts
from registry.desks.statement_prints import print_receipt
from registry.errors import BadInput, Finding
from registry.law.verdicts import AXIS_LABELS, OUTCOME_LABELS
from registry.seal.statements import RECEIPT
from registry.words import Text
from web.counter import ANYONE, open_to, reading, this_office
from web.limits import stating, uploading
from web.pages.acts import given, refuse, upload
from web.pages.verification import read_question
from web.wire import disposition, dumps

pages = Blueprint("receipts", __name__)
DID_DOCUMENT = "application/did+json"
INSTANTS = ("issued_at", "known_at", "as_of")
# How a stranger verifies a receipt, with PyJWT; the tests run it.
SAMPLE = """\
import json, pathlib, jwt  # PyJWT, cryptography
did, kept = (json.loads(pathlib.Path(name).read_bytes()) for name in ("did.json", "receipt.json"))
keys = {m["id"]: jwt.PyJWK(m["publicKeyJwk"]) for m in did["verificationMethod"] if "publicKeyJwk" in m}
told = jwt.decode_complete(kept["signed"], keys[jwt.get_unverified_header(kept["signed"])["kid"]], ["ES256"])
assert told["header"]["typ"] == "verification-receipt+jwt"; print(told["payload"])
"""


@pages.get("/.well-known/did.json")
@open_to(ANYONE)
def did_document() -> Response:
    """The DID document of this register: with its lists empty where there is no key."""
    response = Response(dumps(this_office().keys.document()), content_type=DID_DOCUMENT)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "public, max-age=300"
    response.add_etag()
    return cast(Response, response.make_conditional(request))


@pages.get("/verify/receipt.<any(json, pdf):form>")
@stating
@open_to(ANYONE)
def receipt(form: str) -> Response:
    """The answer to the question in the address, signed, to be kept: as JSON, or as a PDF that has the JSON attached."""
    office, asked = this_office(), read_question()
    with reading() as r:
        made = receipts.write_receipt(r, office.keys, office.glance, asked)
        if form == "pdf":
            return keep(**print_receipt(r, made))
    return keep(dumps(made), f"{RECEIPT}-{made['statement']['asked']['number']}.json", "application/json")


def keep(content: bytes, filename: str, media_type: str) -> Response:
    """A file to be kept by whoever asked, and by no cache."""
    response = Response(content, content_type=media_type)
    response.headers["Content-Disposition"] = disposition("attachment", filename)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@pages.get("/receipts")
@open_to(ANYONE)
def show() -> str:
    return _page(None)


@pages.post("/receipts")
@uploading
@open_to(ANYONE)
def examine() -> ResponseReturnValue:
    """What is to be said of a file or a text that is shown. Nothing of it is kept."""
    _, content = upload("file")
    pasted = given("signed")
    if content is None and not pasted.strip():
        message = Text("请选择文件，或粘贴签名文字。", "Choose a file, or paste the signed text.")
        return refuse(BadInput(message, findings=[Finding("file", "missing", message)]), url_for(".show"), show)
    office = this_office()
    with reading() as r:
        told = examinations.examine(r, office.keys, office.bills, content if content is not None else pasted.encode("utf-8", "replace"))
    response = Response(_page(told))
    response.headers["Cache-Control"] = "no-store"
    return response


def _page(told: examinations.Told | None) -> str:
    ring = this_office().keys
    return render_template("public/receipts.html", told=told, statement=_spoken(told.statement) if told else None, keys=keys.list_keys(ring),
                           axis_labels=AXIS_LABELS, outcome_labels=OUTCOME_LABELS, sample=SAMPLE, kid=ring.kid(told.key) if told and told.key else "")


def _spoken(value: Any, name: str = "") -> Any:
    """What a statement holds as the pages show it: texts in the reader's language, instants on the office's clock."""
    if isinstance(value, dict):
        return Text(**value) if value.keys() == {"zh", "en"} else {key: _spoken(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_spoken(item) for item in value]
    return datetime.fromisoformat(value) if value and name in INSTANTS else value
