"""The one table of what runs when, and the process that runs it. What a job does is in the job's own module.

Deadlines live in rows, never in scheduled jobs: APScheduler only wakes us. Of several schedulers the one that holds the
lease works. A job is owed when one of its times has come since its last finished run began, so a time that was missed
(the machine was off, the leader died) is made up for at the next beat, once, however many were missed. What is owed
together runs in the order of the table, one after the other: a mail is made up once all that belongs into it is queued.
"""

from __future__ import annotations

import os
import secrets
import signal
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import structlog
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, JobEvent
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from jobs import audit, bills, checkpoint, deliver, digest, escalate, publish, remind, seal, sweep, webhooks
from jobs.report import Progress, Report, say
from registry.actors import SYSTEM
from registry.clock import OFFICE_ZONE, SystemClock
from registry.desks import jobs as desk
from registry.desks import rehearsals
from registry.desks.rehearsals import NIGHT
from registry.errors import ReadOnly
from registry.office import Office
from registry.words import Text

LEASE = "scheduler"
WALK = "clock"  # held by whoever moves a training office's clock
BEAT_SECONDS = 15
LEASE_SECONDS = 60
log = structlog.get_logger("jobs")


@dataclass(frozen=True)
class Job:
    """One row: its name, when it runs, how late it may still start, what runs, and what people call it."""

    name: str
    trigger: CronTrigger
    grace_seconds: int
    run: Callable[..., Report]
    label: Text
    apart: bool = False  # True for one that runs all the time, waits for no other, and for which none waits
    changes: bool = True  # False for one that only looks: of several missed runs the last one says all

    def next_after(self, instant: datetime) -> datetime:
        """The first time of this job that is later than `instant`."""
        fire = self.trigger.get_next_fire_time(instant, instant)
        assert fire is not None  # none of the triggers has an end
        return fire


def _nightly(job: str) -> CronTrigger:
    """At the hour that the rehearsal reckons with."""
    return CronTrigger(hour=NIGHT[job].hour, minute=NIGHT[job].minute, timezone=OFFICE_ZONE)


JOBS = (
    Job("sweep", _nightly("sweep"), 3600, sweep.run,
        Text("到期清扫：办理日期已到的事项", "Sweep: what a date has brought about")),
    Job("remind", _nightly("remind"), 3600, remind.run,
        Text("到期提醒：每个提醒窗口告知一次", "Remind: each window told once")),
    Job("escalate", _nightly("escalate"), 3600, escalate.run,
        Text("逾期上报：逾期事项逐级告知", "Escalate: overdue work told higher up, step by step")),
    Job("seal", CronTrigger(minute=20, timezone=OFFICE_ZONE), 3600, seal.run,
        Text("签名：补签证书凭证，重签状态列表", "Seal: sign credentials that wait, and the status lists anew")),
    Job("digest", CronTrigger(hour=0, minute=30, timezone=OFFICE_ZONE), 3600, digest.run,
        Text("关注摘要：以邮件告知所关注的变动", "Digest: tell by mail what is new of what is watched")),
    Job("deliver", CronTrigger(minute="*/5", timezone=OFFICE_ZONE), 240, deliver.run,
        Text("发信：发送待发信件", "Deliver: send the letters that wait")),
    Job("bills", CronTrigger(minute="*/5", timezone=OFFICE_ZONE), 240, bills.run,
        Text("物料清单：接续无人处理的核验，删除到期的清单", "Bills: take up what nobody works on, remove what is past its time"), changes=False),
    Job("webhooks", CronTrigger(second="*/5", timezone=OFFICE_ZONE), 5, webhooks.run,
        Text("回调：投递所关注的变动", "Webhooks: send the changes that are watched"), apart=True, changes=False),
    Job("checkpoint", CronTrigger(second="*/5", timezone=OFFICE_ZONE), 5, checkpoint.run,
        Text("日志：签署检查点，请见证方联署", "Log: sign what is new, have the witnesses sign it"), apart=True, changes=False),
    Job("audit", CronTrigger(hour=1, minute=30, timezone=OFFICE_ZONE), 3600, audit.run,
        Text("审计：核对登记簿、重演全部过程、核对文件", "Audit: the ledger, every life, every document"), changes=False),
    Job("publish", CronTrigger(hour=2, minute=30, timezone=OFFICE_ZONE), 3600, publish.run,
        Text("发布：全部证书的当日数据文件", "Publish: the day's files of the whole register"), changes=False),
)  # fmt: skip
BY_NAME = {job.name: job for job in JOBS}


def perform(office: Office, job: Job, *, dry_run: bool = False, progress: Progress | None = None) -> Report:
    """Run `job` now and keep a record of the run; a dry run leaves none, nor does one apart that had nothing to tell."""
    if dry_run:
        return job.run(office, dry_run=True, progress=progress)
    if job.apart:
        return _perform_apart(office, job, progress)
    with office.registrar(SYSTEM) as r:
        run = desk.begin_run(r, job.name)
        plan = rehearsals.plan(r, job.name)
    report = _run(office, job, progress)
    with office.registrar(SYSTEM) as r:
        reconciled = {"reconciliation": rehearsals.reconcile(r, plan)} if plan else {}
        desk.end_run(r, run, done=report.done, failed=report.failed, report=report.as_record() | reconciled)
    return report


