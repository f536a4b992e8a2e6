"""The counter for changes of a certificate: models added to its scope, a holder with a new name, another holder.

The holder asks, with proof; the bureau of its prefecture endorses or refuses; the department grants or refuses. What is
granted is done to the certificate in the same transaction (`desks.versions`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlmodel import col, func, select

from registry.books import ledger
from registry.books.models import Amendment, AmendmentFile, Application, Certificate, Enterprise
from registry.desks.accounts import find_enterprise
from registry.desks.filetypes import EVIDENCE_TYPES, admit
from registry.desks.inputs import Form
from registry.desks.numbers import next_number
from registry.desks.reach import region_of
from registry.desks.versions import amend_certificate
from registry.errors import AlreadyDone, NotEntitled, NotYet
from registry.law import duties, lifecycle
from registry.law.codes import normalise_number
from registry.law.conditions import plain
from registry.law.lifecycle import Role
from registry.law.regulation import Regulation
from registry.law.scopes import bad_entries
from registry.law.shapes import CHANGE_KINDS
from registry.law.values import Unreadable, read_value
from registry.registrar import Registrar
from registry.words import Text

MOST_FILES = 20


@dataclass(frozen=True)
class Wanted:
    """What a holder asks to be changed: models to add, a new name, or the credit code of another holder."""

    change: str
    models: Sequence[str] = ()
    new_name: str = ""
    new_holder: str = ""


def request_amendment(
    r: Registrar, certificate: str, wanted: Wanted, *, reason: str, filename: str | None, content: bytes | None
) -> str:
    """Ask, as its holder, for a change of a certificate, with a first file of proof. Returns the request's number.

    BadInput by field, LawIsSilent for a change that the regulation does not know, OutOfOrder for a certificate that has
    ended, AlreadyDone while another request for it is open.
    """
    found = r.fetch(Certificate, normalise_number(certificate))
    law = _check_may_ask(r, found, wanted.change)
    holder = r.session.get_one(Enterprise, found.enterprise_id)
    form = Form()
    said = form.text("reason", reason)
    asked = Amendment(
        number="", certificate_id=found.id, enterprise_id=holder.id, prefecture=region_of(law, holder), regulation_id=law.id,
        product=found.product, status="", change=wanted.change, reason=said, requested_at=r.now,
    )
    facts = READ[wanted.change](r, form, asked, found, wanted)
    if content is None or not filename:
        form.fault("evidence_file", "missing", "请附证明材料。", "Hand in the proof as a file.")
    form.done()
    assert content is not None and filename
    name, media_type = admit("evidence_file", filename, content, EVIDENCE_TYPES, r.settings.max_document_bytes)
    asked.number = next_number(r, law, "amendment")
    rule = law.change(wanted.change)
    r.begin(asked, Role.APPLICANT, {
        "certificate": found.number, "change": wanted.change, **facts, "reason": said, "evidence": r.vault.put(content),
        "article": rule.article, "basis": rule.basis,
    })
    r.session.flush()
    _keep_file(r, asked, name, media_type, content)
    return asked.number


def _check_may_ask(r: Registrar, certificate: Certificate, change: str) -> Regulation:
    if certificate.enterprise_id not in r.actor.enterprises:
        raise NotEntitled(Text("只有持证企业可以申请变更。", "Only the holder may ask for a change of a certificate."))
    r.require_order(certificate, "amend")
    form = Form()
    if change not in CHANGE_KINDS:
        form.fault("change", "unknown", "请选择变更事项。", "Choose what is to be changed.")
    form.done()
    law = r.regulation_of(certificate)
    law.change(change)
    still_open = select(Amendment.number).where(
        Amendment.certificate_id == certificate.id, col(Amendment.status).in_(OPEN))
    other = r.session.exec(still_open).first()
    if other is not None:
        raise AlreadyDone(
            Text(f"该证书的变更申请 {other} 尚在办理。", f"The request {other} for this certificate is still open."),
            action=Text("请等待其办结，或先撤回。", "Wait until it is decided, or withdraw it first."),
        )
    return law


OPEN = tuple(s for s in lifecycle.states("amendment") if lifecycle.acts_in("amendment", s))
Facts = dict[str, object]


def _read_scope(r: Registrar, form: Form, asked: Amendment, certificate: Certificate, wanted: Wanted) -> Facts:
    """Models that the certificate does not cover yet, read as the dossier's own field reads them."""
    law = r.regulation_of(certificate)
    rule = law.field(law.dossier.models_field)
    assert rule is not None
    try:
        models = read_value(rule, list(wanted.models)) or []
    except Unreadable as fault:
        form.fault("models", fault.code, fault.message.zh, fault.message.en)
        return {}
    assert isinstance(models, list)
    covered = {plain(model) for model in certificate.scope}
    asked.models = [model for model in models if plain(model) not in covered]
    if law.scope is not None and law.scope.notation == "patterns":
        for message in bad_entries(asked.models, law.scope.ignored):
            form.fault("models", "bad_pattern", message.zh, message.en, by=law.scope)
    if not models:
        form.fault("models", "missing", *Text("请填写要增加的“{what}”。", "Name what is to be added: {what}.").with_(what=law.scope_label))
    elif not asked.models:
        form.fault("models", "covered", *Text("所填“{what}”均已在认定范围内。", "The certificate covers all of it already: {what}.").with_(
            what=law.scope_label))
    return {"models": asked.models}


