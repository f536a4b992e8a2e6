"""Certificates: number, term, sanctions with their grounds, renewal."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select
from stdnum.iso7064 import mod_37_36

import web
from registry.actors import CLOCK, PUBLIC
from registry.books.models import Certificate
from registry.clock import day_ends_at, day_starts_at
from registry.desks import applications, certificates, deadlines, enquiries
from registry.desks.enquiries.changes import search_changes
from registry.errors import AlreadyDone, BadInput, NotEntitled, NotFound, NotOpen, NotYet, OutOfOrder
from registry.law.codes import check_fault
from registry.registrar import Registrar
from registry.words import day_words
from tests.desks.conftest import BRIEF, NEXT_VERSION
from tests.factories import CODES, HUNAN, Town
from tests.web.visitors import Visitor

D = date.fromisoformat
DAY = timedelta(days=1)


def row(town: Town, number: str) -> Certificate:
    with Session(town.office.engine) as session:
        return session.exec(select(Certificate).where(Certificate.number == number)).one()


def word(town: Town, number: str) -> str:
    return str(town.certificate(number)["standing"])


def sanction(town: Town, number: str, act: str, ground: str) -> None:
    town.sanction(number, act, ground)


def renewal(town: Town, old: str, *, to: str = "submitted") -> str:
    """A renewal of `old`, walked to a state. The renewed dossier is filled in anew."""
    return str(getattr(town, to)(renews=old, regulation=None))


# --------------------------------------------------------------------------------------------------------------- issue


def test_a_certificate_says_what_it_covers_for_whom_and_until_when(town: Town) -> None:
    shown = town.certificate(town.certified())
    assert (shown["valid_from"], shown["valid_until"]) == (D("2026-03-12"), D("2031-03-12"))
    assert (shown["in_force_from"], shown["in_force_until"]) == (day_starts_at(D("2026-03-12")), day_ends_at(D("2031-03-12")))
    assert shown["zone"] == "Asia/Shanghai" and shown["as_of"] == town.clock.now()
    assert shown["scope"] == ["HX-112A", "HX-112B"] and shown["holder"]["credit_code"] == CODES[0]
    assert shown["basis"]["basis"] == "instruction" and shown["basis"]["period"].zh == "5年"
    assert shown["announcement"]["document_number"] == "湘工信电子〔2026〕12号"
    assert [e["act"] for e in shown["history"]] == ["issue"]


def test_certificate_numbers_carry_the_check_character_of_iso_7064(town: Town) -> None:
    found = [town.reviewed(town.applicant(i)) for i in range(3)]
    town.noticed(*found)
    town.to("2026-03-12")
    numbers = town.announced(*found)
    assert [n[:-2] for n in numbers] == ["HN-STJ-2026-0001", "HN-STJ-2026-0002", "HN-STJ-2026-0003"]
    for number in numbers:
        assert mod_37_36.is_valid(number.replace("-", "")) and check_fault(number) is None
        wrong = number[:-1] + ("A" if number[-1] != "A" else "B")
        with town.office.reading(PUBLIC) as r, pytest.raises(NotFound) as refusal:
            enquiries.show_certificate(r, wrong)
        assert refusal.value.action is not None and f"“{number[-1]}”" in refusal.value.action.zh


@pytest.mark.parametrize("typed", [str.lower, lambda n: f"  {n} ", lambda n: n.replace("-", "—"), lambda n: n.replace("H", "Ｈ")],
                         ids=["lower case", "spaces", "dashes", "full width"])
def test_a_number_is_found_however_it_is_typed(town: Town, typed: Any) -> None:
    number = town.certified()
    assert town.certificate(typed(number))["number"] == number


def test_twenty_ninth_of_february_ends_on_the_twenty_eighth(town: Town) -> None:
    number = town.reviewed()
    town.to("2028-02-17")
    town.noticed(number)
    town.to("2028-02-29")
    town.do(town.department(), deadlines.confirm_due, number)
    shown = town.certificate(town.announced(number)[0])
    assert (shown["valid_from"], shown["valid_until"]) == (D("2028-02-29"), D("2033-02-28"))


# ------------------------------------------------------------------------------------------------------------- standing


def test_a_certificate_is_in_force_from_the_first_moment_of_its_first_day_to_the_last_of_its_last(town: Town) -> None:
    number = town.certified()
    for day, hour, minute, second, expected in (
        ("2026-03-11", 23, 59, 59, "not_yet_valid"), ("2026-03-12", 0, 0, 0, "valid"), ("2031-03-12", 23, 59, 59, "valid"),
        ("2031-03-13", 0, 0, 0, "expired"),
    ):
        town.to(day, hour, minute, second)
        assert (word(town, number), town.certificate(number)["in_force"]) == (expected, expected == "valid")
    assert row(town, number).status == "valid"  # no sweep has run: standing is computed, not stored
    assert town.sweep() == [(number, "expire")]
    assert word(town, number) == "expired" and row(town, number).status == "expired"


def test_a_suspended_certificate_that_passes_its_last_day_is_both(town: Town) -> None:
    number = town.certified()
    sanction(town, number, "suspend", "material_in_doubt")
    assert word(town, number) == "suspended"
    town.to("2031-03-13", 0)
    for swept in (False, True):
        if swept:
            assert town.sweep() == [(number, "expire")]
        facts = town.certificate(number)["standing_facts"]
        assert (word(town, number), facts) == ("expired", {"validity": "expired", "restriction": "suspended", "outcome": None})


def test_revoked_after_its_last_day_it_is_revoked(town: Town) -> None:
    number = town.certified()
    town.to("2031-06-01")
    sanction(town, number, "revoke", "false_material")
    assert word(town, number) == "revoked"
    assert town.certificate(number)["standing_facts"]["validity"] == "expired"
    assert [e["act"] for e in town.certificate(number)["history"]] == ["issue", "expire", "revoke"]


# ------------------------------------------------------------------------------------------------------------ sanctions


def test_suspended_reinstated_suspended_again_revoked(town: Town) -> None:
    number = town.certified()
    for act, ground, standing in (("suspend", "ip_in_dispute", "suspended"), ("reinstate", "doubt_cleared", "valid"),
                                  ("suspend", "major_accident", "suspended"), ("revoke", "major_accident", "revoked")):
        sanction(town, number, act, ground)
        assert (word(town, number), row(town, number).status) == (standing, standing)
    assert row(town, number).due_at is None
    history = town.certificate(number)["history"]
    assert [(e["act"], e["ground"].zh if e["ground"] else None) for e in history][1] == ("suspend", "知识产权发生争议，尚未有结论")
    assert all("actor" not in e for e in history)


@pytest.mark.parametrize("act", ["suspend", "revoke", "reinstate", "restore"])
def test_nobody_does_to_a_certificate_what_only_a_decided_measure_orders(town: Town, act: str) -> None:
    number = town.certified()
    if act == "reinstate":
        sanction(town, number, "suspend", "ip_in_dispute")
    elif act == "restore":
        sanction(town, number, "revoke", "false_material")

    def directly(r: Registrar) -> None:
        r.record(r.fetch(Certificate, number), act)

    for actor in (town.department(), town.bureau(), town.applicant(), town.auditor(), town.admin(), PUBLIC, CLOCK):
        assert town.refused(NotEntitled, actor, directly).action is not None


@pytest.mark.parametrize("state", ["revoked", "expired", "surrendered", "superseded"])
def test_what_has_ended_is_not_surrendered(wide_town: Town, state: str) -> None:
    town = wide_town
    number = town.certified(regulation=BRIEF)
    if state == "revoked":
        sanction(town, number, "revoke", "false_material")
    elif state == "surrendered":
        town.do(town.applicant(), certificates.surrender_certificate, number, "停产")
    elif state == "superseded":
        town.to("2026-10-08")
        town.announced(renewal(town, number, to="to_announce"))
    if state in ("expired", "superseded"):
        town.to("2027-03-13", 0)  # not swept
    refusal = town.refused(OutOfOrder, town.applicant(), certificates.surrender_certificate, number, "停产")
    assert "surrender" not in (refusal.possible or ())


def test_a_certificate_is_surrendered_by_its_holder_alone(town: Town) -> None:
    number = town.certified()
    for other in (town.applicant(1), town.department(), town.bureau(), PUBLIC):
        town.refused(NotEntitled, other, certificates.surrender_certificate, number, "停产")
    assert town.refused(BadInput, town.applicant(), certificates.surrender_certificate, number, "").findings[0].field == "reason"
    town.do(town.applicant(), certificates.surrender_certificate, number, "停产")
    assert word(town, number) == "surrendered" and row(town, number).due_act is None
    town.to("2031-03-13", 0)
    assert town.sweep() == [] and word(town, number) == "surrendered"


def test_the_buttons_of_a_certificate_are_the_doors_rule(town: Town) -> None:
    number = town.certified()

    def buttons(actor: Any) -> list[str]:
        return [act["act"] for act in town.certificate(number, actor)["possible"] if act["act"] not in ("hold", "release", "acknowledge")]

    assert (buttons(town.department()), buttons(town.applicant()), buttons(PUBLIC)) == ([], ["surrender"], [])
    assert buttons(town.applicant(1)) == []
    town.to("2031-03-13", 0)
    assert (buttons(town.department()), buttons(town.applicant())) == ([], [])


# -------------------------------------------------------------------------------------------------------------- renewal
# "brief" certificates last one year: certified on 2026-03-12, in force until 2027-03-12; the window opens 180 days before,
# on 2026-09-13, and closes 90 days after, on 2027-06-10.


def test_the_renewal_window_opens_and_closes_on_its_days_both_included(wide_town: Town) -> None:
    town = wide_town
    number, maker = town.certified(regulation=BRIEF), town.applicant()
    asked: dict[str, Any] = {"enterprise": CODES[0], "renews": number}
    window = {"opens": D("2026-09-13"), "closes": D("2027-06-10")}
    for day, hour in ((window["opens"] - DAY, 23), (window["closes"] + DAY, 0)):
        town.to(day, hour, 59 if hour else 0, 59 if hour else 0)
        refusal = town.refused(NotOpen, maker, applications.open_application, **asked)
        assert "2026年9月13日" in refusal.detail.zh and "2027年6月10日" in refusal.detail.zh and day_words(day).en in refusal.detail.en
        assert refusal.article and refusal.basis == "assumption"
        assert town.certificate(number)["renewal"]["open"] is False
    for day, hour in ((window["opens"], 0), (window["closes"], 23)):
        town.to(day, hour)
        shown = town.certificate(number)["renewal"]
        assert (shown["opens_on"], shown["closes_on"], shown["open"]) == (window["opens"], window["closes"], True)
        opened = town.do(maker, applications.open_application, **asked)
        town.do(maker, applications.withdraw, opened, "试")


def test_an_early_renewal_continues_on_the_day_after_the_old_last_day(wide_town: Town) -> None:
    town = wide_town
    old = town.certified(regulation=BRIEF)
    town.to("2026-10-08")
    new = town.announced(renewal(town, old, to="to_announce"))[0]
    assert town.today < D("2026-12-01")
    shown = town.certificate(new)
    assert (shown["valid_from"], shown["valid_until"], shown["standing"]) == (D("2027-03-13"), D("2028-03-12"), "not_yet_valid")
    assert (shown["replaces"], town.certificate(old)["replaced_by"], word(town, old)) == (old, new, "valid")
    town.to("2027-03-12", 23, 59, 59)
    assert (word(town, old), word(town, new)) == ("valid", "not_yet_valid")
    town.wait(seconds=1)
    assert (word(town, old), word(town, new)) == ("superseded", "valid")
    assert sorted(town.sweep()) == sorted([(old, "supersede"), (new, "begin")]) and row(town, old).status == "superseded"
    assert [e["act"] for e in town.certificate(old)["history"]] == ["issue", "renew", "supersede"]
    assert [e["act"] for e in town.certificate(new)["history"]] == ["issue", "begin"]
    town.to("2028-03-13")  # its last day has passed as well, whether the night came or not
    assert word(town, new) == "expired" and town.sweep() == [(new, "expire")]


def test_what_begins_later_begins_on_its_day_and_unswept_nothing_is_skipped(wide_town: Town) -> None:
    town = wide_town
    old = town.certified(regulation=BRIEF)
    town.to("2026-10-08")
    new = town.announced(renewal(town, old, to="to_announce"))[0]
    town.refused(NotYet, CLOCK, lambda r: r.record(r.fetch(Certificate, new), "begin"))
    town.to("2028-03-13")
    with town.office.reading(CLOCK) as r:
        assert r.state_now(r.find(Certificate, new)) == "expired"
    assert [(act, number) for number, act in town.sweep() if number == new] == [("begin", new)]
    assert town.sweep() == [(new, "expire")]
    with town.office.reading(PUBLIC) as r:
        told = [(c["act"], c["effective_on"]) for c in search_changes(r, certificate=new)["items"]]
    assert told == [("issue", None), ("begin", "2027-03-13"), ("expire", None)]


def test_a_renewal_announced_on_the_last_day_leaves_no_gap(wide_town: Town) -> None:
    town = wide_town
    old = town.certified(regulation=BRIEF)
    town.to("2026-10-08")
    number = renewal(town, old, to="to_announce")
    town.to("2027-03-12", 23, 59, 59)
    shown = town.certificate(town.announced(number)[0])
    assert (shown["valid_from"], shown["valid_until"]) == (D("2027-03-13"), D("2028-03-12"))


@pytest.mark.parametrize("swept", [False, True])
def test_a_late_renewal_starts_at_its_announcement_and_leaves_the_gap_visible(wide_town: Town, swept: bool) -> None:
    town = wide_town
    old = town.certified(regulation=BRIEF)
    town.to("2026-10-08")
    number = renewal(town, old, to="to_announce")
    town.to("2027-03-13", 0)
    if swept:
        town.sweep()
    town.to("2027-04-01")
    new = town.announced(number)[0]
    shown = town.certificate(new)
    assert (shown["valid_from"], shown["valid_until"], shown["standing"]) == (D("2027-04-01"), D("2028-04-01"), "valid")
    assert town.certificate(old)["valid_until"] == D("2027-03-12")
    assert word(town, old) == "superseded"
    assert [e["act"] for e in town.certificate(old)["history"]] == ["issue", "expire", "renew"]


def test_a_certificate_is_renewed_once_for_its_term(wide_town: Town) -> None:
    town = wide_town
    old, maker = town.certified(regulation=BRIEF), town.applicant()
    town.to("2026-10-08")
    first = renewal(town, old, to="draft")
    refusal = town.refused(AlreadyDone, maker, applications.open_application, enterprise=CODES[0], renews=old)
    assert first in refusal.detail.zh
    town.do(maker, applications.withdraw, first, "重来")
    new = town.announced(renewal(town, old, to="to_announce"))[0]
    refusal = town.refused(AlreadyDone, maker, applications.open_application, enterprise=CODES[0], renews=old)
    assert new in refusal.detail.zh
    assert town.certificate(old)["renewal"] is None


def test_a_refused_withdrawn_or_lapsed_renewal_does_not_stand_in_the_way_of_another(wide_town: Town) -> None:
    town = wide_town
    old = town.certified(regulation=BRIEF)
    town.to("2026-10-08")
    refused = renewal(town, old)
    town.do(town.bureau(), applications.refuse, refused, "not_early_stage", "已非初期")
    withdrawn = renewal(town, old)
    town.do(town.applicant(), applications.withdraw, withdrawn, "补材料")
    lapsed = town.supplement(renewal(town, old))
    town.let_time_act(lapsed)
    assert town.show(lapsed)["status"] == "lapsed"
    assert renewal(town, old)


def test_a_renewal_starts_from_the_last_dossier_without_its_declarations(wide_town: Town) -> None:
    town = wide_town
    old = town.certified(regulation=BRIEF)
    town.to("2026-10-08")
    number = town.do(town.applicant(), applications.open_application, enterprise=CODES[0], renews=old)
    dossier = town.show(number)["dossier"]
    assert dossier["product_name"] == "高频高速板对板连接器" and dossier["models"] == ["HX-112A", "HX-112B"]
    assert not {"truth", "ip_undisputed", "no_accidents"} & set(dossier)
    assert town.show(number)["documents"] == [] and town.show(number)["renews"] == old


@pytest.mark.parametrize("state", ["suspended", "revoked", "surrendered"])
def test_what_is_suspended_revoked_or_surrendered_is_not_renewed(wide_town: Town, state: str) -> None:
    town = wide_town
    old = town.certified(regulation=BRIEF)
    town.to("2026-10-08")
    draft = renewal(town, old, to="draft")
    if state == "surrendered":
        town.do(town.applicant(), certificates.surrender_certificate, old, "停产")
    else:
        act, ground = ("suspend", "ip_in_dispute") if state == "suspended" else ("revoke", "false_material")
        sanction(town, old, act, ground)
    no = town.refused(NotEntitled, town.applicant(), applications.submit, draft)
    assert no.article is None, "the regulation says when a certificate is renewed, this registry says that such a one is not"
    town.do(town.applicant(), applications.withdraw, draft, "无望")
    town.refused(NotEntitled, town.applicant(), applications.open_application, enterprise=CODES[0], renews=old)


@pytest.mark.parametrize("swept", [None, False, True])
def test_a_renewal_does_not_lift_a_suspension(wide_town: Town, swept: bool | None) -> None:
    """The old certificate is suspended while its renewal is in hand: nothing is issued before it is reinstated, even if
    its last day (swept or not) comes in between."""
    town = wide_town
    old = town.certified(regulation=BRIEF)
    town.to("2026-10-08")
    number = renewal(town, old, to="to_announce")
    sanction(town, old, "suspend", "ip_in_dispute")
    if swept is not None:
        town.to("2027-03-13")
    if swept:
        town.sweep()
    with pytest.raises(NotYet):
        town.announced(number)
    assert town.show(number)["status"] == "announcement" and town.certificate(old)["replaced_by"] is None
    if swept is None:
        sanction(town, old, "reinstate", "doubt_cleared")
        assert town.announced(number)


def test_a_draft_begun_in_the_window_is_not_handed_in_after_it(wide_town: Town) -> None:
    town = wide_town
    old = town.certified(regulation=BRIEF)
    town.to("2027-06-10")
    draft = renewal(town, old, to="draft")
    town.to("2027-06-11", 0)
    town.refused(NotOpen, town.applicant(), applications.submit, draft)


def test_nobody_renews_anothers_certificate(wide_town: Town) -> None:
    town = wide_town
    old = town.certified(regulation=BRIEF)
    town.to("2026-10-08")
    other = town.applicant(1)
    known = town.refused(NotFound, other, applications.open_application, enterprise=CODES[1], renews=old)
    unknown = town.refused(NotFound, other, applications.open_application, enterprise=CODES[1], renews="HN-STJ-2026-9999-A")
    assert known.detail.zh.replace(old, "") == unknown.detail.zh.replace("HN-STJ-2026-9999-A", "")


def test_a_renewal_goes_by_the_version_then_in_force(wide_town: Town) -> None:
    """Certified under the version of 2025 until 2031-03-12, renewed in 2030 after the new version's first day."""
    town = wide_town
    old = town.certified()
    town.to("2030-10-08")
    number = renewal(town, old, to="draft")
    assert town.regulation_of(number) == NEXT_VERSION
    town.refused(NotOpen, town.applicant(), applications.open_application, enterprise=CODES[0], regulation=HUNAN)
    town.do(town.applicant(), applications.submit, number)
    assert town.show(number)["status"] == "preliminary_review"


