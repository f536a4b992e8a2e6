"""Reading the law that is loaded: regulations with the basis of each figure, product trees, legal dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

from registry.errors import BadInput, Finding, NotFound
from registry.law.deadlines import Period, Unit, last_day
from registry.law.outline import Line, Part, counted_words, outline
from registry.law.regulation import Regulation
from registry.law.report import counts, unknown_leaves, unsaid
from registry.registrar import Registrar
from registry.words import Text

MOST_LENGTH = {Unit.WORKING_DAY: 2000, Unit.NATURAL_DAY: 10_000, Unit.MONTH: 1200, Unit.YEAR: 100}


def list_regulations(r: Registrar) -> list[dict[str, Any]]:
    """Every regulation loaded, with whether it takes applications today."""
    return [_line(r, law) for law in r.law.regulations.values()]


def show_regulation(r: Registrar, key: str) -> dict[str, Any]:
    """One regulation as data and for people: each figure with its article and basis."""
    law = r.law.regulation(key)
    return _line(r, law) | {
        "digest": law.digest, "product_noun": law.product_noun, "certificate_title": law.certificate_title,
        "publication": plain(list(law.publication.values())), "definition": plain(law.definition),
        "effective": plain(law.effective), "predicates": plain(law.predicates), "stages": plain(law.stages),
        "periods": [plain(rule) | {"key": k, "label": law.period_label(k), "words": counted_words(rule.period)} for k, rule in law.periods.items()],
        "validity": plain(law.validity) | {"words": law.validity.words()} if law.validity else None,
        "summary": plain(law.summary), "grades": plain(law.grades), "relations": plain(law.relations),
        "intake": plain(law.intake),
        "renewal": plain(law.renewal) | {"words": law.renewal.words()} if law.renewal else None,
        "reminders": [plain(rule) | {"words": rule.before.words()} for rule in law.reminders],
        "escalations": [plain(rule) | {"words": rule.after.words()} for rule in law.escalations],
        "dossier": plain(law.dossier), "conditions": plain(law.conditions), "panel": plain(law.panel),
        "assessment": plain(law.assessment), "site_inspection": plain(law.site_inspection),
        "supplement_reasons": plain(law.supplement_reasons), "refusal_grounds": plain(law.refusal_grounds),
        "objection_grounds": plain(law.objection_grounds), "sanctions": plain(law.sanctions), "debarments": plain(law.debarments),
        "changes": plain(law.changes), "support": plain(law.support), "numbers": dict(law.numbers), "taxonomy": law.taxonomy,
        "prefectures": list_prefectures(r, law), "counts": counts(law), "scope": plain(law.scope), "scope_label": law.scope_label,
        "unknown": unknown_leaves(law), "unsaid": [plain(x) | {"refused": x.refused} for x in unsaid(law)],
        "outline": [_told(part) for part in outline(law)],
    }


def show_taxonomy(r: Registrar, key: str) -> dict[str, Any]:
    """A product tree with its classes and leaves."""
    if key not in r.law.taxonomies:
        raise NotFound(Text(f"没有载入产品目录“{key}”。", f"No product tree “{key}” is loaded."))
    tree = r.law.taxonomies[key]
    return {"id": tree.id, "version": tree.version, "title": tree.title, "article": tree.article, "basis": tree.basis,
            "classes": plain(tree.classes)}


def list_prefectures(r: Registrar, law: Regulation | None = None) -> list[dict[str, Any]]:
    found = law.authority.prefectures if law else r.law.prefectures()
    return [{"code": p.code, "name": p.name, "bureau": p.bureau} for p in found.values()]


def list_places(r: Registrar) -> list[dict[str, Any]]:
    """Where an enterprise may be: the regions of all regulations, and each province that none divides further."""
    return [{"code": code, "name": name} for code, name in r.law.places().items()]


def deadline(
    r: Registrar, *, start: date, length: int, unit: str, count_start_day: bool = False, ends: str = "next_working_day"
) -> dict[str, Any]:
    """The last day of a period that begins on `start`, how it was counted, and on which articles and notices."""
    findings = []
    if unit not in set(Unit):
        findings.append(Finding("unit", "unknown", Text("单位应为 working_day、natural_day、month 或 year。",
                                                        "unit is working_day, natural_day, month or year.")))
    most = MOST_LENGTH[Unit(unit)] if not findings else 1
    if not findings and not 1 <= length <= most:
        findings.append(Finding("length", "out-of-range", Text(f"长度应为 1–{most}。", f"length is from 1 to {most}.")))
    if ends not in ("next_working_day", "as_is"):
        findings.append(Finding("ends", "unknown", Text("ends 应为 next_working_day 或 as_is。", "ends is next_working_day or as_is.")))
    if not 1990 <= start.year <= 2200:
        findings.append(Finding("start", "out-of-range", Text("起始日应在 1990 至 2200 年之间。", "start lies between 1990 and 2200.")))
    if findings:
        raise BadInput(findings[0].message, findings=findings)
    found = last_day(r.law.calendar, start, Period(length, Unit(unit), count_start_day, ends))
    return {"start": start, "length": length, "unit": unit, "last_day": found.last_day, "provisional": found.provisional,
            "counted": list(found.counted), "basis": list(found.basis)}


def grade_view(law: Regulation, key: str | None) -> dict[str, Any] | None:
    """A grade by key and label; None where there is none. One that a later text no longer has is shown by its key."""
    if key is None:
        return None
    known = law.grade(key)
    return {"key": key, "label": known.label if known else Text(key, key)}


def _told(told: Part | Line) -> dict[str, Any]:
    """A part of the outline, or a line of it with what is under it."""
    if isinstance(told, Part):
        return {"key": told.key, "title": told.title, "lines": [_told(line) for line in told.lines]}
    source = {name: getattr(told.source, name, None) for name in ("article", "basis", "source", "note", "conflict")}
    return {"key": told.key, "text": told.text, **source, "lines": [_told(line) for line in told.lines]}


def _line(r: Registrar, law: Regulation) -> dict[str, Any]:
    return {
        "id": law.id, "family": law.family, "version": law.version, "title": law.title, "short_title": law.short_title,
        "authority": {"key": law.authority.key, "code": law.authority.code, "name": law.authority.name}, "effective_from": law.effective_from,
        "effective_until": law.effective_until, "open": law.is_open_on(r.today),
    }


def plain(value: Any) -> Any:
    """Dataclasses as dicts, tuples as lists; a Text stays a Text."""
    if isinstance(value, Text):
        return value
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {k: plain(v) for k, v in value.items()}
    return value
