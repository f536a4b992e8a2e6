"""The web: HTTP before the registry, and the only home of Flask. It puts the parts together; no rule stands here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from registry.office import Office
from registry.settings import MEBIBYTE
from web import api, counter, edge, pages, problems
from web.health import health
from web.limits import limiter
from web.logs import log
from web.wire import Json

# How a training office's clock is moved, every job on the way run: given from outside, since jobs are not the web's.
AdvanceClock = Callable[..., Sequence[Any]]  # (to, progress=None): what happened on the way


class Web(Flask):
    """Flask with the registry's JSON and its log."""

    json_provider_class = Json

    def log_exception(
        self, exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None]
    ) -> None:
        """A programming error: everything goes to the log, under the id that the caller was told."""
        log.error("unhandled", exc_info=exc_info)


def build(office: Office, *, advance_clock: AdvanceClock | None = None, limits: bool = True) -> Flask:
    """The application that serves `office`. `limits` off: nobody is slowed down (tests, benchmarks)."""
    app = Web(__name__)
    settings = office.settings
    app.extensions["office"] = office
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
