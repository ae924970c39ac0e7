"""Sharing a leaver's cases out: each to the first who could take it, counting what the others have been given already."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from caseload.domain.candidates import Candidate, in_order
from caseload.domain.lead_rule import LeadOutcome, LeadRules


@dataclass(frozen=True, slots=True)
class CaseToShare:
    """One case: what the rule says of it, and who could take it over."""

    case_id: int
    outcome: LeadOutcome
    candidates: Sequence[Candidate]


def shared_out(
    rules: LeadRules, cases: Sequence[CaseToShare], given: Mapping[int, int] | None = None
) -> dict[int, int]:
    """Case id -> user id: the heaviest cases first, then in the order of their ids.

    `given` are points that users have been given elsewhere in the same journey. Nobody on leave is proposed; a case that
    nobody can take is left out.
    """
    points = Counter(given or {})
    receivers: dict[int, int] = {}
    for case in sorted(cases, key=lambda one: (-_weight(one), one.case_id)):
        present = [one for one in case.candidates if one.away_until is None and one.next_day is not None]
        for best in in_order(rules, case.outcome, [loaded(one, points[one.user_id]) for one in present])[:1]:
            receivers[case.case_id] = best.user_id
            points[best.user_id] += best.added
    return receivers


def loaded(candidate: Candidate, points: int) -> Candidate:
    """The candidate as they would be with so many points more."""
    return replace(candidate, points=candidate.points + points)


def _weight(case: CaseToShare) -> int:
    return max((one.added for one in case.candidates), default=0)
