"""Professionals compared as leads of one case: role, availability, place, continuity, workload. Ties by id.

Whoever the rule does not propose, or who is on leave, can be chosen with a reason; the comparison only says in what
order they are shown. Somebody beyond their capacity comes after everybody who is not.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from caseload.domain.lead_rule import LEAD_WORDS, LeadOutcome, LeadRules
from caseload.domain.words import Profession
from caseload.domain.workload import percent_of


class Nearness(StrEnum):
    """The smallest place that somebody works for and the person is registered in, nearest first."""

    PRACTICE = "practice"
    NETWORK = "network"
    LOCALITY = "locality"
    BOROUGH = "borough"
    ELSEWHERE = "elsewhere"


class Continuity(StrEnum):
    """What somebody has had to do with the person so far, most first."""

    LED = "led"
    CARE_TEAM = "care_team"
    CONTACT = "contact"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could lead. Points are of workload: `points` carried now, `added` by this case.

    What they are asked to take over and have not answered counts as carried: `waiting` says how many cases that is, this
    one left out.
    `away_until` is the last day of a leave they are on now; `next_day` the next day they work, None for none in sight.
    `leaving` says that their own cases are being handed over: they are offered nothing, and named only as missing.
    """

    user_id: int
    name: str
    job_title: str
    organisation: str
    home_id: int
    profession: Profession
    nearness: Nearness
    continuity: Continuity
    points: int
    added: int
    capacity: int
    away_until: date | None
    next_day: date | None
    leaving: bool = False
    waiting: int = 0

    @property
    def percent_now(self) -> int | None:
        """Workload now with what waits for their answer, in per cent of capacity."""
        return percent_of(self.points, self.capacity)

    @property
    def percent_after(self) -> int | None:
        """Workload with this case, in per cent of capacity."""
        return percent_of(self.points + self.added, self.capacity)

    @property
    def beyond_capacity(self) -> bool:
        """Whether this case would take them beyond their capacity."""
        return self.points + self.added > self.capacity


def split_leaving(candidates: Iterable[Candidate]) -> tuple[list[Candidate], tuple[str, ...]]:
    """Those who can be offered, and by name those who cannot because they are leaving."""
    everybody = list(candidates)
    return [one for one in everybody if not one.leaving], tuple(sorted({one.name for one in everybody if one.leaving}))


def fits(rules: LeadRules, outcome: LeadOutcome, candidate: Candidate) -> bool:
    """Whether the rule proposes somebody like this. "The registered GP" is a GP of the person's own practice."""
    if outcome.profession is None:
        return False
    if outcome.profession is Profession.GP:
        return candidate.profession is Profession.GP and candidate.nearness is Nearness.PRACTICE
    stand_for = rules.stands_for.get(outcome.profession, frozenset())
    return candidate.profession is outcome.profession or candidate.profession in stand_for


def suggested(rules: LeadRules, outcome: LeadOutcome, candidate: Candidate) -> bool:
    """Whether they can be named without a reason: the rule proposes them and they are not on leave."""
    return fits(rules, outcome, candidate) and candidate.away_until is None and candidate.next_day is not None


def why_reason_needed(rules: LeadRules, outcome: LeadOutcome, candidate: Candidate) -> str | None:
    """The sentence that says why naming them needs a reason; None where it needs none."""
    if outcome.profession is None:
        return "The rule proposes nobody until the primary need is recorded."
    if not fits(rules, outcome, candidate):
        return f"The rule proposes {LEAD_WORDS[outcome.profession]}."
    if candidate.away_until is not None:
        return "They are on leave."
    if candidate.next_day is None:
        return "They have no working day within a year."
    return None


def in_order(rules: LeadRules, outcome: LeadOutcome, candidates: list[Candidate]) -> list[Candidate]:
    """Best first: named without a reason, within capacity, nearest, best known, least loaded, then by id."""

    def key(one: Candidate) -> tuple[bool, bool, bool, int, int, float, int]:
        return (
            not fits(rules, outcome, one),
            not suggested(rules, outcome, one),
            one.beyond_capacity,
            list(Nearness).index(one.nearness),
            list(Continuity).index(one.continuity),
            (one.points + one.added) / one.capacity if one.capacity > 0 else float("inf"),
            one.user_id,
        )

    return sorted(candidates, key=key)
