"""Separation of duties: three administrators, who endorses and who announces, an auditor who writes nothing; each with its rule."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

import registry
import registry.desks
from registry.actors import PUBLIC, SYSTEM
from registry.desks import accounts, applications, certificates, enquiries, measures, notices, reviews, tasks
from registry.desks.tasks import REPORTS
from registry.errors import AlreadyDone, BadInput, DutiesConflict, MustStandAside, NotEntitled, NotFound, Refusal
from registry.law.duties import RULES, THREE, appointment_conflict
from registry.law.lifecycle import Role
from tests.factories import CHANGSHA, CODES, HUNAN, PROVINCE, ZHUZHOU, Town

ROOT = Path(registry.__file__).parents[1]


def appoint(town: Town, login: str, role: Role, prefecture: str | None = None) -> None:
    """Appoint somebody who is known already to a further role."""
    code = town.do(town.admin(), accounts.invite, role=role, name=login, prefecture=prefecture, authority=None if prefecture else PROVINCE)
    town.do(town.actor(login), accounts.accept_invitation, code=code)


# ------------------------------------------------------------------------------------------------------- appointments


@pytest.mark.parametrize(("held", "wanted"), list(permutations(THREE, 2)))
def test_the_three_administrators_are_three_people(held: Role, wanted: Role) -> None:
    assert appointment_conflict(wanted, frozenset({held})) == "three_administrators"


@pytest.mark.parametrize("three", THREE)
@pytest.mark.parametrize("deciding", [Role.BUREAU, Role.DEPARTMENT, Role.EXPERT])
def test_no_administrator_decides(three: Role, deciding: Role) -> None:
    assert appointment_conflict(deciding, frozenset({three})) == "administrators_decide_nothing"
    assert appointment_conflict(three, frozenset({deciding})) == "administrators_decide_nothing"


def test_an_appointment_that_would_join_two_duties_is_refused_with_its_rule(town: Town) -> None:
    town.department(), town.auditor()
    for login, role, rule in (("auditor", Role.SECURITY, "three_administrators"), ("department", Role.AUDITOR, "administrators_decide_nothing"),
                              ("auditor", Role.EXPERT, "administrators_decide_nothing")):
        code = town.do(town.admin(), accounts.invite, role=role, name=login, authority=PROVINCE)
        refusal = town.refused(DutiesConflict, town.actor(login), accounts.accept_invitation, code=code)
        assert (refusal.article, refusal.detail) == (f"duties.{rule}", RULES[rule])
    code = town.do(town.admin(), accounts.invite, role=Role.BUREAU, name="department", prefecture=CHANGSHA)
    town.do(town.department(), accounts.accept_invitation, code=code)  # two deciding roles may meet; acts in one case may not


def test_one_who_lays_an_office_down_may_take_up_another(town: Town) -> None:
    town.auditor()
    town.do(town.admin(), accounts.end_appointment, login="auditor", role=Role.AUDITOR)
    appoint(town, "auditor", Role.DEPARTMENT)
    assert town.actor("auditor").has(Role.DEPARTMENT)


def test_the_security_officer_sees_people_and_ends_appointments_and_decides_nothing(town: Town) -> None:
    security = town._appointed("security", Role.SECURITY)
    town.expert()
    town.do(security, accounts.end_appointment, login="expert-1", role=Role.EXPERT)
    assert not town.actor("expert-1").has(Role.EXPERT)
    number = town.submitted()
    town.refused(NotFound, security, applications.endorse, number)
    town.refused(NotEntitled, security, accounts.invite, role=Role.EXPERT, name="x", authority=PROVINCE)


# ----------------------------------------------------------------------------------------------------- one case, two acts


def test_whoever_endorsed_does_not_announce(town: Town) -> None:
    appoint_to = town.bureau()
    appoint(town, appoint_to.login, Role.DEPARTMENT)
    both = town.actor(appoint_to.login)
    number = town.to_announce()
    refusal = town.refused(DutiesConflict, both, notices.announce, regulation=HUNAN, document_number="湘工信电子〔2026〕99号",
                           applications=[number])
    assert refusal.article == "duties.endorser_announces_not"
    assert town.announced(number)


def test_an_expert_never_touches_a_case_of_the_employers_own(town: Town) -> None:
    number = town.endorsed()
    expert = town.expert(7, employer=CODES[0])
    refusal = town.refused(MustStandAside, town.department(), reviews.seat_expert, number, expert.login)
    assert refusal.article and refusal.basis


# ------------------------------------------------------------------------------------------------------------- auditor

# Counters at which nobody stands: jobs and the web itself call them, and one's own account is everybody's.
NOBODYS = {"jobs", "letters", "replays", "audits", "log_audits", "credential_audits", "credentials", "witnessing", "guarding", "readiness"}
OWN_ACCOUNT = {"sign_in", "sign_up", "end_visit", "change_password", "note_training_password", "accept_invitation"}
BY_THE_DOORMAN = {"open_task", "issue_certificate", "set_objections_aside", "note_calendar", "tell"}  # called by other desks, jobs or the start


# What a function says that is given a thing of a shape that it never gets.
MISFITS = (AssertionError, TypeError, AttributeError, KeyError, ValueError)


def desk_functions() -> Iterator[tuple[str, Any]]:
    for found in pkgutil.iter_modules(registry.desks.__path__):
        if found.ispkg or found.name in NOBODYS:
            continue
        module = importlib.import_module(f"registry.desks.{found.name}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            parameters = list(inspect.signature(function).parameters)
            own = function.__module__ == module.__name__ and not name.startswith("_") and parameters[:1] == ["r"]
            if own and name not in OWN_ACCOUNT | BY_THE_DOORMAN:
                yield f"{found.name}.{name}", function


def answers(town: Town) -> dict[str, Any]:
    """What fits the names of parameters: real things, so that only the office stands in the way."""
    certificate = town.certified()
    measure = town.heard(certificate)
    task = town.do(town.department(), tasks.report_holder, CODES[0], "renamed", "公告")
    notice = town.noticed()
    return {
        "certificate": certificate, "measure": measure, "task": task, "notice": notice, "enterprise": CODES[0], "code": CODES[0],
        "regulation": HUNAN, "application": town.submitted(), "role": "expert", "prefecture": CHANGSHA, "expert": "expert-1",
        "login": "expert-1", "objector": "person", "document_number": "湘工信电子〔2026〕77号", "effective_on": town.today,
        "day": town.today, "kind": "application", "report": "renamed",
    }


def filled(function: Any, known: dict[str, Any], number: str) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for name, parameter in list(inspect.signature(function).parameters.items())[1:]:
        kind = str(parameter.annotation)
        if parameter.default is not inspect.Parameter.empty and name not in known:
            continue
        if name == "number":
            given[name] = number
        elif name == "applications":
            given[name] = [known["application"]]
        elif name in known:
            given[name] = known[name]
        else:
            given[name] = (1 if kind.startswith("int") else b"%PDF-1.4\n%%EOF" if "bytes" in kind else {} if "Mapping" in kind
                           else [] if "Sequence" in kind else date(2026, 3, 2) if kind == "date" else True if kind == "bool"
                           else datetime(2026, 3, 2, tzinfo=UTC) if kind == "datetime" else "x")
    return given


def test_an_auditor_reads_everything_and_writes_nothing(town: Town) -> None:
    known, auditor, tried = answers(town), town.auditor(), 0
    before, wrote = town.books(), []  # type: tuple[dict[str, Any], list[str]]
    numbers = (known["application"], known["certificate"], known["measure"], known["task"], known["notice"])
    for name, function in desk_functions():
        for number in numbers:
            given = filled(function, known, number)
            tried += 1
            with suppress(Refusal, *MISFITS):
                town.do(auditor, function, **given)
            if (now := town.books()) != before:
                wrote, before = [*wrote, f"{name}: {sorted(t for t in now if now[t] != before[t])}"], now
            if "number" not in inspect.signature(function).parameters:
                break
    assert wrote == []
    assert tried > 60


def test_not_even_what_anybody_may_is_the_auditors(town: Town) -> None:
    notice = town.noticed()
    number = _numbers(town)[0]
    refusal = town.refused(
        DutiesConflict, town.auditor(), notices.object_to, notice, application=number, objector="person", name="审", contact="a@b.cn",
        ground=town.office.law.regulation(HUNAN).objection_grounds[0].key, reason="?", evidence="?")
    assert refusal.article == "duties.auditor_writes_nothing"
    refusal = town.refused(DutiesConflict, town.auditor(), accounts.register_enterprise, credit_code=CODES[1], name="审", prefecture=CHANGSHA)
    assert refusal.article == "duties.auditor_writes_nothing"


def _numbers(town: Town) -> list[str]:
    with town.office.reading(town.department()) as r:
        return [a["number"] for a in enquiries.search_applications(r)["items"]]


# --------------------------------------------------------------------------------------------------------------- tasks


@pytest.mark.parametrize("report", REPORTS)
def test_a_holder_reported_dissolved_renamed_or_blacklisted_opens_a_task_and_nothing_else(town: Town, report: str) -> None:
    certificate = town.certified()
    before = {name: rows for name, rows in town.books().items() if name in ("certificate", "measure", "debarment", "letter", "enterprise")}
    task = town.do(town.bureau(), tasks.report_holder, CODES[0], report, "见国家企业信用信息公示系统")
    after = {name: rows for name, rows in town.books().items() if name in before}
    assert after == before and town.certificate(certificate)["standing"] == "valid"
    with town.office.reading(town.department()) as r:
        [shown] = tasks.search_tasks(r)["items"]
    assert (shown["number"], shown["subject"], shown["mine"]) == (task, CODES[0], True)
    assert town.do(SYSTEM, tasks.report_holder, CODES[0], report, "批量导入") == task  # the same, by an import: once


def test_a_task_is_done_once_by_those_whose_it_is_with_how(town: Town) -> None:
    town.applicant()
    task = town.do(town.bureau(), tasks.report_holder, CODES[0], "renamed", "公告")
    for other in (town.bureau(), town.applicant(), town.admin(), PUBLIC):
        town.refused(NotFound, other, tasks.do_task, task, "已查")
    town.refused(NotEntitled, town.auditor(), tasks.do_task, task, "已查")
    assert town.refused(BadInput, town.department(), tasks.do_task, task, " ").findings[0].field == "how"
    town.do(town.department(), tasks.do_task, task, "已核对营业执照，更名属实，已通知企业申请变更。")
    town.refused(AlreadyDone, town.department(), tasks.do_task, task, "又一次")
    with town.office.reading(town.auditor()) as r:
        assert tasks.search_tasks(r)["items"] == []
        assert [t["done_by"] for t in tasks.search_tasks(r, done=True)["items"]] == ["department"]


def test_a_report_is_an_officers_and_names_what_and_where(town: Town) -> None:
    town.applicant()
    for other in (town.bureau(ZHUZHOU), town.applicant(), town.admin(), town.auditor(), PUBLIC):
        town.refused(NotFound, other, tasks.report_holder, CODES[0], "renamed", "公告")
    town.refused(NotFound, town.department(), tasks.report_holder, CODES[2], "renamed", "公告")
    assert town.refused(BadInput, town.department(), tasks.report_holder, CODES[0], "rich", " ").findings[0].field == "report"


# --------------------------------------------------------------------------------------------------------------- words

MEANT = {"penalty", "处罚", "行政处罚"}
WHERE_IT_IS_FORBIDDEN = {"docs/glossary.md", "docs/adr/0017-measures.md", "CHANGELOG.md"}  # which say that it is never said


def test_the_word_penalty_is_never_said() -> None:
    """No text that a person reads has it: a normative document may create none."""
    said = []
    for folder, kinds in (("registry", ("*.py", "*.toml")), ("web", ("*.py", "*.html")), ("schemas", ("*.py",)), ("jobs", ("*.py", "*.toml")),
                          ("docs", ("*.md", "*.json"))):
        for kind in kinds:
            for path in (ROOT / folder).rglob(kind):
                name = str(path.relative_to(ROOT))
                text = path.read_text(encoding="utf-8").lower()
                said += [f"{name}: {word}" for word in sorted(MEANT) if word in text and name not in WHERE_IT_IS_FORBIDDEN]
    assert said == []


def test_every_rule_of_separation_is_said_in_both_languages() -> None:
    assert all(text.zh and text.en for text in RULES.values())


def test_certificates_have_no_desk_function_that_sanctions() -> None:
    assert not {"suspend_certificate", "revoke_certificate", "reinstate_certificate"} & set(dir(certificates))
    assert {"suspect", "give_notice", "approve", "confirm", "lift"} <= set(dir(measures))
