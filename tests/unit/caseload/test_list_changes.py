"""Who joins the list and who leaves it, as a table."""

from dataclasses import replace
from itertools import product

import pytest

from caseload.domain.list_changes import LIST_CHANGE_WORDS, LISTED, ListChange, Standing, change_of, joins
from caseload.domain.words import ProposalState, Tier

STAYS = Standing(died=False, left=False, moved_practice=False, objects=False, concern=False, tier=Tier.HIGH)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, None),
        ({"tier": Tier.VERY_HIGH}, None),
        ({"tier": Tier.MODERATE}, ListChange.LEFT_TIERS),
        ({"tier": Tier.NONE}, ListChange.LEFT_TIERS),
        ({"tier": None}, ListChange.NOT_SCORED),
        ({"objects": True}, ListChange.OBJECTED),
        ({"objects": True, "tier": None}, ListChange.OBJECTED),
        ({"moved_practice": True}, ListChange.MOVED_PRACTICE),
        ({"moved_practice": True, "tier": Tier.NONE}, ListChange.LEFT_TIERS),
        ({"left": True, "moved_practice": True}, ListChange.LEFT),
        ({"died": True, "left": True}, ListChange.DIED),
        ({"concern": True, "tier": None, "objects": True}, None),
        ({"concern": True, "tier": Tier.NONE, "moved_practice": True}, ListChange.MOVED_PRACTICE),
        ({"concern": True, "died": True}, ListChange.DIED),
        ({"concern": True, "left": True}, ListChange.LEFT),
    ],
)
def test_an_undecided_proposal_is_closed_for_the_first_cause_that_holds(changed, expected) -> None:
    assert change_of(replace(STAYS, **changed)) is expected


def test_whoever_was_never_decided_about_joins_with_a_listed_tier() -> None:
    for tier, earlier, last in product(Tier, [None, *Tier], [None, ProposalState.CLOSED]):
        assert joins(tier, earlier, last) is (tier in LISTED)


@pytest.mark.parametrize("last", [ProposalState.ACCEPTED, ProposalState.DECLINED])
@pytest.mark.parametrize(
    ("tier", "earlier", "expected"),
    [
        (Tier.HIGH, Tier.HIGH, False),
        (Tier.VERY_HIGH, Tier.VERY_HIGH, False),
        (Tier.HIGH, Tier.VERY_HIGH, False),
        (Tier.VERY_HIGH, Tier.HIGH, True),
        (Tier.HIGH, Tier.MODERATE, True),
        (Tier.HIGH, None, True),
        (Tier.MODERATE, None, False),
    ],
)
def test_after_a_decision_only_who_has_risen_joins_again(tier, earlier, expected, last) -> None:
    assert joins(tier, earlier, last) is expected


def test_every_change_has_its_words() -> None:
    assert set(LIST_CHANGE_WORDS) == set(ListChange)
