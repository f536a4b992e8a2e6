"""The job of the open data: today's edition of the register as files, and the removal of old ones. It writes no row itself."""

from __future__ import annotations

from jobs.report import Progress, Report
from registry.actors import PUBLIC
from registry.desks import open_data
from registry.office import Office


def run(office: Office, *, dry_run: bool = False, progress: Progress | None = None) -> Report:
    """Write what anyone may see; a day whose edition stands is passed over."""
    report = Report("publish", dry_run)
    with office.reading(PUBLIC) as r:
        if dry_run:
            if str(r.today) not in open_data.list_editions(r.settings.data):
                report.did(f"{r.today} 发布开放数据 open data published")
            return report
        if manifest := open_data.publish(r):
            report.did(f"{manifest['edition']} 发布开放数据 open data published: {manifest['rows']}")
        if gone := open_data.remove_old(r):
            report.did(f"{gone} 期到期删除 editions past their time removed")
    return report
