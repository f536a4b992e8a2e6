"""The counter for receipts: a verdict as a signed statement to be kept, and the same question asked again of one that is shown. Reads only.

A receipt says what was asked, answered, when, and by which state of the ledger. Whether a signature fits is seal.statements' business.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import select

from registry.books.glance import Glance
from registry.books.ledger import GENESIS
from registry.books.models import Entry
from registry.desks.verifications import Asked, verify
from registry.errors import CannotSign
from registry.law.lifecycle import STATE_LABELS
from registry.law.verdicts import AXIS_LABELS, OUTCOME_LABELS
from registry.registrar import Registrar
from registry.seal import statements
from registry.seal.keys import Keyring
from registry.words import Text, join

NOTHING_TO_STATE = Text("登记簿此刻无法查询，没有可以签署的答复。", "The register cannot be asked at this moment: there is no answer to sign.")
SAME_THEN = Text("按登记簿当时的记载重新作答，结果相同。", "Answered anew as the register stood then, it says the same.")
OTHER_THEN = Text("按登记簿当时的记载重新作答，结果不同：{what}。请向登记机关查问。",
                  "Answered anew as the register stood then, it differs: {what}. Ask the registry.")
SAME_NOW = Text("今天再问同一问题，答复相同。", "Asked the same today, the register says the same.")
OTHER_NOW = Text("今天再问同一问题，答复已不同：{what}。", "Asked the same today, the register says otherwise: {what}.")
UNASKED = Text("登记簿此刻无法查询，未作比较。", "The register cannot be asked at this moment: nothing was compared.")
_OUTCOME = Text("结论由“{before}”变为“{after}”", "the outcome was “{before}”, it is “{after}”")
_STANDING = Text("状态由“{before}”变为“{after}”", "its standing was “{before}”, it is “{after}”")
_AXIS = Text("“{axis}”一项", "“{axis}”")
_CONTENT = Text("证书内容", "what the certificate says")
NO_STANDING = Text("无", "none")
_SAID = ("valid_from", "valid_until", "holder", "product", "scope", "conditions")


@dataclass(frozen=True)
class Examined:
    """One thing that was looked at: whether it holds (None: it could not be looked at), a code, and words.

    `grave`: where it does not hold, the statement is not to be relied on, or the register is not.
    """

    code: str
    holds: bool | None
    words: Text
    grave: bool = True


def write_receipt(r: Registrar, ring: Keyring, glance: Glance, asked: Asked) -> dict[str, Any]:
    """The verdict on what is asked, signed: {format, signed, statement}. CannotSign; BadInput as `verify`."""
    told = verify(glance, r.law, r.now, asked)
    if told["outcome"] == "could_not_check":
        raise CannotSign(NOTHING_TO_STATE, action=Text("请稍后再试。", "Try again in a moment."))
    question, size = {"number": told.pop("number"), **told.pop("asked")}, told.pop("ledger_size")
    return sign(r, ring, statements.RECEIPT, {"asked": question, "answer": told, "ledger": ledger_state(r, size)})


def sign(r: Registrar, ring: Keyring, kind: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """A statement of `kind` as it travels, with its readable copy; a training office's says that it is one's. CannotSign."""
    issuer = {"id": ring.did, "name": r.law.keeper_name() or r.law.site_name()}
    training = {"training": True} if r.settings.training else {}
    signed, statement = statements.sign(ring, kind, {"issuer": issuer, "issued_at": r.now, **training, **said})
    return {"format": statements.form_of(kind), "signed": signed, "statement": statement}


def ledger_state(r: Registrar, size: int) -> dict[str, Any]:
    """The ledger as it stood with `size` entries: the hash of the last one, which stands for all before it."""
    found = r.session.exec(select(Entry.hash).where(Entry.seq == size)).one_or_none()
    return {"size": size, "head": found or GENESIS}


def ask_again(r: Registrar, glance: Glance, statement: Mapping[str, Any]) -> list[Examined]:
    """The question of a receipt asked anew: as the register stood then, where it must say the same, and as it stands today."""
    asked, answer = statement["asked"], statement["answer"]
    known_at = datetime.fromisoformat(asked["known_at"]) if asked["known_at"] else None
    question = Asked(asked["number"], asked["part"], date.fromisoformat(asked["on"]), known_at)
    then = verify(glance, r.law, r.now, question._replace(known_at=known_at or datetime.fromisoformat(statement["issued_at"])))
    now = verify(glance, r.law, r.now, question)
    if "could_not_check" in (then["outcome"], now["outcome"]):
        return [Examined("unasked", None, UNASKED)]
    before, today = list(_differences(answer, statements.plain(then))), list(_differences(answer, statements.plain(now)))
    if answer["standing"] != now["standing"]:
        words = [STATE_LABELS[word] if word else NO_STANDING for word in (answer["standing"], now["standing"])]
        today.append(_STANDING.with_(before=words[0], after=words[1]))
    return [
        Examined("then", False, OTHER_THEN.with_(what=join(before))) if before else Examined("then", True, SAME_THEN),
        Examined("now", False, OTHER_NOW.with_(what=join(today)), grave=False) if today else Examined("now", True, SAME_NOW, grave=False),
    ]


def _differences(answer: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[Text]:
    """What one answer says and another does not; freshness and today's standing aside."""
    if answer["outcome"] != other["outcome"]:
        yield _OUTCOME.with_(before=OUTCOME_LABELS[answer["outcome"]], after=OUTCOME_LABELS[other["outcome"]])
    for name in ("authentic", "in_scope", "in_force_on_day"):
        if any(answer["axes"][name][part] != other["axes"][name][part] for part in ("answer", "code")):
            yield _AXIS.with_(axis=AXIS_LABELS[name])
    if any(answer[name] != other[name] for name in _SAID):
        yield _CONTENT
