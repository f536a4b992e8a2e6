"""The minutes of a review: who may have them and when, what stands in them, and that the same books give the same bytes."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from registry.actors import PUBLIC
from registry.desks import applications, enquiries, minutes, reviews
from registry.errors import CannotPrint, NotEntitled, NotFound
from registry.seal import pdf
from tests.factories import Town

FULL = {"novelty": 30, "advancement": 30, "property": 15, "reliability": 10, "prospects": 15}
MARKUP = "*粗体* #import \"x\" $x^2$ <label> // 注释 \\ `原样`"


def printed(town: Town, number: str) -> bytes:
    content = town.do(town.department(), minutes.print_minutes, number)["content"]
    assert isinstance(content, bytes) and content.startswith(b"%PDF-")
    return content


def text_of(content: bytes, tmp_path: Path) -> str:
    file = tmp_path / "minutes.pdf"
    file.write_bytes(content)
    return subprocess.run(["pdftotext", "-layout", str(file), "-"], check=True, capture_output=True).stdout.decode()


def closed(town: Town) -> str:
    """A review with everything in it: a draw, one who stood aside, a revision, a dissent, markup in a comment."""
    number = town.endorsed()
    first = town.drawn(number)
    town.do(town.actor(first[0]), reviews.recuse_expert, number, first[0], "配偶任该企业董事", "kinship")
    seats = town.do(town.department(), enquiries.show_application, number)["seats"]
    seated = [s["login"] for s in seats if not s["recused_at"]]
    for login in seated[:-1]:
        town.do(town.actor(login), reviews.give_opinion, number, FULL, MARKUP)
    town.do(town.actor(seated[-1]), reviews.give_opinion, number, FULL, "初看可以")
    town.do(town.actor(seated[-1]), reviews.revise_opinion, number, dict.fromkeys(FULL, 10), "创新性不足，不同意。", "复核了查新报告")
    town.do(town.department(), reviews.recommend, number, "建议认定")
    return number


def test_minutes_say_what_the_books_say(town: Town, tmp_path: Path) -> None:
    number = closed(town)
    said = text_of(printed(town, number), tmp_path)
    for words in (number, "专家评审纪要", "Minutes of the expert review", "专家组建议认定", "90.00", "建议认定", "配偶任该企业董事",
                  "创新性不足，不同意。", "不同意见", "dissent", "初看可以", "复核了查新报告", "抽签第 1 位", "与记录一致", "expert-1"):
        assert words in said, words


def test_what_somebody_typed_is_never_markup(town: Town, tmp_path: Path) -> None:
    said = text_of(printed(town, closed(town)), tmp_path)
    for words in ("*粗体*", "#import", "$x^2$", "<label>", "// 注释", "`原样`"):
        assert words in said, words


def test_the_same_books_give_the_same_bytes(town: Town) -> None:
    number = closed(town)
    first = printed(town, number)
    town.wait(days=3)
    assert printed(town, number) == first


def test_minutes_come_when_the_review_is_closed_by_recommendation_or_refusal(town: Town, tmp_path: Path) -> None:
    number = town.endorsed()
    town.review(number, off=20)
    town.refused(NotFound, town.department(), minutes.print_minutes, number)
    town.do(town.department(), applications.refuse, number, "below_pass_mark", "平均分未达到通过分数。")
    said = text_of(printed(town, number), tmp_path)
    assert "不予认定" in said and "平均分未达到通过分数。" in said and "直接选派" in said


def test_an_early_refusal_has_no_minutes(town: Town) -> None:
    number = town.submitted()
    town.do(town.bureau(), applications.refuse, number, "not_early_stage", "已大批量销售。")
    town.refused(NotFound, town.department(), minutes.print_minutes, number)


def test_minutes_are_for_department_and_auditor_alone(town: Town) -> None:
    number = town.reviewed()
    town.do(town.auditor(), minutes.print_minutes, number)
    for other in (town.applicant(), town.bureau(), town.expert(1)):
        town.refused(NotEntitled, other, minutes.print_minutes, number)
    town.refused(NotFound, PUBLIC, minutes.print_minutes, number)


# ---------------------------------------------------------------------------------------------------------------- glyphs


def test_a_character_that_the_typeface_lacks_is_written_out_by_its_number(town: Town, tmp_path: Path) -> None:
    rare = "\U00030001"  # CJK extension G
    assert pdf.missing_characters(f"{rare}湖南龘 Aé\n") == [rare]
    number = town.endorsed()
    town.review(number)
    town.do(town.department(), reviews.recommend, number, f"产品名中有生僻字{rare}。")
    assert "〔U+30001〕" in text_of(printed(town, number), tmp_path)


def test_a_machine_without_the_typeface_says_so(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    number = town.reviewed()
    monkeypatch.setattr(pdf, "FAMILY", "No Such Typeface")
    pdf._glyphs.cache_clear()
    refusal = town.refused(CannotPrint, town.department(), minutes.print_minutes, number)
    assert refusal.action is not None and "FONT_DIR" in refusal.action.zh
    pdf._glyphs.cache_clear()
