"""How pages put things to people: two languages, days, instants, time left, the names of bases and of facts. No rule, no route."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import Flask
from markupsafe import Markup

from registry import words
from registry.actors import ROLE_LABELS
from registry.clock import OFFICE_ZONE
from registry.desks.calendars import OFFICE
from registry.desks.watches import FEED as WATCHES
from registry.law.forms import DECISION_RULE_WORDS
from registry.law.lifecycle import BIRTH, STATE_LABELS, TABLES, Role, label_of
from registry.law.regulation import Regulation
from registry.law.rules import Column
from registry.law.support import support_words
from registry.law.taxonomy import Taxonomy
from registry.law.tiers import RISES_TO, TIERS
from registry.words import Text
from web.counter import language, this_office

WATCHES_FEED = Text("我的关注", "What I watch")
OFFICE_FEED = Text("我办理的全部期限", "Everything of my office")
SOON = 30  # days: from here on what is left is shown with emphasis; a matter of display, not of law

BASES = {
    "article": Text("条文规定", "stands in the text"),
    "instruction": Text("登记机关设定", "set by the registry's owner"),
    "precedent": Text("参照先例", "taken from a precedent"),
    "assumption": Text("假定，待确认", "assumed, unconfirmed"),
}
BASES_EXPLAINED = {
    "article": Text("公开文本中有明文。", "The published text says so."),
    "instruction": Text("本登记系统的主管者设定，不是条文原文。", "The owner of this registry set it; the text does not say it."),
    "precedent": Text("参照同类办法的做法，条文中未见。", "A sibling regulation does it so; it is not in this text."),
    "assumption": Text("尚无人确认的假设，正式使用前须核定。", "Nobody has confirmed it; it must be settled before real use."),
}
# Acts on what has no life of its own.
ACTS = {
    "register": Text("登记企业", "Register an enterprise"), "sign_up": Text("开立账号", "Open an account"),
    "invite": Text("邀请", "Invite"), "appoint": Text("任职", "Appoint"), "end_appointment": Text("解除任命", "End an appointment"),
    "keep_profile": Text("维护专家信息", "Keep a profile"), "declare_interest": Text("申报利害关系", "Declare an interest"),
    "end_interest": Text("填写利害关系终止日", "End an interest"), "withdraw_interest": Text("撤回误报的利害关系", "Withdraw an interest"),
    "disable_webhook": Text("停用回调地址", "Disable a webhook"),
    "change_password": Text("更改密码", "Change a password"), "publish": Text("发布公示", "Publish a notice"),
    "announce": Text("公布", "Announce"), "rename": Text("企业更名", "Rename an enterprise"),
    "correct_place": Text("更正企业所在地", "Correct the place of an enterprise"), "open_call": Text("发布申报通知", "Publish a call"),
    "amend_call": Text("变更申报通知", "Amend a call"), "withdraw_call": Text("撤回申报通知", "Withdraw a call"),
    "remind": Text("申报截止提醒", "Remind of a call's last day"),
    "make_key": Text("启用签名密钥", "Make a signing key"), "retire_key": Text("停用签名密钥", "Retire a signing key"),
    "withdraw_notice": Text("撤回公示", "Withdraw a notice"), "publish_redacted": Text("公开异议（已隐去身份）", "Publish an objection, redacted"),
}  # fmt: skip
JOBS = {
    "sweep": Text("到期办理", "Sweep"), "remind": Text("到期提醒", "Remind"), "escalate": Text("逾期上报", "Tell of overdue work"),
    "digest": Text("关注摘要", "Tell of what is watched"),
    "deliver": Text("送出信件", "Deliver letters"),
    "bills": Text("核验物料清单", "Verify bills"),
    "webhooks": Text("投递回调", "Send webhooks"),
    "audit": Text("核对登记簿", "Audit"),
}  # fmt: skip
# The facts of an entry that a history shows, in this order.
FACTS = {
    "comment": Text("意见", "Comment"),
    "note": Text("说明", "Note"),
    "conditions": Text("所附条件", "Conditions"),
    "edition": Text("版本", "Version"),
    "reasons": Text("补正原因", "Reasons"),
    "ground": Text("依据", "Ground"),
    "reason": Text("理由", "Reason"),
    "document_number": Text("文号", "Document number"),
    "notice": Text("公示编号", "Notice"),
    "last_day": Text("最后一日", "Last day"),
    "certificate": Text("证书", "Certificate"),
    "expert": Text("专家", "Expert"),
    "person": Text("承办人", "In whose hands"),
    "rule": Text("回避情形", "Rule of recusal"),
    "replacement": Text("递补专家", "Replaced by"),
    "dissents": Text("不同意见", "Dissents"),
    "stage": Text("提醒节点", "Reminder"),
    "renews": Text("续期的证书", "Renews"),
    "replaced_by": Text("由此证书接替", "Replaced by"),
}


def say(text: Text) -> str:
    """A Text in the caller's language."""
    return text.in_(language())


