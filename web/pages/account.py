"""One's own account: signing in and out, opening an account, taking up an invitation, password, sessions, letters."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from registry.actors import PUBLIC
from registry.desks import accounts, enquiries
from registry.desks.visits import SCOPES
from registry.errors import BadInput, Finding, Refusal
from registry.registrar import Registrar
from registry.words import Text
from web.counter import ANYONE, SIGNED_IN, begin_session, caller, counter, end_session, open_to, reading
from web.limits import guessing, signing_in, signing_up
from web.pages.acts import act, given, refuse
from web.pages.navigation import first_page

pages = Blueprint("account", __name__)


def local_address(address: str) -> str:
    """`address` if it is a path on this very host, else "": a link from outside cannot send anybody away."""
    inside = address.startswith("/") and not address.startswith("//") and "\\" not in address and address.isprintable()
    return address if inside else ""


@pages.get("/sign-in")
@open_to(ANYONE)
def sign_in() -> str:
    with reading(PUBLIC) as r:
        listed = accounts.training_accounts(r)
    return render_template("person/sign_in.html", accounts=listed, next=local_address(request.values.get("next", "")))


@pages.post("/sign-in")
@guessing
@signing_in
@open_to(ANYONE)
def start_session() -> ResponseReturnValue:
    try:
        with counter(PUBLIC) as r:
            secret = accounts.sign_in(r, login=given("login"), password=request.form.get("password", ""))
    except Refusal as refusal:
        return refuse(refusal, url_for(".sign_in"), sign_in)
    begin_session(secret)
    return redirect(local_address(given("next")) or first_page(), 303)


@pages.post("/sign-out")
@open_to(ANYONE)
def sign_out() -> ResponseReturnValue:
    secret = end_session()
    if secret is not None:
        with counter(PUBLIC) as r:
            accounts.end_visit(r, secret=secret)
    return redirect(url_for("public.home"), 303)


@pages.get("/sign-up")
@open_to(ANYONE)
def sign_up() -> str:
    return render_template("person/sign_up.html")


@pages.post("/sign-up")
@signing_up
@open_to(ANYONE)
def open_account() -> ResponseReturnValue:
    return act(
        _open_account, done=Text("账号已开立，请用它登录。", "Your account is open; sign in with it."), page=url_for(".sign_up"),
        to=url_for(".sign_in", next=url_for("applicant.workbench")), again=sign_up,
    )  # fmt: skip


def _open_account(r: Registrar) -> str:
    _check_again("password")
    return accounts.sign_up(r, login=given("login"), name=given("name"), email=given("email"), password=given("password"))


def _check_again(field: str) -> None:
    if request.form.get(field, "") != request.form.get("again", ""):
        message = Text("两次输入的密码不一致。", "The two passwords differ.")
        raise BadInput(message, findings=[Finding("again", "different", message)])


@pages.get("/invitation")
@open_to(ANYONE)
def invitation() -> str:
    return render_template("person/invitation.html", code=request.args.get("code", ""))


@pages.post("/invitation")
@guessing
@signing_up
@open_to(ANYONE)
def accept_invitation() -> ResponseReturnValue:
    return act(
        _accept_invitation, done=Text("邀请已接受。", "You have taken up the invitation."), page=url_for(".invitation"),
        to=lambda _login: first_page() if caller().signed_in else url_for(".sign_in"), again=invitation,
    )  # fmt: skip


def _accept_invitation(r: Registrar) -> str:
    if r.actor.signed_in:
        return accounts.accept_invitation(r, code=given("code"))
    _check_again("password")
    return accounts.accept_invitation(r, code=given("code"), login=given("login"), name=given("name"), email=given("email"),
                                      password=given("password"))  # fmt: skip


@pages.get("/account")
@open_to(SIGNED_IN)
def account() -> str:
    return account_page()


def account_page(token: str = "") -> str:
    """The account; `token` is a new API token's secret, shown this once."""
    with reading() as r:
        return render_template(
            "person/account.html", visits=accounts.list_visits(r), token=token, scopes=SCOPES,
            letters=enquiries.search_letters(r, cursor=request.args.get("cursor") or None), prefectures=r.law.prefectures(), authorities=r.law.authorities(),
        )  # fmt: skip


@pages.post("/account/password")
@guessing
@open_to(SIGNED_IN)
def change_password() -> ResponseReturnValue:
    return act(
        _change_password, page=url_for(".account"), again=account_page,
        done=Text("密码已更改，其他登录与令牌已全部结束。", "Your password is changed; all other sessions and tokens have ended."),
    )  # fmt: skip


def _change_password(r: Registrar) -> None:
    _check_again("new")
    accounts.change_password(r, old=request.form.get("old", ""), new=request.form.get("new", ""))


@pages.post("/account/visits/<int:visit>/end")
@open_to(SIGNED_IN)
def end_visit(visit: int) -> ResponseReturnValue:
    return act(
        lambda r: accounts.end_visit(r, visit_id=visit), page=url_for(".account"), again=account_page,
        done=Text("已结束。", "It has ended."),
    )  # fmt: skip
