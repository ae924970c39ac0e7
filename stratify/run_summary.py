"""What a finished run says of itself in a few lines."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from stratify.reasons.phrases import day_in_words
from stratify.tier_scheme import TIER_WORDS


@dataclass(frozen=True)
class RunSummary:
    """A finished run: where it is, how many people ended where, and what a reader must be warned of.

    `flow` has every row of the register by status; `moves` joiners, leavers, risers, fallers and stayers, empty on a
    first run. `capacity` is a sentence on the first block of people who can be worked with.
    """

    folder: Path
    run_id: str
    place: str
    index_date: date
    score_kind: str
    model_version: str
    demonstration: bool
    scored: int
    flow: dict[str, int]
    tiers: dict[str, int]
    adults: dict[str, int]
    moves: dict[str, int]
    explained: int
    list_rows: int
    capacity: str
    warnings: tuple[str, ...]

    @property
    def report(self) -> Path:
        """The page to open."""
        return self.folder / "report.html"

    def lines(self) -> list[str]:
        """The summary for a terminal."""
        said = [f"{self.place}, {day_in_words(self.index_date)}: {self.scored:,} people scored (run {self.run_id})."]
        if self.demonstration:
            said.append("For demonstration, not for care: the model was fitted on made-up people.")
        said += [f"  {TIER_WORDS[tier]:<16} {people:>9,}  {self._share(people)}" for tier, people in self.tiers.items()]
        said += [
            f"  not scored: {count:,} {status.replace('_', ' ')}"
            for status, count in self.flow.items()
            if status != "scored"
        ]
        if self.moves:
            said.append(
                "Since the previous run: " + ", ".join(f"{count:,} {kind}s" for kind, count in self.moves.items()) + "."
            )
        return [*said, self.capacity, *(f"Note: {warning}" for warning in self.warnings), f"Report: {self.report}"]

    def to_json(self) -> dict[str, Any]:
        """The same for a program."""
        return {
            "folder": str(self.folder),
            "report": str(self.report),
            "run_id": self.run_id,
            "place": self.place,
            "index_date": self.index_date.isoformat(),
            "score_kind": self.score_kind,
            "model_version": self.model_version,
            "demonstration": self.demonstration,
            "scored": self.scored,
            "flow": self.flow,
            "tiers": self.tiers,
            "adults": self.adults,
            "moves": self.moves,
            "explained": self.explained,
            "list_rows": self.list_rows,
            "capacity": self.capacity,
            "warnings": list(self.warnings),
        }

    def _share(self, people: int) -> str:
        return f"{100 * people / self.scored:.2f} %" if self.scored else ""