def t(zh: str, en: str, **facts: object) -> Markup:
    """The one of two texts that the caller reads. Its markup is ours; every fact put into it is escaped.

    With a fact `n`, an English "(s)" is a plural or nothing.
    """
    en = en.replace("(s)", "" if facts.get("n") == 1 else "s")
    return Markup(en if language() == "en" else zh).format(**{  # noqa: S704 - the templates' own words
        name: say(fact) if isinstance(fact, Text) else fact for name, fact in facts.items()
    })  # fmt: skip


def printed(value: object) -> object:
    """What `{{ … }}` prints: a Text in the caller's language, nothing for None."""
    if isinstance(value, Text):
        return say(value)
    return "" if value is None else value


def day_words(value: date) -> str:
    """A civil day as the caller writes it."""
    return say(words.day_words(value))


def _zoned(words: str) -> str:
    return f"{words} (Beijing time)" if language() == "en" else f"{words}（北京时间）"


def day(value: date | None) -> Markup:
    """A civil day with its machine form."""
    if value is None:
        return Markup()
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(), day_words(value))


def moment(value: datetime | None) -> Markup:
    """An instant on the office's wall clock, its zone said."""
    if value is None:
        return Markup()
    local = value.astimezone(OFFICE_ZONE)
    joint = ", " if language() == "en" else " "
    return _time(value, f"{day_words(local.date())}{joint}{local:%H:%M}")


def clock_time(value: datetime) -> str:
    """The hour and minute of an instant on the office's wall clock."""
    return f"{value.astimezone(OFFICE_ZONE):%H:%M}"


def last_moment(value: datetime | None) -> Markup:
    """An instant as the end of something: midnight is 24:00 of the day that ends, not 00:00 of the next."""
    if value is None:
        return Markup()
    local = value.astimezone(OFFICE_ZONE)
    if (local.hour, local.minute) != (0, 0):
        return moment(value)
    joint = ", " if language() == "en" else " "
    return _time(value, f"{day_words(local.date() - timedelta(days=1))}{joint}24:00")


def _time(value: datetime, words: str) -> Markup:
    exact = value.astimezone(OFFICE_ZONE).isoformat()
    return Markup('<time datetime="{0}" title="{0}">{1}</time>').format(exact, _zoned(words))


@dataclass(frozen=True)
class Left:
    """How long there still is until the end of a day, in words; `tone` is "over", "soon" or ""."""

    words: str
    tone: str


def days_left(until: date) -> Left:
    """Natural days from the office's today to `until`, which is itself still in time."""
    left = (until - this_office().today()).days
    if left < 0:
        return Left(say(Text(f"已过 {-left} 天", f"{-left} {'day' if left == -1 else 'days'} ago")), "over")
    if left == 0:
        return Left(say(Text("今天是最后一天", "today is the last day")), "soon")
    return Left(say(Text(f"还有 {left} 天", f"{left} {'day' if left == 1 else 'days'} left")), "soon" if left <= SOON else "")


def basis_label(key: str) -> Text:
    return BASES.get(key, Text(key, key))


def told(facts: Mapping[str, Any] | None) -> Iterator[tuple[Text, str]]:
    """The facts of an entry that people can read, with their names; the rest is for machines."""
    for key, name in FACTS.items():
        value = (facts or {}).get(key)
        if value in (None, "", [], 0):
            continue
        items = value if isinstance(value, list) else [value]
        yield name, ("、" if language() == "zh" else ", ").join(_fact(item) for item in items)


def _fact(value: object) -> str:
    if isinstance(value, Text):
        return say(value)
    if isinstance(value, list | tuple) and len(value) == 2:
        return say(Text(*map(str, value)))
    return _day_typed(str(value))


def role_label(role: str) -> Text:
    return ROLE_LABELS[Role(role)]


def act_label(kind: str, act: str) -> Text:
    """An act's name: from the tables for what has a life, from ACTS for what has none."""
    if kind in TABLES and act in {row.act for row in TABLES[kind]} | {BIRTH[kind][0]}:
        return label_of(kind, act)
    return ACTS.get(act, Text(act, act))


def state_label(state: str) -> Text:
    return STATE_LABELS.get(state, Text(state, state))


def job_label(job: str) -> Text:
    return JOBS.get(job, Text(job, job))


def waiting_items(items: Iterable[tuple[str, str, str, datetime]]) -> list[tuple[str, str, Text, datetime]]:
    """What waits for an officer's word, with the act's label in place of its name."""
    return [(kind, number, act_label(kind, act), at) for kind, number, act, at in items]


def tier_label(tier: str) -> Text:
    """Who has an application in hand, as people say it."""
    return TIERS[tier]


