"""Changes of a certificate: models added, a holder renamed, another holder. The number stays; every version can be seen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import text

from registry.actors import CLOCK, PUBLIC, Actor
from registry.books.models import CertificateVersion
from registry.clock import FrozenClock
from registry.desks import (
    accounts,
    amendments,
    applications,
    audits,
    certificates,
    enquiries,
    notices,
    reviews,
    verifications,
)
from registry.desks.amendments import Wanted
from registry.desks.verifications import Asked
from registry.errors import (
    AlreadyDone,
    BadInput,
    DutiesConflict,
    LawIsSilent,
    NotEntitled,
    NotFound,
    NotYet,
    Outdated,
    OutOfOrder,
    WrongType,
)
from registry.law.lifecycle import Role
from registry.office import Office
from registry.settings import Settings
from tests.desks.conftest import BRIEF
from tests.factories import CODES, HUNAN, PDF, PROVINCE, ZHUZHOU, Town, another_law

D = date.fromisoformat
RENAMED = "湖南新名电子有限公司"
RENAME = {"change": "rename", "new_name": RENAMED}
TRANSFER = {"change": "transfer", "new_holder": CODES[1]}


@pytest.fixture
def silent_town(database_url: str, tmp_path: Path, clock: FrozenClock) -> Iterator[Town]:
    """A town whose office has, beside Hunan's, a regulation that knows no change of a certificate ("silent")."""
    file = another_law(tmp_path / "law", "silent", "2025") / "regulations" / "silent-2025.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text[:text.index("[[changes]]")] + text[text.index("[[support]]"):], encoding="utf-8")
    office = Office(Settings(data=tmp_path / "data", database_url=database_url, secret_key="for tests only",
                             law_dir=str(tmp_path / "law")), clock)
    office.prepare()
    yield Town(office, clock)
    office.close()


def versions(town: Town, number: str, actor: Actor = PUBLIC) -> list[dict[str, Any]]:
    with town.office.reading(actor) as r:
        return enquiries.list_versions(r, number)


def shown(town: Town, number: str, actor: Actor = CLOCK) -> dict[str, Any]:
    with town.office.reading(actor) as r:
        return enquiries.show_amendment(r, number)


def letters(town: Town, actor: Actor) -> list[str]:
    with town.office.reading(actor) as r:
        return [x["subject"] for x in enquiries.search_letters(r, limit=100)["items"]]


def faults(town: Town) -> list[str]:
    with town.office.reading(CLOCK) as r:
        looked = [*audits.check_lives(r, "amendment"), *audits.check_versions(r),
                  *audits.check_lives(r, "certificate"), *audits.check_documents(r),
                  *audits.check_ledger(r)]
        return [f"{f.where}: {f.what}" for f in looked if f is not None]


# ------------------------------------------------------------------------------------------------------------- versions


def test_a_certificate_is_issued_in_its_first_version(town: Town) -> None:
    number = town.certified()
    (first,) = versions(town, number)
    c = town.certificate(number)
    assert (first["edition"], c["edition"], first["in_force_from"]) == (1, 1, c["valid_from"])
    assert first["scope"] == c["scope"] and first["holder"]["credit_code"] == CODES[0] and first["act"] == "issue"
    assert first["in_force_until"] == c["valid_until"] and first["newest"]


def test_models_added_to_scope_keep_the_number_and_the_term(town: Town) -> None:
    number = town.certified()
    before = town.certificate(number)
    town.to("2026-05-06")
    request = town.granted(number)
    after = town.certificate(number)
    assert (after["number"], after["valid_from"], after["valid_until"]) == (number, before["valid_from"], before["valid_until"])
    assert after["scope"] == ["HX-112A", "HX-112B", "HX-112C"] and after["edition"] == 2
    second, first = versions(town, number)
    assert (first["scope"], second["scope"]) == (before["scope"], after["scope"])
    assert (first["in_force_until"], second["in_force_from"]) == (D("2026-05-05"), D("2026-05-06"))
    assert (second["change"], second["amendment"]) == ("scope", request)
    assert after["history"][-1]["act"] == "amend" and after["history"][-1]["edition"] == 2
    with town.office.reading(PUBLIC) as r:
        found = enquiries.search_certificates(r, q="HX-112C")["items"]
        assert [c["number"] for c in found] == [number]
        assert enquiries.show_version(r, number, 1)["scope"] == before["scope"]
        with pytest.raises(NotFound):
            enquiries.show_version(r, number, 3)
    assert faults(town) == []


