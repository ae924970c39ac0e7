"""Everyone a run scored, brought together: first as people to tier, at the end as rows of the score file."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stratify.cohorts import CohortBook, age_bands, withhold_unmeasurable
from stratify.population import FlowRow, Status
from stratify.reasons.wording import Reasons
from stratify.run_movement import Moved
from stratify.score_table import People
from stratify.scored_population import Register, ScoredPopulation
from stratify.scorers import Scorer
from stratify.tier_scheme import TierScheme
from stratify.tiers import NONE, Scored, Tiered

_REGISTERED = frozenset(
    {
        Status.SCORED,
        Status.PRACTICE_UNKNOWN,
        Status.OBJECTION_TYPE_1,
        Status.OBJECTION_RISK_STRATIFICATION,
        Status.OBJECTION_NATIONAL_OPT_OUT,
        Status.OBJECTION_SHARING,
    }
)
"""Where people end who are registered and alive on the index date."""


@dataclass(frozen=True)
class Reasoned:
    """People with reasons: their places in rising order, and the reasons in that order."""

    listed: npt.NDArray[np.int64]
    reasons: Reasons


def registered(flow: Iterable[FlowRow]) -> int:
    """Everyone registered and alive on the index date, objections included."""
    return sum(row.rows for row in flow if row.status in _REGISTERED)


def to_tier(
    register: Register, population: ScoredPopulation, scorer: Scorer, scheme: TierScheme, in_all: int
) -> Scored:
    """The people to put in tiers; a person's place is the place of the pseudonym, so it orders ties."""
    return Scored(
        raw=population.raw,
        probability=scorer.probabilities(population.raw),
        adult=np.asarray(register.column("age_years") >= scheme.adult_age, dtype=np.bool_),
        tie=np.arange(len(population.raw)),
        registered=in_all,
    )


@dataclass(frozen=True)
class Scoring:
    """What the stages found of everyone scored."""

    population: ScoredPopulation
    scored: Scored
    tiered: Tiered
    reasoned: Reasoned
    moved: Moved | None


def everyone(register: Register, scoring: Scoring, book: CohortBook, tables: Collection[str]) -> People:
    """The rows of the score file in order of pseudonym."""
    tiered, moved, members = scoring.tiered, scoring.moved, scoring.population.members
    count = len(tiered.tier)
    unseen = withhold_unmeasurable(book.not_known_to_services, members.not_known_to_services, tables)
    return People(
        pseudonym=register.scored["pseudonym"].combine_chunks(),
        practice_code=register.scored["practice_code"].combine_chunks(),
        raw=scoring.scored.raw,
        probability=scoring.scored.probability,
        percentile=tiered.percentile,
        tier=tiered.tier,
        previous_tier=moved.previous_tier if moved else np.full(count, -1, dtype=np.int8),
        short_history=register.column("short_history").astype(np.bool_),
        not_known_to_services=unseen & (tiered.tier < NONE),
        rising=moved.rising if moved else np.zeros(count, dtype=np.bool_),
        cohorts=members.cohorts,
        cohort_codes=tuple(cohort.code for cohort in book.cohorts),
        segment=members.segment,
        segment_codes=tuple(segment.code for segment in book.segments),
        age_band=age_bands(book.age_bands, register.column("age_years")),
        listed=scoring.reasoned.listed,
        reasons=scoring.reasoned.reasons,
    )
