"""From a strictly read law file to a Regulation or a Taxonomy.

Not here: which keys there are (shapes), what contradicts what (checks).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from registry.errors import LawFileFault
from registry.law import rules as law
from registry.law.checks import regulation_faults, taxonomy_faults
from registry.law.deadlines import Calendar, Period, Unit, last_day
from registry.law.reader import LawFile
from registry.law.regulation import Regulation
from registry.law.shapes import NUMBER_KINDS, PERIOD, REGULATION, TAXONOMY
from registry.law.taxonomy import Taxonomy, TaxonomyClass, TaxonomyLeaf
from registry.words import Text

Table = Mapping[str, Any]  # a part of a tree that has passed its shape


def load_regulation(path: Path) -> Regulation:
    """The regulation in `path`; LawFileFault with every fault of the file, each with its line and key."""
    file = LawFile(path)
    found = read_regulation(file)
    if found is None:
        raise LawFileFault(str(path), file.faults)
    return found


def load_taxonomy(path: Path) -> Taxonomy:
    """The product tree in `path`; LawFileFault with every fault of the file."""
    file = LawFile(path)
    found = read_taxonomy(file)
    if found is None:
        raise LawFileFault(str(path), file.faults)
    return found


@lru_cache(maxsize=32)
def regulation_of_text(key: str, content: bytes) -> Regulation | None:
    """The regulation `key` in a text that was kept; None if it is none that this registry can read any more."""
    return read_regulation(LawFile(Path(f"{key}.toml"), content))


@lru_cache(maxsize=32)
def taxonomy_of_text(key: str, content: bytes) -> Taxonomy | None:
    """The product tree `key` in a text that was kept; None if it can no longer be read."""
    return read_taxonomy(LawFile(Path(f"{key}.toml"), content))


def read_regulation(file: LawFile) -> Regulation | None:
    """The regulation, or None with `file.faults` filled."""
    if not file.check(REGULATION):
        return None
    regulation_faults(file)
    return None if file.faults else replace(_build(file.tree, file.digest), content=file.content)


def read_taxonomy(file: LawFile) -> Taxonomy | None:
    """The product tree, or None with `file.faults` filled."""
    if not file.check(TAXONOMY):
        return None
    taxonomy_faults(file)
    return None if file.faults else replace(_build_taxonomy(file.tree, file.digest), content=file.content)


def _build(tree: Table, digest: str) -> Regulation:
    effective = _effective(tree["effective"])
    life = Period(effective.life.length, Unit(effective.life.unit), effective.counting.count_start_day, "as_is")
    return Regulation(
        **{key: tree[key] for key in ("id", "family", "version", "taxonomy")},
        **_texts(tree),
        digest=digest,
        publication=_named(tree["publication"], lambda key, table: law.Publication(key=key, **_plain(table))),
        authority=_authority(tree["authority"]),
        effective=effective,
        effective_from=effective.start.day,
        effective_until=last_day(Calendar([]), effective.start.day, life).last_day,
        definition=law.Definition(**_plain(tree["definition"])),
        **_lists(tree),
        intake=law.IntakeRule(**_plain(tree["intake"])) if "intake" in tree else None,
        periods=_named(tree["periods"], lambda key, table: law.Rule(**_with_period(table))),
        validity=law.ValidityRule(**_with_period(tree["validity"])),
        renewal=law.RenewalRule(**_plain(tree["renewal"])),
        dossier=_dossier(tree["dossier"]),
        panel=_panel(tree["panel"]) if "panel" in tree else law.NO_PANEL,
        number_forms=_numbers(tree["numbers"]),
    )


def _texts(tree: Table) -> dict[str, Any]:
    return {key: Text(**tree[key]) for key in ("title", "short_title", "product_noun", "certificate_title")}


def _lists(tree: Table) -> dict[str, Any]:
    kinds = {
        "predicates": law.Predicate, "stages": law.Stage, "reminders": law.ReminderRule, "escalations": law.EscalationRule, "conditions": law.Condition,
        "supplement_reasons": law.Ground, "refusal_grounds": law.Ground, "objection_grounds": law.Ground,
        "sanctions": law.Sanction, "debarments": law.Debarment, "changes": law.Change, "support": law.Support,
    }
    return {name: _all(kind, tree.get(name, ())) for name, kind in kinds.items()}


def _plain(table: Table) -> dict[str, Any]:
    """A table's values as its dataclass takes them: a text as Text, a period as Period, a list as tuple."""
    return {key: _value(value) for key, value in table.items()}


