"""The fields and shapes that several wire shapes share. No shape of any one desk."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, pre_load, validate

# Nothing a person types on purpose: control characters other than tab and line ends, halves of surrogate pairs,
# and the marks that turn the direction of writing around (they make a name read as another).
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
LINE_PATTERN = r"^[^\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]*$"


def unwanted_character(text: str) -> str | None:
    """The sentence that names the first character of `text` that no field takes, or None."""
    found = _UNWANTED.search(text)
    if found is None:
        return None
    return f"Control character U+{ord(found.group()):04X} at position {found.start() + 1}."


def find_unwanted(value: object) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every string below `value` (keys too) that holds such a character: its path and the sentence."""
    if isinstance(value, str):
        if said := unwanted_character(value):
            yield (), said
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if said := unwanted_character(str(key)):
                yield ("?",), said
            else:
                yield from (((str(key), *path), said) for path, said in find_unwanted(inner))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from (((place, *path), said) for path, said in find_unwanted(inner))


class Input(Schema):
    """What a request may hold: nothing unknown, and no control characters anywhere, however deep."""

    class Meta:
        unknown = RAISE

    @pre_load
    def _refuse_unwanted(self, given: Any, **_: Any) -> Any:
        faults: dict[str | int, Any] = {}
        for path, said in find_unwanted(given):
            _put(faults, path or ("_schema",), said)
        if faults:
            raise ValidationError(faults)
        return given


def _put(faults: dict[str | int, Any], path: tuple[str | int, ...], said: str) -> None:
    place: Any = faults
    for step in path[:-1]:
        place = place.setdefault(step, {})
        if isinstance(place, list):  # something is said of the whole of it already
            return
    place.setdefault(path[-1], [said])


class Line(fields.String):
    """One line of text, cut of spaces around it. `least` 1 refuses an empty one."""

    def __init__(self, most: int = 200, least: int = 0, **kwargs: Any) -> None:
        metadata = {"pattern": LINE_PATTERN} | kwargs.pop("metadata", {})
        super().__init__(validate=_length(least, most), metadata=metadata, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if isinstance(text, str) and any(unicodedata.category(c) in ("Cc", "Zl", "Zp") for c in text):
            raise ValidationError("This must be one line.")
        return text.strip() if isinstance(text, str) else text


class Prose(fields.String):
    """Text of several lines."""

    def __init__(self, most: int = 4000, least: int = 0, **kwargs: Any) -> None:
        super().__init__(validate=_length(least, most), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        return text.strip() if isinstance(text, str) else text


class Secret(fields.String):
    """A password or a code: taken exactly as it is."""

    def __init__(self, most: int = 1000, **kwargs: Any) -> None:
        metadata = {"format": "password"} | kwargs.pop("metadata", {})
        super().__init__(validate=_length(1, most), metadata=metadata, **kwargs)


def _length(least: int, most: int) -> validate.Length:
    return validate.Length(min=least or None, max=most)


class TextView(Schema):
    """One text in both languages."""

    zh = fields.String(required=True)
    en = fields.String(required=True)


def words(**kwargs: Any) -> fields.Nested:
    """A text in both languages: {"zh": …, "en": …}."""
    return fields.Nested(TextView, **kwargs)


def some(shape: type[Schema], **kwargs: Any) -> fields.List:
    """A list of one shape."""
    return fields.List(fields.Nested(shape), **kwargs)


def instant(**kwargs: Any) -> fields.AwareDateTime:
    """An instant in UTC: 2026-03-01T00:00:00Z."""
    return fields.AwareDateTime(**kwargs)


def page_of(shape: type[Schema], name: str, **more: fields.Field[Any]) -> type[Schema]:
    """The shape of a list: its items, the cursor of the next page or null, and what more is said of it."""
    following = fields.String(
        required=True, allow_none=True,
        metadata={"description": "下一页的游标；null 表示没有下一页 / cursor of the next page, null on the last"},
    )  # fmt: skip
    return Schema.from_dict({"items": fields.List(fields.Nested(shape), required=True), "next": following, **more}, name=name)


class PageQuery(Input):
    """Where in a list to begin and how much of it to give."""

    cursor = Line(500, metadata={"description": "上一页给出的游标 / the cursor that the page before gave"})
    limit = fields.Integer(
        load_default=20, validate=validate.Range(min=1, max=100),
        metadata={"description": "每页条数 / items on a page"},
    )  # fmt: skip


class ActView(Schema):
    """An act that is possible now."""

    act = fields.String(required=True)
    label = words(required=True)


class Comment(Input):
    """An act that may carry a comment."""

    comment = Prose(load_default="")


class Reason(Input):
    """An act that needs a reason."""

    reason = Prose(least=1, required=True)


class LabelledKey(Schema):
    """One of a regulation's named things."""

    key = fields.String(required=True)
    label = words(required=True)


class Sourced(Schema):
    """What every leaf of law carries: its article, its basis, and where a precedent stands."""

    article = fields.String(required=True)
    basis = fields.String(required=True, validate=validate.OneOf(["article", "instruction", "precedent", "assumption"]))
    source = fields.String(required=True)
    note = words(required=True, allow_none=True)
    conflict = words(required=True, allow_none=True, metadata={
        "description": "出处自相矛盾之处 / how the source contradicts itself"})  # fmt: skip


class GroundView(Sourced):
    """One reason or ground that an act may name."""

    key = fields.String(required=True)
    label = words(required=True)


class PeriodShape(Schema):
    """A length of time as the law writes it."""

    length = fields.Integer(required=True)
    unit = fields.String(required=True)
    count_start_day = fields.Boolean(required=True)
    ends = fields.String(required=True)
