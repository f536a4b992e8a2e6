"""The counter for a calendar that arrives or is amended: which open dates it moves, and an officer's word on each.

What was announced stands: the last day of a published notice, and a day before which an applicant was told to act, which
is never made earlier. Nothing moves before an officer accepts it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import col, select

from registry.books import ledger
from registry.books.letters import last_day_of
from registry.books.models import Application, Measure, OfficeFact
from registry.clock import office_day
from registry.dates import office_term, redate
from registry.desks.holds import READERS
from registry.desks.inputs import Form
from registry.errors import NotEntitled, NotYet
from registry.law import lifecycle
from registry.law.deadlines import Deadline, Period, last_day
from registry.law.lifecycle import ENDED_WITHOUT, Role
from registry.registrar import Registrar
from registry.words import Text

MOST = 500
CALENDAR = "calendar_digest"  # the calendar by which the office last reckoned


Dated = Application | Measure  # what has dates that are reckoned in working days


@dataclass(frozen=True)
class Change:
    """One date of one subject as it stands, and as the calendar now has it. `announced`: it stands all the same."""

    subject: Dated
    what: str  # due | term
    old: date
    old_provisional: bool
    new: date
    new_provisional: bool
    announced: bool

    @property
    def moves(self) -> bool:
        return self.old != self.new and not self.announced


def search_changes(r: Registrar) -> list[dict[str, Any]]:
    """Every open date that the calendar, as it is loaded now, would put elsewhere or make firm. For department, auditor."""
    if not r.actor.has(*READERS):
        raise NotEntitled(Text("期限重算由主管部门和审计员查看。", "Recomputed dates are for the department and auditors."))
    return [_shown(change) for change in find_changes(r)]


def find_changes(r: Registrar) -> list[Change]:
    """The same as the desk's own, by number; a department's are those under its regulations."""
    query = select(Application).where(
        r.within(Application.regulation_id, *READERS),
        col(Application.submitted_at).is_not(None), col(Application.status).not_in([*ENDED_WITHOUT, "certified"]),
        col(Application.due_at).is_not(None) | col(Application.term_last_on).is_not(None))
    told = select(Measure).where(r.within(Measure.regulation_id, *READERS), col(Measure.due_at).is_not(None)).order_by(col(Measure.number))
    subjects: list[Dated] = [*r.session.exec(query.order_by(col(Application.number))), *r.session.exec(told)]
    return [change for subject in subjects for change in _changes_of(r, subject)]


def recompute_dates(r: Registrar, numbers: Sequence[str]) -> list[str]:
    """An officer accepts the new dates of these applications and measures; each is recorded with the old day and the new one.

    Returns their numbers. NotYet where nothing has changed; NotEntitled for anybody but the department.
    """
    wanted = list(dict.fromkeys(numbers))
    form = Form()
    if not wanted:
        form.fault("applications", "missing", "请至少选择一项申请。", "Choose at least one application.")
    if len(wanted) > MOST:
        form.fault("applications", "too-many", f"一次最多 {MOST} 项。", f"At most {MOST} at once.")
    form.done()
    for number in wanted:
        subject: Dated = r.fetch(Application, number) if r.find(Measure, number) is None else r.fetch(Measure, number)
        r.require(subject, "recompute_dates")
        changes = _changes_of(r, subject)
        if not changes:
            raise NotYet(Text(f"{number} 的期限没有变化。", f"The dates of {number} have not changed."))
        _accept(r, subject, changes)
    return wanted


def _accept(r: Registrar, subject: Dated, changes: list[Change]) -> None:
    dates = {c.what: {"old": c.old.isoformat(), "old_provisional": c.old_provisional, "new": _kept(c).isoformat(),
                      "new_provisional": c.new_provisional} for c in changes}
    words = "; ".join(f"{_kept(c)}" if _kept(c) == c.old else f"{c.old} → {c.new}" for c in changes)
    r.record(subject, "recompute_dates", dates=dates, changes=words, calendar=r.law.calendar.digest)
    for c in changes:
        redate(subject, c.what, Deadline(_kept(c), c.new_provisional, (), ()))


def _kept(change: Change) -> date:
    return change.old if change.announced else change.new


def _changes_of(r: Registrar, a: Dated) -> list[Change]:
    found = []
    old, due = last_day_of(a), _due_now(r, a)
    if old is not None and due is not None and (old, a.due_provisional) != (due.last_day, due.provisional):
        announced = old != due.last_day and (a.status == "public_notice" or due.last_day < old)
        found.append(Change(a, "due", old, a.due_provisional, due.last_day, due.provisional, announced))
    if isinstance(a, Application) and a.term_last_on is not None:
        term = _term_now(r, a)
        if term is not None and (a.term_last_on, a.term_provisional) != (term.last_day, term.provisional):
            found.append(Change(a, "term", a.term_last_on, a.term_provisional, term.last_day, term.provisional, False))
    # What would only stand as it was announced, and as surely as it does, is no change.
    return [c for c in found if c.moves or c.old_provisional != c.new_provisional]


def _due_now(r: Registrar, a: Dated) -> Deadline | None:
    """The date that time will act upon, reckoned anew from the day on which it came to its state."""
    row = lifecycle.clock_row(a.kind, a.status)
    if row is None or a.due_at is None:
        return None
    return last_day(r.law.calendar, _came_on(r, a), r.regulation_of(a).period(row.due))


def _came_on(r: Registrar, a: Dated) -> date:
    """The day on which it came to the state it is in; for a notice, the day it was first published."""
    entries = ledger.history(r.session, a.kind, a.number)
    arrivals = [e for e in entries if e.after == a.status and e.before != e.after]
    if a.status == "public_notice":
        arrivals = [e for e in arrivals if e.act == "publish_notice"] or arrivals
    return office_day(arrivals[-1].at)


def _term_now(r: Registrar, a: Application) -> Deadline | None:
    """The office's own term, reckoned anew from the day on which it began to run with what was used before."""
    period = office_term(r.regulation_of(a), a.status)
    if period is None or a.term_began_on is None or period.length <= a.term_used:
        return None
    left = Period(period.length - a.term_used, period.unit, period.count_start_day, period.ends)
    return last_day(r.law.calendar, a.term_began_on, left)


def _shown(c: Change) -> dict[str, Any]:
    act = c.subject.due_act if c.what == "due" else None
    return {
        "kind": c.subject.kind, "number": c.subject.number, "product": c.subject.product, "status": c.subject.status, "what": c.what,
        "label": lifecycle.label_of(c.subject.kind, act) if act else Text("办结期限", "To be done by the office"),
        "old_day": c.old, "old_provisional": c.old_provisional, "new_day": c.new, "new_provisional": c.new_provisional,
        "announced": c.announced,
    }


def note_calendar(r: Registrar) -> bool:
    """Record that another calendar is loaded than the office last reckoned by. False if it is the same one."""
    kept = r.session.get(OfficeFact, CALENDAR)
    digest = r.law.calendar.digest
    if kept is not None and kept.value == digest:
        return False
    if kept is not None:
        known = [year for year in r.law.calendar.years if r.law.calendar.is_known(year)]
        r.note("calendar", digest, "load_calendar", Role.CLOCK, before=kept.value, known=sorted(known))
    r.session.merge(OfficeFact(key=CALENDAR, value=digest))
    return kept is not None
