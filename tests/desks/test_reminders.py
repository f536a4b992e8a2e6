"""The ledger of reminders: planned, queued, sent, undeliverable, acknowledged; a digest a day; a task where none arrives."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy

from sqlmodel import select

from jobs import deliver, remind
from registry.actors import SYSTEM
from registry.books.models import Letter
from registry.desks import accounts, reminders, tasks
from registry.desks.letters import UNDELIVERED
from registry.errors import NotEntitled, NotYet
from tests.factories import Town


def nearing(town: Town, days: int = 85) -> list[str]:
    """Two certificates of one enterprise, announced together, `days` before their last day; older letters delivered."""
    first, second = town.to_announce(), town.to_announce()
    numbers = town.announced(first, second)
    assert deliver.run(town.office).ok
    town.to(town.certificate(numbers[0])["valid_until"] - timedelta(days=days))
    return numbers


def states(town: Town) -> list[tuple[str, str, str]]:
    with town.office.reading(town.department()) as r:
        return [(x["certificate"], x["stage"], x["state"]) for x in reminders.search_told(r)]


def test_a_reminder_is_planned_then_queued_then_sent_then_acknowledged(town: Town) -> None:
    one, two = nearing(town, 91)
    with town.office.reading(town.department()) as r:
        planned = [(x["certificate"], x["stage"]) for x in reminders.search_planned(r, days=3)]
    assert planned == sorted((c, s) for c in (one, two) for s in ("180d",)) + sorted((c, "90d") for c in (one, two))
    town.wait(days=2)
    remind.run(town.office)
    assert {s for *_, s in states(town)} == {"queued"}
    deliver.run(town.office)
    assert {s for *_, s in states(town)} == {"sent"}
    town.do(town.applicant(), reminders.acknowledge_reminders, one)
    assert {(c, s) for c, _, s in states(town)} == {(one, "acknowledged"), (two, "sent")}
    town.refused(NotYet, town.applicant(), reminders.acknowledge_reminders, one)


def test_only_its_holder_acknowledges(town: Town) -> None:
    [one, _] = nearing(town)
    remind.run(town.office)
    town.refused(NotEntitled, town.applicant(1), reminders.acknowledge_reminders, one)
    town.refused(NotEntitled, town.department(), reminders.acknowledge_reminders, one)


def test_an_enterprise_sees_its_own_and_a_bureau_its_prefectures(town: Town) -> None:
    nearing(town)
    remind.run(town.office)
    for actor, seen in ((town.applicant(), 4), (town.applicant(1, "430200"), 0), (town.bureau(), 4), (town.bureau("430200"), 0)):
        with town.office.reading(actor) as r:
            assert len(reminders.search_told(r)) == seen


def test_planned_reminders_are_seen_by_whom_they_concern(town: Town) -> None:
    """90 days ahead the windows of 30 and 7 days are still to come, for two certificates."""
    nearing(town, 91)
    town.wait(days=2)
    remind.run(town.office)
    for actor, seen in ((town.applicant(), 4), (town.applicant(1, "430200"), 0), (town.bureau(), 4), (town.bureau("430200"), 0)):
        with town.office.reading(actor) as r:
            assert len(reminders.search_planned(r, days=100)) == seen


def test_the_reminders_of_one_address_and_day_leave_as_one_mail(town: Town) -> None:
    one, two = nearing(town)
    kept = len(list((town.office.settings.data / "letters").iterdir()))
    remind.run(town.office)
    report = deliver.run(town.office)
    mails = sorted((town.office.settings.data / "letters").iterdir())[kept:]
    parsed = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in mails]
    digests = [m for m in parsed if "到期提醒（4 件）" in str(m["Subject"])]
    assert len(digests) == 1 and report.done == len(parsed) == 1
    body = digests[0].get_content()
    assert one in body and two in body
    with town.office.reading(SYSTEM) as r:
        assert all(x.sent_at for x in r.session.exec(select(Letter)))


def test_reminders_of_two_days_are_two_mails(town: Town) -> None:
    nearing(town, 91)
    remind.run(town.office)
    town.wait(days=2)
    remind.run(town.office)
    assert [line.count("件") for line in deliver.run(town.office).lines] == [1, 1]


def test_what_cannot_be_delivered_becomes_a_task_of_the_bureau(town: Town) -> None:
    nearing(town)
    town.bureau(), town.bureau("430200")
    remind.run(town.office)
    with town.office.registrar(SYSTEM) as r:
        for letter in r.session.exec(select(Letter).where(Letter.bundle == "remind")):
            letter.address = "nobody at all"
    report = deliver.run(town.office)
    assert report.failed == 1 and {s for *_, s in states(town)} == {"failed"}
    with town.office.reading(town.bureau()) as r:
        [task] = tasks.search_tasks(r)["items"]
        assert task["kind"] == UNDELIVERED and task["mine"]
    with town.office.reading(town.bureau("430200")) as r:
        assert tasks.search_tasks(r)["items"] == []
    town.do(town.bureau(), tasks.do_task, task["number"], "已电话通知。")


def test_who_left_the_enterprise_is_reminded_no_more(town: Town) -> None:
    [one, _] = nearing(town)
    code = town.do(town.applicant(), accounts.invite, role="applicant", name="同事", enterprise=town.certificate(one)["holder"]["credit_code"])
    assert code
    remind.run(town.office)
    with town.office.reading(town.department()) as r:
        assert all(len(x["letters"]) == 1 for x in reminders.search_told(r))
