"""The counter for measures: a suspicion, the notice of what is intended, the holder's statement, a decision by two, its lifting.

It never touches a certificate's status: what a measure orders is done by CLOCK through the one door, on its effective day.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlmodel import col, select

from registry.books.models import Certificate, Debarment, Enterprise, Measure
from registry.desks.accounts import find_enterprise
from registry.desks.debarments import debar
from registry.desks.duties import refuse_same_person
from registry.desks.filetypes import EVIDENCE_TYPES, admit
from registry.desks.inputs import Form
from registry.desks.numbers import next_number
from registry.desks.reach import region_of
from registry.errors import LawIsSilent, NotEntitled, NotFound, NotYet, OutOfOrder
from registry.law import lifecycle
from registry.law.deadlines import last_day
from registry.law.lifecycle import EFFECTS, MEASURE_KINDS, UNDOING, Role
from registry.law.regulation import Regulation
from registry.law.rules import ENDLESS
from registry.law.rules import Debarment as DebarmentRule
from registry.registrar import Registrar
from registry.words import Text, day_words

OPEN = ("suspected", "notified", "heard", "approved")
IN_EFFECT = ("decided", "lifting")
PERIOD = "statement"
MOST_AHEAD = 366  # days that an effective day may lie ahead: a slip of the keyboard is further


def suspect(
    r: Registrar,
    *,
    suspicion: str,
    ground: str,
    evidence: str,
    certificate: str | None = None,
    enterprise: str | None = None,
    regulation: str | None = None,
    filename: str | None = None,
    content: bytes | None = None,
) -> str:
    """State a suspicion against a certificate, or against an enterprise under a regulation. Returns the measure's number.

    By an officer of the department, or of the bureau in whose prefecture the enterprise is. It decides nothing.
    """
    held, house, law = _accused(r, certificate, enterprise, regulation)
    office, region = r.presides(Role.DEPARTMENT, over=law), region_of(law, house)
    if not office and region not in r.actor.prefectures:
        raise NotEntitled(Text("疑点由工作人员登记。", "A suspicion is stated by an officer."))
    form = Form()
    if not any(law.measure_ground(kind, ground) for kind in MEASURE_KINDS):
        form.fault("ground", "unknown", "请选择所涉及的事由。", "Choose the ground that is suspected.")
    measure = Measure(
        number="", regulation_id=law.id, certificate_id=held.id if held else None, enterprise_id=house.id,
        prefecture=region, product=held.product if held else "", status="",
        opened_at=r.now, opened_by=r.actor.login, suspected_ground=ground,
        suspicion=form.text("suspicion", suspicion), evidence=form.text("evidence", evidence),
    )
    form.done()
    if content is not None and filename:
        measure.evidence_filename, measure.evidence_media_type, measure.evidence_sha256 = _keep(r, filename, content)
    measure.number = next_number(r, law, "measure")
    r.begin(measure, Role.DEPARTMENT if office else Role.BUREAU, {
        "certificate": held.number if held else None, "enterprise": house.credit_code, "ground": ground,
        "evidence": measure.evidence_sha256,
    })
    return measure.number


def give_notice(
    r: Registrar, number: str, *, intended: str, ground: str, reason: str, effective_on: date, silent: bool = False
) -> str:
    """Tell the holder what is intended, on which ground, from which day; the time for a statement begins to run.

    `silent`: the decision itself will be told by no letter. LawIsSilent without `periods.statement` or without any
    ground for this measure.
    """
    measure = _open(r, number, "give_notice")
    law = r.regulation_of(measure)
    form = Form()
    if intended not in MEASURE_KINDS or (intended in EFFECTS and measure.certificate_id is None):
        form.fault("intended", "unknown", "请选择可用于该对象的处理措施。", "Choose a measure that this subject can have.")
    else:
        _check_law(law, intended)
    rule = law.measure_ground(intended, ground)
    if rule is None:
        form.fault("ground", "unknown", "请选择该措施的依据。", "Choose a ground for this measure.")
    said = form.text("reason", reason)
    _check_day(r, form, effective_on)
    form.done()
    assert rule is not None
    period = law.rule(PERIOD)
    ends = last_day(r.law.calendar, r.today, period.period)
    measure.intended, measure.ground, measure.notice_reason = intended, ground, said
    measure.effective_on, measure.silent = effective_on, bool(silent)
    measure.proposed_by, measure.notified_at = r.actor.login, r.now
    r.record(measure, "give_notice", due=ends, intended=intended, ground=ground, reason=said, article=rule.article,
             basis=rule.basis, effective_on=effective_on.isoformat(), last_day=ends.last_day.isoformat(),
             term_article=period.article)
    return measure.number


def make_statement(
    r: Registrar, number: str, statement: str, *, filename: str | None = None, content: bytes | None = None
) -> str:
    """What the holder says to the intended decision, within the regulation's time. Once."""
    measure = _open(r, number, "make_statement")
    form = Form()
    said = form.text("statement", statement)
    form.done()
    if content is not None and filename:
        measure.statement_filename, measure.statement_media_type, measure.statement_sha256 = _keep(r, filename, content)
    measure.statement, measure.stated_at = said, r.now
    r.record(measure, "make_statement", file=measure.statement_sha256)
    return measure.number


