"""The counter for whoever shows a signed statement: is it ours, is it whole, and would the register say so again. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from registry.desks import receipts
from registry.desks.bills import reports
from registry.desks.bills.keep import Counter
from registry.desks.receipts import Examined, ledger_state
from registry.registrar import Registrar
from registry.seal.keys import Key, Keyring
from registry.seal.statements import KINDS, RECEIPT, NotGenuine, check, open_envelope
from registry.words import Text

FITS = Text("签名有效：内容自签署以来一字未改。", "The signature fits: not a character was changed since it was signed.")
SIGNED_LATER = Text("所称签署时刻晚于密钥停用：签名不能认可。", "It says to be signed after its key was retired: the signature counts for nothing.")
LEDGER_KEPT = Text("台账仍含所称的状态：第 {size} 条的摘要与声明一致。",
                   "The ledger still holds the state that it names: entry {size} has the hash that it says.")
LEDGER_OTHER = Text("台账第 {size} 条的摘要与声明不一致：台账被改动过，或是另一套登记簿。请向登记机关查问。",
                    "Entry {size} of the ledger has another hash than it says: the ledger was changed, or is another register's. Ask the registry.")


@dataclass(frozen=True)
class Told:
    """What is said of something that was shown: the findings, and what it states where it is genuine."""

    findings: list[Examined]
    kind: str | None = None
    statement: Mapping[str, Any] | None = None
    key: Key | None = None

    @property
    def kind_label(self) -> Text | None:
        return KINDS[self.kind] if self.kind else None

    @property
    def holds(self) -> bool:
        """Whether it may be relied on: nothing grave was found."""
        return all(finding.holds is not False for finding in self.findings if finding.grave)


def examine(r: Registrar, ring: Keyring, desk: Counter, content: bytes) -> Told:
    """What is to be said of a file or a text that is shown; `desk` is where bills are answered."""
    try:
        found = check(open_envelope(content), ring.document())
    except NotGenuine as no:
        return Told([Examined(no.code, False, no.reason)])
    key = next(key for key in ring.published() if ring.kid(key) == found.kid)
    if key.retired_at is not None and datetime.fromisoformat(found.statement["issued_at"]) > key.retired_at:
        return Told([Examined("signed-later", False, SIGNED_LATER)])
    findings = [Examined("signature", True, FITS), _ledger(r, found.statement["ledger"])]
    if found.kind == RECEIPT:
        findings += receipts.ask_again(r, desk.glance, found.statement)
    else:
        findings += reports.ask_again(r, desk, found.statement, found.lines)
    return Told(findings, found.kind, found.statement, key)


def _ledger(r: Registrar, named: Mapping[str, Any]) -> Examined:
    kept = ledger_state(r, named["size"]) == named
    return Examined("ledger", kept, (LEDGER_KEPT if kept else LEDGER_OTHER).with_(size=named["size"]))
