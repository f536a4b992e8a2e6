"""A past decision replayed: every entry of an application's life with its rule, its facts, and its figures then and now.

It answers "why was this refused?" from the books and the kept texts of law alone. It reads; what was decided stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from registry.books import ledger, texts
from registry.books.models import Application, Certificate
from registry.desks.enquiries.applications import history_of
from registry.desks.enquiries.reasons import Case, Line, Version, reasons
from registry.law.codes import normalise_number
from registry.law.lifecycle import STATE_LABELS
from registry.law.regulation import Regulation
from registry.registrar import Registrar
from registry.words import LANGUAGES, Text


def replay_application(r: Registrar, number: str) -> dict[str, Any]:
    """The life of an application (or of that behind a certificate's number), replayed under its own version of the law
    and held against the one of today. Whoever sees the application sees this, without what is not for them."""
    a = r.fetch(Application, _application_number(r, normalise_number(number)))
    law, current = r.regulation_of(a), _today(r, a)
    entries = ledger.history(r.session, "application", a.number)
    case = Case(r, a, entries, Version(law, r.taxonomy_of(a)),
                Version(current, r.law.taxonomy_of(current)) if current else None)
    shown = {line["seq"]: line for line in history_of(r, a)}
    found = [(shown[e.seq], reasons(case, e)) for e in entries if e.seq in shown]
    lines = [line for _, each in found for line in each]
    return {
        "number": a.number, "product": a.product, "status": a.status, "status_label": STATE_LABELS[a.status],
        "then": _version(r, law), "now": _version(r, current) if current else None, "warning": warning(r, a),
        "agrees": all(line.agrees is not False for line in lines), "differs_now": any(line.differs_now for line in lines),
        "entries": [entry | {"lines": [_line(line) for line in each]} for entry, each in found],
    }


def warning(r: Registrar, a: Application) -> Text | None:
    """What there is to know of the text that an application is pinned to; None where it is the loaded one."""
    loaded, pinned = r.law.regulations.get(a.regulation_id), a.regulation_digest
    if pinned is None or (loaded is not None and loaded.digest == pinned):
        return None
    if texts.find_regulation(r.vault, a.regulation_id, pinned) is None:
        return Text("提交时所依据的法规文件已无法读取，以下按现在载入的文件显示。",
                    "The text that this was handed in under can no longer be read; the file loaded now is shown in its place.")
    return Text("提交之后法规文件有改动；本申请仍按提交时的文本办理。",
                "The file of the regulation was changed after this was handed in; the application goes on under its own text.")


def lines_of(found: dict[str, Any]) -> Iterator[str]:
    """A replay for a terminal, in both languages."""
    yield f"{found['number']}  {found['product']}  {_both(found['status_label'])}"
    for side, version in (("当时 then", found["then"]), ("现行 now", found["now"])):
        yield f"{side}: " + (f"{version['id']}  {version['effective_from']}–{version['effective_until']}  {version['digest'][:16]}"
                             if version else "— 今天没有载入有效版本 | no version is loaded for today")
    if found["warning"]:
        yield f"⚠ {_both(found['warning'])}"
    for entry in found["entries"]:
        yield f"\n{entry['seq']}. {entry['at']:%Y-%m-%d %H:%M}Z  {_both(entry['label'])}  {_both(entry['role'])}  → {entry['after']}"
        for name in ("ground", "reasons", "reason", "comment"):
            if entry["facts"].get(name):
                yield f"   {name}: {_plain(entry['facts'][name])}"
        for line in entry["lines"]:
            yield from _printed(line)
    yield f"\n{'✓ 与记录一致 | the record is what its own rules give' if found['agrees'] else '✗ 与记录不一致 | the record is not what its own rules give'}"


def _printed(line: dict[str, Any]) -> Iterator[str]:
    mark = {True: "✓", False: "✗", None: "·"}[line["agrees"]]
    yield f"   {mark} {_both(line['what'])}"
    if line["recorded"]:
        yield f"       记录 recorded: {_both(line['recorded'])}"
    yield f"       当时 then: {_both(line['then'])}" + (f"  [{line['article']}; {line['basis']}]" if line["article"] else "")
    if line["now"] and line["differs_now"]:
        yield f"       现行 now: {_both(line['now'])}"


def _plain(value: Any) -> str:
    if isinstance(value, Text):
        return _both(value)
    return "; ".join(_plain(v) for v in value) if isinstance(value, list) else str(value)


def _both(text: Text) -> str:
    return text.zh if text.zh == text.en else " | ".join(text.in_(language) for language in LANGUAGES)


def _application_number(r: Registrar, number: str) -> str:
    certificate = r.find(Certificate, number)
    return r.session.get_one(Application, certificate.application_id).number if certificate else number


def _today(r: Registrar, a: Application) -> Regulation | None:
    """The version of its family in force today; where none is, the file of its own version as it is loaded now."""
    return r.law.successor(r.regulation_of(a).family, r.today) or r.law.regulations.get(a.regulation_id)


def _version(r: Registrar, law: Regulation) -> dict[str, Any]:
    return {"id": law.id, "version": law.version, "title": law.title, "digest": law.digest, "effective_from": law.effective_from,
            "effective_until": law.effective_until, "open": law.is_open_on(r.today)}


def _line(line: Line) -> dict[str, Any]:
    rule = line.source
    return {"what": line.what, "recorded": line.recorded, "then": line.then, "now": line.now, "agrees": line.agrees,
            "differs_now": line.differs_now, "article": rule.article if rule else None, "basis": rule.basis if rule else None,
            "source": rule.source if rule else None}
