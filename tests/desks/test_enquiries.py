"""Reading: who sees what, standing in lists as in single answers, searching, paging."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from registry.actors import CLOCK, PUBLIC, SYSTEM, Actor
from registry.books.models import Application, Certificate, Letter
from registry.clock import office_day
from registry.desks import accounts, applications, certificates, enquiries, jobs
from registry.desks.enquiries.certificates import STANDINGS
from registry.desks.enquiries.paging import MOST
from registry.errors import BadInput, NotEntitled, NotFound
from registry.law.standing import standing_on
from tests.desks.conftest import BRIEF
from tests.factories import CHANGSHA, CODES, HUNAN, ZHUZHOU, Town

D = date.fromisoformat
READS: dict[str, Callable[..., Any]] = {
    "applications": enquiries.search_applications, "enterprises": enquiries.search_enterprises, "people": enquiries.search_people,
    "letters": enquiries.search_letters, "entries": enquiries.search_entries, "jobs": enquiries.search_job_runs,
    "objections": enquiries.search_objections, "certificates": enquiries.search_certificates, "notices": enquiries.search_notices,
    "announcements": enquiries.search_announcements,
}
REFUSED = "refused"
# How many of each a caller sees, in the town below. Three applications handed in (two in Changsha, one in Zhuzhou) and one
# draft; two enterprises; one certificate, one notice, one announcement, one objection.
SEEN: dict[str, dict[str, Any]] = {
    "maker of Changsha": {"applications": 3, "enterprises": 1, "people": REFUSED, "entries": REFUSED, "jobs": REFUSED, "objections": 0},
    "maker of Zhuzhou": {"applications": 1, "enterprises": 1, "people": REFUSED, "entries": REFUSED, "jobs": REFUSED, "objections": 0},
    "bureau of Changsha": {"applications": 2, "enterprises": 1, "people": REFUSED, "entries": REFUSED, "jobs": REFUSED, "objections": 0},
    "bureau of Zhuzhou": {"applications": 1, "enterprises": 1, "people": REFUSED, "entries": REFUSED, "jobs": REFUSED, "objections": 0},
    "department": {"applications": 3, "enterprises": 2, "people": 5, "entries": REFUSED, "jobs": REFUSED, "objections": 1},
    "expert": {"applications": 2, "enterprises": 0, "people": REFUSED, "entries": REFUSED, "jobs": REFUSED, "objections": 0},
    "auditor": {"applications": 3, "enterprises": 2, "people": 12, "entries": "all", "jobs": 1, "objections": 1},
    "administrator": {"applications": 0, "enterprises": 2, "people": 12, "entries": "all", "jobs": 1, "objections": 0},
    "nobody": {"applications": 0, "enterprises": 0, "people": REFUSED, "entries": REFUSED, "jobs": REFUSED, "objections": 0, "letters": 0},
}


def peopled(town: Town) -> dict[str, Actor]:
    """A town with a little of everything, and everybody in it."""
    maker, other = town.applicant(0, CHANGSHA), town.applicant(1, ZHUZHOU)
    office = [town.bureau(CHANGSHA), town.bureau(ZHUZHOU), town.department()]  # there when letters go out
    assert len(office) == 3
    town.draft(maker)
    done, noticed = town.reviewed(maker), town.reviewed(other)
    notice = town.noticed(done, noticed)
    town.object(notice, noticed)
    town.to("2026-03-12")
    town.sweep()
    town.announced(done)
    town.submitted(maker)
    town.do(SYSTEM, jobs.begin_run, "sweep")
    return {
        "maker of Changsha": maker, "maker of Zhuzhou": other, "bureau of Changsha": town.bureau(CHANGSHA),
        "bureau of Zhuzhou": town.bureau(ZHUZHOU), "department": town.department(), "expert": town.expert(1),
        "auditor": town.auditor(), "administrator": town.admin(), "nobody": PUBLIC,
    }


def count(town: Town, actor: Actor, what: str) -> Any:
    with town.office.reading(actor) as r:
        try:
            return len(READS[what](r, limit=100)["items"])
        except NotEntitled:
            return REFUSED


# --------------------------------------------------------------------------------------------------------------- scopes


def test_every_role_sees_its_own_business_and_no_more(town: Town) -> None:
    actors = peopled(town)
    entries = min(len(town.books()["entry"]), 100)
    for who, expected in SEEN.items():
        seen = {what: count(town, actors[who], what) for what in expected}
        assert seen == {what: entries if n == "all" else n for what, n in expected.items()}, who
        public = {what: count(town, actors[who], what) for what in ("certificates", "notices", "announcements")}
        assert public == {"certificates": 1, "notices": 1, "announcements": 1}, who


def test_a_list_shows_exactly_what_can_be_opened(town: Town) -> None:
    actors = peopled(town)
    with Session(town.office.engine) as session:
        numbers = session.exec(select(Application.number)).all()
    assert len(numbers) == 4
    for actor in actors.values():
        with town.office.reading(actor) as r:
            listed = {line["number"] for line in enquiries.search_applications(r)["items"]}
        opened = set()
        for number in numbers:
            with town.office.reading(actor) as r:
                try:
                    enquiries.show_application(r, number)
                except NotFound:
                    continue
            opened.add(number)
        assert listed == opened


def test_letters_are_ones_own(town: Town) -> None:
    actors = peopled(town)
    with Session(town.office.engine) as session:
        whole = session.exec(select(Letter)).all()
    for who in ("maker of Changsha", "bureau of Zhuzhou", "department", "expert"):
        with town.office.reading(actors[who]) as r:
            own = enquiries.search_letters(r, limit=100)["items"]
        assert len(own) == len([x for x in whole if x.person_id == actors[who].person_id]) > 0
        assert {x["address"] for x in own} == {f"{actors[who].login}@example.com"}
    assert count(town, actors["administrator"], "letters") == len(whole)


def test_an_enterprise_is_shown_to_its_members_its_bureau_and_the_office(town: Town) -> None:
    actors = peopled(town)
    allowed = {"maker of Changsha", "bureau of Changsha", "department", "auditor", "administrator"}
    for who, actor in actors.items():
        with town.office.reading(actor) as r:
            if who in allowed:
                assert [m["login"] for m in enquiries.show_enterprise(r, CODES[0])["members"]] == ["maker-0"]
            else:
                with pytest.raises(NotFound):
                    enquiries.show_enterprise(r, CODES[0])


def test_why_a_code_was_overridden_is_for_officers(town: Town) -> None:
    town.do(town.bureau(), accounts.register_enterprise, credit_code="91350100M000100Y4Z", name="老企业", prefecture=CHANGSHA,
            override_reason="早期代码")
    code = town.do(town.bureau(), accounts.invite, role="applicant", name="甲", enterprise="91350100M000100Y4Z")
    town.do(town.applicant(1), accounts.accept_invitation, code=code)
    for actor, expected in ((town.bureau(), "早期代码"), (town.auditor(), "早期代码"), (town.applicant(1), None)):
        with town.office.reading(actor) as r:
            assert enquiries.show_enterprise(r, "91350100M000100Y4Z")["code_override_reason"] == expected


def test_the_worklist_is_what_waits_for_the_caller(town: Town) -> None:
    actors = peopled(town)
    lists = {}
    for who, actor in actors.items():
        with town.office.reading(actor) as r:
            lists[who] = {group["status"]: len(group["items"]) for group in enquiries.worklist(r)}
    assert lists == {
        "maker of Changsha": {"draft": 1}, "maker of Zhuzhou": {}, "bureau of Changsha": {"preliminary_review": 1},
        "bureau of Zhuzhou": {}, "department": {"objected": 1}, "expert": {}, "auditor": {}, "administrator": {}, "nobody": {},
    }


# ------------------------------------------------------------------------------------------------------------- standing


def many_certificates(town: Town) -> list[str]:
    """One certificate of a year of every kind: untouched, suspended, revoked, surrendered, renewed early and late."""
    makers = [town.applicant(i % 3) for i in range(6)]
    found = [town.reviewed(maker, regulation=BRIEF) for maker in makers]
    town.noticed(*found)
    town.to("2026-03-12")
    plain, suspended, revoked, surrendered, early, late = issued = town.announced(*found)
    town.sanction(suspended, "suspend", "ip_in_dispute")
    town.sanction(revoked, "revoke", "false_material")
    town.do(makers[3], certificates.surrender_certificate, surrendered, "停产")
    town.to("2026-10-08")
    coming = town.to_announce(makers[4], renews=early, regulation=None)
    later = town.to_announce(makers[5], renews=late, regulation=None)
    issued += town.announced(coming)
    town.to("2027-04-20")
    town.sweep()
    issued += town.announced(later)
    assert plain
    return issued


def test_search_by_standing_and_the_computed_standing_agree_for_every_certificate_on_any_day(wide_town: Town) -> None:
    town = wide_town
    issued = many_certificates(town)
    with Session(town.office.engine) as session:
        rows = session.exec(select(Certificate)).all()
    assert len(rows) == len(issued) == 8
    edges = {day + timedelta(days=n) for c in rows for day in (c.valid_from, c.valid_until) for n in (-1, 0, 1)}
    chosen = random.Random(5)
    days = edges | {D("2026-01-01") + timedelta(days=chosen.randrange(1200)) for _ in range(15)}
    seen = set()
    for day in sorted(days):
        town.to(day, chosen.randrange(24), chosen.randrange(60))
        words = {
            c.number: standing_on(
                office_day(town.clock.now()), valid_from=c.valid_from, valid_until=c.valid_until, suspended=c.suspended,
                outcome=c.status if c.status in ("revoked", "surrendered") else None, renewed=c.renewed_by is not None).word
            for c in rows
        }
        seen |= set(words.values())
        with town.office.reading(PUBLIC) as r:
            for word in STANDINGS:
                items = enquiries.search_certificates(r, standing=word)["items"]
                assert {i["number"] for i in items} == {n for n, w in words.items() if w == word}, (day, word)
                # What is shown of each is judged by when the register knew it: only once all was done.
                assert day < D("2027-04-20") or {i["standing"] for i in items} <= {word}
    assert seen == set(STANDINGS)


def test_an_unknown_standing_is_refused_with_those_there_are(town: Town) -> None:
    with town.office.reading(PUBLIC) as r, pytest.raises(BadInput) as refusal:
        enquiries.search_certificates(r, standing="fine")
    assert refusal.value.findings[0].field == "standing" and "superseded" in refusal.value.detail.en


def test_days_left_count_today_and_the_last_day(town: Town) -> None:
    number = town.certified()

    def left(day: str) -> int:
        town.to(day)
        with town.office.reading(PUBLIC) as r:
            [line] = enquiries.search_certificates(r, q=number)["items"]
        return int(line["days_left"])

    assert [left(d) for d in ("2031-03-11", "2031-03-12", "2031-03-13")] == [2, 1, 0]


# ------------------------------------------------------------------------------------------------------------ searching


NAMES = ("100%弹片", "a_b连接器", "甲\\乙开关", "O'Neil 阻容", "普通电感")


def named(town: Town) -> None:
    maker = town.applicant()
    for name in NAMES:
        number = town.draft(maker)
        town.do(maker, applications.save_draft, number, {"product_name": name})


@pytest.mark.parametrize(("q", "expected"), [
    ("%", ["100%弹片"]), ("_", ["a_b连接器"]), ("\\", ["甲\\乙开关"]), ("0%弹", ["100%弹片"]), ("a_b", ["a_b连接器"]), ("axb", []),
    ("'", ["O'Neil 阻容"]), ("o'NEIL", ["O'Neil 阻容"]), ("%%", []), ("__", []), ("电感", ["普通电感"]), (" 电感 ", ["普通电感"]),
    ("' OR 1=1 --", []), ("", list(NAMES)), ("   ", list(NAMES)),
])
def test_what_is_searched_for_is_taken_literally(town: Town, q: str, expected: list[str]) -> None:
    named(town)
    with town.office.reading(town.applicant()) as r:
        assert sorted(i["product"] for i in enquiries.search_applications(r, q=q)["items"]) == sorted(expected)


def test_certificates_are_found_by_number_product_holder_code_and_model(town: Town) -> None:
    number = town.certified()
    for q in (number, number.lower(), number.replace("-", "—"), "高频高速", "湖南第0", CODES[0][4:12], "hx-112a"):
        with town.office.reading(PUBLIC) as r:
            assert [i["number"] for i in enquiries.search_certificates(r, q=q)["items"]] == [number], q
    for field, value in (("q", "HX112C"), ("holder", "第1电子"), ("holder", CODES[1]), ("regulation", "nowhere")):
        with town.office.reading(PUBLIC) as r:
            assert enquiries.search_certificates(r, **{field: value})["items"] == [], (field, value)
    for holder in (CODES[0], CODES[0].lower(), "第0电子"):
        with town.office.reading(PUBLIC) as r:
            assert len(enquiries.search_certificates(r, holder=holder, regulation=HUNAN)["items"]) == 1


def test_a_status_and_a_regulation_narrow_the_list(wide_town: Town) -> None:
    town = wide_town
    draft, submitted, brief = town.draft(), town.submitted(), town.draft(regulation=BRIEF)
    with town.office.reading(town.applicant()) as r:
        def found(**by: str) -> list[str]:
            return sorted(i["number"] for i in enquiries.search_applications(r, **by)["items"])

        assert found(status="draft") == sorted([draft, brief])
        assert found(regulation=HUNAN) == sorted([draft, submitted])
        assert found(status="draft", regulation=BRIEF) == [brief]


# --------------------------------------------------------------------------------------------------------------- paging


def test_pages_follow_one_another_without_gap_or_repetition_while_more_come_in(town: Town) -> None:
    maker = town.applicant()

    def opened() -> str:
        return str(town.do(maker, applications.open_application, enterprise=CODES[0], regulation=HUNAN))

    numbers = [opened() for _ in range(7)]
    found: list[str] = []
    cursor = None
    while True:
        with town.office.reading(maker) as r:
            page = enquiries.search_applications(r, cursor=cursor, limit=3)
        found += [i["number"] for i in page["items"]]
        opened()  # newer ones stand before the first page; they move nothing
        if (cursor := page["next"]) is None:
            break
    assert found == numbers[::-1]


@pytest.mark.parametrize(("limit", "size"), [(-5, 1), (0, 1), (1, 1), (MOST + 1, 4), (10**9, 4)])
def test_a_page_has_at_least_one_and_at_most_a_hundred(town: Town, limit: int, size: int) -> None:
    maker = town.applicant()
    for _ in range(4):
        town.do(maker, applications.open_application, enterprise=CODES[0], regulation=HUNAN)
    with town.office.reading(maker) as r:
        assert len(enquiries.search_applications(r, limit=limit)["items"]) == size


def cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize("forged", ["x", "%%%", "é", "AAAA", cursor("5"), cursor("k"), cursor("kx"), cursor("k5.5"), cursor("k" + "9" * 30),
                                    cursor("k9999999999999999999")])
def test_a_cursor_that_is_not_ours_is_refused(town: Town, forged: str) -> None:
    with town.office.reading(PUBLIC) as r, pytest.raises(BadInput) as refusal:
        enquiries.search_certificates(r, cursor=forged)
    assert refusal.value.findings[0].field == "cursor"


def test_a_page_that_is_just_full_has_no_next(town: Town) -> None:
    maker = town.applicant()
    for _ in range(3):
        town.do(maker, applications.open_application, enterprise=CODES[0], regulation=HUNAN)
    with town.office.reading(maker) as r:
        assert enquiries.search_applications(r, limit=3)["next"] is None
        assert enquiries.search_applications(r, limit=2)["next"] is not None


# -------------------------------------------------------------------------------------------------------------- the law


def test_a_regulation_is_shown_with_the_basis_of_its_figures(town: Town) -> None:
    with town.office.reading(PUBLIC) as r:
        shown = enquiries.show_regulation(r, HUNAN)
        line = next(found for found in enquiries.list_regulations(r) if found["id"] == HUNAN)
        with pytest.raises(NotFound):
            enquiries.show_regulation(r, "nowhere")
    assert set(shown["counts"]) == {"article", "instruction", "precedent", "assumption"}
    assert shown["validity"]["basis"] == "instruction" and shown["validity"]["words"].zh == "5年"
    assert len(shown["prefectures"]) == 14 and line["open"] is True
    assert set(shown["unknown"]) == {f"publication.{k}" for k in ("document_number", "registration_number", "issued_on")}


@pytest.mark.parametrize(("asked", "field"), [
    ({"unit": "fortnight"}, "unit"), ({"length": 0}, "length"), ({"length": 2001}, "length"), ({"ends": "never"}, "ends"),
    ({"start": D("1900-01-01")}, "start"),
])
def test_a_date_that_cannot_be_reckoned_is_refused_by_field(town: Town, asked: dict[str, Any], field: str) -> None:
    words: dict[str, Any] = {"start": D("2026-02-12"), "length": 5, "unit": "working_day"} | asked
    with town.office.reading(PUBLIC) as r, pytest.raises(BadInput) as refusal:
        enquiries.deadline(r, **words)
    assert [f.field for f in refusal.value.findings] == [field]


def test_a_date_is_reckoned_with_its_days_and_reasons(town: Town) -> None:
    with town.office.reading(PUBLIC) as r:
        found = enquiries.deadline(r, start=D("2026-02-12"), length=5, unit="working_day")
        unknown = enquiries.deadline(r, start=D("2026-12-25"), length=5, unit="working_day")
    assert (found["last_day"], found["provisional"], len(found["counted"])) == (D("2026-02-26"), False, 5)
    assert unknown["provisional"] is True and any("国办发明电〔2025〕7号" in b.zh for b in found["basis"])


def test_the_office_says_how_it_stands(town: Town) -> None:
    town.submitted()
    with town.office.reading(CLOCK) as r:
        state = enquiries.office_state(r)
    assert state["ledger_size"] == len(town.books()["entry"]) and state["training"] is False and state["today"] == town.today


def test_an_ended_application_shows_how_far_it_came_and_where_it_ended(town: Town) -> None:
    refused, lapsed, withdrawn = town.endorsed(), town.submitted(), town.draft()
    town.do(town.department(), applications.refuse, refused, "not_advanced", "不属于首创。")
    town.supplement(lapsed)
    town.do(town.applicant(), applications.withdraw, withdrawn, "不再申报。")
    town.to("2026-04-20")
    town.sweep()
    for number, expected in ((refused, ["done", "ended", "ahead", "ahead"]), (lapsed, ["ended", "ahead", "ahead", "ahead"]), (withdrawn, ["ahead"] * 4)):
        with town.office.reading(town.applicant()) as r:
            shown = enquiries.show_application(r, number)
        assert [s["state"] for s in shown["stages"]] == expected, shown["status"]
