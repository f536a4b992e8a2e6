"""What contradicts what in the form of a stage: its classes, items, units, matrix of risks, reference tables.

Not here: which keys there are (shapes); the rest of the file (checks).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from registry.law.dossier_checks import Fault, Table, twice
from registry.law.lifecycle import FORM_STAGES
from registry.law.reader import Place, meant
from registry.law.units import is_unit, same_kind

LISTS = ("domains", "items", "classes", "recusal", "references")


def form_faults(tree: Table) -> Iterator[Fault]:
    """Every contradiction of the forms, and of what the dossier says in quantities."""
    fields = {field["key"]: field for section in tree["dossier"]["sections"] for field in section["fields"]}
    yield from _units_of_fields(tree["dossier"])
    kinds = {stage["kind"] for stage in tree["stages"]}
    for kind in FORM_STAGES:
        if (kind in tree) != (kind in kinds):
            yield (kind,), f"is missing: there is a stage {kind!r}" if kind in kinds else f"has no use: no stage is {kind!r}"
        if kind in tree:
            yield from _form((kind,), tree[kind], fields)


def _units_of_fields(dossier: Table) -> Iterator[Fault]:
    for i, section in enumerate(dossier["sections"]):
        for j, field in enumerate(section["fields"]):
            place: Place = ("dossier", "sections", i, "fields", j, "measured_in")
            if "measured_in" in field and field["kind"] not in ("integer", "decimal"):
                yield place, f"has no meaning for the kind {field['kind']!r}; only for integer, decimal"
            elif "measured_in" in field and not is_unit(field["measured_in"]):
                yield place, f"{field['measured_in']!r} is no unit"


def _form(place: Place, form: Table, fields: Table) -> Iterator[Fault]:
    for name in LISTS:
        yield from twice(((*place, name, i, "key"), table["key"]) for i, table in enumerate(form.get(name, ())))
    if all(rule["key"] != "employment" for rule in form["recusal"]):
        yield (*place, "recusal"), "has no rule 'employment': nobody judges the product of their own employer"
    for i, table in enumerate(form.get("classes", ())):
        for j, limit in enumerate(table.get("limits", ())):
            yield from _class_limit((*place, "classes", i, "limits", j), limit, fields)
    for i, item in enumerate(form["items"]):
        yield from _item((*place, "items", i), item, form, fields)
    used = {item["domain"] for item in form["items"]}
    for i, domain in enumerate(form["domains"]):
        if domain["key"] not in used:
            yield (*place, "domains", i, "key"), f"no item is of the domain {domain['key']!r}"
    if "risk" in form:
        yield from _risk((*place, "risk"), form["risk"])
    for i, table in enumerate(form.get("references", ())):
        yield from _reference((*place, "references", i), table)


def _class_limit(place: Place, limit: Table, fields: Table) -> Iterator[Fault]:
    field = fields.get(limit["field"])
    if field is None or "measured_in" not in field or not field["required"]:
        yield (*place, "field"), f"{limit['field']!r} must be a required number of the dossier that has 'measured_in'"
    elif not same_kind(limit["unit"], field["measured_in"]):
        yield (*place, "unit"), f"{limit['unit']!r} does not compare with {field['measured_in']!r}, in which {limit['field']!r} is measured"


def _item(place: Place, item: Table, form: Table, fields: Table) -> Iterator[Fault]:
    yield from _named(place, "domain", [item["domain"]], form["domains"])
    yield from _named(place, "classes", item.get("classes", ()), form.get("classes", ()))
    for i, when in enumerate(item.get("when", ())):
        field = fields.get(when["field"], {})
        if field.get("kind") != "choice" or not field.get("required"):
            yield (*place, "when", i, "field"), f"{when['field']!r} must be a required field of kind 'choice'"
        else:
            yield from _named((*place, "when", i), "values", when["values"], field.get("choices", ()))
    measured = item["comparison"] != "conforms"
    for key in ("quantity", "limit", "upper", "unit"):
        if key in item and not measured:
            yield (*place, key), "has no meaning where the comparison is 'conforms'"
    if measured:
        yield from _measure(place, item)


def _measure(place: Place, item: Table) -> Iterator[Fault]:
    for key in ("quantity", "unit") if "limit" in item else ("quantity",):
        if key not in item:
            yield (*place, key), "is missing: a measured item says what is measured, and its limit has a unit"
    if "unit" in item and not is_unit(item["unit"]):
        yield (*place, "unit"), f"{item['unit']!r} is no unit"
    if ("upper" in item) != (item["comparison"] == "between" and "limit" in item):
        yield (*place, "upper"), "stands with the comparison 'between', beside 'limit'"
    elif "upper" in item and item["upper"] <= item["limit"]:
        yield (*place, "upper"), "must be more than the limit"


def _risk(place: Place, risk: Table) -> Iterator[Fault]:
    for name in ("severities", "probabilities", "levels", "mitigations"):
        yield from twice(((*place, name, i, "key"), table["key"]) for i, table in enumerate(risk[name]))
    for i, likely in enumerate(risk["probabilities"]):
        here = (*place, "probabilities", i)
        yield from _named(here, "levels", likely["levels"], risk["levels"])
        if len(likely["levels"]) != len(risk["severities"]):
            yield (*here, "levels"), f"must be one for each of the {len(risk['severities'])} severities"


def _reference(place: Place, table: Table) -> Iterator[Fault]:
    for i, row in enumerate(table["rows"]):
        if len(row) != len(table["columns"]):
            yield (*place, "rows"), f"row {i + 1} has {len(row)} cells; there are {len(table['columns'])} columns"
    found = checksum_of(table["rows"])
    if table["checksum"] != found:
        yield (*place, "checksum"), f"is not that of these rows, {found}: compare them with the source, then write it"


def checksum_of(rows: Iterable[Iterable[str]]) -> str:
    """What stands at `checksum`: the first 16 hexadecimal digits of the SHA-256 of the rows, cells joined by tabs, rows by line ends."""
    return hashlib.sha256("\n".join("\t".join(row) for row in rows).encode()).hexdigest()[:16]


def _named(place: Place, key: str, given: Iterable[str], known: Iterable[Any]) -> Iterator[Fault]:
    names = [table["key"] for table in known]
    for name in given:
        if name not in names:
            yield (*place, key), f"there is no {name!r}{meant(name, names)}"
