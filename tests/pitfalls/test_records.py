"""Audit, history and the calendar: what other registries got wrong about them (rows E and G of the catalogue)."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlmodel import SQLModel

import app
import registry
from jobs import deliver
from registry.actors import PUBLIC
from registry.books import ledger
from registry.desks import applications, enquiries, reviews, withdrawals
from registry.errors import LawFileFault
from registry.law.deadlines import Period, Unit, last_day
from registry.law.library import load_law
from registry.law.lifecycle import STATE_LABELS
from registry.settings import Settings
from registry.words import day_words
from tests.factories import Town, another_law
from tests.pitfalls.looks import BRIEF, entries, letters

ROOT = Path(registry.__file__).parents[1]
D = date.fromisoformat


# ---------------------------------------------------------------------------------------------------- E. Audit and history


def history(town: Town, number: str, actor: Any) -> list[dict[str, Any]]:
    with town.office.reading(actor) as r:
        return list(enquiries.show_application(r, number)["history"])


@pytest.mark.pitfall("E1")
def test_a_history_names_whose_act_each_line_was_and_what_it_led_to(town: Town) -> None:
    """Not the one before or after; the state that the act brought about; each act once."""
    number = town.submitted()
    town.wait(hours=1)
    town.supplement(number)
    town.wait(days=1)
    town.do(town.applicant(), applications.resubmit, number, "已补")
    town.wait(hours=2)
    town.do(town.bureau(), applications.endorse, number)
    town.wait(days=1)
    town.do(town.department(), applications.refuse, number, "not_advanced", "未达到国内先进。")
    shown = [(h["act"], h["actor"], h["before"], h["after"]) for h in history(town, number, town.department())]
    assert shown == [
        ("open", "maker-0", None, "draft"),
        ("submit", "maker-0", "draft", "preliminary_review"),
        ("request_supplement", "bureau-430100", "preliminary_review", "supplement"),
        ("resubmit", "maker-0", "supplement", "preliminary_review"),
        ("endorse", "bureau-430100", "preliminary_review", "expert_review"),
        ("refuse", "department", "expert_review", "refused"),
    ]
    for line in history(town, number, town.department()):
        assert line["after_label"] == STATE_LABELS[line["after"]]


@pytest.mark.pitfall("E1")
def test_what_a_certificate_said_in_each_version_is_what_it_said_then(town: Town) -> None:
    """The models belong to the version that brought them, not to the one before or after."""
    certificate = town.certified(regulation=BRIEF)
    scopes = [list(town.certificate(certificate)["scope"])]
    for model in ("HX-201", "HX-202"):
        town.wait(days=1)
        town.granted(certificate, change="scope", models=[model])
        scopes.append([*scopes[-1], model])
    with town.office.reading(PUBLIC) as r:
        shown = {v["edition"]: (v["scope"], v["act"]) for v in enquiries.list_versions(r, certificate)}
    assert shown == {1: (scopes[0], "issue"), 2: (scopes[1], "amend"), 3: (scopes[2], "amend")}


def _other(value: Any) -> Any:
    if isinstance(value, dict):
        return value | {"planted": 1}
    if isinstance(value, int):
        return value + 100
    return value + "x" if isinstance(value, str) else value + timedelta(seconds=1) if value is not None else "x"


@pytest.mark.pitfall("E2")
def test_the_seal_of_an_entry_covers_every_column_and_the_entry_before(town: Town) -> None:
    """Actor and time no less than content; whichever column is touched, the hash is another one."""
    entry = entries(town, town.submitted())[-1]
    assert ledger.digest(entry) == entry.hash
    for column in type(entry).model_fields:
        if column == "hash":
            continue
        touched = type(entry)(**entry.model_dump())
        setattr(touched, column, _other(getattr(entry, column)))
        assert ledger.digest(touched) != entry.hash, column


@pytest.mark.pitfall("E2")
@pytest.mark.once
def test_no_secret_has_a_default(tmp_path: Path) -> None:
    """Two offices that were given no key have two keys, made by chance, each readable to its owner alone."""
    assert Settings().secret_key == ""
    keys = [Settings(data=tmp_path / name).session_key() for name in ("one", "two")]
    assert keys[0] != keys[1] and all(len(key) >= 48 for key in keys)
    assert (tmp_path / "one" / "session.key").stat().st_mode & 0o077 == 0


@pytest.mark.pitfall("E3")
@pytest.mark.parametrize("act", ["endorse", "announce"])
def test_without_its_entry_no_act_is_done(town: Town, act: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the ledger cannot be written, neither is the status, nor the certificate, nor any letter."""
    doing: dict[str, Callable[[], Any]] = {}
    number = town.submitted() if act == "endorse" else town.to_announce(regulation=BRIEF)
    officer = town.bureau() if act == "endorse" else town.department()
    doing["endorse"] = lambda: town.do(officer, applications.endorse, number)
    doing["announce"] = lambda: town.announced(number)
    before = town.books()

    def full(*_: Any, **__: Any) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(ledger, "append", full)
    with pytest.raises(OSError, match="no space"):
        doing[act]()
    assert town.books() == before


