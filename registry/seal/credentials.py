"""Credentials and status lists as others verify them: two envelopes over the same canonical bytes, and bits in a list. Pure functions of bytes.

The envelopes are `vc+jwt` (ES256) and Data Integrity `eddsa-jcs-2022`; both sign the JCS bytes (RFC 8785) of the document without `proof`.
What a document says is not known here.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import base58
import orjson
import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from joserfc import jws
from joserfc.errors import JoseError

from registry.seal.keys import ED25519_PUBLIC, ES256, SIGNATURES, Keyring
from registry.seal.statements import (
    BROKEN,
    MALFORMED,
    NO_KEY,
    OTHER_ISSUER,
    OTHER_KIND,
    NotGenuine,
    public_key,
    read_header,
)

JWT_TYPE: Final = "vc+jwt"
SUITE: Final = "eddsa-jcs-2022"
LENGTH: Final = 131_072  # slots of a list: the least that the Recommendation takes for privacy
PURPOSES = ("revocation", "suspension")
# In the order in which they are looked at.
REVOKED, EXPIRED, SUSPENDED, NOT_YET_VALID, VALID, UNKNOWN = "revoked", "expired", "suspended", "not_yet_valid", "valid", "unknown"


@dataclass(frozen=True)
class Signed:
    """One document in both envelopes, and the keys that made them."""

    jwt: str
    vc: str
    keys: list[str]


def instant(moment: datetime) -> str:
    """An instant as credentials have it: UTC, whole seconds."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def digest_of(payload: bytes) -> str:
    return hashlib.sha256(payload).hexdigest()


def sign(ring: Keyring, payload: bytes, at: datetime) -> Signed:
    """Canonical `payload` in both envelopes. CannotSign where a key of either kind is missing."""
    document, maker = orjson.loads(payload), ring.integrity_method()
    options = {"type": "DataIntegrityProof", "cryptosuite": SUITE, "created": instant(at), "verificationMethod": maker,
               "proofPurpose": "assertionMethod", "@context": document["@context"]}
    value = "z" + base58.b58encode(ring.sign_octets(_hashed(options, payload))).decode()
    jwt = ring.sign({"typ": JWT_TYPE, "cty": "vc"}, payload)
    vc = rfc8785.dumps(document | {"proof": options | {"proofValue": value}}).decode()
    return Signed(jwt, vc, [read_header(jwt)["kid"], maker])


def open_jwt(jwt: str, did_document: Mapping[str, Any]) -> dict[str, Any]:
    """The document in a `vc+jwt`, if a key of the DID document signed it. NotGenuine."""
    header = read_header(jwt)
    if header.get("alg") != ES256 or header.get("typ") != JWT_TYPE or "crit" in header:
        raise NotGenuine("other-kind", OTHER_KIND)
    kid = _of_issuer(str(header.get("kid")), header.get("iss"), did_document)
    try:
        payload = jws.deserialize_compact(jwt, public_key(did_document, kid), registry=SIGNATURES).payload
    except (JoseError, ValueError) as fault:
        raise NotGenuine("broken", BROKEN) from fault
    return _canonical(payload, did_document)


def open_vc(vc: Mapping[str, Any], did_document: Mapping[str, Any]) -> dict[str, Any]:
    """The document beside an `eddsa-jcs-2022` proof, if a key of the DID document signed it. NotGenuine."""
    document, proof = {k: v for k, v in vc.items() if k != "proof"}, vc.get("proof")
    if not isinstance(proof, dict) or (proof.get("type"), proof.get("cryptosuite"), proof.get("proofPurpose")) != (
            "DataIntegrityProof", SUITE, "assertionMethod"):
        raise NotGenuine("other-kind", OTHER_KIND)
    method = str(proof.get("verificationMethod"))
    kid = _of_issuer(method, method.partition("#")[0], did_document)
    try:
        payload = rfc8785.dumps(document)
        signature = base58.b58decode(str(proof.get("proofValue")).removeprefix("z"))
        options = {k: v for k, v in proof.items() if k != "proofValue"}
        _integrity_key(did_document, kid).verify(signature, _hashed(options, payload))
    except (InvalidSignature, ValueError, rfc8785.CanonicalizationError) as fault:
        raise NotGenuine("broken", BROKEN) from fault
    return _canonical(payload, did_document)


def _hashed(options: Mapping[str, Any], payload: bytes) -> bytes:
    return hashlib.sha256(rfc8785.dumps(dict(options))).digest() + hashlib.sha256(payload).digest()


