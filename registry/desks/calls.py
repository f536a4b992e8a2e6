"""The counter for calls for applications (申报通知): opening, amending, withdrawing, and what their days and quotas allow.

A call closes by its dates alone; who is reminded of them stands in `call_reminders`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlmodel import col, func, select

from registry.books import circulars
from registry.books.circulars import WITHOUT_CALL
from registry.books.models import Application, Call, Certificate, Entry
from registry.clock import day_ends_at, day_starts_at, moment_words, office_day
from registry.desks.inputs import Form
from registry.errors import AlreadyDone, NotEntitled, NotFound, NotOpen, NotYet, outdated
from registry.law.codes import parse_document_number
from registry.law.deadlines import days_before
from registry.law.intake import IntakeRule, Quota, counts_certificates, parts_words, quota_of
from registry.law.lifecycle import Role
from registry.law.regulation import Regulation
from registry.law.tiers import TIERS
from registry.registrar import Registrar
from registry.words import Text

MOST_DOCUMENT_NUMBER = 80
FIRST_YEAR, LAST_YEAR = 1990, 2200

Given = Sequence[Mapping[str, str]]  # bonus, prefecture, reason


@dataclass(frozen=True)
class Days:
    """The last day of each tier; `provisional`: a year without a calendar was counted through."""

    enterprise: date
    bureau: date
    department: date
    provisional: bool


def open_call(
    r: Registrar, *, regulation: str, document_number: str, title: str, department_until: date, opens_on: date | None = None,
    bonuses: Given = (),
) -> str:
    """Publish a call under a regulation that takes applications by calls, and tell those whom it concerns. Returns its number:
    the 文号 in normal form.

    The days of bureaus and enterprises are reckoned back from the department's last day (`intake`). `bonuses`: which bureau has
    which of those that the regulation leaves to the call, each with its reason. BadInput, AlreadyDone; LawIsSilent where the
    regulation does not say how applications are taken.
    """
    law = r.law.regulation(regulation)
    if not r.presides(Role.DEPARTMENT, over=law):
        raise NotEntitled(Text(f"申报通知由{law.authority.name.zh}发布。", f"A call is published by: {law.authority.name.en}."))
    rule = law.intake_rule()
    form = Form()
    typed = form.line("document_number", document_number, most=MOST_DOCUMENT_NUMBER)
    normal = parse_document_number(typed) if typed else None
    if typed and normal is None:
        form.fault("document_number", "bad-form", "文号格式应如“某工信〔2026〕12号”。",
                   "A document number reads like “某工信〔2026〕12号”.")
    named = form.line("title", title)
    first = opens_on or r.today
    if first < r.today:
        form.fault("opens_on", "past", "开始日不能早于今天。", "It cannot open before today.")
    days = _days(r, form, law, rule, first, department_until)
    given = _given(form, law, rule, bonuses)
    form.done()
    assert normal is not None and days is not None
    if _find(r, normal) is not None:
        raise AlreadyDone(Text(f"文号 {normal} 的申报通知已发布。", f"There is a call {normal} already."))
    call = Call(
        number=normal, verbatim=typed, title=named, regulation_id=law.id, opens_at=max(day_starts_at(first), r.now),
        enterprise_until=days.enterprise, bureau_until=days.bureau, department_until=days.department,
        provisional=days.provisional, published_at=r.now, edition=1, bonuses=given,
    )
    r.session.add(call)
    r.session.flush()
    _tell(r, call, "open_call", regulation=law.id, **said_by(call))
    return normal


def amend_call(
    r: Registrar, number: str, *, reason: str, title: str | None = None, department_until: date | None = None,
    opens_on: date | None = None, bonuses: Given | None = None,
) -> str:
    """Correct a call or give it other days, with the reason; what it said before stays public. Whom it concerns is told.

    What is not named stays. No last day is moved to a day that is over; one that is over and would stay so is left as it was.
    AlreadyDone once it is withdrawn; Outdated for who saw another version than the present one.
    """
    call = _to_change(r, number)
    law = r.law.regulation(call.regulation_id)
    rule = law.intake_rule()
    form = Form()
    why = form.text("reason", reason)
    named = form.line("title", title if title is not None else call.title)
    first = opens_on or office_day(call.opens_at)
    if opens_on is not None and opens_on != office_day(call.opens_at) and (call.opens_at <= r.now or opens_on < r.today):
        form.fault("opens_on", "past", "已开始受理的不能改开始日，也不能改到今天以前。",
                   "A call that has opened does not open on another day, and none opens before today.")
    before = Days(call.enterprise_until, call.bureau_until, call.department_until, call.provisional)
    days = before if department_until in (None, call.department_until) else _days(r, form, law, rule, first, department_until)
    days = _never_taken_back(r, form, before, days) if days else None
    given = call.bonuses if bonuses is None else _given(form, law, rule, bonuses)
    if not form.findings and (named, first, days, given) == (call.title, office_day(call.opens_at), before, call.bonuses):
        form.fault("department_until", "unchanged", "内容没有变化。", "Nothing would change.")
    form.done()
    assert days is not None
    reopened = before.enterprise < r.today <= days.enterprise
    call.title, call.edition, call.bonuses = named, call.edition + 1, given
    if first != office_day(call.opens_at):
        call.opens_at = max(day_starts_at(first), r.now)
    call.enterprise_until, call.bureau_until, call.department_until = days.enterprise, days.bureau, days.department
    call.provisional = days.provisional
    _tell(r, call, "amend_call", reason=why, reopened=reopened, **said_by(call))
    return call.number


def withdraw_call(r: Registrar, number: str, reason: str) -> str:
    """Take a call back, with the reason: from now on nothing new is taken under it; what was handed in goes on. AlreadyDone."""
    call = _to_change(r, number)
    form = Form()
    why = form.text("reason", reason)
    form.done()
    call.withdrawn_at, call.withdrawal_reason = r.now, why
    _tell(r, call, "withdraw_call", reason=why)
    return call.number


def said_by(call: Call) -> dict[str, Any]:
    """What a call says, as its entry keeps it: one version."""
    return {"edition": call.edition, "title": call.title, "opens_on": office_day(call.opens_at).isoformat(),
            "enterprise_until": call.enterprise_until.isoformat(), "bureau_until": call.bureau_until.isoformat(),
            "department_until": call.department_until.isoformat(), "provisional": call.provisional,
            "bonuses": call.bonuses}


def _tell(r: Registrar, call: Call, act: str, **facts: Any) -> None:
    """Record what was done to a call, and write to all whom it concerns."""
    entry = r.note("call", call.number, act, Role.DEPARTMENT, **facts)
    circulars.queue(r.session, entry, call, r.law.regulation(call.regulation_id), r.settings.public_base_url)


def _to_change(r: Registrar, number: str) -> Call:
    call = get_call(r, number)
    authority = r.law.regulation(call.regulation_id).authority
    if not r.presides(Role.DEPARTMENT, over=call):
        raise NotEntitled(Text(f"申报通知由{authority.name.zh}变更和撤回。", f"A call is amended and withdrawn by: {authority.name.en}."))
    if r.expected is not None and r.expected != call.edition:
        raise outdated()
    if call.withdrawn_at is not None:
        raise AlreadyDone(Text("申报通知 {number} 已于 {on} 撤回。", "Call {number} was withdrawn on {on}.").with_(
            number=call.number, on=office_day(call.withdrawn_at)))
    return call


def _never_taken_back(r: Registrar, form: Form, before: Days, wanted: Days) -> Days:
    """The wanted last days; a day that was promised and is not over is never moved into the past."""
    kept = {}
    for tier in ("enterprise", "bureau", "department"):
        old, new = getattr(before, tier), getattr(wanted, tier)
        if new < r.today <= old:
            form.fault("department_until", "past", *Text(
                "由此倒推，{tier}截止于 {new}，早于今天。",
                "Reckoned back, the last day for “{tier}” would be {new}, which is before today.").with_(tier=TIERS[tier], new=new))
        kept[tier] = old if max(old, new) < r.today else new
    return replace(wanted, **kept)


def _days(r: Registrar, form: Form, law: Regulation, rule: IntakeRule, first: date, last: date) -> Days | None:
    """The last days that follow from the department's; faults in the form where they cannot be."""
    if rule.mode != "calls" or rule.bureau_before is None or rule.enterprise_before is None:
        form.fault("regulation", "all-year", "该办法全年受理，不设申报通知。", "This regulation takes applications all year round, without calls.", by=rule)
        return None
    if not FIRST_YEAR <= last.year <= LAST_YEAR:
        form.fault("department_until", "out-of-range", "日期超出可计算的范围。", "The day is out of range.")
        return None
    bureau = days_before(r.law.calendar, last, rule.bureau_before)
    enterprise = days_before(r.law.calendar, bureau, rule.enterprise_before)
    if enterprise < first:
        form.fault("department_until", "too-early", *Text(
            "由此倒推，企业申报截止于 {last}，早于开始日 {first}。请推迟主管部门截止日。",
            "Reckoned back, enterprises would have until {last}, which is before the opening on {first}: choose a later day.").with_(
            last=enterprise, first=first), by=rule)
    if not (law.is_open_on(first) and law.is_open_on(enterprise)):
        form.fault("opens_on", "not-in-force", *Text(
            "申报期应在施行期 {first} 至 {last} 之内。",
            "Applications are taken within {first} to {last}, when the regulation is in force.").with_(
            first=law.effective_from, last=law.effective_until), by=law.effective.life)
    unknown = any(not r.law.calendar.is_known(year) for year in range(enterprise.year, last.year + 1))
    counted = "working_day" in (rule.bureau_before.unit, rule.enterprise_before.unit)
    return Days(enterprise, bureau, last, unknown and counted)


