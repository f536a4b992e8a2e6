"""Signs what has waited for a key, and the status lists anew each day. A unit for each STEP, so that an office in use goes on between them."""

from __future__ import annotations

from jobs.report import Progress, Report, silent
from registry.actors import SYSTEM
from registry.desks import credentials
from registry.office import Office

STEP = 200


def run(office: Office, *, dry_run: bool = False, progress: Progress | None = None) -> Report:
    """`done` counts what was written or signed. Without a key it only writes. A dry run does nothing."""
    report, tell = Report("seal", dry_run), progress or silent
    if dry_run:
        return report
    for work in (credentials.keep_missing, credentials.sign_waiting):
        count = STEP
        while count == STEP:
            with office.registrar(SYSTEM) as r:
                count = work(r, office.keys, STEP)
            report.done += count
            tell(report.done, report.done, "seal")
    after: str | None = ""
    while after is not None:
        with office.registrar(SYSTEM) as r:
            count, after = credentials.sign_anew(r, office.keys, after, STEP)
        report.done += count
    with office.registrar(SYSTEM) as r:
        report.done += credentials.renew_lists(r, office.keys)
    return report
