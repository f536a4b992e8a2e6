"""Expert review: who sits, who stands aside, what an opinion is, and when an officer may recommend."""

from __future__ import annotations

from typing import Any

import pytest

from registry.actors import CLOCK, PUBLIC, Actor
from registry.desks import accounts, applications, enquiries, reviews, supplements, terms
from registry.errors import AlreadyDone, BadInput, MustStandAside, NotEntitled, NotFound, NotYet, Outdated, OutOfOrder
from registry.law.lifecycle import Role
from tests.factories import CODES, Town

FULL = {"novelty": 30, "advancement": 30, "property": 15, "reliability": 10, "prospects": 15}
EIGHTY = {"novelty": 24, "advancement": 24, "property": 12, "reliability": 8, "prospects": 12}


def seat(town: Town, number: str, *experts: int) -> None:
    for i in experts:
        town.do(town.department(), reviews.seat_expert, number, town.expert(i).login)


def opine(town: Town, number: str, i: int, scores: dict[str, int] | None = None) -> None:
    town.do(town.expert(i), reviews.give_opinion, number, scores or FULL, "同意")


def recommendation(town: Town, number: str) -> str:
    refusal = town.refused(NotYet, town.department(), reviews.recommend, number)
    assert (refusal.article is None) == ("未提交意见" in refusal.detail.zh), "that all who sit say something is this registry's own"
    return refusal.detail.zh


def show(town: Town, number: str, actor: Actor) -> dict[str, Any]:
    with town.office.reading(actor) as r:
        return enquiries.show_application(r, number)


# ---------------------------------------------------------------------------------------------------------------- panel


def test_a_review_closes_with_a_full_panel_only(town: Town) -> None:
    number = town.endorsed()
    assert "现有 0 人" in recommendation(town, number)
    for i in range(1, 5):
        seat(town, number, i)
        opine(town, number, i)
    assert "不少于 5 人且为单数，现有 4 人" in recommendation(town, number)
    seat(town, number, 5)
    assert "还有 1 位专家" in recommendation(town, number)
    opine(town, number, 5)
    town.do(town.department(), reviews.recommend, number, "建议认定")
    assert town.show(number)["status"] == "awaiting_notice"


def test_an_even_panel_waits_for_another_expert(town: Town) -> None:
    number = town.endorsed()
    town.review(number)
    seat(town, number, 6)
    opine(town, number, 6)
    assert "单数，现有 6 人" in recommendation(town, number)
    seat(town, number, 7)
    opine(town, number, 7)
    town.do(town.department(), reviews.recommend, number)


def test_a_mean_of_exactly_the_pass_mark_passes(town: Town) -> None:
    number = town.endorsed()
    for i in range(1, 6):
        seat(town, number, i)
        opine(town, number, i, EIGHTY)
    with town.office.reading(town.department()) as r:
        assert enquiries.show_application(r, number)["review"] == {
            "mean": "80.00", "pass_mark": 80, "quorum": 5, "seated": 5, "given": 5}
    town.do(town.department(), reviews.recommend, number)


def test_a_mean_just_below_the_pass_mark_does_not(town: Town) -> None:
    number = town.endorsed()
    for i in range(1, 6):
        seat(town, number, i)
        opine(town, number, i, EIGHTY | ({"novelty": 23} if i == 3 else {}))
    refusal = town.refused(NotYet, town.department(), reviews.recommend, number)
    assert "79.80" in refusal.detail.zh and "80" in refusal.detail.en and refusal.action is not None
    assert town.show(number)["status"] == "expert_review"


def test_recommending_is_the_departments(town: Town) -> None:
    number = town.endorsed()
    town.review(number)
    for other in (town.applicant(), town.bureau(), town.expert(1), town.auditor()):
        town.refused(NotEntitled, other, reviews.recommend, number)
    town.do(town.department(), reviews.recommend, number)
    town.refused(OutOfOrder, town.department(), reviews.recommend, number)


