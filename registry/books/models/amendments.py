"""Versions of certificates, and the amendments that bring them about. Shape only."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import Column, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from registry.books.models.base import json_column, version_column

_version = version_column()


class CertificateVersion(SQLModel, table=True):
    """What a certificate said from one day on. Written once; the certificate itself carries the newest."""

    __table_args__ = (
        UniqueConstraint("certificate_id", "edition"),
        # The reader: what happened to the certificates that a holder has or had.
        Index("ix_certificateversion_holder", "credit_code", "certificate_id"),
    )

    id: int = Field(default=None, primary_key=True)
    certificate_id: int = Field(foreign_key="certificate.id")
    edition: int  # counted from one
    holder_name: str = Field(max_length=200)
    credit_code: str = Field(max_length=18)
    product: str = Field(max_length=300)
    scope: list[str] = Field(sa_column=json_column())
    conditions: list[str] = Field(sa_column=json_column())
    in_force_from: date
    entry_seq: int = Field(foreign_key="entry.seq")  # the entry that made it


class Amendment(SQLModel, table=True):
    """A holder's request that a certificate should say something else, with a life (`lifecycle.AMENDMENT`)."""

    __table_args__ = (
        # The reader: the lists of bureaus and department.
        Index("ix_amendment_status", "status", "prefecture"),
    )
    __mapper_args__: ClassVar[dict[str, Any]] = {"version_id_col": _version}
    kind: ClassVar[str] = "amendment"

    id: int = Field(default=None, primary_key=True)
    version: int = Field(default=None, sa_column=_version)
    number: str = Field(max_length=40, unique=True)
    certificate_id: int = Field(foreign_key="certificate.id", index=True)
    enterprise_id: int = Field(foreign_key="enterprise.id", index=True)  # the holder who asks
    prefecture: str | None = Field(default=None, max_length=6)
    regulation_id: str = Field(max_length=64)
    product: str = Field(max_length=300)
    status: str = Field(max_length=32)
    change: str = Field(max_length=16)  # a key of the regulation's `changes`
    # What is asked for: models to be added, a new name, or another enterprise. One of the three.
    models: list[str] = Field(default_factory=list, sa_column=json_column())
    new_name: str | None = Field(default=None, max_length=200)
    new_holder_id: int | None = Field(default=None, foreign_key="enterprise.id")
    reason: str = Field(sa_column=Column("reason", Text, nullable=False))
    requested_at: datetime
    decided_at: datetime | None = None
    decision_reason: str | None = Field(default=None, max_length=4000)
    # No date brings anything about in this life.
    due_at: datetime | None = None
    due_act: str | None = Field(default=None, max_length=32)
    due_provisional: bool = False
    held_at: datetime | None = None
    held_reason: str | None = Field(default=None, max_length=4000)


class AmendmentFile(SQLModel, table=True):
    """One file of proof; its bytes lie in the vault under their SHA-256."""

    __table_args__ = (UniqueConstraint("amendment_id", "ordinal"),)

    id: int = Field(default=None, primary_key=True)
    amendment_id: int = Field(foreign_key="amendment.id")
    ordinal: int
    filename: str = Field(max_length=255)
    media_type: str = Field(max_length=100)
    size: int
    sha256: str = Field(max_length=64)
    uploaded_at: datetime
