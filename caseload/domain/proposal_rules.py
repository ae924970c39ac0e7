"""What can become of a proposal, and what a review was about to confirm.

proposed ──accept──▶ accepted        deferred ──(date comes)──▶ shown again
    │────decline──▶ declined             │────accept, decline, defer again
    └────defer────▶ deferred             └────a load closes either: died, moved away, left the tiers
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from caseload.domain.words import Decision, ProposalState

UNDECIDED = frozenset({ProposalState.PROPOSED, ProposalState.DEFERRED})
"""The states in which somebody still has to decide."""

RESULTS: dict[Decision, ProposalState] = {
    Decision.ACCEPT: ProposalState.ACCEPTED,
    Decision.DECLINE: ProposalState.DECLINED,
    Decision.DEFER: ProposalState.DEFERRED,
}
"""What a confirmed decision makes of a proposal."""

CONCERN_CODE = "concern"
"""The code of a proposal's event that carries somebody's concern, in their words."""

LONGEST_DEFERRAL = timedelta(days=366)
"""Nobody is put off for longer than a year: by then the list itself has changed twelve times."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One decision marked and not confirmed, with the versions of what it was marked on."""

    proposal_id: int
    proposal_version: int
    mark_version: int
    decision: Decision
    reason_code: str | None
    note: str
    deferred_until: date | None


def digest_of(marks: Iterable[Mark]) -> str:
    """What was previewed, as one value: it differs when any mark, or anything marked, was changed since."""
    content = [
        [
            mark.proposal_id, mark.proposal_version, mark.mark_version, mark.decision, mark.reason_code, mark.note,
            str(mark.deferred_until or ""),
        ]
        for mark in sorted(marks, key=lambda mark: mark.proposal_id)
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


def same_words(one: str, other: str) -> bool:
    """Whether two notes say the same, whatever their capitals and spaces."""
    return one.casefold().split() == other.casefold().split()


def why_not_deferred_until(day: date | None, today: date) -> str | None:
    """The sentence for a date nobody can be deferred to; None for a good one."""
    if day is None:
        return "Enter the date to come back to this person"
    if day <= today:
        return "The date to come back must be in the future"
    if day > today + LONGEST_DEFERRAL:
        return "The date to come back must be within a year"
    return None
