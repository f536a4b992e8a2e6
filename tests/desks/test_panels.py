"""The draw of a panel: the seed first, then the draw, then whoever stands aside is replaced; all to be repeated from the ledger."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from registry.actors import SYSTEM, Actor
from registry.books.models import Entry, Letter
from registry.clock import FrozenClock
from registry.desks import accounts, applications, audits, enquiries, experts, panels, reviews
from registry.errors import (
    AlreadyDone,
    BadInput,
    MustStandAside,
    NotEntitled,
    NotFound,
    NotYet,
    OnlyInTraining,
    OutOfOrder,
)
from registry.law.lifecycle import Role
from registry.office import Office
from registry.settings import Settings
from tests.factories import CODES, HUNAN, Town, another_law

FULL = {"novelty": 30, "advancement": 30, "property": 15, "reliability": 10, "prospects": 15}


def entries(town: Town, number: str, act: str) -> list[Entry]:
    with Session(town.office.engine) as session:
        return list(session.exec(select(Entry).where(Entry.subject == number, Entry.act == act).order_by(Entry.seq)))


def repeat(town: Town, number: str) -> dict[str, Any]:
    with town.office.reading(SYSTEM) as r:
        return panels.repeat_draw(r, number)


def letters(town: Town, act: str) -> list[tuple[str, str]]:
    with Session(town.office.engine) as session:
        rows = session.exec(select(Letter, Entry).join(Entry).where(Entry.act == act).order_by(Letter.id))
        return [(letter.address.split("@")[0], letter.body) for letter, _ in rows]


def seats(town: Town, number: str) -> list[dict[str, Any]]:
    with town.office.reading(town.department()) as r:
        return list(enquiries.show_application(r, number)["seats"])


def sitting(town: Town, number: str) -> list[str]:
    return [seat["login"] for seat in seats(town, number) if not seat["recused_at"]]


def declare(town: Town, who: Actor, kind: str = "shareholding", **changes: Any) -> int:
    said = {"kind": kind, "credit_code": CODES[0], "from_on": "2024-01-01"} | changes
    return int(town.do(who, experts.declare_interest, **said))


# ----------------------------------------------------------------------------------------------------------------- seed


def test_the_seed_is_fresh_and_holds_the_ledgers_hash_of_that_moment(town: Town) -> None:
    number = town.endorsed()
    for i in range(1, 6):
        town.expert(i)
    town.do(town.department(), panels.commit_seed, number)
    entry = entries(town, number, "commit_seed")[0]
    assert entry.facts["seed"] == entry.facts["fresh"] + entry.previous and len(entry.facts["fresh"]) == 32
    assert entry.facts["pool"] == [f"expert-{i}" for i in range(1, 6)]
    assert sitting(town, number) == []


def test_outside_training_nobody_brings_a_seed_of_their_own(town: Town) -> None:
    number = town.endorsed()
    for i in range(1, 6):
        town.expert(i)
    town.refused(OnlyInTraining, town.department(), panels.commit_seed, number, "00" * 16)


def test_there_is_no_draw_without_a_seed_and_no_second_seed_or_draw(town: Town) -> None:
    number = town.endorsed()
    for i in range(1, 8):
        town.expert(i)
    assert "种子" in town.refused(NotYet, town.department(), panels.draw_panel, number).detail.zh
    town.do(town.department(), panels.commit_seed, number)
    town.refused(AlreadyDone, town.department(), panels.commit_seed, number)
    town.do(town.department(), panels.draw_panel, number)
    town.refused(AlreadyDone, town.department(), panels.draw_panel, number)
    town.refused(AlreadyDone, town.department(), panels.commit_seed, number)


def test_seed_and_draw_are_the_departments_and_belong_to_the_review(town: Town) -> None:
    number = town.endorsed()
    for act in (panels.commit_seed, panels.draw_panel):
        for other in (town.applicant(), town.bureau(), town.auditor()):
            town.refused(NotEntitled, other, act, number)
        town.refused(NotFound, town.expert(1), act, number)
    early = town.submitted()
    for act in (panels.commit_seed, panels.draw_panel):
        town.refused(OutOfOrder, town.department(), act, early)


def test_a_pool_that_cannot_fill_the_panel_is_said_before_a_seed_is_recorded(town: Town) -> None:
    number = town.endorsed()
    for i in range(1, 5):
        town.expert(i)
    refusal = town.refused(NotYet, town.department(), panels.commit_seed, number)
    assert "5" in refusal.detail.zh and "4" in refusal.detail.zh and refusal.article


def test_a_seed_whose_pool_became_too_small_is_replaced_and_the_draw_takes_the_last(town: Town) -> None:
    number = town.endorsed()
    for i in range(1, 6):
        town.expert(i)
    town.do(town.department(), panels.commit_seed, number)
    declare(town, town.expert(3))
    town.refused(NotYet, town.department(), panels.draw_panel, number)
    town.expert(6)
    town.refused(NotYet, town.department(), panels.draw_panel, number)
    town.do(town.department(), panels.commit_seed, number)
    town.do(town.department(), panels.draw_panel, number)
    assert sorted(sitting(town, number)) == ["expert-1", "expert-2", "expert-4", "expert-5", "expert-6"]
    assert repeat(town, number)["equal"]


# ----------------------------------------------------------------------------------------------------------------- draw


def test_the_panel_is_the_first_five_by_sha_256_and_everyone_drawn_is_told(town: Town) -> None:
    number = town.endorsed()
    drawn = town.drawn(number, pool=9)
    seed = entries(town, number, "commit_seed")[0].facts["seed"]
    by_hand = sorted((f"expert-{i}" for i in range(1, 10)), key=lambda x: hashlib.sha256(f"{seed}:{x}".encode()).hexdigest())
    assert drawn == by_hand[:5] and [s["place"] for s in seats(town, number)] == [1, 2, 3, 4, 5]
    facts = entries(town, number, "draw_panel")[0].facts
    assert facts["order"] == by_hand and facts["seated"] == by_hand[:5] and facts["excluded"] == []
    assert sorted(login for login, _ in letters(town, "draw_panel")) == sorted(drawn)


def test_whoever_must_stand_aside_is_not_drawn_and_the_entry_says_by_which_rule(town: Town) -> None:
    number = town.endorsed()
    for i in range(1, 6):
        town.expert(i)
    town.expert(6, employer=CODES[0])
    for i, kind in ((7, "shareholding"), (8, "co_inventor"), (9, "paid_service"), (10, "competitor")):
        declare(town, town.expert(i), kind)
    town.drawn(number, pool=10)
    assert sorted(sitting(town, number)) == [f"expert-{i}" for i in range(1, 6)]
    excluded = {item["expert"]: item["rule"] for item in entries(town, number, "draw_panel")[0].facts["excluded"]}
    assert excluded == {"expert-6": "employment", "expert-7": "shareholding", "expert-8": "co_inventor",
                        "expert-9": "paid_service", "expert-10": "competitor"}


def test_who_joins_after_the_seed_is_not_drawn_and_who_leaves_or_rests_is_excluded(town: Town) -> None:
    number = town.endorsed()
    for i in range(1, 8):
        town.expert(i)
    town.do(town.department(), panels.commit_seed, number)
    town.expert(8)
    town.do(town.admin(), accounts.end_appointment, login="expert-1", role=Role.EXPERT)
    town.do(town.expert(2), experts.keep_profile, fields=[], title="", employer_name="", employer_code=None, active=False)
    town.do(town.department(), panels.draw_panel, number)
    assert sorted(sitting(town, number)) == [f"expert-{i}" for i in range(3, 8)]
    facts = entries(town, number, "draw_panel")[0].facts
    assert facts["excluded"] == [{"expert": "expert-1", "rule": "left"}, {"expert": "expert-2", "rule": "left"}]
    assert "expert-8" not in facts["pool"] and repeat(town, number)["equal"]


def test_who_sits_already_keeps_the_seat_and_the_draw_fills_the_rest(town: Town) -> None:
    number = town.endorsed()
    town.do(town.department(), reviews.seat_expert, number, town.expert(1).login)
    town.drawn(number)
    assert len(sitting(town, number)) == 5 and sitting(town, number)[0] == "expert-1"
    assert {"expert": "expert-1", "rule": "seated"} in entries(town, number, "draw_panel")[0].facts["excluded"]


def test_a_panel_that_is_full_needs_no_draw(town: Town) -> None:
    number = town.endorsed()
    town.review(number)
    assert "席位已满" in town.refused(NotYet, town.department(), panels.commit_seed, number).detail.zh


# ------------------------------------------------------------------------------------------------------------- repeating


def test_the_draw_repeated_from_the_ledger_equals_what_was_recorded(town: Town) -> None:
    number = town.endorsed()
    drawn = town.drawn(number, pool=8)
    told = repeat(town, number)
    with town.office.reading(SYSTEM) as r:
        assert list(audits.check_draws(r)) == []
    assert told["equal"] and told["faults"] == [] and told["seated"] == drawn and told["committed_entry"] < told["drawn_entry"]
    with town.office.reading(town.auditor()) as r:
        assert enquiries.show_draw(r, number)["names"]["expert-1"] == "expert-1"


@pytest.mark.parametrize(("act", "fact", "value", "said"), [
    ("draw_panel", "seated", lambda x: [*x[1:], x[0]], "抽中"), ("draw_panel", "order", lambda x: sorted(x), "顺序"),
    ("draw_panel", "pool", lambda x: x[:-1], "专家库"), ("draw_panel", "seed", lambda x: x[::-1], "种子"),
    ("commit_seed", "seed", lambda x: "0" * len(x), "摘要"), ("commit_seed", "ledger", lambda x: x[::-1], "摘要"),
    ("commit_seed", "pool", lambda x: [*x, "expert-99"], "专家库"),
])
def test_a_record_that_was_tampered_with_is_named(
    town: Town, act: str, fact: str, value: Callable[[Any], Any], said: str
) -> None:
    number = town.endorsed()
    town.drawn(number, pool=8)
    with Session(town.office.engine) as session:
        entry = session.exec(select(Entry).where(Entry.subject == number, Entry.act == act)).one()
        entry.facts = entry.facts | {fact: value(entry.facts[fact])}
        session.add(entry)
        session.commit()
    told = repeat(town, number)
    assert not told["equal"] and any(said in fault.zh for fault in told["faults"]), told["faults"]
    with town.office.reading(SYSTEM) as r:
        assert {fault.where for fault in audits.check_draws(r)} == {f"draw of {number}"}


def test_a_draw_that_never_was_cannot_be_repeated(town: Town) -> None:
    number = town.endorsed()
    with pytest.raises(NotFound):
        repeat(town, number)
    with pytest.raises(NotFound):
        repeat(town, "nothing")


def test_the_draw_is_shown_to_department_and_auditor_alone(town: Town) -> None:
    number = town.endorsed()
    drawn = town.drawn(number)
    for other in (town.applicant(), town.bureau(), town.actor(drawn[0])):
        town.refused(NotEntitled, other, enquiries.show_draw, number)
        with town.office.reading(other) as r:
            seen = enquiries.show_application(r, number)
        assert not [e for e in seen["history"] if e["act"] in ("commit_seed", "draw_panel")]
        assert not [s for s in seen["seats"] if s["login"] != other.login]


# ---------------------------------------------------------------------------------------------------------- standing aside


def test_whoever_stands_aside_is_replaced_by_the_next_of_the_draw(town: Town) -> None:
    number = town.endorsed()
    first = town.drawn(number)
    order = entries(town, number, "draw_panel")[0].facts["order"]
    town.do(town.actor(first[0]), reviews.recuse_expert, number, first[0], "近亲属", "kinship")
    assert sitting(town, number) == [*first[1:], order[5]] and seats(town, number)[-1]["place"] == 6
    facts = entries(town, number, "recuse_expert")[0].facts
    assert facts == {"expert": first[0], "reason": "近亲属", "rule": "kinship", "replacement": order[5], "passed": []}
    told = dict(letters(town, "recuse_expert"))
    assert set(told) == {first[0], order[5], "department"} and "请评审" not in told["department"]
    assert "近亲属" in told[first[0]] and "递补" in told["department"]
    assert seats(town, number)[0]["recusal_rule"].zh.startswith("与申报单位主要人员")


def test_the_next_of_the_draw_who_is_tied_by_then_is_passed_over_with_the_rule(town: Town) -> None:
    number = town.endorsed()
    first = town.drawn(number)
    order = entries(town, number, "draw_panel")[0].facts["order"]
    declare(town, town.actor(order[5]), "paid_service")
    town.do(town.department(), reviews.recuse_expert, number, first[0], "群众反映属实")
    assert sitting(town, number)[-1] == order[6]
    assert entries(town, number, "recuse_expert")[0].facts["passed"] == [{"expert": order[5], "rule": "paid_service"}]


def test_when_the_draw_is_used_up_the_department_is_told_to_seat_somebody_with_a_reason(town: Town) -> None:
    number = town.endorsed()
    first = town.drawn(number, pool=5)
    town.do(town.actor(first[0]), reviews.recuse_expert, number, first[0], "近亲属")
    assert entries(town, number, "recuse_expert")[0].facts["replacement"] is None and len(sitting(town, number)) == 4
    assert "请选派" in dict(letters(town, "recuse_expert"))["department"]
    other = town.expert(9)
    refusal = town.refused(BadInput, town.department(), reviews.seat_expert, number, other.login)
    assert refusal.findings[0].field == "reason"
    town.do(town.department(), reviews.seat_expert, number, other.login, "抽签顺序已用尽")
    last = seats(town, number)[-1]
    assert (last["login"], last["place"], last["seating_reason"]) == ("expert-9", None, "抽签顺序已用尽")
    assert entries(town, number, "seat_expert")[0].facts["reason"] == "抽签顺序已用尽"


def test_once_a_seed_is_recorded_seating_by_hand_needs_a_reason(town: Town) -> None:
    number = town.endorsed()
    for i in range(1, 6):
        town.expert(i)
    town.do(town.department(), panels.commit_seed, number)
    town.refused(BadInput, town.department(), reviews.seat_expert, number, "expert-1")
    town.do(town.department(), reviews.seat_expert, number, "expert-1", "该领域仅此一人")


def test_an_interest_declared_during_the_review_lets_the_expert_stand_aside_at_once(town: Town) -> None:
    number = town.endorsed()
    first = town.drawn(number)
    declare(town, town.actor(first[2]), "co_inventor")
    facts = entries(town, number, "recuse_expert")[0].facts
    assert facts["expert"] == first[2] and facts["rule"] == "co_inventor" and facts["replacement"] == sitting(town, number)[-1]
    assert first[2] not in sitting(town, number) and len(sitting(town, number)) == 5


def test_a_new_employer_who_is_the_applicant_lets_the_expert_stand_aside_at_once(town: Town) -> None:
    number = town.endorsed()
    first = town.drawn(number)
    town.do(town.actor(first[0]), experts.keep_profile, fields=[], title="", employer_name="申报企业", employer_code=CODES[0], active=True)
    assert entries(town, number, "recuse_expert")[0].facts["rule"] == "employment"
    assert first[0] not in sitting(town, number)


def test_a_rule_of_recusal_that_the_regulation_does_not_have_cannot_be_named(town: Town) -> None:
    number = town.endorsed()
    first = town.drawn(number)
    refusal = town.refused(BadInput, town.department(), reviews.recuse_expert, number, first[0], "不合适", "astrology")
    assert refusal.findings[0].field == "rule"


def test_nobody_who_became_tied_while_the_case_lay_with_the_applicant_reviews_it(town: Town) -> None:
    """In a supplement nobody can stand aside: the tie is met when the opinion is handed in, and when the review closes."""
    number = town.endorsed()
    first = town.drawn(number)
    for login in first[1:]:
        town.do(town.actor(login), reviews.give_opinion, number, FULL, "同意")
    town.supplement(number)
    declare(town, town.actor(first[0]))
    declare(town, town.actor(first[1]))
    town.do(town.applicant(), applications.resubmit, number, "已补")
    town.refused(MustStandAside, town.actor(first[0]), reviews.give_opinion, number, FULL, "同意")
    town.refused(MustStandAside, town.actor(first[1]), reviews.revise_opinion, number, FULL, "同意", "再看")
    town.do(town.department(), reviews.recuse_expert, number, first[0], "持股", "shareholding")
    town.do(town.actor(sitting(town, number)[-1]), reviews.give_opinion, number, FULL, "同意")
    refusal = town.refused(MustStandAside, town.department(), reviews.recommend, number)
    assert first[1] in refusal.detail.zh and refusal.article


# ---------------------------------------------------------------------------------------------------------- composition


def specialised(folder: Path, least: int) -> Path:
    return another_law(folder, "special", "2025", ('rule = "mean"\n', f'rule = "mean"\nspecialists = {least}\n'))


@pytest.fixture
def special_town(database_url: str, tmp_path: Path, clock: FrozenClock) -> Any:
    settings = Settings(data=tmp_path / "data", database_url=database_url, secret_key="for tests only",
                        law_dir=str(specialised(tmp_path / "law", 2)))
    office = Office(settings, clock)
    office.prepare()
    yield Town(office, clock)
    office.close()


def at_home(town: Town, *numbers: int) -> None:
    with town.office.reading(SYSTEM) as r:
        key = next(k for k, branch in experts.classes(r).items() if any(leaf.key == "connector" for leaf in branch.leaves))
    for i in numbers:
        town.do(town.expert(i), experts.keep_profile, fields=[key], title="教授", employer_name="", employer_code=None, active=True)


def test_the_draw_seats_as_many_specialists_as_the_regulation_asks(special_town: Town) -> None:
    town = special_town
    number = town.endorsed(regulation="special-2025")
    for i in range(1, 9):
        town.expert(i)
    at_home(town, 1)
    assert "熟悉" in town.refused(NotYet, town.department(), panels.commit_seed, number).detail.zh
    at_home(town, 2, 3)
    first = town.drawn(number, pool=8)
    able = [login for login in first if login in ("expert-1", "expert-2", "expert-3")]
    assert len(able) >= 2 and repeat(town, number)["equal"]


def test_a_specialist_who_stands_aside_is_followed_by_a_specialist(special_town: Town) -> None:
    town = special_town
    number = town.endorsed(regulation="special-2025")
    at_home(town, 1, 2, 3)
    first = town.drawn(number, pool=8)
    leaving = next(login for login in first if login in ("expert-1", "expert-2", "expert-3"))
    town.do(town.actor(leaving), reviews.recuse_expert, number, leaving, "近亲属")
    now = sitting(town, number)
    assert len(now) == 5 and len({"expert-1", "expert-2", "expert-3"} & set(now)) == 2


def test_a_panel_without_enough_specialists_does_not_recommend(special_town: Town) -> None:
    town = special_town
    number = town.endorsed(regulation="special-2025")
    at_home(town, 1, 2)
    town.drawn(number, pool=8)
    town.do(town.actor("expert-1"), reviews.recuse_expert, number, "expert-1", "近亲属")
    assert len(sitting(town, number)) == 4  # nobody of the draw may take that seat
    town.do(town.department(), reviews.seat_expert, number, town.expert(9).login, "无其他熟悉该类产品的专家")
    for login in sitting(town, number):
        town.do(town.actor(login), reviews.give_opinion, number, FULL, "同意")
    assert "熟悉" in town.refused(NotYet, town.department(), reviews.recommend, number).detail.zh
    at_home(town, 9)
    town.do(town.department(), reviews.recommend, number)


def test_hunans_panel_asks_for_no_specialists(town: Town) -> None:
    assert town.office.law.regulation(HUNAN).panel.specialists == 0


def test_no_act_of_the_draw_is_offered_that_would_only_be_refused(town: Town) -> None:
    number, draws = town.endorsed(), {"commit_seed", "draw_panel"}

    def offered() -> set[str]:
        return {p["act"] for p in town.do(town.department(), enquiries.show_application, number)["possible"]} & draws

    assert offered() == {"commit_seed"}
    for i in range(1, 8):
        town.expert(i)
    town.do(town.department(), panels.commit_seed, number)
    assert offered() == draws
    town.do(town.department(), panels.draw_panel, number)
    assert offered() == set()
