"""Reminders of a certificate's end: whatever window has opened and was not yet told. Queues letters; sends none."""

from __future__ import annotations

from jobs.report import Progress, Report, say, silent
from registry.actors import CLOCK
from registry.desks import deadlines
from registry.office import Office


def run(office: Office, *, dry_run: bool = False, progress: Progress | None = None) -> Report:
    """Tell every open window once. The row that says "told" and the letter are written in one transaction."""
    report, progress = Report("remind", dry_run), progress or silent
    with office.reading(CLOCK) as r:
        found = deadlines.search_reminders(r)
    for count, (number, stage, opens_on) in enumerate(found, 1):
        line = f"{number} 到期提醒 reminder {stage} ({opens_on})"
        if dry_run:
            report.did(line)
        else:
            _remind(office, report, number, stage, line)
        progress(count, len(found), number)
    return report


def _remind(office: Office, report: Report, number: str, stage: str, line: str) -> None:
    try:
        with office.registrar(CLOCK) as r:
            told = deadlines.remind(r, number, stage)
    except Exception as error:  # one bad certificate must not keep the others' holders unwarned
        report.fault(f"{line}: {say(error)}")
        return
    if told:
        report.did(line)
