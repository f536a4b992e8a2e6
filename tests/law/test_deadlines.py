"""Legal time: the vectors of the domain report, the Civil Code's corner cases, the calendar files. No regulation."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import chinese_calendar  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

import registry.law
from registry.errors import LawFileFault
from registry.law.deadlines import (
    AS_IS,
    Calendar,
    CalendarYear,
    Period,
    Unit,
    count_days,
    days_before,
    last_day,
    load_calendars,
)
from registry.words import Text, day_words

pytestmark = pytest.mark.once

SHIPPED = Path(registry.law.__file__).parent / "calendars"
CALENDAR = load_calendars([SHIPPED])
UNKNOWN = Calendar([])
D = date.fromisoformat
ONE_DAY = timedelta(days=1)

known_days = st.dates(date(2021, 1, 1), date(2026, 12, 31))
any_days = st.dates(date(1990, 1, 1), date(2100, 12, 31))
lengths = st.integers(1, 120)
periods = st.builds(
    Period,
    length=st.integers(1, 60),
    unit=st.sampled_from(Unit),
    count_start_day=st.booleans(),
    ends=st.sampled_from(["next_working_day", AS_IS]),
)


def working(length: int, *, incl: bool = False) -> Period:
    return Period(length, Unit.WORKING_DAY, count_start_day=incl)


def natural(length: int, *, incl: bool = False, ends: str = AS_IS) -> Period:
    return Period(length, Unit.NATURAL_DAY, count_start_day=incl, ends=ends)


def months(length: int, *, incl: bool = False, ends: str = AS_IS) -> Period:
    return Period(length, Unit.MONTH, count_start_day=incl, ends=ends)


def years(length: int, *, incl: bool = False, ends: str = AS_IS) -> Period:
    return Period(length, Unit.YEAR, count_start_day=incl, ends=ends)


# facts.md §5.6: start, length, last day with the start not counted, counted, and Monday to Friday only.
WORKING_DAY_VECTORS = [
    ("2025-01-24", 5, "2025-02-07", "2025-02-06", "2025-01-31"),
    ("2025-09-25", 5, "2025-10-09", "2025-09-30", "2025-10-02"),
    ("2026-02-12", 5, "2026-02-26", "2026-02-25", "2026-02-19"),
    ("2026-04-29", 5, "2026-05-09", "2026-05-08", "2026-05-06"),
    ("2026-09-18", 5, "2026-09-24", "2026-09-23", "2026-09-25"),
    ("2026-09-29", 7, "2026-10-14", "2026-10-13", "2026-10-08"),
]


@pytest.mark.parametrize(("start", "length", "excl", "incl", "naive"), WORKING_DAY_VECTORS)
def test_working_days_end_where_the_state_councils_calendar_says(
    start: str, length: int, excl: str, incl: str, naive: str
) -> None:
    found = last_day(CALENDAR, D(start), working(length))
    assert (found.last_day, found.provisional) == (D(excl), False)
    assert last_day(CALENDAR, D(start), working(length, incl=True)).last_day == D(incl)
    without_calendar = last_day(UNKNOWN, D(start), working(length))
    assert (without_calendar.last_day, without_calendar.provisional) == (D(naive), True)


def test_a_date_that_needs_2027_is_provisional_and_says_so() -> None:
    found = last_day(CALENDAR, D("2026-12-25"), working(5))
    assert (found.last_day, found.provisional) == (D("2027-01-01"), True)
    assert Text(
        "2027年节假日安排尚未载入，暂按周一至周五为工作日计算",
        "The holidays of 2027 are not loaded; Monday to Friday count as working days for now",
    ) in found.basis


def test_a_period_that_ends_within_the_known_year_is_not_provisional() -> None:
    found = last_day(CALENDAR, D("2026-12-25"), working(4))
    assert (found.last_day, found.provisional) == (D("2026-12-31"), False)


def test_a_notice_may_set_days_of_the_december_before_and_the_later_notice_holds() -> None:
    """As New Year 2027 might take in Thursday 31 December 2026, with Sunday 27 December made up for it."""
    off, made_up = frozenset({D("2026-12-31"), D("2027-01-01")}), frozenset({D("2026-12-27")})
    loaded = CalendarYear(2027, "published", "国办发明电〔2026〕0号", None, off, made_up, "notice", "a test")
    calendar = Calendar([*CALENDAR.years.values(), loaded])
    assert CALENDAR.is_working_day(D("2026-12-31")) and not calendar.is_working_day(D("2026-12-31"))
    assert not CALENDAR.is_working_day(D("2026-12-27")) and calendar.is_working_day(D("2026-12-27"))
    assert calendar.is_working_day(D("2026-12-30")) and calendar.digest != CALENDAR.digest
    assert last_day(CALENDAR, D("2026-12-25"), working(4)).last_day == last_day(calendar, D("2026-12-25"), working(4)).last_day \
        + timedelta(days=1) == D("2026-12-31")
    unpublished = CalendarYear(2027, "provisional", "", None, off, made_up, "assumption", "a test")
    assert Calendar([*CALENDAR.years.values(), unpublished]).is_working_day(D("2026-12-31"))


def test_the_same_date_is_computed_again_when_the_calendar_is_loaded() -> None:
    off = frozenset(D(f"2027-01-0{n}") for n in (1, 2, 3))
    loaded = CalendarYear(2027, "published", "国办发明电〔2026〕0号", None, off, frozenset(), "notice", "a test")
    found = last_day(Calendar([*CALENDAR.years.values(), loaded]), D("2026-12-25"), working(5))
    assert (found.last_day, found.provisional) == (D("2027-01-04"), False)


@pytest.mark.parametrize(
    ("year", "start", "end", "naturals", "weekdays"),
    [  # facts.md §1.6: natural days and weekdays, first day counted / not counted
        (2018, "2018-08-16", "2018-08-24", (9, 8), (7, 6)),  # 湘江新区, "共7个工作日"
        (2020, "2020-07-20", "2020-07-28", (9, 8), (7, 6)),  # 湖南小巨人
        (2016, "2016-05-04", "2016-05-11", (8, 7), (6, 5)),  # 机械工业协会, "共7天"
        (2024, "2024-03-04", "2024-03-11", (8, 7), (6, 5)),  # 工信部单项冠军
    ],
)
def test_real_public_notices_are_counted_as_the_report_counts_them(
    year: int, start: str, end: str, naturals: tuple[int, int], weekdays: tuple[int, int]
) -> None:
    for first, n in ((True, 0), (False, 1)):
        assert last_day(CALENDAR, D(start), natural(naturals[n], incl=first)).last_day == D(end)
        assert last_day(CALENDAR, D(start), working(weekdays[n], incl=first)).last_day == D(end)
    assert count_days(CALENDAR, D(start), D(end), Unit.NATURAL_DAY) == naturals[1]
    assert count_days(CALENDAR, D(start), D(end), Unit.WORKING_DAY) == weekdays[1]
    assert last_day(CALENDAR, D(start), working(weekdays[1])).provisional is not CALENDAR.is_known(year)


def test_under_article_201_the_seventh_working_day_of_2018_was_the_27th_of_august() -> None:
    assert last_day(CALENDAR, D("2018-08-16"), working(7)).last_day == D("2018-08-27")


def test_shenzhens_seven_natural_days_of_2021_end_on_the_22nd_or_counted_from_the_first_day_on_the_21st() -> None:
    assert last_day(CALENDAR, D("2021-12-15"), natural(7)).last_day == D("2021-12-22")
    assert last_day(CALENDAR, D("2021-12-15"), natural(7, incl=True)).last_day == D("2021-12-21")


def test_three_years_from_2025_09_13_end_on_the_anniversary_or_the_day_before_as_the_rule_says() -> None:
    """facts.md §5.5: 信息时效期 2028-10-26 for a document of 2025-10-27 counts the first day."""
    assert last_day(CALENDAR, D("2025-09-13"), years(3)).last_day == D("2028-09-13")
    assert last_day(CALENDAR, D("2025-09-13"), years(3, incl=True)).last_day == D("2028-09-12")
    assert last_day(CALENDAR, D("2025-10-27"), years(3, incl=True)).last_day == D("2028-10-26")


@pytest.mark.parametrize(
    ("start", "period", "end"),
    [
        ("2024-02-29", years(5), "2029-02-28"),
        ("2028-02-29", years(1), "2029-02-28"),
        ("2028-02-29", years(4), "2032-02-29"),
        ("2028-02-29", years(5), "2033-02-28"),
        ("2028-02-29", months(12), "2029-02-28"),
        ("2025-02-28", years(3), "2028-02-28"),
        ("2096-02-29", years(4), "2100-02-28"),
        ("2026-01-31", months(1), "2026-02-28"),
        ("2028-01-31", months(1), "2028-02-29"),
        ("2026-01-30", months(1), "2026-02-28"),
        ("2026-03-31", months(1), "2026-04-30"),
        ("2026-02-28", months(1), "2026-03-28"),
        ("2026-10-31", months(4), "2027-02-28"),
        ("2026-12-15", months(1), "2027-01-15"),
        ("2026-11-30", months(13), "2027-12-30"),
        ("2024-02-29", years(1, incl=True), "2025-02-28"),
        ("2026-03-01", months(1, incl=True), "2026-03-31"),
        ("2026-01-31", months(1, incl=True), "2026-02-28"),
        ("2026-01-01", years(1, incl=True), "2026-12-31"),
    ],
)
def test_months_and_years_end_on_the_corresponding_day_or_the_months_last(start: str, period: Period, end: str) -> None:
    found = last_day(CALENDAR, D(start), period)
    assert (found.last_day, found.provisional, found.counted) == (D(end), False, ())


@pytest.mark.parametrize(
    ("start", "period", "end"),
    [
        ("2026-09-21", natural(10, ends="next_working_day"), "2026-10-08"),  # 1 October, a holiday
        ("2025-09-02", months(1, ends="next_working_day"), "2025-10-09"),  # 2 October
        ("2025-02-15", years(1, ends="next_working_day"), "2026-02-24"),  # 15 February, in the Spring Festival
        ("2026-11-11", natural(10, ends="next_working_day"), "2026-11-23"),  # a plain Saturday
        ("2026-11-12", natural(10, ends="next_working_day"), "2026-11-23"),  # a plain Sunday
        ("2026-09-23", natural(2, ends="next_working_day"), "2026-09-28"),  # 25 September, Mid-Autumn
    ],
)
def test_a_last_day_that_is_a_legal_day_off_moves_to_the_next_working_day(
    start: str, period: Period, end: str
) -> None:
    found = last_day(CALENDAR, D(start), period)
    assert (found.last_day, found.provisional) == (D(end), False)
    assert any("顺延至" + day_words(D(end)).zh in text.zh for text in found.basis)
    assert found.counted == () or len(found.counted) == period.length


@pytest.mark.parametrize("end", ["2026-05-09", "2026-01-04", "2026-02-28", "2025-02-08", "2025-01-26", "2024-05-11"])
def test_a_make_up_saturday_or_sunday_is_a_working_day_and_does_not_move(end: str) -> None:
    assert D(end).isoweekday() > 5
    moving = natural(10, ends="next_working_day")
    assert last_day(CALENDAR, D(end) - timedelta(days=10), moving).last_day == D(end)
    assert not CALENDAR.is_legal_day_off(D(end))


def test_a_day_off_just_before_a_make_up_sunday_moves_to_that_sunday() -> None:
    assert last_day(CALENDAR, D("2025-12-24"), natural(10, ends="next_working_day")).last_day == D("2026-01-04")


def test_a_last_day_that_the_rule_lets_stand_stays_on_the_day_off() -> None:
    found = last_day(CALENDAR, D("2021-10-01"), years(5))
    assert found.last_day == D("2026-10-01")
    assert any("不顺延" in text.zh for text in found.basis)


def test_a_term_of_years_that_stands_as_it_is_needs_no_calendar_and_is_never_provisional() -> None:
    assert not last_day(CALENDAR, D("2026-11-23"), years(5)).provisional
    assert not last_day(CALENDAR, D("2026-11-23"), natural(90)).provisional


def test_a_moving_last_day_in_an_unknown_year_is_provisional_even_on_a_wednesday() -> None:
    found = last_day(CALENDAR, D("2026-12-23"), natural(14, ends="next_working_day"))
    assert (found.last_day, found.provisional) == (D("2027-01-06"), True)


@pytest.mark.parametrize(("unknown", "end"), [(2023, "2023-01-02"), (2022, "2023-01-03"), (1999, "2023-01-03")])
def test_a_last_day_that_moves_across_the_new_year_rests_on_both_years(unknown: int, end: str) -> None:
    calendar = Calendar([y for y in CALENDAR.years.values() if y.year != unknown])
    found = last_day(calendar, D("2022-12-21"), natural(10, ends="next_working_day"))
    assert (found.last_day, found.provisional) == (D(end), unknown in (2022, 2023))


def test_natural_days_count_every_day() -> None:
    found = last_day(CALENDAR, D("2026-09-30"), natural(3))
    assert (found.last_day, found.counted) == (D("2026-10-03"), (D("2026-10-01"), D("2026-10-02"), D("2026-10-03")))


def test_the_basis_names_the_articles_and_the_notice_with_its_number_in_both_languages() -> None:
    found = last_day(CALENDAR, D("2025-12-30"), working(5))
    assert ["第二百零一条" in found.basis[0].zh, "art. 201" in found.basis[0].en] == [True, True]
    assert [text.zh for text in found.basis[1:]] == [
        "国务院办公厅关于2025年部分节假日安排的通知（国办发明电〔2024〕12号）",
        "国务院办公厅关于2026年部分节假日安排的通知（国办发明电〔2025〕7号）",
    ]
    assert "第二百零二条" in last_day(CALENDAR, D("2025-12-30"), months(1)).basis[1].zh
    counted = last_day(CALENDAR, D("2025-12-30"), working(5, incl=True))
    assert "第二百零四条" in counted.basis[0].zh


@pytest.mark.parametrize(
    ("day", "period", "found"),
    [
        ("2028-02-29", years(1), "2027-02-28"),
        ("2028-02-29", years(4), "2024-02-29"),
        ("2029-02-28", years(1), "2028-02-28"),
        ("2028-03-31", months(1), "2028-02-29"),
        ("2026-03-31", months(1), "2026-02-28"),
        ("2026-05-31", months(3), "2026-02-28"),
        ("2026-12-31", months(6), "2026-06-30"),
        ("2026-01-15", months(2), "2025-11-15"),
        ("2026-03-31", months(1, incl=True), "2026-03-01"),
        ("2028-02-29", natural(180), "2027-09-02"),
        ("2026-03-01", natural(1), "2026-02-28"),
        ("2026-03-01", natural(1, incl=True), "2026-03-01"),
        ("2026-10-09", working(5), "2026-09-24"),  # 8 October, 30, 29, 28, then 24 before Mid-Autumn
        ("2026-10-09", working(1), "2026-10-08"),
        ("2026-10-09", working(1, incl=True), "2026-10-09"),
        ("2026-05-11", working(1), "2026-05-09"),  # the make-up Saturday
    ],
)
def test_the_day_before_handles_leap_days_month_ends_and_make_up_days(day: str, period: Period, found: str) -> None:
    assert days_before(CALENDAR, D(day), period) == D(found)


@pytest.mark.parametrize(
    ("start", "end", "unit", "count"),
    [
        ("2026-09-30", "2026-10-10", Unit.WORKING_DAY, 3),
        ("2026-09-30", "2026-10-10", Unit.NATURAL_DAY, 10),
        ("2026-09-30", "2026-09-30", Unit.NATURAL_DAY, 0),
        ("2026-09-30", "2026-09-01", Unit.WORKING_DAY, 0),
        ("2026-01-31", "2026-02-28", Unit.MONTH, 1),
        ("2026-01-31", "2026-02-27", Unit.MONTH, 0),
        ("2024-02-29", "2029-02-28", Unit.YEAR, 5),
        ("2024-02-29", "2029-02-27", Unit.YEAR, 4),
    ],
)
def test_days_between_leave_out_the_first_and_count_the_last(start: str, end: str, unit: Unit, count: int) -> None:
    assert count_days(CALENDAR, D(start), D(end), unit) == count


@given(known_days | any_days, lengths, st.sampled_from(Unit), st.booleans())
def test_a_longer_period_never_ends_earlier(start: date, length: int, unit: Unit, incl: bool) -> None:
    for ends in ("next_working_day", AS_IS):
        shorter, longer = (last_day(CALENDAR, start, Period(n, unit, incl, ends)) for n in (length, length + 1))
        assert shorter.last_day <= longer.last_day


@given(known_days | any_days, periods)
def test_a_later_start_never_ends_earlier(start: date, period: Period) -> None:
    earlier, later = (last_day(CALENDAR, day, period).last_day for day in (start, start + ONE_DAY))
    assert start <= earlier <= later


@given(known_days | any_days, lengths, st.booleans())
def test_working_days_counted_are_as_many_as_asked_and_end_on_the_last_day(
    start: date, length: int, incl: bool
) -> None:
    found = last_day(CALENDAR, start, working(length, incl=incl))
    assert len(found.counted) == len(set(found.counted)) == length
    assert found.counted[-1] == found.last_day
    assert all(map(CALENDAR.is_working_day, found.counted))
    assert found.counted[0] >= start if incl else found.counted[0] > start


@given(known_days | any_days, lengths, st.sampled_from(Unit))
def test_counting_to_the_last_day_gives_the_length_back(start: date, length: int, unit: Unit) -> None:
    end = last_day(CALENDAR, start, Period(length, unit, ends=AS_IS)).last_day
    assert count_days(CALENDAR, start, end, unit) == length


@given(known_days | any_days, st.integers(0, 400), st.integers(0, 400))
def test_counts_of_days_add_up_over_any_day_between(start: date, before: int, after: int) -> None:
    middle, end = start + timedelta(days=before), start + timedelta(days=before + after)
    for unit in (Unit.WORKING_DAY, Unit.NATURAL_DAY):
        first, second = count_days(CALENDAR, start, middle, unit), count_days(CALENDAR, middle, end, unit)
        assert first + second == count_days(CALENDAR, start, end, unit)


@given(known_days | any_days, lengths)
def test_from_the_day_before_the_period_leads_back_to_the_working_day(day: date, length: int) -> None:
    day = last_day(CALENDAR, day, working(1)).last_day
    start = days_before(CALENDAR, day, working(length))
    assert last_day(CALENDAR, start, working(length)).last_day == day
    assert last_day(CALENDAR, days_before(CALENDAR, day, natural(length)), natural(length)).last_day == day


@given(known_days | any_days, periods)
def test_a_moving_last_day_is_always_a_working_day(start: date, period: Period) -> None:
    if period.ends == "next_working_day":
        assert CALENDAR.is_working_day(last_day(CALENDAR, start, period).last_day)


@pytest.mark.parametrize("year", range(2021, 2027))
def test_every_day_of_a_published_year_is_what_chinesecalendar_says(year: int) -> None:
    assert CALENDAR.is_known(year)
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(366)]
    for day in (d for d in days if d.year == year):
        assert CALENDAR.is_working_day(day) is chinese_calendar.is_workday(day), day
        assert CALENDAR.is_legal_day_off(day) is not CALENDAR.is_working_day(day)


@pytest.mark.parametrize("year", [2025, 2026])
def test_2025_and_2026_have_248_working_days_each(year: int) -> None:
    assert count_days(CALENDAR, date(year - 1, 12, 31), date(year, 12, 31), Unit.WORKING_DAY) == 248


@pytest.mark.pitfall("G1")
def test_2027_is_there_but_not_known() -> None:
    assert CALENDAR.years[2027].status == "provisional"
    assert not CALENDAR.is_known(2027)
    assert not CALENDAR.is_known(1999)
    assert CALENDAR.is_working_day(D("2027-10-01"))


@pytest.mark.parametrize("year", range(2021, 2027))
def test_each_published_year_names_its_notice_and_where_it_was_read(year: int) -> None:
    entry = CALENDAR.years[year]
    assert entry.notice.startswith(f"国办发明电〔{year - 1}〕")
    assert entry.published_on is not None
    assert entry.published_on.year == year - 1
    assert (entry.basis, entry.verified) == ("notice", True)
    assert entry.source


def test_a_period_says_itself_in_both_languages() -> None:
    assert working(7).words() == Text("7个工作日", "7 working days")
    assert working(1).words() == Text("1个工作日", "1 working day")
    assert natural(90).words() == Text("90个自然日", "90 calendar days")
    assert months(6).words() == Text("6个月", "6 months")
    assert years(5).words() == Text("5年", "5 years")


@pytest.mark.parametrize(("length", "ends"), [(0, AS_IS), (-1, AS_IS), (1, "never")])
def test_a_period_without_length_or_with_an_unknown_ending_cannot_be_made(length: int, ends: str) -> None:
    with pytest.raises(ValueError, match="period"):
        Period(length, Unit.YEAR, ends=ends)


def test_a_day_past_the_year_9999_is_an_overflow() -> None:
    with pytest.raises(OverflowError):
        last_day(CALENDAR, D("9999-01-01"), years(1))


GOOD = """year = 2026
status = "published"
notice = "国办发明电〔2025〕7号"
published_on = 2025-11-04
basis = "notice"
verified = true
source = "read there"
off = [2026-10-01, 2026-10-02]
work = [2026-10-10]
"""


def write(folder: Path, text: str, name: str = "2026.toml") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_calendar_file_is_read_as_it_stands(tmp_path: Path) -> None:
    entry = load_calendars([write(tmp_path, GOOD)]).years[2026]
    assert entry == CalendarYear(
        2026, "published", "国办发明电〔2025〕7号", D("2025-11-04"),
        frozenset({D("2026-10-01"), D("2026-10-02")}), frozenset({D("2026-10-10")}), "notice", "read there", True,
    )


def test_the_day_of_publication_may_be_left_out(tmp_path: Path) -> None:
    text = GOOD.replace("published_on = 2025-11-04\n", "")
    assert load_calendars([write(tmp_path, text)]).years[2026].published_on is None


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("year = 2026\n", "", "year: missing"),
        ("work = [2026-10-10]\n", "", "work: missing"),
        ("verified = true\n", "", "verified: missing"),
        ('source = "read there"', 'source = ""', "source: empty"),
        ("work =", "extra = 1\nwork =", "extra: unknown key"),
        ("year = 2026", "year = true", "year: must be of type int, not bool"),
        ("year = 2026", 'year = "2026"', "year: must be of type int, not str"),
        ("[2026-10-10]", '["2026-10-10"]', "work: '2026-10-10' is not a date"),
        ("[2026-10-10]", "[2026-10-10T00:00:00]", "work: datetime.datetime(2026, 10, 10, 0, 0) is not a date"),
        ("2025-11-04", '"2025-11-04"', "published_on: must be a date"),
        ("[2026-10-10]", "[2026-10-10, 2026-10-01]", "off, work: 2026-10-01 is in both"),
        ("[2026-10-10]", "[2026-10-12]", "work: 2026-10-12 is a Monday"),
        ("[2026-10-10]", "[2026-10-10, 2026-10-10]", "work: 2026-10-10 stands there twice"),
        ("[2026-10-01,", "[2025-10-01,", "off: 2025-10-01 is not in 2026"),
        ("[2026-10-10]", "[2027-10-10]", "work: 2027-10-10 is not in 2026"),
        ("[2026-10-10]", "[2027-01-02]", "work: 2027-01-02 is not in 2026, nor in the December before"),
        ('"published"', '"final"', "status: must be 'published' or 'provisional'"),
        ('"published"', '"provisional"', "off: a provisional year has none"),
        ('basis = "notice"', 'basis = "assumption"', "basis: must be 'notice'"),
        ('"国办发明电〔2025〕7号"', '""', "notice: empty in a published year"),
        ("[2026-10-01, 2026-10-02]", "[]", "off: empty in a published year"),
        ("year = 2026", "year = = 2026", "file: cannot be read"),
    ],
)
def test_a_faulty_calendar_file_stops_the_start_and_names_file_and_key(
    tmp_path: Path, old: str, new: str, fault: str
) -> None:
    assert old in GOOD
    with pytest.raises(LawFileFault) as caught:
        load_calendars([write(tmp_path, GOOD.replace(old, new))])
    assert caught.value.path.endswith("2026.toml")
    assert any(found.startswith(fault) for found in caught.value.faults), caught.value.faults


def test_all_faults_of_a_file_are_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(LawFileFault) as caught:
        load_calendars([write(tmp_path, "mystery = 1\n")])
    keys = [fault.split(":")[0] for fault in caught.value.faults]
    assert keys == ["mystery", "year", "status", "notice", "off", "work", "basis", "verified", "source"]


def test_a_year_may_not_stand_twice_in_one_folder(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    with pytest.raises(LawFileFault, match=r"again\.toml: year: 2026 stands in 2026\.toml already"):
        load_calendars([write(tmp_path, GOOD, "again.toml")])


def test_a_later_folder_replaces_a_year_and_changes_the_digest(tmp_path: Path) -> None:
    replaced = load_calendars([SHIPPED, write(tmp_path / "further", GOOD)])
    assert replaced.years[2026].off == {D("2026-10-01"), D("2026-10-02")}
    assert replaced.years[2025] == CALENDAR.years[2025]
    assert replaced.digest != CALENDAR.digest
    assert replaced.is_working_day(D("2026-10-05"))


def test_the_digest_does_not_depend_on_order_or_comments(tmp_path: Path) -> None:
    assert Calendar(reversed(list(CALENDAR.years.values()))).digest == CALENDAR.digest
    first = load_calendars([write(tmp_path / "a", GOOD)])
    assert load_calendars([write(tmp_path / "b", "# a comment\n" + GOOD)]).digest == first.digest


def test_a_folder_that_is_not_there_holds_no_years(tmp_path: Path) -> None:
    assert load_calendars([SHIPPED, tmp_path / "nowhere"]).digest == CALENDAR.digest


def test_a_calendar_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        CALENDAR.years[2027] = CALENDAR.years[2026]  # type: ignore[index]
    with pytest.raises(AttributeError):
        CALENDAR.digest = ""  # type: ignore[misc]
