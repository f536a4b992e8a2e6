"""The road of first-version software over the desks: called for, checked by its province, examined, reviewed, announced."""

from __future__ import annotations

from typing import Any

import pytest

from registry.clock import FrozenClock
from registry.desks import amendments, applications, enquiries, reviews
from registry.errors import Debarred, Incomplete, LawIsSilent, NotEntitled, NotOpen
from registry.office import Office
from tests.factories import GUANGDONG, HUNAN, PDF, PROVINCE, Town

SOFTWARE = "miit-software-2025"


@pytest.fixture
def ministry(office: Office, clock: FrozenClock) -> Town:
    """The office as the Ministry's people see it."""
    return Town(office, clock).under(SOFTWARE)


def version_of(town: Town, version: str) -> str:
    """A draft of the same software in this version, in all its papers."""
    number = town.draft()
    kept = town.show(number)["dossier"]
    papers: dict[str, Any] = {key: [row | {"version": version} for row in kept[key]] for key in ("copyrights", "contracts")}
    town.do(town.applicant(), applications.save_draft, number, {"version": version, "test_version": version} | papers)
    return number


def test_without_a_notice_of_the_round_none_is_taken(ministry: Town) -> None:
    maker = ministry.applicant()
    ministry.refused(NotOpen, maker, applications.open_application, enterprise=next(iter(maker.enterprises.values())), regulation=SOFTWARE)


def test_a_version_goes_from_draft_to_certificate(ministry: Town) -> None:
    number = ministry.submitted()
    assert ministry.show(number)["bureau"]["region"] == PROVINCE, "an enterprise of Changsha is checked by Hunan's department"
    ministry.refused(NotEntitled, ministry.department(), applications.endorse, number)
    ministry.do(ministry.bureau(PROVINCE), applications.endorse, number)
    assert ministry.show(number)["status"] == "formal_examination"
    ministry.do(ministry.department(), applications.accept, number)
    ministry.review(number)
    ministry.do(ministry.department(), reviews.recommend, number)
    ministry.noticed(number)
    ministry.let_time_act(number)
    [certificate] = ministry.announced(number)
    shown = ministry.certificate(certificate)
    assert (shown["standing"], shown["regulation"]["id"]) == ("valid", SOFTWARE)
    assert shown["valid_until"].year - shown["valid_from"].year == ministry.office.law.regulation(SOFTWARE).validity_rule().period.length
    assert shown["scope"] == ["V1.0"]


def test_the_same_version_is_the_same_product_and_the_next_one_is_not(ministry: Town) -> None:
    ministry.certified()
    again = ministry.draft()
    no = ministry.refused(Incomplete, ministry.applicant(), applications.submit, again)
    assert [f.code for f in no.findings] == ["same_product"]
    following = version_of(ministry, "V1.1")
    ministry.do(ministry.applicant(), applications.submit, following)


def test_a_supplement_comes_back_to_the_province_that_asked(ministry: Town) -> None:
    number = ministry.supplement(ministry.submitted(), "name_mismatch")
    assert ministry.show(number)["status"] == "supplement"


def test_an_enterprise_of_another_province_is_checked_there(ministry: Town) -> None:
    maker = ministry.applicant(1, GUANGDONG)
    number = ministry.submitted(maker)
    assert ministry.show(number)["bureau"]["region"] == GUANGDONG
    ministry.do(ministry.bureau(GUANGDONG), applications.endorse, number)


def test_untrue_filing_bars_from_software_for_three_years_and_from_nothing_else(ministry: Town) -> None:
    certificate = ministry.certified()
    ministry.decided(certificate, "debar", "untrue_filing")
    maker = ministry.applicant()
    enterprise = next(iter(maker.enterprises.values()))
    with ministry.office.reading(maker) as r:
        [bar] = enquiries.debarments_of(r)
    assert bar["ends_on"].year - ministry.today.year == 3
    ministry.call(SOFTWARE)
    ministry.refused(Debarred, maker, applications.open_application, enterprise=enterprise, regulation=SOFTWARE)
    ministry.do(maker, applications.open_application, enterprise=enterprise, regulation=HUNAN)


def test_neither_the_product_s_name_nor_its_version_is_amended(ministry: Town) -> None:
    certificate = ministry.certified()
    wanted = amendments.Wanted(change="scope", models=["V1.1"])
    ministry.refused(LawIsSilent, ministry.applicant(), amendments.request_amendment, certificate, wanted, reason="新版本。",
                     filename="证明.pdf", content=PDF)
