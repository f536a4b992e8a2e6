"""What is asked beyond one dossier: the applicant's other products, the same product twice, grades, other certifications."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from structlog.testing import capture_logs

from registry.actors import Actor
from registry.clock import FrozenClock
from registry.desks import applications, enquiries, notices, reviews
from registry.desks.enquiries.replay import lines_of, replay_application
from registry.errors import BadInput, Incomplete, LawIsSilent, NotYet
from registry.office import Office
from registry.settings import Settings
from tests.factories import PDF, Town
from tests.law.parts import PARTS, contract, dossier, parts_text, write_parts
from tests.law.test_vocabulary import silent_text

PLACE = "990100"


@pytest.fixture
def parts(database_url: str, tmp_path: Path, clock: FrozenClock) -> Iterator[Town]:
    yield from opened(database_url, tmp_path, clock, parts_text())


def opened(database_url: str, tmp_path: Path, clock: FrozenClock, text: str) -> Iterator[Town]:
    folder = write_parts(tmp_path / "law", text)
    office = Office(Settings(data=tmp_path / "data", database_url=database_url, secret_key="for tests only", law_dir=str(folder)), clock)
    office.prepare()
    yield Town(office, clock, authority=office.law.regulation(PARTS).authority.key)
    office.close()


def draft(town: Town, who: Actor | None = None, *, renews: str | None = None, regulation: str = PARTS, **fields: Any) -> str:
    actor = who or town.applicant(0, PLACE)
    with town.at(actor) as r:
        number = applications.open_application(r, enterprise=next(iter(actor.enterprises.values())), regulation=regulation, renews=renews)
        law = r.law.regulation(enquiries.show_application(r, number)["regulation"]["id"])
        known = {rule.key for rule in law.all_fields()}
        buyer = "91430100MA4L00001J"
        typed = dossier(contracts=[contract(buyer_code=buyer)]) | fields
        applications.save_draft(r, number, {k: v for k, v in typed.items() if k in known})
        applications.attach_document(r, number, slot="test_report", filename="检测.pdf", content=PDF)
    return number


def submitted(town: Town, who: Actor | None = None, **fields: Any) -> str:
    number = draft(town, who, **fields)
    town.do(who or town.applicant(0, PLACE), applications.submit, number)
    return number


def reviewed(town: Town, off: int = 0, grade: str | None = None, comment: str = "", **fields: Any) -> str:
    number = submitted(town, **fields)
    town.do(town.department(), applications.accept, number)
    town.review(number, off)
    town.do(town.department(), reviews.recommend, number, comment, (), grade)
    return number


def said(town: Town, number: str) -> dict[str, str]:
    """The findings that stop a submission: field to code."""
    no = town.refused(Incomplete, town.applicant(0, PLACE), applications.submit, number)
    return {f.field: f.code for f in no.findings}


# ------------------------------------------------------------------------------------------------- other applications


def test_one_product_a_year_for_each_applicant(parts: Town) -> None:
    first = submitted(parts, patents=[])
    second = draft(parts, name="丝杠", patents=[], papers=[])
    assert said(parts, second) == {"dossier.name": "one_product"}
    other = parts.applicant(2, PLACE)
    submitted(parts, other, name="丝杠", patents=[], papers=[])
    parts.do(parts.applicant(0, PLACE), applications.withdraw, first, "改报丝杠。")
    parts.do(parts.applicant(0, PLACE), applications.submit, second)


def test_the_next_year_is_another_round(parts: Town) -> None:
    submitted(parts, patents=[])
    parts.to("2027-01-05")
    submitted(parts, name="丝杠", patents=[], papers=[])


def test_a_patent_of_another_product_is_told_until_that_product_is_over(parts: Town) -> None:
    first = submitted(parts)
    parts.to("2027-01-05")
    second = draft(parts, name="丝杠", papers=[])
    assert said(parts, second) == {"dossier.patents": "patents"}
    parts.do(parts.department(), applications.refuse, first, "not_first", "并非首次进入市场。")
    parts.do(parts.applicant(0, PLACE), applications.submit, second)


def test_another_enterprise_s_products_are_nobody_s_business(parts: Town) -> None:
    submitted(parts)
    submitted(parts, parts.applicant(2, PLACE))


def test_what_was_seen_at_submission_can_be_seen_again(parts: Town) -> None:
    first = submitted(parts, patents=[])
    parts.to("2027-01-05")
    second = submitted(parts, name="丝杠", papers=[])
    with parts.office.reading(parts.auditor()) as r:
        entry = next(e for e in enquiries.search_entries(r, subject=second)["items"] if e["act"] == "submit")
        kept = entry["facts"]["around"]
        assert [number for number, _ in kept["others"]] == [first] and kept["in_round"] == []
        assert orjson.loads(r.vault.get(kept["others"][0][1]))["number"] == first
        found = replay_application(r, second)
    assert found["agrees"], lines_of(found)


# ------------------------------------------------------------------------------------------------------------- identity


def test_the_same_name_and_version_is_the_same_product(parts: Town) -> None:
    first = submitted(parts, patents=[])
    parts.to("2027-01-05")
    again = draft(parts, name="主轴 轴承", release="ｖ1.0", patents=[], papers=[])
    no = parts.refused(Incomplete, parts.applicant(0, PLACE), applications.submit, again)
    assert [(f.code, first in f.message.zh) for f in no.findings] == [("same_product", True)]
    parts.do(parts.applicant(0, PLACE), applications.save_draft, again, {"release": "V2.0"})
    parts.do(parts.applicant(0, PLACE), applications.submit, again)


# --------------------------------------------------------------------------------------------------------------- grades


def announced(town: Town, number: str) -> dict[str, Any]:
    notice = town.noticed(number)
    with town.office.reading(town.applicant(0, PLACE)) as r:
        [item] = enquiries.show_notice(r, notice)["items"]
    town.let_time_act(number)
    certificate = town.announced(number)[0]
    shown = town.certificate(certificate)
    assert item["grade"] == shown["grade"]
    return shown


def test_the_grade_that_the_review_gives_is_on_notice_and_certificate(parts: Town) -> None:
    shown = announced(parts, reviewed(parts))
    assert shown["grade"] == {"key": "national", "label": ("国内首套", "First in the country")}


def test_a_grade_has_a_mark_of_its_own_and_may_be_lower_with_a_reason(parts: Town) -> None:
    number = submitted(parts)
    parts.do(parts.department(), applications.accept, number)
    parts.review(number, off=25)
    no = parts.refused(NotYet, parts.department(), reviews.recommend, number)
    assert "80" in no.detail.zh and no.action is not None and "较低等级" in no.action.zh
    assert (no.article, no.basis) == ("第八十条", "instruction"), "of the grade, whose mark it is"
    wordless = parts.refused(BadInput, parts.department(), reviews.recommend, number, "", (), "provincial")
    assert [f.field for f in wordless.findings] == ["comment"]
    parts.do(parts.department(), reviews.recommend, number, "尚不足国内首套。", (), "provincial")
    assert announced(parts, number)["grade"]["key"] == "provincial"


def test_no_grade_above_the_one_applied_for_and_none_that_is_not_there(parts: Town) -> None:
    number = submitted(parts, grade="provincial")
    parts.do(parts.department(), applications.accept, number)
    parts.review(number)
    for grade, code in (("national", "too-high"), ("world", "unknown")):
        no = parts.refused(BadInput, parts.department(), reviews.recommend, number, "好", (), grade)
        assert [(f.field, f.code) for f in no.findings] == [("grade", code)]


def test_a_regulation_without_grades_takes_none(town: Town) -> None:
    number = town.endorsed()
    town.review(number)
    no = town.refused(BadInput, town.department(), reviews.recommend, number, "", (), "national")
    assert [f.field for f in no.findings] == ["grade"]


# ------------------------------------------------------------------------------------------------ other certifications

OTHERS = (("ministry-parts", "ministry"), ("city-parts", "city"))


@pytest.fixture
def three(database_url: str, tmp_path: Path, clock: FrozenClock) -> Iterator[Town]:
    """The parts regulation beside the two that it names."""
    folder = tmp_path / "law"
    for family, mark in OTHERS:
        text = parts_text("sales")
        for old, new in ((f'id = "{PARTS}"', f'id = "{family}-2026"'), ('family = "parts-rules"', f'family = "{family}"')):
            assert text.count(old) == 1
            text = text.replace(old, new)
        text = text[: text.index("[[relations]]")] + text[text.index("[[support]]"):]
        text = text.replace('= "P-', f'= "{mark[0].upper()}P-')
        write_parts(folder)
        (folder / "regulations" / f"{family}-2026.toml").write_text(text, encoding="utf-8")
    yield from opened(database_url, tmp_path, clock, parts_text())


def test_a_certification_that_excludes_another_is_told_at_once(three: Town) -> None:
    first = submitted(three, regulation="ministry-parts-2026")
    here = draft(three)
    no = three.refused(Incomplete, three.applicant(0, PLACE), applications.submit, here)
    assert [(f.field, f.code, first in f.message.zh, f.article) for f in no.findings] == [("dossier.name", "excluded", True, "第六条")]
    three.do(three.applicant(0, PLACE), applications.withdraw, first, "改按省级申报。")
    three.do(three.applicant(0, PLACE), applications.submit, here)


def test_a_certificate_that_counts_elsewhere_says_so(three: Town) -> None:
    city = announced(three, reviewed(three, regulation="city-parts-2026"))
    [also] = city["also_counts_as"]
    assert (also["regulation"]["id"], also["label"].zh) == (PARTS, "已获市级认定的视同本认定")
    assert (also["article"], also["basis"]) == ("第六条", "article")


def test_a_certificate_counts_elsewhere_only_while_it_is_in_force(three: Town) -> None:
    number = announced(three, reviewed(three, regulation="city-parts-2026"))["number"]
    three.sanction(number, "suspend", "in_doubt")
    assert three.certificate(number)["also_counts_as"] == []


# ------------------------------------------------------------------------------------------------------ what is unsaid


@pytest.fixture
def silent(database_url: str, tmp_path: Path, clock: FrozenClock) -> Iterator[Town]:
    yield from opened(database_url, tmp_path, clock, silent_text())


def test_without_a_validity_nothing_is_announced_and_nothing_is_lost(silent: Town) -> None:
    number = reviewed(silent)
    silent.noticed(number)
    silent.let_time_act(number)
    no = silent.refused(LawIsSilent, silent.department(), notices.announce, regulation=PARTS, document_number="某工信〔2026〕9号",
                        applications=[number])
    assert no.article is None and no.action is not None and "validity" in no.action.zh
    assert silent.show(number)["status"] == "announcement"


def test_a_rule_that_cannot_be_judged_keeps_the_dossier_here_blames_the_file_and_is_logged(
    database_url: str, tmp_path: Path, clock: FrozenClock,
) -> None:
    failing = parts_text(changes=(("count(in_round) == 0", "documents.test_report * 9223372036854775807 > 1"),))
    for town in opened(database_url, tmp_path, clock, failing):
        number, maker = draft(town), town.applicant(0, PLACE)
        town.do(maker, applications.attach_document, number, slot="test_report", filename="二.pdf", content=PDF)
        with capture_logs() as logged:
            no = town.refused(Incomplete, maker, applications.submit, number)
        rule = next(c for c in town.office.law.regulation(PARTS).conditions if c.key == "one_product")
        assert [(f.code, f.article) for f in no.findings] == [("cannot_be_judged", rule.article)]
        assert no.findings[0].action and "请告知登记机关" in no.findings[0].action.zh
        assert [(x["event"], x["log_level"], x["regulation"], x["application"]) for x in logged] == [("rule_cannot_be_judged", "error", PARTS, number)]
