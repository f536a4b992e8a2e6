"""The tree of products that a regulation certifies, in a version. Not a statistical classification: it names codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from registry.errors import NotFound
from registry.words import Text


@dataclass(frozen=True, kw_only=True)
class TaxonomyLeaf:
    """One product group, with its class and its GB/T 4754-2017 codes."""

    key: str
    label: Text
    class_key: str
    class_label: Text
    gbt4754: tuple[str, ...]
    article: str
    basis: str
    source: str = ""
    note: Text | None = None
    conflict: Text | None = None


@dataclass(frozen=True, kw_only=True)
class TaxonomyClass:
    """One class with its leaves, in the file's order."""

    key: str
    label: Text
    leaves: tuple[TaxonomyLeaf, ...]
    article: str
    basis: str
    source: str = ""
    note: Text | None = None
    conflict: Text | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Taxonomy:
    """A product tree in one version: one file."""

    id: str
    version: str
    digest: str
    title: Text
    classes: tuple[TaxonomyClass, ...]
    by_key: Mapping[str, TaxonomyLeaf]
    article: str
    basis: str
    source: str = ""
    note: Text | None = None
    conflict: Text | None = None
    content: bytes = field(default=b"", repr=False)

    @property
    def leaves(self) -> tuple[TaxonomyLeaf, ...]:
        """Every leaf, class by class."""
        return tuple(self.by_key.values())

    def find_leaf(self, key: str) -> TaxonomyLeaf | None:
        """The leaf `key`, or None."""
        return self.by_key.get(key)

    def leaf(self, key: str) -> TaxonomyLeaf:
        """The leaf `key`; NotFound when the tree has none."""
        found = self.by_key.get(key)
        if found is None:
            raise NotFound(Text("产品分类目录中没有“{key}”。", "The product tree has no \"{key}\".").with_(key=key))
        return found
