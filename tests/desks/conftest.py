"""Offices with another law beside the shipped one, for what five years and one shipped regulation cannot show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from registry.clock import FrozenClock
from registry.office import Office
from registry.settings import Settings
from tests.factories import Town, another_law

BRIEF, FORMAL, NEXT_VERSION = "brief-2025", "formal-2025", "hunan-components-2030"
ONE_YEAR = ("[validity]\nlength = 5\n", "[validity]\nlength = 1\n")
FROM_2030 = ("day = 2025-08-01", "day = 2030-08-01")
WITH_EXAMINATION = (
    '[[stages]]\nkind = "expert_review"',
    '[[stages]]\nkind = "formal_examination"\nlabel = { zh = "形式审查", en = "Formal examination" }\n'
    'term = "preliminary_review"\nscope = "province"\narticle = "测试"\nbasis = "assumption"\n\n'
    '[[stages]]\nkind = "expert_review"',
)
LAWS: dict[str, Callable[[Path], Path]] = {
    BRIEF: lambda folder: another_law(folder, "brief", "2025", ONE_YEAR),
    FORMAL: lambda folder: another_law(folder, "formal", "2025", WITH_EXAMINATION),
    NEXT_VERSION: lambda folder: another_law(folder, "hunan-components", "2030", FROM_2030),
}


@pytest.fixture
def wide_town(database_url: str, tmp_path: Path, clock: FrozenClock) -> Iterator[Town]:
    """A town whose office has, beside Hunan's: a regulation with certificates of one year ("brief"), one with a formal
    examination ("formal"), and the next version of Hunan's, in force from 2030-08-01."""
    folder = tmp_path / "law"
    for write in LAWS.values():
        write(folder)
    settings = Settings(data=tmp_path / "data", database_url=database_url, secret_key="for tests only", law_dir=str(folder))
    office = Office(settings, clock)
    office.prepare()
    yield Town(office, clock)
    office.close()
