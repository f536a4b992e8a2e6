"""docs/law/: each shipped regulation as a page, made from its file by `python app.py docs`.

Not here: the page that people read in the running registry (pages.public), the format of the files (docs/regulations.md).
"""

from __future__ import annotations

from collections.abc import Iterator

from registry.law.regulation import Regulation
from registry.law.report import unknown_leaves, unsaid
from registry.law.rules import Column, FieldRule, Source
from registry.words import Text

MADE = "<!-- Made by `make docs` from the regulation's file. Change the file, not this page. -->"


def law_pages(regulations: list[Regulation]) -> dict[str, str]:
    """File name within docs/ to its text: one page for each regulation, and their index."""
    pages = {f"law/{law.id}.md": "\n".join(_page(law)) + "\n" for law in regulations}
    return pages | {"law/README.md": "\n".join(_index(regulations)) + "\n"}


def _index(regulations: list[Regulation]) -> Iterator[str]:
    yield from ("# The law that is shipped", "", MADE, "")
    yield "None of these pages is the text of a regulation. Each shows the rules by which this registry works, and what each rests on:"
    yield "`article`: the published text, or a report of it, says so; `instruction`: the owner of this registry set it; `precedent`: a"
    yield "named sibling does it so; `assumption`: nobody has confirmed it. What is not known is left out, and what follows from that is said."
    yield from ("", "| regulation | authority | in force | stages |", "|---|---|---|---|")
    for law in sorted(regulations, key=lambda one: one.id):
        stages = " → ".join(f"`{stage.kind}`" for stage in law.stages)
        yield f"| [{law.title.zh}]({law.id}.md) | {law.authority.name.zh} | {law.effective_from} – {law.effective_until} | {stages} |"


def _page(law: Regulation) -> Iterator[str]:
    yield from (f"# {law.title.zh}", "", MADE, "", f"{law.title.en}. Authority: {law.authority.name.zh}, {law.authority.name.en}.",
                f"In force {law.effective_from} – {law.effective_until}. Identifier `{law.id}`; product tree `{law.taxonomy}`.", "")
    yield from (f"- {_both(line.text)} ({_rests(line)})" for line in law.summary)
    yield from ([""] if law.summary else ())
    yield from ("## Stages", "", "| stage | called | term | rests on |", "|---|---|---|---|")
    for stage in law.stages:
        term = _both(law.periods[stage.term].period.words()) if stage.term else "not stated"
        yield f"| `{stage.kind}` | {_both(stage.label)} | {term} | {_rests(stage)} |"
    yield from ("", "## Lengths of time", "", "| key | length | rests on |", "|---|---|---|")
    for key, rule in law.periods.items():
        yield f"| `{key}` | {_both(rule.period.words())} | {_rests(rule)} |"
    if law.validity:
        yield f"| `validity` | {_both(law.validity.words())} | {_rests(law.validity)} |"
    yield from _dossier(law)
    yield from ("", "## Not known, or not said", "")
    left = [f"- `{x.path}`: {x.effect.en}" for x in unsaid(law)] + [f"- `{path}`" for path in unknown_leaves(law) if path.startswith("publication.")]
    yield from left or ["Nothing."]


def _dossier(law: Regulation) -> Iterator[str]:
    yield from ("", "## The dossier", "", "| field | called | kind | needed | public | rests on |", "|---|---|---|---|---|---|")
    for rule in law.all_fields():
        yield (f"| `{rule.key}` | {_both(rule.label)} | {_kind(rule)} | {'yes' if rule.required else 'no'} | "
               f"{'yes' if rule.public else 'no'} | {_rests(rule)} |")
    yield from ("", "| document | called | files | types | rests on |", "|---|---|---|---|---|")
    for slot in law.dossier.documents:
        least = slot.minimum if slot.required else 0
        yield f"| `{slot.key}` | {_both(slot.label)} | {least}–{slot.maximum} | {', '.join(slot.types)} | {_rests(slot)} |"
    if law.conditions:
        yield from ("", "| condition | what it demands | rests on |", "|---|---|---|")
        yield from (f"| `{rule.key}` | {_both(rule.demand)} | {_rests(rule)} |" for rule in law.conditions)


def _kind(rule: FieldRule) -> str:
    if rule.kind == "rows":
        return f"rows of {', '.join(map(_column, rule.columns))}"
    return f"{rule.kind}{f' ({rule.unit.zh})' if rule.unit else ''}"


def _column(column: Column) -> str:
    return f"`{column.key}` ({column.kind}{'' if column.required else ', optional'})"


def _rests(source: Source) -> str:
    return f"{source.basis}: {_cell(source.article)}"


def _both(text: Text) -> str:
    return f"{_cell(text.zh)} / {_cell(text.en)}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
