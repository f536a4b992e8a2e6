"""The schedule: one table; of eight schedulers one works; what was missed is made up for, once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select

from jobs import schedule
from jobs.report import Report
from jobs.schedule import BY_NAME, JOBS, Scheduler, is_owed, perform
from registry.actors import SYSTEM
from registry.books.models import JobRun
from registry.clock import OFFICE_ZONE
from registry.desks import jobs as desk
from registry.office import Office
from tests.factories import Town


@pytest.fixture
def eight(office: Office) -> list[Scheduler]:
    return [Scheduler(office) for _ in range(8)]


def runs(office: Office, job: str) -> list[JobRun]:
    with office.reading(SYSTEM) as r:
        return list(r.session.exec(select(JobRun).where(JobRun.job == job).order_by(col(JobRun.id))))


@pytest.mark.pitfall("A6")
def test_every_row_of_the_table_is_whole() -> None:
    assert [job.name for job in JOBS] == ["sweep", "remind", "escalate", "seal", "digest", "deliver", "bills", "webhooks", "checkpoint", "audit",
                                          "publish"]
    for job in JOBS:
        assert str(job.trigger.timezone) == "Asia/Shanghai"
        assert job.grace_seconds > 0 and job.label.zh and job.label.en


@pytest.mark.pitfall("A6")
def test_times_are_of_shanghai() -> None:
    """17:00 in London is past midnight in Shanghai already."""
    at = datetime(2026, 3, 2, 16, 0, 30, tzinfo=UTC)
    assert BY_NAME["sweep"].next_after(at).astimezone(OFFICE_ZONE).isoformat() == "2026-03-03T00:01:00+08:00"
    assert BY_NAME["remind"].next_after(at).astimezone(OFFICE_ZONE).isoformat() == "2026-03-03T00:20:00+08:00"
    exactly = BY_NAME["sweep"].next_after(at)
    assert BY_NAME["sweep"].next_after(exactly) == exactly + timedelta(days=1)


@pytest.mark.pitfall("D9")
def test_of_eight_schedulers_one_works(eight: list[Scheduler], monkeypatch: pytest.MonkeyPatch) -> None:
    """All at the same moment, each in its own thread, as eight machines would."""
    ran: list[str] = []
    job = replace(BY_NAME["sweep"], run=lambda office, **_: ran.append("x") or Report("sweep"))  # type: ignore[func-returns-value]
    together = threading.Barrier(len(eight))

    def wake(scheduler: Scheduler) -> None:
        together.wait()
        scheduler.work(job)

    threads = [threading.Thread(target=wake, args=[s]) for s in eight]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ran == ["x"] and len(runs(eight[0].office, "sweep")) == 1


@pytest.mark.pitfall("D10")
def test_what_is_owed_together_runs_in_the_order_of_the_table(office: Office) -> None:
    """The post goes once all that the night tells is written: else a digest would leave in two mails."""
    scheduler = Scheduler(office)
    together, apart = [job for job in JOBS if not job.apart], [job for job in JOBS if job.apart]
    assert all(scheduler.work(each) is not None for each in apart), "they wait for none"
    for place, job in enumerate(together):
        assert [later.name for later in together[place + 1:] if scheduler.work(later)] == []
        assert scheduler.work(job) is not None
    assert all(not is_owed(office, job) for job in together)
    assert [runs(office, each.name) for each in apart] == [[], []], "what runs all the time leaves a record only when it did something"


@pytest.mark.pitfall("D10")
def test_while_one_job_acts_no_other_does(office: Office, town: Town) -> None:
    """Not even one whose time came first; what only looks goes on."""
    scheduler = Scheduler(office)
    for job in JOBS:
        scheduler.work(job)
    town.wait(minutes=5)
    begun, end = threading.Event(), threading.Event()

    def slow(_office: Office, **_: object) -> Report:
        begun.set()
        end.wait(30)
        return Report("deliver")

    thread = threading.Thread(target=scheduler.work, args=[replace(BY_NAME["deliver"], run=slow)])
    thread.start()
    assert begun.wait(30)
    town.wait(days=1)
    assert scheduler.work(BY_NAME["sweep"]) is None
    end.set()
    thread.join()
    assert scheduler.work(BY_NAME["sweep"]) is not None


def test_a_lapsed_lease_is_taken_over(eight: list[Scheduler], town: Town) -> None:
    first, second, *_ = eight
    assert first.leads() and not second.leads()
    town.wait(seconds=schedule.LEASE_SECONDS - 1)
    assert first.leads() and not second.leads()  # kept by its beat
    town.wait(seconds=schedule.LEASE_SECONDS)
    assert second.leads() and not first.leads()


def test_a_lease_given_up_is_free_at_once(office: Office) -> None:
    with office.registrar(SYSTEM) as r:
        assert desk.take_lease(r, "x", "one", 60)
        desk.give_up_lease(r, "x", "two")
        assert not desk.take_lease(r, "x", "two", 60)
        desk.give_up_lease(r, "x", "one")
        assert desk.take_lease(r, "x", "two", 60) and desk.is_leased(r, "x")


def test_nobody_leads_while_the_training_clock_is_walked(eight: list[Scheduler], office: Office) -> None:
    with office.registrar(SYSTEM) as r:
        desk.take_lease(r, schedule.WALK, "walk", 300)
    assert not eight[0].leads()


def test_a_missed_time_is_owed_once(office: Office, town: Town) -> None:
    job = BY_NAME["sweep"]
    assert is_owed(office, job)  # never run
    perform(office, job)
    assert not is_owed(office, job)
    town.wait(days=3)
    assert is_owed(office, job)
    perform(office, job)
    assert not is_owed(office, job)


def test_a_run_that_died_half_way_is_owed(office: Office, town: Town) -> None:
    perform(office, BY_NAME["sweep"])
    town.wait(days=1)
    with office.registrar(SYSTEM) as r:
        desk.begin_run(r, "sweep")
    town.wait(minutes=5)
    assert is_owed(office, BY_NAME["sweep"])


def test_a_run_that_fails_is_recorded_with_its_reason(office: Office) -> None:
    def breaks(_office: Office, **_: object) -> Report:
        raise RuntimeError("no more disk")

    report = perform(office, replace(BY_NAME["sweep"], run=breaks))
    assert report.failed == 1 and not report.ok
    (run,) = runs(office, "sweep")
    assert run.failed == 1 and run.finished_at and "no more disk" in str(run.report["lines"])
    assert not is_owed(office, BY_NAME["sweep"])


def test_runs_that_find_nothing_to_do_do_not_pile_up(office: Office, town: Town) -> None:
    for _ in range(5):
        perform(office, BY_NAME["deliver"])
        town.wait(minutes=5)
    assert len(runs(office, "deliver")) == 1
    town.submitted()
    perform(office, BY_NAME["deliver"])
    perform(office, BY_NAME["deliver"])
    assert [run.done > 0 for run in runs(office, "deliver")] == [False, True, False]


def test_a_dry_run_leaves_no_record(office: Office) -> None:
    perform(office, BY_NAME["sweep"], dry_run=True)
    assert runs(office, "sweep") == []


@pytest.fixture
def running(office: Office) -> Iterator[Scheduler]:
    scheduler = Scheduler(office, beat_seconds=1)
    scheduler.start()
    yield scheduler
    scheduler.stop()


def test_a_started_scheduler_makes_up_for_everything_and_stops_cleanly(running: Scheduler) -> None:
    """The real APScheduler, with threads: at its first beat all jobs are owed, and run."""
    for _ in range(100):
        if all(job.apart or not is_owed(running.office, job) for job in JOBS):
            break
        threading.Event().wait(0.1)
    assert [len(runs(running.office, job.name)) for job in JOBS] == [int(not job.apart) for job in JOBS]
