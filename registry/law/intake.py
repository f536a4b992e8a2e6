"""When new applications are taken, and how many of them a region's bureau may endorse under one call.

A quota is a base, another base for some regions, and what is added. What is added for earlier certifications counts those of the
register; the counting is the desks'.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from registry.law.deadlines import Period
from registry.law.rules import Labelled, Source
from registry.words import Text


@dataclass(frozen=True, kw_only=True)
class CallReminderRule(Source):
    """One reminder of a call's last day for one tier (enterprise, bureau, department), due from `before` ahead of it."""

    key: str
    tier: str
    before: Period


@dataclass(frozen=True, kw_only=True)
class RegionQuota(Labelled):
    """Another base than `quota_per_bureau` for some regions."""

    regions: tuple[str, ...]
    quota: int


@dataclass(frozen=True, kw_only=True)
class Bonus(Labelled):
    """What is added to a bureau's quota: for some regions, where so many of its enterprises' products were certified before, or
    (`by_call`) for those that the call names, each with its reason."""

    more: int
    regions: tuple[str, ...] = ()
    certified_at_least: int | None = None
    certified_at_most: int | None = None
    by_call: bool = False

    def reached(self, region: str, certified: int, reasons: Mapping[str, str]) -> bool:
        """Whether this region, with so many certifications, gets it; `reasons`: the bonuses that the call gives it."""
        if self.by_call:
            return self.key in reasons
        if self.regions and region not in self.regions:
            return False
        enough = self.certified_at_least is None or certified >= self.certified_at_least
        return enough and (self.certified_at_most is None or certified <= self.certified_at_most)


@dataclass(frozen=True, kw_only=True)
class IntakeRule(Source):
    """When new applications are taken. `mode`: "all_year", or "calls": only in the window that a call opens.

    Only with calls: a bureau's last day lies `bureau_before` the department's, an enterprise's `enterprise_before` its
    bureau's; `quota_per_bureau`: how many applications a bureau may endorse under one call, None without a limit; `quotas` and
    `bonuses`: where it is otherwise, and what is added;
    `reminders`: before which last days who is told, none if the regulation sets none.
    """

    mode: str
    bureau_before: Period | None = None
    enterprise_before: Period | None = None
    quota_per_bureau: int | None = None
    quotas: tuple[RegionQuota, ...] = ()
    bonuses: tuple[Bonus, ...] = ()
    reminders: tuple[CallReminderRule, ...] = ()


@dataclass(frozen=True)
class Part:
    """One part of a quota: how many, by which rule, and why, where the call gave it."""

    label: Text
    places: int
    article: str
    basis: str
    reason: str = ""


@dataclass(frozen=True)
class Quota:
    """The whole of it, and the parts that it is the sum of."""

    total: int
    parts: tuple[Part, ...]


BASE = Text("基本名额", "base")


def quota_of(rule: IntakeRule, region: str, certified: int, given: Iterable[Mapping[str, str]] = ()) -> Quota | None:
    """The quota of `region`, of whose enterprises `certified` were certified before the call. None: there is no limit.

    `given`: what the call gives beyond the file: bonus, prefecture, reason.
    """
    if rule.quota_per_bureau is None:
        return None
    other = next((q for q in rule.quotas if region in q.regions), None)
    base = Part(other.label, other.quota, other.article, other.basis) if other else Part(BASE, rule.quota_per_bureau, rule.article, rule.basis)
    reasons = {x["bonus"]: x["reason"] for x in given if x["prefecture"] == region}
    added = [Part(bonus.label, bonus.more, bonus.article, bonus.basis, reasons.get(bonus.key, "")) for bonus in rule.bonuses
             if bonus.reached(region, certified, reasons)]
    parts = (base, *added)
    return Quota(sum(part.places for part in parts), parts)


def parts_words(quota: Quota) -> Text:
    """The sum in words: each part with its number and article."""
    said = [Text("{label} {n}〔{article}〕", "{label} {n} [{article}]").with_(label=p.label, n=p.places, article=p.article) for p in quota.parts]
    return Text(" + ".join(p.zh for p in said), " + ".join(p.en for p in said))


def counts_certificates(rule: IntakeRule) -> bool:
    """Whether any bonus depends on earlier certifications."""
    return any((bonus.certified_at_least or bonus.certified_at_most) is not None for bonus in rule.bonuses)


