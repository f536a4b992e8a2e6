"""Pages of watching: what one watches and what happened to it; and the feeds that programs read by a secret address."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from registry.desks import digests, webhooks
from registry.desks import watches as desk
from registry.errors import BadInput, Finding
from registry.registrar import Registrar
from registry.words import Text
from web import ical
from web.counter import ANYONE, SIGNED_IN, language, open_to, reading
from web.limits import signing_up
from web.pages.acts import act, given, show_once
from web.pages.following import write_feed

pages = Blueprint("watches", __name__)


@pages.get("/watches")
@open_to(SIGNED_IN)
def watches() -> str:
    return watches_page()


def watches_page(secret: str = "", signing: str = "") -> str:
    """What one watches and what happened; `secret` is that of new feeds, `signing` a new webhook's, shown this once."""
    with reading() as r:
        address = f"{r.settings.public_base_url}/watches/feeds/{secret}" if secret else ""
        return render_template("person/watches.html", watches=desk.list_watches(r), changes=desk.newest(r), kinds=list(desk.KINDS.items()),
                               address=address, signing=signing, webhooks=webhooks.list_webhooks(r), digest=digests.show_digest(r)["every"],
                               often=digests.EVERY.items())  # fmt: skip


@pages.post("/watches")
@open_to(SIGNED_IN)
def watch() -> ResponseReturnValue:
    return act(
        lambda r: desk.watch(r, kind=given("kind"), value=given("value")), page=url_for(".watches"), again=watches_page,
        done=Text("已开始关注，此后的变动都会告知。", "You watch it: every change from now on is told."),
    )  # fmt: skip


@pages.post("/watches/<int:number>/end")
@open_to(SIGNED_IN)
def stop_watching(number: int) -> ResponseReturnValue:
    return act(lambda r: desk.stop_watching(r, number), page=url_for(".watches"), again=watches_page,
               done=Text("已停止关注。", "You watch it no longer."))  # fmt: skip


@pages.post("/watches/digest")
@open_to(SIGNED_IN)
def choose_digest() -> ResponseReturnValue:
    return act(lambda r: digests.choose_digest(r, given("every")), page=url_for(".watches"), again=watches_page,
               done=Text("已保存邮件摘要的频率。", "How often you are mailed is kept."))  # fmt: skip


@pages.post("/watches/feeds")
@open_to(SIGNED_IN)
def open_feed() -> ResponseReturnValue:
    """Make the feeds; their addresses stand on the page that answers and nowhere else again."""
    return show_once(desk.open_feed, page=url_for(".watches"), show=watches_page, again=watches_page)


@pages.post("/watches/webhooks")
@signing_up
@open_to(SIGNED_IN)
def make_webhook() -> ResponseReturnValue:
    """Make a webhook; its secret stands on the page that answers and nowhere else again."""
    return show_once(lambda r: str(webhooks.make_webhook(r, url=given("url"))["secret"]), page=url_for(".watches"),
                     show=lambda secret: watches_page(signing=secret), again=watches_page)  # fmt: skip


@pages.post("/watches/webhooks/<int:number>/replay")
@open_to(SIGNED_IN)
def replay_webhook(number: int) -> ResponseReturnValue:
    return act(lambda r: _replay(r, number), page=url_for(".watches"), again=watches_page,
               done=Text("将从该处重新投递。", "It is sent again from there."))  # fmt: skip


def _replay(r: Registrar, number: int) -> None:
    typed = given("after").strip()
    if not (typed.isascii() and typed.isdigit() and len(typed) < 16):
        message = Text("应为整数。", "This must be a whole number.")
        raise BadInput(message, findings=[Finding("after", "range", message)])
    webhooks.replay(r, number, after=int(typed))


@pages.post("/watches/webhooks/<int:number>/end")
@open_to(SIGNED_IN)
def remove_webhook(number: int) -> ResponseReturnValue:
    return act(lambda r: webhooks.remove_webhook(r, number), page=url_for(".watches"), again=watches_page,
               done=Text("已删除回调地址。", "The webhook is removed."))  # fmt: skip


@pages.get("/watches/feeds/<secret>.atom")
@open_to(ANYONE)
def atom(secret: str) -> Response:
    """The newest changes of what somebody watches: the address is its own credential, and opens nothing else."""
    with reading() as r:
        found, base = desk.read_feed(r, secret), r.settings.public_base_url
        return _private(write_feed(found.changes, desk.TITLE, r.now, base, base + request.path, f"{base}/watches#{desk.name_of(secret)}"))


@pages.get("/watches/feeds/<secret>.ics")
@open_to(ANYONE)
def ics(secret: str) -> Response:
    """The last days of what somebody watches, for calendar programs."""
    with reading() as r:
        found = desk.read_feed(r, secret)
        body = ical.write(desk.TITLE, found.days, now=r.now, base_url=r.settings.public_base_url, language=language())
    return _private(Response(body, mimetype="text/calendar"))


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "private, max-age=60"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
