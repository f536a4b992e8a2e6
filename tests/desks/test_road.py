"""The road of an application, from a draft to a certificate and on to its end, over the desks."""

from __future__ import annotations

from tests.factories import Town


def test_an_application_becomes_a_certificate(town: Town) -> None:
    number = town.certified()
    shown = town.certificate(number)
    assert shown["standing"] == "valid"
    assert (shown["valid_from"].year + 5, shown["valid_from"].month, shown["valid_from"].day) == (
        shown["valid_until"].year, shown["valid_until"].month, shown["valid_until"].day,
    )
