"""What a certificate is worth on one day, from dates and recorded facts alone. Not here: its life (lifecycle), where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Standing:
    """What a certificate is worth on one day: one word for people, and the three facts that it was made from.

    validity: not_yet_valid | in_term | expired; restriction: suspended or None; outcome: revoked | surrendered |
    superseded or None. `in_force` is true only within the term, unrestricted, with no outcome.
    """

    word: str
    validity: str
    restriction: str | None
    outcome: str | None

    @property
    def in_force(self) -> bool:
        return self.word == "valid"


def standing_on(
    day: date,
    *,
    valid_from: date,
    valid_until: date | None,
    suspended: bool = False,
    outcome: str | None = None,
    renewed: bool = False,
) -> Standing:
    """Standing on `day` from dates and recorded facts alone; it does not matter whether a sweep has run.

    Both `valid_from` and `valid_until` are days in force; `valid_until` None: it is without end. Precedence of the word: an outcome by decision (revoked,
    surrendered), then the term (not yet valid; superseded or expired), then the restriction (suspended), then valid.
    """
    validity = "not_yet_valid" if day < valid_from else "expired" if valid_until and day > valid_until else "in_term"
    if outcome is None and renewed and validity == "expired":
        outcome = "superseded"
    restriction = "suspended" if suspended else None
    word = outcome or {"not_yet_valid": "not_yet_valid", "expired": "expired"}.get(validity) or restriction or "valid"
    return Standing(word, validity, restriction, outcome)
