"""The counter for whoever restores an office: what is kept ready of each certificate, written anew from the books.

By it verdicts are given, parts are looked up and words are searched. It says nothing that the books do not say: no act, no entry.
"""

from __future__ import annotations

from sqlmodel import col, func, select

from registry.books import lives, sought
from registry.books.models import Certificate
from registry.registrar import Registrar

STEP = 200


def count_certificates(r: Registrar) -> int:
    return int(r.session.exec(select(func.count(col(Certificate.id)))).one())


def write_anew(r: Registrar, after: int) -> tuple[int, list[str], int | None]:
    """The next STEP certificates after the one with this id: how many, the numbers of those that differed, the id to go on after."""
    found = r.session.exec(select(Certificate).where(col(Certificate.id) > after).order_by(col(Certificate.id)).limit(STEP)).all()
    differed = [certificate.number for certificate in found if lives.keep_life(r.session, certificate)]
    return len(found), differed, found[-1].id if found else None


def rebuild_index(r: Registrar) -> None:
    """Make the index of words anew from the words that are kept."""
    sought.rebuild_index(r.session)


def is_index_sound(r: Registrar) -> bool:
    """Whether the index of words holds what the words say."""
    return sought.is_index_sound(r.session)


def undo(r: Registrar) -> None:
    """Leave everything as it was: what differs was only to be named."""
    r.session.rollback()
