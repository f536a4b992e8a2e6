"""Legal time: working days and make-up days, the last day of a period, the days between two dates (Civil Code 200-204).

Not here: how long any period is (the regulation says it), what time it is, what happens when a period is over.

A year is known when its calendar file carries the State Council's notice. A notice may also set days of the December
before, which New Year takes in: they stand in its file, and the later notice holds. In a year that is not known every
Monday to Friday counts as a working day, and a date that rests on it is provisional.

The keys of a calendar file: `year`; `status` ("published" or "provisional"); `notice` (the notice's number);
`published_on` (left out when not confirmed); `off` and `work` (days); `source` (where days and number were read);
`basis`: "notice" (the notice is itself the law) or, in a provisional year, "assumption" (nobody has confirmed it);
`verified`: true when days and number were compared with a copy of the notice's text, which `source` names.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import cast

from registry.errors import LawFileFault, all_faults
from registry.words import Text

ONE_DAY = timedelta(days=1)
NEXT_WORKING_DAY, AS_IS = "next_working_day", "as_is"
PUBLISHED, PROVISIONAL = "published", "provisional"


class Unit(StrEnum):
    """What a period is counted in."""

    WORKING_DAY = "working_day"
    NATURAL_DAY = "natural_day"
    MONTH = "month"
    YEAR = "year"


UNIT_WORDS = {  # after the number: Chinese, English singular, English plural
    Unit.WORKING_DAY: ("个工作日", "working day", "working days"),
    Unit.NATURAL_DAY: ("个自然日", "calendar day", "calendar days"),
    Unit.MONTH: ("个月", "month", "months"),
    Unit.YEAR: ("年", "year", "years"),
}
MONTHS_IN = {Unit.MONTH: 1, Unit.YEAR: 12}

START_NOT_COUNTED = Text("《民法典》第二百零一条第一款：开始的当日不计入，自下一日开始计算", "Civil Code art. 201(1): the first day is not counted")
START_COUNTED = Text("规则另行规定开始的当日计入（参见《民法典》第二百零四条）", "The rule counts the first day (compare Civil Code art. 204)")
CORRESPONDING_DAY = Text(
    "《民法典》第二百零二条：到期月的对应日为最后一日；没有对应日的，月末日为最后一日",
    "Civil Code art. 202: the corresponding day of the last month, or that month's last day, is the last day",
)
DAY_OFF_MOVES = Text(
    "《民法典》第二百零三条第一款：最后一日是法定休假日的，以休假日结束的次日为最后一日",
    "Civil Code art. 203(1): a last day that is a legal day off moves to the day after the days off",
)
MOVED = Text("{article}（{nominal}顺延至{last}）", "{article} (from {nominal} to {last})")
STANDS_AS_IT_IS = Text(
    "规则另行规定最后一日遇休假日不顺延（参见《民法典》第二百零四条）",
    "The rule lets the last day stand even on a day off (compare Civil Code art. 204)",
)
BY_NOTICE = Text(
    "国务院办公厅关于{year}年部分节假日安排的通知（{notice}）",
    "State Council General Office, notice on the holidays of {year} ({notice})",
)
NO_NOTICE = Text(
    "{year}年节假日安排尚未载入，暂按周一至周五为工作日计算",
    "The holidays of {year} are not loaded; Monday to Friday count as working days for now",
)


@dataclass(frozen=True)
class Period:
    """A length of time as the law writes it.

    `count_start_day`: false by Civil Code 201. `ends`: "next_working_day" by Civil Code 203, or "as_is" where a rule
    lets the last day stand on a day off; a period in working days ends on a working day in any case.
    A length below 1 or an unknown `ends` is a ValueError: the regulation's loader lets neither through.
    """

    length: int
    unit: Unit
    count_start_day: bool = False
    ends: str = NEXT_WORKING_DAY

    def __post_init__(self) -> None:
        if self.length < 1:
            raise ValueError(f"a period's length is at least 1, not {self.length}")
        if self.ends not in (NEXT_WORKING_DAY, AS_IS):
            raise ValueError(f"a period ends {NEXT_WORKING_DAY!r} or {AS_IS!r}, not {self.ends!r}")

    def words(self) -> Text:
        """ "7个工作日" / "7 working days"."""
        return in_words(self.length, self.unit)


def in_words(length: int, unit: Unit) -> Text:
    """So many of a unit, none included: "0个工作日" / "0 working days"."""
    zh, one, many = UNIT_WORDS[unit]
    return Text(f"{length}{zh}", f"{length} {one if length == 1 else many}")


@dataclass(frozen=True)
class Deadline:
    """The last day of a period, how it was counted and on what it rests.

    `provisional`: a year that is not known was counted in, or decided whether the last day moves.
    `counted`: each day that counts, in order, for periods in days; empty for months and years.
    """

    last_day: date
    provisional: bool
    counted: tuple[date, ...]
    basis: tuple[Text, ...]


@dataclass(frozen=True)
class CalendarYear:
    """One year's days off and make-up days, as one file states them (keys: see the head of this module)."""

    year: int
    status: str
    notice: str
    published_on: date | None
    off: frozenset[date]
    work: frozenset[date]
    basis: str
    source: str
    verified: bool = False


