"""What contradicts what in a law file whose shape is right: all of it, each fault with its line and key.

Not here: which keys there are (shapes); what needs other files (library).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from registry.law.codes import parse_document_number
from registry.law.conditions import expression_faults
from registry.law.deadlines import Calendar, Period, Unit, last_day
from registry.law.reader import LawFile, Place
from registry.law.rules import TIES
from registry.law.shapes import NUMBER_KINDS, SANCTION_ACTS

Table = Mapping[str, Any]
Fault = tuple[Place, str]

_KEY = re.compile(r"^[a-z][a-z0-9_]*$")
_REMINDER_KEY = re.compile(r"^[a-z0-9_]+$")
_ISO_DAY = re.compile(r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")
_CODE = re.compile(r"^\d{6}$")
_GBT4754 = re.compile(r"^\d{2,4}$")
_FORM = re.compile(r"^[A-Z0-9-]*\{year\}[A-Z0-9-]*\{serial:0[1-9]d\}$")
_SAMPLES = {
    "line": "x", "text": "x", "integer": 1, "decimal": Decimal(1), "date": date(2000, 1, 1), "choice": "x",
    "declaration": True, "taxonomy": "x", "models": ["x"],
}
# Which keys a field has only when it is of these kinds.
_ONLY_FOR = {
    "choices": ("choice",), "max_length": ("line", "text", "models"), "places": ("decimal",),
    "minimum": ("integer", "decimal"), "maximum": ("integer", "decimal"), "unit": ("integer", "decimal"),
}


def regulation_faults(file: LawFile) -> None:
    """Add to `file` every contradiction of a regulation's tree."""
    tree: Table = file.tree
    dossier = tree["dossier"]
    groups = (
        _identity(file, tree), _effective(tree["effective"]), _sources((), tree), _repeated(tree), _intake(tree), _escalations(tree), _stages(tree),
        _prefectures(tree["authority"]), _fields(dossier), _named_fields(dossier), _documents(dossier),
        _conditions(tree), _panel(tree), _sanctions(tree), _numbers(tree["numbers"]), _publication(tree),
    )
    for group in groups:
        for place, what in group:
            file.fault(place, what)


def taxonomy_faults(file: LawFile) -> None:
    """Add to `file` every contradiction of a product tree."""
    tree: Table = file.tree
    classes: list[Table] = tree["classes"]
    if tree["id"] != file.path.stem:
        file.fault(("id",), f"is {tree['id']!r}, but the file is named {file.path.name}")
    leaves = [(("classes", i, "leaves", j, "key"), leaf["key"])
              for i, branch in enumerate(classes) for j, leaf in enumerate(branch["leaves"])]
    keys = [(("classes", i, "key"), branch["key"]) for i, branch in enumerate(classes)]
    faults = [*_twice(leaves), *_twice(keys), *_sources((), tree)]
    for i, branch in enumerate(classes):
        for j, leaf in enumerate(branch["leaves"]):
            faults += [(("classes", i, "leaves", j, "gbt4754"), f"{code!r} is not two to four digits")
                       for code in leaf["gbt4754"] if not _GBT4754.match(code)]
    for place, what in faults:
        file.fault(place, what)


def _identity(file: LawFile, tree: Table) -> Iterator[Fault]:
    if tree["id"] != file.path.stem:
        yield ("id",), f"is {tree['id']!r}, but the file is named {file.path.name}"
    if tree["id"] != f"{tree['family']}-{tree['version']}":
        yield ("id",), f"must be family and version: {tree['family']}-{tree['version']}"


def _effective(effective: Table) -> Iterator[Fault]:
    life = effective["life"]
    if life["unit"] == "working_day":
        yield ("effective", "life", "unit"), "a regulation's own life is not counted in working days"
        return
    try:
        last_day(Calendar([]), effective["start"]["day"], Period(life["length"], Unit(life["unit"]), True, "as_is"))
    except (OverflowError, ValueError):
        yield ("effective", "life", "length"), "leads past the year 9999"


def _sources(place: Place, value: object) -> Iterator[Fault]:
    """A precedent names where it stands; everywhere in the file."""
    if isinstance(value, dict):
        if value.get("basis") == "precedent" and not value.get("source"):
            yield (*place, "source"), "is missing: a precedent names where it stands"
        for key, item in value.items():
            yield from _sources((*place, key), item)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _sources((*place, index), item)


def _twice(keys: Iterable[tuple[Place, str]], pattern: re.Pattern[str] = _KEY) -> Iterator[Fault]:
    seen: set[str] = set()
    for place, key in keys:
        if key in seen:
            yield place, f"{key!r} stands here twice"
        if not pattern.match(key):
            yield place, f"{key!r} must be made of a-z, 0-9 and _"
        seen.add(key)


