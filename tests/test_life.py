"""Random lives: several enterprises, officers, experts and time act at random, and the invariants of house.md 8 hold.

Every act is done over a desk. Whatever is refused is refused in words of both languages and leaves no trace.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import date, datetime, time, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlmodel import Session, col, select

from registry.actors import CLOCK, PUBLIC, Actor
from registry.books import ledger
from registry.books.models import Application, Certificate, Entry, Notice, NoticeItem, Objection, Seat
from registry.clock import OFFICE_ZONE, FrozenClock, day_ends_at, day_starts_at, office_day
from registry.desks import applications, audits, certificates, deadlines, enquiries, notices, reviews, supplements
from registry.errors import Refusal
from registry.law.lifecycle import clock_row
from registry.office import Office
from registry.settings import Settings
from tests import databases
from tests.factories import CODES, START, ZHUZHOU, Town, another_law, check_words, sample_file
from tests.law.samples import complete_documents, complete_dossier

# Lives short enough to be lived whole: certificates of one year, a panel of one.
BRIEF_LIVES = (
    ("[validity]\nlength = 5\n", "[validity]\nlength = 1\n"), ("[panel]\nminimum = 5\n", "[panel]\nminimum = 1\n"),
)
LAW = "life-2025"
LAST_START = date(2030, 7, 1)  # before the regulation's own end
SCORES = ({"novelty": 30, "advancement": 30, "property": 15, "reliability": 10, "prospects": 15},
          {"novelty": 10, "advancement": 10, "property": 5, "reliability": 5, "prospects": 5})


class Stage:
    """A folder with one database in which people, certificates and applications are already walked to their places;
    every life begins there, on 13 March 2026."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = folder
        self.law = another_law(folder / "law", "life", "2025", *BRIEF_LIVES)
        postgres = databases.wants_postgres()
        self.url = stack.enter_context(databases.postgres_copy()) if postgres else f"sqlite:///{databases.sqlite_template(folder)}"
        self.actors: dict[str, Actor] = {}
        self.people: dict[str, str] = {}
        self.settle().office.close()
        self.books = databases.keep(self.url)

    def open(self) -> Town:
        clock = FrozenClock(START)
        known = Settings(data=self.folder / "data", database_url=self.url, secret_key="for tests only", law_dir=str(self.law))
        return Town(Office(known, clock), clock)

    def settle(self) -> Town:
        """Two certificates, and an application in every state that is not an end."""
        town = self.open()
        town.office.prepare()
        self.actors, self.people = self.make_people(town), town.people
        maker, other = self.actors["maker"], self.actors["other maker"]
        done = [town.reviewed(maker, regulation=LAW), town.reviewed(other, regulation=LAW)]
        town.noticed(*done)
        town.to("2026-03-13")
        town.announced(*done, document_number="湘工信电子〔2026〕1号")
        town.noticed(town.reviewed(maker, regulation=LAW), town.reviewed(other, regulation=LAW))
        town.reviewed(maker, regulation=LAW)
        town.endorsed(other, regulation=LAW)
        town.submitted(maker, regulation=LAW)
        town.supplement(town.submitted(maker, regulation=LAW))
        town.draft(other, regulation=LAW)
        return town

    def fresh(self) -> Town:
        databases.restore(self.url, self.books)
        town = self.open()
        town.people = dict(self.people)
        town.to("2026-03-13")
        return town

    @staticmethod
    def make_people(town: Town) -> dict[str, Actor]:
        return {
            "maker": town.applicant(0), "other maker": town.applicant(1, ZHUZHOU), "bureau": town.bureau(),
            "other bureau": town.bureau(ZHUZHOU), "department": town.department(), "expert": town.expert(1),
            "other expert": town.expert(2), "kin": town.expert(3, employer=CODES[0]), "auditor": town.auditor(),
            "admin": town.admin(), "public": PUBLIC,
        }


