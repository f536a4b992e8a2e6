"""All tables of the books."""

from registry.books.models.applications import Application, Document, Opinion, Seat
from registry.books.models.base import metadata
from registry.books.models.certificates import Certificate, Reminder
from registry.books.models.notices import Announcement, Notice, NoticeItem, Objection
from registry.books.models.people import Appointment, Enterprise, Invitation, Person, Visit
from registry.books.models.records import Answered, Entry, JobRun, Lease, LedgerHead, Letter, OfficeFact, Series

__all__ = [
    "Announcement", "Answered", "Application", "Appointment", "Certificate", "Document", "Enterprise", "Entry",
    "Invitation", "JobRun", "Lease", "LedgerHead", "Letter", "Notice", "NoticeItem", "Objection", "OfficeFact",
    "Opinion", "Person", "Reminder", "Seat", "Series", "Visit", "metadata",
]
