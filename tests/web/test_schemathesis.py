"""What Schemathesis finds when it makes requests out of the OpenAPI document: no 500, nothing that is not documented."""

from __future__ import annotations

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from registry.actors import PUBLIC
from registry.desks import accounts
from registry.office import Office
from tests.factories import PASSWORD, Town, with_keys

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
          response_schema_conformance]  # fmt: skip
BOUNDED = settings(max_examples=3, deadline=None, database=None, suppress_health_check=list(HealthCheck),
                   phases=(Phase.explicit, Phase.generate))  # fmt: skip

pytestmark = pytest.mark.once


@pytest.mark.parametrize("login", ["admin", "maker-0", "department"])
def test_every_operation_answers_as_documented(app: Flask, town: Town, office: Office, login: str) -> None:
    town.admin(), town.applicant(), town.department()
    with_keys(office)
    with office.registrar(PUBLIC) as r:
        token = accounts.sign_in(r, login=login, password=PASSWORD, kind="token")
    described = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    for found in described.get_all_operations():

        @BOUNDED
        @given(case=found.ok().as_strategy())
        def answers_as_documented(case: schemathesis.Case) -> None:
            case.call_and_validate(checks=CHECKS, headers={"Authorization": f"Bearer {token}"})

        answers_as_documented()
