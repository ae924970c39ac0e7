"""Joint by its sections alone, and what can become of an assessment: against what was asked for, written down again."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caseload.domain.assessment_rules import (
    EVENTS,
    MOVES,
    STEPS,
    SectionStep,
    joint,
    missing_for_joint,
    why_not_moved,
    why_not_stepped,
    why_not_written,
)
from caseload.domain.plan_words import AssessmentState, Discipline, SectionState

# The oracle: of the words alone, and without the product's own sets.
HEALTH_WORDS = ["health", "mental_health", "therapy"]


def oracle(sections):
    done = [discipline.value for discipline, state in sections.items() if state.value == "complete"]
    return "social_care" in done and any(word in done for word in HEALTH_WORDS)


@given(st.dictionaries(st.sampled_from(list(Discipline)), st.sampled_from(list(SectionState))))
@settings(max_examples=2_000, deadline=None)
def test_joint_for_random_sets_of_sections_is_what_the_oracle_says(sections):
    assert joint(sections.items()) == oracle(sections)
    assert (missing_for_joint(sections.items()) == ()) == oracle(sections)


def test_joint_for_every_set_of_sections_there_can_be():
    answers = 0
    for states in product((None, SectionState.DRAFT, SectionState.COMPLETE), repeat=len(Discipline)):
        sections = {one: state for one, state in zip(Discipline, states, strict=True) if state is not None}
        assert joint(sections.items()) == oracle(sections)
        answers += 1
    assert answers == 3**7


def test_what_is_missing_is_said_for_each_side():
    done = SectionState.COMPLETE
    assert len(missing_for_joint([])) == 2
    assert missing_for_joint([(Discipline.SOCIAL_CARE, done)]) == (
        "a health section (health, mental health or therapy)",
    )
    assert missing_for_joint([(Discipline.THERAPY, done)]) == ("the social care section",)
    assert missing_for_joint([(Discipline.THERAPY, done), (Discipline.SOCIAL_CARE, SectionState.DRAFT)]) != ()


def test_an_assessment_ends_once():
    assert MOVES.keys() == EVENTS.keys() == set(AssessmentState)
    assert why_not_moved(AssessmentState.OPEN, AssessmentState.COMPLETED) is None
    assert why_not_moved(AssessmentState.OPEN, AssessmentState.ABANDONED) is None
    assert why_not_moved(AssessmentState.OPEN, AssessmentState.OPEN)
    for ended, to in product((AssessmentState.COMPLETED, AssessmentState.ABANDONED), AssessmentState):
        assert ended.value in why_not_moved(ended, to)
        assert ended.value in why_not_written(ended)
    assert why_not_written(AssessmentState.OPEN) is None


@pytest.mark.parametrize(
    ("step", "state", "after"),
    [
        (SectionStep.SAVE, SectionState.DRAFT, SectionState.DRAFT),
        (SectionStep.COMPLETE, SectionState.DRAFT, SectionState.COMPLETE),
        (SectionStep.REOPEN, SectionState.COMPLETE, SectionState.DRAFT),
    ],
)
def test_a_step_leads_to_its_state(step, state, after):
    assert why_not_stepped(step, state) is None
    assert STEPS[step][state] is after


@pytest.mark.parametrize(
    ("step", "state"),
    [
        (SectionStep.SAVE, SectionState.COMPLETE),
        (SectionStep.COMPLETE, SectionState.COMPLETE),
        (SectionStep.REOPEN, SectionState.DRAFT),
    ],
)
def test_a_step_that_the_state_forbids_is_refused_in_words(step, state):
    assert state not in STEPS[step]
    assert why_not_stepped(step, state).endswith(".")
