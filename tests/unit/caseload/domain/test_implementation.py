"""What became of the actions of meetings, counted one by one beside the code's own counting."""

import random
from datetime import date, timedelta

import pytest

from caseload.domain.implementation import FATES, DueAction, Fate, Split, implementation_of, quintile
from caseload.domain.plan_words import MdtDecisionKind

DUE = date(2026, 9, 30)


def action(done=None, team="North", decision=MdtDecisionKind.CONTINUE, decile=1, openable=False):
    """`done` is how many days after the due day, None for never."""
    return DueAction(team, decision, decile, DUE, None if done is None else DUE + timedelta(days=done), openable)


@pytest.mark.parametrize(
    ("done", "fate"), [(-3, Fate.ON_TIME), (0, Fate.ON_TIME), (1, Fate.LATE), (None, Fate.NOT_DONE)]
)
def test_an_action_is_on_time_late_or_not_done(done, fate):
    assert action(done).fate is fate


def test_deciles_in_pairs_are_quintiles_and_the_first_is_the_most_deprived():
    assert [quintile(decile) for decile in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)] == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert quintile(None) is None


def test_without_a_bound_every_number_is_what_a_person_would_count():
    chance = random.Random(20261005)
    actions = [
        action(chance.choice([None, -1, 0, 2]), chance.choice("NS"), chance.choice(list(MdtDecisionKind)), chance.choice([None, 1, 5, 10]))
        for _ in range(400)
    ]  # fmt: skip
    found = implementation_of(actions, 0)
    for fate in FATES:
        assert found.number(Split.WHOLE, "", fate) == sum(one.fate is fate for one in actions)
        assert found.number(Split.TEAM, "N", fate) == sum(one.fate is fate and one.team == "N" for one in actions)
        assert found.number(Split.QUINTILE, 5, fate) == sum(one.fate is fate and one.decile == 10 for one in actions)
        assert found.number(Split.QUINTILE, None, fate) == sum(
            one.fate is fate and one.decile is None for one in actions
        )
    refer = [one for one in actions if one.decision is MdtDecisionKind.REFER]
    assert found.number(Split.DECISION, MdtDecisionKind.REFER, Fate.ALL) == len(refer)
    assert found.done(Split.DECISION, MdtDecisionKind.REFER) == sum(one.done_on is not None for one in refer)


def test_small_numbers_are_withheld_and_none_is_what_is_left_of_a_sum():
    actions = [action(0)] * 40 + [action(3)] * 20 + [action()] * 3 + [action(0, team="South", decile=9)] * 30
    found = implementation_of(actions, 8)
    assert found.number(Split.TEAM, "North", Fate.NOT_DONE) is None
    assert found.number(Split.WHOLE, "", Fate.NOT_DONE) is None
    north = [found.number(Split.TEAM, "North", fate) for fate in Fate]
    assert north.count(None) >= 2  # one alone would be the total less the others
    assert found.number(Split.TEAM, "South", Fate.NOT_DONE) == 0


def test_what_one_may_open_is_shown_however_small_and_the_others_are_protected_by_themselves():
    mine = [action(0, decile=9, openable=True)] * 2 + [action(openable=True)]
    assert implementation_of(mine, 8).hidden == frozenset()
    others = [action(0)] * 40 + [action(3)] * 20 + [action()] * 3
    found = implementation_of([*mine, *others], 8)
    alone = implementation_of(others, 8)
    assert alone.hidden
    assert found.hidden == alone.hidden | {one for one in found.hidden if one[:2] == (Split.QUINTILE, 5)}
    assert found.number(Split.QUINTILE, 5, Fate.ON_TIME) == 2  # nobody else is in it
    assert found.number(Split.TEAM, "North", Fate.NOT_DONE) is None
    assert found.number(Split.TEAM, "North", Fate.ALL) == 66


def test_an_action_one_may_not_open_among_many_one_may_is_not_given_away():
    """By total nothing would be withheld: 60 is no small number. But 59 of them are the viewer's own."""
    found = implementation_of([action(0, openable=True)] * 59 + [action(0)], 8)
    assert found.number(Split.WHOLE, "", Fate.ALL) is None
    assert found.number(Split.WHOLE, "", Fate.LATE) == 0


def test_nothing_due_is_a_table_of_zeros():
    found = implementation_of([], 8)
    assert [found.number(Split.WHOLE, "", fate) for fate in Fate] == [0, 0, 0, 0]
    assert found.rows[Split.TEAM] == ()
    assert found.done(Split.WHOLE, "") == 0
