"""A town with certificates of one year beside those of five, for every pitfall. No test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.clock import FrozenClock
from registry.office import Office
from registry.settings import Settings
from tests.factories import Town, another_law

ONE_YEAR = ("[validity]\nlength = 5\n", "[validity]\nlength = 1\n")


@pytest.fixture
def town(database_url: str, tmp_path: Path, clock: FrozenClock) -> Iterator[Town]:
    """A town with certificates of one year ("brief") beside those of five."""
    law = another_law(tmp_path / "law", "brief", "2025", ONE_YEAR)
    office = Office(Settings(data=tmp_path / "data", database_url=database_url, secret_key="for tests only", law_dir=str(law)), clock)
    office.prepare()
    yield Town(office, clock)
    office.close()
