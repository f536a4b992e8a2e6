"""Certificates: anyone searches and reads them; their holder acts on the same page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import segno
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from registry.desks import applications, enquiries, watches
from registry.desks import certificates as desk
from registry.desks.enquiries.search import FACETS, SORTS
from registry.desks.verifications import Asked
from registry.errors import BadInput, Finding, NotFound
from registry.law.codes import check_fault, normalise_number
from registry.law.lifecycle import Role
from registry.law.verdicts import AXIS_LABELS
from registry.registrar import Registrar
from registry.words import Text
from web import limits
from web.counter import ANYONE, open_to, reading
from web.pages import verification
from web.pages.acts import act, given

pages = Blueprint("certificates", __name__)
SEARCHED = ("q", "holder", *FACETS, "sort")


@pages.get("/certificates")
@open_to(ANYONE)
@limits.searching
def certificates() -> ResponseReturnValue:
    """A search, each state of which has its address. Something that is a certificate's whole number leads straight to it."""
    asked = {name: value for name in SEARCHED if (value := request.args.get(name, "").strip())}
    wanted = normalise_number(asked.get("q", ""))
    with reading() as r:
        if wanted and "-" in wanted and check_fault(wanted) is None and _exists(r, wanted):
            return redirect(url_for(".certificate", number=wanted))
        page, refusal = None, None
        try:
            page = enquiries.search_certificates(r, **_terms(asked), facets=True, cursor=request.args.get("cursor") or None)
        except BadInput as fault:
            refusal = fault
        return render_template("public/certificates.html", page=page, refusal=refusal, asked=asked, facets=_facets(page, asked), sorts=SORTS,
                               law=r.law), 422 if refusal else 200  # fmt: skip


def _terms(asked: dict[str, str]) -> dict[str, Any]:
    """What is asked, as the desk takes it. BadInput where the year is none."""
    year = asked.get("year")
    if year and not (year.isdecimal() and len(year) == 4):
        message = Text("年份为四位数字。", "A year has four digits.")
        raise BadInput(message, findings=[Finding("year", "not-a-year", message)])
    return asked | ({"year": int(year)} if year else {})


def _facets(page: dict[str, Any] | None, asked: dict[str, Any]) -> list[dict[str, Any]]:
    """How what was found divides, each part with the address that asks for it alone, or, where it is asked for, no longer."""
    shown = []
    for facet in page["facets"] if page else ():
        chosen = asked.get(facet["key"])
        others: dict[str, Any] = {name: value for name, value in asked.items() if name != facet["key"]}
        without = url_for(".certificates", **others)
        values = []
        for value in facet["values"]:
            alone = others | {facet["key"]: value["value"]} | {name: value[name] for name in ("regulation",) if name in value}
            is_chosen = value["value"] == chosen
            values.append(value | {"chosen": is_chosen, "href": without if is_chosen else url_for(".certificates", **alone)})
        if chosen or len(values) > 1:
            shown.append(facet | {"values": values, "chosen": chosen, "without": without})
    return shown


def _exists(r: Registrar, number: str) -> bool:
    try:
        enquiries.show_certificate(r, number)
    except NotFound:
        return False
    return True


@pages.get("/c/<number>")
@open_to(ANYONE)
def short(number: str) -> ResponseReturnValue:
    """The short address that fits on paper: to the certificate, or, where there is none, to what the register says of that."""
    wanted = normalise_number(number)
    with reading() as r:
        there = _exists(r, wanted)
    return redirect(url_for(".certificate" if there else "verification.verify", number=wanted))