def test_after_the_last_versions_end_nothing_is_renewed(town: Town) -> None:
    old = town.certified()
    town.to("2030-10-08")
    town.refused(NotOpen, town.applicant(), applications.open_application, enterprise=CODES[0], renews=old)


def test_renewed_year_after_year_the_terms_join_day_by_day(wide_town: Town) -> None:
    town = wide_town
    number, terms = town.certified(regulation=BRIEF), []
    for year in (2026, 2027, 2028):
        shown = town.certificate(number)
        terms.append((shown["valid_from"], shown["valid_until"]))
        town.to(date(year, 10, 8))
        town.sweep()
        number = town.announced(renewal(town, number, to="to_announce"))[0]
    assert terms == [(D("2026-03-12"), D("2027-03-12")), (D("2027-03-13"), D("2028-03-12")), (D("2028-03-13"), D("2029-03-12"))]


def test_the_certificates_of_one_product_read_as_one_history_gap_and_all(wide_town: Town) -> None:
    """Renewed early, then late: from any of the three the same chain is read."""
    town = wide_town
    first = town.certified(regulation=BRIEF)
    town.to("2026-10-08")
    second = town.announced(renewal(town, first, to="to_announce"))[0]
    town.to("2028-05-01")
    third = town.announced(renewal(town, second, to="to_announce"))[0]
    for number in (first, second, third):
        chain = town.certificate(number)["chain"]
        assert [x["number"] for x in chain] == [first, second, third]
        assert [(x["valid_from"].isoformat(), x["valid_until"].isoformat()) for x in chain][:2] == [
            ("2026-03-12", "2027-03-12"), ("2027-03-13", "2028-03-12")]
        assert [x["gap_days"] for x in chain] == [0, 0, (chain[2]["valid_from"] - chain[1]["valid_until"]).days - 1]
        assert chain[2]["gap_days"] > 0 and chain[2]["standing"] == "valid"
        assert [e["act"] for e in chain[0]["history"]][:2] == ["issue", "renew"]
    assert town.certificate(town.certified())["chain"] == []
    page = Visitor(web.build(town.office, limits=False)).get(f"/certificates/{second}").text
    assert all(number in page for number in (first, third)) and f"空档 {chain[2]['gap_days']} 天" in page and "本产品的历次证书（3）" in page


def test_a_certificate_tells_the_public_nothing_of_its_application(town: Town) -> None:
    number = town.certified()
    public = town.certificate(number)
    assert public["application"] is None and public["mine"] is False
    for private in ("maker-0", "李晓明", "0731-88880000", "expert", "HN-STJ-SQ"):
        assert private not in str(public)
    assert town.certificate(number, town.applicant())["application"].startswith("HN-STJ-SQ-2026-0001")
    assert town.certificate(number, town.applicant(1))["application"] is None
