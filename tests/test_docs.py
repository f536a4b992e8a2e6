"""The documents say what the code does: everything is named, what is generated is fresh, what is linked is there."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from pathlib import Path

import click
import pytest
from flask import Flask

import app as program
from registry.books import models
from registry.errors import all_refusals
from registry.law import diagram, lifecycle
from registry.law.deadlines import Period, Unit, last_day
from registry.law.library import Law, load_law
from registry.law.shapes import BASES
from registry.office import Office
from registry.settings import Settings
from tests import pages
from tests.boundaries import CASES
from tests.factories import HUNAN
from web import reference
from web.api.reference import OPENAPI_PATH
from web.problems import PLAIN

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
READMES = {"en": ROOT / "README.md", "zh": ROOT / "README.zh-CN.md"}
PAGES = sorted([*READMES.values(), ROOT / "CHANGELOG.md", *DOCS.rglob("*.md")])
WRITTEN = [*PAGES, DOCS / "openapi.json"]
HOSTS = tuple(f"{name}." for name in ("pypi", "pythonhosted", "npmjs", "yarnpkg", "crates", "proxy.golang", "tuna.tsinghua"))
MACHINE = tuple(f"/{root}/" for root in ("work", "home", "root", "tmp", "Users"))


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _rows(text: str, heading: str = "") -> list[list[str]]:
    """The cells of every table row below `heading` (up to the next heading of its kind), heads left out."""
    if heading:
        found = re.search(rf"^{re.escape(heading)}$(.*?)(?=^#{{1,2}} |\Z)", text, re.DOTALL | re.MULTILINE)
        assert found, f"no heading {heading!r}"
        text = found[1]
    rows: list[list[str]] = []
    lines = text.splitlines()
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if line.startswith("|") and not set(line) <= set("|-: ") and not (following.startswith("|") and set(following) <= set("|-: ")):
            rows.append([cell.strip() for cell in line.strip().strip("|").split("|")])
    return rows


@pytest.fixture(scope="module")
def law() -> Law:
    return load_law()


@pytest.fixture
def web_app(office: Office) -> Flask:
    return program.create_app(office, limits=False)


# ------------------------------------------------------------------------------------------------------------- generated


def test_what_is_generated_is_fresh(web_app: Flask) -> None:
    assert reference.write_all(web_app, DOCS, check=True) == [], "run: make docs"


def test_the_catalogue_of_pitfalls_is_fresh() -> None:
    assert _text(DOCS / "pitfalls.md") == pages.pitfalls_page(), "run: make docs"


def test_the_boundary_table_has_no_row_that_no_case_shows() -> None:
    """That each row is what was observed is checked where the cases are lived through (test_boundaries)."""
    assert len(pages.shown_table(_text(DOCS / "boundaries.md"))) == 2 + sum(len(case.answers) for case in CASES), "run: make docs"


def test_check_writes_nothing_and_writing_makes_fresh(web_app: Flask, tmp_path: Path) -> None:
    stale = reference.write_all(web_app, tmp_path / "docs", check=True)
    assert stale[-4:] == ["lifecycle.md", "problems.md", "routes.md", "openapi.json"] and "law/README.md" in stale
    assert not (tmp_path / "docs").exists()
    assert reference.write_all(web_app, tmp_path / "docs") == stale
    assert reference.write_all(web_app, tmp_path / "docs", check=True) == []


@pytest.mark.parametrize("kind", lifecycle.TABLES)
def test_every_act_and_state_is_documented(kind: str) -> None:
    page = _text(DOCS / "lifecycle.md")
    named = {row.act for row in lifecycle.TABLES[kind]} | {lifecycle.BIRTH[kind][0]} | set(lifecycle.states(kind))
    assert [name for name in sorted(named) if f"| `{name}` |" not in page] == []


def test_every_problem_has_its_place() -> None:
    page = _text(DOCS / "problems.md")
    slugs = {kind.slug for kind in all_refusals()} | {slug for slug, _, _ in PLAIN.values()}
    assert [slug for slug in sorted(slugs) if f"\n## {slug}\n" not in page] == []


def test_every_route_is_documented(web_app: Flask) -> None:
    page, document = _text(DOCS / "routes.md"), _text(DOCS / "openapi.json")
    for rule in web_app.url_map.iter_rules():
        address = reference.address_of(rule)
        assert f"| `{address}` |" in page, address
        if rule.rule.startswith("/api/") and rule.rule != OPENAPI_PATH:
            assert f'"{address}"' in document, address


def test_every_route_says_to_whom_it_is_open(web_app: Flask) -> None:
    unsaid = [row[0] for row in _rows(_text(DOCS / "routes.md")) if row[2] == reference.UNSAID]
    assert [address for address in unsaid if "/static/" not in address] == []


# --------------------------------------------------------------------------------------------------------------- READMEs


@pytest.mark.parametrize("language", READMES)
def test_the_pictures_equal_the_tables(language: str, law: Law) -> None:
    drawn = re.findall(r"```mermaid\n(.*?)\n```", _text(READMES[language]), re.DOTALL)
    stages = law.regulation(HUNAN).stage_kinds
    assert drawn == [diagram.picture(kind, language, stages) for kind in ("application", "certificate")]


def test_a_picture_shows_every_act_and_state_of_its_road(law: Law) -> None:
    stages = law.regulation(HUNAN).stage_kinds
    drawn = diagram.picture("application", "en", stages)
    assert "formal_examination" not in drawn
    assert "formal_examination" in diagram.picture("application", "en")
    for row in lifecycle.APPLICATION:
        beside = row.act in lifecycle.ASIDE and row.target == lifecycle.STAY
        if {lifecycle.STAGE_OF_STATE.get(s, stages[0]) for s in row.sources} & set(stages):
            assert (row.label.en in drawn) is not beside, row.act


def test_both_readmes_have_one_structure() -> None:
    assert _skeleton(READMES["en"]) == _skeleton(READMES["zh"])


def _skeleton(path: Path) -> list[str]:
    """What a translation leaves alone: levels of headings, first cells of tables, commands, links."""
    text = _text(path)
    text = re.sub(r"```mermaid\n.*?```", "PICTURE", text, flags=re.DOTALL)
    found: list[str] = []
    for line in text.splitlines():
        if line.startswith("#"):
            found.append(line.split(" ")[0])
        elif line.startswith("|"):
            found.append(line.split("|")[1].strip() if "](" in line or line.split("|")[1].strip().isascii() else "head")
        elif line.startswith(("```", "PICTURE", "git ", "cd ", "make ")):
            found.append(line)
        found += [target for target in re.findall(r"\]\(([^)]+)\)", line) if not target.startswith("README")]
    return ["head" if item in ("folder", "package") else item for item in found]


@pytest.mark.parametrize("language", READMES)
def test_every_dependency_has_its_sentence(language: str) -> None:
    sentences = {row[0]: row[1] for row in _rows(_text(READMES[language])) if len(row) == 2}
    for name in _requirements():
        assert len(sentences.get(name, "")) >= 5, f"{name} has no sentence"
        assert sentences[name].endswith((".", "。")), name
    packages = {name for name in sentences if not name.startswith("[")}
    assert packages == set(_requirements())


def _requirements() -> list[str]:
    text = _text(ROOT / "requirements.in") + _text(ROOT / "requirements-dev.in")
    return [m[0] for line in text.splitlines() if (m := re.match(r"[a-z0-9][a-z0-9-]*", line))]


@pytest.mark.parametrize("path", READMES.values(), ids=_name)
def test_readmes_name_the_three_lines_and_the_tests(path: Path) -> None:
    text = _text(path)
    start = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    assert [line.split()[0] for line in start[0].splitlines()] == ["git", "cd", "make"]
    assert "make run" in start[0] and "make test" in start[1]
    assert "![" not in text, "no badge"


# ----------------------------------------------------------------------------------------------------------------- links


@pytest.mark.parametrize("path", PAGES, ids=_name)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)", _prose(path)):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        found = (path.parent / file).resolve() if file else path
        assert found.exists(), f"{_name(path)}: {target}"
        if anchor:
            assert anchor in _anchors(found), f"{_name(path)}: {target}"


def _prose(path: Path) -> str:
    return re.sub(r"```.*?```", "", _text(path), flags=re.DOTALL)


def _anchors(path: Path) -> set[str]:
    """The anchors of a page's headings, as the usual readers of Markdown make them."""
    headings = re.findall(r"^#+ +(.+)$", _prose(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", WRITTEN, ids=_name)
def test_no_page_names_this_machine_or_a_package_registry(path: Path) -> None:
    text = _text(path)
    assert [word for word in (*HOSTS, *MACHINE) if word in text] == []


# ------------------------------------------------------------------------------------------------------------ operations


def test_every_setting_is_documented() -> None:
    told = {row[0].strip("`"): row[1].strip("`") for row in _rows(_text(DOCS / "operations.md"), "## Settings")}
    real = {f.name.upper(): _plain(f.default) for f in fields(Settings)}
    assert told == real


def _plain(default: object) -> str:
    return {True: "yes", False: "no"}[default] if isinstance(default, bool) else str(default)


def test_every_setting_says_what_it_is() -> None:
    for name, _, meaning in _rows(_text(DOCS / "operations.md"), "## Settings"):
        assert meaning.endswith("."), name


def test_every_command_is_documented() -> None:
    told = [re.sub(r" [A-Z]+$", "", row[0].strip("`")) for row in _rows(_text(DOCS / "operations.md"), "## Commands")]
    assert sorted(told) == sorted(_commands(program.main))


def _commands(group: click.Group, before: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _commands(command, f"{before}{name} ")
        else:
            yield before + name


def test_every_job_and_its_hour_is_documented() -> None:
    page = _text(DOCS / "operations.md")
    for job in program.JOBS:
        assert f"| `{job.name}` |" in page
        hours = {f.name: str(f) for f in job.trigger.fields}
        if hours["hour"].isdigit():
            assert f"{int(hours['hour']):02d}:{int(hours['minute']):02d}" in page, job.name


# -------------------------------------------------------------------------------------------------- glossary, boundaries


def test_terms_name_code_that_is_there() -> None:
    for row in [*_rows(_text(DOCS / "glossary.md")), *_rows(_text(DOCS / "boundaries.md"))]:
        for name in re.findall(r"`(registry\.[\w.]+)`", row[-1]):
            assert _find(name) is not None, f"{row[0]}: {name}"


def _find(name: str) -> object:
    """The module, class, function or member of this dotted name."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            found = inspect.getattr_static(found, part)
        return found
    return None


def test_every_term_stands_once_with_its_words() -> None:
    rows = _rows(_text(DOCS / "glossary.md"))
    assert all(len(row) == 4 and all(row) for row in rows), [row for row in rows if len(row) != 4 or not all(row)]
    terms = [row[0] for row in rows]
    assert len(terms) == len(set(terms))
    assert all(re.search(r"[\u4e00-\u9fff]", row[1]) for row in rows)


def test_every_noun_of_the_code_is_a_term() -> None:
    page = _text(DOCS / "glossary.md")
    nouns = [f"registry.books.models.{name}" for name in models.__all__ if name != "metadata"]
    nouns += [f"registry.law.lifecycle.Role.{role.name}" for role in lifecycle.Role]
    nouns += [f"registry.law.deadlines.Unit.{unit.name}" for unit in Unit]
    assert [noun for noun in nouns if f"`{noun}`" not in page] == []
    assert [basis for basis in BASES if f"`{basis}`" not in page] == []
    stages = [label.zh for label in lifecycle.STAGE_LABELS.values()]
    assert [zh for zh in stages if zh not in page] == []


def test_worked_examples_are_what_the_code_computes(law: Law) -> None:
    rows = _rows(_text(DOCS / "boundaries.md"), "## Worked examples")
    assert rows
    for start, words, end, provisional, why in rows:
        length, unit = words.split(",")[0].split()
        period = Period(int(length), Unit(unit), "first day counted" in words, "as_is" if "as_is" in words else "next_working_day")
        found = last_day(law.calendar, date.fromisoformat(start), period)
        assert (found.last_day.isoformat(), found.provisional) == (end, provisional == "yes"), why


# ------------------------------------------------------------------------------------------------------------- decisions


def test_decisions_are_numbered_listed_and_whole() -> None:
    adrs = sorted((DOCS / "adr").glob("0*.md"))
    numbers = [path.name[:4] for path in adrs]
    assert numbers == sorted(set(numbers)) and numbers[0] == "0001"  # a number once given is not given again; one may be left out
    index = _text(DOCS / "adr" / "README.md")
    for path in adrs:
        text = _text(path)
        title = text.splitlines()[0].removeprefix("# ")
        assert f"- [{title}]({path.name})" in index, path.name
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"], path.name
