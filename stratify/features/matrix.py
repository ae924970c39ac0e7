"""Features of people at an index date as one matrix: the statements run, their results put in place.

The order in which the engine returns groups does not matter, every sum is of whole numbers and every latest
value has a rule for ties, so the same history gives the same bytes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from stratify.features.catalogue import features_named, references_of, stages_of
from stratify.features.chunk import Chunk, chunk_of, lay_chunk, lay_references, read_moment, scored_pids, whole_chunks
from stratify.features.definition import Feature
from stratify.features.moment import Moment
from stratify.features.stages import Stage
from stratify.features.statements import Statement, plan
from stratify.settings import default_config
from stratify.zone.zone import Zone

Pids = npt.NDArray[np.int32]


@dataclass(frozen=True)
class FeatureMatrix:
    """`values[i, j]` is feature `names[j]` of person `pids[i]`, float32; NaN stands for not recorded."""

    pids: Pids
    names: tuple[str, ...]
    values: npt.NDArray[np.float32]

    def column(self, name: str) -> npt.NDArray[np.float32]:
        """One feature for everyone; ValueError where the matrix does not hold it."""
        return self.values[:, self.names.index(name)]


@dataclass(frozen=True)
class _Engine:
    connection: duckdb.DuckDBPyConnection
    moment: Moment
    features: tuple[Feature, ...]
    statements: tuple[Statement, ...]
    stages: tuple[Stage, ...]


def iter_feature_chunks(
    zone: Zone,
    index_date: date,
    names: Sequence[str],
    *,
    connection: duckdb.DuckDBPyConnection,
    config: Path | None = None,
) -> Iterator[FeatureMatrix]:
    """The features of everyone scored at an index date, one chunk of people after the other, in order of pid.

    Memory is bounded by the chunk. Raises InputRefused where the zone lacks a table that a feature needs or
    was not built for the date.
    """
    engine = _engine(zone, index_date, names, connection, config)
    for chunk in whole_chunks(zone):
        lay_chunk(chunk, engine.moment, engine.stages, connection)
        yield _measure(engine, chunk, scored_pids(connection))


def build_features(
    zone: Zone,
    index_date: date,
    *,
    pids: range | npt.NDArray[np.integer[Any]] | None = None,
    connection: duckdb.DuckDBPyConnection,
    names: Sequence[str],
    config: Path | None = None,
) -> FeatureMatrix:
    """The features of these people, in the order given (everyone scored, in order of pid, where none are given)."""
    if pids is None:
        parts = list(iter_feature_chunks(zone, index_date, names, connection=connection, config=config))
        return _stacked(tuple(names), parts)
    wanted = np.asarray(pids, dtype=np.int32)
    engine = _engine(zone, index_date, names, connection, config)
    values = np.empty((len(wanted), len(engine.features)), dtype=np.float32)
    numbers = wanted // zone.chunk_size
    for number in np.unique(numbers):
        inside = numbers == number
        people, back = np.unique(wanted[inside], return_inverse=True)
        chunk = chunk_of(zone, int(number), people)
        lay_chunk(chunk, engine.moment, engine.stages, connection)
        values[inside] = _measure(engine, chunk, people).values[back]
    return FeatureMatrix(wanted, tuple(names), values)


def _engine(
    zone: Zone, index_date: date, names: Sequence[str], connection: duckdb.DuckDBPyConnection, config: Path | None
) -> _Engine:
    features = features_named(names, zone.tables)
    stages = stages_of(features)
    lay_references(config or default_config(), references_of(features), connection)
    return _Engine(connection, read_moment(zone, index_date, connection), features, plan(features), stages)


def _measure(engine: _Engine, chunk: Chunk, people: Pids) -> FeatureMatrix:
    """The features of some of the people of the chunk laid out in the connection, given in order of pid."""
    names = tuple(feature.name for feature in engine.features)
    # One row more than there are people: results about anyone else go there and are dropped with it.
    values = np.empty((len(people) + 1, len(names)), dtype=np.float32)
    values[:] = np.array([feature.measure.empty for feature in engine.features], dtype=np.float32)
    if len(people):
        row_of = np.full(chunk.last - chunk.first + 1, len(people), dtype=np.int64)
        row_of[people - chunk.first] = np.arange(len(people))
        for statement in engine.statements:
            found = engine.connection.execute(statement.sql(engine.moment)).fetchnumpy()
            _scatter(values, statement, found, row_of[np.asarray(found["pid"]) - chunk.first])
    return FeatureMatrix(people, names, values[:-1])


def _scatter(
    values: npt.NDArray[np.float32], statement: Statement, found: dict[str, Any], rows: npt.NDArray[np.int64]
) -> None:
    """Put a statement's results (one per person and label) into the rows and columns they belong to."""
    flat, start, dropped = values.reshape(-1), rows * values.shape[1], values.size - values.shape[1]
    labels = np.asarray(found["label"]) if statement.relation.labels else np.zeros(len(rows), dtype=np.int8)
    for number, (measure, cells) in enumerate(zip(statement.measures, statement.cells, strict=True)):
        column_of = np.full(max(len(statement.relation.labels), 1), -1, dtype=np.int64)
        column_of[list(cells)] = list(cells.values())
        column = column_of[labels]
        at = start + column if column_of.min() >= 0 else np.where(column < 0, dropped, start + column)
        result = found[f"m{number}"]
        if np.ma.is_masked(result):  # what the engine calls NULL is not recorded
            at, result = at[~result.mask], result.compressed()
        flat[at] = np.ma.getdata(result) * measure.scale if measure.scale != 1.0 else np.ma.getdata(result)


def _stacked(names: tuple[str, ...], parts: Sequence[FeatureMatrix]) -> FeatureMatrix:
    if not parts:
        return FeatureMatrix(np.empty(0, np.int32), names, np.empty((0, len(names)), np.float32))
    return FeatureMatrix(np.concatenate([p.pids for p in parts]), names, np.concatenate([p.values for p in parts]))
