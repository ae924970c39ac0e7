"""A finished scoring zone: what it holds and where, for everything that reads it.

    zone.json                            written last: a folder without it is unfinished
    people.parquet                       one row per person, ordered by pid
    population_<index date>.parquet      one row per person: scored, or why not, with age at that date
    outcome_<index date>.parquet         one row per person, only where outcomes were asked for
    <event table>.parquet                a row per event, ordered by pid, day and then every other column
    rejects.parquet                      rows set aside: file, row number, column and rule

People are worked on in chunks: chunk k is pid k * chunk_size … (k + 1) * chunk_size - 1. Every event
table that the pack had has its file, if only with no rows.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Self, cast

import duckdb
from numpy.typing import NDArray

from stratify.exceptions import InputRefused

FORMAT = 1
MANIFEST = "zone.json"


@dataclass(frozen=True)
class ZoneTable:
    """One Parquet file of a zone; as text it is its path."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)

    @property
    def sql(self) -> str:
        """The table as something to select from."""
        return f"read_parquet({quoted(self.path)})"

    def arrays(self, connection: duckdb.DuckDBPyConnection, *columns: str) -> dict[str, NDArray[Any]]:
        """Columns as numpy arrays in the order of pid (all of them where none is named); missing values are masked."""
        wanted = ", ".join(columns) or "*"
        found = connection.execute(f"SELECT {wanted} FROM {self.sql} ORDER BY pid").fetchnumpy()
        return cast("dict[str, NDArray[Any]]", found)  # no column here is an ENUM, the only type that comes as another


@dataclass(frozen=True)
class Zone:
    """A scoring zone on disk: pseudonymous, complete, read-only.

    `rows` counts the event rows written per table; `people` the persons (pid 0 … people - 1);
    `report` holds the counts of what was read, set aside, not linked or out of the look-back.
    """

    folder: Path
    key_id: str
    pack_id: str
    place: str
    synthetic: bool
    extracted_on: date
    index_dates: tuple[date, ...]
    outcome_dates: tuple[date, ...]
    purpose: str
    look_back_days: int
    people: int
    chunk_size: int
    rows: Mapping[str, int]
    report: Mapping[str, Any]

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The zone in a folder; InputRefused where there is none, an unfinished one or one of another format."""
        return cls(**_from_json(Path(folder), _read_manifest(Path(folder))))

    @property
    def tables(self) -> tuple[str, ...]:
        """The event tables the pack had, in the order of the contract."""
        return tuple(self.rows)

    @property
    def chunks(self) -> range:
        """The numbers of the chunks of people; there is always at least one."""
        return range(max(1, -(-self.people // self.chunk_size)))

    @property
    def rejects_path(self) -> Path:
        return self.folder / "rejects.parquet"

    def chunk_pids(self, chunk: int) -> range:
        """The pids of a chunk."""
        return range(chunk * self.chunk_size, min((chunk + 1) * self.chunk_size, self.people))

    def event_path(self, table: str) -> Path:
        """The file with a table's events; InputRefused where the pack had no such table."""
        if table not in self.rows:
            raise InputRefused(f"a zone with the table {table}", f"only {', '.join(self.tables)}", "Leave it out.")
        return event_file(self.folder, table)

    def event_sql(self, table: str, chunk: int) -> str:
        """A chunk's events as something to select from; it reads only the row groups that hold them."""
        pids = self.chunk_pids(chunk)
        rows = f"SELECT * FROM read_parquet({quoted(self.event_path(table))})"
        return f"({rows} WHERE pid BETWEEN {pids.start} AND {pids.stop - 1})"

    def people_table(self) -> ZoneTable:
        return ZoneTable(self.folder / "people.parquet")

    def population_table(self, index_date: date) -> ZoneTable:
        """Who is scored at an index date and who is not; InputRefused where the zone was not built for it."""
        if index_date not in self.index_dates:
            raise _other_date("the population", index_date, self.index_dates)
        return ZoneTable(population_file(self.folder, index_date))

    def outcome_table(self, index_date: date) -> ZoneTable:
        """What happened in the 365 days from an index date; InputRefused where the zone was built without it."""
        if index_date not in self.outcome_dates:
            raise _other_date("the outcome", index_date, self.outcome_dates)
        return ZoneTable(outcome_file(self.folder, index_date))

    def write_manifest(self) -> None:
        """Mark the zone as finished."""
        content = asdict(self) | {"format": FORMAT}
        del content["folder"]
        text = json.dumps(content, indent=2, sort_keys=False, ensure_ascii=False, default=date.isoformat)
        (self.folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def quoted(path: Path) -> str:
    """A path as a SQL string."""
    return "'" + str(path).replace("'", "''") + "'"


def event_file(folder: Path, table: str) -> Path:
    """Where a table's events lie in a zone folder."""
    return folder / f"{table}.parquet"


def population_file(folder: Path, index_date: date) -> Path:
    """Where the population at an index date lies in a zone folder."""
    return folder / f"population_{index_date.isoformat()}.parquet"


def outcome_file(folder: Path, index_date: date) -> Path:
    """Where the outcome from an index date lies in a zone folder."""
    return folder / f"outcome_{index_date.isoformat()}.parquet"


def _other_date(what: str, wanted: date, held: tuple[date, ...]) -> InputRefused:
    return InputRefused(
        f"a zone that holds {what} at {wanted.isoformat()}",
        f"one for {', '.join(day.isoformat() for day in held) or 'no date'}",
        "Build the zone with that index date.",
    )


def _read_manifest(folder: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputRefused(
            "a finished scoring zone", f"no {MANIFEST} in that folder", "Build the zone again; it was not finished."
        ) from None
    if content.get("format") != FORMAT:
        raise InputRefused(
            f"a scoring zone of format {FORMAT}", f"format {content.get('format')}", "Build it again with this version."
        )
    return content


def _from_json(folder: Path, content: dict[str, Any]) -> dict[str, Any]:
    fields = {name: value for name, value in content.items() if name != "format"}
    for name in ("index_dates", "outcome_dates"):
        fields[name] = tuple(date.fromisoformat(day) for day in fields[name])
    return fields | {"folder": folder, "extracted_on": date.fromisoformat(fields["extracted_on"])}
