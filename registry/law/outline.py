"""A regulation as it is told: its parts in one order, each figure in words with the place where it stands.

The page, the API and `app.py law show` all show this and nothing else, so that none of them leaves anything out. Not here: what the
file leaves unsaid (report), the taxonomy, how any of it is laid out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from registry.law.deadlines import NEXT_WORKING_DAY, Period
from registry.law.forms import DECISION_RULE_WORDS, METHODS, Form, Item, Risk
from registry.law.intake import IntakeRule
from registry.law.lifecycle import CLOCK_PERIODS, MEASURE_KINDS
from registry.law.regulation import Regulation
from registry.law.rules import Column, Condition, DocumentRule, FieldRule, Labelled, RecusalRule, Source
from registry.law.support import support_words
from registry.law.tiers import RISES_TO, TIERS
from registry.law.units import shown_unit
from registry.words import Text, join

COMPARISONS = {
    "at_most": Text("不大于 {limit}{unit}", "at most {limit}{unit}"), "less_than": Text("小于 {limit}{unit}", "less than {limit}{unit}"),
    "at_least": Text("不小于 {limit}{unit}", "at least {limit}{unit}"), "more_than": Text("大于 {limit}{unit}", "more than {limit}{unit}"),
    "between": Text("{limit} 至 {upper}{unit}", "{limit} to {upper}{unit}"),
}
IGNORED = {"spaces": Text("空格", "spaces"), "hyphens": Text("连字符", "hyphens"), "dots": Text("点", "dots")}
ACTS = MEASURE_KINDS | {"reinstate": Text("恢复证书", "Reinstate the certificate"), "set_aside": Text("撤销原处理决定", "Set a measure aside")}
NUMBERS = {
    "application": Text("申请", "Application"), "notice": Text("公示", "Public notice"), "objection": Text("异议", "Objection"),
    "certificate": Text("证书", "Certificate"), "measure": Text("处理措施", "Measure"), "amendment": Text("证书变更", "Change of a certificate"),
}
KINDS = {
    "line": Text("一行文字", "one line"), "text": Text("文字", "text"), "integer": Text("整数", "whole number"), "decimal": Text("小数", "decimal number"),
    "date": Text("日期", "day"), "choice": Text("单选", "one of several"), "credit_code": Text("统一社会信用代码", "credit code"),
    "declaration": Text("声明", "declaration"), "taxonomy": Text("产品目录", "of the product tree"), "models": Text("每行一项", "one on each line"),
    "rows": Text("表格", "table"),
}


@dataclass(frozen=True)
class Line:
    """One thing that the file says, in words; what belongs under it is in `lines`."""

    text: Text
    source: Source | None = None
    key: str = ""
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Part:
    """Lines under one heading."""

    key: str
    title: Text
    lines: tuple[Line, ...]


def outline(law: Regulation) -> list[Part]:
    """All that a regulation says, part by part; a part of which it says nothing is left out."""
    parts = (
        ("summary", Text("要点", "In short"), (Line(x.text, x, x.key) for x in law.summary)),
        ("definition", Text("什么是{noun}", "What a {noun} is").with_(noun=law.product_noun), _definition(law)),
        ("stages", Text("办理环节", "The road"), _stages(law)),
        ("periods", Text("各项期限", "Lengths of time"), _periods(law)),
        ("intake", Text("受理方式", "When applications are taken"), _intake(law.intake)),
        ("certificate", Text("证书的期限", "The term of a certificate"), _term(law)),
        ("escalations", Text("逾期上报", "How overdue work rises"), (
            Line(Text("逾期{n}，告知{who}", "{n} overdue: told to {who}").with_(n=x.after.words(), who=RISES_TO[x.role]), x, x.key) for x in law.escalations)),
        ("dossier", Text("申报书", "The dossier"), _dossier(law)),
        ("documents", Text("材料", "Documents"), map(_document, law.dossier.documents)),
        ("conditions", Text("提交前核对的条件", "Conditions checked before submission"), (_condition(law, x) for x in law.conditions)),
        ("scope", Text("认定范围的比对", "How the scope is compared"), _scope(law)),
        ("panel", Text("专家评审", "Expert review"), _panel(law)),
        *((kind, stage.label, _form(law, form)) for kind in ("assessment", "site_inspection") if (form := law.form(kind)) and (stage := law.stage(kind))),
        ("grades", Text("认定等级", "Grades"), (
            Line(x.label if x.pass_mark is None else Text("{label}（通过线 {m} 分）", "{label} (pass mark {m})").with_(label=x.label, m=x.pass_mark),
                 x, x.key) for x in law.grades)),
        ("supplement_reasons", Text("补正的事由", "Reasons for a supplement"), _labels(law.supplement_reasons)),
        ("refusal_grounds", Text("不予认定的事由", "Grounds of refusal"), _labels(law.refusal_grounds)),
        ("objection_grounds", Text("异议的事由", "Grounds of an objection"), _labels(law.objection_grounds)),
        ("sanctions", Text("对证书的措施的事由", "Grounds of measures on certificates"), (
            Line(Text("{label}：{acts}", "{label}: {acts}").with_(label=x.label, acts=join([ACTS[a] for a in x.acts])), x, x.key) for x in law.sanctions)),
        ("debarments", Text("不得再申报的事由", "Grounds of debarment"), (
            Line(Text("{label}：{n}内不得再申报", "{label}: no application for {n}").with_(label=x.label, n=x.period.words()), x, x.key)
            for x in law.debarments)),
        ("changes", Text("证书变更", "Changes of a certificate"), (Line(x.label, x, x.key, (Line(x.proof),)) for x in law.changes)),
        ("relations", Text("与其他认定的关系", "Relations to other certifications"), _labels(law.relations)),
        ("support", Text("认定之后的支持与后果", "What certification brings"), (
            Line(Text("{label}：{words}", "{label}: {words}").with_(label=x.label, words=words) if (words := support_words(x)) else x.label, x, x.key)
            for x in law.support)),
        ("authority", Text("主管部门", "The authority"), _authority(law)),
        ("numbers", Text("编号的格式", "The form of numbers"), [
            Line(join([Text("{what} {form}", "{what} {form}").with_(what=NUMBERS[kind], form=form) for kind, form in law.numbers.items()]), law.number_forms)]),
    )
    return [Part(key, title, tuple(lines)) for key, title, lines in ((k, t, list(x)) for k, t, x in parts) if lines]


def counted_words(period: Period) -> Text:
    """A length of time with how it is counted: whether its first day counts, and whether its last day moves off a day off."""
    first = Text("首日计入", "the first day counts") if period.count_start_day else Text("首日不计", "the first day is not counted")
    last = Text("最后一日遇法定休假日顺延", "a last day that is a day off moves") if period.ends == NEXT_WORKING_DAY else Text(
        "最后一日遇法定休假日不顺延", "its last day stands even on a day off")
    return Text("{n}（{first}，{last}）", "{n} ({first}; {last})").with_(n=period.words(), first=first, last=last)


def _labels(rules: Iterable[Labelled]) -> Iterator[Line]:
    return (Line(x.label, x, x.key) for x in rules)


def _authority(law: Regulation) -> Iterator[Line]:
    bureaus = tuple(Line(Text("{name}：{bureau}", "{name}: {bureau}").with_(name=p.name, bureau=p.bureau), p, p.code)
                    for p in law.authority.prefectures.values())
    yield Line(law.authority.name, law.authority, law.authority.key, bureaus)


def _definition(law: Regulation) -> Iterator[Line]:
    yield Line(law.definition.text, law.definition)
    yield from _labels(law.predicates)


def _stages(law: Regulation) -> Iterator[Line]:
    for stage in law.stages:
        rule = law.periods.get(stage.term or (stage.kind if stage.kind in CLOCK_PERIODS else ""))
        term = Line(Text("期限：{n}", "Term: {n}").with_(n=rule.period.words()), rule) if rule else Line(Text("未规定办理期限", "no term is set"))
        yield Line(stage.label, stage, stage.kind, (term,))


def _periods(law: Regulation) -> Iterator[Line]:
    for key, rule in law.periods.items():
        yield Line(Text("{label}：{n}", "{label}: {n}").with_(label=law.period_label(key), n=counted_words(rule.period)), rule, key)


def _intake(rule: IntakeRule | None) -> Iterator[Line]:
    if rule is None:
        return
    yield Line(Text("全年受理", "all year round") if rule.mode == "all_year" else Text("按申报通知受理", "in the window of a call"), rule)
    if rule.bureau_before and rule.enterprise_before:
        yield Line(Text("地方主管部门截止于主管部门截止前{b}，企业截止于地方主管部门截止前{e}",
                        "the bureaus’ last day lies {b} before the department’s, the enterprises’ {e} before the bureaus’").with_(
            b=rule.bureau_before.words(), e=rule.enterprise_before.words()), rule)
    if rule.quota_per_bureau:
        yield Line(Text("每个地区最多推荐 {q} 项", "a bureau may endorse at most {q}").with_(q=rule.quota_per_bureau), rule)
    for quota in rule.quotas:
        yield Line(Text("推荐名额：{label}，{q} 项", "Quota: {label}, {q}").with_(label=quota.label, q=quota.quota), quota, quota.key)
    for bonus in rule.bonuses:
        by_call = Text("（由申报通知写明地区和理由）", " (the call says for whom, and why)") if bonus.by_call else Text("", "")
        words = Text("增加名额：{label}，+{n}{by}", "Added to the quota: {label}, +{n}{by}").with_(label=bonus.label, n=bonus.more, by=by_call)
        yield Line(words, bonus, bonus.key)
    for reminder in rule.reminders:
        yield Line(Text("截止提醒：{tier}截止前{n}", "Reminder of the last day for “{tier}”: {n} before").with_(
            tier=TIERS[reminder.tier], n=reminder.before.words()), reminder, reminder.key)


def _term(law: Regulation) -> Iterator[Line]:
    if law.validity:
        period = law.validity.period
        words = counted_words(period) if period else law.validity.words()
        yield Line(Text("有效期：{n}，自公布之日起", "Validity: {n}, from the announcement").with_(n=words), law.validity, "validity")
    if law.renewal:
        yield Line(Text("续期窗口：{n}", "Renewal window: {n}").with_(n=law.renewal.words()), law.renewal, "renewal")
    for x in law.reminders:
        yield Line(Text("到期提醒：到期前{n}", "Reminder: {n} before the last day").with_(n=x.before.words()), x, x.key)


def _dossier(law: Regulation) -> Iterator[Line]:
    for section in law.dossier.sections:
        yield Line(section.label, None, section.key, tuple(_field(x) for x in section.fields))


def _field(rule: FieldRule) -> Line:
    marks = [_needed(rule.required), KINDS[rule.kind], *([rule.unit] if rule.unit else []),
             *([Text("将公开", "will be public")] if rule.public else [])]
    choices = (Line(Text("可选：{x}", "one of: {x}").with_(x=join([c.label for c in rule.choices]))),) if rule.choices else ()
    return Line(_marked(rule.label, marks), rule, rule.key, choices + tuple(map(_column, rule.columns)))


def _column(rule: Column) -> Line:
    return Line(_marked(rule.label, [_needed(rule.required), KINDS[rule.kind]]), None, rule.key)


def _document(rule: DocumentRule) -> Line:
    least = Text("至少 {n} 份", "at least {n}").with_(n=rule.minimum) if rule.required else Text("可不提交", "optional")
    types = ", ".join(rule.types).upper()
    return Line(_marked(rule.label, [least, Text("最多 {n} 份", "at most {n}").with_(n=rule.maximum), Text(types, types)]), rule, rule.key)


def _needed(required: bool) -> Text:
    return Text("必填", "required") if required else Text("选填", "optional")


def _marked(label: Text, marks: list[Text]) -> Text:
    return Text("{label}（{marks}）", "{label} ({marks})").with_(label=label, marks=join(marks))


def _condition(law: Regulation, rule: Condition) -> Line:
    place = law.place_label(rule.field)
    at = (Line(Text("所涉项目：{place}", "Concerns: {place}").with_(place=place)),) if place else ()
    return Line(rule.demand, rule, rule.key, (*at, Line(Text("判定式：{x}", "Judged by: {x}").with_(x=rule.expression))))


def _scope(law: Regulation) -> Iterator[Line]:
    patterns = Text("“{label}”可用通配写法（*、{{a,b}}、[1..9]、! 表示排除）", "{label}: patterns are read (*, {{a,b}}, [1..9], ! excludes)")
    literal = Text("“{label}”逐字比对，不分全角半角和大小写", "{label}: compared as written, whatever the width and the capitals")
    yield Line((patterns if law.matching.patterns else literal).with_(label=law.scope_label), law.scope)
    if law.scope and law.scope.ignored:
        yield Line(Text("比对时不计：{x}", "Not compared: {x}").with_(x=join([IGNORED[x] for x in law.scope.ignored])), law.scope)


def _panel(law: Regulation) -> Iterator[Line]:
    panel = law.panel
    if not panel.basis:
        return
    odd = Text("，人数为单数", ", an odd number") if panel.odd else Text("", "")
    known = Text("，其中至少 {n} 名熟悉该类产品", ", at least {n} of whom know the class of products") if panel.specialists else Text("", "")
    yield Line(Text("至少 {n} 名专家{odd}{known}；平均分不低于 {m} 分为通过", "At least {n} experts{odd}{known}; a mean mark of {m} or more passes").with_(
        n=panel.minimum, odd=odd, known=known.with_(n=panel.specialists), m=panel.pass_mark), panel)
    for x in panel.criteria:
        yield Line(Text("{label}：{m} 分", "{label}: {m} points").with_(label=x.label, m=x.maximum), x, x.key)
    yield from map(_recusal, panel.recusal)


def _recusal(rule: RecusalRule) -> Line:
    years = Text("（终止后 {n} 年内）", " (until {n} years after it ended)").with_(n=rule.years) if rule.years else Text("", "")
    return Line(Text("应当回避：{label}{years}", "Must stand aside: {label}{years}").with_(label=rule.label, years=years), rule, rule.key)


def _form(law: Regulation, form: Form) -> Iterator[Line]:
    yield Line(Text("判定规则：{x}", "Decided so: {x}").with_(x=DECISION_RULE_WORDS[form.decision_rule]), form)
    for group in form.classes:
        yield Line(Text("类别：{x}", "Class: {x}").with_(x=group.label), group, group.key, tuple(
            Line(Text("{field} {x}", "{field}: {x}").with_(field=law.place_label(f"dossier.{limit.field}"), x=COMPARISONS[limit.comparison].with_(
                limit=limit.limit, upper="", unit=_unit(limit.unit))), limit) for limit in group.limits))
    for domain in form.domains:
        yield Line(domain.label, domain, domain.key, tuple(_item(item) for item in form.items if item.domain == domain.key))
    if form.risk:
        yield from _risk(form.risk)
    yield from (Line(Text("参考表：{x}", "Table for reference: {x}").with_(x=x.label), x, x.key, (Line(x.caution),)) for x in form.references)
    yield from map(_recusal, form.recusal)


def _risk(risk: Risk) -> Iterator[Line]:
    """The matrix: each probability with the level that it gives for each severity, in their order."""
    levels = {level.key: level.label for level in risk.levels}
    severities = Line(Text("严重程度，由重到轻", "Severities, the worst first"), None, "severities", tuple(_labels(risk.severities)))
    probabilities = tuple(Line(Text("{label}：{levels}", "{label}: {levels}").with_(
        label=x.label, levels=join([levels[key] for key in x.levels])), x, x.key) for x in risk.probabilities)
    with_each = Text("可能性，及其与各严重程度相应的风险等级", "Probabilities, and the level of risk with each severity")
    yield Line(Text("风险矩阵", "The matrix of risks"), risk, "risk", (
        severities, Line(with_each, None, "probabilities", probabilities),
        Line(Text("风险等级", "Levels of risk"), None, "levels", tuple(_labels(risk.levels))),
        Line(Text("缓解措施的种类", "Kinds of mitigation"), None, "mitigations", tuple(_labels(risk.mitigations)))))


def _unit(unit: str) -> str:
    """A unit as it stands behind a number."""
    return f" {shown}" if (shown := shown_unit(unit)) else ""


def _item(item: Item) -> Line:
    if not item.known:
        asks = Text("要求未知，不能判为符合", "what it asks is not known: it cannot be passed")
    elif item.measured:
        asks = COMPARISONS[item.comparison].with_(limit=item.limit, upper=item.upper, unit=_unit(item.unit))
        asks = Text("{q} {asks}", "{q}: {asks}").with_(q=item.quantity, asks=asks) if item.quantity else asks
    else:
        asks = item.requirement or Text("", "")
    counts = Text("", "") if item.counts else Text("；只报告，不计入结论", "; reported, and no part of the verdict")
    return Line(Text("{label}（{method}）：{asks}{counts}", "{label} ({method}): {asks}{counts}").with_(
        label=item.label, method=METHODS[item.method], asks=asks, counts=counts), item, item.key)
