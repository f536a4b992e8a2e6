"""The counter for keys: whoever sits at the machine makes, rotates and retires them, and the ledger says so. No private half passes here."""

from __future__ import annotations

from typing import Any

from registry.actors import SYSTEM
from registry.errors import NotEntitled
from registry.registrar import Registrar
from registry.seal.keys import ALGORITHMS, ED25519, LOG, Key, Keyring
from registry.words import Text

KINDS = (*((algorithm, "") for algorithm in ALGORITHMS), (ED25519, LOG))


def make_keys(r: Registrar, ring: Keyring) -> list[Key]:
    """A key of each kind that has none in use, that of the log too. Returns those that were made."""
    _check(r)
    return [_note(r, ring, "make_key", ring.make(algorithm, r.now, purpose)) for algorithm, purpose in KINDS
            if ring.active(algorithm, purpose) is None]


def rotate_keys(r: Registrar, ring: Keyring) -> list[Key]:
    """A new key of each kind; the former ones are retired, and what they signed goes on to verify. Returns the new ones."""
    _check(r)
    former = [key for key in ring.all() if key.retired_at is None and not key.purpose]
    made = [_note(r, ring, "make_key", key) for key in ring.rotate(r.now)]
    for key in former:
        _note(r, ring, "retire_key", key)
    return made


def retire_key(r: Registrar, ring: Keyring, name: str, *, compromised: bool = False) -> Key:
    """Sign no more with a key. `compromised`: it is taken out of the DID document, and what it signed no longer verifies."""
    _check(r)
    return _note(r, ring, "retire_key", ring.retire(name, r.now, compromised=compromised), compromised=compromised)


def list_keys(ring: Keyring) -> dict[str, Any]:
    """Every key that the DID document speaks for or did, with its days, for which it has no place."""
    keys = [{"kid": ring.kid(key), "algorithm": key.algorithm, "made_at": key.made_at, "retired_at": key.retired_at, "compromised": key.compromised}
            for key in ring.all() if not key.purpose]
    return {"did": ring.did, "keys": keys}


def _check(r: Registrar) -> None:
    if r.actor is not SYSTEM:
        raise NotEntitled(Text("密钥只由运行登记系统的人在机器上管理。", "Keys are kept by whoever runs the registry, at the machine alone."))


def _note(r: Registrar, ring: Keyring, act: str, key: Key, **facts: Any) -> Key:
    r.note("key", key.name, act, kid=ring.kid(key), public=key.public, **facts)
    return key
