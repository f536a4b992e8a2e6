"""Certificates. Shape only: what one is worth today is computed (`standing.standing_on`), never stored."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Column, Index, Text, text
from sqlmodel import Field, SQLModel

from registry.books.models.base import Tokens, json_column, version_column

_version = version_column()


class Certificate(SQLModel, table=True):
    """What was issued, to whom, for what and for how long, with a life (`lifecycle.CERTIFICATE`)."""

    __table_args__ = (
        CheckConstraint("valid_from <= valid_until", name="term_runs_forward"),
        # The reader: the sweep.
        Index("ix_certificate_due", "due_at", sqlite_where=text("due_at IS NOT NULL"),
              postgresql_where=text("due_at IS NOT NULL")),
        # The reader: what else is certified in a class.
        Index("ix_certificate_class", "regulation_id", "product_class", "id"),
        # The readers: reminders, and lists by standing.
        Index("ix_certificate_until", "valid_until", "id"),
    )
    __mapper_args__: ClassVar[dict[str, Any]] = {"version_id_col": _version}
    kind: ClassVar[str] = "certificate"

    id: int = Field(default=None, primary_key=True)
    version: int = Field(default=None, sa_column=_version)
    number: str = Field(max_length=40, unique=True)
    regulation_id: str = Field(max_length=64)
    application_id: int = Field(foreign_key="application.id", unique=True)
    announcement_id: int = Field(foreign_key="announcement.id", index=True)
    enterprise_id: int = Field(foreign_key="enterprise.id", index=True)
    # The holder as it is called in the newest version; all versions are in CertificateVersion.
    holder_name: str = Field(max_length=200)
    product: str = Field(max_length=300)
    product_class: str = Field(max_length=64)
    scope: list[str] = Field(sa_column=json_column())
    # The models in one line, for searching.
    scope_text: str = Field(sa_column=Column("scope_text", Text, nullable=False))
    # On what terms it was approved, counted from one.
    conditions: list[str] = Field(default_factory=list, sa_column=json_column())
    # The grade at which it is certified, where its regulation has grades.
    grade: str | None = Field(default=None, max_length=32)
    edition: int = 1
    valid_from: date
    begins_on: date | None = None  # its first day, where that is later than its issue and its coming is still to be recorded
    valid_until: date | None  # None: without end, as its regulation says
    status: str = Field(max_length=32)
    suspended: bool = False
    # The successor, once a renewal is announced.
    renewed_by: str | None = Field(default=None, max_length=40)
    renews_id: int | None = Field(default=None, foreign_key="certificate.id", unique=True)
    issued_at: datetime
    # What a decided measure orders: the act, from which day, and the facts of its entry. Done by CLOCK, then taken away.
    ordered_act: str | None = Field(default=None, max_length=32)
    ordered_on: date | None = None
    ordered_facts: dict[str, Any] | None = Field(default=None, sa_column=json_column(nullable=True))
    due_at: datetime | None = None
    due_act: str | None = Field(default=None, max_length=32)
    due_provisional: bool = False
    # Why CLOCK passes it over, and since when, while an officer holds it.
    held_at: datetime | None = None
    held_reason: str | None = Field(default=None, max_length=4000)


class CertificateLife(SQLModel, table=True):
    """A certificate's life in one row, ready for a verdict (`books.lives`); written with every act on the certificate."""

    number: str = Field(primary_key=True, max_length=40)
    body: str = Field(sa_column=Column("body", Text, nullable=False))


class ScopeEntry(SQLModel, table=True):
    """One entry of a certificate's present scope, by the key under which a part is looked for (`books.lives`)."""

    __table_args__ = (Index("ix_scopeentry_key", "key", "number"),)  # the reader: a bill of materials without certificate numbers

    id: int = Field(default=None, primary_key=True)
    number: str = Field(max_length=40, index=True)
    key: str = Field(max_length=200)
    is_pattern: bool = False


class CertificateWords(SQLModel, table=True):
    """By what a certificate is found (`books.sought`): its words, folded, and the tokens of the index over them."""

    id: int = Field(primary_key=True, foreign_key="certificate.id")
    words: str = Field(sa_column=Column("words", Text, nullable=False))
    tokens: list[str] = Field(sa_column=Column("tokens", Tokens, nullable=False))


class Reminder(SQLModel, table=True):
    """A reminder told once: the key says which certificate, which term and which window."""

    certificate_id: int = Field(foreign_key="certificate.id", primary_key=True)
    term: date = Field(primary_key=True)
    stage: str = Field(max_length=32, primary_key=True)
    recorded_at: datetime
    # The entry that tells of it, by which its letters are found; None in the moment before that is written.
    entry_seq: int | None = Field(default=None, foreign_key="entry.seq")
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = Field(default=None, max_length=64)
