"""The counter at which versions of certificates are written: each says what its certificate said from one day on.

A version is written in the transaction of the act that makes it, and never changed. Why there is one is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from registry.books.models import Certificate, CertificateVersion, Enterprise, Entry
from registry.registrar import Registrar


def keep_first(r: Registrar, certificate: Certificate, entry: Entry) -> None:
    """The version with which a certificate is issued, in force from its first day."""
    _keep(r, certificate, entry)


def amend_certificate(
    r: Registrar, certificate: Certificate, *, holder: Enterprise | None = None, added: Sequence[str] = (), **facts: Any
) -> Entry:
    """Let a certificate say something else from today on: it keeps its number and its term, and gets its next version.

    `holder`: the enterprise that holds it now, by its present name; `added`: models that come to its scope. OutOfOrder
    for one that is neither valid nor suspended.
    """
    if holder is not None:
        certificate.enterprise_id, certificate.holder_name = holder.id, holder.name
    if added:
        certificate.scope = [*certificate.scope, *added]
        certificate.scope_text = " ".join(certificate.scope)
    certificate.edition += 1
    entry = r.record(certificate, "amend", edition=certificate.edition, **facts)
    _keep(r, certificate, entry)
    return entry


def _keep(r: Registrar, certificate: Certificate, entry: Entry) -> None:
    holder = r.session.get_one(Enterprise, certificate.enterprise_id)
    r.session.add(CertificateVersion(
        certificate_id=certificate.id, edition=certificate.edition, holder_name=certificate.holder_name,
        credit_code=holder.credit_code, product=certificate.product, scope=list(certificate.scope),
        conditions=list(certificate.conditions), in_force_from=max(certificate.valid_from, r.today), entry_seq=entry.seq,
    ))
    r.session.flush()
