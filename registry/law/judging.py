"""What a filled-in form is worth: the product's class, the items that apply, the verdict on each, on a domain, on the whole.

Pure, and each answer with its reason. Reading what was typed is `sheets`; who fills it in is the desks'.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from registry.law.forms import ClassRule, Domain, Form, Item, Level, Limit
from registry.law.rules import FieldRule
from registry.law.sheets import Hazard, Result, Sheet
from registry.law.units import convert, quantity_words
from registry.words import Text, join

DECIDES = ("value", "unit", "uncertainty", "conforms")  # the columns by which an item is passed or not
VERDICTS = {
    "passed": Text("符合", "passed"),
    "failed": Text("不符合", "failed"),
    "open": Text("不能判定为符合", "cannot pass as it stands"),
    "reported": Text("仅报告，不计入结论", "reported, not judged"),
    "not_applicable": Text("不适用", "does not apply"),
}
_SIGNS = {
    "at_most": Text("不大于 {limit}", "at most {limit}"), "less_than": Text("小于 {limit}", "less than {limit}"),
    "at_least": Text("不小于 {limit}", "at least {limit}"), "more_than": Text("大于 {limit}", "more than {limit}"),
    "between": Text("{limit} 至 {upper}", "from {limit} to {upper}"),
}


@dataclass(frozen=True)
class Product:
    """What a form is held against: the dossier's values, typed, and the fields that they stand in."""

    form: Form
    fields: Sequence[FieldRule]
    typed: Mapping[str, object]

    def field(self, key: str) -> FieldRule:
        """The dossier's field `key`, which the form names."""
        return next(rule for rule in self.fields if rule.key == key)

    def words(self, key: str) -> str:
        """A quantity of the dossier with its unit."""
        return quantity_words(Decimal(str(self.typed[key])), self.field(key).measured_in)


@dataclass(frozen=True)
class Classified:
    """The class of a product, None while it cannot be told, and why: one sentence for each bound that decided."""

    rule: ClassRule | None
    reasons: tuple[Text, ...]


@dataclass(frozen=True)
class Verdict:
    """A word of VERDICTS and its reason."""

    word: str
    reason: Text


@dataclass(frozen=True)
class ItemVerdict:
    """One item with what was found and what that is worth."""

    item: Item
    result: Result | None
    verdict: Verdict


@dataclass(frozen=True)
class HazardVerdict:
    """One hazard with its level before and after mitigation; `accepted_by` where somebody has accepted what is left."""

    hazard: Hazard
    before: Level | None
    after: Level | None
    accepted_by: str | None
    verdict: Verdict


@dataclass(frozen=True)
class Judgement:
    """All of it: by item, by domain, by hazard, and the whole with every reason why it is not passed."""

    classified: Classified
    items: tuple[ItemVerdict, ...]
    domains: tuple[tuple[Domain, str], ...]
    hazards: tuple[HazardVerdict, ...]
    word: str
    reasons: tuple[Text, ...]


def judge(product: Product, sheet: Sheet, accepted: Mapping[int, str]) -> Judgement:
    """Judge `sheet` by the product's form. `accepted`: by whom what is left of a risk was accepted, hazard by hazard."""
    form, classified = product.form, classify(product)
    wrong = {fault.field: fault.message for fault in reversed(sheet.faults)}
    items = tuple(_judge_item(product, item, classified, sheet.results.get(item.key), wrong) for item in form.items)
    domains = tuple((domain, _worst(i.verdict.word for i in items if i.item.domain == domain.key)) for domain in form.domains)
    hazards = tuple(_judge_hazard(form, n, hazard, accepted.get(n)) for n, hazard in enumerate(sheet.hazards, 1))
    reasons = [_named(i.item.label, i.verdict.reason) for i in items if i.verdict.word in ("failed", "open")]
    reasons += [h.verdict.reason for h in hazards if h.verdict.word in ("failed", "open")]
    words = [*(word for _, word in domains), *(h.verdict.word for h in hazards)]
    if form.classes and classified.rule is None:
        words, reasons = [*words, "open"], [*classified.reasons, *reasons]
    if form.risk and not sheet.hazards:
        words.append("open")
        reasons.append(Text("尚未分析危险源：没有证据不等于没有风险。", "No hazard was analysed: missing evidence is no evidence of safety."))
    word = _worst(words)
    return Judgement(classified, items, domains, hazards, "open" if word == "not_applicable" else word, tuple(reasons))


