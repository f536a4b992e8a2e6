"""Applications: what is typed, handed in, checked and sealed, and what the bureau and the department may do with them."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlmodel import Session, col, select

from registry.actors import CLOCK, PUBLIC, Actor
from registry.books.models import Application, Document, Letter
from registry.clock import day_ends_at
from registry.desks import applications, deadlines, enquiries, reviews, supplements
from registry.desks.dossiers import dossier_digest
from registry.desks.inputs import MOST_FIELDS, MOST_VALUE, unkeepable
from registry.errors import (
    BadInput,
    Incomplete,
    NotEntitled,
    NotFound,
    NotOpen,
    NotYet,
    OutOfOrder,
    Refusal,
    TooLarge,
    WrongType,
)
from registry.law.lifecycle import ASIDE
from tests.desks.conftest import FORMAL
from tests.factories import CODES, HUNAN, PDF, ZHUZHOU, Town

D = date.fromisoformat


def row(town: Town, number: str) -> Application:
    with Session(town.office.engine) as session:
        return session.exec(select(Application).where(Application.number == number)).one()


def possible(town: Town, number: str, actor: Actor) -> list[str]:
    with town.office.reading(actor) as r:
        return [act["act"] for act in enquiries.show_application(r, number)["possible"]]


def findings(town: Town, number: str) -> dict[str, str]:
    with town.office.reading(town.applicant()) as r:
        return {f.field: f.code for f in applications.check(r, number)}


# -------------------------------------------------------------------------------------------------------------- opening


def test_a_draft_is_its_own_enterprises_alone(town: Town) -> None:
    number = town.draft()
    assert town.show(number)["status"] == "draft"
    for other in (town.applicant(1), town.bureau(), town.department(), town.expert(), town.auditor(), town.admin(), PUBLIC):
        with town.office.reading(other) as r, pytest.raises(NotFound):
            enquiries.show_application(r, number)


@pytest.mark.parametrize("who", ["applicant of another", "bureau", "department", "public"])
def test_nobody_opens_an_application_for_anothers_enterprise(town: Town, who: str) -> None:
    town.applicant()
    actor = {"applicant of another": lambda: town.applicant(1), "bureau": town.bureau, "department": town.department,
             "public": lambda: PUBLIC}[who]()
    town.refused(NotFound, actor, applications.open_application, enterprise=CODES[0], regulation=HUNAN)


def test_an_application_goes_by_a_regulation_that_is_loaded_and_chosen(town: Town) -> None:
    maker = town.applicant()
    town.refused(NotFound, maker, applications.open_application, enterprise=CODES[0], regulation="nowhere")
    refusal = town.refused(BadInput, maker, applications.open_application, enterprise=CODES[0])
    assert refusal.findings[0].field == "regulation"


def test_a_regulation_takes_applications_from_its_first_day_to_its_last(town: Town) -> None:
    maker = town.applicant()
    asked: dict[str, Any] = {"enterprise": CODES[0], "regulation": HUNAN}
    town.to("2025-07-31", 23, 59, 59)
    refusal = town.refused(NotOpen, maker, applications.open_application, **asked)
    assert refusal.article and refusal.basis == "article"
    town.to("2025-08-01", 0)
    town.do(maker, applications.open_application, **asked)
    town.to("2030-07-31", 23, 59, 59)
    town.do(maker, applications.open_application, **asked)
    town.to("2030-08-01", 0)
    refusal = town.refused(NotOpen, maker, applications.open_application, **asked)
    assert "2025年8月1日" in refusal.detail.zh and "2030年7月31日" in refusal.detail.zh and "1 August 2030" in refusal.detail.en


def test_after_the_regulations_own_end_drafts_stay_drafts_and_those_in_hand_go_on(town: Town) -> None:
    town.to("2030-07-31")
    draft, in_hand = town.draft(), town.submitted()
    town.to("2030-08-01")
    town.refused(NotOpen, town.applicant(), applications.submit, draft)
    town.do(town.bureau(), applications.endorse, in_hand)
    assert town.show(in_hand)["status"] == "expert_review"


def test_numbers_are_given_in_order_each_with_its_check_character(town: Town) -> None:
    maker = town.applicant()
    numbers = [town.do(maker, applications.open_application, enterprise=CODES[0], regulation=HUNAN) for _ in range(3)]
    assert [n[:-2] for n in numbers] == [f"HN-STJ-SQ-2026-{i:04d}" for i in (1, 2, 3)]
    assert len({n[-1] for n in numbers}) == 3
    town.to("2026-12-31", 23, 59, 59)
    assert "-2026-0004-" in town.do(maker, applications.open_application, enterprise=CODES[0], regulation=HUNAN)
    town.to("2027-01-01", 0)
    assert "-2027-0001-" in town.do(maker, applications.open_application, enterprise=CODES[0], regulation=HUNAN)


# --------------------------------------------------------------------------------------------------------------- drafts


TYPED: dict[str, dict[str, Any]] = {
    "markup and quotes": {"product_name": "  连接器 <b>粗</b> & “引号” {0} %s ' OR 1=1 --  "},
    "no date": {"test_report_on": "前年春天"}, "no number": {"sales_amount": "很多"}, "a negative number": {"units_sold": -5},
    "models with gaps": {"models": ["HX-1", "", "  HX-2 "]}, "models in one text": {"models": "HX-1\nHX-2"},
    "no declaration": {"truth": "也许"}, "no choice": {"level": "unheard-of"}, "a plain no": {"ip_undisputed": False},
    "lines and tabs": {"product_brief": "第一行\n第二行\t制表\r\n末行"}, "far characters": {"product_name": "😀𠮷"},
}


@pytest.mark.parametrize("what", TYPED)
def test_a_draft_is_saved_as_it_was_typed(town: Town, what: str) -> None:
    typed = TYPED[what]
    number = town.draft()
    town.do(town.applicant(), applications.save_draft, number, typed)
    kept = town.show(number)["dossier"]
    assert {key: kept[key] for key in typed} == typed


def test_what_is_saved_is_added_to_what_was_there_and_an_empty_field_is_taken_out(town: Town) -> None:
    number = town.draft()
    before = town.show(number)["dossier"]
    town.do(town.applicant(), applications.save_draft, number, {"trademark": "", "test_lab": None, "product_name": "新名"})
    after = town.show(number)["dossier"]
    assert after == {k: v for k, v in before.items() if k not in ("trademark", "test_lab")} | {"product_name": "新名"}
    assert town.show(number)["product"] == "新名"


DEEP: list[Any] = []
for _ in range(2000):
    DEEP = [DEEP]


UNKEEPABLE: dict[str, tuple[dict[str, Any], str]] = {
    "a zero byte": ({"product_name": "连接\x00器"}, "control-character"),
    "a terminal sequence": ({"product_name": "连接\x1b[31m器"}, "control-character"),
    "a direction override": ({"product_name": "连接\u202e器"}, "control-character"),
    "half a surrogate pair": ({"product_name": "连接\ud800器"}, "control-character"),
    "a bell in a model": ({"models": ["HX-1", "HX\x07"]}, "control-character"),
    "an unknown field": ({"no_such_field": "x"}, "unknown"),
    "a table": ({"product_name": {"a": 1}}, "not-text"),
    "a fraction": ({"sales_amount": 1.5}, "not-text"),
    "far too long": ({"product_brief": "长" * (MOST_VALUE + 1)}, "too-long"),
    "far too many": ({"models": ["m"] * (MOST_FIELDS + 1)}, "too-long"),
    "a list in a list": ({"models": [["m"]]}, "not-text"),
    "lists without end": ({"models": DEEP}, "not-text"),
}


@pytest.mark.parametrize("what", UNKEEPABLE)
def test_what_cannot_be_kept_is_refused_by_field_and_nothing_else_is_lost(town: Town, what: str) -> None:
    typed, code = UNKEEPABLE[what]
    number = town.draft()
    refusal = town.refused(BadInput, town.applicant(), applications.save_draft, number, typed | {"trademark": "x"})
    [finding] = refusal.findings
    assert (finding.field, finding.code) == (f"dossier.{next(iter(typed))}", code)


def test_a_control_character_is_named_with_its_place(town: Town) -> None:
    refusal = town.refused(BadInput, town.applicant(), applications.save_draft, town.draft(), {"product_name": "连接\x07器"})
    assert "3" in refusal.findings[0].message.zh and "U+0007" in refusal.findings[0].message.en


# ------------------------------------------------------------------------------------------------------------ documents


def zipped(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return file.getvalue()


PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20 + b"IEND\xaeB`\x82"
JPG = b"\xff\xd8\xff\xe0" + b"\0" * 20 + b"\xff\xd9"


@pytest.mark.parametrize(("filename", "content", "media_type"), [
    ("执照.pdf", PDF, "application/pdf"), ("执照.PDF", PDF, "application/pdf"), ("a/b\\c/执照.pdf", PDF, "application/pdf"),
    ("照片.png", PNG, "image/png"), ("照片.jpg", JPG, "image/jpeg"), ("照片.jpeg", JPG, "image/jpeg"),
    ("执照.ofd", zipped("OFD.xml", "Doc_0/Document.xml"), "application/ofd"),
])
def test_a_document_is_known_by_its_content(town: Town, filename: str, content: bytes, media_type: str) -> None:
    maker = town.applicant()
    number = town.do(maker, applications.open_application, enterprise=CODES[0], regulation=HUNAN)
    ordinal = town.do(maker, applications.attach_document, number, slot="business_licence", filename=filename, content=content)
    read = town.do(maker, applications.read_document, number, ordinal)
    assert read["content"] == content and read["media_type"] == media_type and "/" not in read["filename"]
    assert read["sha256"] == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(("kind", "filename", "content"), [
    (WrongType, "执照.pdf", b"MZ\x90\x00 a program"), (WrongType, "执照.pdf", PNG), (WrongType, "执照.png", PDF),
    (WrongType, "执照.pdf", b"<html><script>alert(1)</script></html>"), (WrongType, "执照.pdf.exe", PDF), (WrongType, "执照", PDF),
    (WrongType, "执照.pdf", b"%PDF-1.4 cut off"), (WrongType, "执照.png", PNG[:-12]), (WrongType, "执照.jpg", JPG[:-2]),
    (WrongType, "执照.ofd", zipped("word/document.xml")), (WrongType, "执照.docx", zipped("word/document.xml")),
    (WrongType, "执照.ofd", b"PK\x03\x04 not a zip"), (WrongType, "执照.pdf", b"GIF89a"), (WrongType, "执照.svg", b"<svg/>"),
    (BadInput, "执照.pdf", b""), (BadInput, "", PDF), (BadInput, "执\x00照.pdf", PDF), (BadInput, "执\u202e照.pdf", PDF),
    (BadInput, "长" * 256 + ".pdf", PDF), (BadInput, "../", PDF),
    (TooLarge, "执照.pdf", PDF + b"\0" * (20 * 1024 * 1024)),
], ids=[str(n) for n in range(21)])
def test_a_document_that_cannot_be_taken_is_refused_in_words(
    town: Town, kind: type[Refusal], filename: str, content: bytes
) -> None:
    number = town.do(town.applicant(), applications.open_application, enterprise=CODES[0], regulation=HUNAN)
    refusal = town.refused(kind, town.applicant(), applications.attach_document, number, slot="business_licence",
                           filename=filename, content=content)
    if kind is WrongType:
        assert refusal.findings[0].field == "documents.business_licence" and refusal.action is not None
    if kind is TooLarge:
        assert "20" in refusal.detail.zh


def test_a_document_of_exactly_the_limit_is_taken(town: Town) -> None:
    maker = town.applicant()
    number = town.do(maker, applications.open_application, enterprise=CODES[0], regulation=HUNAN)
    most = town.office.settings.max_document_bytes
    content = PDF[:-6] + b"\0" * (most - len(PDF)) + PDF[-6:]
    assert len(content) == most
    assert town.do(maker, applications.attach_document, number, slot="test_report", filename="大.pdf", content=content) == 1


def test_a_slot_takes_no_more_than_the_regulation_says(town: Town) -> None:
    number = town.draft()
    full: dict[str, Any] = {"slot": "business_licence", "filename": "再.pdf", "content": PDF}
    refusal = town.refused(BadInput, town.applicant(), applications.attach_document, number, **full)
    assert refusal.findings[0].code == "too-many" and refusal.findings[0].article
    unknown = town.refused(BadInput, town.applicant(), applications.attach_document, number, **full | {"slot": "cake"})
    assert unknown.findings[0].field == "slot"


def test_a_removed_document_is_gone_from_the_dossier_and_its_ordinal_is_not_given_again(town: Town) -> None:
    number, maker = town.draft(), town.applicant()
    documents = town.show(number)["documents"]
    last = documents[-1]
    town.do(maker, applications.remove_document, number, last["ordinal"])
    assert [d["ordinal"] for d in town.show(number)["documents"]] == [d["ordinal"] for d in documents[:-1]]
    town.refused(NotFound, maker, applications.read_document, number, last["ordinal"])
    town.refused(NotFound, maker, applications.remove_document, number, last["ordinal"])
    again = town.do(maker, applications.attach_document, number, slot="test_report", filename="a.pdf", content=PDF)
    assert again == last["ordinal"] + 1
    with Session(town.office.engine) as session:
        assert session.exec(select(Document).where(Document.ordinal == last["ordinal"])).one().removed_at == town.clock.now()


def test_a_document_that_comes_or_goes_changes_the_version_of_its_application(town: Town) -> None:
    number, maker = town.draft(), town.applicant()
    seen = town.show(number)["version"]
    town.do(maker, applications.remove_document, number, 1)
    without = town.show(number)["version"]
    town.do(maker, applications.attach_document, number, slot="application_form", filename="a.pdf", content=PDF)
    assert seen < without < town.show(number)["version"]


def test_a_document_altered_on_disk_is_not_handed_out(town: Town) -> None:
    number = town.draft()
    digest = town.show(number)["documents"][0]["sha256"]
    [path] = (town.office.settings.data / "documents").rglob(digest)
    path.write_bytes(PDF + b"altered")
    with pytest.raises(ValueError, match="altered"):
        town.do(town.applicant(), applications.read_document, number, 1)


# ------------------------------------------------------------------------------------------------------------- checking


def test_check_says_everything_that_is_missing_with_article_and_what_to_do(town: Town) -> None:
    maker = town.applicant()
    number = town.do(maker, applications.open_application, enterprise=CODES[0], regulation=HUNAN)
    law = town.office.law.regulation(HUNAN)
    required = {f"dossier.{rule.key}" for rule in law.all_fields() if rule.required}
    required |= {f"documents.{rule.key}" for rule in law.dossier.documents if rule.required}
    with town.office.reading(maker) as r:
        found = applications.check(r, number)
    assert {f.field for f in found} == required
    assert all(f.article and f.basis and f.action and f.code == "missing" for f in found)


def test_submission_finds_what_check_finds(town: Town) -> None:
    number, maker = town.draft(), town.applicant()
    broken = {"test_report_on": "2027-01-01", "models": ["  "], "sales_amount": "很多", "product_class": "teapot", "truth": None,
              "test_product_name": "另一产品", "level": "first"}
    town.do(maker, applications.save_draft, number, broken)
    for document in town.show(number)["documents"]:
        if document["slot"] in ("novelty_search", "business_licence"):
            town.do(maker, applications.remove_document, number, document["ordinal"])
    expected = findings(town, number)
    assert {f"dossier.{key}" for key in broken if key != "level"} | {"documents.novelty_search", "documents.business_licence"} == set(expected)
    refusal = town.refused(Incomplete, maker, applications.submit, number)
    assert {f.field: f.code for f in refusal.findings} == expected


def test_a_complete_dossier_has_no_finding(town: Town) -> None:
    assert findings(town, town.draft()) == {}


def test_a_scope_with_no_model_is_named(town: Town) -> None:
    number = town.draft()
    for models in ([], [""], [" ", "\t"], "", None):
        town.do(town.applicant(), applications.save_draft, number, {"models": models})
        assert findings(town, number) == {"dossier.models": "missing"}


# ----------------------------------------------------------------------------------------------------------- submission


def test_submission_seals_the_dossier_and_pins_the_regulation_with_its_file(town: Town) -> None:
    number = town.submitted()
    kept = row(town, number)
    law = town.office.law.regulation(HUNAN)
    assert kept.regulation_digest == law.digest and len(kept.dossier_digest or "") == 64
    with town.office.reading(town.auditor()) as r:
        submitted = next(e for e in enquiries.search_entries(r, subject=number)["items"] if e["act"] == "submit")
    assert submitted["facts"] == {"dossier": kept.dossier_digest, "regulation": HUNAN, "law": law.digest,
                                  "taxonomy": kept.taxonomy_digest}
    assert town.office.vault.get(law.digest) == law.content  # kept, so that it can be read again when the file has changed
    assert kept.submitted_at == town.clock.now()


CHANGES: dict[str, Callable[[Application, list[Document]], Any]] = {
    "a value": lambda a, d: a.dossier.update(product_brief=a.dossier["product_brief"] + "。"),
    "a space": lambda a, d: a.dossier.update(product_brief=a.dossier["product_brief"] + " "),
    "a model": lambda a, d: a.dossier["models"].append("HX-3"),
    "the order of models": lambda a, d: a.dossier["models"].reverse(),
    "a field more": lambda a, d: a.dossier.update(extra="x"),
    "a field less": lambda a, d: a.dossier.pop("trademark"),
    "true to a text": lambda a, d: a.dossier.update(truth="true"),
    "the number": lambda a, d: setattr(a, "number", a.number + "X"),
    "a document less": lambda a, d: d.pop(),
    "a document's bytes": lambda a, d: setattr(d[0], "sha256", "0" * 64),
    "a document's name": lambda a, d: setattr(d[0], "filename", "b.pdf"),
    "a document's slot": lambda a, d: setattr(d[0], "slot", "awards"),
    "a document's ordinal": lambda a, d: setattr(d[-1], "ordinal", 99),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changes_in_a_sealed_dossier_changes_its_digest(town: Town, change: str) -> None:
    number = town.submitted()
    with Session(town.office.engine) as session:
        application = session.exec(select(Application).where(Application.number == number)).one()
        documents = list(session.exec(select(Document).where(Document.application_id == application.id)))
        session.expunge_all()
    assert dossier_digest(application, documents) == application.dossier_digest
    assert dossier_digest(application, documents[::-1]) == application.dossier_digest
    CHANGES[change](application, documents)
    assert dossier_digest(application, documents) != application.dossier_digest


def test_a_sealed_dossier_cannot_be_changed(town: Town) -> None:
    number, maker = town.submitted(), town.applicant()
    for act, facts in ((applications.save_draft, {"dossier": {"trademark": "x"}}), (applications.remove_document, {"ordinal": 1}),
                       (applications.attach_document, {"slot": "awards", "filename": "a.pdf", "content": PDF})):
        assert town.refused(OutOfOrder, maker, act, number, **facts).possible == ("withdraw",)
    town.refused(OutOfOrder, maker, applications.submit, number)


def test_a_supplement_with_nothing_changed_says_why_or_is_refused(town: Town) -> None:
    number, maker = town.supplement(town.submitted()), town.applicant()
    for note in ("", "  "):
        [found] = town.refused(BadInput, maker, applications.resubmit, number, note).findings
        assert (found.field, found.code) == ("note", "unchanged") and "没有任何改动" in found.message.zh
    other = town.supplement(town.submitted(town.applicant(1)))
    town.do(maker, applications.resubmit, number, "盖章页在附件第3页，无须改动。")
    town.do(town.applicant(1), applications.save_draft, other, {"trademark": "新湘连"})
    town.do(town.applicant(1), applications.resubmit, other)
    assert [town.show(n)["status"] for n in (number, other)] == ["preliminary_review"] * 2


def test_what_cannot_be_kept_in_a_table_is_named_by_its_line() -> None:
    rows = [{"buyer": "甲公司"}, {"buyer": "乙\x07公司"}]
    found = unkeepable("dossier.contracts", rows)
    assert found is not None and found.field == "dossier.contracts.2.buyer" and found.message.zh.startswith("第2行：第 2 个字符")
    found = unkeepable("dossier.models", ["HX-1", "HX\x00"])
    assert found is not None and found.field == "dossier.models" and found.message.en.startswith("line 2: ")


def test_a_supplement_is_sealed_anew(town: Town) -> None:
    number, maker = town.supplement(town.submitted()), town.applicant()
    before = town.show(number)["dossier_digest"]
    town.do(maker, applications.save_draft, number, {"trademark": "新湘连"})
    town.do(maker, applications.resubmit, number, "已补")
    assert town.show(number)["dossier_digest"] not in (None, before)
    assert town.show(number)["history"][-1]["facts"]["note"] == "已补"


# ----------------------------------------------------------------------------------------------- whose business it is


def test_another_enterprises_number_is_not_found_by_any_act(town: Town) -> None:
    number, stranger = town.submitted(), town.applicant(1)
    acts: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
        (applications.save_draft, ({"trademark": "x"},)), (applications.submit, ()), (applications.resubmit, ()),
        (applications.withdraw, ("因故",)), (applications.remove_document, (1,)), (applications.read_document, (1,)),
        (applications.check, ()), (applications.endorse, ()), (applications.refuse, ("out_of_scope", "不属于")),
        (supplements.request_supplement, (["inconsistent"], "请补")), (enquiries.show_application, ()),
        (reviews.recommend, ()), (reviews.seat_expert, ("expert-1",)), (deadlines.confirm_due, ()),
    ]
    for act, facts in acts:
        refusal = town.refused(NotFound, stranger, act, number, *facts)
        unknown = town.refused(NotFound, stranger, act, "HN-STJ-SQ-2026-9999-X", *facts)
        assert refusal.detail.zh.replace(number, "") == unknown.detail.zh.replace("HN-STJ-SQ-2026-9999-X", "")


def test_the_bureau_of_that_prefecture_and_no_other_decides(town: Town) -> None:
    number, elsewhere = town.submitted(), town.bureau(ZHUZHOU)
    for act, facts in ((applications.endorse, ()), (applications.refuse, ("out_of_scope", "不属于")),
                       (supplements.request_supplement, (["inconsistent"], "请补")), (enquiries.show_application, ())):
        town.refused(NotFound, elsewhere, act, number, *facts)
    for outsider in (town.applicant(), town.department(), town.auditor()):
        town.refused(NotEntitled, outsider, applications.endorse, number)
        town.refused(NotEntitled, outsider, applications.refuse, number, "out_of_scope", "不属于")
        town.refused(NotEntitled, outsider, supplements.request_supplement, number, ["inconsistent"], "请补")
    town.do(town.bureau(), applications.endorse, number, "同意推荐")
    assert town.show(number)["status"] == "expert_review"


def test_only_the_applicant_touches_the_dossier(town: Town) -> None:
    number = town.supplement(town.submitted())
    for other in (town.bureau(), town.department()):
        town.refused(NotEntitled, other, applications.save_draft, number, {"trademark": "x"})
        town.refused(NotEntitled, other, applications.resubmit, number, "已补")
        town.refused(NotEntitled, other, applications.withdraw, number, "替他撤回")
    assert town.do(town.bureau(), applications.read_document, number, 1)["content"] == PDF


def on_the_road(town: Town, number: str, actor: Actor) -> list[str]:
    """What this actor can do to move the case on; what stands beside the road (claims, holds) has tests of its own."""
    return [act for act in possible(town, number, actor) if act not in ASIDE]


def test_the_buttons_are_the_doors_rule(town: Town) -> None:
    number = town.submitted()
    assert possible(town, number, town.applicant()) == ["withdraw"]
    assert on_the_road(town, number, town.bureau()) == ["endorse", "request_supplement", "refuse"]
    assert on_the_road(town, number, town.department()) == []


# ----------------------------------------------------------------------------------------------------------- supplement


def test_several_reasons_are_asked_at_once_and_shown_in_words(town: Town) -> None:
    number = town.submitted()
    town.do(town.bureau(), supplements.request_supplement, number, ["seal_missing", "name_mismatch", "seal_missing"], "两处：\n1. 章\n2. 名")
    asked = town.show(number)["supplement"]
    assert [label.zh for label in asked["reasons"]] == ["缺少签字或盖章", "产品名称或型号不一致"]
    assert asked["comment"] == "两处：\n1. 章\n2. 名" and asked["asked_on"] == town.today


def test_a_reason_is_asked_at_its_place_in_the_dossier_and_told_there(town: Town) -> None:
    """At a field, at a document, nowhere in particular: the page, the letter and the history all say where."""
    number = town.submitted()
    places = {"name_mismatch": "dossier.product_name", "seal_missing": "documents.test_report", "inconsistent": ""}
    town.do(town.bureau(), supplements.request_supplement, number, ["name_mismatch", "seal_missing", "inconsistent"], "请补", places)
    points = town.show(number)["supplement"]["points"]
    assert [(p["reason"], p["place"]) for p in points] == [
        ("name_mismatch", "dossier.product_name"), ("seal_missing", "documents.test_report"), ("inconsistent", None)]
    assert points[0]["place_label"].zh == "产品名称" and points[0]["article"] and points[0]["basis"] == "precedent"
    with town.office.reading(town.bureau()) as r:
        letter = r.session.exec(select(Letter).order_by(col(Letter.id).desc())).first()
        history = enquiries.show_application(r, number)["history"]
    said = town.office.law.regulation(HUNAN).reason_label("name_mismatch", places)
    assert said.zh == "产品名称或型号不一致（产品名称）" and said.zh in letter.body and said.en in letter.body
    assert history[-1]["facts"]["reasons"][0] == said


@pytest.mark.parametrize("places", [
    {"name_mismatch": "dossier.sunshine"}, {"name_mismatch": "product_name"}, {"seal_missing": "dossier.product_name"},
])
def test_the_place_of_a_reason_must_exist_and_its_reason_be_ticked(town: Town, places: dict[str, str]) -> None:
    refusal = town.refused(BadInput, town.bureau(), supplements.request_supplement, town.submitted(), ["name_mismatch"], "请补", places)
    assert [f.field for f in refusal.findings] == [f"places.{key}" for key in places]


@pytest.mark.parametrize(("reasons", "comment", "field"), [
    ([], "请补", "reasons"), (["sunshine"], "请补", "reasons"), (["seal_missing"], "", "comment"), (["seal_missing"], " \n ", "comment"),
])
def test_a_supplement_is_asked_with_a_reason_of_the_regulation_and_in_words(
    town: Town, reasons: list[str], comment: str, field: str
) -> None:
    refusal = town.refused(BadInput, town.bureau(), supplements.request_supplement, town.submitted(), reasons, comment)
    assert {f.field for f in refusal.findings} == {field}


def test_the_offices_clock_stands_still_during_a_supplement_across_a_holiday(town: Town) -> None:
    """Worked by hand. Handed in on Wednesday 29 April; ten working days; May Day is off 1-5 May, Saturday 9 May is worked:
    30 April, 6, 7, 8, 9, 11, 12, 13, 14, 15 May. Asked on 7 May: three used, seven left. The supplement's fifteen: 8, 9,
    11-15, 18-22, 25, 26, 27 May. Handed in on 20 May: 21, 22, 25, 26, 27, 28, 29 May."""
    town.to("2026-04-29")
    number = town.submitted()
    term = town.show(number)["term"]
    assert (term["length"], term["used"], term["left"], term["last_day"]) == (10, 0, 10, D("2026-05-15"))
    town.to("2026-05-07")
    town.supplement(number)
    shown = town.show(number)
    assert (shown["term"]["stopped"], shown["term"]["used"], shown["term"]["left"], shown["term"]["last_day"]) == (True, 3, 7, None)
    assert shown["due"]["last_day"] == D("2026-05-27") and shown["due"]["at"] == day_ends_at(D("2026-05-27"))
    town.to("2026-05-20")
    assert town.show(number)["term"]["used"] == 3
    town.do(town.applicant(), applications.resubmit, number, "已补")
    term = town.show(number)["term"]
    assert (term["stopped"], term["used"], term["left"], term["last_day"]) == (False, 3, 7, D("2026-05-29"))
    town.to("2026-05-29", 23, 59, 59)
    assert town.show(number)["term"]["overdue"] is False
    town.to("2026-05-30", 0)
    assert town.show(number)["term"]["overdue"] is True


def test_two_supplements_use_up_one_term_together(town: Town) -> None:
    number = town.submitted()  # Monday 2 March
    town.to("2026-03-04")
    town.supplement(number)  # two days used
    town.to("2026-03-09")
    town.do(town.applicant(), applications.resubmit, number, "已补")
    town.to("2026-03-12")
    town.supplement(number)  # three more
    assert town.show(number)["term"]["used"] == 5
    town.to("2026-03-13")
    town.do(town.applicant(), applications.resubmit, number, "已补")
    assert town.show(number)["term"]["last_day"] == D("2026-03-20")


def test_a_supplement_asked_after_the_offices_own_term_leaves_it_overdue(town: Town) -> None:
    number = town.submitted()
    town.to("2026-03-31")
    town.supplement(number)
    town.to("2026-04-01")
    town.do(town.applicant(), applications.resubmit, number, "已补")
    shown = town.show(number)
    assert shown["term"]["left"] == 0 and shown["term"]["last_day"] <= D("2026-04-01")


def test_a_new_stage_begins_its_own_term(town: Town) -> None:
    number = town.submitted()
    town.to("2026-03-04")
    town.do(town.bureau(), applications.endorse, number)
    term = town.show(number)["term"]
    assert (term["length"], term["used"], term["began_on"]) == (30, 0, D("2026-03-04"))


def test_the_supplement_returns_to_whoever_asked(wide_town: Town) -> None:
    town = wide_town
    number = town.endorsed(regulation=FORMAL)
    for who, stage, act in ((town.department(), "formal_examination", applications.accept), (town.department(), "expert_review", None)):
        assert town.show(number)["status"] == stage
        town.do(who, supplements.request_supplement, number, ["inconsistent"], "请补")
        assert town.show(number)["stage"] == stage
        town.do(town.applicant(), applications.resubmit, number, "已补")
        assert town.show(number)["status"] == stage
        if act:
            town.refused(NotEntitled, town.bureau(), act, number)
            town.do(who, act, number)


# ---------------------------------------------------------------------------------------------------------------- lapse


def lapsing(town: Town) -> str:
    """An application whose supplement is due on Monday 23 March 2026, at its last second."""
    number = town.supplement(town.submitted())
    assert town.show(number)["due"]["last_day"] == D("2026-03-23")
    town.to("2026-03-23", 23, 59, 59)
    return number


def test_a_supplement_handed_in_in_the_last_second_is_in_time(town: Town) -> None:
    number = lapsing(town)
    assert town.sweep() == []
    town.refused(NotYet, CLOCK, lambda r: r.record(r.fetch(Application, number), "lapse"))
    assert possible(town, number, town.applicant()) == ["resubmit", "withdraw"]
    town.do(town.applicant(), applications.resubmit, number, "已补")
    assert town.show(number)["status"] == "preliminary_review" and town.show(number)["due"] is None


@pytest.mark.parametrize("swept", [False, True])
def test_at_midnight_it_has_lapsed_whether_or_not_the_sweep_has_run(town: Town, swept: bool) -> None:
    number, maker = lapsing(town), town.applicant()
    town.wait(seconds=1)
    if swept:
        assert town.sweep() == [(number, "lapse")]
        assert town.sweep() == []
    assert possible(town, number, maker) == []
    acts: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
        (applications.resubmit, ()), (applications.withdraw, ("因故",)), (applications.save_draft, ({"trademark": "x"},)),
        (applications.remove_document, (1,)), (applications.submit, ()),
    ]
    for act, facts in acts:
        refusal = town.refused(OutOfOrder, maker, act, number, *facts)
        assert refusal.possible == () and "逾期失效" in refusal.detail.zh
    town.sweep()
    assert town.show(number)["status"] == "lapsed"


def test_on_a_provisional_date_time_waits_for_an_officers_word(town: Town) -> None:
    town.to("2026-12-21")
    number = town.supplement(town.submitted())
    due = town.show(number)["due"]
    assert due["provisional"] is True and due["last_day"] == D("2027-01-11")  # 1 January 2027 counts, as a Friday
    town.refused(NotYet, town.department(), deadlines.confirm_due, number)
    town.to("2027-01-12", 0)
    assert town.sweep() == [] and town.show(number)["status"] == "supplement"
    with town.office.reading(town.department()) as r:
        assert [(n, act) for _, n, act, _ in deadlines.search_waiting(r)] == [(number, "lapse")]
    for other in (town.applicant(), town.bureau()):
        town.refused(NotEntitled, other, deadlines.confirm_due, number)
    assert town.do(town.department(), deadlines.confirm_due, number, "日历未公布，按期办理") == "lapse"
    with town.office.reading(town.department()) as r:
        shown = enquiries.show_application(r, number)
    assert shown["status"] == "lapsed" and shown["history"][-1]["actor"] == "department"
    town.refused(NotYet, town.department(), deadlines.confirm_due, number)


def test_until_the_officers_word_the_applicant_may_still_hand_in(town: Town) -> None:
    town.to("2026-12-21")
    number = town.supplement(town.submitted())
    town.to("2027-01-15")
    assert possible(town, number, town.applicant()) == ["resubmit", "withdraw"]
    town.do(town.applicant(), applications.resubmit, number, "已补")
    assert town.show(number)["status"] == "preliminary_review"


def test_a_firm_date_is_never_an_officers_to_take(town: Town) -> None:
    number = lapsing(town)
    town.refused(NotYet, town.department(), deadlines.confirm_due, number)
    town.wait(seconds=1)
    town.refused(NotYet, town.department(), deadlines.confirm_due, number)
    assert town.show(number)["status"] == "supplement"


# ------------------------------------------------------------------------------------------------- refusing, withdrawing


@pytest.mark.parametrize("stage", ["submitted", "endorsed"])
def test_an_application_is_refused_on_a_ground_of_the_regulation_with_a_reason(town: Town, stage: str) -> None:
    number = getattr(town, stage)()
    officer = town.bureau() if stage == "submitted" else town.department()
    refusal = town.refused(BadInput, officer, applications.refuse, number, "because", "")
    assert {f.field for f in refusal.findings} == {"ground", "reason"}
    town.do(officer, applications.refuse, number, "not_advanced", "参数低于对标产品。")
    shown = town.show(number)
    assert shown["status"] == "refused" and shown["due"] is None and shown["term"] is None
    with town.office.reading(town.applicant()) as r:
        last = enquiries.show_application(r, number)["history"][-1]
    assert last["label"].zh == ("不予推荐" if stage == "submitted" else "不予认定")
    assert last["facts"]["ground"].zh == "未达到国内先进或首创水平" and last["facts"]["reason"] == "参数低于对标产品。"
    assert last["actor"] is None


def test_a_refusal_records_the_article_and_basis_it_rests_on(town: Town) -> None:
    number = town.submitted()
    town.do(town.bureau(), applications.refuse, number, "false_material", "伪造检测报告。")
    with town.office.reading(town.auditor()) as r:
        facts = enquiries.search_entries(r, subject=number)["items"][0]["facts"]
    assert facts["article"].startswith("第三章") and facts["basis"] == "precedent"


@pytest.mark.parametrize("stage", ["draft", "submitted", "endorsed", "reviewed", "to_announce"])
def test_an_application_is_withdrawn_at_any_point_before_the_announcement(town: Town, stage: str) -> None:
    number = getattr(town, stage)()
    assert town.refused(BadInput, town.applicant(), applications.withdraw, number, "").findings[0].field == "reason"
    town.do(town.applicant(), applications.withdraw, number, "市场变化")
    shown = town.show(number)
    assert (shown["status"], shown["due"], shown["term"]) == ("withdrawn", None, None)
    town.refused(OutOfOrder, town.applicant(), applications.withdraw, number, "再次")


def test_what_was_certified_is_no_longer_withdrawn(town: Town) -> None:
    number = town.to_announce()
    town.announced(number)
    town.refused(OutOfOrder, town.applicant(), applications.withdraw, number, "反悔")


def test_letters_tell_the_applicant_and_the_bureau_each_once(town: Town) -> None:
    number = town.submitted()
    elsewhere = town.bureau(ZHUZHOU)
    town.supplement(number)
    with town.office.reading(town.admin()) as r:
        letters = [(x["address"], x["subject"].split(" / ")[0]) for x in enquiries.search_letters(r)["items"]]
    assert sorted(letters) == [("maker-0@example.com", f"申请已提交：{number}"), ("maker-0@example.com", f"请补正：{number}")]
    town.do(town.applicant(), applications.resubmit, number, "已补")
    with town.office.reading(town.bureau()) as r:
        assert [x["subject"].split(" / ")[0] for x in enquiries.search_letters(r)["items"]] == [f"补正已提交：{number}"]
    with town.office.reading(elsewhere) as r:
        assert enquiries.search_letters(r)["items"] == []


def test_the_letter_says_the_last_day_and_every_reason(town: Town) -> None:
    number = town.supplement(town.submitted(), "seal_missing", "inconsistent")
    with town.office.reading(town.applicant()) as r:
        body = enquiries.search_letters(r)["items"][0]["body"]
    for words in (number, "2026年3月23日 24:00", "23 March 2026 24:00", "缺少签字或盖章；各材料内容不一致", "A signature or seal is missing", "请补充盖章页。"):
        assert words in body
