"""The counter for calendars: what ends and falls due on which day, as a month and as a feed that other programs read.

A feed is a visit of the kind "feed": its secret stands in its address, opens nothing else, and can be ended like any visit.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, false
from sqlmodel import col, select

from registry.actors import Actor
from registry.books.letters import last_day_of
from registry.books.models import Application, Certificate, Enterprise
from registry.desks import accounts, visits
from registry.desks.reach import in_regions
from registry.errors import BadInput, Finding, NotEntitled, NotFound
from registry.law.lifecycle import ENDED_WITHOUT, Role, stands_still
from registry.law.regulation import Regulation
from registry.registrar import Registrar
from registry.words import Text

OFFICE = "office"  # the scope of a feed for everything that an officer's roles may see
OFFICERS = (Role.BUREAU, Role.DEPARTMENT, Role.HEAD, Role.AUDITOR)
BACK, AHEAD = timedelta(days=31), {OFFICE: timedelta(days=400)}
FAR = timedelta(days=3660)  # an enterprise sees all that lies before it
KINDS = {
    "certificate_ends": Text("证书有效期最后一日", "Last day of a certificate"),
    "renewal_opens": Text("续期窗口开启", "Renewal opens"),
    "renewal_closes": Text("续期窗口最后一日", "Last day for renewal"),
    "supplement": Text("补正截止", "Supplement due"),
    "notice_ends": Text("公示最后一日", "Last day of a notice"),
    "term": Text("办结期限", "To be done by the office"),
}


@dataclass(frozen=True)
class Scope:
    """Whose dates, as conditions of a query: which certificates, which applications, and of which the office's own terms."""

    certificates: ColumnElement[bool]
    applications: ColumnElement[bool]
    terms: ColumnElement[bool]


@dataclass(frozen=True)
class Feed:
    """A feed as its reader gets it: whose it is, and its days."""

    title: Text
    items: list[dict[str, Any]]


def show_month(r: Registrar, *, year: int, month: int) -> dict[str, Any]:
    """One month of the caller's dates, day by day; every day says whether it is worked, and how surely that is known."""
    if not (1 <= month <= 12 and 2000 <= year <= 2200):
        message = Text("没有这个月份。", "There is no such month.")
        raise BadInput(message, findings=[Finding("month", "range", message)])
    first, last = date(year, month, 1), date(year, month, monthrange(year, month)[1])
    items = dates(r, _scope(r, r.actor), first, last)
    calendar = r.law.calendar
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return {
        "year": year, "month": month, "known": calendar.is_known(year), "previous": (first - timedelta(days=1)).replace(day=1),
        "next": last + timedelta(days=1),
        "days": [{"day": d, "works": calendar.is_working_day(d), "items": [i for i in items if i["day"] == d]} for d in days],
    }


def open_feed(r: Registrar, scope: str) -> str:
    """A secret for the address of a feed: of one of one's enterprises (its credit code), or of one's office ("office")."""
    _scope_of(r, r.actor, scope)
    return visits.open_feed(r, scope)


def read_feed(r: Registrar, secret: str) -> Feed:
    """What a feed's address shows now. NotFound once it was ended, or when its owner no longer has the role it was for."""
    found = visits.feed_owner(r, secret)
    nothing = NotFound(Text("没有这个日历订阅，或已停用。", "There is no such feed, or it has been ended."))
    if found is None:
        raise nothing
    actor, label = found
    try:
        scope = _scope_of(r, actor, label)
    except (NotEntitled, NotFound):
        raise nothing from None
    house = accounts.find_enterprise(r, label)
    title = Text(house.name, house.name) if house else Text("认定登记办理日历", "Certification office")
    return Feed(title, dates(r, scope, r.today - BACK, r.today + AHEAD.get(label, FAR)))


