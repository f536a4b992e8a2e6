"""Digests: everything that changed of what a person watches, in one mail; nothing lost by a night that is missed or killed, nothing twice."""

from __future__ import annotations

import pytest

from jobs import digest
from registry.actors import PUBLIC, Actor
from registry.desks import accounts, digests, watches
from registry.errors import BadInput
from tests.factories import PASSWORD, Town


@pytest.fixture
def buyer(town: Town) -> Actor:
    town.do(PUBLIC, accounts.sign_up, login="buyer", name="采购", email="buyer@example.com", password=PASSWORD)
    return town.actor("buyer")


def tomorrow(town: Town, days: int = 1) -> int:
    """The next night but `days`: how many mails it queued."""
    town.wait(days=days)
    return digest.run(town.office).done


def mails(town: Town) -> list[str]:
    return [letter.body for letter in town.letters_to("buyer")]


def test_what_changed_is_told_in_one_mail_a_day_in_both_languages_and_nothing_is_told_when_nothing_did(town: Town, buyer: Actor) -> None:
    number = town.certified()
    town.do(buyer, watches.watch, kind="certificate", value=number)
    assert tomorrow(town) == 0 and mails(town) == []
    town.granted(number)
    town.sanction(number, "suspend", "ip_in_dispute")
    town.wait(days=1)
    assert digest.run(town.office, dry_run=True).lines == ["buyer 关注摘要 digest (2)"] and mails(town) == []
    assert digest.run(town.office).done == 1 and digest.run(town.office).done == 0
    [mail] = mails(town)
    assert mail.count(number) == 4 and "暂停" in mail and "Suspend" in mail and mail.endswith("/watches\n")
    assert town.letters_to("buyer")[0].subject.startswith("您关注的证书有 2 项变动 / ")
    assert tomorrow(town) == 0


def test_the_watcher_chooses_weekly_or_never(town: Town, buyer: Actor) -> None:
    number = town.certified()  # on a Monday or later; the mail goes on the next Monday
    town.do(buyer, watches.watch, kind="certificate", value=number)
    town.do(buyer, digests.choose_digest, "week")
    town.granted(number)
    told = [(town.today.weekday(), count) for _ in range(8) if (count := tomorrow(town))]
    assert told == [(0, 1)]
    town.do(buyer, digests.choose_digest, "none")
    town.sanction(number, "suspend", "ip_in_dispute")
    assert tomorrow(town, days=8) == 0
    town.do(buyer, digests.choose_digest, "day")
    assert tomorrow(town) == 0, "what happened while they wanted none is not told"
    assert "every" in town.refused(BadInput, buyer, digests.choose_digest, "hourly").findings[0].field


def test_a_missed_night_is_made_up_for_and_one_that_is_killed_tells_once(town: Town, buyer: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each mail and its cursor are one transaction: whatever dies in between, the next night goes on from there."""
    number = town.certified()
    town.do(buyer, watches.watch, kind="certificate", value=number)
    town.granted(number)
    town.sanction(number, "suspend", "ip_in_dispute")
    town.wait(days=3)
    monkeypatch.setattr(digests, "MOST", 1)
    write = digests._write

    def dies(*given: object) -> object:
        if mails(town):
            raise KeyboardInterrupt
        return write(*given)  # type: ignore[arg-type]

    with monkeypatch.context() as m, pytest.raises(KeyboardInterrupt):
        m.setattr(digests, "_write", dies)
        digest.run(town.office)
    assert digest.run(town.office).done == 1
    first, second = mails(town)
    assert "暂停" in second and "暂停" not in first and first != second


def test_one_whose_mail_cannot_be_written_keeps_no_other_untold(town: Town, buyer: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    number = town.certified()
    town.do(town.department(), watches.watch, kind="certificate", value=number)
    town.do(buyer, watches.watch, kind="certificate", value=number)
    town.sanction(number, "suspend", "ip_in_dispute")
    write = digests._write
    with monkeypatch.context() as m:
        m.setattr(digests, "_write", lambda r, person, changes: write(r, person, changes) if person.login == "buyer" else 1 / 0)
        town.wait(days=1)
        report = digest.run(town.office)
    assert (report.done, report.failed) == (1, 1) and len(mails(town)) == 1
    assert digest.run(town.office).lines == ["department 关注摘要 digest (1)"]
