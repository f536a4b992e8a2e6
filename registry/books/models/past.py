"""Lists of certified products that were published before this register began, as they were taken over. No certificate is here."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from registry.books.models.base import json_column

TO_DO = text("state IN ('unmatched', 'proposed')")


class PastList(SQLModel, table=True):
    """One published list: where it is from, which file it was read from, and how far that is.

    State: new, confirmed (its columns are), kept, undone, discarded.
    """

    id: int = Field(default=None, primary_key=True)
    number: str = Field(max_length=32, unique=True)
    authority: str = Field(max_length=32, index=True)  # whose officers work on it
    regulation: str | None = Field(default=None, max_length=64)
    title: str = Field(max_length=300)
    document_number: str = Field(max_length=100)
    issued_on: date
    address: str = Field(max_length=500)  # where it was published; may be empty
    filename: str = Field(max_length=200)
    sha256: str = Field(max_length=64, index=True)  # of the file, which is in the vault
    sheet: str = Field(default="", max_length=200)
    columns: dict[str, Any] = Field(sa_column=json_column())
    begins: int = 0
    state: str = Field(max_length=16)
    kept: int = 0  # records, those that could not be read among them
    unread: int = 0
    doubled: int = 0  # of one holder, product and model, after the first
    records_sha256: str = Field(default="", max_length=64)
    read_at: datetime
    read_by: str = Field(max_length=64)
    kept_at: datetime | None = None
    undone_at: datetime | None = None
    why: str = Field(default="", sa_column=Column("why", Text, nullable=False))  # it was undone


class PastRecord(SQLModel, table=True):
    """One row of a published list, as it stands there. Its credit code is what an officer found out, for the list has none.

    State: unread (no product or no enterprise in it), unmatched, proposed (a registered enterprise has this name), matched, dismissed.
    """

    # The readers: a list's page, the worklist, whoever looks for an enterprise or a product.
    __table_args__ = (
        UniqueConstraint("list_id", "row"),
        Index("ix_pastrecord_to_do", "list_id", "id", sqlite_where=TO_DO, postgresql_where=TO_DO),
        Index("ix_pastrecord_holder", "holder_key", "product_key"),
    )

    id: int = Field(default=None, primary_key=True)
    list_id: int = Field(foreign_key="pastlist.id")
    row: int  # of the sheet, as people count
    ordinal: str = Field(max_length=500)
    product: str = Field(max_length=500)
    model: str = Field(max_length=500)
    enterprise: str = Field(max_length=500)
    kind: str = Field(max_length=500)
    grade: str = Field(max_length=500)
    place: str = Field(max_length=500)
    certificate: str = Field(max_length=500)
    valid_until: str = Field(max_length=500)
    holder_key: str = Field(max_length=500)
    product_key: str = Field(max_length=500, index=True)
    state: str = Field(max_length=16)
    credit_code: str | None = Field(default=None, max_length=18, index=True)
    decided_at: datetime | None = None
    decided_by: str | None = Field(default=None, max_length=64)
    why: str | None = Field(default=None, max_length=300)
