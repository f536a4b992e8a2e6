"""Writes the next migration: what the models say and the migrations so far do not. Run by `make migration NAME=...`.

Read what it wrote before you commit it. It cannot see a renamed column (it drops and adds), a CHECK that changed, or
that a new NOT NULL column needs a `server_default` for the rows that are there.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command
from alembic.operations import MigrationScript
from alembic.runtime.migration import MigrationContext

from registry.books.engine import make_engine
from registry.books.schema import alembic_config, current_head, migrate


def write(name: str) -> Path | None:
    """Write migrations/versions/NNNN_name.py; None if the models and the migrations agree."""
    with TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{folder}/scratch.sqlite")
        migrate(engine)
        with engine.connect() as connection:
            config = alembic_config(connection)
            script = command.revision(config, name, autogenerate=True, process_revision_directives=_number)
        engine.dispose()
    return Path(script.path) if script and not isinstance(script, list) else None


def _number(_context: MigrationContext, _revision: object, directives: list[MigrationScript]) -> None:
    """Number the migrations 0001, 0002, ... and write none when nothing has changed."""
    [script] = directives
    script.rev_id = f"{int(current_head() or 0) + 1:04}"
    if script.upgrade_ops is None or script.upgrade_ops.is_empty():
        directives.clear()


if __name__ == "__main__":
    written = write(sys.argv[1])
    print(f"Wrote {written}. Read it." if written else "Nothing to write: models and migrations agree.")