def classify(product: Product) -> Classified:
    """The first class whose every limit is kept; the reasons name the bound that each class before it was left by."""
    reasons: list[Text] = []
    for rule in product.form.classes:
        broken = missing = None
        for limit in rule.limits:
            kept = _keeps(limit, product)
            missing = missing or (limit if kept is None else None)
            broken = broken or (limit if kept is False else None)
        if broken is None and missing is None:
            return Classified(rule, (*reasons, *(_limit_words(rule, limit, product, kept=True) for limit in rule.limits)))
        if broken is None and missing is not None:
            label = product.field(missing.field).label
            return Classified(None, (*reasons, Text("未填写“{f}”，不能确定是否属于{c}。", "“{f}” is not given: whether it is {c} cannot be told.").with_(
                f=label, c=rule.label)))
        assert broken is not None
        reasons.append(_limit_words(rule, broken, product, kept=False))
    if product.form.classes:
        reasons.append(Text("不属于本办法列出的任何一类。", "It is in none of the classes that the regulation lists."))
    return Classified(None, tuple(reasons))


def applies(item: Item, classified: Classified, product: Product) -> tuple[bool | None, Text]:
    """Whether `item` is to be found out for this product, None while that cannot be told; and why."""
    for when in item.when:
        given, rule = product.typed.get(when.field), product.field(when.field)
        if given is None:
            return None, Text("未填写“{f}”，不能确定是否适用。", "“{f}” is not given: whether it applies cannot be told.").with_(f=rule.label)
        if given not in when.values:
            named = join([choice.label for choice in rule.choices if choice.key in when.values])
            return False, Text("仅适用于“{f}”为{v}的产品。", "Only where “{f}” is {v}.").with_(f=rule.label, v=named)
    if item.classes:
        names = join([rule.label for rule in product.form.classes if rule.key in item.classes])
        if classified.rule is None:
            return None, Text("仅适用于{n}；产品类别尚不能确定。", "Only for {n}; the class of this product cannot be told.").with_(n=names)
        if classified.rule.key not in item.classes:
            return False, Text("仅适用于{n}；本产品为{c}。", "Only for {n}; this is {c}.").with_(n=names, c=classified.rule.label)
        return True, Text("适用于{n}；本产品为{c}。", "For {n}; this is {c}.").with_(n=names, c=classified.rule.label)
    return True, Text("适用。", "It applies.")


def requirement_words(item: Item) -> Text:
    """What an item asks, with its limit; says so where the limit is not known."""
    if not item.measured:
        return item.requirement or Text("要求尚不掌握", "what is required is not known")
    limit = Text("限值尚不掌握", "the limit is not known")
    if item.limit is not None:
        facts = {"limit": quantity_words(item.limit, item.unit), "upper": quantity_words(item.upper or item.limit, item.unit)}
        limit = _SIGNS[item.comparison].with_(**facts)
    named = Text("{q}{sep}{l}", "{q}: {l}").with_(q=item.quantity, sep="：", l=limit) if item.quantity else limit
    return Text("{r}（{n}）", "{r} ({n})").with_(r=item.requirement, n=named) if item.requirement else named


def _judge_item(product: Product, item: Item, classified: Classified, result: Result | None, wrong: Mapping[str, Text]) -> ItemVerdict:
    """`wrong`: by field, what was typed and cannot be read or is missing: nothing is passed on the strength of the rest."""
    asked, why = applies(item, classified, product)
    if asked is False:
        return ItemVerdict(item, result, Verdict("not_applicable", why))
    if asked is None:
        return ItemVerdict(item, result, Verdict("open", why))
    fault = next((wrong[f"results.{item.key}.{key}"] for key in DECIDES if f"results.{item.key}.{key}" in wrong), None)
    verdict = Verdict("open", fault) if fault and item.known else _worth(product.form, item, result)
    return ItemVerdict(item, result, verdict if item.counts else Verdict("reported", verdict.reason))


def _worth(form: Form, item: Item, result: Result | None) -> Verdict:
    if not item.known:
        return Verdict("open", Text("限值或要求尚不掌握，不能判定为符合；须由法规文件补充并注明依据。",
                                    "The limit or requirement is not known: it cannot pass until the regulation’s file states it, with its basis."))
    if result is None or not result.found:
        return Verdict("open", Text("没有结果；没有证据不等于符合。", "There is no result; missing evidence is no pass."))
    if not item.measured:
        return Verdict("passed", Text("经判定符合要求。", "Found to conform.")) if result.conforms else Verdict(
            "failed", Text("经判定不符合要求。", "Found not to conform."))
    assert result.value is not None
    return _measured(form, item, convert(result.value, result.unit, item.unit),
                     None if result.uncertainty is None else convert_span(result.uncertainty, result.unit, item.unit))


def convert_span(span: Decimal, unit: str, to: str) -> Decimal:
    """A width (an uncertainty) in another unit: zero points do not count."""
    return abs(convert(span, unit, to) - convert(Decimal(0), unit, to))


