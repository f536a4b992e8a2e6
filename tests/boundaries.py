"""The boundaries of legal time as cases: what is done at the desks, when it is asked, and what the office then answers.

Each case is run with the machine in three zones (`tests.zones`); its table in docs/boundaries.md is made of what was
observed (`tests.pages`). No rule stands here: figures come from the regulations, days from the calendars.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from registry.actors import CLOCK
from registry.clock import OFFICE_ZONE, FrozenClock
from registry.desks import applications, deadlines, notices
from registry.errors import Refusal
from registry.office import Office
from registry.settings import Settings
from registry.words import Text
from tests.factories import CODES, HUNAN, START, Town, another_law

BRIEF = "brief-2025"
ONE_YEAR = ("[validity]\nlength = 5\n", "[validity]\nlength = 1\n")


class Seen(NamedTuple):
    """What the office answered at an instant, written as the office's wall clock has it."""

    at: str
    answer: str


@dataclass(frozen=True)
class Case:
    """One boundary: the sentence, where its rule stands, what is done and asked, and what must be answered, in order."""

    key: str
    sentence: Text
    rule: str
    story: Story
    answers: tuple[str, ...]


class Asking:
    """The town, and what was asked of it so far."""

    def __init__(self, town: Town) -> None:
        self.town, self.seen = town, list[Seen]()

    def __call__(self, at: str, ask: Callable[[], Any]) -> None:
        """Move the clock to `at` (Beijing) and note what the office answers then."""
        self.town.clock.set(datetime.fromisoformat(at).replace(tzinfo=OFFICE_ZONE))
        self.seen.append(Seen(at, str(ask())))

    def each(self, ask: Callable[[], Any], *instants: str) -> None:
        for at in instants:
            self(at, ask)


Story = Callable[[Asking, Town], None]
CASES: list[Case] = []


def case(rule: str, zh: str, en: str, *answers: str) -> Callable[[Story], Story]:
    def note(story: Story) -> Story:
        CASES.append(Case(story.__name__, Text(zh, en), rule, story, answers))
        return story

    return note


def observe(case: Case, town: Town) -> list[Seen]:
    """Live through a case in an empty town."""
    asking = Asking(town)
    case.story(asking, town)
    return asking.seen


def law_beside(folder: Path) -> Path:
    """A folder with certificates of one year ("brief") beside the shipped ones of five."""
    return another_law(folder, "brief", "2025", ONE_YEAR)


@contextmanager
def empty_town(database_url: str = "") -> Iterator[Town]:
    """A town that nothing has happened in, with the shipped regulation and "brief" beside it."""
    with tempfile.TemporaryDirectory() as folder:
        law = law_beside(Path(folder) / "law")
        settings = Settings(data=Path(folder) / "data", database_url=database_url, secret_key="for tests only", law_dir=str(law))
        clock = FrozenClock(START)
        office = Office(settings, clock)
        try:
            office.prepare()
            yield Town(office, clock)
        finally:
            office.close()


# ------------------------------------------------------------------------------------------------------- what is asked


def standing(town: Town, *numbers: str) -> str:
    return ", ".join(str(town.certificate(number)["standing"]) for number in numbers)


def both_facts(town: Town, number: str) -> str:
    """The word, and the restriction that stays beside it."""
    shown = town.certificate(number)
    return f"{shown['standing']} (restriction: {shown['standing_facts']['restriction']})"


def tried(act: Callable[[], Any]) -> str:
    """Whether an act is taken, or how it is refused."""
    try:
        act()
    except Refusal as no:
        return f"refused: {no.slug}"
    return "taken"


def opened(town: Town, **what: Any) -> str:
    """Whether a draft can be opened now; it is withdrawn at once, so that it stands in no other's way."""
    maker = town.applicant()

    def act() -> None:
        number = town.do(maker, applications.open_application, enterprise=CODES[0], **what)
        town.do(maker, applications.withdraw, number, "试")

    return tried(act)


def state(town: Town, number: str) -> str:
    """Where an application stands once the night's sweep has been."""
    town.sweep()
    shown = town.show(number)
    with town.office.reading(CLOCK) as r:
        waits = any(due[1] == number for due in deadlines.search_waiting(r))
    marked = " (provisional date)" if shown["due"] and shown["due"]["provisional"] else ""
    return f"{shown['status']}{marked}{', waits for an officer' if waits else ''}"


# ------------------------------------------------------------------------------------------------------------- the cases


