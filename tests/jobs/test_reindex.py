"""What is kept ready of certificates can be written anew, and what differed is said."""

from __future__ import annotations

from jobs import audit, reindex
from tests.factories import Town
from tests.jobs.test_audit import behind_the_back


def test_what_was_lost_or_altered_is_named_and_mended(town: Town) -> None:
    number = town.certified()
    assert (reindex.run(town.office).lines, reindex.run(town.office, dry_run=True).lines) == ([], [])
    for altered in (
        "UPDATE certificatewords SET words = 'x'", "DELETE FROM certificatewords", "DELETE FROM scopeentry", "UPDATE certificatelife SET body = '{}'",
        "DELETE FROM certificatelife",
    ):
        behind_the_back(town.office, altered)
        said = reindex.run(town.office, dry_run=True)
        assert not said.ok and [number in line for line in said.lines] == [True], altered
        mended = reindex.run(town.office)
        assert mended.ok and mended.done == 1 and [number in line for line in mended.lines] == [True], altered
    if town.office.engine.dialect.name == "sqlite":
        behind_the_back(town.office, "DROP TRIGGER certificatewords_gone", "DELETE FROM certificatewords")
        assert len(reindex.run(town.office, dry_run=True).lines) == 2, "the certificate, and an index that still has it"
        assert reindex.run(town.office).ok
    assert reindex.run(town.office, dry_run=True).ok and audit.run(town.office).ok
