"""How a program is answered: what it is refused for, in which form, under which name; never with anything of anybody in it."""

import re
from datetime import timedelta

import pytest

from caseload.app import create_app
from caseload.queries.outward import wanted
from tests.support.api_at_work import BASE, Api, outcome_of
from tests.support.api_programs import urgent_care
from tests.support.case_app import NOW


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("_count=x", "INVALID_PARAMETER"),
        ("_count=-1", "INVALID_PARAMETER"),
        ("_lastUpdated=yesterday", "INVALID_PARAMETER"),
        ("_lastUpdated=ne2026-01-01", "INVALID_PARAMETER"),
        ("date=2026-13-01", "INVALID_PARAMETER"),
        ("patient:missing=maybe", "INVALID_PARAMETER"),
        ("status:exact=active", "INVALID_PARAMETER"),
        ("patient=a b", "INVALID_PARAMETER"),
    ],
)
def test_a_value_that_cannot_be_read_is_refused(urgent, work, query, code):
    assert outcome_of(urgent.get(f"/Flag?{query}")) == (400, code)


@pytest.mark.parametrize("query", ["colour=red", "_include=Flag:colour", "_revinclude=Flag:patient", "_summary=true"])
def test_a_parameter_that_is_not_known_is_passed_over_or_refused_as_asked(urgent, work, query):
    lenient = urgent.get(f"/Flag?{query}")
    assert lenient.status_code == 200
    assert query.partition("=")[0] not in lenient.json["link"][0]["url"]
    assert outcome_of(urgent.get(f"/Flag?{query}", Prefer="handling=strict")) == (400, "UNKNOWN_PARAMETER")


@pytest.mark.parametrize("order", ["date", "-_id", "_lastUpdated", "-_lastUpdated", "_id,date"])
def test_an_order_that_is_not_kept_is_refused_and_the_service_says_which_is(urgent, work, order):
    refused = urgent.get(f"/Flag?_sort={order}")
    assert outcome_of(refused) == (400, "UNKNOWN_PARAMETER")
    words = refused.json["issue"][0]["diagnostics"]
    assert "_sort can only be _id" in words
    assert "_lastUpdated=ge" in words
    kept = urgent.get("/Flag?_sort=_id").json
    assert (kept["total"], "_sort=_id" in kept["link"][0]["url"]) == (1, True)
    assert "_sort takes _id" in urgent.get("/metadata").json["rest"][0]["documentation"]


def test_no_token_a_wrong_one_and_one_that_is_over(app, clock, urgent, work):
    path = f"{BASE}/Flag/{work.flag_id}"
    client = app.test_client()
    bare = client.get(path)
    assert outcome_of(bare) == (401, "NOT_SIGNED_IN")
    assert bare.headers["WWW-Authenticate"].startswith("Bearer")
    for header in ("Bearer x", "Basic eDp4", "Bearer", f"Bearer {'x' * 300}"):
        assert outcome_of(client.get(path, headers={"Authorization": header})) == (401, "NOT_SIGNED_IN")
    clock.now = NOW + timedelta(minutes=10)
    assert outcome_of(urgent.get(f"/Flag/{work.flag_id}")) == (401, "NOT_SIGNED_IN")


def test_a_session_of_a_page_is_no_token(client_as, work):
    assert outcome_of(client_as("ash.manager").get(f"{BASE}/Flag/{work.flag_id}")) == (401, "NOT_SIGNED_IN")


def test_scopes_that_do_not_cover_it(store, town, app, work):
    program = urgent_care(store, town)
    api = Api(app, program, "system/Flag.r")
    assert api.get(f"/Flag/{work.flag_id}").status_code == 200
    for path in (
        "/Flag",
        f"/Patient/{work.person_id}",
        f"/CarePlan/{work.case_id}",
        f"/Patient/{work.person_id}/$everything",
        "/Nothing",
    ):
        refused = api.get(path)
        assert outcome_of(refused) == (403, "ACCESS_DENIED")
        assert "insufficient_scope" in refused.headers["WWW-Authenticate"]


def test_a_role_that_may_not_have_a_kind_of_resource(urgent, work):
    for kind in ("AuditEvent", "Consent", "RiskAssessment", "Task"):
        assert outcome_of(urgent.get(f"/{kind}")) == (403, "ACCESS_DENIED")


