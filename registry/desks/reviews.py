"""The counter for expert review: seating by hand, recusal, opinions, and the officer's recommendation that closes it.

The draw stands in `panels`; by which rules an expert must stand aside, in `ties`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from sqlmodel import col, select

from registry.books.models import Application, Appointment, Opinion, Person, Seat
from registry.desks import panels, ties
from registry.desks.inputs import Form
from registry.errors import AlreadyDone, BadInput, Finding, NotEntitled, NotFound, NotYet
from registry.law.lifecycle import Role
from registry.law.regulation import Regulation
from registry.law.rules import Grade, Panel
from registry.registrar import Registrar
from registry.words import Text


def seat_expert(r: Registrar, number: str, expert: str, reason: str = "") -> str:
    """Seat an appointed expert by hand. Once a seed is recorded, only with the reason why not by the draw.

    MustStandAside by the regulation's rules of recusal; AlreadyDone if seated before.
    """
    application = r.fetch(Application, number)
    r.require(application, "seat_expert")
    by_draw = panels.find_draw(r, application) is not None
    form = Form()
    said = form.text("reason", reason, most=2000, required=by_draw)
    form.done()
    person = _expert(r, application, expert)
    ties.refuse_tied(r, application, person)
    if _seat(r, application, person) is not None:
        raise AlreadyDone(Text("该专家已在本案中选派（或已回避）。", "This expert is seated already, or stood aside."))
    why: dict[str, Any] = {"reason": said} if said else {}
    r.record(application, "seat_expert", expert=person.login, **why)
    r.session.add(Seat(application_id=application.id, person_id=person.id, seated_at=r.now, seating_reason=said or None))
    return application.number


def recuse_expert(r: Registrar, number: str, expert: str, reason: str, rule: str = "") -> str:
    """Let an expert stand aside: by an officer, or by the expert's own declaration. An opinion given no longer counts.

    `rule` names one of the regulation's rules of recusal, where it is one of these. The next of the draw takes the seat.
    """
    application = r.fetch(Application, number)
    r.require(application, "recuse_expert")
    form = Form()
    said = form.text("reason", reason, most=2000)
    if rule and rule not in {known.key for known in r.regulation_of(application).panel.recusal}:
        form.fault("rule", "unknown", "请从本办法的回避情形中选择。", "Choose one of the regulation's rules of recusal.")
    form.done()
    if not r.presides(Role.DEPARTMENT, over=application) and expert != r.actor.login:
        raise NotEntitled(Text("专家只能为自己声明回避。", "An expert may declare recusal for themselves only."))
    seat = _seat(r, application, _person(r, expert))
    if seat is None or seat.recused_at is not None:
        raise NotFound(Text("该专家未参加本案评审。", "This expert is not seated here."))
    panels.stand_aside(r, application, seat, said, rule or None)
    return application.number


def give_opinion(r: Registrar, number: str, scores: Mapping[str, int], comment: str) -> str:
    """A seated expert's scores on the regulation's sheet, with a comment. Once; each score within its maximum."""
    application = r.fetch(Application, number)
    r.require(application, "give_opinion")
    sheet, said = _sheet(r, application, Form(), scores, comment)
    me = _me_untied(r, application)
    if _opinion(r, application, me) is not None:
        raise AlreadyDone(Text("您已提交过评审意见。", "You have given your opinion already."),
                          action=Text("如须更正，请说明理由后修改。", "To correct it, revise it with the reason."))
    r.record(application, "give_opinion", total=sum(sheet.values()), scores=sheet)
    r.session.add(Opinion(application_id=application.id, person_id=me.id, scores=sheet, total=sum(sheet.values()),
                          comment=said, given_at=r.now))
    return application.number


def revise_opinion(r: Registrar, number: str, scores: Mapping[str, int], comment: str, reason: str) -> str:
    """Put another opinion in the place of one's own, with the reason; the old one is kept. NotFound if none was given.

    The entry says whether the others' opinions were open to the expert by then.
    """
    application = r.fetch(Application, number)
    r.require(application, "revise_opinion")
    form = Form()
    why = form.text("reason", reason, most=2000)
    sheet, said = _sheet(r, application, form, scores, comment)
    me = _me_untied(r, application)
    old = _opinion(r, application, me)
    if old is None:
        raise NotFound(Text("您尚未提交评审意见。", "You have given no opinion yet."))
    r.record(application, "revise_opinion", total=sum(sheet.values()), scores=sheet, reason=why, replaces=old.total,
             revision=old.revision + 1, others_open=is_complete(r, application))
    old.replaced_at = r.now
    r.session.add(Opinion(
        application_id=application.id, person_id=me.id, scores=sheet, total=sum(sheet.values()), comment=said,
        given_at=r.now, revision=old.revision + 1, revision_reason=why))
    return application.number


def recommend(
    r: Registrar, number: str, comment: str = "", conditions: Sequence[str] = (), grade: str | None = None
) -> str:
    """Close the review favourably, perhaps on conditions, which the certificate will carry by their numbers.

    `grade`: where the regulation has grades; the one applied for unless said otherwise, never a higher one.
    NotYet without the panel's quorum, with an opinion missing, or below the pass mark; MustStandAside if somebody
    seated is tied to the applicant by now.
    """
    application = r.fetch(Application, number)
    r.require(application, "recommend")
    form = Form()
    said = form.text("comment", comment, required=False)
    on_terms = form.texts("conditions", conditions)
    graded = _grade(r.regulation_of(application), application, form, grade, said)
    form.done()
    law = r.regulation_of(application)
    totals, seated = tally(r, application)
    dissents = sum(is_dissent(law.panel, total, totals) for total in totals)
    at_grade: dict[str, Any] = {"grade": graded.key} if graded else {}
    r.record(application, "recommend", comment=said, totals=sorted(totals), seated=seated, dissents=dissents,
             conditions=on_terms, **at_grade)
    application.approval_conditions, application.grade = on_terms, graded.key if graded else None
    _check_panel(law, totals, seated, graded)
    _check_composition(r, application)
    return application.number


def tally(r: Registrar, application: Application) -> tuple[list[int], int]:
    """The totals of the opinions that count (none of an expert who stood aside), and how many experts are seated."""
    seated = r.session.exec(select(Seat.person_id).where(
        Seat.application_id == application.id, col(Seat.recused_at).is_(None))).all()
    totals = r.session.exec(select(Opinion.total).where(
        Opinion.application_id == application.id, col(Opinion.person_id).in_(seated), col(Opinion.replaced_at).is_(None),
    )).all()
    return list(totals), len(seated)


def is_complete(r: Registrar, application: Application) -> bool:
    """Whether everybody who is seated has given an opinion: only then does one expert see another's."""
    totals, seated = tally(r, application)
    return 0 < seated == len(totals)