class Life(RuleBasedStateMachine):
    """One office, lived in at random."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self.town = stage.fresh()
        self.office, self.clock, self.actors = self.town.office, self.town.clock, stage.actors
        self.documents = count(2)

    def teardown(self) -> None:
        try:
            with self.office.reading(CLOCK) as r:
                assert list(ledger.verify(r.session)) == []
                assert not [fault for kind in ("application", "certificate") for fault in audits.check_lives(r, kind) if fault]
                assert not [fault for fault in audits.check_documents(r) if fault]
        finally:
            self.office.close()

    # ------------------------------------------------------------------------------------------------------- helpers

    def attempt(self, actor: Actor, act: Callable[..., Any], *args: Any, expected: int | None = None, **facts: Any) -> Any:
        """Do it, or be refused in both languages without a trace. Anything else that is raised is a fault."""
        before = self.town.books()
        try:
            return self.town.do(actor, act, *args, expected=expected, **facts)
        except Refusal as refusal:
            check_words(refusal)
            assert self.town.books() == before, f"{refusal.slug} left a trace"
            return None

    def rows(self, model: Any) -> list[Any]:
        with Session(self.office.engine) as session:
            return list(session.exec(select(model)))

    def one_of(self, data: st.DataObject, model: Any) -> Any:
        return data.draw(st.sampled_from(sorted(self.rows(model), key=lambda row: str(row.number))))

    def owner(self, subject: Application | Certificate) -> Actor:
        return next(a for a in self.actors.values() if subject.enterprise_id in a.enterprises)

    def bureau_of(self, application: Application) -> Actor:
        return next(a for a in self.actors.values() if application.prefecture in a.prefectures)

    # --------------------------------------------------------------------------------------------- the road, as it goes

    @precondition(lambda self: len(self.rows(Application)) < 20)
    @rule(who=st.sampled_from(["maker", "other maker"]))
    def open_a_draft(self, who: str) -> None:
        actor = self.actors[who]
        [code] = actor.enterprises.values()
        self.attempt(actor, applications.open_application, enterprise=code, regulation=LAW)

    @precondition(lambda self: self.rows(Application))
    @rule(data=st.data())
    def go_on(self, data: st.DataObject) -> None:
        self.one_step(self.one_of(data, Application))

    @precondition(lambda self: self.rows(Application))
    @rule(data=st.data(), steps=st.integers(2, 6))
    def go_on_quickly(self, data: st.DataObject, steps: int) -> None:
        number = self.one_of(data, Application).number
        for _ in range(steps):
            self.one_step(next(a for a in self.rows(Application) if a.number == number))

    def one_step(self, a: Application) -> None:
        """What the next one on the road would do, as they would do it."""
        office = self.actors["department"]
        match a.status:
            case "draft":
                self.fill_in(a)
                self.attempt(self.owner(a), applications.submit, a.number)
            case "supplement":
                self.attempt(self.owner(a), applications.resubmit, a.number, "已补")
            case "preliminary_review":
                self.attempt(self.bureau_of(a), applications.endorse, a.number)
            case "expert_review":
                self.attempt(office, reviews.seat_expert, a.number, "expert-1")
                self.attempt(self.actors["expert"], reviews.give_opinion, a.number, SCORES[0], "同意")
                self.attempt(office, reviews.recommend, a.number)
            case "awaiting_notice":
                waiting = [x.number for x in self.rows(Application) if x.status == "awaiting_notice"]
                self.attempt(office, notices.publish_notice, regulation=LAW, applications=waiting)
            case "public_notice":
                self.attempt(office, deadlines.confirm_due, a.number)
                self.announce(a.number)
            case "announcement":
                self.announce(a.number)

    def announce(self, number: str) -> None:
        typed = f"湘工信电子〔2026〕{next(self.documents)}号"
        self.attempt(self.actors["department"], notices.announce, regulation=LAW, document_number=typed, applications=[number])

    def fill_in(self, a: Application) -> None:
        law = self.office.law.regulation(a.regulation_id)
        actor = self.owner(a)
        self.attempt(actor, applications.save_draft, a.number, complete_dossier(law, office_day(self.clock.now())))
        there = {d["slot"] for d in self.town.show(a.number)["documents"]}
        for slot, least in complete_documents(law).items():
            rule_ = law.document(slot)
            if rule_ is not None and rule_.required and slot not in there and least:
                name, content = sample_file(rule_.types)
                self.attempt(actor, applications.attach_document, a.number, slot=slot, filename=name, content=content)

    @precondition(lambda self: [c for c in self.rows(Certificate) if not c.renewed_by])
    @rule(data=st.data())
    def a_certificate_is_renewed_in_its_window(self, data: st.DataObject) -> None:
        """From the opening of the window straight to the announcement, on whatever days the office takes for it."""
        c = next(c for c in self.rows(Certificate) if not c.renewed_by)
        self.move(day_starts_at(c.valid_until - timedelta(days=data.draw(st.sampled_from([180, 60, 5, 0, -80])))))
        [code] = self.owner(c).enterprises.values()
        number = self.attempt(self.owner(c), applications.open_application, enterprise=code, renews=c.number)
        for _ in range(5 if number else 0):
            self.one_step(next(a for a in self.rows(Application) if a.number == number))
        noticed = [a for a in self.rows(Application) if a.number == number and a.due_at is not None]
        if noticed:
            self.move(noticed[0].due_at)
            self.one_step(noticed[0])

    @precondition(lambda self: self.rows(Certificate))
    @rule(data=st.data())
    def renew(self, data: st.DataObject) -> None:
        c = self.one_of(data, Certificate)
        [code] = self.owner(c).enterprises.values()
        number = self.attempt(self.owner(c), applications.open_application, enterprise=code, renews=c.number)
        if number is not None:
            assert c.renewed_by is None and not c.suspended and c.status in ("valid", "expired")

    # -------------------------------------------------------------------------------------- anybody, anything, any time

    @precondition(lambda self: self.rows(Application))
    @rule(data=st.data())
    def anybody_does_anything_to_an_application(self, data: st.DataObject) -> None:
        a = self.one_of(data, Application)
        expert = data.draw(st.sampled_from(["expert-1", "expert-2", "expert-3", "nobody"]))
        acts: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
            "save": (applications.save_draft, ({"trademark": "湘连"},)), "empty": (applications.save_draft, ({"models": []},)),
            "remove": (applications.remove_document, (1,)), "submit": (applications.submit, ()),
            "resubmit": (applications.resubmit, ()), "withdraw": (applications.withdraw, ("因故",)),
            "endorse": (applications.endorse, ()), "accept": (applications.accept, ()),
            "supplement": (supplements.request_supplement, (["seal_missing"], "请补章")),
            "refuse": (applications.refuse, ("out_of_scope", "不属于")), "refuse badly": (applications.refuse, ("sunshine", "")),
            "seat": (reviews.seat_expert, (expert,)), "recuse": (reviews.recuse_expert, (expert, "亲属")),
            "opinion": (reviews.give_opinion, (data.draw(st.sampled_from(SCORES)), "意见")),
            "recommend": (reviews.recommend, ()), "confirm": (deadlines.confirm_due, ()),
        }
        act, facts = acts[data.draw(st.sampled_from(sorted(acts)))]
        officer = self.bureau_of(a) if a.status == "preliminary_review" else self.actors["department"]
        likely = [self.owner(a), officer, officer, self.actors["expert"]]
        who = data.draw(st.sampled_from([*likely, *self.actors.values()]))
        expected = data.draw(st.sampled_from([None, None, a.version, a.version - 1]))
        done = self.attempt(who, act, a.number, *facts, expected=expected)
        assert done is None or expected in (None, a.version)

    @precondition(lambda self: self.rows(Application))
    @rule(data=st.data())
    def the_office_asks_for_a_supplement(self, data: st.DataObject) -> None:
        a = self.one_of(data, Application)
        asker = self.bureau_of(a) if a.status == "preliminary_review" else self.actors["department"]
        self.attempt(asker, supplements.request_supplement, a.number, ["seal_missing", "inconsistent"], "请补")

    @precondition(lambda self: self.rows(Application))
    @rule(data=st.data(), why=st.sampled_from(["withdraw", "refuse"]))
    def an_application_ends_otherwise(self, data: st.DataObject, why: str) -> None:
        a = self.one_of(data, Application)
        if why == "withdraw":
            self.attempt(self.owner(a), applications.withdraw, a.number, "因故")
        else:
            officer = self.bureau_of(a) if a.status == "preliminary_review" else self.actors["department"]
            self.attempt(officer, applications.refuse, a.number, "out_of_scope", "不属于")

    @precondition(lambda self: self.rows(Certificate))
    @rule(data=st.data(), act=st.sampled_from(["suspend", "suspend", "reinstate", "revoke"]))
    def the_office_takes_a_measure(self, data: st.DataObject, act: str) -> None:
        ground = {"suspend": "ip_in_dispute", "reinstate": "put_right", "revoke": "false_material"}[act]
        c = self.one_of(data, Certificate)
        if act == "reinstate" and c.status != "suspended":
            return
        try:  # the whole way of a measure may take several units: each leaves no trace if it is refused, not all of them
            self.town.sanction(c.number, act, ground)
        except Refusal as refusal:
            check_words(refusal)

    @precondition(lambda self: self.rows(Certificate))
    @rule(data=st.data(), who=st.sampled_from(["department", "maker", "other maker", "auditor", "public"]))
    def anybody_does_anything_to_a_certificate(self, data: st.DataObject, who: str) -> None:
        c, actor = self.one_of(data, Certificate), self.actors[who]
        if self.attempt(actor, certificates.surrender_certificate, c.number, "停产") is not None:
            assert c.enterprise_id in actor.enterprises
        for act in ("suspend", "reinstate", "revoke", "renew", "remind", "begin", "expire", "supersede"):
            if who != "department":
                done = self.attempt(actor, lambda r, a=act, n=c.number: r.record(r.fetch(Certificate, n), a))
                assert done is None

    @precondition(lambda self: [n for n in self.rows(Notice) if n.ends_at > self.clock.now()])
    @rule(data=st.data())
    def somebody_objects_in_time(self, data: st.DataObject) -> None:
        notice = next(n for n in self.rows(Notice)[::-1] if n.ends_at > self.clock.now())
        self.file(notice, data, "张三")

    @precondition(lambda self: self.rows(Notice))
    @rule(data=st.data(), name=st.sampled_from(["张三", "张三", ""]))
    def somebody_objects(self, data: st.DataObject, name: str) -> None:
        self.file(self.one_of(data, Notice), data, name)

    def file(self, notice: Notice, data: st.DataObject, name: str) -> None:
        with Session(self.office.engine) as session:
            items = session.exec(select(Application.number).join(NoticeItem, col(NoticeItem.application_id) == Application.id)
                                 .where(NoticeItem.notice_id == notice.id).order_by(Application.number)).all()
        filed = self.attempt(PUBLIC, notices.object_to, notice.number, application=data.draw(st.sampled_from(items)), objector="person",
                             name=name, contact="zhang@example.com", ground="not_first", reason="早已上市", evidence="手册")
        assert filed is None or (name and self.clock.now() < notice.ends_at)

    @precondition(lambda self: self.rows(Objection))
    @rule(data=st.data(), upheld=st.booleans(), who=st.sampled_from(["department", "department", "bureau", "maker"]))
    def an_objection_is_decided(self, data: st.DataObject, upheld: bool, who: str) -> None:
        objection = self.one_of(data, Objection)
        self.attempt(self.actors[who], notices.uphold_objection if upheld else notices.dismiss_objection, objection.number, "已核实")

    @rule(data=st.data())
    def somebody_publishes_or_announces_whatever(self, data: st.DataObject) -> None:
        numbers = [a.number for a in self.rows(Application)]
        listed = data.draw(st.lists(st.sampled_from(sorted(numbers)), max_size=3)) if numbers else []
        who = self.actors[data.draw(st.sampled_from(["department", "maker", "bureau"]))]
        if data.draw(st.booleans()):
            self.attempt(who, notices.publish_notice, regulation=LAW, applications=listed)
        else:
            typed = data.draw(st.sampled_from(["湘工信电子〔2026〕1号", "湘工信电子[2027]第3号", "无号"]))
            self.attempt(who, notices.announce, regulation=LAW, document_number=typed, applications=listed)

    # ------------------------------------------------------------------------------------------------------------ time

    @rule(days=st.sampled_from([0, 1, 3, 10, 40, 170]), midnight=st.sampled_from([time(23, 59, 59), time(0, 0, 0), time(9, 30)]))
    def time_passes(self, days: int, midnight: time) -> None:
        self.move(datetime.combine(office_day(self.clock.now()) + timedelta(days=days), midnight, OFFICE_ZONE))

    @rule(to=st.sampled_from([date(2026, 9, 30), date(2026, 12, 24), date(2028, 2, 28), date(2028, 2, 29), LAST_START]))
    def a_year_goes_by(self, to: date) -> None:
        if (to - office_day(self.clock.now())).days < 400:
            self.move(datetime.combine(to, time(12), OFFICE_ZONE))

    @rule(before=st.booleans())
    def the_next_date_comes(self, before: bool) -> None:
        with self.office.reading(CLOCK) as r:
            at = deadlines.next_due_at(r)
        if at is not None:
            self.move(at - timedelta(seconds=before))

    def move(self, to: datetime) -> None:
        if to > self.clock.now():
            self.clock.set(to)

    @rule()
    def the_sweep_runs(self) -> None:
        self.town.sweep()
        before = self.town.books()
        assert self.town.sweep() == [] and self.town.books() == before

    @rule()
    def reminders_go_out(self) -> None:
        with self.office.reading(CLOCK) as r:
            due = deadlines.search_reminders(r)
        for number, stage, opens in due:
            shown = self.town.certificate(number)
            assert opens <= office_day(self.clock.now()) <= shown["valid_until"] and shown["standing"] in ("valid", "suspended", "not_yet_valid")
            assert shown["replaced_by"] is None
            assert self.town.do(CLOCK, deadlines.remind, number, stage)
        with self.office.reading(CLOCK) as r:
            assert deadlines.search_reminders(r) == []

    # ------------------------------------------------------------------------------------------------------ invariants

    @invariant()
    def exactly_clock_waits(self) -> None:
        for subject in (*self.rows(Application), *self.rows(Certificate)):
            renewed = isinstance(subject, Certificate) and subject.renewed_by is not None
            row = clock_row(subject.kind, subject.status, renewed=renewed)
            if isinstance(subject, Certificate) and subject.begins_on and row:
                assert (subject.due_act, subject.due_at) == ("begin", day_starts_at(subject.valid_from))
                continue
            assert subject.due_act == (row.act if row else None), subject.number
            assert (subject.due_at is None) == (row is None), subject.number
            if isinstance(subject, Certificate) and row:
                assert subject.due_at == day_ends_at(subject.valid_until) and not subject.due_provisional
            if subject.due_at is None:
                assert not subject.due_provisional

    @invariant()
    def replay_equals_status(self) -> None:
        with self.office.reading(CLOCK) as r:
            assert not [fault for kind in ("application", "certificate") for fault in audits.check_lives(r, kind) if fault]

    @invariant()
    def a_certificate_is_worth_what_its_entries_say(self) -> None:
        today = office_day(self.clock.now())
        with Session(self.office.engine) as session:
            entries = list(session.exec(select(Entry).where(Entry.subject_kind == "certificate").order_by(Entry.seq)))
        with self.office.reading(PUBLIC) as r:
            shown = {i["number"]: i for i in enquiries.search_certificates(r, limit=100)["items"]}
        assert {e.subject for e in entries} == set(shown)
        for number, line in shown.items():
            told = told_by([e for e in entries if e.subject == number], today)
            assert line["standing"] == told, number
            assert line["standing"] != "valid" or line["valid_from"] <= today <= line["valid_until"]

    @invariant()
    def nobody_sits_on_their_own_employers_case(self) -> None:
        with Session(self.office.engine) as session:
            seated = session.exec(select(Seat.person_id, Application.enterprise_id).join(Application)).all()
        kin, own = self.actors["kin"].person_id, next(iter(self.actors["maker"].enterprises))
        assert (kin, own) not in [tuple(pair) for pair in seated]

    @invariant()
    def a_renewal_joins_the_old_term_or_leaves_a_visible_gap(self) -> None:
        by_id = {c.id: c for c in self.rows(Certificate)}
        for new in by_id.values():
            if new.renews_id is not None:
                old = by_id[new.renews_id]
                assert old.renewed_by == new.number and new.valid_from > old.valid_until


def told_by(entries: list[Entry], today: date) -> str:
    """The word for a certificate from its entries alone, worked out a second way."""
    first, last = (date.fromisoformat(entries[0].facts[key]) for key in ("valid_from", "valid_until"))
    acts = [e.act for e in entries]
    for outcome in ("revoke", "surrender"):
        if outcome in acts:
            return {"revoke": "revoked", "surrender": "surrendered"}[outcome]
    if today > last:
        return "superseded" if "renew" in acts else "expired"
    if today < first:
        return "not_yet_valid"
    restrictions = [act for act in acts if act in ("suspend", "reinstate")]
    return "suspended" if restrictions and restrictions[-1] == "suspend" else "valid"


def test_random_lives_hold_the_invariants(tmp_path: Path) -> None:
    small = databases.wants_postgres()
    with ExitStack() as stack:
        stage = Stage(tmp_path, stack)
        run_state_machine_as_test(lambda: Life(stage), settings=settings(
            max_examples=2 if small else 6, stateful_step_count=25 if small else 40, deadline=None,
            suppress_health_check=list(HealthCheck),
        ))


@pytest.mark.parametrize(("acts", "day", "word"), [
    (["issue"], date(2026, 3, 11), "not_yet_valid"), (["issue"], date(2027, 3, 12), "valid"), (["issue"], date(2027, 3, 13), "expired"),
    (["issue", "suspend"], date(2027, 3, 12), "suspended"), (["issue", "suspend", "reinstate"], date(2027, 3, 12), "valid"),
    (["issue", "renew"], date(2027, 3, 13), "superseded"), (["issue", "expire", "revoke"], date(2027, 3, 13), "revoked"),
])
@pytest.mark.once
def test_the_second_way_to_reckon_standing_is_right_itself(acts: list[str], day: date, word: str) -> None:
    facts = {"valid_from": "2026-03-12", "valid_until": "2027-03-12"}
    assert told_by([Entry(act=act, facts=facts) for act in acts], day) == word
