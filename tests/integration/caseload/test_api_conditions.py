"""What the CapabilityStatement says of conditions and versions, resource by resource, beside what the service then does."""

import json
from itertools import product

import pytest

from caseload.queries.outward.resources import RESOURCES
from caseload.tables import PartnerMessage, Task
from tests.integration.caseload.test_api_writes import FHIR, message_of, put, rows, task_of
from tests.support.api_at_work import Api, outcome_of
from tests.support.api_programs import northern_system

ODD = [
    "", " ", "identifier=", "identifier=|", "identifier=urn:trust:requests|78", "identifier=urn:trust:requests|", "identifier=|77",
    "identifier=urn:trust:requests|77,urn:trust:requests|78", "identifier=urn:trust:requests|77&status=requested",
    "status=requested", "_id=1", "identifier", "?identifier=urn:trust:requests|77x",
]  # fmt: skip


@pytest.fixture
def partner(store, town, app, work):
    return Api(app, northern_system(store, town))


@pytest.fixture
def said(partner):
    """What is said of each resource."""
    told = partner.get("/metadata").json["rest"][0]["resource"]
    return {one["type"]: one for one in told}


def ways(one):
    return {way["code"] for way in one["interaction"]}


def test_conditional_create_is_said_of_what_can_be_created_and_of_nothing_else(partner, said):
    assert {name for name, one in said.items() if one["conditionalCreate"]} == {"Task", "Communication"}
    assert {name for name, one in said.items() if "create" in ways(one)} == {"Task", "Communication"}
    for name in set(said) - {"Task", "Communication"}:
        asked = put(partner, f"/{name}", {"resourceType": name}, **{"If-None-Exist": "identifier=urn:x|1"})
        assert outcome_of(asked)[0] == (404 if name == "Binary" else 405), name


def test_a_condition_of_another_kind_is_refused_and_never_passed_over(store, partner, work):
    own = [{"system": "urn:trust:requests", "value": "77"}]
    for header, number, (path, body) in product(ODD, (own, None), (("/Task", task_of), ("/Communication", message_of))):
        asked = put(partner, path, body(work.person_id, identifier=number), **{"If-None-Exist": header})
        assert outcome_of(asked) == (400, "INVALID_PARAMETER"), (path, header)
    assert rows(store, PartnerMessage) == []
    assert [one for one in rows(store, Task) if one.kind.value == "partner_request"] == []


def test_a_read_is_conditional_by_its_tag_and_not_by_its_time(partner, work, said):
    assert {one["conditionalRead"] for one in said.values()} == {"not-match"}
    first = partner.get(f"/Flag/{work.flag_id}")
    tag, changed = first.headers["ETag"], first.headers["Last-Modified"]
    assert partner.get(f"/Flag/{work.flag_id}", **{"If-None-Match": tag}).status_code == 304
    assert partner.get(f"/Flag/{work.flag_id}", **{"If-Modified-Since": changed}).status_code == 200


def test_nothing_is_made_or_changed_by_a_put_that_names_no_row_of_ours(store, partner, work, said):
    assert not any(one["updateCreate"] or one["conditionalUpdate"] for one in said.values())
    assert {one["conditionalDelete"] for one in said.values()} == {"not-supported"}
    body = {**task_of(work.person_id), "id": "999999"}
    assert outcome_of(put(partner, "/Task/999999", body, "PUT", **{"If-Match": "*"})) == (404, "RESOURCE_NOT_FOUND")
    for method in ("PUT", "PATCH", "DELETE"):
        asked = partner.send(
            method, "/Task?identifier=urn:trust:requests|77", data=json.dumps(body), headers={"Content-Type": FHIR}
        )
        assert outcome_of(asked)[0] == 405
    assert [one for one in rows(store, Task) if one.kind.value == "partner_request"] == []


def test_versions_and_histories_are_where_they_are_said_to_be(partner, work, said):
    assert {one["versioning"] for name, one in said.items() if name != "Task"} == {"versioned"}
    assert said["Task"]["versioning"] == "versioned-update"
    assert {name for name, one in said.items() if one["readHistory"]} == {"CarePlan"}
    assert {name for name, one in said.items() if "history-type" in ways(one)} == {"CarePlan", "Flag"}
    for name in RESOURCES:
        found = partner.get(f"/{name}?_count=2")
        assert all(one["resource"]["meta"]["versionId"] for one in found.json.get("entry", ())), name
        followed = partner.get(f"/{name}/_history").status_code
        assert (followed == 200) == ("history-type" in ways(said[name])), name
    assert partner.get(f"/CarePlan/{work.case_id}/_history").json["total"] >= 1
