"""Reading an assessment or an inspection: the form, what was filled in, what it is worth; each only for those who may see it then."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlmodel import col, select

from registry.books.models import Application, Commission, Enterprise, Person, Report
from registry.desks import assessments
from registry.errors import NotFound
from registry.law import judging
from registry.law.forms import METHODS, Level
from registry.law.judging import HazardVerdict, ItemVerdict, Judgement
from registry.law.lifecycle import FORM_STAGES, STAGE_OF_STATE, Role, acts_in
from registry.law.sheets import Sheet, read_sheet
from registry.parts import WORKERS, has_part
from registry.registrar import Registrar
from registry.words import Text


def show_assessment(r: Registrar, number: str, stage: str | None = None) -> dict[str, Any]:
    """The form of a stage (the one that the application is in, or the last it has) held against the product, with the report.

    Whoever works on it sees the draft; the department and auditors see what was reported; the applicant sees class and items, and
    the report once it is accepted. NotFound where the regulation has no such form.
    """
    a = r.fetch(Application, number)
    law = r.regulation_of(a)
    kind = stage or _stage(r, a)
    product = assessments.product_of(r, a, kind)
    rule = law.stage(kind)
    report, draft = _shown(r, a, kind)
    found = assessments.judge(r, a, report) if report else judging.judge(product, Sheet(), {})
    sheet = read_sheet(product.form, report.sheet) if report else None
    inside = _inside(r, a)
    return {
        "number": a.number, "version": a.version, "status": a.status, "product": a.product, "stage": kind,
        "stage_label": rule.label if rule else Text(kind, kind),
        "class": _class(found), "items": [_item(i, judged=report is not None) for i in found.items],
        "domains": [{"key": d.key, "label": d.label, **_word(word if report else None)} for d, word in found.domains],
        "hazards": [_hazard(n, h) for n, h in enumerate(found.hazards, 1)],
        **_word(found.word if report else None), "reasons": list(found.reasons) if report else [],
        "sheet": report.sheet if report else None, "conclusion": report.conclusion if report else "",
        "findings": list(assessments.findings_of(r, a, report)) if report and draft and sheet else [],
        "commissions": [_commission(r, c) for c in _commissions(r, a, kind)] if inside else [],
        "reports": [_report(x) for x in _reports(r, a, kind)] if inside else [],
        "may_fill": draft and any(row.act == "report" and r.may(row, a) for row in acts_in("application", r.state_now(a))),
    }


def find_form_stages(r: Registrar, number: str) -> list[str]:
    """The stages of an application's road that have a form, in their order."""
    return [kind for kind in r.regulation_of(r.fetch(Application, number)).stage_kinds if kind in FORM_STAGES]


def _stage(r: Registrar, a: Application) -> str:
    road = [kind for kind in r.regulation_of(a).stage_kinds if kind in FORM_STAGES]
    here = STAGE_OF_STATE.get(a.asked_by or "" if a.status == "supplement" else a.status)
    if not road:
        raise NotFound(Text("本办法没有检测评估或现场核查环节。", "The regulation has no assessment and no inspection."))
    return here if here in road else road[-1]


def _inside(r: Registrar, a: Application) -> bool:
    return r.presides(Role.DEPARTMENT, Role.AUDITOR, over=a) or _works(r, a)


def _works(r: Registrar, a: Application) -> bool:
    return r.actor.has(*WORKERS) and has_part(r.session, r.actor, a)


def _shown(r: Registrar, a: Application, kind: str) -> tuple[Report | None, bool]:
    """The report that this caller may read, and whether it is still a draft (or could be begun)."""
    draft = r.session.exec(select(Report).where(
        Report.application_id == a.id, Report.stage == kind, col(Report.reported_at).is_(None))).first()
    in_hand = STAGE_OF_STATE.get(a.status) == kind
    if in_hand and a.status == kind and _works(r, a):
        return draft, True
    handed_in = assessments.find_reported(r, a, kind)
    if handed_in is None or not (_inside(r, a) or not in_hand):
        return None, False
    return handed_in, False


def _reports(r: Registrar, a: Application, kind: str) -> Sequence[Report]:
    return r.session.exec(select(Report).where(
        Report.application_id == a.id, Report.stage == kind, col(Report.reported_at).is_not(None)).order_by(col(Report.ordinal))).all()


def _commissions(r: Registrar, a: Application, kind: str) -> Sequence[Commission]:
    return r.session.exec(select(Commission).where(
        Commission.application_id == a.id, Commission.stage == kind).order_by(col(Commission.id))).all()


def _commission(r: Registrar, c: Commission) -> dict[str, Any]:
    [who] = assessments.names_of(r, c)
    subject = r.session.get_one(Enterprise, c.enterprise_id) if c.enterprise_id else r.session.get_one(Person, c.person_id)
    return {"who": who, "name": subject.name, "commissioned_at": c.commissioned_at, "relieved_at": c.relieved_at,
            "relief_reason": c.relief_reason}


def _report(x: Report) -> dict[str, Any]:
    return {"ordinal": x.ordinal, "reported_at": x.reported_at, "reported_by": x.reported_by, "digest": x.digest, **_word(x.verdict),
            "returned_at": x.returned_at, "return_reason": x.return_reason}


def _class(found: Judgement) -> dict[str, Any] | None:
    if not found.classified.reasons:
        return None
    rule = found.classified.rule
    return {"key": rule.key if rule else None, "label": rule.label if rule else Text("尚不能确定", "not known yet"),
            "reasons": list(found.classified.reasons), "article": rule.article if rule else None, "basis": rule.basis if rule else None}


def _item(i: ItemVerdict, *, judged: bool) -> dict[str, Any]:
    item, out = i.item, i.verdict.word == "not_applicable"
    return {
        "key": item.key, "label": item.label, "domain": item.domain, "method": item.method, "method_label": METHODS[item.method],
        "requirement": judging.requirement_words(item), "known": item.known, "measured": item.measured, "unit": item.unit,
        "counts": item.counts, "applies": not out, "why": i.verdict.reason if out or not judged else None,
        "article": item.article, "basis": item.basis, "source": item.source, "note": item.note,
        **_word(i.verdict.word if judged or out else None), "reason": i.verdict.reason if judged or out else None,
    }


def _hazard(number: int, h: HazardVerdict) -> dict[str, Any]:
    return {"number": number, "text": h.hazard.text, "per": h.hazard.per, "mitigation": h.hazard.mitigation, "before": _level(h.before),
            "after": _level(h.after), "accepted_by": h.accepted_by, **_word(h.verdict.word), "reason": h.verdict.reason}


def _level(level: Level | None) -> dict[str, Any] | None:
    return {"key": level.key, "label": level.label, "effect": level.effect} if level else None


def _word(word: str | None) -> dict[str, Any]:
    return {"verdict": word, "verdict_label": judging.VERDICTS[word] if word else None}
