"""Who works on bills of materials: one thread beside the requests, begun by whoever asks. A bill's state lies on disk.

So a restart loses nothing: the next to look, or the job, finds a run that has gone silent, and takes it up again.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import structlog

from registry.desks.bills import keep
from registry.desks.bills.keep import Bill, Counter
from web.counter import this_office

AT_ONCE = 10_000  # lines that are answered before the page that asks is
_worker = ThreadPoolExecutor(1, "bills")
log = structlog.get_logger("web")


def desk() -> Counter:
    """The counter for bills of this office."""
    return this_office().bills


def set_to_work(name: str) -> Bill:
    """Let a confirmed bill be answered: at once if it is short, beside the requests otherwise. Returns it as it is then."""
    at, bill = desk(), keep.find_bill(desk(), name)
    if keep.is_idle(at, bill):
        if bill.about["lines"] <= AT_ONCE:
            _work(at, name)
        else:
            _worker.submit(_work, at, name)
    return keep.find_bill(at, name)


def _work(at: Counter, name: str) -> None:
    """What fails is told to whoever runs the office; the bill is tried again, and in the end says that it failed."""
    try:
        keep.work_on(at, name)
    except Exception:
        log.exception("bill_failed", bill=name[:6])