class Calendar:
    """The working days of all years. Never changes; of two entries for a year the later one holds."""

    __slots__ = ("_digest", "_works", "_years")

    def __init__(self, years: Iterable[CalendarYear]) -> None:
        self._years: Mapping[int, CalendarYear] = MappingProxyType({entry.year: entry for entry in years})
        self._digest = _digest(self._years)
        self._works: dict[date, bool] = {}  # what the notices say of single days; the later notice holds
        for _, entry in sorted(self._years.items()):
            if entry.status == PUBLISHED:
                self._works |= dict.fromkeys(entry.off, False) | dict.fromkeys(entry.work, True)

    @property
    def years(self) -> Mapping[int, CalendarYear]:
        """By year; read only."""
        return self._years

    @property
    def digest(self) -> str:
        """SHA-256 of what decides a date: status, notice and days of each year, in whatever order they were given."""
        return self._digest

    def is_known(self, year: int) -> bool:
        """Whether the State Council's notice for `year` is loaded."""
        return year in self._years and self._years[year].status == PUBLISHED

    def is_working_day(self, day: date) -> bool:
        """Monday to Friday, but for the days off and the make-up days that the notices name."""
        return self._works.get(day, _is_weekday(day))

    def is_legal_day_off(self, day: date) -> bool:
        """法定休假日 in the sense of Civil Code 203: a holiday or a week-end, but never a make-up day."""
        return not self.is_working_day(day)


def last_day(calendar: Calendar, start: date, period: Period) -> Deadline:
    """The last day of a `period` that begins on `start`, that day included until 24:00 (Civil Code 201-204).

    Working days: only working days count, a make-up Saturday among them. Months and years: the corresponding day, or
    the month's last day; with `count_start_day`, the day before the corresponding day. OverflowError past year 9999.
    """
    if period.unit is Unit.WORKING_DAY:
        return _in_working_days(calendar, start, period)
    counted: tuple[date, ...] = ()
    if period.unit is Unit.NATURAL_DAY:
        first = _first_day(start, period)
        counted = tuple(first + timedelta(days=n) for n in range(period.length))
        nominal = counted[-1]
    else:
        nominal = _corresponding_day(start, period)
    last = nominal
    while period.ends == NEXT_WORKING_DAY and calendar.is_legal_day_off(last):
        last += ONE_DAY
    years = range(nominal.year, last.year + 1) if period.ends == NEXT_WORKING_DAY else range(0)
    basis = (*_start_and_unit(period), _ending(period, nominal, last), *_notices(calendar, years))
    return Deadline(last, _touches_unknown(calendar, years), counted, basis)


