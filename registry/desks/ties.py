"""Who must stand aside from an application, and by which rule: what is known of an expert, held against the regulation.

It reads and refuses; nothing is recorded here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from registry.books.models import Application, Appointment, Enterprise, Expert, Interest, Person
from registry.clock import office_day
from registry.errors import MustStandAside
from registry.law.deadlines import Period, Unit, last_day
from registry.law.lifecycle import STAGE_OF_STATE, Role
from registry.law.rules import TIES, RecusalRule
from registry.registrar import Registrar
from registry.words import Text


@dataclass(frozen=True)
class Tie:
    """The rule by which an expert must stand aside, and what is known that falls under it."""

    rule: RecusalRule
    what: Text


def find_tie(r: Registrar, application: Application, person: Person) -> Tie | None:
    """The first of the regulation's rules of recusal, in its order, that bars `person` from `application` today."""
    house = r.session.get_one(Enterprise, application.enterprise_id)
    known = list(_known(r, house, person))
    for rule in r.regulation_of(application).recusal(STAGE_OF_STATE.get(application.status, "")):
        for kind, ended_on, what in known:
            if kind == rule.key and _bars(r, rule, ended_on):
                return Tie(rule, what)
    return None


def refuse_tied(r: Registrar, application: Application, person: Person) -> None:
    """MustStandAside, with rule and article, for an expert who has a tie to the applicant."""
    tie = find_tie(r, application, person)
    if tie is not None:
        raise MustStandAside(
            Text(f"专家 {person.name} 应当回避：{tie.rule.label.zh}（{tie.what.zh}）。",
                 f"{person.name} must stand aside: {tie.rule.label.en} ({tie.what.en})."),
            action=Text("请由其他专家参加评审。", "Let another expert review it."),
            article=tie.rule.article, basis=tie.rule.basis,
        )


def pool(r: Registrar, application: Application) -> list[Person]:
    """The experts who can be drawn: appointed for the application's authority at this moment, and not resting by their own
    profile. By login."""
    resting = select(Expert.person_id).where(col(Expert.active).is_(False))
    query = select(Person).join(Appointment, col(Appointment.person_id) == Person.id).where(
        Appointment.role == Role.EXPERT, Appointment.authority == r.law.regulation(application.regulation_id).authority.key,
        col(Appointment.ended_at).is_(None), col(Person.closed_at).is_(None),
        col(Person.id).not_in(resting),
    )
    return sorted(r.session.exec(query).unique(), key=lambda person: person.login)


def specialists(r: Registrar, application: Application, people: list[Person]) -> list[Person]:
    """Those of `people` who have named the class of this product as a field of theirs."""
    law = r.regulation_of(application)
    leaf = r.taxonomy_of(application).find_leaf(str(application.dossier.get(law.dossier.class_field, "")))
    if leaf is None:
        return []
    kept = r.session.exec(select(Expert).where(col(Expert.person_id).in_([person.id for person in people])))
    able = {profile.person_id for profile in kept if leaf.class_key in profile.fields}
    return [person for person in people if person.id in able]


def _known(r: Registrar, house: Enterprise, person: Person) -> Iterator[tuple[str, date | None, Text]]:
    """Every tie to `house`: its kind, the day on which it ended (None: it lasts), in words."""
    if person.employer_code == house.credit_code:
        yield "employment", None, Text("其任职单位即申报企业", "the applicant is their employer")
    held = select(Appointment).where(Appointment.person_id == person.id, Appointment.enterprise_id == house.id)
    for appointment in r.session.exec(held.order_by(col(Appointment.ended_at).is_not(None), col(Appointment.id).desc())):
        ended = office_day(appointment.ended_at) if appointment.ended_at else None
        yield "employment", ended, Text("在本登记系统中为申报企业成员", "is a member of the applicant in this registry")
    declared = select(Interest).where(Interest.person_id == person.id, Interest.credit_code == house.credit_code,
                                      col(Interest.withdrawn_at).is_(None))
    for interest in r.session.exec(declared.order_by(col(Interest.ordinal))):
        words = TIES[interest.kind]
        yield interest.kind, interest.until_on, Text(f"本人申报：{words.zh}", f"declared: {words.en}")


def _bars(r: Registrar, rule: RecusalRule, ended_on: date | None) -> bool:
    if ended_on is None or ended_on >= r.today:
        return True
    if not rule.years:
        return False
    return last_day(r.law.calendar, ended_on, Period(rule.years, Unit.YEAR, False, "as_is")).last_day >= r.today
