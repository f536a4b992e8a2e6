"""Two authorities in one registry: each one's officers and experts see and do what is their own, and nothing of the other's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from registry.actors import CLOCK, Actor
from registry.books.models import Application, Entry, Letter
from registry.clock import FrozenClock
from registry.desks import (
    accounts,
    amendments,
    applications,
    calendars,
    calls,
    deadlines,
    enquiries,
    holds,
    letters,
    measures,
    minutes,
    notices,
    panels,
    queues,
    recalculations,
    redactions,
    rehearsals,
    reminders,
    reviews,
    supplements,
    tasks,
    terms,
    ties,
    withdrawals,
)
from registry.errors import BadInput, Debarred, NotEntitled, NotFound
from registry.law.deadlines import PUBLISHED, Calendar, CalendarYear
from registry.law.lifecycle import Role
from registry.office import Office
from registry.settings import Settings
from tests.factories import CENTRE, CENTRE_KEY, CHANGSHA, CODES, GUANGDONG, HUNAN, PROVINCE, Town, centre_law


@pytest.fixture
def province(database_url: str, tmp_path: Path, clock: FrozenClock) -> Iterator[Town]:
    """The town as the province sees it, in an office that has the centre's regulation too."""
    settings = Settings(data=tmp_path / "data", database_url=database_url, secret_key="for tests only",
                        law_dir=str(centre_law(tmp_path / "law")))
    office = Office(settings, clock)
    office.prepare()
    yield Town(office, clock)
    office.close()


@pytest.fixture
def centre(province: Town) -> Town:
    return province.centre()


def guest(town: Town) -> Actor:
    """An enterprise of a province of which no regulation has bureaus."""
    return town.applicant(2, prefecture=GUANGDONG)


def of(town: Town, actor: Actor, ask: Callable[..., Any], **how: Any) -> Any:
    with town.office.reading(actor) as r:
        return ask(r, **how)


def numbers(found: Any) -> set[str]:
    """Whatever an answer names: every text in it."""
    if isinstance(found, dict):
        return set().union(*map(numbers, found.values()))
    if isinstance(found, list | tuple | set):
        return set().union(*map(numbers, found))
    return {found} if isinstance(found, str) else set()


# ------------------------------------------------------------------------------------------------- who is appointed for whom


def test_an_officer_is_appointed_for_an_authority_by_name(province: Town) -> None:
    assert province.department().authorities(Role.DEPARTMENT) == {PROVINCE}
    assert province.centre().department().authorities(Role.DEPARTMENT) == {CENTRE_KEY}
    assert province.centre().expert().authorities(Role.EXPERT) == {CENTRE_KEY}


@pytest.mark.parametrize("role", [Role.DEPARTMENT, Role.EXPERT, Role.HEAD])
@pytest.mark.parametrize("authority", [None, "", "420000", "999999"])
def test_where_there_are_several_an_invitation_names_one_of_them(province: Town, role: Role, authority: str | None) -> None:
    refusal = province.refused(BadInput, province.admin(), accounts.invite, role=role, name="某人", authority=authority)
    assert [f.field for f in refusal.findings] == ["authority"]


def test_where_there_is_one_nobody_is_asked(town: Town) -> None:
    law = town.office.law
    town.office.law = replace(law, regulations={HUNAN: law.regulation(HUNAN)})
    code = town.do(town.admin(), accounts.invite, role=Role.DEPARTMENT, name="某人")
    town._accept("somebody", code)
    assert town.actor("somebody").authorities(Role.DEPARTMENT) == {PROVINCE}


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.SECURITY, Role.AUDITOR])
def test_who_looks_after_the_registry_is_no_authoritys(province: Town, role: Role) -> None:
    code = province.do(province.admin(), accounts.invite, role=role, name="某人", authority=CENTRE_KEY)
    assert isinstance(code, str)
    entry = of(province, province.auditor(), enquiries.search_entries, subject="某人")["items"][0]
    assert entry["facts"]["authority"] is None


def test_the_head_of_a_bureau_is_its_regions_and_no_authoritys(province: Town) -> None:
    province.do(province.admin(), accounts.invite, role=Role.HEAD, name="局长", prefecture=CHANGSHA)
    entry = of(province, province.auditor(), enquiries.search_entries, subject="局长")["items"][0]
    assert (entry["facts"]["prefecture"], entry["facts"]["authority"]) == (CHANGSHA, None)


