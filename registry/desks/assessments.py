"""The counter for stages that are worked through item by item: assessments by a body, site inspections by inspectors.

The office commissions, the commissioned fill in the regulation's form and report, the office returns or accepts. What a sheet
is worth is judged by the law alone; nobody here can call a product passed that its form does not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import rfc8785
from sqlalchemy.orm.attributes import flag_modified
from sqlmodel import col, select

from registry.books.models import Application, Appointment, Commission, Enterprise, Person, Report
from registry.desks import ties
from registry.desks.accounts import find_enterprise
from registry.desks.inputs import Form as Fields
from registry.desks.inputs import unkeepable
from registry.errors import AlreadyDone, BadInput, Finding, Incomplete, MustStandAside, NotEntitled, NotFound, NotYet
from registry.law import judging
from registry.law.forms import Form
from registry.law.judging import Judgement, Product
from registry.law.lifecycle import STAGE_OF_STATE, Role
from registry.law.sheets import columns_of, hazard_rule, read_sheet, unit_faults
from registry.registrar import Registrar
from registry.words import Text

REUSED = Text("沿用 {number} 的报告（{digest}）。", "Reused from the report on {number} ({digest}).")
DIGEST_SHOWN = 16  # characters of a digest that a note shows


def commission(r: Registrar, number: str, who: str) -> str:
    """Commission an assessment body, by its credit code, or an inspector, by login, for the stage that the application is in.

    BadInput for one that nobody is appointed from; MustStandAside by the form's rules; AlreadyDone if it stands.
    """
    application = r.fetch(Application, number)
    r.require(application, "commission")
    stage = r.state_now(application)
    standing = list(open_commissions(r, application, stage))
    if stage == "assessment":
        house, people = _body(r, application, who)
        if standing:
            raise AlreadyDone(Text("本案已委托评估机构。", "An assessment body is commissioned already."),
                              action=Text("如需更换，请先解除委托。", "To change it, relieve it first."))
        r.record(application, "commission", body=house.credit_code, name=house.name, told=[p.login for p in people])
        r.session.add(Commission(application_id=application.id, stage=stage, enterprise_id=house.id, commissioned_at=r.now))
        return application.number
    person = _inspector(r, application, who)
    if any(c.person_id == person.id for c in standing):
        raise AlreadyDone(Text("该人员已选派。", "This inspector is commissioned already."))
    ties.refuse_tied(r, application, person)
    r.record(application, "commission", inspector=person.login, told=[person.login])
    r.session.add(Commission(application_id=application.id, stage=stage, person_id=person.id, commissioned_at=r.now))
    return application.number


def relieve(r: Registrar, number: str, who: str, reason: str) -> str:
    """End a commission, with the reason: by an officer, or by the commissioned themselves. What was filled in stays."""
    application = r.fetch(Application, number)
    r.require(application, "relieve")
    fields = Fields()
    said = fields.text("reason", reason, most=2000)
    fields.done()
    found = next((c for c in open_commissions(r, application, r.state_now(application)) if who in names_of(r, c)), None)
    if found is None:
        raise NotFound(Text("没有这项委托。", "There is no such commission."))
    if not r.presides(Role.DEPARTMENT, over=application) and not _is_of(r, found):
        raise NotEntitled(Text("只能解除对自己的委托。", "One may give up one’s own commission only."))
    r.record(application, "relieve", who=who, reason=said)
    found.relieved_at, found.relief_reason = r.now, said
    return application.number


def save_sheet(r: Registrar, number: str, results: Mapping[str, Any], hazards: Sequence[Any], conclusion: str) -> str:
    """Keep what was filled in so far, as it was typed. By whoever may report; BadInput for what cannot be kept at all, and for a
    unit in which the item cannot be measured."""
    application = r.fetch(Application, number)
    r.require(application, "report")
    form = form_of(r, application)
    fields = Fields()
    said = fields.text("conclusion", conclusion, required=False)
    for key, cells in results.items():
        item = form.item(key)
        if item is None or not isinstance(cells, Mapping):
            fields.fault(f"results.{key}", "unknown", "评估表中没有这一项。", "The form has no such item.")
            continue
        known = {column.key for column in columns_of(item)}
        for name, value in cells.items():
            if name not in known:
                fields.fault(f"results.{key}.{name}", "unknown", "这一项没有该栏。", "This item has no such column.")
            fields.add(unkeepable(f"results.{key}.{name}", value))
        for fault in unit_faults(item, cells):
            fields.add(fault)
    fields.add(unkeepable("hazards", list(hazards)))
    fields.done()
    report = draft_of(r, application) or _new_draft(r, application)
    kept = {key: {name: value for name, value in cells.items() if value not in (None, "")} for key, cells in results.items()}
    report.sheet = {"results": {key: cells for key, cells in kept.items() if cells}, "hazards": [h for h in hazards if _filled(h)]}
    report.conclusion, report.saved_by, report.saved_at = said, r.actor.login, r.now
    flag_modified(application, "status")  # its version rises: whoever saves from an older page is told
    return application.number


def reuse_results(r: Registrar, number: str, other: str) -> str:
    """Take over, into what is filled in, the results of an accepted report on the very same configuration of the same applicant.

    Each says in its note where it comes from; nothing that is filled in already is overwritten. NotFound where there is none.
    """
    application = r.fetch(Application, number)
    r.require(application, "report")
    law, mine = r.regulation_of(application), r.state_now(application)
    source = r.find(Application, other)
    earlier = find_reported(r, source, mine) if source else None
    if source is None or earlier is None or earlier.accepted_at is None or source.enterprise_id != application.enterprise_id:
        raise NotFound(Text(f"没有 {other} 的已采纳报告。", f"There is no accepted report on {other}."))
    scopes = [law.scope_of(law.read_dossier(a.dossier)) for a in (application, source)]
    if scopes[0] != scopes[1]:
        raise NotYet(Text(f"{other} 的受试构型不同，其结果不能沿用。", f"{other} is of another configuration: its results are no evidence here."))
    draft = draft_of(r, application) or _new_draft(r, application)
    kept = dict(draft.sheet.get("results") or {})
    words = REUSED.with_(number=other, digest=(earlier.digest or "")[:DIGEST_SHOWN])
    said = f"{words.zh} {words.en}"
    for key, cells in (earlier.sheet.get("results") or {}).items():
        if key not in kept and form_of(r, application).item(key) is not None:
            kept[key] = cells | {"note": f"{said} {cells.get('note', '')}".strip()}
    draft.sheet = {"results": kept, "hazards": draft.sheet.get("hazards") or []}
    draft.saved_by, draft.saved_at = r.actor.login, r.now
    flag_modified(application, "status")
    return application.number


def report(r: Registrar, number: str) -> str:
    """Hand in the sheet as it was saved. Its digest goes into the ledger; from then on it does not change.

    Incomplete with everything that is missing: an item that applies has a result, or a note why there is none. MustStandAside
    for who has a tie to the applicant.
    """
    application = r.fetch(Application, number)
    r.require(application, "report")
    draft = draft_of(r, application)
    if draft is None:
        raise NotYet(Text("评估表尚未填写。", "Nothing is filled in yet."), action=Text("请先填写并保存。", "Fill it in and save it first."))
    assert r.actor.person_id is not None
    ties.refuse_tied(r, application, r.session.get_one(Person, r.actor.person_id))
    findings = list(findings_of(r, application, draft))
    if findings:
        raise Incomplete(
            Text(f"还有 {len(findings)} 处需要补充或更正，尚不能提交报告。",
                 f"{len(findings)} things are missing or contradictory; it cannot be reported yet."),
            action=Text("请逐项处理；不能得出结果的项目，请在说明中写明原因。", "Deal with each; where there can be no result, say why in its note."),
            findings=findings)
    verdict = judge(r, application, draft).word
    draft.digest = r.vault.put(report_content(r, application, draft))
    r.record(application, "report", ordinal=draft.ordinal, digest=draft.digest, verdict=verdict)
    draft.reported_by, draft.reported_at, draft.verdict = r.actor.login, r.now, verdict
    return application.number


def return_report(r: Registrar, number: str, reason: str) -> str:
    """Give the report back to who made it, with the reason. It is kept; the next one begins from its sheet."""
    application = r.fetch(Application, number)
    r.require(application, "return_report")
    fields = Fields()
    said = fields.text("reason", reason)
    fields.done()
    handed_in = get_reported(r, application)
    r.record(application, "return_report", ordinal=handed_in.ordinal, reason=said, told=[handed_in.reported_by])
    handed_in.returned_at, handed_in.return_reason = r.now, said
    draft = _new_draft(r, application)
    draft.sheet, draft.conclusion = dict(handed_in.sheet), handed_in.conclusion
    return application.number


def accept_risk(r: Registrar, number: str, hazard: int, reason: str) -> str:
    """Accept, by name and with the reason, what is left of one hazard where its level needs somebody to. NotYet where it does not."""
    application = r.fetch(Application, number)
    r.require(application, "accept_risk")
    fields = Fields()
    said = fields.text("reason", reason, most=2000)
    fields.done()
    handed_in = get_reported(r, application)
    found = judge(r, application, handed_in).hazards
    if not 1 <= hazard <= len(found):
        message = Text("报告中没有这一危险源。", "The report has no such hazard.")
        raise BadInput(message, findings=[Finding("hazard", "unknown", message)])
    after = found[hazard - 1].after
    if after is None or after.effect != "needs_acceptor":
        raise NotYet(Text("这一等级的风险不能、也无需由人接受。", "A risk of this level cannot be accepted, or need not be."))
    if str(hazard) in handed_in.risks:
        raise AlreadyDone(Text("该风险已有人接受。", "This risk is accepted already."))
    r.record(application, "accept_risk", hazard=hazard, reason=said, ordinal=handed_in.ordinal)
    told = {"by": r.actor.login, "name": r.actor.name, "reason": said, "at": r.now.isoformat()}
    handed_in.risks = {**handed_in.risks, str(hazard): told}
    return application.number


def accept_report(r: Registrar, number: str, comment: str = "") -> str:
    """Accept the report, and let the application go on. NotYet, with every reason, unless the whole is passed."""
    application = r.fetch(Application, number)
    r.require(application, "accept_report")
    fields = Fields()
    said = fields.text("comment", comment, required=False)
    fields.done()
    handed_in = get_reported(r, application)
    found = judge(r, application, handed_in)
    if found.word != "passed":
        word, form = judging.VERDICTS[found.word], form_of(r, application)
        raise NotYet(
            Text(f"总体结论为“{word.zh}”，不能采纳：{'；'.join(x.zh for x in found.reasons)}",
                 f"The whole is “{word.en}”; it cannot be accepted: {'; '.join(x.en for x in found.reasons)}"),
            action=Text("请退回报告，或办理“不予认定”。", "Return the report, or refuse the application."),
            article=form.article, basis=form.basis)
    r.record(application, "accept_report", comment=said, ordinal=handed_in.ordinal, digest=handed_in.digest)
    handed_in.verdict, handed_in.accepted_at = found.word, r.now
    return application.number


def form_of(r: Registrar, application: Application, stage: str = "") -> Form:
    """The form of a stage, of the one that the application is in unless said. NotFound where there is none."""
    found = r.regulation_of(application).form(stage or STAGE_OF_STATE.get(r.state_now(application), ""))
    if found is None:
        raise NotFound(Text("本环节没有评估表。", "This stage has no form."))
    return found


def judge(r: Registrar, application: Application, handed_in: Report) -> Judgement:
    """What a report is worth, by the text that binds its application."""
    product = product_of(r, application, handed_in.stage)
    accepted = {int(n): str(told["name"]) for n, told in handed_in.risks.items()}
    return judging.judge(product, read_sheet(product.form, handed_in.sheet), accepted)


def product_of(r: Registrar, application: Application, stage: str) -> Product:
    """What the form of a stage is held against, as the dossier says it."""
    law = r.regulation_of(application)
    return Product(form_of(r, application, stage), list(law.all_fields()), law.read_dossier(application.dossier))


def findings_of(r: Registrar, application: Application, draft: Report) -> Sequence[Finding]:
    """Everything for which a draft cannot be handed in yet."""
    product = product_of(r, application, draft.stage)
    form, sheet = product.form, read_sheet(product.form, draft.sheet)
    found = list(sheet.faults)
    classified = judging.classify(product)
    for item in form.items:
        asked, _ = judging.applies(item, classified, product)
        result = sheet.results.get(item.key)
        if asked is not False and item.counts and not (result and (result.found or result.note)):
            words = Text("“{l}”：没有结果，也没有说明。", "{l}: neither a result nor a note.").with_(l=item.label)
            found.append(Finding(f"results.{item.key}", "missing", words, None, item.article, item.basis))
    if hazard_rule(form) is not None and not sheet.hazards and not any(f.field.startswith("hazards") for f in found):
        found.append(Finding("hazards", "missing", Text("请至少分析一个危险源。", "Analyse one hazard at least.")))
    if not draft.conclusion:
        found.append(Finding("conclusion", "missing", Text("请填写结论。", "Write the conclusion.")))
    return found


def draft_of(r: Registrar, application: Application) -> Report | None:
    """The report that is being written in the stage that the application is in."""
    return r.session.exec(select(Report).where(
        Report.application_id == application.id, Report.stage == r.state_now(application), col(Report.reported_at).is_(None),
    )).one_or_none()


def find_reported(r: Registrar, application: Application, stage: str) -> Report | None:
    """The last report on a stage that was handed in and not returned."""
    return r.session.exec(select(Report).where(
        Report.application_id == application.id, Report.stage == stage, col(Report.reported_at).is_not(None),
        col(Report.returned_at).is_(None)).order_by(col(Report.ordinal).desc())).first()


def get_reported(r: Registrar, application: Application) -> Report:
    """The same of the stage that the application is in; NotFound if there is none."""
    found = find_reported(r, application, STAGE_OF_STATE[r.state_now(application)])
    if found is None:
        raise NotFound(Text("没有已提交的报告。", "No report is handed in."))
    return found


def report_content(r: Registrar, application: Application, draft: Report) -> bytes:
    """What was reported, canonical: the sheet with what it is about, and under which text it was judged."""
    law = r.regulation_of(application)
    body: dict[str, Any] = {
        "number": application.number, "dossier": application.dossier_digest, "regulation": law.id, "regulation_digest": law.digest,
        "stage": draft.stage, "ordinal": draft.ordinal, "sheet": draft.sheet, "conclusion": draft.conclusion,
        "by": sorted(name for c in open_commissions(r, application, draft.stage) for name in names_of(r, c)),
    }
    return rfc8785.dumps(body)


def open_commissions(r: Registrar, application: Application, stage: str) -> Sequence[Commission]:
    """Who is commissioned for a stage, in the order in which they were."""
    return r.session.exec(select(Commission).where(
        Commission.application_id == application.id, Commission.stage == stage, col(Commission.relieved_at).is_(None),
    ).order_by(col(Commission.id))).all()


def names_of(r: Registrar, found: Commission) -> tuple[str, ...]:
    """By what a commission is named: the credit code of a body, the login of an inspector."""
    if found.enterprise_id is not None:
        return (r.session.get_one(Enterprise, found.enterprise_id).credit_code,)
    return (r.session.get_one(Person, found.person_id).login,)


def workers(r: Registrar, application: Application, role: Role) -> list[Person]:
    """Everybody who is appointed for the application's authority in `role` now."""
    return list(r.session.exec(select(Person).join(Appointment, col(Appointment.person_id) == Person.id).where(
        Appointment.role == role, Appointment.authority == r.regulation_of(application).authority.key,
        col(Appointment.ended_at).is_(None), col(Person.closed_at).is_(None)).order_by(col(Person.id))))