@pytest.mark.pitfall("E4")
def test_an_auditor_is_shown_every_entry_there_is(town: Town) -> None:
    """What was undone, set aside or overtaken stays in sight: nothing is dropped to tidy the screen."""
    number = town.reviewed(regulation=BRIEF)
    town.do(town.department(), withdrawals.withdraw_notice, _objected(town, number), "名单有误")
    town.noticed(number)
    town.let_time_act(number)
    certificate = town.announced(number)[0]
    town.sanction(certificate, "revoke", "false_material")
    town.sanction(certificate, "restore", "decision_wrong")
    recorded = [e.act for e in entries(town, number)]
    assert {"object", "withdraw_notice", "give_opinion", "seat_expert"} < set(recorded) and recorded.count("publish_notice") == 2
    assert [h["act"] for h in history(town, number, town.auditor())] == recorded
    with town.office.reading(town.auditor()) as r:
        kept = [e["seq"] for e in _all_entries(r)]
    assert sorted(kept) == list(range(1, len(town.books()["entry"]) + 1))
    acts = [h["act"] for h in town.certificate(certificate)["history"]]
    assert acts == ["issue", "revoke", "restore"]


def _objected(town: Town, number: str) -> str:
    notice = town.noticed(number)
    town.object(notice, number)
    return notice


def _all_entries(r: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor = None
    while True:
        page = enquiries.search_entries(r, cursor=cursor, limit=50)
        found += page["items"]
        cursor = page["next"]
        if cursor is None:
            return found


@pytest.mark.pitfall("E5")
def test_what_is_undone_is_undone_by_a_further_act(town: Town) -> None:
    """A notice withdrawn, an opinion revised, a revocation set aside: every row that was there is there, and one entry more."""
    number = town.endorsed(regulation=BRIEF)
    town.review(number)
    expert = town.expert(1)
    undoing: list[Callable[[], Any]] = [
        lambda: town.do(expert, reviews.revise_opinion, number, _marks(town), "修改", reason="笔误"),
        lambda: town.do(town.department(), withdrawals.withdraw_notice, notice, "名单有误"),
        lambda: town.sanction(certificate, "restore", "decision_wrong"),
    ]
    _undo(town, undoing[0])
    town.do(town.department(), reviews.recommend, number)
    notice = town.noticed(number)
    _undo(town, undoing[1])
    town.noticed(number)
    town.let_time_act(number)
    certificate = town.announced(number)[0]
    town.sanction(certificate, "revoke", "false_material")
    _undo(town, undoing[2])
    assert town.certificate(certificate)["standing"] == "valid"


def _marks(town: Town) -> dict[str, int]:
    return {c.key: c.maximum - 1 for c in town.office.law.regulation(BRIEF).panel.criteria}


def _undo(town: Town, act: Callable[[], Any]) -> None:
    before = town.books()
    act()
    after = town.books()
    assert len(after["entry"]) > len(before["entry"]) and after["entry"][:len(before["entry"])] == before["entry"]
    for table, rows in before.items():
        key = len(SQLModel.metadata.tables[table].primary_key.columns)
        assert {row[:key] for row in rows} <= {row[:key] for row in after[table]}, table


@pytest.mark.pitfall("E5")
@pytest.mark.once
def test_nothing_of_record_is_ever_deleted() -> None:
    """No table deletes with another, and no code deletes a row of record.

    What is deleted: the run of a job that found nothing, like the one before; and keys by which a scope is found, which are made anew
    from it (the audit holds them against it); and what a webhook could not deliver, once its owner has it sent again.
    """
    keys = [key for table in SQLModel.metadata.tables.values() for key in table.foreign_keys]
    assert keys and [key for key in keys if key.ondelete is not None] == []
    found = [(str(path.relative_to(ROOT)), ast.unparse(node)) for path in sorted((ROOT / "registry").rglob("*.py"))
             for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)
             and (getattr(node.func, "attr", "") == "delete" or getattr(node.func, "id", "") == "delete")]
    assert found == [("registry/books/lives.py", "session.delete(row)"), ("registry/desks/jobs.py", "r.session.delete(before)"),
                     ("registry/desks/webhooks.py", "r.session.delete(dead)")]


