"""Measures and debarments. Shape only: whether a measure is in effect today is computed from its days, never stored."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Column, Index, Text, text
from sqlmodel import Field, SQLModel

from registry.books.models.base import json_column, version_column

_version = version_column()


def _prose(name: str, *, nullable: bool = False) -> Any:
    return Field(default=None if nullable else ..., sa_column=Column(name, Text, nullable=nullable))


class Measure(SQLModel, table=True):
    """One suspicion against a certificate or an enterprise, and what comes of it: a life (`lifecycle.MEASURE`)."""

    __table_args__ = (
        # The reader: the sweep.
        Index("ix_measure_due", "due_at", sqlite_where=text("due_at IS NOT NULL"), postgresql_where=text("due_at IS NOT NULL")),
        # The reader: the list of measures by state.
        Index("ix_measure_status", "status"),
    )
    __mapper_args__: ClassVar[dict[str, Any]] = {"version_id_col": _version}
    kind: ClassVar[str] = "measure"

    id: int = Field(default=None, primary_key=True)
    version: int = Field(default=None, sa_column=_version)
    number: str = Field(max_length=40, unique=True)
    regulation_id: str = Field(max_length=64)
    certificate_id: int | None = Field(default=None, foreign_key="certificate.id", index=True)
    enterprise_id: int = Field(foreign_key="enterprise.id", index=True)
    prefecture: str | None = Field(default=None, max_length=6)
    product: str = Field(default="", max_length=300)  # what it concerns, as people call it
    status: str = Field(max_length=32)
    opened_at: datetime
    opened_by: str = Field(max_length=64)
    # What is suspected.
    suspicion: str = _prose("suspicion")
    suspected_ground: str = Field(max_length=64)
    evidence: str = _prose("evidence")
    evidence_filename: str | None = Field(default=None, max_length=255)
    evidence_media_type: str | None = Field(default=None, max_length=100)
    evidence_sha256: str | None = Field(default=None, max_length=64)
    # What is intended, as the holder was told.
    intended: str | None = Field(default=None, max_length=32)  # a key of lifecycle.MEASURE_KINDS
    ground: str | None = Field(default=None, max_length=64)
    notice_reason: str | None = _prose("notice_reason", nullable=True)
    effective_on: date | None = None
    silent: bool = False
    proposed_by: str | None = Field(default=None, max_length=64)
    notified_at: datetime | None = None
    # What the holder says to it.
    statement: str | None = _prose("statement", nullable=True)
    statement_filename: str | None = Field(default=None, max_length=255)
    statement_media_type: str | None = Field(default=None, max_length=100)
    statement_sha256: str | None = Field(default=None, max_length=64)
    stated_at: datetime | None = None
    # Who decided, and why.
    approved_by: str | None = Field(default=None, max_length=64)
    decision_reason: str | None = _prose("decision_reason", nullable=True)
    decided_by: str | None = Field(default=None, max_length=64)
    decided_at: datetime | None = None
    drop_reason: str | None = _prose("drop_reason", nullable=True)
    # Who lifted it, on which ground, from which day.
    lifting_ground: str | None = Field(default=None, max_length=64)
    lifting_reason: str | None = _prose("lifting_reason", nullable=True)
    lifting_on: date | None = None
    lifting_silent: bool = False
    lifting_proposed_by: str | None = Field(default=None, max_length=64)
    lifted_by: str | None = Field(default=None, max_length=64)
    due_at: datetime | None = None
    due_act: str | None = Field(default=None, max_length=32)
    due_provisional: bool = False
    # Why CLOCK passes it over, and since when, while an officer holds it.
    held_at: datetime | None = None
    held_reason: str | None = Field(default=None, max_length=4000)
    # What it has ordered of its certificate (act, day, facts), taken off it while it is held.
    held_order: dict[str, Any] | None = Field(default=None, sa_column=json_column(nullable=True))


class Debarment(SQLModel, table=True):
    """A time in which an enterprise may not apply under one family of regulations, both days included."""

    __table_args__ = (CheckConstraint("begins_on <= ends_on", name="term_runs_forward"),)

    id: int = Field(default=None, primary_key=True)
    measure_id: int = Field(foreign_key="measure.id", unique=True)
    enterprise_id: int = Field(foreign_key="enterprise.id", index=True)
    family: str = Field(max_length=64)
    ground: str = Field(max_length=64)
    begins_on: date
    ends_on: date
    lifted_on: date | None = None  # from this day it no longer holds
