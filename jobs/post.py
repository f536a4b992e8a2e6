"""The two ways out for a letter: a mail server, or a folder where there is none. Knows no database and no back-off."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, unquote, urlsplit

from registry.desks.letters import Outgoing

SCHEMES = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
TIMEOUT_SECONDS = 20


class Unreachable(Exception):
    """There is no way out at the moment: no letter's try is counted."""


class Post(Protocol):
    """Whoever takes letters. `send` raises when this one letter could not be taken."""

    def send(self, message: EmailMessage) -> None: ...


def write_message(letter: Outgoing, sender: str) -> EmailMessage:
    """The letter as a message. ValueError if an address or the subject holds a line break: nothing can be smuggled in.

    The Message-ID is the letter's own, so that a letter sent twice (a crash between sending and noting it) is known
    as one by every mail server and reader.
    """
    if parseaddr(letter.address)[1] != letter.address or "@" not in letter.address:
        raise ValueError(f"not an address: {letter.address!r}")
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = letter.address
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(letter.queued_at)
    message["Message-ID"] = f"<letter-{letter.id}.{letter.entry_seq}@{parseaddr(sender)[1].partition('@')[2] or 'localhost'}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.body, charset="utf-8")
    return message


def check_url(url: str) -> SplitResult:
    """`url` in its parts; ValueError that names what is wrong with it, never its password."""
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES or not parts.hostname:
        raise ValueError(f"SMTP_URL: expected one of {', '.join(f'{s}://host:port' for s in SCHEMES)}")
    try:
        _ = parts.port
    except ValueError:
        raise ValueError("SMTP_URL: the port is not a number from 1 to 65535") from None
    return parts


class Folder:
    """Keeps each letter as an .eml file, readable by any mail program, in the order of its number."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def send(self, message: EmailMessage) -> None:
        name = f"{message['Message-ID'].strip('<>').partition('.')[0].partition('-')[2]:0>8}.eml"
        fresh = self._folder / f".{name}"
        fresh.write_bytes(message.as_bytes())
        fresh.replace(self._folder / name)  # whole or not at all; the same letter again replaces itself


class Server:
    """One connection to a mail server, opened anew when it was lost."""

    def __init__(self, url: str) -> None:
        self._parts = check_url(url)
        self._connection = self._connect()

    def send(self, message: EmailMessage) -> None:
        try:
            self._connection.send_message(message)
        except smtplib.SMTPServerDisconnected:
            self._connection = self._connect()
            raise

    def close(self) -> None:
        try:
            self._connection.quit()
        except (smtplib.SMTPException, OSError):
            self._connection.close()

    def _connect(self) -> smtplib.SMTP:
        parts, context = self._parts, ssl.create_default_context()
        where = (parts.hostname or "", parts.port or SCHEMES[parts.scheme])
        try:
            if parts.scheme == "smtps":
                connection: smtplib.SMTP = smtplib.SMTP_SSL(*where, timeout=TIMEOUT_SECONDS, context=context)
            else:
                connection = smtplib.SMTP(*where, timeout=TIMEOUT_SECONDS)
            if parts.scheme == "smtp+starttls":
                connection.starttls(context=context)
            if parts.username:
                connection.login(unquote(parts.username), unquote(parts.password or ""))
        except (smtplib.SMTPException, OSError) as error:
            raise Unreachable(f"{where[0]}:{where[1]}: {type(error).__name__}: {error}") from error
        return connection


@contextmanager
def open_post(smtp_url: str, letters: Path) -> Iterator[Post]:
    """The mail server of `smtp_url`, or the folder `letters` when it is empty. Unreachable if it cannot be had."""
    if not smtp_url:
        yield Folder(letters)
        return
    server = Server(smtp_url)
    try:
        yield server
    finally:
        server.close()
