"""Jobs and reminders: what other registries got wrong about them (rows D of the catalogue)."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import Session, select

import app
from registry.actors import CLOCK
from registry.books.models import Certificate
from registry.desks import deadlines, enquiries, notices
from registry.errors import LawFileFault, OutOfOrder
from registry.law.deadlines import days_before
from registry.law.library import load_law
from tests.factories import Town, another_law
from tests.pitfalls.looks import BRIEF, letters, renewed, row

D = date.fromisoformat


def told(town: Town) -> list[str]:
    with town.office.reading(CLOCK) as r:
        due = deadlines.search_reminders(r)
    return [stage for number, stage, _ in due if town.do(CLOCK, deadlines.remind, number, stage)]


@pytest.mark.pitfall("D3")
def test_letters_do_not_grow_and_come_once_to_each(town: Town) -> None:
    """Night after night nothing is added; nobody gets the same letter twice."""
    town.certified(regulation=BRIEF)
    town.to("2027-03-10")
    assert told(town) == ["180d", "90d", "30d", "7d"]
    before = letters(town)
    for _ in range(3):
        town.wait(hours=12)
        assert told(town) == []
    assert letters(town) == before
    assert max(Counter((x.entry_seq, x.address, x.subject) for x in before).values()) == 1


@pytest.mark.pitfall("D4")
def test_nobody_who_has_renewed_is_warned(town: Town) -> None:
    """The successor is stored with the certificate: it is not guessed from anything that could be pruned."""
    old = town.certified(regulation=BRIEF)
    town.to("2026-10-08")
    new = renewed(town, old)
    assert row(town, old).renewed_by == new and row(town, new).renews_id == row(town, old).id
    town.to("2027-03-12")
    assert told(town) == []


@pytest.mark.pitfall("D5")
@pytest.mark.once
def test_nobody_is_warned_before_something_can_be_done() -> None:
    """In every regulation loaded: no reminder before the day on which a renewal is taken."""
    law = load_law()
    for regulation in law.regulations.values():
        for until in (D("2027-03-12"), D("2031-02-28"), D("2032-02-29")):
            window = regulation.renewal_window(law.calendar, until)
            if window is None:  # nothing can be done: a reminder only tells of the end
                continue
            opens, _ = window
            assert all(days_before(law.calendar, until, rule.before) >= opens for rule in regulation.reminders)


@pytest.mark.pitfall("D6")
def test_nothing_that_is_due_is_left_out_for_being_many(town: Town) -> None:
    """However small the pages, all that is due is found; reminders are not paged at all."""
    found = [town.reviewed(town.applicant(i % 3), regulation=BRIEF) for i in range(7)]
    town.noticed(*found)
    town.to("2026-03-12")
    seen: list[deadlines.Due] = []
    while True:
        with town.office.reading(CLOCK) as r:
            page = deadlines.search_due(r, limit=2, after=seen[-1] if seen else None)
        if not page:
            break
        assert len(seen) < len(found)
        seen += page
    assert sorted(n for _, n, _, _ in seen) == sorted(found)
    town.announced(*found)
    town.to("2027-03-10")
    with town.office.reading(CLOCK) as r:
        assert len(deadlines.search_reminders(r)) == 7 * 4


@pytest.mark.pitfall("D9")
def test_a_web_application_runs_no_scheduler(town: Town) -> None:
    """However many workers there are, each only answers: making one and asking it starts no thread and no job."""
    before = set(threading.enumerate())
    workers = [app.create_app(town.office, limits=False) for _ in range(3)]
    for worker in workers:
        assert worker.test_client().get("/").status_code == 200
    assert set(threading.enumerate()) == before
    assert town.books()["jobrun"] == town.books()["lease"] == []


@pytest.mark.pitfall("D10")
@pytest.mark.parametrize("order", [("sweep", "remind"), ("remind", "sweep")], ids="-".join)
def test_jobs_may_run_in_any_order(town: Town, order: tuple[str, str]) -> None:
    """On the day after the last day the sweep records the expiry and there is no reminder any more, either way."""
    number = town.certified(regulation=BRIEF)
    town.to("2027-03-13", 0)
    for job in order:
        assert told(town) == [] if job == "remind" else town.sweep() == [(number, "expire")]
    assert [e["act"] for e in town.certificate(number)["history"]] == ["issue", "expire"]


@pytest.mark.pitfall("D11")
def test_one_act_tells_everybody_once_and_issues_once(town: Town) -> None:
    """One letter for each act and person; one certificate for each application."""
    number = town.reviewed(regulation=BRIEF)
    notice = town.noticed(number)
    town.object(notice, number)
    town.to("2026-03-20")
    with town.office.reading(town.department()) as r:
        [objection] = enquiries.search_objections(r)["items"]
    town.do(town.department(), notices.dismiss_objection, objection["number"], "查无实据")
    town.announced(number)
    assert max(Counter((x.entry_seq, x.person_id, x.address) for x in letters(town)).values()) == 1
    with Session(town.office.engine) as session:
        assert len(session.exec(select(Certificate)).all()) == 1
    town.refused(OutOfOrder, town.department(), notices.announce, regulation=BRIEF, document_number="湘工信电子〔2026〕99号",
                 applications=[number])


@pytest.mark.pitfall("D12")
@pytest.mark.once
@pytest.mark.parametrize("change", [
    ('kind = "expert_review"', 'kind = "astrology"'), ('term = "expert_review"', 'term = "full_moon"'),
    ('acts = ["suspend", "revoke"]', 'acts = ["fly"]'), ('base = "announcement_day"', 'base = "birthday"'),
    ('rule = "mean"', 'rule = "dice"'), ('expression = "dossier.first_sale_on <= today"', 'expression = "moon(dossier.first_sale_on)"'),
], ids=lambda change: change[1])
def test_a_rule_that_nothing_would_carry_out_does_not_load(tmp_path: Path, change: tuple[str, str]) -> None:
    """A stage, a term, a measure or a condition without an executor is a fault of the file, named at the start."""
    with pytest.raises(LawFileFault):
        load_law(another_law(tmp_path, "odd", "2025", change))
    load_law(another_law(tmp_path / "even", "even", "2025"))


