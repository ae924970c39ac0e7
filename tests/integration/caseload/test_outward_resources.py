"""Everything that can leave, of the whole made-up place, for everybody who can ask: valid R4, whole in its references."""

import json
from collections import Counter

import pytest

from caseload.queries.outward.resources import RESOURCES
from caseload.queries.outward.wanted import Wanted
from interfaces.fhir.elements import ELEMENTS
from interfaces.fhir.including import referenced
from interfaces.fhir.reading import model_of
from interfaces.fhir.required_codes import wrong_codes
from interfaces.fhir.resources import as_json
from interfaces.fhir.search_parameters import PARAMETERS, includes_of
from tests.support.case_app import NOW
from tests.support.fhir_elements import elements_in
from tests.support.outward_work import HIDDEN_STAY, HIDDEN_TASK, URGENT, WAREHOUSE, outside_on
from tests.support.statements import statements

pytestmark = pytest.mark.slow

CARE = ("ash.gp", "ash.manager", "birch.gp", "navigator", "social.worker", "chair")
EVERYBODY = (*CARE, URGENT, WAREHOUSE)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def outside(request, tmp_path_factory):
    """The place, once for all tests here: they only ask."""
    with outside_on(request.param, tmp_path_factory.mktemp("outside")) as made:
        yield made


@pytest.fixture(scope="module")
def all_of_it(outside):
    """Everything each of them can be sent."""
    return {name: outside.everything(name) for name in EVERYBODY}


def test_there_is_something_of_every_kind(all_of_it):
    sent = Counter(kind for by_kind in all_of_it.values() for kind, found in by_kind.items() for _ in found)
    assert set(sent) == set(RESOURCES) == set(PARAMETERS) == set(ELEMENTS) - {"Binary"}


def test_everything_is_valid_r4(all_of_it):
    for by_kind in all_of_it.values():
        for kind, found in by_kind.items():
            for resource in found:
                model_of(kind).model_validate(resource)
                assert wrong_codes(resource) == []


def test_nothing_is_sent_that_the_table_of_elements_does_not_name(all_of_it):
    for name, by_kind in all_of_it.items():
        for kind, found in by_kind.items():
            declared = {one.path: one for one in ELEMENTS[kind]}
            types = {path: one.type for path, one in declared.items()}
            for resource in found:
                body = {key: value for key, value in resource.items() if key != "resourceType"}
                paths = {path for path, _ in elements_in(body, types)}
                assert paths <= set(declared), kind
                if name == WAREHOUSE:
                    assert not {path for path in paths if declared[path].stays}, kind


def references_in(part):
    if isinstance(part, dict):
        for key, inside in part.items():
            if key == "reference":
                yield inside
            else:
                yield from references_in(inside)
    elif isinstance(part, list):
        for inside in part:
            yield from references_in(inside)


@pytest.mark.parametrize("name", EVERYBODY)
def test_every_reference_leads_to_something_the_same_viewer_can_read(outside, all_of_it, name):
    viewer = outside.viewer(name)
    wanted = {one for found in all_of_it[name].values() for resource in found for one in references_in(resource)}
    for reference in wanted:
        kind, logical_id, *version = reference.split("/")
        with outside.store.reading() as session:
            if version:
                versions = RESOURCES[kind].versions(session, viewer, NOW, logical_id)
                assert version[1] in {one.record.version for one in versions}, reference
            else:
                assert RESOURCES[kind].read(session, viewer, NOW, logical_id).record.id == logical_id


def test_whom_a_record_is_about_is_said_with_it(outside, all_of_it):
    """The look that is written down is of the person the resource names."""
    for name in EVERYBODY:
        for kind in all_of_it[name]:
            for found in outside.found(name, kind):
                about = {
                    one.split("/")[1] for one in references_in(as_json(found.record)) if one.startswith("Patient/")
                }
                if kind in ("Practitioner", "PractitionerRole", "Organization"):
                    assert (found.people, about) == ((), set())
                    continue
                assert found.people
                if name != WAREHOUSE and kind not in ("Patient", "Provenance"):
                    assert {str(one) for one in found.people} == about, (kind, found.record.id)


def test_a_page_costs_as_many_statements_whatever_is_on_it(outside):
    """At most five: a total, a page, and what belongs to its rows in at most two or three more, never one a row."""
    viewer = outside.viewer("ash.manager")
    person = str(outside.person(1))
    for kind, outward in RESOURCES.items():
        sent = {}
        for count in (1, 500):
            with outside.store.reading() as session, statements(outside.store.engine) as asked:
                people = (person,) if kind == "AuditEvent" else None
                outward.search(session, viewer, NOW, Wanted(patient_ids=people, count=count))
            sent[count] = len(asked)
        assert sent[1] == sent[500] <= 5, kind


