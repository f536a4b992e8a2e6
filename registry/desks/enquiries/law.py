"""Reading the law that is loaded: regulations with the basis of each figure, product trees, legal dates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

from registry.errors import BadInput, Finding, NotFound
from registry.law.deadlines import Period, Unit, last_day
from registry.law.regulation import Regulation
from registry.registrar import Registrar
from registry.words import Text

MOST_LENGTH = {Unit.WORKING_DAY: 2000, Unit.NATURAL_DAY: 10_000, Unit.MONTH: 1200, Unit.YEAR: 100}


def list_regulations(r: Registrar) -> list[dict[str, Any]]:
    """Every regulation loaded, with whether it takes applications today."""
    return [_line(r, law) for law in r.law.regulations.values()]


def show_regulation(r: Registrar, key: str) -> dict[str, Any]:
    """One regulation as data and for people: each figure with its article and basis."""
    law = r.law.regulation(key)
    counts = Counter(leaf.basis for leaf in law.leaves())
    return _line(r, law) | {
        "digest": law.digest, "product_noun": law.product_noun, "certificate_title": law.certificate_title,
        "publication": _plain(list(law.publication.values())), "definition": _plain(law.definition),
        "effective": _plain(law.effective), "predicates": _plain(law.predicates), "stages": _plain(law.stages),
        "periods": [_plain(rule) | {"key": k, "words": rule.period.words()} for k, rule in law.periods.items()],
        "validity": _plain(law.validity) | {"words": law.validity.period.words()},
        "intake": _plain(law.intake),
        "renewal": _plain(law.renewal) | {"opens_words": law.renewal.opens_before.words(),
                                          "closes_words": law.renewal.closes_after.words()},
        "reminders": [_plain(rule) | {"words": rule.before.words()} for rule in law.reminders],
        "escalations": [_plain(rule) | {"words": rule.after.words()} for rule in law.escalations],
        "dossier": _plain(law.dossier), "conditions": _plain(law.conditions), "panel": _plain(law.panel),
        "supplement_reasons": _plain(law.supplement_reasons), "refusal_grounds": _plain(law.refusal_grounds),
        "objection_grounds": _plain(law.objection_grounds), "sanctions": _plain(law.sanctions), "debarments": _plain(law.debarments),
        "changes": _plain(law.changes), "support": _plain(law.support), "numbers": dict(law.numbers), "taxonomy": law.taxonomy,
        "prefectures": list_prefectures(r, law), "counts": dict(counts),
        "unknown": [leaf.path for leaf in law.leaves() if leaf.empty],
    }


def show_taxonomy(r: Registrar, key: str) -> dict[str, Any]:
    """A product tree with its classes and leaves."""
    if key not in r.law.taxonomies:
        raise NotFound(Text(f"没有载入产品目录“{key}”。", f"No product tree “{key}” is loaded."))
    tree = r.law.taxonomies[key]
    return {"id": tree.id, "version": tree.version, "title": tree.title, "article": tree.article, "basis": tree.basis,
            "classes": _plain(tree.classes)}


def list_prefectures(r: Registrar, law: Regulation | None = None) -> list[dict[str, Any]]:
    found = law.authority.prefectures if law else r.law.prefectures()
    return [{"code": p.code, "name": p.name, "bureau": p.bureau} for p in found.values()]


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


def _line(r: Registrar, law: Regulation) -> dict[str, Any]:
    return {
        "id": law.id, "family": law.family, "version": law.version, "title": law.title, "short_title": law.short_title,
        "authority": {"code": law.authority.code, "name": law.authority.name}, "effective_from": law.effective_from,
        "effective_until": law.effective_until, "open": law.is_open_on(r.today),
    }


def _plain(value: Any) -> Any:
    """Dataclasses as dicts, tuples as lists; a Text stays a Text."""
    if isinstance(value, Text):
        return value
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {k: _plain(v) for k, v in value.items()}
    return value