def _measured(form: Form, item: Item, value: Decimal, uncertainty: Decimal | None) -> Verdict:
    """`uncertainty` None: none is stated, as an analysis need not; then none is shown."""
    stated = "" if uncertainty is None else f"（±{quantity_words(uncertainty, item.unit)}）", \
             "" if uncertainty is None else f" (±{quantity_words(uncertainty, item.unit)})"
    facts = {"v": Text(*(quantity_words(value, item.unit) + said for said in stated)), "r": requirement_words(item)}
    spread = uncertainty if form.decision_rule == "guarded" and uncertainty is not None else Decimal(0)
    ends = [_within(item, end) for end in (value - spread, value + spread)]
    if all(ends):
        return Verdict("passed", Text("{v}满足：{r}。", "{v} meets: {r}.").with_(**facts))
    if not any(ends) and not _spans(item, value - spread, value + spread):
        return Verdict("failed", Text("{v}不满足：{r}。", "{v} does not meet: {r}.").with_(**facts))
    return Verdict("open", Text("{v}：计入不确定度后不能判定是否满足：{r}。",
                                "{v}: with its uncertainty it cannot be told whether it meets: {r}.").with_(**facts))


def _within(item: Item, value: Decimal) -> bool:
    assert item.limit is not None
    return _compare(item.comparison, value, item.limit, item.upper)


def _spans(item: Item, low: Decimal, high: Decimal) -> bool:
    """Whether an interval whose both ends lie outside holds the whole permitted range."""
    return item.comparison == "between" and item.limit is not None and item.upper is not None and low < item.limit and high > item.upper


def _compare(comparison: str, value: Decimal, limit: Decimal, upper: Decimal | None = None) -> bool:
    match comparison:
        case "at_most":
            return value <= limit
        case "less_than":
            return value < limit
        case "at_least":
            return value >= limit
        case "more_than":
            return value > limit
    assert upper is not None
    return limit <= value <= upper


def _judge_hazard(form: Form, number: int, hazard: Hazard, accepted: str | None) -> HazardVerdict:
    risk = form.risk
    before = risk.level(hazard.severity, hazard.probability) if risk else None
    after = risk.level(hazard.severity_after or hazard.severity, hazard.probability_after or hazard.probability) if risk else None
    assert after is not None
    named = {"n": number, "h": hazard.text, "l": after.label}
    if after.effect == "fails":
        verdict = Verdict("failed", Text("危险源 {n}（{h}）剩余风险为“{l}”，未得到缓解。",
                                         "Hazard {n} ({h}) is left at “{l}”: it is not mitigated.").with_(**named))
    elif after.effect == "needs_acceptor" and accepted is None:
        verdict = Verdict("open", Text("危险源 {n}（{h}）剩余风险为“{l}”，须有署名的风险接受人。",
                                       "Hazard {n} ({h}) is left at “{l}”: a named person has to accept it.").with_(**named))
    elif after.effect == "needs_acceptor":
        verdict = Verdict("passed", Text("危险源 {n} 剩余风险“{l}”由{who}接受。",
                                         "Hazard {n}, left at “{l}”, was accepted by {who}.").with_(who=accepted, **named))
    else:
        verdict = Verdict("passed", Text("危险源 {n} 剩余风险为“{l}”。", "Hazard {n} is left at “{l}”.").with_(**named))
    return HazardVerdict(hazard, before, after, accepted, verdict)


def _worst(words: Iterable[str]) -> str:
    found = set(words)
    return next((word for word in ("failed", "open", "passed") if word in found), "not_applicable")


def _keeps(limit: Limit, product: Product) -> bool | None:
    value, unit = product.typed.get(limit.field), product.field(limit.field).measured_in
    return _compare(limit.comparison, convert(Decimal(str(value)), unit, limit.unit), limit.limit) if value is not None else None


def _limit_words(rule: ClassRule, limit: Limit, product: Product, *, kept: bool) -> Text:
    sign = _SIGNS[limit.comparison].with_(limit=quantity_words(limit.limit, limit.unit))
    words = Text("{c}：{f}须{s}，填报 {v}，满足。", "{c}: “{f}” has to be {s}; given: {v}; kept.") if kept else Text(
        "不属于{c}：{f}须{s}，填报 {v}。", "Not {c}: “{f}” would have to be {s}; given: {v}.")
    return words.with_(c=rule.label, f=product.field(limit.field).label, s=sign, v=product.words(limit.field))


def _named(label: Text, reason: Text) -> Text:
    return Text("{l}：{r}", "{l}: {r}").with_(l=label, r=reason)