def _of_issuer(kid: str, issuer: Any, did_document: Mapping[str, Any]) -> str:
    did = did_document.get("id")
    if issuer != did or not kid.startswith(f"{did}#"):
        raise NotGenuine("other-issuer", OTHER_ISSUER.with_(issuer=str(issuer)[:200], did=str(did)[:200]))
    return kid


def _integrity_key(did_document: Mapping[str, Any], kid: str) -> Ed25519PublicKey:
    methods, assertion = did_document.get("verificationMethod"), did_document.get("assertionMethod")
    for method in methods if isinstance(methods, list) and isinstance(assertion, list) and kid in assertion else ():
        if isinstance(method, dict) and method.get("id") == kid and method.get("type") == "Multikey":
            raw = base58.b58decode(str(method.get("publicKeyMultibase")).removeprefix("z"))
            if raw.startswith(ED25519_PUBLIC):
                return Ed25519PublicKey.from_public_bytes(raw[len(ED25519_PUBLIC):])
    raise NotGenuine("no-key", NO_KEY.with_(kid=kid[:200]))


def _canonical(payload: bytes, did_document: Mapping[str, Any]) -> dict[str, Any]:
    """The document in a signed payload: canonical to the byte, and issued by whose key signed it."""
    try:
        found = orjson.loads(payload)
        if isinstance(found, dict) and rfc8785.dumps(found) == payload:
            issuer = found.get("issuer")
            if (issuer.get("id") if isinstance(issuer, dict) else issuer) == did_document.get("id"):
                return found
    except (orjson.JSONDecodeError, rfc8785.CanonicalizationError):
        pass
    raise NotGenuine("malformed", MALFORMED)


def flip(bits: bytes, index: int, value: bool) -> bytes:
    """The list with one bit set or cleared; index 0 is the most significant bit of the first byte."""
    found, mask = bytearray(bits), 0x80 >> index % 8
    found[index // 8] = found[index // 8] | mask if value else found[index // 8] & ~mask
    return bytes(found)


def is_set(bits: bytes, index: int) -> bool:
    return bool(bits[index // 8] & 0x80 >> index % 8)


def encode(bits: bytes) -> str:
    """A list as credentials carry it: gzip (reproducible), base64url without padding, after a `u`."""
    return "u" + base64.urlsafe_b64encode(gzip.compress(bits, mtime=0)).decode().rstrip("=")


def decode(encoded: str) -> bytes:
    """ValueError for what is no list of at least LENGTH slots, or unpacks to far more."""
    if not encoded.startswith("u") or len(encoded) > 4 * LENGTH:
        raise ValueError("no multibase base64url")
    text = encoded[1:]
    try:
        bits = gzip.decompress(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (EOFError, OSError) as fault:
        raise ValueError(str(fault)) from fault
    if len(bits) * 8 < LENGTH:
        raise ValueError("a list too short")
    return bits


def state_of(document: Mapping[str, Any], lists: Mapping[str, Mapping[str, Any]], now: datetime) -> str:
    """What a genuine credential is worth at `now`, by genuine lists: revoked, expired, suspended, not_yet_valid, valid, in this order.

    Unknown where a list that it names is missing, is another's or past its `validUntil`, and nothing said before that question settles it.
    """
    set_bits: dict[str, bool | None] = {purpose: _bit(document, lists, purpose, now) for purpose in PURPOSES}
    until = document.get("validUntil")
    if set_bits["revocation"]:
        return REVOKED
    if set_bits["revocation"] is None:
        return UNKNOWN
    if until is not None and now > datetime.fromisoformat(until):
        return EXPIRED
    if set_bits["suspension"] is not False:
        return SUSPENDED if set_bits["suspension"] else UNKNOWN
    return NOT_YET_VALID if now < datetime.fromisoformat(document["validFrom"]) else VALID


def _bit(document: Mapping[str, Any], lists: Mapping[str, Mapping[str, Any]], purpose: str, now: datetime) -> bool | None:
    try:
        entry = next(e for e in document["credentialStatus"] if e["statusPurpose"] == purpose)
        found = lists[entry["statusListCredential"]]
        subject = found["credentialSubject"]
        same = (found["id"], found["issuer"]["id"], subject["statusPurpose"]) == (
            entry["statusListCredential"], document["issuer"]["id"], purpose)
        if not same or now > datetime.fromisoformat(found["validUntil"]) or now < datetime.fromisoformat(found["validFrom"]):
            return None
        return is_set(decode(subject["encodedList"]), int(entry["statusListIndex"]))
    except (StopIteration, KeyError, TypeError, ValueError, IndexError):
        return None
