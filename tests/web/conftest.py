"""The office behind its web, and callers before it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

import web
from registry.actors import PUBLIC
from registry.desks import accounts
from registry.office import Office
from tests.factories import PASSWORD, Town
from tests.web.callers import Caller, Document


@pytest.fixture
def app(office: Office) -> Flask:
    return web.build(office, limits=False)


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
