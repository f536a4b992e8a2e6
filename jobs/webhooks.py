"""The job of webhooks: sends what is owed to each, in the order of the ledger. What is owed, and what comes of it, the desk says."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager

from jobs.hooks import Refused, send
from jobs.report import Progress, Report, say, silent
from registry.actors import SYSTEM
from registry.desks import webhooks
from registry.desks.addresses import Resolver, resolve
from registry.desks.webhooks import Delivery
from registry.office import Office
from registry.registrar import Registrar

AT_ONCE = 32  # receivers told at the same time
AT_THE_BOOKS = threading.Semaphore(4)  # of them: writers pass one at a time, and each needs a connection or two
PATIENCE_SECONDS = 4  # how long a run waits for them: the next one follows, whoever is slow


def run(office: Office, *, dry_run: bool = False, progress: Progress | None = None, resolver: Resolver = resolve) -> Report:
    """Send what is owed. A receiver that refuses one is left alone until its next try: the later ones wait behind it.

    Whoever takes long is left to finish in their own thread, in hand, and keeps no run and nobody else waiting. That a
    receiver refuses is no fault of the run: its owner sees it.
    """
    report, progress = Report("webhooks", dry_run), progress or silent
    with office.reading(SYSTEM) as r:
        owed = webhooks.search_owed(r)
    if dry_run:
        for delivery in owed.deliveries:
            report.did(_line(delivery))
        return report
    if owed.quiet:
        with office.registrar(SYSTEM) as r:
            webhooks.pass_over(r, owed)
    if owed.deliveries:
        _send_all(office, owed.deliveries, report, resolver)
        progress(report.done, len(owed.deliveries), "webhooks")
    return report


def _send_all(office: Office, deliveries: list[Delivery], report: Report, resolver: Resolver) -> None:
    senders = ThreadPoolExecutor(min(AT_ONCE, len(deliveries)), "webhooks")
    try:
        done, _ = wait([senders.submit(_tell, office, each, resolver) for each in deliveries], timeout=PATIENCE_SECONDS)
    finally:
        senders.shutdown(wait=False, cancel_futures=True)
    for told in done:
        try:
            report.done += told.result().done
            report.lines += told.result().lines
        except Exception as error:  # one that cannot be told must not keep the others untold
            report.fault(say(error))


def _tell(office: Office, delivery: Delivery | None, resolver: Resolver) -> Report:
    """Send one delivery and those that follow it, until nothing does, one is refused, or the run's time is over."""
    told, until = Report("webhooks"), time.monotonic() + PATIENCE_SECONDS
    while delivery and time.monotonic() < until:
        with _writing(office) as r:
            if not webhooks.take_up(r, delivery):
                break
        try:
            send(delivery, office.settings, office.now(), resolver)
        except Refused as refused:
            with _writing(office) as r:
                webhooks.mark_refused(r, delivery, refused.answer, gone=refused.code == webhooks.GONE)
            told.warn(f"{_line(delivery)}: {refused.answer[:100]}")
            break
        with _writing(office) as r:
            webhooks.mark_taken(r, delivery)
        told.did(_line(delivery))
        with AT_THE_BOOKS, office.reading(SYSTEM) as r:
            delivery = webhooks.next_delivery(r, delivery.webhook)
    return told


@contextmanager
def _writing(office: Office) -> Iterator[Registrar]:
    with AT_THE_BOOKS, office.registrar(SYSTEM) as r:
        yield r


def _line(delivery: Delivery) -> str:
    return f"{delivery.webhook} {delivery.id}"
