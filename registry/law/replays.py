"""A recorded life walked through its table again: what the auditor and the tests hold against the stored state.

Not here: where the record comes from, what it is held against.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from registry.law.lifecycle import ASKER, BIRTH, find_row, outcomes


@dataclass(frozen=True)
class Step:
    """One recorded act of one life, as replay needs it."""

    act: str
    before: str | None
    after: str


def replay(kind: str, steps: Sequence[Step], stages: Sequence[str] | None = None) -> tuple[str | None, list[str]]:
    """Walk a recorded life through its table. Returns the state it ends in and every fault found (none is well)."""
    faults: list[str] = []
    state: str | None = None
    asker: str | None = None
    for number, step in enumerate(steps, 1):
        where = f"entry {number} ({step.act})"
        if step.before != state:
            faults.append(f"{where}: says it began in {step.before}, but the life stood in {state}")
        if step.before is None:
            if (step.act, step.after) != BIRTH[kind]:
                faults.append(f"{where}: no life begins so")
        else:
            row = find_row(kind, step.before, step.act)
            allowed = [] if row is None else outcomes(row, step.before, stages)
            if row is not None and row.target == ASKER and asker:
                allowed = [asker]
            if step.after not in allowed:
                faults.append(f"{where}: {step.before} does not lead to {step.after}")
            if step.act == "request_supplement":
                asker = step.before
        state = step.after
    return state, faults
