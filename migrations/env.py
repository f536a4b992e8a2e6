"""What Alembic runs for every migration, on the connection that `registry/books/schema.py` hands over. No settings."""

from __future__ import annotations

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import types

from registry.books import models  # noqa: F401  (registers the tables)
from registry.books.models.base import metadata


def render_item(kind: str, item: object, _autogen: AutogenContext) -> str | Literal[False]:
    """Write a decorated type as the plain one it is stored as, so that a migration never needs our code or SQLModel's.

    >>> render_item("type", UTCDateTime(), ...)
    'sa.DateTime(timezone=True)'
    """
    if kind == "type" and isinstance(item, types.TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


def include_name(name: str | None, _kind: str, _parents: object) -> bool:
    """The index of words is each database's own, and no model knows it: SQLite's virtual tables, PostgreSQL's GIN."""
    return not (name or "").startswith("certificatewords_index") and name != "ix_certificatewords_tokens"


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,
    render_item=render_item,
    include_name=include_name,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
