"""The counter for applications: opening, filling in, handing in, and what bureau and department do until the experts."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import rfc8785
from sqlalchemy.orm.attributes import flag_modified
from sqlmodel import col, select

from registry.books import ledger, texts
from registry.books.models import Application, Certificate, Document, Enterprise
from registry.clock import office_day
from registry.desks.calls import check_endorsement, check_intake
from registry.desks.filetypes import admit
from registry.desks.inputs import Form, control_fault
from registry.desks.measures import refuse_debarred
from registry.desks.notices import set_objections_aside
from registry.desks.numbers import next_number
from registry.errors import AlreadyDone, BadInput, Finding, Incomplete, NotEntitled, NotFound, NotOpen, OutOfOrder
from registry.law import lifecycle
from registry.law.lifecycle import Role
from registry.law.regulation import Regulation
from registry.registrar import Registrar
from registry.words import Text

WITH_APPLICANT = ("draft", "supplement")
MOST_VALUE, MOST_FIELDS, MOST_DOCUMENTS = 20_000, 200, 200


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
    refuse_debarred(r, house_id, law)
    application = Application(
        number=next_number(r, law, "application"), enterprise_id=house_id, prefecture=house.prefecture,
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
    check_renewable(r, old)
    return old


def check_renewable(r: Registrar, old: Certificate, mine: Application | None = None) -> None:
    """Refuse (NotOpen, AlreadyDone, NotEntitled) unless `old` may be renewed today and has not been.

    `mine` is the renewal in hand, which does not stand in its own way.
    """
    law = r.law.regulation(old.regulation_id)
    opens, closes = law.renewal_window(r.law.calendar, old.valid_until)
    if mine is not None and mine.enterprise_id != old.enterprise_id:
        raise NotEntitled(Text("该证书已变更持证企业，由现持证企业申请续期。",
                               "This certificate has another holder now, who may renew it."))
    if old.renewed_by is not None:
        raise AlreadyDone(Text(f"该证书已由 {old.renewed_by} 续期。", f"This certificate was renewed as {old.renewed_by}."))
    if old.status in ("revoked", "surrendered") or old.suspended:
        raise NotEntitled(Text("已撤销、注销或暂停中的证书不能续期。", "A certificate revoked, surrendered or suspended cannot be renewed."),
                          article=law.renewal.article, basis=law.renewal.basis)
    if not opens <= r.today <= closes:
        raise NotOpen(
            Text(f"续期窗口为 {opens} 至 {closes}（含首尾两日），今天是 {r.today}。",
                 f"A renewal may be applied for from {opens} to {closes}, both days included; today is {r.today}."),
            article=law.renewal.article, basis=law.renewal.basis,
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
            Text(f"《{law.title.zh}》施行期为 {law.effective_from} 至 {law.effective_until}，今天是 {r.today}，不受理新申请。",
                 f"“{law.title.en}” is in force from {law.effective_from} to {law.effective_until}; today is {r.today}: "
                 "no new application is taken under it."),
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
            form.add(_unkeepable(f"dossier.{key}", value))
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


def _unkeepable(field: str, value: Any, *, listed: bool = False) -> Finding | None:
    """What cannot even be kept in a draft: control characters, a value of no form, or far too much of it."""
    if value is None or isinstance(value, bool | int):
        return None
    if isinstance(value, list) and not listed:
        if len(value) > MOST_FIELDS:
            return Finding(field, "too-long", Text(f"最多 {MOST_FIELDS} 行。", f"At most {MOST_FIELDS} lines."))
        return next((f for f in (_unkeepable(field, v, listed=True) for v in value) if f is not None), None)
    if not isinstance(value, str):
        return Finding(field, "not-text", Text("应为文字、整数、是否或文字列表。", "Must be a text, a whole number, yes or no, or a list of texts."))
    if len(value) > MOST_VALUE:
        return Finding(field, "too-long", Text(f"最多 {MOST_VALUE} 个字。", f"At most {MOST_VALUE} characters."))
    return control_fault(field, value, multiline=True)


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
    """Everything that is missing or contradictory now, field by field, as submission would find it."""
    return _findings(r, r.fetch(Application, number))


def submit(r: Registrar, number: str) -> str:
    """Hand in the dossier: checked whole, sealed by one digest, the regulation pinned with the digest of its file."""
    application = r.fetch(Application, number)
    r.require(application, "submit")
    law = r.regulation_of(application)
    refuse_debarred(r, application.enterprise_id, law)
    if application.renews:
        old = r.find(Certificate, application.renews)
        assert old is not None
        check_renewable(r, old, application)
    _check_open(r, law)
    call = None if application.renews else check_intake(r, law)
    _seal(r, application)
    tree = r.taxonomy_of(application)
    texts.keep(r.vault, law, tree)
    application.submitted_at, application.regulation_digest, application.taxonomy_digest = r.now, law.digest, tree.digest
    under: dict[str, Any] = {} if call is None else {"call": call.number}
    application.call = call.number if call else None
    r.record(application, "submit", dossier=application.dossier_digest, regulation=law.id, law=law.digest, taxonomy=tree.digest,
             **under)
    return application.number


def resubmit(r: Registrar, number: str, note: str = "") -> str:
    """Hand in the supplement: checked and sealed anew; it returns to whoever asked."""
    application = r.fetch(Application, number)
    r.require(application, "resubmit")
    form = Form()
    said = form.text("note", note, required=False)
    form.done()
    _seal(r, application)
    r.record(application, "resubmit", dossier=application.dossier_digest, note=said)
    return application.number


def withdraw(r: Registrar, number: str, reason: str) -> str:
    """Take back the application, at any point before the announcement."""
    application = r.fetch(Application, number)
    r.require(application, "withdraw")
    said = _reason(reason)
    r.record(application, "withdraw", reason=said)
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


def request_supplement(r: Registrar, number: str, reasons: Sequence[str], comment: str) -> str:
    """Ask the applicant for what is missing, several reasons at once; the office's clock stands still meanwhile."""
    application = r.fetch(Application, number)
    r.require(application, "request_supplement")
    law = r.regulation_of(application)
    form = Form()
    known = {g.key for g in law.supplement_reasons}
    if not reasons:
        form.fault("reasons", "missing", "请至少选择一项补正原因。", "Choose at least one reason.")
    for key in reasons:
        if key not in known:
            form.fault("reasons", "unknown", f"没有“{key}”这项原因。", f"There is no reason “{key}”.")
    said = form.text("comment", comment)
    form.done()
    r.record(application, "request_supplement", reasons=list(dict.fromkeys(reasons)), comment=said)
    return application.number


