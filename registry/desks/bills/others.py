"""What else is certified: for each line of a bill that fails, certificates in force in the class of the product it names."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlmodel import col, select

from registry.books.models import Certificate
from registry.clock import office_day
from registry.desks.bills.register import Register
from registry.law.verdicts import standing_at
from registry.registrar import Registrar

MOST, LOOKED_AT = 3, 200
FAILED = ("not_in_force", "out_of_scope")


def add_alternatives(r: Registrar, register: Register, found: dict[str, Any], on: date | None) -> dict[str, Any]:
    """`found` with `alternatives` on every line whose certificate is known and does not serve: in force on the day asked about
    of the whole bill, by what the register knew at its moment."""
    failed = {line["certificate"] for line in found["lines"] if line["outcome"] in FAILED and line["certificate"]}
    classes = _classes(r, sorted(failed))
    others = {key: _in_class(r, register, key, on or office_day(register.as_of)) for key in sorted(set(classes.values()))}
    for line in found["lines"]:
        if line["outcome"] in FAILED and (key := classes.get(line["certificate"])):
            line["alternatives"] = [x for x in others[key] if x["number"] != line["certificate"]][:MOST]
    return found


def _classes(r: Registrar, numbers: list[str]) -> dict[str, tuple[str, str]]:
    classes: dict[str, tuple[str, str]] = {}
    for start in range(0, len(numbers), 500):
        query = select(Certificate.number, Certificate.regulation_id, Certificate.product_class).where(
            col(Certificate.number).in_(numbers[start:start + 500]))
        classes |= {number: (regulation, leaf) for number, regulation, leaf in r.session.exec(query)}
    return classes


def _in_class(r: Registrar, register: Register, key: tuple[str, str], day: date) -> list[dict[str, str]]:
    """The newest of a class that are in force: a few, from among as many as are looked at."""
    query = select(Certificate.number, Certificate.product, Certificate.holder_name).where(
        Certificate.regulation_id == key[0], Certificate.product_class == key[1]).order_by(col(Certificate.id).desc()).limit(LOOKED_AT)
    rows = list(r.session.exec(query))
    lives = register.look_up([number for number, _, _ in rows])
    serving = [row for row in rows if row[0] in lives and standing_at(lives[row[0]], day, None).in_force]
    return [{"number": n, "product": p, "holder": h} for n, p, h in serving[:MOST + 1]]
