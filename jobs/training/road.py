"""The road of the invented applications, step by step as the cast's timetable says. Every step is an act at a desk."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from jobs.training.cast import Product
from jobs.training.dossiers import write_documents, write_dossier
from jobs.training.walk import Walk
from registry.actors import PUBLIC
from registry.desks import applications, enquiries, notices, panels, queues, reviews, supplements
from registry.registrar import Registrar

LATER = timedelta(hours=4)
FIRST, SECOND = "department", "department2"


@dataclass
class Case:
    """One application on its way. `renews` is the case whose certificate it is to renew."""

    product: Product
    order: int
    round: str
    course: str
    renews: Case | None = None
    number: str = ""
    certificate: str = ""
    notice: str = ""
    objection: str = ""


class Road:
    """Plans all steps of one round of cases on the walk's agenda."""

    def __init__(self, walk: Walk, round_: str, cases: list[Case]) -> None:
        self.walk, self.cases, self.round = walk, cases, round_
        self.begins = walk.cast.begins(round_)
        self.stops = walk.cast.rounds[round_].get("stops")

    def plan(self) -> None:
        for case in self.cases:
            for days, step in self._steps(case):
                self.walk.plan(self.walk.work_time(self.begins - days, case.order), partial(step, case))
        pace = self.walk.cast.pace
        if self.stops not in ("submit", "endorse", "publish"):
            self.walk.plan(self.walk.work_time(self.begins - pace["publish"], 7), self._publish)
        if self.stops is None:
            self.walk.plan(self.walk.work_time(self.begins - pace["announce"], 7), self._announce)

    def _steps(self, case: Case) -> list[tuple[int, Callable[[Case], None]]]:
        pace = self.walk.cast.pace
        course: dict[str, list[tuple[str, Callable[[Case], None]]]] = {
            "supplemented": [("ask", self._ask), ("resubmit", self._resubmit), ("endorse_late", self._endorse)],
            "lapsed": [("ask", self._ask)],
            "refused_by_bureau": [("refuse_early", self._refuse_early)],
            "withdrawn": [("endorse", self._endorse), ("withdraw", self._withdraw)],
        }
        if self.stops == "submit":
            return [(0, self._open)]
        steps: list[tuple[int, Callable[[Case], None]]] = [(pace["submit"], self._open), (pace["submit"], self._submit)]
        if self.stops == "endorse":
            return steps
        if case.round == "asked":
            return [*steps, (pace["ask"], self._ask)]
        steps += [(pace[name], step) for name, step in course.get(case.course, [("endorse", self._endorse)])]
        if case.course in ("lapsed", "refused_by_bureau", "withdrawn"):
            return steps
        return steps + self._review(case)

    def _review(self, case: Case) -> list[tuple[int, Callable[[Case], None]]]:
        pace, cast = self.walk.cast.pace, self.walk.cast
        steps: list[tuple[int, Callable[[Case], None]]] = [(pace["seat"], self._seat)]
        if case.course == "recused":
            steps.append((pace["stand_aside"], self._stand_aside))
        if case.course == "asked_by_experts":
            return [*steps, (pace["ask_again"], self._ask_again)]
        steps += [(days, partial(self._give_opinion, seat)) for seat, days in enumerate(cast.opinions)]
        steps.append((pace["close_review"], self._refuse_late if case.course == "refused_by_experts" else self._recommend))
        if case.course in ("objected", "objection_dismissed", "objection_upheld"):
            steps.append((pace["object"], self._object))
        if case.course in ("objection_dismissed", "objection_upheld"):
            steps.append((pace["decide"], self._decide))
        return steps

    # The applicant

    def _open(self, case: Case) -> None:
        with self.walk.desk(case.product.enterprise) as r:
            house = self.walk.cast.enterprises[case.product.enterprise]
            law = r.law.successor(self.walk.cast.family, r.today)
            assert law is not None
            case.number = applications.open_application(
                r, enterprise=house.credit_code, regulation=law.id, renews=case.renews.certificate if case.renews else None)
            class_key = r.law.taxonomy_of(law).leaf(case.product.leaf).class_key
            dossier = write_dossier(self.walk.cast, law, case.product, class_key, r.today, renewal=case.renews is not None)
            if self.stops == "submit":  # a draft: typed half way
                applications.save_draft(r, case.number, dict(list(dossier.items())[: 6 + case.order % 5]))
                return
            applications.save_draft(r, case.number, dossier)
            for slot, filename, content in write_documents(law, case.product, house, dossier):
                applications.attach_document(r, case.number, slot=slot, filename=filename, content=content)

    def _submit(self, case: Case) -> None:
        with self.walk.desk(case.product.enterprise) as r:
            applications.submit(r, case.number)

    def _resubmit(self, case: Case) -> None:
        with self.walk.desk(case.product.enterprise) as r:
            applications.resubmit(r, case.number, "已按要求补充盖章页并更正型号。")

    def _withdraw(self, case: Case) -> None:
        with self.walk.desk(case.product.enterprise) as r:
            applications.withdraw(r, case.number, "产品正在改进设计，拟完善后重新申报。")

    # The bureau

    def _bureau(self, case: Case) -> str:
        officers = self.walk.cast.officers(self.walk.cast.enterprises[case.product.enterprise].prefecture)
        return officers[case.order % len(officers)]

    def _endorse(self, case: Case) -> None:
        with self.walk.desk(self._bureau(case)) as r:
            applications.endorse(r, case.number, "经初审，材料齐全，符合申报条件，同意推荐。")

    def _ask(self, case: Case) -> None:
        with self.walk.desk(self._bureau(case)) as r:
            queues.claim(r, case.number)
        with self.walk.desk(self._bureau(case)) as r:
            supplements.request_supplement(
                r, case.number, ["seal_missing", "inconsistent"], "1. 申请表第2页缺少盖章。\n2. 型号与检测报告不一致。",
                {"inconsistent": "documents.test_report"})

    def _refuse_early(self, case: Case) -> None:
        with self.walk.desk(self._bureau(case)) as r:
            applications.refuse(r, case.number, "not_early_stage", "该产品已大批量销售，不处于市场推广初期。")

    # The department and its experts

    def _seat(self, case: Case) -> None:
        with self.walk.desk(SECOND) as r:
            panels.commit_seed(r, case.number, fresh=hashlib.sha256(f"{case.number} {case.product.key}".encode()).hexdigest()[:32])
        with self.walk.desk(SECOND) as r:
            panels.draw_panel(r, case.number)

    def _panel(self, case: Case) -> list[str]:
        with self.walk.desk(SECOND) as r:
            seats = enquiries.show_application(r, case.number)["seats"]
        return [seat["login"] for seat in seats if not seat["recused_at"]]

    def _stand_aside(self, case: Case) -> None:
        expert = self._panel(case)[0]
        with self.walk.desk(expert) as r:
            reviews.recuse_expert(r, case.number, expert, "近三年内曾任该企业技术顾问，申请回避。", "employment")

    def _give_opinion(self, seat: int, case: Case) -> None:
        expert = self._panel(case)[seat]
        low = case.course == "refused_by_experts"
        with self.walk.desk(expert) as r:
            panel = r.law.regulation(enquiries.show_application(r, case.number)["regulation"]["id"]).panel
            share = 60 + seat if low else 85 + (case.order + seat * 3) % 11  # in hundredths of each criterion's maximum
            scores = {c.key: round(c.maximum * share / 100) for c in panel.criteria}
            comment = "主要参数与对标产品差距较大，证明材料不足。" if low else "创新点清楚，参数优于对标产品，建议认定。"
            reviews.give_opinion(r, case.number, scores, comment)

    def _ask_again(self, case: Case) -> None:
        with self.walk.desk(SECOND) as r:
            supplements.request_supplement(r, case.number, ["insufficient_evidence"], "请补充用户应用报告中的连续运行数据。")

    def _recommend(self, case: Case) -> None:
        with self.walk.desk(SECOND) as r:
            reviews.recommend(r, case.number, "专家组意见一致，建议认定。")

    def _refuse_late(self, case: Case) -> None:
        with self.walk.desk(SECOND) as r:
            applications.refuse(r, case.number, "below_pass_mark", "专家评审平均分未达到通过分数。")

    # Notice, objections, announcement

    def _publish(self) -> None:
        with self.walk.desk(FIRST) as r:
            ready = self._in_state(r, "awaiting_notice")
            if ready:
                law = enquiries.show_application(r, ready[0].number)["regulation"]["id"]
                number = notices.publish_notice(r, regulation=law, applications=[case.number for case in ready])
                for case in ready:
                    case.notice = number

    def _object(self, case: Case) -> None:
        if not case.notice:  # long holidays can put both on one day
            self.walk.plan(self.walk.office.now() + LATER, partial(self._object, case))
            return
        with self.walk.office.registrar(PUBLIC) as r:
            case.objection = notices.object_to(
                r, case.notice, application=case.number, objector="person", name="路见平", contact="lujianping@objector.example",
                ground="ip_dispute", reason=f"{case.product.name}的关键工艺与一项在先专利相同，权属存在争议。",
                evidence="在先专利公开文本第3至5页与该产品说明书的比对表。")

    def _decide(self, case: Case) -> None:
        if not case.objection:
            self.walk.plan(self.walk.office.now() + LATER, partial(self._decide, case))
            return
        with self.walk.desk(FIRST) as r:
            if case.course == "objection_upheld":
                notices.uphold_objection(r, case.objection, "经核实，申报产品的核心专利权属尚在诉讼中，异议成立。")
            else:
                notices.dismiss_objection(r, case.objection, "经比对，两项技术方案不同，异议不成立。")

    def _announce(self) -> None:
        """Announce the round once nothing of it is in notice any more; a holiday may have made the notice longer."""
        with self.walk.desk(FIRST) as r:
            if self._in_state(r, "public_notice"):
                self.begins -= 1
                self.walk.plan(self.walk.work_time(self.begins - self.walk.cast.pace["announce"], 7), self._announce)
                return
            ready = self._in_state(r, "announcement")
            if ready:
                law = enquiries.show_application(r, ready[0].number)["regulation"]["id"]
                issued = notices.announce(r, regulation=law, document_number=f"湘训认〔{r.today.year}〕{self.walk.next_paper()}号",
                                          applications=[case.number for case in ready])
                for case, number in zip(ready, issued, strict=True):
                    case.certificate = number

    def _in_state(self, r: Registrar, state: str) -> list[Case]:
        return [case for case in self.cases if case.number and enquiries.show_application(r, case.number)["status"] == state]
