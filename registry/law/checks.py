"""What contradicts what in a law file: all of it, each fault with its line and key.

Not here: which keys there are (shapes); the dossier (dossier_checks), lengths of time (time_checks), forms (form_checks); what needs other files (library).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from registry.law import places
from registry.law.codes import form_shape, parse_document_number
from registry.law.deadlines import Calendar, Period, Unit, last_day
from registry.law.dossier_checks import (
    Fault,
    Table,
    condition_faults,
    document_faults,
    field_faults,
    named_field_faults,
    twice,
)
from registry.law.form_checks import form_faults
from registry.law.reader import LawFile, Place, meant, near
from registry.law.rules import TIES
from registry.law.shapes import NUMBER_KINDS, SANCTION_ACTS
from registry.law.time_checks import escalation_faults, period_faults, reminder_faults, renewal_faults, validity_faults

_REMINDER_KEY = re.compile(r"^[a-z0-9_]+$")
_ISO_DAY = re.compile(r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")
_CODE = re.compile(r"^\d{6}$")
_UNIT = re.compile(r"^[a-z0-9]{1,16}$")
_GBT4754 = re.compile(r"^\d{2,4}$")
_FORM = re.compile(r"^[A-Z0-9-]*\{year\}[A-Z0-9-]*\{serial:0[1-9]d\}$")


def regulation_faults(file: LawFile, leaves: Collection[str] | None = None) -> None:
    """Add to `file` every contradiction of a regulation's tree; `leaves`: those of its product tree, None where it is not known.

    Where something has no right shape, which is said already, what rests on it is passed over, and all else judged.
    """
    tree: Table = file.tree
    unshaped = bool(file.faults)
    groups = (
        _identity(file, tree), _effective(tree), _sources((), tree), _repeated(tree), _intake(tree), validity_faults(tree), renewal_faults(tree),
        reminder_faults(tree), escalation_faults(tree), _stages(tree), period_faults(tree), _prefectures(tree), field_faults(tree),
        named_field_faults(tree), document_faults(tree), condition_faults(tree, leaves), form_faults(tree), _panel(tree), _grades(tree),
        _grounds(tree), _sanctions(tree), _support(tree), _summary(tree), _numbers(tree), _publication(tree),
    )
    for group in groups:
        try:
            for place, what in group:
                file.fault(place, what)
        except (KeyError, TypeError, AttributeError, IndexError, ValueError, ArithmeticError):
            if not unshaped:
                raise


def taxonomy_faults(file: LawFile) -> None:
    """Add to `file` every contradiction of a product tree."""
    tree: Table = file.tree
    classes: list[Table] = tree["classes"]
    if tree["id"] != file.path.stem:
        file.fault(("id",), f"is {tree['id']!r}, but the file is named {file.path.name}")
    leaves = [(("classes", i, "leaves", j, "key"), leaf["key"])
              for i, branch in enumerate(classes) for j, leaf in enumerate(branch["leaves"])]
    keys = [(("classes", i, "key"), branch["key"]) for i, branch in enumerate(classes)]
    faults = [*twice(leaves), *twice(keys), *_sources((), tree)]
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


def _effective(tree: Table) -> Iterator[Fault]:
    effective = tree["effective"]
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


def _repeated(tree: Table) -> Iterator[Fault]:
    lists: dict[Place, list[Table]] = {
        (name,): tree.get(name, []) for name in (
            "predicates", "conditions", "supplement_reasons", "refusal_grounds", "objection_grounds", "sanctions", "debarments", "changes",
            "support", "grades", "relations", "summary")
    }
    lists |= {("panel", name): tree["panel"][name] for name in ("criteria", "recusal") if "panel" in tree}
    lists |= {("dossier", name): tree["dossier"][name] for name in ("sections", "documents")}
    for place, tables in lists.items():
        yield from twice(((*place, i, "key"), table["key"]) for i, table in enumerate(tables))
    for name in ("reminders", "escalations"):
        yield from twice((((name, i, "key"), table["key"]) for i, table in enumerate(tree.get(name, []))), _REMINDER_KEY)


def _intake(tree: Table) -> Iterator[Fault]:
    """Deadlines and quotas belong to calls, and calls to a road that begins with the bureaus."""
    intake = tree.get("intake")
    if intake is None:
        return
    calls = intake["mode"] == "calls"
    for key in ("bureau_before", "enterprise_before"):
        if (key in intake) != calls:
            yield ("intake", key), "is missing: with calls each tier has its deadline" if calls else "has no meaning all year round"
    for key in () if calls else {"quota_per_bureau", "quotas", "bonuses", "reminders"} & intake.keys():
        yield ("intake", key), "has no meaning all year round"
    yield from _quotas(intake, [region["code"] for region in tree["authority"].get("prefectures", ())])
    yield from twice(((("intake", "reminders", i, "key"), x["key"]) for i, x in enumerate(intake.get("reminders", ()))), _REMINDER_KEY)
    if calls and tree["stages"][0]["kind"] != "preliminary_review":
        yield ("intake", "mode"), "is 'calls', but the first stage is not 'preliminary_review'"


def _quotas(intake: Table, regions: list[str]) -> Iterator[Fault]:
    """Whatever differs from the base quota, or is added to it, is for regions of the authority or for so many certifications."""
    for name in ("quotas", "bonuses"):
        yield from twice((("intake", name, i, "key"), x["key"]) for i, x in enumerate(intake.get(name, ())))
        if name in intake and "quota_per_bureau" not in intake:
            yield ("intake", name), "has no meaning without 'quota_per_bureau'"
        for i, table in enumerate(intake.get(name, ())):
            for code in table.get("regions", ()):
                if code not in regions:
                    yield ("intake", name, i, "regions"), f"there is no region {code!r}{meant(code, regions)}"
    seen: set[str] = set()
    for i, table in enumerate(intake.get("quotas", ())):
        if seen & set(table["regions"]):
            yield ("intake", "quotas", i, "regions"), "names a region that stands in another quota"
        seen |= set(table["regions"])
    for i, table in enumerate(intake.get("bonuses", ())):
        if table.get("certified_at_most", float("inf")) < table.get("certified_at_least", 0):
            yield ("intake", "bonuses", i, "certified_at_most"), "is less than 'certified_at_least'"
        for key in {"regions", "certified_at_least", "certified_at_most"} & table.keys() if table.get("by_call") else ():
            yield ("intake", "bonuses", i, key), "contradicts 'by_call': the call says which bureaus have it"


def _prefectures(tree: Table) -> Iterator[Fault]:
    """Regions lie in the authority's territory, each once: a province's or a city's in its own, a national one's are
    provinces. Who lists none has nobody for a preliminary review."""
    authority = tree["authority"]
    code, regions, seen = authority["code"], authority.get("prefectures", []), set[str]()
    yield from _authority(authority)
    if not regions and any(stage["kind"] == "preliminary_review" for stage in tree["stages"]):
        yield ("authority", "prefectures"), "is missing: the stage 'preliminary_review' is done by the bureau of a region"
    for i, table in enumerate(regions):
        place: Place = ("authority", "prefectures", i, "code")
        if not _CODE.match(table["code"]):
            yield place, "must be six digits (GB/T 2260)"
        elif code == places.NATION and table["code"] not in places.PROVINCES:
            yield place, f"{table['code']} is no province: the regions of a national authority are provinces"
        elif code != places.NATION and (not table["code"].startswith(places.stem(code)) or table["code"] == code):
            yield place, f"{table['code']} does not lie in {code}"
        if table["code"] in seen:
            yield place, f"{table['code']} stands here twice"
        seen.add(table["code"])


def _authority(authority: Table) -> Iterator[Fault]:
    code = authority["code"]
    if not _CODE.match(code):
        yield ("authority", "code"), "must be six digits (GB/T 2260)"
    elif code.startswith("00"):
        yield ("authority", "code"), f"{code} is no place; a national authority has the code {places.NATION}"
    if "unit" in authority and not _UNIT.match(authority["unit"]):
        yield ("authority", "unit"), "must be made of a-z and 0-9, 16 at most"


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
            yield ("stages", i, "term"), f"there is no period {stage['term']!r}{meant(stage['term'], tree['periods'])}"
        if kind == "public_notice" and (after := set(kinds[i + 1:]) - {"announcement", "public_notice"}):
            later = ", ".join(map(repr, sorted(after)))
            yield ("stages", i, "kind"), f"'public_notice' stands before {later}: what is shown to the public is what they lead to"
    if kinds[-1] != "announcement":
        yield ("stages", len(kinds) - 1, "kind"), "the last stage must be 'announcement': it issues the certificate"


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


def _grades(tree: Table) -> Iterator[Fault]:
    """Grades and the field in which one is applied for come together, with the same keys."""
    grades, name = [grade["key"] for grade in tree.get("grades", ())], tree["dossier"].get("grade_field")
    if bool(grades) != bool(name):
        what = "is missing: there are grades" if grades else "has no use: there are no grades"
        yield ("dossier", "grade_field"), what
    for section in tree["dossier"]["sections"] if grades else ():
        for field in section["fields"]:
            if field["key"] == name and [choice["key"] for choice in field.get("choices", ())] != grades:
                yield ("dossier", "grade_field"), f"the choices of {name!r} must be the grades, in their order: {', '.join(grades)}"
    total = sum(criterion["maximum"] for criterion in tree.get("panel", {}).get("criteria", ()))
    for i, grade in enumerate(tree.get("grades", ())):
        if grade.get("pass_mark", 0) > total:
            yield ("grades", i, "pass_mark"), f"is {grade['pass_mark']}, but all criteria together give {total}"


def _grounds(tree: Table) -> Iterator[Fault]:
    """Whoever may object must be able to say on what ground."""
    noticed = any(stage["kind"] == "public_notice" for stage in tree["stages"])
    if noticed and "objection_grounds" not in tree:
        yield ("objection_grounds",), "is missing: there is a stage 'public_notice'"


def _support(tree: Table) -> Iterator[Fault]:
    fields: Table = {field["key"]: field for section in tree["dossier"]["sections"] for field in section["fields"]}
    for i, table in enumerate(tree.get("support", ())):
        base: Table = fields.get(table.get("of_field"), {})
        place: Place = ("support", i)
        money = any(key in table for key in ("cap", "floor"))
        if money and "unit" not in table:
            yield (*place, "unit"), "is missing: a cap or floor has a unit"
        if "rate" in table and "of" not in table:
            yield (*place, "of"), "is missing: a rate is a rate of something"
        if table.get("floor", 0) > table.get("cap", float("inf")):
            yield (*place, "floor"), "is more than the cap"
        if "of_field" in table and base.get("kind") not in ("decimal", "integer"):
            instead = near(table["of_field"], fields) if not base else ""
            yield (*place, "of_field"), f"{table['of_field']!r} must be a field of kind 'decimal' or 'integer'{instead}"
        elif "of_field" in table and base.get("unit") != table.get("unit"):
            units = [said["zh"] if said else "without a unit" for said in (table.get("unit"), base.get("unit"))]
            yield (*place, "unit"), f"is {units[0]}, but {table['of_field']!r} is {units[1]}: nothing is converted, so both must be the same"
        if "shares" in table and sum(share["percent"] for share in table["shares"]) != 100:
            yield (*place, "shares"), "must come to 100 per cent"


def _summary(tree: Table) -> Iterator[Fault]:
    """What a summary repeats is what the file says."""
    for i, table in enumerate(tree.get("summary", ())):
        for path, said in (table.get("figures") or {}).items():
            found, place = _at(tree, path), ("summary", i, "figures", path)
            if found is None:
                yield place, "there is no such figure in this file"
            elif str(found) != str(said):
                yield place, f"says {said}, but {path} is {found}"


def _at(tree: Table, path: str) -> object:
    """What stands at a dotted path; the items of a list are named by their key or kind."""
    found: Any = tree
    for step in path.split("."):
        if isinstance(found, list):
            found = next((item for item in found if step in (item.get("key"), item.get("kind"))), None)
        else:
            found = found.get(step) if isinstance(found, dict) else None
    return found


def _sanctions(tree: Table) -> Iterator[Fault]:
    if "sanctions" not in tree:
        return
    named = {act for table in tree["sanctions"] for act in table["acts"]}
    for act in SANCTION_ACTS:
        if act not in named:
            yield ("sanctions",), f"no ground allows {act!r}"


def _numbers(tree: Table) -> Iterator[Fault]:
    numbers = tree["numbers"]
    for kind in NUMBER_KINDS:
        if not _FORM.match(numbers[kind]):
            yield ("numbers", kind), "must be A-Z, 0-9 and - around {year}, ending in {serial:04d} or the like"
            continue
        others = (k for k in NUMBER_KINDS if k != kind and _FORM.match(numbers[k]) and form_shape(numbers[k]) == form_shape(numbers[kind]))
        for other in others:
            yield ("numbers", kind), f"has the same form as another kind of number, {other!r}: all must differ in more than figures"


def _publication(tree: Table) -> Iterator[Fault]:
    publication = tree["publication"]
    for key in ("document_number", "registration_number", "issued_on"):
        if key not in publication:
            yield ("publication", key), "is missing; write value = \"\" while it is not known"
    number = publication.get("document_number", {}).get("value", "")
    if number and parse_document_number(number) != number:
        yield ("publication", "document_number", "value"), "is not written like 某工信〔2025〕119号"
    issued_on = publication.get("issued_on", {}).get("value", "")
    if issued_on and not _ISO_DAY.match(issued_on):
        yield ("publication", "issued_on", "value"), "is not a day written \"2025-08-01\""
