"""Receipts verify without the registry, by libraries not written here; nothing passes for one that was not signed as one."""

from __future__ import annotations

import base64
import io
import json
import logging
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import jwt
import pytest
import rfc8785
from joserfc.errors import JoseError
from jwcrypto import jwk, jws
from sqlalchemy import text

from registry.actors import PUBLIC, SYSTEM
from registry.clock import FrozenClock
from registry.desks import examinations, keys, receipts
from registry.desks.verifications import Asked
from registry.errors import AlreadyDone, BadInput, CannotSign, NotEntitled, NotFound
from registry.office import Office
from registry.seal import statements
from registry.seal.keys import ALGORITHMS, Keyring, did_of
from registry.seal.statements import Envelope, NotGenuine, check, digest_of_lines, open_envelope
from registry.settings import Settings
from tests.factories import Town
from web.pages.receipts import SAMPLE

pytestmark = pytest.mark.once
PASSPHRASE = "a passphrase for tests alone"
SAMPLES = re.findall(r"```python\n(.*?)```", (Path(__file__).parents[2] / "docs" / "receipts.md").read_text(), re.DOTALL)
NOBODY = "HN-STJ-2026-9999-X"  # a number that no certificate has: the lightest question
DID = "did:web:registry.example.cn%3A8443"
Receive = Callable[..., dict[str, Any]]


@pytest.fixture
def office(database_url: str, tmp_path: Path, clock: FrozenClock) -> Iterator[Office]:
    settings = Settings(data=tmp_path / "data", database_url=database_url, secret_key="for tests only", key_passphrase=PASSPHRASE,
                        public_base_url="https://registry.example.cn:8443")
    office = Office(settings, clock)
    office.prepare()
    yield office
    office.close()


@pytest.fixture
def signing(town: Town) -> Town:
    with town.office.registrar(SYSTEM) as r:
        keys.make_keys(r, town.office.keys)
    return town


@pytest.fixture
def receive(signing: Town) -> Receive:
    def ask(number: str, *more: Any) -> dict[str, Any]:
        with signing.office.reading(PUBLIC) as r:
            return receipts.write_receipt(r, signing.office.keys, signing.office.glance, Asked(number, *more))

    return ask


def examined(town: Town, content: bytes) -> examinations.Told:
    with town.office.reading(PUBLIC) as r:
        return examinations.examine(r, town.office.keys, town.office.bills, content)


def found(town: Town, content: bytes) -> dict[str, bool | None]:
    return {finding.code: finding.holds for finding in examined(town, content).findings}


def as_bytes(receipt: dict[str, Any]) -> bytes:
    return json.dumps(receipt).encode()


def rotate(town: Town) -> None:
    with town.office.registrar(SYSTEM) as r:
        keys.rotate_keys(r, town.office.keys)


# ------------------------------------------------------------------------------------------------------------- receipts


def test_a_receipt_says_what_was_asked_answered_when_and_by_which_ledger(signing: Town, receive: Receive) -> None:
    number = signing.certified()
    said = receive(number, "HX-112A")["statement"]
    assert said["asked"] == {"number": number, "part": "HX-112A", "on": str(signing.today), "known_at": None}
    assert said["answer"]["outcome"] == "in_force" and set(said["answer"]["axes"]) == {
        "authentic", "in_scope", "in_force_on_day", "standing_now", "fresh"}
    with signing.office.engine.connect() as connection:
        assert said["ledger"] == dict(connection.execute(text("SELECT seq AS size, hash AS head FROM entry ORDER BY seq DESC LIMIT 1")).one()._mapping)
    assert said["issued_at"] == said["answer"]["as_of"] == signing.clock.now().isoformat().replace("+00:00", "Z")
    assert said["issuer"]["id"] == DID


def test_two_libraries_not_written_here_accept_it_and_read_the_same(signing: Town, receive: Receive) -> None:
    receipt = receive(NOBODY, "HX-112A")
    document = signing.office.keys.document()
    [public] = [m["publicKeyJwk"] for m in document["verificationMethod"] if m["type"] == "JsonWebKey"]
    told = jwt.decode_complete(receipt["signed"], jwt.PyJWK(public), ["ES256"])
    assert told["payload"] == receipt["statement"]
    assert told["header"] == {"alg": "ES256", "typ": "verification-receipt+jwt", "cty": "json", "kid": f"{DID}#es256-1", "iss": DID}
    token = jws.JWS()
    token.deserialize(receipt["signed"], jwk.JWK(**public), alg="ES256")
    assert token.payload == rfc8785.dumps(receipt["statement"])