# -------------------------------------------------------------------------------------------------------------- G. Calendar


@pytest.mark.pitfall("G1")
@pytest.mark.once
def test_a_make_up_saturday_is_counted_and_a_holiday_is_not() -> None:
    """Across the Spring Festival of 2026, both of whose make-up days are Saturdays; each year's days have their notice."""
    calendar = load_law().calendar
    for day in (D("2026-02-14"), D("2026-02-28")):
        assert day.isoweekday() == 6 and calendar.is_working_day(day)
    found = last_day(calendar, D("2026-02-11"), Period(7, Unit.WORKING_DAY))
    assert D("2026-02-14") in found.counted and found.last_day == D("2026-02-27")
    assert not any(calendar.is_working_day(day) for day in (D("2026-02-16"), D("2026-02-20")))
    assert not calendar.is_known(2027) and last_day(calendar, D("2026-12-28"), Period(7, Unit.WORKING_DAY)).provisional


@pytest.mark.pitfall("G2")
def test_a_notice_says_its_last_moment_wherever_it_says_its_last_day(town: Town) -> None:
    """"30 September" alone leaves open which midnight is meant."""
    number = town.noticed(town.reviewed(regulation=BRIEF))
    with town.office.reading(PUBLIC) as r:
        shown = enquiries.show_notice(r, number)
    frozen = orjson.loads(shown["content"])
    assert (frozen["last_day"], frozen["last_moment"]) == ("2026-03-11", "2026-03-11T24:00:00+08:00")
    assert shown["last_moment"].isoformat() == "2026-03-11T16:00:00+00:00"
    page = app.create_app(town.office, limits=False).test_client().get(f"/notices/{number}").text
    assert re.search(r'<time datetime="2026-03-12T00:00:00\+08:00"[^>]*>[^<]*3月11日[^<]*24:00', page)


@pytest.mark.pitfall("G3")
def test_no_term_rests_on_a_guess_of_when_a_letter_arrives(town: Town) -> None:
    """The term runs from the act, which says its last day; whether the letter goes at once, days later or never."""
    ends = []
    for which, (wait, server) in enumerate(((0, ""), (5, ""), (0, "smtp://127.0.0.1:1"))):
        town.office.settings = replace(town.office.settings, smtp_url=server)
        number = town.submitted(town.applicant(which))
        town.supplement(number)
        due = town.show(number)["due"]["last_day"]
        told = [x for x in letters(town) if number in x.subject and "补正" in x.subject]
        assert any(day_words(due).zh in x.body and day_words(due).en in x.body for x in told)
        town.wait(days=wait)
        deliver.run(town.office)
        assert town.show(number)["due"]["last_day"] == due
        town.wait(days=-wait)
        ends.append(due)
    assert ends == [D("2026-03-23")] * 3


@pytest.mark.pitfall("G3")
@pytest.mark.once
@pytest.mark.parametrize("fault", ["", 'unit = "business_day"', 'unit = "posted_day"'])
def test_what_a_term_is_counted_in_is_said_by_the_regulation_and_never_assumed(tmp_path: Path, fault: str) -> None:
    """A term without a unit, or in one that nobody has defined, does not load."""
    supplement = '[periods.supplement]\nlength = 15\nunit = "working_day"\n'
    with pytest.raises(LawFileFault, match="unit"):
        load_law(another_law(tmp_path, "odd", "2025", (supplement, f"[periods.supplement]\nlength = 15\n{fault}\n")))
