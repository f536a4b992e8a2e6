"""Calls for applications: when they are taken, the days of each tier, and what a bureau may endorse under one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from registry.actors import PUBLIC
from registry.clock import FrozenClock, day_ends_at
from registry.desks import applications, calls, enquiries, queues
from registry.errors import AlreadyDone, BadInput, LawIsSilent, NotEntitled, NotFound, NotOpen, NotYet
from registry.law.library import load_law
from registry.office import Office
from registry.settings import Settings
from tests.factories import CHANGSHA, HUNAN, ZHUZHOU, Town, another_law

D = date.fromisoformat
CALLED, SILENT = "called-2025", "silent-2025"
DOCUMENT = "湘工信电子〔2026〕30号"
BY_CALLS = (
    'mode = "all_year"\n',
    'mode = "calls"\nbureau_before = { length = 5, unit = "working_day" }\nenterprise_before = { length = 10, unit = "natural_day" }\n'
    "quota_per_bureau = 2\n",
)


def silenced() -> tuple[str, str]:
    """Hunan's whole table of intake, and nothing in its place."""
    import registry.law

    text = (Path(registry.law.__file__).parent / "regulations" / f"{HUNAN}.toml").read_text(encoding="utf-8")
    start = text.index("[intake]")
    return text[start:text.index("[periods.", start)], ""


@pytest.fixture
def called(database_url: str, tmp_path: Path, clock: FrozenClock) -> Iterator[Town]:
    """A town with two further regulations: one that takes applications by calls, one that does not say."""
    folder = tmp_path / "law"
    another_law(folder, "called", "2025", BY_CALLS)
    another_law(folder, "silent", "2025", silenced())
    settings = Settings(data=tmp_path / "data", database_url=database_url, secret_key="for tests only", law_dir=str(folder))
    office = Office(settings, clock)
    office.prepare()
    yield Town(office, clock)
    office.close()


@pytest.fixture
def yearly(database_url: str, tmp_path: Path, clock: FrozenClock) -> Iterator[Town]:
    """The same with certificates of one year."""
    folder = another_law(tmp_path / "law", "called", "2025", BY_CALLS, ("[validity]\nlength = 5\n", "[validity]\nlength = 1\n"))
    settings = Settings(data=tmp_path / "data", database_url=database_url, secret_key="for tests only", law_dir=str(folder))
    office = Office(settings, clock)
    office.prepare()
    yield Town(office, clock)
    office.close()


def words(**changes: Any) -> dict[str, Any]:
    return {"regulation": CALLED, "document_number": DOCUMENT, "title": "关于组织申报首套件的通知", "department_until": D("2026-04-30")} | changes


def opened(town: Town, **changes: Any) -> str:
    return str(town.do(town.department(), calls.open_call, **words(**changes)))


def shown(town: Town, number: str, actor: Any = PUBLIC) -> dict[str, Any]:
    with town.office.reading(actor) as r:
        return enquiries.show_call(r, number)


# ------------------------------------------------------------------------------------------------------------ the days


def test_the_days_of_each_tier_are_reckoned_back_from_the_departments_last_day(called: Town) -> None:
    """Five working days before Thursday 30 April is the 23rd; ten natural days before that, the 13th."""
    call = shown(called, opened(called))
    assert [(t["tier"], t["last_day"]) for t in call["tiers"]] == [
        ("enterprise", D("2026-04-13")), ("bureau", D("2026-04-23")), ("department", D("2026-04-30"))]
    assert [t["last_moment"] for t in call["tiers"]] == [day_ends_at(t["last_day"]) for t in call["tiers"]]
    assert (call["state"], call["quota_per_bureau"], call["provisional"]) == ("open", 2, False)


def test_days_counted_through_a_year_without_a_calendar_are_marked(called: Town) -> None:
    assert shown(called, opened(called, department_until=D("2027-02-26")))["provisional"] is True


def test_the_countdown_says_days_hours_and_last_moment(called: Town) -> None:
    number = opened(called)
    called.to("2026-04-11", 9)
    first = shown(called, number)["tiers"][0]
    assert (first["days_left"], first["hours_left"], first["over"]) == (2, 15, False)
    called.to("2026-04-14", 0)
    first = shown(called, number)["tiers"][0]
    assert (first["days_left"], first["hours_left"], first["over"]) == (0, 0, True)
    assert shown(called, number)["state"] == "closed"


