"""What else lies on the desks of a training office: requests for a change of a certificate, a report to look into, a hold."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from jobs.training.papers import write_pdf
from jobs.training.road import Case
from jobs.training.walk import Walk
from registry.desks import amendments, holds, tasks

ENDORSED, GRANTED = 5, 9  # days after the request


def plan(walk: Walk, case: Case, days: Mapping[str, int]) -> None:
    """Plan the request for a change that the cast says `case.product.after`: asked only, or granted as well."""
    after, kept, asked = case.product.after, dict[str, str](), days[case.product.after]
    steps = {asked: _ask}
    if after == "amended":
        steps |= {asked - ENDORSED: _endorse, asked - GRANTED: _grant}
    for day, step in steps.items():
        walk.plan(walk.work_time(day, case.order), partial(step, walk, case, kept))


def plan_held(walk: Walk, case: Case, days: Mapping[str, int]) -> None:
    """Plan a hold on an application that waits for its supplement, and a report on its enterprise."""
    walk.plan(walk.work_time(days["held"], case.order), partial(_hold, walk, case))
    walk.plan(walk.work_time(days["reported"], case.order), partial(_report, walk, case))


def _ask(walk: Walk, case: Case, kept: dict[str, str]) -> None:
    model = f"{case.product.models[0]}-2"
    with walk.desk(case.product.enterprise) as r:
        kept["number"] = amendments.request_amendment(
            r, case.certificate, amendments.Wanted(change="scope", models=[model]), reason=f"新增型号{model}，与已认定型号同一平台、同一工艺。",
            filename="检测报告.pdf", content=write_pdf("检测报告", [f"产品：{case.product.name}", f"型号：{model}", "结论：与已认定型号一致"]))


def _endorse(walk: Walk, case: Case, kept: dict[str, str]) -> None:
    place = walk.cast.enterprises[case.product.enterprise].prefecture
    with walk.desk(walk.cast.officers(place)[0]) as r:
        amendments.endorse_amendment(r, kept["number"], "证明材料齐全，同意。")


def _grant(walk: Walk, case: Case, kept: dict[str, str]) -> None:
    with walk.desk("department") as r:
        amendments.grant_amendment(r, kept["number"], "检测报告与原型号一致，准予。")


def _hold(walk: Walk, case: Case) -> None:
    with walk.desk("department2") as r:
        holds.hold_application(r, case.number, "企业厂房受灾停电，已来函说明，另行通知补正时间。")


def _report(walk: Walk, case: Case) -> None:
    house = walk.cast.enterprises[case.product.enterprise]
    with walk.desk(walk.cast.officers(house.prefecture)[0]) as r:
        tasks.report_holder(r, house.credit_code, "renamed", "据市场监管部门公示信息，该企业名称拟变更，待核实。")
