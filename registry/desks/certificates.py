"""The counter for certificates: issuing, renewing, surrendering.

None is suspended, revoked or given back here: a measure orders that (`desks.measures`), and CLOCK does it on its day.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from registry.books.models import Announcement, Application, Certificate, Enterprise
from registry.desks.inputs import Form
from registry.desks.numbers import next_number
from registry.desks.versions import keep_first
from registry.desks.witnessing import refuse_unwitnessed
from registry.errors import NotYet, OutOfOrder
from registry.law.lifecycle import STATE_LABELS, Role, find_row
from registry.law.regulation import Regulation
from registry.registrar import Registrar
from registry.words import Text


def issue_certificate(r: Registrar, application: Application, announcement: Announcement) -> Certificate:
    """Issue the certificate of an announced application. Called by the announcement, in its transaction.

    It is in force from the announcement day; a renewal announced in time continues the day after the old last day,
    one announced later starts at its own announcement and leaves the gap visible.
    """
    refuse_unwitnessed(r)
    law = r.regulation_of(application)
    typed = law.read_dossier(application.dossier)
    old = r.find(Certificate, application.renews) if application.renews else None
    starts = announcement.announced_on
    counted_from = starts
    if old is not None and old.valid_until is not None and old.valid_until >= starts:
        starts, counted_from = old.valid_until + timedelta(days=1), old.valid_until
    models = law.scope_of(typed)
    certificate = Certificate(
        number=next_number(r, law, "certificate"), regulation_id=law.id, application_id=application.id,
        announcement_id=announcement.id, enterprise_id=application.enterprise_id,
        holder_name=r.session.get_one(Enterprise, application.enterprise_id).name, product=application.product,
        product_class=str(typed[law.dossier.class_field]), scope=models,
        scope_text=" ".join(models), conditions=list(application.approval_conditions), valid_from=starts,
        begins_on=starts if starts > r.today else None, grade=_grade(law, application, typed),
        valid_until=law.validity_rule().ends_on(r.law.calendar, counted_from), status="",
        renews_id=old.id if old else None, issued_at=r.now,
    )
    entry = r.begin(certificate, Role.DEPARTMENT, {
        "application": application.number, "document_number": announcement.document_number,
        "valid_from": starts.isoformat(), "valid_until": certificate.valid_until.isoformat() if certificate.valid_until else None,
        "holder": certificate.holder_name, "product": certificate.product, "scope": models,
        "conditions": certificate.conditions, **({"grade": certificate.grade} if certificate.grade else {}),
    })
    keep_first(r, certificate, entry)
    if old is not None:
        _renew(r, old, certificate)
    return certificate


def _grade(law: Regulation, application: Application, typed: Mapping[str, object]) -> str | None:
    """The grade that the review recommended; on a road without a review, the one applied for."""
    return application.grade or (str(typed[law.dossier.grade_field]) if law.dossier.grade_field else None)


def _renew(r: Registrar, old: Certificate, new: Certificate) -> None:
    """Note the successor on the old certificate: once per certificate, by the unique renews_id and this check.

    A suspension that came while the renewal was in hand is not lifted by it: NotYet, also after the old last day.
    OutOfOrder for a certificate that was revoked or given up meanwhile: its renewal can only be refused.
    """
    r.settle(old)
    r.regulation_of(old).renewal_rule()
    if old.renewed_by is not None:
        raise NotYet(Text(f"{old.number} 已由 {old.renewed_by} 续期。", f"{old.number} was renewed as {old.renewed_by}."))
    if old.status != "suspended" and find_row("certificate", old.status, "renew") is None:
        state = STATE_LABELS[old.status]
        raise OutOfOrder(Text(f"原证书 {old.number} 目前状态为“{state.zh}”，不能续期。",
                              f"The certificate to be renewed, {old.number}, is now “{state.en}”: it cannot be renewed."),
                         action=Text("请对该续期申请办理“不予认定”，或待原证书恢复效力后再公布。",
                                     "Refuse the renewal, or announce it once the old certificate has been restored."),
                         possible=["refuse"])
    if old.suspended:
        raise NotYet(Text(f"{old.number} 仍在暂停中，不能续期。", f"{old.number} is suspended: it cannot be renewed."),
                     action=Text("请待暂停解除后再公布，或对该续期申请办理“不予认定”。",
                                 "Announce it once the suspension is lifted, or refuse the renewal."))
    old.renewed_by = new.number
    r.record(old, "renew", successor=new.number)


def surrender_certificate(r: Registrar, number: str, reason: str) -> str:
    """Given up by its holder."""
    certificate = r.fetch(Certificate, number)
    r.require(certificate, "surrender")
    form = Form()
    said = form.text("reason", reason)
    form.done()
    r.record(certificate, "surrender", reason=said)
    return certificate.number
