"""What a feature is: a clinical idea as one number per person, with its source, window, unit and reason.

A feature is measured over *rows*: a named relation with one row per event (person, days before the index
date, sometimes a label) written in plain SQL. The compiler gathers all features of a relation into as few
`GROUP BY pid, label` statements as their look-backs ask for.
"""

from dataclasses import dataclass
from enum import StrEnum

NAN = float("nan")
WINDOWS = (30, 90, 180, 365, 730, 1095)
"""Look-back windows in days; the longest is what a pack must hold before an index date."""

LONGEST = WINDOWS[-1]


class Kind(StrEnum):
    """How a feature's value is to be read."""

    COUNT = "count"
    DAYS = "days in a place"
    LATEST = "days before the index date, latest"
    FIRST = "years before the index date, first"
    STATE = "yes, no or not recorded"
    VALUE = "measured value"
    CHANGE = "change against an earlier date"
    SCORE = "published score"
    ATTRIBUTE = "attribute of the person"
    SEASON = "season of the index date"


class Aggregate(StrEnum):
    """How a relation's rows become one number for a person (and label)."""

    COUNT = "count"
    SUM = "sum"
    LATEST = "latest"
    EARLIEST = "earliest"
    LARGEST = "largest"
    AS_IS = "as is"


@dataclass(frozen=True)
class Measure:
    """An aggregate over a relation's rows.

    `within` keeps rows of at most that many days ago (None: any), `where` is a further SQL condition,
    `column` what is summed or taken; values are multiplied by `scale`; `empty` stands where a person has no row.
    """

    aggregate: Aggregate
    within: int | None = None
    column: str = ""
    where: str = ""
    scale: float = 1.0
    empty: float = 0.0


@dataclass(frozen=True)
class Relation:
    """Rows that features are measured over.

    `sql` selects pid, `ago` (whole days before the index date, at least 1), `label` where there are labels
    (an index into `labels`) and further columns. It may name the chunk's event tables (`chunk_<table>`), the
    `stages` and `references` listed, and the places a Moment fills. `once` says that it already has one row per person
    and label. `tables` must be in the pack.
    """

    name: str
    tables: tuple[str, ...]
    sql: str
    labels: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    once: bool = False


@dataclass(frozen=True)
class Feature:
    """One clinical idea as a number per person.

    `window_days` None means the whole record. `dated_by` names the feature that dates this one's evidence
    (itself where it is already a date). `source` is the pack's table; `optional` tables add to it where present.
    """

    name: str
    group: str
    source: str
    window_days: int | None
    unit: str
    rationale: str
    kind: Kind
    relation: Relation
    measure: Measure
    label: str = ""
    dated_by: str = ""

    @property
    def tables(self) -> tuple[str, ...]:
        """The event tables without which the feature does not exist."""
        return self.relation.tables


DAYS_PER_YEAR = 365.25


def days_before(feature: Feature, value: float) -> int | None:
    """How many days before the index date the value of a LATEST or FIRST feature points to; None if not recorded.

    Raises ValueError where the feature is no date.
    """
    if feature.kind not in (Kind.LATEST, Kind.FIRST):
        raise ValueError(f"{feature.name} is no date")
    if value != value:  # not a number: not recorded
        return None
    return round(value * DAYS_PER_YEAR) if feature.kind is Kind.FIRST else round(value)