# ---------------------------------------------------------------------------------------------------------------- seats


def test_an_expert_is_seated_once(town: Town) -> None:
    number = town.endorsed()
    seat(town, number, 1)
    town.refused(AlreadyDone, town.department(), reviews.seat_expert, number, "expert-1")
    town.do(town.expert(1), reviews.recuse_expert, number, "expert-1", "曾任顾问")
    town.refused(AlreadyDone, town.department(), reviews.seat_expert, number, "expert-1")


def test_only_an_appointed_expert_is_seated(town: Town) -> None:
    number = town.endorsed()
    for login in ("nobody", "department", "maker-0", ""):
        assert town.refused(BadInput, town.department(), reviews.seat_expert, number, login).findings[0].field == "expert"
    former = town.expert(9)
    town.do(town.admin(), accounts.end_appointment, login=former.login, role=Role.EXPERT)
    town.refused(BadInput, town.department(), reviews.seat_expert, number, former.login)


def test_who_may_not_seat_is_not_told_who_is_an_expert(town: Town) -> None:
    number = town.endorsed()
    town.expert(1)
    for actor in (town.applicant(), town.bureau()):
        known = town.refused(NotEntitled, actor, reviews.seat_expert, number, "expert-1")
        unknown = town.refused(NotEntitled, actor, reviews.seat_expert, number, "nobody")
        assert known.detail == unknown.detail


def test_an_expert_employed_by_the_applicant_must_stand_aside(town: Town) -> None:
    number = town.endorsed()
    employed = town.expert(8, employer=CODES[0])
    refusal = town.refused(MustStandAside, town.department(), reviews.seat_expert, number, employed.login)
    assert refusal.article and refusal.basis == "assumption"
    elsewhere = town.expert(9, employer=CODES[1])
    town.do(town.department(), reviews.seat_expert, number, elsewhere.login)


def test_an_expert_who_is_a_member_of_the_applicant_must_stand_aside(town: Town) -> None:
    number, expert = town.endorsed(), town.expert(1)
    code = town.do(town.applicant(), accounts.invite, role=Role.APPLICANT, name="兼职", enterprise=CODES[0])
    town.do(expert, accounts.accept_invitation, code=code)
    town.refused(MustStandAside, town.department(), reviews.seat_expert, number, expert.login)


# -------------------------------------------------------------------------------------------------------------- recusal


def test_an_expert_declares_recusal_for_themselves_only(town: Town) -> None:
    number = town.endorsed()
    seat(town, number, 1, 2)
    town.refused(NotEntitled, town.expert(1), reviews.recuse_expert, number, "expert-2", "与其不和")
    for other in (town.applicant(), town.bureau()):
        town.refused(NotEntitled, other, reviews.recuse_expert, number, "expert-1", "不喜欢")
    refusal = town.refused(BadInput, town.expert(1), reviews.recuse_expert, number, "expert-1", "")
    assert refusal.findings[0].field == "reason"
    town.do(town.expert(1), reviews.recuse_expert, number, "expert-1", "持有其股份")
    town.do(town.department(), reviews.recuse_expert, number, "expert-2", "群众反映属实")
    assert [bool(s["recused_at"]) for s in show(town, number, town.department())["seats"]] == [True, True]


def test_who_stood_aside_gives_no_opinion_and_stands_aside_once(town: Town) -> None:
    number = town.endorsed()
    seat(town, number, 1)
    town.do(town.expert(1), reviews.recuse_expert, number, "expert-1", "持有其股份")
    town.refused(NotFound, town.expert(1), reviews.give_opinion, number, FULL, "同意")
    town.refused(NotFound, town.expert(1), enquiries.show_application, number)
    town.refused(NotFound, town.department(), reviews.recuse_expert, number, "expert-1", "再次")


