"""Calls for applications. Shape only."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Field, SQLModel


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
