"""Overdue work: tells whom the regulation names, once for each step. It decides nothing; queues letters; sends none."""

from __future__ import annotations

from jobs.report import Progress, Report, say, silent
from registry.actors import CLOCK
from registry.desks import terms
from registry.office import Office


def run(office: Office, *, dry_run: bool = False, progress: Progress | None = None) -> Report:
    """Tell of every step that overdue work has come to. The row that says "told" and the letters are one transaction."""
    report, progress = Report("escalate", dry_run), progress or silent
    with office.reading(CLOCK) as r:
        found = [(s.application.number, s.rule.key, s.rises_on) for s in terms.search_risings(r, by=r.today)]
    for count, (number, step, rises_on) in enumerate(found, 1):
        line = f"{number} 逾期上报 overdue: {step} ({rises_on})"
        if dry_run:
            report.did(line)
        else:
            _escalate(office, report, number, step, line)
        progress(count, len(found), number)
    return report


def _escalate(office: Office, report: Report, number: str, step: str, line: str) -> None:
    try:
        with office.registrar(CLOCK) as r:
            told = terms.escalate(r, number, step)
    except Exception as error:  # one bad case must not keep the others from rising
        report.fault(f"{line}: {say(error)}")
        return
    if told:
        report.did(line)
