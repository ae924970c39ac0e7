"""What the steps of an import share: the connection, the source, the terms of the import and its notes."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb

from interfaces.extracts.casts import literal
from stratify.omop.report import ImportNotes, Taken
from stratify.omop.source import OmopSource


@dataclass(frozen=True)
class Workspace:
    """`omop.*` in the connection is what was read, `pack.*` what is written, `work.*` what lies between."""

    connection: duckdb.DuckDBPyConnection
    source: OmopSource
    place: str
    seed: int
    extracted_on: date
    config: Path
    notes: ImportNotes = field(default_factory=ImportNotes)

    @property
    def last_day(self) -> str:
        """The extraction date as SQL."""
        return f"DATE {literal(self.extracted_on.isoformat())}"

    def run(self, sql: str) -> None:
        """Runs statements that return nothing of use."""
        self.connection.execute(sql)

    def number(self, sql: str) -> int:
        """The one whole number a query returns; 0 for NULL."""
        row = self.connection.execute(sql).fetchone()
        return int(row[0]) if row and row[0] is not None else 0

    def count(self, table: str, where: str = "TRUE") -> int:
        """How many rows of a table meet a condition."""
        return self.number(f"SELECT count(*) FROM {table} WHERE {where}")

    def take(self, table: str, source: str) -> int:
        """Notes what a finished table of the pack holds, and returns its rows."""
        rows = self.count(f"pack.{table}")
        if rows:
            self.notes.taken.append(Taken(table, rows, source))
        return rows
