"""Whether a meeting can be closed: nothing missing, enough people, or a reason."""

from datetime import date

import pytest

from caseload.domain.meeting_closing import (
    FOLLOWS,
    ActionAtClosing,
    ItemAtClosing,
    Missing,
    Quorum,
    gaps,
    outcome_mark,
    quorum_of,
    why_not_closed,
)
from caseload.domain.plan_words import AttendanceState, MdtDecisionKind

DAY = date(2026, 10, 12)
ENOUGH, TOO_FEW = Quorum(3, 3), Quorum(2, 3)


def item(place, decision=MdtDecisionKind.CONTINUE, *actions, not_reached=False):
    return ItemAtClosing(place + 100, place, decision, not_reached, actions)


def test_nothing_is_missing_where_every_item_has_an_outcome_and_every_action_owner_and_day():
    assert (
        gaps([item(1), item(2, None, not_reached=True), item(3, MdtDecisionKind.REFER, ActionAtClosing(5, DAY))]) == ()
    )


def test_everything_that_is_missing_is_named_in_the_order_of_the_agenda():
    found = gaps([
        item(3, MdtDecisionKind.REFER, ActionAtClosing(None, None), ActionAtClosing(None, DAY)),
        item(1, None),
        item(2, None, ActionAtClosing(5, None)),
    ])  # fmt: skip
    assert [(gap.place, gap.missing) for gap in found] == [
        (1, Missing.OUTCOME), (2, Missing.OUTCOME), (2, Missing.DUE_DAY), (3, Missing.OWNER), (3, Missing.DUE_DAY),
    ]  # fmt: skip
    assert why_not_closed(found[:2], ENOUGH, "", without_quorum=True) == "Item 1 has no outcome. Item 2 has no outcome."


def test_the_quorum_counts_who_came_or_sent_a_deputy():
    marks = [AttendanceState.ATTENDED, AttendanceState.DEPUTY, AttendanceState.APOLOGIES]
    assert quorum_of(marks, 2) == Quorum(2, 2)
    assert quorum_of(marks, 2).met
    assert not quorum_of(marks, 3).met


@pytest.mark.parametrize(
    ("quorum", "reason", "setting", "closes"),
    [
        (ENOUGH, "", False, True),
        (ENOUGH, "", True, True),
        (TOO_FEW, "", True, False),
        (TOO_FEW, "   ", True, False),
        (TOO_FEW, "The bridge was closed", True, True),
        (TOO_FEW, "The bridge was closed", False, False),
    ],
)
def test_a_meeting_without_its_quorum_closes_with_a_reason_where_the_setting_lets_it(quorum, reason, setting, closes):
    assert (why_not_closed([], quorum, reason, without_quorum=setting) is None) == closes


def test_what_is_missing_is_said_before_the_quorum():
    found = gaps([item(1, None)])
    assert why_not_closed(found, TOO_FEW, "", without_quorum=False) == "Item 1 has no outcome."


def test_every_decision_says_what_follows_and_only_leaving_sets_a_task():
    assert set(FOLLOWS) == set(MdtDecisionKind)
    leaving = {MdtDecisionKind.REMOVE, MdtDecisionKind.NO_FURTHER_ACTION}
    assert {decision for decision, follow in FOLLOWS.items() if follow} == leaving


def test_no_two_outcomes_have_the_same_mark():
    marks = [outcome_mark(decision, not_reached=flag) for decision in (None, 1, 2, 3) for flag in (False, True)]
    assert len(set(marks)) == len(marks)
    assert outcome_mark(None, not_reached=False) == 0