def approve(r: Registrar, number: str, reason: str) -> str:
    """The first of the two who decide. DutiesConflict for whoever gave the notice."""
    measure = _open(r, number, "approve")
    refuse_same_person(r, measure, "approve")
    measure.decision_reason, measure.approved_by = _reason(reason), r.actor.login
    r.record(measure, "approve", reason=measure.decision_reason)
    return measure.number


def send_back(r: Registrar, number: str, reason: str) -> str:
    """The second does not agree: it is to be decided anew. DutiesConflict for whoever approved or gave the notice."""
    measure = _open(r, number, "send_back")
    refuse_same_person(r, measure, "send_back")
    said = _reason(reason)
    measure.approved_by = measure.decision_reason = None
    r.record(measure, "send_back", reason=said)
    return measure.number


def confirm(r: Registrar, number: str, comment: str = "") -> str:
    """The second of the two: with this it is decided, and takes effect on its effective day, never before today.

    DutiesConflict for whoever approved or gave the notice; NotYet while another measure is ordered of the certificate;
    OutOfOrder if the certificate is by now in a state in which this cannot be done.
    """
    measure = _open(r, number, "confirm")
    refuse_same_person(r, measure, "confirm")
    form = Form()
    said = form.text("comment", comment, required=False)
    form.done()
    assert measure.intended and measure.ground and measure.effective_on
    law = r.regulation_of(measure)
    rule = law.measure_ground(measure.intended, measure.ground)
    if rule is None:
        raise LawIsSilent(Text("现行规定没有这项依据：{ground}。", "The regulation has no such ground any more: {ground}.").with_(
            ground=law.measure_label(measure.ground, measure.intended)))
    measure.effective_on = max(measure.effective_on, r.today)
    measure.decided_by, measure.decided_at = r.actor.login, r.now
    facts: dict[str, Any] = {"ground": measure.ground, "reason": measure.decision_reason, "article": rule.article, "basis": rule.basis,
             "effective_on": measure.effective_on.isoformat()} | _silence(measure.silent)
    r.record(measure, "confirm", **facts, intended=measure.intended, comment=said)
    if isinstance(rule, DebarmentRule):
        debar(r, measure, law, rule)
    _order(r, measure, EFFECTS.get(measure.intended), measure.effective_on, facts)
    return measure.number


def put_off_order(r: Registrar, measure: Measure) -> None:
    """Take what the measure has ordered off its certificate, to be ordered again later; nothing if its day has come."""
    certificate = ordered_of(r, measure)
    if certificate is not None and certificate.ordered_on is not None:
        measure.held_order = {"act": certificate.ordered_act, "on": certificate.ordered_on.isoformat(), "facts": certificate.ordered_facts}
        r.cancel_order(certificate)


def new_day(r: Registrar, measure: Measure) -> date | None:
    """From which day what was put off would now count: its own, or today if that is over. None where nothing was."""
    return max(date.fromisoformat(measure.held_order["on"]), r.today) if measure.held_order else None


def order_again(r: Registrar, measure: Measure) -> None:
    """Order what was put off: from its own day on, or from today if that is over. NotYet, OutOfOrder as at the decision."""
    day = new_day(r, measure)
    if day is not None and measure.held_order is not None:
        put_off, measure.held_order, measure.effective_on = measure.held_order, None, day
        _order_put_off(r, measure, put_off, day)


def _order_put_off(r: Registrar, measure: Measure, put_off: Mapping[str, Any], day: date) -> None:
    """With the facts that stood in the order when it was taken off."""
    _order(r, measure, put_off["act"], day, put_off["facts"] | {"effective_on": day.isoformat()})


