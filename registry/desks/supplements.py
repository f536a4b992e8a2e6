"""The counter for supplements: what the office asks an applicant for, each reason at its place. Handing one in is the applications' counter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from registry.books import ledger
from registry.books.models import Application
from registry.clock import office_day
from registry.desks.inputs import Form
from registry.law.regulation import Regulation
from registry.registrar import Registrar


def request_supplement(
    r: Registrar, number: str, reasons: Sequence[str], comment: str, places: Mapping[str, str] | None = None
) -> str:
    """Ask the applicant for what is missing, several reasons at once; the office's clock stands still meanwhile.

    `places` says of a reason where in the dossier it lies: `dossier.<field>` or `documents.<slot>`. BadInput for a reason
    or a place that the regulation does not know, and for the place of a reason that is not among them.
    """
    application = r.fetch(Application, number)
    r.require(application, "request_supplement")
    law, form = r.regulation_of(application), Form()
    known = {g.key for g in law.supplement_reasons}
    if not reasons:
        form.fault("reasons", "missing", "请至少选择一项补正原因。", "Choose at least one reason.")
    for key in reasons:
        if key not in known:
            form.fault("reasons", "unknown", f"没有“{key}”这项原因。", f"There is no reason “{key}”.")
    facts: dict[str, Any] = {"reasons": list(dict.fromkeys(reasons)), "comment": form.text("comment", comment)}
    if at := _places(form, law, reasons, places or {}):
        facts["places"] = at
    form.done()
    r.record(application, "request_supplement", **facts)
    return application.number


def _places(form: Form, law: Regulation, reasons: Sequence[str], places: Mapping[str, str]) -> dict[str, str]:
    """The places that were chosen; one left empty is none."""
    chosen = {key: place for key, place in places.items() if place}
    for key, place in chosen.items():
        if key not in reasons:
            form.fault(f"places.{key}", "unasked", "选了位置，但没有勾选这项原因。", "A place is chosen, but not this reason.")
        elif law.place_label(place) is None:
            form.fault(f"places.{key}", "unknown", "申报材料中没有这一处。", "The dossier has no such place.")
    return chosen


def last_request(r: Registrar, application: Application) -> dict[str, Any] | None:
    """What the office last asked for, in words: each reason with its rule and its place, the comment, the day; and what the
    applicant said to it, once it was handed in."""
    answered: dict[str, Any] = {"note": None, "answered_at": None}
    for entry in reversed(ledger.history(r.session, "application", application.number)):
        if entry.act == "resubmit":
            answered = {"note": entry.facts.get("note") or "", "answered_at": entry.at}
        if entry.act == "request_supplement":
            return _shown(r.regulation_of(application), entry.facts, office_day(entry.at)) | answered
    return None


def _shown(law: Regulation, facts: Mapping[str, Any], asked_on: date) -> dict[str, Any]:
    places, points = facts.get("places") or {}, []
    for key in facts["reasons"]:
        rule, place = law.ground(law.supplement_reasons, key), places.get(key)
        points.append({
            "reason": key, "label": law.label_in(law.supplement_reasons, key), "place": place, "place_label": law.place_label(place) if place else None,
            "article": rule.article if rule else None, "basis": rule.basis if rule else None,
        })
    return {"reasons": [law.reason_label(key, places) for key in facts["reasons"]], "points": points,
            "comment": facts["comment"], "asked_on": asked_on}
