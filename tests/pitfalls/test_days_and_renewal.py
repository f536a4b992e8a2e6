"""Days, standing and renewal: what other registries got wrong about them (rows A, B and C of the catalogue)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import StatementError
from sqlmodel import Session, select

from registry.actors import CLOCK, PUBLIC
from registry.books.models import Announcement, Certificate, Entry, JobRun, Letter
from registry.clock import FrozenClock, day_ends_at, day_starts_at, office_day
from registry.desks import applications, enquiries, notices
from registry.errors import AlreadyDone, NotEntitled, NotOpen, NotYet, OutOfOrder
from registry.law.deadlines import Calendar, Period, Unit, last_day
from tests.factories import CODES, Town
from tests.pitfalls.looks import BRIEF, renewed, row, word

D = date.fromisoformat


# ---------------------------------------------------------- A. "Is it valid on its expiry date?", and the zones of the world


@pytest.mark.pitfall("A1")
def test_the_last_day_is_a_day_in_force(town: Town, machine_zone: str) -> None:
    """In force until 24:00 in Shanghai of the last day, said as date, instant and zone."""
    number = town.certified(regulation=BRIEF)
    town.to("2027-03-12", 23, 59, 59)
    shown = town.certificate(number)
    assert shown["standing"] == "valid" and shown["in_force"] is True
    assert shown["valid_until"] == D("2027-03-12") and shown["zone"] == "Asia/Shanghai"
    assert shown["in_force_until"] == datetime(2027, 3, 12, 16, 0, tzinfo=UTC)
    town.wait(seconds=1)
    assert word(town, number) == "expired"


@pytest.mark.pitfall("A2")
def test_a_renewal_is_taken_on_the_last_evening_and_in_the_first_hour(town: Town, machine_zone: str) -> None:
    """The window is of office days: in its first hour it is still yesterday by UTC."""
    old, maker = town.certified(regulation=BRIEF), town.applicant()
    for day, hour, minute in (("2026-09-13", 0, 5), ("2027-06-10", 23, 55)):
        town.to(day, hour, minute)
        number = town.do(maker, applications.open_application, enterprise=CODES[0], renews=old)
        town.do(maker, applications.withdraw, number, "试")
    town.to("2027-06-11", 0)
    town.refused(NotOpen, maker, applications.open_application, enterprise=CODES[0], renews=old)


@pytest.mark.pitfall("A3")
@pytest.mark.parametrize(("hour", "minute"), [(0, 5), (7, 59), (8, 0), (17, 0), (23, 55)])
def test_whatever_the_hour_the_day_is_the_offices(town: Town, machine_zone: str, hour: int, minute: int) -> None:
    """Announced five minutes after midnight or before it: that day, on the certificate and in the announcement."""
    number = town.to_announce(regulation=BRIEF)
    town.to("2026-03-20", hour, minute)
    shown = town.certificate(town.announced(number)[0])
    assert shown["valid_from"] == shown["announcement"]["announced_on"] == D("2026-03-20")
    assert (shown["in_force_from"], shown["in_force_until"]) == (day_starts_at(D("2026-03-20")), day_ends_at(D("2027-03-20")))


@pytest.mark.pitfall("A4")
def test_a_plain_date_is_no_instant_and_does_not_move(town: Town, machine_zone: str) -> None:
    """A day in a dossier, a term and a reminder comes back as it went in."""
    number = town.draft(regulation=BRIEF)
    town.do(town.applicant(), applications.save_draft, number, {"test_report_on": "2026-01-01"})
    law = town.office.law.regulation(BRIEF)
    kept = town.show(number)["dossier"]
    assert kept["test_report_on"] == "2026-01-01" and law.read_dossier(kept)["test_report_on"] == D("2026-01-01")
    certificate = town.certified(regulation=BRIEF)
    found = row(town, certificate)
    assert (found.valid_from, found.valid_until) == (D("2026-03-12"), D("2027-03-12"))
    assert type(found.valid_until) is date


@pytest.mark.pitfall("A5")
def test_one_act_has_one_instant_wherever_it_is_shown(town: Town) -> None:
    """The office's clock alone says when: entry, certificate, announcement and letter agree to the second."""
    number = town.certified(regulation=BRIEF)
    now = town.clock.now()
    with Session(town.office.engine) as session:
        entry = session.exec(select(Entry).where(Entry.subject == number)).one()
        letter = session.exec(select(Letter).where(Letter.entry_seq == entry.seq)).one()
        announcement = session.exec(select(Announcement)).one()
    assert entry.at == letter.queued_at == announcement.recorded_at == row(town, number).issued_at == now
    assert town.certificate(number)["issued_at"] == town.certificate(number)["history"][0]["at"] == now


