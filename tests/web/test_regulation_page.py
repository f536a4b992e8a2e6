"""A regulation as page, API and command tell it: the same, whole, and nothing of ours as the regulation's own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import app as command
import web
from registry.clock import FrozenClock
from registry.law.outline import Line, outline
from registry.law.report import show
from registry.office import Office
from registry.settings import Settings
from tests.factories import HUNAN
from tests.web.visitors import Visitor

FOLDER = Path(__file__).parents[1] / "law" / "unseen"
CHARGERS = "chargers-rules-2026"
SILENT = "hunan-materials-2025"


@pytest.fixture
def reader(database_url: str, tmp_path: Path, clock: FrozenClock) -> Iterator[Visitor]:
    """Anybody, in an office that has loaded regulations which no code was written for."""
    office = Office(Settings(data=tmp_path / "data", database_url=database_url, secret_key="for tests only", law_dir=str(FOLDER)), clock)
    office.prepare()
    yield Visitor(web.build(office, limits=False))
    office.close()


def words(page: str) -> str:
    """What a page says, in one line."""
    return re.sub(r"\s+", " ", page)


def api(reader: Visitor, regulation: str) -> dict[str, Any]:
    found: dict[str, Any] = reader.client.get(f"/api/v1/regulations/{regulation}").get_json()
    return found


def texts(lines: tuple[Line, ...]) -> Iterator[str]:
    for line in lines:
        yield line.text.zh
        yield from texts(line.lines)


@pytest.mark.once
def test_page_api_and_command_tell_the_same_and_count_alike(reader: Visitor) -> None:
    """Each says all of the outline: debarments, scope, the form of an assessment, how each period ends."""
    law = command.read_law().regulation(HUNAN)
    page, told = words(reader.get(f"/regulations/{HUNAN}").text), api(reader, HUNAN)
    printed = CliRunner().invoke(command.main, ["law", "show", HUNAN]).output
    assert printed.strip() == show(law).strip()
    for part in outline(law):
        for text in (part.title.zh, *texts(part.lines)):
            text = re.sub(r"\s+", " ", text)
            assert text in page and text in re.sub(r"\s+", " ", printed), text
    assert [p["key"] for p in told["outline"]] == [p.key for p in outline(law)]
    for basis, count in told["counts"].items():
        assert f"共 {count} 项" in page and re.search(rf"{basis.removesuffix('ption')}.*: {count}$", printed, re.MULTILINE)


@pytest.mark.once
def test_a_regulation_that_no_code_was_written_for_is_told_whole(reader: Visitor) -> None:
    page = words(reader.get(f"/regulations/{CHARGERS}").text)
    for said in ("冒用标识：1年内不得再申报", "比对时不计：空格、连字符", "漏电流（试验）：漏电流 不大于 3.5 mA", "额定功率 小于 30 kW",
                 "公示：10个自然日（首日计入，最后一日遇法定休假日顺延）", "检测：3个月"):  # fmt: skip
        assert said in page, said


@pytest.mark.once
def test_what_is_not_said_is_told_with_what_follows_and_not_all_of_it_is_refused(reader: Visitor) -> None:
    page = words(reader.get(f"/regulations/{CHARGERS}").text)
    refused = re.search(r"未知，遇到时拒绝办理：(.*?)以下", page)
    assert refused is not None and refused[1].strip() == "对证书的措施；证书变更"
    for said in ("逾期只作提示，不上报： 逾期上报", "只按定义全文判断： 定义的各项要件", "不作测算： 认定之后的支持", "不计办理时限： “受理”的办理期限"):
        assert said.replace("： ", "：") in page.replace("： ", "："), said
    told = {x["path"]: x["refused"] for x in api(reader, CHARGERS)["unsaid"]}
    assert told["sanctions"] and told["changes"] and not (told["escalations"] or told["support"] or told["stages.announcement.term"])


@pytest.mark.once
def test_what_was_set_here_is_never_given_as_the_regulations_article(reader: Visitor) -> None:
    """Behind an assumption there is no bare article: it is called one, and the article under which it was filed stands in brackets."""
    page = words(reader.get(f"/regulations/{CHARGERS}").text)
    assert page.count("第七条") == page.count("假定，待确认 （列于：第七条）") > 0


@pytest.mark.once
def test_a_regulation_that_does_not_say_when_it_takes_applications_is_not_called_open(reader: Visitor) -> None:
    for page in ("/", "/regulations", f"/regulations/{SILENT}"):
        assert "受理方式未规定" in words(reader.get(page).text), page
