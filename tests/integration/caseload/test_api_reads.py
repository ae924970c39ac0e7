"""What a program reads and searches: the same people as at pages, every look written down, and nothing of anybody in an address."""

import json
from datetime import timedelta

import pytest

from caseload.domain.words import Role
from tests.support.api_at_work import BASE, Api, outcome_of
from tests.support.api_programs import let_in_program, northern_system, rsa_key
from tests.support.case_app import NOW, audited
from tests.support.flag_work import FlagWork


@pytest.fixture
def partner(store, town, app, work):
    """A trust's system that navigates in the northern network."""
    program = northern_system(store, town, key=rsa_key(), name="Trust")
    return Api(app, program)


@pytest.fixture
def practice(store, town, app):
    """The system of Birch Surgery, with its four people (6 to 9)."""
    program = let_in_program(
        store, home_id=town.places["Y90002"], roles=[(Role.PRACTICE, town.places["Y90002"])], key=rsa_key(), name="GP"
    )
    return Api(app, program)


def views(store):
    return [people for action, people in audited(store) if action == "view"]


def test_111_reads_the_flag_and_the_look_is_written(store, town, urgent, work):
    answer = urgent.get(f"/Flag/{work.flag_id}")
    assert answer.status_code == 200
    assert answer.mimetype == "application/fhir+json"
    flag = answer.json
    assert (flag["resourceType"], flag["status"], flag["subject"]) == (
        "Flag", "active", {"reference": f"Patient/{town.people[1]}"},
    )  # fmt: skip
    assert answer.headers["ETag"] == f'W/"{flag["meta"]["versionId"]}"'
    assert "Last-Modified" in answer.headers
    assert views(store) == [[town.people[1]]]


def test_a_search_answers_a_bundle_with_total_links_and_modes(store, town, urgent, work):
    found = urgent.get(f"/Flag?patient={town.people[1]}&status=active").json
    assert (found["type"], found["total"], len(found["entry"])) == ("searchset", 1, 1)
    (entry,) = found["entry"]
    assert entry["fullUrl"] == f"http://localhost/fhir/R4/Flag/{work.flag_id}"
    assert entry["search"] == {"mode": "match"}
    (link,) = found["link"]
    assert link == {"relation": "self", "url": f"http://localhost/fhir/R4/Flag?patient={town.people[1]}&status=active"}
    assert views(store) == [[town.people[1]]]


def test_what_is_named_can_be_included(urgent, work):
    found = urgent.get("/Flag?_include=Flag:patient&_include=Flag:author").json
    kinds = sorted((entry["resource"]["resourceType"], entry["search"]["mode"]) for entry in found["entry"])
    assert kinds == [("Flag", "match"), ("Patient", "include"), ("Practitioner", "include")]


def test_missing_and_forbidden_are_the_same_bytes(urgent, work, store, town):
    other = FlagWork(store, town, 6, agrees=False)
    missing = urgent.get("/Patient/999999")
    assert outcome_of(missing) == (404, "RESOURCE_NOT_FOUND")
    for path in (
        f"/Patient/{other.person_id}",
        "/Patient/abc",
        "/Patient/0",
        f"/Patient/{town.people[2]}",
        f"/CarePlan/{other.case_id}",
    ):
        answer = urgent.get(path)
        assert (answer.status_code, answer.data) == (404, missing.data)
    assert views(store) == []


def test_an_objection_is_in_force_at_once(urgent, work):
    assert urgent.get(f"/Flag/{work.flag_id}").status_code == 200
    work.say("sharing_urgent_care", "withdrawn")
    assert outcome_of(urgent.get(f"/Flag/{work.flag_id}")) == (404, "RESOURCE_NOT_FOUND")
    assert urgent.get("/Flag").json["total"] == 0


def test_a_restricted_record_is_gone_at_once(urgent, work):
    work.person(restricted=True)
    assert outcome_of(urgent.get(f"/Flag/{work.flag_id}")) == (404, "RESOURCE_NOT_FOUND")
    assert outcome_of(urgent.get(f"/Patient/{work.person_id}")) == (404, "RESOURCE_NOT_FOUND")


def test_an_nhs_number_is_searched_for_by_form_only(store, town, urgent, work):
    number = town.nhs_numbers[1]
    wanted = {"identifier": f"https://fhir.nhs.uk/Id/nhs-number|{number}"}
    found = urgent.send("POST", "/Patient/_search", data=wanted)
    assert found.status_code == 200
    assert [entry["resource"]["id"] for entry in found.json["entry"]] == [str(town.people[1])]
    assert not any(number in link["url"] for link in found.json["link"])
    for query in (
        f"identifier={wanted['identifier']}",
        f"identifier={number}",
        "family=Family1",
        "birthdate=1941-03-02",
        "family:exact=x",
    ):
        assert outcome_of(urgent.get(f"/Patient?{query}")) == (400, "USE_POST")
        assert outcome_of(urgent.send("POST", f"/Patient/_search?{query}", data={})) == (400, "USE_POST")
    assert views(store) == [[town.people[1]]]


def test_no_nhs_number_or_name_is_in_a_log_line(town, urgent, work, caplog):
    with caplog.at_level("DEBUG"):
        urgent.send("POST", "/Patient/_search", data={"identifier": town.nhs_numbers[1]})
        urgent.get(f"/Patient?identifier={town.nhs_numbers[1]}&family=Family1")
        urgent.get("/Patient/1")
    said = "\n".join(record.getMessage() for record in caplog.records)
    assert town.nhs_numbers[1] not in said
    assert "Family1" not in said