def test_everybody_is_told_of_a_request_and_its_outcome(town: Town) -> None:
    town.bureau(), town.department()
    number = town.certified()
    request = town.granted(number)
    assert {f"变更申请已提交：{request} / Request handed in: {request}", f"准予变更：{request} / Change granted: {request}",
            f"证书已变更：{number} / Certificate changed: {number}"} <= set(letters(town, town.applicant()))
    assert any(request in s and "初核" in s for s in letters(town, town.bureau()))
    assert any(request in s and "待决定" in s for s in letters(town, town.department()))


def test_a_model_that_is_covered_already_is_not_added_twice(town: Town) -> None:
    number = town.certified()
    no = town.refused(BadInput, town.applicant(), amendments.request_amendment, number, Wanted("scope", ["hx-112a", " HX-112B "]),
                      reason="x", filename="a.pdf", content=PDF)
    assert [(f.field, f.code) for f in no.findings] == [("models", "covered")]
    town.granted(number, change="scope", models=["HX-112A", "HX-200"])
    assert town.certificate(number)["scope"] == ["HX-112A", "HX-112B", "HX-200"]


def test_a_request_names_every_fault_at_once_and_needs_proof(town: Town) -> None:
    number = town.certified()
    no = town.refused(BadInput, town.applicant(), amendments.request_amendment, number, Wanted("scope"), reason=" ",
                      filename=None, content=None)
    assert {f.field for f in no.findings} == {"reason", "models", "evidence_file"}
    no = town.refused(BadInput, town.applicant(), amendments.request_amendment, number, Wanted("colour"), reason="x",
                      filename="a.pdf", content=PDF)
    assert [f.field for f in no.findings] == ["change"]
    town.refused(WrongType, town.applicant(), amendments.request_amendment, number, Wanted("scope", ["N"]), reason="x",
                 filename="a.pdf", content=b"MZ not a pdf")


def test_further_proof_may_be_added_until_the_bureau_has_decided(town: Town) -> None:
    request = town.requested(town.certified())
    town.do(town.applicant(), amendments.add_evidence, request, "检测.pdf", PDF + b"\n")
    assert [f["filename"] for f in shown(town, request)["files"]] == ["证明.pdf", "检测.pdf"]
    with town.office.reading(town.bureau()) as r:
        assert enquiries.read_amendment_file(r, request, 2)["content"] == PDF + b"\n"
    town.do(town.bureau(), amendments.endorse_amendment, request)
    town.refused(OutOfOrder, town.applicant(), amendments.add_evidence, request, "又.pdf", PDF)
    assert faults(town) == []


@pytest.mark.parametrize("written", [
    "UPDATE certificate SET holder_name = 'x'", "UPDATE certificateversion SET scope = '[]'",
    "DELETE FROM certificateversion WHERE edition = 1", "UPDATE certificateversion SET entry_seq = 1 WHERE edition = 1",
])
def test_the_audit_finds_a_version_that_was_tampered_with(town: Town, written: str) -> None:
    town.granted(town.certified())
    assert faults(town) == []
    table = CertificateVersion.__tablename__
    with town.office.engine.begin() as connection:
        connection.execute(text(written.replace("certificateversion", str(table))))
    assert len(faults(town)) >= 1


# ------------------------------------------------------------------------------------------------------- who, in what order


def test_only_the_holder_asks_its_own_bureau_endorses_the_department_grants(town: Town) -> None:
    number = town.certified()
    town.refused(NotEntitled, town.applicant(1), amendments.request_amendment, number, Wanted("scope", ["N"]), reason="x",
                 filename="a.pdf", content=PDF)
    request = town.requested(number)
    town.refused(NotFound, town.bureau(ZHUZHOU), amendments.endorse_amendment, request)
    town.refused(NotFound, town.applicant(1), amendments.withdraw_amendment, request, "x")
    town.refused(OutOfOrder, town.department(), amendments.grant_amendment, request)
    town.do(town.bureau(), amendments.endorse_amendment, request, "情况属实")
    town.refused(NotEntitled, town.bureau(), amendments.grant_amendment, request)
    with town.office.reading(town.department()) as r:
        assert [a["number"] for a in enquiries.amendments_waiting(r)] == [request]
    with town.office.reading(town.bureau()) as r:
        assert enquiries.amendments_waiting(r) == []
        assert [a["number"] for a in enquiries.search_amendments(r)["items"]] == [request]
    with town.office.reading(town.bureau(ZHUZHOU)) as r:
        assert enquiries.search_amendments(r, open=None)["items"] == []