def _repeated(tree: Table) -> Iterator[Fault]:
    lists: dict[Place, list[Table]] = {
        (name,): tree.get(name, []) for name in ("predicates", "conditions", "supplement_reasons", "refusal_grounds",
                                                 "objection_grounds", "sanctions", "debarments", "changes", "support")
    }
    lists |= {("panel", name): tree["panel"][name] for name in ("criteria", "recusal") if "panel" in tree}
    lists |= {("dossier", name): tree["dossier"][name] for name in ("sections", "documents")}
    for place, tables in lists.items():
        yield from _twice(((*place, i, "key"), table["key"]) for i, table in enumerate(tables))
    for name in ("reminders", "escalations"):
        keys: list[tuple[Place, str]] = [((name, i, "key"), table["key"]) for i, table in enumerate(tree.get(name, []))]
        yield from _twice(keys, _REMINDER_KEY)


def _escalations(tree: Table) -> Iterator[Fault]:
    """Each step is counted in working days, and comes later than the one before it."""
    last = 0
    for i, table in enumerate(tree.get("escalations", [])):
        after = table["after"]
        if after["unit"] != "working_day":
            yield ("escalations", i, "after", "unit"), "overdue work is counted in working days"
        if after["length"] <= last:
            yield ("escalations", i, "after", "length"), "must be more than in the step before"
        last = after["length"]


def _intake(tree: Table) -> Iterator[Fault]:
    """Deadlines and quotas belong to calls, and calls to a road that begins with the bureaus."""
    intake = tree.get("intake")
    if intake is None:
        return
    calls = intake["mode"] == "calls"
    for key in ("bureau_before", "enterprise_before"):
        if (key in intake) != calls:
            yield ("intake", key), "is missing: with calls each tier has its deadline" if calls else "has no meaning all year round"
    if "quota_per_bureau" in intake and not calls:
        yield ("intake", "quota_per_bureau"), "has no meaning all year round"
    if calls and tree["stages"][0]["kind"] != "preliminary_review":
        yield ("intake", "mode"), "is 'calls', but the first stage is not 'preliminary_review'"


def _prefectures(authority: Table) -> Iterator[Fault]:
    seen: set[str] = set()
    if not _CODE.match(authority["code"]):
        yield ("authority", "code"), "must be six digits (GB/T 2260)"
    for i, table in enumerate(authority["prefectures"]):
        place: Place = ("authority", "prefectures", i, "code")
        if not _CODE.match(table["code"]):
            yield place, "must be six digits (GB/T 2260)"
        elif table["code"][:2] != authority["code"][:2]:
            yield place, f"{table['code']} does not lie in {authority['code']}"
        if table["code"] in seen:
            yield place, f"{table['code']} stands here twice"
        seen.add(table["code"])


def _stages(tree: Table) -> Iterator[Fault]:
    stages: list[Table] = tree["stages"]
    kinds = [stage["kind"] for stage in stages]
    for i, stage in enumerate(stages):
        kind, scope = stage["kind"], stage["scope"]
        if kinds.index(kind) != i:
            yield ("stages", i, "kind"), f"{kind!r} stands here twice"
        if (scope == "prefecture") != (kind == "preliminary_review"):
            yield ("stages", i, "scope"), f"{kind!r} is not done by the {scope}"
        if stage["term"] and stage["term"] not in tree["periods"]:
            yield ("stages", i, "term"), f"there is no period {stage['term']!r}"
    if kinds[-1] != "announcement":
        yield ("stages", len(kinds) - 1, "kind"), "the last stage must be 'announcement': it issues the certificate"


def _fields(dossier: Table) -> Iterator[Fault]:
    places: list[tuple[Place, str]] = []
    for i, section in enumerate(dossier["sections"]):
        for j, field in enumerate(section["fields"]):
            place: Place = ("dossier", "sections", i, "fields", j)
            places.append(((*place, "key"), field["key"]))
            yield from _one_field(place, field)
    yield from _twice(places)


def _one_field(place: Place, field: Table) -> Iterator[Fault]:
    kind = field["kind"]
    for key, kinds in _ONLY_FOR.items():
        if key in field and kind not in kinds:
            yield (*place, key), f"has no meaning for the kind {kind!r}; only for {', '.join(kinds)}"
    if kind == "choice":
        if "choices" not in field:
            yield (*place, "choices"), "is missing: a choice lists what may be chosen"
        yield from _twice(((*place, "choices"), choice["key"]) for choice in field.get("choices", ()))
    if kind == "decimal" and "places" not in field:
        yield (*place, "places"), "is missing: a decimal says how many decimal places it has"
    if field.get("minimum", 0) > field.get("maximum", float("inf")):
        yield (*place, "minimum"), "is more than the maximum"


