"""Applications and what belongs to one: documents, seats of experts, opinions. Shape only."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from registry.books.models.base import json_column, version_column

_version = version_column()


class Application(SQLModel, table=True):
    """A request for certification under one regulation, with a life (`lifecycle.APPLICATION`)."""

    __table_args__ = (
        # The reader: the sweep, which asks what is due; its cost follows what is due, not what there is.
        Index("ix_application_due", "due_at", sqlite_where=text("due_at IS NOT NULL"),
              postgresql_where=text("due_at IS NOT NULL")),
        # The reader: the worklists of bureaus and department.
        Index("ix_application_status", "status", "prefecture"),
    )
    __mapper_args__: ClassVar[dict[str, Any]] = {"version_id_col": _version}
    kind: ClassVar[str] = "application"

    id: int = Field(default=None, primary_key=True)
    version: int = Field(default=None, sa_column=_version)
    number: str = Field(max_length=40, unique=True)
    enterprise_id: int = Field(foreign_key="enterprise.id", index=True)
    prefecture: str = Field(max_length=6)
    # The regulation is chosen when the draft is opened and pinned, with the digest of its file, at submission.
    regulation_id: str = Field(max_length=64)
    regulation_digest: str | None = Field(default=None, max_length=64)
    renews: str | None = Field(default=None, max_length=40, index=True)  # the number of the certificate to be renewed
    status: str = Field(max_length=32)
    asked_by: str | None = Field(default=None, max_length=32)  # the state that asked for the supplement
    dossier: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
    dossier_digest: str | None = Field(default=None, max_length=64)
    product: str = Field(default="", max_length=300)
    opened_at: datetime
    submitted_at: datetime | None = None
    # What time alone will do, and when: read by the sweep.
    due_at: datetime | None = None
    due_act: str | None = Field(default=None, max_length=32)
    due_provisional: bool = False
    # The office's own term in this stage: the day it began to run, what was used before it stood still, its last day.
    term_began_on: date | None = None
    term_used: int = 0
    term_last_on: date | None = None
    term_provisional: bool = False


class Document(SQLModel, table=True):
    """One file handed in; its bytes lie in the vault under their SHA-256. Removed ones keep their row."""

    __table_args__ = (UniqueConstraint("application_id", "ordinal"),)

    id: int = Field(default=None, primary_key=True)
    application_id: int = Field(foreign_key="application.id")
    ordinal: int
    slot: str = Field(max_length=64)
    filename: str = Field(max_length=255)
    media_type: str = Field(max_length=100)
    size: int
    sha256: str = Field(max_length=64)
    uploaded_at: datetime
    uploaded_by: str = Field(max_length=64)
    removed_at: datetime | None = None


class Seat(SQLModel, table=True):
    """An expert seated for one application; recused ones keep their row and their reason."""

    __table_args__ = (UniqueConstraint("application_id", "person_id"),)

    id: int = Field(default=None, primary_key=True)
    application_id: int = Field(foreign_key="application.id")
    person_id: int = Field(foreign_key="person.id", index=True)
    seated_at: datetime
    recused_at: datetime | None = None
    recusal_reason: str | None = Field(default=None, max_length=2000)


class Opinion(SQLModel, table=True):
    """A seated expert's scores on the regulation's sheet. Given once."""

    __table_args__ = (UniqueConstraint("application_id", "person_id"),)

    id: int = Field(default=None, primary_key=True)
    application_id: int = Field(foreign_key="application.id")
    person_id: int = Field(foreign_key="person.id")
    scores: dict[str, int] = Field(sa_column=json_column())
    total: int
    comment: str = Field(max_length=4000)
    given_at: datetime