def test_whoever_endorsed_does_not_grant(town: Town) -> None:
    request = town.requested(town.certified())
    bureau = town.bureau()
    town.do(bureau, amendments.endorse_amendment, request)
    with town.office.registrar(town.admin()) as r:
        code = accounts.invite(r, role=Role.DEPARTMENT, name="同一人", authority=PROVINCE)
    with town.office.registrar(bureau) as r:
        accounts.accept_invitation(r, code=code)
    no = town.refused(DutiesConflict, town.bureau(), amendments.grant_amendment, request)
    assert no.article == "duties.endorser_grants_not"


def test_one_request_for_a_certificate_at_a_time(town: Town) -> None:
    number = town.certified()
    first = town.requested(number)
    town.refused(AlreadyDone, town.applicant(), amendments.request_amendment, number, Wanted("rename", new_name=RENAMED),
                 reason="x", filename="a.pdf", content=PDF)
    town.do(town.applicant(), amendments.withdraw_amendment, first, "改日再提")
    assert shown(town, first)["status"] == "withdrawn"
    town.requested(number)


@pytest.mark.parametrize("by", ["bureau", "department"])
def test_a_refused_request_leaves_the_certificate_as_it_is_and_says_why(town: Town, by: str) -> None:
    number = town.certified()
    request = town.requested(number)
    if by == "department":
        town.do(town.bureau(), amendments.endorse_amendment, request)
    town.do(getattr(town, by)(), amendments.refuse_amendment, request, "新型号未见检测。")
    found = shown(town, request)
    assert (found["status"], found["decision_reason"]) == ("refused", "新型号未见检测。")
    assert town.certificate(number)["edition"] == 1 and len(versions(town, number)) == 1
    assert f"不予变更：{request} / Change refused: {request}" in letters(town, town.applicant())
    assert faults(town) == []


def test_a_change_that_the_regulation_does_not_know_is_refused_not_guessed(silent_town: Town) -> None:
    number = silent_town.certified(regulation="silent-2025")
    no = silent_town.refused(LawIsSilent, silent_town.applicant(), amendments.request_amendment, number, Wanted("scope", ["N"]),
                           reason="x", filename="a.pdf", content=PDF)
    assert no.article is None and no.action and "changes" in no.action.zh
    assert silent_town.certificate(number)["amendable"] is False


def test_an_ended_certificate_is_not_changed(town: Town) -> None:
    number = town.certified()
    request = town.requested(number)
    town.do(town.bureau(), amendments.endorse_amendment, request)
    town.do(town.applicant(), certificates.surrender_certificate, number, "停产")
    town.refused(OutOfOrder, town.department(), amendments.grant_amendment, request)
    town.refused(OutOfOrder, town.applicant(), amendments.request_amendment, number, Wanted("scope", ["N"]), reason="x",
                 filename="a.pdf", content=PDF)
    assert not town.certificate(number)["amendable"]


# ----------------------------------------------------------------------------------------------------- changes of holder


def test_a_renamed_holder_keeps_its_code_and_all_its_certificates_say_the_new_name(town: Town) -> None:
    first, second = town.certified(), town.certified()
    old_name = town.certificate(first)["holder"]["name"]
    request = town.granted(first, **RENAME)
    for number in (first, second):
        c = town.certificate(number)
        assert (c["holder"]["name"], c["holder"]["credit_code"], c["edition"]) == (RENAMED, CODES[0], 2)
        assert [v["holder"]["name"] for v in versions(town, number)] == [RENAMED, old_name]
        assert versions(town, number)[0]["amendment"] == request
    with town.office.reading(town.applicant()) as r:
        house = enquiries.show_enterprise(r, CODES[0])
        assert house["name"] == RENAMED and [n["name"] for n in house["names"]] == [old_name, RENAMED]
        announced = enquiries.search_announcements(r)["items"]
        assert {c["holder"] for a in announced for c in a["certificates"]} == {old_name}
    assert faults(town) == []


def test_a_merged_holder_hands_the_certificate_to_the_other_enterprise(town: Town) -> None:
    number = town.certified()
    heir = town.applicant(1, ZHUZHOU)
    town.granted(number, **TRANSFER)
    c = town.certificate(number)
    assert (c["holder"]["credit_code"], c["number"], c["edition"]) == (CODES[1], number, 2)
    assert [v["holder"]["credit_code"] for v in versions(town, number)] == [CODES[1], CODES[0]]
    assert town.certificate(number, heir)["mine"] and not town.certificate(number, town.applicant())["mine"]
    assert f"证书已变更：{number} / Certificate changed: {number}" in letters(town, heir)
    town.refused(NotEntitled, town.applicant(), certificates.surrender_certificate, number, "x")
    town.do(heir, certificates.surrender_certificate, number, "停产")
    assert faults(town) == []


