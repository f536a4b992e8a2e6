"""Reading the certificates of one product as one history: each took the place of the one before, and what lay between is shown."""

from __future__ import annotations

from typing import Any

from sqlmodel import select

from registry.books.models import Announcement, Certificate
from registry.law.lifecycle import STATE_LABELS
from registry.law.standing import Standing
from registry.registrar import Registrar


def chain_of(r: Registrar, c: Certificate) -> list[Certificate]:
    """All certificates of which `c` is one, the oldest first."""
    found = [c]
    while (before := found[0].renews_id) is not None:
        found.insert(0, r.session.get_one(Certificate, before))
    while (after := r.session.exec(select(Certificate).where(Certificate.renews_id == found[-1].id)).one_or_none()) is not None:
        found.append(after)
    return found


def link(r: Registrar, c: Certificate, now: Standing, before: Certificate | None) -> dict[str, Any]:
    """One certificate of a chain: its term, what it is worth, and how many days lay between it and the one before."""
    announcement = r.session.get_one(Announcement, c.announcement_id)
    return {
        "number": c.number, "holder": c.holder_name, "valid_from": c.valid_from, "valid_until": c.valid_until,
        "standing": now.word, "standing_label": STATE_LABELS[now.word], "document_number": announcement.document_number,
        "gap_days": (c.valid_from - before.valid_until).days - 1 if before and before.valid_until else 0,
    }
