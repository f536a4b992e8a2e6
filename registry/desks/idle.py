"""Which acts would only be refused now, although a state and a role have them: for the buttons, and for what a 409 names as possible."""

from __future__ import annotations

from collections.abc import Collection

from registry.books.models import Application, Certificate, Measure
from registry.dates import Subject
from registry.desks import holds, panels, queues, reminders
from registry.registrar import Registrar

# Dates that a calendar moves are accepted together, on a page of their own; a certificate is renewed and changed by a case of its own.
ELSEWHERE = frozenset({"recompute_dates", "renew", "amend"})


def idle_acts(r: Registrar, subject: Subject) -> Collection[str]:
    """The acts that nothing on `subject` calls for now, or that this caller could not do to it."""
    found = set(ELSEWHERE)
    if isinstance(subject, Application | Certificate | Measure):
        found |= holds.idle_acts(r, subject)
    if isinstance(subject, Application):
        found |= queues.idle_acts(r, subject) | panels.idle_acts(r, subject)
    if isinstance(subject, Certificate) and not reminders.unacknowledged(r, subject):
        found.add("acknowledge")
    return found
