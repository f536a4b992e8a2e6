"""Reading a review: seats, opinions, dissent and the draw, each only for those who may see it at that time."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from sqlmodel import col, select

from registry.books.models import Application, Opinion, Person, Seat
from registry.desks import panels, reviews
from registry.errors import NotEntitled
from registry.law.lifecycle import Role
from registry.parts import find_seat
from registry.registrar import Registrar
from registry.words import Text

# Acts of a review that name experts or what they said: the history shows them to the department and auditors only.
INNER_ACTS = ("commit_seed", "draw_panel", "seat_expert", "recuse_expert", "give_opinion", "revise_opinion")
INSIDERS = (Role.DEPARTMENT, Role.AUDITOR)


def show_review(r: Registrar, a: Application) -> dict[str, Any]:
    """Everything for the department and auditors; nothing for applicant and bureau.

    An expert sees their own seat and opinion; once everybody seated has given one, those of all, without a name.
    """
    if r.presides(*INSIDERS, over=a):
        return {"seats": _seats(r, a), "opinions": list_opinions(r, a), "review": _tally(r, a)}
    own = _own(r, a)
    if own is None:
        return {"seats": [], "opinions": [], "review": None}
    opinions = list_opinions(r, a)
    seats = [seat for seat in _seats(r, a) if seat["login"] == r.actor.login]
    if not reviews.is_complete(r, a):
        return {"seats": seats, "opinions": [o for o in opinions if o["mine"]], "review": None}
    return {"seats": seats, "opinions": _nameless(opinions), "review": _tally(r, a)}


def list_opinions(r: Registrar, a: Application) -> list[dict[str, Any]]:
    """The opinions as they stand, with the expert, what each replaced, and whether it dissents. For this house's own use."""
    rows = r.session.exec(select(Opinion, Person, Seat).join(Person, col(Person.id) == Opinion.person_id).join(
        Seat, (col(Seat.person_id) == Opinion.person_id) & (col(Seat.application_id) == Opinion.application_id),
    ).where(Opinion.application_id == a.id).order_by(col(Seat.id), col(Opinion.revision).desc())).all()
    panel = r.regulation_of(a).panel
    totals, _ = reviews.tally(r, a)
    complete = reviews.is_complete(r, a)
    shown: list[dict[str, Any]] = []
    for opinion, person, seat in rows:
        said = {"scores": opinion.scores, "total": opinion.total, "comment": opinion.comment, "given_at": opinion.given_at,
                "revision": opinion.revision, "revision_reason": opinion.revision_reason}
        if opinion.replaced_at is not None:
            shown[-1]["earlier"].append(said)
            continue
        counts = seat.recused_at is None
        shown.append(said | {
            "expert": person.login, "name": person.name, "mine": person.login == r.actor.login, "counts": counts,
            "dissents": complete and counts and reviews.is_dissent(panel, opinion.total, totals), "earlier": [],
        })
    return shown


def show_draw(r: Registrar, number: str) -> dict[str, Any]:
    """The draw repeated from the ledger, for the department and auditors. NotFound where there is none."""
    application = r.fetch(Application, number)
    if not r.presides(*INSIDERS, over=application):
        raise NotEntitled(Text("抽签记录由主管部门和审计员查看。", "The draw is for the department and auditors."))
    law = r.regulation_of(application)
    found = panels.repeat_draw(r, number)
    names = {p.login: p.name for p in r.session.exec(select(Person).where(col(Person.login).in_(found["pool"])))}
    excluded = [item | {"rule_label": panels.EXCLUDED.get(item["rule"]) or law.label_in(law.panel.recusal, item["rule"])}
                for item in found["excluded"]]
    return found | {"excluded": excluded, "names": names}


def _own(r: Registrar, a: Application) -> Seat | None:
    return find_seat(r.session, r.actor, a, open_only=True) if r.actor.has(Role.EXPERT) else None


def _nameless(opinions: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that count, in an order that says nothing of who gave them; what an expert changed is left to the minutes."""
    hidden: dict[str, Any] = {"expert": None, "name": None, "given_at": None, "earlier": [], "revision_reason": None, "revision": 1}
    said = [o if o["mine"] else o | hidden for o in opinions if o["counts"]]
    return sorted(said, key=lambda o: (-o["total"], o["comment"]))


def _seats(r: Registrar, a: Application) -> list[dict[str, Any]]:
    law = r.regulation_of(a)
    rows = r.session.exec(select(Seat, Person).join(Person).where(Seat.application_id == a.id).order_by(col(Seat.id)))
    return [
        {"login": p.login, "name": p.name, "seated_at": s.seated_at, "place": s.place, "seating_reason": s.seating_reason,
         "recused_at": s.recused_at, "recusal_reason": s.recusal_reason,
         "recusal_rule": law.label_in(law.panel.recusal, s.recusal_rule) if s.recusal_rule else None}
        for s, p in rows
    ]


def _tally(r: Registrar, a: Application) -> dict[str, Any] | None:
    totals, seated = reviews.tally(r, a)
    panel = r.regulation_of(a).panel
    if not seated:
        return None
    mean = f"{float(Fraction(sum(totals), len(totals))):.2f}" if totals else None
    return {"mean": mean, "pass_mark": panel.pass_mark, "quorum": panel.minimum, "seated": seated, "given": len(totals)}
