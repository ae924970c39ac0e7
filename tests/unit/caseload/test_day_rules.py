"""The tables of the day's rules are complete and agree with each other."""

import pytest

from caseload.domain.consent_rules import (
    ANSWERS,
    HOW_WORDS,
    NEXT,
    OBJECTION_ANSWERS,
    PURPOSES,
    SHARING_PURPOSES,
    ConsentHow,
    answers_to,
    means_no,
    why_not_recorded,
)
from caseload.domain.contact_outcomes import OUTCOMES, PARTICIPANT_WORDS, ContactOutcome, Participant
from caseload.domain.objections import HOW
from caseload.domain.task_rules import ALLOWED, REFUSALS, TITLE_LENGTH, TaskStep, may_take
from caseload.domain.words import ConsentPurpose, ConsentState, TaskState
from caseload.queries.visible import SHARING


def test_every_task_step_says_from_which_state_it_can_be_taken():
    assert set(ALLOWED) == set(TaskStep)
    assert set(REFUSALS) == set(TaskState)


@pytest.mark.parametrize("state", [TaskState.DONE, TaskState.CANCELLED])
def test_ended_task_can_only_be_reopened(state):
    assert [step for step in TaskStep if may_take(step, state)] == [TaskStep.REOPENED]


def test_open_task_can_take_every_step_but_those():
    taken = {step for step in TaskStep if may_take(step, TaskState.OPEN)}
    assert taken == set(TaskStep) - {TaskStep.CREATED, TaskStep.REOPENED}


def test_every_outcome_and_participant_has_words():
    assert set(OUTCOMES) == set(ContactOutcome)
    assert set(PARTICIPANT_WORDS) == set(Participant)
    words = [entry.words for entry in OUTCOMES.values()]
    assert len(set(words)) == len(words)


def test_next_tasks_fit_their_columns_and_come_after_today():
    following = [entry.next for entry in OUTCOMES.values() if entry.next is not None]
    assert all(0 < step.days <= 31 and 0 < len(step.title) <= TITLE_LENGTH for step in following)
    assert len(following) == len(OUTCOMES) - 1
    assert all(len(code.value) <= 40 for code in ContactOutcome)


def test_every_purpose_and_way_has_words():
    assert set(PURPOSES) == set(ConsentPurpose)
    assert set(HOW_WORDS) == {how.value for how in ConsentHow} | {HOW}
    assert set(ANSWERS) == set(OBJECTION_ANSWERS) == set(ConsentState)


def test_sharing_purposes_are_those_that_decide_who_may_open_a_record():
    assert set(SHARING.values()) == SHARING_PURPOSES


def test_every_answer_follows_exactly_what_it_can():
    assert set(NEXT) == {None, *ConsentState}
    for holds in NEXT:
        for state in ConsentState:
            assert (why_not_recorded(holds, state) is None) == (state in NEXT[holds])
        assert [state for state, _ in answers_to(ConsentPurpose.SHARING_HEALTH, holds)] == [
            state for state in ConsentState if state in NEXT[holds]
        ]


def test_whoever_said_yes_can_always_take_it_back_and_the_reverse():
    for state in ConsentState:
        assert any(means_no(following) != means_no(state) for following in NEXT[state])
    assert not means_no(None)


def test_objection_is_worded_as_one():
    words = dict(answers_to(ConsentPurpose.RISK_STRATIFICATION, None))
    assert words == {ConsentState.GIVEN: "They do not object", ConsentState.REFUSED: "They object"}