@pytest.mark.parametrize("sample", SAMPLES, ids=["PyJWT", "joserfc"])
def test_the_lines_that_integrators_are_told_verify_it(signing: Town, receive: Receive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                                       sample: str) -> None:
    receipt = receive(NOBODY)
    (tmp_path / "did.json").write_text(json.dumps(signing.office.keys.document()))
    (tmp_path / "receipt.json").write_bytes(as_bytes(receipt))
    monkeypatch.chdir(tmp_path)
    with redirect_stdout(io.StringIO()) as printed:
        exec(sample, {})
    assert NOBODY in printed.getvalue()
    payload = rfc8785.dumps(receipt["statement"])
    other = [receipt["signed"].replace(".ey", ".eX", 1), signing.office.keys.sign({"typ": "vc+jwt"}, payload)]
    for signed in other:
        (tmp_path / "receipt.json").write_bytes(as_bytes(receipt | {"signed": signed}))
        with pytest.raises((jwt.InvalidTokenError, JoseError, AssertionError)):
            exec(sample, {})


def test_the_page_tells_the_lines_that_the_document_tells() -> None:
    assert SAMPLES[0] == SAMPLE


def test_every_character_that_is_changed_is_found(signing: Town, receive: Receive) -> None:
    receipt = receive(NOBODY, "HX-112A")
    signed, document = receipt["signed"], signing.office.keys.document()
    for place in [*range(0, len(signed), 97), len(signed) - 1]:
        if signed[place] == ".":
            continue
        other = signed[:place] + chr(ord("A") + (ord(signed[place]) == ord("A"))) + signed[place + 1:]
        with pytest.raises(NotGenuine):
            check(Envelope(other), document)


def test_a_readable_part_that_says_otherwise_is_found(signing: Town, receive: Receive) -> None:
    receipt = receive(NOBODY, "HX-112A")
    receipt["statement"]["answer"]["outcome"] = "in_force"
    assert found(signing, as_bytes(receipt)) == {"changed": False}


@pytest.mark.parametrize("change", [{"note": "approved"}, {"format": "registry-bill-report/1"}, {"statement": {}}, {"statement": []}])
def test_nothing_is_put_beside_what_was_signed(signing: Town, receive: Receive, change: dict[str, Any]) -> None:
    assert found(signing, as_bytes(receive(NOBODY) | change)) == {"changed": False}


@pytest.mark.parametrize("lines", ["[]", "[" * 400 + "]" * 400, "[18446744073709551616, 1e400]", "[1.5]", '["x", null]'])
def test_lines_that_no_report_has_are_refused_in_words(signing: Town, receive: Receive, lines: str) -> None:
    """Read as they come, however odd: deeper than is written, larger than is counted."""
    shown = '{"signed": "' + receive(NOBODY)["signed"] + '", "lines": ' + lines + "}"
    assert set(found(signing, shown.encode())) <= {"lines-changed", "nothing"}


def test_a_pdf_that_is_made_to_unpack_to_much_is_given_up(signing: Town) -> None:
    bomb = b"%PDF-1.7" + (b"stream\n" + zlib.compress(b'{"signed"' + b"0" * 30_000_000)[:-4]) * 20 + b"stream\n" * 10_000
    assert found(signing, bomb) == {"nothing": False}


@pytest.mark.parametrize(("header", "code"), [
    ({"typ": "bill-report+jwt"}, "malformed"), ({"typ": "vc+jwt"}, "other-kind"), ({"typ": "verification-receipt"}, "other-kind"), ({}, "other-kind"),
])  # fmt: skip
def test_what_was_signed_as_something_else_is_no_receipt(signing: Town, receive: Receive, header: dict[str, str], code: str) -> None:
    payload = rfc8785.dumps(receive(NOBODY)["statement"])
    signed = signing.office.keys.sign(header, payload)
    assert found(signing, signed.encode()) == {code: False}


