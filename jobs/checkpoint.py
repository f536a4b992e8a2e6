"""The job of the log: signs what is new and has the witnesses sign it. And the guard: at a start, whether a witness knows more than we do."""

from __future__ import annotations

import hashlib
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

import structlog

from jobs.report import Progress, Report, say
from registry.actors import SYSTEM
from registry.desks import guarding, witnessing
from registry.desks.witnessing import Forked, Owed, Witness
from registry.office import Office
from registry.seal import notes
from registry.words import Text

PATIENCE_SECONDS = 5
log = structlog.get_logger("jobs")


class Unreached(Exception):
    """A witness gave no answer that can be used."""


def run(office: Office, *, dry_run: bool = False, progress: Progress | None = None) -> Report:
    """Sign, then show it around. A witness that does not answer fails no run: that a quorum is missing for long is told once."""
    report = Report("checkpoint", dry_run)
    with office.reading(SYSTEM) as r:
        unsigned = witnessing.is_unsigned(r)
    if dry_run:
        if unsigned:
            report.did("签署新的检查点 a new checkpoint to be signed")
        return report
    if unsigned and not _sign(office, report):
        return report
    for witness in witnessing.read_witnesses(office.settings):
        try:
            _show(office, witness)
        except Unreached as fault:
            log.warning("witness", witness=witness.key.name, fault=str(fault))
    _tell(office, report)
    return report


def guard(office: Office) -> Text | None:
    """Close the books if a witness holds a head of this log, signed by it, that the database does not continue; open them if none does.

    A witness that cannot be reached says nothing: it closes nothing and, while the books are closed, opens nothing.
    """
    heard, why = True, None
    for witness in witnessing.read_witnesses(office.settings):
        try:
            note = _known_to(office, witness)
        except Unreached as fault:
            heard = False
            log.warning("witness", witness=witness.key.name, fault=str(fault))
            continue
        with office.reading(SYSTEM) as r:
            why = why or (guarding.find_conflict(r, office.keys, witness, note) if note else None)
    if why is not None or heard:
        office.close_books(why)
    if why is not None:
        log.error("read_only", why=why.en)
    return why


def _sign(office: Office, report: Report) -> bool:
    try:
        with office.registrar(SYSTEM) as r:
            report.done += witnessing.sign(r, office.keys) is not None
    except Forked as fault:
        office.close_books(Text("公开日志与已签署的检查点不一致。", "The public log does not continue what was signed of it."))
        report.fault(str(fault))
        return False
    return True


def _show(office: Office, witness: Witness) -> None:
    """Show the newest checkpoint to one witness; one that has another size than we think says so, and is asked once more."""
    with office.reading(SYSTEM) as r:
        owed = witnessing.find_owed(r, witness)
    if owed is None:
        return
    status, answer = ask(witness, "POST", "/add-checkpoint", owed.body)
    if status == 409 and answer.strip().isascii() and answer.strip().isdigit() and int(answer) != owed.old:
        with office.reading(SYSTEM) as r:
            again = witnessing.find_owed(r, witness, int(answer))
        if again is None:
            guard(office)
            raise Unreached("it knows a larger tree")
        owed = again
        status, answer = ask(witness, "POST", "/add-checkpoint", owed.body)
    if status != 200 or not _keep(office, witness, owed, answer):
        raise Unreached(f"{status} {answer[:200]}")


def _keep(office: Office, witness: Witness, owed: Owed, answer: str) -> bool:
    with office.registrar(SYSTEM) as r:
        return witnessing.keep_cosignature(r, witness, owed.size, answer)


def _tell(office: Office, report: Report) -> None:
    with office.reading(SYSTEM) as r:
        changed = witnessing.is_news(r)
    if not changed:
        return
    with office.registrar(SYSTEM) as r:
        if witnessing.note_alarm(r) == witnessing.MISSED:
            report.fault("见证方联署未达到法定数 no quorum of the log's witnesses for ten minutes")
        else:
            report.did("见证方联署已恢复 the log's witnesses have signed again")


def _known_to(office: Office, witness: Witness) -> str | None:
    """The newest checkpoint that a witness has of this log; None if it has none."""
    origin = notes.origin_of(office.settings.public_base_url)
    status, answer = ask(witness, "GET", f"/{hashlib.sha256(origin.encode()).hexdigest()}/checkpoint")
    if status not in (200, 404):
        raise Unreached(f"{status} {answer[:200]}")
    return answer if status == 200 else None


def ask(witness: Witness, method: str, path: str, body: bytes | None = None) -> tuple[int, str]:
    """One request to a witness and its answer. Unreached if there is none in time."""
    where = urlsplit(witness.url)
    kind = HTTPSConnection if where.scheme == "https" else HTTPConnection
    connection = kind(where.netloc, timeout=PATIENCE_SECONDS)
    try:
        connection.request(method, where.path + path, body, {"Connection": "close"})
        answer = connection.getresponse()
        return answer.status, answer.read(notes.MOST_OCTETS).decode("utf-8", "replace")
    except (OSError, HTTPException) as fault:
        raise Unreached(say(fault)) from fault
    finally:
        connection.close()
