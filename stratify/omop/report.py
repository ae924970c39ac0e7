"""What an import took, dropped, assumed and could not find, in plain words."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Taken:
    """Rows of a pack's table and where they are from."""

    table: str
    rows: int
    source: str


@dataclass(frozen=True)
class Dropped:
    """Rows of the source that are not in the pack, and why."""

    source: str
    rows: int
    why: str


@dataclass
class ImportNotes:
    """Gathers what the steps of an import have to say, in the order they say it."""

    taken: list[Taken] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    assumed: list[str] = field(default_factory=list)
    lacking: list[str] = field(default_factory=list)

    def drop(self, source: str, rows: int, why: str) -> None:
        """Notes rows left out; nothing where there are none."""
        if rows:
            self.dropped.append(Dropped(source, rows, why))


@dataclass(frozen=True)
class ImportReport:
    """The account of one import. `made_up_numbers` says whether the NHS numbers are ours."""

    source: str
    cdm_version: str
    place: str
    extracted_on: date
    people: int
    made_up_numbers: bool
    taken: tuple[Taken, ...]
    dropped: tuple[Dropped, ...]
    assumed: tuple[str, ...]
    lacking: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The account for scripts."""
        return {
            "source": self.source,
            "cdm_version": self.cdm_version,
            "place": self.place,
            "extracted_on": self.extracted_on.isoformat(),
            "people": self.people,
            "made_up_numbers": self.made_up_numbers,
            "taken": [{"table": t.table, "rows": t.rows, "source": t.source} for t in self.taken],
            "dropped": [{"source": d.source, "rows": d.rows, "why": d.why} for d in self.dropped],
            "assumed": list(self.assumed),
            "lacking": list(self.lacking),
        }

    def lines(self) -> Iterator[str]:
        """The account for people."""
        yield f"{self.source} (OMOP {self.cdm_version}) as {self.place}: {self.people:,} people, extracted {self.extracted_on}."
        yield "Taken:"
        for taken in self.taken:
            yield f"  {taken.table:<18}{taken.rows:>12,}  from {taken.source}"
        for title, entries in (
            ("Left out:", [f"{d.rows:,} of {d.source}: {d.why}" for d in self.dropped]),
            ("Assumed:", list(self.assumed)),
            ("Lacking:", list(self.lacking)),
        ):
            if entries:
                yield title
                yield from (f"  - {entry}" for entry in entries)
