"""All law that is loaded: regulations, product trees and calendars, from the shipped folders and one further folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from registry.errors import LawFileFault, NotFound
from registry.law.deadlines import Calendar, load_calendars
from registry.law.loader import load_regulation, load_taxonomy
from registry.law.regulation import Regulation
from registry.law.rules import Prefecture
from registry.law.taxonomy import Taxonomy
from registry.words import Text

Kind = TypeVar("Kind", Regulation, Taxonomy)
HERE = Path(__file__).parent


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

    def prefectures(self) -> Mapping[str, Prefecture]:
        """The prefectures of all regulations, by code."""
        found = {code: p for r in self.regulations.values() for code, p in r.authority.prefectures.items()}
        return MappingProxyType(dict(sorted(found.items())))

    def taxonomy_of(self, regulation: Regulation) -> Taxonomy:
        """The product tree that `regulation` names."""
        return self.taxonomies[regulation.taxonomy]


def load_law(*further: Path | None) -> Law:
    """The shipped law and that of each folder of `further`, which has the same three folders. Files are read once.

    LawFileFault, naming file and keys: a file that cannot be loaded, an id that stands twice, a regulation whose
    product tree is not loaded, two versions of a family in force on one day.
    """
    roots = [HERE, *(folder for folder in further if folder is not None)]
    taxonomies = _load([root / "taxonomies" for root in roots], load_taxonomy)
    regulations = _load([root / "regulations" for root in roots], load_regulation)
    earlier: list[Regulation] = []
    for path, found in regulations.values():
        if found.taxonomy not in taxonomies:
            raise LawFileFault(str(path), [f"taxonomy: no product tree {found.taxonomy!r} is loaded"])
        _refuse_overlap(path, found, earlier)
        earlier.append(found)
    return Law(
        MappingProxyType({key: found for key, (_, found) in regulations.items()}),
        MappingProxyType({key: found for key, (_, found) in taxonomies.items()}),
        load_calendars([root / "calendars" for root in roots]),
    )


def _load(
    folders: list[Path], load: Callable[[Path], Kind],
) -> dict[str, tuple[Path, Kind]]:
    loaded: dict[str, tuple[Path, Kind]] = {}
    for path in (path for folder in folders for path in sorted(folder.glob("*.toml"))):
        found = load(path)
        if found.id in loaded:
            raise LawFileFault(str(path), [f"id: {found.id!r} is loaded already, from {loaded[found.id][0]}"])
        loaded[found.id] = (path, found)
    return loaded


def _refuse_overlap(path: Path, found: Regulation, earlier: list[Regulation]) -> None:
    for other in earlier:
        overlap = found.effective_from <= other.effective_until and other.effective_from <= found.effective_until
        if other.family == found.family and overlap:
            in_force = f"{other.effective_from} to {other.effective_until}"
            raise LawFileFault(str(path), [
                f"effective.start.day: {found.id} is in force together with {other.id} ({in_force})",
            ])
