"""Who works through the form of a stage, and what they report: bodies and inspectors commissioned, sheets, reports."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from registry.books.models.base import json_column


class Commission(SQLModel, table=True):
    """An assessment body (by its enterprise) or an inspector (by person) commissioned for one stage of one application."""

    __table_args__ = (
        CheckConstraint("(enterprise_id IS NULL) <> (person_id IS NULL)", name="body_or_person"),
        # The reader: the door, which asks at each act of a stage who is commissioned for it.
        Index("ix_commission_open", "application_id", "stage", sqlite_where=text("relieved_at IS NULL"),
              postgresql_where=text("relieved_at IS NULL")),
    )

    id: int = Field(default=None, primary_key=True)
    application_id: int = Field(foreign_key="application.id")
    stage: str = Field(max_length=32)
    enterprise_id: int | None = Field(default=None, foreign_key="enterprise.id", index=True)
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    commissioned_at: datetime
    relieved_at: datetime | None = None
    relief_reason: str | None = Field(default=None, max_length=2000)


class Report(SQLModel, table=True):
    """One report on one stage: a draft until it is handed in, then never changed. One returned is followed by another."""

    __table_args__ = (UniqueConstraint("application_id", "stage", "ordinal"),)

    id: int = Field(default=None, primary_key=True)
    application_id: int = Field(foreign_key="application.id")
    stage: str = Field(max_length=32)
    ordinal: int
    sheet: dict[str, Any] = Field(sa_column=json_column())  # as typed: {"results": {item: {...}}, "hazards": [...]}
    conclusion: str = Field(default="", max_length=4000)
    saved_by: str = Field(max_length=64)
    saved_at: datetime
    reported_by: str | None = Field(default=None, max_length=64)
    reported_at: datetime | None = None
    digest: str | None = Field(default=None, max_length=64)
    verdict: str | None = Field(default=None, max_length=16)
    risks: dict[str, Any] = Field(sa_column=json_column())  # hazards of which what is left was accepted: {"1": {by, name, reason, at}}
    accepted_at: datetime | None = None
    returned_at: datetime | None = None
    return_reason: str | None = Field(default=None, max_length=4000)
