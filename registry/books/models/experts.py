"""What experts say of themselves: their profile, and the interests by which they must stand aside. Shape only."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from registry.books.models.base import json_column


class Expert(SQLModel, table=True):
    """An expert's own profile; who has none yet is active and has named no field. The employer's code is the Person's."""

    person_id: int = Field(foreign_key="person.id", primary_key=True)
    # Keys of product classes.
    fields: list[str] = Field(default_factory=list, sa_column=json_column())
    title: str = Field(default="", max_length=100)
    employer_name: str = Field(default="", max_length=200)
    active: bool = True
    kept_at: datetime


class Interest(SQLModel, table=True):
    """A tie between an expert and an enterprise. Never removed: it ends on a day, or is withdrawn with a reason."""

    __table_args__ = (
        UniqueConstraint("person_id", "ordinal"),
        CheckConstraint("until_on IS NULL OR from_on <= until_on", name="tie_runs_forward"),
    )

    id: int = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    ordinal: int
    kind: str = Field(max_length=20)
    credit_code: str = Field(max_length=18, index=True)
    from_on: date
    until_on: date | None = None
    note: str = Field(default="", max_length=1000)
    declared_at: datetime
    withdrawn_at: datetime | None = None
    withdrawal_reason: str | None = Field(default=None, max_length=1000)
