"""What an index is made of for each person: which diagnoses or deficits, worth how much, first and last seen when."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from stratify.days import day_number
from stratify.features.chunk import chunk_of, lay_chunk, read_moment
from stratify.indices.index import component_code
from stratify.indices.scores import find_index, lay_index
from stratify.zone.zone import Zone


@dataclass(frozen=True)
class Components:
    """One row per person and component, ordered by person, points (most first) and code.

    `codes` are conditions (Charlson), ICD-10 categories (HFRS) or deficits (eFI); `points` add up to the score;
    `first_days` and `last_days` are day numbers of the first and latest evidence inside the index's look-back.
    """

    pids: npt.NDArray[np.int32]
    codes: npt.NDArray[np.object_]
    points: npt.NDArray[np.float64]
    first_days: npt.NDArray[np.int64]
    last_days: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.pids)


def index_components(
    zone: Zone,
    index_date: date,
    kind: str,
    connection: duckdb.DuckDBPyConnection,
    pids: range | npt.NDArray[np.integer[Any]],
    config: Path | None = None,
) -> Components:
    """The components of an index for these people; a person with a score of 0 has none.

    Raises InputRefused for an unknown index or where the zone lacks a table it rests on.
    """
    index = find_index(kind, zone)
    moment = read_moment(zone, index_date, connection)
    stages = lay_index(index, config, connection)
    wanted = np.unique(np.asarray(pids, dtype=np.int32))
    parts = []
    for number in np.unique(wanted // zone.chunk_size):
        people = wanted[wanted // zone.chunk_size == number]
        lay_chunk(chunk_of(zone, int(number), people), moment, stages, connection)
        found = connection.execute(f"{index.components} ORDER BY pid, units DESC, component").fetchnumpy()
        keep = np.isin(found["pid"], people)
        parts.append({name: np.asarray(column)[keep] for name, column in found.items()})
    joined = {name: np.concatenate([part[name] for part in parts]) if parts else np.empty(0) for name in _COLUMNS}
    t = day_number(index_date)
    return Components(
        joined["pid"].astype(np.int32),
        np.array([component_code(index, str(code)) for code in joined["component"]], dtype=object),
        joined["units"].astype(np.float64) / index.units_per_point,
        t - joined["first_ago"].astype(np.int64),
        t - joined["last_ago"].astype(np.int64),
    )


_COLUMNS = ("pid", "component", "units", "first_ago", "last_ago")