def ordered_of(r: Registrar, measure: Measure) -> Certificate | None:
    """The certificate of which this measure has ordered something whose day has not come; None if there is none."""
    certificate = r.session.get(Certificate, measure.certificate_id) if measure.certificate_id else None
    ordered = (certificate.ordered_facts or {}).get("measure") if certificate and certificate.ordered_act else None
    return certificate if ordered == measure.number else None


def drop(r: Registrar, number: str, reason: str) -> str:
    """Nothing is done about it, with the reason; at any point before the decision."""
    measure = _open(r, number, "drop")
    measure.drop_reason = _reason(reason)
    untold = _silence(measure.notified_at is None)  # nobody outside hears of a suspicion that came to nothing
    r.record(measure, "drop", reason=measure.drop_reason, **untold)
    return measure.number


def propose_lifting(
    r: Registrar, number: str, *, ground: str, reason: str, effective_on: date, silent: bool = False
) -> str:
    """Propose that a measure ends: a suspension because the doubt is gone (`reinstate`), any because it was wrong (`set_aside`)."""
    measure = _open(r, number, "propose_lifting")
    law = r.regulation_of(measure)
    form = Form()
    if not any(law.measure_ground(act, ground) for act in liftings(measure.intended or "")):
        form.fault("ground", "unknown", "请选择解除的依据。", "Choose a ground for lifting it.")
    said = form.text("reason", reason)
    _check_day(r, form, effective_on)
    form.done()
    measure.lifting_ground, measure.lifting_reason, measure.lifting_on = ground, said, effective_on
    measure.lifting_silent, measure.lifting_proposed_by = bool(silent), r.actor.login
    r.record(measure, "propose_lifting", ground=ground, reason=said, effective_on=effective_on.isoformat())
    return measure.number


def decline_lifting(r: Registrar, number: str, reason: str) -> str:
    """The second does not agree that it ends: it stands. DutiesConflict for whoever proposed it."""
    measure = _open(r, number, "decline_lifting")
    refuse_same_person(r, measure, "decline_lifting")
    said = _reason(reason)
    measure.lifting_ground = measure.lifting_reason = measure.lifting_on = measure.lifting_proposed_by = None
    r.record(measure, "decline_lifting", reason=said)
    return measure.number


def lift(r: Registrar, number: str, comment: str = "") -> str:
    """The second of the two who end a measure. DutiesConflict for whoever proposed it."""
    measure = _open(r, number, "lift")
    refuse_same_person(r, measure, "lift")
    form = Form()
    said = form.text("comment", comment, required=False)
    form.done()
    law = r.regulation_of(measure)
    assert measure.lifting_ground and measure.lifting_on and measure.intended
    rule = law.sanction(measure.lifting_ground)
    measure.lifting_on, measure.lifted_by = max(measure.lifting_on, r.today), r.actor.login
    facts: dict[str, Any] = {"ground": measure.lifting_ground, "reason": measure.lifting_reason, "article": rule.article if rule else None,
             "basis": rule.basis if rule else None, "effective_on": measure.lifting_on.isoformat()} | _silence(measure.lifting_silent)
    r.record(measure, "lift", **facts, intended=measure.intended, comment=said)
    for debarment in r.session.exec(select(Debarment).where(Debarment.measure_id == measure.id)):
        debarment.lifted_on = measure.lifting_on
    _undo(r, measure, facts)
    return measure.number


def liftings(intended: str) -> tuple[str, ...]:
    """Under which acts the regulation lists grounds for lifting such a measure."""
    return ("reinstate", "set_aside") if intended == "suspend" else ("set_aside",)


# ------------------------------------------------------------------------------------------------- what a decision brings


def _order(r: Registrar, measure: Measure, act: str | None, on: date, facts: Mapping[str, Any]) -> None:
    """Have `act` done to the measure's certificate from the day `on`."""
    if act is None:
        return
    certificate = r.session.get_one(Certificate, measure.certificate_id)
    r.settle(certificate)
    if certificate.ordered_act is not None:
        raise NotYet(
            Text("{number} 另有一项措施待于 {on} 生效。", "Another measure on {number} takes effect on {on}.").with_(
                number=certificate.number, on=certificate.ordered_on),
            action=Text("请待其生效后再办理。", "Wait until it has, then do this."))
    if lifecycle.find_row("certificate", certificate.status, act) is None or (
            act == "suspend" and certificate.valid_until is not None and on > certificate.valid_until):
        state = lifecycle.STATE_LABELS[certificate.status]
        label = lifecycle.label_of("certificate", act)
        until = day_words(certificate.valid_until) if certificate.valid_until else ENDLESS
        raise OutOfOrder(
            Text(f"{certificate.number} 目前状态为“{state.zh}”，有效期：{until.zh}；届时不能办理“{label.zh}”。",
                 f"{certificate.number} is “{state.en}”, its last day: {until.en}; “{label.en}” cannot be done then."),
            action=Text("请终结该措施，或另行登记疑点。", "Drop the measure, or state another suspicion."), possible=["drop", "send_back"])
    r.order(certificate, act, on, dict(facts) | {"measure": measure.number})