def test_the_address_of_a_page_is_of_no_use_to_another_or_a_day_later(store, town, app, clock, practice):
    first = practice.get("/Patient?_count=1").json
    cursor = next(link["url"] for link in first["link"] if link["relation"] == "next").partition("_cursor=")[2]
    program = let_in_program(store, home_id=town.places["Y90002"], roles=[(Role.PRACTICE, town.places["Y90002"])])
    assert practice.get(f"/Patient?_cursor={cursor}").status_code == 200
    assert outcome_of(Api(app, program).get(f"/Patient?_cursor={cursor}")) == (400, "INVALID_CURSOR")
    for address in (
        f"/Task?_cursor={cursor}",
        "/Patient?_cursor=x",
        "/Patient?_cursor=é",
        f"/Patient?_cursor={cursor[:-6]}AAAA==",
    ):
        assert outcome_of(practice.get(address)) == (400, "INVALID_CURSOR")
    clock.now = NOW + timedelta(hours=24, seconds=1)
    practice.headers = program.headers(app.test_client(), "system/*.rs", clock.now)
    assert outcome_of(practice.get(f"/Patient?_cursor={cursor}")) == (400, "INVALID_CURSOR")


def test_a_count_shows_nobody(store, urgent, work):
    counted = urgent.get("/Flag?_summary=count").json
    assert (counted["total"], "entry" in counted) == (1, False)
    assert urgent.get("/Flag?_count=0").json["total"] == 1
    assert views(store) == []


def test_only_the_parts_asked_for_are_sent_and_marked(urgent, work):
    (entry,) = urgent.get("/Flag?_elements=status,code").json["entry"]
    assert set(entry["resource"]) == {"resourceType", "id", "meta", "status", "code"}
    assert entry["resource"]["meta"]["tag"][-1]["code"] == "SUBSETTED"


def test_what_is_known_already_is_not_sent_again_but_is_a_look(store, urgent, work):
    tag = urgent.get(f"/Flag/{work.flag_id}").headers["ETag"]
    again = urgent.get(f"/Flag/{work.flag_id}", **{"If-None-Match": tag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    assert len(views(store)) == 2
    assert urgent.get(f"/Flag/{work.flag_id}", **{"If-None-Match": 'W/"other"'}).status_code == 200


def test_by_when_something_changed(urgent, work):
    def total(query):
        return urgent.get(f"/Flag?{query}").json["total"]

    moment = NOW.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert total(f"_lastUpdated=ge{moment}") == 1
    assert total(f"_lastUpdated=gt{moment}") == 0
    assert total(f"_lastUpdated=le{moment}") == 1
    assert total(f"_lastUpdated=lt{moment}") == 0
    assert total("_lastUpdated=2026-10-05") == 1
    assert total("_lastUpdated=ge2026-10-05&_lastUpdated=lt2026-10-06") == 1


def test_every_version_of_a_plan(partner, work, store, town):
    history = partner.get(f"/CarePlan/{work.case_id}/_history")
    assert history.status_code == 200
    assert history.json["type"] == "history"
    version = history.json["entry"][0]["resource"]["meta"]["versionId"]
    one = partner.get(f"/CarePlan/{work.case_id}/_history/{version}")
    assert (one.status_code, one.json["meta"]["versionId"]) == (200, version)
    assert outcome_of(partner.get(f"/CarePlan/{work.case_id}/_history/none")) == (404, "RESOURCE_NOT_FOUND")
    assert views(store) == [[town.people[1]]] * 2


def test_everything_of_somebody_narrowed(partner, work):
    only = partner.get(f"/Patient/{work.person_id}/$everything?_type=Flag,CarePlan").json
    assert {entry["resource"]["resourceType"] for entry in only["entry"]} == {"Flag", "CarePlan"}
    assert outcome_of(partner.get(f"/Patient/{work.person_id}/$everything?_type=Nothing")) == (400, "INVALID_PARAMETER")
    assert outcome_of(partner.get("/Patient/999999/$everything")) == (404, "RESOURCE_NOT_FOUND")


def test_what_changed_since(urgent, work, store, town):
    first = urgent.get("/Flag/_history?_since=2026-10-01T00:00:00Z").json
    (entry,) = first["entry"]
    assert (entry["request"]["method"], entry["resource"]["id"]) == ("PUT", str(work.flag_id))
    on = next(link["url"] for link in first["link"] if link["relation"] == "monitor").removeprefix(
        f"http://localhost{BASE}"
    )
    assert "entry" not in urgent.get(on).json
    work.say("sharing_urgent_care", "withdrawn")
    after = urgent.get(on).json
    (entry,) = after["entry"]
    assert (entry["request"], "resource" in entry) == ({"method": "DELETE", "url": f"Flag/{work.flag_id}"}, False)
    assert "Family1" not in json.dumps(after)


def test_111_is_told_of_a_plan_for_as_long_as_there_is_a_flag(urgent, work):
    def told():
        page = urgent.get(place["on"]).json
        place["on"] = next(link["url"] for link in page["link"] if link["relation"] == "monitor").partition(BASE)[2]
        return [(entry["request"]["method"], entry["request"]["url"]) for entry in page.get("entry", ())]

    place, plan = {"on": "/CarePlan/_history"}, f"CarePlan/{work.case_id}"
    assert told() == [("PUT", plan)]
    work.end(work.flag_id)
    assert told() == [("DELETE", plan)]
    assert urgent.get(f"/{plan}").status_code == 404
    work.set()
    assert told() == [("PUT", plan)]


def test_changes_of_plans_are_told_by_the_case(partner, work):
    told = partner.get("/CarePlan/_history").json
    assert [entry["request"]["url"] for entry in told["entry"]] == [f"CarePlan/{work.case_id}"]
    assert told["entry"][0]["resource"]["resourceType"] == "CarePlan"
