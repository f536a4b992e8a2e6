"""Which act tells whom, and the outbox. It queues in the transaction of the act; sending is the delivery job's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlmodel import Session, col, select

from registry.books.models import (
    Application,
    Appointment,
    Certificate,
    Enterprise,
    Entry,
    Letter,
    Objection,
    Person,
)
from registry.clock import office_day
from registry.law.library import Law
from registry.law.lifecycle import STATE_LABELS, Role
from registry.words import LANGUAGES, Text

Subject = Application | Certificate


@dataclass(frozen=True)
class Template:
    """One letter: who gets it, and its words. Places in braces are facts of the entry and of its subject."""

    to: str  # applicant | bureau | department | expert | objector
    subject: Text
    body: Text


_SUBMITTED = Text("{number}（{product}）已进入“{state}”。", "{number} ({product}) is now “{state}”.")

LETTERS: dict[tuple[str, str], tuple[Template, ...]] = {
    ("application", "submit"): (
        Template("applicant", Text("申请已提交：{number}", "Application submitted: {number}"), _SUBMITTED),
        Template("bureau", Text("新申请待初审：{number}", "New application to review: {number}"),
                 Text("{enterprise} 提交了 {number}（{product}）。", "{enterprise} has submitted {number} ({product}).")),
    ),
    ("application", "request_supplement"): (
        Template("applicant", Text("请补正：{number}", "Supplement requested: {number}"),
                 Text("{number}（{product}）需要补正：{reasons}。说明：{comment}。请于 {last_day} 24:00（北京时间）前提交，逾期申请失效。",
                      "{number} ({product}) needs a supplement: {reasons}. Note: {comment}. Hand it in by {last_day} 24:00 "
                      "Beijing time; after that the application lapses.")),
    ),
    ("application", "resubmit"): (
        Template("bureau", Text("补正已提交：{number}", "Supplement handed in: {number}"),
                 Text("{enterprise} 已提交 {number} 的补正。", "{enterprise} has handed in the supplement of {number}.")),
    ),
    ("application", "endorse"): (
        Template("applicant", Text("初审通过：{number}", "Endorsed: {number}"), _SUBMITTED),
        Template("department", Text("待评审：{number}", "To be reviewed: {number}"), _SUBMITTED),
    ),
    ("application", "accept"): (
        Template("applicant", Text("已受理：{number}", "Accepted: {number}"), _SUBMITTED),
    ),
    ("application", "seat_expert"): (
        Template("expert", Text("请评审：{number}", "Please review: {number}"),
                 Text("您被选派评审 {number}（{product}）。如有应当回避的情形，请先声明回避。",
                      "You have been seated to review {number} ({product}). If you must stand aside, declare it first.")),
    ),
    ("application", "recommend"): (
        Template("applicant", Text("专家评审通过：{number}", "Recommended: {number}"), _SUBMITTED),
    ),
    ("application", "publish_notice"): (
        Template("applicant", Text("已公示：{number}", "In public notice: {number}"),
                 Text("{number}（{product}）已列入公示 {notice}，公示至 {last_day} 24:00（北京时间）。",
                      "{number} ({product}) is in public notice {notice} until {last_day} 24:00 Beijing time.")),
    ),
    ("application", "object"): (
        Template("department", Text("收到异议：{objection}", "Objection received: {objection}"),
                 Text("公示 {notice} 中的 {number} 收到异议 {objection}。", "Objection {objection} was filed against {number} in notice {notice}.")),
        Template("applicant", Text("公示收到异议：{number}", "Objection to {number}"),
                 Text("{number}（{product}）在公示期内收到异议 {objection}，处理期间暂缓。",
                      "An objection, {objection}, was filed against {number} ({product}); it is held until that is decided.")),
        Template("objector", Text("异议已收到：{objection}", "Your objection was received: {objection}"),
                 Text("您对 {number} 提出的异议已收到，编号 {objection}。您的身份受到保护。",
                      "Your objection against {number} was received as {objection}. Your identity is protected.")),
    ),
    ("application", "dismiss_objection"): (
        Template("objector", Text("异议处理结果：{objection}", "Decision on {objection}"),
                 Text("经核实，异议 {objection} 不成立。理由：{reason}", "Objection {objection} was dismissed. Reason: {reason}")),
        Template("applicant", Text("异议已驳回：{number}", "Objection dismissed: {number}"),
                 Text("对 {number} 的异议 {objection} 不成立。理由：{reason}", "Objection {objection} to {number} was dismissed. Reason: {reason}")),
    ),
    ("application", "uphold_objection"): (
        Template("objector", Text("异议处理结果：{objection}", "Decision on {objection}"),
                 Text("经核实，异议 {objection} 成立。理由：{reason}", "Objection {objection} was upheld. Reason: {reason}")),
        Template("applicant", Text("异议成立，未通过：{number}", "Objection upheld: {number}"),
                 Text("对 {number} 的异议 {objection} 成立，不予认定。理由：{reason}",
                      "Objection {objection} to {number} was upheld; it will not be certified. Reason: {reason}")),
    ),
    ("application", "close_notice"): (
        Template("applicant", Text("公示期满：{number}", "Notice closed: {number}"), _SUBMITTED),
    ),
    ("application", "refuse"): (
        Template("applicant", Text("未通过：{number}", "Refused: {number}"),
                 Text("{number}（{product}）未通过。依据：{ground}。理由：{reason}",
                      "{number} ({product}) was refused. Ground: {ground}. Reason: {reason}")),
    ),
    ("application", "lapse"): (
        Template("applicant", Text("逾期失效：{number}", "Lapsed: {number}"),
                 Text("{number}（{product}）逾期未补正，已失效。可重新申报。",
                      "{number} ({product}) lapsed: the supplement was not handed in in time. You may apply again.")),
    ),
    ("certificate", "issue"): (
        Template("applicant", Text("证书已颁发：{number}", "Certificate issued: {number}"),
                 Text("{product} 已认定，证书 {number}，有效期 {valid_from} 至 {valid_until}（含首尾两日）。",
                      "{product} is certified: {number}, in force from {valid_from} to {valid_until}, both days included.")),
    ),
    ("certificate", "remind"): (
        Template("applicant", Text("证书即将到期：{number}", "Certificate expiring: {number}"),
                 Text("证书 {number}（{product}）有效期至 {valid_until} 24:00（北京时间）。续期申请自 {renewal_opens} 起受理。",
                      "Certificate {number} ({product}) is in force until {valid_until} 24:00 Beijing time. "
                      "A renewal can be applied for from {renewal_opens}.")),
    ),
    ("certificate", "expire"): (
        Template("applicant", Text("证书已到期：{number}", "Certificate expired: {number}"),
                 Text("证书 {number}（{product}）已于 {valid_until} 24:00 到期。续期窗口至 {renewal_closes}。",
                      "Certificate {number} ({product}) expired at {valid_until} 24:00. It may be renewed until {renewal_closes}.")),
    ),
    ("certificate", "suspend"): (
        Template("applicant", Text("证书已暂停：{number}", "Certificate suspended: {number}"),
                 Text("证书 {number} 已暂停。依据：{ground}。理由：{reason}", "Certificate {number} is suspended. Ground: {ground}. Reason: {reason}")),
    ),
    ("certificate", "reinstate"): (
        Template("applicant", Text("证书已恢复：{number}", "Certificate reinstated: {number}"),
                 Text("证书 {number} 已恢复。理由：{reason}", "Certificate {number} is reinstated. Reason: {reason}")),
    ),
    ("certificate", "revoke"): (
        Template("applicant", Text("证书已撤销：{number}", "Certificate revoked: {number}"),
                 Text("证书 {number} 已撤销。依据：{ground}。理由：{reason}", "Certificate {number} is revoked. Ground: {ground}. Reason: {reason}")),
    ),
}


def queue(session: Session, entry: Entry, subject: Subject, law: Law, base_url: str) -> None:
    """Queue the letters that this entry's act calls for. An act without a row here tells nobody."""
    for template in LETTERS.get((subject.kind, entry.act), ()):
        facts = _facts(session, entry, subject, law)
        title, body = template.subject.with_(**facts), template.body.with_(**facts)
        place = f"{base_url}/{'certificates' if isinstance(subject, Certificate) else 'applications'}/{subject.number}"
        for person_id, address in recipients(session, template.to, subject, entry):
            session.add(Letter(
                entry_seq=entry.seq, person_id=person_id, address=address, subject=f"{title.zh} / {title.en}",
                body=f"{body.zh}\n\n{body.en}\n\n{place if template.to != 'objector' else base_url}\n",
                queued_at=entry.at, send_after=entry.at,
            ))


