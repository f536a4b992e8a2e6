"""Reading the library of what is assessed: items and the standards they rest on, bodies that assess, and past evidence.

Items, standards and bodies are public; evidence is for those who work on assessments, each within their authority.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlmodel import col, select

from registry.books.models import Application, Appointment, Enterprise, Person, Report
from registry.desks.enquiries.applications import in_scope
from registry.errors import NotEntitled
from registry.law import judging
from registry.law.conditions import plain
from registry.law.forms import METHODS, Item
from registry.law.lifecycle import FORM_STAGES, Role
from registry.law.regulation import Regulation
from registry.law.sheets import read_sheet
from registry.parts import WORKERS
from registry.registrar import Registrar
from registry.words import Text

EVIDENCE_FOR = (Role.DEPARTMENT, Role.AUDITOR, *WORKERS)
MOST = 300


def search_items(r: Registrar, *, q: str = "", domain: str = "", regulation: str = "") -> list[dict[str, Any]]:
    """The items of every form that is loaded, in the order of their forms; `q` is looked for in words, article and source."""
    found = []
    for law, kind, item in _items(r):
        if (domain and item.domain != domain) or (regulation and law.id != regulation):
            continue
        shown = _item(law, kind, item)
        if not q.strip() or plain(q) in plain(" ".join(map(str, _searched(shown)))):
            found.append(shown)
    return found


def list_domains(r: Registrar) -> dict[str, Text]:
    """The domains of every form, each once."""
    return {domain.key: domain.label for law in r.law.regulations.values() for kind in FORM_STAGES
            if (form := law.form(kind)) for domain in form.domains}


def list_standards(r: Registrar) -> list[dict[str, Any]]:
    """What the items rest on: each source with its basis, and how many items name it; the most used first."""
    counted: dict[tuple[str, str], int] = {}
    for _, _, item in _items(r):
        key = (item.source or item.article, item.basis)
        counted[key] = counted.get(key, 0) + 1
    return [{"source": source, "basis": basis, "items": n} for (source, basis), n in sorted(counted.items(), key=lambda x: (-x[1], x[0]))]


def list_bodies(r: Registrar) -> list[dict[str, Any]]:
    """The assessment bodies: the registered enterprises from which somebody is an assessor now, and for whom."""
    rows = r.session.exec(select(Enterprise, Appointment.authority).join(Person, col(Person.employer_code) == Enterprise.credit_code).join(
        Appointment, col(Appointment.person_id) == Person.id).where(
        Appointment.role == Role.ASSESSOR, col(Appointment.ended_at).is_(None)).distinct().order_by(col(Enterprise.credit_code)))
    authorities = r.law.authorities()
    bodies: dict[str, dict[str, Any]] = {}
    for house, authority in rows:
        body = bodies.setdefault(house.credit_code, {"credit_code": house.credit_code, "name": house.name, "authorities": []})
        body["authorities"].append(authorities[authority or ""].name)
    return list(bodies.values())


def search_evidence(r: Registrar, *, item: str = "", q: str = "") -> list[dict[str, Any]]:
    """Results out of accepted reports that this caller may see, the newest first: what was found, on which configuration, by whom.

    For the department, auditors, assessors and inspectors; NotEntitled for others.
    """
    if not r.actor.has(*EVIDENCE_FOR):
        raise NotEntitled(Text("既往证据供主管部门和评估人员查看。", "Past evidence is for the department and those who assess."))
    found: list[dict[str, Any]] = []
    query = select(Report, Application).join(Application, col(Application.id) == Report.application_id).where(
        in_scope(r), col(Report.accepted_at).is_not(None))
    for report, application in r.session.exec(query.order_by(col(Report.id).desc())):
        law = r.regulation_of(application)
        form = law.form(report.stage)
        if form is None:
            continue
        configuration = " / ".join(law.scope_of(law.read_dossier(application.dossier)))
        for key, result in read_sheet(form, report.sheet).results.items():
            rule = form.item(key)
            if rule is None or (item and key != item) or not result.found:
                continue
            line = {"number": application.number, "product": application.product, "configuration": configuration, "item": key,
                    "label": rule.label, "value": str(result.value) if result.value is not None else None, "unit": result.unit,
                    "uncertainty": str(result.uncertainty) if result.uncertainty is not None else None, "conforms": result.conforms,
                    "laboratory": result.laboratory, "report": result.report, "found_on": result.found_on}
            if not q.strip() or plain(q) in plain(" ".join(str(v) for v in line.values())):
                found.append(line)
            if len(found) >= MOST:
                return found
    return found


def _items(r: Registrar) -> Iterator[tuple[Regulation, str, Item]]:
    for _, law in sorted(r.law.regulations.items()):
        for kind in FORM_STAGES:
            form = law.form(kind)
            for item in form.items if form else ():
                yield law, kind, item


def _item(law: Regulation, kind: str, item: Item) -> dict[str, Any]:
    form = law.form(kind)
    assert form is not None
    names = [rule.label for rule in form.classes if rule.key in item.classes]
    return {"key": item.key, "label": item.label, "regulation": law.id, "short_title": law.short_title, "domain": item.domain,
            "domain_label": next(d.label for d in form.domains if d.key == item.domain), "method": item.method,
            "method_label": METHODS[item.method], "requirement": judging.requirement_words(item), "known": item.known,
            "classes": names, "article": item.article, "source": item.source, "basis": item.basis, "note": item.note}


def _searched(shown: dict[str, Any]) -> Iterator[str]:
    for name in ("label", "requirement", "domain_label"):
        yield from (shown[name].zh, shown[name].en)
    yield from (shown["key"], shown["article"], shown["source"])