@pages.get("/certificates/<number>")
@open_to(ANYONE)
def certificate(number: str) -> str:
    with reading() as r:
        found = enquiries.show_certificate(r, number)
        law = r.law.regulation(found["regulation"]["id"])
        seen = enquiries.search_measures(r, certificate=found["number"], limit=50)["items"] if r.actor.signed_in else []
        watched = watches.find_watched(r, found["number"])
        return render_template("public/certificate.html", c=found, watched=watched, law=law, may={p["act"]: p["label"] for p in found["possible"]},
                               verdict=verification.tell(Asked(found["number"])), axis_labels=AXIS_LABELS,
                               versions=enquiries.list_versions(r, number), requests=_requests(r, found["number"]),
                               measures=seen, officer=enquiries.is_office(r, found["number"]),
                               markup=_markup(r, found), lasting=(lasting := f"{_base(r)}/c/{found['number']}"), qr=_qr(lasting),
                               address=f"{_base(r)}/certificates/{found['number']}")  # fmt: skip


def _qr(address: str) -> Markup:
    """The address as a QR code, drawn into the page: nothing is asked of anybody else."""
    return Markup(segno.make_qr(address, error="m").svg_inline(omitsize=True, svgclass=None, lineclass=None))  # noqa: S704 - drawn here


def _base(r: Registrar) -> str:
    return r.settings.public_base_url.rstrip("/")


def _markup(r: Registrar, found: Mapping[str, Any]) -> dict[str, Any]:
    """What the page shows to anybody, in the words of schema.org: no case, no person, nothing that depends on the reader."""
    organisation = {"@type": "Organization", "name": found["holder"]["name"],
                    "identifier": {"@type": "PropertyValue", "propertyID": "统一社会信用代码", "value": found["holder"]["credit_code"]}}
    issuer = r.law.regulation(found["regulation"]["id"]).authority.name
    told = {
        "@context": "https://schema.org", "@type": "Certification", "@id": f"{_base(r)}/c/{found['number']}",
        "url": f"{_base(r)}/certificates/{found['number']}", "name": found["regulation"]["certificate_title"].zh,
        "certificationIdentification": found["number"],
        "certificationStatus": f"https://schema.org/Certification{'Active' if found['standing'] == 'valid' else 'Inactive'}",
        "description": found["standing_label"].zh, "validFrom": str(found["valid_from"]), "expires": str(found["valid_until"] or ""),
        "datePublished": str(found["announcement"]["announced_on"]), "issuedBy": {"@type": "Organization", "name": issuer.zh},
        "about": {"@type": "Product", "name": found["product"], "category": found["product_class"]["label"].zh, "manufacturer": organisation},
    }  # fmt: skip
    return {name: value for name, value in told.items() if value}


def _requests(r: Registrar, number: str) -> list[dict[str, Any]]:
    """The requests for a change of it that this caller may see."""
    return list(enquiries.search_amendments(r, open=None, certificate=number, limit=50)["items"]) if r.actor.signed_in else []


# What can be done to a certificate on its page: the resource, and the desk's function.
ACTS: dict[str, tuple[Callable[[Registrar, str], object], Text]] = {
    "surrender": (
        lambda r, n: desk.surrender_certificate(r, n, given("reason")),
        Text("证书已注销。", "The certificate is surrendered."),
    ),
}


@pages.post("/certificates/<number>/<any(surrender):resource>")
@open_to(Role.APPLICANT)
def do(number: str, resource: str) -> ResponseReturnValue:
    desk_act, done = ACTS[resource]
    return act(
        lambda r: desk_act(r, number), done=done, page=url_for(".certificate", number=number),
        again=lambda: certificate(number),
    )  # fmt: skip


@pages.post("/certificates/<number>/renewal")
@open_to(Role.APPLICANT)
def renew(number: str) -> ResponseReturnValue:
    """Open the application that renews this certificate, with the last dossier copied into it."""
    with reading() as r:
        holder = enquiries.show_certificate(r, number)["holder"]["credit_code"]
    return act(
        lambda r: applications.open_application(r, enterprise=holder, renews=number),
        done=Text("续期申请已建立，上次的申报内容已复制，请核对后提交。",
                  "A renewal was opened with what you filled in last time; check it, then submit."),
        page=url_for(".certificate", number=number), to=lambda new: url_for("applicant.dossier", number=new),
        again=lambda: certificate(number),
    )  # fmt: skip
