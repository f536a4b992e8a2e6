"""What a run of a job says when it is over, and how it tells of its progress. It runs nothing itself."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from registry.errors import Refusal
from registry.law.verdicts import AXIS_LABELS, OUTCOME_LABELS
from registry.seal.statements import KINDS, RECEIPT, Genuine

LINES_KEPT = 200  # in the record of a run; a terminal shows all


class Progress(Protocol):
    """Told now and then how far a piece of work has come; `total` is None while nobody knows it."""

    def __call__(self, done: int, total: int | None, what: str) -> None: ...


def silent(done: int, total: int | None, what: str) -> None:
    """A Progress that says nothing."""


@dataclass
class Report:
    """What came of one run: how many pieces were done, how many failed, a line for each, and what waits for an officer."""

    job: str
    dry_run: bool = False
    done: int = 0
    failed: int = 0
    lines: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return self.failed == 0

    def did(self, line: str) -> None:
        self.done += 1
        self.lines.append(line)

    def fault(self, line: str) -> None:
        """One piece failed; it is named and passed over, and the run will end non-zero."""
        self.failed += 1
        self.lines.append(f"✗ {line}")

    def warn(self, line: str) -> None:
        """Something to know of that is no fault: the run does not fail by it."""
        self.lines.append(f"⚠ {line}")

    def summary(self) -> str:
        """One line in both languages."""
        would = ("将办理", "would do") if self.dry_run else ("已办理", "done")
        waiting = f"；等待工作人员确认 waiting for an officer: {len(self.waiting)}" if self.waiting else ""
        return f"{self.job}: {would[0]} {would[1]} {self.done}, 失败 failed {self.failed}{waiting}"

    def as_record(self) -> dict[str, Any]:
        """The plain JSON that is kept of the run; long lists are cut, and say so by their count."""
        record = asdict(self)
        for name in ("lines", "waiting"):
            record[f"{name}_count"] = len(record[name])
            record[name] = record[name][:LINES_KEPT]
        return record


def rehearsal_text(plan: Mapping[str, Any]) -> str:
    """A rehearsal (`registry.desks.rehearsals.rehearse`) for a terminal, with every letter."""
    lines = [f"{plan['today']} – {plan['until']}"]
    lines += [f"  {c['label'].zh} {c['label'].en}: {c['count']}" for c in plan["counts"]]
    for day in plan["days"]:
        lines.append(f"{day['day']}")
        for item in day["items"]:
            late = " （已到期 due already）" if item["overdue"] else ""
            lines.append(f"  {item['number']} {item['label'].zh} {item['label'].en} {item['stage'] or ''}{late}".rstrip())
            for letter in item["letters"]:
                lines += [f"    ✉ {letter['address']}: {letter['subject']}", *(f"      {x}" for x in letter["body"].splitlines())]
    lines += [f"… 暂定日期，等待确认 provisional, waits for an officer: {w['number']} {w['label'].zh} {w['label'].en}"
              for w in plan["waiting"]]
    lines += [f"… 已搁置 on hold: {h['number']} {h['reason']}" for h in plan["held"]]
    return "\n".join(lines)


def changes_text(changes: Sequence[Mapping[str, Any]]) -> str:
    """What a calendar would move (`registry.desks.recalculations.search_changes`), for a terminal."""
    if not changes:
        return "没有需要重算的期限 | no open date is moved"
    return "\n".join(
        f"{c['number']} {c['label'].zh} {c['label'].en}: {c['old_day']}{'?' * c['old_provisional']} → "
        f"{c['new_day']}{'?' * c['new_provisional']}{' （已公告，不变 announced: stands）' if c['announced'] else ''}" for c in changes)


def statement_text(found: Genuine) -> str:
    """A signed statement that was found genuine, for a terminal: what it says, and what nobody can see without the registry."""
    said, label = found.statement, KINDS[found.kind]
    facts = [("培训环境 training", "没有效力 of no effect")] if said.get("training") else []
    facts += [("密钥 key", found.kid), ("签署 signed", said["issued_at"]), ("台账 ledger", f"{said['ledger']['size']} {said['ledger']['head']}")]
    if found.kind == RECEIPT:
        asked, outcome = said["asked"], said["answer"]["outcome_label"]
        facts += [("证书 certificate", asked["number"]), ("型号 part", asked["part"] or "—"), ("日 day", asked["on"]),
                  ("按此刻的记载 as known at", asked["known_at"] or "—"),
                  ("结论 outcome", f"{outcome['zh']} {outcome['en']} ({said['answer']['outcome']})")]
        facts += [(f"  {AXIS_LABELS[name].zh}", f"{axis['reason']['zh']} {axis['reason']['en']}") for name, axis in said["answer"]["axes"].items()]
    else:
        facts += [("按此刻的登记簿 as of", said["as_of"]), ("清单文件 file", f"SHA-256 {said['file']['sha256']}"),
                  ("行 lines", f"{said['lines']['count']}" + ("" if found.lines is not None else " （本文件不含逐行结果 the lines are not in this file）"))]
        facts += [(f"  {OUTCOME_LABELS[name].zh} {OUTCOME_LABELS[name].en}", n) for name, n in said["counts"].items()]
    return "\n".join([
        f"✓ {label.zh}：签名有效，未经改动 | {label.en}: the signature fits, nothing was changed", *(f"{name}: {value}" for name, value in facts),
        "登记簿今天是否仍如此答复、密钥何时停用，请在登记机关的“核对回执”页查看 | whether the register would say so today, and when the key was retired, "
        "stands on the registry's page /receipts"])


def say(error: Exception) -> str:
    """An error in one line: a refusal in its own words, anything else by its kind."""
    if isinstance(error, Refusal):
        return f"{error.title.zh}：{error.detail.zh} / {error.detail.en}"
    return f"{type(error).__name__}: {error}".splitlines()[0][:400]


class Shown:
    """A Progress for a terminal: one line that is written over, or, where output is kept, a new line at each tenth."""

    def __init__(self, title: str) -> None:
        self._title, self._tenth, self._wide = title, -1, sys.stderr.isatty()

    def __call__(self, done: int, total: int | None, what: str) -> None:
        share = f"{100 * done // max(total, 1):3d}%" if total is not None else f"{done}"
        tenth = 10 * done // max(total, 1) if total is not None else done // 100
        if self._wide:
            print(f"\r\x1b[K{self._title} {share} {what}", end="", file=sys.stderr, flush=True)
        elif tenth != self._tenth:
            self._tenth = tenth
            print(f"{self._title} {share} {what}", file=sys.stderr, flush=True)

    def end(self) -> None:
        if self._wide:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
