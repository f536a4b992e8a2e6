"""Where documents lie: one file a digest, outside the database, written once and never changed. It judges nothing."""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path

import obstore
from obstore.exceptions import AlreadyExistsError
from obstore.store import LocalStore


class Vault:
    """Bytes by their SHA-256, below one folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._store = LocalStore(prefix=str(folder.absolute()))

    def put(self, content: bytes) -> str:
        """Keep `content`; returns its SHA-256 in hex. The same bytes twice are kept once."""
        digest = hashlib.sha256(content).hexdigest()
        with contextlib.suppress(AlreadyExistsError):
            obstore.put(self._store, _place(digest), content, mode="create")
        return digest

    def get(self, digest: str) -> bytes:
        """The bytes with this SHA-256, checked again on the way out; ValueError if the file was altered."""
        content = bytes(obstore.get(self._store, _place(digest)).bytes())
        if hashlib.sha256(content).hexdigest() != digest:
            raise ValueError(f"document {digest} was altered on disk")
        return content


    def find(self, digest: str) -> bytes | None:
        """The bytes with this SHA-256, or None if they are not here."""
        try:
            return self.get(digest)
        except FileNotFoundError:
            return None


def _place(digest: str) -> str:
    return f"{digest[:2]}/{digest}"
