"""What a warehouse is never told is known by the types of the records."""

from dataclasses import fields
from typing import get_args, get_type_hints

import pytest

from interfaces.fhir.care_plan import Activity, Section
from interfaces.fhir.care_team import Participant
from interfaces.fhir.provenance import Agent
from interfaces.fhir.questionnaire_response import Answer
from interfaces.fhir.record import kinds_of, without_names
from interfaces.fhir.resources import BUILDERS
from tests.support.fhir_records import EXAMPLES, PATIENT, PLAN, SAID

PARTS = (Activity, Section, Participant, Agent, Answer)


def has_text(declared):
    return declared is str or any(has_text(part) for part in get_args(declared))


@pytest.mark.parametrize("kind", [*BUILDERS, *PARTS], ids=lambda kind: kind.__name__)
def test_every_text_of_a_record_says_of_what_kind_it_is(kind):
    declared = get_type_hints(kind, include_extras=True)
    for one in fields(kind):
        assert bool(kinds_of(declared[one.name])) == has_text(declared[one.name]), one.name


@pytest.mark.parametrize("kind", BUILDERS, ids=lambda kind: kind.__name__)
def test_nothing_anybody_wrote_is_left_for_a_warehouse(kind):
    for record in EXAMPLES:
        if type(record) is kind:
            assert SAID.split("\n")[0] not in repr(without_names(record))


def test_who_somebody_is_and_who_looks_after_them_is_not_left_either():
    left = without_names(PATIENT)
    assert (left.nhs_number, left.family_name, left.address, left.postcode, left.phone) == ("", "", "", "", "")
    assert left.sex == PATIENT.sex
    plan = without_names(PLAN)
    assert (plan.signed_by, plan.contributors) == ("", ())
    assert [one.who for one in plan.activities] == ["", ""]
    assert [one.status for one in plan.activities] == ["to_do", "done"]
