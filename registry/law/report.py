"""What a law file is worth, for whoever writes one: its faults, what its figures rest on, what nobody knows.

Not here: the rules themselves (shapes, checks), loading for use (library).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from registry.law.library import FOLDERS, HERE, survey_law
from registry.law.lifecycle import STATE_TERM
from registry.law.outline import Line, outline
from registry.law.reader import LawFile, near
from registry.law.regulation import Leaf, Regulation
from registry.law.rules import Source
from registry.law.shapes import ALWAYS_ASKED, ASKED_IN_NOTICE, BASES
from registry.law.taxonomy import Taxonomy
from registry.words import Text

BASIS_LABELS = {
    "article": Text("条文（据公开报道）", "article (as publicly reported)"),
    "instruction": Text("本登记处所有者的要求", "instruction of this registry's owner"),
    "precedent": Text("同类办法先例", "precedent of a sibling regulation"),
    "assumption": Text("假定，未经证实", "assumption, confirmed by nobody"),
}
# Rules without which some act is refused: an absent one is not known, or does not exist; nobody guesses which.
MAY_BE_SILENT = ("intake", "validity", "renewal", "reminders", "escalations", "predicates", "sanctions", "debarments", "changes", "support")
OF_AN_END = ("renewal", "reminders")  # not unknown but without meaning where certificates have no end


@dataclass(frozen=True)
class Report:
    """`faults`: "line N: key: what"; `counts`: known leaves by basis; `unknown`: leaves left empty."""

    faults: list[str]
    counts: dict[str, int] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        """Whether the registry would load this file."""
        return not self.faults

    def lines(self) -> list[str]:
        """What there is to say of the file, for whoever writes it."""
        return [*self.faults, *(f"{basis}: {count}" for basis, count in self.counts.items()),
                *(f"未知 not known: {leaf}" for leaf in self.unknown)]


def check_files(files: Iterable[Path] = (), *further: Path | None) -> dict[Path, Report]:
    """Judge each file together with all that the office would load, of `further` folders too; without any, all of those.

    A file that stands in one of the three folders of a law folder is judged with that folder too. Never raises on what a file
    holds. Of files that were not asked for only the faulty ones are in the answer.
    """
    asked = {path: _folder_of(path) for path in files}
    homes = {path.resolve().parents[1]: None for path in asked if path.resolve().parent.name in FOLDERS}
    known = {folder.resolve() for folder in (HERE, *further) if folder is not None}
    found = survey_law(*further, *(home for home in homes if home not in known), files=asked)
    families = {law.family for law in found.regulations.values()}
    reports = {path: Report(list(found.faults[path])) for path in found.faults}
    for path, law in found.sources.items():
        if path not in reports and (not asked or path in asked):
            reports[path] = _sound(law, families)
    return {path: reports.get(path, Report([])) for path in asked} | reports


def _folder_of(path: Path) -> str:
    """Which kind of law file this is, by what it holds."""
    tree = LawFile(path).tree
    return "taxonomies" if "classes" in tree else "calendars" if "off" in tree or "work" in tree else "regulations"


def _sound(found: Regulation | Taxonomy, families: Collection[str]) -> Report:
    if isinstance(found, Taxonomy):
        return Report([], _count(_tree_sources(found)))
    known = [leaf for leaf in found.leaves() if not leaf.empty]
    strangers = [f"relations.{x.key}.family: no regulation of {x.family!r} is loaded{near(x.family, families)}"
                 for x in found.relations if x.family not in families]
    return Report([], _count(known), unknown_leaves(found) + strangers)


def unknown_leaves(regulation: Regulation) -> list[str]:
    """The paths of what nobody knows: facts left empty, and periods that will be asked for and are not there."""
    asked = [*ALWAYS_ASKED, *(ASKED_IN_NOTICE if "public_notice" in regulation.stage_kinds else ())]
    return [
        *(name for name in MAY_BE_SILENT if not getattr(regulation, name) and not (regulation.is_endless and name in OF_AN_END)),
        *(leaf.path for leaf in regulation.leaves() if leaf.empty),
        *(f"periods.{key}" for key in asked if key not in regulation.periods),
        *(f"stages.{stage.kind}.term" for stage in regulation.stages if not stage.term),
    ]


def counts(regulation: Regulation) -> dict[str, int]:
    """How many known figures rest on each basis."""
    return _count(leaf for leaf in regulation.leaves() if not leaf.empty)


@dataclass(frozen=True)
class Unsaid:
    """What a file leaves unsaid, in words, and what follows from it; `refused`: what needs it is refused."""

    path: str
    label: Text
    effect: Text

    @property
    def refused(self) -> bool:
        """Whether an act is refused for want of it."""
        return self.effect == REFUSED


REFUSED = Text("遇到时拒绝办理", "what needs it is refused")
# What a regulation may leave unsaid as a whole, and what then happens.
UNSAID = {
    "intake": (Text("受理方式（全年或按申报通知）", "when applications are taken"), REFUSED),
    "validity": (Text("证书有效期", "how long a certificate lasts"), REFUSED),
    "renewal": (Text("证书能否续期", "whether a certificate is renewed"), REFUSED),
    "reminders": (Text("到期提醒", "reminders of its end"), Text("不发提醒", "no reminder is sent")),
    "escalations": (Text("逾期上报", "how overdue work rises"), Text("逾期只作提示，不上报", "overdue work is shown and rises to nobody")),
    "predicates": (Text("定义的各项要件", "the parts of the definition"), Text("只按定义全文判断", "only its whole text is held against a product")),
    "sanctions": (Text("对证书的措施", "measures on certificates"), REFUSED),
    "debarments": (Text("不得再申报的情形", "when one may not apply again"), REFUSED),
    "changes": (Text("证书变更", "changes of a certificate"), REFUSED),
    "support": (Text("认定之后的支持", "what certification brings"), Text("不作测算", "nothing is reckoned")),
}
NO_TERM = Text("不计办理时限", "no term runs")


def unsaid(regulation: Regulation) -> list[Unsaid]:
    """What `unknown_leaves` names, but for facts of the paper itself, in words and with what follows."""
    return [_unsaid(regulation, path) for path in unknown_leaves(regulation) if not path.startswith("publication.")]


def _unsaid(law: Regulation, path: str) -> Unsaid:
    group, _, key = path.partition(".")
    if group == "periods":
        label = Text("“{label}”的期限", "the time for “{label}”").with_(label=law.period_label(key))
        return Unsaid(path, label, NO_TERM if key in STATE_TERM.values() else REFUSED)
    if group == "stages":
        stage = next(s.label for s in law.stages if path == f"stages.{s.kind}.term")
        return Unsaid(path, Text("“{stage}”的办理期限", "a term for “{stage}”").with_(stage=stage), NO_TERM)
    form = law.form(group)
    item = next((i for i in form.items if path == f"{group}.items.{i.key}"), None) if form else None
    if item is not None:
        return Unsaid(path, Text("“{item}”的要求", "what “{item}” asks").with_(item=item.label), Text("不能判为符合", "it cannot be passed"))
    return Unsaid(path, *UNSAID.get(path, (Text(path, path), REFUSED)))


def show(regulation: Regulation) -> str:
    """The whole regulation as plain text in both languages, every figure with its place and basis."""
    return "\n".join(_shown(regulation)) + "\n"


def _count(leaves: Iterable[Leaf]) -> dict[str, int]:
    found = Counter(leaf.basis for leaf in leaves)
    return {basis: found[basis] for basis in BASES}


def _tree_sources(tree: Taxonomy) -> Iterator[Leaf]:
    yield Leaf("title", tree.article, tree.basis, tree.source)
    for branch in tree.classes:
        yield Leaf(f"classes.{branch.key}", branch.article, branch.basis, branch.source)
    for leaf in tree.leaves:
        yield Leaf(f"classes.{leaf.class_key}.{leaf.key}", leaf.article, leaf.basis, leaf.source)


def _shown(law: Regulation) -> Iterator[str]:
    yield from law.title
    yield f"id: {law.id}   sha256: {law.digest}"
    yield f"施行 / in force: {law.effective_from} – {law.effective_until}"
    for source in (law.effective.start, law.effective.life, law.effective.counting):
        yield from _source(source)
    for fact in law.publication.values():
        yield f"{fact.key}: {fact.value or '未知 / unknown'}"
    for part in outline(law):
        yield from _heading(*part.title)
        for line in part.lines:
            yield from _lines(line)
    yield from _heading("依据统计", "What the figures rest on")
    yield from (f"{_line(BASIS_LABELS[basis])}: {number}" for basis, number in counts(law).items())
    yield from _heading("未规定或未知", "Not said or not known")
    yield from (f"{x.path}: {_line(x.label)} — {_line(x.effect)}" for x in unsaid(law))
    yield from (f"{path}: 未知 / unknown" for path in unknown_leaves(law) if path.startswith("publication."))


def _lines(line: Line, depth: int = 0) -> Iterator[str]:
    space = "    " * depth
    yield f"{space}- {_line(line.text)}{f' ({line.key})' if line.key else ''}"
    if line.source:
        yield from (space + said for said in _source(line.source))
    for below in line.lines:
        yield from _lines(below, depth + 1)


def _source(source: Source) -> Iterator[str]:
    yield f"    〔{source.article}〕 {_line(BASIS_LABELS[source.basis])}{f'；{source.source}' if source.source else ''}"
    if source.note:
        yield f"    {_line(source.note)}"
    if source.conflict:
        yield f"    出处自相矛盾 the source contradicts itself: {_line(source.conflict)}"


def _heading(zh: str, en: str) -> Iterator[str]:
    yield from ("", f"== {zh} | {en} ==")


def _line(text: Text) -> str:
    return f"{text.zh} / {text.en}"
