"""Measures: suspicion, notice, statement, a decision by two, its effect on its day, its lifting; debarment; silence."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from registry.actors import PUBLIC, SYSTEM, Actor
from registry.books.models import Certificate, Letter, Measure
from registry.desks import applications, audits, certificates, enquiries, measures, rehearsals
from registry.errors import (
    BadInput,
    Debarred,
    DutiesConflict,
    LawIsSilent,
    NotEntitled,
    NotFound,
    NotYet,
    OutOfOrder,
    WrongType,
)
from registry.law.library import HERE
from registry.law.lifecycle import TABLES
from registry.office import Office
from registry.settings import Settings
from tests.desks.conftest import BRIEF
from tests.factories import CODES, HUNAN, PDF, ZHUZHOU, Town, another_law

D = date.fromisoformat


def shown(town: Town, number: str, actor: Actor | None = None) -> dict[str, Any]:
    with town.office.reading(actor or town.department()) as r:
        return enquiries.show_measure(r, number)


def standing(town: Town, certificate: str) -> str:
    return str(town.certificate(certificate)["standing"])


def letters_to(town: Town, login: str) -> list[str]:
    with Session(town.office.engine) as session:
        return [x.subject for x in session.exec(select(Letter).where(Letter.address == f"{login}@example.com").order_by("id"))]


def audit(town: Town) -> list[Any]:
    with town.office.reading(SYSTEM) as r:
        found = [f for kind in TABLES for f in audits.check_lives(r, kind)]
        return [f for f in (*found, *audits.check_ledger(r), *audits.check_documents(r)) if f is not None]


# ----------------------------------------------------------------------------------------------------------- suspicion


def test_a_suspicion_is_stated_by_an_officer_and_changes_nothing_of_the_certificate(town: Town) -> None:
    number = town.certified()
    before = town.certificate(number)["version"]
    for officer in (town.department(), town.bureau()):
        measure = town.do(officer, measures.suspect, certificate=number, ground="false_material", suspicion="报告疑似伪造",
                          evidence="比对记录", filename="比对.pdf", content=PDF)
        assert measure.startswith("HN-STJ-CS-2026-") and shown(town, measure)["status"] == "suspected"
        assert shown(town, measure, town.bureau())["evidence_filename"] == "比对.pdf"
    assert (standing(town, number), town.certificate(number)["version"]) == ("valid", before)
    for other in (town.bureau(ZHUZHOU), town.applicant(), town.expert(), town.admin(), PUBLIC):
        town.refused(NotEntitled, other, measures.suspect, certificate=number, ground="false_material", suspicion="?", evidence="?")


def test_a_suspicion_names_its_subject_ground_words_and_evidence(town: Town) -> None:
    number, officer = town.certified(), town.department()
    whole: dict[str, Any] = {"certificate": number, "ground": "false_material", "suspicion": "疑", "evidence": "据"}
    for field, value in (("ground", "sunshine"), ("ground", "put_right"), ("suspicion", " "), ("evidence", "")):
        refusal = town.refused(BadInput, officer, measures.suspect, **(whole | {field: value}))
        assert [f.field for f in refusal.findings] == [field]
    town.refused(BadInput, officer, measures.suspect, **(whole | {"enterprise": CODES[0]}))
    town.refused(BadInput, officer, measures.suspect, **(whole | {"certificate": None}))
    town.refused(WrongType, officer, measures.suspect, **whole, filename="a.pdf", content=b"MZ")
    town.refused(NotFound, officer, measures.suspect, **(whole | {"certificate": None, "enterprise": CODES[2], "regulation": HUNAN}))


def test_the_holder_knows_nothing_of_a_suspicion_before_the_notice(town: Town) -> None:
    certificate, maker = town.certified(), town.applicant()
    measure = town.suspected(certificate)
    known = len(letters_to(town, "maker-0"))
    town.refused(NotFound, maker, enquiries.show_measure, measure)
    town.do(town.department(), measures.drop, measure, "经核查不实")
    town.refused(NotFound, maker, enquiries.show_measure, measure)
    assert len(letters_to(town, "maker-0")) == known


# --------------------------------------------------------------------------------------------------- notice, statement


def test_the_notice_tells_measure_ground_article_day_and_the_time_for_a_statement(town: Town) -> None:
    certificate = town.certified()
    measure = town.notified(certificate, "revoke", "false_material", effective_on=D("2026-04-01"))
    seen = shown(town, measure, town.applicant())
    assert (seen["intended"], seen["effective_on"], seen["status"]) == ("revoke", D("2026-04-01"), "notified")
    assert seen["ground"]["article"] and seen["statement_term"]["basis"] == "assumption"
    assert seen["due"]["last_day"] == D("2026-03-19")  # five working days after 12 March
    assert not any(seen[secret] for secret in ("suspicion", "evidence", "opened_by", "proposed_by"))
    assert [e["actor"] for e in seen["history"]] == [None]
    with Session(town.office.engine) as session:
        letter = session.exec(select(Letter).where(Letter.subject.contains(measure), Letter.address == "maker-0@example.com")).one()
    assert "2026年3月19日 24:00" in letter.body and "1 April 2026" in letter.body and seen["ground"]["article"] in letter.body


@pytest.mark.parametrize(("intended", "ground"), [
    ("suspend", "false_material"), ("suspend", "doubt_cleared"), ("revoke", "material_in_doubt"), ("revoke", "put_right"),
    ("revoke", ""), ("debar", "false_material"), ("recover_support", "major_accident"), ("suspend", "sunshine"),
])
def test_a_measure_has_a_ground_that_is_its_own(town: Town, intended: str, ground: str) -> None:
    measure = town.suspected(town.certified())
    refusal = town.refused(BadInput, town.department(), measures.give_notice, measure, intended=intended, ground=ground,
                           reason="因故", effective_on=town.today)
    assert [f.field for f in refusal.findings] == ["ground"]


def test_a_notice_needs_a_reason_and_a_day_that_is_not_past(town: Town) -> None:
    measure, officer = town.suspected(town.certified()), town.department()
    whole: dict[str, Any] = {"intended": "revoke", "ground": "false_material", "reason": "因故", "effective_on": town.today}
    for field, value in (("intended", "reinstate"), ("reason", " "), ("effective_on", town.today - timedelta(days=1)),
                         ("effective_on", None), ("effective_on", town.today + timedelta(days=400))):
        refusal = town.refused(BadInput, officer, measures.give_notice, measure, **(whole | {field: value}))
        assert field in [f.field for f in refusal.findings]
    for other in (town.bureau(), town.applicant(), town.admin()):
        town.refused(NotFound if not other.has("bureau_officer") else NotEntitled, other, measures.give_notice, measure, **whole)


def test_an_enterprise_without_a_certificate_named_is_not_suspended(town: Town) -> None:
    town.applicant()
    measure = town.do(town.department(), measures.suspect, enterprise=CODES[0], regulation=HUNAN, ground="false_statements",
                      suspicion="填报不实", evidence="申报表")
    refusal = town.refused(BadInput, town.department(), measures.give_notice, measure, intended="revoke", ground="false_material",
                           reason="因故", effective_on=town.today)
    assert refusal.findings[0].field == "intended"


def test_a_measure_on_an_enterprise_is_about_no_product(town: Town) -> None:
    town.applicant()
    number = town.do(town.department(), measures.suspect, enterprise=CODES[0], regulation=HUNAN, ground="false_statements",
                     suspicion="接到反映。", evidence="抽样检测报告。")
    seen = shown(town, number)
    assert (seen["product"], seen["certificate"], seen["enterprise"]["credit_code"]) == (None, None, CODES[0])
    assert "不涉及具体证书" in town.letters_to("department")[-1].body


def test_the_statement_is_the_holders_once_and_within_its_time(town: Town) -> None:
    certificate = town.certified()
    measure = town.notified(certificate)
    town.refused(NotEntitled, town.department(), measures.make_statement, measure, "?")
    town.refused(NotFound, town.applicant(1), measures.make_statement, measure, "?")
    assert town.refused(BadInput, town.applicant(), measures.make_statement, measure, " ").findings[0].field == "statement"
    town.do(town.applicant(), measures.make_statement, measure, "并无伪造", filename="说明.pdf", content=PDF)
    assert (shown(town, measure)["status"], shown(town, measure)["statement"]) == ("heard", "并无伪造")
    town.refused(OutOfOrder, town.applicant(), measures.make_statement, measure, "再说一次")


@pytest.mark.parametrize("swept", [False, True])
def test_when_the_time_ends_unheard_the_clock_moves_on(town: Town, swept: bool) -> None:
    measure = town.notified(town.certified())
    town.to("2026-03-19", 23, 59, 59)
    town.refused(OutOfOrder, town.department("department-2"), measures.approve, measure, "属实")
    town.to("2026-03-20", 0)
    if swept:
        assert town.sweep() == [(measure, "close_statement")]
    assert shown(town, measure)["status"] == "heard"
    town.refused(OutOfOrder, town.applicant(), measures.make_statement, measure, "迟到的申辩")
    town.do(town.department("department-2"), measures.approve, measure, "属实")


def test_without_a_time_for_a_statement_in_the_law_no_notice_is_given(database_url: str, tmp_path: Any, clock: Any) -> None:
    shipped = (HERE / "regulations" / f"{HUNAN}.toml").read_text(encoding="utf-8")
    stated = shipped[shipped.index("[periods.statement]"):shipped.index("[periods.supplement]")]
    folder = another_law(tmp_path / "law", "silent", "2025", (stated, ""))
    office = Office(Settings(data=tmp_path / "data", database_url=database_url, secret_key="for tests only", law_dir=str(folder)), clock)
    office.prepare()
    town = Town(office, clock)
    measure = town.suspected(town.certified(regulation="silent-2025"))
    refusal = town.refused(LawIsSilent, town.department(), measures.give_notice, measure, intended="revoke",
                           ground="false_material", reason="因故", effective_on=town.today)
    assert refusal.article is None and "陈述申辩" in refusal.detail.zh
    office.close()


# ------------------------------------------------------------------------------------------------- the decision by two


def test_it_is_decided_by_two_neither_of_whom_proposed_it(town: Town) -> None:
    certificate = town.certified()
    measure = town.heard(certificate)
    proposer, second, third = town.department(), town.department("department-2"), town.department("department-3")
    refusal = town.refused(DutiesConflict, proposer, measures.approve, measure, "属实")
    assert (refusal.slug, refusal.article) == ("duties-conflict", "duties.proposer_decides_not")
    town.do(second, measures.approve, measure, "属实")
    assert town.refused(DutiesConflict, second, measures.confirm, measure).article == "duties.two_decide"
    assert town.refused(DutiesConflict, proposer, measures.confirm, measure).article == "duties.proposer_decides_not"
    assert town.refused(DutiesConflict, second, measures.send_back, measure, "再议").article == "duties.two_decide"
    for who, rules in ((proposer, ["proposer_decides_not"]), (second, ["two_decide"]), (third, [])):
        with town.office.reading(who) as r:
            page = enquiries.show_measure(r, measure)
        assert [x["rule"] for x in page["barred"]] == rules  # told by name, and offered no form that would be refused
        assert ({"confirm", "send_back"} <= {x["act"] for x in page["possible"]}) is (who is third)
    assert standing(town, certificate) == "valid"
    for other in (town.bureau(), town.auditor()):
        town.refused(NotEntitled, other, measures.confirm, measure)
    town.do(third, measures.confirm, measure)
    assert (standing(town, certificate), shown(town, measure)["status"]) == ("revoked", "decided")
    assert audit(town) == []


def test_one_who_does_not_agree_sends_it_back_and_it_is_decided_anew(town: Town) -> None:
    measure = town.heard(town.certified())
    second, third = town.department("department-2"), town.department("department-3")
    town.do(second, measures.approve, measure, "属实")
    town.do(third, measures.send_back, measure, "证据不足")
    assert (shown(town, measure)["status"], shown(town, measure)["approved_by"]) == ("heard", None)
    town.do(third, measures.approve, measure, "补充证据后属实")
    town.do(second, measures.confirm, measure)
    assert shown(town, measure)["decision_reason"] == "补充证据后属实"


@pytest.mark.parametrize("state", ["suspected", "notified", "heard"])
def test_it_is_dropped_with_reasons_before_it_is_decided(town: Town, state: str) -> None:
    certificate = town.certified()
    measure = getattr(town, state)(certificate)
    assert town.refused(BadInput, town.department(), measures.drop, measure, "").findings[0].field == "reason"
    town.do(town.department(), measures.drop, measure, "经核查不属实")
    assert (shown(town, measure)["status"], shown(town, measure)["drop_reason"]) == ("dropped", "经核查不属实")
    assert standing(town, certificate) == "valid" and town.sweep() == []
    told = any("不予处理" in subject for subject in letters_to(town, "maker-0"))
    assert told == (state != "suspected")


def test_a_decision_is_not_dropped(town: Town) -> None:
    measure = town.decided(town.certified())
    town.refused(OutOfOrder, town.department(), measures.drop, measure, "算了")


# -------------------------------------------------------------------------------------------------------- its effect


@pytest.mark.parametrize("swept", [False, True])
@pytest.mark.parametrize(("act", "ground", "word"), [("suspend", "ip_in_dispute", "suspended"), ("revoke", "false_material", "revoked")])
def test_it_takes_effect_on_its_day_and_not_before(town: Town, act: str, ground: str, word: str, swept: bool) -> None:
    certificate = town.certified()
    measure = town.decided(certificate, act, ground, effective_on=D("2026-04-01"))
    town.to("2026-03-31", 23, 59, 59)
    assert (standing(town, certificate), town.sweep(), shown(town, measure)["in_effect"]) == ("valid", [], False)
    town.to("2026-04-01", 0)
    if swept:
        assert town.sweep() == [(certificate, act)]
    assert (standing(town, certificate), shown(town, measure)["in_effect"]) == (word, True)
    with town.office.reading(PUBLIC) as r:
        assert [c["number"] for c in enquiries.search_certificates(r, standing=word)["items"]] == [certificate]
        assert enquiries.search_certificates(r, standing="valid")["items"] == []
    if swept:
        last = town.certificate(certificate)["history"][-1]
        assert (last["act"], last["measure"], last["effective_on"]) == (act, measure, "2026-04-01")
        assert last["ground"].zh and last["article"] and last["reason"] == "核查中"
        assert town.sweep() == [] and audit(town) == []


def test_what_is_due_is_done_before_the_holder_gives_the_certificate_up(town: Town) -> None:
    certificate = town.certified()
    town.decided(certificate, "revoke", effective_on=D("2026-04-01"))
    town.to("2026-04-01", 0, 1)
    town.refused(OutOfOrder, town.applicant(), certificates.surrender_certificate, certificate, "停产")


def test_a_day_that_has_passed_by_the_time_of_the_decision_is_the_day_of_the_decision(town: Town) -> None:
    certificate = town.certified()
    measure = town.notified(certificate)
    town.to("2026-03-25")
    town.do(town.department("department-2"), measures.approve, measure, "属实")
    town.do(town.department("department-3"), measures.confirm, measure)
    assert shown(town, measure)["effective_on"] == D("2026-03-25") and standing(town, certificate) == "revoked"


def test_what_cannot_be_done_by_then_is_not_confirmed(town: Town) -> None:
    certificate = town.certified()
    measure = town.heard(certificate, "suspend", "ip_in_dispute")
    town.do(town.department("department-2"), measures.approve, measure, "属实")
    town.do(town.applicant(), certificates.surrender_certificate, certificate, "停产")
    refusal = town.refused(OutOfOrder, town.department("department-3"), measures.confirm, measure)
    assert "drop" in (refusal.possible or ())


def test_two_measures_do_not_wait_for_one_certificate_at_once(town: Town) -> None:
    certificate = town.certified()
    town.decided(certificate, "revoke", effective_on=D("2026-04-01"))
    other = town.heard(certificate, "suspend", "ip_in_dispute")
    town.do(town.department("department-2"), measures.approve, other, "属实")
    town.refused(NotYet, town.department("department-3"), measures.confirm, other)


def test_support_is_recovered_as_a_decision_that_touches_no_certificate(town: Town) -> None:
    certificate = town.certified()
    measure = town.decided(certificate, "recover_support", "support_misused")
    assert shown(town, measure)["in_effect"] and standing(town, certificate) == "valid"


# ------------------------------------------------------------------------------------------------------------- lifting


def test_a_suspension_is_lifted_by_two(town: Town) -> None:
    certificate = town.certified()
    measure = town.decided(certificate, "suspend", "ip_in_dispute")
    one, other = town.department(), town.department("department-2")
    town.do(one, measures.propose_lifting, measure, ground="doubt_cleared", reason="已查清", effective_on=town.today)
    assert town.refused(DutiesConflict, one, measures.lift, measure).article == "duties.two_lift"
    assert town.refused(DutiesConflict, one, measures.decline_lifting, measure, "不").article == "duties.two_lift"
    assert standing(town, certificate) == "suspended"
    town.do(other, measures.lift, measure)
    assert (standing(town, certificate), shown(town, measure)["status"], shown(town, measure)["in_effect"]) == ("valid", "lifted", False)
    assert audit(town) == []


@pytest.mark.parametrize("ground", ["false_material", "sunshine", ""])
def test_lifting_has_a_ground_of_its_own(town: Town, ground: str) -> None:
    measure = town.decided(town.certified(), "suspend", "ip_in_dispute")
    refusal = town.refused(BadInput, town.department(), measures.propose_lifting, measure, ground=ground, reason="因故",
                           effective_on=town.today)
    assert refusal.findings[0].field == "ground"


def test_a_revocation_is_not_reinstated_but_set_aside(town: Town) -> None:
    certificate = town.certified()
    measure = town.decided(certificate)
    town.refused(BadInput, town.department(), measures.propose_lifting, measure, ground="put_right", reason="因故", effective_on=town.today)
    town.lifted(measure, "set_aside_elsewhere", effective_on=D("2026-04-01"))
    assert standing(town, certificate) == "revoked"
    town.to("2026-04-01", 0)
    assert standing(town, certificate) == "valid"
    assert town.sweep() == [(certificate, "restore")]
    assert standing(town, certificate) == "valid" and audit(town) == []
    town.to("2031-03-13", 0)
    assert town.sweep() == [(certificate, "expire")]


def test_setting_a_revocation_aside_does_not_lift_the_suspension_before_it(town: Town) -> None:
    certificate = town.certified()
    town.decided(certificate, "suspend", "ip_in_dispute")
    measure = town.decided(certificate)
    town.lifted(measure, "decision_wrong")
    assert standing(town, certificate) == "suspended" and audit(town) == []


def test_a_suspension_is_lifted_after_the_certificate_has_ended_and_it_may_be_renewed(wide_town: Town) -> None:
    """Validity and restriction are two facts: the word stays, the restriction ends, and the window is open again."""
    town = wide_town
    certificate = town.certified(regulation=BRIEF)
    measure = town.decided(certificate, "suspend", "ip_in_dispute")
    town.to("2027-04-01")
    town.sweep()
    refusal = town.refused(NotEntitled, town.applicant(), applications.open_application, enterprise=CODES[0], renews=certificate)
    assert refusal.article is None and refusal.action and "2027年6月10日" in refusal.action.zh
    town.lifted(measure, "doubt_cleared", effective_on=D("2027-04-05"))
    facts = town.certificate(certificate)["standing_facts"]
    assert facts == {"validity": "expired", "restriction": "suspended", "outcome": None}
    assert not town.certificate(certificate)["renewal"]["open"]
    town.to("2027-04-05", 0)
    for swept in (False, True):  # the order counts from its day on, whether or not the night has done it
        assert not swept or town.sweep() == [(certificate, "reinstate")]
        held = town.certificate(certificate)
        assert (held["standing"], held["standing_facts"]["restriction"], held["renewal"]["open"]) == ("expired", None, True)
    entry = town.certificate(certificate)["history"][-1]
    assert (entry["act"], entry["after"], entry["label"].zh, entry["measure"]) == ("reinstate", "expired", "解除暂停", measure)
    assert "已到期" in town.letters_to("maker-0")[-1].body
    number = town.do(town.applicant(), applications.open_application, enterprise=CODES[0], renews=certificate)
    assert town.show(number)["renews"] == certificate and audit(town) == []


def test_an_order_to_reinstate_outlives_the_end_of_the_term(wide_town: Town) -> None:
    town = wide_town
    certificate = town.certified(regulation=BRIEF)
    measure = town.decided(certificate, "suspend", "ip_in_dispute")
    town.to("2027-03-10")
    town.lifted(measure, "doubt_cleared", effective_on=D("2027-03-20"))
    town.to("2027-03-20")
    assert town.sweep() == [(certificate, "expire")] and town.sweep() == [(certificate, "reinstate")]
    assert town.certificate(certificate)["standing_facts"]["restriction"] is None and audit(town) == []


def test_a_suspension_lifted_while_it_is_revoked_does_not_come_back_with_it(town: Town) -> None:
    certificate = town.certified()
    suspension = town.decided(certificate, "suspend", "ip_in_dispute")
    revocation = town.decided(certificate)
    town.lifted(suspension, "doubt_cleared")
    assert standing(town, certificate) == "revoked"
    town.lifted(revocation, "decision_wrong")
    assert standing(town, certificate) == "valid" and audit(town) == []


def test_the_rehearsal_foresees_that_an_ended_certificate_is_reinstated(wide_town: Town) -> None:
    town = wide_town
    certificate = town.certified(regulation=BRIEF)
    measure = town.decided(certificate, "suspend", "ip_in_dispute")
    town.to("2027-03-10")
    town.lifted(measure, "doubt_cleared", effective_on=D("2027-03-20"))
    with town.office.reading(town.department()) as r:
        items = [item for day in rehearsals.rehearse(r, days=14)["days"] for item in day["items"] if item["kind"] == "certificate"]
    found = [(item["act"], item["after"]) for item in items if item["act"] != "remind"]
    assert found == [("expire", "expired"), ("reinstate", "expired")]


def test_a_measure_lifted_before_its_day_never_takes_effect(town: Town) -> None:
    certificate = town.certified()
    measure = town.decided(certificate, effective_on=D("2026-04-01"))
    town.lifted(measure, "decision_wrong")
    town.to("2026-04-02")
    assert (standing(town, certificate), town.sweep()) == ("valid", [])
    with Session(town.office.engine) as session:
        assert session.exec(select(Certificate)).one().ordered_act is None


def test_a_proposal_to_lift_may_be_declined(town: Town) -> None:
    certificate = town.certified()
    measure = town.decided(certificate, "suspend", "ip_in_dispute")
    town.do(town.department(), measures.propose_lifting, measure, ground="doubt_cleared", reason="已查清", effective_on=town.today)
    town.do(town.department("department-2"), measures.decline_lifting, measure, "尚有疑点")
    assert (shown(town, measure)["status"], shown(town, measure)["lifting"], standing(town, certificate)) == ("decided", None, "suspended")


@pytest.mark.parametrize("silent", [False, True])
def test_what_is_ordered_silent_is_told_by_no_letter_and_still_stands_in_the_public_history(town: Town, silent: bool) -> None:
    certificate = town.certified()
    measure = town.decided(certificate, "suspend", "ip_in_dispute")
    before = len(letters_to(town, "maker-0"))
    town.lifted(measure, "doubt_cleared", silent=silent)
    assert (len(letters_to(town, "maker-0")) > before) is not silent
    assert town.certificate(certificate)["history"][-1]["act"] == "reinstate"


# ----------------------------------------------------------------------------------------------------------- debarment


def test_a_debarred_enterprise_is_told_at_draft_with_the_day_it_ends_and_the_article(town: Town) -> None:
    certificate, maker = town.certified(), town.applicant()
    draft = town.draft(maker)
    town.decided(certificate, "debar", "false_statements")
    refusal = town.refused(Debarred, maker, applications.open_application, enterprise=CODES[0], regulation=HUNAN)
    assert "2029年3月12日" in refusal.detail.zh and "12 March 2029" in refusal.detail.en
    assert refusal.article and refusal.basis == "precedent"
    assert "2029年3月12日" in town.refused(Debarred, maker, applications.submit, draft).detail.zh
    with town.office.reading(maker) as r:
        assert [d["ends_on"] for d in enquiries.debarments_of(r)] == [D("2029-03-12")]
    other = town.applicant(1)
    assert town.do(other, applications.open_application, enterprise=CODES[1], regulation=HUNAN)
    assert standing(town, certificate) == "valid"  # what was certified is another measure


@pytest.mark.parametrize(("day", "debarred"), [("2026-03-31", False), ("2026-04-01", True), ("2029-04-01", True), ("2029-04-02", False)])
def test_a_debarment_holds_from_its_first_to_its_last_day_without_any_job(town: Town, day: str, debarred: bool) -> None:
    certificate, maker = town.certified(), town.applicant()
    town.decided(certificate, "debar", "false_statements", effective_on=D("2026-04-01"))
    town.to(day, 0 if day != "2029-04-01" else 23)
    if debarred:
        town.refused(Debarred, maker, applications.open_application, enterprise=CODES[0], regulation=HUNAN)
    else:
        assert town.do(maker, applications.open_application, enterprise=CODES[0], regulation=HUNAN)


def test_a_debarment_of_the_family_holds_for_its_next_version_and_for_no_other_regulation(wide_town: Town) -> None:
    town = wide_town
    certificate, maker = town.certified(regulation=HUNAN), town.applicant()
    assert town.do(maker, applications.open_application, enterprise=CODES[0], regulation="brief-2025")
    town.decided(certificate, "debar", "review_interfered")
    town.refused(Debarred, maker, applications.open_application, enterprise=CODES[0], regulation=HUNAN)
    assert town.do(maker, applications.open_application, enterprise=CODES[0], regulation="brief-2025")


def test_a_debarment_that_is_set_aside_ends_on_that_day(town: Town) -> None:
    certificate, maker = town.certified(), town.applicant()
    measure = town.decided(certificate, "debar", "false_statements")
    town.lifted(measure, "decision_wrong", effective_on=D("2026-04-01"))
    town.refused(Debarred, maker, applications.open_application, enterprise=CODES[0], regulation=HUNAN)
    town.to("2026-04-01", 0)
    assert town.do(maker, applications.open_application, enterprise=CODES[0], regulation=HUNAN)


# ----------------------------------------------------------------------------------------------------------- reading


def test_who_sees_measures(town: Town) -> None:
    certificate = town.certified()
    measure = town.notified(certificate)

    def seen(actor: Actor) -> list[str]:
        with town.office.reading(actor) as r:
            return [m["number"] for m in enquiries.search_measures(r)["items"]]

    for actor in (town.department(), town.auditor(), town.bureau(), town.applicant()):
        assert seen(actor) == [measure]
    for actor in (town.bureau(ZHUZHOU), town.applicant(1), town.expert(), town.admin(), PUBLIC):
        assert seen(actor) == []
        town.refused(NotFound, actor, enquiries.show_measure, measure)


def test_what_waits_is_on_the_worklist_of_who_can_do_it(town: Town) -> None:
    measure = town.notified(town.certified())
    with town.office.reading(town.applicant()) as r:
        assert [m["number"] for m in enquiries.measures_waiting(r)] == [measure]
    with town.office.reading(town.auditor()) as r:
        assert enquiries.measures_waiting(r) == []


def test_every_life_of_a_measure_is_replayed_by_the_audit(town: Town) -> None:
    measure = town.decided(town.certified())
    assert audit(town) == []
    with Session(town.office.engine) as session:
        row = session.exec(select(Measure).where(Measure.number == measure)).one()
        row.status = "dropped"  # as somebody with the database in hand might
        session.add(row)
        session.commit()
    assert [f.where for f in audit(town)] == [f"measure {measure}"]


# ------------------------------------------------------------------------------------------- two grounds under one key


def test_a_ground_of_sanction_and_one_of_debarment_may_have_one_key_and_each_keeps_its_words(
    database_url: str, tmp_path: Any, clock: Any,
) -> None:
    debarring = 'key = "false_statements"\nlabel = { zh = "填报信息不实，瞒报、漏报", en = "False or withheld statements in an application" }\nyears = 3\n'
    changed = debarring.replace("false_statements", "false_material") + 'article = "第九十九条"\nbasis = "assumption"\n\n[[debarments]]\n' + debarring
    folder = another_law(tmp_path / "law", "twice", "2025", (debarring, changed))
    office = Office(Settings(data=tmp_path / "data", database_url=database_url, secret_key="for tests only", law_dir=str(folder)), clock)
    office.prepare()
    town = Town(office, clock).under("twice-2025")
    try:
        certificate, law = town.certified(), office.law.regulation("twice-2025")
        for act, rule in (("debar", law.debarment("false_material")), ("revoke", law.sanction("false_material"))):
            assert rule is not None
            measure = shown(town, town.decided(certificate, act, "false_material"))
            assert (measure["ground"]["label"], measure["ground"]["article"]) == (rule.label, rule.article)
            assert {line["ground"] for line in measure["history"] if line["act"] in ("give_notice", "confirm")} == {rule.label}
            assert {line["article"] for line in measure["history"] if line["act"] in ("give_notice", "confirm")} == {rule.article}
            with Session(office.engine) as session:
                [told, *_] = session.exec(select(Letter).where(Letter.address == "maker-0@example.com").order_by(Letter.id.desc()))  # type: ignore[union-attr]
            assert rule.label.zh in told.body
        assert [line["ground"] for line in town.certificate(certificate)["history"] if line["act"] == "revoke"] == [rule.label]
        assert law.measure_label("false_material", None).zh.count("、") > law.measure_label("false_material", "revoke").zh.count("、")
    finally:
        office.close()
