"""`make bench`: measures the office against references within the same run, prints each goal, and writes docs/benchmarks.md.

    python -m tests.bench [SIZE ...] [--full] [--no-postgres] [--no-write]

Machines are noisy and differ; a ratio within one run means something on any of them. No test depends on it.
"""

from __future__ import annotations

import argparse
import os
import platform
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from registry.clock import SystemClock, office_day
from tests import databases
from tests.benchmarks import measures, verification, watching
from tests.benchmarks.measures import Result
from tests.benchmarks.stock import Stock, fill

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
SIZES, FULL = [10_000, 100_000], 1_000_000
BEGAN = time.monotonic()
WORDS = {True: "yes", False: "NO", None: "—"}


def main() -> None:
    options = _options()
    sizes = sorted({*(options.sizes or SIZES), *([FULL] if options.full else [])})
    with TemporaryDirectory(prefix="registry-bench-") as folder:
        stocks = [_stock(Path(folder) / str(size), size) for size in sizes]
        with _quiet():
            results = _measure(stocks)
        _say("webhooks: a revocation on its way")
        with _quiet():
            results += watching.revocation(Path(folder) / "watching")
        for stock in stocks:
            stock.office.close()
        if not options.no_postgres:
            results += _on_postgres(Path(folder) / "postgres", sizes[0])
    print("\n" + _table(results))
    missed = [r.path for r in results if r.reached is False]
    print(f"\n{sum(r.reached is True for r in results)} goals reached, {len(missed)} not" + "".join(f"\n  NOT reached: {p}" for p in missed))
    if not options.no_write:
        PAGE.write_text(_page(results, sizes), encoding="utf-8")
        print(f"written: docs/{PAGE.name}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("sizes", nargs="*", type=int, help="numbers of certificates (10000 100000)")
    parser.add_argument("--full", action="store_true", help="a million certificates too")
    parser.add_argument("--no-postgres", action="store_true", help="SQLite only")
    parser.add_argument("--no-write", action="store_true", help="leave docs/benchmarks.md as it is")
    return parser.parse_args()


def _say(words: str) -> None:
    print(f"[{time.monotonic() - BEGAN:4.0f} s] {words}", flush=True)


def _stock(folder: Path, size: int, database_url: str = "") -> Stock:
    _say(f"{size:,} certificates: building")
    return fill(folder, size, _say, database_url)


def _measure(stocks: list[Stock]) -> list[Result]:
    results: list[Result] = []
    for stock in stocks:
        results += _step(stock, "look-up by number", lambda s=stock: measures.lookup(s))  # type: ignore[misc]
        results += _step(stock, "verdicts", lambda s=stock: verification.verdict(s) + verification.batch(s))  # type: ignore[misc]
        results += _step(stock, "a page of the list", lambda s=stock: measures.list_page(s))  # type: ignore[misc]
    largest = stocks[-1]
    results += _step(largest, "search, against the smallest", lambda: measures.search(stocks))
    results += _step(largest, "a bill of materials", lambda: verification.bill(largest))
    results += _step(largest, "sweep, against the smallest", lambda: measures.sweep(stocks))
    results += _step(largest, "acts", lambda: measures.act(largest))
    results += _step(largest, "the ledger", lambda: measures.verify(largest))
    results += _step(largest, "cold start", lambda: measures.cold_start(largest))
    return results


def _step(stock: Stock, words: str, measure: Callable[[], list[Result]]) -> list[Result]:
    _say(f"{stock.size:,} certificates: {words}")
    return measure()


@contextmanager
def _quiet() -> Iterator[None]:
    """The application's log is written as ever (that costs too), but nowhere."""
    kept = sys.stderr
    with open(os.devnull, "w") as nowhere:
        sys.stderr = nowhere
        try:
            yield
        finally:
            sys.stderr = kept


def _on_postgres(folder: Path, size: int) -> list[Result]:
    try:
        stop = databases.open_postgres()
    except Exception as fault:
        _say(f"PostgreSQL: not measured, it cannot be had here ({type(fault).__name__})")
        return []
    try:
        with databases.postgres_copy() as url:
            stock = _stock(folder, size, url)
            with _quiet():
                results = _step(stock, "look-up by number, PostgreSQL",
                                lambda: measures.lookup(stock, "PostgreSQL") + verification.verdict(stock, "PostgreSQL"))
            stock.office.close()
        return results
    finally:
        stop()


def _table(results: list[Result]) -> str:
    rows = [("what", "certificates", "goal", "reference", "result", "reached")]
    rows += [(r.path, r.size, r.goal, r.reference, r.result, WORDS[r.reached]) for r in results]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])


def _page(results: list[Result], sizes: list[int]) -> str:
    day = office_day(SystemClock().now())
    machine = f"{os.cpu_count()} cores, CPython {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    return f"""# Benchmarks

<!-- Written by `make bench`. Run it again rather than editing this. -->

Measured on {day.isoformat()}: {machine}; {", ".join(f"{s:,}" for s in sizes)} synthetic certificates. Every result is a ratio to
a reference that was measured in turns with it, in the same process; a figure a second belongs to that machine and that hour.

`R` is a bare Flask route that does one indexed raw SELECT on a connection it holds, and answers by orjson. HTTP is measured as
calls of the WSGI application, without network, server and client: stricter than through a server, whose share both would
have. Rates are those of the quicker quarter of the calls, since a busy machine only ever takes time away; the slowest in a
hundred are as they came. The database is as durable as in use (`synchronous=FULL`).

{_table(results)}

A goal that is not reached says NO. The goals that are not in the table yet belong to parts that do not exist yet.
"""


if __name__ == "__main__":
    main()
