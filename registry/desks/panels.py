"""The counter for the draw of a panel: the seed is recorded first, then the draw, then whoever stands aside is replaced.

Everything from which the draw can be repeated stands in the ledger, and is read from there; nothing of it is kept elsewhere.
Opinions are given at `reviews`.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from registry.books import ledger
from registry.books.models import Application, Entry, Person, Seat
from registry.desks import ties
from registry.errors import AlreadyDone, NotFound, NotYet, OnlyInTraining
from registry.law import draw as law_of_draw
from registry.registrar import Registrar
from registry.words import Text

FRESH_OCTETS = 16
# Why somebody of the pool is not drawn, besides the regulation's rules of recusal.
EXCLUDED = {
    "left": Text("登记种子之后离开了专家库", "left the pool after the seed was recorded"),
    "seated": Text("已在本案中选派或回避", "seated here already, or stood aside"),
}
Excluded = list[dict[str, str]]


@dataclass(frozen=True)
class Found:
    """The draw of one application as the ledger has it. `drawn` is None between the two acts."""

    committed: Entry
    drawn: Entry | None


def commit_seed(r: Registrar, number: str, fresh: str = "") -> str:
    """Record the seed of the draw, and the pool as it is: before anybody can know, or choose, who will be drawn.

    AlreadyDone if a seed stands; it is replaced only if its pool has become too small. NotYet with too few experts.
    `fresh` instead of chance, so that an invented past can be made again: OnlyInTraining anywhere else.
    """
    if fresh and not r.settings.training:
        raise OnlyInTraining(Text("种子只能随机产生。", "A seed is left to chance."))
    application = r.fetch(Application, number)
    r.require(application, "commit_seed")
    standing = find_draw(r, application)
    if standing is not None and (standing.drawn or _can_fill(r, application, standing.committed.facts["pool"])):
        raise AlreadyDone(
            Text("本案的抽签种子已经登记，不能更换。", "The seed of this draw is recorded already; it is not replaced."),
            action=None if standing.drawn else Text("请据此抽取专家组。", "Draw the panel by it."),
        )
    logins = [person.login for person in ties.pool(r, application)]
    _check_enough(r, application, logins)
    r.settle(application)  # what time has brought about is written first: then the ledger's hash is the one before this entry
    before, fresh = ledger.lock_head(r.session).hash, fresh or secrets.token_hex(FRESH_OCTETS)
    r.record(application, "commit_seed", seed=law_of_draw.seed_of(fresh, before), fresh=fresh, ledger=before, pool=logins)
    return application.number


def idle_acts(r: Registrar, application: Application) -> frozenset[str]:
    """Of the acts of the draw, those that would only be refused now: no draw without a seed, nothing more once it is drawn."""
    if application.status != "expert_review":
        return frozenset()
    standing = find_draw(r, application)
    if standing is None:
        return frozenset({"draw_panel"})
    return frozenset({"commit_seed", "draw_panel"}) if standing.drawn else frozenset()


def draw_panel(r: Registrar, number: str) -> str:
    """Draw the panel by the seed that was recorded, out of the pool that was recorded with it, and seat it.

    NotYet without a seed, or if too few of the pool may sit; AlreadyDone if it was drawn. The entry holds pool, those
    excluded each with the rule, order and seats: with it and the seed, anybody can repeat the draw.
    """
    application = r.fetch(Application, number)
    r.require(application, "draw_panel")
    standing = find_draw(r, application)
    if standing is None:
        raise NotYet(Text("抽签之前须先登记种子。", "The seed is recorded before the draw."),
                     action=Text("请先登记抽签种子。", "Commit the seed first."))
    if standing.drawn is not None:
        raise AlreadyDone(Text("本案专家组已经抽取。", "The panel is drawn already."))
    panel, logins, seed = r.regulation_of(application).panel, standing.committed.facts["pool"], standing.committed.facts["seed"]
    eligible, excluded = _sift(r, application, logins)
    able = [person.login for person in ties.specialists(r, application, list(eligible.values()))] if panel.specialists else []
    _check_enough(r, application, logins)
    seats, least = _vacant(r, application)
    found = law_of_draw.draw(seed, eligible, seats, specialists=able, least=least)
    r.record(application, "draw_panel", seed=seed, seats=seats, least=least, specialists=able, pool=logins,
             excluded=excluded, order=list(found.order), seated=list(found.seated))
    for login in found.seated:
        r.session.add(Seat(application_id=application.id, person_id=eligible[login].id, seated_at=r.now,
                           place=found.order.index(login) + 1))
    return application.number


def find_draw(r: Registrar, application: Application) -> Found | None:
    """The seed that stands, and the draw by it, from the ledger."""
    query = select(Entry).where(Entry.subject_kind == application.kind, Entry.subject == application.number,
                                col(Entry.act).in_(("commit_seed", "draw_panel"))).order_by(col(Entry.seq))
    entries = r.session.exec(query).all()
    committed = next((entry for entry in reversed(entries) if entry.act == "commit_seed"), None)
    if committed is None:
        return None
    return Found(committed, next((entry for entry in entries if entry.act == "draw_panel"), None))


def stand_aside(r: Registrar, application: Application, seat: Seat, reason: str, rule: str | None = None) -> None:
    """Record that who has `seat` stands aside, by `rule` or for another reason, and seat the next of the draw instead."""
    leaving = r.session.get_one(Person, seat.person_id)
    following, passed = _next_of_draw(r, application, seat)
    facts: dict[str, Any] = {"rule": rule} if rule else {}
    r.record(application, "recuse_expert", expert=leaving.login, reason=reason, **facts,
             replacement=following[0].login if following else None, passed=passed)
    seat.recused_at, seat.recusal_reason, seat.recusal_rule = r.now, reason, rule
    if following is not None:
        person, place = following
        r.session.add(Seat(application_id=application.id, person_id=person.id, seated_at=r.now, place=place))


def stand_aside_where_tied(r: Registrar, person: Person) -> None:
    """Let `person`, who has just told of a tie, stand aside from every review that the tie touches."""
    seats = select(Application, Seat).join(Seat, col(Seat.application_id) == Application.id).where(
        Seat.person_id == person.id, col(Seat.recused_at).is_(None), Application.status == "expert_review")
    for application, seat in r.session.exec(seats.order_by(col(Application.id))).all():
        tie = ties.find_tie(r, application, person)
        if tie is not None:
            stand_aside(r, application, seat, tie.what.zh, tie.rule.key)


def repeat_draw(r: Registrar, number: str) -> dict[str, Any]:
    """The draw of an application repeated from the ledger alone, and every way in which the record differs (none is well).

    For whoever may read the ledger; NotFound where no seed was recorded. `order` and `seated` are computed, not read.
    """
    application = r.find(Application, number)
    standing = find_draw(r, application) if application else None
    if standing is None:
        raise NotFound(Text(f"{number} 没有抽签记录。", f"No draw is recorded for {number}."))
    committed, drawn = standing.committed, standing.drawn
    told: dict[str, Any] = {
        "number": number, "seed": committed.facts["seed"], "committed_at": committed.at, "committed_by": committed.actor,
        "committed_entry": committed.seq, "ledger": committed.previous, "pool": committed.facts["pool"], "drawn_at": None,
        "drawn_entry": None, "excluded": [], "order": [], "seated": [], "faults": list(_seed_faults(committed)),
    }
    if drawn is not None:
        facts = drawn.facts
        barred = {item["expert"] for item in facts["excluded"]}
        found = law_of_draw.draw(told["seed"], set(told["pool"]) - barred, facts["seats"],
                                 specialists=facts["specialists"], least=facts["least"])
        told |= {"drawn_at": drawn.at, "drawn_entry": drawn.seq, "excluded": facts["excluded"], "order": list(found.order),
                 "seated": list(found.seated)}
        told["faults"] += _draw_faults(committed, drawn, told)
    return told | {"equal": not told["faults"]}


def _seed_faults(committed: Entry) -> Sequence[Text]:
    facts = committed.facts
    if facts["seed"] == law_of_draw.seed_of(facts["fresh"], committed.previous) and facts["ledger"] == committed.previous:
        return ()
    return (Text("种子与登记当时的流水摘要不符", "the seed does not hold the ledger's hash of that moment"),)


def _draw_faults(committed: Entry, drawn: Entry, told: dict[str, Any]) -> list[Text]:
    facts = drawn.facts
    checks = (
        (committed.seq < drawn.seq, Text("种子不在抽签之前", "the seed was not recorded before the draw")),
        (facts["seed"] == told["seed"], Text("抽签所用种子不是登记的种子", "the draw used another seed than the one recorded")),
        (facts["pool"] == told["pool"], Text("专家库与登记种子时不同", "the pool is not the one recorded with the seed")),
        (facts["order"] == told["order"], Text("顺序不符", "the order differs")),
        (facts["seated"] == told["seated"], Text("抽中的专家不符", "others were seated")),
    )
    return [fault for holds, fault in checks if not holds]


def _sift(r: Registrar, application: Application, logins: Sequence[str]) -> tuple[dict[str, Person], Excluded]:
    """Of the pool, who may be drawn now, and who may not, each with the rule."""
    here = {person.login: person for person in ties.pool(r, application)}
    taken = {seat.person_id for seat in _seats(r, application)}
    eligible: dict[str, Person] = {}
    excluded: Excluded = []
    for login in logins:
        person = here.get(login)
        if person is None:
            rule = "left"
        elif person.id in taken:
            rule = "seated"
        else:
            tie = ties.find_tie(r, application, person)
            rule = tie.rule.key if tie else ""
        if person is not None and not rule:
            eligible[login] = person
        else:
            excluded.append({"expert": login, "rule": rule})
    return eligible, excluded


def _next_of_draw(
    r: Registrar, application: Application, leaving: Seat
) -> tuple[tuple[Person, int] | None, Excluded]:
    """The next of the draw who may take a seat, with their place, and those passed over on the way, each with the rule."""
    standing = find_draw(r, application)
    if standing is None or standing.drawn is None:
        return None, []
    order: list[str] = standing.drawn.facts["order"]
    eligible, excluded = _sift(r, application, order)
    sitting = [r.session.get_one(Person, seat.person_id) for seat in _seats(r, application)
               if seat.recused_at is None and seat.id != leaving.id]
    least = r.regulation_of(application).panel.specialists
    able = {person.login for person in ties.specialists(r, application, [*eligible.values(), *sitting])} if least else set()
    seated = [person.login for person in sitting]
    following = law_of_draw.next_of([login for login in order if login in eligible], seated, len(seated) + 1,
                                    specialists=able, least=least)
    if following is None:
        return None, [item for item in excluded if item["rule"] != "seated"]
    place = order.index(following)
    passed = [item for item in excluded if item["rule"] != "seated" and order.index(item["expert"]) < place]
    return (eligible[following], place + 1), passed


def _seats(r: Registrar, application: Application) -> Sequence[Seat]:
    return r.session.exec(select(Seat).where(Seat.application_id == application.id).order_by(col(Seat.id))).all()


def _vacant(r: Registrar, application: Application) -> tuple[int, int]:
    """How many seats the draw is to fill, and how many of them with specialists; who sits already counts."""
    panel = r.regulation_of(application).panel
    sitting = [r.session.get_one(Person, seat.person_id) for seat in _seats(r, application) if seat.recused_at is None]
    able = len(ties.specialists(r, application, sitting)) if panel.specialists else 0
    return max(panel.minimum - len(sitting), 0), max(panel.specialists - able, 0)


def _lack(r: Registrar, application: Application, logins: Sequence[str]) -> Text | None:
    """What of the regulation's panel cannot be filled out of `logins`."""
    eligible = list(_sift(r, application, logins)[0].values())
    seats, least = _vacant(r, application)
    if seats == 0:
        return Text("专家席位已满，无需抽取。", "Every seat of the panel is taken: there is nothing to draw.")
    if len(eligible) < seats:
        return Text(f"须抽取 {seats} 人，可抽取的只有 {len(eligible)} 人。",
                    f"{seats} are to be drawn; only {len(eligible)} may be.")
    if least and len(ties.specialists(r, application, eligible)) < least:
        return Text(f"须有 {least} 人熟悉该类产品，可抽取的专家中不足。", f"{least} must know this class of products; too few may be drawn.")
    return None


def _can_fill(r: Registrar, application: Application, logins: Sequence[str]) -> bool:
    return _lack(r, application, logins) is None


def _check_enough(r: Registrar, application: Application, logins: Sequence[str]) -> None:
    panel, lack = r.regulation_of(application).panel, _lack(r, application, logins)
    if lack is not None:
        raise NotYet(lack, action=Text("请补充专家库，或直接选派并说明理由。", "Add to the pool, or seat experts by hand with the reason."),
                     article=panel.article, basis=panel.basis)
