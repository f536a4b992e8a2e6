"""The second office of a training registry: an assessment centre with a body, an assessor and three aircraft on their way.

Who and what they are stands in `centre.toml`. Every step is an act at a desk, on its day.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from jobs.training.cast import House
from jobs.training.papers import write_pdf
from jobs.training.walk import Walk
from registry.clock import office_day
from registry.desks import applications, assessments
from registry.law.forms import Form, Item
from registry.law.judging import Product, applies, classify
from registry.law.regulation import Regulation

FILE = Path(__file__).with_name("centre.toml")
OFFICER = "centre"


class Centre:
    """The centre's people, appointed at the beginning, and its cases, planned on the walk's agenda."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.tree: dict[str, Any] = tomllib.loads(FILE.read_text(encoding="utf-8"))
        self.body, self.maker = House(**self.tree["body"]), House(**self.tree["maker"])
        self.numbers: dict[str, str] = {}

    def open(self) -> None:
        """Appoint everybody, register the maker and the body."""
        for house in (self.maker, self.body):
            self.walk.register(house)
        for person in self.tree["people"]:
            self.walk.appoint(person["login"], person["name"], person["role"], authority=self._law().authority.key,
                              employer_code=self.body.credit_code if person.get("employed") else None)

    def plan(self) -> None:
        """Put the steps of each aircraft on the agenda, as far as it has come."""
        days: Mapping[str, int] = self.tree["days"]
        for order, key in enumerate(self.tree["aircraft"]):
            steps = {"apply": self._apply, "accept": self._accept}
            if key in (*self.tree["begun"], *self.tree["assessed"]):
                steps |= {"commission": self._commission, "fill": self._fill}
            if key in self.tree["assessed"]:
                steps["report"] = self._report
            for name, step in steps.items():
                self.walk.plan(self.walk.work_time(days[name], order), partial(step, key))

    def _law(self) -> Regulation:
        found = self.walk.office.law.successor(self.tree["family"], office_day(self.walk.until))
        assert found is not None
        return found

    def _apply(self, key: str) -> None:
        law, dossier = self._law(), self.tree["aircraft"][key]
        with self.walk.desk(self.maker.key) as r:
            number = applications.open_application(r, enterprise=self.maker.credit_code, regulation=law.id)
            applications.save_draft(r, number, dossier | {f.key: True for f in law.all_fields() if f.kind == "declaration"})
            for rule in law.dossier.documents:
                if rule.required:
                    content = write_pdf(rule.label.zh, [f"{k}：{v}" for k, v in dossier.items()])
                    applications.attach_document(r, number, slot=rule.key, filename=f"{rule.label.zh}.pdf", content=content)
        with self.walk.desk(self.maker.key) as r:
            applications.submit(r, number)
        self.numbers[key] = number

    def _accept(self, key: str) -> None:
        with self.walk.desk(OFFICER) as r:
            applications.accept(r, self.numbers[key], "材料齐全，受试构型明确，予以受理。")

    def _commission(self, key: str) -> None:
        with self.walk.desk(OFFICER) as r:
            assessments.commission(r, self.numbers[key], self.body.credit_code)

    def _fill(self, key: str) -> None:
        """All that applies, or of an assessment that is only begun the first half."""
        form = self._law().assessment
        assert form is not None
        whole = key in self.tree["assessed"]
        items = [item for item in form.items if item.known]
        results = {item.key: self._result(item) for item in (items if whole else items[: len(items) // 2])}
        with self.walk.desk("assessor") as r:
            assessments.save_sheet(r, self.numbers[key], self._applying(form, key, results), self.tree["hazards"] if whole else [],
                                   "受试构型各项试验完成，结果见各项；剩余较高风险须由署名人接受。" if whole else "")

    def _applying(self, form: Form, key: str, results: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        """Of these results those whose item applies to the aircraft: nobody tests what is not asked."""
        law = self._law()
        product = Product(form, list(law.all_fields()), law.read_dossier(self.tree["aircraft"][key]))
        classified = classify(product)
        return {item.key: results[item.key] for item in form.items if item.key in results and applies(item, classified, product)[0]}

    def _result(self, item: Item) -> dict[str, str]:
        found = {"laboratory": self.body.name, "report": f"XY-{item.key.upper().replace('_', '-')}", "found_on": f"{self.walk.office.today()}"}
        if not item.measured:
            return found | {"conforms": "yes"}
        assert item.limit is not None
        shares = self.tree["shares"]
        value, spread = item.limit * Decimal(shares[item.comparison]), item.limit * Decimal(shares["uncertainty"])
        return found | {"value": f"{value.normalize():f}", "unit": item.unit, "uncertainty": f"{spread.normalize():f}"}

    def _report(self, key: str) -> None:
        with self.walk.desk("assessor") as r:
            assessments.report(r, self.numbers[key])
