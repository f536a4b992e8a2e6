"""What a bill's lines are worth: each is read, matched with a certificate, and answered as verification answers. Pure reads.

A line that cannot be read, or could mean several certificates, is answered `could_not_check` with its reason; none is dropped.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from registry.books.glance import Glance, NoAnswer
from registry.clock import office_day
from registry.desks.bills.columns import COLUMNS, NOTHING_SAID, Guess
from registry.desks.bills.register import Cells, Register
from registry.desks.verifications import UNREACHABLE, Asked, answer, tell, verify_many
from registry.law.codes import credit_code_fault, normalise_credit_code, normalise_number
from registry.law.conditions import plain
from registry.law.library import Law
from registry.law.scopes import MOST_LENGTH, nearest
from registry.law.verdicts import (
    AXIS_LABELS,
    OUTCOME_LABELS,
    OUTCOMES,
    Axis,
    Life,
    Verdict,
    Version,
    standing_at,
    unchecked,
)
from registry.words import Text

AT_ONCE = 2_000  # lines answered between two words of progress
DECIDING = {"in_force": "in_force_on_day", "not_in_force": "in_force_on_day", "out_of_scope": "in_scope"}
LONGEST_NOTHING = max(map(len, NOTHING_SAID))
SPREADSHEET_FAULTS = ("#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!")
_ASKED = ("part", "certificate", "manufacturer", "credit_code", "quantity", "day")
_VALUES = ("part", "certificate", "manufacturer", "credit_code", "day")
_SILENT: dict[str, Any] = {"certificate": None, "holder": None, "standing": None, "valid_from": None, "valid_until": None, "matched_entry": None,
                           "nearest": [], "alternatives": []}
_DAY = re.compile(r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T].*)?$")
_COMPACT = re.compile(r"^(20\d\d)(\d\d)(\d\d)$")
_SERIAL = re.compile(r"^[3-6]\d{4}$")  # a day as workbooks count them, typed as a number
_EPOCH = date(1899, 12, 30)
UNREADABLE_DAY = Text("“{day}”不是日期，未能核验。", "“{day}” is no day: not checked.")
NOTHING = Text("既没有证书编号，也没有型号。", "Neither a certificate number nor a part.")
TOO_LONG = Text("型号超过 {n} 个字符。", "The part has more than {n} characters.")
FORMULA = Text("“{column}”一格是公式或错误值“{value}”，不是内容；请粘贴为值。", "The cell “{column}” holds a formula or a fault, {value}: paste its value.")
NO_CERTIFICATE = Text("登记簿中没有包含该型号的证书。", "No certificate in the register covers this part.")
OTHER_MAKER = Text("包含该型号的证书不是清单所列企业的：{those}。", "The certificates that cover this part are not those of the maker listed: {those}.")
UNCOVERED = Text("{holder}持有证书，但认定范围不包含该型号。", "{holder} is certified, but not for this part.")
SEVERAL = Text("有 {n} 家企业的证书包含该型号，请补充生产企业全称、信用代码或证书编号：{those}。",
               "Certificates of {n} enterprises cover this part; give the maker's whole name, its credit code or the certificate: {those}.")
LIKE = Text("“{name}”可能是以下企业，请写全称、信用代码或证书编号：{those}。",
            "“{name}” may be one of these; give the whole name, the credit code or the certificate: {those}.")
OTHER_HOLDER = Text("证书 {number} 的持有企业是{holder}，与清单所列不同。", "Certificate {number} is held by {holder}, not by the one listed.")

Line = dict[str, Any]
Found = dict[str, Any]


class Unanswerable(Exception):
    """Why no certificate answers a line: the outcome, a code, words for whoever made the list, and what else can be said."""

    def __init__(self, code: str, reason: Text, outcome: str = "could_not_check", further: Mapping[str, Any] | None = None) -> None:
        super().__init__(code)
        self.code, self.reason, self.outcome, self.further = code, reason, outcome, dict(further or {})


def read_lines(rows: Sequence[Sequence[str]], found: Guess) -> Iterator[Cells]:
    """The lines below the header that hold anything."""
    for index in range(found.begins, len(rows)):
        row = rows[index]
        if any(row):
            yield Cells(index + 1, **{key: row[at] if at < len(row) else "" for key, at in found.columns.items()})


def judge_bill(register: Register, lines: Sequence[Cells], on: date | None = None, progress: Callable[[int], None] = lambda done: None) -> Found:
    """Every line's verdict in order, how many there are of each outcome, of which moment and at which size of the ledger.

    `on`: the day asked about where a line names none; None means the day of that moment.
    """
    answers: list[Line] = []
    for start in range(0, len(lines), AT_ONCE):
        some = [_spoken(line) for line in lines[start:start + AT_ONCE]]
        try:
            register.learn(some)
            answers += [_answered(register, line, on) for line in some]
        except NoAnswer:
            answers += [{"row": line.row, "ref": line.ref or None, "asked": {}} | _said("could_not_check", "no_answer", UNREACHABLE) for line in some]
        progress(len(answers))
    counts = Counter(line["outcome"] for line in answers)
    return {"as_of": register.as_of, "ledger_size": register.size, "counts": {name: counts[name] for name in OUTCOMES if counts[name]},
            "lines": answers}


def verify_lines(glance: Glance, law: Law, now: datetime, lines: Sequence[Cells]) -> list[Found]:
    """The verdict on each line with all five axes, in the order asked and of one moment; see `verifications.verify_many`."""
    lines = [_spoken(line) for line in lines]
    if all(line.certificate and not (line.manufacturer or line.credit_code) for line in lines):
        return verify_many(glance, law, now, [_asked(line, line.certificate, _day(line.day)) for line in lines])
    try:
        register = Register(glance, law, now, glance.certificates([])[1], patterns=glance.patterns())
        register.learn(lines)
    except NoAnswer:
        return [tell(_asked(line, line.certificate, None), now, unchecked("no_answer", UNREACHABLE), 0) for line in lines]
    return [_verified(register, line) for line in lines]


def _verified(register: Register, cells: Cells) -> Found:
    try:
        return _verdict(register, cells, None)
    except Unanswerable as fault:
        axes = dict.fromkeys(AXIS_LABELS, Axis(None, fault.code, fault.reason))
        return tell(_asked(cells, cells.certificate, None), register.as_of, Verdict(fault.outcome, axes), register.size) | fault.further


def _answered(register: Register, cells: Cells, by_default: date | None) -> Line:
    begun: Line = {"row": cells.row, "ref": cells.ref or None, "asked": {name: value for name in (*_ASKED, "known_at") if (value := getattr(cells, name))}}
    try:
        told = _verdict(register, cells, by_default)
    except Unanswerable as fault:
        return begun | _said(fault.outcome, fault.code, fault.reason) | fault.further
    axis = told["axes"][DECIDING.get(told["outcome"], "authentic")]
    return begun | _said(told["outcome"], axis.code, axis.reason, told)


def _verdict(register: Register, cells: Cells, by_default: date | None) -> Found:
    """The verdict on the certificate that a line names or means; another's than its maker's does not cover it. Unanswerable."""
    _check_values(cells)
    on = _day(cells.day) or by_default
    if len(cells.part) > MOST_LENGTH:
        raise Unanswerable("too-long", TOO_LONG.with_(n=MOST_LENGTH))
    number = normalise_number(cells.certificate) if cells.certificate else _find(register, cells, on or office_day(register.as_of))
    life = register.lives.get(number)
    told = answer(register.law, _asked(cells, number, on), register.as_of, life, register.size)
    if life is not None and told["holder"] and not _is_holder(cells, told["holder"], life):
        reason = OTHER_HOLDER.with_(number=number, holder=told["holder"]["name"])
        other = Axis(False, "other_holder", reason)
        told |= {"outcome": "out_of_scope", "outcome_label": OUTCOME_LABELS["out_of_scope"], "axes": told["axes"] | {"in_scope": other}}
    return told


def _asked(cells: Cells, number: str, on: date | None) -> Asked:
    return Asked(number, cells.part or None, on, datetime.fromisoformat(cells.known_at) if cells.known_at else None)


def _said(outcome: str, code: str, reason: Text, told: Mapping[str, Any] | None = None) -> Line:
    found: Line = {"outcome": outcome, "code": code, "reason": reason} | _SILENT
    if told is not None and (told["holder"] or told["outcome"] == "not_found"):
        found |= {"certificate": told["number"]} | {name: told[name] for name in _SILENT if name not in ("certificate", "alternatives")}
    return found


def _spoken(cells: Cells) -> Cells:
    """The cells without those that only say that there is nothing ("-", "N/A")."""
    nothing: dict[str, Any] = {
        name: "" for name in _ASKED if (value := getattr(cells, name)) and len(value) <= LONGEST_NOTHING
        and unicodedata.normalize("NFKC", value).lower() in NOTHING_SAID}
    return cells._replace(**nothing) if nothing else cells


def _check_values(cells: Cells) -> None:
    """Unanswerable for a formula or a spreadsheet's fault where a value is to be."""
    for name in _VALUES:
        value = getattr(cells, name)
        if value and value[0] in "=#" and (value[0] == "=" or value in SPREADSHEET_FAULTS):
            raise Unanswerable("formula", FORMULA.with_(column=COLUMNS[name], value=value[:40]))


