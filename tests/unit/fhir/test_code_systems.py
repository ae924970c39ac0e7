"""Our words and FHIR's: every word the case database can hold has a code out there."""

import pytest

from caseload.domain import border_words, plan_words, words
from caseload.domain.permissions import PERMISSIONS, Permission
from caseload.domain.plan_headings import FIELDS
from interfaces.fhir import (
    care_plan,
    care_team,
    consent,
    document_reference,
    encounter,
    episode_of_care,
    flag,
    goal,
    patient,
    task,
)
from interfaces.fhir.code_systems import DISPLAYS


def choices(heading, field):
    return {value for value, _ in FIELDS[heading].field(field).choices}


@pytest.mark.parametrize(
    ("name", "members"),
    [
        ("tier", words.Tier),
        ("role", PERMISSIONS[Permission.OPEN_PERSON]),
        ("profession", words.Profession),
        ("organisation-kind", words.OrganisationKind),
        ("primary-need", words.PrimaryNeed),
        ("task-kind", words.TaskKind),
        ("flag-category", border_words.FlagCategory),
        ("consent-purpose", words.ConsentPurpose),
        ("encounter-kind", words.EncounterKind),
        ("discipline", plan_words.Discipline),
        ("plan-agreement", plan_words.AgreementState),
        ("document", plan_words.ShareFormat),
    ],
)
def test_every_word_has_a_display(name, members):
    assert set(DISPLAYS[name]) == {member.value for member in members}


def test_every_role_on_a_team_and_the_lead_have_a_display():
    assert set(DISPLAYS["care-team-role"]) == {role.value for role in words.CareTeamRole} | {care_team.LEAD}


@pytest.mark.parametrize(
    ("table", "members"),
    [
        (patient.GENDERS, words.Sex),
        (episode_of_care.STATUSES, words.CaseState),
        (care_team.STATUSES, words.CaseState),
        (care_plan.STATUSES, set(plan_words.PlanState) - {plan_words.PlanState.DRAFT}),
        (task.STATUSES, words.TaskState),
        (flag.CATEGORIES, border_words.FlagCategory),
        (consent.PERMITS, words.ConsentState),
        (encounter.KIND_CLASSES, words.EncounterKind),
        (encounter.CLASSES, set(border_words.PatientClass) - {border_words.PatientClass.NOT_KNOWN}),
        (document_reference.CONTENT_TYPES, plan_words.ShareFormat),
    ],
)
def test_every_word_has_a_code_of_fhir(table, members):
    assert set(table) == {member.value for member in members}


def test_flags_and_stays_have_the_words_of_fhir_themselves():
    from interfaces.fhir.required_codes import REQUIRED_CODES

    assert {state.value for state in border_words.FlagState} == flag.STATUSES == REQUIRED_CODES["Flag.status"]
    assert {state.value for state in border_words.StayState} <= REQUIRED_CODES["Encounter.status"]


def test_goals_and_actions_have_a_code_for_every_way_they_can_stand():
    assert set(goal.LIFECYCLES) == choices(plan_words.PlanHeading.GOALS, "status")
    assert set(goal.ACHIEVEMENTS) <= set(goal.LIFECYCLES)
    assert set(care_plan.ACTIVITIES) == choices(plan_words.PlanHeading.ACTIONS, "status")
