"""Runs the web server and the scheduler side by side as processes, and ends them together. It knows neither of them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path

LOOK_SECONDS, PATIENCE_SECONDS = 0.2, 30


def supervise(commands: Sequence[Sequence[str]], home: Path, host: str, port: int) -> int:
    """Run `commands` together until one ends or SIGINT or SIGTERM comes; then all are told to end and waited for.

    Says on standard output where the office is, once somebody listens there. Returns 0, or 1 if one ended badly.
    """
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    path = os.pathsep.join([str(home), *filter(None, [os.environ.get("PYTHONPATH")])])
    # In sessions of their own: a ctrl-C in the terminal reaches us alone, and we end them in order.
    running = [subprocess.Popen(c, env=os.environ | {"PYTHONPATH": path}, start_new_session=True) for c in commands]
    announced = False
    while not stop.wait(LOOK_SECONDS) and all(child.poll() is None for child in running):
        if not announced and not is_free(host, port):
            print(f"\n  http://{host}:{port}  (Ctrl-C 停止 stops)\n", flush=True)
            announced = True
    failed = any(child.poll() for child in running)
    _end(running)
    return int(failed)


def is_free(host: str, port: int) -> bool:
    """Whether nobody listens there yet."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.settimeout(1)
        return probe.connect_ex((_reach(host), port)) != 0


def _reach(host: str) -> str:
    """An address at which a server that listens on `host` can be reached from here."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104


def _end(running: Sequence[subprocess.Popen[bytes]]) -> None:
    for child in running:
        child.terminate()
    for child in running:
        try:
            child.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
