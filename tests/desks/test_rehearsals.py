"""The rehearsal: what it says is what the nights then do, entry by entry and letter by letter; and it writes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from jobs import schedule
from jobs.schedule import BY_NAME, JOBS
from registry.actors import CLOCK, READER, SYSTEM
from registry.books.lives import read_life
from registry.books.models import CertificateLife, Entry, JobRun, Letter
from registry.clock import OFFICE_ZONE, FrozenClock, office_day
from registry.desks import applications, audits, deadlines, enquiries, holds, measures, rehearsals
from registry.desks.rehearsals import NIGHT
from registry.errors import AlreadyDone, BadInput, NotEntitled, NotYet, OutOfOrder
from registry.law.lifecycle import Role
from registry.law.verdicts import standing_at
from registry.office import Office
from registry.settings import Settings
from tests.desks.conftest import BRIEF
from tests.factories import START, ZHUZHOU, Town, another_law

Told = tuple[Any, ...]
SHORT = "short-2025"
FOUR_MONTHS = ('[validity]\nlength = 5\nunit = "year"\n', '[validity]\nlength = 4\nunit = "month"\n')


@pytest.fixture
def short_town(database_url: str, tmp_path: Path, clock: FrozenClock) -> Iterator[Town]:
    """A town whose office also has a regulation with certificates of four months: they end in a year that is known."""
    folder = another_law(tmp_path / "law", "short", "2025", FOUR_MONTHS)
    settings = Settings(data=tmp_path / "data", database_url=database_url, secret_key="for tests only", law_dir=str(folder))
    office = Office(settings, clock)
    office.prepare()
    yield Town(office, clock)
    office.close()


def foreseen(town: Town, days: int) -> tuple[list[Told], list[Told]]:
    """What the rehearsal says: its entries and its letters, in order."""
    with town.office.reading(town.department()) as r:
        steps = rehearsals.foresee(r, days=days)
        entries = [(s.day, e.actor, e.role, e.subject, e.act, e.before, e.after, e.facts) for s in steps for e in [s.entry]]
        return entries, [(s.day, x.address, x.subject, x.body) for s in steps for x in s.letters]


def happened(office: Office, after: tuple[int, int]) -> tuple[list[Told], list[Told]]:
    """What was then recorded, and which letters were queued."""
    with office.reading(SYSTEM) as r:
        entries = r.session.exec(select(Entry).where(col(Entry.seq) > after[0]).order_by(col(Entry.seq)))
        letters = r.session.exec(select(Letter).where(col(Letter.id) > after[1]).order_by(col(Letter.id)))
        return ([(office_day(e.at), e.actor, e.role, e.subject, e.act, e.before, e.after, e.facts) for e in entries],
                [(office_day(x.queued_at), x.address, x.subject, x.body) for x in letters])


def ends(office: Office) -> tuple[int, int]:
    with office.reading(SYSTEM) as r:
        seq = r.session.exec(select(Entry.seq).order_by(col(Entry.seq).desc())).first() or 0
        return seq, r.session.exec(select(Letter.id).order_by(col(Letter.id).desc())).first() or 0


def nights(town: Town, days: int) -> list[JobRun]:
    """Let every night up to `days` from now pass, with the jobs of the schedule at their hours."""
    start, last = town.clock.now(), town.today + timedelta(days=days)
    at = BY_NAME["sweep"].next_after(start)
    while office_day(at) <= last:
        for job in JOBS:
            if job.name not in NIGHT:
                continue
            town.clock.set(job.next_after(at - timedelta(seconds=1)))
            assert schedule.perform(town.office, job).ok
        at = BY_NAME["sweep"].next_after(at)
    with town.office.reading(SYSTEM) as r:
        return list(r.session.exec(select(JobRun).order_by(col(JobRun.id))))


def a_town_with_everything(town: Town) -> None:
    """A certificate nearing its end, a renewed one, a notice running, a supplement asked for, overdue work, a hold."""
    renewed, ending = town.certified(regulation=SHORT), town.certified(town.applicant(1), regulation=SHORT)
    until = town.certificate(renewed)["valid_until"]
    town.to(until - timedelta(days=40))
    town.announced(town.to_announce(renews=renewed))
    noticed, asked, _late = town.reviewed(), town.submitted(), town.submitted(town.applicant(1))
    town.to(town.certificate(ending)["valid_until"] - timedelta(days=9))
    town.noticed(noticed)
    town.supplement(asked)


@pytest.mark.parametrize("days", [1, 9, 45])
def test_what_is_rehearsed_is_what_then_happens(short_town: Town, days: int) -> None:
    town = short_town
    a_town_with_everything(town)
    town.department(), town.bureau()  # whoever a letter reaches is appointed by now
    expected, before = foreseen(town, days), ends(town.office)
    runs = nights(town, days)
    assert happened(town.office, before) == expected
    acts = {entry[4] for entry in expected[0]}
    assert acts >= ({"expire", "supersede", "remind", "close_notice", "lapse", "escalate"} if days == 45 else set()), acts
    for run in runs:
        reconciled = run.report["reconciliation"]
        assert (reconciled["missing"], reconciled["unplanned"]) == ([], []) and reconciled["planned"] == reconciled["done"]


def test_a_rehearsal_writes_nothing(short_town: Town) -> None:
    a_town_with_everything(short_town)
    department = short_town.department()
    books = short_town.books()
    with short_town.office.reading(department) as r:
        shown = rehearsals.rehearse(r, days=60)
        assert not (r.session.new or r.session.dirty or r.session.deleted)
    assert shown["letters"] > 0 and short_town.books() == books


def test_what_is_due_already_stands_on_the_next_night_as_overdue(town: Town) -> None:
    number = town.reviewed()
    town.noticed(number)
    town.to(office_day(town.show(number)["due"]["at"]) + timedelta(days=2))
    with town.office.reading(town.department()) as r:
        [day] = rehearsals.rehearse(r, days=1)["days"]
    assert day["day"] == town.today + timedelta(days=1)
    assert [(i["number"], i["act"], i["overdue"]) for i in day["items"]] == [(number, "close_notice", True)]


def test_what_waits_on_a_provisional_date_is_named_and_not_foreseen(town: Town) -> None:
    town.to(date(2026, 12, 28))
    number = town.reviewed()
    town.noticed(number)
    with town.office.reading(town.department()) as r:
        shown = rehearsals.rehearse(r, days=60)
    assert [w["number"] for w in shown["waiting"]] == [number]
    assert not [i for d in shown["days"] for i in d["items"] if i["number"] == number and i["act"] == "close_notice"]


def test_a_rehearsal_is_for_officers_and_auditors(town: Town) -> None:
    for actor in (town.applicant(), town.expert()):
        town.refused(NotEntitled, actor, rehearsals.rehearse, days=3)
    town.refused(BadInput, town.department(), rehearsals.rehearse, days=0)
    town.refused(BadInput, town.department(), rehearsals.rehearse, days=401)
    assert town.do(town.auditor(), rehearsals.rehearse, days=3)["days"] == []


def test_a_bureau_and_its_head_rehearse_their_own_prefecture_and_nothing_else(town: Town) -> None:
    """Applications, certificates, what waits and what is on hold: all of it theirs; the department sees both."""
    here, there = town.applicant(0), town.applicant(2, prefecture=ZHUZHOU)
    certificates = [town.certified(who) for who in (here, there)]
    asked = [town.supplement(town.submitted(who)) for who in (here, there)]
    head = town._appointed("head-430200", Role.HEAD, prefecture=ZHUZHOU)
    held = town.submitted(there)
    town.supplement(held)
    town.do(town.department(), holds.hold_application, held, "等待企业破产管理人答复。")
    town.to(town.certificate(certificates[0])["valid_until"] - timedelta(days=20))
    for actor, numbers, on_hold in (
        (town.bureau(), {certificates[0], asked[0]}, []), (town.bureau(ZHUZHOU), {certificates[1], asked[1]}, [held]),
        (head, {certificates[1], asked[1]}, [held]), (town.department(), {*certificates, *asked}, [held]),
    ):
        shown = town.do(actor, rehearsals.rehearse, days=30)
        assert {i["number"] for d in shown["days"] for i in d["items"]} == numbers
        assert sum(c["count"] for c in shown["counts"]) == sum(len(d["items"]) for d in shown["days"])
        assert [h["number"] for h in shown["held"]] == on_hold


def test_a_reminder_and_a_step_of_overdue_work_are_named_in_words(town: Town) -> None:
    number = town.certified()
    late = town.submitted()
    town.to(town.certificate(number)["valid_until"] - timedelta(days=8))
    shown = town.do(town.department(), rehearsals.rehearse, days=2)
    said = {(i["number"], i["stage_label"].zh) for d in shown["days"] for i in d["items"]}
    assert (number, "有效期届满前7个自然日") in said and (late, "告知承办人员") in said


# ------------------------------------------------------------------------------------------------------------- holds


def supplement_on_hold(town: Town) -> str:
    number = town.submitted()
    town.supplement(number)
    town.do(town.department(), holds.hold_application, number, "邮路中断，待核实。")
    return number


def test_what_is_not_held_offers_no_release_and_what_is_held_no_hold(town: Town) -> None:
    def offered(number: str) -> set[str]:
        with town.office.reading(town.department()) as r:
            return {p["act"] for p in enquiries.show_application(r, number)["possible"]} & {"hold", "release", "recompute_dates"}

    number = town.submitted()
    assert offered(number) == {"hold"}
    town.do(town.department(), holds.hold_application, number, "核对中。")
    assert offered(number) == {"release"}


def test_a_held_item_is_passed_over_by_the_night_and_shown_as_held(town: Town) -> None:
    number = supplement_on_hold(town)
    town.clock.set(town.show(number)["due"]["at"] + timedelta(days=3))
    assert town.sweep() == [] and town.do(CLOCK, deadlines.take_due, "application", number) is None
    assert town.show(number)["status"] == "supplement" and town.show(number)["held"]["reason"] == "邮路中断，待核实。"
    with town.office.reading(town.department()) as r:
        shown = rehearsals.rehearse(r, days=30)
    assert [h["number"] for h in shown["held"]] == [number] and shown["days"] == []
    town.do(town.department(), holds.release_application, number, "已核实。")
    assert town.sweep() == [(number, "lapse")]
    assert [h["act"] for h in town.show(number)["history"]][-3:] == ["hold", "release", "lapse"]


def test_a_supplement_on_hold_can_still_be_handed_in(town: Town) -> None:
    number = supplement_on_hold(town)
    town.clock.set(town.show(number)["due"]["at"] + timedelta(days=3))
    town.do(town.applicant(), applications.resubmit, number, "已补")
    assert town.show(number)["status"] == "preliminary_review"


def test_a_held_certificate_past_its_last_day_still_answers_expired(wide_town: Town) -> None:
    town = wide_town
    number = town.certified(regulation=BRIEF)
    town.do(town.department(), holds.hold_certificate, number, "数据核对中。")
    town.to(town.certificate(number)["valid_until"] + timedelta(days=1))
    assert town.sweep() == [] and town.certificate(number)["standing"] == "expired"
    with town.office.reading(CLOCK) as r:
        assert deadlines.search_reminders(r) == []
    assert town.certificate(number, town.department())["held"]["reason"] == "数据核对中。"
    assert town.certificate(number)["held"] is None  # what the office notes to itself is not public


def test_a_hold_has_a_reason_and_is_placed_once_by_the_department(town: Town) -> None:
    number = town.submitted()
    town.supplement(number)
    town.refused(NotEntitled, town.bureau(), holds.hold_application, number, "缘由")
    assert [f.field for f in town.refused(BadInput, town.department(), holds.hold_application, number, " ").findings] == ["reason"]
    town.refused(NotYet, town.department(), holds.release_application, number)
    town.do(town.department(), holds.hold_application, number, "缘由")
    town.refused(AlreadyDone, town.department(), holds.hold_application, number, "缘由")


def test_a_hold_ends_with_what_it_held(town: Town) -> None:
    number = supplement_on_hold(town)
    town.do(town.applicant(), applications.withdraw, number, "不再申报。")
    assert town.show(number)["held"] is None
    town.refused(OutOfOrder, town.department(), holds.hold_application, number, "缘由")


def held(town: Town) -> list[tuple[str, str, date | None]]:
    with town.office.reading(town.department()) as r:
        return [(h["number"], h["act"], h["last_day"]) for h in rehearsals.rehearse(r, days=60)["held"]]


def verdict(town: Town, certificate: str, day: str) -> str:
    """The standing on `day` as whoever verifies is told."""
    with town.office.reading(READER) as r:
        row = r.session.get(CertificateLife, certificate)
        assert row is not None
        return standing_at(read_life(row.body), date.fromisoformat(day), None).word


def lives_audited(town: Town) -> list[Any]:
    with town.office.reading(READER) as r:
        return [f for f in (*audits.check_lives(r, "measure"), *audits.check_lives(r, "certificate"), *audits.check_ready(r)) if f]


def test_a_hold_keeps_the_time_for_a_statement_open(town: Town) -> None:
    measure = town.notified(town.certified())
    with town.office.reading(town.department()) as r:
        last = enquiries.show_measure(r, measure)["due"]["last_day"]
    town.do(town.department(), holds.hold_measure, measure, "企业因灾无法按期陈述。")
    assert held(town) == [(measure, "close_statement", last)] and not any(e[4] == "close_statement" for e in foreseen(town, 60)[0])
    town.to(last + timedelta(days=1))
    assert town.sweep() == []
    town.refused(AlreadyDone, town.department(), holds.hold_measure, measure, "再次")
    town.do(town.applicant(), measures.make_statement, measure, "情况说明。")  # that is what it was held for
    with town.office.reading(town.department()) as r:
        shown = enquiries.show_measure(r, measure)
    assert (shown["status"], shown["held"]) == ("heard", None)


def test_a_hold_puts_off_what_was_decided_and_its_release_lets_it_take_effect(town: Town) -> None:
    certificate = town.certified()
    measure = town.decided(certificate, "suspend", "ip_in_dispute", effective_on=date(2026, 4, 1))
    [planned] = [e for e in foreseen(town, 60)[0] if e[4] == "suspend"]
    assert planned[0] == date(2026, 4, 1)
    with town.office.reading(town.department()) as r:
        days = rehearsals.rehearse(r, days=60)["days"]
    assert [item["measure"] for day in days for item in day["items"] if item["act"] == "suspend"] == [measure]  # where it can be held
    town.do(town.department(), holds.hold_measure, measure, "法院通知中止执行。")
    assert held(town) == [(measure, "suspend", date(2026, 3, 31))] and not any(e[4] == "suspend" for e in foreseen(town, 60)[0])
    town.to("2026-04-10")
    assert town.sweep() == [] and town.certificate(certificate)["standing"] == "valid"
    with town.office.reading(town.department()) as r:
        assert not enquiries.show_measure(r, measure)["in_effect"]
    town.do(town.department(), holds.release_measure, measure, "恢复执行。")
    assert town.certificate(certificate)["standing"] == "suspended"
    with town.office.reading(town.department()) as r:
        shown = enquiries.show_measure(r, measure)
    assert (shown["in_effect"], shown["effective_on"], shown["held"]) == (True, date(2026, 4, 10), None)
    assert town.certificate(certificate)["history"][-1]["effective_on"] == "2026-04-10"
    days = {"2026-04-01": "valid", "2026-04-09": "valid", "2026-04-10": "suspended"}  # the verdict of any day says the same
    assert {day: verdict(town, certificate, day) for day in days} == days and lives_audited(town) == []


def test_a_held_measure_that_is_lifted_never_takes_effect(town: Town) -> None:
    certificate = town.certified()
    measure = town.decided(certificate, effective_on=date(2026, 4, 1))
    town.do(town.department(), holds.hold_measure, measure, "法院通知中止执行。")
    town.lifted(measure, "decision_wrong")
    town.to("2026-04-10")
    assert (town.sweep(), town.certificate(certificate)["standing"], held(town)) == ([], "valid", [])
    assert verdict(town, certificate, "2026-04-10") == "valid" and lives_audited(town) == []


def test_lifting_a_held_measure_lifts_no_other(town: Town) -> None:
    certificate = town.certified()
    first = town.decided(certificate, effective_on=date(2026, 4, 1))
    town.do(town.department(), holds.hold_measure, first, "法院通知中止执行。")
    town.decided(certificate)  # another measure, in effect today
    town.lifted(first, "decision_wrong")
    assert (town.certificate(certificate)["standing"], verdict(town, certificate, "2026-04-10")) == ("revoked", "revoked")


def test_a_measure_by_which_time_does_nothing_more_is_not_held(town: Town) -> None:
    certificate = town.certified()
    measure = town.decided(certificate, "suspend", "ip_in_dispute")
    town.refused(NotYet, town.department(), holds.hold_measure, measure, "核对中。")
    town.refused(NotYet, town.department(), holds.release_measure, measure)
    for act in ("hold", "release"):
        with town.office.reading(town.department()) as r:
            assert act not in {p["act"] for p in enquiries.show_measure(r, measure)["possible"]}
    other = town.notified(certificate)
    town.refused(NotEntitled, town.bureau(), holds.hold_measure, other, "缘由")
    assert [f.field for f in town.refused(BadInput, town.department(), holds.hold_measure, other, " ").findings] == ["reason"]


# ---------------------------------------------------------------------------------------------------- reconciliation


@pytest.mark.pitfall("D6", "D10")
def test_what_a_run_failed_to_do_is_missing_from_its_reconciliation(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = [town.reviewed(town.applicant(which)) for which in range(2)]
    town.noticed(*numbers)
    town.clock.set(town.show(numbers[0])["due"]["at"])
    take = deadlines.take_due

    def fragile(r: Any, kind: str, number: str) -> str | None:
        if number == numbers[1]:
            raise RuntimeError("the disk is on fire")
        return take(r, kind, number)

    monkeypatch.setattr(deadlines, "take_due", fragile)
    schedule.perform(town.office, BY_NAME["sweep"])
    with town.office.reading(town.admin()) as r:
        [run] = [j for j in enquiries.search_job_runs(r)["items"] if j["job"] == "sweep"]
    assert run["report"]["reconciliation"] == {
        "planned": 2, "done": 1, "missing": [f"application {numbers[1]} close_notice"], "unplanned": []}
    told = town.do(town.department(), rehearsals.rehearse, days=1)["runs"][0]
    assert (told["job"], told["planned"], told["done"], told["equal"]) == ("sweep", 2, 1, False)
    assert [(x["kind"], x["number"], x["label"].zh) for x in told["missing"]] == [("application", numbers[1], "公示期满")]
    told = town.do(town.bureau(), rehearsals.rehearse, days=1)["runs"][0]
    assert (told["equal"], told["missing"]) == (False, []), "which items differ is not for every bureau"


def test_the_rehearsal_reckons_with_the_hours_of_the_schedule() -> None:
    for name, at in rehearsals.NIGHT.items():
        fire = BY_NAME[name].next_after(START)
        assert fire.astimezone(OFFICE_ZONE).time() == at
