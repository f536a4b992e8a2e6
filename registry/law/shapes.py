"""Which keys a regulation file and a taxonomy file may hold. Only shape: what contradicts what is in `checks.py`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from registry.law.forms import COMPARISONS, DECISION_RULES, EFFECTS, METHODS
from registry.law.lifecycle import STAGE_ENTRY
from registry.law.reader import Key
from registry.law.scopes import SEPARATORS

BASES = ("article", "instruction", "precedent", "assumption")
UNITS = ("working_day", "natural_day", "month", "year")
ENDS = ("next_working_day", "as_is")
COLUMN_KINDS = ("line", "integer", "decimal", "date", "choice", "credit_code")
FIELD_KINDS = (*COLUMN_KINDS, "text", "declaration", "taxonomy", "models", "rows")
FILE_TYPES = ("pdf", "png", "jpg", "ofd", "docx", "xlsx")
ESCALATION_ROLES = ("officer", "head", "department")
INTAKE_MODES = ("calls", "all_year")
CALL_TIERS = ("enterprise", "bureau", "department")  # each has a last day of its own under a call
SANCTION_ACTS = ("suspend", "revoke", "reinstate")  # each has at least one ground
RELATION_KINDS = ("independent", "implies", "excludes")  # what a certificate of another family means here
CHANGE_KINDS = ("scope", "rename", "transfer")  # what of a certificate a holder may ask to be changed
FURTHER_ACTS = ("recover_support", "set_aside")  # without a ground they cannot be done
# Periods that the house asks for whichever stages a regulation has, and where there is a public notice.
ALWAYS_ASKED = ("supplement", "statement")
ASKED_IN_NOTICE = ("public_notice", "objection_decision")
RENEWAL_CLOSES = {"closes_after", "closes_before", "closes_on_last_day"}  # one of them says when the window closes
NUMBER_KINDS = ("application", "notice", "objection", "certificate", "measure", "amendment")

_LINE, _TEXT, _FLAG, _INTEGER = Key("line"), Key("text"), Key("flag"), Key("integer", minimum=0)
_LENGTH = Key("integer", minimum=1, maximum=9999)  # nothing legal is longer; a slip of the keyboard is
_NOTE = Key("text", required=False)

SOURCE: dict[str, Key] = {
    "article": _LINE,
    "basis": Key("line", choices=BASES),
    "source": Key("line", required=False),
    "note": _NOTE,
    "conflict": Key("text", required=False),
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
_OPTIONAL_FLAG = Key("flag", required=False)
_MAYBE_PERIOD = {name: replace(key, required=False) for name, key in PERIOD.items()}
_GROUNDS = _many(key=_LINE, label=_TEXT)
_CHOICE = Key("tables", required=False, shape={"key": _LINE, "label": _TEXT})

_COLUMN = Key("tables", required=False, shape={
    "key": _LINE, "label": _TEXT, "kind": Key("line", choices=COLUMN_KINDS), "required": _FLAG,
    "max_length": Key("integer", required=False, minimum=1), "choices": _CHOICE,
    "minimum": Key("number", required=False), "maximum": Key("number", required=False),
    "places": Key("integer", required=False, minimum=1), "unit": Key("text", required=False),
})
_FIELD = _many(
    key=_LINE, label=_TEXT, help=Key("text", required=False), kind=Key("line", choices=FIELD_KINDS), required=_FLAG,
    public=_FLAG, columns=_COLUMN, max_length=Key("integer", required=False, minimum=1), choices=_CHOICE,
    minimum=Key("number", required=False), maximum=Key("number", required=False),
    places=Key("integer", required=False, minimum=1), unit=Key("text", required=False), measured_in=Key("line", required=False),
)
_DOCUMENT = _many(
    key=_LINE, label=_TEXT, help=Key("text", required=False), required=_FLAG, minimum=_INTEGER,
    maximum=Key("integer", minimum=1), types=Key("words", choices=FILE_TYPES),
)
_DOSSIER = Key("table", shape={
    "product_field": _LINE,
    "models_field": _LINE,
    "class_field": _LINE,
    "grade_field": Key("line", required=False),
    "identity_fields": Key("words", required=False),
    "configuration_fields": Key("words", required=False),
    "sections": Key("tables", shape={"key": _LINE, "label": _TEXT, "fields": _FIELD}),
    "documents": _DOCUMENT,
})
_RECUSAL = _many(key=_LINE, label=_TEXT, years=Key("integer", required=False, minimum=1, maximum=99))
_PANEL = Key("table", required=False, shape=_leaf(
    minimum=Key("integer", minimum=1), odd=_FLAG, pass_mark=Key("integer", minimum=1),
    rule=Key("line", choices=("mean",)), specialists=Key("integer", required=False, minimum=1),
    criteria=_many(key=_LINE, label=_TEXT, maximum=Key("integer", minimum=1), help=Key("text", required=False)),
    recusal=_RECUSAL,
))
_LIMIT = Key("number", required=False)
_FORM_OF_STAGE = Key("table", required=False, shape=_leaf(
    decision_rule=Key("line", choices=DECISION_RULES), recusal=_RECUSAL,
    classes=_any(key=_LINE, label=_TEXT, limits=_any(
        field=_LINE, comparison=Key("line", choices=COMPARISONS[:4]), limit=Key("number"), unit=_LINE)),
    domains=_many(key=_LINE, label=_TEXT),
    items=_many(
        key=_LINE, label=_TEXT, domain=_LINE, method=Key("line", choices=tuple(METHODS)), comparison=Key("line", choices=COMPARISONS),
        requirement=Key("text", required=False), quantity=Key("text", required=False), limit=_LIMIT, upper=_LIMIT,
        unit=Key("line", required=False), classes=Key("words", required=False), counts=Key("flag", required=False),
        when=Key("tables", required=False, shape={"field": _LINE, "values": Key("words")}),
    ),
    risk=Key("table", required=False, shape=_leaf(
        severities=_many(key=_LINE, label=_TEXT),
        probabilities=_many(key=_LINE, label=_TEXT, levels=Key("words"), eliminated=Key("flag", required=False)),
        levels=_many(key=_LINE, label=_TEXT, effect=Key("line", choices=EFFECTS)),
        mitigations=_many(key=_LINE, label=_TEXT, design=_FLAG),
    )),
    references=_any(key=_LINE, label=_TEXT, caution=_TEXT, columns=Key("words"), rows=Key("grid"), checksum=_LINE),
))
_AUTHORITY = _one(
    code=_LINE, name=_TEXT, unit=Key("line", required=False), prefectures=_any(code=_LINE, name=_TEXT, bureau=_TEXT),
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
    quotas=_any(key=_LINE, label=_TEXT, regions=Key("words"), quota=Key("integer", minimum=0)),
    bonuses=_any(key=_LINE, label=_TEXT, more=Key("integer", minimum=1), regions=Key("words", required=False),
                 certified_at_least=Key("integer", required=False, minimum=1), certified_at_most=Key("integer", required=False, minimum=1),
                 by_call=_OPTIONAL_FLAG),
    reminders=_any(key=_LINE, tier=Key("line", choices=CALL_TIERS), before=_PERIOD),
))

_AMOUNT = Key("number", required=False, minimum=0)
_SUPPORT = _any(
    key=_LINE, label=_TEXT, rate=Key("number", required=False, minimum=0, maximum=100), cap=_AMOUNT, floor=_AMOUNT,
    unit=Key("text", required=False), of=Key("text", required=False), of_field=Key("line", required=False),
    shares=Key("tables", required=False, shape={"key": _LINE, "label": _TEXT, "percent": Key("number", minimum=0, maximum=100)}),
)

REGULATION: dict[str, Key] = {
    "id": _LINE, "family": _LINE, "version": _LINE, "taxonomy": _LINE,
    "title": _TEXT, "short_title": _TEXT, "product_noun": _TEXT, "certificate_title": _TEXT,
    "publication": Key("named", choices=("document_number", "registration_number", "issued_on"),
                       shape=_leaf(value=Key("maybe"))),
    "authority": _AUTHORITY,
    "effective": _EFFECTIVE,
    "definition": _one(text=_TEXT),
    "summary": _any(key=_LINE, text=_TEXT, figures=Key("figures", required=False)),
    "predicates": _any(key=_LINE, label=_TEXT),
    "stages": _many(kind=Key("line", choices=tuple(STAGE_ENTRY)), label=_TEXT, term=Key("maybe"),
                    scope=Key("line", choices=("prefecture", "province"))),
    "intake": _INTAKE,
    "periods": Key("named", shape=PERIOD | SOURCE),
    "validity": Key("table", required=False, shape=_leaf(**_MAYBE_PERIOD, endless=_OPTIONAL_FLAG, base=Key("line", choices=("announcement_day",)))),
    "renewal": Key("table", required=False, shape=_leaf(
        none=_OPTIONAL_FLAG, opens_before=_BEFORE, closes_after=_BEFORE, closes_before=_BEFORE, closes_on_last_day=_OPTIONAL_FLAG)),
    "reminders": _any(key=_LINE, before=_PERIOD),
    "escalations": _any(key=_LINE, after=_PERIOD, role=Key("line", choices=ESCALATION_ROLES)),
    "dossier": _DOSSIER,
    "conditions": _any(key=_LINE, expression=_LINE, field=_LINE, message=_TEXT, demands=Key("text", required=False),
                        action=Key("text", required=False),
                        asked=Key("line", required=False, choices=("always", "at_submission", "first_submission"))),
    "panel": _PANEL,
    "assessment": _FORM_OF_STAGE,
    "site_inspection": _FORM_OF_STAGE,
    "grades": _any(key=_LINE, label=_TEXT, pass_mark=Key("integer", required=False, minimum=1)),
    "relations": _any(key=_LINE, label=_TEXT, family=_LINE, kind=Key("line", choices=RELATION_KINDS)),
    "supplement_reasons": _GROUNDS,
    "refusal_grounds": _GROUNDS,
    "objection_grounds": _any(key=_LINE, label=_TEXT),
    "sanctions": _any(key=_LINE, label=_TEXT, acts=Key("words", choices=SANCTION_ACTS + FURTHER_ACTS)),
    "debarments": _any(key=_LINE, label=_TEXT, years=Key("integer", minimum=1, maximum=99)),
    "scope": Key("table", required=False, shape=_leaf(
        notation=Key("line", choices=("literal", "patterns")), ignored=Key("words", required=False, choices=tuple(SEPARATORS)))),
    "changes": _any(key=Key("line", choices=CHANGE_KINDS), label=_TEXT, proof=_TEXT),
    "support": _SUPPORT,
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
    forms = [name for name, key in shape.items() if key is _FORM_OF_STAGE]
    for name, key in shape.items():
        if name not in shared:
            yield above + name
            if key.shape and name not in forms[1:]:  # the form of every such stage is written alike, and told once
                yield from known_keys(key.shape, f"{above}{name}.{'*.' if key.kind == 'named' else ''}")
