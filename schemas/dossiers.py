"""The JSON Schema of a regulation's dossier, made from the regulation: what `dossier` must be to be handed in.

A draft keeps whatever was typed. Not here: what fields must satisfy together (the regulation's conditions), documents.
"""

from __future__ import annotations

from typing import Any

from registry.law.codes import CREDIT_CODE_ALPHABET, CREDIT_CODE_LENGTH
from registry.law.regulation import Regulation
from registry.law.rules import Column, FieldRule
from registry.law.taxonomy import Taxonomy

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Shape = dict[str, Any]


def dossier_schema(law: Regulation, tree: Taxonomy) -> Shape:
    """An object with one property for each field of the regulation's form, in its order; nothing else may stand in it.

    Each has the field's name in both languages, and its article and basis under `x-article` and `x-basis`.
    """
    rules = list(law.all_fields())
    return {
        "$schema": DIALECT, "$id": f"urn:regulation:{law.id}:dossier", "title": f"{law.title.zh} / {law.title.en}", "type": "object",
        "properties": {rule.key: _field(rule, tree) for rule in rules}, "required": [rule.key for rule in rules if rule.required],
        "additionalProperties": False,
    }


def _field(rule: FieldRule, tree: Taxonomy) -> Shape:
    shape = _rows(rule, tree) if rule.kind == "rows" else _value(rule, tree)
    about = {"title": f"{rule.label.zh} / {rule.label.en}", "x-article": rule.article, "x-basis": rule.basis, "x-public": rule.public}
    if rule.help.zh:
        about["description"] = f"{rule.help.zh} / {rule.help.en}"
    return about | shape


def _rows(rule: FieldRule, tree: Taxonomy) -> Shape:
    line = {
        "type": "object", "properties": {c.key: {"title": f"{c.label.zh} / {c.label.en}"} | _value(c, tree) for c in rule.columns},
        "required": [c.key for c in rule.columns if c.required], "additionalProperties": False,
    }
    least = int(rule.minimum) if rule.minimum is not None else 1
    return {"type": "array", "items": line, "minItems": max(least, 1), "maxItems": int(rule.maximum or 1)}


def _value(rule: Column, tree: Taxonomy) -> Shape:
    match rule.kind:
        case "integer":
            return {"type": "integer"} | _bounds(rule)
        case "decimal":
            pattern = rf"^[+-]?\d{{1,13}}(\.\d{{1,{rule.places}}})?$"
            return {"type": "string", "pattern": pattern, "x-unit": rule.unit.zh if rule.unit else None}
        case "date":
            return {"type": "string", "format": "date"}
        case "choice":
            return {"enum": [choice.key for choice in rule.choices]}
        case "declaration":
            return {"const": True}
        case "taxonomy":
            return {"enum": [leaf.key for leaf in tree.leaves]}
        case "models":
            return {"type": "array", "items": _text(rule), "minItems": 1}
        case "credit_code":
            return {"type": "string", "pattern": f"^[{CREDIT_CODE_ALPHABET}]{{{CREDIT_CODE_LENGTH}}}$"}
        case _:
            return _text(rule)


def _text(rule: Column) -> Shape:
    return {"type": "string", "minLength": 1} | ({"maxLength": rule.max_length} if rule.max_length else {})


def _bounds(rule: Column) -> Shape:
    bounds = {"minimum": rule.minimum, "maximum": rule.maximum}
    return {name: int(bound) for name, bound in bounds.items() if bound is not None}
