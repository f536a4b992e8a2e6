"""A synthetic office with many certificates: rows put in directly, with a ledger whose chain holds. For measuring only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import insert
from sqlmodel import SQLModel

from registry.actors import Actor, Grant
from registry.books import sought, texts
from registry.books.ledger import GENESIS, digest
from registry.books.models import (
    Announcement,
    Application,
    Appointment,
    Certificate,
    CertificateLife,
    CertificateVersion,
    CertificateWords,
    Enterprise,
    Entry,
    LedgerHead,
    Person,
    ScopeEntry,
)
from registry.clock import FrozenClock, day_ends_at, office_day
from registry.law.codes import with_check
from registry.law.lifecycle import Role
from registry.law.scopes import key_of
from registry.office import Office
from registry.settings import Settings

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 09:00 in Beijing
REGULATION = "hunan-components-2025"
PER_ENTERPRISE, PER_ANNOUNCEMENT, DUE, CHUNK = 20, 500, 500, 5_000
COMMON = "电容"  # a word that one product in eight has
RARE, RARE_EVERY = "忆阻", 3_700  # a word that one product in so many has
OFFICER = Actor("officer", "officer", person_id=1, grants=(Grant(Role.DEPARTMENT, authority="430000"),))
PLACES = ("长沙", "株洲", "湘潭", "衡阳", "岳阳", "常德", "郴州", "永州")
THINGS = ("片式多层陶瓷电容器", "薄膜电阻器", "功率电感器", "石英晶体谐振器", "射频连接器", "压力传感器", "功率二极管", "光电耦合器")
Say = Callable[[str], None]


@dataclass(frozen=True)
class Stock:
    """An office with `size` certificates, DUE of which ended last night and were not swept."""

    office: Office
    size: int
    numbers: tuple[str, ...]  # a few hundred of the certificates that are in force, from all over the register


def fill(folder: Path, size: int, say: Say, database_url: str = "") -> Stock:
    """An office in `folder` with `size` certificates. Close its office when done."""
    office = Office(Settings(data=folder, database_url=database_url, secret_key="for measuring only"), FrozenClock(NOW))
    office.prepare()
    law = office.law.regulation(REGULATION)
    leaves = [leaf.key for leaf in office.law.taxonomy_of(law).leaves]
    today = office_day(NOW)
    _put(office, Enterprise, _enterprises(-(-size // PER_ENTERPRISE)))
    _put(office, Person, _people(-(-size // PER_ENTERPRISE)))
    _put(office, Appointment, _appointments(-(-size // PER_ENTERPRISE)))
    _put(office, Announcement, _announcements(-(-size // PER_ANNOUNCEMENT)))
    _put(office, Application, (_application(i, law.digest) for i in range(1, size + 1)))
    say(f"{size:,} certificates: half way")
    _put(office, Certificate, (_certificate(i, size, leaves[i % len(leaves)], today) for i in range(1, size + 1)))
    _write_ledger(office, size, today)
    _put(office, CertificateVersion, (_version(i, size, today) for i in range(1, size + 1)))
    _put(office, CertificateLife, (_life(i, size, today) for i in range(1, size + 1)))
    _put(office, ScopeEntry, (entry for i in range(1, size + 1) for entry in _entries(i)))
    _put(office, CertificateWords, (_words(i, size, leaves[i % len(leaves)], today) for i in range(1, size + 1)))
    texts.keep(office.vault, law, office.law.taxonomy_of(law))
    step = max(size // 400, 1)
    return Stock(office, size, tuple(number_of(i) for i in range(1, size - DUE, step)))


def _put(office: Office, model: type[SQLModel], rows: Iterator[dict[str, Any]]) -> None:
    statement = insert(model)
    engine = office.engine.execution_options(writing=True)
    while chunk := list(islice(rows, CHUNK)):
        with engine.begin() as connection:
            connection.execute(statement, chunk)


def number_of(i: int) -> str:
    return with_check(f"HN-STJ-2026-{i:07d}")


def _code(i: int) -> str:
    return f"91430100{i:010d}"


def _holder(i: int) -> str:
    return f"湖南{PLACES[i % len(PLACES)]}{i:05d}号电子科技有限公司"


def _product(i: int) -> str:
    return f"{RARE if i % RARE_EVERY == 1 else ''}{THINGS[i % len(THINGS)]}{i:07d}型"


def _enterprises(count: int) -> Iterator[dict[str, Any]]:
    for i in range(1, count + 1):
        yield {"id": i, "credit_code": _code(i), "name": _holder(i), "prefecture": "430100", "registered_at": NOW}


def _people(count: int) -> Iterator[dict[str, Any]]:
    for i in range(1, count + 1):
        yield {"id": i, "login": f"maker-{i}", "name": f"申报人{i}", "email": f"maker-{i}@example.com", "password_hash": "-",
               "created_at": NOW}


def _appointments(count: int) -> Iterator[dict[str, Any]]:
    for i in range(1, count + 1):
        yield {"id": i, "person_id": i, "role": Role.APPLICANT.value, "enterprise_id": i, "began_at": NOW}


def _announcements(count: int) -> Iterator[dict[str, Any]]:
    for i in range(1, count + 1):
        words = f"湘工信电子〔2026〕{i}号"
        yield {"id": i, "document_number": words, "verbatim": words, "regulation_id": REGULATION, "announced_on": NOW.date(),
               "recorded_at": NOW}


def _application(i: int, law: str) -> dict[str, Any]:
    return {
        "id": i, "version": 9, "number": with_check(f"HN-STJ-SQ-2026-{i:07d}"), "enterprise_id": _enterprise(i),
        "prefecture": "430100", "regulation_id": REGULATION, "regulation_digest": law, "status": "certified", "dossier": {}, "approval_conditions": [],
        "product": _product(i), "opened_at": NOW, "submitted_at": NOW, "due_provisional": False, "term_used": 0,
        "term_provisional": False,
    }


def _enterprise(i: int) -> int:
    return (i - 1) // PER_ENTERPRISE + 1


def _term(i: int, size: int, today: date) -> tuple[date, date]:
    """First and last day: the newest DUE ended yesterday, the others end one after another within five years."""
    until = today - timedelta(days=1) if i > size - DUE else today + timedelta(days=1 + i * 7919 % 1825)
    return until - timedelta(days=1826), until


def _certificate(i: int, size: int, leaf: str, today: date) -> dict[str, Any]:
    begins, until = _term(i, size, today)
    models = [f"M{i:07d}-{k}" for k in range(1, 4)]
    return {
        "id": i, "version": 1, "number": number_of(i), "regulation_id": REGULATION, "application_id": i,
        "announcement_id": (i - 1) // PER_ANNOUNCEMENT + 1, "enterprise_id": _enterprise(i), "holder_name": _holder(_enterprise(i)),
        "product": _product(i), "product_class": leaf, "scope": models, "conditions": [], "edition": 1, "scope_text": " ".join(models), "valid_from": begins,
        "valid_until": until, "status": "valid", "suspended": False, "issued_at": NOW, "due_at": day_ends_at(until),
        "due_act": "expire", "due_provisional": False,
    }


def _version(i: int, size: int, today: date) -> dict[str, Any]:
    certificate = _certificate(i, size, "", today)
    return {
        "id": i, "certificate_id": i, "edition": 1, "credit_code": _code(_enterprise(i)), "conditions": [], "entry_seq": i,
        "in_force_from": certificate["valid_from"], **{key: certificate[key] for key in ("holder_name", "product", "scope")},
    }


def _words(i: int, size: int, leaf: str, today: date) -> dict[str, Any]:
    c = _certificate(i, size, leaf, today)
    words, tokens = sought.words_of_texts(
        c["number"], names=[c["product"], c["holder_name"]], codes=[_code(_enterprise(i))], scope=c["scope"],
        marks=sought.marks(REGULATION, leaf, "430100", c["valid_from"].year, ends=c["valid_until"]))
    return {"id": i, "words": words, "tokens": tokens}


def _life(i: int, size: int, today: date) -> dict[str, Any]:
    """The row kept ready for a verdict, as `lives.describe_life` writes it of a certificate to which nothing has happened."""
    c = _certificate(i, size, "", today)
    version = [1, c["valid_from"], NOW, c["holder_name"], _code(_enterprise(i)), c["product"], c["scope"], c["conditions"]]
    body = {"number": c["number"], "regulation": REGULATION, "valid_from": c["valid_from"], "valid_until": c["valid_until"], "issued_at": NOW,
            "versions": [version], "events": [], "replaced_by": None, "replaced_at": None}
    return {"number": c["number"], "body": orjson.dumps(body, option=orjson.OPT_UTC_Z).decode()}


def _entries(i: int) -> Iterator[dict[str, Any]]:
    for k in range(1, 4):
        yield {"number": number_of(i), "key": key_of(f"M{i:07d}-{k}"), "is_pattern": False}


def _write_ledger(office: Office, size: int, today: date) -> None:
    """One entry for each certificate, chained after whatever the office wrote when it was prepared."""
    previous = GENESIS

    def entries() -> Iterator[dict[str, Any]]:
        nonlocal previous
        for i in range(1, size + 1):
            begins, until = _term(i, size, today)
            entry = Entry(
                seq=i, at=NOW, actor="officer", role=Role.DEPARTMENT, subject_kind="certificate", subject=number_of(i), act="issue",
                before=None, after="valid", previous=previous, hash="",
                facts={"valid_from": begins.isoformat(), "valid_until": until.isoformat(), "holder": _holder(_enterprise(i)),
                       "product": _product(i), "document_number": f"湘工信电子〔2026〕{(i - 1) // PER_ANNOUNCEMENT + 1}号"},
            )
            previous = digest(entry)
            yield entry.model_dump() | {"hash": previous}

    _put(office, Entry, entries())
    with office.engine.execution_options(writing=True).begin() as connection:
        connection.execute(LedgerHead.__table__.update().values(size=size, hash=previous))  # type: ignore[attr-defined]
