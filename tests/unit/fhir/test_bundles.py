"""Bundles, outcomes and the CapabilityStatement are valid R4, and say what the tables say."""

from datetime import UTC, datetime

import pytest

from interfaces.fhir import bundle, including
from interfaces.fhir.bundle import Links, SearchPage
from interfaces.fhir.capability import Service, capability_statement
from interfaces.fhir.outcome import Issue, outcome
from interfaces.fhir.reading import model_of
from interfaces.fhir.required_codes import wrong_codes
from interfaces.fhir.resources import as_json
from interfaces.fhir.search_parameters import PARAMETERS, includes_of, parameters_of
from tests.support.fhir_records import EXAMPLES, FLAG, PATIENT, PLAN

AT = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
BASE = "https://caretier.example/fhir/R4"
LINKS = Links(f"{BASE}/Flag?status=active", next=f"{BASE}/Flag?_cursor=abc")
REFUSED = Issue("not-supported", "UNKNOWN_PARAMETER", "This parameter is not known.", "Flag.x", severity="warning")


def check(resource):
    model_of(resource["resourceType"]).model_validate(resource)
    assert wrong_codes(resource) == []


def test_a_page_of_a_search_has_its_total_its_links_and_what_each_entry_is_for():
    page = SearchPage([as_json(FLAG)], 7, [as_json(PATIENT)], [outcome([REFUSED])])
    made = bundle.searchset(page, base=BASE, links=LINKS, now=AT)
    check(made)
    assert made["total"] == 7
    assert [one["search"]["mode"] for one in made["entry"]] == ["match", "include", "outcome"]
    assert [one.get("fullUrl") for one in made["entry"]] == [f"{BASE}/Flag/3", f"{BASE}/Patient/1", None]
    assert [one["relation"] for one in made["link"]] == ["self", "next"]


def test_a_search_that_finds_nothing_is_a_bundle_without_entries():
    made = bundle.searchset(SearchPage([], 0), base=BASE, links=Links(BASE), now=AT)
    check(made)
    assert made["total"] == 0
    assert "entry" not in made


def test_a_history_has_every_version_with_its_etag():
    made = bundle.history([as_json(PLAN)], base=BASE, links=LINKS, now=AT)
    check(made)
    (entry,) = made["entry"]
    assert entry["response"] == {
        "status": "200 OK", "etag": 'W/"3-5-joint"', "lastModified": "2026-10-05T09:00:00.000Z",
    }  # fmt: skip
    assert entry["request"] == {"method": "PUT", "url": "CarePlan/7"}


def test_an_outcome_says_code_kind_and_place():
    made = outcome([REFUSED, Issue("invalid", "INVALID_JSON", "The body is not JSON.")])
    check(made)
    first, second = made["issue"]
    assert (first["severity"], first["code"], first["expression"]) == ("warning", "not-supported", ["Flag.x"])
    assert second["details"]["coding"][0]["code"] == "INVALID_JSON"
    assert (second["severity"], "expression" in second) == ("error", False)


def service(**changed):
    given = {
        "name": "Caretier", "version": "0.1.0", "base": BASE, "authorize": f"{BASE}/authorize", "token": f"{BASE}/token",
        "started_at": AT, "interactions": {name: ["read", "search-type"] for name in PARAMETERS},
        "operations": {"Patient": {"everything": ""}, "": {"export": "http://example.org/export"}}, **changed,
    }  # fmt: skip
    return capability_statement(Service(**given))


def test_the_capability_statement_is_valid_and_names_every_parameter_and_include():
    made = service()
    check(made)
    assert made["fhirVersion"] == "4.0.1"
    (rest,) = made["rest"]
    assert [one["type"] for one in rest["resource"]] == sorted(PARAMETERS)
    for one in rest["resource"]:
        assert [param["name"] for param in one["searchParam"]] == list(parameters_of(one["type"]))
        assert one.get("searchInclude", []) == list(includes_of(one["type"]))
    patient = next(one for one in rest["resource"] if one["type"] == "Patient")
    assert patient["operation"][0]["definition"] == "http://hl7.org/fhir/OperationDefinition/everything"
    said = {param["name"]: param["documentation"] for param in patient["searchParam"]}
    assert "POST" in said["identifier"]
    assert "POST" not in said["gender"]


def test_what_is_told_of_versions_and_conditions_is_what_can_be_done():
    made = service(
        interactions={"CarePlan": ["read", "vread"], "Task": ["read", "create", "update"], "Flag": ["read"]},
        authorize="",
    )
    check(made)
    resources = {one["type"]: one for one in made["rest"][0]["resource"]}
    told = {name: (one["versioning"], one["readHistory"]) for name, one in resources.items()}
    assert told == {"CarePlan": ("versioned", True), "Task": ("versioned-update", False), "Flag": ("versioned", False)}
    assert {name: one["conditionalCreate"] for name, one in resources.items()} == {
        "CarePlan": False, "Task": True, "Flag": False,
    }  # fmt: skip
    assert "authorize" not in str(made["rest"][0]["security"])


def test_what_resources_name_is_found_for_an_include():
    made = [as_json(FLAG), as_json(PLAN)]
    found = including.referenced(
        made, ["Flag:patient", "Flag:author", "CarePlan:goal", "CarePlan:nothing", "Nothing:x"]
    )
    assert found == {"Patient": {"1"}, "Practitioner": {"2"}, "Goal": {"7-ab"}}


@pytest.mark.parametrize("resource", PARAMETERS)
def test_every_parameter_looks_at_an_element_there_is(resource):
    examples = [as_json(record) for record in EXAMPLES if as_json(record)["resourceType"] == resource]
    for param in PARAMETERS[resource]:
        first = param.path.split(".")[0]
        assert any(name.startswith(first) for one in examples for name in one), param.name