def _named_fields(dossier: Table) -> Iterator[Fault]:
    kinds = {field["key"]: field for section in dossier["sections"] for field in section["fields"]}
    for name, kind in (("product_field", "line"), ("models_field", "models"), ("class_field", "taxonomy")):
        field = kinds.get(dossier[name])
        if field is None:
            yield ("dossier", name), f"there is no field {dossier[name]!r}"
        elif field["kind"] != kind or not field["required"]:
            yield ("dossier", name), f"{dossier[name]!r} must be a required field of kind {kind!r}"


def _documents(dossier: Table) -> Iterator[Fault]:
    for i, table in enumerate(dossier["documents"]):
        if table["minimum"] > table["maximum"]:
            yield ("dossier", "documents", i, "minimum"), "is more than the maximum"
        if table["required"] and table["minimum"] == 0:
            yield ("dossier", "documents", i, "minimum"), "is 0, but the document is required"


def _conditions(tree: Table) -> Iterator[Fault]:
    dossier = tree["dossier"]
    samples = {field["key"]: _SAMPLES[field["kind"]] for section in dossier["sections"] for field in section["fields"]}
    documents = [table["key"] for table in dossier["documents"]]
    known = {f"dossier.{key}" for key in samples} | {f"documents.{key}" for key in documents}
    for i, table in enumerate(tree.get("conditions", ())):
        for what in expression_faults(table["expression"], samples, documents):
            yield ("conditions", i, "expression"), what
        if table["field"] not in known:
            yield ("conditions", i, "field"), f"there is no {table['field']!r}; write dossier.<key> or documents.<key>"


def _panel(tree: Table) -> Iterator[Fault]:
    reviewed = any(stage["kind"] == "expert_review" for stage in tree["stages"])
    if ("panel" in tree) != reviewed:
        what = "is missing: there is a stage 'expert_review'" if reviewed else "has no use: no stage is 'expert_review'"
        yield ("panel",), what
    if "panel" not in tree:
        return
    panel = tree["panel"]
    total = sum(criterion["maximum"] for criterion in panel["criteria"])
    if panel["pass_mark"] > total:
        yield ("panel", "pass_mark"), f"is {panel['pass_mark']}, but all criteria together give {total}"
    if panel["odd"] and panel["minimum"] % 2 == 0:
        yield ("panel", "minimum"), f"is {panel['minimum']}, but the number of experts must be odd"
    if panel.get("specialists", 0) > panel["minimum"]:
        yield ("panel", "specialists"), f"is {panel['specialists']}, but a panel may have only {panel['minimum']} experts"
    if all(rule["key"] != "employment" for rule in panel["recusal"]):
        yield ("panel", "recusal"), "has no rule 'employment': nobody reviews the product of their own employer"
    for i, rule in enumerate(panel["recusal"]):
        if "years" in rule and rule["key"] not in TIES:
            yield ("panel", "recusal", i, "years"), f"has no meaning for {rule['key']!r}; only for {', '.join(TIES)}"


def _sanctions(tree: Table) -> Iterator[Fault]:
    named = {act for table in tree["sanctions"] for act in table["acts"]}
    for act in SANCTION_ACTS:
        if act not in named:
            yield ("sanctions",), f"no ground allows {act!r}"


def _numbers(numbers: Table) -> Iterator[Fault]:
    for kind in NUMBER_KINDS:
        if not _FORM.match(numbers[kind]):
            yield ("numbers", kind), "must be A-Z, 0-9 and - around {year}, ending in {serial:04d} or the like"
        if [numbers[k] for k in NUMBER_KINDS].count(numbers[kind]) > 1:
            yield ("numbers", kind), "has the same form as another kind of number"


def _publication(tree: Table) -> Iterator[Fault]:
    publication = tree["publication"]
    for key in ("document_number", "registration_number", "issued_on"):
        if key not in publication:
            yield ("publication", key), "is missing; write value = \"\" while it is not known"
    number = publication.get("document_number", {}).get("value", "")
    if number and parse_document_number(number) != number:
        yield ("publication", "document_number", "value"), "is not written like 湘工信产业〔2025〕119号"
    issued_on = publication.get("issued_on", {}).get("value", "")
    if issued_on and not _ISO_DAY.match(issued_on):
        yield ("publication", "issued_on", "value"), "is not a day written \"2025-08-01\""
