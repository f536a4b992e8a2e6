"""Delivery: sends every letter whose time has come, each once. It writes none; they were queued by the acts they tell of."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from datetime import timedelta

from jobs.post import Post, Unreachable, open_post, write_message
from jobs.report import Progress, Report, say, silent
from registry.actors import SYSTEM
from registry.desks import letters
from registry.desks.letters import Outgoing
from registry.office import Office

BACK_OFF_MINUTES = (5, 30, 120, 480, 1440)  # before the second try, the third, and so on; after the last comes the end
TRIES = len(BACK_OFF_MINUTES) + 1


def run(office: Office, *, dry_run: bool = False, progress: Progress | None = None) -> Report:
    """Send what is due. A letter that is refused is tried again later, and given up after the last try.

    A mail server that cannot be reached is one failure of the run, and no letter's try is counted.
    """
    report, progress = Report("deliver", dry_run), progress or silent
    if dry_run:
        for letter in _unsent(office):
            report.did(_line(letter))
        return report
    try:
        with open_post(office.settings.smtp_url, office.settings.data / "letters") as post:
            for letter in _unsent(office):
                _deliver(office, post, report, letter)
                progress(report.done + report.failed, None, f"letter {letter.id}")
    except Unreachable as error:
        report.fault(f"邮件服务器无法连接 mail server unreachable: {error}")
    return report


def _unsent(office: Office) -> Iterator[Outgoing]:
    after = 0
    while True:
        with office.reading(SYSTEM) as r:
            page = letters.search_unsent(r, after=after)
        yield from page
        if not page:
            return
        after = page[-1].id


def _deliver(office: Office, post: Post, report: Report, letter: Outgoing) -> None:
    pause = BACK_OFF_MINUTES[min(letter.attempts, len(BACK_OFF_MINUTES) - 1)]
    with office.registrar(SYSTEM) as r:
        taken = letters.take_up(r, letter.id, again_at=r.now + timedelta(minutes=pause))
    if taken is None:
        return
    try:
        post.send(write_message(taken, office.settings.mail_from))
    except (ValueError, smtplib.SMTPException, OSError) as error:
        final = isinstance(error, ValueError) or taken.attempts >= TRIES
        with office.registrar(SYSTEM) as r:
            letters.mark_fault(r, taken, say(error), final=final)
        report.fault(f"{_line(taken)}: {say(error)}{' — 不再重试 given up' if final else ''}")
        return
    with office.registrar(SYSTEM) as r:
        letters.mark_sent(r, taken)
    report.did(_line(taken))


def _line(letter: Outgoing) -> str:
    return f"{letter.id} → {letter.address}: {letter.subject}"
