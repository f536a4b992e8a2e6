"""The transparency log as it is stored: entries, the hashes over them, what was signed of them and by whom. Rows stay as they were written."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Text
from sqlmodel import Field, SQLModel


class LogEntry(SQLModel, table=True):
    """One entry of the log, to the octet: canonical JSON. `entry_seq`: the entry of the ledger that it makes public."""

    __tablename__ = "log_entry"

    idx: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    entry: str = Field(sa_column=Column("entry", Text, nullable=False))
    entry_seq: int | None = Field(default=None, unique=True)


class LogNode(SQLModel, table=True):
    """The hash of a whole subtree: of the 2**level entries that begin with the one at idx * 2**level."""

    __tablename__ = "log_node"

    level: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    idx: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    hash: bytes = Field(max_length=32)


class LogCheckpoint(SQLModel, table=True):
    """The head of the log at one size, signed by the log."""

    __tablename__ = "log_checkpoint"

    size: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    root: bytes = Field(max_length=32)
    note: str = Field(sa_column=Column("note", Text, nullable=False))
    signed_at: datetime


class Cosignature(SQLModel, table=True):
    """What a witness signed of a checkpoint. `witness` is the name and the hash of its key ("name+1a2b3c4d"), `at` its own time."""

    size: int = Field(primary_key=True, foreign_key="log_checkpoint.size")
    witness: str = Field(primary_key=True, max_length=200)
    line: str = Field(sa_column=Column("line", Text, nullable=False))
    at: datetime
