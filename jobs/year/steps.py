"""What each person of the year does at a desk: one function a step, each one act or a few of one person. When, is the play's."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from jobs.training.cast import Product
from jobs.training.dossiers import write_documents, write_dossier
from jobs.training.papers import write_pdf
from jobs.training.walk import Walk
from jobs.year.cast import bureau_login
from registry.actors import PUBLIC
from registry.desks import (
    amendments,
    applications,
    certificates,
    enquiries,
    holds,
    measures,
    notices,
    panels,
    queues,
    reviews,
    supplements,
    withdrawals,
)
from registry.errors import Refusal
from registry.registrar import Registrar

PAPER = write_pdf("证明材料（虚构）", ["本页为按种子生成的虚构材料。"])


@dataclass
class Case:
    """One application on its way, and the certificate it leads to."""

    product: Product
    order: int
    renews: Case | None = None
    number: str = ""
    certificate: str = ""
    notice: str = ""
    panel: list[str] = field(default_factory=list)
    objections: list[str] = field(default_factory=list)


class Desks:
    """The steps. `done` counts what succeeded, by the names of the tally; `acts` every unit of work by its step."""

    def __init__(self, walk: Walk, family: str) -> None:
        self.walk, self.family = walk, family
        self.done: Counter[str] = Counter()
        self.acts: Counter[str] = Counter()

    @property
    def in_the_year(self) -> bool:
        """Whether what is done now is of the year that is played, not of its stock."""
        return self.walk.office.today().year == self.walk.until.year

    def at(self, login: str, act: Callable[..., Any], *args: Any, **facts: Any) -> Any:
        """One act of one person."""
        self.acts[act.__name__] += 1
        with self.walk.desk(login) as r:
            return act(r, *args, **facts)

    def refused(self, what: str, kind: type[Refusal], act: Callable[[Registrar], Any]) -> None:
        """Something that must be refused; that it is not is an error of the play."""
        try:
            with self.walk.office.registrar(PUBLIC) as r:
                act(r)
        except kind:
            self.done[what] += 1
            return
        raise AssertionError(f"{what}: was not refused")

    def place(self, case: Case) -> str:
        return self.walk.cast.enterprises[case.product.enterprise].prefecture

    def bureau(self, case: Case) -> str:
        return bureau_login(self.place(case), 1 + case.order % 2)

    def waiting(self, cases: list[Case], status: str) -> dict[str, list[Case]]:
        """Those of `cases` that are in `status` now, by regulation, as the department's list shows them."""
        by_number = {case.number: case for case in cases if case.number}
        found: dict[str, list[Case]] = {}
        cursor: str | None = None
        while True:
            with self.walk.desk("department") as r:
                page = enquiries.search_applications(r, status=status, cursor=cursor, limit=100)
            for row in page["items"]:
                if row["number"] in by_number:
                    found.setdefault(row["regulation"], []).append(by_number[row["number"]])
            cursor = page["next"]
            if cursor is None:
                return {law: sorted(group, key=lambda case: case.number) for law, group in sorted(found.items())}

    # ------------------------------------------------------------------------------------------------ the enterprise

    def apply(self, case: Case) -> None:
        """Fill in everything, hand in every document, submit."""
        house = self.walk.cast.enterprises[case.product.enterprise]
        with self.walk.desk(house.key) as r:
            law = r.law.successor(self.family, r.today)
            assert law is not None
            case.number = applications.open_application(
                r, enterprise=house.credit_code, regulation=law.id, renews=case.renews.certificate if case.renews else None)
            class_key = r.law.taxonomy_of(law).leaf(case.product.leaf).class_key
            dossier = write_dossier(self.walk.cast, law, case.product, class_key, r.today, renewal=case.renews is not None)
            applications.save_draft(r, case.number, dossier)
            for slot, filename, content in write_documents(law, case.product, house, dossier):
                applications.attach_document(r, case.number, slot=slot, filename=filename, content=content)
        self.acts["fill_in"] += 1
        self.at(house.key, applications.submit, case.number)
        self.done["applications"] += self.in_the_year
        self.done["renewals"] += case.renews is not None

    def resubmit(self, case: Case) -> None:
        self.at(case.product.enterprise, applications.resubmit, case.number, "已补充盖章页并更正型号。")
        self.done["supplements answered"] += 1

    def withdraw(self, case: Case) -> None:
        self.at(case.product.enterprise, applications.withdraw, case.number, "产品正在改进，拟完善后重新申报。")
        self.done["withdrawn"] += 1

    def surrender(self, case: Case) -> None:
        self.at(case.product.enterprise, certificates.surrender_certificate, case.certificate, "产品停产，申请注销。")
        self.done["surrendered"] += 1

    # ---------------------------------------------------------------------------------------------------- the bureau

    def claim(self, case: Case) -> None:
        self.at(self.bureau(case), queues.claim, case.number)

    def endorse(self, case: Case) -> None:
        self.at(self.bureau(case), applications.endorse, case.number, "经初审，材料齐全，同意推荐。")
        self.done[f"bureau {self.place(case)}"] += 1

    def ask(self, case: Case) -> None:
        self.at(self.bureau(case), supplements.request_supplement, case.number, ["seal_missing", "inconsistent", "illegible_document"],
                "申请表第2页缺少盖章；型号与检测报告不一致；查新报告第3页不清晰。")

    def refuse_early(self, case: Case) -> None:
        self.at(self.bureau(case), applications.refuse, case.number, "not_early_stage", "该产品已大批量销售，不处于市场推广初期。")
        self.done["refused"] += 1

    # ------------------------------------------------------------------------------------- the department, its experts

    def draw(self, case: Case) -> None:
        seed = hashlib.sha256(f"{case.number} {case.product.key}".encode()).hexdigest()[:32]
        self.at("department2", panels.commit_seed, case.number, fresh=seed)
        self.at("department2", panels.draw_panel, case.number)
        self._see_panel(case)

    def _see_panel(self, case: Case) -> None:
        with self.walk.desk("department2") as r:
            seats = enquiries.show_application(r, case.number)["seats"]
        case.panel = [seat["login"] for seat in seats if not seat["recused_at"]]

    def stand_aside(self, case: Case) -> None:
        expert = case.panel[0]
        self.at(expert, reviews.recuse_expert, case.number, expert, "曾任该企业技术顾问，申请回避。", "employment")
        self._see_panel(case)
        self.done["recused and replaced"] += 1

    def give_opinion(self, case: Case, seat: int, share: int) -> None:
        """`share`: hundredths of each criterion's maximum."""
        self._mark(case, case.panel[seat], share)

    def _mark(self, case: Case, expert: str, share: int, **more: str) -> None:
        law = self.walk.office.law.successor(self.family, self.walk.office.today())
        assert law is not None
        scores = {c.key: round(c.maximum * share / 100) for c in law.panel.criteria}
        act = reviews.revise_opinion if more else reviews.give_opinion
        self.at(expert, act, case.number, scores, "创新点清楚，参数与对标产品比较充分。", **more)

    def revise(self, case: Case, share: int) -> None:
        self._mark(case, case.panel[-1], share, reason="复核检测报告后更正。")
        self.done["opinions revised"] += 1

    def recommend(self, case: Case, conditions: list[str]) -> None:
        seated = len(case.panel)
        self.at("department2", reviews.recommend, case.number, "专家组意见一致，建议认定。", conditions)
        self.done["panel"] = min(self.done["panel"] or seated, seated)
        self.done["approved on conditions"] += bool(conditions)

    def refuse_late(self, case: Case) -> None:
        self.at("department2", applications.refuse, case.number, "below_pass_mark", "专家评审平均分未达到通过分数。")
        self.done["refused"] += 1

    def hold(self, case: Case) -> None:
        self.at("department3", holds.hold_application, case.number, "等待核实一处型号。")

    def release(self, case: Case) -> None:
        self.at("department3", holds.release_application, case.number, "已核实。")
        self.done["held and released"] += 1

    # ------------------------------------------------------------------------------- notice, objections, announcement

    def publish(self, cases: list[Case]) -> None:
        """All that wait for a notice, in one."""
        for law, ready in self.waiting(cases, "awaiting_notice").items():
            number = self.at("department", notices.publish_notice, regulation=law, applications=[c.number for c in ready])
            for case in ready:
                case.notice = number
            self.done["notices"] += self.in_the_year

    def withdraw_notice(self, cases: list[Case]) -> None:
        number = next(case.notice for case in cases if case.notice)
        self.at("department", withdrawals.withdraw_notice, number, "名单中一处型号有误，撤回后重新公示。")
        self.done["notices withdrawn"] += 1
        self.done["notices"] -= 1

    def object(self, case: Case, *, sealed: bool) -> None:
        """By a person with a name, or by an organisation under its seal."""
        name, kind = ("洞庭幻影电子研究所（虚构）", "unit") if sealed else ("路见平", "person")
        self.acts["object_to"] += 1
        with self.walk.office.registrar(PUBLIC) as r:
            case.objections.append(notices.object_to(
                r, case.notice, application=case.number, objector=kind, name=name, contact="objector@objector.example",
                ground="ip_dispute", reason=f"{case.product.name}的关键工艺与一项在先专利相同。", evidence="在先专利公开文本第3至5页。",
                filename="盖章页.pdf" if sealed else None, content=PAPER if sealed else None))
        self.done["objections"] += 1

    def object_wrongly(self, case: Case, kind: type[Refusal], name: str, what: str) -> None:
        self.refused(what, kind, lambda r: notices.object_to(
            r, case.notice, application=case.number, objector="person", name=name, contact="x@objector.example", ground="ip_dispute",
            reason="有异议。", evidence="无。"))

    def decide(self, case: Case, *, uphold: bool) -> None:
        act = notices.uphold_objection if uphold else notices.dismiss_objection
        self.at("department3", act, case.objections[-1], "经核实，" + ("权属尚在诉讼中，异议成立。" if uphold else "两项技术方案不同，异议不成立。"))
        self.done["objections upheld" if uphold else "objections dismissed"] += 1

    def announce(self, cases: list[Case]) -> None:
        """All that wait for the announcement, under one document number for each regulation."""
        for law, group in self.waiting(cases, "announcement").items():
            paper = f"湘幻认〔{self.walk.office.today().year}〕{self.walk.next_paper()}号"
            issued = self.at("department", notices.announce, regulation=law, document_number=paper, applications=[c.number for c in group])
            for case, number in zip(group, issued, strict=True):
                case.certificate = number
            self.done["certificates"] += len(issued)

    # --------------------------------------------------------------------------------------------------- afterwards

    def measure(self, case: Case, step: str, kept: dict[str, str], intended: str, ground: str) -> None:
        """One step of a measure on a certificate: nobody decides what they proposed."""
        if step == "suspect":
            kept["number"] = self.at("department", measures.suspect, certificate=case.certificate, ground=ground,
                                     suspicion="市场抽检发现关键参数与认定产品不一致。", evidence="抽样检测报告。")
        elif step == "notice":
            self.at("department", measures.give_notice, kept["number"], intended=intended, ground=ground,
                    reason="经核查，情况属实。", effective_on=self.walk.office.today())
        elif step == "statement":
            self.at(case.product.enterprise, measures.make_statement, kept["number"], "个别批次使用了替代材料，已停止销售。")
        elif step == "approve":
            self.at("department2", measures.approve, kept["number"], "证据充分。")
        else:
            self.at("department3", measures.confirm, kept["number"], "程序完备。")
            self.done[{"revoke": "revocations", "suspend": "suspensions", "debar": "debarments"}[intended]] += 1

    def lift(self, kept: dict[str, str]) -> None:
        self.at("department", measures.propose_lifting, kept["number"], ground="doubt_cleared", effective_on=self.walk.office.today(),
                reason="复测合格，疑点排除。")
        self.at("department2", measures.lift, kept["number"], "同意。")
        self.done["reinstated"] += 1

    def amend(self, case: Case, wanted: amendments.Wanted) -> None:
        """Asked by the holder, looked at by its bureau, granted by the department, all on one day."""
        number = self.at(case.product.enterprise, amendments.request_amendment, case.certificate, wanted, reason="有证明材料。",
                         filename="证明.pdf", content=PAPER)
        self.at(self.bureau(case), amendments.endorse_amendment, number)
        self.at("department3", amendments.grant_amendment, number, "同意。")
        self.done["amendments"] += 1
