"""The command line: what it says, how it ends, and that bad settings are named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlmodel import Session, select

import app
from jobs import deliver
from registry.actors import PUBLIC
from registry.books.models import Entry
from registry.clock import FrozenClock, SystemClock
from registry.desks import accounts
from registry.office import Office
from registry.settings import Settings
from tests.factories import START, Town

Call = Callable[..., Result]
pytestmark = pytest.mark.once
REGULATION = "registry/law/regulations/hunan-components-2025.toml"


def test_the_rehearsal_and_the_calendar_are_commands(call: Call) -> None:
    said = call("rehearse", "--days", "7")
    assert said.exit_code == 0 and " – " in said.output
    assert call("rehearse", "--days", "401").exit_code == 2
    checked = call("calendar", "check")
    assert checked.exit_code == 0 and "no open date is moved" in checked.output


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    for name in ("TRAINING", "SMTP_URL", "PORT", "LAW_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA", str(tmp_path / "data"))

    def run(*words: str, **environment: str) -> Result:
        result = CliRunner().invoke(app.main, words, env=environment)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return run


def test_the_draw_is_repeated_by_command_and_says_whether_it_equals_the_record(call: Call, tmp_path: Path) -> None:
    town = Town(Office(Settings(data=tmp_path / "data", secret_key="tests"), FrozenClock(START)), FrozenClock(START))
    town.office.prepare()
    number = town.endorsed()
    drawn = town.drawn(number)
    said = call("draw", number)
    assert said.exit_code == 0 and "equals the record" in said.output and "expert-7" in said.output
    marked = [line.split()[2] for line in said.output.splitlines() if line.endswith("←")]
    assert marked == drawn
    with Session(town.office.engine) as session:
        entry = session.exec(select(Entry).where(Entry.act == "draw_panel")).one()
        entry.facts = entry.facts | {"seated": sorted(drawn, reverse=drawn == sorted(drawn))}
        session.add(entry)
        session.commit()
    town.office.close()
    said = call("draw", number)
    assert said.exit_code == 1 and "differs from the record" in said.output and "others were seated" in said.output
    assert call("draw", "HN-STJ-SQ-2026-9999-9").exit_code == 1


def test_help_names_every_command(call: Call) -> None:
    said = call("--help").output
    for name in ("run", "serve", "schedule", "migrate", "sweep", "remind", "deliver", "bills", "audit", "publish", "clock", "law", "docs",
                 "appoint-administrator"):
        assert name in said


@pytest.mark.parametrize(("variable", "value"), [("PORT", "many"), ("TRAINING", "perhaps"), ("SMTP_URL", "mail.example")])
def test_a_wrong_setting_is_named(call: Call, variable: str, value: str) -> None:
    result = call("migrate", **{variable: value})
    assert result.exit_code == 1 and variable in result.output and "Traceback" not in result.output


@pytest.mark.parametrize("job", ["sweep", "remind", "deliver", "bills", "audit", "publish"])
def test_each_job_is_a_command(call: Call, job: str) -> None:
    for words in ((job, "--dry-run"), (job,)):
        result = call(*words)
        assert result.exit_code == 0 and f"{job}:" in result.output


def test_a_run_with_a_fault_ends_non_zero(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliver, "open_post", lambda *_: (_ for _ in ()).throw(deliver.Unreachable("away")))
    result = call("deliver")
    assert result.exit_code == 1 and "unreachable" in result.output


def test_the_clock_of_a_real_office_is_shown_and_stays(call: Call) -> None:
    assert "Asia/Shanghai" in call("clock").output
    refused = call("clock", "--to", "2040-01-01")
    assert refused.exit_code == 1 and "Only a training office" in refused.output


def test_a_database_is_never_opened_for_the_other_purpose(call: Call) -> None:
    call("migrate")
    refused = call("sweep", TRAINING="1")
    assert refused.exit_code == 1 and "other purpose" in refused.output


def test_a_training_clock_is_moved_and_says_what_happened(call: Call, tmp_path: Path) -> None:
    office = Office(Settings(data=tmp_path / "data", training=True))
    office.prepare()
    office.close()
    today = SystemClock().now()
    moved = call("clock", "--to", f"{today.year + 2}-03-01", TRAINING="1")
    assert moved.exit_code == 0 and f"{today.year + 2}-03-01" in moved.output
    assert f"{today.year + 2}-03-01" in call("clock", TRAINING="1").output
    back = call("clock", "--to", "2020-01-01", TRAINING="1")
    assert back.exit_code == 1 and "only moves forward" in back.output


def test_the_first_administrator_is_made_by_a_one_time_code(call: Call, tmp_path: Path) -> None:
    said = call("appoint-administrator").output
    code = said.rsplit("code=", 1)[1].strip()
    office = Office(Settings(data=tmp_path / "data"))
    with office.registrar(PUBLIC) as r:
        accounts.accept_invitation(r, code=code, login="root", name="管理员", email="root@example.com", password="correct horse")
    office.close()
    again = call("appoint-administrator")
    assert again.exit_code == 1 and "administrator already" in again.output


def test_law_is_listed_shown_and_checked(call: Call, tmp_path: Path) -> None:
    assert "hunan-components-2025" in call("law", "list").output
    assert "2020-training" not in call("law", "list").output
    assert "2020-training" in call("law", "list", TRAINING="1").output
    assert "五年" in call("law", "show", "hunan-components-2025").output
    assert call("law", "show", "nowhere").exit_code == 1
    good = call("law", "check", REGULATION)
    assert good.exit_code == 0 and "assumption:" in good.output
    bad = tmp_path / "bad.toml"
    bad.write_text(Path(REGULATION).read_text(encoding="utf-8").replace('version = "2025"', 'versoin = "2025"'), encoding="utf-8")
    result = call("law", "check", str(bad))
    assert result.exit_code == 1 and "versoin" in result.output and "version" in result.output
    assert not (tmp_path / "data").exists()  # looking at law opens no office


def test_a_faulty_law_folder_stops_the_start_by_name(call: Call, tmp_path: Path) -> None:
    (tmp_path / "law" / "regulations").mkdir(parents=True)
    (tmp_path / "law" / "regulations" / "broken.toml").write_text("id = ", encoding="utf-8")
    result = call("migrate", LAW_DIR=str(tmp_path / "law"))
    assert result.exit_code == 1 and "broken.toml" in result.output and "Traceback" not in result.output


def test_an_unreachable_database_is_said_in_words(call: Call) -> None:
    result = call("migrate", DATABASE_URL="postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert result.exit_code == 1 and "database" in result.output and "Traceback" not in result.output
