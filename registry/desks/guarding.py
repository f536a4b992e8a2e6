"""The counter at which a start is let pass: whether what a witness holds of the log is how this database tells it. It asks nobody itself."""

from __future__ import annotations

from registry.books.log import entries, tree
from registry.desks.witnessing import Witness
from registry.registrar import Registrar
from registry.seal import notes
from registry.seal.keys import Keyring
from registry.seal.notes import Vkey
from registry.words import Text


def find_conflict(r: Registrar, ring: Keyring, witness: Witness, note: str) -> Text | None:
    """Why nothing may be written, if the log once signed a head that it does not continue now; None if all is well.

    What no key of ours has signed counts for nothing: no witness can close the office by its own word.
    """
    origin = notes.origin_of(r.settings.public_base_url)
    try:
        known, lines = notes.open_note(note)
    except ValueError:
        return None
    ours = [Vkey(origin, notes.LOG, public) for public in ring.log_publics()]
    if known.origin != origin or not any(notes.find_signature(known, lines, key) for key in ours):
        return None
    size = entries.size_of(r.session)
    if known.size > size:
        return Text(f"见证方 {witness.key.name} 持有本日志的 {known.size} 个条目，本数据库只有 {size} 个：数据库可能由较早的备份恢复。",
                    f"The witness {witness.key.name} holds {known.size} entries of this log, this database {size}: it may be an older backup.")
    if tree.root(known.size, entries.read_node(r.session)) != known.root:
        return Text(f"见证方 {witness.key.name} 所持的日志（{known.size} 个条目）与本数据库不一致。",
                    f"The log as the witness {witness.key.name} holds it ({known.size} entries) is not the log of this database.")
    return None
