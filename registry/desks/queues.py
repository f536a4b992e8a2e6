"""The counter of an office's queue: who works on which case, and one act done to many. It decides nothing of its own.

A claim is a word to colleagues, no lock: whoever may act on the case may still do so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from registry.books.models import Application, Appointment, Enterprise, Person
from registry.desks import applications
from registry.desks.calls import check_endorsement
from registry.desks.inputs import Form
from registry.errors import AlreadyDone, NotEntitled, Refusal, outdated
from registry.law import tiers
from registry.registrar import Registrar
from registry.words import Text

MOST = 100


def claim(r: Registrar, number: str) -> str:
    """Take a case of one's own office upon oneself. AlreadyDone, naming who, if a colleague has it."""
    application = r.fetch(Application, number)
    r.require(application, "claim")
    if (holder := holder_of(r, application)) is not None:
        raise AlreadyDone(
            Text(f"{number} 已由 {holder.name}（{holder.login}）认领。", f"{number} is in the hands of {holder.name} ({holder.login})."),
            action=Text("请由其或指派人放回或转交；认领不妨碍他人办理。", "They or who assigned it hand it on; a claim stops nobody."),
        )
    r.record(application, "claim", person=r.actor.login)
    _give(r, application, r.actor.login, r.actor.login)
    return number


def assign(r: Registrar, number: str, person: str) -> str:
    """Put a case into the hands of an officer of the same office, oneself or a colleague.

    One that somebody has is handed on by them or by whoever gave it to them, and nobody else (NotEntitled).
    """
    application = r.fetch(Application, number)
    r.require(application, "assign")
    _refuse_stranger(r, application)
    login = person.strip() if isinstance(person, str) else ""
    form = Form()
    if login not in {p.login for p in colleagues(r, application)}:
        form.fault("person", "unknown", "请选择本单位有权办理的工作人员。", "Choose an officer of this office who may act on it.")
    form.done()
    if application.claimed_by == login:
        raise AlreadyDone(Text(f"{number} 已由 {login} 承办。", f"{number} is in the hands of {login} already."))
    r.record(application, "assign", person=login)
    _give(r, application, login, r.actor.login)
    return number


def unclaim(r: Registrar, number: str) -> str:
    """Put a case back into the queue: whoever has it, or gave it to them."""
    application = r.fetch(Application, number)
    r.require(application, "unclaim")
    if application.claimed_by is None:
        raise AlreadyDone(Text(f"{number} 没有人认领。", f"{number} is in nobody's hands."))
    _refuse_stranger(r, application)
    r.record(application, "unclaim", person=application.claimed_by)
    application.claimed_by = application.assigned_by = application.claimed_at = None
    return number


def _give(r: Registrar, application: Application, to: str, by: str) -> None:
    application.claimed_by, application.assigned_by, application.claimed_at = to, by, r.now


def _refuse_stranger(r: Registrar, application: Application) -> None:
    holder = holder_of(r, application)
    if holder is not None and r.actor.login not in (application.claimed_by, application.assigned_by):
        raise NotEntitled(
            Text(f"{application.number} 由 {holder.name}（{holder.login}）承办，只有其本人或指派人可以放回或转交。",
                 f"{application.number} is in the hands of {holder.name} ({holder.login}): only they, or who gave it to them, put it "
                 "back or hand it on."))


def idle_acts(r: Registrar, application: Application) -> frozenset[str]:
    """Of the acts on a claim, those that this caller would only be refused now."""
    holder = holder_of(r, application)
    if holder is None:
        return frozenset({"unclaim"}) if application.claimed_by is None else frozenset()
    mine = r.actor.login in (application.claimed_by, application.assigned_by)
    return frozenset({"claim"}) if mine else frozenset({"claim", "assign", "unclaim"})


def holder_of(r: Registrar, application: Application) -> Person | None:
    """Whose work a case is; None if nobody's, or if they no longer serve in that office."""
    if application.claimed_by is None:
        return None
    return next((p for p in colleagues(r, application) if p.login == application.claimed_by), None)


def colleagues(r: Registrar, application: Application) -> list[Person]:
    """The officers in whose office's hands a case is."""
    office = tiers.office_of(application.status, application.asked_by)
    if office is None:
        return []
    query = select(Person).join(Appointment, col(Appointment.person_id) == Person.id).where(
        Appointment.role == tiers.OFFICE_ROLES[office], col(Appointment.ended_at).is_(None), col(Person.closed_at).is_(None))
    if office == "bureau":
        query = query.where(Appointment.prefecture == application.prefecture)
    else:
        query = query.where(Appointment.authority == r.law.regulation(application.regulation_id).authority.key)
    return list(r.session.exec(query.order_by(col(Person.id)).distinct()))


# --------------------------------------------------------------------------------------------------- one act for many


@dataclass(frozen=True)
class Outcome:
    """What came of one item: None where it was done."""

    number: str
    refusal: Refusal | None


def preview_endorsements(r: Registrar, numbers: Sequence[str]) -> list[dict[str, Any]]:
    """Each application named, once, with what the dossier lacks today and whether it may be endorsed: by the desk's own rules.

    One that may be counts against the quota of those after it. Nothing is done.
    """
    ahead: dict[tuple[str | None, str | None], int] = {}
    return [_judged(r, number, ahead) for number in _listed(numbers)]


def _judged(r: Registrar, number: str, ahead: dict[tuple[str | None, str | None], int]) -> dict[str, Any]:
    item: dict[str, Any] = {"number": number, "version": None, "product": "", "enterprise_name": "", "findings": []}
    try:
        application = r.fetch(Application, number)
        item |= {"version": application.version, "product": application.product,
                 "enterprise_name": r.session.get_one(Enterprise, application.enterprise_id).name,
                 "findings": applications.check(r, number)}
        key = (application.call, application.prefecture)
        r.require(application, "endorse")
        check_endorsement(r, application, ahead.get(key, 0))
    except Refusal as no:
        return item | {"may": False, "refusal": no}
    ahead[key] = ahead.get(key, 0) + 1
    return item | {"may": True, "refusal": None}


def endorse_each(
    unit: Callable[[], AbstractContextManager[Registrar]], versions: dict[str, int | None], comment: str
) -> list[Outcome]:
    """Endorse each application in a unit of its own: one that is refused does not stop the others.

    `versions`: the number of each with the version that was shown, None where none was.
    """
    found = []
    for number in _listed(list(versions)):
        refusal: Refusal | None = None
        try:
            with unit() as r:
                seen = versions[number]
                if seen is not None and r.fetch(Application, number).version != seen:
                    raise outdated()
                applications.endorse(r, number, comment)
        except Refusal as no:
            refusal = no
        found.append(Outcome(number, refusal))
    return found


def _listed(numbers: Sequence[str]) -> list[str]:
    wanted = list(dict.fromkeys(numbers))
    form = Form()
    if not wanted:
        form.fault("applications", "missing", "请至少选择一项申请。", "Choose at least one application.")
    if len(wanted) > MOST:
        form.fault("applications", "too-many", f"一次最多 {MOST} 项。", f"At most {MOST} at once.")
    form.done()
    return wanted
