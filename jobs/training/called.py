"""The third office of a training registry: one that takes applications by calls, with a call that is open and a draft under it.

Who and what they are stands in `called.toml`. Every step is an act at a desk, on its day.
"""

from __future__ import annotations

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

from jobs.training.cast import House
from jobs.training.walk import Walk
from registry.clock import office_day
from registry.desks import applications, calls
from registry.law.regulation import Regulation

FILE = Path(__file__).with_name("called.toml")
OFFICER = "jiangsu"


class Called:
    """Its people, appointed at the beginning, and the call with the draft, planned on the walk's agenda."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.tree: dict[str, Any] = tomllib.loads(FILE.read_text(encoding="utf-8"))
        self.maker = House(**self.tree["maker"])

    def open(self) -> None:
        """Register the maker, appoint the officers."""
        self.walk.register(self.maker)
        for person in self.tree["people"]:
            prefecture = person.get("prefecture")
            scope = {"prefecture": prefecture} if prefecture else {"authority": self._law().authority.key}
            self.walk.appoint(person["login"], person["name"], person["role"], **scope)

    def plan(self) -> None:
        """Put the call and the draft on the agenda."""
        days = self.tree["days"]
        self.walk.plan(self.walk.work_time(days["publish"], 0), self._publish)
        self.walk.plan(self.walk.work_time(days["draft"], 1), self._draft)

    def _law(self) -> Regulation:
        found = self.walk.office.law.successor(self.tree["family"], office_day(self.walk.until))
        assert found is not None
        return found

    def _publish(self) -> None:
        with self.walk.desk(OFFICER) as r:
            calls.open_call(r, regulation=self._law().id, document_number=self.tree["document"].format(year=r.today.year),
                            title=self.tree["title"], department_until=r.today + timedelta(days=self.tree["lasts"]))

    def _draft(self) -> None:
        with self.walk.desk(self.maker.key) as r:
            number = applications.open_application(r, enterprise=self.maker.credit_code, regulation=self._law().id)
            applications.save_draft(r, number, self.tree["draft"])
