"""The training office's clock: where it stands, what would fall due, moving it on. Nothing here exists in a real office."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from queue import Queue
from threading import Thread
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from registry.actors import CLOCK
from registry.clock import OFFICE_ZONE, day_ends_at
from registry.desks import deadlines
from registry.errors import BadInput, Finding, NotFound, Refusal
from registry.law.lifecycle import label_of
from registry.registrar import Registrar
from registry.words import Text
from web.counter import ANYONE, open_to, this_office
from web.pages.acts import given, refuse

pages = Blueprint("training", __name__)

# Steps that the page offers, in days from the office's today: for practice, not a period of any law.
STEPS = ((1, Text("一天", "one day")), (7, Text("一周", "a week")), (30, Text("30 天", "30 days")), (365, Text("365 天", "365 days")))
SHOWN, MOST_YEARS = 60, 30
MARK = "<!-- steps -->"  # where the page is cut, to tell the steps of a walk


def _must_be_training() -> None:
    if not this_office().is_training:
        raise NotFound(Text("没有这个页面。", "There is no such page."))


@pages.get("/training/clock")
@open_to(ANYONE)
def clock() -> str:
    """Where the clock stands; with ?to= also what would fall due until then."""
    _must_be_training()
    return _clock_page([])


def _clock_page(events: list[Any], *, moving: bool = False) -> str:
    office, asked, preview, refusal = this_office(), request.values.get("to", ""), [], None
    if asked and request.method == "GET":
        try:
            with office.reading(CLOCK) as r:
                preview = list(_falls_due(r, _read_day(asked, office.today())))
        except Refusal as no:
            refusal = no
    return render_template(
        "office/clock.html", to=asked, preview=preview, refusal=refusal, events=events, shown=SHOWN,
        moving=Markup(MARK) if moving else None,  # noqa: S704 - our own constant
        steps=[(office.today() + timedelta(days=days), label) for days, label in STEPS],
    )  # fmt: skip


def _read_day(text: str, today: date) -> date:
    """A later day; BadInput for anything else."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        day = today
    if not today < day <= today.replace(year=today.year + MOST_YEARS, day=1):
        message = Text(f"请选择今天之后、{MOST_YEARS} 年以内的日期。", f"Choose a day after today, within {MOST_YEARS} years.")
        raise BadInput(message, findings=[Finding("to", "bad-day", message)])
    return day


def _falls_due(r: Registrar, until: date) -> Iterator[tuple[Text, str]]:
    """What is due by the end of `until` as things now stand; what follows from that comes on top."""
    then = replace(r, now=day_ends_at(until))
    for kind, number, act, *_ in deadlines.search_due(then):
        yield label_of(kind, act), number
    for window in deadlines.windows(then, then.today, then.today):
        stage = then.law.regulation(window.certificate.regulation_id).step_label(window.stage)
        yield Text(f"到期提醒（{stage.zh}）", f"Reminder ({stage.en})"), window.certificate.number
    for _kind, number, act, *_ in deadlines.search_waiting(then):
        yield Text(f"{label_of(_kind, act).zh}（暂定日期，待确认）", f"{label_of(_kind, act).en} (provisional date, to be confirmed)"), number


@pages.post("/training/clock")
@open_to(ANYONE)
def move() -> ResponseReturnValue:
    """Move the clock to the present time of day on the day asked for, every job on the way run in its order.

    The answer is written as the walk goes on, so that a walk of several years shows how far it has come.
    """
    _must_be_training()
    try:
        walk = Walk(_read_day(given("to"), this_office().today()))
    except Refusal as refusal:
        return refuse(refusal, url_for(".clock"), lambda: _clock_page([]))
    head, tail = _clock_page([], moving=True).split(MARK)
    return Response(stream_with_context(_told(walk, head, tail)), mimetype="text/html")


def _told(walk: Walk, head: str, tail: str) -> Iterator[str]:
    yield head
    for step in walk.steps():
        yield f"<li>{escape(step)}</li>\n"
    yield tail


class Walk:
    """One walk of the clock in a thread of its own, told step by step. A refusal at its beginning is raised at once."""

    def __init__(self, to: date) -> None:
        self._told: Queue[str | None] = Queue()
        self._refusal: Exception | None = None
        advance = current_app.config["ADVANCE_CLOCK"]
        Thread(target=self._go, args=(advance, to), daemon=True).start()
        self._first = self._told.get()
        if self._first is None and self._refusal is not None:
            raise self._refusal

    def _go(self, advance: Callable[..., Any], to: date) -> None:
        try:
            events = advance(to, lambda done, total, what: self._told.put(f"{what} · {done} / {total}"))
            for event in events[-SHOWN:]:
                self._told.put(f"{event.at.astimezone(OFFICE_ZONE):%Y-%m-%d %H:%M} · {event.line}")
        except Exception as no:  # told to whoever is reading the page
            self._refusal = no
        self._told.put(None)

    def steps(self) -> Iterator[str]:
        step = self._first
        while step is not None:
            yield step
            step = self._told.get()
        if self._refusal is not None:
            yield str(self._refusal)