def test_one_person_may_serve_both_and_loses_one_by_name(province: Town) -> None:
    both = province.department("both")
    code = province.do(province.admin(), accounts.invite, role=Role.DEPARTMENT, name="both", authority=CENTRE_KEY)
    province.do(both, accounts.accept_invitation, code=code)
    assert province.actor("both").authorities(Role.DEPARTMENT) == {PROVINCE, CENTRE_KEY}
    refusal = province.refused(BadInput, province.admin(), accounts.end_appointment, login="both", role=Role.DEPARTMENT)
    assert [f.field for f in refusal.findings] == ["authority"]
    province.do(province.admin(), accounts.end_appointment, login="both", role=Role.DEPARTMENT, authority=PROVINCE)
    assert province.actor("both").authorities(Role.DEPARTMENT) == {CENTRE_KEY}


# ------------------------------------------------------------------------------------------------------- where one may apply


def test_an_enterprise_may_be_of_a_province_without_bureaus(province: Town) -> None:
    places = province.office.law.places()
    assert GUANGDONG in places and CHANGSHA in places
    assert "430000" not in places, "a province that is divided into prefectures is chosen by prefecture"
    shown = of(province, guest(province), enquiries.show_enterprise, code=CODES[2])
    assert (shown["prefecture"], shown["prefecture_name"].en) == (GUANGDONG, "Guangdong")


def test_a_regulation_with_bureaus_refuses_who_lies_in_none_of_their_regions(province: Town) -> None:
    refusal = province.refused(NotEntitled, guest(province), applications.open_application, enterprise=CODES[2], regulation=HUNAN)
    assert refusal.article == province.office.law.regulation(HUNAN).authority.article


def test_a_centre_without_bureaus_takes_cases_from_anywhere(centre: Town) -> None:
    for who in (guest(centre), centre.applicant()):
        shown = centre.show(centre.submitted(who))
        assert shown["status"] == "formal_examination" and shown["bureau"] is None
        assert shown["authority"] == centre.office.law.regulation(CENTRE).authority.name


def test_the_bureau_of_the_place_has_nothing_to_do_with_the_centres_case(centre: Town) -> None:
    number = centre.submitted(centre.applicant())
    assert of(centre, centre.bureau(), enquiries.search_applications)["items"] == []
    centre.refused(NotFound, centre.bureau(), applications.endorse, number)


def test_a_case_goes_all_the_way_under_each(province: Town, centre: Town) -> None:
    assert province.certificate(centre.certified(guest(centre)))["standing"] == "valid"
    assert province.certificate(province.certified())["standing"] == "valid"


# -------------------------------------------------------------------------------------------------- what an officer may not do


@dataclass
class Case:
    """What there is of one authority, one number for each kind."""

    certificate: str
    measure: str
    amendment: str
    submitted: str
    endorsed: str
    reviewed: str
    noticed: str
    objection: str
    notice: str
    to_announce: str
    task: str
    held: str


def walk(town: Town, who: Actor) -> Case:
    """A town's own cases, each walked to where somebody has something to do."""
    certificate = town.certified(who)
    noticed, held = town.reviewed(who), town.endorsed(who)
    notice = town.noticed(noticed)
    town.do(town.department(), holds.hold_application, held, "等待核实")
    return Case(
        certificate=certificate, measure=town.notified(certificate), amendment=town.requested(certificate, who),
        submitted=town.submitted(who), endorsed=town.endorsed(who), reviewed=town.reviewed(who), noticed=noticed,
        objection=town.object(notice, noticed), notice=notice, to_announce=town.to_announce(who), held=held,
        task=town.do(town.department(), tasks.report_holder, next(iter(who.enterprises.values())), "renamed", "公告"),
    )


