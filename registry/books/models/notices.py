"""Public notices with their items and objections, and announcements. Shape only."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Column, Text
from sqlmodel import Field, SQLModel

from registry.books.models.base import json_column


class Notice(SQLModel, table=True):
    """A list of proposed products, frozen as canonical JSON and hashed when it was published."""

    id: int = Field(default=None, primary_key=True)
    number: str = Field(max_length=40, unique=True)
    regulation_id: str = Field(max_length=64)
    published_at: datetime
    first_on: date
    last_on: date
    ends_at: datetime
    provisional: bool = False
    # A notice that was found wrong stays as it was published; its items go into a new one.
    withdrawn_at: datetime | None = None
    withdrawal_reason: str | None = Field(default=None, max_length=4000)
    replaced_by: list[str] = Field(default_factory=list, sa_column=json_column())
    content: str = Field(sa_column=Column("content", Text, nullable=False))
    digest: str = Field(max_length=64)


class NoticeItem(SQLModel, table=True):
    """One application in one notice."""

    notice_id: int = Field(foreign_key="notice.id", primary_key=True)
    ordinal: int = Field(primary_key=True)
    application_id: int = Field(foreign_key="application.id", index=True)


class Objection(SQLModel, table=True):
    """A reasoned statement against one item. Name and contact are for the officers only."""

    id: int = Field(default=None, primary_key=True)
    number: str = Field(max_length=40, unique=True)
    notice_id: int = Field(foreign_key="notice.id", index=True)
    application_id: int = Field(foreign_key="application.id", index=True)
    objector: str = Field(max_length=20)  # person | unit
    name: str = Field(max_length=200)
    contact: str = Field(max_length=254)
    ground: str = Field(max_length=64)
    reason: str = Field(sa_column=Column("reason", Text, nullable=False))
    evidence: str = Field(sa_column=Column("evidence", Text, nullable=False))
    evidence_filename: str | None = Field(default=None, max_length=255)
    evidence_media_type: str | None = Field(default=None, max_length=100)
    evidence_sha256: str | None = Field(default=None, max_length=64)
    filed_at: datetime
    outcome: str | None = Field(default=None, max_length=16)  # dismissed | upheld | moot (its item ended otherwise)
    outcome_reason: str | None = Field(default=None, max_length=4000)
    decided_at: datetime | None = None
    # What the public may read of it, and who took out what would tell who objected.
    redacted: str | None = Field(default=None, sa_column=Column("redacted", Text))
    redacted_at: datetime | None = None
    redacted_by: str | None = Field(default=None, max_length=64)


class Announcement(SQLModel, table=True):
    """The public statement of the final decision. `document_number` is the 文号 as normalised, `verbatim` as typed."""

    id: int = Field(default=None, primary_key=True)
    document_number: str = Field(max_length=80, unique=True)
    verbatim: str = Field(max_length=120)
    regulation_id: str = Field(max_length=64)
    announced_on: date
    recorded_at: datetime