def recipients(session: Session, to: str, subject: Subject, entry: Entry) -> list[tuple[int | None, str]]:
    """The people behind an audience, each once: (person id or None, e-mail address)."""
    if to == "objector":
        found = session.exec(select(Objection).where(Objection.number == entry.facts["objection"])).one()
        return [(None, found.contact)] if "@" in found.contact else []
    if to == "expert":
        person = session.exec(select(Person).where(Person.login == entry.facts["expert"])).one()
        return [(person.id, person.email)]
    query = select(Person).join(Appointment, col(Appointment.person_id) == Person.id).where(
        col(Appointment.ended_at).is_(None), col(Person.closed_at).is_(None)
    )
    if to == "applicant":
        query = query.where(Appointment.enterprise_id == subject.enterprise_id)
    elif to == "bureau" and isinstance(subject, Application):
        query = query.where(Appointment.role == Role.BUREAU, Appointment.prefecture == subject.prefecture)
    else:
        query = query.where(Appointment.role == Role.DEPARTMENT)
    people = {p.id: p.email for p in session.exec(query.order_by(col(Person.id)))}
    return list(people.items())


def _facts(session: Session, entry: Entry, subject: Subject, law: Law) -> dict[str, Any]:
    """What a template may name. Keys of law in the entry's facts are put in words."""
    regulation = law.regulation(subject.regulation_id)
    enterprise = session.get_one(Enterprise, subject.enterprise_id)
    facts: dict[str, Any] = dict(entry.facts) | {
        "number": subject.number, "product": subject.product or Text("（未命名产品）", "(unnamed product)"),
        "enterprise": enterprise.name, "state": STATE_LABELS[subject.status],
    }
    facts["ground"] = regulation.ground_label(str(entry.facts.get("ground", "")))
    facts["reasons"] = Text(*(
        "；".join(regulation.ground_label(k).in_(lang) for k in entry.facts.get("reasons", [])) for lang in LANGUAGES
    ))
    if isinstance(subject, Certificate):
        opens, closes = regulation.renewal_window(law.calendar, subject.valid_until)
        facts |= {"valid_from": subject.valid_from, "valid_until": subject.valid_until,
                  "renewal_opens": opens, "renewal_closes": closes}
    elif subject.due_at is not None:
        facts["last_day"] = last_day_of(subject)
    return facts


def last_day_of(subject: Subject) -> date | None:
    """The last day before `due_at`: the day that people read."""
    return office_day(subject.due_at - timedelta(seconds=1)) if subject.due_at else None