def test_another_holder_must_be_registered_and_be_another(town: Town) -> None:
    number = town.certified()
    for code, fault in (("91430100MA4L00001J", "unknown"), (CODES[0], "unchanged"), ("", "missing")):
        no = town.refused(BadInput, town.applicant(), amendments.request_amendment, number,
                          Wanted("transfer", new_holder=code), reason="x", filename="a.pdf", content=PDF)
        assert [(f.field, f.code) for f in no.findings] == [("new_holder", fault)]
    no = town.refused(BadInput, town.applicant(), amendments.request_amendment, number,
                      Wanted("rename", new_name=town.certificate(number)["holder"]["name"]), reason="x", filename="a.pdf", content=PDF)
    assert [(f.field, f.code) for f in no.findings] == [("new_name", "unchanged")]


def test_the_holder_does_not_change_while_its_renewal_is_in_hand(wide_town: Town) -> None:
    town = wide_town
    number = town.certified(regulation=BRIEF)
    town.applicant(1)
    town.to("2026-10-12")
    draft = town.draft(renews=number, regulation=None)
    request = town.requested(number, **TRANSFER)
    town.do(town.bureau(), amendments.endorse_amendment, request)
    town.do(town.applicant(), applications.submit, draft)
    no = town.refused(NotYet, town.department(), amendments.grant_amendment, request)
    assert draft in no.detail.zh
    town.do(town.applicant(), applications.withdraw, draft, "由新企业办理")
    town.do(town.department(), amendments.grant_amendment, request)
    assert town.certificate(number)["holder"]["credit_code"] == CODES[1]


def test_the_former_holder_cannot_hand_in_a_renewal_that_it_had_begun(wide_town: Town) -> None:
    town = wide_town
    number = town.certified(regulation=BRIEF)
    heir = town.applicant(1)
    town.to("2026-10-12")
    draft = town.draft(renews=number, regulation=None)
    town.granted(number, **TRANSFER)
    town.refused(NotEntitled, town.applicant(), applications.submit, draft)
    assert town.submitted(heir, renews=number, regulation=None)


# ---------------------------------------------------------------------------------------------------------- conditions


def test_conditions_of_an_approval_stand_in_the_notice_and_on_the_certificate(town: Town) -> None:
    terms = ["一年内提交批量应用报告。", "型号 HX-112B 限于民用。"]
    number = town.endorsed()
    town.review(number)
    town.do(town.department(), reviews.recommend, number, "有条件同意", [*terms, "  ", terms[0]])
    notice = town.noticed(number)
    with town.office.reading(PUBLIC) as r:
        found = enquiries.show_notice(r, notice)
    assert orjson.loads(found["content"])["items"][0]["conditions"] == terms == found["items"][0]["conditions"]
    town.let_time_act(number)
    further = ["每年报告一次产量。", terms[0]]
    (certificate,) = town.do(town.department(), notices.announce, regulation=HUNAN, document_number="湘工信电子〔2026〕90号",
                             applications=[number], conditions={number: further})
    assert town.certificate(certificate)["conditions"] == [*terms, further[0]]
    verdict = verifications.verify(town.office.glance, town.office.law, town.office.now(), Asked(certificate))
    assert list(verdict["conditions"]) == [*terms, further[0]]
    town.granted(certificate)
    assert all(v["conditions"] == [*terms, further[0]] for v in versions(town, certificate))


def test_conditions_for_an_application_that_is_not_announced_are_refused(town: Town) -> None:
    number, other = town.to_announce(), town.draft(town.applicant(1))
    no = town.refused(BadInput, town.department(), notices.announce, regulation=HUNAN, document_number="湘工信电子〔2026〕91号",
                      applications=[number], conditions={other: ["x"]})
    assert [f.field for f in no.findings] == ["conditions"]


def test_a_bureau_that_decides_by_a_page_older_than_new_evidence_is_told(town: Town) -> None:
    request = town.requested(town.certified())
    with town.office.reading(town.bureau()) as r:
        seen = enquiries.show_amendment(r, request)["version"]
    town.do(town.applicant(), amendments.add_evidence, request, "证明2.pdf", PDF)
    town.refused(Outdated, town.bureau(), amendments.endorse_amendment, request, expected=seen)
