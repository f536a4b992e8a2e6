"""What a file really is, by its content. The name it came with only has to agree; nothing is opened or run."""

from __future__ import annotations

import io
import zipfile

import puremagic

from registry.errors import BadInput, Finding, TooLarge, WrongType
from registry.words import Text

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "ofd": "application/ofd",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_INSIDE = {"ofd": "OFD.xml", "docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
_SUFFIXES = {"jpeg": "jpg"}
EVIDENCE_TYPES = ("pdf", "png", "jpg", "ofd")


def sniff(content: bytes) -> str | None:
    """pdf, png, jpg, ofd, docx or xlsx, whole from head to tail; None for anything else."""
    if content.startswith(b"%PDF-"):
        return "pdf" if b"%%EOF" in content[-2048:] else None
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png" if b"IEND" in content[-64:] else None
    if content.startswith(b"\xff\xd8\xff"):
        return "jpg" if b"\xff\xd9" in content[-64:] else None
    if content.startswith(b"PK\x03\x04"):
        return _zipped(content)
    return None


def admit(field: str, filename: str, content: bytes, accepted: tuple[str, ...], most_bytes: int) -> tuple[str, str]:
    """Check one uploaded file; returns (its name without any path, its media type).

    BadInput for an empty file or an unusable name, TooLarge, WrongType saying what it is and what is accepted.
    """
    name = filename.replace("\\", "/").rsplit("/", 1)[-1].strip()
    if not name or len(name) > 255 or not name.isprintable():
        raise _bad(field, "bad-name", Text("文件名缺失、过长或含有控制字符。", "The file name is missing, too long or has control characters."))
    if not content:
        raise _bad(field, "empty-file", Text(f"文件“{name}”是空的。", f"The file “{name}” is empty."))
    if len(content) > most_bytes:
        raise too_large(most_bytes)
    kind = sniff(content)
    suffix = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if kind is None or kind not in accepted or _SUFFIXES.get(suffix, suffix) != kind:
        raise _wrong(field, name, content, kind, accepted)
    return name, MEDIA_TYPES[kind]


def too_large(most_bytes: int) -> TooLarge:
    """What is said of a file, or a request, above the limit."""
    most = most_bytes // (1024 * 1024)
    return TooLarge(
        Text(f"文件超过 {most} MB 上限。", f"The file is larger than {most} MB."),
        action=Text("请压缩或拆分后上传。", "Compress or split it, then upload again."),
    )


def _wrong(field: str, name: str, content: bytes, kind: str | None, accepted: tuple[str, ...]) -> WrongType:
    guessed = kind or _guess(content)
    looks = Text(guessed, guessed) if guessed else Text("无法识别的内容", "of no kind that is known here")
    wanted = "、".join(accepted).upper()
    message = Text(
        "“{name}”的内容是{looks}，与文件名或要求不符；此处接受 {wanted}。",
        "The content of “{name}” is {looks}, which does not agree with its name or with what is accepted here: {wanted}.",
    ).with_(name=name, looks=looks, wanted=wanted)
    return WrongType(message, action=Text("请上传内容与后缀一致的文件。", "Upload a file whose content and suffix agree."),
                     findings=[Finding(field, "wrong-type", message)])


def _guess(content: bytes) -> str:
    try:
        return puremagic.from_string(content[:4096]).lstrip(".")
    except (puremagic.PureError, ValueError):
        return ""


def _zipped(content: bytes) -> str | None:
    try:
        names = set(zipfile.ZipFile(io.BytesIO(content)).namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    return next((kind for kind, inside in _INSIDE.items() if inside in names), None)


def _bad(field: str, code: str, message: Text) -> BadInput:
    return BadInput(message, findings=[Finding(field, code, message)])
