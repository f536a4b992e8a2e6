"""Reading what support a regulation promises on one case, reckoned from its dossier. It promises nobody anything."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from registry.books.models import Application
from registry.law.lifecycle import Role
from registry.law.support import BOUNDS, reckon_support, support_words
from registry.registrar import Registrar


def support_of(r: Registrar, a: Application) -> list[dict[str, Any]]:
    """What is reckoned on this case, for its applicant, its bureau, its department and the auditors; nothing for others.

    Each rule of support that states a figure, with what it comes to; `amount` is None where the dossier does not say of what."""
    office = r.presides(Role.DEPARTMENT, Role.AUDITOR, over=a) or a.prefecture in r.actor.prefectures
    if not office and a.enterprise_id not in r.actor.enterprises:
        return []
    law = r.regulation_of(a)
    typed, found = law.read_dossier(a.dossier), []
    for rule in law.support:
        words = support_words(rule)
        if words is None:
            continue
        base = typed.get(rule.of_field) if rule.of_field else None
        reckoned = reckon_support(rule, Decimal(str(base))) if base is not None else None
        field = law.field(rule.of_field) if rule.of_field else None
        found.append({
            "key": rule.key, "label": rule.label, "figures": words, "unit": rule.unit, "of": field.label if field else rule.of,
            "amount": str(reckoned.amount) if reckoned else None, "bound": BOUNDS[reckoned.bound] if reckoned else None,
            "shares": [{"label": share.label, "amount": str(amount)} for share, amount in reckoned.shares] if reckoned else [],
            "article": rule.article, "basis": rule.basis,
        })
    return found
