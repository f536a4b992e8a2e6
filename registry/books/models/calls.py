"""Calls for applications. Shape only."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from registry.books.models.base import json_column


class Call(SQLModel, table=True):
    """A call for applications (申报通知) under one regulation. Its days stand as they were published, each to 24:00."""

    id: int = Field(default=None, primary_key=True)
    number: str = Field(max_length=80, unique=True)  # its 文号 as normalised; `verbatim` as typed
    verbatim: str = Field(max_length=120)
    title: str = Field(max_length=300)
    regulation_id: str = Field(max_length=64, index=True)
    opens_at: datetime
    # The last day of each tier, reckoned back from the department's.
    enterprise_until: date
    bureau_until: date
    department_until: date
    provisional: bool = False  # a year without a calendar was counted through
    published_at: datetime
    # How often it was amended, counted from one; what each version said stands in the ledger.
    edition: int = 1
    # The bonuses that it gives to single bureaus: bonus, prefecture, reason (`law.intake`).
    bonuses: list[dict[str, str]] = Field(default_factory=list, sa_column=json_column())
    withdrawn_at: datetime | None = None
    withdrawal_reason: str | None = Field(default=None, max_length=4000)


class CallReminder(SQLModel, table=True):
    """A reminder of a call's last day, told once: the key says which call, which last day and which window."""

    call_id: int = Field(foreign_key="call.id", primary_key=True)
    until: date = Field(primary_key=True)
    stage: str = Field(max_length=32, primary_key=True)
    recorded_at: datetime