def test_the_opinion_of_one_who_stood_aside_counts_no_more(town: Town) -> None:
    number = town.endorsed()
    town.review(number)
    town.do(town.department(), reviews.recuse_expert, number, "expert-5", "近亲属")
    assert "现有 4 人" in recommendation(town, number)
    seat(town, number, 6)
    opine(town, number, 6, EIGHTY | {"novelty": 0})
    tally = show(town, number, town.department())["review"]
    assert (tally["mean"], tally["seated"], tally["given"]) == ("91.20", 5, 5)


# ------------------------------------------------------------------------------------------------------------- opinions


def test_an_opinion_is_given_once(town: Town) -> None:
    number = town.endorsed()
    seat(town, number, 1)
    opine(town, number, 1, EIGHTY)
    town.refused(AlreadyDone, town.expert(1), reviews.give_opinion, number, FULL, "改判")
    assert [o["total"] for o in show(town, number, town.department())["opinions"]] == [80]


def test_an_opinion_is_a_seated_experts(town: Town) -> None:
    number = town.endorsed()
    seat(town, number, 1)
    town.refused(NotFound, town.expert(2), reviews.give_opinion, number, FULL, "同意")
    for other in (town.department(), town.applicant(), town.bureau()):
        town.refused(NotEntitled, other, reviews.give_opinion, number, FULL, "同意")


@pytest.mark.parametrize(("changes", "field"), [
    ({"novelty": 31}, "scores.novelty"), ({"novelty": -1}, "scores.novelty"), ({"novelty": 29.5}, "scores.novelty"),
    ({"novelty": True}, "scores.novelty"), ({"novelty": "30"}, "scores.novelty"), ({"novelty": None}, "scores.novelty"),
    ({"beauty": 5}, "scores.beauty"),
])
def test_each_score_is_a_whole_number_within_its_maximum(town: Town, changes: dict[str, Any], field: str) -> None:
    number = town.endorsed()
    seat(town, number, 1)
    refusal = town.refused(BadInput, town.expert(1), reviews.give_opinion, number, FULL | changes, "同意")
    assert [f.field for f in refusal.findings] == [field]


def test_an_opinion_has_every_score_and_words(town: Town) -> None:
    number = town.endorsed()
    seat(town, number, 1)
    refusal = town.refused(BadInput, town.expert(1), reviews.give_opinion, number, {}, "")
    assert {f.field for f in refusal.findings} == {"comment", *(f"scores.{key}" for key in FULL)}
    town.do(town.expert(1), reviews.give_opinion, number, dict.fromkeys(FULL, 0), "全零")


# ----------------------------------------------------------------------------------------------------------- who may see


def test_seats_and_opinions_are_the_departments_and_auditors_alone(town: Town) -> None:
    number = town.endorsed()
    town.review(number)
    for insider in (town.department(), town.auditor()):
        seen = show(town, number, insider)
        assert len(seen["seats"]) == len(seen["opinions"]) == 5 and seen["review"]["given"] == 5
        assert [e["act"] for e in seen["history"]].count("give_opinion") == 5
    own = show(town, number, town.expert(2))
    assert [s["login"] for s in own["seats"]] == ["expert-2"]
    assert [e["act"] for e in own["history"] if e["act"] in ("seat_expert", "give_opinion")] == ["give_opinion"]


def test_an_opinion_is_invisible_to_other_experts_until_all_are_in(town: Town) -> None:
    number = town.endorsed()
    seat(town, number, 1, 2, 3, 4, 5)
    for i in range(1, 5):
        opine(town, number, i, EIGHTY)
        seen = show(town, number, town.expert(i))
        assert [o["expert"] for o in seen["opinions"]] == [f"expert-{i}"] and seen["review"] is None
    assert show(town, number, town.expert(5))["opinions"] == []
    opine(town, number, 5, FULL)
    seen = show(town, number, town.expert(2))
    assert [o["total"] for o in seen["opinions"]] == [100, 80, 80, 80, 80] and seen["review"]["mean"] == "84.00"


