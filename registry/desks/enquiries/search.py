"""Searching certificates: anybody may, by any word that stands on one, divided by what they have in common.

What the index finds is counted up to MOST_COUNTED, newest first; beyond that it is said that there are more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Date, Integer, String, bindparam, case, extract, tuple_
from sqlmodel import col, func, select

from registry.books import sought
from registry.books.glance import Ask, Glance
from registry.books.models import Certificate, CertificateLife, Enterprise
from registry.clock import office_day
from registry.desks.enquiries.certificates import STANDINGS, line, stands
from registry.desks.enquiries.paging import MOST, Page, contains, read_cursor, write_cursor
from registry.errors import BadInput, Finding
from registry.law.codes import credit_code_fault, normalise_credit_code
from registry.law.library import Law
from registry.law.lifecycle import STATE_LABELS
from registry.registrar import Registrar
from registry.words import Text

MOST_COUNTED, MOST_VALUES = 1000, 20
MOST_LETTERS = {"q": 100, "holder": 200}
SORTS = {
    "newest": Text("最近颁发的在前", "newest first"), "oldest": Text("最早颁发的在前", "oldest first"),
    "ends": Text("最先到期的在前", "soonest to end first"),
}
FACETS = {
    "standing": Text("今天的状态", "Standing today"), "regulation": Text("依据的办法", "Regulation"),
    "product_class": Text("产品类别", "Class of product"), "place": Text("企业所在地", "Place of the holder"),
    "year": Text("生效年份", "Year of its first day"),
}
DISTURBED = ("revoked", "surrendered", "suspended", "superseded")  # standings that nothing has to which nothing was ever done
_NEVER = date(9999, 12, 31)


@dataclass(frozen=True)
class Asked:
    """What is searched for. `q` is any words of number, product, holder, credit code or scope, or initials of their pinyin; `holder`
    a credit code or words of the name."""

    q: str | None = None
    standing: str | None = None
    regulation: str | None = None
    product_class: str | None = None
    place: str | None = None
    year: int | None = None
    holder: str | None = None
    sort: str = "newest"
    facets: bool = False
    cursor: str | None = None
    limit: int = 20


class Ground(NamedTuple):
    """Of whom it is asked, all as of one moment, under which law and on which day."""

    ask: Ask
    dialect: str
    law: Law
    today: date


def search_certificates(r: Registrar, **asked: Any) -> Page:
    """A page of the certificates that fit all that is `Asked`, with how many there are and, if asked, how they divide.

    BadInput for a query of no letter, for a sort or a standing that there is not, for a foreign cursor.
    """
    def ask(statement: Any, values: Mapping[str, Any]) -> Sequence[Any]:
        return r.session.connection().execute(statement, values).all()

    return _search(Ground(ask, r.session.get_bind().dialect.name, r.law, r.today), Asked(**asked))


def glance_at_certificates(glance: Glance, law: Law, now: datetime, asked: Asked) -> Page:
    """The same without a unit of work. NoAnswer where the register cannot be asked."""
    return glance.look(lambda ask: _search(Ground(ask, glance.dialect, law, office_day(now)), asked))


def _search(ground: Ground, asked: Asked) -> Page:
    shape, values = _understand(ground, asked)
    statements, size = _statements(shape), values["size"] - 1
    rows = ground.ask(statements.page, values)
    divided = _divide(ground.ask(statements.divided, values)) if asked.facets else {}
    count = sum(divided.pop("count").values()) if divided else ground.ask(statements.count, values)[0][0]
    return {
        "items": [line(ground.today, body) for _, body in rows[:size]],
        "next": write_cursor(rows[size - 1][0]) if len(rows) > size else None,
        "total": min(count, MOST_COUNTED), "more": count > MOST_COUNTED,
        "facets": [{"key": name, "label": FACETS[name], "values": _values(ground.law, name, counts)} for name, counts in divided.items()],
    }


# -------------------------------------------------------------------------------------------------------- how it is asked


class _Shape(NamedTuple):
    """What makes one search another statement than the next; the rest are its parameters."""

    dialect: str
    by_tokens: bool
    phrases: int
    standing: str | None
    holder: str | None  # by its code or by its name
    sort: str
    goes_on: bool


class _Statements(NamedTuple):
    page: Any
    count: Any
    divided: Any


def _understand(ground: Ground, asked: Asked) -> tuple[_Shape, dict[str, Any]]:
    """The search that is asked, and its parameters. BadInput."""
    if asked.sort not in SORTS:
        raise _fault("sort", "unknown", Text(f"排序可为：{'、'.join(SORTS)}。", f"sort is one of {', '.join(SORTS)}."))
    tokens = sought.marks(asked.regulation, asked.product_class, asked.place, asked.year,
                          undisturbed=False if asked.standing in DISTURBED else None)
    phrases: dict[str, None] = {}
    for field, text in (("q", asked.q), ("holder", asked.holder)):
        if text and text.strip():
            query = _read(field, text.strip())
            tokens += query.tokens
            phrases |= dict.fromkeys(query.phrases)
    by, held = _held_by(asked.holder.strip()) if asked.holder and asked.holder.strip() else (None, None)
    values = {"today": ground.today, "holder": held, "last": read_cursor(asked.cursor) if asked.cursor else None,
              "size": min(max(asked.limit, 1), MOST) + 1, "most": MOST_COUNTED + 1}
    ended = sought.ended_by(ground.today) if asked.standing == "expired" else []
    shape = _Shape(ground.dialect, bool(tokens or ended), len(phrases), asked.standing or None, by, asked.sort, bool(asked.cursor))
    return shape, values | sought.asked(ground.dialect, tokens, tuple(phrases), ended)


@lru_cache(maxsize=256)
def _statements(shape: _Shape) -> _Statements:
    """The statements of all searches of one shape; made once, since making one takes longer than asking it. BadInput for a standing."""
    today = bindparam("today", type_=Date())
    own = [*([stands(shape.standing, today)] if shape.standing else []), *([_HELD[shape.holder]] if shape.holder else [])]
    whole: Any = Certificate.__table__  # type: ignore[attr-defined]
    source, key, conditions = whole, col(Certificate.id), list[Any]()
    if shape.by_tokens:
        source, key, conditions = sought.matching(shape.dialect, shape.phrases, choice=shape.standing == "expired")
        whole = source.join(whole, key == whole.c.id)
    newest: Any = select(key.label("id")).select_from(whole if own else source).where(*conditions, *own)
    newest = newest.order_by(key.desc()).limit(bindparam("most", type_=Integer())).subquery()
    labels = _divisions(today)
    divided = select(*labels, func.count()).select_from(newest).join(Certificate, col(Certificate.id) == newest.c.id)  # type: ignore[call-overload]
    page = select(key, CertificateLife.body).select_from(whole).join(CertificateLife, col(CertificateLife.number) == Certificate.number)
    return _Statements(
        _in_order(page.where(*conditions, *own), key, shape), select(func.count()).select_from(newest),
        divided.join(Enterprise, col(Enterprise.id) == Certificate.enterprise_id).group_by(*labels))


def _in_order(page: Any, key: Any, shape: _Shape) -> Any:
    """So many rows of `page`, sorted, after the last one of the page before."""
    last = bindparam("last", type_=Integer())
    order: tuple[Any, ...]
    if shape.sort == "ends":
        order = (func.coalesce(col(Certificate.valid_until), _NEVER), col(Certificate.id))
        after = tuple_(*order) > select(*order).where(Certificate.id == last).scalar_subquery()
    else:
        order, after = ((key.asc(),), key > last) if shape.sort == "oldest" else ((key.desc(),), key < last)
    return (page.where(after) if shape.goes_on else page).order_by(*order).limit(bindparam("size", type_=Integer()))


_HELD: dict[str, ColumnElement[bool]] = {
    "code": col(Certificate.enterprise_id).in_(select(Enterprise.id).where(Enterprise.credit_code == bindparam("holder", type_=String()))),
    "name": col(Certificate.holder_name).ilike(bindparam("holder", type_=String()), escape="\\"),
}


def _held_by(holder: str) -> tuple[str, str]:
    code = normalise_credit_code(holder)
    return ("code", code) if credit_code_fault(code) is None else ("name", contains(holder))


def _divisions(today: Any) -> list[Any]:
    """The columns by which certificates divide, in the order of FACETS."""
    what = (case(*((stands(word, today), word) for word in STANDINGS)), col(Certificate.regulation_id), col(Certificate.product_class),
            col(Enterprise.prefecture), extract("year", col(Certificate.valid_from)))
    return [column.label(name) for column, name in zip(what, FACETS, strict=True)]


# ------------------------------------------------------------------------------------------------------- how it is told


def _divide(rows: Sequence[Any]) -> dict[str, dict[Any, int]]:
    """How many there are of each kind, in each way of dividing; and in all."""
    found: dict[str, dict[Any, int]] = {name: {} for name in (*FACETS, "count")}
    for *keys, count in rows:
        for name, key in zip(FACETS, keys, strict=True):
            key = (keys[1], key) if name == "product_class" else key
            found[name][key] = found[name].get(key, 0) + count
        found["count"][None] = found["count"].get(None, 0) + count
    return found


def _values(law: Law, facet: str, counts: dict[Any, int]) -> list[dict[str, Any]]:
    """The values of one facet, the most frequent first, each as a parameter of this search."""
    told = _TOLD[facet]
    ranked = sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))[:MOST_VALUES]
    return [told(law, key) | {"count": count} for key, count in ranked]


def _of_class(law: Law, key: tuple[str, str]) -> dict[str, Any]:
    regulation, leaf = key
    known = law.taxonomy_of(law.regulation(regulation)).find_leaf(leaf)
    return {"value": leaf, "regulation": regulation, "label": known.label if known else Text(leaf, leaf)}


_TOLD: dict[str, Callable[[Law, Any], dict[str, Any]]] = {
    "standing": lambda law, key: {"value": key, "label": STATE_LABELS[key]},
    "regulation": lambda law, key: {"value": key, "label": law.regulation(key).short_title},
    "product_class": _of_class,
    "place": lambda law, key: {"value": key, "label": law.place_name(key)},
    "year": lambda law, key: {"value": str(int(key)), "label": Text(f"{int(key)} 年", str(int(key)))},
}


def _read(field: str, text: str) -> sought.Query:
    most = MOST_LETTERS[field]
    if len(text) > most:
        raise _fault(field, "too-long", Text(f"最多 {most} 个字，现有 {len(text)} 个：请删去一些。",
                                             f"At most {most} characters; there are {len(text)}. Leave some out."))
    query = sought.read_query(text)
    if not query.tokens:
        raise _fault(field, "no_words", Text("请输入至少一个汉字、字母或数字。", "Give at least one character, letter or digit."))
    return query


def _fault(field: str, code: str, message: Text) -> BadInput:
    return BadInput(message, findings=[Finding(field, code, message)])
