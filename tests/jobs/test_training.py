"""The training office: filled by walking the desks, in every state there is; its clock, moved, runs every job on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from jobs import audit, remind, sweep
from jobs.schedule import WALK
from jobs.training.cast import read_cast
from jobs.training.clock import advance
from jobs.training.fill import LAW, fill, is_empty
from jobs.training.papers import write_pdf
from registry.actors import PUBLIC, READER, SYSTEM, Actor
from registry.books.models import Application, Certificate, Document, Letter, Reminder
from registry.clock import OFFICE_ZONE, FrozenClock, day_ends_at, day_starts_at
from registry.desks import accounts, enquiries, holds, rehearsals, tasks
from registry.desks import jobs as desk
from registry.desks.enquiries.queues import VIEWS
from registry.errors import BadInput, OnlyInTraining, Outdated
from registry.law.codes import credit_code_fault, credit_code_warning
from registry.law.library import load_law
from registry.law.lifecycle import states
from registry.office import Office
from registry.settings import Settings
from tests.factories import START, Town

UNTIL = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def test_the_invented_codes_check_and_the_one_that_should_fail_fails() -> None:
    houses = read_cast().enterprises.values()
    assert len(houses) >= 15 and len({h.prefecture for h in houses}) == 14 and all("虚构" in h.name for h in houses)
    for house in houses:
        fault = credit_code_fault(house.credit_code)
        assert (fault is not None and fault.code.endswith("check")) if house.code_fails else fault is None
        assert house.code_fails or credit_code_warning(house.credit_code) is None


def test_the_invented_predecessor_says_that_it_is_invented_and_shipped_law_does_not_have_it() -> None:
    law = load_law(LAW)
    old = law.regulation("hunan-components-2020-training")
    assert "并非真实文件" in old.title.zh and "not a real document" in old.title.en
    assert {leaf.basis for leaf in old.leaves()} == {"assumption"}
    new = law.successor(old.family, old.effective_until + timedelta(days=1))
    assert new is not None and new.id == "hunan-components-2025"
    assert old.id not in load_law().regulations


def test_papers_are_real_pdfs() -> None:
    content = write_pdf("检测报告", ["产品：继电器", "plain words"])
    assert content.startswith(b"%PDF-1.4") and content.rstrip().endswith(b"%%EOF")
    start = int(content.rstrip().split(b"\n")[-2])
    assert content[start:].startswith(b"xref")
    offsets = [int(line[:10]) for line in content[start:].split(b"\n")[3:] if line.endswith(b" n ")]
    assert [content[at:].split(b" ")[0] for at in offsets] == [str(n).encode() for n in range(1, len(offsets) + 1)]


@pytest.mark.once
def test_the_whole_office_is_walked_into_being_and_on_for_five_years(tmp_path: Path) -> None:
    """One fill, since it takes a while; what is said of it stands in the functions below."""
    settings = Settings(data=tmp_path / "office", training=True, secret_key="tests")
    seen: list[tuple[int, int | None]] = []
    fill(settings, UNTIL, lambda done, total, what: seen.append((done, total)))
    assert len(seen) > 100 and {p.name for p in settings.data.iterdir()} == {"documents", "letters", "registry.sqlite"}
    office = Office(settings, FrozenClock(UNTIL), further_law=[LAW])
    try:
        office.prepare()
        assert not is_empty(office)
        everything_is_there(office)
        dates_are_spread(office)
        accounts_are_listed(office)
        overdue_work_will_rise_to_its_head(office)
        renewals_are_not_reminded_of(office)
        assert audit.run(office).ok
        five_years_on(office)
    finally:
        office.close()


def everything_is_there(office: Office) -> None:
    with office.reading(SYSTEM) as r:
        applications, certificates = list(r.session.exec(select(Application))), list(r.session.exec(select(Certificate)))
        documents, letters = list(r.session.exec(select(Document))), list(r.session.exec(select(Letter)))
        classes = {r.law.taxonomies["electronic-components-2021"].leaf(c.product_class).class_key for c in certificates}
    elsewhere = {"formal_examination", "site_inspection", "inspected"}  # no stage of these measures, or long past
    roads = {state for state in states("application") if state not in elsewhere}
    assert {a.status for a in applications} == roads
    assert {c.status for c in certificates} == set(states("certificate"))
    assert any(c.valid_from > office.today() for c in certificates)  # the early renewal
    assert len({a.product for a in applications}) >= 40 and len(classes) == 6
    assert any(a.renews and a.status == "expert_review" for a in applications)
    assert any(a.status == "expert_review" for a in applications) and len(documents) > 200
    assert letters and all(letter.sent_at and not letter.fault for letter in letters)
    assert sweep.run(office, dry_run=True).lines == [] and remind.run(office, dry_run=True).lines == []


def dates_are_spread(office: Office) -> None:
    page = certificates_of(office, standing="valid")
    left = [(c["valid_until"] - office.today()).days for c in page]
    assert [days for days in left if days <= 30] and [d for d in left if 30 < d <= 90] and [d for d in left if 90 < d <= 180]
    words = {c["standing"] for c in certificates_of(office)}
    assert words == {"valid", "suspended", "revoked", "expired", "surrendered", "superseded", "not_yet_valid"}


def certificates_of(office: Office, **wanted: Any) -> list[dict[str, Any]]:
    with office.reading(PUBLIC) as r:
        return list(enquiries.search_certificates(r, limit=100, **wanted)["items"])


def accounts_are_listed(office: Office) -> None:
    with office.reading(PUBLIC) as r:
        listed = accounts.training_accounts(r)
    roles = [account["role"] for account in listed]
    assert roles.count("bureau_officer") == 17 and roles.count("expert") >= 9 and roles.count("applicant") >= 15
    assert roles.count("head") == 15 and {"administrator", "auditor", "department_officer"} <= set(roles)
    a_morning_waits_in_chenzhou(office)
    something_lies_on_every_desk(office)
    with office.registrar(PUBLIC) as r:
        assert accounts.sign_in(r, login=listed[0]["login"], password=listed[0]["password"])


def something_lies_on_every_desk(office: Office) -> None:
    """Changes of certificates asked for and granted, a report to look into, something on hold."""
    with office.reading(READER) as r:
        assert {a["status"] for a in enquiries.search_amendments(r, open=None)["items"]} == {"requested", "granted"}
        assert len(tasks.search_tasks(r)["items"]) == 1 and len(holds.search_held(r)) == 1
    a_call_is_open_with_a_draft_under_it(office)
    assert any(show(office, c["number"])["edition"] == 2 for c in certificates_of(office))


def a_call_is_open_with_a_draft_under_it(office: Office) -> None:
    with office.reading(signed_in(office, "zhuozheng")) as r:
        (call,), (draft,) = enquiries.calls_in_reach(r), enquiries.search_applications(r)["items"]
    assert (draft["status"], draft["submit_by"]) == ("draft", call["tiers"][0]["last_day"])


def signed_in(office: Office, login: str) -> Actor:
    with office.registrar(PUBLIC) as r:
        secret = accounts.sign_in(r, login=login, password=read_cast().password)
    with office.reading(PUBLIC) as r:
        return accounts.actor_for(r, secret)


def a_morning_waits_in_chenzhou(office: Office) -> None:
    """Its officers find one that came back, one that is overdue, a fresh one, one in somebody's hands; and an objection."""
    with office.reading(signed_in(office, "chenzhou")) as r:
        queue = {view: [i for g in enquiries.worklist(r, view=view) for i in g["items"]] for view in VIEWS}
        assert len(queue["all"]) == 3 and all(queue[view] for view in ("unclaimed", "resubmitted", "overdue"))
        assert {"supplement", "objected"} <= {a["status"] for a in enquiries.search_applications(r)["items"]}
    assert any(i["claim"] for i in queue["all"])


