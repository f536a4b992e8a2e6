"""Webhooks: a real https receiver gets every change, signed, in order, through refusals, deaths and replays; and none inside is reached."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from jobs import hooks
from jobs import webhooks as job
from registry.actors import PUBLIC, Actor
from registry.desks import accounts, watches, webhooks
from registry.desks.addresses import find_target, is_reachable
from registry.errors import BadInput
from tests.factories import PASSWORD, Town
from tests.receiver import certify


@dataclass
class Receiver:
    """Somebody else's server: what it was sent, and what it will answer next (200 when nothing is said)."""

    url: str
    ca: Path
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.got]


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    cert, key = certify(tmp_path)
    found = Receiver("", cert)

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
            status, headers, said = found.answers.pop(0) if found.answers else (200, {}, b"")
            self.send_response(status)
            for name, value in (headers | {"Content-Length": str(len(said))}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    server = HTTPServer(("127.0.0.1", 0), Answer)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    found.url = f"https://localhost:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


def home(host: str, port: int) -> list[str]:
    return ["127.0.0.1"]


@dataclass
class Told:
    """A buyer who watches one certificate and has a webhook for it."""

    town: Town
    buyer: Actor
    number: str
    secret: str
    hook: int

    def run(self) -> None:
        job.run(self.town.office, resolver=home)

    def shown(self) -> dict[str, Any]:
        with self.town.office.reading(self.buyer) as r:
            return webhooks.list_webhooks(r)[0]

    def again(self, seconds: float = 4000) -> None:
        self.town.wait(seconds=seconds)
        self.run()


@pytest.fixture
def told(town: Town, receiver: Receiver) -> Told:
    town.admin(), town.bureau(), town.department()
    for number in range(1, 6):
        town.expert(number)
    town.office.settings = replace(town.office.settings, webhook_ca=str(receiver.ca), webhook_networks="127.0.0.0/8")
    number = town.certified()
    town.do(PUBLIC, accounts.sign_up, login="buyer", name="采购", email="buyer@example.com", password=PASSWORD)
    buyer = town.actor("buyer")
    town.do(buyer, watches.watch, kind="certificate", value=number)
    made = town.do(buyer, webhooks.make_webhook, url=receiver.url, resolver=home)
    return Told(town, buyer, number, made["secret"], made["id"])


def verified(told: Told, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What a receiver reads that verifies with the public library; the office's clock stands in another year."""
    monkeypatch.setattr(Webhook, "_Webhook__verify_timestamp", lambda self, at: datetime.fromtimestamp(float(at), tz=UTC))
    return [Webhook(told.secret).verify(body, headers) for headers, body in receiver.got]


def test_a_change_arrives_signed_so_that_the_public_library_verifies_it(told: Told, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    told.run()
    assert receiver.got == []
    told.town.sanction(told.number, "suspend", "ip_in_dispute")
    told.run()
    told.run()
    [message] = verified(told, receiver, monkeypatch)
    assert (message["type"], message["data"]["certificate"], message["data"]["after"]) == ("certificate.suspend", told.number, "suspended")
    assert message["data"]["label"].keys() == {"zh", "en"} and told.shown()["state"] == "working"


def test_one_that_is_refused_is_tried_again_and_the_later_ones_wait_behind_it(told: Told, receiver: Receiver) -> None:
    told.town.granted(told.number)
    told.town.sanction(told.number, "suspend", "ip_in_dispute")
    receiver.answers = [(500, {}, b"full")]
    told.run()
    told.run()
    assert len(receiver.got) == 1 and told.shown()["answer"] == "500 full" and told.shown()["state"] == "failing"
    told.again(seconds=11)
    first, second, third = receiver.ids
    assert first == second and int(third.removeprefix("change_")) > int(second.removeprefix("change_"))
    assert told.shown()["state"] == "working"


def test_a_sender_that_dies_repeats_the_message_under_its_id_and_loses_none(
    told: Told, receiver: Receiver, monkeypatch: pytest.MonkeyPatch,
) -> None:
    told.town.sanction(told.number, "suspend", "ip_in_dispute")
    send = hooks.send

    def dies(*given: Any) -> None:
        send(*given)
        raise KeyboardInterrupt

    with monkeypatch.context() as m, pytest.raises(KeyboardInterrupt):
        m.setattr(job, "send", dies)
        told.run()
    told.run()
    assert len(receiver.ids) == 1, "it is in hand until it must have died"
    told.again(seconds=30)
    assert len(receiver.ids) == 2 and len(set(receiver.ids)) == 1
    told.run()
    assert len(receiver.ids) == 2


def test_after_the_last_try_it_is_a_dead_letter_and_can_be_replayed(told: Told, receiver: Receiver) -> None:
    told.town.granted(told.number)
    told.town.sanction(told.number, "suspend", "ip_in_dispute")
    receiver.answers = [(503, {}, b"")] * webhooks.TRIES
    for _ in range(webhooks.TRIES):
        told.again()
    [dead] = told.shown()["dead_letters"]
    assert (dead["attempts"], dead["answer"]) == (webhooks.TRIES, "503")
    told.again()
    lost, later = receiver.ids[0], receiver.ids[-1]
    assert later != lost
    told.town.do(told.buyer, webhooks.replay, told.hook, after=dead["cursor"] - 1)
    told.run()
    assert receiver.ids[-2:] == [lost, later] and told.shown()["dead_letters"] == []


@pytest.mark.parametrize("gone", [True, False], ids=["410", "days of failures"])
def test_one_that_takes_nothing_is_disabled_with_a_letter_and_works_again_after_a_replay(told: Told, receiver: Receiver, gone: bool) -> None:
    told.town.sanction(told.number, "suspend", "ip_in_dispute")
    receiver.answers = [(410 if gone else 500, {}, b"")] * (1 if gone else 2)
    told.run()
    if not gone:
        told.town.wait(days=5)
        told.run()
    assert told.shown()["state"] == "disabled" and "停用" in told.town.letters_to("buyer")[-1].subject
    told.again()
    tries = len(receiver.got)
    told.town.do(told.buyer, webhooks.replay, told.hook, after=told.shown()["cursor"])
    told.run()
    assert len(receiver.got) == tries + 1 and told.shown()["state"] == "working"


def test_whoever_is_slow_keeps_nobody_else_waiting(told: Told, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run leaves them to finish in their own thread; the next one serves the others, and does not send theirs twice."""
    told.town.do(told.buyer, webhooks.make_webhook, url=receiver.url + "/slow", resolver=home)
    begun, end, send = threading.Event(), threading.Event(), hooks.send

    def slow(delivery: webhooks.Delivery, *given: Any) -> None:
        if delivery.url.endswith("slow"):
            begun.set()
            end.wait(30)
        send(delivery, *given)

    monkeypatch.setattr(job, "send", slow)
    monkeypatch.setattr(job, "PATIENCE_SECONDS", 0.5)
    told.town.granted(told.number)
    told.run()
    told.town.sanction(told.number, "suspend", "ip_in_dispute")
    told.run()
    came(receiver, 2)
    assert begun.wait(30) and told.shown()["state"] == "working"
    end.set()
    came(receiver, 3)
    for _ in range(100):  # its thread writes down that the first has come, after it has
        told.town.wait(seconds=1)
        told.run()
        if len(receiver.ids) >= 4:
            break
        threading.Event().wait(0.1)
    came(receiver, 4)
    assert sorted(receiver.ids) == sorted(receiver.ids[:2] * 2)


def came(receiver: Receiver, messages: int) -> None:
    """Wait until so many have come, on however slow a machine; no more have."""
    for _ in range(600):
        if len(receiver.ids) >= messages:
            break
        threading.Event().wait(0.05)
    assert len(receiver.ids) == messages


def test_what_concerns_nobody_is_looked_through_once(told: Told, receiver: Receiver) -> None:
    told.town.applicant(2)
    assert told.shown()["cursor"] < told.town.do(told.buyer, watches.ledger_size)
    told.run()
    assert receiver.got == [] and told.shown()["cursor"] == told.town.do(told.buyer, watches.ledger_size)


def test_a_name_server_that_does_not_answer_is_a_try_that_failed(told: Told, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "CONNECT_SECONDS", 0.2)
    told.town.sanction(told.number, "suspend", "ip_in_dispute")
    end = threading.Event()
    job.run(told.town.office, resolver=lambda host, port: ["127.0.0.1"] if end.wait(30) else [])
    end.set()
    assert receiver.got == [] and "找不到该主机" in told.shown()["answer"]


def test_no_redirect_is_followed(told: Told, receiver: Receiver) -> None:
    told.town.sanction(told.number, "suspend", "ip_in_dispute")
    receiver.answers = [(307, {"Location": receiver.url + "/inside"}, b"")]
    told.run()
    assert len(receiver.got) == 1 and told.shown()["answer"] == "307"


def test_a_name_that_leads_inside_at_delivery_is_refused_though_it_was_public_before(told: Told, receiver: Receiver) -> None:
    """DNS rebinding: each try looks again, and connects to what it looked at."""
    told.town.sanction(told.number, "suspend", "ip_in_dispute")
    told.town.office.settings = replace(told.town.office.settings, webhook_networks="")
    told.run()
    assert receiver.got == [] and "private" in told.shown()["answer"]


def test_the_connection_goes_to_the_address_that_was_checked(told: Told, receiver: Receiver) -> None:
    """A name nobody can resolve is reached all the same by the address that the resolver gave once."""
    asked: list[str] = []

    def once(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    told.town.sanction(told.number, "suspend", "ip_in_dispute")
    job.run(told.town.office, resolver=once)
    assert len(receiver.got) == 1


def test_a_receiver_whose_certificate_is_not_trusted_gets_nothing(told: Told, receiver: Receiver) -> None:
    told.town.office.settings = replace(told.town.office.settings, webhook_ca="")
    told.town.sanction(told.number, "suspend", "ip_in_dispute")
    told.run()
    assert receiver.got == [] and "CERTIFICATE_VERIFY_FAILED" in told.shown()["answer"]


PRIVATE = ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "240.0.0.1",
           "255.255.255.255", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
           "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1"]


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_or_reserved_address_is_refused(address: str) -> None:
    assert not is_reachable(address)
    with pytest.raises(BadInput):
        find_target("https://example.com/", "", lambda host, port: ["93.184.216.34", address])


@pytest.mark.parametrize("url", [
    "http://example.com/", "https://user:secret@example.com/", "https://example.com/#x", "ftp://example.com/", "https:///x", "example.com",
    "https://exa mple.com/", "https://example.com\\@inside/", "https://example.com:99999/", "https://[::1/", "javascript:alert(1)", "https://例子.com/",
])
def test_what_is_not_a_plain_https_address_is_refused(url: str) -> None:
    with pytest.raises(BadInput):
        find_target(url, "", lambda host, port: ["93.184.216.34"])


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f000001", "127.1", "0177.0.0.1", "127.0.0.1."])
def test_an_address_in_disguise_is_resolved_before_it_is_judged(host: str) -> None:
    with pytest.raises(BadInput):
        find_target(f"https://{host}/", "", lambda name, port: [socket.inet_ntoa(socket.inet_aton(name.rstrip(".")))])


def test_a_public_address_is_taken_as_it_stands() -> None:
    found = find_target("https://example.com/a?b=c", "", lambda host, port: ["93.184.216.34"])
    assert (found.address, found.host, found.port, found.path) == ("93.184.216.34", "example.com", 443, "/a?b=c")