@lru_cache(maxsize=4096)
def _day(written: str) -> date | None:
    text = unicodedata.normalize("NFKC", written).strip()
    if not text:
        return None
    try:
        if _SERIAL.match(text):
            return _EPOCH + timedelta(days=int(text))
        if found := _DAY.match(text):
            return date(*(int(n) for n in found.groups()))
        if found := _COMPACT.match(text):
            return date(*(int(n) for n in found.groups()))
    except ValueError:
        pass
    raise Unanswerable("day", UNREADABLE_DAY.with_(day=text))


def _find(register: Register, cells: Cells, on: date) -> str:
    """The certificate that a line without a number means. Unanswerable where none does, or where several may: nothing is guessed."""
    if not cells.part:
        raise Unanswerable("nothing", NOTHING)
    covering = register.covering(cells.part, on)
    mine = covering.meant_by(cells)
    if len(mine) > 1:
        raise Unanswerable("ambiguous", SEVERAL.with_(n=len(mine), those=_listed([pair for pairs in mine.values() for pair in pairs])))
    if not mine:
        raise _nobody(register, cells, on)
    [held] = mine.values()
    return max(held, key=lambda pair: _preference(register.lives[pair[0]], on))[0]


def _preference(life: Life, on: date) -> tuple[bool, bool, date]:
    """Of several certificates of one holder that cover a part: the one in force on the day, else the latest that had begun."""
    return standing_at(life, on, None).in_force, life.valid_from <= on, life.valid_from


