"""Reminders of a certificate's end, and of the last days of calls: whatever window has opened and was not yet told. Queues letters; sends none."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from jobs.report import Progress, Report, say, silent
from registry.actors import CLOCK
from registry.desks import call_reminders, deadlines
from registry.office import Office
from registry.registrar import Registrar

Tell = Callable[[Registrar], bool]  # a desk's function for one item: whether it told


def run(office: Office, *, dry_run: bool = False, progress: Progress | None = None) -> Report:
    """Tell every open window once. The row that says "told" and the letter are written in one transaction."""
    report, progress = Report("remind", dry_run), progress or silent
    with office.reading(CLOCK) as r:
        found: list[tuple[Tell, str]] = [
            (partial(deadlines.remind, number=number, stage=stage), f"{number} 到期提醒 reminder {stage} ({opens_on})")
            for number, stage, opens_on in deadlines.search_reminders(r)]
        found += [
            (partial(call_reminders.remind_of_call, number=number, stage=stage), f"{number} 截止提醒 last day of a call {stage} ({opens_on})")
            for number, stage, opens_on in call_reminders.search_call_reminders(r)]
    for count, (tell, line) in enumerate(found, 1):
        if dry_run:
            report.did(line)
        else:
            _remind(office, report, tell, line)
        progress(count, len(found), line)
    return report


def _remind(office: Office, report: Report, tell: Tell, line: str) -> None:
    try:
        with office.registrar(CLOCK) as r:
            told = tell(r)
    except Exception as error:  # one bad item must not keep the others unwarned
        report.fault(f"{line}: {say(error)}")
        return
    if told:
        report.did(line)