ACTS: dict[str, tuple[Callable[..., Any], Callable[[Case], tuple[Any, ...]], dict[str, Any]]] = {
    "accept": (applications.accept, lambda c: (c.submitted,), {}),
    "request_supplement": (supplements.request_supplement, lambda c: (c.endorsed, ["missing_document"], "补"), {}),
    "refuse": (applications.refuse, lambda c: (c.endorsed, "not_met", "不符"), {}),
    "claim": (queues.claim, lambda c: (c.endorsed,), {}),
    "assign": (queues.assign, lambda c: (c.endorsed, "department"), {}),
    "commit_seed": (panels.commit_seed, lambda c: (c.endorsed,), {}),
    "seat_expert": (reviews.seat_expert, lambda c: (c.endorsed, "expert-1"), {}),
    "recommend": (reviews.recommend, lambda c: (c.endorsed,), {}),
    "hold": (holds.hold_application, lambda c: (c.endorsed, "搁置"), {}),
    "release": (holds.release_application, lambda c: (c.held, ""), {}),
    "confirm_due": (deadlines.confirm_due, lambda c: (c.noticed, ""), {}),
    "recompute": (recalculations.recompute_dates, lambda c: ([c.noticed],), {}),
    "dismiss": (notices.dismiss_objection, lambda c: (c.objection, "不成立"), {}),
    "uphold": (notices.uphold_objection, lambda c: (c.objection, "成立"), {}),
    "redact": (redactions.publish_redacted_objection, lambda c: (c.objection, "该产品早已上市"), {}),
    "drop": (measures.drop, lambda c: (c.measure, "终结"), {}),
    "grant": (amendments.grant_amendment, lambda c: (c.amendment, "同意"), {}),
    "endorse_amendment": (amendments.endorse_amendment, lambda c: (c.amendment,), {}),
    "do_task": (tasks.do_task, lambda c: (c.task, "已核"), {}),
    "minutes": (minutes.print_minutes, lambda c: (c.reviewed,), {}),
    "draw": (enquiries.show_draw, lambda c: (c.reviewed,), {}),
    "replay": (enquiries.replay_application, lambda c: (c.reviewed,), {}),
    "case": (enquiries.show_application, lambda c: (c.reviewed,), {}),
    "measure": (enquiries.show_measure, lambda c: (c.measure,), {}),
    "amendment": (enquiries.show_amendment, lambda c: (c.amendment,), {}),
    "objection": (enquiries.show_objection, lambda c: (c.objection,), {}),
    "task": (tasks.show_task, lambda c: (c.task,), {}),
    "document": (applications.read_document, lambda c: (c.reviewed, 1), {}),
}


@pytest.fixture
def cases(province: Town, centre: Town) -> tuple[Case, Case]:
    province.department(), centre.department()
    return walk(province, province.applicant()), walk(centre, guest(centre))


def test_every_act_and_every_reading_of_the_others_case_is_as_if_it_were_not_there(
    province: Town, centre: Town, cases: tuple[Case, Case],
) -> None:
    """404, as for another prefecture's bureau; what is public (a certificate, a notice) is refused by entitlement."""
    for officer, theirs in ((province.department(), cases[1]), (centre.department(), cases[0])):
        for act, where, facts in ACTS.values():
            province.refused(NotFound, officer, act, *where(theirs), **facts)
        for town, key in ((province, HUNAN), (centre, CENTRE)):
            if town.authority not in officer.authorities(Role.DEPARTMENT):
                town.refused(NotFound, officer, notices.publish_notice, regulation=key, applications=[theirs.reviewed])
                town.refused(NotFound, officer, notices.announce, regulation=key, document_number="某工信〔2026〕901号",
                             applications=[theirs.to_announce])
                town.refused(NotEntitled, officer, calls.open_call, regulation=key, document_number="某工信〔2026〕902号",
                             title="申报", department_until=town.today)
        province.refused(NotEntitled, officer, withdrawals.withdraw_notice, theirs.notice, "有误")
        province.refused(NotEntitled, officer, holds.hold_certificate, theirs.certificate, "搁置")
        province.refused(NotEntitled, officer, measures.suspect, certificate=theirs.certificate, ground="false_material",
                         suspicion="疑", evidence="证")


READINGS: dict[str, Callable[..., Any]] = {
    "applications": enquiries.search_applications, "worklist": enquiries.worklist, "measures": enquiries.search_measures,
    "measures_waiting": enquiries.measures_waiting, "amendments": lambda r: enquiries.search_amendments(r, open=None),
    "amendments_waiting": enquiries.amendments_waiting, "objections": lambda r: enquiries.search_objections(r, open=None),
    "tasks": tasks.search_tasks, "held": holds.search_held, "waiting": deadlines.search_waiting, "risen": terms.search_risen,
    "changes": recalculations.search_changes, "rehearsal": lambda r: rehearsals.rehearse(r, days=400),
    "planned": lambda r: reminders.search_planned(r, days=400 * 4), "told": reminders.search_told,
    "month": lambda r: [calendars.show_month(r, year=y, month=m) for y, m in ((2026, m) for m in range(1, 13))],
    "experts": enquiries.search_experts, "people": enquiries.search_people, "enterprises": enquiries.search_enterprises,
    "letters": enquiries.search_letters,
}


