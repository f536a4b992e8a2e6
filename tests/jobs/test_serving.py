"""The web server as it is started: browsers that hold their connections open, or open them and say nothing, stop nobody."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

pytestmark = pytest.mark.once  # it makes a database of its own

APP = Path(__file__).parents[2] / "app.py"
REQUEST = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"
BROWSERS = 40  # some of an office's; each keeps up to six connections open


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number = int(probe.getsockname()[1])
    known = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG")}
    server = subprocess.Popen([sys.executable, str(APP), "serve"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              env=known | {"PORT": str(number), "DATA": str(tmp_path), "SECRET_KEY": "for tests only"})  # fmt: skip
    try:
        _wait_for(number)
        yield number
    finally:
        server.terminate()
        server.wait(30)


def test_open_connections_that_ask_nothing_keep_nobody_waiting(port: int) -> None:
    with ExitStack() as kept:
        for asks in [True] * BROWSERS + [False] * BROWSERS:
            connection = kept.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5))
            if asks:
                assert _answer(connection).startswith(b"HTTP/1.1 200")
        with socket.create_connection(("127.0.0.1", port), timeout=5) as fresh:
            assert _answer(fresh).startswith(b"HTTP/1.1 200")


def _answer(connection: socket.socket) -> bytes:
    connection.sendall(REQUEST)
    return connection.recv(4096)


def _wait_for(port: int) -> None:
    for _ in range(300):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
                _answer(connection)
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"nothing listens on {port}")
