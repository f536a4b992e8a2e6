"""The counter of outgoing letters, for the delivery job: what is to be sent, what came of it. It sends nothing.

A letter is queued by the act that it tells of (`books.letters`). Whoever reads letters as a person asks `enquiries`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from registry.books.models import Letter
from registry.errors import NotFound
from registry.registrar import Registrar
from registry.words import Text


@dataclass(frozen=True)
class Outgoing:
    """One letter as the delivery job needs it. `attempts` counts the tries so far."""

    id: int
    entry_seq: int
    address: str
    subject: str
    body: str
    queued_at: datetime
    attempts: int


def search_unsent(r: Registrar, *, limit: int = 200, after: int = 0) -> list[Outgoing]:
    """Letters whose time to be sent (or tried again) has come, by id, from `after` on."""
    rows = r.session.exec(_due(r).where(col(Letter.id) > after).order_by(col(Letter.id)).limit(limit))
    return [_outgoing(row) for row in rows]


def next_send_at(r: Registrar) -> datetime | None:
    """When the next letter that is not sent yet may be sent; None if none waits."""
    return r.session.exec(select(func.min(Letter.send_after)).where(
        col(Letter.sent_at).is_(None), col(Letter.failed_at).is_(None))).one()


def take_up(r: Registrar, letter: int, *, again_at: datetime) -> Outgoing | None:
    """Take one letter in hand before it is sent: counts the try, and puts the next one off until `again_at`.

    None if somebody else took it up meanwhile. A sender that dies in between loses nothing: the letter comes back then.
    """
    row = r.session.exec(_due(r).where(Letter.id == letter).with_for_update()).one_or_none()
    if row is None:
        return None
    row.attempts += 1
    row.send_after = again_at
    return _outgoing(row)


def mark_sent(r: Registrar, letter: int) -> None:
    """The letter was handed to the mail server, or kept where there is none."""
    row = _get(r, letter)
    row.sent_at, row.fault = r.now, None


def mark_fault(r: Registrar, letter: int, fault: str, *, final: bool) -> None:
    """The try failed, for the reason given; a `final` fault ends all further tries and shows to administrators."""
    row = _get(r, letter)
    row.fault = fault[:500]
    row.failed_at = r.now if final else None


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
