"""The counter for credentials: written in the transaction of the act, signed then or as soon as there is a key, served as signed.

What one says is the books' word in `seal.conformity`'s shape. A bit is set or cleared with the act; no act waits for a key.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import orjson
from sqlmodel import col, func, select

from registry.books.models import Certificate, CertificateVersion, Credential, StatusList, StatusSlot
from registry.desks.enquiries import log
from registry.errors import CannotSign, NotFound, NotSignedYet
from registry.law.codes import normalise_number
from registry.registrar import Registrar
from registry.seal.conformity import UNTP_0_7, Facts, Frame, list_address, list_payload, payload_of
from registry.seal.credentials import LENGTH, PURPOSES, Signed, digest_of, flip, is_set, sign
from registry.seal.keys import Keyring
from registry.words import Text

RENEW_AFTER = timedelta(hours=20)  # a list is signed anew each day
_TRIES = 32
_WAITS = Text("登记簿已有该记载，尚未签名；配置签名密钥后自动签名。", "The register has it, and signs it as soon as there is a key.")
_MEANWHILE = Text("在此之前请使用 /api/v1/verify 在线核验。", "Until then verify online, at /api/v1/verify.")


def keep_credentials(r: Registrar, ring: Keyring, touched: Iterable[Certificate]) -> None:
    """Write what the touched certificates say now and set their bits; sign both where there is a key. Before the unit commits."""
    for certificate in touched:
        keep_credential(r, ring, certificate)


def keep_credential(r: Registrar, ring: Keyring, certificate: Certificate) -> None:
    """The same of one certificate, each of its versions that has no credential yet."""
    r.session.flush()
    slot = r.session.get(StatusSlot, certificate.number) or _draw_slot(r, certificate)
    made = set(r.session.exec(select(Credential.edition).where(Credential.number == certificate.number)))
    versions = select(CertificateVersion).where(CertificateVersion.certificate_id == certificate.id).order_by(col(CertificateVersion.edition))
    for version in r.session.exec(versions):
        if version.edition in made:
            continue
        payload = payload_of(facts_of(certificate, version, slot), frame(r, ring, certificate))
        found = Credential(number=certificate.number, edition=version.edition, profile=UNTP_0_7.name, payload=payload.decode(), digest=digest_of(payload))
        r.session.add(found)
        _sign_credential(r, ring, found)
    for purpose, value in bits_of(certificate).items():
        _set_bit(r, ring, status_list(r, ring, purpose, slot.ordinal), slot.slot, value)


def facts_of(certificate: Certificate, version: CertificateVersion, slot: StatusSlot) -> Facts:
    """What a certificate says in one version, by the books."""
    return Facts(certificate.number, certificate.regulation_id, version.holder_name, version.credit_code, version.product, version.scope,
                 version.conditions, certificate.valid_from, certificate.valid_until, slot.ordinal, slot.slot)


def frame(r: Registrar, ring: Keyring, certificate: Certificate) -> Frame:
    law = r.regulation_of(certificate)
    return Frame(r.settings.public_base_url, ring.did, _issuer(r), law.title.zh, law.certificate_title.zh)


def bits_of(certificate: Certificate) -> dict[str, bool]:
    """The two bits, by what is recorded: of a corrected revocation the bit is clear again. Surrendered and superseded ones set the first."""
    over = certificate.status in ("revoked", "surrendered", "superseded") or (certificate.status == "expired" and certificate.renewed_by is not None)
    return {"revocation": over, "suspension": certificate.suspended}


def _issuer(r: Registrar) -> str:
    return (r.law.keeper_name() or r.law.site_name()).zh


def _draw_slot(r: Registrar, certificate: Certificate, length: int = LENGTH) -> StatusSlot:
    """A random slot of the newest list that nobody ever had; a list that is full is followed by the next."""
    ordinal = r.session.exec(select(func.max(StatusSlot.ordinal))).one() or 1
    if r.session.exec(select(func.count()).where(StatusSlot.ordinal == ordinal)).one() >= length:
        ordinal += 1
    slot = StatusSlot(number=certificate.number, ordinal=ordinal, slot=_free(r, ordinal, length))
    r.session.add(slot)
    r.session.flush()
    return slot


def _free(r: Registrar, ordinal: int, length: int) -> int:
    for _ in range(_TRIES):
        drawn = secrets.randbelow(length)
        if r.session.exec(select(StatusSlot.number).where(StatusSlot.ordinal == ordinal, StatusSlot.slot == drawn)).first() is None:
            return drawn
    taken = set(r.session.exec(select(StatusSlot.slot).where(StatusSlot.ordinal == ordinal)))
    return secrets.choice([slot for slot in range(length) if slot not in taken])


def status_list(r: Registrar, ring: Keyring, purpose: str, ordinal: int) -> StatusList:
    """The list, opened with all bits clear where it is not there yet."""
    found = r.session.get(StatusList, (purpose, ordinal))
    if found is None:
        found = StatusList(purpose=purpose, ordinal=ordinal, bits=bytes(LENGTH // 8))
        r.session.add(found)
        sign_list(r, ring, found)
    return found


def _set_bit(r: Registrar, ring: Keyring, found: StatusList, slot: int, value: bool) -> None:
    if is_set(found.bits, slot) == value:
        return
    found.bits, found.stale = flip(found.bits, slot, value), True
    sign_list(r, ring, found)


def sign_list(r: Registrar, ring: Keyring, found: StatusList) -> bool:
    """Sign the list as it is, for a week from now. False where there is no key."""
    whose = Frame(r.settings.public_base_url, ring.did, _issuer(r), "", "")
    signed = _try(ring, list_payload(found.purpose, found.ordinal, found.bits, whose, r.now), r)
    if signed is None:
        return False
    found.jwt, found.vc, found.keys, found.signed_at, found.stale = signed.jwt, signed.vc, signed.keys, r.now, False
    return True


def _sign_credential(r: Registrar, ring: Keyring, found: Credential) -> bool:
    signed = _try(ring, found.payload.encode(), r)
    if signed is None:
        return False
    found.jwt, found.vc, found.keys, found.signed_at = signed.jwt, signed.vc, signed.keys, r.now
    return True


def _try(ring: Keyring, payload: bytes, r: Registrar) -> Signed | None:
    try:
        return sign(ring, payload, r.now)
    except (CannotSign, OSError):  # the act goes through; the job signs what waits
        return None


# -------------------------------------------------------------------------------------------------- the job


def keep_missing(r: Registrar, ring: Keyring, most: int | None = None) -> int:
    """Write the credentials of certificates from before there were any. Returns how many, at most `most`."""
    known = select(StatusSlot.number).where(StatusSlot.number == Certificate.number)
    found = list(r.session.exec(select(Certificate).where(~known.exists()).order_by(col(Certificate.id)).limit(most)))
    keep_credentials(r, ring, found)
    return len(found)


def sign_waiting(r: Registrar, ring: Keyring, most: int) -> int:
    """Sign what has waited for a key. Returns how many, at most `most`; 0 without a key."""
    waiting = select(Credential).where(col(Credential.jwt).is_(None)).order_by(Credential.number, col(Credential.edition)).limit(most)
    return sum(_sign_credential(r, ring, found) for found in r.session.exec(waiting))


def sign_anew(r: Registrar, ring: Keyring, after: str, most: int) -> tuple[int, str | None]:
    """Sign again what a compromised key had signed, among `most` credentials after the number `after`. How many, and where to go on."""
    bad = set(ring.compromised())
    if not bad:
        return 0, None
    numbers = list(r.session.exec(select(StatusSlot.number).where(StatusSlot.number > after).order_by(StatusSlot.number).limit(most)))
    found = r.session.exec(select(Credential).where(col(Credential.number).in_(numbers)))
    return sum(_sign_credential(r, ring, each) for each in found if bad & set(each.keys)), numbers[-1] if numbers else None


def renew_lists(r: Registrar, ring: Keyring) -> int:
    """Sign anew each list that is a day old, says what is no longer so, or was signed by a compromised key. Returns how many."""
    bad = set(ring.compromised())
    due = [found for found in r.session.exec(select(StatusList))
           if found.stale or found.signed_at is None or r.now - found.signed_at >= RENEW_AFTER or bad & set(found.keys)]
    return sum(sign_list(r, ring, found) for found in due)


# -------------------------------------------------------------------------------------------------- reading


def find_credential(r: Registrar, number: str) -> Credential:
    """The newest credential of a certificate, in whatever state that is. NotFound, NotSignedYet."""
    wanted = normalise_number(number[:200])
    certificate = r.fetch(Certificate, wanted)
    newest = select(Credential).where(Credential.number == certificate.number).order_by(col(Credential.edition).desc())
    found = r.session.exec(newest).first()
    if found is None or found.jwt is None:
        raise NotSignedYet(_WAITS, action=_MEANWHILE)
    return found


def find_list(r: Registrar, name: str) -> StatusList:
    """A list by its name, `revocation-1`. NotFound; NotSignedYet where what was signed no longer says what is so."""
    purpose, _, ordinal = name.rpartition("-")
    found = r.session.get(StatusList, (purpose, int(ordinal))) if purpose in PURPOSES and ordinal.isascii() and ordinal.isdigit() and len(
        ordinal) < 9 and not ordinal.startswith("0") else None
    if found is None:
        raise NotFound(Text(f"没有名为 {name[:80]} 的状态列表。", f"There is no status list named {name[:80]}."))
    if found.jwt is None or found.stale:
        raise NotSignedYet(_WAITS, action=_MEANWHILE)
    return found


def bundle(r: Registrar, ring: Keyring, number: str) -> dict[str, Any]:
    """Everything by which a certificate is verified without a network. NotFound, NotSignedYet."""
    found = find_credential(r, number)
    slot = r.session.get_one(StatusSlot, found.number)
    lists = {list_address(r.settings.public_base_url, purpose, slot.ordinal): find_list(r, f"{purpose}-{slot.ordinal}") for purpose in PURPOSES}
    return {
        "format": "registry-bundle/1", "credential": orjson.loads(found.vc or ""), "credentialJwt": found.jwt, "didDocument": ring.document(),
        "statusLists": {home: {"vc": orjson.loads(each.vc or ""), "jwt": each.jwt} for home, each in lists.items()},
        "log": log.show_log(r, ring), **_in_log(r, found.number),
    }


def _in_log(r: Registrar, number: str) -> dict[str, str | None]:
    """The proof that the log has it and the log's newest head; None while no quorum has signed over it."""
    try:
        return {"logProof": log.prove(r, number), "checkpoint": log.newest_checkpoint(r)}
    except NotFound:
        return {"logProof": None, "checkpoint": None}
