"""What becomes of certificates under a measure, step by step: suspicion, notice, statement or silence, two decide, perhaps lifting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from jobs.training.road import Case
from jobs.training.walk import Walk
from registry.desks import measures

PROPOSES, APPROVES, CONFIRMS = "department", "department2", "department3"
DAYS = {"suspect": 36, "notice": 32, "statement": 29, "approve": 8, "confirm": 6}  # before the day it takes effect
LIFTS = 4  # days between the proposal to lift and its confirmation


@dataclass(frozen=True)
class Story:
    """Why, in the words of those who do it. `statement` "" is a holder who says nothing."""

    intended: str
    ground: str
    suspicion: str
    evidence: str
    reason: str
    statement: str


STORIES = {
    "suspended": Story("suspend", "quality_in_doubt", "用户反映批次失效率偏高。", "三家用户的失效分析记录。", "批次失效率偏高，正在核查。", ""),
    "revoked": Story("revoke", "product_differs", "在售产品的关键参数与认定产品不一致。", "市场抽样检测报告。",
                     "经核实，在售产品的关键参数与认定产品不一致。", "个别批次使用了替代材料，已停止销售。"),
}  # fmt: skip
STORIES["reinstated"] = STORIES["suspended"]


def plan(walk: Walk, case: Case, days: Mapping[str, int]) -> None:
    """Plan the measure that ends where the cast says `case.product.after`; `days` before the end it takes effect."""
    after = case.product.after
    story, effect = STORIES[after], days["suspended_then_reinstated" if after == "reinstated" else after]
    kept: dict[str, str] = {}
    steps = {"suspect": _suspect, "notice": _notice, "statement": _state, "approve": _approve, "confirm": _confirm}
    for name, step in steps.items():
        if name == "statement" and not story.statement:
            continue
        walk.plan(walk.work_time(effect + DAYS[name], case.order), partial(step, walk, case, story, kept))
    if after == "reinstated":
        walk.plan(walk.work_time(days["reinstated"] + LIFTS, case.order), partial(_propose_lifting, walk, kept))
        walk.plan(walk.work_time(days["reinstated"], case.order), partial(_lift, walk, kept))


def _suspect(walk: Walk, case: Case, story: Story, kept: dict[str, str]) -> None:
    with walk.desk(PROPOSES) as r:
        kept["number"] = measures.suspect(r, certificate=case.certificate, ground=story.ground, suspicion=story.suspicion,
                                          evidence=story.evidence)


def _notice(walk: Walk, case: Case, story: Story, kept: dict[str, str]) -> None:
    with walk.desk(PROPOSES) as r:
        measures.give_notice(r, kept["number"], intended=story.intended, ground=story.ground, reason=story.reason,
                             effective_on=r.today)


def _state(walk: Walk, case: Case, story: Story, kept: dict[str, str]) -> None:
    with walk.desk(case.product.enterprise) as r:
        measures.make_statement(r, kept["number"], story.statement)


def _approve(walk: Walk, case: Case, story: Story, kept: dict[str, str]) -> None:
    with walk.desk(APPROVES) as r:
        measures.approve(r, kept["number"], story.reason)


def _confirm(walk: Walk, case: Case, story: Story, kept: dict[str, str]) -> None:
    with walk.desk(CONFIRMS) as r:
        measures.confirm(r, kept["number"], "证据充分，程序完备。")


def _propose_lifting(walk: Walk, kept: dict[str, str]) -> None:
    with walk.desk(PROPOSES) as r:
        measures.propose_lifting(r, kept["number"], ground="doubt_cleared", effective_on=r.today,
                                 reason="经抽检复测，失效为运输受潮所致，疑点排除。")


def _lift(walk: Walk, kept: dict[str, str]) -> None:
    with walk.desk(APPROVES) as r:
        measures.lift(r, kept["number"], "复测结论可靠，同意。")
