"""What the clock has told of work that is overdue. Shape only."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Field, SQLModel


class Escalation(SQLModel, table=True):
    """Overdue work that rose one step: the key says which application, which term and which step. Each is told once."""

    application_id: int = Field(foreign_key="application.id", primary_key=True)
    term: date = Field(primary_key=True)
    step: str = Field(max_length=32, primary_key=True)
    recorded_at: datetime
