"""For whoever follows the register from elsewhere: an Atom feed of changes, a badge for a maker's own page, the open data."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from registry.clock import OFFICE_ZONE
from registry.desks import enquiries, verifications
from registry.desks import open_data as files
from registry.desks.enquiries import register
from registry.desks.verifications import Asked
from registry.errors import NotFound
from registry.law.verdicts import OUTCOME_LABELS
from registry.words import Text
from web.counter import ANYONE, language, open_to, reading, this_office

pages = Blueprint("following", __name__)
ATOM = "http://www.w3.org/2005/Atom"
FILTERS = ("certificate", "holder", "regulation", "product_class")
# Of a badge: the width of a character by its kind, in pixels, and the colours by standing. Words are in both languages.
WIDE, NARROW, PADDING = 12, 7, 16
NO_EDITION = NotFound(Text("没有这一期开放数据，或已过保存期。", "There is no such edition of the open data, or it is past its time."))
COLOURS = {"valid": "#1b6e3c", "suspended": "#8a5a00", "not_yet_valid": "#1d4a7a"}


@pages.get("/changes.atom")
@open_to(ANYONE)
def atom() -> Response:
    """The newest changes; of one certificate, holder, regulation or class where the address says so."""
    of: dict[str, Any] = {name: request.args.get(name) or None for name in FILTERS}
    with reading() as r:
        found, base, now = enquiries.newest_changes(r, **of), r.settings.public_base_url.rstrip("/"), r.now
        title = r.law.site_name()
    query = "&".join(f"{name}={value}" for name, value in of.items() if value)
    return write_feed(found, title, now, base, f"{base}/changes.atom" + (f"?{query}" if query else ""))


def write_feed(found: list[dict[str, Any]], title: Text, now: datetime, base: str, here: str, name: str = "") -> Response:
    """The changes as an Atom feed at the address `here`, which is also its id unless it has a `name`: an address may be a secret."""
    feed = Element("feed", {"xmlns": ATOM, "xml:lang": "zh-CN"})
    SubElement(feed, "id").text = name or here
    SubElement(feed, "title").text = f"{title.zh} {title.en}"
    SubElement(feed, "updated").text = _instant(found[0]["at"] if found else now)
    SubElement(feed, "link", {"rel": "self", "href": here})
    for x in found:
        entry = SubElement(feed, "entry")
        SubElement(entry, "id").text = f"{base}/c/{x['certificate']}#{x['cursor']}"
        SubElement(entry, "title").text = f"{x['certificate']} {x['label'].zh} {x['label'].en}: {x['product']}"
        SubElement(entry, "updated").text = _instant(x["at"])
        SubElement(entry, "link", {"href": f"{base}/c/{x['certificate']}"})
        author = SubElement(entry, "author")
        SubElement(author, "name").text = title.zh
        after = x["after_label"]
        SubElement(entry, "summary").text = f"{x['holder']['name']} {x['holder']['credit_code']}" + (f" → {after.zh} {after.en}" if after else "")
    body = b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(feed, encoding="utf-8")
    return Response(body, content_type="application/atom+xml; charset=utf-8")


@pages.get("/c/<number>/badge.svg")
@open_to(ANYONE)
def badge(number: str) -> Response:
    """The standing of a certificate at this moment, as a picture that other pages may show. Never to be kept."""
    office = this_office()
    told = verifications.verify(office.glance, office.law, office.now(), Asked(number[:80]))
    label, word = told["number"], told["standing_label"]
    said = (word or OUTCOME_LABELS[told["outcome"]]).in_(language())
    left, right = _width(label), _width(said)
    svg = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "width": str(left + right), "height": "28", "role": "img",
                          "aria-label": f"{label}: {said}"})
    SubElement(svg, "title").text = f"{label}: {said}"
    SubElement(svg, "rect", {"width": str(left), "height": "28", "fill": "#14365a"})
    SubElement(svg, "rect", {"x": str(left), "width": str(right), "height": "28", "fill": COLOURS.get(told["standing"] or "", "#8b1a1a")})
    for x, text in ((left / 2, label), (left + right / 2, said)):
        SubElement(svg, "text", {"x": f"{x:g}", "y": "18.5", "fill": "#fff", "font-size": "12", "text-anchor": "middle",
                                 "font-family": "sans-serif"}).text = text
    response = Response(tostring(svg, encoding="utf-8"), content_type="image/svg+xml; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@pages.get("/open-data")
@open_to(ANYONE)
def open_data() -> str:
    """What can be taken away, what each column means, under which licence; how to follow what changes."""
    with reading() as r:
        days = files.list_editions(r.settings.data)
        return render_template("public/open_data.html", about=register.describe_register(r), editions=days,
                               manifest=files.read_manifest(r.settings.data, days[0]) if days else None)  # fmt: skip


@pages.get("/open-data/latest/<name>")
@open_to(ANYONE)
def latest(name: str) -> ResponseReturnValue:
    """To the file of the newest edition, at its own lasting address."""
    days = files.list_editions(this_office().settings.data)
    if not days or name not in files.NAMES:
        raise NO_EDITION
    response = redirect(url_for(".edition", day=days[0], name=name))
    response.headers["Cache-Control"] = "no-cache"
    return response


@pages.get("/open-data/<day>/<name>")
@open_to(ANYONE)
def edition(day: str, name: str) -> ResponseReturnValue:
    """One file of an edition, in parts where asked for; it never changes."""
    if (found := files.find_file(this_office().settings.data, day, name)) is None:
        raise NO_EDITION
    path, known = found
    digest = known.get("sha256") or files.digest_of(path)
    response = send_file(path.absolute(), files.NAMES[name], download_name=name, conditional=True, etag=digest, max_age=31536000)
    response.headers["Repr-Digest"] = f"sha-256=:{base64.b64encode(bytes.fromhex(digest)).decode()}:"
    response.cache_control.public, response.cache_control.immutable = True, True
    return response


def _width(text: str) -> int:
    return PADDING + sum(WIDE if ord(c) > 255 else NARROW for c in text)


def _instant(at: datetime) -> str:
    return at.astimezone(OFFICE_ZONE).isoformat(timespec="seconds")
