"""Two authorities behind one web: no page and no answer that one's officer can open names a case of the other's."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.routing.converters import AnyConverter, IntegerConverter

from registry.clock import FrozenClock
from registry.office import Office
from registry.settings import Settings
from tests.desks.test_jurisdictions import Case, guest, walk
from tests.factories import CENTRE, CENTRE_KEY, CODES, HUNAN, PROVINCE, Town, centre_law, with_keys
from tests.web.callers import Caller
from tests.web.visitors import Visitor

PUBLIC_KINDS = ("certificate", "notice", "noticed", "to_announce")  # what a certificate, a notice and its items are called
UNREADABLE = ("feeds", "reference")  # a secret opens the first; the second loads the API's own document
HELPS_NOBODY = 20  # fewer routes than that, and the walk has lost its way


@pytest.fixture
def office(database_url: str, tmp_path: Path, clock: FrozenClock) -> Iterator[Office]:
    """An office with the centre's regulation beside the shipped law."""
    office = Office(Settings(data=tmp_path / "data", database_url=database_url, secret_key="for tests only",
                             law_dir=str(centre_law(tmp_path / "law"))), clock)
    office.prepare()
    yield with_keys(office)
    office.close()


@pytest.fixture
def cases(town: Town) -> tuple[Case, Case]:
    centre = town.centre()
    town.department(), centre.department()
    return walk(town, town.applicant()), walk(centre, guest(centre))


def secrets(case: Case) -> set[str]:
    return {number for kind, number in vars(case).items() if kind not in PUBLIC_KINDS}


def address(app: Flask, rule: Rule, **known: str) -> str | None:
    """The rule's address with `known` in its places; None if it asks for something else."""
    values: dict[str, Any] = {}
    for name in rule.arguments:
        converter = rule._converters[name]
        if isinstance(converter, IntegerConverter):
            values[name] = 1
        elif isinstance(converter, AnyConverter):
            values[name] = next(iter(converter.items))
        elif name in known:
            values[name] = known[name]
        else:
            return None
    return str(app.url_map.bind("localhost").build(rule.endpoint, values, method="GET"))


def readable(app: Flask) -> list[Rule]:
    return [r for r in app.url_map.iter_rules() if "GET" in (r.methods or ()) and r.endpoint != "static"
            and not any(word in r.rule for word in UNREADABLE)]


def addresses(app: Flask, theirs: Case, code: str) -> Iterator[str]:
    """Every address that can be read: those without a place, and those with a place for each number of the other's."""
    for rule in readable(app):
        for number in sorted(set(vars(theirs).values())) if "number" in rule.arguments else [""]:
            made = address(app, rule, number=number, code=code, key=HUNAN, regulation=HUNAN, login="expert-1")
            if made is not None:
                yield made


def words_in(answer: bytes) -> str:
    """What an answer says: as it is, or, of a workbook, in its parts."""
    if not zipfile.is_zipfile(io.BytesIO(answer)):
        return answer.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(answer)) as packed:
        return "".join(packed.read(name).decode(errors="replace") for name in packed.namelist())


@pytest.mark.parametrize("login", ["department", "centre-department"])
def test_no_page_and_no_answer_names_a_case_of_the_other_authority(
    app: Flask, town: Town, cases: tuple[Case, Case], login: str,
) -> None:
    theirs, code = (cases[1], CODES[2]) if login == "department" else (cases[0], CODES[0])
    visitor, public = Visitor(app, login), Visitor(app).client
    tried, opened, said = 0, 0, []
    for path in addresses(app, theirs, code):
        answer = visitor.client.get(path)
        tried, opened = tried + 1, opened + (answer.status_code == 200)
        assert answer.status_code < 500, (path, answer.status_code)
        text = words_in(answer.get_data())
        asked = {number for number in secrets(theirs) if number in path}  # a 404 may say what it was asked for
        if asked and answer.status_code < 300 and public.get(path).status_code >= 300:
            said.append(f"{path} is opened")
        said += [f"{path} names {number}" for number in secrets(theirs) - asked if number in text]
    assert said == []
    assert tried > HELPS_NOBODY * len(vars(theirs)) and opened > 2 * HELPS_NOBODY, (tried, opened)


@pytest.mark.parametrize(("login", "own"), [("department", 0), ("centre-department", 1)])
def test_the_desk_shows_ones_own(app: Flask, cases: tuple[Case, Case], login: str, own: int) -> None:
    visitor, mine = Visitor(app, login), cases[own]
    desk = visitor.get("/desk").text
    assert mine.objection in desk and mine.endorsed in desk and mine.measure in desk
    listed = visitor.get("/applications").text
    assert {mine.submitted, mine.reviewed} <= {word for word in listed.split() if word}


def test_programs_get_404_for_what_is_the_others(app: Flask, town: Town, cases: tuple[Case, Case], as_: Any) -> None:
    for login, theirs in (("department", cases[1]), ("centre-department", cases[0])):
        caller: Caller = as_(login)
        for path in (f"/applications/{theirs.reviewed}", f"/measures/{theirs.measure}", f"/amendments/{theirs.amendment}",
                     f"/tasks/{theirs.task}", f"/objections/{theirs.objection}"):
            caller.get(path, status=404)
        caller.post(f"/applications/{theirs.endorsed}/claim", status=404)
        caller.post(f"/applications/{theirs.endorsed}/seats", {"expert": "expert-1"}, status=404)
        caller.post(f"/objections/{theirs.objection}/dismissal", {"reason": "不成立"}, status=404)


def test_an_invitation_names_the_authority_on_the_page_and_over_the_api(app: Flask, town: Town, as_: Any) -> None:
    town.admin()
    visitor = Visitor(app, "admin")
    refused = visitor.send("/administration/people", "invite", name="某人", role="department_officer")
    assert refused.status_code == 422 and "主管部门" in refused.text
    shown = visitor.send("/administration/people", "invite", name="某人", role="expert", authority=CENTRE_KEY)
    assert shown.status_code == 200
    caller: Caller = as_("admin")
    caller.post("/invitations", {"name": "某人", "role": "expert"}, status=422)
    assert caller.post("/invitations", {"name": "某人", "role": "expert", "authority": PROVINCE})["code"]
    listed = {row["authority"]["key"] for row in caller.get("/regulations")["items"]}
    assert {PROVINCE, CENTRE_KEY} <= listed


def test_a_register_of_several_is_called_after_none(app: Flask) -> None:
    name = app.extensions["office"].law.authorities()[PROVINCE].name.zh
    masthead = Visitor(app).get("/").all("header")[0].text
    assert "认定登记" in masthead and name not in masthead


def test_a_case_calls_its_authority_by_its_name(app: Flask, town: Town, cases: tuple[Case, Case]) -> None:
    name = app.extensions["office"].law.regulation(CENTRE).authority.name.zh
    assert name in Visitor(app, "centre-department").get(f"/applications/{cases[1].noticed}").text


def test_places_are_listed_for_programs(public: Caller) -> None:
    places = {place["code"]: place["name"] for place in public.get("/places")["items"]}
    assert {"430100", "440000"} <= set(places) and "430000" not in places
