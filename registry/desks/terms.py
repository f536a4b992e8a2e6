"""The counter for the office's own terms: who has had an application how long, and how overdue work rises.

CLOCK tells of overdue work; it does nothing else to it. How long a term is, and when it rises, the regulation says.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlmodel import col, select

from registry.actors import role_name
from registry.books import ledger
from registry.books.models import Application, Escalation
from registry.clock import office_day
from registry.dates import office_term
from registry.law.deadlines import Period, Unit, count_days, last_day
from registry.law.lifecycle import STATE_LABELS, Role
from registry.law.rules import EscalationRule
from registry.law.tiers import OFFICE_ROLES, TIERS, tier_of
from registry.registrar import Registrar
from registry.words import Text

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Rising:
    """One step that overdue work will take: which application, which step, and the day on which it is due."""

    application: Application
    rule: EscalationRule
    rises_on: date


def search_risings(r: Registrar, *, by: date | None = None) -> list[Rising]:
    """The steps not yet told of terms that are running; with `by`, those due by that day. The earliest first.

    What rests on a provisional date waits, and so does what is on hold.
    """
    query = select(Application).where(
        col(Application.term_last_on).is_not(None), col(Application.term_provisional).is_(False),
        col(Application.held_at).is_(None),
    )
    if by is not None:
        query = query.where(col(Application.term_last_on) < by)
    found = [rising for a in r.session.exec(query) for rising in risings_of(r, a) if by is None or rising.rises_on <= by]
    return sorted(found, key=lambda s: (s.rises_on, s.application.number, s.rule.key))


def risings_of(r: Registrar, application: Application) -> list[Rising]:
    """The steps that this application's present term has not taken yet, in the regulation's order."""
    term = application.term_last_on
    if term is None or application.term_provisional or application.held_at is not None:
        return []
    told = set(r.session.exec(select(Escalation.step).where(
        Escalation.application_id == application.id, Escalation.term == term)))
    rules = r.regulation_of(application).escalations
    return [Rising(application, rule, _rises_on(r, term, rule)) for rule in rules if rule.key not in told]


def escalate(r: Registrar, number: str, step: str) -> bool:
    """Tell once whom the regulation names for this step. False if it was told, is not due, or the work is done by now."""
    application = r.fetch(Application, number)
    rising = next((s for s in risings_of(r, application) if s.rule.key == step), None)
    if rising is None or rising.rises_on > r.today:
        return False
    assert application.term_last_on is not None
    r.session.add(Escalation(application_id=application.id, term=application.term_last_on, step=step, recorded_at=r.now))
    r.session.flush()
    r.record(application, "escalate", **facts_of_rising(r, rising))
    return True


def facts_of_rising(r: Registrar, rising: Rising) -> dict[str, Any]:
    """What the entry says: the step, whom it tells, the term's last day and how many working days have passed since."""
    term = rising.application.term_last_on
    assert term is not None
    overdue = count_days(r.law.calendar, term, r.today - ONE_DAY, Unit.WORKING_DAY)
    return {"step": rising.rule.key, "role": rising.rule.role, "term": term.isoformat(), "overdue": overdue}


def _rises_on(r: Registrar, term: date, rule: EscalationRule) -> date:
    """The day after the last of the working days that may pass."""
    return last_day(r.law.calendar, term, Period(rule.after.length, rule.after.unit)).last_day + ONE_DAY


# ----------------------------------------------------------------------------------------------- who had it, how long


def tiers(r: Registrar, application: Application) -> dict[str, Any]:
    """Who had the application how many working days over its whole life, stage by stage and in all.

    A day counts for whoever has the application when it ends; the day of opening is not counted (Civil Code 201).
    Provisional: a year whose calendar is not published was counted in.
    """
    spells = _spells(r, application)
    totals = {key: sum(s["working_days"] for s in spells if s["tier"] == key) for key in TIERS}
    years = {day.year for s in spells for day in (s["from"], s["until"] or r.today)}
    return {
        "spells": spells,
        "totals": [{"tier": key, "label": tier_name(r, application, key), "working_days": days, "now": bool(spells) and spells[-1]["tier"] == key
                    and spells[-1]["until"] is None} for key, days in totals.items()],
        "provisional": any(not r.law.calendar.is_known(year) for year in years),
        "risen": _risen(r, application),
    }


def tier_name(r: Registrar, a: Application, tier: str) -> Text:
    """Who has it, by name: a tier that is an office is called as its bureau or authority is."""
    role = OFFICE_ROLES.get(tier)
    return role_name(role, r.regulation_of(a), a.prefecture) if role else TIERS[tier]


def _spells(r: Registrar, application: Application) -> list[dict[str, Any]]:
    """The states it has been in, one after another, each with its days and, where it has one, its term."""
    entries = [e for e in ledger.history(r.session, "application", application.number) if e.after and e.before != e.after]
    law, calendar = r.regulation_of(application), r.law.calendar
    found: list[dict[str, Any]] = []
    for i, entry in enumerate(entries):
        state = str(entry.after)
        tier = tier_of(state)
        if tier is None:
            continue
        began = office_day(entry.at)
        ended = office_day(entries[i + 1].at) if i + 1 < len(entries) else None
        period = office_term(law, state)
        found.append({
            "state": state, "label": STATE_LABELS[state], "tier": tier, "tier_label": tier_name(r, application, tier), "from": began, "until": ended,
            "working_days": count_days(calendar, began, ended or r.today, Unit.WORKING_DAY),
            "term": period.words() if period else None,
        })
    return found


def _risen(r: Registrar, application: Application) -> list[dict[str, Any]]:
    """How far its present term has risen."""
    rules = {rule.key: rule for rule in r.regulation_of(application).escalations}
    query = select(Escalation).where(
        Escalation.application_id == application.id, Escalation.term == application.term_last_on)
    return [{"step": e.step, "role": rules[e.step].role, "told_at": e.recorded_at}
            for e in r.session.exec(query.order_by(col(Escalation.recorded_at))) if e.step in rules]


def search_risen(r: Registrar) -> list[dict[str, Any]]:
    """Overdue work that has risen, for whom it has risen to: heads and the department, auditors; the longest overdue first."""
    told = select(Escalation.step).where(
        Escalation.application_id == Application.id, Escalation.term == Application.term_last_on)
    query = select(Application).where(told.exists())
    found = []
    for a in r.session.exec(query):
        steps = _risen(r, a)
        if steps and a.term_last_on is not None and a.term_last_on < r.today and _concerns(r, a, {s["role"] for s in steps}):
            tier = tier_of(a.status) or "department"
            overdue = count_days(r.law.calendar, a.term_last_on, r.today - ONE_DAY, Unit.WORKING_DAY)
            found.append({
                "number": a.number, "product": a.product, "status": a.status, "status_label": STATE_LABELS[a.status],
                "prefecture": a.prefecture, "tier": tier, "tier_label": tier_name(r, a, tier), "term_last_on": a.term_last_on,
                "overdue": overdue, "risen_to": steps[-1]["role"],
            })
    return sorted(found, key=lambda f: (f["term_last_on"], f["number"]))


def _concerns(r: Registrar, a: Application, roles: set[str]) -> bool:
    if r.actor.has(Role.AUDITOR):
        return True
    bureau = tier_of(a.status) == "bureau"
    if r.presides(Role.DEPARTMENT, over=a):
        return not bureau or "department" in roles
    if "head" in roles and r.heads(a):
        return True
    return bureau and a.prefecture in r.actor.prefectures