def test_what_a_search_may_include_is_what_the_resources_name(all_of_it):
    """Every include that is declared is found somewhere in the place, so that none is declared for nothing."""
    for kind in RESOURCES:
        found = [one for by_kind in all_of_it.values() for one in by_kind.get(kind, ())]
        for include in includes_of(kind):
            targets = referenced(found, [include])
            assert targets, include
            declared = {one.target for one in PARAMETERS[kind] if f"{kind}:{one.name}" == include}
            assert declared <= set(targets), include


def test_a_sensitive_stay_and_a_restricted_persons_stay_never_leave(outside, all_of_it):
    text = json.dumps(all_of_it)
    assert "VISIT-1" in text
    assert HIDDEN_STAY not in text
    assert HIDDEN_TASK not in text
    assert "VISIT-4" not in text
    restricted = f"Patient/{outside.person(4)}"
    assert restricted in json.dumps(all_of_it["ash.gp"]["Patient"] + all_of_it["ash.gp"]["CarePlan"])
    assert restricted not in json.dumps(all_of_it["ash.gp"]["Encounter"])


def test_nothing_of_a_person_who_is_not_reached_is_in_anything(outside, all_of_it):
    """By the number, the name and the reference of everybody whom the Patient search does not answer."""
    town = outside.work.town
    for name in EVERYBODY:
        reached = {one["id"] for one in all_of_it[name]["Patient"]}
        text = json.dumps(all_of_it[name])
        for number, person_id in town.people.items():
            if name == WAREHOUSE or str(person_id) not in reached and number != 14:
                assert town.nhs_numbers[number] not in text, (name, number)
                assert f'"Patient/{person_id}"' not in text, (name, number)


def test_a_warehouse_is_told_nobodys_name_number_or_words(outside, all_of_it):
    text = json.dumps(all_of_it[WAREHOUSE])
    town = outside.work.town
    for number in town.people:
        assert town.nhs_numbers[number] not in text
        assert f"Family{number}" not in text
        assert f"Given{number}" not in text
    for words in (
        "Test Street",
        "ZZ1 1ZZ",
        "01632",
        "Ward Zeta",
        "pharmacy",
        "market",
        "Ash Gp",
        "Navigator",
        "Practitioner/",
    ):
        assert words not in text, words
    patient = next(one for one in all_of_it[WAREHOUSE]["Patient"] if one["id"] == f"{2:032x}")
    assert set(patient) == {"resourceType", "id", "meta", "active", "gender", "birthDate", "generalPractitioner"}
    assert patient["birthDate"] == "1958-07"


def test_a_warehouse_is_told_of_nobody_who_said_no_to_anything(outside, all_of_it):
    """Person 1 refused sharing with voluntary organisations, person 4 is restricted."""
    ids = {one["id"] for one in all_of_it[WAREHOUSE]["Patient"]}
    assert f"{1:032x}" not in ids
    assert f"{4:032x}" not in ids
    assert f"{6:032x}" in ids
    text = json.dumps(all_of_it[WAREHOUSE])
    assert f"{1:032x}" not in text
    assert f"{4:032x}" not in text


def test_urgent_care_is_told_of_who_has_a_flag_in_force_and_only_what_is_needed(outside, all_of_it):
    sent = all_of_it[URGENT]
    assert set(sent) == {
        "CarePlan", "CareTeam", "DocumentReference", "Flag", "Organization", "Patient", "Practitioner",
        "PractitionerRole",
    }  # fmt: skip
    assert [one["id"] for one in sent["Patient"]] == [str(outside.person(1))]
    assert [one["id"] for one in sent["DocumentReference"]] == [f"{outside.work.ids['plan_active']}-urgent-summary"]
    (plan,) = sent["CarePlan"]
    assert "Blue inhaler, then 999" in plan["text"]["div"]
    assert "market" not in plan["text"]["div"]
    assert {"goal", "contributor"} & set(plan) == set()
    assert [one["detail"]["code"]["coding"][0]["code"] for one in plan["activity"]] == ["review"]
    flags = {one["status"]: one for one in sent["Flag"]}
    assert flags["active"]["code"]["text"].startswith("Has a care plan")
    assert "text" not in flags["inactive"]["code"]
    assert "extension" not in flags["inactive"] or "ring" not in json.dumps(flags["inactive"]["extension"])
