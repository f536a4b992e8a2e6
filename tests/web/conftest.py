"""The office behind its web, and callers before it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple, replace
from pathlib import Path

import pytest
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache

import web
from registry.actors import PUBLIC
from registry.desks import accounts
from registry.office import Office
from tests.factories import PASSWORD, Town
from tests.web.callers import Caller, Document
from web.lane import Lane
from web.limits import limiter


class Compiled(BytecodeCache):
    """Templates, compiled once for all applications of this process."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.bytecode_to_string()


@pytest.fixture(autouse=True)
def _compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Flask, "jinja_options", {"bytecode_cache": COMPILED})


COMPILED = Compiled()


_apps: dict[tuple[object, ...], Flask] = {}


@pytest.fixture
def app(office: Office) -> Flask:
    """The application over this test's office. Routes are the same for all: it is made once a process for each kind of settings.

    A test that adds to it builds its own.
    """
    kind = astuple(replace(office.settings, data=Path(), database_url="", law_dir=""))
    found = _apps[kind] = _apps.get(kind) or web.build(office, limits=False)
    found.extensions |= {"office": office, "lane": Lane(office)}
    limiter.enabled = False  # one for all applications: another test's may have turned it on
    return found


@pytest.fixture
def document(app: Flask) -> Document:
    return Document.of(app)


@pytest.fixture
def public(app: Flask, document: Document) -> Caller:
    return Caller(app, document)


@pytest.fixture
def as_(app: Flask, document: Document, office: Office) -> Callable[[str], Caller]:
    """The caller with a token of the person with this login."""

    def sign_in(login: str) -> Caller:
        with office.registrar(PUBLIC) as r:
            return Caller(app, document, accounts.sign_in(r, login=login, password=PASSWORD, kind="token"))

    return sign_in


@pytest.fixture
def people(town: Town) -> Town:
    """The town with everybody appointed whom a road needs."""
    town.admin(), town.applicant(), town.bureau(), town.department(), town.auditor()
    for number in range(1, 6):
        town.expert(number)
    return town