def _undo(r: Registrar, measure: Measure, facts: Mapping[str, Any]) -> None:
    """Take back what was ordered if its day has not come, else order the reverse; a certificate that has ended stays so."""
    act = EFFECTS.get(measure.intended or "")
    if act is None:
        return
    if measure.held_order is not None:
        measure.held_order = None
        return
    certificate = r.session.get_one(Certificate, measure.certificate_id)
    r.settle(certificate)
    if ordered_of(r, measure) is not None:
        r.cancel_order(certificate)
        return
    back = UNDOING[act]
    if lifecycle.find_row("certificate", certificate.status, back) is not None:
        assert measure.lifting_on
        _order(r, measure, back, measure.lifting_on, facts)


def _silence(silent: bool) -> dict[str, Any]:
    return {"silent": True} if silent else {}


# --------------------------------------------------------------------------------------------------------------- helpers


def _accused(
    r: Registrar, certificate: str | None, enterprise: str | None, regulation: str | None
) -> tuple[Certificate | None, Enterprise, Regulation]:
    form = Form()
    if bool(certificate) == bool(enterprise):
        form.fault("certificate", "missing", "请写明证书编号或企业代码，二者择一。", "Name a certificate or an enterprise: one of the two.")
    if enterprise and regulation not in r.law.regulations:
        form.fault("regulation", "unknown", "请选择依据的管理办法。", "Choose the regulation.")
    form.done()
    if certificate:
        held = r.fetch(Certificate, certificate)
        return held, r.session.get_one(Enterprise, held.enterprise_id), r.regulation_of(held)
    house = find_enterprise(r, enterprise or "")
    if house is None:
        raise NotFound(Text(f"没有统一社会信用代码为 {enterprise} 的企业。", f"There is no enterprise with the credit code {enterprise}."))
    return None, house, r.law.regulation(regulation or "")


def _open(r: Registrar, number: str, act: str) -> Measure:
    measure = r.fetch(Measure, number)
    r.require(measure, act)
    return measure


def _check_law(law: Regulation, intended: str) -> None:
    """A measure for which the regulation has no ground at all cannot be taken."""
    grounds = law.debarments if intended == "debar" else [s for s in law.sanctions if intended in s.acts]
    if not grounds:
        raise LawIsSilent(
            Text(f"《{law.title.zh}》未规定“{MEASURE_KINDS[intended].zh}”的事由。",
                 f"“{law.title.en}” has no ground for “{MEASURE_KINDS[intended].en}”."),
            action=Text("请管理员在法规文件中补充 {key} 并注明依据。",
                        "Ask the administrator to add {key} to the regulation's file, with its basis.").with_(
                key="debarments" if intended == "debar" else "sanctions"))


def _check_day(r: Registrar, form: Form, day: object) -> None:
    if not isinstance(day, date):
        form.fault("effective_on", "missing", "请填写生效日。", "Give the effective day.")
    elif not 0 <= (day - r.today).days <= MOST_AHEAD:
        form.fault("effective_on", "out-of-range", "生效日不得早于今天，也不得晚于一年以后。",
                   "The effective day is today or later, within a year.")


def _keep(r: Registrar, filename: str, content: bytes) -> tuple[str, str, str]:
    name, media_type = admit("evidence_file", filename, content, EVIDENCE_TYPES, r.settings.max_document_bytes)
    return name, media_type, r.vault.put(content)


def _reason(reason: str) -> str:
    form = Form()
    said = form.text("reason", reason)
    form.done()
    return said


def in_hand(r: Registrar, certificate: Certificate) -> list[str]:
    """The numbers of the measures on a certificate that are not decided yet."""
    query = select(Measure.number).where(Measure.certificate_id == certificate.id, col(Measure.status).in_(OPEN))
    return list(r.session.exec(query.order_by(col(Measure.id))))