def is_dissent(panel: Panel, total: int, totals: Sequence[int]) -> bool:
    """Whether an expert's `total` is on the other side of the pass mark than the mean of all `totals`."""
    return bool(totals) and (total < panel.pass_mark) != (Fraction(sum(totals), len(totals)) < panel.pass_mark)


def _grade(law: Regulation, application: Application, form: Form, grade: str | None, said: str) -> Grade | None:
    """The grade to recommend; faults in `form`: one unknown, one above what was applied for, a lower one without a comment."""
    if not law.grades:
        if grade:
            form.fault("grade", "unknown", "本办法不分等级。", "The regulation has no grades.")
        return None
    keys = [known.key for known in law.grades]
    asked = str(application.dossier.get(law.dossier.grade_field or "", ""))
    chosen = grade or asked
    if chosen not in keys:
        form.fault("grade", "unknown", "请选择认定等级。", "Choose a grade.")
        return None
    if asked in keys and keys.index(chosen) < keys.index(asked):
        form.fault("grade", "too-high", "不能高于企业申报的等级。", "It cannot be higher than what was applied for.")
    elif chosen != asked and not said:
        form.fault("comment", "missing", "低于申报等级的，请说明理由。", "For a lower grade than applied for, say why.")
    return law.grade(chosen)


