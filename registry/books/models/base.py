"""What the tables share: the metadata with its naming convention, and the columns that several of them carry. No rows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Column, Dialect, Integer, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeDecorator, TypeEngine
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


class Tokens(TypeDecorator[list[str]]):
    """Short texts without spaces: an array where the database has arrays, else one text with a space between them."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(ARRAY(Text) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: list[str] | None, dialect: Dialect) -> list[str] | str | None:
        return value if value is None or dialect.name == "postgresql" else " ".join(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> list[str] | None:
        return value.split() if isinstance(value, str) else value
