"""The counter for calls for applications (申报通知): opening one, and what its days and quotas allow. A call closes by its dates alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col, func, select

from registry.books.models import Application, Call, Entry
from registry.clock import OFFICE_ZONE, day_ends_at, day_starts_at
from registry.desks.inputs import Form
from registry.errors import AlreadyDone, NotEntitled, NotFound, NotOpen, NotYet
from registry.law.codes import parse_document_number
from registry.law.deadlines import days_before
from registry.law.lifecycle import Role
from registry.law.regulation import Regulation
from registry.law.rules import IntakeRule
from registry.registrar import Registrar
from registry.words import Text

MOST_DOCUMENT_NUMBER = 80
FIRST_YEAR, LAST_YEAR = 1990, 2200
WITHOUT_CALL = ("refused", "withdrawn")  # what ended so takes no place of a bureau's quota


@dataclass(frozen=True)
class Days:
    """The last day of each tier; `provisional`: a year without a calendar was counted through."""

    enterprise: date
    bureau: date
    department: date
    provisional: bool


def open_call(
    r: Registrar, *, regulation: str, document_number: str, title: str, department_until: date, opens_on: date | None = None
) -> str:
    """Publish a call under a regulation that takes applications by calls. Returns its number: the 文号 in normal form.

    The days of bureaus and enterprises are reckoned back from the department's last day (`intake`). BadInput, AlreadyDone;
    LawIsSilent where the regulation does not say how applications are taken.
    """
    if not r.actor.has(Role.DEPARTMENT):
        raise NotEntitled(Text("申报通知由省工信厅发布。", "A call is published by the department."))
    law = r.law.regulation(regulation)
    rule = law.intake_rule()
    form = Form(rule.article, rule.basis)
    typed = form.line("document_number", document_number, most=MOST_DOCUMENT_NUMBER)
    normal = parse_document_number(typed) if typed else None
    if typed and normal is None:
        form.fault("document_number", "bad-form", "文号格式应如“湘工信电子〔2026〕12号”。",
                   "A document number reads like “湘工信电子〔2026〕12号”.")
    named = form.line("title", title)
    first = opens_on or r.today
    days = _days(r, form, law, rule, first, department_until)
    form.done()
    assert normal is not None and days is not None
    if _find(r, normal) is not None:
        raise AlreadyDone(Text(f"文号 {normal} 的申报通知已发布。", f"There is a call {normal} already."))
    call = Call(
        number=normal, verbatim=typed, title=named, regulation_id=law.id, opens_at=max(day_starts_at(first), r.now),
        enterprise_until=days.enterprise, bureau_until=days.bureau, department_until=days.department,
        provisional=days.provisional, published_at=r.now,
    )
    r.session.add(call)
    r.session.flush()
    r.note("call", normal, "open_call", Role.DEPARTMENT, regulation=law.id, opens_on=first.isoformat(), title=named,
           enterprise_until=days.enterprise.isoformat(), bureau_until=days.bureau.isoformat(),
           department_until=days.department.isoformat())
    return normal


def _days(r: Registrar, form: Form, law: Regulation, rule: IntakeRule, first: date, last: date) -> Days | None:
    """The last days that follow from the department's; faults in the form where they cannot be."""
    if rule.mode != "calls" or rule.bureau_before is None or rule.enterprise_before is None:
        form.fault("regulation", "all-year", "该办法全年受理，不设申报通知。", "This regulation takes applications all year round, without calls.")
        return None
    if not FIRST_YEAR <= last.year <= LAST_YEAR:
        form.fault("department_until", "out-of-range", "日期超出可计算的范围。", "The day is out of range.")
        return None
    bureau = days_before(r.law.calendar, last, rule.bureau_before)
    enterprise = days_before(r.law.calendar, bureau, rule.enterprise_before)
    if first < r.today:
        form.fault("opens_on", "past", "开始日不能早于今天。", "It cannot open before today.")
    if enterprise < first:
        form.fault("department_until", "too-early",
                   f"由此倒推，企业申报截止于 {enterprise}，早于开始日 {first}。请推迟省厅截止日。",
                   f"Reckoned back, enterprises would have until {enterprise}, which is before the opening on {first}: choose a later day.")
    if not (law.is_open_on(first) and law.is_open_on(enterprise)):
        form.fault("opens_on", "not-in-force", f"申报期应在施行期 {law.effective_from} 至 {law.effective_until} 之内。",
                   f"Applications are taken within {law.effective_from} to {law.effective_until}, when the regulation is in force.")
    unknown = any(not r.law.calendar.is_known(year) for year in range(enterprise.year, last.year + 1))
    counted = "working_day" in (rule.bureau_before.unit, rule.enterprise_before.unit)
    return Days(enterprise, bureau, last, unknown and counted)


def check_intake(r: Registrar, law: Regulation) -> Call | None:
    """Refuse (NotOpen, with the moment it closed or will open) unless `law` takes new applications now.

    The call that is open, the one that closes first if there are several; None where they are taken all year.
    """
    rule = law.intake_rule()
    if rule.mode == "all_year":
        return None
    known = r.session.exec(select(Call).where(Call.regulation_id == law.id).order_by(col(Call.enterprise_until), col(Call.id))).all()
    now_open = next((c for c in known if c.opens_at <= r.now < day_ends_at(c.enterprise_until)), None)
    if now_open is not None:
        return now_open
    coming = next((c for c in known if c.opens_at > r.now), None)
    raise NotOpen(_why_closed(law, known[-1] if known else None, coming), article=rule.article, basis=rule.basis,
                  action=Text("请关注下一次申报通知。", "Wait for the next call."))


def _why_closed(law: Regulation, last: Call | None, coming: Call | None) -> Text:
    if coming is not None:
        return Text(f"申报通知 {coming.number}（《{law.title.zh}》）自 {_moment(coming.opens_at)}（北京时间）起受理，现在尚未开始。",
                    f"Call {coming.number} under “{law.title.en}” opens at {_moment(coming.opens_at)} Beijing time.")
    if last is None:
        return Text(f"《{law.title.zh}》按申报通知受理，目前没有申报通知。",
                    f"Applications under “{law.title.en}” are taken in the window of a call; there is none.")
    return Text(f"申报通知 {last.number} 的企业申报已于 {last.enterprise_until} 24:00（北京时间）截止。",
                f"Call {last.number} closed for enterprises at {last.enterprise_until} 24:00 Beijing time.")


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
            Text(f"申报通知 {call.number} 的市州推荐已于 {call.bureau_until} 24:00（北京时间）截止。",
                 f"Under call {call.number} bureaus had until {call.bureau_until} 24:00 Beijing time."),
            article=rule.article, basis=rule.basis,
        )
    quota = rule.quota_per_bureau
    used = endorsed_under(r, call.number, application.prefecture) + ahead
    if quota is not None and used >= quota:
        raise NotYet(
            Text(f"申报通知 {call.number} 给每个市州的推荐名额为 {quota} 项，已用 {used} 项。",
                 f"Call {call.number} lets a bureau endorse {quota}; {used} of them are used."),
            action=Text("请不予推荐，或在已推荐的申请撤回或未通过后再推荐。",
                        "Refuse it, or endorse it once one that was endorsed is withdrawn or refused."),
            article=rule.article, basis=rule.basis,
        )


def endorsed_under(r: Registrar, call: str, prefecture: str) -> int:
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


def _moment(at: datetime) -> str:
    return f"{at.astimezone(OFFICE_ZONE):%Y-%m-%d %H:%M}"
