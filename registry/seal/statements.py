"""Signed statements: what this register says to be kept, and whether something that is shown is one of them. Pure functions of bytes.

A statement travels as a compact JWS over its canonical JSON (RFC 8785). Its kind stands in the header's `typ`, so that none is taken
for another kind, nor for a credential. What a statement says is the desks' business.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import orjson
import rfc8785
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from registry.seal.keys import ES256, MOST_PAYLOAD, SIGNATURES, Keyring
from registry.words import Text

RECEIPT, BILL_REPORT = "verification-receipt", "bill-report"
KINDS = {RECEIPT: Text("核验回执", "Receipt of a verification"), BILL_REPORT: Text("物料清单核验报告", "Report on a bill of materials")}
# Of a PDF: parts that are looked at, those that look like an envelope, octets that one may unpack to.
MOST_PARTS, MOST_TRIED, MOST_OPENED = 20_000, 5, 20_000_000
MEMBERS = {"format", "signed", "statement", "lines"}
_COMPACT = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_STREAM = re.compile(rb"stream\r?\n")

NO_STATEMENT = Text("这里没有签名文件：应为下载的 JSON、PDF，或以两个句点分成三段的签名文字。",
                    "There is no signed statement here: a downloaded JSON or PDF, or the signed text of three parts with two dots, is expected.")
OTHER_KIND = Text("这是别的签名文件，不是核验回执或清单报告。", "This was signed as something else; it is neither a receipt nor a report.")
OTHER_ISSUER = Text("签发者是 {issuer}，与所给的 DID 文件（{did}）不符。", "It was issued by {issuer}; the DID document is that of {did}.")
NO_KEY = Text("DID 文件中没有所称的密钥 {kid}：签名不能认可。", "The DID document has no key {kid}: the signature counts for nothing.")
BROKEN = Text("签名不符：内容在签发后被改动过，或签名是伪造的。", "The signature does not fit: it was changed after it was signed, or is forged.")
CHANGED = Text("签名本身有效，但可读部分与所签内容不一致，被改动过。",
               "What was signed is genuine, but the readable part beside it says something else: it was changed.")
LINES_CHANGED = Text("签名本身有效，但逐行结果与所签的摘要不一致，被改动过。",
                     "What was signed is genuine, but the lines beside it are not those that it speaks of.")
MALFORMED = Text("签名有效，但内容不合本登记机关的格式。", "The signature fits, but this is not how the register writes a statement.")


class NotGenuine(Exception):
    """Why something shown is not what this register signed: a code, and words."""

    def __init__(self, code: str, reason: Text) -> None:
        super().__init__(reason.en)
        self.code, self.reason = code, reason


@dataclass(frozen=True)
class Envelope:
    """What was found in a file: the signed text, and what stands readable beside it, if anything does."""

    signed: str
    statement: Any = None
    lines: list[Any] | None = None
    form: Any = None


@dataclass(frozen=True)
class Genuine:
    """A statement whose signature fits, and the key that made it."""

    kind: str
    kid: str
    statement: dict[str, Any]
    lines: list[Any] | None = None


def form_of(kind: str) -> str:
    """The `format` of a file that holds a statement."""
    return f"registry-{kind}/1"


def plain(value: Any) -> Any:
    """`value` as plain JSON: texts in both languages, days and instants in ISO 8601 (UTC with Z)."""
    return orjson.loads(orjson.dumps(value, default=_plain, option=orjson.OPT_UTC_Z))


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return value._asdict() if hasattr(value, "_asdict") else list(value)
    raise TypeError(f"{type(value).__name__} has no form in a statement")


def sign(ring: Keyring, kind: str, said: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """What is said, signed as `kind`: the compact JWS, and the statement as it was signed. CannotSign."""
    statement: dict[str, Any] = {"v": 1, "type": kind} | plain(said)
    return ring.sign({"typ": f"{kind}+jwt", "cty": "json"}, rfc8785.dumps(statement)), statement


def digest_of_lines(lines: Iterable[Any]) -> str:
    """SHA-256 over the canonical JSON of each line and a line feed after it.

    orjson with sorted keys is canonical for what lines hold: texts, whole numbers, true, false, null, keys in ASCII.
    """
    found = hashlib.sha256()
    for line in lines:
        found.update(orjson.dumps(line, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE))
    return found.hexdigest()


def open_envelope(content: bytes) -> Envelope:
    """What is in a file, a PDF with one attached, or a text that was pasted. NotGenuine where nothing of the kind is there."""
    text = content.strip().removeprefix(b"\xef\xbb\xbf")
    if text.startswith(b"%PDF"):
        text = next(_attached(text), b"")
    if text.startswith(b"{"):
        return _of_json(text)
    bare = b"".join(text.split())  # as mails and prints break it
    if len(bare) > MOST_PAYLOAD + 2000 or not _COMPACT.fullmatch(bare):
        raise NotGenuine("nothing", NO_STATEMENT)
    return Envelope(bare.decode())


def _of_json(text: bytes) -> Envelope:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise NotGenuine("nothing", NO_STATEMENT) from None
    signed, lines = found.get("signed"), found.get("lines")
    if not isinstance(signed, str) or not _COMPACT.fullmatch(signed.encode("utf-8", "replace")) or not isinstance(lines, list | None):
        raise NotGenuine("nothing", NO_STATEMENT)
    if not found.keys() <= MEMBERS:  # nothing stands beside what was signed that was not
        raise NotGenuine("changed", CHANGED)
    return Envelope(signed, found.get("statement"), lines, found.get("format"))


def _attached(pdf: bytes) -> Iterator[bytes]:
    """The parts of a PDF that unpack to what may be an envelope."""
    view, tried = memoryview(pdf), 0
    for place in islice(_STREAM.finditer(pdf), MOST_PARTS):
        try:
            if b'"signed"' in zlib.decompressobj().decompress(view[place.end():place.end() + 1024], 100) and (tried := tried + 1) <= MOST_TRIED:
                yield zlib.decompressobj().decompress(view[place.end():], MOST_OPENED)
        except zlib.error:
            continue


def check(envelope: Envelope, did_document: Mapping[str, Any]) -> Genuine:
    """The statement in an envelope, if the key that its header names is in the DID document and its signature fits. NotGenuine."""
    header = read_header(envelope.signed)
    kind = str(header.get("typ")).removesuffix("+jwt")
    if header.get("alg") != ES256 or header.get("typ") != f"{kind}+jwt" or kind not in KINDS or "crit" in header:
        raise NotGenuine("other-kind", OTHER_KIND)
    kid, issuer, did = str(header.get("kid")), header.get("iss"), did_document.get("id")
    if issuer != did or not kid.startswith(f"{did}#"):
        raise NotGenuine("other-issuer", OTHER_ISSUER.with_(issuer=str(issuer)[:200], did=str(did)[:200]))
    try:
        payload = jws.deserialize_compact(envelope.signed, public_key(did_document, kid), registry=SIGNATURES).payload
    except (JoseError, ValueError) as fault:
        raise NotGenuine("broken", BROKEN) from fault
    statement = _statement(payload, kind)
    if envelope.form not in (None, form_of(kind)) or (envelope.statement is not None and envelope.statement != statement):
        raise NotGenuine("changed", CHANGED)
    if envelope.lines is not None and not _are_those(envelope.lines, statement.get("lines")):
        raise NotGenuine("lines-changed", LINES_CHANGED)
    return Genuine(kind, kid, statement, envelope.lines)


def read_header(signed: str) -> dict[str, Any]:
    """The header of a compact JWS. NotGenuine for what is none."""
    try:
        header = jws.extract_compact(signed.encode(), registry=SIGNATURES).headers()
    except (JoseError, ValueError):
        raise NotGenuine("nothing", NO_STATEMENT) from None
    return dict(header)


def public_key(did_document: Mapping[str, Any], kid: str) -> ECKey:
    """The ES256 key of that name that a DID document publishes. NotGenuine."""
    methods, assertion = did_document.get("verificationMethod"), did_document.get("assertionMethod")
    for method in methods if isinstance(methods, list) and isinstance(assertion, list) and kid in assertion else ():
        public = method.get("publicKeyJwk") if isinstance(method, dict) and method.get("id") == kid else None
        if isinstance(public, dict) and (public.get("kty"), public.get("crv")) == ("EC", "P-256"):
            return ECKey.import_key({"kty": "EC", "crv": "P-256", "x": str(public.get("x")), "y": str(public.get("y"))})
    raise NotGenuine("no-key", NO_KEY.with_(kid=kid[:200]))


def _statement(payload: bytes, kind: str) -> dict[str, Any]:
    """The statement in a payload that was signed: of the kind that the header says, and canonical to the byte."""
    try:
        found = orjson.loads(payload)
        if isinstance(found, dict) and found.get("type") == kind and rfc8785.dumps(found) == payload:
            return found
    except (orjson.JSONDecodeError, rfc8785.CanonicalizationError):
        pass
    raise NotGenuine("malformed", MALFORMED)


def _are_those(lines: list[Any], told: Any) -> bool:
    """Whether these are the lines that a statement speaks of."""
    try:
        return isinstance(told, dict) and (told.get("count"), told.get("sha256")) == (len(lines), digest_of_lines(lines))
    except orjson.JSONEncodeError:  # nested deeper than any line of ours
        return False
