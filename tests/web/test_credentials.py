"""A certificate as a credential: two envelopes of the same bytes, verified by libraries not written here, and its bits in two lists."""

from __future__ import annotations

import base64
import gzip
import json

import jwt
import pytest
import rfc8785
from flask import Flask
from sqlalchemy import text

from jobs import audit, seal
from jobs.report import Report
from registry.seal import credentials as seals
from tests.factories import Town, with_keys

pytestmark = pytest.mark.once
JWT = {"Accept": "application/vc+jwt"}


def test_a_certificate_is_a_credential_in_two_envelopes_whose_bits_follow_its_life(people: Town, app: Flask) -> None:
    office, client = people.office, app.test_client()
    number = people.certified()
    home = f"/api/v1/certificates/{number}/credential"
    waits = client.get(home)
    assert waits.status_code == 404 and waits.json["type"].endswith("#not-signed-yet") and waits.headers["Access-Control-Allow-Origin"] == "*"
    with_keys(office)
    assert seal.run(office).done >= 3 and seal.run(office).done == 0
    plain, compact = client.get(home), client.get(home, headers=JWT)
    assert plain.content_type == "application/vc" and compact.content_type == "application/vc+jwt" and "Accept" in plain.headers["Vary"]
    assert client.get(home, headers={"If-None-Match": plain.headers["ETag"]}).status_code == 304
    assert client.get("/api/v1/certificates/HN-STJ-2026-9999-X/credential").status_code == 404
    did = office.keys.document()
    keys = {m["id"]: jwt.PyJWK(m["publicKeyJwk"]) for m in did["verificationMethod"] if "publicKeyJwk" in m}
    told = jwt.decode_complete(compact.text, keys[jwt.get_unverified_header(compact.text)["kid"]], ["ES256"])
    document = {k: v for k, v in json.loads(plain.data).items() if k != "proof"}
    assert told["payload"] == document and told["header"]["typ"] == "vc+jwt"
    assert base64.urlsafe_b64decode(compact.text.split(".")[1] + "==") == rfc8785.dumps(document)
    assert seals.open_vc(json.loads(plain.data), did) == seals.open_jwt(compact.text, did) == document
    with pytest.raises(seals.NotGenuine):
        seals.open_vc(json.loads(plain.data) | {"name": "another"}, did)

    def state() -> str:
        bundle = client.get(f"/api/v1/certificates/{number}/bundle").json
        lists = {home: seals.open_jwt(each["jwt"], bundle["didDocument"]) for home, each in bundle["statusLists"].items()}
        return seals.state_of(document, lists, office.now())

    assert state() == "valid"
    measure = people.sanction(number, "suspend", "ip_in_dispute")
    assert state() == "suspended"
    assert measure
    people.sanction(number, "revoke", "false_material")
    assert state() == "revoked"
    entry = document["credentialStatus"][0]
    listed = json.loads(client.get(entry["statusListCredential"].partition("/api")[1] + entry["statusListCredential"].partition("/api")[2]).data)
    bits = gzip.decompress(base64.urlsafe_b64decode(listed["credentialSubject"]["encodedList"][1:] + "=="))
    slot = int(entry["statusListIndex"])
    assert len(bits) == 16384 and bits[slot // 8] >> (7 - slot % 8) & 1 and sum(bin(byte).count("1") for byte in bits) == 1
    assert client.get("/api/v1/status-lists/revocation-9").status_code == 404
    assert said(audit.run(office)) == []
    edits = (
        ("UPDATE credential SET payload = replace(payload, 'HX-112A', 'HX-999')", "credential {n} version 1: was edited"),
        ("UPDATE credential SET jwt = (SELECT jwt FROM statuslist WHERE purpose = 'revocation')",
         "credential {n} version 1: was signed saying something else (jwt)"),
        ("UPDATE statuslist SET bits = zeroblob(16384)", f"status list revocation-1: has the wrong bit at {slot}"),
    )
    for edit, named in edits:
        with office.engine.begin() as books:
            kept = [dict(row) for row in books.execute(text("SELECT * FROM credential")).mappings()], [
                dict(row) for row in books.execute(text("SELECT * FROM statuslist")).mappings()]
            books.execute(text(edit))
        assert any(line.startswith(named.format(n=number)) for line in said(audit.run(office))), said(audit.run(office))
        with office.engine.begin() as books:
            for row in kept[0]:
                books.execute(text("UPDATE credential SET payload = :payload, jwt = :jwt"), row)
            for row in kept[1]:
                books.execute(text("UPDATE statuslist SET bits = :bits WHERE purpose = :purpose"), row)
    assert said(audit.run(office)) == []
    office.keys = office.keys.under("did:web:moved.example")  # the register at another address: what it signed at the first stays good
    assert said(audit.run(office)) == []
    for nothing in ("/log/checkpoint", "/log/tile/0/x", f"/api/v1/certificates/{number}/log-proof"):
        no = client.get(nothing)
        assert (no.status_code, no.content_type, no.headers["Access-Control-Allow-Origin"]) == (404, "application/problem+json", "*")


def said(report: Report) -> list[str]:
    return [line.removeprefix("✗ ") for line in report.lines if line.startswith("✗")]
