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
from registry.law import forms, intake
from registry.law import rules as law
from registry.law.authorities import Authority, Prefecture
from registry.law.checks import regulation_faults, taxonomy_faults
from registry.law.deadlines import Calendar, Period, Unit, last_day
from registry.law.reader import LawFile
from registry.law.regulation import Regulation
from registry.law.shapes import NUMBER_KINDS, PERIOD, REGULATION, TAXONOMY
from registry.law.support import Share, Support
from registry.law.taxonomy import Taxonomy, TaxonomyClass, TaxonomyLeaf
from registry.words import Text

Table = Mapping[str, Any]  # a part of a tree that has passed its shape


def load_regulation(path: Path, leaves: tuple[str, ...] | None = None) -> Regulation:
    """The regulation in `path`; LawFileFault with every fault of the file, each with its line and key.

    `leaves`: those of its product tree; None where that is not known, and nothing is held against it.
    """
    content = _content(path)
    faults = regulation_text_faults(path.stem, content, leaves) if content else tuple(LawFile(path).faults)
    found = None if faults else regulation_of_text(path.stem, content)
    if found is None:
        raise LawFileFault(str(path), faults or ["cannot be read"])
    return found


def load_taxonomy(path: Path) -> Taxonomy:
    """The product tree in `path`; LawFileFault with every fault of the file."""
    content = _content(path)
    faults = taxonomy_text_faults(path.stem, content) if content else tuple(LawFile(path).faults)
    found = None if faults else taxonomy_of_text(path.stem, content)
    if found is None:
        raise LawFileFault(str(path), faults or ["cannot be read"])
    return found


@lru_cache(maxsize=64)
def regulation_of_text(key: str, content: bytes) -> Regulation | None:
    """The regulation `key` in a text that was loaded once and kept, made once; None if this registry cannot read it.

    It was sound when it was loaded: what is refused today besides its shape makes no kept text unreadable.
    """
    file = LawFile(Path(f"{key}.toml"), content)
    return replace(_build(file.tree, file.digest), content=content) if file.check(REGULATION) else None


@lru_cache(maxsize=64)
def taxonomy_of_text(key: str, content: bytes) -> Taxonomy | None:
    """The product tree `key` in such a text; None if it cannot be read."""
    file = LawFile(Path(f"{key}.toml"), content)
    return replace(_build_taxonomy(file.tree, file.digest), content=content) if file.check(TAXONOMY) else None


@lru_cache(maxsize=64)
def regulation_text_faults(key: str, content: bytes, leaves: tuple[str, ...] | None) -> tuple[str, ...]:
    """Everything that is wrong in a text: what has no right shape, and what contradicts what in all the rest."""
    file = LawFile(Path(f"{key}.toml"), content)
    if file.faults:
        return tuple(file.faults)
    file.check(REGULATION)
    regulation_faults(file, leaves)
    return tuple(file.faults)


@lru_cache(maxsize=64)
def taxonomy_text_faults(key: str, content: bytes) -> tuple[str, ...]:
    """The same of a product tree."""
    file = LawFile(Path(f"{key}.toml"), content)
    if file.check(TAXONOMY):
        taxonomy_faults(file)
    return tuple(file.faults)


def regulation_as_it_stands(path: Path) -> Regulation | None:
    """The regulation in `path`, though it may have faults; None where they leave nothing to be made of it."""
    try:
        return regulation_of_text(path.stem, _content(path))
    except (KeyError, TypeError, ValueError, ArithmeticError):  # what contradicts itself cannot always be built
        return None


def tree_named_in(path: Path) -> str:
    """The product tree that a regulation names, whatever else is wrong with it; "" where it names none."""
    return _tree_named(path.stem, _content(path))


@lru_cache(maxsize=64)
def _tree_named(key: str, content: bytes) -> str:
    named = LawFile(Path(f"{key}.toml"), content).tree.get("taxonomy")
    return named if isinstance(named, str) else ""


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""  # whoever reads it for its faults is told why


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
        scope=law.ScopeRule(**_plain(tree["scope"])) if "scope" in tree else None,
        support=tuple(_support(table) for table in tree.get("support", ())),
        intake=_intake(tree["intake"]) if "intake" in tree else None,
        periods=_named(tree["periods"], lambda key, table: law.Rule(**_with_period(table))),
        validity=_validity(tree["validity"]) if "validity" in tree else None,
        renewal=law.RenewalRule(**_plain(tree["renewal"])) if "renewal" in tree else None,
        dossier=_dossier(tree["dossier"]),
        panel=_panel(tree["panel"]) if "panel" in tree else law.NO_PANEL,
        assessment=_form(tree["assessment"]) if "assessment" in tree else None,
        site_inspection=_form(tree["site_inspection"]) if "site_inspection" in tree else None,
        number_forms=_numbers(tree["numbers"]),
    )


