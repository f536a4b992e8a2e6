"""Time at its counter: what is due, what waits, and the reminders of a certificate's end."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from registry.actors import CLOCK
from registry.clock import FrozenClock, day_ends_at, day_starts_at
from registry.desks import applications, certificates, deadlines, enquiries
from registry.errors import BadInput, NotEntitled, NotYet
from registry.office import Office
from registry.settings import Settings
from tests.desks.conftest import BRIEF
from tests.factories import HUNAN, Town, another_law

D = date.fromisoformat
DAY = timedelta(days=1)
FOUR_MONTHS = ('[validity]\nlength = 5\nunit = "year"', '[validity]\nlength = 4\nunit = "month"')


def due(town: Town, **how: Any) -> list[deadlines.Due]:
    with town.office.reading(CLOCK) as r:
        return deadlines.search_due(r, **how)


def reminders(town: Town) -> list[tuple[str, str, date]]:
    with town.office.reading(CLOCK) as r:
        return deadlines.search_reminders(r)


def told(town: Town) -> list[tuple[str, str]]:
    """Tell every reminder that is due, as the job does."""
    return [(number, stage) for number, stage, _ in reminders(town) if town.do(CLOCK, deadlines.remind, number, stage)]


# ------------------------------------------------------------------------------------------------------------------ due


def test_what_is_due_is_listed_oldest_first_and_paged_without_a_gap(town: Town) -> None:
    """Lapses and notices of the same midnight stand side by side; pages of every size give the same list."""
    lapsing = [town.submitted(town.applicant(i % 3)) for i in range(4)]
    noticed = [town.reviewed(town.applicant(i % 3)) for i in range(3)]
    town.noticed(*noticed)  # until 11 March
    for number in lapsing[:2]:
        town.supplement(number)  # until 23 March
    town.to("2026-03-03")
    for number in lapsing[2:]:
        town.supplement(number)  # until 24 March
    town.to("2026-04-01")
    whole = due(town)
    assert [(number, act) for _, number, act, _ in whole] == [
        *((n, "close_notice") for n in sorted(noticed)), *((n, "lapse") for n in sorted(lapsing[:2])),
        *((n, "lapse") for n in sorted(lapsing[2:])),
    ]
    for size in (1, 2, 3, 5, 7, 50):
        found: list[deadlines.Due] = []
        while page := due(town, limit=size, after=found[-1] if found else None):
            assert len(page) <= size and len(found) < len(whole)
            found += page
        assert found == whole


def test_applications_and_certificates_of_one_midnight_are_paged_together(wide_town: Town) -> None:
    town = wide_town
    issued = [town.certified(town.applicant(i), regulation=BRIEF) for i in range(2)]
    lapsing = [town.supplement(town.submitted(town.applicant(i))) for i in range(2)]
    town.to("2027-06-01")
    whole = due(town)
    assert {(kind, number) for kind, number, _, _ in whole} == {
        *(("certificate", n) for n in issued), *(("application", n) for n in lapsing)}
    found: list[deadlines.Due] = []
    while page := due(town, limit=1, after=found[-1] if found else None):
        assert len(found) < len(whole)
        found += page
    assert found == whole


def test_a_second_sweep_does_nothing(town: Town) -> None:
    number = town.supplement(town.submitted())
    town.to("2026-04-01")
    assert town.sweep() == [(number, "lapse")]
    before = town.books()
    assert town.sweep() == [] and town.do(CLOCK, deadlines.take_due, "application", number) is None
    assert town.books() == before


def test_a_run_after_three_missed_nights_does_what_three_nights_would_have_done(town: Town) -> None:
    numbers = []
    for day in ("2026-03-02", "2026-03-03", "2026-03-04"):
        town.to(day)
        numbers.append(town.supplement(town.submitted()))
    town.to("2026-03-27")
    assert town.sweep() == [(n, "lapse") for n in numbers]


def test_time_takes_nothing_before_its_time(town: Town) -> None:
    number = town.supplement(town.submitted())
    assert town.do(CLOCK, deadlines.take_due, "application", number) is None
    assert due(town) == []


def test_what_waits_for_an_officer_is_not_in_the_sweeps_list(town: Town) -> None:
    town.to("2026-12-21")
    number = town.supplement(town.submitted())
    town.to("2027-03-01")
    assert due(town) == [] and [n for _, n, _, _ in due(town, provisional=True)] == [number]
    town.refused(NotYet, CLOCK, deadlines.take_due, "application", number)
    with town.office.reading(town.department()) as r:
        [line] = [i for group in enquiries.worklist(r) for i in group["items"]]
    assert line["waiting_for_officer"] is True


def test_only_the_department_gives_its_word(town: Town) -> None:
    town.to("2026-12-21")
    number = town.supplement(town.submitted())
    town.to("2027-03-01")
    for other in (town.applicant(), town.bureau(), town.auditor()):
        town.refused(NotEntitled, other, deadlines.confirm_due, number, "我说了算")
    assert town.refused(BadInput, town.department(), deadlines.confirm_due, number, "\x00").findings[0].field == "reason"
    town.do(town.department(), deadlines.confirm_due, number)


def test_the_next_thing_that_time_will_do_is_known(wide_town: Town) -> None:
    town = wide_town

    def coming() -> Any:
        with town.office.reading(CLOCK) as r:
            return deadlines.next_due_at(r)

    assert coming() is None
    number = town.reviewed(regulation=BRIEF)
    town.noticed(number)
    assert coming() == day_ends_at(D("2026-03-11"))
    town.let_time_act(number)
    certificate = town.announced(number)[0]
    windows = {"180d": D("2026-09-13"), "90d": D("2026-12-12"), "30d": D("2027-02-10"), "7d": D("2027-03-05")}
    for stage, opens in windows.items():
        assert coming() == day_starts_at(opens)
        town.clock.set(coming())
        assert told(town) == [(certificate, stage)]
    assert coming() == day_ends_at(D("2027-03-12"))
    town.clock.set(coming())
    assert town.sweep() == [(certificate, "expire")] and coming() is None


# ------------------------------------------------------------------------------------------------------------ reminders
# In force until 2027-03-12: windows of 180, 90, 30 and 7 days open on 13 September, 12 December, 10 February and 5 March.


OPENS = {"180d": D("2026-09-13"), "90d": D("2026-12-12"), "30d": D("2027-02-10"), "7d": D("2027-03-05")}


@pytest.mark.parametrize("stage", OPENS)
def test_a_reminder_is_due_from_its_opening_day(wide_town: Town, stage: str) -> None:
    town = wide_town
    number = town.certified(regulation=BRIEF)
    town.to(OPENS[stage] - DAY, 23, 59, 59)
    assert (number, stage, OPENS[stage]) not in reminders(town)
    town.to(OPENS[stage], 0)
    assert (number, stage, OPENS[stage]) in reminders(town)


def test_a_reminder_is_told_once_however_often_the_job_runs(wide_town: Town) -> None:
    town = wide_town
    number = town.certified(regulation=BRIEF)
    town.to(OPENS["180d"])
    assert told(town) == [(number, "180d")]
    before = town.books()
    assert told(town) == [] and town.do(CLOCK, deadlines.remind, number, "180d") is False
    town.wait(days=30)
    assert told(town) == []
    assert town.books() == before


def test_missed_nights_lose_no_reminder(wide_town: Town) -> None:
    town = wide_town
    number = town.certified(regulation=BRIEF)
    town.to(OPENS["7d"] + DAY)
    assert told(town) == [(number, stage) for stage in OPENS]
    with town.office.reading(town.applicant()) as r:
        subjects = [x["subject"].split(" / ")[0] for x in enquiries.search_letters(r, limit=100)["items"]]
    assert subjects.count(f"证书即将到期：{number}") == 4


def test_the_last_day_is_reminded_of_and_the_day_after_is_not(wide_town: Town) -> None:
    town = wide_town
    number = town.certified(regulation=BRIEF)
    town.to("2027-03-12", 23, 59, 59)
    assert {n for n, _, _ in reminders(town)} == {number}
    town.wait(seconds=1)
    assert reminders(town) == []


def test_reminders_stop_when_the_renewal_is_handed_in_and_go_on_when_it_fails(wide_town: Town) -> None:
    town = wide_town
    old, maker = town.certified(regulation=BRIEF), town.applicant()
    town.to("2026-10-08")
    assert told(town) == [(old, "180d")]
    town.to("2026-12-12")
    draft = town.draft(renews=old, regulation=None)
    assert [s for _, s, _ in reminders(town)] == ["90d"]  # a draft is nothing yet
    town.do(maker, applications.submit, draft)
    assert reminders(town) == []
    town.do(maker, applications.withdraw, draft, "暂缓")
    assert told(town) == [(old, "90d")]
    town.to("2027-02-10")
    again = town.submitted(renews=old, regulation=None)
    assert reminders(town) == []
    town.do(town.bureau(), applications.refuse, again, "not_early_stage", "已非初期")
    assert told(town) == [(old, "30d")]


def test_a_lapsed_renewal_lets_the_reminders_go_on(wide_town: Town) -> None:
    town = wide_town
    old = town.certified(regulation=BRIEF)
    town.to("2026-10-08")
    lapsing = town.supplement(town.submitted(renews=old, regulation=None))
    town.to("2026-12-12")
    assert reminders(town) == []
    town.sweep()
    assert town.show(lapsing)["status"] == "lapsed"
    assert [(n, s) for n, s, _ in reminders(town)] == [(old, "180d"), (old, "90d")]


def test_nobody_is_reminded_of_what_was_renewed_and_the_new_term_has_its_own_reminders(wide_town: Town) -> None:
    town = wide_town
    old = town.certified(regulation=BRIEF)
    town.to("2026-10-08")
    told(town)
    new = town.announced(town.to_announce(renews=old, regulation=None))[0]
    for day in ("2026-12-12", "2027-02-10", "2027-03-12"):
        town.to(day)
        assert reminders(town) == []
    town.to("2027-09-14")  # 180 days before 12 March 2028, across a 29 February
    assert told(town) == [(new, "180d")]


@pytest.mark.parametrize("end", ["revoked", "surrendered"])
def test_nobody_is_reminded_of_what_is_revoked_or_surrendered(wide_town: Town, end: str) -> None:
    town = wide_town
    number = town.certified(regulation=BRIEF)
    if end == "revoked":
        town.sanction(number, "revoke", "false_material")
    else:
        town.do(town.applicant(), certificates.surrender_certificate, number, "停产")
    town.to("2027-03-10")
    assert reminders(town) == []


def test_a_suspended_certificate_is_reminded_of_too(wide_town: Town) -> None:
    town = wide_town
    number = town.certified(regulation=BRIEF)
    town.sanction(number, "suspend", "ip_in_dispute")
    town.to(OPENS["180d"])
    assert told(town) == [(number, "180d")]
    assert town.certificate(number)["standing"] == "suspended"


def test_a_window_that_opened_before_the_certificate_was_issued_is_not_told(
    database_url: str, tmp_path: Path, clock: FrozenClock
) -> None:
    """A certificate of four months is never reminded of 180 days before its end."""
    law = another_law(tmp_path / "law", "short", "2025", FOUR_MONTHS)
    office = Office(Settings(data=tmp_path / "data", database_url=database_url, secret_key="for tests only", law_dir=str(law)), clock)
    office.prepare()
    town = Town(office, clock)
    number = town.certified(regulation="short-2025")  # until 12 July 2026
    town.to("2026-04-13")
    assert [(n, s) for n, s, _ in reminders(town)] == [(number, "90d")]
    office.close()


def test_a_reminder_says_the_last_moment_and_from_when_a_renewal_is_taken(wide_town: Town) -> None:
    town = wide_town
    number = town.certified(regulation=BRIEF)
    town.to(OPENS["180d"])
    told(town)
    with town.office.reading(town.applicant()) as r:
        body = enquiries.search_letters(r)["items"][0]["body"]
    for part in (number, "2027年3月12日 24:00", "12 March 2027 24:00", "2026年9月13日"):
        assert part in body


def test_reminders_of_the_shipped_regulation_come_on_the_days_of_2030_and_2031(town: Town) -> None:
    number = town.certified()
    found: dict[str, date] = {}
    day = D("2030-08-01")
    while day <= D("2031-03-13"):
        town.to(day)
        found |= dict.fromkeys((s for _, s in told(town)), day)
        day += DAY
    assert found == {"180d": D("2030-09-13"), "90d": D("2030-12-12"), "30d": D("2031-02-10"), "7d": D("2031-03-05")}
    assert town.sweep() == [(number, "expire")]
    assert town.regulation_of(town.certificate(number, town.applicant())["application"]) == HUNAN
