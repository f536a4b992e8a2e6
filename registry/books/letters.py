"""Which act tells whom, and the outbox. It queues in the transaction of the act; sending is the delivery job's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from registry.books.letter_texts import DRAFTS_FOLLOW, LETTERS, NAMED, NOT_REPLACED, PLACE_CORRECTED, REPLACED
from registry.books.models import (
    Amendment,
    Application,
    Appointment,
    Certificate,
    Enterprise,
    Entry,
    Letter,
    Measure,
    Objection,
    Person,
)
from registry.clock import office_day
from registry.law.library import Law
from registry.law.lifecycle import MEASURE_KINDS, Role
from registry.law.regulation import Regulation
from registry.law.tiers import tier_of
from registry.words import LANGUAGES, Text, day_words

Subject = Application | Certificate | Measure | Amendment
PLACES = {"certificate": "certificates", "measure": "measures", "amendment": "amendments"}  # where a subject is read; elsewhere in its application


def queue(session: Session, entry: Entry, subject: Subject, law: Law, base_url: str) -> None:
    """Queue the letters that this entry's act calls for. An act without a row here tells nobody."""
    session.add_all(compose(session, entry, subject, law, base_url))


def compose(session: Session, entry: Entry, subject: Subject, law: Law, base_url: str) -> list[Letter]:
    """The letters that this entry's act calls for, as they read; nothing is written. One that was ordered silent tells nobody."""
    found: list[Letter] = []
    if entry.facts.get("silent"):
        return found
    for template in LETTERS.get((subject.kind, entry.act), ()):
        facts = _facts(session, entry, subject, law)
        title, body = template.subject.with_(**facts), template.body.with_(**facts)
        place = f"{base_url}/{PLACES.get(subject.kind, 'applications')}/{subject.number}"
        for person_id, address in recipients(session, template.to, subject, entry, law.regulation(subject.regulation_id).authority.key):
            found.append(Letter(
                entry_seq=entry.seq, person_id=person_id, address=address, subject=f"{title.zh} / {title.en}",
                body=f"{body.zh}\n\n{body.en}\n\n{place if template.to not in ('objector', 'objectors') else base_url}\n",
                enterprise_id=subject.enterprise_id if template.to == "applicant" else None, bundle=template.bundle or None,
                queued_at=entry.at, send_after=entry.at,
            ))
    return found


def queue_place_corrected(session: Session, entry: Entry, house: Enterprise, law: Law, base_url: str) -> None:
    """Queue the letter to an enterprise whose place was corrected: from where to where, why, and which of its drafts follow."""
    drafts = entry.facts.get("drafts")
    facts = {"enterprise": house.name, "code": house.credit_code, "reason": entry.facts["reason"],
             "former": law.place_name(entry.facts["former"]), "place": law.place_name(entry.facts["prefecture"]),
             "drafts": DRAFTS_FOLLOW.with_(numbers=", ".join(drafts)) if drafts else Text("", "")}
    title, body = PLACE_CORRECTED.subject.with_(**facts), PLACE_CORRECTED.body.with_(**facts)
    for person_id, address in addresses(session, appointed().where(Appointment.enterprise_id == house.id)):
        session.add(Letter(
            entry_seq=entry.seq, person_id=person_id, address=address, subject=f"{title.zh} / {title.en}", enterprise_id=house.id,
            body=f"{body.zh}\n\n{body.en}\n\n{base_url}/enterprises/{house.credit_code}\n", queued_at=entry.at, send_after=entry.at))


def recipients(session: Session, to: str, subject: Subject, entry: Entry, authority: str) -> list[tuple[int | None, str]]:
    """The people behind an audience, each once: (person id or None, e-mail address). Officers are the authority's own."""
    if to == "objector":
        found = session.exec(select(Objection).where(Objection.number == entry.facts["objection"])).one()
        return [(None, found.contact)] if "@" in found.contact else []
    if to == "objectors":
        filed = session.exec(select(Objection.contact).where(col(Objection.number).in_(entry.facts.get("objections") or [])))
        return [(None, contact) for contact in dict.fromkeys(filed) if "@" in contact]
    if to in NAMED:
        named = entry.facts.get(NAMED[to]) or []
        logins = named if isinstance(named, list) else [named]
        return [(p.id, p.email) for p in session.exec(select(Person).where(col(Person.login).in_(logins)).order_by(col(Person.id)))]
    if to == "risen":
        return _risen(session, subject, str(entry.facts["role"]), authority)
    query = appointed()
    if to == "applicant":
        query = query.where(Appointment.enterprise_id == subject.enterprise_id)
    elif to == "bureau" and isinstance(subject, Application | Amendment) and subject.prefecture:
        query = query.where(Appointment.role == Role.BUREAU, Appointment.prefecture == subject.prefecture)
    else:
        query = query.where(Appointment.role == Role.DEPARTMENT, Appointment.authority == authority)
    return addresses(session, query)


def appointed() -> SelectOfScalar[Person]:
    """Everybody who holds an appointment now."""
    return select(Person).join(Appointment, col(Appointment.person_id) == Person.id).where(
        col(Appointment.ended_at).is_(None), col(Person.closed_at).is_(None)
    )


def addresses(session: Session, query: SelectOfScalar[Person]) -> list[tuple[int | None, str]]:
    """The people of a query, each once."""
    people = {p.id: p.email for p in session.exec(query.order_by(col(Person.id)))}
    return list(people.items())


