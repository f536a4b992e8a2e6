"""The way out for a webhook: one signed request to the very address that was checked. Knows no database and no back-off."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from http.client import HTTPException, HTTPSConnection
from typing import Any

import orjson
from standardwebhooks import Webhook

from registry.clock import OFFICE_ZONE
from registry.desks.addresses import Resolver, Target, find_target, resolve
from registry.desks.webhooks import Delivery
from registry.errors import BadInput
from registry.settings import Settings
from registry.words import Text

CONNECT_SECONDS, WHOLE_SECONDS = 5, 10  # the whole: looking up the name, connecting, asking and being answered
MOST_ANSWER = 400  # octets of an answer that are read, to be shown


class Refused(Exception):
    """The receiver did not take it: what it said, and its status if it said one."""

    def __init__(self, answer: str, code: int = 0) -> None:
        super().__init__(answer)
        self.answer, self.code = answer, code


class Pinned(HTTPSConnection):
    """A connection to one checked address, under the name that the receiver's certificate must have."""

    def __init__(self, target: Target, context: ssl.SSLContext) -> None:
        super().__init__(target.host, target.port, timeout=CONNECT_SECONDS, context=context)
        self._target, self._tls, self._over = target, context, False

    def connect(self) -> None:
        plain = socket.create_connection((self._target.address, self._target.port), CONNECT_SECONDS)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self._target.host, do_handshake_on_connect=False)
        if self._over:
            raise TimeoutError("out of time")
        self.sock.do_handshake()

    def cut(self) -> None:
        """End it whatever it is doing: one octet now and then keeps no sender busy."""
        self._over = True
        if self.sock is not None:
            self.sock.shutdown(socket.SHUT_RDWR)


def send(delivery: Delivery, settings: Settings, now: datetime, resolver: Resolver = resolve) -> None:
    """Hand it over; only a 2xx is taken, and no redirect is followed. Refused says why not."""
    body = write_body(delivery)
    headers = {
        "Content-Type": "application/json", "User-Agent": "registry-webhooks/1", "Connection": "close", "webhook-id": delivery.id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(delivery.secret).sign(delivery.id, now, body.decode()),
    }
    try:
        until = time.monotonic() + WHOLE_SECONDS
        target = find_target(delivery.url, settings.webhook_networks, lambda host, port: _in_time(resolver, host, port))
        status, said = _post(target, body, headers, settings.webhook_ca, until)
    except BadInput as refusal:
        raise Refused(f"{refusal.detail.zh} {refusal.detail.en}") from refusal
    except (OSError, HTTPException) as error:
        raise Refused(f"{type(error).__name__}: {error}") from error
    if not 200 <= status < 300:
        raise Refused(f"{status} {said}".strip(), status)


def _in_time(resolver: Resolver, host: str, port: int) -> Sequence[str]:
    """What the name server says, if it says it in time: a look-up cannot be cut, only left alone."""
    found: list[Sequence[str]] = []

    def look_up() -> None:
        with suppress(OSError, UnicodeError):
            found.append(resolver(host, port))

    asking = threading.Thread(target=look_up, daemon=True)
    asking.start()
    asking.join(CONNECT_SECONDS)
    return found[0] if found else []


def _post(target: Target, body: bytes, headers: dict[str, str], ca: str, until: float) -> tuple[int, str]:
    context = ssl.create_default_context()
    if ca:
        context.load_verify_locations(ca)
    connection = Pinned(target, context)
    limit = threading.Timer(max(until - time.monotonic(), 0), connection.cut)
    limit.start()
    try:
        connection.connect()
        connection.request("POST", target.path, body, headers)
        answer = connection.getresponse()
        said = answer.read(MOST_ANSWER).decode("utf-8", "replace")
        return answer.status, "".join(c if c.isprintable() else " " for c in said)
    finally:
        limit.cancel()
        connection.close()


def write_body(delivery: Delivery) -> bytes:
    """What is sent, to the octet: the change as `GET /changes` shows it."""
    change = delivery.change
    return orjson.dumps({"type": f"certificate.{change['act']}", "timestamp": change["at"].astimezone(OFFICE_ZONE), "data": change},
                        default=_plain, option=orjson.OPT_UTC_Z)


def _plain(value: Any) -> Any:
    if isinstance(value, Text):
        return {"zh": value.zh, "en": value.en}
    raise TypeError(type(value))
