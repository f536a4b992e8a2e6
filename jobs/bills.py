"""The job of bills of materials: takes up those that nobody works on, and removes what is past its time. It judges nothing itself."""

from __future__ import annotations

from jobs.report import Progress, Report, say, silent
from registry.desks.bills import keep
from registry.office import Office


def run(office: Office, *, dry_run: bool = False, progress: Progress | None = None) -> Report:
    """Answer what waits: a run that died with its process, or one whose page nobody looked at again. Names of bills are secrets."""
    report, progress = Report("bills", dry_run), progress or silent
    waiting = keep.search_idle(office.bills)
    for done, name in enumerate(waiting, 1):
        words = f"{name[:6]}… 核验物料清单 bill of materials verified"
        if dry_run:
            report.did(words)
            continue
        try:
            keep.work_on(office.bills, name)
        except Exception as error:  # one bill must not stop the others; it is tried again, and in the end it says that it failed
            report.fault(f"{name[:6]}…: {say(error)}")
            continue
        report.did(words)
        progress(done, len(waiting), name[:6])
    if not dry_run and (gone := keep.remove_old(office.bills)):
        report.did(f"{gone} 份清单到期删除 bills past their time removed")
    return report
