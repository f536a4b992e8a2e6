"""What the office keeps of its own doings: the ledger, letters, serials, answered requests, jobs. Shape only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, Text, text
from sqlmodel import Field, SQLModel

from registry.books.models.base import json_column


class Entry(SQLModel, table=True):
    """One recorded act. Each carries the hash of the one before it, and that hash is unique: the chain cannot fork."""

    # The reader: history and replay of one subject.
    __table_args__ = (Index("ix_entry_subject", "subject_kind", "subject", "seq"),)

    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime
    actor: str = Field(max_length=64)  # a login, or "public", "clock", "system"
    role: str = Field(max_length=32)
    subject_kind: str = Field(max_length=16)
    subject: str = Field(max_length=80)
    act: str = Field(max_length=32)
    before: str | None = Field(default=None, max_length=32)
    after: str | None = Field(default=None, max_length=32)
    facts: dict[str, Any] = Field(sa_column=json_column())
    previous: str = Field(max_length=64, unique=True)
    hash: str = Field(max_length=64, unique=True)


class LedgerHead(SQLModel, table=True):
    """The one row that every writer locks first: how many entries there are, and the hash of the last.

    `closed`: why nobody may write, in both languages; None as a rule.
    """

    id: int = Field(primary_key=True)
    size: int
    hash: str = Field(max_length=64)
    closed: dict[str, str] | None = Field(default=None, sa_column=json_column(nullable=True))


class Letter(SQLModel, table=True):
    """An outgoing letter, queued in the transaction of the act that it tells of."""

    # The reader: the delivery job.
    __table_args__ = (Index("ix_letter_unsent", "send_after", sqlite_where=text("sent_at IS NULL AND failed_at IS NULL"),
                            postgresql_where=text("sent_at IS NULL AND failed_at IS NULL")),)

    id: int = Field(default=None, primary_key=True)
    entry_seq: int = Field(foreign_key="entry.seq", index=True)
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    address: str = Field(max_length=254)
    subject: str = Field(max_length=300)
    body: str = Field(sa_column=Column("body", Text, nullable=False))
    # The enterprise it is for, where it is for one: its bureau hears when it cannot be delivered.
    enterprise_id: int | None = Field(default=None, foreign_key="enterprise.id")
    # Letters of one bundle ("remind"), address and office day leave as one mail; None leaves alone.
    bundle: str | None = Field(default=None, max_length=16)
    queued_at: datetime
    send_after: datetime
    attempts: int = 0
    sent_at: datetime | None = None
    failed_at: datetime | None = None
    fault: str | None = Field(default=None, max_length=500)


class Series(SQLModel, table=True):
    """The last serial given in one series of numbers ("certificate:HN-STJ:2026")."""

    key: str = Field(max_length=80, primary_key=True)
    last: int


class Answered(SQLModel, table=True):
    """A request that was answered under an Idempotency-Key: its replay gets the same answer and does nothing."""

    actor: str = Field(max_length=64, primary_key=True)
    key: str = Field(max_length=255, primary_key=True)
    request_sha256: str = Field(max_length=64)
    status: int
    headers: dict[str, str] = Field(sa_column=json_column())
    body: str = Field(sa_column=Column("body", Text, nullable=False))
    answered_at: datetime


class OfficeFact(SQLModel, table=True):
    """A fact about this office itself: whether it is a training office, how far its clock was moved."""

    key: str = Field(max_length=64, primary_key=True)
    value: str = Field(max_length=255)


class JobRun(SQLModel, table=True):
    """One run of one job, and what came of it."""

    id: int = Field(default=None, primary_key=True)
    job: str = Field(max_length=32, index=True)
    started_at: datetime
    finished_at: datetime | None = None
    done: int = 0
    failed: int = 0
    report: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())


class Lease(SQLModel, table=True):
    """Who may run a job until when: of several schedulers, one works."""

    name: str = Field(max_length=64, primary_key=True)
    holder: str = Field(max_length=100)
    until: datetime