def _check_panel(law: Regulation, totals: list[int], seated: int, grade: Grade | None) -> None:
    """NotYet for a panel that is none, opinions that are not in, a mean below the mark: that of the grade where it has its own."""
    panel = law.panel
    if seated < panel.minimum or (panel.odd and seated % 2 == 0):
        odd = Text("且为单数", " and an odd number") if panel.odd else Text("", "")
        raise NotYet(Text(f"专家组须不少于 {panel.minimum} 人{odd.zh}，现有 {seated} 人。",
                          f"A panel has at least {panel.minimum} experts{odd.en}; {seated} are seated."),
                     article=panel.article, basis=panel.basis)
    if left := seated - len(totals):
        raise NotYet(Text(f"还有 {left} 位专家未提交意见。", f"{left} experts have not given their opinion."))
    mean, (rule, needed) = Fraction(sum(totals), len(totals)), law.pass_rule(grade.key if grade else None)
    if mean < needed:
        lower = Text("请改为较低等级，或办理“不予认定”。", "Recommend a lower grade, or refuse it.")
        raise NotYet(Text(f"平均分 {float(mean):.2f}，未达到 {needed} 分，不能推荐。",
                          f"The mean is {float(mean):.2f}, below the pass mark of {needed}: it cannot be recommended."),
                     action=lower if needed > panel.pass_mark else Text("请办理“不予认定”。", "Refuse it, with the ground."),
                     article=rule.article, basis=rule.basis)


def _check_composition(r: Registrar, application: Application) -> None:
    """Nobody tied to the applicant sits by now, and enough of those who do know this class of products."""
    panel = r.regulation_of(application).panel
    sitting = list(r.session.exec(select(Person).join(Seat, col(Seat.person_id) == Person.id).where(
        Seat.application_id == application.id, col(Seat.recused_at).is_(None)).order_by(col(Seat.id))))
    for person in sitting:
        ties.refuse_tied(r, application, person)
    able = len(ties.specialists(r, application, sitting)) if panel.specialists else 0
    if able < panel.specialists:
        raise NotYet(Text(f"专家组须有不少于 {panel.specialists} 人熟悉该类产品，现有 {able} 人。",
                          f"At least {panel.specialists} of the panel know this class of products; {able} do."),
                     article=panel.article, basis=panel.basis)


def _sheet(
    r: Registrar, application: Application, form: Form, scores: Mapping[str, int], comment: str
) -> tuple[dict[str, int], str]:
    """The filled sheet and the comment; BadInput with everything that is wrong in `form` by then."""
    said = form.text("comment", comment)
    criteria = r.regulation_of(application).panel.criteria
    sheet = {c.key: _score(form, c.key, c.maximum, scores.get(c.key)) for c in criteria}
    for key in set(scores) - set(sheet):
        form.fault(f"scores.{key}", "unknown", "评分表中没有这一项。", "The sheet has no such criterion.")
    form.done()
    return sheet, said


def _me_untied(r: Registrar, application: Application) -> Person:
    assert r.actor.person_id is not None
    me = r.session.get_one(Person, r.actor.person_id)
    ties.refuse_tied(r, application, me)
    return me


def _opinion(r: Registrar, application: Application, person: Person) -> Opinion | None:
    """The opinion of `person` that counts."""
    return r.session.exec(select(Opinion).where(
        Opinion.application_id == application.id, Opinion.person_id == person.id, col(Opinion.replaced_at).is_(None),
    )).one_or_none()


def _score(form: Form, key: str, most: int, given: object) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given <= most:
        form.fault(f"scores.{key}", "out-of-range", f"请填 0–{most} 的整数。", f"A whole number from 0 to {most}.")
        return 0
    return given


def _expert(r: Registrar, application: Application, login: str) -> Person:
    query = select(Person).join(Appointment, col(Appointment.person_id) == Person.id).where(
        Person.login == login, Appointment.role == Role.EXPERT, col(Appointment.ended_at).is_(None),
        Appointment.authority == r.law.regulation(application.regulation_id).authority.key,
    )
    person = r.session.exec(query).first()
    if person is None:
        raise _no_expert(login)
    return person


def _no_expert(login: str) -> BadInput:
    message = Text(f"专家库中没有“{login}”。", f"There is no expert “{login}”.")
    return BadInput(message, findings=[Finding("expert", "unknown", message)])


def _person(r: Registrar, login: str) -> Person:
    """Anybody by login: also an expert whose appointment has ended may still hold a seat."""
    person = r.session.exec(select(Person).where(Person.login == login)).one_or_none()
    if person is None:
        raise _no_expert(login)
    return person


def _seat(r: Registrar, application: Application, person: Person) -> Seat | None:
    return r.session.exec(
        select(Seat).where(Seat.application_id == application.id, Seat.person_id == person.id)
    ).one_or_none()
