"""When a task is due, on a drawn calendar."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseload.domain.due import DUE_WORDS, SOON_DAYS, Due, due_day, due_state, weekday_from

TODAY = date(2026, 10, 5)
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(
    ("due", "hold", "state"),
    [
        (-1, None, Due.OVERDUE),
        (0, None, Due.TODAY),
        (1, None, Due.SOON),
        (SOON_DAYS, None, Due.SOON),
        (SOON_DAYS + 1, None, Due.LATER),
        (-9, 1, Due.HELD),
        (-9, 0, Due.TODAY),
        (-9, -1, Due.OVERDUE),
        (3, 2, Due.HELD),
        (3, -2, Due.SOON),
        (3, 40, Due.HELD),
    ],
)
def test_due_state_on_the_calendar(due, hold, state):
    hold_until = None if hold is None else TODAY + timedelta(days=hold)
    assert due_state(TODAY + timedelta(days=due), hold_until, TODAY) is state


@given(due=DAYS, hold=st.none() | DAYS, today=DAYS)
def test_due_state_only_ever_moves_towards_overdue(due, hold, today):
    """Without a change to the task, a later day never makes it less pressing."""
    pressing = [Due.HELD, Due.LATER, Due.SOON, Due.TODAY, Due.OVERDUE]
    before, after = (due_state(due, hold, today + timedelta(days=step)) for step in (0, 1))
    assert pressing.index(before) <= pressing.index(after)


@given(due=DAYS, hold=st.none() | DAYS)
def test_task_is_due_exactly_on_its_day(due, hold):
    day = due_day(due, hold)
    assert due_state(due, hold, day) is Due.TODAY
    assert due_state(due, hold, day + timedelta(days=1)) is Due.OVERDUE


def test_every_due_state_has_words():
    assert set(DUE_WORDS) == set(Due)


@given(day=DAYS)
def test_weekday_is_the_day_or_the_monday_after(day):
    moved = weekday_from(day)
    assert moved.weekday() < 5
    assert moved == day or (moved.weekday() == 0 and 0 < (moved - day).days <= 2)
