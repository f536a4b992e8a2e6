"""All law that is loaded: regulations, product trees and calendars, from the shipped folders and one further folder."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from registry.errors import LawFileFault, NotFound, all_faults
from registry.law.authorities import Authority, Prefecture
from registry.law.codes import form_shape
from registry.law.deadlines import Calendar, load_calendars
from registry.law.dossier_checks import Fault
from registry.law.loader import load_regulation, load_taxonomy, regulation_as_it_stands, tree_named_in
from registry.law.places import PROVINCES
from registry.law.reader import LawFile, meant
from registry.law.regulation import Regulation
from registry.law.taxonomy import Taxonomy
from registry.words import Text

Kind = TypeVar("Kind", Regulation, Taxonomy)
HERE = Path(__file__).parent
FOLDERS = ("regulations", "taxonomies", "calendars")  # of law files, in each folder of law


@dataclass(frozen=True, eq=False)
class Law:
    """Everything loaded at start. Never changes while the registry runs."""

    regulations: Mapping[str, Regulation]
    taxonomies: Mapping[str, Taxonomy]
    calendar: Calendar

    def regulation(self, key: str) -> Regulation:
        """The regulation with this id, in force or not; NotFound when none is loaded."""
        if key not in self.regulations:
            words = Text("没有载入编号为“{key}”的认定办法。", "No regulation \"{key}\" is loaded.")
            raise NotFound(words.with_(key=key))
        return self.regulations[key]

    def open_on(self, day: date) -> list[Regulation]:
        """The regulations in force on `day`, by id."""
        return [found for _, found in sorted(self.regulations.items()) if found.is_open_on(day)]

    def successor(self, family: str, day: date) -> Regulation | None:
        """The version of `family` in force on `day`; the loader lets at most one be."""
        return next((found for found in self.open_on(day) if found.family == family), None)

    def authorities(self) -> Mapping[str, Authority]:
        """The authorities of all regulations, by the key for which people are appointed."""
        found = {r.authority.key: r.authority for r in self.regulations.values()}
        return MappingProxyType({key: found[key] for key in sorted(found)})

    def under(self, authorities: Collection[str]) -> list[str]:
        """The ids of the regulations of these authorities."""
        return [key for key, r in self.regulations.items() if r.authority.key in authorities]

    def places(self) -> Mapping[str, Text]:
        """Where an enterprise may be, by code: the regions of all regulations, and each province that none divides further."""
        regions = {code: p.name for code, p in self.prefectures().items() if code not in PROVINCES}
        divided = {r.authority.code for r in self.regulations.values() if r.authority.prefectures}
        found = regions | {code: name for code, name in PROVINCES.items() if code not in divided}
        return MappingProxyType(dict(sorted(found.items())))

    def site_name(self) -> Text:
        """What a register of this law is called: after what it certifies, where that is one thing."""
        nouns = {r.product_noun for r in self.regulations.values()}
        if len(nouns) != 1:
            return Text("认定登记系统", "Certification Registry")
        return Text("{noun}认定登记", "Registry: {noun}").with_(noun=nouns.pop())

    def keeper_name(self) -> Text | None:
        """Whose register it is, where it is one authority's."""
        names = {a.name for a in self.authorities().values()}
        return names.pop() if len(names) == 1 else None

    def place_name(self, code: str) -> Text:
        """What a place is called; a code that nothing loaded knows, as it is."""
        region = self.prefectures().get(code)
        return region.name if region else PROVINCES.get(code, Text(code, code))

    def prefectures(self) -> Mapping[str, Prefecture]:
        """The regions of all regulations, by code."""
        found = {code: p for r in self.regulations.values() for code, p in r.authority.prefectures.items()}
        return MappingProxyType(dict(sorted(found.items())))

    def taxonomy_of(self, regulation: Regulation) -> Taxonomy:
        """The product tree that `regulation` names."""
        return self.taxonomies[regulation.taxonomy]


@dataclass(frozen=True)
class Survey:
    """Every law file with what is wrong with it, alone and beside the others. `calendar` is None where one of its files is faulty;
    `sources`: what was made of each sound file, the calendars' aside."""

    regulations: Mapping[str, Regulation]
    taxonomies: Mapping[str, Taxonomy]
    calendar: Calendar | None
    sources: Mapping[Path, Regulation | Taxonomy]
    faults: Mapping[Path, Sequence[str]]


def load_law(*further: Path | None) -> Law:
    """The shipped law and that of each folder of `further`, which has the same three folders. Files are read once.

    LawFileFault, naming each faulty file and its keys: one that cannot be loaded, an id that stands twice, a regulation whose
    product tree is not loaded, two versions of a family in force on one day, two authorities under one key,
    two forms of number that could write the same one.
    """
    found = survey_law(*further)
    if found.faults or found.calendar is None:
        raise all_faults([LawFileFault(str(path), said) for path, said in found.faults.items()])
    return Law(found.regulations, found.taxonomies, found.calendar)


