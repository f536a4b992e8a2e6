"""What the pitfalls' tests look at: words, rows, entries, letters; and a renewal made now. No test."""

from __future__ import annotations

from sqlmodel import Session, col, select

from registry.books.models import Certificate, Entry, Letter
from tests.factories import Town

BRIEF = "brief-2025"


def word(town: Town, number: str) -> str:
    return str(town.certificate(number)["standing"])


def row(town: Town, number: str) -> Certificate:
    with Session(town.office.engine) as session:
        return session.exec(select(Certificate).where(Certificate.number == number)).one()


def renewed(town: Town, old: str) -> str:
    """A renewal of `old`, announced now."""
    return town.announced(town.to_announce(renews=old, regulation=None))[0]


def letters(town: Town) -> list[Letter]:
    with Session(town.office.engine) as session:
        return list(session.exec(select(Letter).order_by(col(Letter.id))))


def entries(town: Town, subject: str) -> list[Entry]:
    """Everything in the ledger about one subject, oldest first."""
    with Session(town.office.engine) as session:
        return list(session.exec(select(Entry).where(Entry.subject == subject).order_by(col(Entry.seq))))
