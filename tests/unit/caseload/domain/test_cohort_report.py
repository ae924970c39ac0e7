"""What a cohort's report counts, and what it does not tell somebody who may not open everybody counted."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseload.domain.cohort_report import (
    MEASURE_WORDS,
    BlockMeasure,
    MemberCounts,
    block_numbers,
    window_of,
)

BOUND = 8


def member(openable=True, **counts):
    return MemberCounts(openable, {one: counts.get(one.value, int(one is BlockMeasure.TAKEN)) for one in BlockMeasure})


def test_every_measure_has_words():
    assert set(MEASURE_WORDS) == set(BlockMeasure)


def test_who_may_open_everybody_sees_every_number():
    members = [member(leads=1, plans=1, contacts=3, contacted=1, before=2), member(before=1, after=1), member(left=1)]
    assert block_numbers(members, BOUND) == {
        BlockMeasure.TAKEN: 3, BlockMeasure.LEFT: 1, BlockMeasure.LEADS: 1, BlockMeasure.PLANS: 1,
        BlockMeasure.JOINT: 0, BlockMeasure.CONTACTED: 1, BlockMeasure.CONTACTS: 3, BlockMeasure.BEFORE: 3,
        BlockMeasure.AFTER: 1,
    }  # fmt: skip


def test_of_a_few_unseen_members_nothing_is_told():
    members = [member(leads=1)] * 20 + [member(openable=False)] * 7
    numbers = block_numbers(members, BOUND)
    assert numbers.pop(BlockMeasure.TAKEN) == 27
    assert set(numbers.values()) == {None}


def test_of_many_unseen_members_only_what_is_small_on_neither_side_is_told():
    members = [member(leads=1)] * 3 + [member(openable=False, leads=1, plans=1)] * 10 + [member(openable=False)] * 9
    numbers = block_numbers(members, BOUND)
    assert (numbers[BlockMeasure.LEADS], numbers[BlockMeasure.PLANS]) == (13, 10)
    assert (numbers[BlockMeasure.LEFT], numbers[BlockMeasure.AFTER]) == (0, 0)
    one_less = [*members[:3], *[member(openable=False, leads=1)] * 12, *[member(openable=False)] * 7]
    assert block_numbers(one_less, BOUND)[BlockMeasure.LEADS] is None


def test_a_part_that_would_give_the_rest_away_is_withheld():
    """Ten unseen plans of which nine are joint: one is not, and would be known not to be."""
    plans = [member(openable=False, plans=1, joint=1)] * 9 + [member(openable=False, plans=1)]
    numbers = block_numbers([*plans, *[member(openable=False)] * 10], BOUND)
    assert numbers[BlockMeasure.PLANS] == 10
    assert numbers[BlockMeasure.JOINT] is None


def test_joint_plans_that_would_tell_of_a_few_led_without_one_are_withheld():
    """Ten of the unseen are led, nine with a joint plan: the tenth would be known to have none, however many plans."""
    joint = [member(openable=False, plans=1, leads=1, joint=1)] * 9
    numbers = block_numbers([*joint, member(openable=False, leads=1), *[member(openable=False, plans=1)] * 9], BOUND)
    assert (numbers[BlockMeasure.LEADS], numbers[BlockMeasure.PLANS]) == (10, None)
    more = [*joint, member(openable=False, leads=1), *[member(openable=False, plans=1)] * 9]
    numbers = block_numbers([*more, *[member(openable=False)] * 10], BOUND)
    assert (numbers[BlockMeasure.LEADS], numbers[BlockMeasure.PLANS]) == (10, 18)
    assert numbers[BlockMeasure.JOINT] is None


@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 1), st.integers(0, 3)), max_size=60),
    st.integers(2, 10),
)
def test_what_is_shown_never_tells_of_a_few_of_the_others(people, bound):
    members = [member(openable, plans=plan, contacts=contacts) for openable, plan, contacts in people]
    unseen = [one for one in people if not one[0]]
    numbers = block_numbers(members, bound)
    plans, contacts = sum(one[1] for one in unseen), sum(one[2] for one in unseen)
    if not unseen:
        assert None not in numbers.values()
        return
    if numbers[BlockMeasure.PLANS] is not None:
        assert len(unseen) >= bound
        assert plans == 0 or plans >= bound
        assert plans == len(unseen) or len(unseen) - plans >= bound
    if numbers[BlockMeasure.CONTACTS] is not None:
        assert contacts == 0 or contacts >= bound


@pytest.mark.parametrize(
    ("known", "first", "days"),
    [(date(2026, 10, 5), date(2026, 10, 4), 1), (date(2026, 10, 14), date(2026, 9, 25), 10)],
)
def test_both_sides_of_the_start_are_as_long(known, first, days):
    window = window_of(date(2026, 10, 5), known)
    assert window is not None
    assert (window.before_from, window.days) == (first, days)
    assert (window.begun_on - window.before_from).days == days


def test_there_is_nothing_to_compare_before_hospital_use_since_the_start_is_known():
    assert window_of(date(2026, 10, 5), date(2026, 10, 4)) is None
