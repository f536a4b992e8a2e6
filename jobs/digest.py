"""The job of digests: one mail to each who watches and to whom something is to be told. Queues letters; sends none."""

from __future__ import annotations

from jobs.report import Progress, Report, say, silent
from registry.actors import SYSTEM
from registry.desks import digests
from registry.office import Office


def run(office: Office, *, dry_run: bool = False, progress: Progress | None = None) -> Report:
    """Tell everybody whose day it is. The mail and the cursor are written in one transaction, each person's in their own."""
    report, progress = Report("digest", dry_run), progress or silent
    with office.reading(SYSTEM) as r:
        due = digests.search_due(r)
        waiting = [(login, digests.count_untold(r, person)) for person, login in due] if dry_run else []
    for login, count in waiting:
        if count:
            report.did(_line(login, count))
    for done, (person, login) in enumerate([] if dry_run else due, 1):
        _tell(office, report, person, login)
        progress(done, len(due), login)
    return report


def _tell(office: Office, report: Report, person: int, login: str) -> None:
    more = True
    while more:
        try:
            with office.registrar(SYSTEM) as r:
                count, more = digests.tell(r, person)
        except Exception as error:  # one bad mail must not keep the others untold
            report.fault(f"{login}: {say(error)}")
            return
        if count:
            report.did(_line(login, count))


def _line(login: str, count: int) -> str:
    return f"{login} 关注摘要 digest ({count})"
