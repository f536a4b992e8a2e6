"""The counter for debarments: what a decided measure makes of one, and whether one holds today. It decides none.

A debarment ends by its last day, computed at reading; no job touches it.
"""

from __future__ import annotations

from typing import Any

from sqlmodel import col, select

from registry.books.models import Debarment, Measure
from registry.errors import Debarred
from registry.law.deadlines import last_day
from registry.law.regulation import Regulation
from registry.law.rules import Debarment as DebarmentRule
from registry.registrar import Registrar
from registry.words import Text


def debar(r: Registrar, measure: Measure, law: Regulation, rule: DebarmentRule) -> None:
    """Let a decided measure keep its enterprise from applying, from its effective day for the regulation's years."""
    assert measure.effective_on and measure.ground
    ends = last_day(r.law.calendar, measure.effective_on, rule.period)
    r.session.add(Debarment(
        measure_id=measure.id, enterprise_id=measure.enterprise_id, family=law.family, ground=measure.ground,
        begins_on=measure.effective_on, ends_on=ends.last_day))


def debarment_of(r: Registrar, enterprise_id: int, family: str) -> dict[str, Any] | None:
    """The debarment that holds today for an enterprise under a family of regulations; the one that ends last. None if none does."""
    query = (
        select(Debarment, Measure).join(Measure).where(
            Debarment.enterprise_id == enterprise_id, Debarment.family == family, Debarment.begins_on <= r.today,
            Debarment.ends_on >= r.today, (col(Debarment.lifted_on).is_(None)) | (col(Debarment.lifted_on) > r.today))
        .order_by(col(Debarment.ends_on).desc(), col(Debarment.id))
    )
    found = r.session.exec(query).first()
    if found is None:
        return None
    debarment, measure = found
    rule = r.regulation_of(measure).debarment(debarment.ground)
    return {"measure": measure.number, "begins_on": debarment.begins_on, "ends_on": debarment.ends_on,
            "ground": rule.label if rule else Text(debarment.ground, debarment.ground),
            "article": rule.article if rule else None, "basis": rule.basis if rule else None}


def refuse_debarred(r: Registrar, enterprise_id: int, law: Regulation) -> None:
    """Debarred, naming the last day and the article, for an enterprise that may not apply today."""
    held = debarment_of(r, enterprise_id, law.family)
    if held is not None:
        raise Debarred(
            Text("贵企业在 {ends_on} 24:00（北京时间）前不得再申报（{measure}，{ground}）。",
                 "Your enterprise may not apply until {ends_on} 24:00 Beijing time ({measure}: {ground}).").with_(**held),
            action=Text("期满后可以申报；对该措施有异议的，请与作出决定的机关联系。",
                        "You may apply after that day; about the measure itself, write to the authority that decided it."),
            article=held["article"], basis=held["basis"])
