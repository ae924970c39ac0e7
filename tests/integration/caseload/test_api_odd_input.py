"""What no partner should send is refused with a reason: never an error of ours, and nothing of it is kept."""

import json

import pytest
from sqlalchemy import func, select

from caseload.tables import PartnerMessage, Task
from tests.support.api_at_work import Api, outcome_of
from tests.support.api_programs import northern_system, rsa_key

FHIR = "application/fhir+json"
BARE = {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]}


@pytest.fixture
def partner(store, town, app, work):
    """A trust's system that navigates in the northern network."""
    program = northern_system(store, town, key=rsa_key(), name="Trust")
    made = Api(app, program)
    made.program = program
    return made


def put(api, path, body, method="POST", **headers):
    return api.send(method, path, data=json.dumps(body), headers={"Content-Type": FHIR, **headers})


def task_of(person_id, **changed):
    task = {
        "resourceType": "Task", "status": "requested", "intent": "order", "description": "Fit a key safe",
        "for": {"reference": f"Patient/{person_id}"}, **changed,
    }  # fmt: skip
    return {name: value for name, value in task.items() if value is not None}


def kept(store):
    with store.reading() as session:
        return [session.execute(select(func.count()).select_from(table)).scalar() for table in (Task, PartnerMessage)]


OUTSIDE_EVERY_CALENDAR = (
    "/Flag?_lastUpdated=ge0001-01-01",
    "/Flag?_lastUpdated=le9999",
    "/Flag?_lastUpdated=1899-12-31",
    "/Flag?_lastUpdated=lt2201",
    "/Flag?date=ge9999-12-31T23:00:00-14:00",
    "/Flag?date=0001-01-01T00:00:00%2B14:00",
    "/Flag?date=9999-12-31T23:59:59Z",
    "/Flag?date=2026-01-01T00:00:00%2B99:00",
    "/Flag/_history?_since=0001-01-01T00:00:00Z",
    "/CarePlan/_history?_since=9999-12-31T23:59:59-14:00",
    "/Patient/1/$everything?_since=0001-01-01T00:00:00Z",
)


def test_a_moment_outside_every_calendar_is_refused(partner):
    for path in OUTSIDE_EVERY_CALENDAR:
        assert outcome_of(partner.get(path)) == (400, "INVALID_PARAMETER"), path


def test_the_first_and_the_last_year_are_answered(partner, work):
    assert partner.get("/Flag?_lastUpdated=ge1900-01-01T00:00:00%2B14:00").json["total"] == 1
    assert partner.get("/Flag?_lastUpdated=le2200").json["total"] == 1


def test_text_that_cannot_be_kept_is_no_value_of_a_search(partner):
    asked = ["status=a%00b", "code=%00", "patient=%00", "author=%00", "_id=%00", "date=%00"]
    for path in (*(f"/Flag?{one}" for one in asked), "/Task?identifier=urn:x|%00", "/Communication?identifier=%00|7"):
        assert outcome_of(partner.get(path)) == (400, "INVALID_PARAMETER"), path


def test_a_client_that_cannot_be_one_is_refused(app, partner):
    for client_id in ("\0", "client-\0", "client-é", "x" * 61):
        proof = partner.program.proof(iss=client_id, sub=client_id)
        answer = partner.program.asks(app.test_client(), "system/*.r", assertion=proof)
        assert (answer.status_code, answer.json["error"]) == (400, "invalid_client"), client_id


def test_text_that_cannot_be_kept_is_not_taken(store, partner, work):
    before = kept(store)
    for odd in ("\0", "a\0b", "\ud800", "a\udfff"):
        bodies = [
            task_of(work.person_id, description=odd),
            task_of(work.person_id, note=[{"text": odd}]),
            task_of(work.person_id, identifier=[{"system": "urn:x", "value": odd}]),
            task_of(work.person_id, **{odd: "x"}),
        ]
        for body in bodies:
            assert outcome_of(put(partner, "/Task", body)) == (422, "INVALID_VALUE"), (odd, body)
    assert kept(store) == before


def test_an_element_without_its_value_is_not_taken(store, partner, work):
    before = kept(store)
    for changed in (
        {"status": None, "_status": BARE},
        {"note": [{"_text": BARE}]},
        {"description": None, "_description": BARE},
        {"restriction": {"period": {"_end": BARE}}},
        {"_": BARE},
    ):
        answer = put(partner, "/Task", task_of(work.person_id, **changed))
        assert answer.status_code in (400, 422), changed
        assert outcome_of(answer)[1] in ("MISSING_VALUE", "UNKNOWN_ELEMENT"), changed
    assert kept(store) == before


def test_lists_of_nothing_are_not_taken(store, partner, work):
    before = kept(store)
    for changed in ({"note": [None]}, {"identifier": [None]}, {"note": None, "for": []}):
        assert put(partner, "/Task", task_of(work.person_id, **changed)).status_code in (400, 422), changed
    assert kept(store) == before


def test_an_update_without_a_status_is_not_taken(partner, work):
    made = put(partner, "/Task", task_of(work.person_id))
    body = {**made.json, "_status": BARE}
    del body["status"]
    answer = put(partner, f"/Task/{made.json['id']}", body, "PUT", **{"If-Match": made.headers["ETag"]})
    assert outcome_of(answer) == (422, "MISSING_VALUE")
    assert partner.get(f"/Task/{made.json['id']}").json["status"] == made.json["status"]
