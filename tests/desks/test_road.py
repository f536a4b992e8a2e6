"""The road of an application, from a draft to a certificate and on to its end, over the desks."""

from __future__ import annotations

import pytest

from registry.clock import FrozenClock
from registry.desks import applications
from registry.errors import LawIsSilent
from registry.law.deadlines import last_day
from registry.law.library import load_law
from registry.office import Office
from tests.factories import HUNAN, Town


def test_an_application_becomes_a_certificate(town: Town) -> None:
    number = town.certified()
    shown = town.certificate(number)
    assert shown["standing"] == "valid"
    assert (shown["valid_from"].year + 5, shown["valid_from"].month, shown["valid_from"].day) == (
        shown["valid_until"].year, shown["valid_until"].month, shown["valid_until"].day,
    )


@pytest.mark.parametrize("regulation", [key for key in load_law().regulations if key != HUNAN])
def test_so_it_does_under_every_shipped_regulation_that_is_not_silent(office: Office, clock: FrozenClock, regulation: str) -> None:
    town = Town(office, clock).under(regulation)
    law = office.law.regulation(regulation)
    if law.intake is None or law.validity is None:
        maker = town.applicant()
        town.refused(LawIsSilent, maker, applications.open_application, enterprise=next(iter(maker.enterprises.values())), regulation=regulation)
        return
    shown = town.certificate(town.certified())
    assert (shown["standing"], shown["regulation"]["id"]) == ("valid", regulation)
    assert shown["valid_until"] == last_day(office.law.calendar, shown["valid_from"], law.validity_rule().period).last_day
    assert (shown["grade"] or {}).get("key") == (law.grades[0].key if law.grades else None)
