"""The counter: who calls, in which language, having seen which version; and the unit of work that serves them.

Pages and API share it. It decides nothing: what a caller may do stands in the tables and is checked by the registrar.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Flask, current_app, g, request, session
from flask_wtf.csrf import CSRFProtect

from registry.actors import PUBLIC, Actor
from registry.desks import accounts
from registry.errors import NotSignedIn
from registry.law.lifecycle import Role
from registry.office import Office
from registry.registrar import Registrar
from registry.words import LANGUAGES, Text

API = "/api/"
LANGUAGE_COOKIE = "language"
VISIT = "visit"  # the key of the signed session under which the visit's secret lies
ANYONE, SIGNED_IN = "anyone", "signed in"
_VERSION = re.compile(r'(?:W/)?"(\d+)(?:-[0-9a-f]+)?"')
_NEVER = -1  # a version that no subject has

View = TypeVar("View", bound=Callable[..., Any])
csrf = CSRFProtect()


def open_to(*audience: Role | str) -> Callable[[View], View]:
    """Declare who may call a route: ANYONE, SIGNED_IN, or roles. The one mechanism, for pages and API alike.

    It turns away a caller who is not signed in where somebody must be. Whether the role fits the case is the
    registrar's to say: the roles here are what the documents and the tests read.
    """
    unknown = [a for a in audience if a not in (ANYONE, SIGNED_IN) and not isinstance(a, Role)]
    if not audience or unknown:
        raise ValueError(f"open_to needs roles, ANYONE or SIGNED_IN, not {unknown or 'nothing'}")

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            if ANYONE not in audience:
                require_sign_in()
            return current_app.ensure_sync(view)(*args, **kwargs)

        wrapper.open_to = audience  # type: ignore[attr-defined]
        return cast(View, wrapper)

    return decorate


def require_sign_in() -> Actor:
    """The caller, who must be signed in."""
    actor = caller()
    if not actor.signed_in:
        raise NotSignedIn(
            Text("此项需要先登录。", "Sign in first."),
            action=Text("请登录，或在请求头 Authorization 中出示令牌。", "Sign in, or show a token in the Authorization header."),
        )
    return actor


def this_office() -> Office:
    """The office that this application serves."""
    return cast(Office, current_app.extensions["office"])


def caller() -> Actor:
    """Who calls: whoever holds the bearer token, else whoever holds the session cookie, else the public.

    A token that has ended is refused (NotSignedIn); a session that has ended is forgotten, and the caller is the public.
    """
    if "actor" not in g:
        g.actor = _identify()
    return cast(Actor, g.actor)


def _identify() -> Actor:
    if (token := bearer_token()) is not None:
        return _holder_of(token)
    secret = session.get(VISIT)
    if secret is None:
        return PUBLIC
    try:
        return _holder_of(secret)
    except NotSignedIn:
        session.pop(VISIT, None)
        return PUBLIC


def _holder_of(secret: str) -> Actor:
    with this_office().reading(PUBLIC) as r:
        return accounts.actor_for(r, secret)


def bearer_token() -> str | None:
    """The token of `Authorization: Bearer …`; None without that header. Another scheme is refused."""
    header = request.headers.get("Authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotSignedIn(Text(
            "请求头 Authorization 应写作“Bearer 令牌”。", "The Authorization header must read “Bearer TOKEN”.",
        ))  # fmt: skip
    return token.strip()


def begin_session(secret: str) -> None:
    """Remember a visit in the browser's session, which begins anew: what was there before is gone."""
    session.clear()
    session[VISIT] = secret
    g.pop("actor", None)


def end_session() -> str | None:
    """Forget the visit in the browser's session; returns its secret, for `accounts.end_visit`."""
    secret = session.get(VISIT)
    session.clear()
    g.pop("actor", None)
    return cast("str | None", secret)


# ------------------------------------------------------------------------------------------------------- units of work


def counter(actor: Actor | None = None) -> AbstractContextManager[Registrar]:
    """A writing unit for the caller, with the version that the caller says to have seen."""
    return this_office().registrar(actor or caller(), expected=seen_version())


@contextmanager
def reading(actor: Actor | None = None) -> Iterator[Registrar]:
    """A reading unit for the caller."""
    with this_office().reading(actor or caller()) as r:
        yield r


def seen_version() -> int | None:
    """The version that the caller acted upon: of If-Match, else of a form's hidden field `version`; None if unsaid.

    What cannot be read as a version matches nothing: the caller then hears that it is outdated.
    """
    if request.headers.get("If-Match"):
        return _version_in(request.headers["If-Match"])
    if request.path.startswith(API) or not request.form.get("version"):
        return None
    typed = request.form["version"]
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else _NEVER


def _version_in(header: str) -> int | None:
    if header.strip() == "*":
        return None
    found = _VERSION.fullmatch(header.strip())
    return int(found.group(1)) if found and len(found.group(1)) < 10 else _NEVER


# ------------------------------------------------------------------------------------------------------------ language


def language() -> str:
    """What `?lang=` says, else the cookie, else (API only) Accept-Language, else Chinese. One of LANGUAGES."""
    asked = request.args.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
    if asked in LANGUAGES:
        return asked
    if request.path.startswith(API):
        return request.accept_languages.best_match(LANGUAGES, LANGUAGES[0])
    return LANGUAGES[0]


# ---------------------------------------------------------------------------------------------------------------- CSRF


def guard_forms(app: Flask) -> None:
    """Every form of a page carries a token against forged requests; so does an API call that relies on the cookie.

    A call with a bearer token, or with no session at all, has nothing that another site could borrow.
    """
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)  # as long as the session: nothing typed is lost to a clock
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    csrf.init_app(app)

    @app.before_request
    def protect() -> None:
        if request.method in ("GET", "HEAD", "OPTIONS", "TRACE") or request.endpoint is None:
            return
        if request.path.startswith(API) and ("Authorization" in request.headers or VISIT not in session):
            return
        if app.config.get("WTF_CSRF_ENABLED", True):
            csrf.protect()
