"""The page of an assessment or a site inspection: for who fills it in, for the office, for the applicant; and the acts on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from registry.desks import assessments, enquiries
from registry.desks.enquiries import resources
from registry.law.forms import Form
from registry.law.lifecycle import Role
from registry.law.sheets import columns_of, hazard_rule
from registry.law.units import shown_unit
from registry.law.values import MOST_ROWS
from registry.registrar import Registrar
from registry.words import Text
from web.counter import ANYONE, open_to, reading
from web.pages.acts import act, given

pages = Blueprint("assessments", __name__)

HERE = {"report", "commission", "relieve", "return_report", "accept_risk", "accept_report"}  # the acts that stand on this page
READERS = (Role.APPLICANT, Role.DEPARTMENT, Role.AUDITOR, Role.ASSESSOR, Role.INSPECTOR)


@pages.get("/applications/<number>/assessment")
@open_to(*READERS)
def assessment(number: str) -> str:
    with reading() as r:
        view = enquiries.show_assessment(r, number, request.args.get("stage"))
        law, _ = enquiries.law_of(r, number)
        form = law.form(view["stage"])
        application = enquiries.show_application(r, number)
    assert form is not None
    may = {p["act"]: p["label"] for p in application["possible"]}
    findings: dict[str, list[Any]] = {}
    for finding in view["findings"]:
        findings.setdefault(finding.field, []).append(finding)
    return render_template("office/assessment.html", v=view, a=application, form=form, hazard_rule=hazard_rule(form), may=may, acts=HERE & may.keys(),
                           columns={item.key: columns_of(item) for item in form.items}, found=findings, shown_unit=shown_unit)


def _typed(form: Form) -> dict[str, Any]:
    """The sheet as it was typed."""
    results = {item.key: {c.key: given(f"results.{item.key}.{c.key}").replace("\r\n", "\n") for c in columns_of(item)} for item in form.items}
    rule = hazard_rule(form)
    lines = [{c.key: given(f"hazards.{n}.{c.key}") for c in rule.columns} for n in range(1, MOST_ROWS + 1)] if rule else []
    while lines and not any(lines[-1].values()):
        lines.pop()
    return {"results": results, "hazards": lines, "conclusion": given("conclusion")}


def _save(r: Registrar, number: str) -> str:
    law, _ = enquiries.law_of(r, number)
    form = law.form(enquiries.show_assessment(r, number)["stage"])
    assert form is not None
    return assessments.save_sheet(r, number, **_typed(form))


# The resource of each act, the desk's function, what is said afterwards.
ACTS: dict[str, tuple[Callable[[Registrar, str], object], Text]] = {
    "sheet": (_save, Text("已按所填内容保存。", "Saved as typed.")),
    "reuse": (lambda r, n: assessments.reuse_results(r, n, given("other")), Text("已沿用，来源写在各项说明中。", "Taken over; each note says from where.")),
    "report": (assessments.report, Text("报告已提交，不再变动。", "The report is handed in and does not change any more.")),
    "commissions": (lambda r, n: assessments.commission(r, n, given("who")), Text("已委托，并已通知。", "Commissioned; they are told.")),
    "relief": (lambda r, n: assessments.relieve(r, n, given("who"), given("reason")), Text("委托已解除。", "The commission has ended.")),
    "return": (lambda r, n: assessments.return_report(r, n, given("reason")), Text("报告已退回。", "The report is returned.")),
    "risks": (
        lambda r, n: assessments.accept_risk(r, n, int(given("hazard")) if given("hazard").isdecimal() else 0, given("reason")),
        Text("已记录风险接受人。", "Who accepted the risk is recorded."),
    ),
    "acceptance": (
        lambda r, n: assessments.accept_report(r, n, given("comment")),
        Text("报告已采纳，申请进入下一环节。", "The report is accepted; the application moves on."),
    ),
}


@pages.post(f"/applications/<number>/assessment/<any({', '.join(ACTS)}):resource>")
@open_to(*READERS)
def do(number: str, resource: str) -> ResponseReturnValue:
    desk_act, done = ACTS[resource]
    gone = resource == "relief" and given("own") == "yes"  # who gave the commission back sees the case no more
    return act(lambda r: desk_act(r, number), done=done, page=url_for(".assessment", number=number),
               again=lambda: assessment(number), to=url_for("office.desk") if gone else None)  # fmt: skip


@pages.get("/library")
@open_to(ANYONE)
def library() -> str:
    """What is assessed, by which standards and by whom; for those who assess also what was found before."""
    args = {name: request.args.get(name, "").strip() for name in ("q", "domain", "regulation")}
    with reading() as r:
        evidence = resources.search_evidence(r, q=args["q"]) if r.actor.has(*resources.EVIDENCE_FOR) and args["q"] else None
        return render_template("public/library.html", found=resources.search_items(r, **args), domains=resources.list_domains(r).items(),
                               standards=resources.list_standards(r), bodies=resources.list_bodies(r), evidence=evidence,
                               shown_unit=shown_unit, may_search=r.actor.has(*resources.EVIDENCE_FOR))
