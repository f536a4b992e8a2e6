"""Keys by command, and a receipt verified by command with no database and no network: only the file and a did.json."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import app
from registry.actors import PUBLIC
from registry.desks import receipts
from registry.desks.bills import keep, reports
from registry.desks.bills.keep import Wanted
from registry.desks.statement_prints import print_receipt
from registry.desks.verifications import Asked
from registry.office import Office
from registry.settings import Settings

pytestmark = pytest.mark.once
Call = Callable[..., Result]
ENVIRONMENT = {"KEY_PASSPHRASE": "a passphrase for tests alone", "PUBLIC_BASE_URL": "https://registry.example.cn"}
KID = "did:web:registry.example.cn#es256-"


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    for name in ("TRAINING", "SMTP_URL", "PORT", "LAW_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA", str(tmp_path / "data"))

    def run(*words: str, **environment: str) -> Result:
        result = CliRunner().invoke(app.main, words, env=environment)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return run


@pytest.fixture
def made(call: Call, tmp_path: Path) -> dict[str, Any]:
    """A receipt as JSON, PDF and bare text, and the report on a bill, with the did.json beside them, and nothing else."""
    assert call("keys", "make", **ENVIRONMENT).exit_code == 0
    office = Office(Settings(data=tmp_path / "data", secret_key="tests", key_passphrase=ENVIRONMENT["KEY_PASSPHRASE"],
                             public_base_url=ENVIRONMENT["PUBLIC_BASE_URL"]))
    name = keep.take_bill(office.bills, "型号,数量\nHX-1,2\nHX-2,1\n".encode(), "bom.csv")
    about = keep.find_bill(office.bills, name).about
    keep.confirm_bill(office.bills, name, Wanted(about["columns"], about["begins"]))
    keep.work_on(office.bills, name)
    with office.reading(PUBLIC) as r:
        receipt = receipts.write_receipt(r, office.keys, office.glance, Asked("HN-STJ-2026-9999-X", "HX-112A"))
        pdf = print_receipt(r, receipt)["content"]
        report = reports.report_file(r, office.keys, keep.find_bill(office.bills, name)).read_bytes()
    (tmp_path / "did.json").write_text(json.dumps(office.keys.document()))
    office.close()
    for name, content in {"a.json": json.dumps(receipt).encode(), "a.pdf": pdf, "a.txt": receipt["signed"].encode(), "bill.json": report}.items():
        (tmp_path / name).write_bytes(content)
    return receipt


def test_keys_are_made_listed_rotated_and_retired_by_command(call: Call, tmp_path: Path) -> None:
    no = call("keys", "make")
    assert no.exit_code == 1 and "KEY_PASSPHRASE" in no.output
    assert call("keys", "make", **ENVIRONMENT).output.split() == [f"{KID}1", "did:web:registry.example.cn#ed25519-1", "did:web:registry.example.cn#log-1"]
    assert "there are keys already" in call("keys", "make", **ENVIRONMENT).output
    assert f"{KID}2" in call("keys", "rotate", **ENVIRONMENT).output
    assert call("keys", "retire", "es256-1", **ENVIRONMENT).exit_code == 1
    assert "retired" in call("keys", "retire", "es256-1", "--compromised", **ENVIRONMENT).output
    listed = call("keys", "list", **ENVIRONMENT).output.splitlines()
    assert len(listed) == 4 and next(line for line in listed if "compromised" in line).startswith(f"{KID}1")
    assert "no key named" in call("keys", "retire", "es256-9", **ENVIRONMENT).output


def test_a_training_office_makes_its_own_keys_and_says_on_what_it_signs_that_it_is_one(tmp_path: Path) -> None:
    office = Office(Settings(data=tmp_path / "data", secret_key="tests", training=True))
    office.prepare()
    app._give_keys(office)
    with office.reading(PUBLIC) as r:
        receipt = receipts.write_receipt(r, office.keys, office.glance, Asked("HN-STJ-2026-9999-X"))
    office.close()
    assert receipt["statement"]["training"] is True and (tmp_path / "data" / "keys.passphrase").stat().st_mode & 0o77 == 0


@pytest.mark.parametrize("name", ["a.json", "a.pdf", "a.txt"])
def test_a_receipt_is_verified_with_a_did_json_beside_it_and_nothing_else(call: Call, made: dict[str, Any], tmp_path: Path, name: str) -> None:
    said = call("verify", str(tmp_path / name), DATA=str(tmp_path / "nothing"), DATABASE_URL="postgresql://127.0.0.1:1/nobody")
    assert said.exit_code == 0, said.output
    assert "HN-STJ-2026-9999-X" in said.output and f"{KID}1" in said.output and "not_found" in said.output
    assert not (tmp_path / "nothing").exists()


def test_a_bill_s_report_is_verified_line_by_line(call: Call, made: dict[str, Any], tmp_path: Path) -> None:
    said = call("verify", str(tmp_path / "bill.json"))
    assert said.exit_code == 0 and "行 lines: 2" in said.output
    report = json.loads((tmp_path / "bill.json").read_bytes())
    assert [line["row"] for line in report["lines"]] == [2, 3]
    for changed in ([report["lines"][0] | {"outcome": "in_force"}, report["lines"][1]], report["lines"][:1], report["lines"][::-1], []):
        (tmp_path / "bill.json").write_text(json.dumps(report | {"lines": changed}))
        said = call("verify", str(tmp_path / "bill.json"))
        assert said.exit_code == 1 and "not those that it speaks of" in said.output


def test_what_was_changed_or_has_no_did_json_ends_non_zero_in_words(call: Call, made: dict[str, Any], tmp_path: Path) -> None:
    made["statement"]["asked"]["part"] = "HX-113"
    (tmp_path / "b.json").write_text(json.dumps(made))
    said = call("verify", str(tmp_path / "b.json"))
    assert said.exit_code == 1 and "被改动过" in said.output and "it was changed" in said.output
    for did in ("{}", "[]", "no json", '{"id": "did:web:registry.example.cn", "verificationMethod": [{"id": 1}]}'):
        (tmp_path / "did.json").write_text(did)
        assert call("verify", str(tmp_path / "a.json")).exit_code == 1, did
    (tmp_path / "did.json").unlink()
    assert "did.json is needed" in call("verify", str(tmp_path / "a.json")).output
