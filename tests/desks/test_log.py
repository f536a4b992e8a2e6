"""The public log, read and verified by a package not written here, and witnessed over HTTP: what is altered is found, a fork is refused."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select
from tlog_scales.reader import TilesReader
from tlog_scales.signing import NoteSignature, Vkey
from tlog_scales.tlog import Checkpoint, ConsistencyProof, ConsistencyProofInvalid, InclusionProof

from jobs import audit, checkpoint
from registry.actors import PUBLIC, SYSTEM
from registry.books.log import entries, tree
from registry.books.models import Credential, StatusSlot
from registry.desks import keys, witnessing
from registry.desks.enquiries import log
from registry.desks.enquiries.certificates import PUBLIC_ACTS
from registry.errors import NotFound, ReadOnly
from registry.office import Office
from tests.factories import Town

ORIGIN = "registry.example.cn/log"
# The roots of RFC 6962's test tree, as published with certificate transparency.
LEAVES = [bytes.fromhex(x) for x in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")]
ROOTS = {1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d", 2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
         3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77", 8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"}


def grown(leaves: list[bytes]) -> tree.Read:
    nodes: dict[tuple[int, int], bytes] = {}
    for idx, leaf in enumerate(leaves):
        for level, place, value in tree.grow(idx, tree.leaf_hash(leaf), lambda *at: nodes[at]):
            nodes[level, place] = value
    return lambda *at: nodes[at]


@pytest.mark.once
def test_roots_are_those_of_rfc_6962() -> None:
    read = grown(LEAVES)
    assert {size: tree.root(size, read).hex() for size in ROOTS} == ROOTS


@pytest.mark.once
@given(st.integers(1, 300).flatmap(lambda new: st.tuples(st.just(new), st.integers(0, new), st.integers(0, new - 1))))
def test_every_proof_is_accepted_by_a_verifier_not_written_here(case: tuple[int, int, int]) -> None:
    new, old, idx = case
    root = tree.root(new, READ_MANY)
    InclusionProof(idx, new, tree.inclusion(idx, new, READ_MANY)).check(tree.leaf_hash(MANY[idx]), root)
    ConsistencyProof(old, new, tree.consistency(old, new, READ_MANY)).check(tree.root(old, READ_MANY), root)


MANY = [n.to_bytes(2, "big") for n in range(300)]
READ_MANY = grown(MANY)


class Witness:
    """A witness after the protocol, over the independent package: it keeps one head and signs what continues it."""

    def __init__(self) -> None:
        self.key, self.log = Ed25519PrivateKey.generate(), ""
        self.vkey = Vkey("witness.example/w1", None, 4, self.key.public_key().public_bytes_raw())
        self.head: Checkpoint | None = None
        self.note, self.statuses, self.down, self.now = "", [], False, 0

    def add(self, body: str) -> tuple[int, str]:
        asked, _, note = body.partition("\n\n")
        old, *proof = asked.split("\n")
        said = Checkpoint.from_text(note)
        said.verify(Vkey.from_string(self.log))
        size = self.head.size if self.head else 0
        if int(old.removeprefix("old ")) != size:
            return 409, f"{size}\n"
        try:
            hashes = [_octets(line) for line in proof]
            ConsistencyProof(size, said.size, hashes).check(self.head.root_hash if self.head else hashlib.sha256().digest(), said.root_hash)
        except ConsistencyProofInvalid:
            return 422, "no"
        self.head, self.note = said, note
        message = f"cosignature/v1\ntime {self.now}\n".encode() + said.serialize_body().encode()
        return 200, NoteSignature.from_vkey_signature(self.vkey, self.now.to_bytes(8, "big") + self.key.sign(message)).serialize() + "\n"


def _octets(line: str) -> bytes:
    return base64.b64decode(line)


@pytest.fixture(scope="module")
def serving() -> Iterator[tuple[str, dict[str, Witness]]]:
    at_work: dict[str, Witness] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            witness = at_work["it"]
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer(*((500, "down") if witness.down else witness.add(body)))

        def do_GET(self) -> None:
            witness, wanted = at_work["it"], f"/{hashlib.sha256(ORIGIN.encode()).hexdigest()}/checkpoint"
            known = self.path == wanted and witness.note
            self._answer(*((500, "down") if witness.down else (200, witness.note) if known else (404, "")))

        def _answer(self, status: int, said: str) -> None:
            at_work["it"].statuses.append(status)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(said.encode())

        def log_message(self, *_: Any) -> None:
            return None

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", at_work
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def witness(town: Town, serving: tuple[str, dict[str, Witness]], tmp_path: Path) -> Witness:
    """The town is walked without it; then the office gets its key and this witness."""
    url, at_work = serving
    witness = at_work["it"] = Witness()
    town.certified()
    give(town.office, url, witness)
    return witness


def give(office: Office, url: str, witness: Witness) -> None:
    office.settings = replace(office.settings, public_base_url="https://registry.example.cn", log_witnesses=f"{url} {witness.vkey.serialize()}")
    office.keys._passphrase = "a passphrase for tests alone"
    with office.registrar(SYSTEM) as r:
        keys.make_keys(r, office.keys)
        witness.log = str(witnessing.log_key(r, office.keys))
        witness.now = int(r.now.timestamp())


def behind_the_back(office: Office, *statements: str) -> None:
    """With the triggers out of the way."""
    with office.engine.execution_options(writing=True).begin() as connection:
        if connection.dialect.name == "sqlite":
            for name in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%stays%'").scalars().all():
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for statement in statements:
            connection.execute(text(statement))


def faults(office: Office) -> list[str]:
    return [line for line in audit.run(office).lines if " log " in line]


def test_every_public_act_has_its_event() -> None:
    assert set(entries.EVENTS) == set(PUBLIC_ACTS) - {"begin", "expire"}


def test_a_certificate_is_proved_by_software_not_written_here(town: Town, witness: Witness) -> None:
    office = town.office
    with office.reading(PUBLIC) as r:
        number = json.loads(r.session.exec(select(entries.LogEntry.entry)).first())["certificate"]
        with pytest.raises(NotFound):
            log.newest_checkpoint(r)
    assert checkpoint.run(office).ok and witness.statuses == [200]
    assert checkpoint.run(office).ok and witness.statuses == [200], "nothing new, nothing asked"
    with office.reading(PUBLIC) as r:
        proof, files = log.prove(r, number), Files(r)
        shown = log.show_log(r, office.keys)
        for nothing in ("0/001", "0/000.p/2", "0/x000/000.p/1", "00/000.p/1", "64/000", "entries/٠٠٠.p/1", "entries/000",
                        "0/000.p/256", "0/000.p/0", "0/000.p/1\n"):
            with pytest.raises(NotFound):
                log.find_tile(r, nothing)
        reader = TilesReader(files)
        head = reader.get_checkpoint()
        assert reader.calculate_root_hash() == head.root_hash and head.origin == shown["origin"] == ORIGIN
        entry = reader.get_entry(0)
    first, extra, index, *_ = proof.split("\n")
    path, _, note = proof.partition("\n\n")
    assert (first, index) == ("c2sp.org/tlog-proof@v1", "index 0") and _octets(extra.removeprefix("extra ")) == entry
    dated = Checkpoint.from_text(note)
    for key in (shown["vkey"], *shown["witnesses"]):
        dated.verify(Vkey.from_string(key))
    InclusionProof(0, dated.size, [_octets(line) for line in path.split("\n")[3:]]).check(tree.leaf_hash(entry), dated.root_hash)
    with office.reading(PUBLIC) as r:
        credential, slot = r.session.get_one(Credential, (number, 1)), r.session.get_one(StatusSlot, number)
        digest = hashlib.sha256(credential.payload.encode()).hexdigest()
    assert json.loads(entry) == {
        "v": 1, "type": "certificate.issued", "certificate": number, "time": json.loads(entry)["time"], "digest": f"sha256:{digest}",
        "status": {"revocation": f"revocation-{slot.ordinal}", "suspension": f"suspension-{slot.ordinal}", "index": slot.slot}}
    assert faults(office) == []


class Files:
    """The log as the independent reader asks for it."""

    def __init__(self, r: Any) -> None:
        self.r = r

    def get(self, *path: str) -> bytes | None:
        try:
            return log.newest_checkpoint(self.r).encode() if path == ("checkpoint",) else log.find_tile(self.r, "/".join(path[1:]))
        except NotFound:
            return None


def test_rows_stay_as_they_were_written(town: Town, witness: Witness) -> None:
    checkpoint.run(town.office)
    for table in ("log_entry", "log_node", "log_checkpoint", "cosignature"):
        column = "witness" if table == "cosignature" else {"log_entry": "idx", "log_node": "idx", "log_checkpoint": "size"}[table]
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET {column} = {column}"):
            with pytest.raises(DBAPIError, match="append-only"), town.office.engine.execution_options(writing=True).begin() as connection:
                connection.execute(text(statement))


@pytest.mark.parametrize(("statement", "named"), [
    ("UPDATE log_entry SET entry = replace(entry, 'issued', 'revoked') WHERE idx = 0", "log entry 0"),
    ("UPDATE log_entry SET entry = replace(entry, '202', '201') WHERE idx = 0", "dated otherwise"),
    ("DELETE FROM log_node WHERE level = 0", "log node 0/0"),
    ("DELETE FROM log_entry WHERE idx = 0", "is missing"),
    ("UPDATE log_checkpoint SET root = (SELECT hash FROM log_node WHERE idx = 999)", "log checkpoint"),
    ("UPDATE log_checkpoint SET note = replace(note, '/log', '/lag')", "signed by no key"),
], ids=["edited", "back-dated", "node dropped", "entry dropped", "root", "note"])
def test_what_was_altered_by_hand_is_named(town: Town, witness: Witness, statement: str, named: str) -> None:
    checkpoint.run(town.office)
    if "999" in statement:
        statement = "UPDATE log_checkpoint SET root = " + ("X'00'" if town.office.engine.dialect.name == "sqlite" else "'\\x00'")
    behind_the_back(town.office, statement)
    assert any(named in fault for fault in faults(town.office))


def test_a_witness_refuses_a_fork_and_closes_the_books_of_an_older_backup(town: Town, witness: Witness) -> None:
    office = town.office
    checkpoint.run(office)
    assert checkpoint.guard(office) is None
    behind_the_back(office, "DELETE FROM cosignature", "DELETE FROM log_checkpoint", "DELETE FROM log_node", "DELETE FROM log_entry")
    why = checkpoint.guard(office)
    assert why is not None and "older backup" in why.en
    with pytest.raises(ReadOnly, match="older backup"), office.registrar(SYSTEM):
        pass
    with office.reading(PUBLIC) as r:
        assert witnessing.show_state(r, office.keys)["read_only"]["en"] == why.en
    witness.down = True
    assert checkpoint.guard(office) is None
    with pytest.raises(ReadOnly), office.registrar(SYSTEM):
        pass
    witness.down, witness.note = False, witness.note.replace(ORIGIN, "elsewhere")
    assert checkpoint.guard(office) is None, "what this log did not sign closes nothing"
    with office.registrar(SYSTEM) as r:
        assert entries.take_over(r.session, r.now) == 1
    witness.statuses.clear()
    checkpoint.run(office)  # the tree of the same size, with another root: `imported` in place of `issued`
    assert 422 in witness.statuses
    with office.reading(PUBLIC) as r, pytest.raises(NotFound):
        log.prove(r, json.loads(r.session.get(entries.LogEntry, 0).entry)["certificate"])


def test_without_witnesses_an_alarm_is_told_once_and_issuing_stops_after_a_day(town: Town, witness: Witness) -> None:
    witness.down = True
    assert checkpoint.run(town.office).ok
    town.clock.advance(timedelta(minutes=11))
    assert not checkpoint.run(town.office).ok and checkpoint.run(town.office).ok, "told once"
    town.clock.advance(timedelta(hours=24))
    with town.office.reading(SYSTEM) as r, pytest.raises(witnessing.NotYet, match="24 hours"):
        witnessing.refuse_unwitnessed(r)
    witness.down = False
    assert checkpoint.run(town.office).lines
    with town.office.reading(SYSTEM) as r:
        witnessing.refuse_unwitnessed(r)