def test_when_all_are_in_the_experts_see_them_without_names_but_for_their_own(town: Town) -> None:
    number = town.endorsed()
    town.review(number)
    seen = show(town, number, town.expert(2))
    assert [o["expert"] for o in seen["opinions"] if o["mine"]] == ["expert-2"]
    others = [o for o in seen["opinions"] if not o["mine"]]
    assert len(others) == 4 and {(o["expert"], o["name"], o["given_at"]) for o in others} == {(None, None, None)}
    assert not [n for n in (1, 3, 4, 5) if f"expert-{n}" in str(seen)]


def test_the_opinion_of_one_who_stood_aside_is_not_shown_to_the_others(town: Town) -> None:
    number = town.endorsed()
    town.review(number)
    town.do(town.department(), reviews.recuse_expert, number, "expert-5", "近亲属")
    assert len(show(town, number, town.expert(2))["opinions"]) == 4
    assert [o["counts"] for o in show(town, number, town.department())["opinions"]] == [True] * 4 + [False]


def test_when_a_further_expert_is_seated_the_opinions_close_again(town: Town) -> None:
    number = town.endorsed()
    town.review(number)
    seat(town, number, 6)
    assert [o["expert"] for o in show(town, number, town.expert(2))["opinions"]] == ["expert-2"]


# ------------------------------------------------------------------------------------------------------------- revision


def revise(town: Town, number: str, i: int, scores: dict[str, int], reason: str = "复核数据后更正") -> None:
    town.do(town.expert(i), reviews.revise_opinion, number, scores, "更正后的意见", reason)


def test_an_opinion_is_replaced_by_a_recorded_revision_and_the_old_one_is_kept(town: Town) -> None:
    number = town.endorsed()
    seat(town, number, 1, 2)
    opine(town, number, 1, EIGHTY)
    revise(town, number, 1, FULL)
    opine(town, number, 2)
    revise(town, number, 1, EIGHTY, "再次核对")
    seen = show(town, number, town.department())
    opinion = seen["opinions"][0]
    assert (opinion["total"], opinion["revision"], opinion["revision_reason"]) == (80, 3, "再次核对")
    assert [(e["total"], e["revision"], e["revision_reason"]) for e in opinion["earlier"]] == [
        (100, 2, "复核数据后更正"), (80, 1, None)]
    assert (seen["review"]["mean"], seen["review"]["given"]) == ("90.00", 2)
    facts = [e["facts"] for e in seen["history"] if e["act"] == "revise_opinion"]
    assert [(f["replaces"], f["total"], f["revision"], f["others_open"]) for f in facts] == [(80, 100, 2, False), (100, 80, 3, True)]


def test_there_is_no_revision_without_an_opinion_a_reason_or_a_seat(town: Town) -> None:
    number = town.endorsed()
    seat(town, number, 1)
    town.refused(NotFound, town.expert(1), reviews.revise_opinion, number, FULL, "同意", "更正")
    opine(town, number, 1)
    refusal = town.refused(BadInput, town.expert(1), reviews.revise_opinion, number, FULL | {"novelty": 31}, "", "")
    assert {f.field for f in refusal.findings} == {"reason", "comment", "scores.novelty"}
    town.refused(NotEntitled, town.department(), reviews.revise_opinion, number, FULL, "同意", "更正")
    town.refused(NotFound, town.expert(2), reviews.revise_opinion, number, FULL, "同意", "更正")


def test_after_the_review_closed_nothing_is_revised(town: Town) -> None:
    number = town.reviewed()
    town.refused(OutOfOrder, town.expert(1), reviews.revise_opinion, number, FULL, "同意", "更正")


# -------------------------------------------------------------------------------------------------------------- dissent


