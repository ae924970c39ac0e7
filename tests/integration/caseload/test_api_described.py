"""What the API says of itself is what it does: the CapabilityStatement, the OpenAPI description, and thousands of odd requests."""

import json
from types import SimpleNamespace

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    response_schema_conformance,
    status_code_conformance,
)

from caseload.api.openapi import description
from caseload.api.problems import BY_STATUS, MEANINGS, ErrorCode, issue
from caseload.app import create_app
from caseload.database import open_database
from caseload.domain.words import Role
from caseload.queries.outward.resources import RESOURCES
from caseload.secrets import Secrets
from caseload.settings import settings_with
from caseload.store import Store
from interfaces.fhir.outcome import outcome
from interfaces.fhir.reading import model_of
from tests.integration.caseload.conftest import SECRET
from tests.support.api_programs import let_in_program, rsa_key
from tests.support.case_app import NOW
from tests.support.copied_places import copied
from tests.support.effort import effort
from tests.support.sqlite import sqlite_url
from tests.support.town_at_work import make_town_at_work


def test_every_code_has_a_meaning_and_an_outcome_that_is_valid():
    assert set(MEANINGS) == set(ErrorCode)
    assert set(BY_STATUS.values()) <= set(ErrorCode)
    assert all(MEANINGS[code].status == status for status, code in BY_STATUS.items())
    for code in ErrorCode:
        model_of("OperationOutcome").model_validate(outcome([issue(code, where="Task.status")]))


def test_the_capability_statement_is_for_everybody_and_says_what_is_served(app):
    answer = app.test_client().get("/fhir/R4/metadata")
    assert answer.status_code == 200
    told = answer.json
    model_of("CapabilityStatement").model_validate(told)
    assert told["fhirVersion"] == "4.0.1"
    served = {one["type"]: [way["code"] for way in one["interaction"]] for one in told["rest"][0]["resource"]}
    assert set(served) == set(RESOURCES) | {"Binary"}
    assert served["Binary"] == ["read"]


def test_the_description_is_the_same_each_time_and_served(app):
    served = app.test_client().get("/fhir/R4/openapi.json")
    assert served.text == description()
    described = json.loads(served.text)
    assert {path.split("/")[1] for path in described["paths"]} >= set(RESOURCES) | {"Binary"}


def test_what_identifies_somebody_is_described_for_forms_only():
    paths = json.loads(description())["paths"]
    in_address = {one["name"] for one in paths["/Patient"]["get"]["parameters"]}
    form = paths["/Patient/_search"]["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
    personal = {"identifier", "family", "given", "name", "birthdate", "address-postalcode"}
    assert not personal & in_address
    assert personal <= form["properties"].keys()


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The API over the place at work, and the headers of three programs of different roles."""
    folder = tmp_path_factory.mktemp("described")
    engine = open_database(sqlite_url(folder))
    store = Store(engine, Secrets.of(SECRET))
    town = copied(store, make_town_at_work).town
    given = settings_with(
        secret_key=SECRET, secure_cookies=False, exports_folder=str(folder / "exports"), api_reads_per_minute=1_000_000
    )
    app = create_app(given, store=store, now=lambda: NOW)
    roles = ((Role.URGENT_CARE, "TESTHAM"), (Role.PRACTICE, "Y90001"), (Role.WAREHOUSE, "TESTHAM"))
    headers = []
    for role, place in roles:
        program = let_in_program(
            store, home_id=town.places["TRUST"], roles=[(role, town.places[place])], key=rsa_key(), name=role.value
        )
        headers.append(program.headers(app.test_client(), "system/*.cruds"))
    app.config["PROPAGATE_EXCEPTIONS"] = False
    yield SimpleNamespace(app=app, headers=headers)
    engine.dispose()


@pytest.mark.slow(seconds=30)
@pytest.mark.parametrize("role", range(3), ids=["urgent_care", "practice", "warehouse"])
def test_odd_requests_are_answered_as_described(served, role):
    """No 5xx, only statuses that are described, and answers of the shape that is."""
    schema = schemathesis.openapi.from_dict({**json.loads(description()), "servers": [{"url": "/fhir/R4"}]})
    schema.app = served.app
    checks = (not_a_server_error, status_code_conformance, response_schema_conformance)
    asked = []
    for found in schema.get_all_operations():
        operation = found.ok()

        @settings(
            max_examples=effort(4, long=16), derandomize=True, deadline=None, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @_given(operation)
        def once(case):
            answer = case.call(headers=served.headers[role])
            case.validate_response(answer, checks=checks)
            asked.append(answer.status_code)

        once()
    assert len(asked) > 150
    assert {200, 404} <= set(asked)


def _given(operation):
    return given(case=operation.as_strategy())
