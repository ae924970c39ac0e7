"""What each value of the review list's filters means as a condition on the joined rows of a proposal."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, cast, exists, false, func, or_, true

from caseload.domain.filters import Chosen
from caseload.domain.proposal_rules import UNDECIDED
from caseload.domain.review_filters import KNOWN_SERVICES, born_between
from caseload.domain.words import Decision, ProposalKind, ProposalState, Tier
from caseload.tables import Case, Person, Proposal, RiskScore, StagedDecision

Condition = ColumnElement[bool]
Score = type[RiskScore]

_LAST = 2_147_483_647  # of an integer column: whoever has no rank comes after everyone who has one


def shown(what: str | None, today: date) -> Condition:
    """Which proposals: to decide now (deferred ones from their date on), deferred, accepted, declined."""
    due = and_(Proposal.state == ProposalState.DEFERRED, Proposal.deferred_until <= today)
    conditions: Mapping[str | None, Condition] = {
        "awaiting": or_(Proposal.state == ProposalState.PROPOSED, due),
        "deferred": and_(Proposal.state == ProposalState.DEFERRED, Proposal.deferred_until > today),
        "accepted": Proposal.state == ProposalState.ACCEPTED,
        "declined": Proposal.state == ProposalState.DECLINED,
    }
    return conditions[what]


def staged() -> Condition:
    """Which proposals have a decision that the next confirmation makes good: on whatever list they are shown.

    Every number of marked decisions counts by this, and the preview lists by it; whoever is deferred counts too.
    """
    return and_(
        Proposal.state.in_(UNDECIDED),
        StagedDecision.proposal_id.is_not(None),
        StagedDecision.practice_id == Proposal.practice_id,
    )


def narrowed(chosen: Chosen, score: Score, today: date) -> Condition:
    """Every filter but which proposals: any of the values of one filter, and all of the filters."""
    means: Mapping[str, Callable[[str], Condition]] = {
        "mark": _marked,
        "kind": lambda value: Proposal.kind == ProposalKind(value),
        "tier": lambda value: func.coalesce(score.tier, Tier.NONE.value) == value,
        "movement": lambda value: _moved(value, score),
        "flag": lambda value: _flagged(value, score),
        "age": lambda value: _aged(value, today),
    }
    return and_(true(), *(or_(*map(means[name], chosen.of(name))) for name in means if chosen.of(name)))


def ordered(order: str | None, score: Score) -> list[Any]:
    """The list's order as columns that are never empty; the proposal's id makes it one order only."""
    apart = case((Proposal.kind == ProposalKind.CONCERN, 0), else_=1)
    orders: Mapping[str | None, list[Any]] = {
        "rank": [apart, func.coalesce(score.rank, _LAST)],
        "waiting": [Proposal.created_at],
        "name": [Person.name_key],
    }
    return [*orders[order], Proposal.id]


def _marked(value: str) -> Condition:
    if value == "none":
        return StagedDecision.proposal_id.is_(None)
    return StagedDecision.decision == Decision(value)


def _moved(value: str, score: Score) -> Condition:
    """Compared with the tier in the run before, which the score file carries."""
    now_at, before = _height(score.tier), _height(score.previous_tier)
    conditions: Mapping[str, Condition] = {
        "new": and_(score.person_id.is_not(None), score.previous_tier.is_(None)),
        "up": now_at > before,
        "same": now_at == before,
        "down": now_at < before,
    }
    return conditions[value]


def _height(tier: Any) -> ColumnElement[int]:
    """How far up the pyramid; empty where the tier is."""
    text = cast(tier, String)
    return case(*((text == word.value, height) for height, word in enumerate(reversed(Tier))))


def _flagged(value: str, score: Score) -> Condition:
    conditions: Mapping[str, Condition] = {
        "not_known": score.not_known_to_services.is_(True),
        "rising": score.rising.is_(True),
        "short_history": score.short_history.is_(True),
        "known": _known(score),
        "earlier_case": exists().where(Case.person_id == Person.id),
    }
    return conditions[value]


def _known(score: Score) -> Condition:
    """A reason of their score comes from a service that coordinates care."""
    text = cast(score.reasons, String)
    return or_(false(), *(text.like(f'%"{code}"%') for code in KNOWN_SERVICES))


def _aged(value: str, today: date) -> Condition:
    after, up_to = born_between(value, today)
    return and_(Person.date_of_birth <= up_to, true() if after is None else Person.date_of_birth > after)