def test_a_total_below_the_pass_mark_of_a_panel_that_recommends_is_kept_and_shown_as_dissent(town: Town) -> None:
    number = town.endorsed()
    for i in range(1, 6):
        seat(town, number, i)
    for i in range(1, 5):
        opine(town, number, i)
    assert not any(o["dissents"] for o in show(town, number, town.department())["opinions"])
    town.do(town.expert(5), reviews.give_opinion, number, dict.fromkeys(FULL, 10), "创新性不足，不同意认定。")
    town.do(town.department(), reviews.recommend, number)
    seen = show(town, number, town.auditor())
    assert [(o["expert"], o["comment"]) for o in seen["opinions"] if o["dissents"]] == [("expert-5", "创新性不足，不同意认定。")]
    assert next(e["facts"]["dissents"] for e in seen["history"] if e["act"] == "recommend") == 1


def test_exactly_the_pass_mark_is_no_dissent(town: Town) -> None:
    number = town.endorsed()
    seat(town, number, 1, 2, 3, 4, 5)
    for i in range(1, 6):
        opine(town, number, i, EIGHTY)
    assert not any(o["dissents"] for o in show(town, number, town.department())["opinions"])


@pytest.mark.parametrize("who", ["applicant", "bureau"])
def test_applicant_and_bureau_learn_neither_who_sits_nor_what_they_said(town: Town, who: str) -> None:
    number = town.endorsed()
    town.review(number, off=1)
    seen = show(town, number, getattr(town, who)())
    assert (seen["seats"], seen["opinions"], seen["review"]) == ([], [], None)
    assert "expert-" not in str(seen) and "scores" not in str(seen)
    assert not [e for e in seen["history"] if e["act"] in ("seat_expert", "recuse_expert", "give_opinion")]


def test_an_officer_of_another_house_learns_no_more_of_their_own_enterprises_application(town: Town) -> None:
    """Whoever is an applicant here and a bureau's officer elsewhere reads their own application as an applicant."""
    number = town.endorsed()
    town.review(number)
    code = town.do(town.admin(), accounts.invite, role=Role.BUREAU, name="兼任", prefecture="430200")
    town.do(town.applicant(), accounts.accept_invitation, code=code)
    seen = show(town, number, town.applicant())
    assert "expert-" not in str(seen) and not [e for e in seen["history"] if e["actor"] is not None]


def test_the_public_sees_nothing_of_a_review(town: Town) -> None:
    number = town.endorsed()
    with town.office.reading(PUBLIC) as r, pytest.raises(NotFound):
        enquiries.show_application(r, number)


# ------------------------------------------------------------------------------------------------------------- out of date


def later(town: Town, number: str, act: str) -> None:
    """What comes to light in a review after its officer has opened the page."""
    if act == "opinion":
        opine(town, number, 6)
    elif act == "revision":
        town.do(town.expert(1), reviews.revise_opinion, number, EIGHTY, "同意", "复核后更正")
    elif act == "recusal":
        town.do(town.expert(1), reviews.recuse_expert, number, town.expert(1).login, "亲属任职")
    else:
        seat(town, number, 7)


@pytest.mark.parametrize("act", ["opinion", "revision", "recusal", "seat"])
@pytest.mark.parametrize("close", ["recommend", "refuse", "request_supplement"])
def test_whoever_closes_a_review_by_an_older_page_is_told(town: Town, act: str, close: str) -> None:
    number = town.endorsed()
    town.review(number)
    seat(town, number, 6)
    seen = town.show(number)["version"]
    later(town, number, act)
    acts: dict[str, Any] = {"recommend": (reviews.recommend,), "refuse": (applications.refuse, "out_of_scope", "不属于"),
                            "request_supplement": (supplements.request_supplement, ["seal_missing"], "请补")}
    do, *facts = acts[close]
    refusal = town.refused(Outdated, town.department(), do, number, *facts, expected=seen)
    assert refusal.action and town.show(number)["version"] > seen


def test_what_time_tells_in_the_night_makes_no_page_out_of_date(town: Town) -> None:
    number = town.endorsed()
    seen = town.show(number)["version"]
    town.to("2026-06-01")
    assert town.do(CLOCK, terms.escalate, number, "officer")
    assert town.show(number)["version"] == seen
