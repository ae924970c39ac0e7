"""Everything the stages of a run found out, before any of it is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np

from interfaces.extracts.pack import Pack
from interfaces.extracts.report import PackReport
from stratify.cohorts import CohortBook, CohortRow, cohort_rows
from stratify.movement import Flow
from stratify.population import FlowRow
from stratify.previous_run import PreviousRun
from stratify.score_table import People, RunFacts
from stratify.scored_population import PastYear, Register
from stratify.tier_scheme import TierScheme
from stratify.tiers import TierRow


@dataclass(frozen=True)
class Place:
    """Where a practice belongs."""

    name: str
    network: str
    locality: str


@dataclass(frozen=True)
class RunFindings:
    """What a run found; `practices` are all the pack names, by code."""

    facts: RunFacts
    scheme: TierScheme
    pack: PackReport
    flow: tuple[FlowRow, ...]
    register: Register
    people: People
    tiers: tuple[TierRow, ...]
    cohorts: tuple[CohortRow, ...]
    segments: tuple[CohortRow, ...]
    past_year: PastYear
    practices: Mapping[str, Place]
    previous: PreviousRun | None
    flows: tuple[Flow, ...]
    evaluation: Mapping[str, Any] | None
    trained: str | None
    warnings: tuple[str, ...]


def read_practices(pack: Pack, connection: duckdb.DuckDBPyConnection) -> dict[str, Place]:
    """Every practice of the pack by code."""
    relation = pack.tables["practices"].relation_sql()
    rows = connection.execute(
        f"SELECT practice_code, name, network, locality FROM {relation} ORDER BY practice_code"
    ).fetchall()
    return {code: Place(*place) for code, *place in rows}


def size_cohorts(book: CohortBook, people: People, tables: tuple[str, ...]) -> tuple[CohortRow, ...]:
    """Size of each cohort and its overlap with the tiers."""
    return cohort_rows(book.cohorts, people.cohorts, people.tier, tables)


def size_segments(book: CohortBook, people: People, tables: tuple[str, ...]) -> tuple[CohortRow, ...]:
    """Size of each segment and its overlap with the tiers; together everyone scored."""
    inside = people.segment == np.arange(len(book.segments))[:, None]
    rows = cohort_rows(book.segments, inside, people.tier, tables)
    assert sum(row.people for row in rows) == len(people.segment), "segments do not hold everyone exactly once"
    return rows
