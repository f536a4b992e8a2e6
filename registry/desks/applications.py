"""The counter for applications: opening, filling in, handing in, and what bureau and department do until the experts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from sqlalchemy.orm.attributes import flag_modified
from sqlmodel import col, select

from registry.books import texts
from registry.books.models import Application, Call, Certificate, Document, Enterprise
from registry.desks.calls import check_endorsement, check_intake
from registry.desks.debarments import refuse_debarred
from registry.desks.dossiers import dossier_content, dossier_digest
from registry.desks.duties import refuse_endorser
from registry.desks.filetypes import admit
from registry.desks.inputs import Form, unkeepable
from registry.desks.notices import open_objections, set_objections_aside
from registry.desks.numbers import next_number
from registry.desks.reach import get_region
from registry.desks.surroundings import findings_around, surroundings_of
from registry.errors import (
    AlreadyDone,
    BadInput,
    Finding,
    Incomplete,
    NotEntitled,
    NotFound,
    NotOpen,
    OutOfOrder,
    Refusal,
)
from registry.law import lifecycle
from registry.law.dossier import CANNOT_JUDGE
from registry.law.lifecycle import Role
from registry.law.regulation import Regulation
from registry.registrar import Registrar
from registry.words import Text

WITH_APPLICANT = ("draft", "supplement")
SUBMISSION = "submission"  # where a finding stands that is about no field
AFTER_REVIEW = ("awaiting_notice", "announcement")
log = structlog.get_logger("registry")
MOST_DOCUMENTS = 200


def open_application(
    r: Registrar, *, enterprise: str, regulation: str | None = None, renews: str | None = None
) -> str:
    """Open a draft for one's own enterprise, new or to renew a certificate. Returns its number.

    Debarred, with the last day, for an enterprise that may not apply. NotOpen before the regulation's first day, after
    its last, outside a renewal's window, or, where it takes applications by calls, while none is open. A renewal goes by
    the version of the regulation that is now in force and starts from the last dossier.
    """
    house_id = next((i for i, code in r.actor.enterprises.items() if code == enterprise.strip().upper()), None)
    if house_id is None:
        raise NotFound(Text("您不是该企业的成员，或该企业尚未登记。", "You are not a member of this enterprise, or it is not registered."))
    house = r.session.get_one(Enterprise, house_id)
    old = _to_renew(r, renews, house) if renews else None
    law = _open_regulation(r, regulation, old)
    region = get_region(law, house)
    refuse_debarred(r, house_id, law)
    application = Application(
        number=next_number(r, law, "application"), enterprise_id=house_id, prefecture=region,
        regulation_id=law.id, renews=old.number if old else None, status="", opened_at=r.now,
    )
    if old is not None:
        last = r.session.get_one(Application, old.application_id)
        known = {f.key for f in law.all_fields() if f.kind != "declaration"}
        application.dossier = {k: v for k, v in last.dossier.items() if k in known}
        application.product = last.product
    r.begin(application, Role.APPLICANT, facts={"renews": old.number} if old else {})
    return application.number


def _to_renew(r: Registrar, number: str, house: Enterprise) -> Certificate:
    old = r.find(Certificate, number)
    if old is None or old.enterprise_id != house.id:
        raise NotFound(Text(f"贵企业没有编号为 {number} 的证书。", f"Your enterprise has no certificate {number}."))
    r.settle(old)
    check_renewable(r, old)
    return old


def check_renewable(r: Registrar, old: Certificate, mine: Application | None = None) -> None:
    """Refuse (NotOpen, AlreadyDone, NotEntitled) unless `old` may be renewed today and has not been.

    `mine` is the renewal in hand, which does not stand in its own way.
    """
    law = r.law.regulation(old.regulation_id)
    rule, window = law.renewal_rule(), law.renewal_window(r.law.calendar, old.valid_until)
    assert window is not None
    opens, closes = window
    if mine is not None and mine.enterprise_id != old.enterprise_id:
        raise NotEntitled(Text("该证书已变更持证企业，由现持证企业申请续期。",
                               "This certificate has another holder now, who may renew it."))
    if old.renewed_by is not None:
        raise AlreadyDone(Text(f"该证书已由 {old.renewed_by} 续期。", f"This certificate was renewed as {old.renewed_by}."))
    if old.status in ("revoked", "surrendered"):
        raise NotEntitled(Text("已撤销或注销的证书不能续期。", "A certificate revoked or surrendered cannot be renewed."),
                          action=Text("请重新申报。", "Apply anew."))
    if old.suspended:
        raise NotEntitled(
            Text("暂停尚未解除的证书不能续期，到期后也一样。", "A certificate whose suspension stands cannot be renewed, also after its end."),
            action=Text("请与作出暂停决定的机关联系；解除后在续期窗口内（至 {closes}，含当日）可以续期。",
                        "Write to the authority that suspended it; once that is lifted it may be renewed within its window, until "
                        "{closes} included.").with_(closes=closes))
    if not opens <= r.today <= closes:
        raise NotOpen(
            Text("续期窗口为 {opens} 至 {closes}（含首尾两日），今天是 {today}。",
                 "A renewal may be applied for from {opens} to {closes}, both days included; today is {today}.").with_(
                opens=opens, closes=closes, today=r.today),
            article=rule.article, basis=rule.basis,
        )
    others = select(Application).where(
        Application.renews == old.number, Application.id != (mine.id if mine else None),
        Application.enterprise_id == old.enterprise_id,  # a draft of a former holder stands in nobody's way
        col(Application.status).not_in(lifecycle.ENDED_WITHOUT),
    )
    filed = r.session.exec(others).first()
    if filed is not None:
        raise AlreadyDone(Text(f"续期申请 {filed.number} 已在办理。", f"The renewal {filed.number} is already under way."))


def _open_regulation(r: Registrar, wanted: str | None, old: Certificate | None) -> Regulation:
    if old is not None:
        family = r.law.regulation(old.regulation_id).family
        found = r.law.successor(family, r.today)
        if found is None:
            raise NotOpen(Text("该类认定的规定今天没有有效版本，暂不受理。", "No version of this regulation is in force today."))
        return found
    if not wanted:
        message = Text("请选择依据的管理办法。", "Choose the regulation to apply under.")
        raise BadInput(message, findings=[Finding("regulation", "missing", message)])
    law = r.law.regulation(wanted)
    _check_open(r, law)
    check_intake(r, law)
    return law


def _check_open(r: Registrar, law: Regulation) -> None:
    if not law.is_open_on(r.today):
        raise NotOpen(
            Text("《{title}》施行期为 {first} 至 {last}，今天是 {today}，不受理新申请。",
                 "“{title}” is in force from {first} to {last}; today is {today}: no new application is taken under it.").with_(
                title=law.title, first=law.effective_from, last=law.effective_until, today=r.today),
            article=law.effective.life.article, basis=law.effective.life.basis,
        )


def save_draft(r: Registrar, number: str, dossier: Mapping[str, Any]) -> str:
    """Keep what was typed, as it was typed, while the applicant has it (draft or supplement). BadInput, OutOfOrder."""
    application = _with_applicant(r, number)
    law = r.regulation_of(application)
    known = {f.key for f in law.all_fields()}
    form = Form()
    for key, value in dossier.items():
        if key not in known:
            form.fault(f"dossier.{key}", "unknown", "没有这一项。", "There is no such field.")
        else:
            form.add(unkeepable(f"dossier.{key}", value))
    form.done()
    merged = dict(application.dossier)
    for key, value in dossier.items():
        if value is None or value == "":
            merged.pop(key, None)
        else:
            merged[key] = value
    application.dossier = merged
    application.product = str(merged.get(law.dossier.product_field) or "").strip()[:300]
    return application.number


def attach_document(r: Registrar, number: str, *, slot: str, filename: str, content: bytes) -> int:
    """Hand in one file for one slot of the dossier. Returns its ordinal within the application.

    BadInput (unknown slot, empty file), TooLarge, WrongType by content, OutOfOrder.
    """
    application = _with_applicant(r, number)
    rule = r.regulation_of(application).document(slot)
    if rule is None:
        message = Text(f"材料清单中没有“{slot}”。", f"The list of documents has no “{slot}”.")
        raise BadInput(message, findings=[Finding("slot", "unknown", message)])
    present = _documents(r, application)
    if len([d for d in present if d.slot == slot]) >= rule.maximum or len(present) >= MOST_DOCUMENTS:
        message = Text(f"“{rule.label.zh}”最多 {rule.maximum} 份。", f"“{rule.label.en}”: at most {rule.maximum}.")
        raise BadInput(message, action=Text("请先移除旧文件。", "Remove an old one first."),
                       findings=[Finding(f"documents.{slot}", "too-many", message, None, rule.article, rule.basis)])
    name, media_type = admit(f"documents.{slot}", filename, content, rule.types, r.settings.max_document_bytes)
    ordinals = r.session.exec(select(Document.ordinal).where(Document.application_id == application.id)).all()
    document = Document(
        application_id=application.id, ordinal=max(ordinals, default=0) + 1, slot=slot, filename=name,
        media_type=media_type, size=len(content), sha256=r.vault.put(content), uploaded_at=r.now, uploaded_by=r.actor.login,
    )
    r.session.add(document)
    r.session.flush()
    return document.ordinal


def remove_document(r: Registrar, number: str, ordinal: int) -> None:
    """Take a file out of the dossier while the applicant has it; its row and bytes stay."""
    application = _with_applicant(r, number)
    _document(r, application, ordinal).removed_at = r.now


def read_document(r: Registrar, number: str, ordinal: int) -> dict[str, Any]:
    """One file with its bytes, for whoever sees the application."""
    document = _document(r, r.fetch(Application, number), ordinal)
    return {"filename": document.filename, "media_type": document.media_type, "sha256": document.sha256,
            "content": r.vault.get(document.sha256)}


def check(r: Registrar, number: str) -> list[Finding]:
    """Everything that is missing or contradictory now, field by field, as submission would find it; of a draft also whether it could
    be handed in today at all (at `submission`: no call is open, the regulation's days are over, the enterprise is debarred)."""
    application = r.fetch(Application, number)
    found = _findings(r, application)
    if r.state_now(application) != "draft":
        return found
    try:
        _check_gates(r, application, r.regulation_of(application))
    except Refusal as no:
        found.append(Finding(SUBMISSION, no.slug, no.detail, no.action, no.article, no.basis))
    return found


def submit(r: Registrar, number: str) -> str:
    """Hand in the dossier: checked whole, sealed by one digest, the regulation pinned with the digest of its file."""
    application = r.fetch(Application, number)
    r.require(application, "submit")
    law = r.regulation_of(application)
    if application.renews:
        r.settle(_renewed(r, application))
    call = _check_gates(r, application, law)
    application.call = call.number if call else None
    _seal(r, application)
    tree = r.taxonomy_of(application)
    texts.keep(r.vault, law, tree)
    application.submitted_at, application.regulation_digest, application.taxonomy_digest = r.now, law.digest, tree.digest
    under: dict[str, Any] = {} if call is None else {"call": call.number}
    under |= surroundings_of(r, application)[1]
    r.record(application, "submit", dossier=application.dossier_digest, regulation=law.id, law=law.digest, taxonomy=tree.digest,
             **under)
    return application.number


def _check_gates(r: Registrar, application: Application, law: Regulation) -> Call | None:
    """Refuse unless the enterprise may hand this in now, whatever it holds; the call that it would be handed in under, if any."""
    refuse_debarred(r, application.enterprise_id, law)
    get_region(law, r.session.get_one(Enterprise, application.enterprise_id))
    if application.renews:
        check_renewable(r, _renewed(r, application), application)
    _check_open(r, law)
    return None if application.renews else check_intake(r, law)


def _renewed(r: Registrar, application: Application) -> Certificate:
    old = r.find(Certificate, application.renews or "")
    assert old is not None
    return old


def resubmit(r: Registrar, number: str, note: str = "") -> str:
    """Hand in the supplement: checked and sealed anew; it returns to whoever asked. What is unchanged needs a note of why."""
    application = r.fetch(Application, number)
    r.require(application, "resubmit")
    form = Form()
    said = form.text("note", note, required=False)
    if not said and application.dossier_digest == dossier_digest(application, _documents(r, application)):
        form.fault("note", "unchanged", "材料没有任何改动。请按补正要求修改申报书或更换材料；确无须改动的，请在此写明理由。",
                   "Nothing was changed. Change the dossier or its documents as asked; if nothing is to be changed, say why here.")
    form.done()
    _seal(r, application)
    r.record(application, "resubmit", dossier=application.dossier_digest, note=said, **surroundings_of(r, application)[1])
    return application.number


def withdraw(r: Registrar, number: str, reason: str) -> str:
    """Take back the application, at any point before the announcement."""
    application = r.fetch(Application, number)
    r.require(application, "withdraw")
    said = _reason(reason)
    r.record(application, "withdraw", reason=said, objections=open_objections(r, application))
    set_objections_aside(r, application)
    return application.number


def endorse(r: Registrar, number: str, comment: str = "") -> str:
    """The bureau's favourable preliminary review; under a call, until the bureaus' last day and within the quota."""
    application = r.fetch(Application, number)
    r.require(application, "endorse")
    check_endorsement(r, application)
    return _pass(r, number, "endorse", comment)


def accept(r: Registrar, number: str, comment: str = "") -> str:
    """The department's acceptance after formal examination."""
    return _pass(r, number, "accept", comment)


def refuse(r: Registrar, number: str, ground: str, reason: str) -> str:
    """Refuse with a ground of the regulation and a reason in words: at a review, or later if something comes to light.

    DutiesConflict for whoever endorsed it, once the review is passed: from then on it is the final decision.
    """
    application = r.fetch(Application, number)
    r.require(application, "refuse")
    if r.state_now(application) in AFTER_REVIEW:
        refuse_endorser(r, [application.number])
    rule = next((g for g in r.regulation_of(application).refusal_grounds if g.key == ground), None)
    form = Form()
    if rule is None:
        form.fault("ground", "unknown", "请选择不予通过的依据。", "Choose a ground of refusal.")
    said = form.text("reason", reason)
    form.done()
    assert rule is not None
    r.record(application, "refuse", ground=ground, reason=said, article=rule.article, basis=rule.basis)
    return application.number


def _pass(r: Registrar, number: str, act: str, comment: str) -> str:
    application = r.fetch(Application, number)
    r.require(application, act)
    form = Form()
    said = form.text("comment", comment, required=False)
    form.done()
    r.record(application, act, comment=said)
    return application.number


def _seal(r: Registrar, application: Application) -> None:
    findings = _findings(r, application)
    if findings:
        raise Incomplete(
            Text(f"还有 {len(findings)} 处需要补充或更正，尚不能提交。", f"{len(findings)} things are missing or contradictory; it cannot be submitted yet."),
            action=Text("请按下列提示逐项处理，已填写内容已保存。", "Deal with each as said; what was typed is saved."),
            findings=findings,
        )
    sealed = dossier_content(application, _documents(r, application))
    application.dossier_digest = r.vault.put(sealed)  # whatever comes later, this can be read again
    application.product = str(application.dossier[r.regulation_of(application).dossier.product_field]).strip()[:300]


def _findings(r: Registrar, application: Application) -> list[Finding]:
    law = r.regulation_of(application)
    counts: dict[str, int] = {}
    for document in _documents(r, application):
        counts[document.slot] = counts.get(document.slot, 0) + 1
    around, _ = surroundings_of(r, application)
    found = law.check_dossier(application.dossier, counts, r.today, r.taxonomy_of(application),
                              submitted=application.submitted_at is not None, renewal=application.renews is not None, around=around)
    for finding in found:
        if finding.code == CANNOT_JUDGE and finding.action is not None:
            log.error("rule_cannot_be_judged", regulation=law.id, application=application.number, what=finding.action.en)
    return found + findings_around(r, application)


def _with_applicant(r: Registrar, number: str) -> Application:
    """The application, if its own enterprise is asking and it is theirs to change now."""
    application = r.fetch(Application, number)
    if application.enterprise_id not in r.actor.enterprises:
        raise NotEntitled(Text("只有申报企业可以修改申请材料。", "Only the applicant may change the dossier."))
    now = r.state_now(application)
    if now not in WITH_APPLICANT:
        state = lifecycle.STATE_LABELS[now]
        raise OutOfOrder(
            Text(f"{number} 目前状态为“{state.zh}”，材料不能修改。", f"{number} is now “{state.en}”; its dossier cannot be changed."),
            possible=[row.act for row in r.possible(application)],
        )
    flag_modified(application, "dossier")  # its version rises also when only a document came or went
    return application


def _documents(r: Registrar, application: Application) -> list[Document]:
    query = select(Document).where(Document.application_id == application.id, col(Document.removed_at).is_(None))
    return list(r.session.exec(query.order_by(col(Document.ordinal))))


def _document(r: Registrar, application: Application, ordinal: int) -> Document:
    found = next((d for d in _documents(r, application) if d.ordinal == ordinal), None)
    if found is None:
        raise NotFound(Text(f"没有第 {ordinal} 号材料。", f"There is no document {ordinal}."))
    return found


def _reason(reason: str) -> str:
    form = Form()
    said = form.text("reason", reason)
    form.done()
    return said
