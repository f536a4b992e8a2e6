"""The web: HTTP before the registry, and the only home of Flask. It puts the parts together; no rule stands here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, cast

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from werkzeug.middleware.proxy_fix import ProxyFix

from registry.office import Office
from registry.settings import MEBIBYTE
from web import api, counter, edge, pages, problems
from web.health import health
from web.lane import Lane
from web.limits import limiter
from web.logs import log
from web.wire import Json

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

# How a training office's clock is moved, every job on the way run: given from outside, since jobs are not the web's.
AdvanceClock = Callable[..., Sequence[Any]]  # (to, progress=None): what happened on the way


class Sessions(SecureCookieSessionInterface):
    """Flask's sessions in signed cookies, which cost nothing where there is none."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        return super().open_session(app, request) if self.get_cookie_name(app) in request.cookies else self.session_class()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if session.accessed or session.modified:
            super().save_session(app, session, response)


class Web(Flask):
    """Flask with the registry's JSON and its log."""

    json_provider_class = Json
    session_interface = Sessions()

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Every answer, a fault's too, has the headers that keep browsers safe."""
        start = edge.with_safe_headers(start_response)
        answered = self.extensions["lane"].answer(environ, start)
        return super().wsgi_app(environ, start) if answered is None else cast("Iterable[bytes]", answered)

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Nothing here is asynchronous: Flask would look for it at every step of every request."""
        return func

    def log_exception(
        self, exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None]
    ) -> None:
        """A programming error: everything goes to the log, under the id that the caller was told."""
        log.error("unhandled", exc_info=exc_info)


def build(office: Office, *, advance_clock: AdvanceClock | None = None, limits: bool = True) -> Flask:
    """The application that serves `office`. `limits` off: nobody is slowed down (tests, benchmarks)."""
    app = Web(__name__)
    settings = office.settings
    app.extensions["office"], app.extensions["lane"] = office, Lane(office)
    app.config |= {
        "SECRET_KEY": settings.session_key(),
        "SESSION_COOKIE_NAME": "registry",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.public_base_url.startswith("https://"),
        "MAX_CONTENT_LENGTH": settings.max_document_bytes + MEBIBYTE,  # one document and the form around it
        "MAX_FORM_MEMORY_SIZE": 2 * MEBIBYTE,
        "ADVANCE_CLOCK": advance_clock,
        "RATELIMIT_ENABLED": limits,
        "TEMPLATES_AUTO_RELOAD": False,
    }
    if settings.trusted_proxies:
        n = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]
    edge.register(app)
    counter.guard_forms(app)
    limiter.init_app(app)
    app.register_blueprint(health)
    api.register(app)
    pages.register(app)
    problems.register(app)
    return app
