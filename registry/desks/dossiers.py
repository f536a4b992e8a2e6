"""What of a dossier is sealed: its canonical content with the digests of its documents. What it must hold the law says."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import rfc8785

from registry.books.models import Application, Document


def dossier_digest(application: Application, documents: Sequence[Document]) -> str:
    """One SHA-256 over the canonical dossier and the digests of its documents, in their order."""
    return hashlib.sha256(dossier_content(application, documents)).hexdigest()


def dossier_content(application: Application, documents: Sequence[Document]) -> bytes:
    """The canonical dossier with the digests of its documents, in their order."""
    files = [[d.ordinal, d.slot, d.filename, d.sha256] for d in sorted(documents, key=lambda d: d.ordinal)]
    body: dict[str, Any] = {"number": application.number, "dossier": application.dossier, "documents": files}
    return rfc8785.dumps(body)
