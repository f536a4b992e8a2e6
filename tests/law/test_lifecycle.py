"""The two tables of order: every act in every state, and what is read from the rows. No database, no caller."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise, permutations

import pytest

from registry.law import lifecycle
from registry.law.lifecycle import (
    ASKER,
    BIRTH,
    ENDED_WITHOUT,
    FORM_STAGES,
    HELD,
    NEXT,
    STAGE_ENTRY,
    STAGE_LABELS,
    STAGE_OF_STATE,
    STATE_LABELS,
    STAY,
    TABLES,
    Role,
    Row,
    acts_in,
    clock_row,
    find_row,
    held_state,
    label_of,
    next_state,
    outcomes,
    stands_still,
    states,
)
from registry.law.replays import Step, replay
from registry.law.standing import standing_on
from registry.law.tiers import office_of, waits_for
from registry.words import Text

pytestmark = pytest.mark.once

D = date.fromisoformat
HUNAN = ("preliminary_review", "expert_review", "public_notice", "announcement")
LONGEST = tuple(STAGE_ENTRY)

# What a reader of the road (house.md, 3) expects to be possible, and whose it is, written down a second time by hand.
# While an application is in somebody's hands: overdue work rises by itself, the department may hold what time would do.
IN_HAND = "escalate:clock hold:department_officer release:department_officer recompute_dates:department_officer"
CLAIM = "claim:department_officer assign:department_officer unclaim:department_officer"
REPORTED = "return_report:department_officer accept_risk:department_officer accept_report:department_officer"
EXPECTED = {
    "application": {
        "draft": "submit:applicant withdraw:applicant",
        "preliminary_review": "endorse:bureau_officer request_supplement:bureau_officer refuse:bureau_officer "
                              "claim:bureau_officer assign:bureau_officer unclaim:bureau_officer "
                              f"{IN_HAND} withdraw:applicant",
        "formal_examination": "accept:department_officer request_supplement:department_officer refuse:department_officer "
                              "claim:department_officer assign:department_officer unclaim:department_officer "
                              f"{IN_HAND} withdraw:applicant",
        "supplement": f"resubmit:applicant lapse:clock {IN_HAND} withdraw:applicant",
        "assessment": "request_supplement:department_officer refuse:department_officer commission:department_officer "
                      f"relieve:department_officer+assessor+inspector report:assessor {CLAIM} {IN_HAND} withdraw:applicant",
        "assessed": f"refuse:department_officer {REPORTED} {CLAIM} {IN_HAND} withdraw:applicant",
        "site_inspection": "request_supplement:department_officer refuse:department_officer commission:department_officer "
                           f"relieve:department_officer+assessor+inspector report:inspector {CLAIM} {IN_HAND} withdraw:applicant",
        "inspected": f"refuse:department_officer {REPORTED} {CLAIM} {IN_HAND} withdraw:applicant",
        "expert_review": "request_supplement:department_officer refuse:department_officer commit_seed:department_officer "
                         "draw_panel:department_officer seat_expert:department_officer "
                         "recuse_expert:department_officer+expert give_opinion:expert revise_opinion:expert recommend:department_officer "
                         "claim:department_officer assign:department_officer unclaim:department_officer "
                         f"{IN_HAND} withdraw:applicant",
        "awaiting_notice": "refuse:department_officer publish_notice:department_officer "
                           "claim:department_officer assign:department_officer unclaim:department_officer "
                           f"{IN_HAND} withdraw:applicant",
        "public_notice": f"object:public close_notice:clock withdraw_notice:department_officer {IN_HAND} withdraw:applicant",
        "objected": "object:public dismiss_objection:department_officer uphold_objection:department_officer "
                    "withdraw_notice:department_officer claim:department_officer assign:department_officer "
                    f"unclaim:department_officer {IN_HAND} withdraw:applicant",
        "announcement": "refuse:department_officer withdraw_notice:department_officer announce:department_officer "
                        "claim:department_officer assign:department_officer unclaim:department_officer "
                        f"{IN_HAND} withdraw:applicant",
        "certified": "", "refused": "", "withdrawn": "", "lapsed": "",
    },
    "certificate": {
        "valid": "begin:clock suspend:clock revoke:clock surrender:applicant renew:department_officer amend:department_officer remind:clock "
                 "acknowledge:applicant hold:department_officer release:department_officer expire:clock supersede:clock",
        "suspended": "begin:clock reinstate:clock revoke:clock surrender:applicant amend:department_officer remind:clock "
                     "acknowledge:applicant hold:department_officer release:department_officer expire:clock supersede:clock",
        "expired": "reinstate:clock revoke:clock renew:department_officer acknowledge:applicant",
        "superseded": "reinstate:clock revoke:clock",
        "revoked": "reinstate:clock restore:clock", "surrendered": "reinstate:clock",
    },
    "amendment": {
        "requested": "add_evidence:applicant endorse:bureau_officer refuse:bureau_officer withdraw:applicant",
        "endorsed": "refuse:department_officer grant:department_officer withdraw:applicant",
        "refused": "", "granted": "", "withdrawn": "",
    },
    "measure": {
        "suspected": "give_notice:department_officer drop:department_officer",
        "notified": "make_statement:applicant close_statement:clock drop:department_officer hold:department_officer "
                    "release:department_officer recompute_dates:department_officer",
        "heard": "approve:department_officer drop:department_officer",
        "approved": "send_back:department_officer confirm:department_officer drop:department_officer",
        "decided": "propose_lifting:department_officer hold:department_officer release:department_officer",
        "lifting": "decline_lifting:department_officer lift:department_officer hold:department_officer release:department_officer",
        "dropped": "", "lifted": "",
    },
}
# Where each act leads, from which state, under the regulation of Hunan.
LEADS = {
    ("application", "draft", "submit"): ["preliminary_review"],
    ("application", "preliminary_review", "endorse"): ["expert_review"],
    ("application", "preliminary_review", "request_supplement"): ["supplement"],
    ("application", "expert_review", "request_supplement"): ["supplement"],
    ("application", "supplement", "resubmit"): ["preliminary_review", "expert_review"],
    ("application", "supplement", "lapse"): ["lapsed"],
    ("application", "preliminary_review", "refuse"): ["refused"],
    ("application", "expert_review", "refuse"): ["refused"],
    ("application", "assessment", "commission"): ["assessment"],
    ("application", "site_inspection", "relieve"): ["site_inspection"],
    ("application", "assessment", "report"): ["assessed"],
    ("application", "site_inspection", "report"): ["inspected"],
    ("application", "assessed", "return_report"): ["assessment"],
    ("application", "inspected", "return_report"): ["site_inspection"],
    ("application", "assessed", "accept_risk"): ["assessed"],
    ("application", "awaiting_notice", "refuse"): ["refused"],
    ("application", "announcement", "refuse"): ["refused"],
    ("application", "expert_review", "commit_seed"): ["expert_review"],
    ("application", "expert_review", "draw_panel"): ["expert_review"],
    ("application", "expert_review", "seat_expert"): ["expert_review"],
    ("application", "expert_review", "recuse_expert"): ["expert_review"],
    ("application", "expert_review", "give_opinion"): ["expert_review"],
    ("application", "expert_review", "revise_opinion"): ["expert_review"],
    ("application", "expert_review", "recommend"): ["awaiting_notice"],
    ("application", "awaiting_notice", "publish_notice"): ["public_notice"],
    ("application", "public_notice", "object"): ["objected"],
    ("application", "objected", "object"): ["objected"],
    ("application", "objected", "dismiss_objection"): ["objected", "public_notice"],
    ("application", "objected", "uphold_objection"): ["refused"],
    ("application", "public_notice", "close_notice"): ["announcement"],
    ("application", "public_notice", "withdraw_notice"): ["awaiting_notice"],
    ("application", "objected", "withdraw_notice"): ["awaiting_notice"],
    ("application", "announcement", "withdraw_notice"): ["awaiting_notice"],
    ("application", "preliminary_review", "claim"): ["preliminary_review"],
    ("application", "objected", "escalate"): ["objected"],
    ("application", "public_notice", "hold"): ["public_notice"],
    ("application", "supplement", "release"): ["supplement"],
    ("application", "supplement", "recompute_dates"): ["supplement"],
    ("application", "announcement", "announce"): ["certified"],
    ("certificate", "valid", "suspend"): ["suspended"],
    ("certificate", "suspended", "reinstate"): ["valid"],
    **{("certificate", ended, "reinstate"): [ended] for ended in ("revoked", "expired", "superseded", "surrendered")},
    ("certificate", "valid", "revoke"): ["revoked"],
    ("certificate", "expired", "revoke"): ["revoked"],
    ("certificate", "superseded", "revoke"): ["revoked"],
    ("certificate", "suspended", "surrender"): ["surrendered"],
    ("certificate", "valid", "renew"): ["valid"],
    ("certificate", "expired", "renew"): ["expired"],
    ("certificate", "suspended", "remind"): ["suspended"],
    ("certificate", "expired", "acknowledge"): ["expired"],
    ("certificate", "valid", "hold"): ["valid"],
    ("certificate", "suspended", "release"): ["suspended"],
    ("certificate", "valid", "expire"): ["expired"],
    ("certificate", "suspended", "supersede"): ["superseded"],
    ("certificate", "revoked", "restore"): ["valid", "suspended"],
    ("certificate", "valid", "amend"): ["valid"],
    ("certificate", "suspended", "amend"): ["suspended"],
    ("amendment", "requested", "add_evidence"): ["requested"],
    ("amendment", "requested", "endorse"): ["endorsed"],
    ("amendment", "endorsed", "refuse"): ["refused"],
    ("amendment", "endorsed", "grant"): ["granted"],
    ("amendment", "requested", "withdraw"): ["withdrawn"],
    ("measure", "suspected", "give_notice"): ["notified"],
    ("measure", "notified", "make_statement"): ["heard"],
    ("measure", "notified", "close_statement"): ["heard"],
    ("measure", "notified", "hold"): ["notified"],
    ("measure", "decided", "hold"): ["decided"],
    ("measure", "lifting", "release"): ["lifting"],
    ("measure", "heard", "approve"): ["approved"],
    ("measure", "approved", "send_back"): ["heard"],
    ("measure", "approved", "confirm"): ["decided"],
    ("measure", "heard", "drop"): ["dropped"],
    ("measure", "decided", "propose_lifting"): ["lifting"],
    ("measure", "lifting", "decline_lifting"): ["decided"],
    ("measure", "lifting", "lift"): ["lifted"],
}
CELLS = [
    (kind, state, act)
    for kind, table in TABLES.items() for state in EXPECTED[kind] for act in dict.fromkeys(row.act for row in table)
]
ROWS = [(kind, row) for kind, table in TABLES.items() for row in table]


def roles_of(kind: str, state: str) -> dict[str, set[str]]:
    pairs = (cell.split(":") for cell in EXPECTED[kind][state].split())
    return {act: set(roles.split("+")) for act, roles in pairs}


def name(value: object) -> str:
    return f"{value.act}-{value.sources[0]}" if isinstance(value, Row) else str(value)


# ----------------------------------------------------------------------------------------------------------- the tables


@pytest.mark.parametrize(("state", "asked_by", "office"), [
    ("preliminary_review", None, "bureau"), ("expert_review", None, "department"), ("public_notice", None, "department"),
    ("supplement", "preliminary_review", "bureau"), ("supplement", "expert_review", "department"), ("draft", None, None),
    ("certified", None, None), ("lapsed", "preliminary_review", None),
])
def test_a_case_is_in_one_offices_hands_a_supplement_in_those_of_who_asked(state: str, asked_by: str | None, office: str | None) -> None:
    assert office_of(state, asked_by) == office


def test_what_can_be_done_aside_makes_a_case_nobodys_to_do() -> None:
    assert waits_for("preliminary_review", [Role.BUREAU]) and waits_for("objected", [Role.DEPARTMENT])
    assert not waits_for("public_notice", [Role.DEPARTMENT, Role.PUBLIC]) and not waits_for("supplement", [Role.BUREAU, Role.DEPARTMENT])
    assert waits_for("supplement", [Role.APPLICANT]) and not waits_for("preliminary_review", [Role.APPLICANT])


@pytest.mark.parametrize(("kind", "state", "act"), CELLS)
def test_an_act_exists_in_its_own_states_only_and_belongs_to_its_own_roles(kind: str, state: str, act: str) -> None:
    row = find_row(kind, state, act)
    assert (None if row is None else set(row.roles)) == roles_of(kind, state).get(act)


@pytest.mark.parametrize("kind", TABLES)
def test_the_states_are_those_on_paper(kind: str) -> None:
    assert set(states(kind)) == set(EXPECTED[kind])
    assert states(kind)[0] == BIRTH[kind][1]


@pytest.mark.parametrize(("kind", "state", "act"), CELLS)
def test_the_list_of_acts_and_the_row_of_one_act_agree(kind: str, state: str, act: str) -> None:
    listed = [row for row in acts_in(kind, state) if row.act == act]
    assert listed == [row for row in [find_row(kind, state, act)] if row is not None]


@pytest.mark.parametrize("kind", TABLES)
def test_with_roles_only_what_one_of_them_may_do_is_listed(kind: str) -> None:
    for state in states(kind):
        for role in Role:
            expected = [act for act, roles in roles_of(kind, state).items() if role in roles]
            assert [row.act for row in acts_in(kind, state, [role])] == expected
        assert acts_in(kind, state, []) == []
        assert acts_in(kind, state, Role) == acts_in(kind, state)


@pytest.mark.parametrize(("kind", "state", "act"), LEADS)
def test_an_act_leads_where_the_road_says(kind: str, state: str, act: str) -> None:
    row = find_row(kind, state, act)
    assert row is not None
    assert outcomes(row, state, HUNAN) == LEADS[kind, state, act]


@pytest.mark.parametrize(("kind", "row"), ROWS, ids=name)
def test_what_one_case_may_lead_to_is_part_of_what_the_table_allows(kind: str, row: Row) -> None:
    assert row.sources
    assert set(outcomes(row)) <= set(states(kind))
    for state in row.sources:
        if row.target != NEXT:
            assert set(outcomes(row, state)) <= set(outcomes(row))


@pytest.mark.parametrize(("kind", "row"), ROWS, ids=name)
def test_a_row_is_ones_own_or_times_never_both(kind: str, row: Row) -> None:
    assert (Role.CLOCK in row.roles) == (row.roles == (Role.CLOCK,))
    assert row.roles
    if row.due:
        assert row.roles == (Role.CLOCK,)
    assert row.label.zh and row.label.en


@pytest.mark.parametrize("kind", TABLES)
def test_no_two_rows_claim_one_act_in_one_state(kind: str) -> None:
    claimed = [(row.act, state) for row in TABLES[kind] for state in row.sources]
    assert len(claimed) == len(set(claimed))


@pytest.mark.parametrize(("kind", "stages"), [("application", HUNAN), ("application", LONGEST), ("certificate", ()), ("measure", ())])
def test_every_state_is_reached_and_only_the_ended_ones_are_dead_ends(kind: str, stages: Sequence[str]) -> None:
    reached, at_hand = set(), [BIRTH[kind][1]]
    while at_hand:
        state = at_hand.pop()
        if state in reached:
            continue
        reached.add(state)
        at_hand += [to for row in acts_in(kind, state) for to in outcomes(row, state, stages) if to not in reached]
    expected = set(EXPECTED[kind]) - (set() if stages != HUNAN else {"formal_examination", *FORM_STAGES, *FORM_STAGES.values()})
    assert reached == expected
    ended = {state for state in reached if not acts_in(kind, state)}
    assert ended == {"application": {*ENDED_WITHOUT, "certified"}, "certificate": set(), "measure": {"dropped", "lifted"}}[kind]


@pytest.mark.parametrize("kind", TABLES)
def test_every_state_and_every_act_has_a_name_in_both_languages(kind: str) -> None:
    for state in states(kind):
        assert STATE_LABELS[state].zh and STATE_LABELS[state].en
    for act in [row.act for row in TABLES[kind]] + [BIRTH[kind][0]]:
        assert label_of(kind, act) != Text(act, act)
    assert label_of(kind, "fly") == Text("fly", "fly")


def test_a_refusal_is_called_what_it_is_in_its_stage() -> None:
    assert label_of("application", "refuse", "preliminary_review").zh == "不予推荐"
    assert label_of("application", "refuse", "expert_review").zh == "不予认定"


# ------------------------------------------------------------------------------------------------------------ the stages


def test_every_stage_has_a_label_a_state_and_a_way_out() -> None:
    assert set(STAGE_LABELS) == set(STAGE_ENTRY) == set(STAGE_OF_STATE.values())
    for kind, entry in STAGE_ENTRY.items():
        assert STAGE_OF_STATE[entry] == kind
        done = FORM_STAGES.get(kind, entry)  # a report is handed in first, and leads on once it is accepted
        assert any(row.target in (NEXT, "certified", "public_notice") for row in acts_in("application", done))


@pytest.mark.parametrize("stages", [(*head, "public_notice", "announcement") for n in (1, 2, 3) for head in
                                    permutations(("preliminary_review", "formal_examination", "assessment", "site_inspection", "expert_review"), n)])
def test_an_application_passes_the_stages_of_its_regulation_in_their_order(stages: Sequence[str]) -> None:
    assert next_state("draft", stages) == STAGE_ENTRY[stages[0]]
    for here, there in pairwise(stages):
        leaving = [s for s, kind in STAGE_OF_STATE.items() if kind == here]
        assert {next_state(state, stages) for state in leaving} == {STAGE_ENTRY[there]}


def test_a_supplement_comes_back_only_to_a_stage_that_can_have_asked() -> None:
    row = find_row("application", "supplement", "resubmit")
    assert row is not None and row.target == ASKER
    assert outcomes(row, "supplement", HUNAN) == ["preliminary_review", "expert_review"]
    assert outcomes(row, "supplement", ("formal_examination", "announcement")) == ["formal_examination"]


def test_the_offices_clock_stands_still_in_a_supplement_and_nowhere_else() -> None:
    assert [state for state in states("application") if stands_still(state)] == ["supplement"]


def test_an_item_is_held_while_an_objection_is_open() -> None:
    assert held_state(objections_open=True) == "objected"
    assert held_state(objections_open=False) == "public_notice"
    assert {row.act for row in TABLES["application"] if row.target == HELD} == {"dismiss_objection"}


# -------------------------------------------------------------------------------------------------------- what time does


TIME = {
    ("application", "supplement"): ("lapse", "lapse"),
    ("application", "public_notice"): ("close_notice", "close_notice"),
    ("measure", "notified"): ("close_statement", "close_statement"),
    ("certificate", "valid"): ("expire", "supersede"),
    ("certificate", "suspended"): ("expire", "supersede"),
}


@pytest.mark.parametrize(("kind", "state"), [(kind, state) for kind in EXPECTED for state in EXPECTED[kind]])
def test_time_does_at_most_one_thing_in_a_state(kind: str, state: str) -> None:
    rows = tuple(clock_row(kind, state, renewed=renewed) for renewed in (False, True))
    assert tuple(row.act if row else None for row in rows) == TIME.get((kind, state), (None, None))


@pytest.mark.parametrize("kind", TABLES)
def test_no_state_has_two_dates_for_the_same_certificate(kind: str) -> None:
    for state in states(kind):
        for answer in ("renewed", "unrenewed"):
            ends = [row for row in acts_in(kind, state) if row.due not in ("", lifecycle.ORDERED, lifecycle.FIRST_DAY)]
            assert len([row for row in ends if row.when in ("", answer)]) <= 1


def test_a_reminder_changes_nothing_and_waits_for_no_date() -> None:
    for state in ("valid", "suspended"):
        row = find_row("certificate", state, "remind")
        assert row is not None and row.target == STAY and not row.due


# -------------------------------------------------------------------------------------------------------------- standing


FIRST, LAST = D("2026-03-12"), D("2031-03-12")
BEFORE, AFTER = FIRST - timedelta(days=1), LAST + timedelta(days=1)
STANDINGS = [  # on, suspended, outcome, renewed: word, validity, restriction, outcome
    (BEFORE, False, None, False, ("not_yet_valid", "not_yet_valid", None, None)),
    (FIRST, False, None, False, ("valid", "in_term", None, None)),
    (LAST, False, None, False, ("valid", "in_term", None, None)),
    (AFTER, False, None, False, ("expired", "expired", None, None)),
    (BEFORE, True, None, False, ("not_yet_valid", "not_yet_valid", "suspended", None)),
    (FIRST, True, None, False, ("suspended", "in_term", "suspended", None)),
    (LAST, True, None, False, ("suspended", "in_term", "suspended", None)),
    (AFTER, True, None, False, ("expired", "expired", "suspended", None)),
    (LAST, False, None, True, ("valid", "in_term", None, None)),
    (AFTER, False, None, True, ("superseded", "expired", None, "superseded")),
    (AFTER, True, None, True, ("superseded", "expired", "suspended", "superseded")),
    (BEFORE, False, "revoked", False, ("revoked", "not_yet_valid", None, "revoked")),
    (FIRST, False, "revoked", False, ("revoked", "in_term", None, "revoked")),
    (FIRST, True, "revoked", False, ("revoked", "in_term", "suspended", "revoked")),
    (AFTER, False, "revoked", False, ("revoked", "expired", None, "revoked")),
    (AFTER, False, "revoked", True, ("revoked", "expired", None, "revoked")),
    (LAST, False, "surrendered", False, ("surrendered", "in_term", None, "surrendered")),
    (AFTER, True, "surrendered", False, ("surrendered", "expired", "suspended", "surrendered")),
]


@pytest.mark.parametrize(("day", "suspended", "outcome", "renewed", "expected"), STANDINGS)
def test_standing_on_a_day(
    day: date, suspended: bool, outcome: str | None, renewed: bool, expected: tuple[str, str, str | None, str | None]
) -> None:
    found = standing_on(day, valid_from=FIRST, valid_until=LAST, suspended=suspended, outcome=outcome, renewed=renewed)
    assert (found.word, found.validity, found.restriction, found.outcome) == expected
    assert found.in_force == (expected[0] == "valid")
    assert found.word in STATE_LABELS


def test_a_certificate_of_one_day_is_in_force_on_that_day_alone() -> None:
    words = [standing_on(FIRST + timedelta(days=n), valid_from=FIRST, valid_until=FIRST).word for n in (-1, 0, 1)]
    assert words == ["not_yet_valid", "valid", "expired"]


# ---------------------------------------------------------------------------------------------------------------- replay


def steps(*acts: tuple[str, str]) -> list[Step]:
    """A life told by (act, state after), each beginning where the one before ended."""
    befores = [None, *(after for _, after in acts)]
    return [Step(act, before, after) for (act, after), before in zip(acts, befores, strict=False)]


WHOLE = steps(
    ("open", "draft"), ("submit", "preliminary_review"), ("request_supplement", "supplement"),
    ("resubmit", "preliminary_review"), ("endorse", "expert_review"), ("seat_expert", "expert_review"),
    ("give_opinion", "expert_review"), ("recommend", "awaiting_notice"), ("publish_notice", "public_notice"),
    ("object", "objected"), ("object", "objected"), ("dismiss_objection", "objected"),
    ("dismiss_objection", "public_notice"), ("close_notice", "announcement"), ("announce", "certified"),
)


def test_a_whole_life_replays_to_its_end_without_a_fault() -> None:
    assert replay("application", WHOLE, HUNAN) == ("certified", [])
    for length in range(1, len(WHOLE)):
        assert replay("application", WHOLE[:length], HUNAN) == (WHOLE[length - 1].after, [])


def test_a_certificates_life_replays() -> None:
    life = steps(("issue", "valid"), ("suspend", "suspended"), ("remind", "suspended"), ("reinstate", "valid"),
                 ("renew", "valid"), ("supersede", "superseded"), ("revoke", "revoked"))
    assert replay("certificate", life) == ("revoked", [])


def test_no_life_at_all_has_no_state_and_no_fault() -> None:
    assert replay("application", [], HUNAN) == (None, [])


FAULTY = {
    "begins otherwise than by birth": (steps(("submit", "preliminary_review")), "no life begins so"),
    "begins in another state": (steps(("open", "announcement")), "no life begins so"),
    "begins as a certificate": (steps(("issue", "valid")), "no life begins so"),
    "a second birth": ([*WHOLE[:2], Step("open", None, "draft")], "says it began in None, but the life stood in preliminary_review"),
    "a gap": ([WHOLE[0], *WHOLE[2:]], "says it began in preliminary_review, but the life stood in draft"),
    "an act of no table": ([WHOLE[0], Step("fly", "draft", "draft")], "draft does not lead to draft"),
    "an act out of order": ([WHOLE[0], Step("announce", "draft", "certified")], "draft does not lead to certified"),
    "another target": ([WHOLE[0], Step("withdraw", "draft", "refused")], "draft does not lead to refused"),
    "a stage left out": ([*WHOLE[:2], Step("endorse", "preliminary_review", "announcement")],
                         "preliminary_review does not lead to announcement"),
    "a stage that this regulation does not have": ([WHOLE[0], Step("submit", "draft", "formal_examination")],
                                                   "draft does not lead to formal_examination"),
    "a supplement that returns to another than who asked": (
        [*WHOLE[:3], Step("resubmit", "supplement", "expert_review")], "supplement does not lead to expert_review"),
    "a state that changes where it must stay": ([*WHOLE[:5], Step("seat_expert", "expert_review", "awaiting_notice")],
                                                "expert_review does not lead to awaiting_notice"),
    "held in another state": ([*WHOLE[:10], Step("dismiss_objection", "objected", "announcement")],
                              "objected does not lead to announcement"),
    "something after the end": ([*WHOLE, Step("withdraw", "certified", "withdrawn")], "certified does not lead to withdrawn"),
}


@pytest.mark.parametrize("what", FAULTY)
def test_replay_finds_what_is_wrong_and_says_where(what: str) -> None:
    life, words = FAULTY[what]
    _, faults = replay("application", life, HUNAN)
    assert [fault for fault in faults if words in fault]
    assert all(fault.startswith("entry ") for fault in faults)


@pytest.mark.parametrize("removed", range(len(WHOLE) - 1))
def test_an_entry_that_changed_the_state_cannot_be_taken_out_unnoticed(removed: int) -> None:
    if WHOLE[removed].before != WHOLE[removed].after:
        assert replay("application", WHOLE[:removed] + WHOLE[removed + 1:], HUNAN)[1]


def test_a_supplement_asked_twice_returns_to_whoever_asked_last() -> None:
    life = [*WHOLE[:5], *steps(("", "expert_review"), ("request_supplement", "supplement"), ("resubmit", "expert_review"))[1:]]
    assert replay("application", life, HUNAN) == ("expert_review", [])
    wrong = [*life[:-1], Step("resubmit", "supplement", "preliminary_review")]
    assert replay("application", wrong, HUNAN)[1]


def test_the_tables_are_the_ones_of_their_kinds() -> None:
    assert TABLES == {"application": lifecycle.APPLICATION, "certificate": lifecycle.CERTIFICATE,
                      "measure": lifecycle.MEASURE, "amendment": lifecycle.AMENDMENT}