def test_a_call_is_the_departments_under_a_regulation_with_calls_and_its_number_is_used_once(called: Town) -> None:
    for other in (called.bureau(), called.applicant(), called.auditor(), PUBLIC):
        called.refused(NotEntitled, other, calls.open_call, **words())
    officer = called.department()
    called.refused(LawIsSilent, officer, calls.open_call, **words(regulation=SILENT))
    all_year = called.refused(BadInput, officer, calls.open_call, **words(regulation=HUNAN))
    assert all_year.findings[0].field == "regulation" and all_year.basis == "assumption"
    opened(called)
    called.refused(AlreadyDone, officer, calls.open_call, **words(document_number="湘工信电子[2026]第030号"))
    called.refused(NotFound, PUBLIC, calls.get_call, "湘工信电子〔2026〕31号")
    assert shown(called, "湘工信电子[2026]30号")["number"] == DOCUMENT


@pytest.mark.parametrize(("changes", "field"), [
    ({"document_number": "三十号"}, "document_number"), ({"title": " "}, "title"), ({"opens_on": D("2026-03-01")}, "opens_on"),
    ({"department_until": D("2026-03-10")}, "department_until"), ({"opens_on": D("2026-04-20")}, "department_until"),
    ({"department_until": D("2031-04-30"), "opens_on": D("2031-01-05")}, "opens_on"),
])
def test_a_call_that_cannot_be_is_refused_by_field(called: Town, changes: dict[str, Any], field: str) -> None:
    refusal = called.refused(BadInput, called.department(), calls.open_call, **words(**changes))
    assert field in [f.field for f in refusal.findings]


# --------------------------------------------------------------------------------------------------------- the window


def test_all_year_round_an_application_needs_no_call(town: Town) -> None:
    number = town.submitted()
    assert town.show(number)["call"] is None


def test_a_regulation_that_does_not_say_takes_no_application(called: Town) -> None:
    refusal = called.refused(LawIsSilent, called.applicant(), applications.open_application,
                             enterprise=next(iter(called.applicant().enterprises.values())), regulation=SILENT)
    assert refusal.article == "intake"


def test_without_a_call_before_it_and_after_it_nothing_is_opened(called: Town) -> None:
    maker = called.applicant()
    asked = {"enterprise": next(iter(maker.enterprises.values())), "regulation": CALLED}
    none = called.refused(NotOpen, maker, applications.open_application, **asked)
    assert "没有申报通知" in none.detail.zh and none.basis == "assumption"
    opened(called, opens_on=D("2026-03-16"))
    early = called.refused(NotOpen, maker, applications.open_application, **asked)
    assert "2026-03-16 00:00" in early.detail.zh and "2026-03-16 00:00" in early.detail.en
    called.to("2026-03-16", 0)
    assert called.draft(maker, regulation=CALLED)
    called.to("2026-04-14", 0)
    late = called.refused(NotOpen, maker, applications.open_application, **asked)
    assert "2026-04-13 24:00" in late.detail.zh and "2026-04-13 24:00" in late.detail.en


def test_a_draft_is_handed_in_until_the_last_second_and_not_after(called: Town) -> None:
    opened(called)
    first, second = (called.draft(called.applicant(i), regulation=CALLED) for i in (0, 1))
    assert called.show(first)["call"]["number"] == DOCUMENT
    called.to("2026-04-13", 23, 59, 59)
    called.do(called.applicant(), applications.submit, first)
    called.to("2026-04-14", 0)
    refusal = called.refused(NotOpen, called.applicant(1), applications.submit, second)
    assert "2026-04-13 24:00" in refusal.detail.zh
    assert called.show(second)["status"] == "draft" and called.show(first)["call"]["number"] == DOCUMENT


def test_a_supplement_comes_back_by_its_own_term_after_the_call_has_closed(called: Town) -> None:
    opened(called)
    number = called.submitted(regulation=CALLED)
    called.to("2026-04-13")
    called.supplement(number)
    called.to("2026-04-15")
    called.do(called.applicant(), applications.resubmit, number)
    assert called.show(number)["status"] == "preliminary_review"


