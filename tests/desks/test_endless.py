"""Certificates that their regulation makes valid without end: nothing ends them but a decision, and every page says so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from registry.actors import PUBLIC
from registry.clock import FrozenClock
from registry.desks import (
    applications,
    audits,
    calendars,
    certificates,
    deadlines,
    enquiries,
    rehearsals,
    reminders,
    verifications,
)
from registry.desks.enquiries import register
from registry.desks.enquiries.certificates import expiring
from registry.desks.enquiries.replay import lines_of, replay_application
from registry.desks.verifications import Asked
from registry.errors import NotOpen, NotYet
from registry.office import Office
from registry.settings import Settings
from tests.factories import HUNAN, Town, another_law

ENDLESS = "lasting-2025"
PERIOD = 'length = 5\nunit = "year"\ncount_start_day = false\nends = "as_is"\nbase = "announcement_day"\n'


def without(*heads: str) -> list[tuple[str, str]]:
    """Hunan's tables under these headings, each with nothing in its place."""
    import registry.law

    text = (Path(registry.law.__file__).parent / "regulations" / f"{HUNAN}.toml").read_text(encoding="utf-8")
    blocks = re.split(r"(?m)^(?=\[)", text)
    return [(block, "") for block in blocks if block.split("\n", 1)[0] in heads]


def lasting_law(folder: Path, *changes: tuple[str, str]) -> Path:
    """Hunan's regulation, whose certificates have no end; `changes` are done to that."""
    another_law(folder, "lasting", "2025", (PERIOD, 'endless = true\nbase = "announcement_day"\n'), *without("[renewal]", "[[reminders]]"))
    path = folder / "regulations" / f"{ENDLESS}.toml"
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def lasting(database_url: str, tmp_path: Path, clock: FrozenClock) -> Iterator[Town]:
    """A town whose second regulation makes certificates valid without end."""
    settings = Settings(data=tmp_path / "data", database_url=database_url, secret_key="for tests only", law_dir=str(lasting_law(tmp_path / "law")))
    office = Office(settings, clock)
    office.prepare()
    yield Town(office, clock)
    office.close()


def certified(town: Town) -> str:
    return town.certified(regulation=ENDLESS)


def listed(town: Town, standing: str) -> list[str]:
    with town.office.reading(PUBLIC) as r:
        return [c["number"] for c in enquiries.search_certificates(r, standing=standing)["items"]]


def judged(town: Town, number: str, on: str) -> dict[str, Any]:
    return verifications.verify(town.office.glance, town.office.law, town.office.now(), Asked(number, on=date.fromisoformat(on)))


# --------------------------------------------------------------------------------------------------------------- its life


def test_it_has_no_last_day_and_is_valid_a_lifetime_later(lasting: Town) -> None:
    number = certified(lasting)
    shown = lasting.certificate(number)
    assert (shown["valid_until"], shown["in_force_until"], shown["renewal"], shown["standing"]) == (None, None, None, "valid")
    assert shown["basis"]["period"].zh == "长期有效（至撤销或注销）" and shown["basis"]["article"]
    lasting.to("2089-03-02")
    assert lasting.sweep() == []
    assert (lasting.certificate(number)["standing"], listed(lasting, "valid"), listed(lasting, "expired")) == ("valid", [number], [])


def test_it_is_suspended_and_revoked_as_any_other(lasting: Town) -> None:
    number = certified(lasting)
    lasting.to("2031-03-03")
    lasting.sanction(number, "suspend", "ip_in_dispute")
    assert (lasting.certificate(number)["standing"], listed(lasting, "suspended"), listed(lasting, "valid")) == ("suspended", [number], [])
    lasting.sanction(number, "revoke", "false_material")
    assert (lasting.certificate(number)["standing"], listed(lasting, "revoked")) == ("revoked", [number])


