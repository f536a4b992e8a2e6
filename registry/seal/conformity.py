"""What a certificate says as a W3C Verifiable Credential in the shape of the UNTP Digital Conformity Credential. Pure, text in NFC.

A profile is data: another version of the vocabulary is another profile, and what was issued under one is never rewritten.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import quote

import orjson
import rfc8785

from registry.clock import day_ends_at, day_starts_at
from registry.seal.credentials import PURPOSES, encode, instant
from registry.words import Text

W3C: Final = "https://www.w3.org/ns/credentials/v2"
MOST_SCOPE, MOST_CONDITIONS = 36_000, 12_000  # octets; the whole stays below 64 KiB, as verifiers' limits want it
TTL_MS = 300_000
LIST_HOURS = 168  # the longest life that the contract allows a list
_CUT = Text("篇幅所限，仅列 {what}，全文见 {home}", "cut to fit: {what}; the whole is at {home}")


@dataclass(frozen=True)
class Profile:
    """A version of the vocabulary: its name here, and the contexts in their order."""

    name: str
    contexts: tuple[str, ...]


UNTP_0_7 = Profile("untp-dcc-0.7.0", (W3C, "https://vocabulary.uncefact.org/untp/0.7.0/context/"))
PROFILES = {profile.name: profile for profile in (UNTP_0_7,)}


@dataclass(frozen=True)
class Frame:
    """Whose word it is and how the law is called: what a document says that is not of the certificate itself."""

    base: str
    did: str
    issuer: str
    law: str
    title: str


@dataclass(frozen=True)
class Facts:
    """What a certificate says in one version, and its place in the status lists."""

    number: str
    regulation: str
    holder: str
    credit_code: str
    product: str
    scope: Sequence[str]
    conditions: Sequence[str]
    valid_from: date
    valid_until: date | None
    list: int
    slot: int


def payload_of(facts: Facts, frame: Frame, profile: Profile = UNTP_0_7) -> bytes:
    """The document as canonical bytes (RFC 8785)."""
    return rfc8785.dumps(_nfc(_document(facts, frame, profile)))


def _document(facts: Facts, frame: Frame, profile: Profile) -> dict[str, Any]:
    here = f"{frame.base}/certificates/{quote(facts.number, safe='')}"
    until = {} if facts.valid_until is None else {"validUntil": instant(day_ends_at(facts.valid_until) - timedelta(seconds=1))}
    law = {"type": ["ConformityScheme"], "id": f"{frame.base}/regulations/{quote(facts.regulation, safe='')}", "name": frame.law}
    return {
        "@context": list(profile.contexts), "type": ["DigitalConformityCredential", "VerifiableCredential"], "id": here,
        "issuer": {"type": ["CredentialIssuer"], "id": frame.did, "name": frame.issuer},
        "validFrom": instant(day_starts_at(facts.valid_from)), **until, "name": f"{frame.title} {facts.number}",
        "credentialStatus": [_status(facts, frame.base, purpose) for purpose in PURPOSES],
        "credentialSubject": {
            "type": ["ConformityAttestation"], "id": f"{here}#attestation", "name": facts.product,
            "assessorLevel": "3rdParty", "assessmentLevel": "authority-mandate", "attestationType": "certification",
            "issuedToParty": {"type": ["Party"], "id": f"urn:uscc:{facts.credit_code}", "name": facts.holder, "registeredId": facts.credit_code},
            "referenceScheme": law, "conformityAssessment": [_assessment(facts, frame, here)],
        },
    }


def _assessment(facts: Facts, frame: Frame, here: str) -> dict[str, Any]:
    law = {"id": f"{frame.base}/regulations/{quote(facts.regulation, safe='')}", "name": frame.law}
    products = [{"product": {"type": ["Product"], "id": f"{here}#scope-{place}", "name": facts.product, "modelNumber": entry}, "idVerifiedByCAB": True}
                for place, entry in enumerate(facts.scope, 1)]
    shown, conditions = _fitting(products, MOST_SCOPE), _fitting(list(facts.conditions), MOST_CONDITIONS)
    cut = [f"{part} {len(some)}/{len(whole)}" for part, some, whole in (("scope", shown, facts.scope), ("conditions", conditions, facts.conditions))
           if len(some) < len(whole)]
    return {
        "type": ["ConformityAssessment"], "id": f"{here}#assessment", "name": facts.product,
        **({"description": " | ".join(_CUT.with_(what=", ".join(cut), home=here))} if cut else {}),
        "assessmentCriteria": [{"type": ["Criterion"], **law}],
        "assessmentDate": facts.valid_from.isoformat(), "assessedPerformance": [], "assessedProduct": shown,
        "referenceRegulation": [{"type": ["Regulation"], **law}], **({"specifiedCondition": conditions} if facts.conditions else {}),
        "conformityTopic": [], "conformance": True,
    }


def _fitting(parts: list[Any], most: int) -> list[Any]:
    """As many of `parts`, from the first, as fit into `most` octets."""
    used = 0
    for place, part in enumerate(parts):
        used += len(orjson.dumps(part)) + 1
        if used > most:
            return parts[:place]
    return parts


def _status(facts: Facts, base: str, purpose: str) -> dict[str, str]:
    home = list_address(base, purpose, facts.list)
    return {"id": f"{home}#{facts.slot}", "type": "BitstringStatusListEntry", "statusPurpose": purpose, "statusListIndex": str(facts.slot),
            "statusListCredential": home}


def list_address(base: str, purpose: str, ordinal: int) -> str:
    return f"{base}/api/v1/status-lists/{purpose}-{ordinal}"


def list_payload(purpose: str, ordinal: int, bits: bytes, frame: Frame, now: Any) -> bytes:
    """A status list as canonical bytes, good for a week from `now`."""
    home = list_address(frame.base, purpose, ordinal)
    return rfc8785.dumps(_nfc({
        "@context": [W3C], "type": ["VerifiableCredential", "BitstringStatusListCredential"], "id": home,
        "issuer": {"id": frame.did, "name": frame.issuer}, "validFrom": instant(now), "validUntil": instant(now + timedelta(hours=LIST_HOURS)),
        "credentialSubject": {"id": f"{home}#list", "type": "BitstringStatusList", "statusPurpose": purpose, "encodedList": encode(bits), "ttl": TTL_MS},
    }))


def frame_of(document: Mapping[str, Any], number: str) -> Frame:
    """The frame that an issued document stands in. KeyError, TypeError for what is none."""
    subject, issuer = document["credentialSubject"], document["issuer"]
    base = str(document["id"]).rpartition("/certificates/")[0]
    return Frame(base, issuer["id"], issuer["name"], subject["referenceScheme"]["name"], str(document["name"]).removesuffix(f" {number}"))


def _nfc(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, dict):
        return {key: _nfc(part) for key, part in value.items()}
    return [_nfc(part) for part in value] if isinstance(value, list) else value


__all__ = ["PROFILES", "UNTP_0_7", "Facts", "Frame", "Profile", "frame_of", "list_payload", "payload_of"]
