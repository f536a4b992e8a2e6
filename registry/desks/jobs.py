"""The counter of the scheduled jobs: who may run them, when each last ran and what came of it. It runs none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, func, select

from registry.books.models import JobRun, Lease
from registry.registrar import Registrar


def take_lease(r: Registrar, name: str, holder: str, seconds: int) -> bool:
    """Take or keep the lease `name` for `seconds`: True for its one holder. One that lapsed goes to whoever asks first.

    Two that ask at once are one after the other: every writing unit begins with the ledger's one row locked.
    """
    until = r.now + timedelta(seconds=seconds)
    lease = _lease(r, name)
    if lease is None:
        r.session.add(Lease(name=name, holder=holder, until=until))
        return True
    if lease.holder != holder and lease.until > r.now:
        return False
    lease.holder, lease.until = holder, until
    return True


def give_up_lease(r: Registrar, name: str, holder: str) -> None:
    """Let the lease go at once, if it is `holder`'s: the next scheduler need not wait for it to lapse."""
    lease = _lease(r, name)
    if lease is not None and lease.holder == holder:
        lease.until = r.now


def is_leased(r: Registrar, name: str) -> bool:
    """Whether anybody holds the lease `name` now."""
    lease = _lease(r, name)
    return lease is not None and lease.until > r.now


def begin_run(r: Registrar, job: str, at: datetime | None = None) -> int:
    """Write down that a run of `job` begins now, or began at `at`; returns its id."""
    run = JobRun(job=job, started_at=at or r.now)
    r.session.add(run)
    r.session.flush()
    assert run.id is not None
    return run.id


def end_run(r: Registrar, run: int, *, done: int, failed: int, report: Mapping[str, Any]) -> None:
    """Write down what came of a run. One that found nothing to do takes the place of the one before it that found nothing."""
    row = r.session.get_one(JobRun, run)
    row.finished_at, row.done, row.failed, row.report = r.now, done, failed, dict(report)
    before = r.session.exec(
        select(JobRun).where(JobRun.job == row.job, col(JobRun.id) < run).order_by(col(JobRun.id).desc()).limit(1)).first()
    if before and before.finished_at and not (done or failed or before.done or before.failed):
        r.session.delete(before)


def last_finished(r: Registrar, job: str) -> datetime | None:
    """When the last run of `job` that came to its end had begun; None if none ever did."""
    return r.session.exec(
        select(func.max(JobRun.started_at)).where(JobRun.job == job, col(JobRun.finished_at).is_not(None))
    ).one()


def _lease(r: Registrar, name: str) -> Lease | None:
    return r.session.exec(select(Lease).where(Lease.name == name).with_for_update()).one_or_none()
