"""Where bills lie while they are worked on: a folder each, named by an address that nobody can guess, removed after a while.

Nothing of a bill goes into the books. Whoever holds its address may see it; nobody else can. A run that died is taken up again by
whoever looks next, or by the job: answering a bill twice gives the same, for it is answered as of one moment.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from sqlmodel import col, select

from registry.books.glance import Glance
from registry.books.models import Entry
from registry.desks.bills.answers import is_kept, keep_answer
from registry.desks.bills.columns import Guess, confirm, guess
from registry.desks.bills.files import MOST_LINES, Rows, Table, read_table
from registry.desks.bills.judge import judge_bill, read_lines
from registry.desks.bills.others import add_alternatives
from registry.desks.bills.register import Moment, Register
from registry.desks.verifications import undisturbed
from registry.errors import BadInput, Finding, NotFound, NotYet, TooLarge
from registry.law.library import Law
from registry.registrar import Registrar
from registry.words import Text

KEPT = timedelta(days=7)
SILENT = timedelta(seconds=60)  # a run that has said nothing for so long has died
MOST_OCTETS = 20_000_000
MOST_KEPT, MOST_KEPT_OCTETS = 500, 5_000_000_000  # at a time; each has an end
MOST_TRIES = 3
SAMPLE = 12  # rows shown to whoever confirms the columns
_NAME = re.compile(r"^[A-Za-z0-9_-]{32}$")


@dataclass(frozen=True)
class Counter:
    """What the counter for bills works with: a folder, the time, the register to look things up in and to read."""

    home: Path
    now: Callable[[], datetime]
    glance: Glance
    law: Law
    reading: Callable[[], AbstractContextManager[Registrar]]


@dataclass(frozen=True)
class Bill:
    """A bill by its address, with what is known of it: state new, confirmed, running, done or failed."""

    name: str
    folder: Path
    about: dict[str, Any]


@dataclass(frozen=True)
class Wanted:
    """What a person says of a bill: which column means what, from which row on it begins (counted from 0), the day asked about where
    a line names none (None: the day of the moment), and the moment as of which the register answers (None: now)."""

    columns: Mapping[str, int | None]
    begins: int
    on: date | None = None
    as_of: datetime | None = None


def take_bill(desk: Counter, content: bytes, filename: str) -> str:
    """Keep an upload that can be read; returns its address. BadInput, TooLarge; NotYet while too many are kept."""
    if len(content) > MOST_OCTETS:
        raise TooLarge(Text(f"文件最大 {MOST_OCTETS // 1_000_000} MB。", f"A file has at most {MOST_OCTETS // 1_000_000} MB."),
                       action=Text("请去掉图片等无关内容，或拆分后分别核验。", "Take pictures out of it, or split it and verify the parts."))
    table = read_table(content)
    remove_old(desk)
    _check_room(desk)
    name = secrets.token_urlsafe(24)
    folder = _home(desk) / name
    folder.mkdir()
    (folder / "upload").write_bytes(content)
    _keep_table(folder, table, {
        "state": "new", "filename": filename[:200], "sha256": hashlib.sha256(content).hexdigest(), "done": 0, "tries": 0,
        "kept_until": (desk.now() + KEPT).isoformat(), "beat": desk.now().isoformat()})
    return name


def take_lines(desk: Counter, rows: Rows, keys: Sequence[str]) -> str:
    """Keep lines whose columns are known, as a program hands them in, and let them be answered as of now. Returns their address."""
    name = take_bill(desk, orjson.dumps(rows), "")
    bill = find_bill(desk, name)
    _write(bill.folder, bill.about | {"state": "confirmed", "columns": {key: n for n, key in enumerate(keys)}, "begins": 0, "lines": len(rows),
                                      "blank": 0, "as_of": desk.now().isoformat()})
    return name


def find_bill(desk: Counter, name: str) -> Bill:
    """The bill at an address. NotFound once it is removed, or if there never was one."""
    folder = _home(desk) / name
    if not _NAME.match(name) or not (folder / "about.json").is_file():
        raise NotFound(Text("没有这份清单，或已过保存期限。", "There is no such bill, or it is no longer kept."),
                       action=Text("请重新上传。", "Upload it again."))
    return Bill(name, folder, orjson.loads((folder / "about.json").read_bytes()))


def rows_of(bill: Bill) -> Rows:
    """The rows as they were read from the file."""
    with undisturbed():
        found: Rows = orjson.loads((bill.folder / "rows.json").read_bytes())
    return found


def choose_sheet(desk: Counter, name: str, sheet: str) -> None:
    """Read another sheet of the workbook. NotYet once the columns are confirmed."""
    bill = _new(desk, name)
    _keep_table(bill.folder, read_table((bill.folder / "upload").read_bytes(), sheet), bill.about)


def confirm_bill(desk: Counter, name: str, wanted: Wanted) -> None:
    """Fix which column means what, from which row on, for which day and as of which moment. BadInput; NotYet once it was."""
    bill = _new(desk, name)
    rows, as_of = rows_of(bill), wanted.as_of or desk.now()
    found = confirm(rows, wanted.columns, wanted.begins)
    if as_of > desk.now():
        message = Text("“截至时刻”不能晚于现在。", "The moment cannot lie in the future.")
        raise BadInput(message, findings=[Finding("as_of", "out-of-range", message)])
    lines = sum(map(any, rows[found.begins:]))
    if lines == 0:
        message = Text("确认的行以下没有内容。", "There is nothing below the row that was named.")
        raise BadInput(message, findings=[Finding("begins", "empty", message)])
    if lines > MOST_LINES:
        raise TooLarge(Text(f"最多 {MOST_LINES:,} 行物料，现有 {lines:,} 行。", f"At most {MOST_LINES:,} lines; there are {lines:,}."),
                       action=Text("请拆分后分别核验。", "Split it and verify the parts."))
    blank = len(rows) - found.begins - lines
    _write(bill.folder, bill.about | {"state": "confirmed", "columns": dict(found.columns), "begins": found.begins, "lines": lines, "blank": blank,
                                      "on": wanted.on.isoformat() if wanted.on else None, "as_of": as_of.isoformat()})
    (bill.folder / "upload").unlink(missing_ok=True)  # its rows are all that is needed from here on


def is_idle(desk: Counter, bill: Bill) -> bool:
    """Whether it waits to be worked on: confirmed and not begun, or begun by somebody who has gone silent."""
    state = bill.about["state"]
    return bool(state == "confirmed" or (state == "running" and desk.now() - datetime.fromisoformat(bill.about["beat"]) > SILENT))


def work_on(desk: Counter, name: str) -> None:
    """Answer every line of a confirmed bill, and keep the answer. What another is working on is left to them.

    One that dies on the way is taken up again, MOST_TRIES times in all: then it has failed, and says so.
    """
    bill = find_bill(desk, name)
    if not is_idle(desk, bill):
        return
    if bill.about["tries"] >= MOST_TRIES:
        _write(bill.folder, bill.about | {"state": "failed"})
        return
    about = bill.about | {"state": "running", "done": 0, "tries": bill.about["tries"] + 1, "beat": desk.now().isoformat()}
    _write(bill.folder, about)

    def told(done: int) -> None:
        _write(bill.folder, about | {"done": done, "beat": desk.now().isoformat()})

    on = date.fromisoformat(about["on"]) if about.get("on") else None
    found = answer_rows(desk, rows_of(bill), Guess(None, about["begins"], about["columns"]), Moment(datetime.fromisoformat(about["as_of"]), on), told)
    keep_answer(bill.folder, found)
    _write(bill.folder, about | {"state": "done", "done": about["lines"], "counts": found["counts"], "ledger_size": found["ledger_size"]})


def answer_rows(desk: Counter, rows: Rows, found: Guess, moment: Moment, told: Callable[[int], None] = lambda done: None) -> dict[str, Any]:
    """The answer to a bill, with what else is certified in the class of each line that fails."""
    with undisturbed():
        lines = list(read_lines(rows, found))
        with desk.reading() as r:
            register = Register(desk.glance, desk.law, moment.as_of, entries_until(r, moment.as_of), patterns=desk.glance.patterns())
        answered = judge_bill(register, lines, moment.on, told)
        with desk.reading() as r:
            return add_alternatives(r, register, answered, moment.on)


def entries_until(r: Registrar, moment: datetime) -> int:
    """How many entries the ledger held at `moment`."""
    return r.session.exec(select(Entry.seq).where(Entry.at <= moment).order_by(col(Entry.seq).desc()).limit(1)).first() or 0


def check_done(bill: Bill) -> Bill:
    """The bill, which is answered. NotFound while it is not."""
    if not is_kept(bill.folder):
        raise NotFound(Text("尚未核验完。", "It is not finished yet."), action=Text("请稍后再取。", "Look again in a moment."))
    return bill


def remove_bill(desk: Counter, name: str) -> None:
    """Remove a bill, with all that was made of it, before its time."""
    shutil.rmtree(find_bill(desk, name).folder, ignore_errors=True)


def remove_old(desk: Counter) -> int:
    """Remove what is past its time. Returns how many."""
    gone = 0
    for folder in _home(desk).iterdir():
        try:
            until = datetime.fromisoformat(orjson.loads((folder / "about.json").read_bytes())["kept_until"])
        except (OSError, ValueError, KeyError):
            continue
        if until <= desk.now():
            shutil.rmtree(folder, ignore_errors=True)
            gone += 1
    return gone


def search_idle(desk: Counter) -> list[str]:
    """The bills that wait to be worked on, though nobody may be looking."""
    found = []
    for folder in sorted(_home(desk).iterdir()):
        with suppress(NotFound, OSError, ValueError):
            if is_idle(desk, find_bill(desk, folder.name)):
                found.append(folder.name)
    return found


def _new(desk: Counter, name: str) -> Bill:
    bill = find_bill(desk, name)
    if bill.about["state"] != "new":
        raise NotYet(Text("列的对应已经确认。", "The columns are confirmed already."),
                     action=Text("要改变对应，请重新上传。", "To change them, upload it again."))
    return bill


def _check_room(desk: Counter) -> None:
    """NotYet while as many bills are kept, or as much of them, as may be at a time."""
    folders = list(_home(desk).iterdir())
    if len(folders) < MOST_KEPT and sum(file.stat().st_size for folder in folders for file in folder.glob("*")) < MOST_KEPT_OCTETS:
        return
    raise NotYet(Text("保存的清单太多，暂时不能接收。", "Too many bills are kept: none can be taken now."),
                 action=Text("请稍后再试；到期的清单会自动删除。", "Try again later: each is removed at its end."))


def _keep_table(folder: Path, table: Table, about: dict[str, Any]) -> None:
    found = guess(table.rows)
    (folder / "rows.json").write_bytes(orjson.dumps(table.rows))
    _write(folder, about | {"rows": len(table.rows), "sheet": table.sheet, "sheets": list(table.sheets), "begins": found.begins,
                            "columns": dict(found.columns)})


def _home(desk: Counter) -> Path:
    desk.home.mkdir(parents=True, exist_ok=True)
    return desk.home


def _write(folder: Path, about: Mapping[str, Any]) -> None:
    part = folder / f"about.{os.getpid()}.{secrets.token_hex(4)}"
    part.write_bytes(orjson.dumps(about))
    part.replace(folder / "about.json")