@case("registry.law.standing.standing_on",
      "证书于2026年3月12日公布，有效期五年：最后一日全天有效，24:00起到期，与是否清扫无关。",
      "A certificate of five years, announced on 12 March 2026: in force all of its last day, expired from 24:00, swept or not.",
      "valid", "expired")
def last_valid_day(asked: Asking, town: Town) -> None:
    number = town.certified()
    asked.each(lambda: standing(town, number), "2031-03-12 23:59:59", "2031-03-13 00:00:00")


@case("registry.clock.office_day",
      "00:00属于新的一日：0时30分公布的，当日起有效（此时世界标准时间仍是前一日）。",
      "00:00 belongs to the new day: what is announced at half past midnight is in force from that day, though UTC still has the day before.",
      "in force from 2026-03-20", "valid", "expired")
def midnight(asked: Asking, town: Town) -> None:
    application = town.to_announce(regulation=BRIEF)
    certificates: list[str] = []

    def announce() -> str:
        certificates.extend(town.announced(application))
        return f"in force from {town.certificate(certificates[0])['valid_from']}"

    asked("2026-03-20 00:30:00", announce)
    asked.each(lambda: standing(town, *certificates), "2027-03-20 23:59:59", "2027-03-21 00:00:00")


@case("registry.law.deadlines.last_day",
      "2028年2月29日公布、有效期五年：2033年没有2月29日，止于2月28日。",
      "Announced on 29 February 2028 for five years: 2033 has no such day, the last one is 28 February.",
      "valid", "expired")
def twenty_ninth_of_february(asked: Asking, town: Town) -> None:
    town.to("2028-02-10")
    application = town.to_announce()
    town.to("2028-02-29")
    [number] = town.announced(application)
    asked.each(lambda: standing(town, number), "2033-02-28 23:59:59", "2033-03-01 00:00:00")


@case("registry.law.deadlines.last_day",
      "2027年2月28日公布、有效期一年：止于对应日2028年2月28日，不因闰年多一日。",
      "Announced on 28 February 2027 for one year: the last day is 28 February 2028; a leap year adds none.",
      "valid", "expired")
def twenty_eighth_before_a_leap_day(asked: Asking, town: Town) -> None:
    town.to("2027-02-10")
    application = town.to_announce(regulation=BRIEF)
    town.to("2027-02-28")
    [number] = town.announced(application)
    asked.each(lambda: standing(town, number), "2028-02-28 23:59:59", "2028-02-29 00:00:00")


@case("registry.law.rules.ValidityRule",
      "证书的最后一日是星期日（2027年3月14日）：不顺延。",
      "A certificate whose last day is a Sunday, 14 March 2027: it does not move.",
      "valid", "expired")
def a_term_that_ends_on_a_sunday(asked: Asking, town: Town) -> None:
    application = town.to_announce(regulation=BRIEF)
    town.to("2026-03-14")
    [number] = town.announced(application)
    asked.each(lambda: standing(town, number), "2027-03-14 23:59:59", "2027-03-15 00:00:00")


@case("registry.desks.notices.object_to",
      "公示7个工作日，2026年3月2日发布：首日不计，3月11日最后一秒仍受理异议，24:00起不受理。",
      "A notice of seven working days, published on 2 March 2026: that day is not counted; an objection is taken in the last second of 11 March.",
      "taken", "refused: not-open")
def last_moment_of_a_notice(asked: Asking, town: Town) -> None:
    number = town.reviewed()
    notice = town.noticed(number)
    asked.each(lambda: tried(lambda: town.object(notice, number)), "2026-03-11 23:59:59", "2026-03-12 00:00:00")


@case("registry.law.deadlines.Calendar.is_working_day",
      "公示的最后一日是调休上班的星期六（2026年2月14日）：是工作日，计入，且不顺延。",
      "A notice whose last day is a make-up Saturday, 14 February 2026: a working day, counted, and it does not move.",
      "taken", "refused: not-open")
def make_up_saturday(asked: Asking, town: Town) -> None:
    town.to("2026-02-05")
    number = town.reviewed()
    notice = town.noticed(number)
    asked.each(lambda: tried(lambda: town.object(notice, number)), "2026-02-14 23:59:59", "2026-02-15 00:00:00")


@case("registry.law.deadlines.Calendar.is_legal_day_off",
      "2026年2月11日发布的公示跨春节：2月14日（调休）计入，15日至23日放假不计，止于27日。",
      "A notice published on 11 February 2026 runs across the Spring Festival: the 14th counts, the days off to the 23rd do not; it ends on the 27th.",
      "taken", "refused: not-open")
