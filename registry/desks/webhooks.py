"""The counter for webhooks: where a person is told by program of what they watch, and what came of each try. It sends nothing.

The ledger is the queue: a webhook keeps the entry up to which it was told, so that a crash repeats a message and never drops one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, func, select

from registry.books.models import DeadLetter, Letter, Person, Webhook
from registry.desks.addresses import Resolver, find_target, resolve
from registry.desks.enquiries import search_changes
from registry.desks.watches import ledger_size, person_of
from registry.errors import BadInput, Finding, NotFound, NotYet
from registry.registrar import Registrar
from registry.words import Text

MOST = 5
BACK_OFF_SECONDS = (10, 60, 300, 1800, 3600, 3600)  # before the second try, the third, and so on; after the last it is a dead letter
TRIES = len(BACK_OFF_SECONDS) + 1
GIVEN_UP_AFTER = timedelta(days=5)  # of nothing but failures: then no further try is made
GONE = 410  # what a receiver answers that wants no more
IN_HAND = timedelta(seconds=30)  # longer than any try: then it comes back, should its sender have died
STATES = {"working": Text("正常", "Working"), "failing": Text("投递失败，将重试", "Failing; it is tried again"),
          "disabled": Text("已停用", "Disabled")}  # fmt: skip
DISABLED = (Text("回调地址已停用：{url}", "Webhook disabled: {url}"),
            Text("该地址持续拒收（{answer}），已停止投递。变动没有丢失：修复后请在“我的关注”中从中断处重新投递。",
                 "The address has gone on refusing ({answer}); nothing more is sent to it. No change is lost: once it is mended, "
                 "send them again from where it stopped, under “Watches”."))  # fmt: skip


@dataclass(frozen=True)
class Delivery:
    """One change on its way to one webhook. `id` is the same at every try; `secret` signs it."""

    webhook: int
    url: str
    secret: str
    id: str
    seq: int
    cursor: int
    change: dict[str, Any]


def make_webhook(r: Registrar, *, url: str, resolver: Resolver = resolve) -> dict[str, Any]:
    """Have changes of what one watches sent to `url`, from now on. Tells the secret, this once. BadInput, NotYet beyond MOST."""
    person, url = person_of(r), url.strip()
    r.put_pen_down()  # a name server may take its time
    find_target(url, r.settings.webhook_networks, resolver)
    r.session.get_one(Person, person, with_for_update=True)  # two at once are counted one after the other
    if r.session.exec(select(func.count(col(Webhook.id))).where(Webhook.person_id == person, col(Webhook.ended_at).is_(None))).one() >= MOST:
        raise NotYet(Text(f"最多 {MOST} 个回调地址。", f"At most {MOST} webhooks."), action=Text("请先删除一个。", "Remove one first."))
    row = Webhook(person_id=person, url=url, salt=secrets.token_hex(16), cursor=ledger_size(r), send_after=r.now, made_at=r.now)
    r.session.add(row)
    r.session.flush()
    return _shown(r, row) | {"secret": _secret(r, row)}


def list_webhooks(r: Registrar) -> list[dict[str, Any]]:
    """One's own, with what they would not take."""
    return [_shown(r, w) for w in r.session.exec(_open().where(Webhook.person_id == person_of(r)).order_by(col(Webhook.id)))]


def remove_webhook(r: Registrar, webhook: int) -> None:
    """Send nothing more to it."""
    _mine(r, webhook).ended_at = r.now


def replay(r: Registrar, webhook: int, *, after: int) -> dict[str, Any]:
    """Send again everything later than the entry `after`, under the ids of before; a disabled webhook works again."""
    row = _mine(r, webhook)
    if not 0 <= after <= ledger_size(r):
        words = Text("没有这个位置。", "There is no such place.")
        raise BadInput(words, findings=[Finding("after", "range", words)])
    row.cursor, row.attempts, row.send_after, row.failing_since, row.disabled_at = after, 0, r.now, None, None
    for dead in r.session.exec(select(DeadLetter).where(DeadLetter.webhook_id == row.id, DeadLetter.entry_seq > after)):
        r.session.delete(dead)
    r.session.flush()
    return _shown(r, row)


# ------------------------------------------------------------------------------------------------------ for the job alone


@dataclass(frozen=True)
class Owed:
    """What is owed now: the deliveries that come next, one a webhook, those longest in good order first; and the webhooks to which
    nothing is owed up to the entry `upto`, with where they stand."""

    deliveries: list[Delivery]
    quiet: dict[int, int]
    upto: int


def search_owed(r: Registrar) -> Owed:
    """What may be sent now. Its cost follows what the ledger got since the last time, and who has a webhook."""
    size = ledger_size(r)
    query = _due(r).where(Webhook.cursor < size).order_by(col(Webhook.attempts), col(Webhook.send_after), col(Webhook.id))
    found = {row.id: (row.cursor, _next(r, row)) for row in r.session.exec(query)}
    return Owed([sent for _, sent in found.values() if sent], {hook: at for hook, (at, sent) in found.items() if not sent}, size)