@pytest.mark.pitfall("A6")
def test_an_instant_without_a_zone_is_refused_everywhere(town: Town) -> None:
    """A naive value would be taken for the machine's own time."""
    naive = datetime(2026, 3, 2, 9, 0)  # noqa: DTZ001
    for refuses in (office_day, FrozenClock, town.clock.set):
        with pytest.raises(ValueError, match=r"aware|zone"):
            refuses(naive)

    def write(r: Any) -> None:
        r.session.add(JobRun(job="sweep", started_at=naive))
        r.session.flush()

    with pytest.raises((StatementError, ValueError)):
        town.do(CLOCK, write)
    with Session(town.office.engine) as session:
        assert session.exec(select(JobRun)).all() == []


@pytest.mark.pitfall("A7")
def test_terms_are_half_open_inside_and_whole_days_outside(town: Town) -> None:
    """The first instant that is no longer in force is the first of the next day: not a second more, not one less."""
    number = town.certified(regulation=BRIEF)
    shown = town.certificate(number)
    town.clock.set(shown["in_force_until"] - timedelta(seconds=1))
    assert word(town, number) == "valid"
    town.clock.set(shown["in_force_until"])
    assert word(town, number) == "expired"
    assert town.sweep() == [(number, "expire")]


@pytest.mark.pitfall("A8")
@pytest.mark.once
@pytest.mark.parametrize("start", [D("2024-02-29") + timedelta(days=n) for n in range(0, 1462, 17)], ids=str)
def test_five_years_are_five_calendar_years(start: date) -> None:
    """Never 365 times five; 29 February ends on the 28th where there is none."""
    found = last_day(Calendar([]), start, Period(5, Unit.YEAR, ends="as_is")).last_day
    assert (found.year, found.month) == (start.year + 5, start.month)
    assert found.day == (28 if (start.month, start.day) == (2, 29) else start.day)


@pytest.mark.pitfall("A9")
def test_a_list_by_time_includes_its_last_day(town: Town) -> None:
    """A notice is among the open ones until the last second of its last day."""
    number = town.noticed(town.reviewed(regulation=BRIEF))

    def open_ones() -> tuple[int, int]:
        with town.office.reading(PUBLIC) as r:
            return len(enquiries.search_notices(r, open=True)["items"]), len(enquiries.search_notices(r, open=False)["items"])

    town.to("2026-03-11", 23, 59, 59)
    assert open_ones() == (1, 0)
    town.wait(seconds=1)
    assert open_ones() == (0, 1)
    with town.office.reading(PUBLIC) as r:
        assert enquiries.show_notice(r, number)["closed"] is True


# ---------------------------------------------------------------------------------------- B. Stored status versus the truth


@pytest.mark.pitfall("B1")
def test_an_expired_certificate_says_so_before_any_job_has_run(town: Town) -> None:
    """In the single answer, in lists, in searches by standing: everywhere the same word."""
    number = town.certified(regulation=BRIEF)
    town.to("2027-03-13", 0)
    assert row(town, number).status == "valid"
    with town.office.reading(PUBLIC) as r:
        assert enquiries.show_certificate(r, number)["standing"] == "expired"
        assert [i["standing"] for i in enquiries.search_certificates(r)["items"]] == ["expired"]
        assert len(enquiries.search_certificates(r, standing="expired")["items"]) == 1
        assert enquiries.search_certificates(r, standing="valid")["items"] == []
        assert [i["standing"] for i in enquiries.certificates.expiring(r, [CODES[0]])] == ["expired"]


@pytest.mark.pitfall("B2")
def test_an_old_status_is_never_put_back(town: Town) -> None:
    """What expired while suspended is not reinstated to "valid"; and a sweep brings no status back."""
    number = town.certified(regulation=BRIEF)
    town.sanction(number, "suspend", "ip_in_dispute")
    town.to("2027-03-13", 0)
    town.refused(NotEntitled, town.department(), lambda r: r.record(r.fetch(Certificate, number), "reinstate"))
    town.sweep()
    town.sanction(number, "reinstate", "doubt_cleared")  # what is lifted is the restriction, not the end
    town.sweep()
    assert word(town, number) == row(town, number).status == "expired"


@pytest.mark.pitfall("B3")
def test_three_facts_one_word_by_a_written_precedence(town: Town) -> None:
    """Suspended, past its last day, then revoked: all three are told, and the word is "revoked"."""
    number = town.certified(regulation=BRIEF)
    town.sanction(number, "suspend", "ip_in_dispute")
    town.to("2027-04-01")
    town.sanction(number, "revoke", "false_material")
    shown = town.certificate(number)
    assert shown["standing"] == "revoked"
    assert shown["standing_facts"] == {"validity": "expired", "restriction": "suspended", "outcome": "revoked"}


