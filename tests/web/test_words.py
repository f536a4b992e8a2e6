"""Every word of a page stands in both languages: no sentence in a template outside `t(zh, en)`, and no half of one missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

import web
from registry.law.library import load_law
from registry.law.regulation import Regulation
from registry.law.report import unknown_leaves, unsaid
from registry.words import Text
from web.pages import wording

pytestmark = pytest.mark.once

TEMPLATES = Path(web.__file__).parent / "templates"
FILES = sorted(TEMPLATES.rglob("*.html"))
CJK = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
WORDS_FOR_PEOPLE = re.compile(r"""(?:title|aria-label|alt|placeholder)\s*=\s*["']([^"']*)["']""")
# What is written the same in both languages.
SAME = re.compile(r"SHA-256|GB/T 4754|/api/v1/certificates/?|curl|-H|Authorization: Bearer|standing=valid|amp|q=|MB\b")


def _tree(path: Path) -> nodes.Template:
    return Environment(autoescape=True).parse(path.read_text(encoding="utf-8"))


def _static(path: Path) -> str:
    """The template's own text, with every expression as a mark that is neither word nor markup. Lines of code are in no language."""
    parts: list[str] = []
    tree = _tree(path)
    samples = [x for x in tree.find_all(nodes.CallBlock) if isinstance(x.call.node, nodes.Name) and x.call.node.name == "sample"]
    code = {id(output) for sample in samples for output in sample.find_all(nodes.Output)}
    for output in tree.find_all(nodes.Output):
        if id(output) in code:
            continue
        parts += [n.data if isinstance(n, nodes.TemplateData) else "\u241f" for n in output.nodes]
    return "".join(parts)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(TEMPLATES)))
def test_no_words_stand_outside_t(path: Path) -> None:
    text = _static(path)
    spoken = " ".join(WORDS_FOR_PEOPLE.findall(text))
    shown = re.sub(r"<[^<>]*>", " ", text)
    shown = re.sub(r'\baria-(describedby|labelledby|invalid)="[^"]*"', " ", shown)  # attributes that stand in a macro of their own
    for words in (spoken, shown):
        left = SAME.sub(" ", words)
        assert not CJK.search(left), left[:400]
        assert not re.search(r"[A-Za-z]{2,}", re.sub(r"&\w+;|/[\w/.]+|https?:\S+", " ", left)), left.strip()[:400]


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(TEMPLATES)))
def test_t_has_both_halves(path: Path) -> None:
    inside: set[int] = set()
    for call in _tree(path).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "t":
            zh, en = (n.value for n in call.args if isinstance(n, nodes.Const))
            inside |= {id(n) for n in call.args}
            switch = (zh, en) == ("English", "中文")  # each in its own tongue
            assert switch or (not CJK.search(en) and zh.strip() and en.strip()), (zh, en)
            names = re.compile(r"\{(\w+)\}")
            assert set(names.findall(zh)) == set(names.findall(en)), (zh, en)
            assert {k.key for k in call.kwargs} == set(names.findall(zh)), (zh, en)
            assert CJK.search(zh) or zh == en or zh in ("、", "，", "en", "English") or not re.search(r"[a-z]{3}", en), (zh, en)
    strays = [n.value for n in _tree(path).find_all(nodes.Const)
              if isinstance(n.value, str) and CJK.search(n.value) and id(n) not in inside]  # fmt: skip
    known = [n.value for call in _tree(path).find_all(nodes.Call) if isinstance(call.node, nodes.Name) and call.node.name == "t"
             for n in call.args if isinstance(n, nodes.Const)]  # fmt: skip
    assert not set(strays) - set(known)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(TEMPLATES)))
def test_an_article_is_marked_as_chinese_in_either_language(path: Path) -> None:
    """Articles stand in Chinese alone; a screen reader of an English page must be told so."""
    bare = re.sub(r"""lang="zh-CN">\{\{ [\w.\[\]"]+article \}\}""", "", path.read_text(encoding="utf-8"))
    assert not re.search(r"article \}\}", bare)


def _texts(module: object) -> Iterator[tuple[str, Text]]:
    for name, value in vars(module).items():
        if isinstance(value, Text):
            yield name, value
        elif isinstance(value, dict):
            yield from ((f"{name}[{k}]", v) for k, v in value.items() if isinstance(v, Text))


def test_the_words_of_the_pages_have_both_halves() -> None:
    for name, text in _texts(wording):
        assert CJK.search(text.zh) and text.en and not CJK.search(text.en), name


@pytest.mark.parametrize("law", load_law().regulations.values(), ids=lambda law: law.id)
def test_what_a_regulation_leaves_unsaid_is_told_in_words(law: Regulation) -> None:
    """By name, not by the key of its file."""
    told = unsaid(law)
    assert [x.path for x in told] == [path for path in unknown_leaves(law) if not path.startswith("publication.")]  # those in the file's words
    for x in told:
        assert x.path not in (x.label.zh, x.label.en) and CJK.search(x.label.zh), x.path


def test_what_an_assumption_is_called_is_not_the_word_for_a_provisional_date() -> None:
    """A day beside an article that nobody confirmed is firm for all that; only what a calendar may yet move is 暂定."""
    assert not any("暂定" in label.zh or "provisional" in label.en for label in wording.BASES.values())