def _scope_of(r: Registrar, actor: Actor, label: str) -> Scope:
    if label == OFFICE:
        if not actor.has(*OFFICERS):
            raise NotEntitled(Text("办理日历供工作人员订阅。", "The office's feed is for its officers."))
        return _scope(r, actor)
    wanted = next((i for i, code in actor.enterprises.items() if code == label), None)
    if wanted is None:
        raise NotFound(Text("您不是该企业的成员，或该企业尚未登记。", "You are not a member of this enterprise, or it is not registered."))
    return Scope(col(Enterprise.id) == wanted, col(Enterprise.id) == wanted, false())


def _scope(r: Registrar, actor: Actor) -> Scope:
    whole, own = (Role.DEPARTMENT, Role.HEAD, Role.AUDITOR), col(Enterprise.id).in_(list(actor.enterprises))
    bureaus = actor.regions(Role.BUREAU, Role.HEAD)
    as_actor = replace(r, actor=actor)
    handled = as_actor.within(Application.regulation_id, *whole) | col(Application.prefecture).in_(bureaus)
    issued = as_actor.within(Certificate.regulation_id, *whole) | in_regions(
        r, Enterprise.prefecture, Certificate.regulation_id, bureaus)
    return Scope(issued | own, handled | own, handled)


def dates(r: Registrar, scope: Scope, first: date, last: date) -> list[dict[str, Any]]:
    """Everything that ends, opens or falls due from `first` to `last`, both included, in the order of the days."""
    found = [*_of_certificates(r, scope, first, last), *_of_applications(r, scope, first, last)]
    return sorted(found, key=lambda item: (item["day"], item["kind"], item["number"]))


def _of_certificates(r: Registrar, scope: Scope, first: date, last: date) -> Iterator[dict[str, Any]]:
    for law in r.law.regulations.values():
        begin, end = _reach(r, law, first, last)
        query = select(Certificate, Enterprise).join(Enterprise).where(
            scope.certificates, Certificate.regulation_id == law.id, col(Certificate.valid_until).between(begin, end),
            col(Certificate.status).not_in(["revoked", "surrendered"]))
        for c, e in r.session.exec(query):
            assert c.valid_until is not None  # by the query
            days = {"certificate_ends": c.valid_until}
            if c.renewed_by is None and (window := law.renewal_window(r.law.calendar, c.valid_until)):
                days["renewal_opens"], days["renewal_closes"] = window
            yield from (_item(kind, day, c, e, False) for kind, day in days.items() if first <= day <= last)


def _reach(r: Registrar, law: Regulation, first: date, last: date) -> tuple[date, date]:
    """The last days of certificates whose windows can touch `first` to `last`, with a margin for months and years."""
    windows = [law.renewal_window(r.law.calendar, day) for day in (first, last)]
    if windows[0] is None or windows[1] is None:
        return first, last
    margin = timedelta(days=10)
    return min(first, first - (windows[0][1] - first)) - margin, last + (last - windows[1][0]) + margin


def _of_applications(r: Registrar, scope: Scope, first: date, last: date) -> Iterator[dict[str, Any]]:
    query = select(Application, Enterprise, scope.terms).join(Enterprise).where(
        scope.applications, col(Application.submitted_at).is_not(None),
        col(Application.status).not_in([*ENDED_WITHOUT, "certified"]),
        col(Application.due_at).is_not(None) | col(Application.term_last_on).is_not(None))
    for a, e, terms in r.session.exec(query):
        due = last_day_of(a)
        if due is not None and first <= due <= last:
            yield _item("supplement" if stands_still(a.status) else "notice_ends", due, a, e, a.due_provisional)
        if terms and a.term_last_on is not None and first <= a.term_last_on <= last:
            yield _item("term", a.term_last_on, a, e, a.term_provisional)


def _item(kind: str, day: date, subject: Application | Certificate, e: Enterprise, provisional: bool) -> dict[str, Any]:
    return {"day": day, "kind": kind, "label": KINDS[kind], "subject_kind": subject.kind, "number": subject.number,
            "product": subject.product, "enterprise": e.name, "provisional": provisional}