def _read_name(r: Registrar, form: Form, asked: Amendment, certificate: Certificate, wanted: Wanted) -> Facts:
    asked.new_name = form.line("new_name", wanted.new_name, most=200)
    if asked.new_name and asked.new_name == r.session.get_one(Enterprise, asked.enterprise_id).name:
        form.fault("new_name", "unchanged", "与现名称相同。", "This is its name already.")
    return {"new_name": asked.new_name}


def _read_holder(r: Registrar, form: Form, asked: Amendment, certificate: Certificate, wanted: Wanted) -> Facts:
    code = form.line("new_holder", wanted.new_holder, most=40)
    house = find_enterprise(r, code) if code else None
    if code and house is None:
        form.fault("new_holder", "unknown", "该企业尚未登记，请先登记。", "This enterprise is not registered; it must be registered first.")
    if house is not None and house.id == asked.enterprise_id:
        form.fault("new_holder", "unchanged", "该企业已是持证企业。", "This enterprise holds it already.")
    asked.new_holder_id = house.id if house else None
    return {"new_holder": house.credit_code} if house else {}


READ: dict[str, Callable[[Registrar, Form, Amendment, Certificate, Wanted], Facts]] = {
    "scope": _read_scope, "rename": _read_name, "transfer": _read_holder,
}


def add_evidence(r: Registrar, number: str, filename: str, content: bytes) -> str:
    """Hand in a further file of proof, until the bureau has decided. BadInput, TooLarge, WrongType by content."""
    asked = r.fetch(Amendment, number)
    r.require(asked, "add_evidence")
    name, media_type = admit("evidence_file", filename, content, EVIDENCE_TYPES, r.settings.max_document_bytes)
    form = Form()
    if _count_files(r, asked) >= MOST_FILES:
        form.fault("evidence_file", "too-many", f"最多 {MOST_FILES} 份。", f"At most {MOST_FILES} files.")
    form.done()
    r.record(asked, "add_evidence", evidence=r.vault.put(content), filename=name)
    _keep_file(r, asked, name, media_type, content)
    return asked.number


def _count_files(r: Registrar, asked: Amendment) -> int:
    return r.session.exec(select(func.count()).where(AmendmentFile.amendment_id == asked.id)).one()


def _keep_file(r: Registrar, asked: Amendment, name: str, media_type: str, content: bytes) -> None:
    r.session.add(AmendmentFile(
        amendment_id=asked.id, ordinal=_count_files(r, asked) + 1, filename=name, media_type=media_type, size=len(content),
        sha256=r.vault.put(content), uploaded_at=r.now,
    ))


def endorse_amendment(r: Registrar, number: str, comment: str = "") -> str:
    """The bureau's word for the change."""
    asked = r.fetch(Amendment, number)
    r.require(asked, "endorse")
    form = Form()
    said = form.text("comment", comment, required=False)
    form.done()
    r.record(asked, "endorse", comment=said)
    return asked.number


