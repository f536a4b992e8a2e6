"""The command that replays a past decision: it says why, in both languages, and fails where the record is not what its rules give."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from sqlalchemy import text

import app as program
from registry.desks import applications
from tests.factories import HUNAN, Town

pytestmark = pytest.mark.once


@pytest.fixture
def command(town: Town, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """The command line over the town's own office."""
    monkeypatch.setattr(program, "read_settings", lambda: town.office.settings)
    return CliRunner()


def test_the_command_says_why_it_was_refused(town: Town, command: CliRunner) -> None:
    number = town.endorsed()
    ground = town.office.law.regulation(HUNAN).refusal_grounds[0]
    town.do(town.department(), applications.refuse, number, ground.key, "不属于首套件。")
    said = command.invoke(program.main, ["replay", number])
    assert said.exit_code == 0, said.output
    for words in (number, ground.label.zh, ground.label.en, ground.article, "不属于首套件。", "与记录一致"):
        assert words in said.output


def test_the_command_fails_where_the_record_is_not_what_its_rules_give(town: Town, command: CliRunner) -> None:
    certificate = town.certified()
    with town.office.engine.begin() as connection:
        connection.execute(text("UPDATE certificate SET valid_until = '2039-01-01' WHERE number = :n"), {"n": certificate})
    said = command.invoke(program.main, ["replay", certificate])
    assert said.exit_code == 1 and "✗" in said.output


def test_a_number_that_is_not_there_is_said_in_words(command: CliRunner) -> None:
    said = command.invoke(program.main, ["replay", "HN-STJ-SQ-2026-9999-0"])
    assert said.exit_code == 1 and "Traceback" not in said.output and "没有编号" in said.output
