"""One chunk of people at one index date, laid out in a connection for the feature statements.

Only this module writes into the connection: the views `chunk_<table>`, the reference tables (`ref_…`) and
the stages.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt

from stratify.features.moment import Moment
from stratify.features.reference import reference_tables
from stratify.features.stages import Stage
from stratify.population import Status
from stratify.zone.usable import discharged_sql, usable_sql
from stratify.zone.zone import Zone

_FEW = 4
"""Below one in so many of a chunk's people their rows are copied out first, and every statement reads the copy."""


@dataclass(frozen=True)
class Chunk:
    """The people with pids `first` … `last` of one chunk of a zone, or only those of them in `few`."""

    zone: Zone
    number: int
    first: int
    last: int
    few: tuple[int, ...] | None = None


def whole_chunks(zone: Zone) -> Iterator[Chunk]:
    """Every chunk of a zone, in order."""
    for number in zone.chunks:
        pids = zone.chunk_pids(number)
        if len(pids):
            yield Chunk(zone, number, pids.start, pids.stop - 1)


def chunk_of(zone: Zone, number: int, people: npt.NDArray[np.int32]) -> Chunk:
    """The part of a chunk that holds these people (in rising order); only their rows where they are few."""
    first, last = int(people[0]), int(people[-1])
    few = tuple(people.tolist()) if len(people) * _FEW < last - first + 1 else None
    return Chunk(zone, number, first, last, few)


def read_moment(zone: Zone, index_date: date, connection: duckdb.DuckDBPyConnection) -> Moment:
    """The index date, and whether any stay of the zone is known to have ended before it."""
    known = f"{usable_sql(index_date)} AND {discharged_sql(index_date)}"
    ended = any(
        connection.execute(f"SELECT 1 FROM {zone.event_sql('admissions', n)} WHERE {known} LIMIT 1").fetchone()
        for n in zone.chunks
        if "admissions" in zone.tables
    )
    return Moment(index_date, discharges=ended)


def lay_references(config: Path, names: Iterable[str], connection: duckdb.DuckDBPyConnection) -> None:
    """Make the reference tables of these names, from the code lists of a configuration folder."""
    wanted = set(names)
    for table in reference_tables(config):
        if table.name in wanted:
            connection.execute(table.sql)


def lay_chunk(chunk: Chunk, moment: Moment, stages: Iterable[Stage], connection: duckdb.DuckDBPyConnection) -> None:
    """Make the views of a chunk's people and events, and the stages over them."""
    zone = chunk.zone
    sources = {table: zone.event_sql(table, chunk.number) for table in zone.tables}
    sources["people"] = zone.people_table().sql
    sources["population"] = zone.population_table(moment.index_date).sql
    if chunk.few is not None:
        wanted = ", ".join(f"({pid})" for pid in chunk.few)
        connection.execute(f"CREATE OR REPLACE TEMP TABLE few_pids AS SELECT * FROM (VALUES {wanted}) AS given (pid)")
    for name, source in sources.items():
        rows = f"SELECT * FROM {source} WHERE pid BETWEEN {chunk.first} AND {chunk.last}"
        if chunk.few is not None:
            rows = f"SELECT * FROM {_copied(name, rows, connection)}"
        connection.execute(f"CREATE OR REPLACE TEMP VIEW chunk_{name} AS {rows}")
    for stage in stages:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {stage.name} AS {moment.fill(stage.sql)}")


def _copied(name: str, rows: str, connection: duckdb.DuckDBPyConnection) -> str:
    """The name of a table with the rows of the few people only."""
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE few_{name} AS SELECT * FROM ({rows}) WHERE pid IN (SELECT pid FROM few_pids)"
    )
    return f"few_{name}"


def scored_pids(connection: duckdb.DuckDBPyConnection) -> npt.NDArray[np.int32]:
    """The people of the chunk in hand who are scored, in order."""
    found = connection.execute(
        f"SELECT pid FROM chunk_population WHERE status = '{Status.SCORED}' ORDER BY pid"
    ).fetchnumpy()["pid"]
    return np.asarray(found, dtype=np.int32)