def test_no_algorithm_but_ours_counts(signing: Town, receive: Receive) -> None:
    receipt = receive(NOBODY)
    for alg in ("none", "HS256"):
        head = {"alg": alg, "typ": "verification-receipt+jwt", "kid": f"{DID}#es256-1", "iss": DID}
        forged = jwt.encode(receipt["statement"], "k" * 32 if alg == "HS256" else None, alg, headers=head)
        if alg == "none":
            forged += base64.urlsafe_b64encode(b"x" * 64).decode().rstrip("=")
        assert found(signing, forged.encode()) == {"other-kind": False}


def test_another_registry_s_receipt_and_a_key_of_nobody_are_refused(signing: Town, receive: Receive, tmp_path: Path) -> None:
    payload = rfc8785.dumps(receive(NOBODY)["statement"])
    other = Keyring(tmp_path / "other", "did:web:other.example.cn", PASSPHRASE)
    other.make("ES256", signing.clock.now())
    assert found(signing, other.sign({"typ": "verification-receipt+jwt"}, payload).encode()) == {"other-issuer": False}
    posing = Keyring(tmp_path / "posing", DID, PASSPHRASE)
    posing.make("ES256", signing.clock.now())
    assert found(signing, posing.sign({"typ": "verification-receipt+jwt"}, payload).encode()) == {"broken": False}
    posing.rotate(signing.clock.now())
    assert found(signing, posing.sign({"typ": "verification-receipt+jwt"}, payload).encode()) == {"no-key": False}


@pytest.mark.parametrize("shown", [
    b"", b"{", b"[]", b"{}", b'{"signed": 1}', b'{"signed": "a.b"}', b"%PDF-1.7 stream\n", b"a.b.c", b"\xff.\xfe.\xfd", b"x" * 99])
def test_what_is_no_statement_is_said_to_be_none(signing: Town, shown: bytes) -> None:
    assert found(signing, shown) == {"nothing": False}


def test_signed_text_may_be_broken_into_lines(signing: Town, receive: Receive) -> None:
    signed = receive(NOBODY)["signed"]
    assert examined(signing, f"  {signed[:90]}\r\n {signed[90:]}\n".encode()).holds


# ------------------------------------------------------------------------------------- what the register says of it later


def test_a_later_revocation_is_told_and_the_receipt_stays_true(signing: Town, receive: Receive) -> None:
    number = signing.certified()
    receipt = receive(number, "HX-112A")
    signing.wait(hours=1)
    told = examined(signing, as_bytes(receipt))
    assert told.holds and {f.code: f.holds for f in told.findings} == {"signature": True, "ledger": True, "then": True, "now": True}
    signing.sanction(number, "revoke", "false_material")
    told = examined(signing, as_bytes(receipt))
    assert told.holds and {f.code: f.holds for f in told.findings} == {"signature": True, "ledger": True, "then": True, "now": False}
    assert "已撤销" in told.findings[-1].words.zh and "Revoked" in told.findings[-1].words.en


def test_a_register_that_was_changed_behind_its_back_is_found_by_a_receipt(signing: Town, receive: Receive) -> None:
    receipt = receive(NOBODY, "HX-112A")
    size = receipt["statement"]["ledger"]["size"]
    with signing.office.engine.begin() as connection:
        connection.execute(text("UPDATE entry SET hash = :other WHERE seq = :seq"), {"other": "0" * 64, "seq": size})
    told = examined(signing, as_bytes(receipt))
    assert not told.holds and {f.code: f.holds for f in told.findings}["ledger"] is False


@pytest.mark.parametrize(("was", "is_now"), [("HX-112A", "HX-999"), ("湖南第0电子", "湖南第9电子")])
def test_an_answer_that_the_register_no_longer_gives_for_that_moment_is_found(signing: Town, receive: Receive, was: str, is_now: str) -> None:
    number = signing.certified()
    receipt = receive(number, "HX-112A")
    with signing.office.engine.begin() as connection:
        connection.execute(text("UPDATE certificatelife SET body = replace(body, :was, :is_now)"), {"was": was, "is_now": is_now})
    told = examined(signing, as_bytes(receipt))
    assert not told.holds and {f.code: f.holds for f in told.findings}["then"] is False


def test_a_number_that_is_not_there_has_its_receipt_and_a_moment_to_come_has_none(signing: Town, receive: Receive) -> None:
    receipt = receive(NOBODY)
    assert receipt["statement"]["answer"]["outcome"] == "not_found" and examined(signing, as_bytes(receipt)).holds
    with pytest.raises(BadInput):
        receive(NOBODY, None, None, signing.clock.now().replace(year=2040))


