"""Pages for administrators and auditors: people and invitations, letters, jobs, the ledger's entries and its audit."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from registry.actors import ROLE_LABELS
from registry.desks import accounts, enquiries
from registry.law.lifecycle import Role
from registry.words import Text
from web.counter import open_to, reading
from web.pages.acts import act, given, page_for, show_once

pages = Blueprint("administration", __name__)
ROLES = tuple((str(role), ROLE_LABELS[role]) for role in accounts.APPOINTED)


@pages.get("/administration/people")
@page_for(Role.ADMINISTRATOR, Role.SECURITY)
def people() -> str:
    return _people_page()


def _people_page(code: str = "") -> str:
    args = request.args
    with reading() as r:
        page = enquiries.search_people(r, role=args.get("role") or None, q=args.get("q") or None,
                                       cursor=args.get("cursor") or None, limit=50)  # fmt: skip
        return render_template("office/people.html", page=page, roles=ROLES, prefectures=r.law.prefectures(),
                               authorities=r.law.authorities(), code=code)  # fmt: skip


@pages.post("/administration/invitations")
@page_for(Role.ADMINISTRATOR)
def invite() -> ResponseReturnValue:
    """Make a one-time code; it stands on the page that answers and nowhere else again."""
    return show_once(
        lambda r: accounts.invite(r, role=given("role"), name=given("name"), prefecture=given("prefecture") or None,
                                  authority=given("authority") or None, employer_code=given("employer_code") or None),
        page=url_for(".people"), show=_people_page, again=_people_page,
    )  # fmt: skip


@pages.post("/administration/people/<login>/appointments/end")
@open_to(Role.ADMINISTRATOR, Role.SECURITY)
def end_appointment(login: str) -> ResponseReturnValue:
    return act(
        lambda r: accounts.end_appointment(r, login=login, role=given("role"), prefecture=given("prefecture") or None,
                                           enterprise=given("enterprise") or None, authority=given("authority") or None),
        done=Text("任命已解除。", "The appointment has ended."), page=url_for(".people"), again=_people_page,
    )  # fmt: skip


@pages.get("/administration/letters")
@page_for(Role.ADMINISTRATOR, Role.AUDITOR)
def letters() -> str:
    with reading() as r:
        page = enquiries.search_letters(r, cursor=request.args.get("cursor") or None)
    return render_template("office/letters.html", page=page)


@pages.get("/administration/jobs")
@page_for(Role.ADMINISTRATOR, Role.AUDITOR)
def jobs() -> str:
    with reading() as r:
        page = enquiries.search_job_runs(r, cursor=request.args.get("cursor") or None)
        return render_template("office/jobs.html", page=page, state=enquiries.office_state(r))


@pages.get("/administration/entries")
@page_for(Role.ADMINISTRATOR, Role.SECURITY, Role.AUDITOR)
def entries() -> str:
    """The ledger, newest first, with the hash of its last entry."""
    with reading() as r:
        page = enquiries.search_entries(r, subject=request.args.get("subject") or None, cursor=request.args.get("cursor") or None)
        return render_template("office/entries.html", page=page, state=enquiries.office_state(r))
