"""Three regulations that no code was written for, each another way through the house, from draft to certificate.

They were written from `docs/regulations.md` alone and stand in `tests/law/unseen`: a province with bureaus, calls, grades and
support; a centre without bureaus that inspects on site before its experts; a national association that tests and counts in months.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.actors import PUBLIC
from registry.clock import FrozenClock
from registry.desks import applications, assessments, enquiries, verifications
from registry.desks.verifications import Asked
from registry.errors import Incomplete, LawIsSilent
from registry.law.deadlines import last_day
from registry.office import Office
from registry.settings import Settings
from tests.factories import Town

FOLDER = Path(__file__).parents[1] / "law" / "unseen"
UNSEEN = sorted(path.stem for path in (FOLDER / "regulations").glob("*.toml"))
PREFIXES = {"alloys-rules-2026": "alloy-", "chargers-rules-2026": "charger-", "newenergy-rules-2026": "energy-"}


@pytest.fixture
def elsewhere(database_url: str, tmp_path: Path, clock: FrozenClock) -> Iterator[Office]:
    settings = Settings(data=tmp_path / "data", database_url=database_url, secret_key="for tests only", law_dir=str(FOLDER))
    office = Office(settings, clock)
    office.prepare()
    yield office
    office.close()


def test_there_are_three() -> None:
    assert sorted(PREFIXES) == UNSEEN


@pytest.mark.parametrize("regulation", UNSEEN)
def test_an_application_under_it_becomes_a_certificate(elsewhere: Office, clock: FrozenClock, regulation: str) -> None:
    town, law = Town(elsewhere, clock).under(regulation, prefix=PREFIXES[regulation]), elsewhere.law.regulation(regulation)
    certificate = town.certified()
    shown = town.certificate(certificate)
    assert (shown["standing"], shown["regulation"]["id"]) == ("valid", regulation)
    assert shown["valid_until"] == last_day(elsewhere.law.calendar, shown["valid_from"], law.validity_rule().period).last_day
    assert (shown["grade"] or {}).get("key") == (law.grades[0].key if law.grades else None)
    with elsewhere.reading(PUBLIC) as r:
        counted = enquiries.count_certificates(r, regulation)
    assert [(p["label"], p["count"]) for p in counted["grades"]] == [(grade.label, 1) for grade in law.grades[:1]]
    assert [p["label"] for p in counted["classes"]] == [elsewhere.law.taxonomy_of(law).classes[0].label]


@pytest.mark.parametrize("regulation", UNSEEN)
def test_a_dossier_with_gaps_is_refused_by_its_own_fields_and_a_supplement_comes_back(elsewhere: Office, clock: FrozenClock, regulation: str) -> None:
    town, law = Town(elsewhere, clock).under(regulation, prefix=PREFIXES[regulation]), elsewhere.law.regulation(regulation)
    maker = town.applicant()
    number = town.draft(maker)
    product = law.dossier.product_field
    name = town.show(number)["dossier"][product]
    town.do(maker, applications.save_draft, number, {product: ""})
    found = town.refused(Incomplete, maker, applications.submit, number).findings
    assert [(f.field, f.code) for f in found] == [(f"dossier.{product}", "missing")]
    town.do(maker, applications.save_draft, number, {product: name})
    town.do(maker, applications.submit, number)
    asked = town.show(number)["status"]
    town.supplement(number, law.supplement_reasons[0].key)
    town.do(maker, applications.resubmit, number, "已补")
    assert town.show(number)["status"] == asked


@pytest.mark.parametrize(("regulation", "stage"), [("chargers-rules-2026", "受理"), ("newenergy-rules-2026", "地市初审")])
def test_letters_call_a_stage_as_its_file_does(elsewhere: Office, clock: FrozenClock, regulation: str, stage: str) -> None:
    town = Town(elsewhere, clock).under(regulation, prefix=PREFIXES[regulation])
    town.department()
    if (bureaus := elsewhere.law.regulation(regulation).authority.prefectures):
        town.bureau(next(iter(bureaus)))
    number = town.submitted()
    reader = f"bureau-{next(iter(bureaus))}" if bureaus else f"{PREFIXES[regulation]}department"
    [told] = [x for x in town.letters_to(reader) if number in x.subject]
    assert f"待“{stage}”" in told.subject and f"已进入“{stage}”" in town.letters_to("maker-0")[-1].body


def test_what_a_regulation_does_not_say_is_refused_and_not_guessed(elsewhere: Office, clock: FrozenClock) -> None:
    town = Town(elsewhere, clock).under("alloys-rules-2026", prefix="alloy-")
    certificate = town.certified()
    town.refused(LawIsSilent, town.applicant(), applications.open_application, enterprise=next(iter(town.applicant().enterprises.values())),
                 renews=certificate)


def test_patterns_of_part_numbers_are_the_regulations(elsewhere: Office, clock: FrozenClock) -> None:
    town = Town(elsewhere, clock).under("chargers-rules-2026", prefix="charger-")
    maker = town.applicant()
    number = town.draft(maker)
    town.do(maker, applications.save_draft, number, {"parts": ["EV-DC[60..30]*", "EV-DC 7kW", "EV*C"]})
    found = town.refused(Incomplete, maker, applications.submit, number).findings
    scope = elsewhere.law.regulation("chargers-rules-2026").scope
    assert scope and [(f.field, f.code, f.article) for f in found] == [("dossier.parts", "bad_pattern", scope.article)] * 2
    assert "EV-DC[60..30]*" in found[0].message.zh and "begins after its end" in found[0].message.en and "HX-[100..199]" in found[1].message.zh
    town.do(maker, applications.save_draft, number, {"parts": ["EV-DC[30..60]*"]})
    town.do(maker, applications.submit, number)
    town.accepted(number)
    town.worked_through(number)
    town.do(town.department(), assessments.accept_report, number)
    town.noticed(number)
    town.let_time_act(number)
    [certificate] = town.announced(number)
    answers = {part: verifications.verify(elsewhere.glance, elsewhere.law, elsewhere.now(), Asked(certificate, part=part))["outcome"]
               for part in ("evdc40a", "EV-DC 61")}
    assert answers == {"evdc40a": "in_force", "EV-DC 61": "out_of_scope"}


def test_a_grade_has_its_own_mark_and_an_award_its_cap(elsewhere: Office, clock: FrozenClock) -> None:
    law = elsewhere.law.regulation("newenergy-rules-2026")
    assert [(g.key, g.pass_mark) for g in law.grades] == [("world", 85), ("nation", None)]
    assert law.intake is not None and [b.key for b in law.intake.bonuses] == ["own_policy", "earlier"]


def test_an_award_is_reckoned_on_the_case_for_its_applicant_and_its_office_alone(elsewhere: Office, clock: FrozenClock) -> None:
    town = Town(elsewhere, clock).under("newenergy-rules-2026", prefix="energy-")
    maker = town.applicant()
    number = town.draft(maker)
    town.do(maker, applications.save_draft, number, {"price": "2000"})
    town.do(maker, applications.submit, number)
    [award] = town.do(maker, enquiries.show_application, number)["support"]
    assert (award["amount"], award["bound"].en, award["article"]) == ("500.00", "cut to the cap", "第十一条")
    assert [(s["label"].zh, s["amount"]) for s in award["shares"]] == [("研制单位", "350.00"), ("使用单位", "150.00")]
    assert town.do(town.bureau("440100"), enquiries.show_application, number)["support"] == [award]
    draft = town.draft(town.applicant(1))
    town.do(town.applicant(1), applications.save_draft, draft, {"price": ""})
    assert town.do(town.applicant(1), enquiries.show_application, draft)["support"][0]["amount"] is None
