"""What was played, counted, beside what was to be played. It counts and prints; it decides nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from jobs.report import Report
from jobs.year.cast import Size

ASKED = {
    "bureaus": ("市州工信局", "bureaus at work"), "applications": ("申请", "applications"), "panel": ("每案专家（最少）", "experts a panel, the least"),
    "notices": ("公示", "notices"), "objections": ("异议", "objections"), "renewals": ("续期", "renewals announced or in hand"),
    "revocations": ("撤销", "revocations"),
}


@dataclass
class Tally:
    """How often each thing was done, and what the audit found at the end."""

    size: Size
    done: Counter[str] = field(default_factory=Counter)
    acts: Counter[str] = field(default_factory=Counter)
    entries: int = 0
    letters: int = 0
    head: str = ""
    seconds: float = 0.0
    audit: Report | None = None
    failed_jobs: list[str] = field(default_factory=list)

    @property
    def short(self) -> list[str]:
        """What was to be played and was not."""
        return [name for name in ASKED if self.done[name] < getattr(self.size, name)]

    @property
    def is_whole(self) -> bool:
        return not self.short and not self.failed_jobs and self.audit is not None and self.audit.ok

    def lines(self) -> Iterator[str]:
        """The table, for a terminal, in both languages."""
        for name, (zh, en) in ASKED.items():
            wanted = getattr(self.size, name)
            yield f"{'✓' if self.done[name] >= wanted else '✗'} {zh} {en}: {self.done[name]} / {wanted}"
        yield "· " + ", ".join(f"{act} {count}" for act, count in sorted(self.acts.items()))
        for name in sorted(set(self.done) - set(ASKED)):
            yield f"· {name}: {self.done[name]}"
        yield f"· 台账 entries {self.entries}, 信件 letters {self.letters}, {self.seconds:.0f} s"
        yield f"· 台账末端 ledger head {self.head}"
        yield from (f"✗ {fault}" for fault in self.failed_jobs)
        if self.audit is not None:
            yield from self.audit.lines
            yield f"{'✓' if self.audit.ok else '✗'} 审计 {self.audit.summary()}"