# ------------------------------------------------------------------------------------------------------------------ keys


def test_the_did_document_is_what_the_contract_says(signing: Town) -> None:
    document = signing.office.keys.document()
    assert document["@context"] == ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1", "https://w3id.org/security/jwk/v1"]
    methods = {m["type"]: m for m in document["verificationMethod"]}
    assert document["id"] == DID and document["assertionMethod"] == [m["id"] for m in document["verificationMethod"]]
    assert {m["controller"] for m in methods.values()} == {DID} and set(methods) == {"Multikey", "JsonWebKey"}
    assert methods["Multikey"]["publicKeyMultibase"].startswith("z6Mk")
    public = methods["JsonWebKey"]["publicKeyJwk"]
    assert set(public) == {"kty", "crv", "x", "y", "alg", "kid"} and (public["crv"], public["alg"]) == ("P-256", "ES256")
    assert public["kid"] == methods["JsonWebKey"]["id"] == f"{DID}#es256-1"


@pytest.mark.parametrize(("address", "did"), [
    ("https://a.example.cn", "did:web:a.example.cn"), ("http://127.0.0.1:8000", "did:web:127.0.0.1%3A8000"), ("https://a.cn:1/x", "did:web:a.cn%3A1")])
def test_the_did_is_made_of_the_host(address: str, did: str) -> None:
    assert did_of(address) == did


def test_after_a_rotation_old_receipts_verify_and_new_ones_name_the_new_key(signing: Town, receive: Receive) -> None:
    number = NOBODY
    old = receive(number)
    signing.wait(hours=1)
    rotate(signing)
    new = receive(number)
    assert [jwt.get_unverified_header(r["signed"])["kid"] for r in (old, new)] == [f"{DID}#es256-1", f"{DID}#es256-2"]
    assert examined(signing, as_bytes(old)).holds and examined(signing, as_bytes(new)).holds
    listed = {key["kid"]: key["retired_at"] for key in keys.list_keys(signing.office.keys)["keys"]}
    assert listed == {f"{DID}#es256-1": signing.clock.now(), f"{DID}#ed25519-1": signing.clock.now(), f"{DID}#es256-2": None,
                      f"{DID}#ed25519-2": None}
    assert len(signing.office.keys.document()["assertionMethod"]) == 4


def test_nothing_is_signed_by_a_key_after_it_was_retired(signing: Town, receive: Receive, tmp_path: Path) -> None:
    """Somebody kept a copy of the folder: what they sign with it later is told apart by the day."""
    number = NOBODY
    copy = Keyring(tmp_path / "copy", DID, PASSPHRASE)
    (tmp_path / "copy").mkdir()
    for file in (tmp_path / "data" / "keys").glob("*.json"):
        (tmp_path / "copy" / file.name).write_bytes(file.read_bytes())
    rotate(signing)
    signing.wait(hours=1)
    with signing.office.reading(PUBLIC) as r:
        late = receipts.write_receipt(r, copy, signing.office.glance, Asked(number))
    assert found(signing, as_bytes(late)) == {"signed-later": False}


def test_a_compromised_key_is_named_no_more_and_its_receipts_count_for_nothing(signing: Town, receive: Receive) -> None:
    old = receive(NOBODY)
    rotate(signing)
    with signing.office.registrar(SYSTEM) as r:
        keys.retire_key(r, signing.office.keys, "es256-1", compromised=True)
    assert f"{DID}#es256-1" not in signing.office.keys.document()["assertionMethod"]
    assert found(signing, as_bytes(old)) == {"no-key": False}
    listed = keys.list_keys(signing.office.keys)["keys"]
    assert [key["kid"] for key in listed if key["compromised"]] == [f"{DID}#es256-1"]


def test_without_a_key_only_signing_is_refused(town: Town) -> None:
    number = NOBODY
    with town.office.reading(PUBLIC) as r, pytest.raises(CannotSign) as no:
        receipts.write_receipt(r, town.office.keys, town.office.glance, Asked(number))
    assert "KEY_PASSPHRASE" in str(no.value.action) and town.office.keys.document()["verificationMethod"] == []


