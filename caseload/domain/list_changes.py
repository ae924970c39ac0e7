"""Who joins the monthly list and who leaves it: what a load does with proposals, and never with cases."""

from dataclasses import dataclass
from enum import StrEnum

from caseload.domain.words import ProposalState, Tier

LISTED = (Tier.VERY_HIGH, Tier.HIGH)
"""The tiers whose people are put before their practice (Better Care Fund plans, Tower Hamlets 2014)."""

_DECIDED = frozenset({ProposalState.ACCEPTED, ProposalState.DECLINED})
_ORDER = list(Tier)


class ListChange(StrEnum):
    """Why a load closed a proposal nobody had decided, or passed it to another practice."""

    DIED = "died"
    LEFT = "left"
    OBJECTED = "objected"
    LEFT_TIERS = "left_tiers"
    NOT_SCORED = "not_scored"
    MOVED_PRACTICE = "moved_practice"


LIST_CHANGE_WORDS: dict[ListChange, str] = {
    ListChange.DIED: "The person has died",
    ListChange.LEFT: "The person is no longer registered here",
    ListChange.OBJECTED: "The person objects to risk stratification",
    ListChange.LEFT_TIERS: "No longer in the very high or high tier",
    ListChange.NOT_SCORED: "No longer scored",
    ListChange.MOVED_PRACTICE: "Moved to another practice",
}
"""What each says on a page."""


@dataclass(frozen=True, slots=True)
class Standing:
    """An undecided proposal's person as a new run finds them; `tier` is None for somebody it did not score."""

    died: bool
    left: bool
    moved_practice: bool
    objects: bool
    concern: bool
    tier: Tier | None


def change_of(standing: Standing) -> ListChange | None:
    """What becomes of an undecided proposal; None where it stays as it is.

    Somebody's concern outlives the score: only death, leaving and a move between practices touch it.
    """
    if standing.died:
        return ListChange.DIED
    if standing.left:
        return ListChange.LEFT
    if not standing.concern and standing.objects:
        return ListChange.OBJECTED
    if not standing.concern and standing.tier not in LISTED:
        return ListChange.NOT_SCORED if standing.tier is None else ListChange.LEFT_TIERS
    return ListChange.MOVED_PRACTICE if standing.moved_practice else None


def joins(tier: Tier, earlier_tier: Tier | None, last: ProposalState | None) -> bool:
    """Whether somebody without an undecided proposal or a current case is put before their practice.

    Whoever was never decided about is. After a decision, only who has risen since the run before: a practice is not asked
    every month what it has answered.
    """
    if tier not in LISTED:
        return False
    if last not in _DECIDED:
        return True
    return earlier_tier is None or _ORDER.index(tier) < _ORDER.index(earlier_tier)