def _nobody(register: Register, cells: Cells, on: date) -> Unanswerable:
    """Why no certificate is meant: nobody's covers the part, others' do, a name may be meant, or the maker is certified for other parts."""
    covering = register.covering(cells.part, on)
    if cells.credit_code and (fault := credit_code_fault(normalise_credit_code(cells.credit_code))):
        return Unanswerable(fault.code, fault.message)
    if not cells.credit_code and (like := covering.like(cells.manufacturer)):
        return Unanswerable("maker_unclear", LIKE.with_(name=cells.manufacturer, those=_listed(like)))
    held = [register.lives[number] for number in register.by_holder.get(normalise_credit_code(cells.credit_code), ()) if number in register.lives]
    if held:
        scope = [entry for life in held for entry in life.versions[-1].scope]
        said = held[-1].versions[-1]
        return Unanswerable("uncovered", UNCOVERED.with_(holder=said.holder_name), "out_of_scope", {
            "holder": {"credit_code": said.credit_code, "name": said.holder_name}, "nearest": nearest(scope, cells.part)})
    if covering.by_code:
        return Unanswerable("other_maker", OTHER_MAKER.with_(those=_listed(covering.all())), "not_found")
    return Unanswerable("not_covered", NO_CERTIFICATE, "not_found")


def _listed(pairs: Sequence[tuple[str, Version]]) -> Text:
    some = [f"{number} {said.holder_name}" for number, said in pairs[:3]]
    more = " …" if len(pairs) > len(some) else ""
    return Text("、".join(some) + more, ", ".join(some) + more)


def _is_holder(cells: Cells, holder: Mapping[str, Any], life: Life) -> bool:
    """Whether a line that names a maker means this holder, under any name that it had; a line that names none means anybody.

    The certificate is named, so a part of a name is taken for the name. Unanswerable for a credit code that cannot be one.
    """
    if cells.credit_code:
        code = normalise_credit_code(cells.credit_code)
        if code != holder["credit_code"] and (fault := credit_code_fault(code)):
            raise Unanswerable(fault.code, fault.message)
        return bool(code == holder["credit_code"])
    if not cells.manufacturer:
        return True
    named = plain(cells.manufacturer)
    return any(named in known or known in named for known in {plain(version.holder_name) for version in life.versions})
