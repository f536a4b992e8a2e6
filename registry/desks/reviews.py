"""The counter for expert review: seating, recusal, opinions, and the officer's recommendation that closes it."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from sqlmodel import col, select

from registry.books.models import Application, Appointment, Enterprise, Opinion, Person, Seat
from registry.desks.inputs import Form
from registry.errors import AlreadyDone, BadInput, Finding, MustStandAside, NotEntitled, NotFound, NotYet
from registry.law.lifecycle import Role
from registry.law.rules import Panel
from registry.registrar import Registrar
from registry.words import Text


def seat_expert(r: Registrar, number: str, expert: str) -> str:
    """Seat an appointed expert. MustStandAside for one employed by the applicant; AlreadyDone if seated before."""
    application = r.fetch(Application, number)
    r.require(application, "seat_expert")
    person = _expert(r, expert)
    enterprise = r.session.get_one(Enterprise, application.enterprise_id)
    member = r.session.exec(select(Appointment.id).where(
        Appointment.person_id == person.id, Appointment.enterprise_id == enterprise.id, col(Appointment.ended_at).is_(None)
    )).first()
    if person.employer_code == enterprise.credit_code or member is not None:
        rule = next((x for x in r.regulation_of(application).panel.recusal if x.key == "employment"), None)
        raise MustStandAside(
            Text(f"专家 {person.name} 任职于申报企业，应当回避。", f"{person.name} is employed by the applicant and must stand aside."),
            action=Text("请选派其他专家。", "Seat another expert."),
            article=rule.article if rule else None, basis=rule.basis if rule else None,
        )
    if _seat(r, application, person) is not None:
        raise AlreadyDone(Text("该专家已在本案中选派（或已回避）。", "This expert is seated already, or stood aside."))
    r.record(application, "seat_expert", expert=person.login)
    r.session.add(Seat(application_id=application.id, person_id=person.id, seated_at=r.now))
    return application.number


def recuse_expert(r: Registrar, number: str, expert: str, reason: str) -> str:
    """Let an expert stand aside: by an officer, or by the expert's own declaration. An opinion given no longer counts."""
    application = r.fetch(Application, number)
    r.require(application, "recuse_expert")
    form = Form()
    said = form.text("reason", reason, most=2000)
    form.done()
    if not r.actor.has(Role.DEPARTMENT) and expert != r.actor.login:
        raise NotEntitled(Text("专家只能为自己声明回避。", "An expert may declare recusal for themselves only."))
    seat = _seat(r, application, _expert(r, expert))
    if seat is None or seat.recused_at is not None:
        raise NotFound(Text("该专家未参加本案评审。", "This expert is not seated here."))
    r.record(application, "recuse_expert", expert=expert, reason=said)
    seat.recused_at, seat.recusal_reason = r.now, said
    return application.number


def give_opinion(r: Registrar, number: str, scores: Mapping[str, int], comment: str) -> str:
    """A seated expert's scores on the regulation's sheet, with a comment. Once; each score within its maximum."""
    application = r.fetch(Application, number)
    r.require(application, "give_opinion")
    panel = r.regulation_of(application).panel
    form = Form()
    said = form.text("comment", comment)
    sheet = {c.key: _score(form, c.key, c.maximum, scores.get(c.key)) for c in panel.criteria}
    for key in set(scores) - set(sheet):
        form.fault(f"scores.{key}", "unknown", "评分表中没有这一项。", "The sheet has no such criterion.")
    form.done()
    r.record(application, "give_opinion", total=sum(sheet.values()), scores=sheet)
    assert r.actor.person_id is not None
    if r.session.exec(select(Opinion.id).where(Opinion.application_id == application.id,
                                               Opinion.person_id == r.actor.person_id)).first() is not None:
        raise AlreadyDone(Text("您已提交过评审意见。", "You have given your opinion already."))
    r.session.add(Opinion(application_id=application.id, person_id=r.actor.person_id, scores=sheet,
                          total=sum(sheet.values()), comment=said, given_at=r.now))
    return application.number


def recommend(r: Registrar, number: str, comment: str = "") -> str:
    """Close the review favourably. NotYet without the panel's quorum, with an opinion missing, or below the pass mark."""
    application = r.fetch(Application, number)
    r.require(application, "recommend")
    form = Form()
    said = form.text("comment", comment, required=False)
    form.done()
    panel = r.regulation_of(application).panel
    totals, seated = tally(r, application)
    r.record(application, "recommend", comment=said, totals=sorted(totals), seated=seated)
    _check_panel(panel, totals, seated)
    return application.number


def tally(r: Registrar, application: Application) -> tuple[list[int], int]:
    """The totals of the opinions that count (none of an expert who stood aside), and how many experts are seated."""
    seated = r.session.exec(select(Seat.person_id).where(
        Seat.application_id == application.id, col(Seat.recused_at).is_(None))).all()
    totals = r.session.exec(select(Opinion.total).where(
        Opinion.application_id == application.id, col(Opinion.person_id).in_(seated))).all()
    return list(totals), len(seated)


def _check_panel(panel: Panel, totals: list[int], seated: int) -> None:
    fault, action = _panel_fault(panel, totals, seated), None
    if fault is None and Fraction(sum(totals), len(totals)) < panel.pass_mark:
        mean = f"{sum(totals) / len(totals):.2f}"
        fault = Text(f"平均分 {mean}，未达到 {panel.pass_mark} 分，不能推荐。",
                     f"The mean is {mean}, below the pass mark of {panel.pass_mark}: it cannot be recommended.")
        action = Text("请办理“不予认定”。", "Refuse it, with the ground.")
    if fault is not None:
        raise NotYet(fault, action=action, article=panel.article, basis=panel.basis)


def _panel_fault(panel: Panel, totals: list[int], seated: int) -> Text | None:
    """What the panel still lacks: experts, an odd number of them, opinions."""
    if seated < panel.minimum or (panel.odd and seated % 2 == 0):
        odd = Text("且为单数", " and an odd number") if panel.odd else Text("", "")
        return Text(f"专家组须不少于 {panel.minimum} 人{odd.zh}，现有 {seated} 人。",
                    f"A panel has at least {panel.minimum} experts{odd.en}; {seated} are seated.")
    if len(totals) < seated:
        left = seated - len(totals)
        return Text(f"还有 {left} 位专家未提交意见。", f"{left} experts have not given their opinion.")
    return None


def _score(form: Form, key: str, most: int, given: object) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given <= most:
        form.fault(f"scores.{key}", "out-of-range", f"请填 0–{most} 的整数。", f"A whole number from 0 to {most}.")
        return 0
    return given


def _expert(r: Registrar, login: str) -> Person:
    query = select(Person).join(Appointment, col(Appointment.person_id) == Person.id).where(
        Person.login == login, Appointment.role == Role.EXPERT, col(Appointment.ended_at).is_(None)
    )
    person = r.session.exec(query).first()
    if person is None:
        message = Text(f"专家库中没有“{login}”。", f"There is no expert “{login}”.")
        raise BadInput(message, findings=[Finding("expert", "unknown", message)])
    return person


def _seat(r: Registrar, application: Application, person: Person) -> Seat | None:
    return r.session.exec(
        select(Seat).where(Seat.application_id == application.id, Seat.person_id == person.id)
    ).one_or_none()
