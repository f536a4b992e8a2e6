"""Calls for applications: when they are taken, the days of each tier, and what a bureau may endorse under one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import jobs.remind
from registry.actors import CLOCK, PUBLIC, SYSTEM
from registry.clock import FrozenClock, day_ends_at
from registry.desks import applications, call_reminders, calls, enquiries, letters, queues, rehearsals
from registry.errors import AlreadyDone, BadInput, LawIsSilent, NotEntitled, NotFound, NotOpen, NotYet, Outdated
from registry.law.intake import Bonus, IntakeRule, counts_certificates, quota_of
from registry.law.library import load_law
from registry.office import Office
from registry.settings import Settings
from registry.words import Text
from tests.factories import CHANGSHA, HUNAN, ZHUZHOU, Town, another_law

D = date.fromisoformat
CALLED, SILENT = "called-2025", "silent-2025"
DOCUMENT = "湘工信电子〔2026〕30号"
BY_CALLS = (
    'mode = "all_year"\n',
    'mode = "calls"\nbureau_before = { length = 5, unit = "working_day" }\nenterprise_before = { length = 10, unit = "natural_day" }\n'
    "quota_per_bureau = 2\n",
)

REMINDERS = "".join(
    f'[[intake.reminders]]\nkey = "{key}"\ntier = "{tier}"\nbefore = {{ length = {days}, unit = "natural_day" }}\n'
    'article = "测试"\nbasis = "assumption"\n\n' for key, tier, days in (("3d", "enterprise", 3), ("b2d", "bureau", 2)))


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
def reminded(database_url: str, tmp_path: Path, clock: FrozenClock) -> Iterator[Town]:
    """A town whose calls are reminded of: enterprises three days before their last day, bureaus two before theirs."""
    folder = another_law(tmp_path / "law", "called", "2025", BY_CALLS, ("# ---- 期限 | lengths of time\n", REMINDERS))
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
    assert refusal.article is None and refusal.action and "intake" in refusal.action.zh


def test_without_a_call_before_it_and_after_it_nothing_is_opened(called: Town) -> None:
    maker = called.applicant()
    asked = {"enterprise": next(iter(maker.enterprises.values())), "regulation": CALLED}
    none = called.refused(NotOpen, maker, applications.open_application, **asked)
    assert "没有申报通知" in none.detail.zh and none.basis == "assumption"
    opened(called, opens_on=D("2026-03-16"))
    early = called.refused(NotOpen, maker, applications.open_application, **asked)
    assert "2026年3月16日 00:00" in early.detail.zh and "16 March 2026, 00:00" in early.detail.en
    called.to("2026-03-16", 0)
    assert called.draft(maker, regulation=CALLED)
    called.to("2026-04-14", 0)
    late = called.refused(NotOpen, maker, applications.open_application, **asked)
    assert "2026年4月13日 24:00" in late.detail.zh and "13 April 2026 24:00" in late.detail.en


def test_a_draft_is_handed_in_until_the_last_second_and_not_after(called: Town) -> None:
    opened(called)
    first, second = (called.draft(called.applicant(i), regulation=CALLED) for i in (0, 1))
    assert called.show(first)["call"]["number"] == DOCUMENT
    called.to("2026-04-13", 23, 59, 59)
    called.do(called.applicant(), applications.submit, first)
    called.to("2026-04-14", 0)
    refusal = called.refused(NotOpen, called.applicant(1), applications.submit, second)
    assert "2026年4月13日 24:00" in refusal.detail.zh
    assert called.show(second)["status"] == "draft" and called.show(first)["call"]["number"] == DOCUMENT


def test_the_check_of_a_draft_says_that_its_call_is_closed_too(called: Town) -> None:
    opened(called)
    number, maker = called.draft(regulation=CALLED), called.applicant()
    assert called.do(maker, applications.check, number) == []
    called.to("2026-04-14", 0)
    [found] = called.do(maker, applications.check, number)
    refusal = called.refused(NotOpen, maker, applications.submit, number)
    assert (found.field, found.code, found.message, found.action) == (applications.SUBMISSION, refusal.slug, refusal.detail, refusal.action)


def test_a_supplement_comes_back_by_its_own_term_after_the_call_has_closed(called: Town) -> None:
    opened(called)
    number = called.submitted(regulation=CALLED)
    called.to("2026-04-13")
    called.supplement(number)
    called.to("2026-04-15")
    called.do(called.applicant(), applications.resubmit, number, "已补")
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
    assert "2026年4月23日 24:00" in refusal.detail.zh
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


# --------------------------------------------------------------------------------------------------------------- told


def test_a_call_is_told_to_the_enterprises_that_have_registered_and_to_the_bureaus(called: Town) -> None:
    called.applicant(), called.applicant(1, ZHUZHOU), called.bureau(), called.expert()
    opened(called)
    for login in ("maker-0", "maker-1", f"bureau-{CHANGSHA}"):
        [letter] = called.letters_to(login)
        assert DOCUMENT in letter.subject and "2026年4月13日" in letter.body and letter.bundle == "call"
    assert called.letters_to("department") == called.letters_to("expert-1") == []
    assert called.letters_to("maker-0")[0].enterprise_id is not None  # undeliverable, it becomes a task of the bureau


def test_two_calls_of_one_day_are_one_mail(called: Town) -> None:
    called.applicant()
    opened(called)
    opened(called, document_number="湘工信电子〔2026〕31号")
    with called.office.registrar(SYSTEM) as r:
        first = next(x for x in letters.search_unsent(r) if x.address == "maker-0@example.com")
        mail = letters.take_up(r, first.id, again_at=r.now)
    assert mail is not None and "2 件" in mail.subject and len(mail.fellows) == 1


def remind(town: Town) -> list[tuple[str, str]]:
    with town.office.reading(CLOCK) as r:
        due = call_reminders.search_call_reminders(r)
    return [(number, stage) for number, stage, _ in due if town.do(CLOCK, call_reminders.remind_of_call, number, stage)]


def test_the_last_days_are_told_to_whom_they_still_concern_once(reminded: Town) -> None:
    town = reminded
    town.applicant(), town.applicant(1, ZHUZHOU), town.bureau(), town.bureau(ZHUZHOU), town.department()
    opened(town)
    town.submitted(regulation=CALLED)  # who has handed in is not reminded
    town.to("2026-04-09")
    assert remind(town) == []
    town.to("2026-04-11")
    with town.office.reading(town.department()) as r:
        foreseen = [(i["kind"], i["stage"], [x["address"] for x in i["letters"]]) for d in rehearsals.rehearse(r, days=12)["days"]
                    for i in d["items"] if i["kind"] == "call"]
    assert foreseen == [("call", "3d", ["maker-1@example.com"]), ("call", "b2d", [f"bureau-{CHANGSHA}@example.com"])]
    assert remind(town) == [(DOCUMENT, "3d")] and remind(town) == []
    last = town.letters_to("maker-1")[-1]
    assert "13 April 2026" in last.body and "即将截止" in last.subject
    assert all("即将截止" not in x.subject for x in town.letters_to("maker-0"))
    town.to("2026-04-21")
    assert remind(town) == [(DOCUMENT, "b2d")]
    assert "2026年4月23日" in town.letters_to(f"bureau-{CHANGSHA}")[-1].body
    assert all("即将截止" not in x.subject for x in town.letters_to(f"bureau-{ZHUZHOU}"))
    for other in (town.department(), town.applicant()):
        town.refused(NotEntitled, other, call_reminders.remind_of_call, DOCUMENT, "3d")


def test_where_the_regulation_sets_no_reminders_nobody_is_reminded(called: Town) -> None:
    called.applicant()
    opened(called)
    called.to("2026-04-13")
    assert remind(called) == []


def test_the_nightly_run_reminds_of_calls_and_what_was_planned_is_what_was_done(reminded: Town) -> None:
    town = reminded
    town.applicant()
    opened(town)
    town.to("2026-04-11")
    with town.office.reading(CLOCK) as r:
        plan = rehearsals.plan(r, "remind")
    assert plan is not None and plan.items == [f"call {DOCUMENT} remind 3d"]
    assert jobs.remind.run(town.office, dry_run=True).done == 1
    assert jobs.remind.run(town.office).done == 1 and jobs.remind.run(town.office).done == 0
    with town.office.reading(CLOCK) as r:
        assert rehearsals.reconcile(r, plan) == {"planned": 1, "done": 1, "missing": [], "unplanned": []}


# ------------------------------------------------------------------------------------------------- amended, withdrawn


def amended(town: Town, **changes: Any) -> str:
    return str(town.do(town.department(), calls.amend_call, DOCUMENT, **({"reason": "应企业要求延期"} | changes)))


def test_an_extended_call_keeps_both_versions_in_public_and_tells_them(called: Town) -> None:
    called.applicant(), called.bureau()
    opened(called)
    amended(called, department_until=D("2026-05-15"))
    call = shown(called, DOCUMENT)
    # Saturday 9 May is made up: five working days before the 15th.
    assert [t["last_day"] for t in call["tiers"]] == [D("2026-04-29"), D("2026-05-09"), D("2026-05-15")]
    assert [(v["edition"], v["reason"], v["tiers"][0]["last_day"]) for v in call["versions"]] == [
        (2, "应企业要求延期", D("2026-04-29")), (1, None, D("2026-04-13"))]
    for login in ("maker-0", f"bureau-{CHANGSHA}"):
        letter = called.letters_to(login)[-1]
        assert "变更" in letter.subject and "2026年4月29日" in letter.body and "应企业要求延期" in letter.body and "逾期" not in letter.body


def test_an_extension_opens_it_again_for_who_was_too_late_and_says_so(called: Town) -> None:
    opened(called)
    draft = called.draft(regulation=CALLED)
    called.to("2026-04-14")
    called.refused(NotOpen, called.applicant(), applications.submit, draft)
    amended(called, department_until=D("2026-05-15"))
    assert "此前因逾期未能提交的，可以在新的截止日前提交" in called.letters_to("maker-0")[-1].body
    called.do(called.applicant(), applications.submit, draft)
    assert called.show(draft)["call"]["number"] == DOCUMENT


def test_no_last_day_is_moved_into_the_past_and_one_that_is_over_stands(called: Town) -> None:
    opened(called)
    called.to("2026-04-10")
    too_early = called.refused(BadInput, called.department(), calls.amend_call, DOCUMENT, reason="提前",
                               department_until=D("2026-04-24"))
    assert [f.field for f in too_early.findings] == ["department_until"] and "早于今天" in too_early.findings[0].message.zh
    called.to("2026-04-16")
    amended(called, department_until=D("2026-05-06"))  # reckoned back, enterprises would have until the 14th: over, either way
    assert [t["last_day"] for t in shown(called, DOCUMENT)["tiers"]] == [D("2026-04-13"), D("2026-04-24"), D("2026-05-06")]


@pytest.mark.parametrize(("changes", "field"), [
    ({}, "department_until"), ({"reason": " ", "title": "新标题"}, "reason"), ({"opens_on": D("2026-03-09")}, "opens_on"),
    ({"title": " "}, "title"), ({"department_until": D("2026-03-10")}, "department_until"),
])
def test_an_amendment_that_cannot_be_is_refused_by_field(called: Town, changes: dict[str, Any], field: str) -> None:
    opened(called)
    wanted = {"reason": "更正"} | changes
    refusal = called.refused(BadInput, called.department(), calls.amend_call, DOCUMENT, **wanted)
    assert field in [f.field for f in refusal.findings]


def test_a_call_that_has_not_opened_may_open_on_another_day(called: Town) -> None:
    opened(called, opens_on=D("2026-03-16"))
    amended(called, opens_on=D("2026-03-09"), title="关于组织申报的通知（更正）")
    call = shown(called, DOCUMENT)
    assert (call["title"], call["state"], call["versions"][0]["opens_on"]) == ("关于组织申报的通知（更正）", "coming", D("2026-03-09"))
    called.to("2026-03-09", 0)
    assert called.draft(regulation=CALLED)


def test_only_the_department_amends_and_withdraws_and_not_by_an_older_page(called: Town) -> None:
    opened(called)
    for other in (called.bureau(), called.applicant(), called.auditor(), PUBLIC):
        called.refused(NotEntitled, other, calls.amend_call, DOCUMENT, reason="x", title="y")
        called.refused(NotEntitled, other, calls.withdraw_call, DOCUMENT, "x")
    seen = shown(called, DOCUMENT)["version"]
    amended(called, title="更正后的标题")
    called.refused(Outdated, called.department(), calls.amend_call, DOCUMENT, reason="x", title="z", expected=seen)
    called.refused(NotFound, called.department(), calls.withdraw_call, "湘工信电子〔2026〕99号", "x")


def test_a_withdrawn_call_takes_nothing_more_and_what_was_handed_in_goes_on(reminded: Town) -> None:
    town = reminded
    opened(town)
    handed_in, draft = town.submitted(regulation=CALLED), town.draft(town.applicant(1), regulation=CALLED)
    called_back = town.refused(BadInput, town.department(), calls.withdraw_call, DOCUMENT, " ")
    assert called_back.findings[0].field == "reason"
    town.do(town.department(), calls.withdraw_call, DOCUMENT, "文件内容有误，将重新发布。")
    refusal = town.refused(NotOpen, town.applicant(1), applications.submit, draft)
    assert "撤回" in refusal.detail.zh and "将重新发布" in refusal.detail.en
    town.do(town.bureau(), applications.endorse, handed_in)
    call = shown(town, DOCUMENT)
    assert call["state"] == "withdrawn" and call["withdrawn"]["reason"] == "文件内容有误，将重新发布。"
    assert "已撤回" in town.letters_to("maker-1")[-1].subject
    with town.office.reading(PUBLIC) as r:
        assert enquiries.search_calls(r, open=True)["items"] == []
    town.to("2026-04-13")
    assert remind(town) == []
    for act in (calls.withdraw_call, calls.amend_call):
        facts: dict[str, Any] = {"reason": "再次"}
        town.refused(AlreadyDone, town.department(), act, DOCUMENT, **facts)


# ------------------------------------------------------------------------------------------------------------ bonuses

EXTRA = """
[[intake.quotas]]
key = "capital"
label = { zh = "省会", en = "the capital" }
regions = ["430100"]
quota = 1
article = "测试第一条"
basis = "assumption"

