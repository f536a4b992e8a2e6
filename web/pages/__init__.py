"""The pages: what people read and press, by who is reading. HTML only; the API is its sibling in `web/api`."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, request

from registry.words import LANGUAGES
from web.counter import LANGUAGE_COOKIE, caller, language, this_office
from web.pages import (
    account,
    acts,
    administration,
    amendments,
    applicant,
    assessments,
    bills,
    calls,
    cases,
    certificates,
    corrections,
    experts,
    following,
    integrator,
    log,
    measures,
    navigation,
    office,
    past,
    public,
    queues,
    receipts,
    timekeeping,
    training,
    verification,
    watches,
    wording,
)

YEAR = 365 * 24 * 3600


def register(app: Flask) -> None:
    """Add the pages and all that their templates need."""
    wording.register(app)
    acts.register(app)
    navigation.register(app)
    for module in (
        public, calls, certificates, past, amendments, measures, account, integrator, cases, applicant,
        experts, assessments, verification, receipts, log, bills, following, watches, office, queues,
        corrections, timekeeping, administration, training,
    ):  # fmt: skip
        app.register_blueprint(module.pages)
    app.context_processor(_context)
    app.after_request(_remember_language)


def _context() -> dict[str, Any]:
    """What every page shows: who reads it, in which language, on which day of the office."""
    desk = this_office()
    return {"me": caller(), "lang": language(), "now": desk.now(), "today": desk.today(), "is_training": desk.is_training,
            "site": desk.law.site_name(), "keeper": desk.law.keeper_name()}


def _remember_language(response: Response) -> Response:
    """A language that was asked for by `?lang=` stays chosen."""
    asked = request.args.get("lang")
    if asked in LANGUAGES and response.mimetype == "text/html":
        response.set_cookie(LANGUAGE_COOKIE, asked, max_age=YEAR, samesite="Lax", httponly=True, secure=request.is_secure)
    return response
