"""Every word of a page stands in both languages: no sentence in a template outside `t(zh, en)`, and no half of one missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

import web
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
    """The template's own text, with every expression as a mark that is neither word nor markup."""
    parts: list[str] = []
    for output in _tree(path).find_all(nodes.Output):
        parts += [n.data if isinstance(n, nodes.TemplateData) else "\u241f" for n in output.nodes]
    return "".join(parts)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(TEMPLATES)))
def test_no_words_stand_outside_t(path: Path) -> None:
    text = _static(path)
    spoken = " ".join(WORDS_FOR_PEOPLE.findall(text))
    shown = re.sub(r"<[^<>]*>", " ", text)
    shown = re.sub(r'\baria-(describedby|invalid)="[^"]*"', " ", shown)  # attributes that stand in a macro of their own
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


def _texts(module: object) -> Iterator[tuple[str, Text]]:
    for name, value in vars(module).items():
        if isinstance(value, Text):
            yield name, value
        elif isinstance(value, dict):
            yield from ((f"{name}[{k}]", v) for k, v in value.items() if isinstance(v, Text))


def test_the_words_of_the_pages_have_both_halves() -> None:
    for name, text in _texts(wording):
        assert CJK.search(text.zh) and text.en and not CJK.search(text.en), name
