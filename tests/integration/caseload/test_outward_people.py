"""Whom and what is found: versions, merged records, roles, answers of people, flags that have ended, restricted records."""

from datetime import UTC, timedelta

import pytest

from caseload.actions.consent import record_consent
from caseload.domain.border_words import FlagState
from caseload.domain.consent_rules import ConsentHow
from caseload.domain.words import ConsentPurpose, ConsentState
from caseload.exceptions import NotNow, NotThere
from caseload.queries.outward.resources import RESOURCES
from caseload.queries.outward.wanted import Wanted
from caseload.tables import CareFlag, Person
from interfaces.fhir.code_systems import NHS_NUMBER
from interfaces.fhir.resources import as_json
from interfaces.fhir.search_parameters import parameters_of
from interfaces.fhir.search_values import ParamKind, parse_filter
from tests.support.case_app import NOW
from tests.support.fhir_search_oracle import LONDON
from tests.support.outward_work import URGENT, WAREHOUSE, outside_on, searched
from tests.support.shared_plans import versioned

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def outside(request, tmp_path_factory):
    """The place, once for all tests here: what they write they do not ask of one another."""
    with outside_on(request.param, tmp_path_factory.mktemp("outside")) as made:
        yield made


def test_the_history_of_a_plan_has_every_version_that_was_ready_and_no_draft(outside):
    case = str(outside.work.cases[6])
    viewer = outside.viewer("birch.gp")
    with outside.store.reading() as session:
        found = RESOURCES["CarePlan"].versions(session, viewer, NOW, case)
        current = RESOURCES["CarePlan"].read(session, viewer, NOW, case)
    assert [one.record.version.split("-")[0] for one in found] == ["2", "3", "1"]
    assert [as_json(one.record)["status"] for one in found] == ["active", "draft", "completed"]
    assert found[0].record == current.record
    drafts = str(outside.work.cases[1])
    with outside.store.reading() as session:
        versions = RESOURCES["CarePlan"].versions(session, outside.viewer("ash.gp"), NOW, drafts)
        urgent = RESOURCES["CarePlan"].versions(session, outside.viewer(URGENT), NOW, drafts)
    assert [one.record.number for one in versions] == [1]
    assert [one.record.state for one in urgent] == ["active"]


def test_urgent_care_is_told_of_no_version_but_the_active_one(outside):
    case = outside.work.cases[1]
    versioned(outside.store, outside.work.town, case, "superseded", number=90)
    versioned(outside.store, outside.work.town, case, "withdrawn", number=91, answer=None)
    told = {}
    for who in ("ash.gp", URGENT):
        with outside.store.reading() as session:
            found = RESOURCES["CarePlan"].versions(session, outside.viewer(who), NOW, str(case))
        told[who] = [one.record.state for one in found]
    assert told == {"ash.gp": ["active", "withdrawn", "superseded"], URGENT: ["active"]}


@pytest.mark.parametrize("logical_id", ["0", "x", "999999", "1-2"])
def test_the_history_of_no_plan_is_not_there(outside, logical_id):
    with outside.store.reading() as session, pytest.raises(NotThere):
        RESOURCES["CarePlan"].versions(session, outside.viewer("ash.gp"), NOW, logical_id)


def test_a_plan_of_somebody_else_has_no_history(outside):
    with outside.store.reading() as session, pytest.raises(NotThere):
        RESOURCES["CarePlan"].versions(session, outside.viewer("birch.gp"), NOW, str(outside.work.cases[1]))


def test_a_merged_record_answers_with_who_the_person_is_now(outside):
    kept, merged = outside.person(3), outside.person(14)
    (old,) = outside.sent("ash.manager", "Patient", ids=(str(merged),))
    assert (old["active"], old["link"]) == (False, [{"other": {"reference": f"Patient/{kept}"}, "type": "replaced-by"}])
    assert {"name", "identifier", "birthDate"} & set(old) == set()
    number = parse_filter(ParamKind.TOKEN, "", f"{NHS_NUMBER}|{outside.work.town.nhs_numbers[14]}", LONDON)
    (found,) = outside.sent("ash.manager", "Patient", filters={"identifier": (number,)})
    assert found["id"] == str(kept)
    assert found["link"] == [{"other": {"reference": f"Patient/{merged}"}, "type": "replaces"}]
    with outside.store.reading() as session, pytest.raises(NotThere):
        RESOURCES["Patient"].read(session, outside.viewer("birch.manager"), NOW, str(merged))


