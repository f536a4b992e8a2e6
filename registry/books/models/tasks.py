"""Tasks: what an officer is asked to look into. Shape only; a task decides nothing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Index, Text, text
from sqlmodel import Field, SQLModel


class Task(SQLModel, table=True):
    """Something for the officers of one role (of a prefecture or an authority) to do, until one of them says how it was done."""

    # The reader: the worklist.
    __table_args__ = (Index("ix_task_open", "role", "prefecture", sqlite_where=text("done_at IS NULL"),
                            postgresql_where=text("done_at IS NULL")),)

    id: int = Field(default=None, primary_key=True)
    number: str = Field(max_length=40, unique=True)
    kind: str = Field(max_length=32)
    subject_kind: str = Field(max_length=16)
    subject: str = Field(max_length=80)
    words_zh: str = Field(sa_column=Column("words_zh", Text, nullable=False))
    words_en: str = Field(sa_column=Column("words_en", Text, nullable=False))
    role: str = Field(max_length=32)
    prefecture: str | None = Field(default=None, max_length=6)
    authority: str | None = Field(default=None, max_length=23)
    opened_at: datetime
    opened_by: str = Field(max_length=64)
    done_at: datetime | None = None
    done_by: str | None = Field(default=None, max_length=64)
    how: str | None = Field(default=None, sa_column=Column("how", Text, nullable=True))
