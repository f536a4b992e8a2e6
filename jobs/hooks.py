"""The way out for a webhook: one signed request to the very address that was checked. Knows no database and no back-off."""

from __future__ import annotations

import socket
import ssl
import threading
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

CONNECT_SECONDS, WHOLE_SECONDS = 5, 10
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
        self._target, self._tls = target, context

    def connect(self) -> None:
        plain = socket.create_connection((self._target.address, self._target.port), CONNECT_SECONDS)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self._target.host)

    def cut(self) -> None:
        """End it whatever it is doing: one octet now and then keeps no sender busy."""
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
        target = find_target(delivery.url, settings.webhook_networks, resolver)
        status, said = _post(target, body, headers, settings.webhook_ca)
    except BadInput as refusal:
        raise Refused(f"{refusal.detail.zh} {refusal.detail.en}") from refusal
    except (OSError, HTTPException) as error:
        raise Refused(f"{type(error).__name__}: {error}") from error
    if not 200 <= status < 300:
        raise Refused(f"{status} {said}".strip(), status)


def _post(target: Target, body: bytes, headers: dict[str, str], ca: str) -> tuple[int, str]:
    context = ssl.create_default_context()
    if ca:
        context.load_verify_locations(ca)
    connection = Pinned(target, context)
    connection.connect()
    limit = threading.Timer(WHOLE_SECONDS, connection.cut)
    limit.start()
    try:
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