def overdue_work_will_rise_to_its_head(office: Office) -> None:
    """Every bureau has its head, and the rehearsal names them in the letters about work that nobody does."""
    with office.reading(SYSTEM) as r:
        risen = [x.address for step in rehearsals.foresee(r, days=60) if step.entry.facts.get("role") == "head" for x in step.letters]
    assert risen and all(address.endswith("-head@office.example") for address in risen)
    assert any(address != "department-head@office.example" for address in risen)


def renewals_are_not_reminded_of(office: Office) -> None:
    """Whoever has filed a renewal, or has the next certificate already, hears no more of the end of the old one."""
    with office.reading(SYSTEM) as r:
        filed = {a.renews: a.submitted_at for a in r.session.exec(select(Application)) if a.renews and a.submitted_at}
        numbers = {c.id: c.number for c in r.session.exec(select(Certificate))}
        late = [m for m in r.session.exec(select(Reminder))
                if (at := filed.get(numbers[m.certificate_id])) is not None and m.recorded_at > at]
    assert filed and late == []


def five_years_on(office: Office) -> None:
    """Each certificate says that it is over from its own last moment on, before any sweep and after."""
    held = certificates_of(office, standing="valid")
    number, until = held[-1]["number"], held[-1]["valid_until"]
    office.set_clock(day_ends_at(until) - timedelta(seconds=1))
    assert show(office, number)["standing"] == "valid"
    office.set_clock(day_ends_at(until))
    assert show(office, number)["standing"] == "expired"  # no sweep has run
    events = advance(office, datetime(2031, 11, 23, 2, 0, tzinfo=UTC))
    assert office.today() == date(2031, 11, 23) and [e.at for e in events] == sorted(e.at for e in events)
    for certificate in held:
        last_day = certificate["valid_until"]
        if certificate["replaced_by"] is None and until < last_day < office.today():
            (ended,) = [e for e in events if certificate["number"] in e.line and e.job == "sweep"]
            assert ended.at == day_starts_at(last_day + timedelta(days=1)) + timedelta(minutes=1)
            assert show(office, certificate["number"])["standing"] == "expired"
    assert {key for e in events if e.job == "remind" for key in re.findall(r"reminder (\w+)", e.line)} == {"180d", "90d", "30d", "7d"}
    assert audit.run(office).ok