def pass_over(r: Registrar, owed: Owed) -> None:
    """Nothing up to `upto` concerns these: it is not looked through again."""
    for row in r.session.exec(_due(r).where(col(Webhook.id).in_(owed.quiet))):
        if row.cursor == owed.quiet[row.id]:
            _settle(r, row, owed.upto)


def next_delivery(r: Registrar, webhook: int) -> Delivery | None:
    """What is to be sent to it next; None if nothing is, or not yet."""
    row = r.session.exec(_due(r).where(Webhook.id == webhook)).first()
    return _next(r, row) if row else None


def take_up(r: Registrar, sent: Delivery) -> bool:
    """Take a delivery in hand before it is sent: nobody else sends it meanwhile. False if somebody has, or it is no longer the next."""
    row = r.session.exec(_due(r).where(Webhook.id == sent.webhook, Webhook.cursor == sent.cursor)).first()
    if row is None:
        return False
    row.send_after = r.now + IN_HAND
    return True


def mark_taken(r: Registrar, sent: Delivery) -> None:
    """The receiver has taken it. If somebody asked for a replay meanwhile, that stands."""
    row = r.session.get_one(Webhook, sent.webhook)
    if row.cursor == sent.cursor:
        _settle(r, row, sent.seq)


def mark_refused(r: Registrar, sent: Delivery, answer: str, *, gone: bool = False) -> None:
    """It was not taken. It is tried again later; after the last try it is a dead letter and the next change's turn comes."""
    row = r.session.get_one(Webhook, sent.webhook)
    if row.cursor != sent.cursor:
        return
    row.attempts += 1
    row.answer, row.failing_since = answer[:500], row.failing_since or r.now
    row.send_after = r.now + timedelta(seconds=BACK_OFF_SECONDS[min(row.attempts, len(BACK_OFF_SECONDS)) - 1])
    if gone or row.failing_since + GIVEN_UP_AFTER <= r.now:
        _disable(r, row)
    elif row.attempts >= TRIES:
        r.session.add(DeadLetter(webhook_id=row.id, entry_seq=sent.seq, attempts=row.attempts, answer=row.answer, given_up_at=r.now))
        row.cursor, row.attempts = sent.seq, 0


def _settle(r: Registrar, row: Webhook, upto: int) -> None:
    row.cursor, row.attempts, row.send_after, row.failing_since, row.answer = upto, 0, r.now, None, None


def _next(r: Registrar, row: Webhook) -> Delivery | None:
    found = search_changes(r, after=row.cursor, limit=1, watched_by=row.person_id)["items"]
    if not found:
        return None
    seq = found[0]["cursor"]
    return Delivery(row.id, row.url, _secret(r, row), f"change_{seq}", seq, row.cursor, found[0])


def _due(r: Registrar) -> Any:
    """Those to which something may be sent now."""
    return _open().join(Person).where(col(Webhook.disabled_at).is_(None), col(Person.closed_at).is_(None), Webhook.send_after <= r.now)


def _disable(r: Registrar, row: Webhook) -> None:
    row.disabled_at = r.now
    person = r.session.get_one(Person, row.person_id)
    entry = r.note("account", person.login, "disable_webhook")
    title, body = (words.with_(url=row.url, answer=row.answer) for words in DISABLED)
    r.session.add(Letter(entry_seq=entry.seq, person_id=person.id, address=person.email, subject=f"{title.zh} / {title.en}"[:300],
                         body=f"{body.zh}\n\n{body.en}\n\n{r.settings.public_base_url}/watches\n", queued_at=r.now, send_after=r.now))


# ---------------------------------------------------------------------------------------------------------------- shared


def _secret(r: Registrar, row: Webhook) -> str:
    """Made of the office's key and the row's salt: who reads the database alone can sign nothing."""
    made = hmac.digest(r.settings.session_key().encode(), f"webhook:{row.salt}".encode(), hashlib.sha256)
    return f"whsec_{base64.b64encode(made).decode()}"


def _open() -> Any:
    return select(Webhook).where(col(Webhook.ended_at).is_(None))


def _mine(r: Registrar, webhook: int) -> Webhook:
    row: Webhook | None = r.session.exec(_open().where(Webhook.id == webhook, Webhook.person_id == person_of(r))).first()
    if row is None:
        raise NotFound(Text("没有这个回调地址。", "There is no such webhook."))
    return row


def _shown(r: Registrar, row: Webhook) -> dict[str, Any]:
    dead = r.session.exec(select(DeadLetter).where(DeadLetter.webhook_id == row.id).order_by(col(DeadLetter.entry_seq))).all()
    state = "disabled" if row.disabled_at else "failing" if row.failing_since else "working"
    again: datetime | None = row.send_after if state == "failing" else None
    return {"id": row.id, "url": row.url, "state": state, "state_label": STATES[state], "cursor": row.cursor, "answer": row.answer,
            "attempts": row.attempts, "again_at": again, "failing_since": row.failing_since, "made_at": row.made_at, "dead_letters": [
                {"cursor": d.entry_seq, "attempts": d.attempts, "answer": d.answer, "given_up_at": d.given_up_at} for d in dead]}
