"""What is written of a call for applications, and to whom: all that it concerns, each once. Letters of one case are `letters`.

A call has no life and belongs to nobody; its letters go to the enterprises of the authority's regions that have registered, and
to the officers of its bureaus.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, col, select

from registry.books.letter_texts import Template
from registry.books.letters import addresses, appointed, in_words
from registry.books.models import Application, Appointment, Call, Enterprise, Entry, Letter, Person
from registry.law import places
from registry.law.authorities import Authority
from registry.law.lifecycle import Role
from registry.law.regulation import Regulation
from registry.law.tiers import TIERS
from registry.words import Text

BUNDLE = "call"
WITHOUT_CALL = ("refused", "withdrawn")  # what ended so is not handed in under a call any more
_DAYS = Text(
    "企业申报截止 {enterprise_until} 24:00（北京时间），地方推荐截止 {bureau_until}，主管部门截止 {department_until}。",
    "Enterprises apply until {enterprise_until} 24:00 Beijing time, bureaus endorse until {bureau_until}; the department's last "
    "day is {department_until}.",
)
_REOPENED = Text("此前因逾期未能提交的，可以在新的截止日前提交。", "Whoever was too late may hand in by the new last day.")
_NOTHING = Text("", "")

CIRCULARS: dict[str, Template] = {
    "open_call": Template("all", Text("申报通知：{number}", "Call for applications: {number}"),
                          Text("{title}（{number}）已发布，自 {opens_on} 起受理。" + _DAYS.zh,
                               "{title} ({number}) is published; applications are taken from {opens_on}. " + _DAYS.en), BUNDLE),
    "amend_call": Template("all", Text("申报通知有变更：{number}", "A call was amended: {number}"),
                           Text("{title}（{number}）已变更，现为第 {edition} 版。" + _DAYS.zh + "{reopened}理由：{reason}",
                                "{title} ({number}) was amended and is now in version {edition}. " + _DAYS.en + " {reopened} Reason: {reason}"),
                           BUNDLE),
    "withdraw_call": Template("all", Text("申报通知已撤回：{number}", "A call was withdrawn: {number}"),
                              Text("{title}（{number}）已撤回，不再受理新的申请；已提交的申请继续办理。理由：{reason}",
                                   "{title} ({number}) is withdrawn: no new application is taken; those handed in go on. Reason: {reason}"),
                              BUNDLE),
    "remind": Template("tier", Text("申报通知即将截止：{number}", "A call is about to close: {number}"),
                       Text("{title}（{number}）的{tier_label}截止日为 {until}，最后时刻为当日 24:00（北京时间）。",
                            "{title} ({number}): the last day for “{tier_label}” is {until}, until 24:00 Beijing time."), BUNDLE),
}


def queue(session: Session, entry: Entry, call: Call, law: Regulation, base_url: str) -> None:
    """Queue the letters that an act on a call brings about."""
    session.add_all(compose(session, entry, call, law, base_url))


def compose(session: Session, entry: Entry, call: Call, law: Regulation, base_url: str) -> list[Letter]:
    """The letters that an act on a call brings about, as they read; nothing is written."""
    template, facts = CIRCULARS[entry.act], _facts(entry, call)
    title, body = template.subject.with_(**facts), template.body.with_(**facts)
    readers = _of_tier(session, str(entry.facts["tier"]), call, law) if template.to == "tier" else _all(session, law)
    return [Letter(
        entry_seq=entry.seq, person_id=person, address=address, subject=f"{title.zh} / {title.en}",
        body=f"{body.zh}\n\n{body.en}\n\n{base_url}/calls/{call.number}\n", enterprise_id=enterprise, bundle=template.bundle,
        queued_at=entry.at, send_after=entry.at,
    ) for person, (address, enterprise) in readers.items()]


def _facts(entry: Entry, call: Call) -> dict[str, Any]:
    days = {key: in_words(entry.facts[key]) for key in DAYS if key in entry.facts}
    return {"number": call.number, "title": call.title, **entry.facts, **days,
            "reopened": _REOPENED if entry.facts.get("reopened") else _NOTHING,
            "tier_label": TIERS.get(str(entry.facts.get("tier")), _NOTHING)}


DAYS = ("opens_on", "enterprise_until", "bureau_until", "department_until", "until")  # facts that are civil days
Readers = dict[int | None, tuple[str, int | None]]  # person: address, and the enterprise they are written to for


def _all(session: Session, law: Regulation) -> Readers:
    return _members(session, law) | _officers(session, Role.BUREAU, col(Appointment.prefecture).in_(list(law.authority.prefectures)))


def _of_tier(session: Session, tier: str, call: Call, law: Regulation) -> Readers:
    """Whom the last day of one tier still concerns: who has not handed in, who has something to endorse, the department."""
    under = select(Application.enterprise_id).where(Application.call == call.number, col(Application.status).not_in(WITHOUT_CALL))
    if tier == "enterprise":
        return _members(session, law, but=list(session.exec(under)))
    if tier == "department":
        return _officers(session, Role.DEPARTMENT, Appointment.authority == law.authority.key)
    waiting = select(Application.prefecture).where(Application.call == call.number, Application.status == "preliminary_review")
    return _officers(session, Role.BUREAU, col(Appointment.prefecture).in_(list(session.exec(waiting))))


def _members(session: Session, law: Regulation, but: Sequence[int] = ()) -> Readers:
    """Everybody who speaks for an enterprise of the authority's regions."""
    there = [place for place in session.exec(select(Enterprise.prefecture).distinct()) if _lies_in(law.authority, place)]
    query = select(Person.id, Person.email, Enterprise.id).join(Appointment, col(Appointment.person_id) == Person.id).join(
        Enterprise, col(Enterprise.id) == Appointment.enterprise_id).where(
        col(Appointment.ended_at).is_(None), col(Person.closed_at).is_(None), col(Enterprise.id).not_in(but),
        col(Enterprise.prefecture).in_(there))
    return {person: (address, house) for person, address, house in session.exec(query.order_by(col(Person.id), col(Enterprise.id)))}


def _lies_in(authority: Authority, place: str) -> bool:
    """Whether an authority's call concerns a place: one of its regions, or all of its territory where no bureau is asked."""
    if authority.prefectures:
        return authority.region_of(place) is not None
    return authority.code == places.NATION or place.startswith(places.stem(authority.code))


def _officers(session: Session, role: Role, whose: Any) -> Readers:
    """The officers in `role` of whom the condition `whose` holds."""
    query = appointed().where(Appointment.role == role, whose)
    return {person: (address, None) for person, address in addresses(session, query)}
