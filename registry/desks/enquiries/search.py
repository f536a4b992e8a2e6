"""Searching certificates: anybody may, by any word that stands on one, divided by what they have in common.

What the index finds is counted up to MOST_COUNTED, newest first; beyond that it is said that there are more.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Date, bindparam, case, extract, tuple_
from sqlmodel import col, func, select

from registry.books import sought
from registry.books.lives import read_life
from registry.books.models import Certificate, CertificateLife, Enterprise
from registry.desks.enquiries.certificates import STANDINGS, line, stands
from registry.desks.enquiries.paging import MOST, Page, contains, read_cursor, write_cursor
from registry.errors import BadInput, Finding
from registry.law.codes import credit_code_fault, normalise_credit_code
from registry.law.lifecycle import STATE_LABELS
from registry.registrar import Registrar
from registry.words import Text

MOST_COUNTED, MOST_VALUES = 1000, 20
SORTS = {
    "newest": Text("最近颁发的在前", "newest first"), "oldest": Text("最早颁发的在前", "oldest first"),
    "ends": Text("最先到期的在前", "soonest to end first"),
}
FACETS = {
    "standing": Text("今天的状态", "Standing today"), "regulation": Text("依据的办法", "Regulation"),
    "product_class": Text("产品类别", "Class of product"), "place": Text("企业所在地", "Place of the holder"),
    "year": Text("生效年份", "Year of its first day"),
}
_NEVER = date(9999, 12, 31)


def search_certificates(
    r: Registrar,
    *,
    q: str | None = None,
    standing: str | None = None,
    regulation: str | None = None,
    product_class: str | None = None,
    place: str | None = None,
    year: int | None = None,
    holder: str | None = None,
    sort: str = "newest",
    facets: bool = False,
    cursor: str | None = None,
    limit: int = 20,
) -> Page:
    """A page of the certificates that fit all of it, with how many there are and, if asked, how they divide.

    `q` is any words of number, product, holder, credit code or scope, or initials of their pinyin; `holder` a credit code
    or words of the name. BadInput for a query of no letter, for a sort or a standing that there is not, for a foreign cursor.
    """
    found = _Found(r, q=q, standing=standing, holder=holder, sort=sort,
                   marks=sought.marks(regulation, product_class, place, year))
    size = min(max(limit, 1), MOST)
    rows = found.page(cursor, size + 1)
    divided = found.divided() if facets else {}
    count = sum(divided.pop("count").values()) if facets else found.count()
    return {
        "items": [line(r, read_life(body)) for _, body in rows[:size]],
        "next": write_cursor(rows[size - 1][0]) if len(rows) > size else None,
        "total": min(count, MOST_COUNTED), "more": count > MOST_COUNTED,
        "facets": [{"key": name, "label": label, "values": _values(r, name, divided[name])} for name, label in FACETS.items()] if facets else [],
    }


class _Found:
    """What fits, before it is cut into pages."""

    def __init__(self, r: Registrar, *, q: str | None, standing: str | None, holder: str | None, sort: str, marks: list[str]) -> None:
        if sort not in SORTS:
            raise _fault("sort", "unknown", Text(f"排序可为：{'、'.join(SORTS)}。", f"sort is one of {', '.join(SORTS)}."))
        self._r, self._sort = r, sort
        self._conditions: list[ColumnElement[bool]] = []
        self._source: Any = Certificate
        self._key: Any = col(Certificate.id)
        tokens, phrases = marks, list[str]()
        if standing:
            self._conditions.append(stands(standing, r.today))
            if standing in ("revoked", "surrendered", "suspended", "superseded"):
                tokens = [*tokens, *sought.marks(undisturbed=False)]
        for field, text in (("q", q), ("holder", holder)):
            if not (text or "").strip():
                continue
            query = _read(field, str(text))
            tokens, phrases = [*tokens, *query.tokens], [*phrases, *query.phrases]
        if (holder or "").strip():
            self._conditions.append(_held_by(str(holder)))
        dialect = r.session.get_bind().dialect.name
        if tokens:
            self._source, self._key, matched = sought.matching(dialect, dict.fromkeys(tokens), dict.fromkeys(phrases))
            self._conditions += matched

    def _select(self, *what: Any, certificates: bool) -> Any:
        query = select(*what).select_from(self._source)
        if self._source is not Certificate and (certificates or len(self._conditions) > 1 or self._sort == "ends"):
            query = query.join(Certificate, col(Certificate.id) == self._key)
        return query.where(*self._conditions)

    def page(self, cursor: str | None, size: int) -> list[tuple[int, str]]:
        query = self._select(self._key, CertificateLife.body, certificates=True).join(
            CertificateLife, col(CertificateLife.number) == Certificate.number)
        last = read_cursor(cursor) if cursor else None
        if self._sort == "ends":
            order = (func.coalesce(col(Certificate.valid_until), _NEVER), col(Certificate.id))
            if last is not None:
                query = query.where(tuple_(*order) > select(*order).where(Certificate.id == last).scalar_subquery())
            query = query.order_by(*order)
        else:
            forward = self._sort == "oldest"
            if last is not None:
                query = query.where(self._key > last if forward else self._key < last)
            query = query.order_by(self._key.asc() if forward else self._key.desc())
        return [tuple(row) for row in self._r.session.exec(query.limit(size))]

    def count(self) -> int:
        return int(self._r.session.exec(select(func.count()).select_from(self._newest())).one())

    def divided(self) -> dict[str, dict[Any, int]]:
        """How many of them there are of each kind, in each way of dividing; and in all."""
        newest = self._newest()
        labels = _divisions()
        rows = self._r.session.exec(
            select(*labels, func.count()).select_from(newest).join(Certificate, col(Certificate.id) == newest.c.id)  # type: ignore[call-overload]
            .join(Enterprise, col(Enterprise.id) == Certificate.enterprise_id).group_by(*labels), params={"today": self._r.today})
        found: dict[str, dict[Any, int]] = {name: {} for name in (*FACETS, "count")}
        for *keys, count in rows:
            for name, key in zip(FACETS, keys, strict=True):
                key = (keys[1], key) if name == "product_class" else key
                found[name][key] = found[name].get(key, 0) + count
            found["count"][None] = found["count"].get(None, 0) + count
        return found

    def _newest(self) -> Any:
        return self._select(self._key.label("id"), certificates=False).order_by(self._key.desc()).limit(MOST_COUNTED + 1).subquery()


@cache
def _divisions() -> list[Any]:
    """The columns by which certificates divide, in the order of FACETS; made once, since it is a large expression."""
    today = bindparam("today", type_=Date())
    what = (case(*((stands(word, today), word) for word in STANDINGS)), col(Certificate.regulation_id), col(Certificate.product_class),
            col(Enterprise.prefecture), extract("year", col(Certificate.valid_from)))
    return [column.label(name) for column, name in zip(what, FACETS, strict=True)]


def _values(r: Registrar, facet: str, counts: dict[Any, int]) -> list[dict[str, Any]]:
    """The values of one facet, the most frequent first, each as a parameter of this search."""
    told = _TOLD[facet]
    ranked = sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))[:MOST_VALUES]
    return [told(r, key) | {"count": count} for key, count in ranked]


def _of_class(r: Registrar, key: tuple[str, str]) -> dict[str, Any]:
    regulation, leaf = key
    law = r.law.regulation(regulation)
    known = r.law.taxonomy_of(law).find_leaf(leaf)
    return {"value": leaf, "regulation": regulation, "label": known.label if known else Text(leaf, leaf)}


_TOLD: dict[str, Callable[[Registrar, Any], dict[str, Any]]] = {
    "standing": lambda r, key: {"value": key, "label": STATE_LABELS[key]},
    "regulation": lambda r, key: {"value": key, "label": r.law.regulation(key).short_title},
    "product_class": _of_class,
    "place": lambda r, key: {"value": key, "label": r.law.place_name(key)},
    "year": lambda r, key: {"value": str(int(key)), "label": Text(f"{int(key)} 年", str(int(key)))},
}


def _held_by(holder: str) -> ColumnElement[bool]:
    code = normalise_credit_code(holder)
    if credit_code_fault(code) is None:
        return col(Certificate.enterprise_id).in_(select(Enterprise.id).where(Enterprise.credit_code == code))
    return col(Certificate.holder_name).ilike(contains(holder.strip()), escape="\\")


def _read(field: str, text: str) -> sought.Query:
    query = sought.read_query(text)
    if not query.tokens:
        raise _fault(field, "no_words", Text("请输入至少一个汉字、字母或数字。", "Give at least one character, letter or digit."))
    return query


def _fault(field: str, code: str, message: Text) -> BadInput:
    return BadInput(message, findings=[Finding(field, code, message)])