@pytest.mark.parametrize(
    ("method", "path", "refusal"),
    [
        ("GET", "/Nothing", (404, "UNSUPPORTED_RESOURCE")),
        ("GET", "/Nothing/1", (404, "UNSUPPORTED_RESOURCE")),
        ("GET", "/Flag/1/2/3", (404, "UNSUPPORTED_RESOURCE")),
        ("GET", "/", (404, "UNSUPPORTED_RESOURCE")),
        ("DELETE", "/Flag/1", (405, "UNSUPPORTED_INTERACTION")),
        ("PATCH", "/Task/1", (405, "UNSUPPORTED_INTERACTION")),
        ("PUT", "/Flag/1", (405, "UNSUPPORTED_INTERACTION")),
        ("POST", "/Flag", (405, "UNSUPPORTED_INTERACTION")),
        ("GET", "/Flag/1/_history", (405, "UNSUPPORTED_INTERACTION")),
        ("GET", "/Patient/_history", (405, "UNSUPPORTED_INTERACTION")),
        ("POST", "/metadata", (405, "UNSUPPORTED_INTERACTION")),
        ("OPTIONS", "/Flag", (405, "UNSUPPORTED_INTERACTION")),
    ],
)
def test_what_is_not_served_is_said_so(urgent, work, method, path, refusal):
    assert outcome_of(urgent.send(method, path, json={} if method in ("PUT", "POST") else None)) == refusal


def test_head_is_not_answered(urgent, work):
    assert urgent.send("HEAD", f"/Flag/{work.flag_id}").status_code == 405


@pytest.mark.parametrize(
    ("headers", "query", "status"),
    [
        ({"Accept": "application/fhir+json"}, "", 200),
        ({"Accept": "application/json"}, "", 200),
        ({"Accept": "*/*"}, "", 200),
        ({"Accept": "application/fhir+xml, application/fhir+json;q=0.5"}, "", 200),
        ({"Accept": "application/fhir+json; fhirVersion=4.0"}, "", 200),
        ({"Accept": "application/fhir+xml"}, "?_format=json", 200),
        ({}, "?_format=application/fhir%2Bjson", 200),
        ({"Accept": "application/fhir+xml"}, "", 406),
        ({"Accept": "text/html"}, "", 406),
        ({"Accept": "application/fhir+json; fhirVersion=3.0"}, "", 406),
        ({"Accept": "application/fhir+json;q=0"}, "", 406),
        ({}, "?_format=xml", 406),
        ({}, "?_format=ttl", 406),
    ],
)
def test_the_form_of_an_answer(urgent, work, headers, query, status):
    answer = urgent.get(f"/Flag/{work.flag_id}{query}", **headers)
    assert answer.status_code == status
    if status == 406:
        assert outcome_of(answer) == (406, "NOT_ACCEPTABLE")


def test_a_request_keeps_its_name(urgent, work):
    named = urgent.get("/Flag", **{"X-Request-ID": "abc-123", "X-Correlation-ID": "def.4"})
    assert (named.headers["X-Request-ID"], named.headers["X-Correlation-ID"]) == ("abc-123", "def.4")
    for strange in ("a b", "x" * 200, "<script>", ""):
        given = urgent.get("/Flag", **{"X-Request-ID": strange}).headers["X-Request-ID"]
        assert re.fullmatch(r"[0-9a-f]{32}", given)


def test_no_answer_lets_other_sites_in_or_is_kept(urgent, work):
    answer = urgent.get(f"/Flag/{work.flag_id}", Origin="https://elsewhere.example")
    assert not [name for name, _ in answer.headers if name.lower().startswith("access-control")]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.usefixtures("same_minute")
def test_too_many_requests_are_told_when_to_come_again(store, town, work, settings, clock):
    app = create_app(settings.model_copy(update={"api_reads_per_minute": 3}), store=store, now=clock)
    app.testing = True
    program = urgent_care(store, town)
    api = Api(app, program)
    answers = [api.get("/Flag") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert outcome_of(answers[-1]) == (429, "TOO_MANY_REQUESTS")
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 61


@pytest.mark.usefixtures("same_minute")
def test_too_many_requests_for_tokens_are_told_when_to_come_again(store, town, settings, clock):
    app = create_app(settings.model_copy(update={"api_tokens_per_minute": 2}), store=store, now=clock)
    app.testing = True
    program = urgent_care(store, town)
    answers = [program.asks(app.test_client(), "system/Flag.rs") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert outcome_of(answers[-1]) == (429, "TOO_MANY_REQUESTS")
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 61


def test_a_fault_of_ours_says_nothing_of_the_data(app, urgent, work, monkeypatch, caplog):
    def fails(*_arguments):
        raise RuntimeError("the name of somebody")

    monkeypatch.setattr(wanted.Outward, "search", fails)
    app.testing = False
    answer = urgent.get("/Flag")
    app.testing = True
    assert outcome_of(answer) == (500, "INTERNAL")
    assert "somebody" not in answer.text
    assert "somebody" not in caplog.text
