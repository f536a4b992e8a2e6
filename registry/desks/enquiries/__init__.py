"""The counter for enquiries: reads only, straight from SQL, as plain values ready to be shown. Nothing is changed here."""

from registry.desks.enquiries.applications import search_applications, show_application, worklist
from registry.desks.enquiries.certificates import search_certificates, show_certificate
from registry.desks.enquiries.law import deadline, list_prefectures, list_regulations, show_regulation, show_taxonomy
from registry.desks.enquiries.notices import (
    search_announcements,
    search_notices,
    search_objections,
    show_notice,
    show_objection,
)
from registry.desks.enquiries.office import (
    office_state,
    search_enterprises,
    search_entries,
    search_job_runs,
    search_letters,
    search_people,
    show_enterprise,
)

__all__ = [
    "deadline", "list_prefectures", "list_regulations", "office_state", "search_announcements", "search_applications",
    "search_certificates", "search_enterprises", "search_entries", "search_job_runs", "search_letters", "search_notices",
    "search_objections", "search_people", "show_application", "show_certificate", "show_enterprise", "show_notice",
    "show_objection", "show_regulation", "show_taxonomy", "worklist",
]
