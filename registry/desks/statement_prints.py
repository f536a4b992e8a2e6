"""Signed statements as PDF: what they say in words that people read, with the statement itself attached. It adds nothing to what is signed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from registry.clock import OFFICE_ZONE
from registry.desks.bills.answers import all_lines
from registry.law.lifecycle import STATE_LABELS
from registry.law.verdicts import AXIS_LABELS, OUTCOME_LABELS
from registry.registrar import Registrar
from registry.seal.pdf import print_pdf
from registry.seal.statements import KINDS, RECEIPT
from registry.words import Text, day_words

HOW = Text(
    "本 PDF 附有签名文件（附件 {name}）。在 {address} 提交本 PDF、该附件或下面的签名文字，即可看到是否出自登记机关、有无改动、登记簿今天是否仍如此答复；"
    "也可不经登记机关核验：python app.py verify 文件，旁边放登记机关的 did.json。以签名文件为准，不以纸面为准。",
    "The signed statement is attached ({name}). Hand in this PDF, the attachment or the signed text below at {address} to see whether the "
    "registry signed it, whether it was changed, and whether the register would say the same today. Or verify it without the registry: "
    "python app.py verify FILE, with the registry's did.json beside it. What counts is what is signed, not the paper.")
YES, NO, UNSAID = Text("是", "yes"), Text("否", "no"), Text("未作答", "not said")
MOST_ROWS = 1_000  # lines on paper, and in what is attached to it
LINES = Text("{n} 行物料", "{n} line(s)")
ALL_ROWS = Text("全部各行。", "Every line.")
SOME_ROWS = Text("纸面只列未确认有效的各行中的 {shown} 行（共 {n} 行）；全部各行在 JSON 报告中，由上面的摘要固定。",
                 "On paper stand {shown} of the {n} lines that are not in force; all lines are in the JSON report, fixed by the digest above.")
TODAY = Text("“今天”指签署之日。", "“Today” is the day on which it was signed.")
TRAINING = Text("培训环境出具，内容虚构，没有任何效力。", "From a training office: invented, and of no effect.")
TERM, ENDLESS = Text("{begins} – {ends}", "{begins} – {ends}"), Text("{begins} 起，长期", "from {begins}, without end")
NOTHING = "—"
WIDTH, MOST_PRINTED = 150, 15_000  # characters of signed text on a line, and in all
Plain = dict[str, Any]


def print_receipt(r: Registrar, receipt: Mapping[str, Any]) -> Plain:
    """A receipt (`receipts.write_receipt`) as a file: content, filename, media_type. CannotPrint."""
    statement = receipt["statement"]
    asked, answer = statement["asked"], statement["answer"]
    axes = [[_pair(label), _pair(_yes(answer["axes"][name]["answer"])), answer["axes"][name]["reason"], answer["axes"][name]["article"] or NOTHING]
            for name, label in AXIS_LABELS.items()]
    shown = {
        "subject": asked["number"], "outcome": _headline(answer), "because": answer["axes"][_deciding(answer)]["reason"],
        "facts": [*_question(asked), *_certificate(answer), *_state(statement)],
        "tables": [_table(Text("逐项答复", "Answer by answer"), axes, [2, 0, 4, 1.2],
                          (Text("方面", "Axis"), Text("答复", "Answer"), Text("理由", "Reason"), Text("依据", "By")), TODAY)],
    }
    return _printed(r, receipt, shown, f"{RECEIPT}-{asked['number']}")


def print_report(r: Registrar, report: Mapping[str, Any], folder: Path, name: str) -> Plain:
    """The report on a bill (`reports.write_report`) as a file: its counts, and its lines, or as many as paper can bear. CannotPrint."""
    statement = report["statement"]
    whole = statement["lines"]["count"] <= MOST_ROWS
    rows = [line for line in all_lines(folder) if whole or line["outcome"] != "in_force"]
    lines = [[str(line["row"]), line["asked"].get("part", NOTHING), _label(line), line["certificate"] or NOTHING,
              (line["holder"] or {}).get("name", NOTHING), line["reason"]] for line in rows[:MOST_ROWS]]
    note = ALL_ROWS if whole else SOME_ROWS.with_(shown=len(lines), n=len(rows))
    counts = [[_pair(OUTCOME_LABELS[outcome]), str(n)] for outcome, n in statement["counts"].items()]
    shown = {
        "subject": name, "outcome": _pair(LINES.with_(n=statement["lines"]["count"])), "because": None, "facts": [*_file(statement), *_state(statement)],
        "tables": [_table(Text("汇总", "Summary"), counts, [1, 0], (Text("结论", "Outcome"), Text("行数", "Lines"))),
                   _table(Text("逐行结果", "Line by line"), lines, [0, 1.5, 1.2, 1.6, 1.8, 3],
                          (Text("行", "Row"), Text("型号", "Part"), Text("结论", "Outcome"), Text("证书", "Certificate"),
                           Text("持有企业", "Holder"), Text("原因", "Why")), note)],
    }
    attached = {**report, "lines": list(all_lines(folder))} if whole else report
    return _printed(r, attached, shown, name)


def _label(line: Plain) -> Plain:
    return _pair(STATE_LABELS[line["code"]] if line["outcome"] == "not_in_force" else OUTCOME_LABELS[line["outcome"]])


def _file(statement: Plain) -> list[Plain]:
    day = statement["on"]
    return [_fact(Text("清单文件 SHA-256", "SHA-256 of the file"), statement["file"]["sha256"]),
            _fact(Text("按此刻的登记簿作答", "Answered as of"), _moment(statement["as_of"])),
            *([_fact(Text("未写日期的行所问之日", "Day of lines that name none"), day)] if day else []),
            _fact(Text("逐行结果摘要", "Digest of the lines"), statement["lines"]["sha256"])]


def _headline(answer: Plain) -> Plain:
    """In a word; of one that was not in force, what it was."""
    code = answer["axes"]["in_force_on_day"]["code"]
    return _pair(STATE_LABELS[code] if answer["outcome"] == "not_in_force" and code in STATE_LABELS else OUTCOME_LABELS[answer["outcome"]])


def _deciding(answer: Plain) -> str:
    return {"not_found": "authentic", "out_of_scope": "in_scope"}.get(answer["outcome"], "in_force_on_day")


def _question(asked: Plain) -> list[Plain]:
    known = [_fact(Text("按此刻的记载", "As known at"), _moment(asked["known_at"]))] if asked["known_at"] else []
    return [_fact(Text("证书编号", "Certificate"), asked["number"]), _fact(Text("所问型号", "Part asked about"), asked["part"] or NOTHING),
            _fact(Text("所问之日", "Day asked about"), _pair(day_words(date.fromisoformat(asked["on"])))), *known]


def _certificate(answer: Plain) -> list[Plain]:
    if not answer["holder"]:
        return []
    term = TERM if answer["valid_until"] else ENDLESS
    standing = STATE_LABELS[answer["standing"]] if answer["standing"] else UNSAID
    return [_fact(Text("持有企业", "Holder"), f"{answer['holder']['name']}  {answer['holder']['credit_code']}"),
            _fact(Text("产品", "Product"), answer["product"]),
            _fact(Text("有效期", "Term"), _pair(term.with_(begins=answer["valid_from"], ends=answer["valid_until"]))),
            _fact(Text("签署时的状态", "Standing when signed"), _pair(standing)),
            *([_fact(Text("起作用的一项", "Entry that decided"), answer["matched_entry"])] if answer["matched_entry"] else [])]


def _state(statement: Plain) -> list[Plain]:
    ledger = statement["ledger"]
    return [_fact(Text("签署时刻", "Signed at"), _moment(statement["issued_at"])),
            _fact(Text("台账记录数", "Entries in the ledger"), str(ledger["size"])),
            _fact(Text("台账末条摘要", "Hash of the last one"), ledger["head"]),
            _fact(Text("签发者", "Signed by"), statement["issuer"]["id"])]


def _printed(r: Registrar, envelope: Mapping[str, Any], shown: Plain, name: str) -> Plain:
    """The print, with the envelope attached: in ASCII, so that nothing of it is spelled otherwise for want of a glyph."""
    statement = envelope["statement"]
    attached = f"{name}.json"
    how = HOW.with_(name=attached, address=f"{r.settings.public_base_url}/receipts")
    training = {"training": _pair(TRAINING) if statement.get("training") else None}
    content = print_pdf("statement", shown | training | {
        "title": _pair(KINDS[statement["type"]]), "issuer": statement["issuer"]["name"], "how": _pair(how), "signed": _lines(envelope["signed"]),
        "attached": {"name": attached, "content": json.dumps(envelope), "about": KINDS[statement["type"]].en},
    }, r.settings.font_dir)
    return {"content": content, "filename": f"{name}.pdf", "media_type": "application/pdf"}


def _lines(signed: str) -> list[str]:
    """The signed text to be printed; what is too long for paper is in the attachment alone."""
    return [signed[at:at + WIDTH] for at in range(0, len(signed), WIDTH)] if len(signed) <= MOST_PRINTED else [NOTHING]


def _table(title: Text, rows: Sequence[Sequence[Any]], widths: Sequence[float], head: Sequence[Text], note: Text | None = None) -> Plain:
    return {"title": _pair(title), "head": [_pair(label) for label in head], "rows": list(rows), "widths": list(widths),
            "note": _pair(note) if note else None}


def _fact(label: Text, value: Any) -> Plain:
    return {"label": _pair(label), "value": value}


def _yes(answer: bool | None) -> Text:
    return UNSAID if answer is None else YES if answer else NO


def _pair(text: Text) -> Plain:
    return {"zh": text.zh, "en": text.en}


def _moment(written: str) -> str:
    return datetime.fromisoformat(written).astimezone(OFFICE_ZONE).strftime("%Y-%m-%d %H:%M:%S") + " (Asia/Shanghai)"
