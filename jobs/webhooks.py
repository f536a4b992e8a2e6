"""The job of webhooks: sends what is owed to each, in the order of the ledger. What is owed, and what comes of it, the desk says."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from jobs.hooks import Refused, send
from jobs.report import Progress, Report, silent
from registry.actors import SYSTEM
from registry.desks import webhooks
from registry.desks.addresses import Resolver, resolve
from registry.office import Office

AT_ONCE = 4  # receivers told at the same time: one that is slow keeps no other waiting
MOST = 100  # changes to one receiver in one run


def run(office: Office, *, dry_run: bool = False, progress: Progress | None = None, resolver: Resolver = resolve) -> Report:
    """Send until nothing is owed. A receiver that refuses one is left alone until its next try: the later ones wait behind it.

    That a receiver refuses is no fault of the run: its owner sees it.
    """
    report, progress = Report("webhooks", dry_run), progress or silent
    with office.reading(SYSTEM) as r:
        due = webhooks.search_due(r)
    if dry_run or not due:
        return report
    with ThreadPoolExecutor(min(AT_ONCE, len(due))) as senders:
        for done, told in enumerate(senders.map(lambda hook: _tell(office, hook, resolver), due), 1):
            report.done += told.done
            report.lines += told.lines
            progress(done, len(due), "webhooks")
    return report


def _tell(office: Office, hook: int, resolver: Resolver) -> Report:
    told = Report("webhooks")
    for _ in range(MOST):
        with office.reading(SYSTEM) as r:
            delivery = webhooks.next_delivery(r, hook)
        if delivery is None:
            break
        line = f"{hook} {delivery.id}"
        try:
            send(delivery, office.settings, office.now(), resolver)
        except Refused as refused:
            with office.registrar(SYSTEM) as r:
                webhooks.mark_refused(r, delivery, refused.answer, gone=refused.code == webhooks.GONE)
            told.warn(f"{line}: {refused.answer[:100]}")
            break
        with office.registrar(SYSTEM) as r:
            webhooks.mark_taken(r, delivery)
        told.did(line)
    return told
