"""Measurements as a table to read and as JSON to keep."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from measuring import Measured

QUIET = 0.15
"""Below so many cores busy with other programs a wall time is worth reading."""


@dataclass(frozen=True)
class Comparison:
    """Whether a peer and the product agree, and on how much."""

    peer: str
    agrees: bool
    people: int
    features: int
    differences: tuple[str, ...]
    largest_score_difference: float
    tiers_differing: int

    @classmethod
    def read(cls, peer: str, text: str) -> "Comparison":
        """From the output of agreement.py; what cannot be read does not agree."""
        try:
            found = json.loads(text)
        except json.JSONDecodeError:
            return cls(peer, False, 0, 0, (text[-400:],), math.nan, 0)
        return cls(
            peer, found["holds"], found["people"], found["features"], tuple(found["differences"]),
            found["largest_score_difference"], found["tiers_differing"],
        )  # fmt: skip

    def also(self, later: "Comparison") -> "Comparison":
        """This comparison (of features and scores) with what a later one of the scores alone found."""
        return Comparison(
            self.peer, self.agrees and later.agrees, self.people, self.features, self.differences + later.differences,
            max(self.largest_score_difference, later.largest_score_difference), max(self.tiers_differing, later.tiers_differing),
        )  # fmt: skip

    def sentence(self) -> str:
        """What may be said of the ratio."""
        if not self.agrees:
            return f"{self.peer}: **ratio void**, the outputs differ: {'; '.join(self.differences[:5])}"
        return (
            f"{self.peer}: the same {self.features} features of {self.people:,} people, scores within"
            f" {self.largest_score_difference:.1e}, {self.tiers_differing} people in another tier (ties)"
        )


@dataclass(frozen=True)
class SizeResult:
    """Everything measured at one size; `runs` by program, one entry per round."""

    people: int
    runs: Mapping[str, Sequence[Measured]]
    comparisons: Sequence[Comparison]
    timings: Sequence[Mapping[str, Any]]
    floor: Mapping[str, float]

    def cpu(self, program: str) -> float:
        """Median CPU-seconds of a program."""
        return median(run.cpu_seconds for run in self.runs[program])

    def ratios(self, peer: str) -> list[float]:
        """CPU of the peer over that of the product, round by round."""
        pairs = zip(self.runs[peer], self.runs["product"], strict=True)
        return [theirs.cpu_seconds / ours.cpu_seconds for theirs, ours in pairs]

    def stages(self) -> dict[str, float]:
        """Median CPU-seconds of every stage of the product, and of what came before the first."""
        names = [stage["stage"] for stage in self.timings[0]["stages"]]
        found = {name: median(_cpu_of(timing, name) for timing in self.timings) for name in names}
        return {"Starting up (imports)": self.cpu("product") - sum(found.values()), **found}


def _cpu_of(timing: Mapping[str, Any], name: str) -> float:
    return float(sum(stage["cpu_seconds"] for stage in timing["stages"] if stage["stage"] == name))


def exponent(small: SizeResult, large: SizeResult, program: str) -> float:
    """How CPU grows with people: 1 is in proportion."""
    return math.log(large.cpu(program) / small.cpu(program)) / math.log(large.people / small.people)


def as_json(machine: Mapping[str, Any], results: Sequence[SizeResult]) -> dict[str, Any]:
    """All figures."""
    return {"machine": dict(machine), "sizes": [_size_json(result) for result in results]}


def _size_json(result: SizeResult) -> dict[str, Any]:
    agreeing = {comparison.peer for comparison in result.comparisons if comparison.agrees}
    return {
        "people": result.people,
        "runs": {program: [run.to_json() for run in runs] for program, runs in result.runs.items()},
        "cpu_ratios": {peer: [round(ratio, 3) for ratio in result.ratios(peer)] for peer in sorted(agreeing)},
        "agreement": [vars(comparison) for comparison in result.comparisons],
        "stages_cpu_seconds": {name: round(value, 3) for name, value in result.stages().items()},
        "scan_floor": dict(result.floor),
    }


def as_markdown(machine: Mapping[str, Any], results: Sequence[SizeResult]) -> str:
    """The table, what agrees, where the time goes, and how it grows."""
    lines = [", ".join(f"{name} {value}" for name, value in machine.items()), ""]
    lines += [
        "| people | program | CPU s | wall s | peak MiB | peer / product, CPU | others' cores |",
        "| --: | --- | --: | --: | --: | --: | --: |",
    ]
    for result in results:
        lines += [_row(result, program) for program in result.runs]
    lines += ["", *(f"- {result.people:,}: {one.sentence()}" for result in results for one in result.comparisons)]
    lines += ["", *_growth(results), "", *_stage_table(results)]
    return "\n".join(lines)


def _row(result: SizeResult, program: str) -> str:
    runs = result.runs[program]
    ratio = "1" if program == "product" else _ratio(result, program)
    others = median(run.others for run in runs)
    quiet = [run.wall_seconds for run in runs if run.others < QUIET]
    wall = f"{median(quiet):.1f}" if quiet else f"({median(run.wall_seconds for run in runs):.1f})"
    cpu = f"{result.cpu(program):.1f} ({_range([run.cpu_seconds for run in runs])})"
    memory = f"{max(run.peak_memory for run in runs):.0f}"
    return f"| {result.people:,} | {program} | {cpu} | {wall} | {memory} | {ratio} | {others:.2f} |"


def _ratio(result: SizeResult, peer: str) -> str:
    agrees = any(one.agrees for one in result.comparisons if one.peer == peer)
    ratios = result.ratios(peer)
    return f"{median(ratios):.2f} ({_range(ratios)})" if agrees else "void"


def _range(values: Sequence[float]) -> str:
    return f"{min(values):.2f}–{max(values):.2f}"


def _growth(results: Sequence[SizeResult]) -> list[str]:
    lines = []
    for result in results:
        floor, ours = result.floor["cpu_seconds"], result.cpu("product")
        lines.append(
            f"- {result.people:,}: scanning every value of the pack ({result.floor['rows']:,} rows,"
            f" {result.floor['bytes'] / 1e6:.0f} MB) takes {floor:.2f} CPU s; the product takes {ours / floor:.1f} times that"
        )
    lines += [line for result in results for line in _without_what_no_peer_does(result)]
    for small, large in zip(results, results[1:], strict=False):
        shared = [program for program in small.runs if program in large.runs]
        grown = ", ".join(f"{program} {exponent(small, large, program):.2f}" for program in shared)
        lines.append(f"- exponent of CPU from {small.people:,} to {large.people:,}: {grown}")
    return lines


CHECK, ZONE = "Checking the pack", "Building the scoring zone"
"""The stages of the product that the peers have nothing of: no check, and no pseudonyms."""


def _without_what_no_peer_does(result: SizeResult) -> list[str]:
    """What the ratios would be if the product checked nothing, and if it also had the zone already."""
    stages, ours = result.stages(), result.cpu("product")
    left = {"the check": ours - stages[CHECK], "check and zone": ours - stages[CHECK] - stages[ZONE]}
    agreeing = [one.peer for one in result.comparisons if one.agrees]
    return [
        f"- {result.people:,}: without {words} ({ours - rest:.1f} of {ours:.1f} CPU s) the product would be at "
        + ", ".join(f"{peer} {result.cpu(peer) / rest:.2f}" for peer in agreeing)
        for words, rest in left.items()
        if agreeing
    ]


def _stage_table(results: Sequence[SizeResult]) -> list[str]:
    names = list(dict.fromkeys(name for result in results for name in result.stages()))
    lines = [
        "| stage of the product, CPU s | " + " | ".join(f"{result.people:,}" for result in results) + " |",
        "| --- |" + " --: |" * len(results),
    ]
    columns = [result.stages() for result in results]
    return lines + [
        f"| {name} | " + " | ".join(f"{column.get(name, 0):.2f}" for column in columns) + " |" for name in names
    ]
