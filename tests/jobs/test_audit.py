"""The audit: whatever was edited, removed or put in another order behind the registrar's back is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from jobs import audit
from registry.office import Office
from tests.factories import Town


def behind_the_back(office: Office, *statements: str) -> None:
    with office.engine.execution_options(writing=True).begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        for statement in statements:
            connection.execute(text(statement))


def faults(office: Office) -> list[str]:
    report = audit.run(office)
    assert report.ok == (report.failed == 0) == (not report.lines)
    return report.lines


def test_a_sound_office_has_no_fault(town: Town) -> None:
    town.certified()
    town.draft()
    report = audit.run(town.office)
    assert report.ok and report.lines == [] and report.done > 20


def test_an_edited_entry_is_named(town: Town) -> None:
    town.submitted()
    behind_the_back(town.office, "UPDATE entry SET actor = 'somebody' WHERE act = 'submit'")
    assert any("was edited" in fault for fault in faults(town.office))


def test_a_removed_entry_is_named(town: Town) -> None:
    number = town.endorsed()
    behind_the_back(
        town.office, "DELETE FROM letter",
        f"DELETE FROM entry WHERE subject = '{number}' AND act = 'endorse'")
    found = faults(town.office)
    assert any("is missing" in fault or "the chain ends" in fault for fault in found)
    assert any(number in fault and "stands as expert_review" in fault for fault in found)


@pytest.mark.pitfall("E2")
def test_entries_in_another_order_are_named(town: Town) -> None:
    number = town.endorsed()
    with town.office.engine.connect() as connection:
        submitted, endorsed = connection.execute(text(
            f"SELECT seq FROM entry WHERE subject = '{number}' AND act IN ('submit', 'endorse') ORDER BY seq")).scalars()
    behind_the_back(
        town.office, "DELETE FROM letter",
        f"UPDATE entry SET seq = 9001 WHERE seq = {submitted}",
        f"UPDATE entry SET seq = {submitted} WHERE seq = {endorsed}",
        f"UPDATE entry SET seq = {endorsed} WHERE seq = 9001")
    found = faults(town.office)
    assert any("does not carry the hash" in fault for fault in found)
    assert any(number in fault and "the life stood in" in fault for fault in found)


@pytest.mark.parametrize("status", ["certified", "no such state"])
def test_a_status_set_by_hand_is_named(town: Town, status: str) -> None:
    number = town.submitted()
    behind_the_back(town.office, f"UPDATE application SET status = '{status}' WHERE number = '{number}'")
    assert any(number in fault and status in fault for fault in faults(town.office))


def test_a_row_without_a_history_is_named(town: Town) -> None:
    number = town.draft()
    behind_the_back(town.office, f"UPDATE application SET number = 'HN-STJ-SQ-2026-9999' WHERE number = '{number}'")
    found = faults(town.office)
    assert any("no entry tells of it" in fault for fault in found)
    assert any("has entries, but no row" in fault for fault in found)


def test_a_document_altered_or_lost_is_named(town: Town) -> None:
    town.submitted()
    first, *_ = sorted(p for p in (town.office.settings.data / "documents").rglob("*") if p.is_file())
    first.write_bytes(b"something else")
    altered = faults(town.office)
    assert altered and all("altered" in fault for fault in altered)
    first.unlink()
    lost = faults(town.office)
    assert len(lost) == len(altered)


def test_a_fault_changes_nothing(town: Town, tmp_path: Path) -> None:
    number = town.submitted()
    behind_the_back(town.office, f"UPDATE application SET status = 'certified' WHERE number = '{number}'")
    assert faults(town.office) == faults(town.office)
    assert town.show(number)["status"] == "certified"


@pytest.mark.parametrize("statement", [
    "UPDATE certificatelife SET body = replace(body, 'HX-112A', 'HX-112Z')", "DELETE FROM certificatelife",
    "UPDATE certificatelife SET number = 'HN-STJ-2026-9999-X'",
], ids=["edited", "removed", "renamed"])
def test_what_is_kept_ready_for_verdicts_and_altered_is_named(town: Town, statement: str) -> None:
    number = town.certified()
    assert faults(town.office) == []
    behind_the_back(town.office, statement)
    assert any(number in fault and "ready for verdicts" in fault for fault in faults(town.office))
