"""Credentials and status lists as they were signed, and the slot of each certificate in the lists. Shape only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, ForeignKeyConstraint, Index, LargeBinary, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from registry.books.models.base import json_column


class StatusSlot(SQLModel, table=True):
    """The place of a certificate in the lists of both purposes: drawn at random, for ever its own."""

    __table_args__ = (UniqueConstraint("ordinal", "slot"),)

    number: str = Field(primary_key=True, max_length=40)
    ordinal: int
    slot: int


class Credential(SQLModel, table=True):
    """What a certificate said in one version, as canonical JSON, and its two envelopes once there was a key."""

    __table_args__ = (
        ForeignKeyConstraint(["number"], ["statusslot.number"]),
        # The reader: the job that signs what waits.
        Index("ix_credential_waiting", "number", sqlite_where=text("jwt IS NULL"), postgresql_where=text("jwt IS NULL")),
    )

    number: str = Field(primary_key=True, max_length=40)
    edition: int = Field(primary_key=True)
    profile: str = Field(max_length=32)
    payload: str = Field(sa_column=Column("payload", Text, nullable=False))
    digest: str = Field(max_length=64)
    jwt: str | None = Field(default=None, sa_column=Column("jwt", Text))
    vc: str | None = Field(default=None, sa_column=Column("vc", Text))
    keys: list[str] = Field(default_factory=list, sa_column=json_column())
    signed_at: datetime | None = None


class StatusList(SQLModel, table=True):
    """A list's bits, and what was signed of them last; `stale` while the bits say something else than that."""

    purpose: str = Field(primary_key=True, max_length=16)
    ordinal: int = Field(primary_key=True)
    bits: bytes = Field(sa_column=Column("bits", LargeBinary, nullable=False))
    stale: bool = True
    jwt: str | None = Field(default=None, sa_column=Column("jwt", Text))
    vc: str | None = Field(default=None, sa_column=Column("vc", Text))
    keys: list[str] = Field(default_factory=list, sa_column=json_column())
    signed_at: datetime | None = None