def test_a_retired_key_can_sign_no_more_and_keys_are_kept_at_the_machine_alone(signing: Town, receive: Receive) -> None:
    ring = signing.office.keys
    with signing.office.registrar(SYSTEM) as r:
        keys.retire_key(r, ring, "es256-1")
        with pytest.raises(AlreadyDone):
            keys.retire_key(r, ring, "es256-1")
        with pytest.raises(NotFound):
            keys.retire_key(r, ring, "es256-7")
    assert not ring.can_sign()
    with pytest.raises(CannotSign):
        receive(NOBODY)
    with signing.office.registrar(signing.admin()) as r, pytest.raises(NotEntitled):
        keys.rotate_keys(r, ring)


def test_no_key_is_made_with_a_short_passphrase_or_opened_with_another(signing: Town, tmp_path: Path) -> None:
    with pytest.raises(CannotSign):
        Keyring(tmp_path / "none", DID, "short").make("ES256", signing.clock.now())
    with pytest.raises(CannotSign):
        Keyring(tmp_path / "data" / "keys", DID, "another passphrase than that one").sign({"typ": "x"}, b"{}")


def test_another_process_sees_a_rotation_at_once(signing: Town, tmp_path: Path) -> None:
    other = Keyring(tmp_path / "data" / "keys", DID, PASSPHRASE)
    assert [key.name for key in other.all() if not key.retired_at] == ["ed25519-1", "es256-1", "log-1"]
    rotate(signing)
    assert [key.name for key in other.all() if not key.retired_at] == ["log-1", "ed25519-2", "es256-2"]


def test_no_private_half_is_in_the_database_a_log_or_a_file_unlocked(signing: Town, receive: Receive, tmp_path: Path,
                                                                      caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> None:
    caplog.set_level(logging.DEBUG)
    ring = signing.office.keys
    receive(NOBODY)
    secrets = [PASSPHRASE]
    for algorithm in ALGORITHMS:
        key = ring.active(algorithm)
        assert key is not None
        secrets += [ring._opened(key).as_dict(private=True)["d"], key.locked]
        assert oct((tmp_path / "data" / "keys" / f"{key.name}.json").stat().st_mode)[-3:] == "600"
    rotate(signing)
    printed = capsys.readouterr()
    told = caplog.text + printed.out + printed.err + repr(signing.office.settings)
    connection = signing.office.engine.raw_connection()
    driver: Any = connection.driver_connection
    dump = "\n".join(driver.iterdump())
    connection.close()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {"es256-2.json", "ed25519-1.json"} <= {path.name for path in files} and "make_key" in dump
    for secret in secrets:
        assert secret not in told and secret not in dump
        assert [path.name for path in files if secret.encode() in path.read_bytes()] == []


def test_the_ledger_records_keys_by_their_public_halves(signing: Town) -> None:
    rotate(signing)
    with signing.office.engine.connect() as connection:
        rows = connection.execute(text("SELECT subject, act, facts FROM entry WHERE subject_kind = 'key' ORDER BY seq")).all()
    assert [(row[0], row[1]) for row in rows] == [
        ("es256-1", "make_key"), ("ed25519-1", "make_key"), ("log-1", "make_key"),
        ("es256-2", "make_key"), ("ed25519-2", "make_key"), ("ed25519-1", "retire_key"),
        ("es256-1", "retire_key")]
    assert all('"d"' not in str(row[2]) for row in rows)


def test_lines_are_digested_as_canonical_json() -> None:
    lines = [{"b": "中\u2028\x7f\t\"\\/é😀", "a": [1, None, True, {"z": "", "y": -7}]}, {}, {"é" * 3: "x"}]
    import hashlib

    assert digest_of_lines(lines) == hashlib.sha256(b"".join(rfc8785.dumps(line) + b"\n" for line in lines)).hexdigest()


def test_a_statement_is_found_whole_in_any_of_its_wrappings(signing: Town, receive: Receive) -> None:
    receipt = receive(NOBODY)
    assert open_envelope(as_bytes(receipt)).statement == receipt["statement"]
    assert open_envelope(b"\xef\xbb\xbf" + as_bytes(receipt)).signed == receipt["signed"]
    assert statements.check(open_envelope(receipt["signed"].encode()), signing.office.keys.document()).statement == receipt["statement"]