@pytest.mark.pitfall("B4")
def test_expiry_does_not_swallow_a_suspension(town: Town) -> None:
    """The job that records the expiry leaves the restriction standing."""
    number = town.certified(regulation=BRIEF)
    town.sanction(number, "suspend", "ip_in_dispute")
    town.to("2027-03-13", 0)
    town.sweep()
    assert row(town, number).suspended is True
    assert town.certificate(number)["standing_facts"]["restriction"] == "suspended"


# -------------------------------------------------------------------------------------------------------------- C. Renewal


@pytest.mark.pitfall("C1")
def test_a_request_that_comes_twice_renews_once(town: Town) -> None:
    """By the enterprise and by the office: once for a certificate."""
    old, maker = town.certified(regulation=BRIEF), town.applicant()
    town.to("2026-10-08")
    number = town.to_announce(renews=old, regulation=None)
    town.refused(AlreadyDone, maker, applications.open_application, enterprise=CODES[0], renews=old)
    town.announced(number)
    again: dict[str, Any] = {"regulation": BRIEF, "document_number": "湘工信电子〔2026〕99号", "applications": [number]}
    town.refused(OutOfOrder, town.department(), notices.announce, **again)
    town.refused(AlreadyDone, maker, applications.open_application, enterprise=CODES[0], renews=old)


@pytest.mark.pitfall("C2")
@pytest.mark.parametrize("sweep_first", [False, True])
def test_renewed_and_expired_in_the_same_moment(town: Town, sweep_first: bool) -> None:
    """One row, one order of events, whichever came first (in threads: test_races)."""
    old = town.certified(regulation=BRIEF)
    town.to("2026-10-08")
    number = town.to_announce(renews=old, regulation=None)
    town.to("2027-03-13", 0)
    if sweep_first:
        town.sweep()
    town.announced(number)
    town.sweep()
    assert [e["act"] for e in town.certificate(old)["history"]] == ["issue", "expire", "renew"]


@pytest.mark.pitfall("C3")
def test_a_renewal_never_ends_in_the_past_and_never_costs_days(town: Town) -> None:
    """Early: on from the old last day. Late: from the announcement, the gap recorded."""
    early, late = town.certified(regulation=BRIEF), town.certified(town.applicant(1), regulation=BRIEF)
    ends = town.certificate(late)["valid_until"]
    town.to("2026-10-08")
    soon = town.certificate(renewed(town, early))
    assert soon["valid_from"] == town.certificate(early)["valid_until"] + timedelta(days=1)
    town.to("2027-06-01")
    number = town.to_announce(town.applicant(1), renews=late, regulation=None)
    town.to("2027-09-01")
    after = town.certificate(town.announced(number)[0])
    assert (after["valid_from"], after["valid_until"]) == (D("2027-09-01"), D("2028-09-01"))
    assert town.certificate(late)["valid_until"] == ends and after["valid_from"] > ends + timedelta(days=1)


@pytest.mark.pitfall("C4")
def test_the_new_end_is_there_with_the_renewal_and_the_old_one_is_not_rewritten(town: Town) -> None:
    """One transaction: successor, its term, and the word on the old certificate; told by the entries alone."""
    old = town.certified(regulation=BRIEF)
    before = row(town, old)
    town.to("2026-10-08")
    new = renewed(town, old)
    with Session(town.office.engine) as session:
        issue = session.exec(select(Entry).where(Entry.subject == new, Entry.act == "issue")).one()
        renew = session.exec(select(Entry).where(Entry.subject == old, Entry.act == "renew")).one()
    assert issue.at == renew.at and renew.facts["successor"] == new
    assert issue.facts["valid_until"] == row(town, new).valid_until.isoformat()
    after = row(town, old)
    assert (after.valid_from, after.valid_until) == (before.valid_from, before.valid_until)


@pytest.mark.pitfall("C5")
def test_a_renewal_lifts_no_suspension(town: Town) -> None:
    """Not even after the old last day, when nothing could be reinstated any more."""
    old = town.certified(regulation=BRIEF)
    town.to("2026-10-08")
    number = town.to_announce(renews=old, regulation=None)
    town.sanction(old, "suspend", "ip_in_dispute")
    town.to("2027-03-20")
    announcing: dict[str, Any] = {"regulation": BRIEF, "document_number": "湘工信电子〔2027〕1号", "applications": [number]}
    town.refused(NotYet, town.department(), notices.announce, **announcing)