def across_the_spring_festival(asked: Asking, town: Town) -> None:
    town.to("2026-02-11")
    number = town.reviewed()
    notice = town.noticed(number)
    asked.each(lambda: tried(lambda: town.object(notice, number)), "2026-02-27 23:59:59", "2026-02-28 00:00:00")


@case("registry.desks.notices.dismiss_objection",
      "最后一秒提出的异议只停住该项；期满后驳回的，立即进入公布环节。",
      "An objection in the last second holds its item alone; dismissed after the end, the item goes on at once.",
      "taken", "objected, announcement", "announcement, announcement")
def objection_in_the_last_second(asked: Asking, town: Town) -> None:
    one, two = town.reviewed(), town.reviewed(town.applicant(1))
    notice = town.noticed(one, two)
    filed: list[str] = []
    both = lambda: f"{state(town, one)}, {state(town, two)}"  # noqa: E731
    asked("2026-03-11 23:59:59", lambda: tried(lambda: filed.append(town.object(notice, one))))
    asked("2026-03-12 00:00:00", both)
    town.to("2026-03-20")
    town.do(town.department(), notices.dismiss_objection, filed[0], "查无实据")
    asked("2026-03-20 09:00:00", both)


@case("registry.registrar.Registrar.settle",
      "补正15个工作日，2026年3月2日提出：3月23日最后一秒提交的有效，24:00失效，不论是否清扫。",
      "A supplement asked for on 2 March 2026 with fifteen working days: handed in in the last second of 23 March it is in time; at 24:00 it has lapsed.",
      "taken", "refused: out-of-order")
def last_moment_of_a_supplement(asked: Asking, town: Town) -> None:
    in_hand = [town.supplement(town.submitted()) for _ in range(2)]
    maker = town.applicant()
    for number, at in zip(in_hand, ("2026-03-23 23:59:59", "2026-03-24 00:00:00"), strict=True):
        asked(at, lambda number=number: tried(lambda: town.do(maker, applications.resubmit, number, "已补")))


@case("registry.dates.run_term",
      "市州初审10个工作日，2026年3月2日提交：3月16日24:00起逾期；逾期只提示，不产生效果。",
      "Preliminary review, ten working days, handed in on 2 March 2026: overdue from 24:00 of 16 March; that shows, and does nothing by itself.",
      "in time", "overdue")
def office_term(asked: Asking, town: Town) -> None:
    number = town.submitted()
    asked.each(lambda: "overdue" if town.show(number)["term"]["overdue"] else "in time", "2026-03-16 23:59:59", "2026-03-17 00:00:00")


@case("registry.desks.applications.check_renewable",
      "续期窗口的首日和末日均计入：止于2027年3月12日的证书，自2026年9月13日起至2027年6月10日止可申请。",
      "Both days of a renewal's window belong: for a last day of 12 March 2027 it opens on 13 September 2026 and closes on 10 June 2027.",
      "refused: not-open", "taken", "taken", "refused: not-open")
def renewal_window(asked: Asking, town: Town) -> None:
    number = town.certified(regulation=BRIEF)
    asked.each(lambda: opened(town, renews=number),
               "2026-09-12 23:59:59", "2026-09-13 00:00:00", "2027-06-10 23:59:59", "2027-06-11 00:00:00")


@case("registry.desks.certificates.issue_certificate",
      "提前续期（2026年10月公布，原证书止于2027年3月12日）：次日接续，不少一日，也不重叠。先原证书，后新证书。",
      "Early renewal, announced in October 2026, the old one ending on 12 March 2027: it continues on the day after; no day is lost or "
      "covered twice. The old one first, then the new.",
      "valid, not_yet_valid", "superseded, valid", "superseded, valid", "superseded, expired")
def early_renewal(asked: Asking, town: Town) -> None:
    old = town.certified(regulation=BRIEF)
    town.to("2026-10-08")
    [new] = town.announced(town.to_announce(renews=old, regulation=None))
    asked.each(lambda: standing(town, old, new),
               "2027-03-12 23:59:59", "2027-03-13 00:00:00", "2028-03-12 23:59:59", "2028-03-13 00:00:00")