@pytest.mark.parametrize("later", [0, 30, 1780], ids=["now", "overdue", "near the certificates' end"])
def test_no_list_of_one_authority_names_anything_of_the_other(
    province: Town, centre: Town, cases: tuple[Case, Case], later: int,
) -> None:
    province.wait(days=later)
    if later:
        province.sweep()
    for officer, ours, theirs in ((province.department(), *cases), (centre.department(), *cases[::-1])):
        foreign = {v for v in vars(theirs).values()} | ({CODES[2]} if officer.login == "department" else {CODES[0]})
        seen: set[str] = set()
        for name, reading in READINGS.items():
            found = numbers(of(province, officer, reading))
            seen |= found
            assert not {f for f in foreign if any(f in text for text in found)}, (officer.login, name)
        assert {ours.measure, ours.amendment, ours.objection, ours.task, ours.held} <= seen


def test_the_auditor_sees_both(province: Town, cases: tuple[Case, Case]) -> None:
    listed = numbers(of(province, province.auditor(), enquiries.search_applications, limit=100))
    for case in cases:
        assert {case.submitted, case.reviewed, case.noticed} <= listed


# ----------------------------------------------------------------------------------------------------------------- letters


def addresses(town: Town, number: str) -> dict[str, set[str]]:
    """Who was written to of each act on a number."""
    with town.office.reading(town.auditor()) as r:
        rows = r.session.exec(select(Letter, Entry).join(Entry).where(Entry.subject == number)).all()
    found: dict[str, set[str]] = {}
    for letter, entry in rows:
        found.setdefault(entry.act, set()).add(letter.address)
    return found


def test_letters_to_a_department_go_to_the_authoritys_own_officers(province: Town, centre: Town) -> None:
    ours, theirs = {"department@example.com"}, {"centre-department@example.com"}
    province.department(), centre.department()
    assert addresses(province, province.endorsed())["endorse"] >= ours
    for town, who, right, wrong in ((province, province.applicant(), ours, theirs), (centre, guest(centre), theirs, ours)):
        measure = town.suspected(town.certified(who))
        assert right <= addresses(town, measure)["suspect"] and not wrong & addresses(town, measure)["suspect"]


def test_where_no_bureau_is_asked_the_authority_sees_to_a_change_itself(centre: Town) -> None:
    """One officer endorses, another grants; both are recorded as what they are."""
    who = guest(centre)
    number = centre.requested(centre.certified(who), who)
    assert "centre-department@example.com" in addresses(centre, number)["request"]
    centre.do(centre.department(), amendments.endorse_amendment, number)
    centre.do(centre.department("second"), amendments.grant_amendment, number, "同意")
    history = of(centre, centre.department(), enquiries.show_amendment, number=number)["history"]
    assert [e["role"] for e in history if e["act"] == "endorse"] == [centre.office.law.regulation(CENTRE).authority.name]


def test_a_letter_that_cannot_be_delivered_is_for_who_is_asked_about_the_enterprise(province: Town, centre: Town) -> None:
    for town, who in ((province, province.applicant()), (centre, centre.applicant(1))):
        town.submitted(who)
    with province.office.registrar(province.admin()) as r:
        for mail in letters.search_unsent(r):
            letters.mark_fault(r, mail, "550", final=True)
    for officer, code in ((province.bureau(), CODES[0]), (centre.department(), CODES[1])):
        found = of(province, officer, tasks.search_tasks)["items"]
        assert {t["subject"] for t in found} == {code}
    assert of(province, province.department(), tasks.search_tasks)["items"] == []


# ----------------------------------------------------------------------------------------------------------------- experts


def test_the_pool_of_a_draw_is_the_authoritys_own(province: Town, centre: Town) -> None:
    number, foreign = province.endorsed(), centre.expert(1)
    own = province.expert(1)
    with province.office.reading(province.department()) as r:
        assert [p.login for p in ties.pool(r, r.fetch(Application, number))] == [own.login]
    refusal = province.refused(BadInput, province.department(), reviews.seat_expert, number, foreign.login)
    assert [f.field for f in refusal.findings] == ["expert"]


# ---------------------------------------------------------------------------------------------- enterprises, one's territory


def test_a_department_sees_who_applies_to_it_and_who_is_of_its_province(province: Town, centre: Town) -> None:
    near, far = province.applicant(), guest(province)
    seen = {"province": of(province, province.department(), enquiries.search_enterprises)["items"],
            "centre": of(province, centre.department(), enquiries.search_enterprises)["items"]}
    assert [e["credit_code"] for e in seen["province"]] == [CODES[0]] and seen["centre"] == []
    province.refused(NotFound, centre.department(), enquiries.show_enterprise, CODES[2])
    centre.submitted(far)
    assert of(province, centre.department(), enquiries.show_enterprise, code=CODES[2])["credit_code"] == CODES[2]
    province.refused(NotFound, province.department(), enquiries.show_enterprise, CODES[2])
    province.refused(NotFound, centre.department(), tasks.report_holder, CODES[0], "renamed", "公告")
    assert near.enterprises


