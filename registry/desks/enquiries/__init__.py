"""The counter for enquiries: reads only, straight from SQL, as plain values ready to be shown. Nothing is changed here."""

from registry.desks.enquiries.amendments import (
    amendments_waiting,
    read_amendment_file,
    search_amendments,
    show_amendment,
)
from registry.desks.enquiries.applications import law_of, search_applications, show_application
from registry.desks.enquiries.assessments import find_form_stages, show_assessment
from registry.desks.enquiries.calls import calls_in_reach, search_calls, show_call
from registry.desks.enquiries.certificates import is_office, show_certificate
from registry.desks.enquiries.changes import newest_changes, search_changes
from registry.desks.enquiries.experts import search_experts, show_expert
from registry.desks.enquiries.law import (
    deadline,
    list_places,
    list_prefectures,
    list_regulations,
    show_regulation,
    show_taxonomy,
)
from registry.desks.enquiries.measures import debarments_of, measures_waiting, search_measures, show_measure
from registry.desks.enquiries.notices import (
    search_announcements,
    search_notices,
    search_objections,
    show_announcement,
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
from registry.desks.enquiries.queues import list_colleagues, worklist
from registry.desks.enquiries.replay import replay_application
from registry.desks.enquiries.reviews import show_draw
from registry.desks.enquiries.search import search_certificates
from registry.desks.enquiries.statistics import count_certificates
from registry.desks.enquiries.versions import list_versions, show_version
from registry.desks.enquiries.workload import count_work

__all__ = [
    "amendments_waiting",
    "calls_in_reach",
    "count_certificates",
    "count_work",
    "deadline",
    "debarments_of",
    "find_form_stages",
    "is_office",
    "law_of",
    "list_colleagues",
    "list_places",
    "list_prefectures",
    "list_regulations",
    "list_versions",
    "measures_waiting",
    "newest_changes",
    "office_state",
    "read_amendment_file",
    "replay_application",
    "search_amendments",
    "search_announcements",
    "search_applications",
    "search_calls",
    "search_certificates",
    "search_changes",
    "search_enterprises",
    "search_entries",
    "search_experts",
    "search_job_runs",
    "search_letters",
    "search_measures",
    "search_notices",
    "search_objections",
    "search_people",
    "show_amendment",
    "show_announcement",
    "show_application",
    "show_assessment",
    "show_call",
    "show_certificate",
    "show_draw",
    "show_enterprise",
    "show_expert",
    "show_measure",
    "show_notice",
    "show_objection",
    "show_regulation",
    "show_taxonomy",
    "show_version",
    "worklist",
]
