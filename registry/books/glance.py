"""Looking something up by number at once: a connection that each thread keeps, one prepared statement, no unit of work.

For what anybody may read and what stands ready in one row. Everything else goes through a unit (`Office.reading`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any, TypeVar

import orjson
from sqlalchemy import Dialect, Engine
from sqlalchemy.exc import DBAPIError

from registry.books.lives import BY_HOLDERS, BY_KEYS, LOOK_UP, LOOK_UP_MANY, PATTERNS

T = TypeVar("T")
Ask = Callable[[Any, Mapping[str, Any]], Sequence[Any]]  # a statement of SQLAlchemy's and its parameters, to rows


class NoAnswer(Exception):
    """The database gave no answer; asked twice, the second time over a new connection."""


class Glance:
    """The look-ups of one office. Every statement sees the latest commit."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._mine = threading.local()
        self._all: list[Any] = []
        self._lock = threading.Lock()
        # What the driver raises, and what SQLAlchemy does when no connection is to be had.
        self._fault = (engine.dialect.loaded_dbapi.Error, DBAPIError)
        self.dialect = engine.dialect.name
        self._is_sqlite = self.dialect == "sqlite"
        self._statement = LOOK_UP.format(mark="?" if self._is_sqlite else "%s")
        those = "(SELECT value FROM json_each(?))" if self._is_sqlite else "(SELECT unnest(%s::text[]))"
        self._many, self._by_keys, self._by_holders = (s.format(those=those) for s in (LOOK_UP_MANY, BY_KEYS, BY_HOLDERS))

    def certificate(self, number: str) -> tuple[str | None, int]:
        """The life of a certificate as it was written, or None, and how many entries the ledger holds (0: no ledger yet)."""
        rows = self._ask(self._statement, (number,))
        return (rows[0][0], rows[0][1]) if rows else (None, 0)

    def certificates(self, numbers: Sequence[str]) -> tuple[dict[str, str], int]:
        """The lives of many certificates by number, those that there are, and how many entries the ledger holds."""
        rows = self._rows(self._many, numbers)
        return {number: body for number, body, _ in rows if number}, rows[0][2] if rows else 0

    def by_keys(self, keys: Sequence[str]) -> list[tuple[str, str]]:
        """(key, number) of every literal entry of a scope under one of these keys."""
        return [(key, number) for key, number in self._rows(self._by_keys, keys)] if keys else []

    def by_holders(self, codes: Sequence[str]) -> list[tuple[str, str]]:
        """(credit code, number) of every certificate of the enterprises with these codes."""
        return [(code, number) for code, number in self._rows(self._by_holders, codes)] if codes else []

    def patterns(self) -> dict[str, list[str]]:
        """By what each pattern begins with, the certificates that have such a one in their scope."""
        found: dict[str, list[str]] = {}
        for key, number in self._rows(PATTERNS, None):
            found.setdefault(key, []).append(number)
        return found

    def look(self, work: Callable[[Ask], T]) -> T:
        """What `work` makes of its questions, all answered as of one moment; where the connection was lost, it is done again.

        NoAnswer. A statement is compiled once: whoever asks keeps it.
        """
        return self._twice(lambda: self._look(work))

    def _look(self, work: Callable[[Ask], T]) -> T:
        cursor = self._connection().cursor()

        def ask(statement: Any, values: Mapping[str, Any]) -> Sequence[Any]:
            text, parameters = _compile(statement, self._engine.dialect)
            cursor.execute(text, parameters(values))
            return list(cursor.fetchall())

        cursor.execute("BEGIN" if self._is_sqlite else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            return work(ask)
        finally:
            cursor.execute("ROLLBACK")
            cursor.close()

    def _rows(self, statement: str, those: Sequence[str] | None) -> list[Any]:
        return self._ask(statement, () if those is None else (_list(those) if self._is_sqlite else list(those),))

    def _ask(self, statement: str, asked: tuple[Any, ...]) -> list[Any]:
        """The rows of one look-up. NoAnswer where the database cannot be asked."""
        return self._twice(lambda: self._fetch(statement, asked))

    def _twice(self, ask: Callable[[], T]) -> T:
        try:
            return ask()
        except self._fault:
            self._forget()
        try:
            return ask()
        except self._fault as fault:
            self._forget()
            raise NoAnswer(type(fault).__name__) from fault

    def _fetch(self, statement: str, asked: tuple[Any, ...]) -> list[Any]:
        cursor = self._connection().cursor()
        try:
            cursor.execute(statement, asked)
            return list(cursor.fetchall())
        finally:
            cursor.close()

    def _forget(self) -> None:
        """Give this thread's connection up: the database may have gone away and come back."""
        found, self._mine.connection = getattr(self._mine, "connection", None), None
        with suppress(*self._fault):
            if found is not None:
                found.close()

    def close(self) -> None:
        """Give the connections back; nobody may be looking any more."""
        with self._lock:
            for connection in self._all:
                connection.close()
            self._all.clear()
            self._mine = threading.local()

    def _connection(self) -> Any:
        found = getattr(self._mine, "connection", None)
        if found is None or getattr(found, "closed", False):
            found = self._open()
            self._mine.connection = found
            with self._lock:
                self._all.append(found)
        return found

    def _open(self) -> Any:
        """A driver's own connection, outside the pool: it is kept, and no unit of work waits for it."""
        made = self._engine.raw_connection()
        driver: Any = made.driver_connection
        made.detach()
        if not self._is_sqlite:
            driver.rollback()
            driver.autocommit = True
        return driver


def _list(numbers: Sequence[str]) -> str:
    return orjson.dumps(list(numbers)).decode()


@lru_cache(maxsize=1024)
def _compile(statement: Any, dialect: Dialect) -> tuple[str, Callable[[Mapping[str, Any]], Any]]:
    """The text of a statement for the driver, and what makes the driver's parameters from ours."""
    compiled = statement.compile(dialect=dialect)
    constants = dict(compiled.params)
    ways = {name: way for bind, name in compiled.bind_names.items() if (way := bind.type.dialect_impl(dialect).bind_processor(dialect))}

    def parameters(values: Mapping[str, Any]) -> Any:
        found = {name: values.get(name, constant) for name, constant in constants.items()}
        for name, way in ways.items():
            found[name] = way(found[name])
        return [found[name] for name in compiled.positiontup] if compiled.positional else found

    return str(compiled), parameters
