"""The counter for whoever verifies: a verdict on a certificate, a part, a day. Reads only, needs no account.

What decides stands in law.verdicts; here it is asked and put into the answer that travels.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, NamedTuple

from registry.books.glance import Glance, NoAnswer
from registry.books.lives import read_life
from registry.clock import OFFICE_ZONE, day_ends_at, day_starts_at, office_day
from registry.errors import BadInput, Finding
from registry.law.codes import check_fault, normalise_number
from registry.law.library import Law
from registry.law.lifecycle import STATE_LABELS
from registry.law.scopes import MOST_LENGTH
from registry.law.verdicts import OUTCOME_LABELS, Life, Matching, Question, Verdict, Version, judge, unchecked
from registry.words import Text

MOST_LINES = 10_000
_NO_RULE = Matching()
UNREACHABLE = Text("登记簿此刻无法查询，未能核验；这不说明证书的任何状况，请稍后再试。",
                   "The register cannot be asked at this moment: nothing was checked, and nothing is said of the certificate. Try again.")


class Asked(NamedTuple):
    """What somebody wants verified; `on` None means today, `known_at` None as known now."""

    number: str
    part: str | None = None
    on: date | None = None
    known_at: datetime | None = None


def verify(glance: Glance, law: Law, now: datetime, asked: Asked) -> dict[str, Any]:
    """The verdict on one certificate; `could_not_check` where the register cannot be asked.

    BadInput for a part that is too long or a moment that has not come.
    """
    _check(asked, now)
    try:
        body, size = glance.certificate(normalise_number(asked.number))
    except NoAnswer:
        return tell(asked, now, unchecked("no_answer", UNREACHABLE), 0)
    return answer(law, asked, now, read_life(body) if body else None, size)


def verify_many(glance: Glance, law: Law, now: datetime, lines: Sequence[Asked]) -> list[dict[str, Any]]:
    """The verdicts on up to MOST_LINES certificates, in the order asked, all of one moment."""
    for asked in lines:
        _check(asked, now)
    lines = [asked._replace(number=normalise_number(asked.number)) for asked in lines]
    try:
        found, size = glance.certificates(list({asked.number for asked in lines}))
    except NoAnswer:
        return [tell(asked, now, unchecked("no_answer", UNREACHABLE), 0) for asked in lines]
    with undisturbed():
        lives = {number: read_life(body) for number, body in found.items()}
        return [answer(law, asked, now, lives.get(asked.number), size) for asked in lines]


@contextmanager
def undisturbed() -> Iterator[None]:
    """Much is made here at once and none of it in circles: looking for circles would take longer than making it."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _check(asked: Asked, now: datetime) -> None:
    if asked.part is not None and len(asked.part) > MOST_LENGTH:
        message = Text(f"型号最长 {MOST_LENGTH} 个字符。", f"A part number has at most {MOST_LENGTH} characters.")
        raise BadInput(message, findings=[Finding("part", "too-long", message)])
    if asked.known_at is not None and asked.known_at > now:
        message = Text("“已知时间”不能晚于现在。", "known_at cannot lie in the future.")
        raise BadInput(message, findings=[Finding("known_at", "out-of-range", message)])


def answer(law: Law, asked: Asked, now: datetime, life: Life | None, size: int) -> dict[str, Any]:
    """The verdict on a life that was looked up already, as it travels."""
    today = office_day(now)
    number = normalise_number(asked.number)
    rules = law.regulations.get(life.regulation) if life else None
    question = Question(number, now, today, asked.on or today, asked.part, asked.known_at)
    found = judge(life, question, rules.matching if rules else _NO_RULE)
    told = tell(asked, now, found, size)
    if life is not None and found.version is not None:
        _add_certificate(told, life, found.version)
        told["regulation"] = {"id": life.regulation, "title": rules.title if rules else None}
    elif (fault := check_fault(number)) is not None:
        told["axes"]["authentic"] = found.axes["authentic"]._replace(code=fault.code, reason=fault.message)
    return told


def tell(asked: Asked, now: datetime, found: Verdict, size: int) -> dict[str, Any]:
    """The answer as far as it does not depend on what the certificate says."""
    return {
        "number": normalise_number(asked.number), "outcome": found.outcome, "outcome_label": OUTCOME_LABELS[found.outcome],
        "asked": {"part": asked.part, "on": asked.on or office_day(now), "known_at": asked.known_at}, "standing": found.standing,
        "standing_label": STATE_LABELS[found.standing] if found.standing else None, "axes": found.axes,
        "valid_from": None, "valid_until": None, "in_force_from": None, "in_force_until": None, "holder": None, "product": None,
        "scope": (), "conditions": (), "edition": None, "matched_entry": found.entry, "nearest": found.nearest,
        "corrected_later": found.corrected_later, "replaced_by": None, "regulation": None, "as_of": now, "zone": OFFICE_ZONE.key,
        "ledger_size": size,
    }


def _add_certificate(told: dict[str, Any], life: Life, said: Version) -> None:
    told["valid_from"], told["valid_until"], told["replaced_by"] = life.valid_from, life.valid_until, life.replaced_by
    told["in_force_from"] = day_starts_at(life.valid_from)
    told["in_force_until"] = day_ends_at(life.valid_until) if life.valid_until else None
    told["holder"] = {"credit_code": said.credit_code, "name": said.holder_name}
    told["product"], told["scope"], told["conditions"], told["edition"] = said.product, said.scope, said.conditions, said.edition
