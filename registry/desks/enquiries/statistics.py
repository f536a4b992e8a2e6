"""Counting the public register: certificates by regulation, class, place, year, month, grade, standing today and the year in which
they end, called as the files do.

Only what anybody may read is counted; nobody's name is here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import case, extract, func, or_
from sqlalchemy import select as any_columns
from sqlmodel import col, select

from registry.books.models import Announcement, Application, Certificate, Enterprise
from registry.desks.enquiries.certificates import STANDINGS, stands
from registry.errors import BadInput, Finding
from registry.law.lifecycle import STATE_LABELS
from registry.registrar import Registrar
from registry.words import MONTHS, Text

LATELY = 12  # months
GOING_ON = ("valid", "suspended", "not_yet_valid")
NEVER = Text("长期有效", "without end")
UNKNOWN = Text("未知", "unknown")


def count_certificates(r: Registrar, regulation: str | None = None) -> dict[str, Any]:
    """How many certificates there are, in each way of dividing them; with `regulation`, of that one alone. BadInput for one that
    is not loaded."""
    check_regulation(r, regulation)
    of = [regulation] if regulation else None
    kinds, announced = _counted(r, of), _announced(r, of)
    return {
        "as_of": r.now, "today": r.today, "regulation": regulation, "total": sum(n for *_, n in kinds),
        "regulations": _merged((law, r.law.regulations[law].short_title if law in r.law.regulations else Text(law, law), n) for law, _, _, n in kinds),
        "classes": _merged((label.zh, label, n) for law, leaf, _, n in kinds for label in [_class_label(r, law, leaf)]),
        "places": _merged((code, r.law.place_name(code), n) for code, n in _placed(r, of)),
        "years": _years(((day.year, n) for day, n in announced), Text("{year}", "{year}")),
        "months": _months(r.today, announced), "ending": _ending(r, of),
        "grades": _merged((grade.key, grade.label, n) for law, _, key, n in kinds
                          if law in r.law.regulations and (grade := r.law.regulations[law].grade(key))),
        "standings": _merged((word, STATE_LABELS[word], n) for word, n in _standing(r, of) if n),
    }


def check_regulation(r: Registrar, regulation: str | None) -> None:
    """BadInput for one that is not loaded."""
    if regulation and regulation not in r.law.regulations:
        message = Text("没有载入这部办法。", "No such regulation is loaded.")
        raise BadInput(message, findings=[Finding("regulation", "unknown", message)])


def month_text(year: int, month: int) -> Text:
    return Text(f"{year}年{month}月", f"{MONTHS[month - 1]} {year}")


def _counted(r: Registrar, of: list[str] | None) -> list[tuple[str, str, str | None, int]]:
    """By regulation, leaf of its product tree and grade: each division that one look at the table gives."""
    columns = (col(Certificate.regulation_id), col(Certificate.product_class), col(Certificate.grade))
    query = _under(any_columns(*columns, func.count()).select_from(Certificate), of).group_by(*columns)
    return [(law, leaf, grade, n) for law, leaf, grade, n in r.session.connection().execute(query)]


def _placed(r: Registrar, of: list[str] | None) -> list[tuple[str, int]]:
    """By the region that was asked under its regulation, else by the holder's place."""
    place = func.coalesce(Application.prefecture, Enterprise.prefecture)
    query = select(place, func.count()).select_from(Certificate).join(Application, col(Application.id) == Certificate.application_id).join(
        Enterprise, col(Enterprise.id) == Certificate.enterprise_id).group_by(place)
    return [(code, n) for code, n in r.session.exec(_under(query, of))]


def _announced(r: Registrar, of: list[str] | None) -> list[tuple[date, int]]:
    query = select(col(Announcement.announced_on), func.count()).select_from(Certificate).join(
        Announcement, col(Announcement.id) == Certificate.announcement_id).group_by(col(Announcement.announced_on))
    return [(day, n) for day, n in r.session.exec(_under(query, of))]


def _months(today: date, announced: list[tuple[date, int]]) -> list[dict[str, Any]]:
    """The months up to today's, LATELY of them, each with what was announced in it, none left out."""
    this = today.year * 12 + today.month - 1
    counts = dict.fromkeys(range(this - LATELY + 1, this + 1), 0)
    for day, n in announced:
        if (month := day.year * 12 + day.month - 1) in counts:
            counts[month] += n
    return [_part(f"{m // 12}-{m % 12 + 1:02d}", month_text(m // 12, m % 12 + 1), n) for m, n in counts.items()] if any(counts.values()) else []


def _ending(r: Registrar, of: list[str] | None) -> list[dict[str, Any]]:
    """Those whose term is not over and that were not ended, by the year of their last day; those without one last."""
    year = extract("year", col(Certificate.valid_until))
    going = or_(*(stands(word, r.today) for word in GOING_ON))
    query = _under(any_columns(year, func.count()).select_from(Certificate).where(going), of).group_by(year)
    rows = [(None if y is None else int(y), n) for y, n in r.session.connection().execute(query)]
    dated = _years(((y, n) for y, n in rows if y is not None), Text("{year}年", "{year}"))
    return dated + [_part("never", NEVER, n) for y, n in rows if y is None]


def _years(counted: Iterable[tuple[int, int]], words: Text) -> list[dict[str, Any]]:
    """Each year from the first to the last that counts anything, those between with none."""
    counts = Counter[int]()
    for year, n in counted:
        counts[year] += n
    return [_part(str(year), words.with_(year=year), counts[year]) for year in range(min(counts), max(counts) + 1)] if counts else []


def _standing(r: Registrar, of: list[str] | None) -> list[tuple[str, int]]:
    """By standing today, all in one look."""
    sums = (func.coalesce(func.sum(case((stands(word, r.today), 1), else_=0)), 0) for word in STANDINGS)
    [row] = r.session.connection().execute(_under(any_columns(*sums).select_from(Certificate), of))
    return list(zip(STANDINGS, map(int, row), strict=True))


def _under(query: Any, of: list[str] | None) -> Any:
    return query if of is None else query.where(col(Certificate.regulation_id).in_(of))


def _class_label(r: Registrar, regulation: str, leaf: str) -> Text:
    """The class of a product as the product tree calls it."""
    law = r.law.regulations.get(regulation)
    found = r.law.taxonomy_of(law).find_leaf(leaf) if law else None
    return found.class_label if found else UNKNOWN


def _part(key: str, label: Text, count: int) -> dict[str, Any]:
    return {"key": key, "label": label, "count": count}


def _merged(parts: Iterable[tuple[str, Text, int]]) -> list[dict[str, Any]]:
    """Parts of one key and one name added up, the largest first: two regulations may call different things by one key."""
    found: dict[tuple[str, Text], dict[str, Any]] = {}
    for key, label, count in parts:
        found.setdefault((key, label), _part(key, label, 0))["count"] += count
    return sorted(found.values(), key=lambda part: (-part["count"], part["key"]))
