"""The measurements. Each compares two things within one run, taken in turns, and returns rows for the report."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import rfc8785
from flask import Flask, Response, request
from sqlalchemy import event
from werkzeug.test import EnvironBuilder

import web
from registry.actors import CLOCK
from registry.books import ledger
from registry.desks import deadlines, holds
from tests.benchmarks.stock import COMMON, DUE, OFFICER, RARE, Stock

ROOT = Path(__file__).parents[2]
ROUNDS = 7
COLUMNS = (
    "c.number, c.product, c.holder_name, c.valid_from, c.valid_until, c.status, c.suspended, c.scope_text, e.credit_code"
)
NAMES = ("number", "product", "holder", "valid_from", "valid_until", "status", "suspended", "scope", "credit_code")
ONE = f"SELECT {COLUMNS} FROM certificate c JOIN enterprise e ON e.id = c.enterprise_id WHERE c.number = ?"
FOUND = (f"SELECT {COLUMNS} FROM certificatewords_index i JOIN certificate c ON c.id = i.rowid JOIN enterprise e ON e.id = c.enterprise_id "
         "WHERE certificatewords_index MATCH ? ORDER BY i.rowid DESC LIMIT 21")
COUNTED = "SELECT count(*) FROM (SELECT 1 FROM certificatewords_index WHERE certificatewords_index MATCH ? LIMIT 1001)"
PAGE = f"SELECT {COLUMNS} FROM certificate c JOIN enterprise e ON e.id = c.enterprise_id ORDER BY c.id DESC LIMIT 21"


@dataclass(frozen=True)
class Result:
    """One line of the report. `reached` is None where performance has no goal yet."""

    path: str
    size: str
    goal: str
    reference: str
    result: str
    reached: bool | None


# ------------------------------------------------------------------------------------------------------------------ HTTP


def lookup(stock: Stock, database: str = "SQLite") -> list[Result]:
    """GET /api/v1/certificates/{number} against R: a bare Flask route, one raw indexed SELECT, orjson."""
    app, least = web.build(stock.office, limits=False), bare(stock)
    ours = calls_of(app, [f"/api/v1/certificates/{number}" for number in stock.numbers])
    raw = calls_of(least, [f"/r/{number}" for number in stock.numbers])
    mine, theirs = in_turns(ours, raw)
    ratio = theirs.typical / mine.typical
    tail = mine.p99 / theirs.p99
    size = f"{stock.size:,}"
    return [
        Result(f"GET /api/v1/certificates/{{number}}, {database}", size, "≥ 0.9 R", f"R: {theirs.rate:,.0f}/s",
               f"{ratio:.2f} R ({mine.rate:,.0f}/s)", ratio >= 0.9),
        Result(f"the same, slowest in a hundred, {database}", size, "≤ 2 × R's", f"R: {theirs.p99 * 1000:.2f} ms",
               f"{tail:.1f} × ({mine.p99 * 1000:.2f} ms)", tail <= 2),
    ]


def list_page(stock: Stock) -> list[Result]:
    """The first page of certificates against the same rows by one raw SELECT behind a bare route."""
    app, least = web.build(stock.office, limits=False), bare(stock)
    mine, theirs = in_turns(calls_of(app, ["/api/v1/certificates?limit=20"] * 40), calls_of(least, ["/page"] * 40))
    ratio = theirs.typical / mine.typical
    return [Result("GET /api/v1/certificates, a page of 20", f"{stock.size:,}", "≥ 0.5 of the raw route",
                   f"{theirs.rate:,.0f}/s", f"{ratio:.2f} ({mine.rate:,.0f}/s)", ratio >= 0.5)]


@dataclass(frozen=True)
class _Times:
    seconds: Sequence[float]

    @property
    def typical(self) -> float:
        """The lower quartile: a busy machine takes the processor away from a call, it never gives it more."""
        return sorted(self.seconds)[len(self.seconds) // 4]

    @property
    def p99(self) -> float:
        return sorted(self.seconds)[int(len(self.seconds) * 0.99) - 1]

    @property
    def rate(self) -> float:
        return 1 / self.typical


def in_turns(ours: Sequence[Callable[[], None]], theirs: Sequence[Callable[[], None]]) -> tuple[_Times, _Times]:
    """Each list of calls in turns, so that whatever else the machine does falls on both; the first round is thrown away."""
    found: tuple[list[float], list[float]] = ([], [])
    for turn in range(ROUNDS + 1):
        for calls, times in zip((ours, theirs), found, strict=True):
            taken = [timed(call) for call in calls]
            times += taken if turn else []
    return _Times(found[0]), _Times(found[1])


def timed(call: Callable[[], None]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def calls_of(app: Flask, addresses: Sequence[str]) -> list[Callable[[], None]]:
    """One WSGI call for each address: the application's own time, without a network and without a client's."""
    return [_call(app, EnvironBuilder(path=a.partition("?")[0], query_string=a.partition("?")[2]).get_environ()) for a in addresses]


def _call(app: Flask, environ: dict[str, Any]) -> Callable[[], None]:
    def start(status: str, _headers: Any, _error: Any = None) -> Callable[[bytes], object]:
        assert status.startswith("200"), status
        return lambda _bytes: None

    def call() -> None:
        answer = app(environ | {"wsgi.input": io.BytesIO()}, start)
        assert sum(map(len, answer)) > 100
        if hasattr(answer, "close"):
            answer.close()

    return call


def bare(stock: Stock) -> Flask:
    """R: what an answer from this database costs at the very least behind Flask. One connection, held."""
    app = Flask("bare")
    app.extensions["held"] = held = stock.office.engine.raw_connection()  # or it would go back to the pool
    cursor = held.cursor()
    one = ONE if stock.office.engine.dialect.name == "sqlite" else ONE.replace("?", "%s")

    @app.get("/r/<number>")
    def read(number: str) -> Response:
        cursor.execute(one, (number,))
        return _plain(dict(zip(NAMES, cursor.fetchone(), strict=True)))

    @app.get("/page")
    def page() -> Response:
        cursor.execute(PAGE)
        return _plain({"items": [dict(zip(NAMES, row, strict=True)) for row in cursor.fetchall()], "next": None})

    @app.get("/search")
    def search() -> Response:
        asked = (f'"{request.args["q"]}"',)
        rows = cursor.execute(FOUND, asked).fetchall()
        return _plain({"items": rows, "total": cursor.execute(COUNTED, asked).fetchone()[0]})

    return app


def _plain(content: object) -> Response:
    return Response(orjson.dumps(content), content_type="application/json")


# ----------------------------------------------------------------------------------------------------------------- sweep


def sweep(stocks: Sequence[Stock]) -> list[Result]:
    """Finding the DUE that are due tonight, as the sweep does: the largest register against the smallest, in turns."""
    least, most = stocks[0], stocks[-1]
    plans = _plans(most)
    indexed = bool(plans) and all("USING INDEX ix_" in plan and "_due (" in plan for plan in plans)
    results = [Result("sweep: plan by EXPLAIN", f"{most.size:,}", "the index on due_at", "",
                      "the index" if indexed else "NOT the index: " + " / ".join(plans), indexed)]
    if least is not most:
        small, large = (min(times) for times in _rounds([lambda s=s: _find_due(s) for s in (least, most)], ROUNDS * 5))  # type: ignore[misc]
        results += [Result(f"sweep: finding {DUE} that are due", f"{most.size:,}", "≤ 1.2 ×", f"of {least.size:,}: {small * 1000:.1f} ms",
                           f"{large / small:.2f} × ({large * 1000:.1f} ms)", large / small <= 1.2)]
    return results


def search(stocks: Sequence[Stock]) -> list[Result]:
    """A page of 20 and a count up to a thousand, of two characters: against the same asked raw behind a bare route, and as the register grows."""
    least, most = stocks[0], stocks[-1]
    app, raw, size = web.build(most.office, limits=False), bare(most), f"{most.size:,}"
    results = []
    for words, q in (("few have", RARE), ("many have", COMMON)):
        mine, theirs = in_turns(calls_of(app, [f"/api/v1/certificates?limit=20&q={q}"] * 20), calls_of(raw, [f"/search?q={q}"] * 20))
        ratio = theirs.typical / mine.typical
        results.append(Result(f"search: two characters that {words}, page and count", size, "≥ 0.5 of the raw route", f"{theirs.rate:,.0f}/s",
                              f"{ratio:.2f} ({mine.rate:,.0f}/s)", ratio >= 0.5))
    if least is not most:
        for words, extra in (("page and count", ""), ("with facets", "&facets=true")):
            calls = [calls_of(web.build(s.office, limits=False), [f"/api/v1/certificates?limit=20&q={COMMON}{extra}"])[0] for s in (least, most)]
            small, large = (min(times) for times in _rounds(calls, ROUNDS * 3))
            results.append(Result(f"search: two characters that many have, {words}", size, "≤ 2 ×", f"of {least.size:,}: {small * 1000:.1f} ms",
                                  f"{large / small:.1f} × ({large * 1000:.1f} ms)", large / small <= 2))
    return results


def _rounds(calls: Sequence[Callable[[], None]], rounds: int) -> list[list[float]]:
    """The times of each call, the calls taken in turns."""
    found: list[list[float]] = [[] for _ in calls]
    for _ in range(rounds):
        for call, times in zip(calls, found, strict=True):
            times.append(timed(call))
    return found


def _find_due(stock: Stock) -> None:
    with stock.office.reading(CLOCK) as r:
        assert len(deadlines.search_due(r)) == DUE


def _plans(stock: Stock) -> list[str]:
    """How the database goes about each statement of the sweep's search."""
    said: dict[str, Any] = {}

    def remember(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        said[statement] = parameters

    event.listen(stock.office.engine, "before_cursor_execute", remember)
    _find_due(stock)
    event.remove(stock.office.engine, "before_cursor_execute", remember)
    with stock.office.engine.connect() as connection:
        return ["; ".join(str(row[-1]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters))
                for statement, parameters in said.items() if "due_at" in statement]


# ---------------------------------------------------------------------------------------------------------- acts, ledger


def act(stock: Stock) -> list[Result]:
    """One act through the one door against a raw durable transaction: read, event, update, outbox."""
    doors = (holds.hold_certificate, holds.release_certificate)
    numbers = stock.numbers[:20]

    def through_the_door(turn: int) -> None:
        for number in numbers:
            with stock.office.registrar(OFFICER) as r:
                doors[turn % 2](r, number, "为测量而办理。")

    mine: list[float] = []
    theirs: list[float] = []
    with _raw(stock, numbers) as raw_transactions:
        for turn in range(2 * ROUNDS + 2):
            mine.append(timed(lambda t=turn: through_the_door(t)))  # type: ignore[misc]
            theirs.append(timed(raw_transactions))
    ratio = statistics.median(raw / door for raw, door in zip(theirs, mine, strict=True))
    rate, raw_rate = len(numbers) / statistics.median(mine), len(numbers) / statistics.median(theirs)
    return [Result("one act through the one door, durable", f"{stock.size:,}", "≥ 0.5 of its rate",
                   f"raw durable transaction: {raw_rate:,.0f}/s", f"{ratio:.2f} ({rate:,.0f}/s)", ratio >= 0.5)]


@contextlib.contextmanager
def _raw(stock: Stock, numbers: Sequence[str]) -> Iterator[Callable[[], None]]:
    held = stock.office.engine.raw_connection()
    cursor = held.cursor()
    cursor.execute("CREATE TABLE bench_event (id INTEGER PRIMARY KEY, subject TEXT, act TEXT, facts TEXT, hash TEXT UNIQUE)")
    cursor.execute("CREATE TABLE bench_outbox (id INTEGER PRIMARY KEY, address TEXT, subject TEXT, body TEXT)")
    count = 0

    def once() -> None:
        nonlocal count
        for number in numbers:
            count += 1
            cursor.execute("BEGIN IMMEDIATE")
            cursor.execute("SELECT * FROM certificate WHERE number = ?", (number,))
            row = cursor.fetchone()
            facts = json.dumps({"reason": "为测量而办理。", "row": row[0]}, ensure_ascii=False)
            cursor.execute("INSERT INTO bench_event (subject, act, facts, hash) VALUES (?, ?, ?, ?)",
                           (number, "suspend", facts, hashlib.sha256(f"{count}{facts}".encode()).hexdigest()))
            cursor.execute("UPDATE certificate SET suspended = suspended WHERE id = ?", (row[0],))
            cursor.execute("INSERT INTO bench_outbox (address, subject, body) VALUES (?, ?, ?)", ("a@example.com", number, facts * 4))
            cursor.execute("COMMIT")

    try:
        yield once
    finally:
        cursor.execute("DROP TABLE bench_event")
        cursor.execute("DROP TABLE bench_outbox")
        held.close()


def verify(stock: Stock) -> list[Result]:
    """Walking the chain against reading the same rows raw and hashing them."""
    with stock.office.reading(CLOCK) as r:
        began = time.perf_counter()
        faults = list(ledger.verify(r.session))
        mine = time.perf_counter() - began
    assert not faults, faults[:3]
    held = stock.office.engine.raw_connection()
    began = time.perf_counter()
    count = 0
    for row in held.cursor().execute(
        "SELECT seq, at, actor, role, subject_kind, subject, act, before, after, facts, previous FROM entry ORDER BY seq"
    ):
        body = dict(zip(("seq", "at", "actor", "role", "kind", "subject", "act", "before", "after", "facts", "previous"), row, strict=True))
        hashlib.sha256(rfc8785.dumps(body | {"facts": json.loads(body["facts"])})).hexdigest()
        count += 1
    theirs = time.perf_counter() - began
    held.close()
    return [Result("audit: entries of the ledger verified", f"{stock.size:,}", "none yet", f"read and hashed raw: {count / theirs:,.0f}/s",
                   f"{theirs / mine:.2f} ({count / mine:,.0f}/s)", None)]


# ----------------------------------------------------------------------------------------------------------------- start

BARE_START = "import flask, sqlmodel, marshmallow"
OUR_START = """
from app import wsgi
client = wsgi().test_client()
answer = client.get("/api/v1/certificates/{number}")
assert answer.status_code == 200, answer.status_code
"""
# What this process holds by then; getrusage would also count what its parent held when it was forked.
TELL = "\nprint(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmRSS')))"


def cold_start(stock: Stock) -> list[Result]:
    """From nothing to the first answer, and the memory of that process, against importing the libraries alone."""
    code = OUR_START.format(number=stock.numbers[0])
    environment = {"DATA": str(stock.office.settings.data), "PATH": os.environ["PATH"], "SECRET_KEY": "for measuring only"}
    runs: dict[str, list[tuple[float, float]]] = {BARE_START: [], code: []}
    for _ in range(5):
        for source, found in runs.items():
            found.append(_fresh(source, environment))
    bare, ours = (min(t for t, _ in runs[s]) for s in (BARE_START, code))
    light, heavy = (statistics.median(m for _, m in runs[s]) for s in (BARE_START, code))
    return [
        Result("cold start to the first answer", f"{stock.size:,}", "≤ 2 ×", f"importing Flask, SQLModel, marshmallow: {bare:.2f} s",
               f"{ours / bare:.2f} × ({ours:.2f} s)", ours / bare <= 2),
        Result("memory of one worker's process after it", f"{stock.size:,}", "≤ 120 MB", f"the same imports: {light:.0f} MB",
               f"{heavy:.0f} MB", heavy <= 120),
    ]


def _fresh(source: str, environment: dict[str, str]) -> tuple[float, float]:
    """Seconds and MB of a new Python that runs `source`."""
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", source + TELL], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    taken = time.perf_counter() - began
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return taken, int(done.stdout.split()[-1]) / 1024
