"""To whom a copy of a plan may go: every kind of recipient with every answer there can be."""

from itertools import product

import pytest

from caseload.domain.plan_words import PlanState, ShareFormat
from caseload.domain.sharing_rules import (
    MAY_BE_SHARED,
    SHARING_RULES,
    RecipientKind,
    why_not_given,
    why_not_opened,
    why_not_shared,
)
from caseload.domain.words import ConsentPurpose, ConsentState, Sector
from caseload.queries.visible import SHARING

NO = (ConsentState.REFUSED, ConsentState.WITHDRAWN)
ASKED_OF = {
    RecipientKind.HEALTH: ConsentPurpose.SHARING_HEALTH,
    RecipientKind.SOCIAL_CARE: ConsentPurpose.SHARING_SOCIAL_CARE,
    RecipientKind.VOLUNTARY: ConsentPurpose.SHARING_VOLUNTARY,
    RecipientKind.URGENT_CARE: ConsentPurpose.SHARING_URGENT_CARE,
}
ANSWERS = (None, *ConsentState)


def may(kind, coordination, own):
    """Written from what was asked for: nothing after a no to coordination or the purpose; urgent care after a yes only."""
    if kind is RecipientKind.PERSON:
        return True
    if coordination in NO or own in NO:
        return False
    return own is ConsentState.GIVEN if kind is RecipientKind.URGENT_CARE else True


@pytest.mark.parametrize("kind", RecipientKind)
def test_every_answer_is_judged_as_was_asked_for(kind):
    for coordination, own, other in product(ANSWERS, repeat=3):
        said = {ConsentPurpose.CARE_COORDINATION: coordination, ASKED_OF.get(kind): own}
        others = set(ASKED_OF.values()) - {ASKED_OF.get(kind)}
        said |= dict.fromkeys(others, other)  # what was said about others makes no difference
        holds = {purpose: state for purpose, state in said.items() if purpose is not None and state is not None}
        refusal = why_not_shared(kind, holds)
        assert (refusal is None) == may(kind, coordination, own)
        if refusal is not None:
            assert refusal.sentence.startswith("Not shared: ")


def test_rules_are_complete_and_agree_with_who_may_open_a_record():
    assert set(SHARING_RULES) == set(RecipientKind)
    for sector in Sector:
        assert SHARING[sector] in SHARING_RULES[RecipientKind(sector.value)].not_refused
    assert set().union(*(rule.formats for rule in SHARING_RULES.values())) == set(ShareFormat)


def test_every_state_lets_copies_be_given_or_says_why_not():
    assert {state for state in PlanState if why_not_given(state) is None} == MAY_BE_SHARED
    assert all((why_not_given(state) or "x.").endswith(("x.", ".")) for state in PlanState)


def test_recorded_copy_is_opened_unless_every_kind_of_its_sector_is_refused_since():
    no_health = {ConsentPurpose.SHARING_HEALTH: ConsentState.WITHDRAWN}
    assert why_not_opened(None, ShareFormat.PDF, no_health) is None
    assert why_not_opened(Sector.VOLUNTARY, ShareFormat.PDF, no_health) is None
    assert why_not_opened(Sector.HEALTH, ShareFormat.PDF, no_health) is not None
    agreed = {**no_health, ConsentPurpose.SHARING_URGENT_CARE: ConsentState.GIVEN}
    assert why_not_opened(Sector.HEALTH, ShareFormat.URGENT_SUMMARY, agreed) is None
    none = {**agreed, ConsentPurpose.CARE_COORDINATION: ConsentState.REFUSED}
    assert why_not_opened(Sector.HEALTH, ShareFormat.URGENT_SUMMARY, none) is not None


def test_recorded_copy_that_may_be_for_urgent_care_is_not_opened_after_a_no_to_it():
    urgent = ConsentPurpose.SHARING_URGENT_CARE
    no_urgent = {urgent: ConsentState.WITHDRAWN}
    before = why_not_opened(Sector.HEALTH, ShareFormat.URGENT_SUMMARY, no_urgent, {ConsentPurpose.SHARING_HEALTH})
    assert before is None  # it was recorded for a health service, after the no
    refusal = why_not_opened(Sector.HEALTH, ShareFormat.URGENT_SUMMARY, no_urgent, {urgent})
    assert refusal is not None
    assert refusal.purpose is urgent
    assert why_not_opened(Sector.HEALTH, ShareFormat.PDF, no_urgent, {urgent}) is None
    assert why_not_opened(Sector.HEALTH, ShareFormat.URGENT_SUMMARY, {urgent: ConsentState.GIVEN}, {urgent}) is None
