"""The audit: the ledger's chain, the log against it, the credentials and their lists against the books, every life replayed, every
document's digest. It names each fault and mends none."""

from __future__ import annotations

from jobs.report import Progress, Report, silent
from registry.actors import SYSTEM
from registry.desks import audits, credential_audits, log_audits
from registry.office import Office

STEP = 100


def run(office: Office, *, dry_run: bool = False, progress: Progress | None = None) -> Report:
    """Look at everything. `done` counts what was looked at, `failed` the faults. It changes nothing: a dry run is a run."""
    report, progress = Report("audit", dry_run), progress or silent
    with office.reading(SYSTEM) as r:
        total = audits.count_things(r)
        for broken in audits.check_ledger(r):
            report.fault(f"{broken.where}: {broken.what}")
        for broken in audits.check_draws(r):
            report.fault(f"{broken.where}: {broken.what}")
        for broken in log_audits.check_log(r, office.keys):
            report.fault(f"{broken.where}: {broken.what}")
        for broken in credential_audits.check_credentials(r, office.keys):
            report.fault(f"{broken.where}: {broken.what}")
        report.done = audits.count_entries(r)
        for checked in (audits.check_lives(r, "application"), audits.check_lives(r, "certificate"),
                        audits.check_lives(r, "measure"), audits.check_lives(r, "amendment"),
                        audits.check_versions(r), audits.check_ready(r), audits.check_texts(r), audits.check_past_lists(r),
                        audits.check_documents(r)):
            for fault in checked:
                if isinstance(fault, audits.Warned):
                    report.warn(f"{fault.where}: {fault.what}")
                    continue
                if fault is not None:
                    report.fault(f"{fault.where}: {fault.what}")
                    continue
                report.done += 1
                if report.done % STEP == 0:
                    progress(report.done, total, "audit")
    return report
