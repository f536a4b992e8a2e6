"""What people watch in the register, and where they are told of it. Shape only: what changed is in the ledger, and nowhere twice."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

OPEN = text("ended_at IS NULL")


class Watch(SQLModel, table=True):
    """What one person watches: a certificate by its number, a holder by its credit code, a class by its key; or a list (`WatchItem`),
    whose `value` is a digest of what is in it."""

    # The reader: everything that tells a person of changes. One thing is watched once at a time.
    __table_args__ = (Index("ix_watch_open", "person_id", "kind", "value", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),)

    id: int = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    kind: str = Field(max_length=16)
    value: str = Field(max_length=64)
    name: str | None = Field(default=None, max_length=200)  # what its owner calls a list
    after: int  # the entry behind which it began: it tells of later ones
    began_at: datetime
    ended_at: datetime | None = None


class WatchItem(SQLModel, table=True):
    """One thing in a list that is watched as one: a certificate or a holder."""

    watch_id: int = Field(foreign_key="watch.id", primary_key=True)
    kind: str = Field(max_length=16, primary_key=True)
    value: str = Field(max_length=64, primary_key=True)


class Digest(SQLModel, table=True):
    """How often one person is told by mail of what they watch. Who has said nothing, and was told nothing yet, has no row."""

    person_id: int = Field(foreign_key="person.id", primary_key=True)
    every: str = Field(max_length=8)
    cursor: int  # the entry up to which everything was told
    told_on: date | None = None


class Webhook(SQLModel, table=True):
    """An address to which every change of what its person watches is sent, in the order of the ledger.

    `cursor` is the entry up to which everything was delivered or given up. The secret is not here: it is made of `salt`.
    """

    id: int = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    url: str = Field(max_length=500)
    salt: str = Field(max_length=64)
    cursor: int
    attempts: int = 0  # at the next change
    send_after: datetime
    failing_since: datetime | None = None
    answer: str | None = Field(default=None, max_length=500)  # what the last try met with
    made_at: datetime
    disabled_at: datetime | None = None
    ended_at: datetime | None = None


class DeadLetter(SQLModel, table=True):
    """A change that a webhook would not take after the last try. It can be sent again from its cursor."""

    __table_args__ = (UniqueConstraint("webhook_id", "entry_seq"),)

    id: int = Field(default=None, primary_key=True)
    webhook_id: int = Field(foreign_key="webhook.id")
    entry_seq: int = Field(foreign_key="entry.seq")
    attempts: int
    answer: str = Field(max_length=500)
    given_up_at: datetime
