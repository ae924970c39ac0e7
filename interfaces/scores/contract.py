"""The score file: the one contract between scoring and whoever works from its result.

One Parquet file holds one run: a row for every person scored, best rank first (raw score from high to
low, ties by pseudonym from low to high). People who were refused a score are in a file of their own.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import pyarrow as pa

VERSION = 1
"""Raised whenever a column is added, removed or changes its meaning; a reader refuses any other."""


class Tier(StrEnum):
    """How far up the pyramid; the order of the members is the order of the tiers."""

    VERY_HIGH = "very_high"
    HIGH = "high"
    MODERATE = "moderate"
    NONE = "none"


class TierMethod(StrEnum):
    """How the tiers were cut: by share of the population scored, or by fixed probabilities."""

    PERCENTILE = "percentile"
    CUT_OFF = "cut_off"


class ScoreKind(StrEnum):
    """What gave the raw score: the fitted model, or a published index."""

    MODEL = "model"
    HFRS = "hfrs"
    CHARLSON = "charlson"
    EFI = "efi"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: name, Arrow type, whether a row may leave it empty, and what it means in words."""

    name: str
    type: pa.DataType
    meaning: str
    nullable: bool = False


REASON_TYPE = pa.struct(
    [
        pa.field("code", pa.string()),
        pa.field("text", pa.string()),
        pa.field("contribution", pa.float64()),
        pa.field("first_date", pa.date32()),
        pa.field("last_date", pa.date32()),
        pa.field("source", pa.string()),
    ]
)

_TIERS = ", ".join(Tier)

COLUMNS: tuple[Column, ...] = (
    Column("pseudonym", pa.string(), "Keyed pseudonym of the person: 32 hexadecimal digits"),
    Column("practice_code", pa.string(), "ODS code of the practice the person is registered with"),
    Column("index_date", pa.date32(), "Day the prediction was made for; nothing known later was used"),
    Column("outcome", pa.string(), "What is predicted, for example emergency_admission_12m"),
    Column("score_kind", pa.string(), f"What gave the score: {', '.join(ScoreKind)}"),
    Column("raw_score", pa.float64(), "Score people are ranked by: log-odds of the model, points of an index"),
    Column("probability", pa.float64(), "Calibrated probability of the outcome, 0 to 1; empty for an index", True),
    Column("percentile", pa.float64(), "Share of the people scored who rank at or below this person, 0 to 100"),
    Column("tier", pa.string(), f"Tier: {_TIERS}"),
    Column("tier_method", pa.string(), f"How tiers were cut: {', '.join(TierMethod)}"),
    Column("previous_tier", pa.string(), "Tier in the run compared with; empty where the person was not in it", True),
    Column("reasons", pa.list_(REASON_TYPE), "Largest contributions first, in words, with evidence dates and source"),
    Column("other_contribution", pa.float64(), "Sum of the contributions that are not among the reasons", True),
    Column(
        "baseline", pa.float64(), "Raw score before any contribution; with reasons and the rest the raw score", True
    ),
    Column("model_version", pa.string(), "Version of the model or index"),
    Column("feature_set_hash", pa.string(), "Hash of the features, their order, code lists and definitions"),
    Column("key_id", pa.string(), "Which pseudonym key was used: 8 hexadecimal digits, not the key"),
    Column("short_history", pa.bool_(), "Registered for less than a year: less is known than of others"),
    Column("not_known_to_services", pa.bool_(), "In a tier, but without recent contact that would have shown it"),
    Column("rising", pa.bool_(), "Risk has risen markedly since the run compared with"),
    Column("cohorts", pa.list_(pa.string()), "Rule-based cohorts the person belongs to"),
    Column("segment", pa.string(), "Life-course segment; every person is in exactly one"),
    Column("age_band", pa.string(), "Age band at the index date, for reporting"),
)
"""Every column of the score file, in order."""

SCHEMA = pa.schema([pa.field(column.name, column.type, column.nullable) for column in COLUMNS])

PER_FILE = (
    "index_date",
    "outcome",
    "score_kind",
    "tier_method",
    "model_version",
    "feature_set_hash",
    "key_id",
)
"""Columns that hold the same value in every row of a file: one file is one run."""


@dataclass(frozen=True, slots=True)
class ScoreHeader:
    """What the whole file says of itself, kept in the Parquet file's metadata.

    `demonstration` marks a model fitted on made-up people: its scores are not for care.
    """

    place: str
    index_date: date
    demonstration: bool


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason in words. `contribution` is on the scale of the raw score."""

    code: str
    text: str
    contribution: float
    first_date: date | None
    last_date: date | None
    source: str


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One person's score; the fields are the columns of the file, in their order."""

    pseudonym: str
    practice_code: str
    index_date: date
    outcome: str
    score_kind: ScoreKind
    raw_score: float
    probability: float | None
    percentile: float
    tier: Tier
    tier_method: TierMethod
    previous_tier: Tier | None
    reasons: tuple[Reason, ...]
    other_contribution: float | None
    baseline: float | None
    model_version: str
    feature_set_hash: str
    key_id: str
    short_history: bool
    not_known_to_services: bool
    rising: bool
    cohorts: tuple[str, ...]
    segment: str
    age_band: str


def describe_columns() -> list[tuple[str, str, str]]:
    """Name, type in words and meaning of every column, for the reference manual."""
    return [(column.name, _type_in_words(column), column.meaning) for column in COLUMNS]


def _type_in_words(column: Column) -> str:
    return f"{_TYPE_WORDS[column.type]}, may be empty" if column.nullable else _TYPE_WORDS[column.type]


_TYPE_WORDS = {
    pa.string(): "text",
    pa.date32(): "date",
    pa.float64(): "number",
    pa.bool_(): "yes or no",
    pa.list_(pa.string()): "list of texts",
    pa.list_(REASON_TYPE): "list of (code, text, contribution, first date, last date, source)",
}
