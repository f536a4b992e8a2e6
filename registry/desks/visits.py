"""The counter where visits are kept: browser sessions, API tokens, calendar feeds. Who may sign in, accounts says.

Of each secret only the hash is kept; ending a visit ends it at once.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from sqlmodel import col, select

from registry.actors import SYSTEM, Actor, Grant
from registry.books.models import Appointment, Enterprise, Person, Visit
from registry.errors import BadInput, Finding, NotFound, NotSignedIn, narrow_token
from registry.law.lifecycle import Role
from registry.registrar import Registrar
from registry.words import Text

ALL, READ = "all", "read"
SCOPES = {READ: Text("只供查阅公开信息、核验和关注", "To read what is public, verify and watch"), ALL: Text("办理本人能办的一切", "All that I can do")}
FEED, FEED_LASTS = "feed", timedelta(days=1830)  # a calendar program is set up once; its owner may end it at any time


def actor_for(r: Registrar, secret: str) -> Actor:
    """The actor behind a visit's secret, with the appointments of this moment. NotSignedIn if the visit is over."""
    row = r.session.exec(
        _open_visits(r, secret).where(Visit.kind != FEED)
    ).first()
    if row is None or row[0].expires_at <= r.now or row[1].closed_at is not None:
        raise NotSignedIn(Text("登录已结束，请重新登录。", "Your session has ended; sign in again."))
    return _actor(r, *row)


def end_visit(r: Registrar, *, secret: str | None = None, visit_id: int | None = None) -> None:
    """End a visit at once: one's own by its secret, or one of one's own by its id."""
    query = select(Visit).where(col(Visit.ended_at).is_(None))
    if secret is not None:
        query = query.where(Visit.token_sha256 == sha256_of(secret))
    else:
        query = query.where(Visit.id == visit_id, Visit.person_id == r.actor.person_id)
    visit = r.session.exec(query).first()
    if visit is not None and r.actor.narrow and visit.id != r.actor.visit_id:
        raise narrow_token()
    if visit is None:
        raise NotFound(Text("没有这个登录或令牌。", "There is no such session or token."))
    visit.ended_at = r.now


def list_visits(r: Registrar) -> list[dict[str, Any]]:
    """One's own sessions and tokens that are still open, newest first."""
    query = select(Visit).where(Visit.person_id == r.actor.person_id, col(Visit.ended_at).is_(None),
                                Visit.expires_at > r.now).order_by(col(Visit.id).desc())
    return [
        {"id": v.id, "kind": v.kind, "label": v.label, "scope": v.scope, "created_at": v.created_at, "expires_at": v.expires_at,
         "current": v.id == r.actor.visit_id}
        for v in r.session.exec(query)
    ]


def open_visit(r: Registrar, person: Person, kind: str, label: str, scope: str = ALL) -> str:
    """Open a visit of a person; returns its secret. `scope`: what a token is for. BadInput."""
    if scope not in SCOPES:
        words = Text("请选择令牌的用途。", "Choose what the token is for.")
        raise BadInput(words, findings=[Finding("scope", "unknown", words)])
    secret = f"{'hnr' if kind == 'token' else 's'}_{secrets.token_urlsafe(32)}"
    lasts = timedelta(days=r.settings.token_days) if kind == "token" else timedelta(hours=r.settings.session_hours)
    if kind == FEED:
        lasts = FEED_LASTS
    r.session.add(Visit(token_sha256=sha256_of(secret), person_id=person.id, kind=kind, label=label, scope=scope, created_at=r.now,
                        expires_at=r.now + lasts))
    r.session.flush()
    return secret


def open_feed(r: Registrar, scope: str) -> str:
    """The secret of a new feed for oneself; what its `scope` means, and who may have it, the calendars' desk says."""
    if r.actor.person_id is None or r.actor is SYSTEM:
        raise NotSignedIn(Text("请先登录。", "Sign in first."))
    return open_visit(r, r.session.get_one(Person, r.actor.person_id), FEED, scope)


def feed_owner(r: Registrar, secret: str) -> tuple[Actor, str] | None:
    """Whose feed this is, with the appointments of this moment, and its scope. None if it is over or never was."""
    row = r.session.exec(_open_visits(r, secret).where(Visit.kind == FEED)).first()
    if row is None or row[0].expires_at <= r.now or row[1].closed_at is not None:
        return None
    return _actor(r, *row), row[0].label


def _open_visits(r: Registrar, secret: str) -> Any:
    return select(Visit, Person).join(Person).where(Visit.token_sha256 == sha256_of(secret), col(Visit.ended_at).is_(None))


def _actor(r: Registrar, visit: Visit, person: Person) -> Actor:
    """A token that only reads is nobody's who was appointed to anything."""
    if visit.scope == READ:
        return Actor(person.login, person.name, person.id, (), visit.id, narrow=True)
    appointments = r.session.exec(
        select(Appointment, Enterprise).outerjoin(Enterprise).where(
            Appointment.person_id == person.id, col(Appointment.ended_at).is_(None)
        )
    )
    grants = tuple(
        Grant(Role(a.role), a.prefecture, e.credit_code if e else None, e.id if e else None, a.authority) for a, e in appointments
    )
    return Actor(person.login, person.name, person.id, grants, visit.id)


def sha256_of(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()
