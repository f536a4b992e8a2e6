"""The counter where reminders can be seen: planned, queued, sent, failed, acknowledged. It tells nobody anything itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlmodel import col, select

from registry.books.models import Certificate, Enterprise, Letter, Reminder
from registry.desks import deadlines
from registry.desks.holds import READERS
from registry.desks.reach import in_regions
from registry.desks.rehearsals import first_night
from registry.errors import NotYet
from registry.registrar import Registrar
from registry.words import Text

MOST = 300
STATES = {
    "planned": Text("计划中", "Planned"),
    "queued": Text("待发送", "Queued"),
    "sent": Text("已发送", "Sent"),
    "failed": Text("未能送达", "Undeliverable"),
    "acknowledged": Text("企业已确认", "Acknowledged"),
}


def search_told(r: Registrar, *, certificate: str | None = None) -> list[dict[str, Any]]:
    """The reminders told, newest first, each with what became of its letters; within the caller's scope."""
    query = select(Reminder, Certificate, Enterprise).join(Certificate, col(Certificate.id) == Reminder.certificate_id).join(
        Enterprise, col(Enterprise.id) == Certificate.enterprise_id).where(_scope(r))
    if certificate is not None:
        query = query.where(Certificate.number == certificate)
    rows = r.session.exec(query.order_by(col(Reminder.recorded_at).desc(), col(Certificate.number)).limit(MOST)).all()
    letters: dict[int, list[Letter]] = {}
    seqs = [told.entry_seq for told, _, _ in rows]
    for letter in r.session.exec(select(Letter).where(col(Letter.entry_seq).in_(seqs)).order_by(col(Letter.id))):
        letters.setdefault(letter.entry_seq, []).append(letter)
    return [_line(r, c, e, told.stage) | _told(told, letters.get(told.entry_seq or 0, [])) for told, c, e in rows]


def search_planned(r: Registrar, *, days: int) -> list[dict[str, Any]]:
    """The reminders that the next `days` nights will tell, the soonest first; within the caller's scope."""
    mine = col(Certificate.id).in_(select(Certificate.id).join(Enterprise).where(_scope(r)))
    found = deadlines.windows(r, first_night(r), r.today + timedelta(days=days), mine)
    return [_line(r, w.certificate, r.session.get_one(Enterprise, w.certificate.enterprise_id), w.stage) | {
        "state": "planned", "state_label": STATES["planned"], "told_on": w.told_on, "told_at": None, "letters": [],
        "acknowledged_at": None} for w in found]


def acknowledge_reminders(r: Registrar, number: str) -> str:
    """The holder confirms that it knows of its certificate's end: every reminder of this term told so far. NotYet if none."""
    certificate = r.fetch(Certificate, number)
    r.require(certificate, "acknowledge")
    open_ones = unacknowledged(r, certificate)
    if not open_ones:
        raise NotYet(Text("没有待确认的提醒。", "There is no reminder to acknowledge."))
    r.record(certificate, "acknowledge", stages=[told.stage for told in open_ones], term=str(certificate.valid_until))
    for told in open_ones:
        told.acknowledged_at, told.acknowledged_by = r.now, r.actor.login
    return certificate.number


def unacknowledged(r: Registrar, certificate: Certificate) -> Sequence[Reminder]:
    """The reminders of this term that were told and not acknowledged yet; none where there is no end."""
    if certificate.valid_until is None:
        return []
    return r.session.exec(select(Reminder).where(
        Reminder.certificate_id == certificate.id, Reminder.term == certificate.valid_until,
        col(Reminder.acknowledged_at).is_(None)).order_by(col(Reminder.recorded_at), col(Reminder.stage))).all()


def _scope(r: Registrar) -> Any:
    """Whose reminders the caller sees, as a condition on certificate and holder."""
    return (r.within(Certificate.regulation_id, *READERS) | col(Enterprise.id).in_(list(r.actor.enterprises))
            | in_regions(r, Enterprise.prefecture, Certificate.regulation_id, r.actor.prefectures))


def _line(r: Registrar, c: Certificate, e: Enterprise, stage: str) -> dict[str, Any]:
    return {"certificate": c.number, "product": c.product, "holder": e.name, "credit_code": e.credit_code,
            "valid_until": c.valid_until, "stage": stage, "stage_label": r.law.regulation(c.regulation_id).step_label(stage),
            "held": c.held_at is not None}


def _told(told: Reminder, letters: list[Letter]) -> dict[str, Any]:
    shown = [{"address": x.address, "sent_at": x.sent_at, "failed_at": x.failed_at, "attempts": x.attempts, "fault": x.fault}
             for x in letters]
    state = "queued"
    if told.acknowledged_at:
        state = "acknowledged"
    elif any(x.sent_at for x in letters):
        state = "sent"
    elif not letters or all(x.failed_at for x in letters):
        state = "failed"
    return {"state": state, "state_label": STATES[state], "told_on": None, "told_at": told.recorded_at, "letters": shown,
            "acknowledged_at": told.acknowledged_at}
