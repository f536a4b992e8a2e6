"""The signed report on a bill: what was handed in, answered and counted, one digest over all lines; and the same asked again later.

The report lies in the bill's folder beside the answer, and goes with it. Nothing of it goes into the books.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import orjson

from registry.clock import OFFICE_ZONE, office_day
from registry.desks.bills.answers import LINES, all_lines
from registry.desks.bills.judge import judge_bill
from registry.desks.bills.keep import Bill, Counter, check_done, entries_until
from registry.desks.bills.register import Cells, Register
from registry.desks.receipts import OTHER_NOW, OTHER_THEN, SAME_NOW, SAME_THEN, Examined, ledger_state, sign
from registry.desks.verifications import undisturbed
from registry.registrar import Registrar
from registry.seal.keys import Keyring
from registry.seal.statements import BILL_REPORT, digest_of_lines
from registry.words import Text

REPORT, STATEMENT = "report.json", "report.statement.json"
MOST_ASKED_AGAIN = 10_000  # lines
NOT_ALONE = Text("文件中没有逐行结果，未逐行比较。", "The lines are not in this file: they were not compared.")
TOO_MANY = Text("超过 {n} 行，未逐行比较。", "More than {n} lines: they were not compared.")
ROWS = Text("第 {rows} 行", "row(s) {rows}")
MORE = Text("{some} 等，共 {n} 行", "{some} and others, {n} in all")
_making = threading.Lock()


def write_report(r: Registrar, ring: Keyring, bill: Bill) -> dict[str, Any]:
    """The report on an answered bill: {format, signed, statement}; signed once, then kept. NotFound while unanswered; CannotSign."""
    folder = check_done(bill).folder
    with _making:
        if not (folder / STATEMENT).is_file():
            with undisturbed():
                made = sign(r, ring, BILL_REPORT, _said(r, bill))
            _put(folder / STATEMENT, orjson.dumps(made))
    found: dict[str, Any] = orjson.loads((folder / STATEMENT).read_bytes())
    return found


def report_file(r: Registrar, ring: Keyring, bill: Bill) -> Path:
    """The report with every line beside it, as a file of JSON."""
    head = orjson.dumps(write_report(r, ring, bill))
    target = bill.folder / REPORT
    if not target.is_file():
        lines = (bill.folder / LINES).read_bytes().rstrip(b"\n").replace(b"\n", b",\n")
        _put(target, head[:-1] + b',"lines":[' + lines + b"]}")
    return target


def _said(r: Registrar, bill: Bill) -> dict[str, Any]:
    about = bill.about
    return {
        "file": {"sha256": about["sha256"], "sheet": about["sheet"] or None}, "columns": about["columns"], "begins": about["begins"],
        "as_of": about["as_of"], "zone": OFFICE_ZONE.key, "on": about.get("on"), "counts": about["counts"],
        "lines": {"count": about["lines"], "blank": about["blank"], "sha256": digest_of_lines(all_lines(bill.folder))},
        "ledger": ledger_state(r, about["ledger_size"]),
    }


def _put(target: Path, content: bytes) -> None:
    part = target.with_name(f"{target.name}.{secrets.token_hex(4)}")
    part.write_bytes(content)
    part.replace(target)


def ask_again(r: Registrar, desk: Counter, statement: Mapping[str, Any], lines: Sequence[Mapping[str, Any]] | None) -> list[Examined]:
    """Every line of a report asked anew: as the register stood then, where it must say the same, and as it stands today."""
    if lines is None:
        return [Examined("unasked", None, NOT_ALONE, grave=False)]
    if len(lines) > MOST_ASKED_AGAIN:
        return [Examined("unasked", None, TOO_MANY.with_(n=f"{MOST_ASKED_AGAIN:,}"), grave=False)]
    as_of = datetime.fromisoformat(statement["as_of"])
    on = date.fromisoformat(statement["on"]) if statement["on"] else office_day(as_of)
    then, now = (_differences(r, desk, lines, on, moment) for moment in (as_of, r.now))
    return [
        Examined("then", False, OTHER_THEN.with_(what=then)) if then else Examined("then", True, SAME_THEN),
        Examined("now", False, OTHER_NOW.with_(what=now), grave=False) if now else Examined("now", True, SAME_NOW, grave=False),
    ]


def _differences(r: Registrar, desk: Counter, lines: Sequence[Mapping[str, Any]], on: date, moment: datetime) -> Text | None:
    """Which lines get another answer as of `moment`."""
    with undisturbed():
        register = Register(desk.glance, desk.law, moment, entries_until(r, moment), patterns=desk.glance.patterns())
        cells = [Cells(line["row"], **line["asked"], ref=line["ref"] or "") for line in lines]
        answers = judge_bill(register, cells, on)["lines"]
    rows = [str(line["row"]) for line, other in zip(lines, answers, strict=True)
            if any(line[part] != other[part] for part in ("outcome", "code", "certificate"))]
    if not rows:
        return None
    some = ROWS.with_(rows=", ".join(rows[:10]))
    return some if len(rows) <= 10 else MORE.with_(some=some, n=len(rows))
