"""Comparing who could lead: workload, working days, order, reasons; sharing a leaver's cases out."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseload.domain.candidates import Candidate, Continuity, Nearness, fits, in_order, suggested, why_reason_needed
from caseload.domain.lead_rule import LeadOutcome
from caseload.domain.override_reasons import CHOICES, OVERRIDE_WORDS, OverrideReason, why_not_a_reason
from caseload.domain.sharing_out import CaseToShare, shared_out
from caseload.domain.words import Profession, Tier
from caseload.domain.workload import WorkingPattern, next_working_day, on_leave, percent_of, points_of, works_on
from caseload.lead_rules import read_lead_rules
from caseload.presenters.candidates import comparison, short_workload, workload

RULES = read_lead_rules()
MONDAY = date(2026, 10, 5)
WEEKDAYS = 0b0011111
GP = LeadOutcome("VH", "1", Profession.GP, "")
DOCTOR = LeadOutcome("NEED-MEDICAL", "1", Profession.DOCTOR, "")
NOBODY = LeadOutcome("MISSING", "1", None, "")

ASH = Candidate(
    1, "Ash Gp", "GP", "Ash Surgery", 11, Profession.GP, Nearness.PRACTICE, Continuity.NONE, 44, 2, 48, None, MONDAY
)


def test_a_case_takes_somebody_from_92_to_96_per_cent():
    assert (ASH.percent_now, ASH.percent_after) == (92, 96)
    assert workload(ASH) == "This takes them from 92% to 96% of capacity"
    assert (
        workload(replace(ASH, points=47))
        == "This takes them from 98% to 102% of capacity, which is more than they have"
    )
    assert workload(replace(ASH, capacity=0)) == "No capacity is recorded for them"


def test_requests_that_wait_for_an_answer_are_said_beside_the_workload():
    four, one = replace(ASH, waiting=4), replace(ASH, waiting=1)
    assert workload(four) == "This takes them from 92% to 96% of capacity, including 4 requests waiting"
    assert short_workload(one) == "92% to 96%, including 1 request waiting"
    assert short_workload(ASH) == "92% to 96%"


@pytest.mark.parametrize(
    ("points", "capacity", "percent"), [(0, 60, 0), (1, 200, 1), (1, 201, 0), (3, 3, 100), (5, 0, None), (7, 40, 18)]
)
def test_a_percentage_is_whole_with_halves_up(points, capacity, percent):
    assert percent_of(points, capacity) == percent


def test_points_are_the_weights_of_the_tiers_added_up():
    people = {Tier.VERY_HIGH: 2, Tier.HIGH: 3, Tier.NONE: 5}
    assert points_of(people, {Tier.VERY_HIGH: 4, Tier.HIGH: 2, Tier.MODERATE: 1, Tier.NONE: 1}) == 8 + 6 + 5


@pytest.mark.parametrize(
    ("days", "leave", "day", "expected"),
    [
        (WEEKDAYS, (), MONDAY, MONDAY),
        (WEEKDAYS, (), date(2026, 10, 10), date(2026, 10, 12)),  # a Saturday
        (0b0010010, (), MONDAY, date(2026, 10, 6)),  # Tuesdays and Fridays
        (WEEKDAYS, ((date(2026, 10, 1), date(2026, 10, 9)),), MONDAY, date(2026, 10, 12)),
        (WEEKDAYS, ((MONDAY, MONDAY), (date(2026, 10, 6), date(2026, 10, 6))), MONDAY, date(2026, 10, 7)),
        (0, (), MONDAY, None),
    ],
)
def test_the_next_working_day_is_not_a_day_off_nor_on_leave(days, leave, day, expected):
    assert next_working_day(WorkingPattern(days, leave), day) == expected


@given(st.integers(0, 127), st.dates(date(2026, 1, 1), date(2027, 1, 1)), st.integers(0, 30), st.integers(0, 20))
def test_no_day_before_the_next_working_day_is_worked(days, day, start, length):
    leave = (day + timedelta(days=start), day + timedelta(days=start + length))
    pattern = WorkingPattern(days, (leave,))
    found = next_working_day(pattern, day)
    if found is None:
        assert days == 0
        return
    assert days >> found.weekday() & 1
    assert not leave[0] <= found <= leave[1]
    assert not any(works_on(pattern, day + timedelta(days=step)) for step in range((found - day).days))


def test_leave_includes_both_its_ends():
    pattern = WorkingPattern(WEEKDAYS, ((MONDAY, date(2026, 10, 7)),))
    assert [on_leave(pattern, MONDAY + timedelta(days=step)) for step in range(-1, 4)] == [
        False,
        True,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("profession", "nearness", "outcome", "expected"),
    [
        (Profession.GP, Nearness.PRACTICE, GP, True),
        (Profession.GP, Nearness.NETWORK, GP, False),  # the registered GP is of the person's own practice
        (Profession.DOCTOR, Nearness.PRACTICE, GP, False),
        (Profession.GP, Nearness.LOCALITY, DOCTOR, True),  # a GP is a doctor
        (Profession.NURSE, Nearness.PRACTICE, DOCTOR, False),
        (Profession.GP, Nearness.PRACTICE, NOBODY, False),
    ],
)
def test_whom_the_rule_proposes(profession, nearness, outcome, expected):
    candidate = replace(ASH, profession=profession, nearness=nearness)
    assert fits(RULES, outcome, candidate) is expected
    assert (why_reason_needed(RULES, outcome, candidate) is None) is expected


def test_somebody_on_leave_or_without_a_working_day_is_not_suggested_and_needs_a_reason():
    away = replace(ASH, away_until=date(2026, 10, 9), next_day=date(2026, 10, 12))
    never = replace(ASH, next_day=None)
    assert [suggested(RULES, GP, one) for one in (ASH, away, never)] == [True, False, False]
    assert why_reason_needed(RULES, GP, away) == "They are on leave."
    assert why_reason_needed(RULES, GP, never) == "They have no working day within a year."


def test_candidates_are_ordered_by_role_availability_capacity_place_continuity_load_and_id():
    best_first = [
        replace(ASH, points=0, continuity=Continuity.LED, user_id=9),
        replace(ASH, points=0, continuity=Continuity.CARE_TEAM, user_id=8),
        replace(ASH, points=0, user_id=2),
        replace(ASH, points=0, user_id=5),  # the same in all but the id
        replace(ASH, points=10, user_id=1),  # more loaded
        replace(ASH, points=48, user_id=3),  # beyond capacity
        replace(ASH, points=0, away_until=MONDAY, next_day=MONDAY + timedelta(days=1), user_id=4),
        replace(
            ASH, points=0, nearness=Nearness.NETWORK, user_id=6
        ),  # not the person's practice: not the registered GP
        replace(ASH, points=0, nearness=Nearness.BOROUGH, user_id=7),
    ]
    for seed in range(20):
        shuffled = sorted(best_first, key=lambda one: (one.user_id * 7 + seed * 13) % 11)
        assert [one.user_id for one in in_order(RULES, GP, shuffled)] == [9, 8, 2, 5, 1, 3, 4, 6, 7]


def test_everything_a_candidate_is_compared_by_is_said():
    away = replace(ASH, away_until=date(2026, 10, 9), next_day=date(2026, 10, 12), continuity=Continuity.LED)
    assert comparison(away, MONDAY, "They are on leave.") == (
        "Works for the person’s practice. Has led this person’s care. This takes them from 92% to 96% of capacity. "
        "On leave until 9 October 2026, works next on 12 October 2026. A reason is needed: they are on leave."
    )
    assert comparison(ASH, MONDAY).endswith("Works today.")
    assert comparison(replace(ASH, next_day=None), MONDAY).endswith("No working day within a year.")


def test_every_reason_has_words_and_only_a_handover_gives_its_own():
    assert set(OVERRIDE_WORDS) == set(OverrideReason)
    assert set(OverrideReason) - set(CHOICES) == {OverrideReason.HANDED_OVER}
    for reason in CHOICES:
        assert why_not_a_reason(reason, "a note") is None
    for wrong in (None, "", "handed_over", "nonsense"):
        assert why_not_a_reason(wrong, "a note") is not None
    assert why_not_a_reason("other", "  ") is not None


def shares(cases, people):
    """Cases with (weight), people with (points, capacity)."""
    return [
        CaseToShare(
            case_id, GP,
            [replace(ASH, user_id=who, points=points, capacity=capacity, added=weight)
             for who, (points, capacity) in people.items()],
        )
        for case_id, weight in cases.items()
    ]  # fmt: skip


def test_cases_are_shared_out_so_that_nobody_is_given_them_all():
    given_out = shared_out(RULES, shares({1: 4, 2: 4, 3: 4, 4: 4}, {5: (0, 40), 6: (0, 40)}))
    assert Counter(given_out.values()) == {5: 2, 6: 2}


def test_what_somebody_was_given_elsewhere_in_the_journey_counts():
    assert shared_out(RULES, shares({1: 4}, {5: (0, 40), 6: (0, 40)}), {5: 8}) == {1: 6}


def test_somebody_on_leave_is_given_nothing_and_a_case_nobody_can_take_is_left_out():
    away = replace(ASH, away_until=MONDAY, next_day=MONDAY + timedelta(days=1))
    assert shared_out(RULES, [CaseToShare(1, GP, [away]), CaseToShare(2, GP, [])]) == {}


@given(st.dictionaries(st.integers(1, 8), st.integers(1, 4), max_size=6))
def test_sharing_out_does_not_depend_on_the_order_of_the_cases(cases):
    people = {5: (3, 40), 6: (0, 30), 7: (10, 60)}
    all_cases = shares(cases, people)
    expected = shared_out(RULES, all_cases)
    for order in list(permutations(all_cases))[:6]:
        assert shared_out(RULES, list(order)) == expected
    assert set(expected) == set(cases)
