"""Published indices of people at an index date: a score without any fitted model."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from stratify.exceptions import InputRefused
from stratify.features.chunk import Chunk, lay_chunk, lay_references, read_moment, scored_pids, whole_chunks
from stratify.features.stages import Stage
from stratify.features.statements import stages_for
from stratify.indices.index import INDICES, Index
from stratify.settings import default_config
from stratify.zone.zone import Zone

AnyPids = range | npt.NDArray[np.integer[Any]]


def score_zone(
    zone: Zone,
    index_date: date,
    kind: str,
    connection: duckdb.DuckDBPyConnection,
    pids: AnyPids | None = None,
    config: Path | None = None,
) -> npt.NDArray[np.float64]:
    """The index (`charlson`, `hfrs` or `efi`) of these people, in the order given.

    Without pids: of everyone scored at the index date, in order of pid. Nobody is missing: no record is a
    score of 0. Raises InputRefused for an unknown index or where the zone lacks a table it rests on.
    """
    index = find_index(kind, zone)
    moment = read_moment(zone, index_date, connection)
    stages = lay_index(index, config, connection)
    everyone = np.zeros(zone.people, dtype=np.int64)
    scored = []
    for chunk in _chunks(zone, pids):
        lay_chunk(chunk, moment, stages, connection)
        found = connection.execute(moment.fill(index.relation.sql)).fetchnumpy()
        everyone[np.asarray(found["pid"])] = np.asarray(found["score"], dtype=np.int64)
        if pids is None:
            scored.append(scored_pids(connection))
    wanted = np.concatenate([np.empty(0, np.int32), *scored]) if pids is None else np.asarray(pids)
    scores: npt.NDArray[np.float64] = everyone[wanted] / index.units_per_point
    return scores


def find_index(kind: str, zone: Zone) -> Index:
    """The index of that name; InputRefused where there is none, or where the zone lacks a table it reads."""
    if kind not in INDICES:
        raise InputRefused(f"an index out of {', '.join(INDICES)}", kind, "Name one of these.")
    index = INDICES[kind]
    if lacking := [table for table in index.tables if table not in zone.tables]:
        raise InputRefused(
            f"a pack with {' and '.join(index.tables)}, which the {index.name} reads",
            f"no {lacking[0]}",
            "Add the table to the pack, or score with another index.",
        )
    return index


def lay_index(index: Index, config: Path | None, connection: duckdb.DuckDBPyConnection) -> tuple[Stage, ...]:
    """Make the reference tables an index joins, and say which stages it reads."""
    stages = stages_for(index.relation.stages)
    lay_references(config or default_config(), (name for stage in stages for name in stage.references), connection)
    return stages


def _chunks(zone: Zone, pids: AnyPids | None) -> list[Chunk]:
    chunks = list(whole_chunks(zone))
    if pids is None:
        return chunks
    numbers = set(np.unique(np.asarray(pids) // zone.chunk_size).tolist())
    return [chunk for chunk in chunks if chunk.number in numbers]
