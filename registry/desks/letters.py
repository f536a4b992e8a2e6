"""The counter of outgoing letters, for the delivery job: what is to be sent, what came of it. It sends nothing.

A letter is queued by the act that it tells of (`books.letters`). Whoever reads letters as a person asks `enquiries`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel import col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from registry.books.models import Amendment, Application, Call, Certificate, Enterprise, Entry, Letter, Measure
from registry.clock import day_ends_at, day_starts_at, office_day
from registry.desks import tasks
from registry.desks.reach import authorities_of, region_of
from registry.errors import NotFound
from registry.law.lifecycle import Role
from registry.law.regulation import Regulation
from registry.registrar import Registrar
from registry.words import Text

UNDELIVERED = "undelivered"
SUBJECTS: dict[str, type[Any]] = {
    model.kind: model for model in (Application, Certificate, Measure, Amendment)} | {"call": Call}
UNREACHED = Text("寄给 {name} 的信件“{subject}”（{address}）多次未能送达，请以其他方式联系企业。",
                 "The letter “{subject}” to {name} ({address}) could not be delivered; please reach the enterprise in another way.")
# What a mail with several letters of one bundle is called.
DIGESTS = {"remind": Text("证书到期提醒（{n} 件）", "Certificates expiring ({n})"),
           "call": Text("申报通知（{n} 件）", "Calls for applications ({n})")}


@dataclass(frozen=True)
class Outgoing:
    """One mail as the delivery job needs it. `attempts` counts the tries so far.

    `fellows` are the ids of further letters that leave in it: one bundle, one address, one office day.
    """

    id: int
    entry_seq: int
    address: str
    subject: str
    body: str
    queued_at: datetime
    attempts: int
    fellows: tuple[int, ...] = ()


def search_unsent(r: Registrar, *, limit: int = 200, after: int = 0) -> list[Outgoing]:
    """Letters whose time to be sent (or tried again) has come, by id, from `after` on."""
    rows = r.session.exec(_due(r).where(col(Letter.id) > after).order_by(col(Letter.id)).limit(limit))
    return [_outgoing(row) for row in rows]


def count_letters(r: Registrar) -> int:
    """How many letters there are, sent or not."""
    return r.session.exec(select(func.count(col(Letter.id)))).one()


def next_send_at(r: Registrar) -> datetime | None:
    """When the next letter that is not sent yet may be sent; None if none waits."""
    return r.session.exec(select(func.min(Letter.send_after)).where(
        col(Letter.sent_at).is_(None), col(Letter.failed_at).is_(None))).one()


def take_up(r: Registrar, letter: int, *, again_at: datetime) -> Outgoing | None:
    """Take one letter in hand before it is sent: counts the try, and puts the next one off until `again_at`.

    A letter of a bundle takes its fellows of the same address and office day with it: one mail for all of them.
    None if somebody else took it up meanwhile. A sender that dies in between loses nothing: the letter comes back then.
    """
    row = r.session.exec(_due(r).where(Letter.id == letter).with_for_update()).one_or_none()
    if row is None:
        return None
    rows = [row, *_fellows(r, row)]
    for each in rows:
        each.attempts += 1
        each.send_after = again_at
    return _outgoing(row) if len(rows) == 1 else _digest(rows)


def _fellows(r: Registrar, row: Letter) -> list[Letter]:
    """What is due besides `row` and belongs into the same mail."""
    if row.bundle is None:
        return []
    day = office_day(row.queued_at)
    query = _due(r).where(
        Letter.id != row.id, Letter.bundle == row.bundle, Letter.address == row.address,
        col(Letter.queued_at) >= day_starts_at(day), col(Letter.queued_at) < day_ends_at(day))
    return list(r.session.exec(query.order_by(col(Letter.id)).with_for_update()))


def _digest(rows: list[Letter]) -> Outgoing:
    """Several letters as one: each whole, one under the other."""
    first = _outgoing(rows[0])
    title, rule = DIGESTS[str(rows[0].bundle)].with_(n=len(rows)), "\n" + "-" * 40 + "\n\n"
    return replace(first, subject=f"{title.zh} / {title.en}", body=rule.join(f"{x.subject}\n\n{x.body}" for x in rows),
                   attempts=max(x.attempts for x in rows), fellows=tuple(x.id for x in rows[1:]))


def mark_sent(r: Registrar, mail: Outgoing) -> None:
    """The mail was handed to the mail server, or kept where there is none."""
    for letter in (mail.id, *mail.fellows):
        row = _get(r, letter)
        row.sent_at, row.fault = r.now, None


def mark_fault(r: Registrar, mail: Outgoing, fault: str, *, final: bool) -> None:
    """The try failed, for the reason given; a `final` fault ends all further tries and shows to administrators.

    What could not reach an enterprise becomes a task of the bureau that is asked about it, or of the department.
    """
    for letter in (mail.id, *mail.fellows):
        row = _get(r, letter)
        row.fault = fault[:500]
        row.failed_at = r.now if final else None
        if final and row.enterprise_id is not None:
            _ask_the_office(r, row, r.session.get_one(Enterprise, row.enterprise_id))


def _ask_the_office(r: Registrar, row: Letter, house: Enterprise) -> None:
    law = _law_of(r, r.session.get_one(Entry, row.entry_seq))
    region = region_of(law, house) if law else house.prefecture
    whose: dict[str, Any] = ({"role": Role.BUREAU, "prefecture": region} if region in r.law.prefectures()
                             else {"role": Role.DEPARTMENT, "authority": law.authority.key if law else next(iter(authorities_of(r, house)), None)})
    facts = {"name": house.name, "address": row.address, "subject": row.subject}
    tasks.open_task(r, kind=UNDELIVERED, subject=("enterprise", house.credit_code), words=UNREACHED.with_(**facts), **whose)


def _law_of(r: Registrar, entry: Entry) -> Regulation | None:
    """The regulation of what a letter to an enterprise told of: of a subject or a call; None where it told of the enterprise itself."""
    model = SUBJECTS.get(entry.subject_kind)
    subject = r.session.exec(select(model).where(model.number == entry.subject)).one_or_none() if model else None
    return r.law.regulation(subject.regulation_id) if subject else None


def _due(r: Registrar) -> SelectOfScalar[Letter]:
    return select(Letter).where(
        col(Letter.sent_at).is_(None), col(Letter.failed_at).is_(None), col(Letter.send_after) <= r.now)


def _get(r: Registrar, letter: int) -> Letter:
    row = r.session.exec(select(Letter).where(Letter.id == letter).with_for_update()).one_or_none()
    if row is None:
        raise NotFound(Text(f"没有编号为 {letter} 的信件。", f"There is no letter {letter}."))
    return row


def _outgoing(row: Letter) -> Outgoing:
    assert row.id is not None
    return Outgoing(row.id, row.entry_seq, row.address, row.subject, row.body, row.queued_at, row.attempts)
