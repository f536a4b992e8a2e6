"""Two writers at once, in threads, over a real engine: one act, one entry, and a clear word for whoever was not the first."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import Session, select

from registry.actors import CLOCK, PUBLIC
from registry.books import ledger
from registry.books.models import Application, Certificate, Entry, Series
from registry.clock import FrozenClock
from registry.desks import (
    accounts,
    applications,
    certificates,
    deadlines,
    enquiries,
    notices,
    reviews,
    supplements,
    webhooks,
)
from registry.errors import AlreadyDone, NotEntitled, NotFound, NotYet, Outdated, OutOfOrder, Refusal
from registry.law.lifecycle import Role
from registry.office import Office
from registry.settings import Settings
from tests.factories import CHANGSHA, CODES, HUNAN, PASSWORD, PDF, PROVINCE, Town, another_law, check_words

BRIEF = "brief-2025"
D = date.fromisoformat


def race(*acts: Callable[[], Any]) -> list[Any]:
    """All at once; what each returned or was refused with. Anything raised that is no Refusal fails the test."""
    start, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(i: int, act: Callable[[], Any]) -> None:
        start.wait()
        try:
            results[i] = act()
        except Exception as error:
            results[i] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for result in results:
        if isinstance(result, Exception):
            assert isinstance(result, Refusal), repr(result)
            check_words(result)
            assert not [word for word in ("UNIQUE", "constraint", "IntegrityError", "duplicate key") if word in str(result)]
    return results


def lost(results: list[Any]) -> list[type[Refusal]]:
    return [type(r) for r in results if isinstance(r, Refusal)]


def acts_of(town: Town, number: str) -> Counter[str]:
    with Session(town.office.engine) as session:
        return Counter(session.exec(select(Entry.act).where(Entry.subject == number)))


def check_ledger(town: Town) -> None:
    with town.office.reading(CLOCK) as r:
        assert list(ledger.verify(r.session)) == []


@pytest.fixture
def brief(database_url: str, tmp_path: Path, clock: FrozenClock) -> Iterator[Town]:
    """A town with certificates of one year."""
    law = another_law(tmp_path / "law", "brief", "2025", ("[validity]\nlength = 5\n", "[validity]\nlength = 1\n"))
    office = Office(Settings(data=tmp_path / "data", database_url=database_url, secret_key="for tests only", law_dir=str(law)), clock)
    office.prepare()
    yield Town(office, clock)
    office.close()


# ------------------------------------------------------------------------------------------------- one subject, two pens


@pytest.mark.parametrize("with_version", [False, True])
def test_two_officers_do_the_same_at_once(town: Town, with_version: bool) -> None:
    number, officer = town.submitted(), town.bureau()
    expected = town.show(number)["version"] if with_version else None
    results = race(*[lambda: town.do(officer, applications.endorse, number, expected=expected)] * 2)
    assert lost(results) == [Outdated if with_version else OutOfOrder]
    assert acts_of(town, number)["endorse"] == 1
    check_ledger(town)


def test_two_officers_decide_differently_at_once(town: Town) -> None:
    number, officer = town.submitted(), town.bureau()
    seen = town.show(number)["version"]
    results = race(
        lambda: town.do(officer, applications.endorse, number, expected=seen),
        lambda: town.do(officer, applications.refuse, number, "out_of_scope", "不属于", expected=seen),
        lambda: town.do(officer, supplements.request_supplement, number, ["seal_missing"], "请补", expected=seen),
    )
    assert lost(results) == [Outdated, Outdated]
    acts = acts_of(town, number)
    assert acts["endorse"] + acts["refuse"] + acts["request_supplement"] == 1
    check_ledger(town)


def test_without_a_version_the_second_is_out_of_order_or_not_entitled(town: Town) -> None:
    number, officer = town.submitted(), town.bureau()
    results = race(
        lambda: town.do(officer, applications.endorse, number),
        lambda: town.do(officer, applications.refuse, number, "out_of_scope", "不属于"),
    )
    assert lost(results) in ([OutOfOrder], [NotEntitled])


def test_the_applicant_submits_twice_at_once(town: Town) -> None:
    number, maker = town.draft(), town.applicant()
    results = race(*[lambda: town.do(maker, applications.submit, number)] * 4)
    assert lost(results) == [OutOfOrder] * 3
    assert acts_of(town, number) == {"open": 1, "submit": 1}
    with town.office.reading(maker) as r:
        assert len(enquiries.search_letters(r)["items"]) == 1


def test_a_draft_saved_in_two_windows_keeps_the_first_and_tells_the_second(town: Town) -> None:
    number, maker = town.draft(), town.applicant()
    seen = town.show(number)["version"]
    results = race(*[lambda w=w: town.do(maker, applications.save_draft, number, {"trademark": w}, expected=seen) for w in "甲乙"])
    assert lost(results) == [Outdated]
    winner = "甲" if not isinstance(results[0], Refusal) else "乙"
    assert town.show(number)["dossier"]["trademark"] == winner


def test_two_documents_at_once_get_two_ordinals(town: Town) -> None:
    maker = town.applicant()
    number = town.do(maker, applications.open_application, enterprise=CODES[0], regulation=HUNAN)
    file: dict[str, Any] = {"slot": "ip_patent", "filename": "a.pdf", "content": PDF}
    results = race(*[lambda: town.do(maker, applications.attach_document, number, **file)] * 4)
    assert sorted(results) == [1, 2, 3, 4]


def test_an_expert_gives_one_opinion_however_often_it_is_sent(town: Town) -> None:
    number, expert = town.endorsed(), town.expert(1)
    town.do(town.department(), reviews.seat_expert, number, expert.login)
    scores = {"novelty": 30, "advancement": 30, "property": 15, "reliability": 10, "prospects": 15}
    results = race(*[lambda: town.do(expert, reviews.give_opinion, number, scores, "同意")] * 3)
    assert lost(results) == [AlreadyDone] * 2
    assert acts_of(town, number)["give_opinion"] == 1


# -------------------------------------------------------------------------------------------------------- stale versions


def test_a_stale_form_is_told_so_by_every_act_and_nothing_is_done(town: Town) -> None:
    number = town.submitted()
    stale = town.show(number)["version"] - 1
    bureau, maker = town.bureau(), town.applicant()
    acts: list[tuple[Any, Callable[..., Any], tuple[Any, ...]]] = [
        (bureau, applications.endorse, ()), (bureau, applications.refuse, ("out_of_scope", "不属于")),
        (bureau, supplements.request_supplement, (["seal_missing"], "请补")), (maker, applications.withdraw, ("因故",)),
        (maker, applications.save_draft, ({"trademark": "x"},)), (maker, applications.submit, ()),
    ]
    for actor, act, facts in acts:
        for version in (stale, stale + 2):
            refusal = town.refused(Outdated, actor, act, number, *facts, expected=version)
            assert refusal.action is not None
    town.do(bureau, applications.endorse, number, expected=stale + 1)


def test_a_stale_form_for_a_certificate(town: Town) -> None:
    number = town.certified()
    seen = town.certificate(number)["version"]
    town.sanction(number, "suspend", "ip_in_dispute")
    town.refused(Outdated, town.applicant(), certificates.surrender_certificate, number, "停产", expected=seen)
    now = town.certificate(number)["version"]
    town.do(town.applicant(), certificates.surrender_certificate, number, "停产", expected=now)


def test_whose_row_was_changed_behind_their_back_is_told_so(town: Town) -> None:
    """What optimistic locking is for: a row that another transaction wrote between reading and writing."""
    number = town.submitted()

    def meanwhile(r: Any) -> None:
        application = r.fetch(Application, number)
        r.session.exec(update(Application).where(Application.number == number).values(version=99)
                       .execution_options(synchronize_session=False))
        r.record(application, "endorse")

    town.refused(Outdated, town.bureau(), meanwhile)


def test_a_number_that_is_taken_is_a_lost_race_not_a_message_of_the_database(town: Town) -> None:
    town.submitted()

    def twice(r: Any) -> None:
        r.session.add(Series(key=r.session.exec(select(Series.key)).first(), last=1))
        r.session.flush()

    refusal = town.refused(Outdated, town.bureau(), twice)
    assert "series" not in str(refusal).lower()


# -------------------------------------------------------------------------------------------------------------- the chain


def test_the_ledger_never_forks_under_eight_pens(town: Town) -> None:
    makers, office, bureau = [town.applicant(i) for i in range(3)], town.department(), town.bureau()
    submitted = [town.submitted(makers[i % 3]) for i in range(3)]
    endorsed = town.endorsed(makers[0])
    experts = [town.expert(i) for i in (1, 2)]
    ready = town.reviewed(makers[1])
    before = len(town.books()["entry"])
    results = race(
        lambda: town.do(bureau, applications.endorse, submitted[0]),
        lambda: town.do(bureau, applications.refuse, submitted[1], "out_of_scope", "不属于"),
        lambda: town.do(makers[2], applications.withdraw, submitted[2], "因故"),
        lambda: town.do(office, reviews.seat_expert, endorsed, experts[0].login),
        lambda: town.do(office, reviews.seat_expert, endorsed, experts[1].login),
        lambda: town.do(office, notices.publish_notice, regulation=HUNAN, applications=[ready]),
        lambda: town.do(makers[0], applications.open_application, enterprise=CODES[0], regulation=HUNAN),
        lambda: town.do(PUBLIC, accounts.sign_up, login="new", name="新人", email="new@example.com", password=PASSWORD),
    )
    assert lost(results) == []
    with Session(town.office.engine) as session:
        entries = session.exec(select(Entry).order_by(Entry.seq)).all()
    assert [e.seq for e in entries] == list(range(1, len(entries) + 1))
    assert len(entries) == before + 9  # the notice, and its item
    assert len({e.previous for e in entries}) == len(entries)
    check_ledger(town)


def test_numbers_are_unique_and_without_gap_under_eight_pens(town: Town) -> None:
    makers = [town.applicant(i) for i in range(3)]
    numbers = race(*[
        lambda m=makers[i % 3]: town.do(m, applications.open_application, enterprise=next(iter(m.enterprises.values())), regulation=HUNAN)
        for i in range(8)
    ])
    assert sorted(n[:-2] for n in numbers) == [f"HN-STJ-SQ-2026-{i:04d}" for i in range(1, 9)]


def test_one_code_one_login_and_one_invitation_are_taken_once(town: Town) -> None:
    for login in ("liu", "wang"):
        town.do(PUBLIC, accounts.sign_up, login=login, name=login, email=f"{login}@example.com", password=PASSWORD)
    two = [town.actor("liu"), town.actor("wang")]
    results = race(*[lambda a=a: town.do(a, accounts.register_enterprise, credit_code=CODES[2], name="同一家", prefecture=CHANGSHA) for a in two])
    assert lost(results) == [AlreadyDone]
    code = town.do(town.admin(), accounts.invite, role=Role.EXPERT, name="专家", authority=PROVINCE)
    assert lost(race(*[lambda a=a: town.do(a, accounts.accept_invitation, code=code) for a in two])) == [NotFound]
    person = {"login": "zhao", "name": "赵", "email": "zhao@example.com", "password": PASSWORD}
    assert lost(race(*[lambda: town.do(PUBLIC, accounts.sign_up, **person)] * 2)) == [AlreadyDone]


# ------------------------------------------------------------------------------------------------------------------- time


def test_two_sweeps_at_once_take_each_thing_once(town: Town) -> None:
    numbers = [town.supplement(town.submitted(town.applicant(i))) for i in range(3)]
    town.to("2026-04-01")
    results = race(town.sweep, town.sweep)
    assert lost(results) == [] and sorted(n for done in results for n, _ in done) == sorted(numbers)
    for number in numbers:
        assert acts_of(town, number)["lapse"] == 1
    check_ledger(town)


def test_a_supplement_handed_in_as_it_lapses(town: Town) -> None:
    """At midnight it has lapsed, whoever comes first."""
    number, maker = town.supplement(town.submitted()), town.applicant()
    town.to("2026-03-24", 0)
    results = race(lambda: town.do(maker, applications.resubmit, number, "已补"), lambda: town.sweep())
    assert lost(results) == [OutOfOrder] and town.show(number)["status"] == "lapsed"
    assert acts_of(town, number)["lapse"] == 1 and acts_of(town, number)["resubmit"] == 0


def test_a_reminder_is_told_once_by_two_jobs_at_once(brief: Town) -> None:
    town = brief
    number = town.certified(regulation=BRIEF)
    town.to("2026-09-13")
    assert sorted(race(*[lambda: town.do(CLOCK, deadlines.remind, number, "180d")] * 2)) == [False, True]
    assert acts_of(town, number)["remind"] == 1


@pytest.mark.pitfall("C1")
def test_a_certificate_is_renewed_once_by_two_members_at_once(brief: Town) -> None:
    town = brief
    old, maker = town.certified(regulation=BRIEF), town.applicant()
    town.to("2026-10-08")
    results = race(*[lambda: town.do(maker, applications.open_application, enterprise=CODES[0], renews=old)] * 3)
    assert lost(results) == [AlreadyDone] * 2


@pytest.mark.pitfall("C1")
def test_a_renewal_is_announced_once_under_two_document_numbers_at_once(brief: Town) -> None:
    town = brief
    old, officer = town.certified(regulation=BRIEF), town.department()
    town.to("2026-10-08")
    number = town.to_announce(renews=old, regulation=None)
    results = race(*[
        lambda n=n: town.do(officer, notices.announce, regulation=BRIEF, document_number=f"湘工信电子〔2026〕{n}号", applications=[number])
        for n in (20, 21)
    ])
    assert lost(results) == [OutOfOrder]
    assert acts_of(town, old) == {"issue": 1, "renew": 1}
    with Session(town.office.engine) as session:
        assert len(session.exec(select(Certificate).where(Certificate.renews_id != None)).all()) == 1  # noqa: E711


@pytest.mark.pitfall("C2")
def test_a_certificate_renewed_as_it_expires_has_one_end_and_one_successor(brief: Town) -> None:
    town = brief
    old, officer = town.certified(regulation=BRIEF), town.department()
    town.to("2026-10-08")
    number = town.to_announce(renews=old, regulation=None)
    town.to("2027-03-13", 0)
    results = race(
        lambda: town.do(officer, notices.announce, regulation=BRIEF, document_number="湘工信电子〔2027〕1号", applications=[number]),
        lambda: town.do(CLOCK, deadlines.take_due, "certificate", old),
        lambda: town.do(CLOCK, deadlines.take_due, "certificate", old),
    )
    assert lost(results) == []
    assert acts_of(town, old) == {"issue": 1, "expire": 1, "renew": 1}
    shown = town.certificate(old)
    assert shown["standing"] == "superseded" and shown["replaced_by"] == results[0][0]
    check_ledger(town)


def test_the_same_document_number_is_given_once(town: Town) -> None:
    one, two = town.reviewed(town.applicant(0)), town.reviewed(town.applicant(1))
    town.noticed(one, two)
    town.to("2026-03-12")
    officer = town.department()
    results = race(*[
        lambda n=n: town.do(officer, notices.announce, regulation=HUNAN, document_number="湘工信电子〔2026〕9号", applications=[n]) for n in (one, two)
    ])
    assert lost(results) == [AlreadyDone]


# ---------------------------------------------------------------------------------------------------------------- readers


def test_a_reader_never_waits_for_a_writer_and_sees_nothing_half_done(town: Town) -> None:
    number, officer, maker = town.submitted(), town.bureau(), town.applicant()
    seen: list[str] = []

    def read() -> None:
        with town.office.reading(maker) as r:
            seen.append(enquiries.show_application(r, number)["status"])

    with town.office.registrar(officer) as r:
        applications.endorse(r, number)
        reader = threading.Thread(target=read)
        reader.start()
        reader.join(10)
        assert seen == ["preliminary_review"]
    read()
    assert seen == ["preliminary_review", "expert_review"]


def test_the_limit_of_webhooks_holds_when_several_are_made_at_once(town: Town) -> None:
    """While a name is looked up others may write: what there is by then is counted afterwards, one after the other."""
    town.do(PUBLIC, accounts.sign_up, login="buyer", name="采购", email="buyer@example.com", password=PASSWORD)
    buyer = town.actor("buyer")

    def make() -> Any:
        return town.do(buyer, webhooks.make_webhook, url="https://example.com/", resolver=lambda host, port: ["93.184.216.34"])

    for _ in range(webhooks.MOST - 1):
        make()
    assert lost(race(*[make] * 4)) == [NotYet] * 3
    with town.office.reading(buyer) as r:
        assert len(webhooks.list_webhooks(r)) == webhooks.MOST
