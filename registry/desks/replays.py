"""The counter for repeated requests: what was answered under an Idempotency-Key, and by which request. No act is done here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from registry.books.models import Answered
from registry.errors import KeyReused
from registry.registrar import Registrar
from registry.words import Text


@dataclass(frozen=True)
class Answer:
    """An answer as it was given: HTTP status, the headers that belong to it, and the body."""

    status: int
    headers: Mapping[str, str]
    body: str


def find_answer(r: Registrar, caller: str, key: str, request_digest: str) -> Answer | None:
    """What `caller` was answered under `key`, or None: then the act is still to be done, in this same unit.

    A unit holds the pen from its beginning, so of two requests with one key the second finds the first one's answer.
    KeyReused if the key belongs to another request.
    """
    kept = r.session.get(Answered, (caller, key))
    if kept is None:
        return None
    if kept.request_sha256 != request_digest:
        raise KeyReused(
            Text("该 Idempotency-Key 已用于另一请求。", "This Idempotency-Key belongs to another request."),
            action=Text("请为新的请求换一个键。", "Take a new key for a new request."),
        )
    return Answer(kept.status, kept.headers, kept.body)


def keep_answer(r: Registrar, caller: str, key: str, request_digest: str, answer: Answer) -> None:
    """Keep the answer in the transaction of the act: both are there afterwards, or neither."""
    r.session.add(Answered(
        actor=caller, key=key, request_sha256=request_digest, status=answer.status, headers=dict(answer.headers),
        body=answer.body, answered_at=r.now,
    ))
    r.session.flush()
