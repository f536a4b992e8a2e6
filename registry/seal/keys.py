"""The keys that sign for this register: made, listed, rotated and retired; a folder of them, none of it in the database.

The private half lies encrypted (an encrypted JWK, RFC 7517 §7) and is destroyed when its key is retired; the public half stays, so
that what it signed can be verified for ever. What is signed is not known here.
"""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import base58
import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jwe, jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OctKey, OKPKey
from joserfc.util import urlsafe_b64decode

from registry.errors import AlreadyDone, CannotSign, NotFound
from registry.words import Text

ES256: Final = "ES256"
ED25519: Final = "Ed25519"
ALGORITHMS = (ES256, ED25519)
LOG: Final = "log"  # the purpose of the key that signs the log alone: it is pinned by verifiers, not named in the DID document
LEAST_PASSPHRASE = 20
# The rounds that OWASP asks of PBKDF2 with SHA-512.
_LOCK = {"alg": "PBES2-HS512+A256KW", "enc": "A256GCM", "p2c": 210_000, "cty": "jwk+json"}
_LOCKS = jwe.JWERegistry(algorithms=["PBES2-HS512+A256KW", "A256GCM"])
# `iss` is no registered member of a header; the contract asks for it.
SIGNATURES = jws.JWSRegistry(algorithms=[ES256], strict_check_header=False)
SIGNATURES.max_payload_length = MOST_PAYLOAD = 2_000_000  # octets in base64; a certificate's scope may be long
ED25519_PUBLIC = b"\xed\x01"  # the multicodec of such a key
_CONTEXT = ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1", "https://w3id.org/security/jwk/v1"]
_NO_KEY = Text("登记机关尚未配置签名密钥，暂不能出具签名文件；查询和核验不受影响。",
               "This registry has no key to sign with, and signs nothing for now; reading and verifying go on as ever.")
_MAKE_ONE = Text("运行者：设置 KEY_PASSPHRASE，再运行 app.py keys make。", "Whoever runs it: set KEY_PASSPHRASE, then run app.py keys make.")


@dataclass(frozen=True)
class Key:
    """One key: its name within the DID, its public half, its days. `locked` is the private half, "" once the key is retired.

    A compromised key is named to nobody any more: what it signed no longer verifies. `purpose` is LOG or "", for all that the DID
    document speaks for.
    """

    name: str
    algorithm: str
    public: dict[str, str]
    made_at: datetime
    retired_at: datetime | None = None
    compromised: bool = False
    locked: str = ""
    purpose: str = ""


def did_of(base_url: str) -> str:
    """The did:web of the host at which the public reaches this register."""
    return "did:web:" + urlsplit(base_url).netloc.rpartition("@")[2].replace(":", "%3A")


