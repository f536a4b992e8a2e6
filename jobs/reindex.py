"""What is kept ready of certificates, written anew from the books: after a restore, or to see whether it is as they say.

A unit for each STEP, so that an office in use goes on between them.
"""

from __future__ import annotations

from jobs.report import Progress, Report, silent
from registry.actors import SYSTEM
from registry.desks import reindexing
from registry.office import Office


def run(office: Office, *, dry_run: bool = False, progress: Progress | None = None) -> Report:
    """`done` counts the certificates; each that differed has a line. A dry run writes nothing, and what differs is a fault."""
    report, tell = Report("reindex", dry_run), progress or silent
    name = report.fault if dry_run else report.warn
    with office.reading(SYSTEM) as r:
        total = reindexing.count_certificates(r)
    after: int | None = 0
    while after is not None:
        with office.registrar(SYSTEM) as r:
            count, differed, after = reindexing.write_anew(r, after)
            if dry_run:
                reindexing.undo(r)
        report.done += count
        for number in differed:
            name(f"certificate {number}: 与登记簿不一致 not as the books say")
        tell(report.done, total, "reindex")
    with office.registrar(SYSTEM) as r:
        if not reindexing.is_index_sound(r):
            name("索引与词不一致 the index is not as the words say")
        if not dry_run:
            reindexing.rebuild_index(r)
    return report