def refuse_amendment(r: Registrar, number: str, reason: str) -> str:
    """Refuse the change, with reasons: the bureau at first, the department at last. The certificate stays as it is."""
    asked = r.fetch(Amendment, number)
    r.require(asked, "refuse")
    form = Form()
    said = form.text("reason", reason)
    form.done()
    asked.decided_at, asked.decision_reason = r.now, said
    rule = r.regulation_of(asked).change(asked.change)
    r.record(asked, "refuse", reason=said, article=rule.article, basis=rule.basis)
    return asked.number


def withdraw_amendment(r: Registrar, number: str, reason: str) -> str:
    """Take the request back, before it is decided."""
    asked = r.fetch(Amendment, number)
    r.require(asked, "withdraw")
    form = Form()
    said = form.text("reason", reason)
    form.done()
    r.record(asked, "withdraw", reason=said)
    return asked.number


def grant_amendment(r: Registrar, number: str, comment: str = "") -> str:
    """Grant the change: the certificate says it from today on, in its next version.

    NotYet for models while the certificate is suspended, or for another holder while its renewal is in hand; OutOfOrder
    if the certificate has ended meanwhile; DutiesConflict for whoever endorsed the request.
    """
    asked = r.fetch(Amendment, number)
    r.require(asked, "grant")
    form = Form()
    said = form.text("comment", comment, required=False)
    form.done()
    if any(e.act == "endorse" and e.actor == r.actor.login for e in ledger.history(r.session, "amendment", asked.number)):
        raise duties.conflict("endorser_grants_not")
    certificate = r.session.get_one(Certificate, asked.certificate_id)
    GRANT[asked.change](r, asked, certificate)
    asked.decided_at, asked.decision_reason = r.now, said or None
    r.record(asked, "grant", comment=said, certificate=certificate.number, edition=certificate.edition)
    return asked.number


def _grant_scope(r: Registrar, asked: Amendment, certificate: Certificate) -> None:
    r.settle(certificate)
    if certificate.suspended:
        raise NotYet(Text("{number} 暂停期间不能增加“{what}”。", "Nothing is added to {number} while it is suspended: {what}.").with_(
            number=certificate.number, what=r.regulation_of(certificate).scope_label))
    amend_certificate(r, certificate, added=asked.models, amendment=asked.number, change="scope", models=asked.models)


def _grant_name(r: Registrar, asked: Amendment, certificate: Certificate) -> None:
    """The enterprise has a new name from now on, and so has the holder of each of its certificates that is not ended."""
    house = r.session.get_one(Enterprise, asked.enterprise_id)
    former, house.name = house.name, asked.new_name or ""
    r.note("enterprise", house.credit_code, "rename", Role.DEPARTMENT, former=former, name=house.name, amendment=asked.number)
    r.require_order(certificate, "amend")
    held = select(Certificate).where(Certificate.enterprise_id == house.id).order_by(col(Certificate.id))
    for each in r.session.exec(held).all():
        if lifecycle.find_row("certificate", r.state_now(each), "amend") is not None:
            amend_certificate(r, each, holder=house, amendment=asked.number, change="rename", former=former, holder_name=house.name)


def _grant_holder(r: Registrar, asked: Amendment, certificate: Certificate) -> None:
    renewal = r.session.exec(select(Application.number).where(
        Application.renews == certificate.number, col(Application.submitted_at).is_not(None),
        col(Application.status).not_in((*lifecycle.ENDED_WITHOUT, "certified")))).first()
    if renewal is not None:
        raise NotYet(
            Text(f"续期申请 {renewal} 正由原持证企业办理，不能变更持证企业。",
                 f"Its renewal {renewal} is in the hands of the present holder: the holder cannot change meanwhile."),
            action=Text("请待其办结或撤回。", "Wait until that is decided or withdrawn."),
        )
    former = r.session.get_one(Enterprise, certificate.enterprise_id)
    house = r.session.get_one(Enterprise, asked.new_holder_id)
    amend_certificate(r, certificate, holder=house, amendment=asked.number, change="transfer", former=former.name,
                      former_code=former.credit_code, holder_name=house.name, credit_code=house.credit_code)


GRANT: dict[str, Callable[[Registrar, Amendment, Certificate], None]] = {
    "scope": _grant_scope, "rename": _grant_name, "transfer": _grant_holder,
}
