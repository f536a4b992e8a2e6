"""The counter for printed reports of assessments and inspections: gathered from the books and printed. It decides nothing."""

from __future__ import annotations

from typing import Any

from sqlmodel import col, select

from registry.books.models import Application, Enterprise, Entry, Person, Report
from registry.clock import moment_words
from registry.desks import assessments
from registry.desks.enquiries.assessments import show_assessment
from registry.errors import NotFound
from registry.law.forms import DECISION_RULE_WORDS, PROBABILITY_BASES
from registry.law.sheets import read_sheet
from registry.law.units import quantity_words
from registry.registrar import Registrar
from registry.seal.pdf import print_pdf
from registry.words import Text, day_words

TITLES = {"assessment": Text("评估报告", "Assessment report"), "site_inspection": Text("现场核查报告", "Report of the site inspection")}
Plain = dict[str, Any]


def print_report(r: Registrar, number: str, stage: str | None = None) -> Plain:
    """The report as a file: content, filename, media_type. NotFound until one is handed in that this caller may read."""
    view = show_assessment(r, number, stage)
    application = r.fetch(Application, number)
    found = assessments.find_reported(r, application, view["stage"])
    if found is None or view["sheet"] is None or view["may_fill"]:
        raise NotFound(Text("没有可供查看的报告。", "There is no report to be read here."))
    title = TITLES[view["stage"]]
    content = print_pdf("assessment", write_report(r, application, found, view), r.settings.font_dir)
    return {"content": content, "filename": f"{title.zh}-{number}-{found.ordinal}.pdf", "media_type": "application/pdf"}


def write_report(r: Registrar, application: Application, found: Report, view: Plain) -> Plain:
    """All that the report says, as plain JSON for the template."""
    law, form = r.regulation_of(application), assessments.form_of(r, application, found.stage)
    house = r.session.get_one(Enterprise, application.enterprise_id)
    entry = _entry(r, application, found)
    sheet = read_sheet(form, found.sheet)
    results = {key: _result(result) for key, result in sheet.results.items()}
    items = [{k: _plain(item[k]) for k in ("key", "label", "domain", "method_label", "requirement", "article", "verdict", "verdict_label", "reason", "applies")}
             | {"basis": item["basis"], "result": results.get(item["key"])} for item in view["items"]]
    reporter = r.session.exec(select(Person).where(Person.login == found.reported_by)).one()
    typed = law.read_dossier(application.dossier)
    configuration = [{"label": _plain(rule.label), "value": str(typed[rule.key])} for key in law.dossier.configuration_fields
                     if (rule := law.field(key)) and rule.key in typed]
    return {
        "number": application.number, "title": _plain(TITLES[found.stage]), "authority": _plain(law.authority.name),
        "regulation": _plain(law.title), "ordinal": found.ordinal, "product": application.product, "applicant": f"{house.name} {house.credit_code}",
        "configuration": configuration, "class": _plain(view["class"]["label"]) if view["class"] else None,
        "class_reasons": [_plain(reason) for reason in view["class"]["reasons"]] if view["class"] else [],
        "decision_rule": _plain(DECISION_RULE_WORDS[form.decision_rule]), "verdict": view["verdict"], "verdict_label": _plain(view["verdict_label"]),
        "reasons": [_plain(reason) for reason in view["reasons"]], "conclusion": found.conclusion,
        "domains": [{"key": d["key"], "label": _plain(d["label"]), "verdict": d["verdict"], "verdict_label": _plain(d["verdict_label"]),
                     "items": [item for item in items if item["domain"] == d["key"]]} for d in view["domains"]],
        "hazards": [_hazard(h, found.risks.get(str(h["number"]))) for h in view["hazards"]],
        "risk_note": _plain(form.risk.note or Text("", "")) if form.risk else None,
        "bodies": [f"{c['name']} {c['who']}" for c in view["commissions"] if c["relieved_at"] is None],
        "reported_by": reporter.name, "reported_at": _moment(found), "digest": found.digest, "entry": entry.seq if entry else 0,
        "dossier_digest": application.dossier_digest or "", "law_digest": law.digest,
    }


def _entry(r: Registrar, application: Application, found: Report) -> Entry | None:
    query = select(Entry).where(Entry.subject_kind == application.kind, Entry.subject == application.number, Entry.act == "report")
    return next((e for e in r.session.exec(query.order_by(col(Entry.seq))) if e.facts.get("digest") == found.digest), None)


def _result(result: Any) -> Plain:
    value = quantity_words(result.value, result.unit) if result.value is not None else ""
    spread = f"±{quantity_words(result.uncertainty, result.unit)}" if result.uncertainty is not None else ""
    said = Text("", "") if result.conforms is None else Text("符合", "conforms") if result.conforms else Text("不符合", "does not conform")
    return {"value": value, "uncertainty": spread, "conforms": _plain(said), "laboratory": result.laboratory, "report": result.report,
            "found_on": " / ".join(day_words(result.found_on)) if result.found_on else "", "note": result.note}


def _hazard(h: Plain, accepted: Plain | None) -> Plain:
    shown: Plain = {key: _plain(h[key]) for key in ("verdict", "verdict_label", "reason")}
    return shown | {
        "number": h["number"], "text": h["text"], "mitigation": h["mitigation"], "per": _plain(PROBABILITY_BASES[h["per"]]),
        "before": _plain(h["before"]["label"]), "after": _plain(h["after"]["label"]),
        "accepted": f"{accepted['name']}：{accepted['reason']}" if accepted else "",
    }


def _plain(value: Any) -> Any:
    return {"zh": value.zh, "en": value.en} if isinstance(value, Text) else value


def _moment(found: Report) -> str:
    assert found.reported_at is not None
    return " / ".join(moment_words(found.reported_at))