def _risen(session: Session, subject: Subject, role: str, authority: str) -> list[tuple[int | None, str]]:
    """To whom overdue work rises: who has it in hand, the head there, the department; where nobody is head, the department."""
    bureau = isinstance(subject, Application) and tier_of(subject.status) == "bureau"
    prefecture = subject.prefecture if isinstance(subject, Application) and bureau else None
    found: list[tuple[int | None, str]] = []
    if role == "officer" and bureau:
        found = addresses(session, appointed().where(Appointment.role == Role.BUREAU, Appointment.prefecture == prefecture))
    elif role == "head":
        found = addresses(session, appointed().where(Appointment.role == Role.HEAD, Appointment.prefecture == prefecture,
                                                     Appointment.authority == (None if prefecture else authority)))
    return found or addresses(session, appointed().where(Appointment.role == Role.DEPARTMENT, Appointment.authority == authority))


def _facts(session: Session, entry: Entry, subject: Subject, law: Law) -> dict[str, Any]:
    """What a template may name. Keys of law in the entry's facts are put in words."""
    regulation = law.regulation(subject.regulation_id)
    enterprise = session.get_one(Enterprise, subject.enterprise_id)
    facts: dict[str, Any] = dict(entry.facts) | {
        "number": subject.number, "product": subject.product or _unnamed(subject), "enterprise": enterprise.name,
        "state": regulation.stage_label(subject.status), "done": regulation.stage_label(entry.before or ""), "authority": regulation.authority.name,
    }
    facts["outcome"] = REPLACED if entry.facts.get("replacement") else NOT_REPLACED
    facts["ground"] = _ground(regulation, entry, subject)
    facts["measure_label"] = MEASURE_KINDS.get(str(entry.facts.get("intended")), Text("", ""))
    facts["reasons"] = Text(*(
        "；".join(regulation.reason_label(k, entry.facts.get("places") or {}).in_(lang) for k in entry.facts.get("reasons", [])) for lang in LANGUAGES
    ))
    if "dates" in entry.facts:
        facts["changes"] = _moved(entry.facts["dates"].values())
    if isinstance(subject, Amendment):
        region = regulation.authority.prefectures.get(subject.prefecture or "")
        facts["bureau"] = region.bureau if region else regulation.authority.name
        facts["certificate"] = session.get_one(Certificate, subject.certificate_id).number
        facts["change_label"] = next((c.label for c in regulation.changes if c.key == subject.change), Text("变更", "a change"))
    if isinstance(subject, Certificate):
        facts |= {"valid_from": subject.valid_from, "valid_until": subject.valid_until, "validity": _validity(subject)}
        facts |= _renewal_sentences(regulation, regulation.renewal_window(law.calendar, subject.valid_until))
    elif subject.due_at is not None:
        facts["last_day"] = last_day_of(subject)
    return facts | {key: in_words(facts[key]) for key in DAYS if key in facts}


DAYS = ("last_day", "valid_from", "valid_until", "effective_on", "term")  # facts that are civil days


def in_words(day: date | str | None) -> Text:
    """A civil day as people write it in either language; as it is where it is none."""
    if isinstance(day, date):
        return day_words(day)
    try:
        return day_words(date.fromisoformat(str(day)))
    except ValueError:
        return Text(str(day), str(day))


def _unnamed(subject: Subject) -> Text:
    if isinstance(subject, Measure):
        return Text("不涉及具体证书", "about no one certificate")
    return Text("（未命名产品）", "(unnamed product)")


def _moved(dates: Iterable[Mapping[str, Any]]) -> Text:
    """From which day to which each date went; one that stays where it was announced by itself."""
    moves = [Text("{new}" if d["old"] == d["new"] else "{old} → {new}", "{new}" if d["old"] == d["new"] else "{old} → {new}").with_(
        old=in_words(d["old"]), new=in_words(d["new"])) for d in dates]
    return Text("；".join(m.zh for m in moves), "; ".join(m.en for m in moves))


def _ground(law: Regulation, entry: Entry, subject: Subject) -> Text:
    """What the ground is called that an entry names, by the list that its act takes it from."""
    key = str(entry.facts.get("ground", ""))
    if isinstance(subject, Application):
        return law.label_in(law.grounds_of(entry.act), key)
    lifting = law.sanction(key) if entry.act == "lift" else None
    return lifting.label if lifting else law.measure_label(key, entry.facts.get("intended", entry.act))


def _validity(c: Certificate) -> Text:
    """From when until when a certificate is in force."""
    if c.valid_until is None:
        return Text("自 {first} 起长期有效", "in force from {first} on, without end").with_(first=day_words(c.valid_from))
    words = Text("有效期 {first} 至 {last}（含首尾两日）", "in force from {first} to {last}, both days included")
    return words.with_(first=day_words(c.valid_from), last=day_words(c.valid_until))


def _renewal_sentences(regulation: Regulation, window: tuple[date, date] | None) -> dict[str, Text]:
    if regulation.renewal is not None and regulation.renewal.none:
        words = Text("本办法规定证书不予续期〔{article}〕。", "Under the regulation no certificate is renewed [{article}].")
        return dict.fromkeys(("renewal_opens", "renewal_closes"), words.with_(article=regulation.renewal.article))
    if window is None:
        return dict.fromkeys(("renewal_opens", "renewal_closes"), Text("本办法未规定续期。", "The regulation knows no renewal."))
    opens, closes = (day_words(day) for day in window)
    return {"renewal_opens": Text("续期申请自 {day} 起受理。", "A renewal can be applied for from {day}.").with_(day=opens),
            "renewal_closes": Text("续期窗口至 {day}。", "It may be renewed until {day}.").with_(day=closes)}


def last_day_of(subject: Subject) -> date | None:
    """The last day before `due_at`: the day that people read."""
    return office_day(subject.due_at - timedelta(seconds=1)) if subject.due_at else None
