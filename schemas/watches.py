"""Wire shapes of watching: what is watched, what happened to it, the addresses at which one is told."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from registry.desks.digests import EVERY
from registry.desks.watches import KIND_LABELS, MOST_LISTED
from registry.desks.webhooks import STATES
from schemas.base import Input, Line, instant, page_of, some, words


class WatchRequest(Input):
    """What is to be watched: a certificate by number, a holder by credit code, a class by its key; a `list` by its name, with
    its certificates and holders; or what answered a `bill`, by the secret of its address or task."""

    kind = fields.String(required=True, validate=validate.OneOf([*KIND_LABELS, "bill"]))
    value = Line(64, 1, required=True, metadata={"example": "HN-STJ-2026-0001-X"})
    certificates = fields.List(Line(64, 1), load_default=list, validate=validate.Length(max=MOST_LISTED))
    holders = fields.List(Line(40, 1), load_default=list, validate=validate.Length(max=MOST_LISTED))


class WatchView(Schema):
    """One watch. It tells of what comes after the entry `after`."""

    id = fields.Integer(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(list(KIND_LABELS)))
    kind_label = words(required=True)
    value = fields.String(required=True)
    label = words(required=True)
    count = fields.Integer(required=True)
    began_at = instant(required=True)
    after = fields.Integer(required=True)


WatchPage = page_of(WatchView, "WatchPage")


class WatchedChangesQuery(Input):
    """After which entry."""

    after = fields.Integer(load_default=0, validate=validate.Range(0, 2**53), metadata={
        "description": "上次答复的 next；从头开始用 0 / the `next` of the last answer; 0 to begin with"})  # fmt: skip
    limit = fields.Integer(load_default=100, validate=validate.Range(1, 1000))


class WatchFeeds(Schema):
    """The secret addresses of one's changes (Atom) and last days (iCalendar); told this once, and ended like a token."""

    atom = fields.String(required=True, allow_none=True)
    ics = fields.String(required=True, allow_none=True)


class DigestRequest(Input):
    """How often: `day`, `week` (on Mondays) or `none`."""

    every = fields.String(required=True, validate=validate.OneOf(list(EVERY)))


class DigestView(Schema):
    """How often a mail tells of what is watched."""

    every = fields.String(required=True, validate=validate.OneOf(list(EVERY)))
    every_label = words(required=True)


class WebhookRequest(Input):
    """An https address that the public internet can reach."""

    url = Line(500, 1, required=True, metadata={"example": "https://example.com/hook"})


class DeadLetterView(Schema):
    """A change that was given up after the last try: it can be replayed from the cursor before it."""

    cursor = fields.Integer(required=True)
    attempts = fields.Integer(required=True)
    answer = fields.String(required=True)
    given_up_at = instant(required=True)


class WebhookView(Schema):
    """A webhook: everything up to the entry `cursor` was delivered or given up."""

    id = fields.Integer(required=True)
    url = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(list(STATES)))
    state_label = words(required=True)
    cursor = fields.Integer(required=True)
    answer = fields.String(required=True, allow_none=True)
    attempts = fields.Integer(required=True)
    again_at = instant(required=True, allow_none=True)
    failing_since = instant(required=True, allow_none=True)
    made_at = instant(required=True)
    dead_letters = some(DeadLetterView, required=True)


class NewWebhook(WebhookView):
    """A new webhook; its secret is told this once."""

    secret = fields.String(required=True, allow_none=True)


class ReplayRequest(Input):
    """Everything later than this entry is sent again, under the ids of before."""

    after = fields.Integer(required=True, validate=validate.Range(0, 2**53))


WebhookPage = page_of(WebhookView, "WebhookPage")
