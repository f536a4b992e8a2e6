"""The only reader of the time. Everything else is handed an instant."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

from registry.words import Text, day_words

OFFICE_ZONE = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Whoever can say what time it is: an aware instant in UTC, cut to the second."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC).replace(microsecond=0)


class FrozenClock:
    """A clock that stands still until it is moved: for tests, rehearsals and the training office's walks."""

    def __init__(self, at: datetime) -> None:
        self.set(at)

    def now(self) -> datetime:
        return self._at

    def set(self, at: datetime) -> None:
        if at.tzinfo is None:
            raise ValueError("a clock needs an aware instant")
        self._at = at.astimezone(UTC).replace(microsecond=0)

    def advance(self, by: timedelta) -> None:
        self.set(self._at + by)


@lru_cache(maxsize=1024)
def office_day(instant: datetime) -> date:
    """The civil day in Asia/Shanghai on which `instant` falls: the day every legal date means."""
    if instant.tzinfo is None:
        raise ValueError("an instant without a zone has no day")
    return instant.astimezone(OFFICE_ZONE).date()


@lru_cache(maxsize=8192)
def day_starts_at(day: date) -> datetime:
    """00:00 of `day` in Asia/Shanghai, as an instant in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=OFFICE_ZONE).astimezone(UTC)


def day_ends_at(day: date) -> datetime:
    """24:00 of `day` in Asia/Shanghai: the first instant that is no longer that day."""
    return day_starts_at(day + timedelta(days=1))


def moment_words(instant: datetime) -> Text:
    """An instant on the office's wall clock, as people write it: 2026年3月10日 09:30, 10 March 2026, 09:30."""
    local = instant.astimezone(OFFICE_ZONE)
    return Text("{day} {time}", "{day}, {time}").with_(day=day_words(local.date()), time=f"{local:%H:%M}")
