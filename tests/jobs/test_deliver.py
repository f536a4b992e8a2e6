"""Delivery: each letter once, to a real mail server or into a folder; a fault is tried again, then given up."""

from __future__ import annotations

import email
import email.policy
import socket
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, Session
from sqlmodel import col, select

from jobs import deliver, post
from registry.actors import SYSTEM
from registry.books.models import Letter
from registry.desks.letters import Outgoing
from tests.factories import START, Town

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


class Box:
    """What a mail server took; `refuses` answers with an error instead."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.refuses = ""

    async def handle_DATA(self, _server: Any, _session: Session, envelope: Envelope) -> str:
        if self.refuses:
            return self.refuses
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        parsed = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(parsed, EmailMessage)
        self.messages.append(parsed)
        return "250 OK"


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
def server(box: Box) -> Iterator[str]:
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield f"smtp://127.0.0.1:{controller.port}"
    controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def send_by(town: Town, url: str) -> None:
    town.office.settings = replace(town.office.settings, smtp_url=url)


def queued(town: Town) -> list[Letter]:
    with town.office.reading(SYSTEM) as r:
        return list(r.session.exec(select(Letter).order_by(col(Letter.id))))


def test_each_letter_reaches_a_real_server_once(town: Town, box: Box, server: str) -> None:
    number = town.submitted()
    send_by(town, server)
    report = deliver.run(town.office)
    assert report.ok and report.done == len(box.messages) == len(queued(town)) > 0
    first = box.messages[0]
    assert number in str(first["Subject"]) and "申请已提交" in str(first["Subject"])
    assert number in first.get_content() and "市州工信局初审" in first.get_content()
    assert first["Auto-Submitted"] == "auto-generated"
    assert deliver.run(town.office).done == 0 and len(box.messages) == report.done
    assert all(letter.sent_at for letter in queued(town))


def test_without_a_server_letters_are_kept_in_a_folder(town: Town) -> None:
    town.submitted()
    done = deliver.run(town.office).done
    kept = sorted((town.office.settings.data / "letters").iterdir())
    assert len(kept) == done == len(queued(town)) and all(p.suffix == ".eml" for p in kept)
    parsed = email.message_from_bytes(kept[0].read_bytes(), policy=email.policy.default)
    assert "申请已提交" in str(parsed["Subject"])
    assert all(letter.sent_at for letter in queued(town))


def test_a_dry_run_sends_nothing(town: Town) -> None:
    town.submitted()
    assert deliver.run(town.office, dry_run=True).done == len(queued(town))
    assert not (town.office.settings.data / "letters").exists() and not any(x.sent_at for x in queued(town))


def test_a_refused_letter_is_tried_again_later_and_given_up_at_last(town: Town, box: Box, server: str) -> None:
    town.submitted()
    many = len(queued(town))
    send_by(town, server)
    box.refuses = "451 try again later"
    assert deliver.run(town.office).failed == many
    assert deliver.run(town.office).failed == 0  # not at once
    assert all(x.attempts == 1 and x.fault and "451" in x.fault and not x.failed_at for x in queued(town))
    for minutes in deliver.BACK_OFF_MINUTES:
        town.wait(minutes=minutes)
        report = deliver.run(town.office)
        assert report.failed == many and not report.ok
    assert all(x.attempts == deliver.TRIES and x.failed_at for x in queued(town))
    town.wait(days=9)
    assert deliver.run(town.office).lines == []


def test_a_letter_refused_once_is_sent_by_the_next_try(town: Town, box: Box, server: str) -> None:
    town.submitted()
    send_by(town, server)
    box.refuses = "451 try again later"
    deliver.run(town.office)
    box.refuses = ""
    town.wait(minutes=deliver.BACK_OFF_MINUTES[0])
    assert deliver.run(town.office).done == len(box.messages) == len(queued(town))


def test_a_server_that_is_away_costs_no_letter_a_try(town: Town, box: Box, server: str) -> None:
    town.submitted()
    send_by(town, "smtp://127.0.0.1:1")
    report = deliver.run(town.office)
    assert report.failed == 1 and not report.ok and "unreachable" in report.lines[0]
    assert all(x.attempts == 0 for x in queued(town))
    send_by(town, server)
    assert deliver.run(town.office).done == len(box.messages) > 0


def test_a_crash_while_sending_brings_the_letter_back_under_the_same_id(
    town: Town, box: Box, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At most once cannot be had together with never lost; the Message-ID lets every reader see that it is one letter."""
    town.submitted()
    send_by(town, server)
    real = post.Server.send

    def dies(self: post.Server, message: EmailMessage) -> None:
        real(self, message)
        raise KeyboardInterrupt

    monkeypatch.setattr(post.Server, "send", dies)
    with pytest.raises(KeyboardInterrupt):
        deliver.run(town.office)
    monkeypatch.undo()
    town.wait(minutes=deliver.BACK_OFF_MINUTES[0])
    deliver.run(town.office)
    again = [m for m in box.messages if m["Message-ID"] == box.messages[0]["Message-ID"]]
    assert len(again) == 2 and len({m["Message-ID"] for m in box.messages}) == len(queued(town))


@pytest.mark.parametrize("address", ["a@b.example\r\nBcc: victim@c.example", "a@b.example, c@d.example", "nobody", "x <a@b.example>"])
def test_nothing_is_smuggled_into_an_address(address: str) -> None:
    with pytest.raises(ValueError):
        post.write_message(Outgoing(1, 1, address, "主题", "正文", START, 0), "registry@localhost")


def test_nothing_is_smuggled_into_a_subject() -> None:
    with pytest.raises(ValueError):
        post.write_message(Outgoing(1, 1, "a@b.example", "主题\r\nBcc: x@y.example", "正文", START, 0), "registry@localhost")


def test_a_letter_to_an_impossible_address_is_given_up_at_once(town: Town) -> None:
    number = town.reviewed()
    notice = town.noticed(number)
    town.object(notice, number, contact="zhang,li@example.com")
    report = deliver.run(town.office)
    assert report.failed == 1
    failed = [x for x in queued(town) if x.failed_at]
    assert len(failed) == 1 and failed[0].attempts == 1 and "not an address" in str(failed[0].fault)


@pytest.mark.once
@pytest.mark.parametrize("url", ["mail.example", "http://mail.example", "smtp://", "smtp://mail.example:port"])
def test_a_wrong_url_is_named(url: str) -> None:
    with pytest.raises(ValueError, match="SMTP_URL"):
        post.check_url(url)


@pytest.mark.once
def test_starttls_and_a_login_are_used(box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    seen: list[Any] = []

    def sign_in(_server: Any, session: Session, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:
        seen.append((session.ssl is not None, data.login, data.password))
        return AuthResult(success=True)

    controller = Controller(
        box, hostname="127.0.0.1", port=free_port(), tls_context=context, require_starttls=True, authenticator=sign_in, auth_required=True)
    controller.start()
    trusting = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(ssl, "create_default_context", lambda: trusting)
    try:
        with post.open_post(f"smtp+starttls://user:p%40ss@127.0.0.1:{controller.port}", tmp_path) as way:
            way.send(post.write_message(Outgoing(7, 9, "a@b.example", "主题", "正文", START, 0), "registry@office.example"))
    finally:
        controller.stop()
    assert seen == [(True, b"user", b"p@ss")]
    assert box.messages[0]["Message-ID"] == "<letter-7.9@office.example>"
