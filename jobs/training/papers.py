"""Small real PDF documents for the training office's dossiers. One page, black on white; not the registry's own PDFs."""

from __future__ import annotations

from collections.abc import Sequence

MOST_LINES = 36


def write_pdf(title: str, lines: Sequence[str]) -> bytes:
    """A PDF 1.4 of one A4 page with `title` and `lines` in Chinese or English. The same words give the same bytes.

    Fonts are named, not embedded: Helvetica, and STSong-Light, one of the CJK fonts that PDF readers bring along.
    """
    text = ["BT", "72 770 Td", _shown(title, 18), "0 -34 Td"]
    for line in lines[:MOST_LINES]:
        text += [_shown(line, 11), "0 -19 Td"]
    stream = "\n".join([*text, "ET"]).encode()
    return _assemble([
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R /F2 8 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [6 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /FontDescriptor 7 0 R"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /DW 1000 >>",
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0"
        b" /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ])


def _shown(text: str, size: int) -> str:
    """The operators that show one line: plain Latin in Helvetica, all else in the Chinese font."""
    if text.isascii():
        return f"/F2 {size} Tf <{text.encode('ascii').hex().upper()}> Tj"
    return f"/F1 {size} Tf <{text.encode('utf-16-be').hex().upper()}> Tj"


def _assemble(objects: Sequence[bytes]) -> bytes:
    """The file: header, numbered objects, cross-reference table with their offsets, trailer."""
    out, offsets = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return bytes(out + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
