"""Pages for whoever writes a program that asks the registry: how to call it, and one's own tokens."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from registry.desks import accounts, enquiries
from web.counter import ANYONE, SIGNED_IN, caller, open_to, reading, this_office
from web.limits import guessing, signing_in
from web.pages.account import account_page
from web.pages.acts import given, show_once

pages = Blueprint("integrator", __name__)


@pages.get("/programs")
@open_to(ANYONE)
def how_to_call() -> str:
    """Lines to be copied and run, about the newest certificate that there is."""
    with reading() as r:
        found = enquiries.search_certificates(r, limit=1)["items"]
    return render_template("public/programs.html", base=this_office().settings.public_base_url.rstrip("/"), number=found[0]["number"] if found else "")


@pages.post("/account/tokens")
@guessing
@signing_in
@open_to(SIGNED_IN)
def new_token() -> ResponseReturnValue:
    """Make a token; its secret stands on the page that answers, and nowhere else again."""
    return show_once(
        lambda r: accounts.sign_in(r, login=caller().login, password=request.form.get("password", ""), kind="token",
                                   label=given("label"), scope=given("scope")),
        page=url_for("account.account"), show=account_page, again=account_page,
    )  # fmt: skip
