"""The verdict, asked for days before, on and after everything that can happen to a certificate, as known now and as known then."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from registry.books import lives
from registry.books.models import Certificate, CertificateLife
from registry.clock import OFFICE_ZONE
from registry.desks import certificates, verifications
from registry.desks.verifications import Asked
from registry.errors import BadInput
from tests.desks.conftest import BRIEF
from tests.factories import Town

DAY = timedelta(days=1)


def verdict(town: Town, number: str, **asked: Any) -> dict[str, Any]:
    return verifications.verify(town.office.glance, town.office.law, town.office.now(), Asked(number, **asked))


def axes(told: dict[str, Any]) -> dict[str, tuple[bool | None, str]]:
    return {name: (axis.answer, axis.code) for name, axis in told["axes"].items()}


def at(day: str, hour: int = 12) -> datetime:
    on = date.fromisoformat(day)
    return datetime(on.year, on.month, on.day, hour, tzinfo=OFFICE_ZONE)


def test_five_axes_of_a_valid_certificate(town: Town) -> None:
    number = town.certified()
    told = verdict(town, number, part="ｈｘ-112a")
    assert told["outcome"] == "in_force" and told["standing"] == "valid"
    assert axes(told) == {
        "authentic": (True, "found"), "in_scope": (True, "covered"), "in_force_on_day": (True, "in_term"), "standing_now": (True, "valid"),
        "fresh": (True, "computed_now"),
    }
    assert told["matched_entry"] == "HX-112A" and told["asked"]["on"] == town.today
    shown = town.certificate(number)
    assert (told["valid_from"], told["valid_until"], told["holder"]["credit_code"]) == (
        shown["valid_from"], shown["valid_until"], shown["holder"]["credit_code"])
    assert told["in_force_until"] == shown["in_force_until"] and told["ledger_size"] > 0
    for axis in told["axes"].values():
        assert axis.reason.zh and axis.reason.en


def test_a_certified_maker_with_an_uncovered_model(town: Town) -> None:
    told = verdict(town, town.certified(), part="HX-112C")
    assert told["outcome"] == "out_of_scope" and axes(told)["in_scope"] == (False, "uncovered")
    assert told["nearest"] == ["HX-112B", "HX-112A"] and axes(told)["in_force_on_day"] == (True, "in_term")


def test_no_such_number_is_an_answer_and_a_slip_is_named(town: Town) -> None:
    number = town.certified()
    slip = number[:-1] + ("0" if number[-1] != "0" else "1")
    told = verdict(town, slip)
    assert told["outcome"] == "not_found" and told["standing"] is None and told["holder"] is None
    assert axes(told)["authentic"] == (False, "number_check") and f"“{number[-1]}”" in told["axes"]["authentic"].reason.zh
    assert axes(told)["in_scope"] == (None, "not_found")
    assert verdict(town, "HN-STJ-2026-9999-X")["outcome"] == "not_found"
    assert verdict(town, f" {number.lower()} ")["outcome"] == "in_force"


@pytest.mark.parametrize(("off", "code", "answer"), [(-1, "not_yet_valid", False), (0, "in_term", True)])
def test_the_first_day(town: Town, off: int, code: str, answer: bool) -> None:
    number = town.certified()
    first = town.certificate(number)["valid_from"]
    assert axes(verdict(town, number, on=first + off * DAY))["in_force_on_day"] == (answer, code)


@pytest.mark.parametrize(("off", "code", "answer"), [(0, "in_term", True), (1, "expired", False)])
def test_the_last_day_before_and_after_the_sweep(wide_town: Town, off: int, code: str, answer: bool) -> None:
    number = wide_town.certified(regulation=BRIEF)
    last = wide_town.certificate(number)["valid_until"]
    wide_town.to(last + off * DAY, hour=0)
    told = verdict(wide_town, number)
    assert axes(told)["in_force_on_day"] == (answer, code) and told["standing"] == ("valid" if answer else "expired")
    wide_town.sweep()
    assert axes(verdict(wide_town, number)) == axes(told)
    assert axes(verdict(wide_town, number, on=last))["in_force_on_day"] == (True, "in_term"), "it was in force on its last day"


def test_a_suspension_counts_from_its_day_to_its_reinstatement(town: Town) -> None:
    number = town.certified()
    town.wait(days=10)
    began = town.today
    measure = town.decided(number, "suspend", _ground(town, "suspend"))
    town.wait(days=10)
    ended = town.today
    town.lifted(measure, _ground(town, "reinstate"))
    town.wait(days=10)
    assert axes(verdict(town, number, on=began))["in_force_on_day"] == (False, "suspended")
    assert axes(verdict(town, number, on=began - DAY))["in_force_on_day"] == (True, "in_term")
    assert axes(verdict(town, number, on=ended - DAY))["in_force_on_day"] == (False, "suspended")
    assert axes(verdict(town, number, on=ended))["in_force_on_day"] == (True, "in_term")
    assert verdict(town, number)["standing"] == "valid"


def _ground(town: Town, act: str) -> str:
    law = town.office.law.regulation("hunan-components-2025")
    return next(s.key for s in law.sanctions if act in s.acts)


def test_revoked_is_never_called_invalid_and_a_later_revocation_is_visible_as_such(town: Town) -> None:
    number = town.certified()
    town.wait(days=5)
    before = town.clock.now()
    town.wait(days=5)
    day = town.today
    measure = town.decided(number, "revoke", _ground(town, "revoke"))
    town.wait(days=1)
    told = verdict(town, number)
    assert told["outcome"] == "not_in_force" and told["standing"] == "revoked"
    assert axes(told)["in_force_on_day"] == (False, "revoked") == axes(told)["standing_now"]
    assert "撤销" in told["axes"]["in_force_on_day"].reason.zh and "无效" not in str(told)
    then = verdict(town, number, on=day, known_at=before)
    assert then["outcome"] == "in_force" and then["corrected_later"] is True and axes(then)["fresh"] == (False, "as_known_then")
    assert then["standing"] == "revoked", "what it is worth today is said all the same"
    assert verdict(town, number, on=day - DAY)["outcome"] == "in_force"
    town.lifted(measure, _ground(town, "set_aside"))
    assert verdict(town, number)["outcome"] == "in_force"
    assert verdict(town, number, on=day)["standing"] == "valid"


def test_what_is_ordered_for_a_day_to_come_is_known_from_its_decision(town: Town) -> None:
    number = town.certified()
    town.wait(days=2)
    before = town.clock.now()
    town.wait(hours=1)
    ahead = town.today + 20 * DAY
    town.decided(number, "suspend", _ground(town, "suspend"), effective_on=ahead)
    town.wait(hours=1)
    assert verdict(town, number)["outcome"] == "in_force"
    assert axes(verdict(town, number, on=ahead))["in_force_on_day"] == (False, "suspended")
    assert axes(verdict(town, number, on=ahead, known_at=before))["in_force_on_day"] == (True, "in_term")
    town.to(ahead, hour=0)
    assert verdict(town, number)["standing"] == "suspended", "no sweep has run"


def test_what_was_given_up_stays_so_when_a_measure_that_never_took_effect_is_lifted(town: Town) -> None:
    number = town.certified()
    measure = town.decided(number, effective_on=date(2026, 4, 1))
    town.do(town.applicant(), certificates.surrender_certificate, number, "停产")
    town.lifted(measure, "decision_wrong")
    town.to("2026-05-01")
    assert verdict(town, number)["standing"] == town.certificate(number)["standing"] == "surrendered"


def test_given_up(town: Town) -> None:
    number = town.certified()
    town.wait(days=3)
    town.do(town.applicant(), certificates.surrender_certificate, number, "停产。")
    told = verdict(town, number)
    assert told["standing"] == "surrendered" and axes(told)["in_force_on_day"] == (False, "surrendered")
    assert verdict(town, number, on=town.today - DAY)["outcome"] == "in_force"


def test_a_renewal_is_another_certificate_and_the_old_one_says_so(wide_town: Town) -> None:
    town = wide_town
    old = town.certified(regulation=BRIEF)
    last = town.certificate(old)["valid_until"]
    town.to(last - 60 * DAY)
    new = town.certified(renews=old, regulation=None)
    assert axes(verdict(town, new))["in_force_on_day"] == (False, "not_yet_valid")
    assert verdict(town, old)["replaced_by"] == new and verdict(town, old)["standing"] == "valid"
    town.to(last + DAY, hour=0)
    assert verdict(town, old)["standing"] == "superseded" and verdict(town, new)["outcome"] == "in_force"


def test_a_model_added_later_is_covered_from_its_version_on(town: Town) -> None:
    number = town.certified()
    town.wait(days=30)
    before = town.clock.now()
    town.wait(days=1)
    town.granted(number)
    assert verdict(town, number, part="HX-112C")["outcome"] == "in_force"
    assert verdict(town, number, part="HX-112C", on=town.today - DAY)["outcome"] == "out_of_scope"
    assert verdict(town, number, part="HX-112C", known_at=before)["outcome"] == "out_of_scope"
    assert verdict(town, number)["edition"] == 2


def test_before_there_was_a_certificate_nothing_was_known(town: Town) -> None:
    before = town.clock.now()
    town.wait(days=1)
    number = town.certified()
    told = verdict(town, number, known_at=before)
    assert told["outcome"] == "not_found" and "当时" in told["axes"]["authentic"].reason.zh


def test_what_cannot_be_asked_is_said(town: Town) -> None:
    for asked, field in (({"known_at": town.clock.now() + DAY}, "known_at"), ({"part": "A" * 201}, "part")):
        with pytest.raises(BadInput) as caught:
            verdict(town, "HN-STJ-2026-0001-X", **asked)
        assert [f.field for f in caught.value.findings] == [field]


def test_many_at_once_are_the_same_verdicts_in_the_order_asked(town: Town) -> None:
    number = town.certified()
    lines = [Asked(number, "HX-112A"), Asked("HN-STJ-2026-9999-X"), Asked(number, "HX-112C"), Asked(number, None, town.today - 400 * DAY)]
    told = verifications.verify_many(town.office.glance, town.office.law, town.office.now(), lines)
    assert told == [verifications.verify(town.office.glance, town.office.law, town.office.now(), line) for line in lines]
    assert [t["outcome"] for t in told] == ["in_force", "not_found", "out_of_scope", "not_in_force"]


def test_the_verdict_and_the_certificate_s_own_page_never_differ(town: Town) -> None:
    number = town.certified()
    for step in (None, lambda: town.decided(number, "suspend", _ground(town, "suspend")), lambda: town.wait(days=400)):
        if step:
            step()
        assert verdict(town, number)["standing"] == town.certificate(number)["standing"]


def test_every_life_is_what_the_books_give(town: Town) -> None:
    number = town.certified()
    town.granted(number)
    town.decided(number, "suspend", _ground(town, "suspend"))
    with Session(town.office.engine) as session:
        certificate = session.exec(select(Certificate).where(Certificate.number == number)).one()
        kept = session.get(CertificateLife, number)
        assert kept is not None
        assert lives.read_life(kept.body).versions[-1].scope[-1] == "HX-112C"
        assert lives.dump_life(session, certificate) == kept.body


def test_lives_of_an_older_database_are_made_at_its_opening(town: Town) -> None:
    number = town.certified()
    with Session(town.office.engine) as session, session.begin():
        session.delete(session.get_one(CertificateLife, number))
    assert verdict(town, number)["outcome"] == "not_found"
    town.office.prepare()
    assert verdict(town, number)["outcome"] == "in_force"
