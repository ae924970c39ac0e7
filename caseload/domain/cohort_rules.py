"""Cohorts: who is taken from the ranked list, where a member can stand, why one leaves, what the record says of where.

    to contact ◀──▶ being assessed ◀──▶ plan being written ◀──▶ plan active        any of them to any other
         └───────────────┴────── leave, with a reason ──────┴──────────┘──▶ left
                                                    left ──▶ to contact (comes back)

Taking a cohort lists people. It accepts nobody into care coordination: that stays with the practice.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from caseload.domain.plan_words import CohortColumn, PlanState
from caseload.domain.words import Tier

RANKED_TIERS = (Tier.VERY_HIGH, Tier.HIGH, Tier.MODERATE)
"""The tiers a cohort can be taken from."""


class CaseWish(StrEnum):
    """Whom a cohort is for, by whether they are in care coordination already."""

    WITHOUT = "without"
    WITH = "with"
    EITHER = "either"


CASE_WISH_WORDS: Mapping[CaseWish, str] = {
    CaseWish.WITHOUT: "People without an open case",
    CaseWish.WITH: "People with an open case",
    CaseWish.EITHER: "Both",
}


class Skipped(StrEnum):
    """Why somebody who ranks high enough is not taken; of several reasons the first in this order counts."""

    DIED = "died"
    LEFT = "left"
    OBJECTS = "objects"
    IN_COHORT = "in_cohort"
    WITH_CASE = "with_case"
    WITHOUT_CASE = "without_case"


SKIPPED_WORDS: Mapping[Skipped, str] = {
    Skipped.DIED: "Died",
    Skipped.LEFT: "No longer registered with a practice here",
    Skipped.OBJECTS: "Said no to care coordination",
    Skipped.IN_COHORT: "In a cohort that is running",
    Skipped.WITH_CASE: "Have an open case",
    Skipped.WITHOUT_CASE: "Have no open case",
}


class LeaveReason(StrEnum):
    """Why a member leaves a cohort."""

    DECLINED = "declined"
    NOT_NEEDED = "not_needed"
    OTHER_SERVICE = "other_service"
    NO_CONTACT = "no_contact"
    DIED = "died"
    MOVED = "moved"
    OTHER = "other"


LEAVE_WORDS: Mapping[LeaveReason, str] = {
    LeaveReason.DECLINED: "The person does not want it",
    LeaveReason.NOT_NEEDED: "Does not need care coordination",
    LeaveReason.OTHER_SERVICE: "Another service coordinates their care",
    LeaveReason.NO_CONTACT: "Could not be reached",
    LeaveReason.DIED: "Died",
    LeaveReason.MOVED: "Moved away",
    LeaveReason.OTHER: "Another reason",
}

_WORKING = frozenset(CohortColumn) - {CohortColumn.LEFT}

MOVES: Mapping[CohortColumn, frozenset[CohortColumn]] = {
    **{column: _WORKING - {column} for column in CohortColumn if column in _WORKING},
    CohortColumn.LEFT: frozenset({CohortColumn.TO_CONTACT}),
}
"""Where a member can be moved to on the board. Leaving is not a move: it has a reason."""


@dataclass(frozen=True, slots=True)
class CohortRule:
    """Whom to take: how many, of which tiers, with or without a case. Tiers are in their own order."""

    size: int
    tiers: tuple[Tier, ...]
    cases: CaseWish

    def skips(self) -> tuple[Skipped, ...]:
        """The reasons that apply under this rule, in their order."""
        against = {CaseWish.WITHOUT: (Skipped.WITH_CASE,), CaseWish.WITH: (Skipped.WITHOUT_CASE,), CaseWish.EITHER: ()}
        return (Skipped.DIED, Skipped.LEFT, Skipped.OBJECTS, Skipped.IN_COHORT, *against[self.cases])

    def as_kept(self) -> dict[str, object]:
        """The rule as a cohort keeps it: plain words, so that it can be read when the words have changed."""
        return {
            "size": self.size,
            "tiers": [tier.value for tier in self.tiers],
            "cases": self.cases.value,
            "left_out": [reason.value for reason in self.skips()],
        }


@dataclass(frozen=True, slots=True)
class CohortBlocks:
    """What an installation begins with, and the most it takes."""

    version: str
    most: int
    rule: CohortRule


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """What the record says of where a member stands. `plan` is the active version's state, else that of the one written.

    `objects`: they said no to care coordination, or to risk scores, by which they were taken.
    """

    plan: PlanState | None
    assessing: bool
    died: bool
    registered: bool
    objects: bool = False


def why_not_moved(now: CohortColumn, to: CohortColumn) -> str | None:
    """The sentence for a move that cannot be made; None for one that can."""
    if to in MOVES[now]:
        return None
    if to is now:
        return "This person is in that column already."
    if now is CohortColumn.LEFT:
        return "This person left the cohort. They can come back to the first column."
    return "Somebody who leaves the cohort leaves it with a reason."


def column_by_facts(facts: MemberFacts) -> CohortColumn | None:
    """The column the record speaks for; None where it speaks for none. It moves nobody: a person does."""
    if facts.plan is PlanState.ACTIVE:
        return CohortColumn.PLAN_ACTIVE
    if facts.plan in (PlanState.DRAFT, PlanState.READY):
        return CohortColumn.PLANNING
    return CohortColumn.ASSESSING if facts.assessing else None


def proposed_column(column: CohortColumn, facts: MemberFacts) -> CohortColumn | None:
    """Where the record says a member stands, if that is not where they are. Who died, moved away or said no is to leave."""
    if column is CohortColumn.LEFT:
        return None
    if facts.died or not facts.registered or facts.objects:
        return CohortColumn.LEFT
    found = column_by_facts(facts)
    return None if found is column else found


def digest_of(run_id: int, place_id: int, rule: CohortRule, people: Iterable[int]) -> str:
    """What was previewed, as one value: it differs when the run, the rule or anybody taken is another."""
    content = [run_id, place_id, rule.as_kept(), list(people)]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()