def _given(form: Form, law: Regulation, rule: IntakeRule, wanted: Given) -> list[dict[str, str]]:
    """The bonuses that a call gives, in the order of the file; faults in the form where it may not."""
    known = {(bonus.key, code): None for bonus in rule.bonuses if bonus.by_call for code in law.authority.prefectures}
    reasons: dict[tuple[str, str], str] = {}
    for one in wanted:
        at, name = (one["bonus"], one["prefecture"]), f"bonuses.{one['bonus']}.{one['prefecture']}"
        if at not in known:
            form.fault(name, "unknown", "该办法没有由申报通知给该地区的这项增加名额。",
                       "This regulation leaves no such bonus for this region to the call.", by=rule)
        elif at in reasons:
            form.fault(name, "twice", "同一地区的同一增加名额只能给一次。", "A bureau has each bonus once.", by=rule)
        reasons[at] = form.line(name, one["reason"])
    return [{"bonus": key, "prefecture": code, "reason": reasons[key, code]} for key, code in known if (key, code) in reasons]


def check_intake(r: Registrar, law: Regulation) -> Call | None:
    """Refuse (NotOpen, with the moment it closed or will open) unless `law` takes new applications now.

    The call that is open, the one that closes first if there are several; None where they are taken all year.
    """
    rule = law.intake_rule()
    if rule.mode == "all_year":
        return None
    known = r.session.exec(select(Call).where(Call.regulation_id == law.id).order_by(col(Call.enterprise_until), col(Call.id))).all()
    standing = [c for c in known if c.withdrawn_at is None]
    now_open = next((c for c in standing if c.opens_at <= r.now < day_ends_at(c.enterprise_until)), None)
    if now_open is not None:
        return now_open
    coming = next((c for c in standing if c.opens_at > r.now), None)
    raise NotOpen(_why_closed(law, known[-1] if known else None, coming), article=rule.article, basis=rule.basis,
                  action=Text("请关注下一次申报通知。", "Wait for the next call."))


