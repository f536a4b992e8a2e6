"""Pages of an office's queue: endorsing many, each shown first and done in its own unit. Claims stand on the case's page."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from registry.desks import queues
from registry.errors import NotSignedIn, Refusal
from registry.law.lifecycle import Role
from web.counter import counter, reading
from web.pages.acts import given, page_for, refuse

pages = Blueprint("queues", __name__)


@pages.get("/desk/endorsements")
@page_for(Role.BUREAU)
def preview() -> str:
    """Each application that was ticked, with its findings and whether it may be endorsed now."""
    numbers = request.values.getlist("applications")
    with reading() as r:
        items = queues.preview_endorsements(r, numbers) if numbers else []
        return render_template("office/endorsements.html", items=items, outcomes=None)


@pages.post("/desk/endorsements")
@page_for(Role.BUREAU)
def endorse_each() -> ResponseReturnValue:
    versions = {number: _version(number) for number in request.form.getlist("applications")}
    try:
        outcomes = queues.endorse_each(counter, versions, given("comment"))
    except NotSignedIn:
        raise
    except Refusal as refusal:
        return refuse(refusal, url_for(".preview"), preview)
    return render_template("office/endorsements.html", items=[], outcomes=outcomes)


def _version(number: str) -> int | None:
    """The version of an item that the page showed; one that cannot be read matches nothing."""
    typed = given(f"version-{number}")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1
