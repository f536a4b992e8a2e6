"""Counts of the public register: each way of dividing it comes to the same sum, and is called as the files call it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from registry.actors import PUBLIC
from registry.clock import FrozenClock
from registry.desks import enquiries
from registry.errors import BadInput
from tests.desks.test_surroundings import opened, reviewed
from tests.factories import HUNAN, Town
from tests.law.parts import PARTS, parts_text, write_parts

SHARES = ("regulations", "classes", "places", "years", "months", "ending", "standings")


def counted(town: Town, regulation: str | None = None) -> dict[str, Any]:
    with town.office.reading(PUBLIC) as r:
        return enquiries.count_certificates(r, regulation)


def told(found: dict[str, Any], name: str) -> dict[str, int]:
    return {part["label"].zh: part["count"] for part in found[name]}


def test_there_is_nothing_to_count_at_first(town: Town) -> None:
    found = counted(town)
    assert found["total"] == 0 and all(found[name] == [] for name in (*SHARES, "grades"))


def test_every_division_comes_to_the_whole_in_the_words_of_the_files(town: Town) -> None:
    first = town.certified()
    town.certified(town.applicant(1))
    elsewhere = town.under("jiangsu-equipment-2023", prefix="js-")
    elsewhere.certified(elsewhere.applicant(2))
    town.sanction(first, "suspend", "ip_in_dispute")
    found = counted(town)
    assert found["total"] == 3 and {sum(told(found, name).values()) for name in SHARES} == {3}
    assert told(found, "standings") == {"有效": 2, "已暂停": 1}
    assert told(found, "places")["长沙市"] == 2
    law = town.office.law.regulation(HUNAN)
    assert told(found, "regulations")[law.short_title.zh] == 2
    only = counted(town, HUNAN)
    assert only["total"] == 2 and told(only, "standings") == {"有效": 1, "已暂停": 1}


def test_standing_is_counted_as_of_today(town: Town) -> None:
    number = town.certified()
    town.to(town.certificate(number)["valid_until"])
    assert told(counted(town), "standings") == {"有效": 1}
    town.wait(days=1)
    assert told(counted(town), "standings") == {"已到期": 1}  # though no sweep has run


def test_a_regulation_that_is_not_there_cannot_be_counted(town: Town) -> None:
    with town.office.reading(PUBLIC) as r, pytest.raises(BadInput):
        enquiries.count_certificates(r, "nothing-2026")


def test_one_key_that_two_files_call_differently_is_counted_twice(database_url: str, tmp_path: Path, clock: FrozenClock) -> None:
    """Ministry and province both have a grade “national”; each keeps its own name for it."""
    folder = tmp_path / "law"
    text = parts_text("sales").replace(f'id = "{PARTS}"', 'id = "city-parts-2026"').replace('family = "parts-rules"', 'family = "city-parts"')
    text = (text[: text.index("[[relations]]")] + text[text.index("[[support]]"):]).replace('= "P-', '= "CP-')
    write_parts(folder)
    (folder / "regulations" / "city-parts-2026.toml").write_text(text.replace("国内首套", "全国领先"), encoding="utf-8")
    for town in opened(database_url, tmp_path, clock, parts_text()):
        for name, regulation in enumerate((PARTS, "city-parts-2026")):
            number = reviewed(town, regulation=regulation, name=f"丝杠{name}", papers=[], patents=[])
            town.noticed(number)
            town.let_time_act(number)
            town.announced(number, document_number=f"某工信〔2026〕{name + 1}号")
        assert told(counted(town), "grades") == {"国内首套": 1, "全国领先": 1}
