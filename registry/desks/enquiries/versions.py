"""Reading the versions of a certificate: anybody may, each and all of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlmodel import col, select

from registry.books.models import Certificate, CertificateVersion, Entry
from registry.errors import NotFound
from registry.law import lifecycle
from registry.law.codes import normalise_number
from registry.registrar import Registrar
from registry.words import Text


def list_versions(r: Registrar, number: str) -> list[dict[str, Any]]:
    """Every version of one certificate, the newest first, each with the days on which it is what the certificate says."""
    c = r.fetch(Certificate, normalise_number(number))
    query = (
        select(CertificateVersion, Entry).join(Entry, col(Entry.seq) == CertificateVersion.entry_seq)
        .where(CertificateVersion.certificate_id == c.id).order_by(col(CertificateVersion.edition))
    )
    rows = list(r.session.exec(query).all())
    shown = []
    for place, (version, entry) in enumerate(rows):
        following = rows[place + 1][0].in_force_from if place + 1 < len(rows) else None
        shown.append(_version(r, c, version, entry) | {
            "in_force_until": following - timedelta(days=1) if following else c.valid_until, "newest": following is None,
        })
    return shown[::-1]


def show_version(r: Registrar, number: str, edition: int) -> dict[str, Any]:
    """One version of a certificate by its edition, counted from one."""
    found = next((v for v in list_versions(r, number) if v["edition"] == edition), None)
    if found is None:
        raise NotFound(Text(f"{number} 没有第 {edition} 版。", f"{number} has no version {edition}."))
    return found


def _version(r: Registrar, c: Certificate, version: CertificateVersion, entry: Entry) -> dict[str, Any]:
    change = entry.facts.get("change")
    rule = next((rule for rule in r.regulation_of(c).changes if rule.key == change), None)
    return {
        "number": c.number, "edition": version.edition,
        "holder": {"credit_code": version.credit_code, "name": version.holder_name}, "product": version.product,
        "scope": list(version.scope), "conditions": list(version.conditions), "in_force_from": version.in_force_from,
        "recorded_at": entry.at, "act": entry.act, "label": lifecycle.label_of("certificate", entry.act), "seq": entry.seq,
        "change": change, "change_label": rule.label if rule else None, "amendment": entry.facts.get("amendment"),
    }
