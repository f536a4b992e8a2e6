"""The texts of law as they were when something was handed in: kept in the vault by their digests, and read again from there.

A file of law may be corrected while applications are in hand: those go on under the text that they are pinned to.
"""

from __future__ import annotations

from registry.books.vault import Vault
from registry.law.library import Law
from registry.law.loader import regulation_of_text, taxonomy_of_text
from registry.law.regulation import Regulation
from registry.law.taxonomy import Taxonomy


def keep(vault: Vault, regulation: Regulation, tree: Taxonomy) -> None:
    """Keep the files of a regulation and of its product tree, as they are loaded now."""
    vault.put(regulation.content)
    vault.put(tree.content)


def binding(law: Law, vault: Vault, key: str, pinned: str | None) -> Regulation:
    """The regulation `key` in the text with the digest `pinned`; in the loaded one where nothing is pinned.

    A text that this registry can no longer read gives way to the loaded one: the audit and the case page say so.
    """
    loaded = law.regulations.get(key)
    if pinned is None or (loaded is not None and loaded.digest == pinned):
        return law.regulation(key)
    return find_regulation(vault, key, pinned) or law.regulation(key)


def binding_tree(law: Law, vault: Vault, regulation: Regulation, pinned: str | None) -> Taxonomy:
    """The product tree of `regulation` in the text with the digest `pinned`, else the loaded one."""
    loaded = law.taxonomies.get(regulation.taxonomy)
    if pinned is None or (loaded is not None and loaded.digest == pinned):
        return law.taxonomy_of(regulation)
    content = vault.find(pinned)
    return (taxonomy_of_text(regulation.taxonomy, content) if content else None) or law.taxonomy_of(regulation)


def find_regulation(vault: Vault, key: str, digest: str) -> Regulation | None:
    """The regulation `key` in the text with this digest; None if the text is not here or cannot be read any more."""
    content = vault.find(digest)
    return regulation_of_text(key, content) if content else None
