"""The joint assessment by its actions: sections at once and one after another, capacity, the outcome, the lead it proposes."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from caseload.actions.assessment_sections import complete_section, reopen_section, save_section
from caseload.actions.assessments import (
    abandon_assessment,
    complete_assessment,
    record_capacity,
    start_assessment,
)
from caseload.actions.cases import close_case
from caseload.domain.assessment_rules import joint
from caseload.domain.case_rules import ClosingReason
from caseload.domain.plan_words import AssessmentState, Capacity, Discipline, SectionState
from caseload.domain.words import CareTeamRole, PrimaryNeed, TaskKind, TaskState
from caseload.exceptions import Conflict, NotNow, NotThere
from caseload.queries.assessments import assessment_of, sections_of_person
from caseload.tables import (
    Assessment,
    AssessmentAnswers,
    AssessmentSection,
    CareTeamMember,
    Case,
    CaseEvent,
    LeadProposal,
    Person,
    Task,
    TaskEvent,
)
from tests.support.assessing import OUTCOME, act, answers_to, assessment_row, section_row, started, written
from tests.support.case_app import NOW, audited
from tests.support.day_work import rule_task
from tests.support.led_cases import led, opened

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def case_id(store, town):
    """A case of person 2 (68, high), which ash.gp leads, with a social worker on its team."""
    made = led(store, town, 2, "ash.gp", "medical")
    with store.writing() as session:
        for username, role in (("social.worker", CareTeamRole.SOCIAL_WORKER), ("nurse", CareTeamRole.NURSE)):
            session.add(
                CareTeamMember(
                    case_id=made, user_id=town.users[username], role=role, from_on=NOW.date(), added_at=NOW,
                    added_by=town.users["ash.gp"],
                )
            )  # fmt: skip
    return made


@pytest.fixture
def assessment_id(store, town, case_id):
    return started(store, town, case_id)


@pytest.fixture
def do(store, town):
    """A function: carry out an action as a user."""

    def done(action, username, now=NOW, **arguments):
        return act(store, town, action, username, now, **arguments)

    return done


def all_of(store, table, *conditions):
    with store.reading() as session:
        found = list(session.execute(select(table).where(*conditions).order_by(table.id)).scalars())
        session.expunge_all()
        return found


def write(section, discipline, answers, seen=0):
    return {"assessment_id": section, "discipline": Discipline(discipline), "row_version": seen, "answers": answers}


def said(store, assessment_id):
    return {
        (one.discipline, one.state)
        for one in all_of(store, AssessmentSection, AssessmentSection.assessment_id == assessment_id)
    }


def test_starting_keeps_the_version_of_the_questionnaires_and_tells_history_and_log(store, town, case_id):
    made = started(store, town, case_id)
    row = assessment_row(store, made)
    assert (row.state, row.questionnaires, row.started_by) == (AssessmentState.OPEN, "2026.1", town.users["ash.gp"])
    events = [one.kind for one in all_of(store, CaseEvent, CaseEvent.case_id == case_id)]
    assert events[-1] == "assessment_started"
    assert audited(store)[-1] == ("assessment.start", [town.people[2]])


def test_a_second_assessment_is_not_started_beside_the_first(store, do, case_id, assessment_id):
    with pytest.raises(Conflict) as first:
        do(start_assessment, "social.worker", LATER, case_id=case_id)
    assert (first.value.by, first.value.at) == ("Ash Gp", NOW)
    assert len(all_of(store, Assessment)) == 1


@pytest.mark.parametrize("username", ["volunteer", "birch.manager", "south.navigator", "integration", "ig", "admin"])
def test_nobody_without_a_relationship_starts_or_writes(store, do, case_id, assessment_id, username):
    section = {"assessment_id": assessment_id, "discipline": Discipline.HEALTH, "row_version": 0}
    for action, arguments in (
        (start_assessment, {"case_id": case_id}),
        (save_section, {**section, "answers": answers_to("health")}),
        (reopen_section, section),
        (record_capacity, {"assessment_id": assessment_id, "row_version": 1, "capacity": Capacity.HAS_CAPACITY}),
        (complete_assessment, {"assessment_id": assessment_id, "row_version": 1, **OUTCOME}),
        (abandon_assessment, {"assessment_id": assessment_id, "row_version": 1, "reason": "x"}),
    ):
        with pytest.raises(NotThere):
            do(action, username, **arguments)
    assert all_of(store, AssessmentSection) == []


def test_nobody_is_assessed_in_a_closed_case_or_after_their_death(store, town, do, case_id, assessment_id):
    with store.writing() as session:
        session.get_one(Person, town.people[2]).date_of_death = NOW.date()
    with pytest.raises(NotNow, match="has died"):
        do(save_section, "ash.gp", **write(assessment_id, "health", answers_to("health")))
    do(abandon_assessment, "ash.gp", assessment_id=assessment_id, row_version=1, reason="She died")
    with store.writing() as session:
        session.get_one(Person, town.people[2]).date_of_death = None
        version = session.get_one(Case, case_id).row_version
    do(close_case, "ash.manager", case_id=case_id, row_version=version, reason=ClosingReason.GOALS_MET)
    with pytest.raises(NotNow, match="closed"):
        do(start_assessment, "ash.manager", case_id=case_id)


def test_two_professionals_write_two_sections_at_once(store, town, assessment_id):
    """Each has seen the assessment as it was before the other wrote; neither is stopped, and both count."""
    health = written(store, town, assessment_id, "health", "ash.gp", what_matters="To sleep through")
    social = written(store, town, assessment_id, "social_care", "social.worker", LATER, what_matters="Her cat")
    first, second = section_row(store, health), section_row(store, social)
    assert (first.author_id, first.organisation_id) == (town.users["ash.gp"], town.places["Y90001"])
    assert (second.author_id, second.organisation_id) == (town.users["social.worker"], town.places["COUNCIL"])
    assert (first.answers["what_matters"], second.answers["what_matters"]) == ("To sleep through", "Her cat")
    assert (first.completed_by, second.completed_at) == (town.users["ash.gp"], LATER)
    assert joint(said(store, assessment_id))


def test_two_who_write_one_section_lose_no_word(store, town, do, assessment_id):
    section = written(store, town, assessment_id, "health", "ash.gp", complete=False, conditions="His heart")
    theirs = {**answers_to("health"), "conditions": "Her lungs", "pain": "no"}
    with pytest.raises(Conflict) as overtaken:
        do(save_section, "nurse", LATER, **write(assessment_id, "health", theirs))
    assert (overtaken.value.by, overtaken.value.at) == ("Ash Gp", NOW)
    assert overtaken.value.theirs["Which conditions trouble them most, and how?"] == "His heart"
    assert overtaken.value.theirs["Are they in pain that limits what they do?"] == "Yes"
    assert section_row(store, section).answers["conditions"] == "His heart"
    do(save_section, "nurse", LATER, **write(assessment_id, "health", theirs, seen=1))
    kept = all_of(store, AssessmentAnswers, AssessmentAnswers.section_id == section)
    assert [one.answers["conditions"] for one in kept] == ["His heart", "Her lungs"]
    assert [one.by for one in kept] == [town.users["ash.gp"], town.users["nurse"]]
    assert section_row(store, section).author_id == town.users["nurse"]


def test_a_section_that_nobody_begun_has_no_version_to_have_seen(do, assessment_id):
    with pytest.raises(NotThere):
        do(save_section, "ash.gp", **write(assessment_id, "health", answers_to("health"), seen=3))
    with pytest.raises(NotThere):
        do(reopen_section, "ash.gp", assessment_id=assessment_id, discipline=Discipline.HEALTH, row_version=0)


def test_a_draft_may_have_gaps_and_a_complete_section_may_not(store, do, assessment_id):
    section = do(save_section, "ash.gp", **write(assessment_id, "health", {"falls": "2", "conditions": " "}))
    assert section_row(store, section).answers == {"falls": "2"}
    with pytest.raises(NotNow, match="to complete") as gap:
        do(complete_section, "ash.gp", **write(assessment_id, "health", {"falls": "2"}, seen=1))
    assert gap.value.field == "what_matters"
    assert section_row(store, section).state is SectionState.DRAFT
    assert len(all_of(store, AssessmentAnswers)) == 1


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"falls": "many"}, "falls"),
        ({"frailty": "10"}, "frailty"),
        ({"nothing": "x"}, "nothing"),
        ({"memory": "maybe"}, "memory"),
        ({}, "what_matters"),
        ({"conditions": "   "}, "what_matters"),
    ],
)
def test_an_answer_that_cannot_be_one_is_refused_at_its_question(store, do, assessment_id, answers, field):
    with pytest.raises(NotNow) as refused:
        do(save_section, "ash.gp", **write(assessment_id, "health", answers))
    assert refused.value.field == field
    assert all_of(store, AssessmentSection) == []


def test_a_complete_section_is_reopened_before_it_is_written_again(store, town, do, assessment_id):
    section = written(store, town, assessment_id, "social_care", "social.worker")
    with pytest.raises(NotNow, match="Reopen it"):
        do(save_section, "ash.gp", **write(assessment_id, "social_care", answers_to("social_care"), seen=1))
    with pytest.raises(Conflict):
        do(reopen_section, "ash.gp", assessment_id=assessment_id, discipline=Discipline.SOCIAL_CARE, row_version=9)
    do(reopen_section, "ash.gp", assessment_id=assessment_id, discipline=Discipline.SOCIAL_CARE, row_version=1)
    row = section_row(store, section)
    assert (row.state, row.completed_at, row.completed_by) == (SectionState.DRAFT, None, None)
    assert row.author_id == town.users["social.worker"]
    assert audited(store)[-1] == ("assessment.section_reopen", [town.people[2]])
    with pytest.raises(NotNow, match="already"):
        do(reopen_section, "ash.gp", assessment_id=assessment_id, discipline=Discipline.SOCIAL_CARE, row_version=2)


def test_capacity_is_recorded_and_lacking_it_needs_a_note(store, town, do, assessment_id):
    shown = {"assessment_id": assessment_id, "row_version": 1}
    with pytest.raises(NotNow) as refused:
        do(record_capacity, "ash.gp", **shown, capacity=Capacity.LACKS_CAPACITY, note=" ")
    assert refused.value.field == "note"
    do(record_capacity, "ash.gp", **shown, capacity=Capacity.LACKS_CAPACITY, note="Cannot retain it; seen with her son")
    row = assessment_row(store, assessment_id)
    assert (row.capacity, row.capacity_note) == (Capacity.LACKS_CAPACITY, "Cannot retain it; seen with her son")
    assert audited(store)[-1] == ("assessment.capacity", [town.people[2]])
    with pytest.raises(Conflict) as overtaken:
        do(record_capacity, "social.worker", LATER, **shown, capacity=Capacity.HAS_CAPACITY)
    assert overtaken.value.theirs == {"Capacity": "Lacks capacity", "Note": "Cannot retain it; seen with her son"}


def test_the_outcome_gives_the_need_to_the_case_and_the_lead_rule_proposes_again(store, town, do, case_id):
    made = started(store, town, case_id)
    for discipline, username in (("health", "ash.gp"), ("social_care", "social.worker")):
        written(store, town, made, discipline, username)
    before = all_of(store, LeadProposal, LeadProposal.case_id == case_id)
    assert before[-1].rule_code == "NEED-MEDICAL"
    assert do(complete_assessment, "ash.gp", LATER, assessment_id=made, row_version=1, **OUTCOME) == case_id
    row = assessment_row(store, made)
    assert (row.state, row.primary_need, row.needs, row.risks, row.review_on) == (
        AssessmentState.COMPLETED, PrimaryNeed.NURSING, OUTCOME["needs"], OUTCOME["risks"], OUTCOME["review_on"],
    )  # fmt: skip
    assert (row.ended_at, row.ended_by) == (LATER, town.users["ash.gp"])
    after = all_of(store, LeadProposal, LeadProposal.case_id == case_id)
    assert after[-1].rule_code == "NEED-NURSING"
    assert after[-1].id != before[-1].id
    with store.reading() as session:
        assert session.get_one(Case, case_id).primary_need is PrimaryNeed.NURSING
    assert {"assessment.complete", "case.need"} <= {action for action, _ in audited(store)}
    with store.reading() as session:
        assert assessment_of(session, town.viewer(session, "ash.gp"), NOW, made)[1].ended_note == ""


def test_completing_it_marks_tasks_to_assess_as_done(store, town, do, case_id, assessment_id):
    asked = rule_task(store, town, 2, "assess:1", kind=TaskKind.ASSESSMENT, case_id=case_id)
    other = rule_task(store, town, 2, "review:1", kind=TaskKind.REVIEW_CASE, case_id=case_id)
    shown = {"assessment_id": assessment_id, "row_version": 1}
    do(complete_assessment, "ash.gp", LATER, **shown, **OUTCOME, why_not_joint="The council refused")
    tasks = {one.id: one for one in all_of(store, Task)}
    assert (tasks[asked].state, tasks[asked].ended_by) == (TaskState.DONE, town.users["ash.gp"])
    assert tasks[other].state is TaskState.OPEN
    assert [one.kind for one in all_of(store, TaskEvent, TaskEvent.task_id == asked)][-1] == "done"


def test_one_that_is_not_joint_is_completed_only_with_a_reason_that_stays(store, town, do, case_id, assessment_id):
    written(store, town, assessment_id, "health", "ash.gp")
    written(store, town, assessment_id, "social_care", "social.worker", complete=False)
    shown = {"assessment_id": assessment_id, "row_version": 1}
    with pytest.raises(NotNow) as refused:
        do(complete_assessment, "ash.gp", **shown, **OUTCOME, why_not_joint=" ")
    assert refused.value.field == "why_not_joint"
    do(complete_assessment, "ash.gp", LATER, **shown, **OUTCOME, why_not_joint="She did not want the council told")
    event = next(one for one in all_of(store, CaseEvent) if one.kind == "assessment_completed")
    assert (event.note, event.at, event.by) == ("She did not want the council told", LATER, town.users["ash.gp"])
    with store.reading() as session:
        viewer = town.viewer(session, "ash.gp")
        assert assessment_of(session, viewer, NOW, assessment_id)[1].ended_note == "She did not want the council told"


def test_a_reason_not_asked_for_is_not_kept(store, town, do, assessment_id):
    written(store, town, assessment_id, "therapy", "nurse")
    written(store, town, assessment_id, "social_care", "social.worker")
    shown = {"assessment_id": assessment_id, "row_version": 1}
    do(complete_assessment, "ash.gp", LATER, **shown, **OUTCOME, why_not_joint="stray words")
    assert next(one for one in all_of(store, CaseEvent) if one.kind == "assessment_completed").note == ""


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"needs": "  "}, "needs"),
        ({"risks": ""}, "risks"),
        ({"review_on": NOW.date()}, "review_on"),
        ({"review_on": date(2020, 1, 1)}, "review_on"),
    ],
)
def test_an_outcome_without_its_parts_is_refused_at_the_field(store, do, assessment_id, changed, field):
    with pytest.raises(NotNow) as refused:
        do(complete_assessment, "ash.gp", assessment_id=assessment_id, row_version=1, **{**OUTCOME, **changed})
    assert refused.value.field == field
    assert assessment_row(store, assessment_id).state is AssessmentState.OPEN


def test_an_overtaken_outcome_is_a_conflict(do, assessment_id):
    do(record_capacity, "nurse", assessment_id=assessment_id, row_version=1, capacity=Capacity.HAS_CAPACITY)
    with pytest.raises(Conflict):
        do(complete_assessment, "ash.gp", assessment_id=assessment_id, row_version=1, **OUTCOME, why_not_joint="x")


def test_an_abandoned_assessment_is_written_in_no_more_and_another_can_be_started(
    store, town, do, case_id, assessment_id
):
    with pytest.raises(NotNow) as refused:
        do(abandon_assessment, "ash.gp", assessment_id=assessment_id, row_version=1, reason=" ")
    assert refused.value.field == "reason"
    assert do(abandon_assessment, "ash.gp", assessment_id=assessment_id, row_version=1, reason="In hospital") == case_id
    assert assessment_row(store, assessment_id).state is AssessmentState.ABANDONED
    for action, more in (
        (record_capacity, {"capacity": Capacity.HAS_CAPACITY}),
        (complete_assessment, OUTCOME),
        (abandon_assessment, {"reason": "again"}),
    ):
        with pytest.raises(NotNow, match="abandoned"):
            do(action, "ash.gp", assessment_id=assessment_id, row_version=2, **more)
    with pytest.raises(NotNow, match="abandoned"):
        do(save_section, "ash.gp", **write(assessment_id, "health", answers_to("health")))
    with store.reading() as session:
        viewer = town.viewer(session, "ash.gp")
        assert assessment_of(session, viewer, NOW, assessment_id)[1].ended_note == "In hospital"
    assert started(store, town, case_id, now=LATER) != assessment_id


def test_closing_the_case_abandons_the_assessment_under_way(store, town, do, case_id, assessment_id):
    with store.reading() as session:
        version = session.get_one(Case, case_id).row_version
    do(close_case, "ash.manager", LATER, case_id=case_id, row_version=version, reason=ClosingReason.GOALS_MET)
    row = assessment_row(store, assessment_id)
    assert (row.state, row.ended_at, row.ended_by) == (AssessmentState.ABANDONED, LATER, town.users["ash.manager"])
    event = next(one for one in all_of(store, CaseEvent) if one.kind == "assessment_abandoned")
    assert event.note == "The case was closed."
    assert ("assessment.abandon", [town.people[2]]) in audited(store)


def test_nothing_of_it_is_read_by_who_may_not_open_the_person(store, town, assessment_id):
    written(store, town, assessment_id, "health", "ash.gp")
    with store.reading() as session:
        for username in ("volunteer", "birch.manager", "south.navigator", "ig", "integration"):
            viewer = town.viewer(session, username)
            with pytest.raises(NotThere):
                assessment_of(session, viewer, NOW, assessment_id)
            assert sections_of_person(session, viewer, NOW, town.people[2]) == []


def test_a_case_of_somebody_else_has_its_own(store, town, assessment_id):
    other = opened(store, town, 3, "medical")
    made = started(store, town, other, "ash.manager")
    written(store, town, made, "health", "ash.gp")
    with store.reading() as session:
        viewer = town.viewer(session, "ash.gp")
        assert sections_of_person(session, viewer, NOW, town.people[2]) == []
        assert len(sections_of_person(session, viewer, NOW, town.people[3])) == 1