def refuse(r: Registrar, number: str, ground: str, reason: str) -> str:
    """Refuse with a ground of the regulation and a reason in words."""
    application = r.fetch(Application, number)
    r.require(application, "refuse")
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


def dossier_digest(application: Application, documents: Sequence[Document]) -> str:
    """One SHA-256 over the canonical dossier and the digests of its documents, in their order."""
    return hashlib.sha256(dossier_content(application, documents)).hexdigest()


def dossier_content(application: Application, documents: Sequence[Document]) -> bytes:
    """The canonical dossier with the digests of its documents, in their order."""
    files = [[d.ordinal, d.slot, d.filename, d.sha256] for d in sorted(documents, key=lambda d: d.ordinal)]
    body: dict[str, Any] = {"number": application.number, "dossier": application.dossier, "documents": files}
    return rfc8785.dumps(body)


def _findings(r: Registrar, application: Application) -> list[Finding]:
    law = r.regulation_of(application)
    counts: dict[str, int] = {}
    for document in _documents(r, application):
        counts[document.slot] = counts.get(document.slot, 0) + 1
    return law.check_dossier(application.dossier, counts, r.today, r.taxonomy_of(application),
                             submitted=application.submitted_at is not None, renewal=application.renews is not None)


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
            possible=[row.act for row in lifecycle.acts_in("application", now, [Role.APPLICANT])],
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


def last_request(r: Registrar, application: Application) -> tuple[dict[str, Any], date] | None:
    """What the office last asked for, and on which day."""
    for entry in reversed(ledger.history(r.session, "application", application.number)):
        if entry.act == "request_supplement":
            return entry.facts, office_day(entry.at)
    return None
