"""What the tables share: the metadata with its naming convention, and the columns that several of them carry. No rows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Column, Integer
from sqlmodel import SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = SQLModel.metadata


def version_column() -> Column[Any]:
    """The counter that SQLAlchemy compares and raises at each write: a second writer meets StaleDataError."""
    return Column("version", Integer, nullable=False)


def json_column(*, nullable: bool = False) -> Column[Any]:
    """A JSON document; never queried into, only read whole."""
    return Column(JSON, nullable=nullable)
