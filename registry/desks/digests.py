"""The counter for digests: how often a person is told by mail of what they watch, and the mail itself. It sends none: delivery does.

Who has said nothing is told daily. The mail is queued in the transaction that moves the cursor: told once, and never left out.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlmodel import col, func, or_, select

from registry.books.models import Digest, Letter, Person, Watch
from registry.clock import office_day
from registry.desks.enquiries import search_changes
from registry.desks.watches import ledger_size, person_of
from registry.errors import BadInput, Finding
from registry.registrar import Registrar
from registry.words import Text

EVERY = {"day": Text("每天", "Every day"), "week": Text("每周一", "Every Monday"), "none": Text("不发送", "Never")}
DAILY = "day"
MOST = 200  # changes in one mail; the next mail goes on from there
SUBJECT = Text("您关注的证书有 {n} 项变动", "Changes of what you watch: {n}")
LINE = Text("{day}　{label}\n{certificate}　{product}（{holder}）", "{day}  {label}\n{certificate}  {product} ({holder})")
CLOSE = Text("在以下页面可以改为每周或不再接收，也可以停止关注：", "To be told weekly or no longer, or to stop watching:")


def show_digest(r: Registrar) -> dict[str, Any]:
    """How often the caller is told."""
    row = r.session.get(Digest, person_of(r))
    every = row.every if row else DAILY
    return {"every": every, "every_label": EVERY[every]}


def choose_digest(r: Registrar, every: str) -> dict[str, Any]:
    """Be told that often. Whoever was told nothing is told of what happens from now on. BadInput."""
    if every not in EVERY:
        words = Text("请选择每天、每周或不发送。", "Choose daily, weekly or never.")
        raise BadInput(words, findings=[Finding("every", "unknown", words)])
    row = _row(r, person_of(r))
    if row.every == "none":
        row.cursor = ledger_size(r)
    row.every, row.told_on = every, row.told_on if row.told_on and row.every != "none" else r.today
    return show_digest(r)


# ------------------------------------------------------------------------------------------------------ for the job alone


def search_due(r: Registrar) -> list[tuple[int, str]]:
    """Who is to be told today and was not yet: their id and login."""
    monday = r.today - timedelta(days=r.today.weekday())
    watching = select(Watch.id).where(Watch.person_id == Person.id, col(Watch.ended_at).is_(None)).exists()
    since = ((col(Digest.every) == "day") & (col(Digest.told_on) < r.today)) | ((col(Digest.every) == "week") & (col(Digest.told_on) < monday))
    query = select(Person.id, Person.login).outerjoin(Digest).where(col(Person.closed_at).is_(None), watching, or_(col(Digest.told_on).is_(None), since))
    return list(r.session.exec(query.order_by(col(Person.id))))


def count_untold(r: Registrar, person: int) -> int:
    """Of how many changes the next mail to one person would tell."""
    return len(search_changes(r, after=_begins(r, person), limit=MOST, watched_by=person)["items"])


def tell(r: Registrar, person: int) -> tuple[int, bool]:
    """Queue the next mail to one person. Returns of how many changes it tells (0: there is none), and whether more are to follow."""
    row = _row(r, person)
    found = search_changes(r, after=row.cursor, limit=MOST, watched_by=person)
    if found["items"]:
        r.session.add(_write(r, r.session.get_one(Person, person), found["items"]))
    row.cursor = found["next"]
    if not found["more"]:
        row.told_on = r.today
    return len(found["items"]), found["more"]


def _begins(r: Registrar, person: int) -> int:
    """Up to which entry everything was told; where nothing was, the entry behind which the first watch began."""
    row = r.session.get(Digest, person)
    if row is not None:
        return row.cursor
    first = r.session.exec(select(func.min(Watch.after)).where(Watch.person_id == person, col(Watch.ended_at).is_(None))).one()
    return ledger_size(r) if first is None else first


def _row(r: Registrar, person: int) -> Digest:
    row = r.session.get(Digest, person) or Digest(person_id=person, every=DAILY, cursor=_begins(r, person))
    r.session.add(row)
    return row


def _line(change: dict[str, Any]) -> Text:
    after = change["after_label"]
    label = Text("{label} → {after}", "{label} → {after}").with_(label=change["label"], after=after) if after else change["label"]
    return LINE.with_(day=office_day(change["at"]), label=label, certificate=change["certificate"], product=change["product"],
                      holder=change["holder"]["name"])


def _write(r: Registrar, person: Person, changes: list[dict[str, Any]]) -> Letter:
    title, lines = SUBJECT.with_(n=len(changes)), [_line(change) for change in changes]
    zh, en = ("\n\n".join([title.in_(lang), *(line.in_(lang) for line in lines), CLOSE.in_(lang)]) for lang in ("zh", "en"))
    return Letter(entry_seq=changes[-1]["cursor"], person_id=person.id, address=person.email, subject=f"{title.zh} / {title.en}",
                  body=f"{zh}\n\n{en}\n\n{r.settings.public_base_url}/watches\n", queued_at=r.now, send_after=r.now)