def test_its_holder_may_give_it_up(lasting: Town) -> None:
    number = certified(lasting)
    lasting.do(lasting.applicant(), certificates.surrender_certificate, number, "停产")
    assert (lasting.certificate(number)["standing"], listed(lasting, "surrendered"), listed(lasting, "valid")) == ("surrendered", [number], [])


def test_nobody_is_reminded_of_an_end_and_no_calendar_shows_one(lasting: Town) -> None:
    number, holder = certified(lasting), lasting.applicant()
    with lasting.office.reading(PUBLIC) as r:
        assert deadlines.next_due_at(r) is None
    with lasting.office.reading(holder) as r:
        months = [calendars.show_month(r, year=y, month=m) for y in (2026, 2031) for m in range(1, 13)]
        assert [day["items"] for month in months for day in month["days"] if day["items"]] == []
    lasting.refused(NotYet, holder, reminders.acknowledge_reminders, number)
    with lasting.office.reading(lasting.auditor()) as r:
        assert rehearsals.rehearse(r, days=30)["days"] == []


def test_no_reminder_is_offered_to_be_acknowledged(lasting: Town) -> None:
    number = certified(lasting)
    assert "acknowledge" not in [x["act"] for x in lasting.certificate(number, lasting.applicant())["possible"]]
    lasting.refused(NotYet, lasting.applicant(), reminders.acknowledge_reminders, number)


def test_it_cannot_be_renewed_and_the_refusal_says_why(lasting: Town) -> None:
    number, who = certified(lasting), lasting.applicant()
    [code] = who.enterprises.values()
    no = lasting.refused(NotOpen, who, applications.open_application, enterprise=code, renews=number)
    assert "长期有效" in no.detail.zh and "without end" in no.detail.en and no.article and no.basis == "instruction"


# ------------------------------------------------------------------------------------------------------------- what is said


def test_the_verdict_says_that_it_has_no_end(lasting: Town) -> None:
    number = certified(lasting)
    found = judged(lasting, number, "2075-01-01")
    assert (found["outcome"], found["valid_until"], found["in_force_until"]) == ("in_force", None, None)
    assert "长期有效" in found["axes"]["in_force_on_day"].reason.zh
    before = judged(lasting, number, "2020-01-01")
    assert (before["outcome"], before["axes"]["in_force_on_day"].code) == ("not_in_force", "not_yet_valid")


def test_letter_register_versions_and_lists_say_so(lasting: Town) -> None:
    number = certified(lasting)
    [letter] = [x for x in lasting.letters_to("maker-0") if number in x.subject]
    assert "起长期有效" in letter.body and "on, without end" in letter.body and "None" not in letter.body
    with lasting.office.reading(PUBLIC) as r:
        [row] = register.list_register(r)
        [version] = enquiries.list_versions(r, number)
        [mine] = expiring(r, [row["credit_code"]])
        assert enquiries.count_certificates(r)["standings"][0]["key"] == "valid"
    assert (row["valid_until"], version["in_force_until"], mine["days_left"]) == ("", None, None)


def test_audit_and_replay_agree_with_it(lasting: Town) -> None:
    number = certified(lasting)
    with lasting.office.reading(lasting.auditor()) as r:
        looked = [*audits.check_lives(r, "certificate"), *audits.check_versions(r), *audits.check_ready(r)]
        found = replay_application(r, number)
    assert [fault for fault in looked if fault] == []
    said = "\n".join(lines_of(found))
    assert found["agrees"] and "长期有效（至撤销或注销）" in said, said


def test_a_request_for_a_change_leaves_it_without_end(lasting: Town) -> None:
    number = certified(lasting)
    lasting.wait(days=400)
    lasting.granted(number, change="scope", models=["HX-999"])
    shown = lasting.certificate(number)
    assert (shown["valid_until"], shown["standing"], "HX-999" in shown["scope"]) == (None, "valid", True)
    with lasting.office.reading(PUBLIC) as r:
        assert [v["in_force_until"] for v in enquiries.list_versions(r, number)] == [None, lasting.today - timedelta(days=1)]
