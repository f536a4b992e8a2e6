"""Which keys a regulation file and a taxonomy file may hold. Only shape: what contradicts what is in `checks.py`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from registry.law.lifecycle import STAGE_ENTRY
from registry.law.reader import Key

BASES = ("article", "instruction", "precedent", "assumption")
UNITS = ("working_day", "natural_day", "month", "year")
ENDS = ("next_working_day", "as_is")
FIELD_KINDS = ("line", "text", "integer", "decimal", "date", "choice", "declaration", "taxonomy", "models")
FILE_TYPES = ("pdf", "png", "jpg", "ofd", "docx", "xlsx")
ESCALATION_ROLES = ("officer", "head", "department")
INTAKE_MODES = ("calls", "all_year")
SANCTION_ACTS = ("suspend", "revoke", "reinstate")  # each has at least one ground
CHANGE_KINDS = ("scope", "rename", "transfer")  # what of a certificate a holder may ask to be changed
FURTHER_ACTS = ("recover_support", "set_aside")  # without a ground they cannot be done
NUMBER_KINDS = ("application", "notice", "objection", "certificate", "measure", "amendment")

_LINE, _TEXT, _FLAG, _INTEGER = Key("line"), Key("text"), Key("flag"), Key("integer", minimum=0)
_LENGTH = Key("integer", minimum=1, maximum=9999)  # nothing legal is longer; a slip of the keyboard is
_NOTE = Key("text", required=False)

SOURCE: dict[str, Key] = {
    "article": _LINE,
    "basis": Key("line", choices=BASES),
    "source": Key("line", required=False),
    "note": _NOTE,
}
PERIOD: dict[str, Key] = {
    "length": _LENGTH,
    "unit": Key("line", choices=UNITS),
    "count_start_day": Key("flag", required=False),
    "ends": Key("line", required=False, choices=ENDS),
}


def _leaf(**keys: Key) -> dict[str, Key]:
    return keys | SOURCE


def _one(**keys: Key) -> Key:
    return Key("table", shape=_leaf(**keys))


def _many(**keys: Key) -> Key:
    return Key("tables", shape=_leaf(**keys))


def _any(**keys: Key) -> Key:
    return Key("tables", required=False, shape=_leaf(**keys))


_PERIOD = Key("table", shape=PERIOD)
_GROUNDS = _many(key=_LINE, label=_TEXT)
_CHOICE = Key("tables", required=False, shape={"key": _LINE, "label": _TEXT})

_FIELD = _many(
    key=_LINE, label=_TEXT, help=Key("text", required=False), kind=Key("line", choices=FIELD_KINDS), required=_FLAG,
    public=_FLAG, max_length=Key("integer", required=False, minimum=1), choices=_CHOICE,
    minimum=Key("number", required=False), maximum=Key("number", required=False),
    places=Key("integer", required=False, minimum=1), unit=Key("text", required=False),
)
_DOCUMENT = _many(
    key=_LINE, label=_TEXT, help=Key("text", required=False), required=_FLAG, minimum=_INTEGER,
    maximum=Key("integer", minimum=1), types=Key("words", choices=FILE_TYPES),
)
_DOSSIER = Key("table", shape={
    "product_field": _LINE,
    "models_field": _LINE,
    "class_field": _LINE,
    "sections": Key("tables", shape={"key": _LINE, "label": _TEXT, "fields": _FIELD}),
    "documents": _DOCUMENT,
})
_PANEL = Key("table", required=False, shape=_leaf(
    minimum=Key("integer", minimum=1), odd=_FLAG, pass_mark=Key("integer", minimum=1),
    rule=Key("line", choices=("mean",)), specialists=Key("integer", required=False, minimum=1),
    criteria=_many(key=_LINE, label=_TEXT, maximum=Key("integer", minimum=1), help=Key("text", required=False)),
    recusal=_many(key=_LINE, label=_TEXT, years=Key("integer", required=False, minimum=1, maximum=99)),
))
_AUTHORITY = _one(
    code=_LINE, name=_TEXT, prefectures=_many(code=_LINE, name=_TEXT, bureau=_TEXT),
)
_EFFECTIVE = Key("table", shape={
    "start": _one(day=Key("day")),
    "life": _one(length=_LENGTH, unit=Key("line", choices=UNITS)),
    "counting": _one(count_start_day=_FLAG),
})
_BEFORE = Key("table", required=False, shape=PERIOD)
_INTAKE = Key("table", required=False, shape=_leaf(
    mode=Key("line", choices=INTAKE_MODES), bureau_before=_BEFORE, enterprise_before=_BEFORE,
    quota_per_bureau=Key("integer", required=False, minimum=1),
))

REGULATION: dict[str, Key] = {
    "id": _LINE, "family": _LINE, "version": _LINE, "taxonomy": _LINE,
    "title": _TEXT, "short_title": _TEXT, "product_noun": _TEXT, "certificate_title": _TEXT,
    "publication": Key("named", choices=("document_number", "registration_number", "issued_on"),
                       shape=_leaf(value=Key("maybe"))),
    "authority": _AUTHORITY,
    "effective": _EFFECTIVE,
    "definition": _one(text=_TEXT),
    "predicates": _many(key=_LINE, label=_TEXT),
    "stages": _many(kind=Key("line", choices=tuple(STAGE_ENTRY)), label=_TEXT, term=Key("maybe"),
                    scope=Key("line", choices=("prefecture", "province"))),
    "intake": _INTAKE,
    "periods": Key("named", shape=PERIOD | SOURCE),
    "validity": _one(**PERIOD, base=Key("line", choices=("announcement_day",))),
    "renewal": _one(opens_before=_PERIOD, closes_after=_PERIOD),
    "reminders": _many(key=_LINE, before=_PERIOD),
    "escalations": _any(key=_LINE, after=_PERIOD, role=Key("line", choices=ESCALATION_ROLES)),
    "dossier": _DOSSIER,
    "conditions": _any(key=_LINE, expression=_LINE, field=_LINE, message=_TEXT,
                        action=Key("text", required=False),
                        asked=Key("line", required=False, choices=("always", "at_submission", "first_submission"))),
    "panel": _PANEL,
    "supplement_reasons": _GROUNDS,
    "refusal_grounds": _GROUNDS,
    "objection_grounds": _GROUNDS,
    "sanctions": _many(key=_LINE, label=_TEXT, acts=Key("words", choices=SANCTION_ACTS + FURTHER_ACTS)),
    "debarments": _any(key=_LINE, label=_TEXT, years=Key("integer", minimum=1, maximum=99)),
    "changes": _any(key=Key("line", choices=CHANGE_KINDS), label=_TEXT, proof=_TEXT),
    "support": _any(key=_LINE, label=_TEXT),
    "numbers": _one(**{kind: _LINE for kind in NUMBER_KINDS}),
}

TAXONOMY: dict[str, Key] = {
    "id": _LINE, "version": _LINE, "title": _TEXT, **SOURCE,
    "classes": _many(
        key=_LINE, label=_TEXT,
        leaves=_many(key=_LINE, label=_TEXT, gbt4754=Key("words")),
    ),
}


def known_keys(shape: Mapping[str, Key] = REGULATION, above: str = "") -> Iterator[str]:
    """Every key as docs/regulations.md writes it (`stages.kind`); those of SOURCE and of PERIOD stand once, bare."""
    if not above:
        yield from SOURCE | PERIOD if shape is REGULATION else SOURCE
    shared = SOURCE | PERIOD if shape.keys() >= PERIOD.keys() else SOURCE
    for name, key in shape.items():
        if name not in shared:
            yield above + name
            if key.shape:
                yield from known_keys(key.shape, f"{above}{name}.{'*.' if key.kind == 'named' else ''}")