def _new_draft(r: Registrar, application: Application) -> Report:
    stage = STAGE_OF_STATE[r.state_now(application)]
    last = r.session.exec(select(Report.ordinal).where(Report.application_id == application.id, Report.stage == stage)).all()
    draft = Report(application_id=application.id, stage=stage, ordinal=max(last, default=0) + 1, sheet={}, risks={},
                   saved_by=r.actor.login, saved_at=r.now)
    r.session.add(draft)
    return draft


def _filled(line: object) -> bool:
    return not isinstance(line, Mapping) or any(value not in (None, "") for value in line.values())


def _body(r: Registrar, application: Application, code: str) -> tuple[Enterprise, list[Person]]:
    house = find_enterprise(r, code)
    people = [p for p in workers(r, application, Role.ASSESSOR) if house and p.employer_code == house.credit_code]
    if house is None or not people:
        message = Text("没有为本机关聘任评估人员的该机构。", "No body of this code has an assessor appointed for this authority.")
        raise BadInput(message, action=Text("请先登记机构，并由系统管理员聘任其评估人员。",
                                            "Register the body, and let an administrator appoint its assessors."),
                       findings=[Finding("who", "unknown", message)])
    if house.id == application.enterprise_id:
        rule = next(rule for rule in r.regulation_of(application).recusal("assessment") if rule.key == "employment")
        raise MustStandAside(Text("评估机构即申报单位，应当回避。", "The body is the applicant itself: it must stand aside."),
                             article=rule.article, basis=rule.basis)
    return house, people


def _inspector(r: Registrar, application: Application, login: str) -> Person:
    person = next((p for p in workers(r, application, Role.INSPECTOR) if p.login == login), None)
    if person is None:
        message = Text(f"没有核查人员“{login}”。", f"There is no inspector “{login}”.")
        raise BadInput(message, findings=[Finding("who", "unknown", message)])
    return person


def _is_of(r: Registrar, found: Commission) -> bool:
    if found.person_id is not None:
        return found.person_id == r.actor.person_id
    me = r.session.get_one(Person, r.actor.person_id)
    return me.employer_code in names_of(r, found)