def test_a_renewal_goes_by_its_own_window_needs_no_call_and_takes_no_place(yearly: Town) -> None:
    """Certificates of one year: renewed while no call is open, endorsed though the quota of the old call is used."""
    opened(yearly)
    used = [yearly.to_announce(regulation=CALLED), yearly.endorsed(yearly.applicant(1), regulation=CALLED)]
    [certificate] = yearly.announced(used[0])
    yearly.to("2026-12-01")
    renewal = yearly.submitted(regulation=None, renews=certificate)
    assert yearly.show(renewal)["call"] is None
    yearly.do(yearly.bureau(), applications.endorse, renewal)


def test_a_bureau_endorses_until_its_own_last_day(called: Town) -> None:
    opened(called)
    first, second = (called.submitted(regulation=CALLED) for _ in range(2))
    called.to("2026-04-23", 23, 59, 59)
    called.do(called.bureau(), applications.endorse, first)
    called.to("2026-04-24", 0)
    refusal = called.refused(NotOpen, called.bureau(), applications.endorse, second)
    assert "2026-04-23 24:00" in refusal.detail.zh
    called.do(called.bureau(), applications.refuse, second, "out_of_scope", "逾期未推荐")


def test_a_bureau_endorses_within_its_quota_and_each_bureau_has_its_own(called: Town) -> None:
    call = opened(called)
    mine = [called.submitted(regulation=CALLED) for _ in range(3)]
    other = called.submitted(called.applicant(1, ZHUZHOU), regulation=CALLED)
    for number in mine[:2]:
        called.do(called.bureau(), applications.endorse, number)
    refusal = called.refused(NotYet, called.bureau(), applications.endorse, mine[2])
    rule = called.office.law.regulation(CALLED).intake_rule()
    assert "2 项" in refusal.detail.zh and (refusal.article, refusal.basis) == (rule.article, rule.basis)
    called.do(called.bureau(ZHUZHOU), applications.endorse, other)
    assert [q["used"] for q in shown(called, call, called.bureau())["quotas"]] == [2]
    assert {q["prefecture"]: q["used"] for q in shown(called, call, called.department())["quotas"]}[ZHUZHOU] == 1
    assert shown(called, call)["quotas"] == []
    called.do(called.applicant(), applications.withdraw, mine[0], "改报明年")
    called.do(called.bureau(), applications.endorse, mine[2])


def test_endorsing_many_counts_the_quota_before_anything_is_done(called: Town) -> None:
    opened(called)
    listed = [called.submitted(regulation=CALLED) for _ in range(3)]
    bureau = called.bureau(CHANGSHA)
    with called.office.reading(bureau) as r:
        preview = queues.preview_endorsements(r, listed)
    assert [item["may"] for item in preview] == [True, True, False]
    outcomes = queues.endorse_each(lambda: called.office.registrar(bureau), {i["number"]: i["version"] for i in preview}, "同意")
    assert [type(o.refusal) for o in outcomes] == [type(None), type(None), NotYet]
    assert [called.show(n)["status"] for n in listed] == ["expert_review", "expert_review", "preliminary_review"]


# ---------------------------------------------------------------------------------------------------------- the file


@pytest.mark.parametrize(("change", "key"), [
    (('mode = "all_year"\n', 'mode = "sometimes"\n'), "intake.mode"),
    (('mode = "all_year"\n', 'mode = "calls"\n'), "intake.bureau_before"),
    (('mode = "all_year"\n', 'mode = "all_year"\nquota_per_bureau = 3\n'), "intake.quota_per_bureau"),
    (('mode = "all_year"\n', 'mode = "all_year"\nbureau_before = { length = 5, unit = "working_day" }\n'), "intake.bureau_before"),
])
def test_a_file_says_either_calls_with_their_days_or_all_year(tmp_path: Path, change: tuple[str, str], key: str) -> None:
    with pytest.raises(Exception, match=key.replace(".", r"\.")):
        load_law(another_law(tmp_path, "wrong", "2025", change))


def test_hunans_file_takes_applications_all_year_and_says_that_nobody_confirmed_it(town: Town) -> None:
    rule = town.office.law.regulation(HUNAN).intake_rule()
    assert (rule.mode, rule.basis) == ("all_year", "assumption")
