"""The sweep: takes, through the door, every act that a date has brought about. It announces; it never decides."""

from __future__ import annotations

from datetime import datetime, timedelta

from jobs.report import Progress, Report, say, silent
from registry.actors import CLOCK
from registry.clock import office_day
from registry.desks import deadlines, recalculations
from registry.law.lifecycle import label_of
from registry.office import Office

PAGE = 500


def run(office: Office, *, dry_run: bool = False, progress: Progress | None = None) -> Report:
    """Take all that is due now, oldest first, each subject in its own transaction; one that fails is named and passed over.

    What is due on a provisional date is only listed: it waits for an officer.
    """
    report, progress, after = Report("sweep", dry_run), progress or silent, None
    while page := _page(office, after):
        for kind, number, act, due_at in page:
            words = label_of(kind, act)
            line = f"{number} {words.zh} {words.en} {_last_moment(due_at)}"
            if dry_run:
                report.did(line)
            else:
                _take(office, report, kind, number, line)
            progress(report.done + report.failed, None, number)
        after = page[-1]
    if not dry_run:
        with office.registrar(CLOCK) as r:
            recalculations.note_calendar(r)
    with office.reading(CLOCK) as r:
        report.waiting = [f"{number} {act} {_last_moment(due_at)}" for _, number, act, due_at in deadlines.search_waiting(r)]
        report.waiting += [f"{c['number']} {c['label'].zh} {c['old_day']} → {c['new_day']} 日历变动 calendar"
                           for c in recalculations.search_changes(r)]
    return report


def _last_moment(due_at: datetime) -> str:
    """The end of the last day, as people write it."""
    return f"({office_day(due_at - timedelta(seconds=1))} 24:00)"


def _page(office: Office, after: deadlines.Due | None) -> list[deadlines.Due]:
    with office.reading(CLOCK) as r:
        return deadlines.search_due(r, limit=PAGE, after=after)


def _take(office: Office, report: Report, kind: str, number: str, line: str) -> None:
    try:
        with office.registrar(CLOCK) as r:
            act = deadlines.take_due(r, kind, number)
    except Exception as error:  # one bad subject must not stop the night; the run ends non-zero
        report.fault(f"{line}: {say(error)}")
        return
    if act:
        report.did(line)
