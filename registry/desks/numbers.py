"""Giving public numbers: one series for each pattern and year, never reused, each with its check character."""

from __future__ import annotations

from registry.books.models import Series
from registry.law.codes import with_check
from registry.law.regulation import Regulation
from registry.registrar import Registrar


def next_number(r: Registrar, regulation: Regulation, kind: str) -> str:
    """The next number of `kind` ("application", "notice", "objection", "certificate", "measure") in the regulation's form."""
    return next_in_series(r, kind, regulation.numbers[kind])


def next_in_series(r: Registrar, kind: str, pattern: str) -> str:
    """The next number of `kind` in the form `pattern`, for what belongs to no regulation."""
    key = f"{kind}:{pattern}:{r.today.year}"
    series = r.session.get(Series, key)
    if series is None:
        series = Series(key=key, last=0)
        r.session.add(series)
    series.last += 1
    return with_check(pattern.format(year=r.today.year, serial=series.last))