@case("registry.desks.certificates.issue_certificate",
      "逾期续期（2027年6月1日提交、9月1日公布，原证书止于2027年3月12日）：自公布之日起计，空档如实显示。",
      "Late renewal, handed in on 1 June and announced on 1 September 2027, the old one ended on 12 March: it starts at its announcement; "
      "the gap stays a gap.",
      "expired", "superseded, valid", "superseded, valid", "superseded, expired")
def late_renewal(asked: Asking, town: Town) -> None:
    old = town.certified(regulation=BRIEF)
    town.to("2027-06-01")
    application = town.to_announce(renews=old, regulation=None)
    asked("2027-08-31 23:59:59", lambda: standing(town, old))
    town.to("2027-09-01", 0)
    [new] = town.announced(application)
    asked.each(lambda: standing(town, old, new), "2027-09-01 00:00:00", "2028-09-01 23:59:59", "2028-09-02 00:00:00")


@case("registry.law.standing.standing_on",
      "暂停中的证书过了最后一日：显示“已到期”，暂停的事实仍在，两者都是。",
      "Suspended, then past its last day: shown as expired, and the suspension still stands beside it. It is both.",
      "suspended (restriction: suspended)", "expired (restriction: suspended)")
def suspended_then_expired(asked: Asking, town: Town) -> None:
    number = town.certified(regulation=BRIEF)
    town.sanction(number, "suspend", "ip_in_dispute")
    asked.each(lambda: both_facts(town, number), "2027-03-12 23:59:59", "2027-03-13 00:00:00")


@case("registry.registrar.Registrar.order",
      "决定自2026年4月10日起暂停：该日00:00起暂停，与是否清扫无关。",
      "A suspension decided for 10 April 2026: suspended from 00:00 of that day, swept or not.",
      "valid", "suspended")
def effective_day_of_a_measure(asked: Asking, town: Town) -> None:
    number = town.certified(regulation=BRIEF)
    town.decided(number, "suspend", "ip_in_dispute", effective_on=datetime(2026, 4, 10).date())  # noqa: DTZ001
    asked.each(lambda: standing(town, number), "2026-04-09 23:59:59", "2026-04-10 00:00:00")


@case("registry.desks.deadlines.search_reminders",
      "7日提醒自2027年3月5日00:00起（止于3月12日的证书），到最后一日为止；错过的窗口一并补告，过后不再提醒。",
      "The reminder of seven days for a last day of 12 March 2027 is due from 00:00 of 5 March to that last day; what was missed is told with it, "
      "afterwards nothing is.",
      "180d 90d 30d", "180d 90d 30d 7d", "180d 90d 30d 7d", "nothing")
def reminders(asked: Asking, town: Town) -> None:
    town.certified(regulation=BRIEF)

    def due() -> str:
        with town.office.reading(CLOCK) as r:
            return " ".join(stage for _, stage, _ in deadlines.search_reminders(r)) or "nothing"

    asked.each(due, "2027-03-04 23:59:59", "2027-03-05 00:00:00", "2027-03-12 23:59:59", "2027-03-13 00:00:00")


@case("registry.desks.deadlines.confirm_due",
      "2027年日历未公布：2026年12月28日发布的公示，止日2027年1月6日为暂定；期满后时间不自行办理，待工作人员确认。",
      "2027's calendar is not published: a notice of 28 December 2026 ends on 6 January 2027 provisionally; time does nothing then, an officer confirms.",
      "public_notice (provisional date)", "public_notice (provisional date), waits for an officer", "announcement")
def provisional_year(asked: Asking, town: Town) -> None:
    town.to("2026-12-28")
    number = town.reviewed()
    town.noticed(number)
    asked.each(lambda: state(town, number), "2027-01-06 23:59:59", "2027-01-07 00:00:00")
    town.to("2027-01-07")
    town.do(town.department(), deadlines.confirm_due, number, "已核对")
    asked("2027-01-07 09:00:00", lambda: state(town, number))


@case("registry.desks.applications.open_application",
      "办法自身的首日（2025年8月1日）和末日（2030年7月31日）均计入；末日之后不再受理新申请。",
      "The regulation's own first day, 1 August 2025, and last day, 31 July 2030, both belong; after it no application is opened.",
      "refused: not-open", "taken", "taken", "refused: not-open")
def the_regulations_own_life(asked: Asking, town: Town) -> None:
    town.to("2025-07-01")
    asked.each(lambda: opened(town, regulation=HUNAN),
               "2025-07-31 23:59:59", "2025-08-01 00:00:00", "2030-07-31 23:59:59", "2030-08-01 00:00:00")