def survey_law(*further: Path | None, files: Mapping[Path, str] = MappingProxyType({})) -> Survey:
    """Read what `load_law` would, and `files` (each with its folder: regulations, taxonomies, calendars) after all the others.

    A file of the same name that would be loaded gives way to the one of `files`: it is judged as if it stood in that place.
    """
    roots = [HERE, *(folder for folder in further if folder is not None)]
    asked = {path.resolve() for path in files}

    def paths(kind: str) -> list[Path]:
        mine = [path for path, folder in files.items() if folder == kind]
        names = {path.name for path in mine}
        found = [path for root in roots for path in sorted((root / kind).glob("*.toml"))]
        loaded = {path.resolve() for path in found} & asked  # one of these stands where it is loaded: it replaces nothing
        gone = {name for name in names if not any(path.name == name for path in loaded)}
        return [*(path for path in found if path.resolve() not in asked and path.name not in gone), *mine]

    faults: dict[Path, list[str]] = {}
    taxonomies = _load(paths("taxonomies"), load_taxonomy, faults)
    trees = {path.stem: None for path in paths("taxonomies")} | {tree.id: tuple(tree.by_key) for tree in taxonomies.values()}
    regulations = _load(paths("regulations"), lambda path: load_regulation(path, trees.get(tree_named_in(path))), faults)
    _judge_together(paths("regulations"), trees, faults)
    try:
        calendar = load_calendars([*(root / "calendars" for root in roots), *(path for path, kind in files.items() if kind == "calendars")])
    except LawFileFault as fault:
        calendar = None
        faults |= {Path(name): list(said) for name, said in fault.files.items()}
    sources: Mapping[Path, Regulation | Taxonomy] = MappingProxyType({**regulations, **taxonomies})
    return Survey(_by_id(regulations.values()), _by_id(taxonomies.values()), calendar, sources, MappingProxyType(faults))


def _by_id(found: Iterable[Kind]) -> Mapping[str, Kind]:
    return MappingProxyType({law.id: law for law in found})


def _load(paths: Iterable[Path], load: Callable[[Path], Kind], faults: dict[Path, list[str]]) -> dict[Path, Kind]:
    """What was made of each sound file, once for each id; the others' faults are added to `faults`."""
    loaded: dict[Path, Kind] = {}
    came: dict[str, Path] = {}
    for path in paths:
        try:
            found = load(path)
        except LawFileFault as fault:
            faults[path] = list(fault.faults)
            continue
        if found.id in came:
            faults[path] = [f"id: {found.id!r} is loaded already, from {came[found.id]}"]
            continue
        loaded[path], came[found.id] = found, path
    return loaded


def _judge_together(paths: Iterable[Path], trees: Collection[str], faults: dict[Path, list[str]]) -> None:
    """What is wrong with a regulation beside those before it; also where it has faults of its own, as far as it can be made."""
    earlier: list[Regulation] = []
    for path in paths:
        found, tree = regulation_as_it_stands(path), tree_named_in(path)
        said: list[Fault] = [] if tree in trees or not tree else [(("taxonomy",), f"no product tree {tree!r} is loaded{meant(tree, trees)}")]
        if found is not None:
            said += [fault for other in earlier for rule in (_overlap, _namesake, _same_numbers) for fault in rule(found, other)]
            earlier.append(found)
        if said:
            file = LawFile(path)
            for place, what in said:
                file.fault(place, what)
            faults.setdefault(path, []).extend(file.faults)


def _overlap(found: Regulation, other: Regulation) -> Iterator[Fault]:
    if other.family == found.family and found.effective_from <= other.effective_until and other.effective_from <= found.effective_until:
        in_force = f"{other.effective_from} to {other.effective_until}"
        yield ("effective", "start", "day"), f"{found.id} is in force together with {other.id} ({in_force})"


def _namesake(found: Regulation, other: Regulation) -> Iterator[Fault]:
    """Whoever is appointed for a key serves all its regulations: two departments of one province are two keys."""
    if other.authority.key == found.authority.key and other.authority.name != found.authority.name:
        yield ("authority", "name"), (f"{found.authority.key} is called {other.authority.name.zh!r} in {other.id}; "
                                      "another authority of the same place is told apart by authority.unit")


def _same_numbers(found: Regulation, other: Regulation) -> Iterator[Fault]:
    """A number is one thing's alone, in all books. Versions of a family may go on with one series, in the same form."""
    for its, theirs in other.numbers.items():
        for kind, form in found.numbers.items():
            if form_shape(form) == form_shape(theirs) and not (found.family == other.family and (kind, form) == (its, theirs)):
                yield ("numbers", kind), f"{form!r} could write the same number as {theirs!r} of {other.id} (numbers.{its})"
