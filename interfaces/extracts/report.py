"""The report on a pack: what was found, table by table, as values; `report_lines` makes it readable."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from interfaces.extracts.manifest import Manifest
from interfaces.extracts.refusal import Notice, Refusal
from interfaces.extracts.report_lines import report_lines


@dataclass(frozen=True)
class RejectCount:
    """Rows of a table that break one rule, and where the first of them is."""

    rule: str
    column: str
    rows: int
    expected: str
    found: str
    file: str | None = None
    first_rows: tuple[int, ...] = ()


@dataclass(frozen=True)
class Freshness:
    """How recent a feed is: its last event against the day of the extract, and how late rows come.

    `lag_known` is the share of rows that give `available_on`; for the others the feed's `lag_assumed` stands
    in. `lag_mean` and `lag_longest` are days from an event of the last year to its `available_on`.
    """

    last_event: date | None
    days_old: int | None
    lag_known: float
    lag_mean: float | None
    lag_longest: int | None
    lag_assumed: int


@dataclass(frozen=True)
class TableReport:
    """One table that could be read.

    `set_aside` rows break at least one rule; `completeness` is the share of rows with a value, by column;
    `months` are accepted rows by month of event, `low_months` those of them that raise the alarm;
    `linked_share` is the share of rows whose NHS number is on the register (None: names nobody).
    """

    table: str
    file: str
    mapping: str | None
    rows: int
    set_aside: int
    rejects: tuple[RejectCount, ...]
    completeness: Mapping[str, float]
    first_event: date | None
    months: Mapping[date, int]
    low_months: tuple[date, ...]
    freshness: Freshness | None
    numbered_share: float | None
    linked_share: float | None


@dataclass(frozen=True)
class Coverage:
    """How many social care clients of one group carry an NHS number, and one that is on the register."""

    client_group: str
    people: int
    numbered: int
    linked: int


@dataclass(frozen=True)
class PackReport:
    """The verdict on a pack and everything it rests on. `files` are SHA-256 by file name inside the pack."""

    manifest: Manifest
    tables: tuple[TableReport, ...]
    absent: tuple[str, ...]
    refusals: tuple[Refusal, ...]
    notices: tuple[Notice, ...]
    coverage: tuple[Coverage, ...]
    files: Mapping[str, str]

    @property
    def usable(self) -> bool:
        """Whether a run may use the pack."""
        return not self.refusals

    @property
    def rejects(self) -> tuple[tuple[str, RejectCount], ...]:
        """Every table and rule that rows were set aside for."""
        return tuple((table.table, count) for table in self.tables for count in table.rejects)

    def table(self, name: str) -> TableReport:
        """The report on that table; KeyError where it was absent or could not be read."""
        for table in self.tables:
            if table.table == name:
                return table
        raise KeyError(name)

    def lines(self) -> list[str]:
        """The report as plain text, for a terminal or a log."""
        return report_lines(self)

    def to_json(self) -> dict[str, Any]:
        """The report as JSON-able values: dates as text, shares to four decimals."""
        return {
            "usable": self.usable,
            "pack": {
                "pack_id": self.manifest.pack_id,
                "place": self.manifest.place,
                "synthetic": self.manifest.synthetic,
                "extracted_on": self.manifest.extracted_on.isoformat(),
            },
            "refusals": [refusal.to_json() for refusal in self.refusals],
            "notices": [notice.to_json() for notice in self.notices],
            "tables": {table.table: _plain(asdict(table)) for table in self.tables},
            "absent": list(self.absent),
            "coverage": [asdict(group) for group in self.coverage],
            "files": dict(self.files),
        }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {_key(key): _plain(held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(held) for held in value]
    if isinstance(value, date):
        return value.isoformat()
    return round(value, 4) if isinstance(value, float) else value


def _key(key: Any) -> str:
    return key.isoformat()[:7] if isinstance(key, date) else str(key)
