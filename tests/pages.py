"""The parts of docs/ that are made from the tests: the boundary table and the catalogue of pitfalls.

`python -m tests.pages` lives through every boundary with the machine in three zones and writes what was observed;
`--check` only says which pages are not fresh. The program itself knows nothing of this.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from registry.clock import OFFICE_ZONE
from registry.desks import accounts
from tests import boundaries
from tests.boundaries import CASES, Case, Seen
from tests.factories import CHEAP
from tests.pitfalls import catalogue
from tests.zones import ZONES, machine_in

DOCS = Path(__file__).parents[1] / "docs"
MADE = "<!-- Made by `make docs` from the tests. Change the tests, not this part. -->"
END = "<!-- Here ends what is made from the tests. -->"
Observed = Mapping[str, Sequence[Seen]]  # by the key of the case


def observe_everywhere() -> dict[str, list[Seen]]:
    """What each case showed. RuntimeError where a zone of the machine made a difference, or the case says otherwise."""
    return {case.key: _observe(case) for case in CASES}


def _observe(case: Case) -> list[Seen]:
    by_zone: dict[str, list[Seen]] = {}
    for zone in ZONES:
        with machine_in(zone), boundaries.empty_town() as town:
            by_zone[zone] = boundaries.observe(case, town)
    first, *others = by_zone.values()
    if any(seen != first for seen in others) or tuple(s.answer for s in first) != case.answers:
        raise RuntimeError(f"{case.key}: {by_zone}, expected {case.answers}")
    return first


def write_all(observed: Observed, folder: Path, check: bool = False) -> list[str]:
    """Write the pages into `folder`; returns the names of those that were not fresh. `check` writes nothing."""
    written = (folder / "boundaries.md").read_text(encoding="utf-8")
    made = {"boundaries.md": replaced(written, boundary_table(observed)), "pitfalls.md": pitfalls_page()}
    stale = [name for name, text in made.items() if not (folder / name).is_file() or (folder / name).read_text(encoding="utf-8") != text]
    if not check:
        for name in stale:
            (folder / name).write_text(made[name], encoding="utf-8")
    return stale


def pitfalls_page() -> str:
    return "\n".join(["# Pitfalls", "", MADE, "", *catalogue.page(), ""])


def replaced(page: str, lines: Iterable[str]) -> str:
    """The page with these lines between its two marks."""
    before, rest = page.split(MADE)
    _, after = rest.split(END)
    return "\n".join([f"{before}{MADE}", "", *lines, "", f"{END}{after}"])


def shown_table(page: str) -> list[str]:
    """The lines of the table that stands in a page now."""
    return [line for line in page.split(MADE)[1].split(END)[0].splitlines() if line]


def boundary_table(observed: Observed) -> list[str]:
    """All cases, one row for each instant: the three wall clocks, and the one answer that was given under each of them."""
    zones = " | ".join(f"the machine in {zone}" for zone in ZONES)
    head = [f"| case | {zones} | answer, the same in all three | where |", "|---|" + "---|" * (len(ZONES) + 2)]
    return head + [row for case in CASES for row in rows_of(case, observed[case.key])]


def rows_of(case: Case, seen: Sequence[Seen]) -> Iterator[str]:
    """The rows of one case; its sentence and its rule stand in the first."""
    head, rule = f"{case.sentence.zh}<br>{case.sentence.en}", f"`{case.rule}`"
    for at, answer in seen:
        clocks = " | ".join(_wall_clock(at, zone) for zone in ZONES)
        yield f"| {head} | {clocks} | **{answer}** | {rule} |"
        head = rule = "〃"


def _wall_clock(at: str, zone: str) -> str:
    """What the wall clock of `zone` shows at an instant of the office's."""
    instant = datetime.fromisoformat(at).replace(tzinfo=OFFICE_ZONE)
    return f"{instant.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M:%S}"


def main(arguments: Sequence[str]) -> int:
    accounts._hasher = CHEAP
    check = "--check" in arguments
    stale = write_all(observe_everywhere(), DOCS, check)
    sys.stdout.write(("\n".join(stale) or "all fresh") + "\n")
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