def _value(value: Any) -> Any:
    if isinstance(value, dict) and set(value) == {"zh", "en"}:
        return Text(**value)
    if isinstance(value, dict) and "length" in value and "unit" in value:
        return _period(value)
    return tuple(value) if isinstance(value, list) else value


def _period(table: Table) -> Period:
    values: dict[str, Any] = {key: Unit(table[key]) if key == "unit" else table[key] for key in PERIOD if key in table}
    return Period(**values)


def _with_period(table: Table) -> dict[str, Any]:
    return _plain({k: v for k, v in table.items() if k not in PERIOD}) | {"period": _period(table)}


def _all(kind: Any, tables: Iterable[Table]) -> tuple[Any, ...]:
    return tuple(kind(**_plain(table)) for table in tables)


def _named(tables: Table, build: Any) -> Mapping[str, Any]:
    return MappingProxyType({key: build(key, table) for key, table in tables.items()})


def _effective(table: Table) -> law.Effective:
    return law.Effective(
        start=law.Start(**_plain(table["start"])),
        life=law.Life(**_plain(table["life"])),
        counting=law.Counting(**_plain(table["counting"])),
    )


def _authority(table: Table) -> law.Authority:
    prefectures = _all(law.Prefecture, table["prefectures"])
    return law.Authority(**_plain({k: v for k, v in table.items() if k != "prefectures"}),
                         prefectures=MappingProxyType({p.code: p for p in prefectures}))


def _dossier(table: Table) -> law.Dossier:
    return law.Dossier(
        sections=tuple(law.Section(key=s["key"], label=Text(**s["label"]), fields=tuple(map(_field, s["fields"])))
                       for s in table["sections"]),
        documents=_all(law.DocumentRule, table["documents"]),
        **{key: table[key] for key in ("product_field", "models_field", "class_field")},
    )


def _field(table: Table) -> law.FieldRule:
    values = _plain(table)
    values["choices"] = _all(law.Choice, table.get("choices", ()))
    for bound in ("minimum", "maximum"):
        if bound in table:
            values[bound] = Decimal(table[bound])
    return law.FieldRule(**values)


def _panel(table: Table) -> law.Panel:
    values = _plain(table)
    values["criteria"] = _all(law.Criterion, table["criteria"])
    values["recusal"] = _all(law.RecusalRule, table["recusal"])
    return law.Panel(**values)


def _numbers(table: Table) -> law.NumberForms:
    forms = MappingProxyType({kind: table[kind] for kind in NUMBER_KINDS})
    return law.NumberForms(**_plain({k: v for k, v in table.items() if k not in NUMBER_KINDS}), forms=forms)


def _build_taxonomy(tree: Table, digest: str) -> Taxonomy:
    classes = []
    for table in tree["classes"]:
        extra = {"class_key": table["key"], "class_label": Text(**table["label"])}
        leaves = tuple(TaxonomyLeaf(**_plain(leaf), **extra) for leaf in table["leaves"])
        classes.append(TaxonomyClass(**{**_plain(table), "leaves": leaves}))
    by_key = MappingProxyType({leaf.key: leaf for branch in classes for leaf in branch.leaves})
    return Taxonomy(**{**_plain(tree), "classes": tuple(classes)}, digest=digest, by_key=by_key)
