"""Whether this process lives and whether it can serve: for whoever runs it. It mends nothing."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response
from sqlalchemy.exc import SQLAlchemyError

from registry.actors import PUBLIC
from registry.desks import enquiries, readiness, witnessing
from registry.registrar import Registrar
from web.counter import ANYONE, open_to, this_office
from web.logs import log
from web.wire import dumps

health = Blueprint("health", __name__)


@health.get("/livez")
@open_to(ANYONE)
def livez() -> Response:
    """200 as long as this process answers at all."""
    return _answer({"live": True}, 200)


@health.get("/readyz")
@open_to(ANYONE)
def readyz() -> Response:
    """200 when the database answers, stands at the newest migration and the law is loaded; else 503 naming what is not.

    How long ago a job last ran and how the log stands is told, and does not count: standing is computed, a late sweep makes nothing
    wrong, and an office that is closed to writing still serves.
    """
    office = this_office()
    checks: dict[str, bool] = {"database": False, "migrations": False, "law": bool(office.law.regulations)}
    told: dict[str, Any] = {}
    try:
        with office.reading(PUBLIC) as r:
            checks["migrations"] = readiness.is_current(r)
            checks["database"] = True
            told = _last_job(r) | {"log": witnessing.show_state(r, office.keys)} if checks["migrations"] else {}
    except SQLAlchemyError as fault:
        log.error("not ready", fault=type(fault).__name__)
    ready = all(checks.values())
    return _answer({"ready": ready, "checks": checks, **told}, 200 if ready else 503)


def _last_job(r: Registrar) -> dict[str, Any]:
    last = enquiries.office_state(r)["last_job"]
    if last is None:
        return {"last_job": None}
    age = int((r.now - last["finished_at"]).total_seconds())
    return {"last_job": {"job": last["job"], "finished_at": last["finished_at"], "age_seconds": age}}


def _answer(content: dict[str, Any], status: int) -> Response:
    return Response(dumps(content), status, content_type="application/json", headers={"Cache-Control": "no-store"})