def _perform_apart(office: Office, job: Job, progress: Progress | None) -> Report:
    began = office.now()
    report = _run(office, job, progress)
    if report.lines:
        with office.registrar(SYSTEM) as r:
            run = desk.begin_run(r, job.name, began)
            desk.end_run(r, run, done=report.done, failed=report.failed, report=report.as_record())
    return report


def _run(office: Office, job: Job, progress: Progress | None) -> Report:
    try:
        return job.run(office, progress=progress)
    except Exception as error:  # recorded, so that it shows and is not tried again before its next time
        report = Report(job.name)
        report.fault(say(error))
        log.exception("job_failed", job=job.name)
        return report


def is_owed(office: Office, job: Job) -> bool:
    """Whether one of the job's times has come since its last finished run began (or it has never run); one apart always is."""
    if job.apart:
        return True
    with office.reading(SYSTEM) as r:
        last = desk.last_finished(r, job.name)
    return last is None or job.next_after(last) <= office.now()


class Scheduler:
    """One process's part in the schedule: beats for the lease and, while it holds it, runs what is owed."""

    def __init__(self, office: Office, *, lease_seconds: int = LEASE_SECONDS, beat_seconds: int = BEAT_SECONDS) -> None:
        self.office, self.lease_seconds = office, lease_seconds
        self.holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"
        self._running: set[str] = set()
        self._turns = threading.Lock()
        self._apscheduler = BackgroundScheduler(
            timezone=OFFICE_ZONE, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": beat_seconds})
        self._apscheduler.add_listener(self._tell, EVENT_JOB_ERROR | EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES)
        # The heartbeat: keeps the lease, and wakes whatever is owed. It never waits for a job.
        self._apscheduler.add_job(self.beat, IntervalTrigger(seconds=beat_seconds, timezone=OFFICE_ZONE), id="heartbeat")
        for job in JOBS:
            self._apscheduler.add_job(
                self.work, job.trigger, args=[job], id=job.name, misfire_grace_time=job.grace_seconds)

    def start(self) -> None:
        self._apscheduler.start()
        self.beat()

    def stop(self) -> None:
        """Let running jobs end, then let the lease go."""
        self._apscheduler.shutdown(wait=True)
        with suppress(ReadOnly), self.office.registrar(SYSTEM) as r:
            desk.give_up_lease(r, LEASE, self.holder)

    def leads(self) -> bool:
        """Take or keep the lease. Nobody leads while a training office's clock is being walked: the walk runs the jobs."""
        with suppress(ReadOnly), self.office.registrar(SYSTEM) as r:  # nothing is to be done in an office closed to writing
            return not desk.is_leased(r, WALK) and desk.take_lease(r, LEASE, self.holder, self.lease_seconds)
        return False

    def beat(self) -> None:
        if not self.leads():
            return
        for job in JOBS:
            if not job.apart and job.name not in self._running and is_owed(self.office, job):
                with suppress(JobLookupError):  # told to stop meanwhile
                    self._apscheduler.modify_job(job.name, next_run_time=SystemClock().now())

    def work(self, job: Job) -> Report | None:
        """Run `job` if this scheduler leads and it is the job's turn; None otherwise."""
        if not (self.leads() and self._takes_turn(job)):
            return None
        try:
            report = perform(self.office, job)
        finally:
            self._running.discard(job.name)
        if report.lines or not job.apart:  # what runs all the time tells only when there is something to tell
            log.info("job", job=job.name, done=report.done, failed=report.failed, waiting=len(report.waiting))
        if self._apscheduler.running and not job.apart:
            self.beat()  # whatever waited for this one
        return report

    def _takes_turn(self, job: Job) -> bool:
        """Whether it is the job's turn: it is owed, none above it in the table is, and nothing else that acts is at work."""
        with self._turns:
            busy = job.changes and any(BY_NAME[name].changes for name in self._running)
            upto = [each.name for each in JOBS].index(job.name)
            first = () if job.apart else [above for above in JOBS[:upto] if not above.apart]
            if busy or not is_owed(self.office, job) or any(is_owed(self.office, above) for above in first):
                return False
            self._running.add(job.name)
            return True

    def _tell(self, event: JobEvent) -> None:
        error = getattr(event, "exception", None)
        log.warning("job_trouble", job=event.job_id, code=event.code, error=say(error) if error else None)


def run_until_told_to_stop(scheduler: Scheduler) -> None:
    """Work until SIGINT or SIGTERM; a job that is running then is let end."""
    stop = threading.Event()
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, lambda *_: stop.set())
    scheduler.start()
    log.info("scheduler", holder=scheduler.holder)
    stop.wait()
    scheduler.stop()
