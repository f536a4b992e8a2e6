"""All tables of the books."""

from registry.books.models.amendments import Amendment, AmendmentFile, CertificateVersion
from registry.books.models.applications import Application, Document, Opinion, Seat
from registry.books.models.assessments import Commission, Report
from registry.books.models.base import metadata
from registry.books.models.calls import Call, CallReminder
from registry.books.models.certificates import Certificate, CertificateLife, CertificateWords, Reminder, ScopeEntry
from registry.books.models.credentials import Credential, StatusList, StatusSlot
from registry.books.models.experts import Expert, Interest
from registry.books.models.log import Cosignature, LogCheckpoint, LogEntry, LogNode
from registry.books.models.measures import Debarment, Measure
from registry.books.models.notices import Announcement, Notice, NoticeItem, Objection
from registry.books.models.past import PastList, PastRecord
from registry.books.models.people import Appointment, Enterprise, Invitation, Person, Visit
from registry.books.models.records import Answered, Entry, JobRun, Lease, LedgerHead, Letter, OfficeFact, Series
from registry.books.models.tasks import Task
from registry.books.models.timekeeping import Escalation
from registry.books.models.watches import DeadLetter, Digest, Watch, WatchItem, Webhook

__all__ = [
    "Amendment", "AmendmentFile", "Announcement", "Answered", "Application", "Appointment", "Call", "CallReminder",
    "Certificate", "CertificateLife", "CertificateVersion", "CertificateWords", "Commission", "Cosignature", "Credential", "DeadLetter", "Debarment",
    "Digest", "Document", "Enterprise", "Entry", "Escalation",
    "Expert", "Interest",
    "Invitation", "JobRun", "Lease", "LedgerHead", "Letter", "LogCheckpoint", "LogEntry",
    "LogNode", "Measure", "Notice", "NoticeItem", "Objection",
    "OfficeFact", "Opinion", "PastList", "PastRecord", "Person", "Reminder", "Report", "ScopeEntry", "Seat", "Series", "StatusList", "StatusSlot",
    "Task", "Visit",
    "Watch", "WatchItem", "Webhook",
    "metadata",
]
