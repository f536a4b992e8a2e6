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
    prefecture: str | None = Field(default=None, max_length=6)  # the region of its regulation's authority, None where that has none
    # The regulation is chosen when the draft is opened and pinned, with the digest of its file, at submission.
    regulation_id: str = Field(max_length=64)
    regulation_digest: str | None = Field(default=None, max_length=64)
    taxonomy_digest: str | None = Field(default=None, max_length=64)
    call: str | None = Field(default=None, max_length=80, index=True)  # the call that it was submitted under; the reader: quotas
    renews: str | None = Field(default=None, max_length=40, index=True)  # the number of the certificate to be renewed
    status: str = Field(max_length=32)
    asked_by: str | None = Field(default=None, max_length=32)  # the state that asked for the supplement
    dossier: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
    dossier_digest: str | None = Field(default=None, max_length=64)
    product: str = Field(default="", max_length=300)
    # On what terms it is approved, counted from one: set by the recommendation, perhaps added to by the announcement.
    approval_conditions: list[str] = Field(default_factory=list, sa_column=json_column())
    # The grade that the review recommended, where the regulation has grades.
    grade: str | None = Field(default=None, max_length=32)
    opened_at: datetime
    submitted_at: datetime | None = None
    # What time alone will do, and when: read by the sweep.
    due_at: datetime | None = None
    due_act: str | None = Field(default=None, max_length=32)
    due_provisional: bool = False
    # Who of the office that has it in hand works on it: a word to colleagues, no lock. The login, and who gave it to them.
    claimed_by: str | None = Field(default=None, max_length=64)
    assigned_by: str | None = Field(default=None, max_length=64)
    claimed_at: datetime | None = None
    # When it came back from a supplement into the state in which it still is.
    resubmitted_at: datetime | None = None
    # Why CLOCK passes it over, and since when, while an officer holds it.
    held_at: datetime | None = None
    held_reason: str | None = Field(default=None, max_length=4000)
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
    # The place in the order of the draw, counted from one; None for one seated by hand, then with the reason if there was a draw.
    place: int | None = None
    seating_reason: str | None = Field(default=None, max_length=2000)
    recused_at: datetime | None = None
    # The key of the rule by which the expert stood aside, where it is one of the regulation's.
    recusal_rule: str | None = Field(default=None, max_length=64)
    recusal_reason: str | None = Field(default=None, max_length=2000)


class Opinion(SQLModel, table=True):
    """A seated expert's scores on the regulation's sheet. Given once; a revision is a further row, and the old one stays."""

    __table_args__ = (UniqueConstraint("application_id", "person_id", "revision"),)

    id: int = Field(default=None, primary_key=True)
    application_id: int = Field(foreign_key="application.id")
    person_id: int = Field(foreign_key="person.id")
    scores: dict[str, int] = Field(sa_column=json_column())
    total: int
    comment: str = Field(max_length=4000)
    given_at: datetime
    revision: int = 1
    revision_reason: str | None = Field(default=None, max_length=2000)  # why it took the place of the one before
    replaced_at: datetime | None = None  # when the next one took its place; the one that counts has None
