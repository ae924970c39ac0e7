"""Everyone scored at an index date: who they are, their raw score, cohorts, segment and past year's admissions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from stratify.cohorts import CohortBook, Membership, find_members
from stratify.days import day_number
from stratify.feature_spill import FeatureSpill
from stratify.features.matrix import FeatureMatrix
from stratify.population import Status
from stratify.progress import Progress
from stratify.reading import Reading
from stratify.scorers import Scorer
from stratify.zone.usable import usable_sql
from stratify.zone.zone import Zone

Floats = npt.NDArray[np.float64]
Columns = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True)
class Register:
    """The register at an index date: those scored, column by column in order of pid, and those refused with why."""

    scored: pa.Table
    refused: pa.Table

    def column(self, name: str) -> npt.NDArray[Any]:
        """A column of those scored; text as objects, None where not recorded; numbers NaN where not recorded."""
        values: npt.NDArray[Any] = self.scored[name].combine_chunks().to_numpy(zero_copy_only=False)
        return values

    def attributes(self, names: frozenset[str]) -> Columns:
        """The columns of those names that the register has."""
        return {name: self.column(name) for name in sorted(names) if name in self.scored.column_names}


@dataclass(frozen=True)
class ScoredPopulation:
    """Raw score and memberships of everyone scored, in order of pid, with their features on disk."""

    raw: Floats
    members: Membership
    spill: FeatureSpill


@dataclass(frozen=True)
class PastYear:
    """Emergency admissions and their cost in the 365 days before the index date, as known then."""

    admissions: npt.NDArray[np.int64]
    cost_pence: npt.NDArray[np.int64]
    cost_known: bool


def read_register(zone: Zone, index_date: date) -> Register:
    """Who is scored at the index date and who is not."""
    people = pq.read_table(zone.people_table().path)
    population = pq.read_table(zone.population_table(index_date).path)
    assert people["pid"].equals(population["pid"]), "the zone's people and population are of different order"
    for name in population.column_names:
        if name != "pid":
            people = people.append_column(name, population[name])
    is_scored = pc.equal(people["status"], Status.SCORED.value)
    refused = people.filter(pc.invert(is_scored)).select(["pseudonym", "practice_code", "status"])
    return Register(people.filter(is_scored).combine_chunks(), refused.combine_chunks())


def score_population(
    reading: Reading, register: Register, scorer: Scorer, book: CohortBook, scratch: Path, progress: Progress
) -> ScoredPopulation:
    """Features, raw score and memberships of everyone scored, a chunk of people at a time."""
    spill = FeatureSpill(scratch, reading.names)
    attributes = register.attributes(book.names())
    raw: list[Floats] = []
    members: list[Membership] = []
    total = register.scored.num_rows
    for matrix in reading.chunks():
        begin = sum(spill.sizes)
        here = slice(begin, begin + len(matrix.pids))
        assert np.array_equal(matrix.pids, register.scored["pid"][here].to_numpy()), "features of other people"
        raw.append(scorer.raw_scores(_scorers_own(matrix, scorer), reading.threads))
        columns = {name: values[here] for name, values in attributes.items()}
        members.append(find_members(book, columns | _columns_of(matrix, book.names())))
        spill.add(matrix)
        progress("Computing features and scores", here.stop, total)
    return ScoredPopulation(np.concatenate([*raw, np.empty(0)]), _joined(members, book), spill)


def read_past_year(reading: Reading, register: Register) -> PastYear:
    """Emergency admissions and cost of everyone scored over the year before the index date."""
    pids = register.scored["pid"].to_numpy()
    admissions, cost = np.zeros(len(pids), dtype=np.int64), np.zeros(len(pids), dtype=np.int64)
    rows = [row for chunk in reading.zone.chunks for row in _admitted(reading, chunk)]
    pid, counts, costs, costed = np.array(rows, dtype=np.int64).reshape(-1, 4).T
    here = np.isin(pid, pids)
    place = np.searchsorted(pids, pid[here])
    admissions[place], cost[place] = counts[here], costs[here]
    return PastYear(admissions, cost, bool(costed.sum()))


def _admitted(reading: Reading, chunk: int) -> list[tuple[int, ...]]:
    """Per person of a chunk with emergency admissions in the year: pid, how many, their cost, how many were costed."""
    t = day_number(reading.index_date)
    return reading.connection.execute(
        "SELECT pid, count(*), coalesce(sum(cost_pence), 0), count(cost_pence)"
        f" FROM {reading.zone.event_sql('admissions', chunk)}"
        f" WHERE kind = 'emergency' AND {usable_sql(reading.index_date)} AND day >= {t - 365}"
        " GROUP BY pid ORDER BY pid"
    ).fetchall()


def _scorers_own(matrix: FeatureMatrix, scorer: Scorer) -> FeatureMatrix:
    """The scorer's features only; they come first."""
    own = len(scorer.names)
    if own == len(matrix.names):
        return matrix
    return FeatureMatrix(matrix.pids, matrix.names[:own], np.ascontiguousarray(matrix.values[:, :own]))


def _columns_of(matrix: FeatureMatrix, names: frozenset[str]) -> Columns:
    return {name: matrix.values[:, number] for number, name in enumerate(matrix.names) if name in names}


def _joined(members: list[Membership], book: CohortBook) -> Membership:
    none = np.empty((len(book.cohorts), 0), dtype=np.bool_)
    return Membership(
        cohorts=np.concatenate([none, *(part.cohorts for part in members)], axis=1),
        segment=np.concatenate([np.empty(0, np.int8), *(part.segment for part in members)]),
        not_known_to_services=np.concatenate(
            [np.empty(0, np.bool_), *(part.not_known_to_services for part in members)]
        ),
    )


def names_to_read(scorer: Scorer, wanted: frozenset[str], available: Mapping[str, object]) -> tuple[str, ...]:
    """The scorer's features first, then the others that are wanted and that the pack's tables can give."""
    own = tuple(scorer.names)
    return own + tuple(sorted((wanted & set(available)) - set(own)))
