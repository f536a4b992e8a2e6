"""What support a regulation promises in money: a share of a sum, within a cap and above a floor, and how it is divided.

It reckons what the text says; nobody is promised or paid anything by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from registry.law.rules import Labelled
from registry.words import Text

CENT = Decimal("0.01")
HUNDRED = Decimal(100)
BOUNDS = {"rate": Text("按比例", "by the rate"), "cap": Text("以上限为准", "cut to the cap"), "floor": Text("以下限为准", "raised to the floor")}


@dataclass(frozen=True, kw_only=True)
class Share:
    """Which part of a sum goes to whom, in per cent."""

    key: str
    label: Text
    percent: Decimal


@dataclass(frozen=True, kw_only=True)
class Support(Labelled):
    """What certification, or its misuse, brings: by name, and in money where the text says how much.

    `rate` is in per cent of `of` (the dossier's `of_field`, where one states it); `cap` and `floor` are in `unit`.
    """

    rate: Decimal | None = None
    cap: Decimal | None = None
    floor: Decimal | None = None
    unit: Text | None = None
    of: Text | None = None
    of_field: str | None = None
    shares: tuple[Share, ...] = ()


@dataclass(frozen=True)
class Reckoned:
    """The most that the rule gives, in its unit; `bound` says what decided it: rate, cap or floor."""

    amount: Decimal
    bound: str
    shares: tuple[tuple[Share, Decimal], ...]


def reckon_support(rule: Support, base: Decimal) -> Reckoned | None:
    """What `rule` gives on `base`, in the rule's unit, cut to the hundredth; None where it states no rate.

    A floor comes after the cap: a rule that has both says so of sums between them.
    """
    if rule.rate is None:
        return None
    amount, bound = base * rule.rate / HUNDRED, "rate"
    if rule.cap is not None and amount > rule.cap:
        amount, bound = rule.cap, "cap"
    if rule.floor is not None and amount < rule.floor:
        amount, bound = rule.floor, "floor"
    amount = amount.quantize(CENT, ROUND_DOWN)
    return Reckoned(amount, bound, tuple(zip(rule.shares, _split(amount, rule.shares), strict=True)))


def _split(amount: Decimal, shares: Sequence[Share]) -> list[Decimal]:
    """`amount` in hundredths by the shares' per cents, so that the parts come to the whole: each is cut, and what is left goes, a
    hundredth each, to those that lost most by it, the earlier first (largest remainder)."""
    exact = [amount * share.percent / HUNDRED for share in shares]
    parts = [part.quantize(CENT, ROUND_DOWN) for part in exact]
    left = int((amount - sum(parts)) / CENT) if shares else 0
    for i in sorted(range(len(parts)), key=lambda i: parts[i] - exact[i])[:left]:
        parts[i] += CENT
    return parts


def support_words(rule: Support) -> Text | None:
    """The figures of the rule in words; None where it has none."""
    parts: list[Text] = []
    if rule.rate is not None and rule.of is not None:
        parts.append(Text("{of}的{rate}%", "{rate} % of {of}").with_(of=rule.of, rate=rule.rate))
    for amount, words in ((rule.cap, Text("不超过{n}{unit}", "at most {n} {unit}")), (rule.floor, Text("不低于{n}{unit}", "at least {n} {unit}"))):
        if amount is not None:
            parts.append(words.with_(n=amount, unit=rule.unit))
    parts += [Text("{who}占{n}%", "{n} % of it to {who}").with_(who=share.label, n=share.percent) for share in rule.shares]
    return Text("，".join(p.zh for p in parts), ", ".join(p.en for p in parts)) if parts else None
