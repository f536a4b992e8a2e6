"""Which act tells whom, and the outbox. It queues in the transaction of the act; sending is the delivery job's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

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
from registry.law.lifecycle import MEASURE_KINDS, STATE_LABELS, Role
from registry.law.tiers import tier_of
from registry.words import LANGUAGES, Text

Subject = Application | Certificate | Measure | Amendment
PLACES = {"certificate": "certificates", "measure": "measures", "amendment": "amendments"}  # where a subject is read; elsewhere in its application


@dataclass(frozen=True)
class Template:
    """One letter: who gets it, and its words. Places in braces are facts of the entry and of its subject."""

    to: str  # applicant | bureau | department | objector | objectors | risen | one of _NAMED
    subject: Text
    body: Text
    bundle: str = ""  # letters of one bundle, address and office day leave as one mail


_SUBMITTED = Text("{number}（{product}）已进入“{state}”。", "{number} ({product}) is now “{state}”.")
_PLEASE_REVIEW = (
    Text("请评审：{number}", "Please review: {number}"),
    Text("您被选派评审 {number}（{product}）。如有应当回避的情形，请先声明回避。",
         "You have been seated to review {number} ({product}). If you must stand aside, declare it first."),
)
# Audiences that an entry names by login: the fact that holds it, or all of them.
_NAMED = {"expert": "expert", "replacement": "replacement", "panel": "seated", "assignee": "person"}
_REPLACED = Text("已由抽签顺序的下一位递补。", "The next of the draw has taken the seat.")
_NOT_REPLACED = Text("没有可递补的专家，请选派。", "There is nobody to follow by the draw: seat an expert.")

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
    ("application", "seat_expert"): (Template("expert", *_PLEASE_REVIEW),),
    ("application", "draw_panel"): (Template("panel", *_PLEASE_REVIEW),),
    ("application", "recuse_expert"): (
        Template("expert", Text("已回避：{number}", "You stand aside: {number}"),
                 Text("您不再参加 {number} 的评审。原因：{reason}", "You no longer review {number}. Reason: {reason}")),
        Template("replacement", *_PLEASE_REVIEW),
        Template("department", Text("专家回避：{number}", "An expert stood aside: {number}"),
                 Text("一位专家已回避 {number}（{product}）的评审。{outcome}", "An expert has stood aside from {number} ({product}). {outcome}")),
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
    ("application", "assign"): (
        Template("assignee", Text("请承办：{number}", "Assigned to you: {number}"),
                 Text("{number}（{product}）已指派给您承办，现处于“{state}”。", "{number} ({product}) was assigned to you; it is “{state}”.")),
    ),
    ("application", "withdraw_notice"): (
        Template("applicant", Text("公示已撤回：{number}", "Notice withdrawn: {number}"),
                 Text("公示 {notice} 有误，已撤回，{number}（{product}）将重新公示。理由：{reason}",
                      "Notice {notice} was found wrong and is withdrawn; {number} ({product}) will be published anew. Reason: {reason}")),
        Template("objectors", Text("您提出异议的公示已撤回：{notice}", "The notice you objected to was withdrawn: {notice}"),
                 Text("公示 {notice} 有误，已撤回，您的异议不再处理。重新公示后可以再次提出。理由：{reason}",
                      "Notice {notice} was found wrong and is withdrawn; your objection is not decided. You may object again once it is "
                      "published anew. Reason: {reason}")),
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
    ("application", "escalate"): (
        Template("risen", Text("办理逾期：{number}", "Overdue: {number}"),
                 Text("{number}（{product}，{enterprise}）应于 {term} 前办结，现处于“{state}”，已逾期 {overdue} 个工作日，请督促办理。",
                      "{number} ({product}, {enterprise}) was to be done by {term}. It is still “{state}”, {overdue} working day(s) "
                      "overdue. Please see to it.")),
    ),
    ("application", "recompute_dates"): (
        Template("applicant", Text("期限已按新日历重算：{number}", "Dates computed again: {number}"),
                 Text("因节假日安排公布或调整，{number}（{product}）的期限已重算：{changes}。",
                      "The calendar of days off was published or amended; the dates of {number} ({product}) were computed again: {changes}.")),
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
                      "A renewal can be applied for from {renewal_opens}."), bundle="remind"),
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
    ("certificate", "restore"): (
        Template("applicant", Text("证书已恢复效力：{number}", "Certificate restored: {number}"),
                 Text("证书 {number} 的撤销决定已解除。理由：{reason}", "The revocation of certificate {number} was lifted. Reason: {reason}")),
    ),
    ("certificate", "amend"): (
        Template("applicant", Text("证书已变更：{number}", "Certificate changed: {number}"),
                 Text("证书 {number}（{product}）已变更，现为第 {edition} 版，持证企业 {enterprise}；编号和有效期不变。",
                      "Certificate {number} ({product}) was changed and is now in version {edition}, held by {enterprise}; its number "
                      "and its term stay.")),
    ),
    ("amendment", "request"): (
        Template("applicant", Text("变更申请已提交：{number}", "Request handed in: {number}"),
                 Text("对证书 {certificate}（{product}）的变更申请 {number}（{change_label}）已提交市州工信局初核。",
                      "Your request {number} for certificate {certificate} ({product}) — {change_label} — is with the bureau.")),
        Template("bureau", Text("证书变更待初核：{number}", "A change of a certificate to look at: {number}"),
                 Text("{enterprise} 申请变更证书 {certificate}（{product}）：{change_label}。",
                      "{enterprise} asks for a change of certificate {certificate} ({product}): {change_label}.")),
    ),
    ("amendment", "endorse"): (
        Template("applicant", Text("变更申请已通过初核：{number}", "Request endorsed: {number}"),
                 Text("变更申请 {number}（证书 {certificate}）已通过初核，待省工信厅决定。",
                      "The bureau endorsed your request {number} (certificate {certificate}); the department decides.")),
        Template("department", Text("证书变更待决定：{number}", "A change of a certificate to decide: {number}"),
                 Text("{enterprise} 申请变更证书 {certificate}（{product}）：{change_label}；市州工信局已初核同意。",
                      "{enterprise} asks for a change of certificate {certificate} ({product}): {change_label}; the bureau endorses it.")),
    ),
    ("amendment", "refuse"): (
        Template("applicant", Text("不予变更：{number}", "Change refused: {number}"),
                 Text("变更申请 {number}（证书 {certificate}，{change_label}）未获准予，证书内容不变。理由：{reason}",
                      "Your request {number} (certificate {certificate}, {change_label}) was refused; the certificate stays as it is. "
                      "Reason: {reason}")),
    ),
    ("amendment", "grant"): (
        Template("applicant", Text("准予变更：{number}", "Change granted: {number}"),
                 Text("变更申请 {number}（{change_label}）已准予，证书 {certificate} 自今日起为第 {edition} 版。",
                      "Your request {number} ({change_label}) was granted; certificate {certificate} is in version {edition} from today.")),
    ),
    ("measure", "suspect"): (
        Template("department", Text("登记疑点：{number}", "Suspicion stated: {number}"),
                 Text("{enterprise}（{product}）：疑点 {number} 待核查。涉及事由：{ground}。",
                      "{enterprise} ({product}): suspicion {number} is to be looked into. Ground: {ground}.")),
    ),
    ("measure", "give_notice"): (
        Template("applicant", Text("拟作处理告知：{number}", "Notice of an intended decision: {number}"),
                 Text("{enterprise}（{product}）：拟自 {effective_on} 起{measure_label}。依据：{ground}（{article}）。理由：{reason}。"
                      "您有权陈述申辩，请于 {last_day} 24:00（北京时间）前提出；逾期未提出的，按程序作出决定。",
                      "{enterprise} ({product}): it is intended to {measure_label}, from {effective_on}. Ground: {ground} ({article}). "
                      "Reason: {reason}. You may make a statement until {last_day} 24:00 Beijing time; after that it is decided without.")),
    ),
    ("measure", "make_statement"): (
        Template("department", Text("收到陈述申辩：{number}", "Statement received: {number}"),
                 Text("{enterprise} 已就 {number} 陈述申辩。", "{enterprise} has made a statement on {number}.")),
    ),
    ("measure", "close_statement"): (
        Template("department", Text("陈述申辩期满：{number}", "Time for a statement over: {number}"),
                 Text("{enterprise} 未在期限内就 {number} 陈述申辩，可以作出决定。",
                      "{enterprise} made no statement on {number} in time; it may be decided.")),
    ),
    ("measure", "approve"): (
        Template("department", Text("待复核确认：{number}", "To be confirmed: {number}"),
                 Text("{number} 已由一人同意，待另一人复核确认。", "{number} was approved by one officer; another is to confirm it.")),
    ),
    ("measure", "confirm"): (
        Template("applicant", Text("处理决定：{number}", "Decision: {number}"),
                 Text("{enterprise}（{product}）：决定自 {effective_on} 起{measure_label}。依据：{ground}（{article}）。理由：{reason}",
                      "{enterprise} ({product}): decided: {measure_label}, from {effective_on}. Ground: {ground} ({article}). Reason: {reason}")),
    ),
    ("measure", "drop"): (
        Template("applicant", Text("不予处理：{number}", "Dropped: {number}"),
                 Text("{number}（{product}）不予处理。理由：{reason}", "{number} ({product}) was dropped. Reason: {reason}")),
    ),
    ("measure", "propose_lifting"): (
        Template("department", Text("待确认解除：{number}", "Lifting to be confirmed: {number}"),
                 Text("{number} 已由一人提出解除，待另一人确认。", "Lifting {number} was proposed by one officer; another is to confirm it.")),
    ),
    ("measure", "lift"): (
        Template("applicant", Text("处理已解除：{number}", "Measure lifted: {number}"),
                 Text("{enterprise}（{product}）：自 {effective_on} 起解除“{measure_label}”。依据：{ground}。理由：{reason}",
                      "{enterprise} ({product}): lifted from {effective_on}: {measure_label}. Ground: {ground}. Reason: {reason}")),
    ),
}


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
        for person_id, address in recipients(session, template.to, subject, entry):
            found.append(Letter(
                entry_seq=entry.seq, person_id=person_id, address=address, subject=f"{title.zh} / {title.en}",
                body=f"{body.zh}\n\n{body.en}\n\n{place if template.to not in ('objector', 'objectors') else base_url}\n",
                enterprise_id=subject.enterprise_id if template.to == "applicant" else None, bundle=template.bundle or None,
                queued_at=entry.at, send_after=entry.at,
            ))
    return found


def recipients(session: Session, to: str, subject: Subject, entry: Entry) -> list[tuple[int | None, str]]:
    """The people behind an audience, each once: (person id or None, e-mail address)."""
    if to == "objector":
        found = session.exec(select(Objection).where(Objection.number == entry.facts["objection"])).one()
        return [(None, found.contact)] if "@" in found.contact else []
    if to == "objectors":
        filed = session.exec(select(Objection.contact).where(col(Objection.number).in_(entry.facts.get("objections") or [])))
        return [(None, contact) for contact in dict.fromkeys(filed) if "@" in contact]
    if to in _NAMED:
        named = entry.facts.get(_NAMED[to]) or []
        logins = named if isinstance(named, list) else [named]
        return [(p.id, p.email) for p in session.exec(select(Person).where(col(Person.login).in_(logins)).order_by(col(Person.id)))]
    if to == "risen":
        return _risen(session, subject, str(entry.facts["role"]))
    query = _appointed()
    if to == "applicant":
        query = query.where(Appointment.enterprise_id == subject.enterprise_id)
    elif to == "bureau" and isinstance(subject, Application | Amendment):
        query = query.where(Appointment.role == Role.BUREAU, Appointment.prefecture == subject.prefecture)
    else:
        query = query.where(Appointment.role == Role.DEPARTMENT)
    return _addresses(session, query)


def _appointed() -> SelectOfScalar[Person]:
    return select(Person).join(Appointment, col(Appointment.person_id) == Person.id).where(
        col(Appointment.ended_at).is_(None), col(Person.closed_at).is_(None)
    )


def _addresses(session: Session, query: SelectOfScalar[Person]) -> list[tuple[int | None, str]]:
    people = {p.id: p.email for p in session.exec(query.order_by(col(Person.id)))}
    return list(people.items())


def _risen(session: Session, subject: Subject, role: str) -> list[tuple[int | None, str]]:
    """To whom overdue work rises: who has it in hand, the head there, the department; where nobody is head, the department."""
    bureau = isinstance(subject, Application) and tier_of(subject.status) == "bureau"
    prefecture = subject.prefecture if isinstance(subject, Application) and bureau else None
    found: list[tuple[int | None, str]] = []
    if role == "officer" and bureau:
        found = _addresses(session, _appointed().where(Appointment.role == Role.BUREAU, Appointment.prefecture == prefecture))
    elif role == "head":
        found = _addresses(session, _appointed().where(Appointment.role == Role.HEAD, Appointment.prefecture == prefecture))
    return found or _addresses(session, _appointed().where(Appointment.role == Role.DEPARTMENT))


def _facts(session: Session, entry: Entry, subject: Subject, law: Law) -> dict[str, Any]:
    """What a template may name. Keys of law in the entry's facts are put in words."""
    regulation = law.regulation(subject.regulation_id)
    enterprise = session.get_one(Enterprise, subject.enterprise_id)
    facts: dict[str, Any] = dict(entry.facts) | {
        "number": subject.number, "product": subject.product or Text("（未命名产品）", "(unnamed product)"),
        "enterprise": enterprise.name, "state": STATE_LABELS[subject.status],
    }
    facts["outcome"] = _REPLACED if entry.facts.get("replacement") else _NOT_REPLACED
    named = regulation.ground_label if isinstance(subject, Application) else regulation.measure_label
    facts["ground"] = named(str(entry.facts.get("ground", "")))
    facts["measure_label"] = MEASURE_KINDS.get(str(entry.facts.get("intended")), Text("", ""))
    facts["reasons"] = Text(*(
        "；".join(regulation.ground_label(k).in_(lang) for k in entry.facts.get("reasons", [])) for lang in LANGUAGES
    ))
    if isinstance(subject, Amendment):
        facts["certificate"] = session.get_one(Certificate, subject.certificate_id).number
        facts["change_label"] = next((c.label for c in regulation.changes if c.key == subject.change), Text("变更", "a change"))
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
