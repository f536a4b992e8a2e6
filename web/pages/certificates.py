"""Certificates: anyone searches and reads them; their holder acts on the same page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from registry.desks import applications, enquiries
from registry.desks import certificates as desk
from registry.errors import NotFound
from registry.law.codes import check_fault, normalise_number
from registry.law.lifecycle import STATE_LABELS, Role
from registry.registrar import Registrar
from registry.words import Text
from web.counter import ANYONE, open_to, reading
from web.pages.acts import act, given

pages = Blueprint("certificates", __name__)
STANDINGS = ("valid", "suspended", "expired", "revoked", "surrendered", "superseded", "not_yet_valid")


@pages.get("/certificates")
@open_to(ANYONE)
def certificates() -> ResponseReturnValue:
    """A search. Something that is a certificate's whole number leads straight to it."""
    args = request.args
    wanted = normalise_number(args.get("q", ""))
    with reading() as r:
        if wanted and "-" in wanted and check_fault(wanted) is None and _exists(r, wanted):
            return redirect(url_for(".certificate", number=wanted))
        page = enquiries.search_certificates(
            r, standing=args.get("standing") or None, regulation=args.get("regulation") or None,
            holder=args.get("holder") or None, q=args.get("q") or None, cursor=args.get("cursor") or None, limit=20,
        )  # fmt: skip
        return render_template("public/certificates.html", page=page, standings=[(s, STATE_LABELS[s]) for s in STANDINGS],
                               regulations=r.law.regulations.values())  # fmt: skip


def _exists(r: Registrar, number: str) -> bool:
    try:
        enquiries.show_certificate(r, number)
    except NotFound:
        return False
    return True


@pages.get("/c/<number>")
@open_to(ANYONE)
def short(number: str) -> ResponseReturnValue:
    """The short address that fits on paper."""
    return redirect(url_for(".certificate", number=normalise_number(number)))


@pages.get("/certificates/<number>")
@open_to(ANYONE)
def certificate(number: str) -> str:
    with reading() as r:
        found = enquiries.show_certificate(r, number)
        law = r.law.regulation(found["regulation"]["id"])
        seen = enquiries.search_measures(r, certificate=found["number"], limit=50)["items"] if r.actor.signed_in else []
        return render_template("public/certificate.html", c=found, law=law, may={p["act"]: p["label"] for p in found["possible"]},
                               versions=enquiries.list_versions(r, number), requests=_requests(r, found["number"]),
                               measures=seen, officer=r.actor.has(Role.DEPARTMENT, Role.BUREAU))  # fmt: skip


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
