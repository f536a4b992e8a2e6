"""Libraries not written here verify a certificate's bundle in every state, and after the keys are changed: jose, and Digital Bazaar's."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from flask import Flask

from jobs import seal
from registry.actors import SYSTEM
from registry.desks import keys
from tests.factories import Town, with_keys

CLIENT = Path(__file__).parents[1] / "client"
MADE = CLIENT / "node_modules"  # by `npm ci`

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(not (MADE.is_dir() or os.environ.get("REQUIRE_CLIENT")), reason="needs the verifiers: npm ci in tests/client"),
]


def test_verifiers_of_others_accept_it_in_every_state_and_after_a_change_of_keys(people: Town, app: Flask, tmp_path: Path) -> None:
    number, client = people.certified(), app.test_client()
    with_keys(people.office)
    seal.run(people.office)
    bundles = tmp_path / "bundles"
    bundles.mkdir()

    def keep(name: str) -> None:
        answer = client.get(f"/api/v1/certificates/{number}/bundle")
        assert answer.status_code == 200, answer.text
        (bundles / f"{name}.json").write_bytes(answer.data)

    keep("1 valid")
    people.sanction(number, "suspend", "ip_in_dispute")
    keep("2 suspended")
    with people.office.registrar(SYSTEM) as r:
        keys.rotate_keys(r, people.office.keys)
    keep("3 suspended, other keys in use")
    people.sanction(number, "reinstate", "doubt_cleared")
    keep("4 reinstated")
    people.sanction(number, "revoke", "false_material")
    keep("5 revoked")
    command = ["node", str(CLIENT / "verify.mjs"), str(bundles), people.office.now().isoformat()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=CLIENT)
    assert done.returncode == 0, done.stderr
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(each["file"][0], each["set"]) for each in told] == [
        ("1", []), ("2", ["suspension"]), ("3", ["suspension"]), ("4", []), ("5", ["revocation"])]
    for each in told:
        assert each["said"] == [{"jose": True, "integrity": True, "edited": False}] * 3 and each["verified"]
