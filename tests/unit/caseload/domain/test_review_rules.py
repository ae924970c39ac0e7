"""The rules of a review and of a case: complete, on one screen, and saying why not."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from caseload.domain.case_rules import CLOSING_WORDS, EVENTS, MOVES, ClosingReason, why_not_moved
from caseload.domain.decline_reasons import DECLINE_WORDS, NOTE_NEEDED, DeclineReason, why_not_declined_for
from caseload.domain.proposal_rules import RESULTS, UNDECIDED, Mark, digest_of, why_not_deferred_until
from caseload.domain.words import CaseState, Decision, ProposalState

TODAY = date(2026, 10, 5)
MARK = Mark(7, 1, 1, Decision.DECLINE, "needs_met", "a note", None)


def test_every_word_has_what_it_needs():
    assert set(RESULTS) == set(Decision)
    assert set(DECLINE_WORDS) == set(DeclineReason)
    assert set(CLOSING_WORDS) == set(ClosingReason)
    assert set(MOVES) == set(EVENTS) == set(CaseState)
    assert set(RESULTS.values()) - UNDECIDED == {ProposalState.ACCEPTED, ProposalState.DECLINED}


@pytest.mark.parametrize("code", list(DeclineReason))
def test_a_reason_needs_a_note_only_where_it_says_nothing_itself(code):
    assert why_not_declined_for(code, "because") is None
    assert (why_not_declined_for(code, " ") is None) is (code not in NOTE_NEEDED)


@pytest.mark.parametrize("code", [None, "", "unknown"])
def test_no_reason_is_no_reason(code):
    assert why_not_declined_for(code, "a note") == "Select why they are not taken into care coordination"


@pytest.mark.parametrize(
    ("day", "good"),
    [(None, False), (TODAY, False), (TODAY + timedelta(days=1), True), (TODAY + timedelta(days=366), True),
     (TODAY + timedelta(days=367), False)],
)  # fmt: skip
def test_a_deferral_ends_within_a_year(day, good):
    assert (why_not_deferred_until(day, TODAY) is None) is good


@pytest.mark.parametrize(
    "other",
    [
        replace(MARK, proposal_id=8), replace(MARK, proposal_version=2), replace(MARK, mark_version=2),
        replace(MARK, decision=Decision.ACCEPT), replace(MARK, reason_code="other"), replace(MARK, note="another"),
        replace(MARK, deferred_until=TODAY),
    ],
)  # fmt: skip
def test_a_digest_differs_with_anything_that_was_previewed(other):
    assert digest_of([other]) != digest_of([MARK])
    assert digest_of([MARK, other]) not in {digest_of([MARK]), digest_of([other])}


def test_a_digest_does_not_depend_on_the_order():
    other = replace(MARK, proposal_id=8)
    assert digest_of([MARK, other]) == digest_of([other, MARK])


def test_moves_of_a_case():
    allowed = {(one, other) for one in CaseState for other in CaseState if why_not_moved(one, other) is None}
    assert allowed == {
        (CaseState.OPEN, CaseState.ON_HOLD), (CaseState.OPEN, CaseState.CLOSED),
        (CaseState.ON_HOLD, CaseState.OPEN), (CaseState.ON_HOLD, CaseState.CLOSED),
    }  # fmt: skip