def risen_to(role: str) -> Text:
    return RISES_TO[role]


def feed_label(scope: str) -> Text:
    """Whose dates a feed shows: those of an office, of what one watches, or of the enterprise with this credit code."""
    return {OFFICE: OFFICE_FEED, WATCHES: WATCHES_FEED}.get(scope, Text(scope, scope))


def letter_title(subject: str) -> str:
    """The half of a letter's subject that is in the caller's language: Chinese comes first, as the letters' desk writes it."""
    parts = subject.split(" / ")
    half = len(parts) // 2
    return subject if len(parts) % 2 else " / ".join(parts[half:] if language() == "en" else parts[:half])


def labels(rules: Iterable[Any]) -> list[tuple[str, Text]]:
    """Keys and labels of a regulation's rules, as the choices of a field."""
    return [(rule.key, rule.label) for rule in rules]


def grounds(law: Regulation, act: str) -> list[tuple[str, Text]]:
    """The grounds on which this regulation lets `act` be done to a certificate."""
    return labels(rule for rule in law.sanctions if act in rule.acts)


def objection_items(notice: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(i["application"], f"{i['ordinal']}. {i['product']} · {i['enterprise']}") for i in notice["items"]]


def named_choices(named: Mapping[str, Any]) -> list[tuple[str, Text]]:
    """Regions or authorities by their codes."""
    return [(code, each.name) for code, each in named.items()]


def enterprise_choices(enterprises: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    return [(e["credit_code"], f"{e['name']} ({e['credit_code']})") for e in enterprises]


def regulation_choices(regulations: Iterable[Regulation]) -> list[tuple[str, Text]]:
    return [(law.id, law.title) for law in regulations]


def people_choices(people: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    return [(p["login"], f"{p['name']} ({p['login']})") for p in people]


def commission_choices(commissions: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    return [(c["who"], f"{c['name']} ({c['who']})") for c in commissions]


def hazard_choices(hazards: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    return [(str(h["number"]), f"{h['number']}. {h['text']}") for h in hazards]


def decision_words(rule: str) -> Text:
    return DECISION_RULE_WORDS[rule]


def raw_value(value: object) -> str:
    """A value of a draft as it was typed."""
    if isinstance(value, list):
        return "\n".join(map(str, value))
    return "" if value is None or value is False else str(value)


def _day_typed(raw: str) -> str:
    """A day of a dossier as people write it; what is no day stays as it was typed."""
    try:
        return day_words(date.fromisoformat(raw))
    except ValueError:
        return raw


def shown_value(rule: Column, value: object, taxonomy: Taxonomy) -> object:
    """A value of a dossier for people to read: a choice by its label, a product group with its class, with the unit."""
    if rule.kind == "rows":
        return value if isinstance(value, list) else ""
    raw = raw_value(value)
    if not raw:
        return ""
    if rule.kind == "declaration":
        return Text("是", "yes")
    if rule.kind == "date":
        return _day_typed(raw)
    if rule.kind == "choice":
        return next((c.label for c in rule.choices if c.key == raw), raw)
    if rule.kind == "taxonomy":
        leaf = taxonomy.find_leaf(raw)
        return Text(f"{leaf.class_label.zh} › {leaf.label.zh}", f"{leaf.class_label.en} › {leaf.label.en}") if leaf else raw
    return Text(f"{raw} {rule.unit.zh}", f"{raw} {rule.unit.en}") if rule.unit else raw


def size_words(octets: int) -> str:
    """A file's size in KB or MB, one decimal place from 1 MB on."""
    return f"{octets / 1_048_576:.1f} MB" if octets >= 1_048_576 else f"{max(1, round(octets / 1024))} KB"


def register(app: Flask) -> None:
    """Give every template these words."""
    env = app.jinja_env
    env.finalize = printed
    env.trim_blocks = env.lstrip_blocks = True
    env.globals.update(t=t, days_left=days_left, basis_label=basis_label, told=told, bases=BASES,
                       bases_explained=BASES_EXPLAINED, risen_to=risen_to,
                       tier_label=tier_label, feed_label=feed_label, letter_title=letter_title, labels=labels, grounds=grounds,
                       objection_items=objection_items, named_choices=named_choices,
                       enterprise_choices=enterprise_choices, regulation_choices=regulation_choices,
                       people_choices=people_choices, commission_choices=commission_choices, hazard_choices=hazard_choices,
                       decision_words=decision_words, raw_value=raw_value, support_words=support_words, shown_value=shown_value,
                       role_label=role_label, act_label=act_label, state_label=state_label, job_label=job_label,
                       waiting_items=waiting_items)  # fmt: skip
    env.filters.update(day=day, moment=moment, last_moment=last_moment, day_words=day_words, size=size_words, clock_time=clock_time)
