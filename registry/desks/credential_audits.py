"""The auditor's counter for credentials: each recomputed from the books and opened with the published keys, each list bit by bit.

That a credential was the one of its day, the log says: its entry has the digest (desks.log_audits).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import orjson
import rfc8785
from sqlmodel import col, select

from registry.books.ledger import Fault
from registry.books.models import Certificate, CertificateVersion, Credential, StatusList, StatusSlot
from registry.desks.credentials import bits_of, facts_of
from registry.registrar import Registrar
from registry.seal.conformity import PROFILES, frame_of, payload_of
from registry.seal.credentials import decode, digest_of, flip, open_jwt, open_vc
from registry.seal.keys import Keyring
from registry.seal.statements import NotGenuine, read_header

Open = Callable[[str], dict[str, Any]]


def check_credentials(r: Registrar, ring: Keyring) -> Iterator[Fault]:
    """Nothing is yielded when all is well."""
    openers = _openers(ring)
    yield from _check_each(r, openers)
    yield from _check_lists(r, openers)


def _openers(ring: Keyring) -> Mapping[str, Open]:
    """How to open either form by this register's own keys, under whatever name it had when it signed."""
    @cache
    def under(did: str) -> dict[str, Any]:
        return ring.under(did).document()

    def jwt(text: str) -> dict[str, Any]:
        return open_jwt(text, under(str(read_header(text).get("iss"))))

    def vc(text: str) -> dict[str, Any]:
        found = orjson.loads(text)
        return open_vc(found, under(str(found["proof"]["verificationMethod"]).partition("#")[0]))

    return {"jwt": jwt, "vc": vc}


def _check_each(r: Registrar, openers: Mapping[str, Open]) -> Iterator[Fault]:
    query = select(Certificate, CertificateVersion, Credential, StatusSlot).join(
        CertificateVersion, col(CertificateVersion.certificate_id) == Certificate.id).outerjoin(
        StatusSlot, col(StatusSlot.number) == Certificate.number).outerjoin(
        Credential, (col(Credential.number) == Certificate.number) & (col(Credential.edition) == CertificateVersion.edition))
    ordered = query.order_by(col(Certificate.id), col(CertificateVersion.edition)).execution_options(yield_per=500)
    for certificate, version, found, slot in r.session.exec(ordered):
        where = f"credential {certificate.number} version {version.edition}"
        if found is None or slot is None:
            yield Fault(where, "is missing")
            continue
        if digest_of(found.payload.encode()) != found.digest:
            yield Fault(where, "was edited: its content does not match its digest")
        if not _says(found, certificate, version, slot):
            yield Fault(where, "does not say what the books say")
        yield from _check_envelopes(where, found.payload.encode(), found, openers)


def _says(found: Credential, certificate: Certificate, version: CertificateVersion, slot: StatusSlot) -> bool:
    try:
        frame = frame_of(orjson.loads(found.payload), found.number)
    except (KeyError, TypeError, orjson.JSONDecodeError):
        return False
    return payload_of(facts_of(certificate, version, slot), frame, PROFILES[found.profile]) == found.payload.encode()


def _check_envelopes(where: str, payload: bytes, signed: Credential | StatusList, openers: Mapping[str, Open]) -> Iterator[Fault]:
    for form, text in (("jwt", signed.jwt), ("vc", signed.vc)):
        if text is None:
            continue
        try:
            if rfc8785.dumps(openers[form](text)) != payload:
                yield Fault(where, f"was signed saying something else ({form})")
        except (NotGenuine, KeyError, TypeError, ValueError) as no:
            yield Fault(where, f"bears a signature that does not hold ({form}): {no}")


def _check_lists(r: Registrar, openers: Mapping[str, Open]) -> Iterator[Fault]:
    wanted: dict[tuple[str, int], set[int]] = {}
    for certificate, slot in r.session.exec(select(Certificate, StatusSlot).join(StatusSlot, col(StatusSlot.number) == Certificate.number)):
        for purpose, value in bits_of(certificate).items():
            those = wanted.setdefault((purpose, slot.ordinal), set())
            those |= {slot.slot} if value else set()
    for found in r.session.exec(select(StatusList).order_by(StatusList.purpose, col(StatusList.ordinal))):
        where, bits = f"status list {found.purpose}-{found.ordinal}", bytes(len(found.bits))
        for place in sorted(wanted.pop((found.purpose, found.ordinal), set())):
            bits = flip(bits, place, True)
        if bits != found.bits:
            place = next(n for n in range(8 * len(bits)) if (bits[n // 8] ^ found.bits[n // 8]) & 0x80 >> n % 8)
            yield Fault(where, f"has the wrong bit at {place}")
        if found.jwt is not None and not found.stale:
            yield from _check_signed_list(where, found, openers)
    yield from (Fault(f"status list {purpose}-{ordinal}", "is missing") for purpose, ordinal in sorted(wanted))


def _check_signed_list(where: str, found: StatusList, openers: Mapping[str, Open]) -> Iterator[Fault]:
    try:
        signed = openers["jwt"](str(found.jwt))
        if decode(signed["credentialSubject"]["encodedList"]) != found.bits:
            yield Fault(where, "was signed with other bits")
        yield from _check_envelopes(where, rfc8785.dumps(signed), found, openers)
    except (NotGenuine, KeyError, TypeError, ValueError) as no:
        yield Fault(where, f"bears a signature that does not hold: {no}")