def test_a_warehouse_finds_nobody_by_who_they_are(outside):
    town = outside.work.town
    for name, text in (
        ("identifier", town.nhs_numbers[6]),
        ("family", "Family6"),
        ("given", "Given6"),
        ("name", "Family6"),
        ("birthdate", "1948-02-29"),
        ("address-postalcode", "ZZ1"),
    ):
        assert searched(outside, "Patient", name, text, who="birch.gp"), name
        assert searched(outside, "Patient", name, text, who=WAREHOUSE) == set(), name
    assert outside.found(WAREHOUSE, "Patient", ids=(str(outside.person(6)),)) == []
    assert len(outside.found(WAREHOUSE, "Patient", ids=(f"{6:032x}",))) == 1
    assert outside.found(WAREHOUSE, "Task", patient_ids=(str(outside.person(6)),)) == []


def test_the_log_is_asked_of_one_person_or_event(outside):
    with pytest.raises(NotNow):
        outside.page("ash.manager", "AuditEvent")
    for missing in ("true", "false"):
        chosen = parse_filter(ParamKind.REFERENCE, "missing", missing, LONDON)
        with pytest.raises(NotNow):
            outside.page("ash.manager", "AuditEvent", filters={"patient": (chosen,)})
    of_another = outside.page("birch.manager", "AuditEvent", patient_ids=(str(outside.person(1)),))
    assert of_another.total == 0
    events = outside.sent("ash.manager", "AuditEvent", patient_ids=(str(outside.person(3)),))
    assert "person.merged" in {one["subtype"][0]["code"] for one in events}


def test_what_is_not_for_a_role_is_not_there(outside):
    for who, kind in ((URGENT, "RiskAssessment"), (URGENT, "Task"), (WAREHOUSE, "Goal"), (WAREHOUSE, "Consent"),
                      ("volunteer", "RiskAssessment"), ("admin", "Patient"), ("ig", "AuditEvent")):  # fmt: skip
        with outside.store.reading() as session, pytest.raises(NotThere):
            RESOURCES[kind].search(session, outside.viewer(who), NOW, Wanted())


def test_a_score_is_not_sent_of_who_objects_to_it(outside):
    person = outside.person(2)
    assert outside.page("ash.manager", "RiskAssessment", patient_ids=(str(person),)).total > 0
    _say(outside, person, ConsentPurpose.RISK_STRATIFICATION)
    assert outside.page("ash.manager", "RiskAssessment", patient_ids=(str(person),)).total == 0
    assert outside.page("ash.manager", "Patient", ids=(str(person),)).total == 1


def test_copies_are_not_offered_against_the_answers_of_the_person(outside):
    person = (str(outside.person(6)),)
    assert outside.page("birch.gp", "DocumentReference", patient_ids=person).total > 0
    _say(outside, outside.person(6), ConsentPurpose.SHARING_HEALTH, by="birch.manager")
    assert outside.page("birch.gp", "DocumentReference", patient_ids=person).total == 0
    assert outside.page("birch.gp", "CarePlan", patient_ids=person).total == 1


def test_a_flag_past_its_review_date_is_inactive_before_anybody_writes_it_down(outside):
    flag = str(outside.work.ids["flag"])
    later = NOW + timedelta(days=200)
    assert outside.sent("ash.gp", "Flag", ids=(flag,))[0]["status"] == "active"
    assert outside.sent("ash.gp", "Flag", ids=(flag,), now=later)[0]["status"] == "inactive"
    assert outside.page(URGENT, "Flag", now=later).total == 0
    assert outside.page(URGENT, "Patient", now=later).total == 0


def test_restricting_somebody_takes_them_out_of_everything_at_once(outside):
    with outside.store.writing() as session:
        session.get_one(Person, outside.person(1)).restricted = True
    try:
        for who in (URGENT, "ash.partner"):
            for kind, outward in RESOURCES.items():
                if outward.open_to(outside.viewer(who)) and "patient" in parameters_of(kind):
                    assert outside.page(who, kind, patient_ids=(str(outside.person(1)),)).total == 0, (who, kind)
    finally:
        with outside.store.writing() as session:
            session.get_one(Person, outside.person(1)).restricted = False


def _say(outside, person_id, purpose, by="ash.manager"):
    with outside.store.writing() as session:
        record_consent(
            session, by=outside.work.town.viewer(session, by), now=NOW.astimezone(UTC), person_id=person_id,
            purpose=purpose, state=ConsentState.REFUSED, how=ConsentHow.SAID, seen_id=0,
        )  # fmt: skip


def test_a_flag_that_was_a_mistake_says_so(outside):
    flag = outside.work.ids["flag_ended"]
    with outside.store.writing() as session:
        row = session.get_one(CareFlag, flag)
        before, row.state = row.state, FlagState.ENTERED_IN_ERROR
    assert outside.sent("ash.gp", "Flag", ids=(str(flag),))[0]["status"] == "entered-in-error"
    assert searched(outside, "Flag", "status", "entered-in-error") == {str(flag)}
    with outside.store.writing() as session:
        session.get_one(CareFlag, flag).state = before
