"""What contradicts what in a law file's dossier: its fields, their columns, its documents, the conditions over them.

Not here: which keys there are (shapes); the rest of the file (checks).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from registry.law.conditions import expression_faults, seen
from registry.law.expressions import ANY, DAY, FLAG, TEXT, Kind
from registry.law.reader import Place, meant
from registry.law.shapes import FIELD_KINDS
from registry.law.values import MOST_ROWS

Table = Mapping[str, Any]
Fault = tuple[Place, str]

_KEY = re.compile(r"^[a-z][a-z0-9_]*$")
# Which keys a field has only when it is of these kinds.
_ONLY_FOR = {
    "choices": ("choice",), "max_length": ("line", "text", "models"), "places": ("decimal",),
    "minimum": ("integer", "decimal", "rows"), "maximum": ("integer", "decimal", "rows"), "unit": ("integer", "decimal"),
    "columns": ("rows",),
}


def twice(keys: Iterable[tuple[Place, str]], pattern: re.Pattern[str] = _KEY) -> Iterator[Fault]:
    """Each key that stands twice in its list, and each that is no key."""
    seen: set[str] = set()
    for place, key in keys:
        if key in seen:
            yield place, f"{key!r} stands here twice"
        if not pattern.match(key):
            yield place, f"{key!r} must be made of a-z, 0-9 and _"
        seen.add(key)


def field_faults(tree: Table) -> Iterator[Fault]:
    """What is wrong with the fields, each with its columns."""
    places: list[tuple[Place, str]] = []
    for i, section in enumerate(tree["dossier"]["sections"]):
        for j, field in enumerate(section["fields"]):
            place: Place = ("dossier", "sections", i, "fields", j)
            places.append(((*place, "key"), field["key"]))
            yield from _one_field(place, field)
    yield from twice(places)


def _one_field(place: Place, field: Table) -> Iterator[Fault]:
    kind = field["kind"]
    if kind not in FIELD_KINDS:
        return  # said already; what it may have is not known
    for key, kinds in _ONLY_FOR.items():
        if key in field and kind not in kinds:
            yield (*place, key), f"has no meaning for the kind {kind!r}; only for {', '.join(kinds)}"
    if kind == "choice":
        if "choices" not in field:
            yield (*place, "choices"), "is missing: a choice lists what may be chosen"
        yield from twice(((*place, "choices"), choice["key"]) for choice in field.get("choices", ()))
    if kind == "decimal" and "places" not in field:
        yield (*place, "places"), "is missing: a decimal says how many decimal places it has"
    if kind == "rows":
        yield from _columns(place, field)
    if field.get("minimum", 0) > field.get("maximum", float("inf")):
        yield (*place, "minimum"), "is more than the maximum"


def _columns(place: Place, field: Table) -> Iterator[Fault]:
    for needed in ("columns", "maximum"):
        if needed not in field:
            yield (*place, needed), "is missing: rows say which columns they have, and how many lines there may be"
    if not 1 <= field.get("maximum", 1) <= MOST_ROWS:
        yield (*place, "maximum"), f"rows are 1 to {MOST_ROWS}"
    columns = field.get("columns", ())
    yield from twice(((*place, "columns", i, "key"), column["key"]) for i, column in enumerate(columns))
    for i, column in enumerate(columns):
        yield from _one_field((*place, "columns", i), column)


def named_field_faults(tree: Table) -> Iterator[Fault]:
    """Which keys of fields name no field, or one that does not suit."""
    dossier = tree["dossier"]
    kinds = {field["key"]: field for section in dossier["sections"] for field in section["fields"]}
    named = {"product_field": ("line",), "models_field": ("models", "line"), "class_field": ("taxonomy",), "grade_field": ("choice",)}
    for name, allowed in named.items():
        if name not in dossier:
            continue
        field = kinds.get(dossier[name])
        if field is None:
            yield ("dossier", name), f"there is no field {dossier[name]!r}{meant(dossier[name], kinds)}"
        elif field["kind"] not in allowed or not field["required"]:
            yield ("dossier", name), f"{dossier[name]!r} must be a required field of kind {' or '.join(map(repr, allowed))}"
    for key in dossier.get("identity_fields", ()):
        if key not in kinds or kinds[key]["kind"] != "line" or not kinds[key]["required"]:
            yield ("dossier", "identity_fields"), f"{key!r} must be a required field of kind 'line'"


def document_faults(tree: Table) -> Iterator[Fault]:
    """What is wrong with the kinds of document."""
    for i, table in enumerate(tree["dossier"]["documents"]):
        if table["minimum"] > table["maximum"]:
            yield ("dossier", "documents", i, "minimum"), "is more than the maximum"
        if table["required"] and table["minimum"] == 0:
            yield ("dossier", "documents", i, "minimum"), "is 0, but the document is required"


def condition_faults(tree: Table, leaves: Collection[str] | None) -> Iterator[Fault]:
    """What is wrong with the conditions; `leaves` of the product tree, None where it is not known."""
    dossier = tree["dossier"]
    fields = {field["key"]: _kind(field, leaves) for section in dossier["sections"] for field in section["fields"]}
    documents = [table["key"] for table in dossier["documents"]]
    known = {f"dossier.{key}" for key in fields} | {f"documents.{key}" for key in documents}
    for i, table in enumerate(tree.get("conditions", ())):
        for what in expression_faults(table["expression"], seen(fields, documents)):
            yield ("conditions", i, "expression"), what
        if table["field"] not in known:
            yield ("conditions", i, "field"), f"there is no {table['field']!r}; write dossier.<key> or documents.<key>{meant(table['field'], known)}"


def _kind(field: Table, leaves: Collection[str] | None = None) -> Kind:
    """What an expression sees of a field or a column; `leaves`: those of the product tree, None where it is not known."""
    optional = not field["required"]
    match field["kind"]:
        case "rows":
            return Kind("list", of=Kind("row", columns={column["key"]: _kind(column) for column in field.get("columns", ())}))
        case "models":
            return Kind("list", of=TEXT)
        case "choice":
            return Kind("text", values=tuple(choice["key"] for choice in field.get("choices", ())), optional=optional)
        case "taxonomy":
            return Kind("text", values=None if leaves is None else tuple(leaves), optional=optional)
        case "integer" | "decimal":
            return Kind("number", places=field.get("places", 0), optional=optional)
    of_kind = {"line": TEXT, "text": TEXT, "credit_code": TEXT, "date": DAY, "declaration": FLAG}.get(field["kind"], ANY)
    return replace(of_kind, optional=optional)
