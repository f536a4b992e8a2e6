"""A client that a public generator made from docs/openapi.json: compiled strictly, it verifies, watches, and follows through a restart."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from registry.actors import PUBLIC
from registry.desks import accounts, enquiries
from tests.factories import PASSWORD, Town

HERE = Path(__file__).parent
MADE = HERE / "client" / "node_modules"  # by `npm ci`

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(not (MADE.is_dir() or os.environ.get("REQUIRE_CLIENT")), reason="needs the generator: npm ci in tests/client"),
]


class Server:
    """The registry as it is started, over the books of a town; killed without a word."""

    def __init__(self, town: Town) -> None:
        self.settings = town.office.settings
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        known = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG")}
        self.running = subprocess.Popen(
            [sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", "--port", str(self.port), "--workers", "1",
             "--blocking-threads", "2", "app:wsgi"], cwd=HERE.parent, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True, env=known | {"DATA": str(self.settings.data), "DATABASE_URL": self.settings.database_url,
                                                 "SECRET_KEY": "for tests only"})  # fmt: skip
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
                return
            except OSError:
                time.sleep(0.1)
        raise TimeoutError(f"nothing listens on {self.port}")

    def kill(self) -> None:
        if self.running:
            os.killpg(self.running.pid, 9)
            self.running.wait(30)
            self.running = None


@pytest.fixture
def server(town: Town) -> Iterator[Server]:
    server = Server(town)
    yield server
    server.kill()


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """The client as it is generated today, with the program on it, compiled."""
    folder = tmp_path / "client"
    shutil.copytree(HERE / "client", folder, ignore=shutil.ignore_patterns("node_modules"))
    (folder / "node_modules").symlink_to(MADE)
    for command in (["openapi-ts", "-i", str(HERE.parent / "docs" / "openapi.json"), "-o", "client", "-c", "@hey-api/client-fetch"],
                    ["tsc", "-p", "."]):  # fmt: skip
        done = subprocess.run(["node", f"node_modules/.bin/{command[0]}", *command[1:]], cwd=folder, capture_output=True, text=True, timeout=180)
        assert done.returncode == 0, done.stdout + done.stderr
    return folder / "follow.js"


def test_a_generated_client_verifies_watches_and_follows_through_a_restart_without_loss(town: Town, server: Server, program: Path) -> None:
    first = town.certified()
    town.do(PUBLIC, accounts.sign_up, login="buyer", name="采购", email="buyer@example.com", password=PASSWORD)
    server.start()
    with subprocess.Popen(["node", str(program), f"http://127.0.0.1:{server.port}", first, "4", "buyer", PASSWORD], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT) as following:  # fmt: skip
        assert following.stdout
        try:
            told = [orjson.loads(following.stdout.readline()) for _ in range(3)]
            server.kill()
            second = town.certified()
            town.sanction(first, "suspend", "ip_in_dispute")
            server.start()
            town.sanction(second, "suspend", "ip_in_dispute")
            rest, _ = following.communicate(timeout=60)
        finally:
            following.kill()
    told += [orjson.loads(line) for line in rest.splitlines()]
    assert following.returncode == 0 and told[:2] == [{"number": first, "outcome": "in_force"}, {"watches": first, "count": 1}]
    with town.office.reading(PUBLIC) as r:
        page = enquiries.search_changes(r, after=0, limit=100)
    [mine] = [x for x in page["items"] if x["certificate"] == first and x["act"] == "suspend"]
    assert [x for x in told if "watched" in x] == [{"watched": first, "act": "suspend", "cursor": mine["cursor"]}]
    assert [x for x in told[2:] if x.keys() == {"cursor", "certificate", "act"}] == [
        {k: x[k] for k in ("cursor", "certificate", "act")} for x in page["items"]]
    assert len(page["items"]) == 4 and {"away": True} in told
