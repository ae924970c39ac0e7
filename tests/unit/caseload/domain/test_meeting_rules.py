"""Which steps there are in which state of a meeting, and whose part lets them take it: the tables against one another."""

from datetime import date, timedelta

import pytest

from caseload.domain.meeting_rules import (
    ALLOWED,
    FROM_ITS_DAY_ON,
    LEADS_TO,
    MOVES,
    WHO,
    MeetingStep,
    Part,
    may_take,
    not_held,
    parts_of,
    too_early,
    why_not,
)
from caseload.domain.plan_words import MeetingState


def test_every_step_and_state_stands_in_the_tables():
    assert set(WHO) == set(ALLOWED) == set(MeetingStep)
    assert set(MOVES) == set(MeetingState)


def test_steps_that_change_the_state_are_exactly_the_moves_there_are():
    made = {(state, to) for step, to in LEADS_TO.items() for state in ALLOWED[step]}
    assert made == {(state, to) for state, following in MOVES.items() for to in following}


def test_nothing_can_be_done_at_a_closed_meeting():
    assert [step for step in MeetingStep if may_take(step, MeetingState.CLOSED, Part)] == []


@pytest.mark.parametrize("step", [MeetingStep.LOCK, MeetingStep.UNLOCK])
def test_only_the_chair_locks_and_unlocks(step):
    state = next(iter(ALLOWED[step]))
    assert [part for part in Part if may_take(step, state, {part})] == [Part.CHAIR]
    assert why_not(step, state, {Part.COORDINATOR, Part.RUNNER}) == "Only the chair of the meeting can do this."


@pytest.mark.parametrize("step", list(MeetingStep))
def test_somebody_without_a_part_can_do_nothing(step):
    assert why_not(step, next(iter(ALLOWED[step])), ()) is not None


def test_a_step_in_the_wrong_state_says_what_the_state_is():
    assert "unlock" in why_not(MeetingStep.ADD, MeetingState.LOCKED, Part)
    assert "not locked" in why_not(MeetingStep.NOTES, MeetingState.PLANNED, Part)


def test_what_says_that_a_meeting_took_place_waits_for_its_day():
    day = date(2026, 12, 14)
    before, after = day - timedelta(days=1), day + timedelta(days=1)
    assert {step for step in MeetingStep if too_early(step, day, before)} == FROM_ITS_DAY_ON
    assert [step for step in MeetingStep if too_early(step, day, day) or too_early(step, day, after)] == []
    assert "planned for 14 December 2026" in too_early(MeetingStep.CLOSE, day, before)


def test_a_meeting_was_not_held_when_its_day_went_by_with_nothing_written_down():
    day = date(2026, 9, 28)
    found = {
        (state, days, begun)
        for state in MeetingState
        for days in (-1, 0, 1)
        for begun in (True, False)
        if not_held(state, day, day + timedelta(days=days), begun=begun)
    }
    assert found == {(MeetingState.PLANNED, 1, False), (MeetingState.LOCKED, 1, False)}


def test_one_user_can_have_several_parts():
    assert parts_of(1, chair_id=1, coordinator_id=1, runs=True) == set(Part)
    assert parts_of(1, chair_id=2, coordinator_id=3, runs=False) == set()