def test_a_bureau_sees_the_enterprises_of_its_region(province: Town) -> None:
    province.applicant(), guest(province)
    assert [e["credit_code"] for e in of(province, province.bureau(), enquiries.search_enterprises)["items"]] == [CODES[0]]


# ------------------------------------------------------------------------------------------------------ measures, debarments


def test_a_debarment_holds_under_its_own_family_alone(province: Town, centre: Town) -> None:
    who = province.applicant()
    measure = province.decided(province.certified(who), "debar", province.office.law.regulation(HUNAN).debarments[0].key)
    assert measure
    province.refused(Debarred, who, applications.open_application, enterprise=CODES[0], regulation=HUNAN)
    assert centre.show(centre.submitted(who))["status"] == "formal_examination"
    assert of(province, centre.department(), enquiries.search_measures)["items"] == []


def test_overdue_work_rises_to_the_authoritys_own_head(province: Town, centre: Town) -> None:
    heads = {}
    for town in (province, centre):
        code = town.do(town.admin(), accounts.invite, role=Role.HEAD, name="负责人", authority=town.authority)
        town._accept(f"{town.prefix}head", code)
        heads[town.authority] = town.actor(f"{town.prefix}head")
    ours, theirs = province.endorsed(), centre.endorsed(guest(centre))
    for town, number, foreign in ((province, ours, theirs), (centre, theirs, ours)):
        found = numbers(of(town, heads[town.authority], enquiries.search_applications))
        assert number in found and foreign not in found
        assert foreign not in numbers(of(town, heads[town.authority], calendars.show_month, year=2026, month=3))
    province.clock.advance(timedelta(days=120))
    with province.office.reading(province.auditor()) as r:
        steps = [(s.application.number, s.rule.key) for s in terms.search_risings(r, by=r.today)]
    for number, step in steps:
        province.do(CLOCK, terms.escalate, number, step)
    assert "centre-head@example.com" not in addresses(province, ours)["escalate"] >= {"head@example.com"}
    assert "head@example.com" not in addresses(province, theirs)["escalate"] >= {"centre-head@example.com"}


# ------------------------------------------------------------------------------------------------ dates that are not firm


@pytest.fixture
def late(province: Town) -> Town:
    """The end of a year after which no calendar is published."""
    year = max(y for y in range(2020, 2040) if province.office.law.calendar.is_known(y))
    province.to(date(year, 12, 28))
    return province


def test_a_date_to_be_confirmed_waits_for_its_authoritys_officer(late: Town) -> None:
    centre = late.centre()
    ours, theirs = late.reviewed(), centre.reviewed(guest(centre))
    late.noticed(ours), centre.noticed(theirs)
    late.wait(days=30)
    for officer, own, foreign in ((late.department(), ours, theirs), (centre.department(), theirs, ours)):
        assert [number for _, number, _, _ in of(late, officer, deadlines.search_waiting)] == [own]
        assert own in str(of(late, officer, rehearsals.rehearse, days=1)["waiting"])
        assert foreign not in str(of(late, officer, rehearsals.rehearse, days=1)["waiting"])
        late.refused(NotFound, officer, deadlines.confirm_due, foreign)
    late.do(late.department(), deadlines.confirm_due, ours)


def test_dates_that_a_calendar_moves_are_for_their_authoritys_officer(late: Town) -> None:
    """A calendar of the next year arrives: what was provisional becomes firm."""
    centre = late.centre()
    ours, theirs = late.reviewed(), centre.reviewed(guest(centre))
    late.noticed(ours), centre.noticed(theirs)
    known = late.office.law.calendar
    arrived = Calendar([*known.years.values(), CalendarYear(
        late.today.year + 1, PUBLISHED, "测试", late.today, frozenset(), frozenset(), "notice", "测试")])
    late.office.law = replace(late.office.law, calendar=arrived)
    for officer, own, foreign in ((late.department(), ours, theirs), (centre.department(), theirs, ours)):
        assert {change["number"] for change in of(late, officer, recalculations.search_changes)} == {own}
        late.refused(NotFound, officer, recalculations.recompute_dates, [foreign])
