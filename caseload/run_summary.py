"""What the case app would take in from a run, counted and put in plain words."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from caseload.run_manifest import SCORES, check_outputs, read_outputs
from interfaces.scores import Tier, check_scores, read_scores

_TIER_WORDS = {
    Tier.VERY_HIGH: "very high",
    Tier.HIGH: "high",
    Tier.MODERATE: "moderate",
    Tier.NONE: "in no tier",
}
_COUNTED = ["practice_code", "tier", "previous_tier", "reasons", "short_history"]
_ONCE = ["outcome", "score_kind", "model_version", "tier_method", "key_id"]


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One run as its recipient sees it. `what` holds the columns that are the same for everybody."""

    place: str
    index_date: date
    demonstration: bool
    people: int
    practices: int
    tiers: dict[Tier, int]
    newly_in_a_tier: int
    compared: bool
    without_reasons: int
    short_history: int
    what: dict[str, str]
    not_handed_over: tuple[str, ...]

    @property
    def proposals(self) -> int:
        """How many people would become proposals to their practice: very high and high."""
        return self.tiers[Tier.VERY_HIGH] + self.tiers[Tier.HIGH]

    def to_json(self) -> dict[str, Any]:
        """The summary for scripts."""
        return {
            "usable": True,
            "place": self.place,
            "index_date": self.index_date.isoformat(),
            "demonstration": self.demonstration,
            "people": self.people,
            "practices": self.practices,
            "tiers": {tier.value: count for tier, count in self.tiers.items()},
            "proposals": self.proposals,
            "newly_in_a_tier": self.newly_in_a_tier if self.compared else None,
            "in_a_tier_without_reasons": self.without_reasons,
            "short_history": self.short_history,
            **self.what,
            "not_handed_over": list(self.not_handed_over),
        }

    def lines(self) -> Iterator[str]:
        """The summary for people."""
        yield f"This run can be taken in: {self.place}, index date {self.index_date.day} {self.index_date:%B %Y}."
        yield _care_line(self.demonstration)
        yield f"{self.people:,} people scored in {self.practices:,} practices."
        for tier, count in self.tiers.items():
            yield f"  {_TIER_WORDS[tier]:<12}{count:>11,}  {_share(count, self.people)}"
        yield f"{self.proposals:,} people, very high and high, would become proposals to their practices."
        yield from self._movement()
        yield from self._cautions()
        if self.what:
            yield (
                f"Scored by {self.what['score_kind']} {self.what['model_version']} for {self.what['outcome']}; "
                f"tiers by {self.what['tier_method']}; pseudonym key {self.what['key_id']}."
            )

    def _movement(self) -> Iterator[str]:
        if self.compared:
            yield f"{self.newly_in_a_tier:,} people are in a tier who were in none in the run compared with."
        else:
            yield "It was not compared with an earlier run: nobody has a previous tier."

    def _cautions(self) -> Iterator[str]:
        if self.short_history:
            yield f"{self.short_history:,} people have been registered for less than a year: less is known of them."
        if self.without_reasons:
            yield f"{self.without_reasons:,} people are in a tier without a reason in words."
        if self.not_handed_over:
            names = ", ".join(self.not_handed_over[:3]) + (" …" if len(self.not_handed_over) > 3 else "")
            yield f"{len(self.not_handed_over):,} files of the run were not handed over: {names}"


def check_run(run: Path) -> RunSummary:
    """Makes sure that a run folder is whole and unchanged, and counts what it brings.

    Raises RunRefused for the folder and interfaces' ScoreFileError for the score file in it.
    """
    not_handed_over = check_outputs(run, read_outputs(run))
    file = check_scores(run / SCORES)
    counts, practices = _count(file.path)
    return RunSummary(
        place=file.header.place,
        index_date=file.header.index_date,
        demonstration=file.header.demonstration,
        people=file.rows,
        practices=practices,
        tiers={tier: counts[tier.value] for tier in Tier},
        newly_in_a_tier=counts["newly_in_a_tier"],
        compared=counts["compared"] > 0,
        without_reasons=counts["without_reasons"],
        short_history=counts["short_history"],
        what=_first(file.path),
        not_handed_over=not_handed_over,
    )


def _count(path: Path) -> tuple[Counter[str], int]:
    counts: Counter[str] = Counter()
    practices: set[str] = set()
    for batch in read_scores(path, _COUNTED):
        for record in batch.to_pylist():
            practices.add(record["practice_code"])
            counts.update(_marks(record))
    return counts, len(practices)


def _marks(record: dict[str, Any]) -> Iterator[str]:
    """Everything one person counts towards."""
    yield record["tier"]
    in_a_tier = record["tier"] != Tier.NONE
    if record["previous_tier"] is not None:
        yield "compared"
    if in_a_tier and record["previous_tier"] in (None, Tier.NONE):
        yield "newly_in_a_tier"
    if in_a_tier and not record["reasons"]:
        yield "without_reasons"
    if record["short_history"]:
        yield "short_history"


def _first(path: Path) -> dict[str, str]:
    batch = next(read_scores(path, _ONCE, batch_rows=1), None)
    return {} if batch is None else dict(batch.to_pylist()[0])


def _share(count: int, people: int) -> str:
    return f"{100 * count / people:.2f} %" if people else "–"


def _care_line(demonstration: bool) -> str:
    if demonstration:
        return "For demonstration, not for care: the model was fitted on made-up people."
    return "Nothing marks it as a demonstration; whether it may guide care is for the practice's own governance."
