"""Walks that are not walked twice: what a fresh town has once done in this process is copied the next time.

Most tests begin at the same few states, and the way there costs more than what they are about. A step of the town is
copied only if every write since the empty office was a step known here, in the same law and at the same moments; any
other write ends that, for this town for good. What is copied was walked over the desks by the first who needed it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, event
from sqlmodel import func, select

from registry.books.models import Entry, JobRun
from tests import databases

if TYPE_CHECKING:
    from tests.factories import Town

Way = TypeVar("Way", bound=Callable[..., Any])


@dataclass
class Stand:
    """Where a town stands: the steps since the empty office, and how much was written when it came there."""

    steps: tuple[object, ...]
    written: tuple[int, ...]


@dataclass(frozen=True)
class Kept:
    """The whole of a town after a step, and what the step answered."""

    books: databases.Books
    documents: dict[str, bytes]
    now: datetime
    people: dict[str, str]
    sessions: dict[str, str]
    announcements: int
    answer: Any


_writes: WeakKeyDictionary[Engine, int] = WeakKeyDictionary()
_kept: dict[tuple[object, ...], Kept] = {}
_depth = 0


def count_writes(engine: Engine) -> Engine:
    """The engine, of which it is known from now on when something is written through it."""
    _writes[engine] = 0

    @event.listens_for(engine, "before_cursor_execute")
    def _count(_connection: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("SELECT"):
            _writes[engine] += 1

    return engine


def remembered(way: Way) -> Way:
    """A step that is kept wherever it is taken."""
    return _remembered(way, alone=False)


def remembered_alone(way: Way) -> Way:
    """A small step, kept only where it is no part of another."""
    return _remembered(way, alone=True)


def _remembered(way: Way, alone: bool) -> Way:
    @wraps(way)
    def step(town: Town, *arguments: Any, **how: Any) -> Any:
        global _depth
        stand = _stand_of(town) if not (alone and _depth) else None
        if stand is None:
            return way(town, *arguments, **how)
        steps = (*stand.steps, town.prefix, town.regulation, town.announcements, town.clock.now(), way.__name__, repr(arguments), repr(how))
        if steps in _kept:
            _restore(town, _kept[steps])
        else:
            _depth += 1
            try:
                answer = way(town, *arguments, **how)
            finally:
                _depth -= 1
            _kept[steps] = _keep(town, answer)
        town.stand = Stand(steps, _written(town))
        return copy.copy(_kept[steps].answer)

    return step  # type: ignore[return-value]


def _stand_of(town: Town) -> Stand | None:
    """Where it stands; None if that cannot be known."""
    if town.office.engine not in _writes:
        return None
    written = _written(town)
    if town.stand is None and not town.people and not any(written[1:]):
        settings = replace(town.office.settings, data=Path(), database_url="", law_dir="")
        law = town.office.law
        files = [(key, file.digest) for key, file in sorted((law.regulations | law.taxonomies).items())]
        return Stand((repr(settings), repr(files), law.calendar.digest), written)
    return town.stand if town.stand is not None and town.stand.written == written else None


def _written(town: Town) -> tuple[int, ...]:
    """Differs if anything was written since: through this engine, or by an act or a job of another process."""
    with town.office.engine.connect() as connection:
        entries, runs = (connection.scalar(select(func.count()).select_from(table)) or 0 for table in (Entry, JobRun))
    return _writes[town.office.engine], entries, runs


def _keep(town: Town, answer: Any) -> Kept:
    return Kept(
        databases.keep(town.office.settings.database), _documents_of(town), town.clock.now(),
        dict(town.people), dict(town.sessions), town.announcements, answer,
    )  # fmt: skip


def _restore(town: Town, kept: Kept) -> None:
    databases.restore(town.office.settings.database, kept.books)
    _writes[town.office.engine] += 1
    for name, content in kept.documents.items():
        path = town.office.settings.data / name
        if not path.exists():  # what a test has spoilt stays so
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    town.clock.set(kept.now)
    town.people |= kept.people
    town.sessions |= kept.sessions
    town.announcements = kept.announcements


def _documents_of(town: Town) -> dict[str, bytes]:
    folder = town.office.settings.data
    return {str(path.relative_to(folder)): path.read_bytes() for path in (folder / "documents").rglob("*") if path.is_file()}