[[intake.bonuses]]
key = "own_policy"
label = { zh = "本地区已出台配套政策", en = "the region has a policy of its own" }
more = 1
regions = ["430100", "430200"]
article = "测试第二条"
basis = "assumption"

[[intake.bonuses]]
key = "earlier_one"
label = { zh = "已认定1至2项", en = "1 or 2 certified before" }
more = 2
certified_at_least = 1
certified_at_most = 2
article = "测试第三条"
basis = "assumption"

[[intake.bonuses]]
key = "earlier_many"
label = { zh = "已认定3项以上", en = "3 or more certified before" }
more = 4
certified_at_least = 3
article = "测试第四条"
basis = "assumption"

[[intake.bonuses]]
key = "well_chosen"
label = { zh = "上一批推荐通过率高", en = "most of the last round approved" }
more = 2
by_call = true
article = "测试第五条"
basis = "assumption"

"""
HEADING = "# ---- 期限 | lengths of time\n"


@pytest.fixture
def rewarded(database_url: str, tmp_path: Path, clock: FrozenClock) -> Iterator[Town]:
    """A town whose quota is less in the capital, and more where there is a policy or were certifications."""
    folder = another_law(tmp_path / "law", "called", "2025", BY_CALLS, (HEADING, EXTRA + HEADING))
    settings = Settings(data=tmp_path / "data", database_url=database_url, secret_key="for tests only", law_dir=str(folder))
    office = Office(settings, clock)
    office.prepare()
    yield Town(office, clock)
    office.close()


def quotas(town: Town, call: str) -> dict[str, tuple[int, list[int]]]:
    found = shown(town, call, town.department())["quotas"]
    return {q["prefecture"]: (q["quota"], [p["places"] for p in q["parts"]]) for q in found}


def test_a_quota_is_its_base_and_every_bonus_that_applies(rewarded: Town) -> None:
    found = quotas(rewarded, opened(rewarded))
    assert (found[CHANGSHA], found[ZHUZHOU], found["430300"]) == ((2, [1, 1]), (3, [2, 1]), (2, [2]))


def test_earlier_certifications_add_to_the_quota_of_the_next_call(rewarded: Town) -> None:
    first = opened(rewarded)
    rewarded.certified(regulation=CALLED)
    assert quotas(rewarded, first)[CHANGSHA] == (2, [1, 1])  # not yet those that came of this very call
    rewarded.do(rewarded.department(), calls.withdraw_call, first, "另行通知")
    rewarded.wait(hours=1)
    later = opened(rewarded, document_number="湘工信电子〔2026〕31号")
    assert quotas(rewarded, later)[CHANGSHA] == (4, [1, 1, 2])


def test_a_bureau_is_told_the_parts_of_the_quota_that_it_has_used(rewarded: Town) -> None:
    opened(rewarded)
    mine = [rewarded.submitted(regulation=CALLED) for _ in range(3)]
    for number in mine[:2]:
        rewarded.do(rewarded.bureau(), applications.endorse, number)
    refusal = rewarded.refused(NotYet, rewarded.bureau(), applications.endorse, mine[2])
    assert "2 项（省会 1〔测试第一条〕 + 本地区已出台配套政策 1〔测试第二条〕）" in refusal.detail.zh


def given(prefecture: str, reason: str = "上一批10项通过9项", bonus: str = "well_chosen") -> dict[str, str]:
    return {"bonus": bonus, "prefecture": prefecture, "reason": reason}


def test_a_bonus_that_only_the_call_can_know_is_given_with_its_reason(rewarded: Town) -> None:
    call = opened(rewarded, bonuses=[given(ZHUZHOU), given(CHANGSHA, "上一批全部通过")])
    found = quotas(rewarded, call)
    assert (found[CHANGSHA], found[ZHUZHOU], found["430300"]) == ((4, [1, 1, 2]), (5, [2, 1, 2]), (2, [2]))
    assert [(x["name"].zh, x["more"], x["reason"], x["article"]) for x in shown(rewarded, call)["given"]] == [
        ("长沙市", 2, "上一批全部通过", "测试第五条"), ("株洲市", 2, "上一批10项通过9项", "测试第五条")]
    mine = [rewarded.submitted(regulation=CALLED) for _ in range(5)]
    for number in mine[:4]:
        rewarded.do(rewarded.bureau(), applications.endorse, number)
    no = rewarded.refused(NotYet, rewarded.bureau(), applications.endorse, mine[4])
    assert "4 项（省会 1〔测试第一条〕 + 本地区已出台配套政策 1〔测试第二条〕 + 上一批推荐通过率高 2〔测试第五条〕）" in no.detail.zh


def test_a_call_without_them_gives_none_and_an_amendment_may(rewarded: Town) -> None:
    call = opened(rewarded)
    assert quotas(rewarded, call)[ZHUZHOU] == (3, [2, 1])
    rewarded.do(rewarded.department(), calls.amend_call, call, reason="补充名额", bonuses=[given(ZHUZHOU)])
    assert quotas(rewarded, call)[ZHUZHOU] == (5, [2, 1, 2])
    rewarded.do(rewarded.department(), calls.amend_call, call, reason="更正标题", title="更正后的通知")
    assert quotas(rewarded, call)[ZHUZHOU] == (5, [2, 1, 2])  # what is not named stays
    rewarded.do(rewarded.department(), calls.amend_call, call, reason="核减名额", bonuses=[])
    assert quotas(rewarded, call)[ZHUZHOU] == (3, [2, 1])
    assert [[x["reason"] for x in v["given"]] for v in shown(rewarded, call)["versions"]] == [
        [], ["上一批10项通过9项"], ["上一批10项通过9项"], []]
    same = rewarded.refused(BadInput, rewarded.department(), calls.amend_call, call, reason="再次", bonuses=[])
    assert [f.code for f in same.findings] == ["unchanged"]


@pytest.mark.parametrize(("wanted", "said"), [
    ([given(CHANGSHA, bonus="own_policy")], ("bonuses.own_policy.430100", "unknown")),
    ([given("990100")], ("bonuses.well_chosen.990100", "unknown")),
    ([given(CHANGSHA, " ")], ("bonuses.well_chosen.430100", "missing")),
    ([given(CHANGSHA), given(CHANGSHA, "另一理由")], ("bonuses.well_chosen.430100", "twice")),
], ids=["what the file itself decides", "no region", "without a reason", "twice"])
def test_a_bonus_that_a_call_may_not_give_is_refused(rewarded: Town, wanted: list[dict[str, str]], said: tuple[str, str]) -> None:
    no = rewarded.refused(BadInput, rewarded.department(), calls.open_call, **words(bonuses=wanted))
    assert [(f.field, f.code) for f in no.findings] == [said]


def test_a_bonus_for_few_certifications_counts_them_too(rewarded: Town) -> None:
    few = Bonus(key="few", label=Text("此前认定少", "few before"), more=1, certified_at_most=2, article="测试", basis="assumption")
    rule = IntakeRule(mode="calls", quota_per_bureau=1, bonuses=(few,), article="测试", basis="assumption")
    assert counts_certificates(rule)
    assert [quota.total for n in (2, 3) if (quota := quota_of(rule, CHANGSHA, n))] == [2, 1]


@pytest.mark.parametrize(("old", "new", "said"), [
    ('regions = ["430100"]', 'regions = ["990100"]', "intake.quotas[1].regions: there is no region '990100'"),
    ("certified_at_most = 2", "certified_at_most = 0", "intake.bonuses[2].certified_at_most: must be at least 1"),
    ("certified_at_least = 1\n", "certified_at_least = 3\n", "intake.bonuses[2].certified_at_most: is less than 'certified_at_least'"),
    ('key = "earlier_many"', 'key = "earlier_one"', "'earlier_one' stands here twice"),
    ("more = 4", "more = 0", "intake.bonuses[3].more: must be at least 1"),
    ("quota = 1", "quota = -1", "intake.quotas[1].quota: must be at least 0"),
    ("by_call = true\n", 'by_call = true\nregions = ["430100"]\n', "intake.bonuses[4].regions: contradicts 'by_call'"),
    ("by_call = true\n", "by_call = true\ncertified_at_least = 2\n", "intake.bonuses[4].certified_at_least: contradicts 'by_call'"),
    ("by_call = true\n", 'by_call = "yes"\n', "intake.bonuses[4].by_call: must be true or false"),
])
def test_a_damaged_bonus_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(Exception, match=re.escape(said)):
        load_law(another_law(tmp_path, "wrong", "2025", BY_CALLS, (HEADING, EXTRA.replace(old, new, 1) + HEADING)))


# ---------------------------------------------------------------------------------------------------------- the file


@pytest.mark.parametrize(("change", "key"), [
    (('mode = "all_year"\n', 'mode = "sometimes"\n'), "intake.mode"),
    (('mode = "all_year"\n', 'mode = "calls"\n'), "intake.bureau_before"),
    (('mode = "all_year"\n', 'mode = "all_year"\nquota_per_bureau = 3\n'), "intake.quota_per_bureau"),
    (("# ---- 期限 | lengths of time\n", REMINDERS), "intake.reminders"),
    (('mode = "all_year"\n', 'mode = "all_year"\nbureau_before = { length = 5, unit = "working_day" }\n'), "intake.bureau_before"),
])
def test_a_file_says_either_calls_with_their_days_or_all_year(tmp_path: Path, change: tuple[str, str], key: str) -> None:
    with pytest.raises(Exception, match=key.replace(".", r"\.")):
        load_law(another_law(tmp_path, "wrong", "2025", change))


def test_hunans_file_takes_applications_all_year_and_says_that_nobody_confirmed_it(town: Town) -> None:
    rule = town.office.law.regulation(HUNAN).intake_rule()
    assert (rule.mode, rule.basis) == ("all_year", "assumption")


# ------------------------------------------------------------------------------------------- what a draft has time for


def _submit_by(town: Town, number: str) -> date | None:
    with town.office.reading(town.applicant()) as r:
        return next(a["submit_by"] for a in enquiries.search_applications(r)["items"] if a["number"] == number)


def test_a_draft_says_until_when_it_can_be_handed_in(yearly: Town) -> None:
    """Of its call; of its renewal's window; else of the regulation itself. Handed in, it has no such day any more."""
    town = yearly
    free = town.draft(regulation=HUNAN)
    assert _submit_by(town, free) == town.office.law.regulation(HUNAN).effective_until
    called = town.draft(regulation=CALLED)
    with town.office.reading(PUBLIC) as r:
        assert _submit_by(town, called) == enquiries.search_calls(r, open=True)["items"][0]["tiers"][0]["last_day"]
    certificate = town.certified(regulation=CALLED)
    town.to(town.certificate(certificate)["valid_until"])
    renewal = town.draft(renews=certificate)
    assert _submit_by(town, renewal) == town.certificate(certificate)["renewal"]["closes_on"]
    assert _submit_by(town, called) is None, "its call is over"
    town.do(town.applicant(), applications.submit, renewal)
    assert _submit_by(town, renewal) is None


def test_a_member_is_shown_the_calls_that_an_enterprise_of_theirs_could_answer(called: Town) -> None:
    called.call(CALLED)
    called.under("jiangsu-equipment-2023", prefix="js-").call("jiangsu-equipment-2023")
    at_home, away = called.applicant(), called.applicant(1, prefecture="320500")
    for who, regulation in ((at_home, CALLED), (away, "jiangsu-equipment-2023")):
        with called.office.reading(who) as r:
            assert [c["regulation"]["id"] for c in enquiries.calls_in_reach(r)] == [regulation]
    with called.office.reading(PUBLIC) as r:
        assert len(enquiries.calls_in_reach(r)) == 2, "who has no enterprise yet may become any"
