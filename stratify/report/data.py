"""What a run report is made of: plain values, filled by the run and only read here.

Every count is of people unless its name says otherwise. Tiers are named 'very_high', 'high', 'moderate' and 'none'.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

TIERS = ("very_high", "high", "moderate")
"""The tiers, highest first."""

ALL_TIERS = (*TIERS, "none")
"""Every value a person's tier can take."""


@dataclass(frozen=True)
class SourceTable:
    """One table of the pack: what came, for which period, how fresh and how complete.

    `completeness` and `linked_share` are shares from 0 to 1 or None where they mean nothing for the table.
    `lag_days` is the usual wait from an event to its arrival. `gaps` are plain clauses
    ("no rows for August 2026"). A table the pack lacks has `present` False and zero rows.
    """

    name: str
    present: bool
    rows: int = 0
    rejected: int = 0
    period_from: date | None = None
    period_to: date | None = None
    completeness: float | None = None
    linked_share: float | None = None
    lag_days: float | None = None
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True)
class FlowStep:
    """How many register rows ended with one status code of stratify.population ('scored' among them)."""

    status: str
    people: int
    label: str | None = None


@dataclass(frozen=True)
class TierSize:
    """One tier's size, of everyone scored and of adults, with the national share it is set beside (0 to 1)."""

    tier: str
    people: int
    adults: int
    national_share: float
    previous_people: int | None = None


@dataclass(frozen=True)
class Move:
    """People by where they were last month and where they are now.

    `origin` is a tier, 'none', or 'joined' for somebody not scored last month; `destination` is a tier, 'none',
    or why they left: 'died', 'deregistered', 'objection' or another coded cause.
    """

    origin: str
    destination: str
    people: int


@dataclass(frozen=True)
class GroupSize:
    """A cohort or a segment: its size and how many of it are in each tier (it may overlap others if a cohort)."""

    code: str
    name: str
    rule: str
    people: int
    tiers: Mapping[str, int]


@dataclass(frozen=True)
class PracticeSize:
    """One practice: people scored, adults among them, people by tier and the admissions the scores expect."""

    code: str
    name: str
    network: str
    locality: str
    people: int
    adults: int
    tiers: Mapping[str, int]
    expected_admissions: float | None = None
    new_in_top_tiers: int | None = None


@dataclass(frozen=True)
class TierActivity:
    """Emergency admissions and their cost of the people of one tier, over the 365 days before the index date."""

    tier: str
    people: int
    emergency_admissions: int
    cost_pence: int | None


@dataclass(frozen=True)
class Histogram:
    """Counts between consecutive edges (one edge more than counts); `unit` says what the edges are in."""

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    unit: str = "probability"


@dataclass(frozen=True)
class MonthSize:
    """The sizes of one earlier run, for the month-by-month line."""

    index_date: date
    scored: int
    tiers: Mapping[str, int]


@dataclass(frozen=True)
class ReasonShare:
    """How many people of a tier have a group of reasons among those shown for them."""

    text: str
    very_high: int
    high: int
    moderate: int


@dataclass(frozen=True)
class Drift:
    """How far a distribution has moved since the previous run, as a population stability index."""

    name: str
    psi: float


@dataclass(frozen=True)
class RunReportData:
    """Everything the report of one monthly run says; no field holds anything about one person.

    Required: place, dates, flow and tiers. Anything else may be left empty: its section then says so or is left out.
    `registered` is the number of register rows the flow adds up to. `score_kind` is 'model', 'hfrs', 'charlson' or
    'efi'; `tier_method` 'percentile' or 'cut_off'; `tier_base` 'scored', 'adults' or 'registered'; `tier_reference`
    names the population the cut-offs come from. `evaluation` is the model's evaluation (evaluate_scores).
    `provenance` are (what, value) pairs: hashes, versions, seed. `smallest_count` is the least count shown where
    people could be recognised (by practice, network, cohort, segment or subgroup).
    """

    place: str
    index_date: date
    registered: int
    flow: tuple[FlowStep, ...]
    tiers: tuple[TierSize, ...]
    scored: int
    scored_adults: int
    score_kind: str = "model"
    outcome: str = "emergency_admission_12m"
    demonstration: bool = False
    synthetic: bool = False
    tier_method: str = "percentile"
    tier_base: str = "scored"
    tier_reference: str | None = None
    extracted_on: date | None = None
    short_history: int | None = None
    sources: tuple[SourceTable, ...] = ()
    warnings: tuple[str, ...] = ()
    previous_index_date: date | None = None
    previous_scored: int | None = None
    moves: tuple[Move, ...] = ()
    rising: int | None = None
    not_known: int | None = None
    not_known_tiers: Mapping[str, int] | None = None
    cohorts: tuple[GroupSize, ...] = ()
    segments: tuple[GroupSize, ...] = ()
    practices: tuple[PracticeSize, ...] = ()
    activity: tuple[TierActivity, ...] = ()
    reasons: tuple[ReasonShare, ...] = ()
    distribution: Histogram | None = None
    history: tuple[MonthSize, ...] = ()
    drift: tuple[Drift, ...] = ()
    evaluation: Mapping[str, Any] | None = None
    model_version: str | None = None
    model_trained: str | None = None
    provenance: tuple[tuple[str, str], ...] = ()
    smallest_count: int = 5
