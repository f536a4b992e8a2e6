"""The counter for whoever runs the office: whether its database answers and stands at the newest migration. It mends nothing."""

from __future__ import annotations

from sqlalchemy import Engine

from registry.books import schema
from registry.registrar import Registrar


def is_current(r: Registrar) -> bool:
    """Whether the database has the shape that this code needs. An unreachable database raises."""
    bind = r.session.get_bind()
    return schema.is_current(bind if isinstance(bind, Engine) else bind.engine)