def _texts(tree: Table) -> dict[str, Any]:
    return {key: Text(**tree[key]) for key in ("title", "short_title", "product_noun", "certificate_title")}


def _lists(tree: Table) -> dict[str, Any]:
    kinds = {
        "predicates": law.Predicate, "stages": law.Stage, "reminders": law.ReminderRule, "escalations": law.EscalationRule, "conditions": law.Condition,
        "supplement_reasons": law.Ground, "refusal_grounds": law.Ground, "objection_grounds": law.Ground,
        "sanctions": law.Sanction, "debarments": law.Debarment, "changes": law.Change,
        "grades": law.Grade, "relations": law.Relation, "summary": law.SummaryLine,
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


def _authority(table: Table) -> Authority:
    prefectures = _all(Prefecture, table.get("prefectures", ()))
    return Authority(**_plain({k: v for k, v in table.items() if k != "prefectures"}),
                         prefectures=MappingProxyType({p.code: p for p in prefectures}))


def _dossier(table: Table) -> law.Dossier:
    return law.Dossier(
        sections=tuple(law.Section(key=s["key"], label=Text(**s["label"]), fields=tuple(map(_field, s["fields"])))
                       for s in table["sections"]),
        documents=_all(law.DocumentRule, table["documents"]),
        **{key: table[key] for key in ("product_field", "models_field", "class_field")},
        grade_field=table.get("grade_field"), identity_fields=tuple(table.get("identity_fields", ())),
        configuration_fields=tuple(table.get("configuration_fields", ())),
    )


def _field(table: Table) -> law.FieldRule:
    columns = tuple(law.Column(**_entry(column)) for column in table.get("columns", ()))
    return law.FieldRule(**_entry(table) | {"columns": columns})


def _entry(table: Table) -> dict[str, Any]:
    values = _plain(table)
    values["choices"] = _all(law.Choice, table.get("choices", ()))
    for bound in ("minimum", "maximum"):
        if bound in table:
            values[bound] = Decimal(table[bound])
    return values


def _validity(table: Table) -> law.ValidityRule:
    if "endless" not in table:
        return law.ValidityRule(**_with_period(table))
    return law.ValidityRule(**_plain({k: v for k, v in table.items() if k != "endless"}), period=None)


def _intake(table: Table) -> intake.IntakeRule:
    kinds = {"reminders": intake.CallReminderRule, "quotas": intake.RegionQuota, "bonuses": intake.Bonus}
    return intake.IntakeRule(**_plain(table) | {name: _all(kind, table.get(name, ())) for name, kind in kinds.items()})


def _panel(table: Table) -> law.Panel:
    values = _plain(table)
    values["criteria"] = _all(law.Criterion, table["criteria"])
    values["recusal"] = _all(law.RecusalRule, table["recusal"])
    return law.Panel(**values)


def _form(table: Table) -> forms.Form:
    lists = {"domains": _all(forms.Domain, table["domains"]), "recusal": _all(law.RecusalRule, table["recusal"]),
             "items": tuple(map(_item, table["items"])), "classes": tuple(map(_class, table.get("classes", ()))),
             "references": tuple(forms.Reference(**_plain(r) | {"rows": tuple(map(tuple, r["rows"]))}) for r in table.get("references", ()))}
    return forms.Form(**_plain(table) | lists | {"risk": _risk(table["risk"]) if "risk" in table else None})


def _item(table: Table) -> forms.Item:
    numbers = {key: Decimal(table[key]) for key in ("limit", "upper") if key in table}
    when = tuple(forms.When(field=w["field"], values=tuple(w["values"])) for w in table.get("when", ()))
    return forms.Item(**_plain(table) | numbers | {"when": when})


def _class(table: Table) -> forms.ClassRule:
    limits = tuple(forms.Limit(**_plain(limit) | {"limit": Decimal(limit["limit"])}) for limit in table.get("limits", ()))
    return forms.ClassRule(**_plain(table) | {"limits": limits})


def _risk(table: Table) -> forms.Risk:
    kinds = {"severities": forms.Severity, "probabilities": forms.Probability, "levels": forms.Level, "mitigations": forms.Mitigation}
    return forms.Risk(**_plain(table) | {name: _all(kind, table[name]) for name, kind in kinds.items()})


def _support(table: Table) -> Support:
    amounts = {key: Decimal(table[key]) for key in ("rate", "cap", "floor") if key in table}
    shares = tuple(Share(**_plain(share) | {"percent": Decimal(share["percent"])}) for share in table.get("shares", ()))
    return Support(**_plain(table) | amounts | {"shares": shares})


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