def _why_closed(law: Regulation, last: Call | None, coming: Call | None) -> Text:
    if coming is not None:
        return Text("申报通知 {number}（《{title}》）自 {at}（北京时间）起受理，现在尚未开始。",
                    "Call {number} under “{title}” opens at {at} Beijing time.").with_(
            number=coming.number, title=law.title, at=moment_words(coming.opens_at))
    if last is None:
        return Text(f"《{law.title.zh}》按申报通知受理，目前没有申报通知。",
                    f"Applications under “{law.title.en}” are taken in the window of a call; there is none.")
    if last.withdrawn_at is not None and office_day(last.withdrawn_at) <= last.enterprise_until:
        return Text("申报通知 {number} 已于 {at}（北京时间）撤回：{reason}", "Call {number} was withdrawn at {at} Beijing time: {reason}").with_(
            number=last.number, at=moment_words(last.withdrawn_at), reason=last.withdrawal_reason)
    return Text("申报通知 {number} 的企业申报已于 {last} 24:00（北京时间）截止。",
                "Call {number} closed for enterprises at {last} 24:00 Beijing time.").with_(number=last.number, last=last.enterprise_until)


def check_endorsement(r: Registrar, application: Application, ahead: int = 0) -> None:
    """Refuse unless the bureau may still endorse under the call: NotOpen after its last day, NotYet beyond its quota.

    `ahead`: how many would be endorsed before this one.
    """
    call = _find(r, application.call) if application.call else None
    if call is None:
        return
    rule = r.regulation_of(application).intake_rule()
    if r.now >= day_ends_at(call.bureau_until):
        raise NotOpen(
            Text("申报通知 {number} 的推荐已于 {last} 24:00（北京时间）截止。",
                 "Under call {number} bureaus had until {last} 24:00 Beijing time.").with_(number=call.number, last=call.bureau_until),
            article=rule.article, basis=rule.basis,
        )
    quota = quota_under(r, call, application.prefecture or "")
    used = endorsed_under(r, call.number, application.prefecture) + ahead
    if quota is not None and used >= quota.total:
        parts = parts_words(quota)
        raise NotYet(
            Text(f"申报通知 {call.number} 给该地区的推荐名额为 {quota.total} 项（{parts.zh}），已用 {used} 项。",
                 f"Call {call.number} lets this bureau endorse {quota.total} ({parts.en}); {used} of them are used."),
            action=Text("请不予推荐，或在已推荐的申请撤回或未通过后再推荐。",
                        "Refuse it, or endorse it once one that was endorsed is withdrawn or refused."),
            article=rule.article, basis=rule.basis,
        )