def count_days(calendar: Calendar, start: date, end: date, unit: Unit) -> int:
    """Days of `unit` after `start` (not counted) up to `end` (counted); none, 0, when `end` is not after `start`.

    What a stopped clock adds to a deadline. In months and years: those completed by `end` (Civil Code 201, 202).
    """
    if end <= start:
        return 0
    if unit is Unit.NATURAL_DAY:
        return (end - start).days
    if unit is Unit.WORKING_DAY:
        return sum(calendar.is_working_day(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))
    months = (end.year - start.year) * 12 + end.month - start.month
    if _add_months(start, months) > end:
        months -= 1
    return months // MONTHS_IN[unit]


def days_before(calendar: Calendar, day: date, period: Period) -> date:
    """The day that lies `period` before `day`, for reminders and windows; `day` is not counted, as in Civil Code 201.

    Months and years: the corresponding day, or the month's last day (one year before 2028-02-29 is 2027-02-28). With
    `count_start_day`, `day` is the first of the days counted. `ends` has no bearing: nothing moves on a day off.
    """
    if period.unit in MONTHS_IN:
        found = _add_months(day, -period.length * MONTHS_IN[period.unit])
        return found + ONE_DAY if period.count_start_day else found
    found = day if period.count_start_day else day - ONE_DAY
    if period.unit is Unit.NATURAL_DAY:
        return found - timedelta(days=period.length - 1)
    left = period.length - calendar.is_working_day(found)
    while left:
        found -= ONE_DAY
        left -= calendar.is_working_day(found)
    return found


def _in_working_days(calendar: Calendar, start: date, period: Period) -> Deadline:
    first = _first_day(start, period)
    counted: list[date] = []
    day = first
    while True:
        if calendar.is_working_day(day):
            counted.append(day)
        if len(counted) == period.length:
            break
        day += ONE_DAY
    years = range(first.year, day.year + 1)
    basis = (*_start_and_unit(period), *_notices(calendar, years))
    return Deadline(day, _touches_unknown(calendar, years), tuple(counted), basis)


def _first_day(start: date, period: Period) -> date:
    return start if period.count_start_day else start + ONE_DAY


def _add_months(day: date, months: int) -> date:
    """The day with the same number, `months` later or earlier; the month's last day where there is none."""
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        raise OverflowError(f"year {year} is out of range")
    return date(year, month0 + 1, min(day.day, monthrange(year, month0 + 1)[1]))


def _corresponding_day(start: date, period: Period) -> date:
    """Civil Code 202. With the first day counted, one day less, unless the month ended before the corresponding day."""
    found = _add_months(start, period.length * MONTHS_IN[period.unit])
    return found - ONE_DAY if period.count_start_day and found.day == start.day else found


def _touches_unknown(calendar: Calendar, years: Iterable[int]) -> bool:
    return any(not calendar.is_known(year) for year in years)


def _start_and_unit(period: Period) -> Iterator[Text]:
    yield START_COUNTED if period.count_start_day else START_NOT_COUNTED
    if period.unit in MONTHS_IN:
        yield CORRESPONDING_DAY


def _ending(period: Period, nominal: date, last: date) -> Text:
    if period.ends == AS_IS:
        return STANDS_AS_IT_IS
    return DAY_OFF_MOVES if last == nominal else MOVED.with_(article=DAY_OFF_MOVES, nominal=nominal, last=last)


def _notices(calendar: Calendar, years: Iterable[int]) -> Iterator[Text]:
    for year in years:
        if calendar.is_known(year):
            yield BY_NOTICE.with_(year=year, notice=calendar.years[year].notice)
        else:
            yield NO_NOTICE.with_(year=year)


def _is_weekday(day: date) -> bool:
    return day.isoweekday() <= 5


def _digest(years: Mapping[int, CalendarYear]) -> str:
    facts = [
        [entry.year, entry.status, entry.notice, sorted(map(str, entry.off)), sorted(map(str, entry.work))]
        for _, entry in sorted(years.items())
    ]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


# The files. `REQUIRED` and `published_on` are all the keys there are.
REQUIRED: Mapping[str, type] = {
    "year": int, "status": str, "notice": str, "off": list, "work": list, "basis": str, "verified": bool, "source": str,
}
BASIS_OF = {PUBLISHED: "notice", PROVISIONAL: "assumption"}