class Keyring:
    """The keys of one register, in a folder of their own. Every process sees at once what another has changed there."""

    def __init__(self, home: Path, did: str, passphrase: str) -> None:
        self.did = did
        self._home, self._passphrase = home, passphrase
        self._seen: tuple[object, list[Key]] = (None, [])
        self._open: dict[str, ECKey | OKPKey] = {}
        self._lock = threading.Lock()

    def all(self) -> list[Key]:
        """Every key that ever was, in the order in which they were made."""
        files = sorted(self._home.glob("*.json")) if self._home.is_dir() else []
        state = [(file.name, (found := file.stat()).st_mtime_ns, found.st_size, found.st_ino) for file in files]
        if self._seen[0] != state:
            self._seen = state, sorted((_read(file) for file in files), key=lambda key: (key.made_at, _ordinal(key.name), key.name))
        return self._seen[1]

    def published(self) -> list[Key]:
        """Those of the DID document whose signatures count: all but the compromised ones."""
        return [key for key in self.all() if not key.compromised and not key.purpose]

    def active(self, algorithm: str = ES256, purpose: str = "") -> Key | None:
        """The key that signs now; of several, the newest."""
        return next((key for key in reversed(self.all())
                     if (key.algorithm, key.purpose) == (algorithm, purpose) and key.retired_at is None), None)

    def log_public(self) -> bytes | None:
        """The public half of the key that signs the log now, if it can."""
        key = self.active(ED25519, LOG)
        return _raw(key) if key and self._passphrase else None

    def log_publics(self) -> list[bytes]:
        """The public halves of all keys that ever signed the log; one that leaked proves nothing any more."""
        return [_raw(key) for key in self.all() if key.purpose == LOG and not key.compromised]

    def can_sign(self) -> bool:
        return bool(self._passphrase) and self.active() is not None

    def kid(self, key: Key) -> str:
        """The full DID URL by which a signature names its key."""
        return f"{self.did}#{key.name}"

    def make(self, algorithm: str, at: datetime, purpose: str = "") -> Key:
        """Make a key. CannotSign without a passphrase of at least LEAST_PASSPHRASE characters."""
        if len(self._passphrase) < LEAST_PASSPHRASE:
            raise CannotSign(
                Text(f"密钥加密存放，须有至少 {LEAST_PASSPHRASE} 个字符的口令。",
                     f"Keys are kept encrypted: a passphrase of at least {LEAST_PASSPHRASE} characters is needed."),
                action=Text("请设置 KEY_PASSPHRASE，并与数据库备份分开保管。", "Set KEY_PASSPHRASE, and keep it apart from backups of the database."))
        made = ECKey.generate_key("P-256") if algorithm == ES256 else OKPKey.generate_key(ED25519)
        stem = purpose or algorithm.lower()
        ordinal = 1 + max((_ordinal(key.name) for key in self.all() if key.name.startswith(f"{stem}-")), default=0)
        private = orjson.dumps(made.as_dict(private=True))
        locked = jwe.encrypt_compact(_LOCK, private, OctKey.import_key(self._passphrase), registry=_LOCKS)
        public = {name: str(value) for name, value in made.as_dict(private=False).items()}
        key = Key(f"{stem}-{ordinal}", algorithm, public, at, locked=locked, purpose=purpose)
        self._write(key)
        return key

    def rotate(self, at: datetime) -> list[Key]:
        """A new key of each kind, then the former ones retired: there is no moment without a key. Returns the new ones.

        The log's key stays: it is pinned by whoever verifies, and changed only by `retire` and `make`.
        """
        former = [key for key in self.all() if key.retired_at is None and not key.purpose]
        made = [self.make(algorithm, at) for algorithm in ALGORITHMS]
        for key in former:
            self.retire(key.name, at)
        return made

    def retire(self, name: str, at: datetime, *, compromised: bool = False) -> Key:
        """Sign no more with a key: its private half is destroyed, its public half stays unless it was `compromised`.

        A key that is retired may still be found compromised later. NotFound, AlreadyDone.
        """
        key = next((key for key in self.all() if key.name == name), None)
        if key is None:
            raise NotFound(Text(f"没有名为 {name} 的密钥。", f"There is no key named {name}."))
        if key.retired_at is not None and key.compromised >= compromised:
            raise AlreadyDone(Text("该密钥已停用。", "This key is retired already."))
        key = replace(key, retired_at=key.retired_at or at, compromised=compromised, locked="")
        self._write(key)
        return key

    def sign(self, header: Mapping[str, Any], payload: bytes) -> str:
        """A compact JWS over `payload` by the key that signs now, which the header then names. CannotSign without one."""
        key = self._signing(ES256)
        whole = {"alg": ES256, **header, "kid": self.kid(key), "iss": self.did}
        return jws.serialize_compact(whole, payload, self._opened(key), registry=SIGNATURES)

    def sign_octets(self, message: bytes, purpose: str = "") -> bytes:
        """The bare Ed25519 signature of `message`. CannotSign without a key of that purpose."""
        opened = self._opened(self._signing(ED25519, purpose)).private_key
        assert isinstance(opened, Ed25519PrivateKey)
        return opened.sign(message)

    def integrity_method(self) -> str:
        """The full DID URL of the key that makes Data Integrity proofs now. CannotSign without one."""
        return self.kid(self._signing(ED25519))

    def compromised(self) -> list[str]:
        """The full DID URLs of the keys whose signatures count no more."""
        return [self.kid(key) for key in self.all() if key.compromised]

    def _signing(self, algorithm: str, purpose: str = "") -> Key:
        key = self.active(algorithm, purpose)
        if key is None or not self._passphrase:
            raise CannotSign(_NO_KEY, action=_MAKE_ONE)
        return key

    def under(self, did: str) -> Keyring:
        """The same keys by the name that this register had at another address: what it signed there."""
        return self if did == self.did else Keyring(self._home, did, self._passphrase)

    def document(self) -> dict[str, Any]:
        """The DID document: every published key, retired ones too. Without any key its lists are empty."""
        keys = self.published()
        return {"@context": _CONTEXT, "id": self.did, "verificationMethod": [self._method(key) for key in keys],
                "assertionMethod": [self.kid(key) for key in keys]}

    def _method(self, key: Key) -> dict[str, Any]:
        kid = self.kid(key)
        if key.algorithm == ED25519:
            return {"id": kid, "type": "Multikey", "controller": self.did,
                    "publicKeyMultibase": "z" + base58.b58encode(ED25519_PUBLIC + _raw(key)).decode()}
        return {"id": kid, "type": "JsonWebKey", "controller": self.did, "publicKeyJwk": key.public | {"alg": key.algorithm, "kid": kid}}

    def _opened(self, key: Key) -> ECKey | OKPKey:
        """The private half, unlocked once in a process. CannotSign if the passphrase does not fit."""
        with self._lock:
            found = self._open.get(key.locked)
            if found is None:
                try:
                    unlocked = jwe.decrypt_compact(key.locked, OctKey.import_key(self._passphrase), registry=_LOCKS)
                except JoseError as fault:
                    raise CannotSign(Text("口令打不开签名密钥。", "The passphrase does not open the key."),
                                     action=Text("请核对 KEY_PASSPHRASE。", "Check KEY_PASSPHRASE.")) from fault
                private = orjson.loads(unlocked.plaintext or b"")
                found = ECKey.import_key(private) if key.algorithm == ES256 else OKPKey.import_key(private)
                in_use = {each.locked for each in self.all()}
                self._open = {locked: held for locked, held in self._open.items() if locked in in_use} | {key.locked: found}
        return found

    def _write(self, key: Key) -> None:
        """The whole file or none of it, readable to its owner only."""
        self._home.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = self._home / f".{key.name}.{secrets.token_hex(4)}"
        with os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(orjson.dumps(asdict(key), option=orjson.OPT_INDENT_2))
        part.replace(self._home / f"{key.name}.json")


def _raw(key: Key) -> bytes:
    return urlsafe_b64decode(key.public["x"].encode())


def _ordinal(name: str) -> int:
    return int(name.rpartition("-")[2])


def _read(file: Path) -> Key:
    found = orjson.loads(file.read_bytes())
    retired = found["retired_at"]
    return Key(**found | {"made_at": datetime.fromisoformat(found["made_at"]), "retired_at": datetime.fromisoformat(retired) if retired else None})