def quota_under(r: Registrar, call: Call, region: str) -> Quota | None:
    """How many applications the bureau of `region` may endorse under the call; None without a limit.

    Where a bonus depends on earlier certifications, those of the family issued to its enterprises before the call opened count.
    """
    law = r.law.regulation(call.regulation_id)
    rule, certified = law.intake_rule(), 0
    if counts_certificates(rule):
        versions = [key for key, known in r.law.regulations.items() if known.family == law.family]
        certified = r.session.exec(select(func.count(col(Certificate.id))).join(
            Application, col(Application.id) == Certificate.application_id).where(
            col(Certificate.regulation_id).in_(versions), Application.prefecture == region, Certificate.issued_at < call.opens_at)).one()
    return quota_of(rule, region, certified, call.bonuses)


def endorsed_under(r: Registrar, call: str, prefecture: str | None) -> int:
    """How many places of its quota a bureau has used under a call: endorsed, and since neither withdrawn nor refused."""
    found = select(func.count(func.distinct(Entry.subject))).join(Application, col(Application.number) == Entry.subject).where(
        Entry.subject_kind == "application", Entry.act == "endorse", Application.call == call,
        Application.prefecture == prefecture, col(Application.status).not_in(WITHOUT_CALL))
    return r.session.exec(found).one()


def get_call(r: Registrar, number: str) -> Call:
    """The call with this document number, however it is written. NotFound."""
    found = _find(r, parse_document_number(number) or number)
    if found is None:
        raise NotFound(Text(f"没有文号为 {number} 的申报通知。", f"There is no call {number}."))
    return found


def _find(r: Registrar, number: str) -> Call | None:
    return r.session.exec(select(Call).where(Call.number == number)).one_or_none()