def show(office: Office, number: str) -> dict[str, Any]:
    with office.reading(PUBLIC) as r:
        return enquiries.show_certificate(r, number)


# ------------------------------------------------------------------------------------------------------------ the clock


@pytest.fixture
def training(database_url: str, tmp_path: Path) -> Iterator[Town]:
    clock = FrozenClock(START)
    office = Office(Settings(data=tmp_path / "data", database_url=database_url, training=True, secret_key="tests"), clock)
    office.prepare()
    yield Town(office, clock)
    office.close()


def test_everything_on_the_way_happens_in_its_night(training: Town) -> None:
    number = training.certified()
    until = training.certificate(number)["valid_until"]
    events = advance(training.office, until + timedelta(days=30))
    local = [(e.job, e.at.astimezone(OFFICE_ZONE)) for e in events if e.job in ("remind", "sweep") and number in e.line]
    assert [job for job, _ in local] == ["remind"] * 4 + ["sweep"]
    assert [at.date() for _, at in local] == [until - timedelta(days=n) for n in (180, 90, 30, 7)] + [until + timedelta(days=1)]
    assert training.certificate(number)["standing"] == "expired"
    letters = {e.at for e in events if e.job == "deliver" and "expiring" in e.line}
    assert len(letters) == 4  # each sent in its own night
    assert advance(training.office, until + timedelta(days=60)) == []


def test_a_day_means_that_day_at_the_present_time_of_day(training: Town) -> None:
    advance(training.office, date(2026, 5, 1))
    assert training.office.now().astimezone(OFFICE_ZONE).isoformat() == "2026-05-01T09:00:00+08:00"


def test_what_is_due_already_is_done_on_the_first_night(training: Town) -> None:
    number = training.reviewed()
    training.noticed(number)
    training.clock.set(training.show(number)["due"]["at"] + timedelta(minutes=1))
    events = advance(training.office, training.office.now() + timedelta(hours=1))
    assert [(e.job, e.at.astimezone(OFFICE_ZONE).strftime("%H:%M")) for e in events if e.job == "sweep"] == [("sweep", "00:01")]
    assert training.show(number)["status"] == "announcement"


def test_a_mail_server_that_is_away_does_not_hold_up_the_clock(training: Town) -> None:
    training.submitted()
    training.office.settings = replace(training.office.settings, smtp_url="smtp://127.0.0.1:1")
    events = advance(training.office, date(2027, 3, 2))
    assert 1 <= len([e for e in events if "unreachable" in e.line]) < 10


@pytest.mark.parametrize("to", [date(2026, 3, 2), date(2026, 3, 1), START, START - timedelta(seconds=1)])
def test_the_clock_only_moves_forward(training: Town, to: date | datetime) -> None:
    with pytest.raises(BadInput):
        advance(training.office, to)
    assert training.office.now() == START


def test_two_cannot_move_it_at_once(training: Town) -> None:
    with training.office.registrar(SYSTEM) as r:
        desk.take_lease(r, WALK, "somebody else", 300)
    with pytest.raises(Outdated):
        advance(training.office, date(2026, 5, 1))


def test_outside_training_the_clock_cannot_be_moved_nor_the_office_filled(office: Office) -> None:
    before = office.now()
    with pytest.raises(OnlyInTraining):
        advance(office, date(2030, 1, 1))
    with pytest.raises(OnlyInTraining):
        fill(office.settings, UNTIL)
    with pytest.raises(OnlyInTraining):
        office.set_clock(before + timedelta(days=1))
    assert office.now() == before
    with office.reading(PUBLIC) as r:
        assert accounts.training_accounts(r) == []
