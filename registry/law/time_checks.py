"""What contradicts what in a law file's lengths of time: validity, renewal, reminders, terms of the office.

Not here: which keys there are (shapes), how days are counted (deadlines).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from registry.law.deadlines import Calendar, Period, Unit, days_before
from registry.law.dossier_checks import Fault, Table
from registry.law.reader import meant
from registry.law.shapes import ALWAYS_ASKED, ASKED_IN_NOTICE, PERIOD, RENEWAL_CLOSES


def validity_faults(tree: Table) -> Iterator[Fault]:
    """A certificate has a length or is without end: one of the two is said, and what has no end is neither renewed nor told of."""
    validity = tree.get("validity")
    if validity is None:
        return
    if "endless" not in validity:
        for key in {"length", "unit"} - validity.keys():
            yield ("validity", key), "is missing; what is valid without end says endless = true"
        return
    if not validity["endless"]:
        yield ("validity", "endless"), "is either true or left out: a certificate that ends has a length"
    for key in PERIOD.keys() & validity.keys():
        yield ("validity", key), "contradicts 'endless': there is no end to be counted"
    for key in {"renewal", "reminders"} & tree.keys():
        yield (key,), "has no meaning where a certificate is valid without end"


def renewal_faults(tree: Table) -> Iterator[Fault]:
    """A window opens and closes, or there is none, in so many words."""
    renewal = tree.get("renewal")
    if renewal is None:
        return
    for key in ("none", "closes_on_last_day"):
        if renewal.get(key) is False:
            yield ("renewal", key), "is either true or left out"
    if renewal.get("none"):
        for key in RENEWAL_CLOSES | {"opens_before"}:
            if key in renewal:
                yield ("renewal", key), "contradicts 'none': there is no renewal"
        return
    if "opens_before" not in renewal:
        yield ("renewal", "opens_before"), "is missing; where no certificate is renewed, write none = true"
    closes = sorted(RENEWAL_CLOSES & renewal.keys())
    if len(closes) != 1:
        yield ("renewal", closes[-1] if closes else "closes_after"), f"exactly one of {', '.join(sorted(RENEWAL_CLOSES))} says when the window closes"
    if {"opens_before", "closes_before"} <= renewal.keys() and _ahead(renewal["closes_before"]) <= _ahead(renewal["opens_before"]):
        yield ("renewal", "closes_before"), "must be shorter than 'opens_before': the window would close before it opens"


def reminder_faults(tree: Table) -> Iterator[Fault]:
    """From far to near."""
    last = None
    for i, table in enumerate(tree.get("reminders", ())):
        if last is not None and _ahead(table["before"]) <= last:
            yield ("reminders", i, "before"), "must be nearer to the last day than the reminder before it: they stand from far to near"
        last = _ahead(table["before"])


def _ahead(table: Table) -> date:
    """The day that lies so long before a fixed one, for comparing lengths in different units."""
    try:
        return days_before(Calendar([]), date(2000, 3, 31), Period(table["length"], Unit(table["unit"])))
    except (ValueError, OverflowError):
        return date.min


def period_faults(tree: Table) -> Iterator[Fault]:
    """A length of time that nothing asks for is a slip of the keyboard."""
    kinds = {stage["kind"] for stage in tree["stages"]}
    terms = {stage["term"] for stage in tree["stages"]}
    asked = {*ALWAYS_ASKED, *ASKED_IN_NOTICE}
    for key in tree["periods"]:
        if key in ASKED_IN_NOTICE and key not in terms and "public_notice" not in kinds:
            yield ("periods", key), "has no use: no stage is 'public_notice'"
        elif key not in asked | terms:
            yield ("periods", key), f"has no use: no stage names it as its term, and the registry asks for none of this name{meant(key, asked)}"


def escalation_faults(tree: Table) -> Iterator[Fault]:
    """Each step is counted in working days, and comes later than the one before it."""
    last = 0
    for i, table in enumerate(tree.get("escalations", [])):
        after = table["after"]
        if after["unit"] != "working_day":
            yield ("escalations", i, "after", "unit"), "overdue work is counted in working days"
        if after["length"] <= last:
            yield ("escalations", i, "after", "length"), "must be more than in the step before"
        last = after["length"]
