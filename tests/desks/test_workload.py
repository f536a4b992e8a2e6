"""An office's figures: what came in, what became of it, and how long each stage took as its own term counts."""

from __future__ import annotations

from typing import Any

import pytest

from registry.actors import PUBLIC, Actor
from registry.desks import applications, enquiries
from registry.errors import NotEntitled
from tests.factories import CHANGSHA, HUNAN, ZHUZHOU, Town


def counted(town: Town, who: Actor, **asked: Any) -> dict[str, Any]:
    with town.office.reading(who) as r:
        return enquiries.count_work(r, **asked)


def stage(found: dict[str, Any], state: str) -> dict[str, Any]:
    return next(s for s in found["stages"] if s["state"] == state)


def test_the_work_of_an_office_is_counted_as_its_terms_are(town: Town) -> None:
    law = town.office.law.regulation(HUNAN)
    late, asked = town.submitted(), town.submitted(town.applicant(1))
    elsewhere = town.submitted(town.applicant(2, ZHUZHOU))
    town.wait(days=1)
    town.supplement(asked)
    town.wait(days=3)
    running = counted(town, town.bureau())
    assert running["total"] == 2 and (stage(running, "preliminary_review")["running"], stage(running, "preliminary_review")["done"]) == (1, 0)
    with town.office.reading(town.bureau()) as r:
        term = enquiries.show_application(r, late)["term"]["last_day"]
    town.to(term)
    town.wait(days=1)
    assert stage(counted(town, town.bureau()), "preliminary_review")["overdue"] == 1
    town.do(town.bureau(), applications.endorse, late, "")
    ground = law.refusal_grounds[0]
    town.do(town.department(), applications.refuse, late, ground.key, "理由")
    found = counted(town, town.department())
    one = stage(found, "preliminary_review")
    assert (one["done"], one["within"], one["overdue"]) == (1, 0, 1) and one["longest"] > one["term"] == one["median"] - 1
    assert [(x["key"], x["count"], x["article"]) for x in found["refusals"]] == [(ground.key, 1, ground.article)]
    assert {p["key"]: (p["submitted"], p["refused"]) for p in found["places"]} == {CHANGSHA: (2, 1), ZHUZHOU: (1, 0)}
    assert sum(m["submitted"] for m in found["months"]) == sum(c["submitted"] for c in found["classes"]) == found["total"] == 3
    assert counted(town, town.department(), year=1999)["total"] == 0 and elsewhere
    assert {p["key"] for p in counted(town, town.bureau(ZHUZHOU))["places"]} == {ZHUZHOU}
    with town.office.reading(PUBLIC) as r, pytest.raises(NotEntitled):
        enquiries.count_work(r)