def load_calendars(folders: Sequence[Path]) -> Calendar:
    """All `*.toml` of `folders`, or single files; a later one replaces years of an earlier. A folder that is not there is empty.

    LawFileFault names the file and each key that is unknown, missing or contradictory: a day off that is also worked, a
    day neither of that year nor of the December before, a "make-up day" on a Monday to Friday, a year stated twice in one folder.
    """
    years, faults = dict[int, CalendarYear](), list[LawFileFault]()
    for folder in folders:
        found = dict[int, Path]()
        for path in [folder] if folder.is_file() else sorted(folder.glob("*.toml")):
            try:
                entry = _read_year(path)
                if found.setdefault(entry.year, path) != path:
                    raise LawFileFault(str(path), [f"year: {entry.year} stands in {found[entry.year].name} already"])
                years[entry.year] = entry
            except LawFileFault as fault:
                faults.append(fault)
    if faults:
        raise all_faults(faults)
    return Calendar(years.values())


def _read_year(path: Path) -> CalendarYear:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise LawFileFault(str(path), [f"file: cannot be read: {error}"]) from error
    faults = [*_shape_faults(table)] or [*_substance_faults(table)]
    if faults:
        raise LawFileFault(str(path), faults)
    return CalendarYear(**{
        **table,
        "published_on": table.get("published_on"),
        "off": frozenset(table["off"]),
        "work": frozenset(table["work"]),
    })


def _shape_faults(table: Mapping[str, object]) -> Iterator[str]:
    """Every key there, none else, each of its type. `type() is`, because to Python true is an int."""
    for key in sorted(table.keys() - REQUIRED.keys() - {"published_on"}):
        yield f"{key}: unknown key"
    for key, kind in REQUIRED.items():
        if key not in table:
            yield f"{key}: missing"
        elif type(table[key]) is not kind:
            yield f"{key}: must be of type {kind.__name__}, not {type(table[key]).__name__}"
    if "published_on" in table and not _is_date(table["published_on"]):
        yield "published_on: must be a date such as 2025-11-04"
    for key in ("off", "work"):
        days = table.get(key)
        for day in days if isinstance(days, list) else ():
            if not _is_date(day):
                yield f"{key}: {day!r} is not a date such as 2026-10-01"


def _is_date(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _substance_faults(table: Mapping[str, object]) -> Iterator[str]:
    year, status = table["year"], table["status"]
    off, work = cast(list[date], table["off"]), cast(list[date], table["work"])
    for key, days in (("off", off), ("work", work)):
        yield from (f"{key}: {day} is not in {year}, nor in the December before" for day in days if not _may_set(year, day))
        yield from (f"{key}: {day} stands there twice" for day in sorted(set(days)) if days.count(day) > 1)
    yield from (f"off, work: {day} is in both" for day in sorted(set(off) & set(work)))
    yield from (f"work: {day} is a {day:%A}, worked anyway" for day in work if _is_weekday(day))
    if status not in BASIS_OF:
        yield f"status: must be {PUBLISHED!r} or {PROVISIONAL!r}, not {status!r}"
    else:
        yield from _status_faults(table)


def _may_set(year: object, day: date) -> bool:
    return day.year == year or (day.year + 1 == year and day.month == 12)


def _status_faults(table: Mapping[str, object]) -> Iterator[str]:
    """A published year has its notice, days off and a source; a provisional one has none of what a notice brings."""
    status = str(table["status"])
    if table["basis"] != BASIS_OF[status]:
        yield f"basis: must be {BASIS_OF[status]!r} when the status is {status!r}, not {table['basis']!r}"
    if not table["source"]:
        yield "source: empty"
    if status == PUBLISHED:
        yield from (f"{key}: empty in a published year" for key in ("notice", "off") if not table[key])
    else:
        keys = ("notice", "published_on", "off", "work", "verified")
        yield from (f"{key}: a provisional year has none" for key in keys if table.get(key))
