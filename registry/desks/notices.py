"""The counter for public notices: publishing a frozen list, hearing objections, announcing what stood."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

import rfc8785
from sqlmodel import col, select

from registry.books.models import Announcement, Application, Enterprise, Notice, NoticeItem, Objection
from registry.clock import day_ends_at, office_day
from registry.desks.certificates import issue_certificate
from registry.desks.duties import refuse_endorser
from registry.desks.filetypes import EVIDENCE_TYPES, admit
from registry.desks.inputs import EMAIL, Form
from registry.desks.numbers import next_number
from registry.errors import AlreadyDone, BadInput, Finding, NotFound, NotOpen
from registry.law.codes import parse_document_number
from registry.law.deadlines import Deadline, last_day
from registry.law.lifecycle import Role
from registry.law.regulation import Regulation
from registry.law.rules import Rule
from registry.registrar import Registrar
from registry.words import Text

MOST_ITEMS = 500
MOST_DOCUMENT_NUMBER = 80  # as typed; the normal form is never longer
PERIOD = "public_notice"
# Names that are none, as people type them.
NO_NAME = re.compile("|匿名者?|佚名|无名氏?|知情[人者]|群众|网友|某某|anonymous|anon|n/a|none|-")


def publish_notice(r: Registrar, *, regulation: str, applications: Sequence[str]) -> str:
    """Publish a list of proposed products, frozen as canonical JSON and hashed. Returns the notice's number.

    The period comes from the regulation (`periods.public_notice`); first day, last day and last moment are part of
    what is frozen.
    """
    law = r.law.regulation(regulation)
    found = _listed(r, law, applications)
    # Each item has the period of the text that it was handed in under; the list is open until the last of them ends.
    ends = max((last_day(r.law.calendar, r.today, r.regulation_of(a).period(PERIOD)) for a in found), key=lambda d: d.last_day)
    number = next_number(r, law, "notice")
    earlier = _withdrawn_before(r, found)
    listed: dict[str, Any] = {
        "number": number, "regulation": law.id, "first_day": r.today.isoformat(), "last_day": ends.last_day.isoformat(),
        "last_moment": f"{ends.last_day.isoformat()}T24:00:00+08:00", "provisional": ends.provisional,
        "items": [_public_item(r, r.regulation_of(a), a, i) for i, a in enumerate(found, 1)],
    } | ({"replaces": [n.number for n in earlier]} if earlier else {})
    content = rfc8785.dumps(listed)
    notice = Notice(
        number=number, regulation_id=law.id, published_at=r.now, first_on=r.today, last_on=ends.last_day,
        ends_at=day_ends_at(ends.last_day), provisional=ends.provisional, content=content.decode(),
        digest=hashlib.sha256(content).hexdigest(),
    )
    r.session.add(notice)
    for old in earlier:
        old.replaced_by = [*old.replaced_by, number]
    r.session.flush()
    r.note("notice", number, "publish", Role.DEPARTMENT, digest=notice.digest, last_day=ends.last_day.isoformat())
    for ordinal, application in enumerate(found, 1):
        r.session.add(NoticeItem(notice_id=notice.id, ordinal=ordinal, application_id=application.id))
        r.record(application, "publish_notice", due=ends, notice=number)
    return number


def _withdrawn_before(r: Registrar, found: Sequence[Application]) -> list[Notice]:
    """The notices that these items were in last, which have been withdrawn: the new one takes their place."""
    last = [latest_notice(r, application) for application in found]
    return sorted({n.number: n for n in last if n is not None and n.withdrawn_at is not None}.values(), key=lambda n: n.number)


def latest_notice(r: Registrar, application: Application) -> Notice | None:
    """The notice that an application was published in last."""
    query = select(Notice).join(NoticeItem, col(NoticeItem.notice_id) == Notice.id).where(
        NoticeItem.application_id == application.id)
    return r.session.exec(query.order_by(col(Notice.id).desc())).first()


def _listed(r: Registrar, law: Regulation, numbers: Sequence[str]) -> list[Application]:
    """The applications named, each once and all of one regulation."""
    wanted = list(dict.fromkeys(numbers))
    found = [r.fetch(Application, n) for n in wanted[:MOST_ITEMS]]
    form = Form()
    if not wanted:
        form.fault("applications", "missing", "请至少选择一项申请。", "Choose at least one application.")
    if len(wanted) > MOST_ITEMS:
        form.fault("applications", "too-many", f"一次最多 {MOST_ITEMS} 项。", f"At most {MOST_ITEMS} at once.")
    for application in found:
        if application.regulation_id != law.id:
            form.fault("applications", "other-regulation", f"{application.number} 不属于《{law.title.zh}》。",
                       f"{application.number} is not under “{law.title.en}”.")
    form.done()
    return found


def _public_item(r: Registrar, law: Regulation, application: Application, ordinal: int) -> dict[str, Any]:
    """What of an application may be public: holder, product, models, class; nothing of people or trade secrets."""
    enterprise = r.session.get_one(Enterprise, application.enterprise_id)
    typed = law.read_dossier(application.dossier)
    return {
        "ordinal": ordinal, "application": application.number, "product": application.product,
        "enterprise": enterprise.name, "credit_code": enterprise.credit_code, "prefecture": enterprise.prefecture,
        "models": law.scope_of(typed), "class": typed.get(law.dossier.class_field),
        "dossier": application.dossier_digest, "conditions": list(application.approval_conditions),
        **({"grade": application.grade or typed.get(law.dossier.grade_field)} if law.dossier.grade_field else {}),
    }


def _reachable(form: Form, contact: object) -> str:
    """A way to be reached: an e-mail address alone, or anything else that a person can use (a telephone number)."""
    said = form.line("contact", contact, most=254)
    if "@" in said and not EMAIL.fullmatch(said):
        form.fault("contact", "bad-form", "电子邮箱请只填写地址本身，如 zhang@example.com。",
                   "Give the e-mail address alone, like zhang@example.com.")
    return said


def object_to(
    r: Registrar,
    notice: str,
    *,
    application: str,
    objector: str,
    name: str,
    contact: str,
    ground: str,
    reason: str,
    evidence: str,
    filename: str | None = None,
    content: bytes | None = None,
) -> str:
    """File an objection to one item of a notice. Returns its number.

    A real name (person) or the unit's name, a way to be reached, reason and evidence are required. A late or an anonymous one
    is refused by the article of the period; a seal, a reason and evidence are asked for by this registry. It holds its item alone.
    """
    found, item = _item(r, notice, application)
    law = r.law.regulation(found.regulation_id)
    rule = law.periods[PERIOD]
    _check_in_time(r, found, rule)
    form = Form()
    _refuse_nameless(form, rule, objector, name, sealed=content is not None)
    if ground not in {g.key for g in law.objection_grounds}:
        form.fault("ground", "unknown", "请选择异议事由。", "Choose a ground.")
    filed = Objection(
        number="", notice_id=found.id, application_id=item.id, objector=objector, filed_at=r.now, ground=ground,
        name=form.line("name", name, most=200, required=False), contact=_reachable(form, contact),
        reason=form.text("reason", reason), evidence=form.text("evidence", evidence),
    )
    form.done()
    _take_evidence(r, filed, filename or "", content)
    filed.number = next_number(r, law, "objection")
    r.session.add(filed)
    r.session.flush()
    r.record(item, "object", objection=filed.number, notice=found.number, ground=ground)
    return filed.number


def _take_evidence(r: Registrar, filed: Objection, filename: str, content: bytes | None) -> None:
    if content is None:
        return
    filed.evidence_filename, filed.evidence_media_type = admit(
        "evidence_file", filename, content, EVIDENCE_TYPES, r.settings.max_document_bytes
    )
    filed.evidence_sha256 = r.vault.put(content)


def _check_in_time(r: Registrar, notice: Notice, rule: Rule) -> None:
    if notice.withdrawn_at is not None:
        raise NotOpen(
            Text("公示 {number} 已于 {on} 撤回，不再受理异议；重新公示后可以提出。",
                 "Notice {number} was withdrawn on {on}; object once it is published anew.").with_(
                number=notice.number, on=office_day(notice.withdrawn_at)),
        )
    if r.now >= notice.ends_at:
        raise NotOpen(
            Text("公示已于 {last} 24:00（北京时间）结束，不再受理异议。",
                 "The notice ended at {last} 24:00 Beijing time; objections are no longer taken.").with_(last=notice.last_on),
            action=Text("可向主管部门反映情况；证书颁发之后发现问题的，也可以反映，由其核查处理。",
                        "Tell the authority what you know: it can look into it, also after a certificate is issued."),
            article=rule.article, basis=rule.basis,
        )


def _refuse_nameless(form: Form, rule: Rule, objector: str, name: object, *, sealed: bool) -> None:
    """A person objects under a real name, a unit under its seal: a page that bears it is handed in."""
    if objector not in ("person", "unit"):
        form.fault("objector", "unknown", "请选择个人或单位。", "Choose person or unit.")
    if name is None or (isinstance(name, str) and NO_NAME.fullmatch(name.strip().lower())):
        form.fault("name", "anonymous", "匿名异议不受理，请填写真实姓名或单位全称。",
                   "Anonymous objections are not taken: give your real name, or the organisation's full name.", by=rule)
    if objector == "unit" and not sealed:
        form.fault("evidence_file", "missing", "单位提出异议须加盖公章，请上传盖章页。",
                   "An organisation objects under its seal: attach a page that bears it.")


def dismiss_objection(r: Registrar, objection: str, reason: str) -> str:
    """Find an objection unfounded. The item goes on; if the period is over by then it is cleared at once."""
    filed, application, said = _decide(r, "dismiss_objection", objection, reason, "dismissed")
    notice = r.session.get_one(Notice, filed.notice_id)
    r.record(application, "dismiss_objection", due=Deadline(notice.last_on, notice.provisional, (), ()),
             objection=filed.number, reason=said)
    r.settle(application)
    return filed.number


def uphold_objection(r: Registrar, objection: str, reason: str) -> str:
    """Find an objection justified: its item is not certified."""
    filed, application, said = _decide(r, "uphold_objection", objection, reason, "upheld")
    r.record(application, "uphold_objection", objection=filed.number, reason=said, objections=open_objections(r, application))
    set_objections_aside(r, application)
    return filed.number


def open_objections(r: Registrar, application: Application) -> list[str]:
    """The numbers of the objections to an item that nobody has decided, the oldest first."""
    query = select(Objection.number).where(Objection.application_id == application.id, col(Objection.outcome).is_(None))
    return list(r.session.exec(query.order_by(col(Objection.id))))


def set_objections_aside(r: Registrar, application: Application, reason: str | None = None) -> None:
    """Objections still open have nothing left to stop once their item has ended otherwise."""
    query = select(Objection).where(Objection.application_id == application.id, col(Objection.outcome).is_(None))
    for objection in r.session.exec(query):
        objection.outcome, objection.outcome_reason, objection.decided_at = "moot", reason, r.now


def _decide(r: Registrar, act: str, number: str, reason: str, outcome: str) -> tuple[Objection, Application, str]:
    filed = r.session.exec(select(Objection).where(Objection.number == number)).one_or_none()
    if filed is None or not r.presides(Role.DEPARTMENT, over=r.session.get_one(Notice, filed.notice_id)):
        raise NotFound(Text(f"没有编号为 {number} 的异议。", f"There is no objection {number}."))
    if filed.outcome is not None:
        raise AlreadyDone(Text("该异议已经处理。", "This objection has been decided."))
    found = r.session.get_one(Application, filed.application_id)
    application = r.fetch(Application, found.number)
    r.require(application, act)
    form = Form()
    said = form.text("reason", reason)
    form.done()
    filed.outcome, filed.outcome_reason, filed.decided_at = outcome, said, r.now
    return filed, application, said


def announce(
    r: Registrar,
    *,
    regulation: str,
    document_number: str,
    applications: Sequence[str],
    conditions: Mapping[str, Sequence[str]] | None = None,
) -> list[str]:
    """Announce the final decision under its document number (文号) and issue the certificates. Returns their numbers.

    `conditions` by application: what is asked beyond the conditions that were in the notice; they are counted on.
    """
    law = r.law.regulation(regulation)
    form = Form()
    typed = form.line("document_number", document_number, most=MOST_DOCUMENT_NUMBER)
    normal = parse_document_number(typed) if typed else None
    if typed and normal is None:
        form.fault("document_number", "bad-form", "文号格式应如“某工信〔2026〕12号”。",
                   "A document number reads like “某工信〔2026〕12号”.")
    form.done()
    assert normal is not None
    if r.session.exec(select(Announcement.id).where(Announcement.document_number == normal)).first() is not None:
        raise AlreadyDone(Text(f"文号 {normal} 已使用。", f"The document number {normal} has been used."))
    found = _listed(r, law, applications)
    further = _further(found, conditions or {})
    refuse_endorser(r, [a.number for a in found])
    announcement = Announcement(document_number=normal, verbatim=typed, regulation_id=law.id, announced_on=r.today,
                                recorded_at=r.now)
    r.session.add(announcement)
    r.session.flush()
    r.note("announcement", normal, "announce", Role.DEPARTMENT, applications=[a.number for a in found])
    issued = []
    for application in found:
        application.approval_conditions = [*application.approval_conditions, *further.get(application.number, ())]
        r.record(application, "announce", document_number=normal, conditions=application.approval_conditions)
        issued.append(issue_certificate(r, application, announcement).number)
    return issued


def _further(found: Sequence[Application], conditions: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The conditions that the announcement adds, by application; none of them stands there already."""
    form, listed = Form(), {a.number: a for a in found}
    further: dict[str, list[str]] = {}
    for number, texts in conditions.items():
        if number not in listed:
            form.fault("conditions", "unknown", f"{number} 不在本次公布名单中。", f"{number} is not on this list.")
            continue
        said = form.texts(f"conditions.{number}", texts)
        further[number] = [text for text in said if text not in listed[number].approval_conditions]
    form.done()
    return further


def _item(r: Registrar, notice: str, application: str) -> tuple[Notice, Application]:
    """A notice and one of its applications; anybody may name them, since a notice is public."""
    query = (
        select(Notice, Application).join(NoticeItem, col(NoticeItem.notice_id) == Notice.id)
        .join(Application, col(Application.id) == NoticeItem.application_id)
        .where(Notice.number == notice, Application.number == application)
    )
    row = r.session.exec(query).first()
    if row is None:
        message = Text(f"公示 {notice} 中没有 {application}。", f"Notice {notice} has no item {application}.")
        if r.session.exec(select(Notice.id).where(Notice.number == notice)).first() is None:
            raise NotFound(message)
        raise BadInput(message, findings=[Finding("application", "unknown", message)])
    return row[0], row[1]
