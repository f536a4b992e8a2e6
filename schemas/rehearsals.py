"""Wire shapes of rehearsals and holds, and of the terms that run: who had an application how long, what is overdue."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from registry.desks.rehearsals import MOST_DAYS
from schemas.base import Input, Prose, instant, page_of, some, words


class RehearsalQuery(Input):
    """How many days ahead."""

    days = fields.Integer(load_default=30, validate=validate.Range(1, MOST_DAYS))


class ForeseenLetter(Schema):
    """A letter as it will read."""

    address = fields.String(required=True)
    subject = fields.String(required=True)
    body = fields.String(required=True)


class ForeseenAct(Schema):
    """One thing that a night will do."""

    kind = fields.String(required=True)
    number = fields.String(required=True)
    product = fields.String(required=True)
    act = fields.String(required=True)
    label = words(required=True)
    before = fields.String(required=True, allow_none=True)
    after = fields.String(required=True, allow_none=True)
    after_label = words(required=True, allow_none=True)
    stage = fields.String(required=True, allow_none=True, metadata={
        "description": "提醒节点或上报层级 / the reminder's window, or the step that overdue work takes"})  # fmt: skip
    stage_label = words(required=True, allow_none=True)
    measure = fields.String(required=True, allow_none=True, metadata={
        "description": "由哪项已决定的处理措施命令；搁置在该措施上办理 / which decided measure orders it; a hold is put on that"})  # fmt: skip
    overdue = fields.Boolean(required=True, metadata={"description": "现已到期，下一次运行即办理 / due already: the next run does it"})
    letters = some(ForeseenLetter, required=True)


class ForeseenDay(Schema):
    """What one night will do, in order."""

    day = fields.Date(required=True)
    items = some(ForeseenAct, required=True)


class ForeseenCount(Schema):
    """How often one act."""

    kind = fields.String(required=True)
    act = fields.String(required=True)
    label = words(required=True)
    count = fields.Integer(required=True)


class WaitingDate(Schema):
    """What falls due on a provisional date and waits for an officer."""

    kind = fields.String(required=True)
    number = fields.String(required=True)
    product = fields.String(required=True)
    act = fields.String(required=True)
    label = words(required=True)
    due_at = instant(required=True)
    overdue = fields.Boolean(required=True)


class HeldView(Schema):
    """What is on hold, and what would fall due."""

    kind = fields.String(required=True)
    number = fields.String(required=True)
    product = fields.String(required=True)
    held_at = instant(required=True)
    reason = fields.String(required=True)
    act = fields.String(required=True, allow_none=True)
    label = words(required=True, allow_none=True)
    due_at = instant(required=True, allow_none=True)
    last_day = fields.Date(required=True, allow_none=True)


class ReconciledItem(Schema):
    """One thing that was planned and not done, or done and not planned."""

    kind = fields.String(required=True)
    number = fields.String(required=True)
    act = fields.String(required=True)
    label = words(required=True)


class ReconciledRun(Schema):
    """What a run was to do, held against what the ledger says it did."""

    job = fields.String(required=True)
    finished_at = instant(required=True)
    planned = fields.Integer(required=True)
    done = fields.Integer(required=True)
    equal = fields.Boolean(required=True)
    missing = some(ReconciledItem, required=True)
    unplanned = some(ReconciledItem, required=True)


class RehearsalView(Schema):
    """What time will bring about, day by day, if nobody does anything; what waits; what is on hold."""

    today = fields.Date(required=True)
    until = fields.Date(required=True)
    days = some(ForeseenDay, required=True)
    counts = some(ForeseenCount, required=True)
    waiting = some(WaitingDate, required=True)
    held = some(HeldView, required=True)
    letters = fields.Integer(required=True)
    runs = some(ReconciledRun, required=True, metadata={
        "description": "最近几次运行：计划与完成 / the latest runs: planned and done"})  # fmt: skip


class Release(Input):
    """The end of a hold, perhaps with a word on why."""

    reason = Prose(load_default="")


class HoldView(Schema):
    """A hold: since when, and why."""

    since = instant(required=True)
    reason = fields.String(required=True)


class SpellView(Schema):
    """One state that an application was in, and how many working days that took."""

    state = fields.String(required=True)
    label = words(required=True)
    tier = fields.String(required=True)
    tier_label = words(required=True)
    from_ = fields.Date(required=True, data_key="from", attribute="from")
    until = fields.Date(required=True, allow_none=True)
    working_days = fields.Integer(required=True)
    term = words(required=True, allow_none=True)


class TierTotal(Schema):
    """How many working days one tier has had the application in all."""

    tier = fields.String(required=True)
    label = words(required=True)
    working_days = fields.Integer(required=True)
    now = fields.Boolean(required=True)


class RisenStep(Schema):
    """One step that its present term has risen."""

    step = fields.String(required=True)
    role = fields.String(required=True)
    told_at = instant(required=True)


class TiersView(Schema):
    """Who had the application how many working days over its whole life."""

    spells = some(SpellView, required=True)
    totals = some(TierTotal, required=True)
    provisional = fields.Boolean(required=True)
    risen = some(RisenStep, required=True)


class OverdueView(Schema):
    """Overdue work that has risen."""

    number = fields.String(required=True)
    product = fields.String(required=True)
    status = fields.String(required=True)
    status_label = words(required=True)
    prefecture = fields.String(required=True, allow_none=True)
    tier = fields.String(required=True)
    tier_label = words(required=True)
    term_last_on = fields.Date(required=True)
    overdue = fields.Integer(required=True, metadata={"description": "逾期工作日 / working days overdue"})
    risen_to = fields.String(required=True)


OverduePage = page_of(OverdueView, "OverduePage")
