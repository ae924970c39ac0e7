"""Three ways of computing the same features, measured side by side: the figures of docs/adr/0002-feature-engine.md.

    python -m benchmarks.feature_engines --people 26000 261536 --rounds 5

one_pass   one SELECT per relation over the whole look-back, every count a FILTER of its own
split      the same, but what looks back at most 365 days in a statement of its own
grouped    the product: labels in rows (GROUP BY pid, label), put into the matrix by numpy

Each measurement is a fresh process over the same files; the ways take turns. A result whose bytes differ
from the product's is void.
"""

import argparse
import hashlib
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.made_up_zone import INDEX, write_made_up_zone
from stratify.engine import connect
from stratify.features import matrix
from stratify.features.catalogue import FEATURES, feature_names
from stratify.features.definition import LONGEST, Aggregate, Measure, Relation
from stratify.features.medicines import _BY_SECTION
from stratify.features.moment import Moment
from stratify.features.recorded_codes import RECORDED_CODES
from stratify.features.statements import Statement
from stratify.zone.zone import Zone

SHORT = 365
_BEFORE_GROUPING = {
    RECORDED_CODES.name: replace(
        RECORDED_CODES,
        sql="SELECT pid, list AS label, {t} - day AS ago FROM chunk_gp_codes JOIN ref_recorded ON snomed = code WHERE {usable}",
        once=False,
    ),
    _BY_SECTION.name: replace(
        _BY_SECTION,
        sql="""SELECT pid, list AS label, {t} - day AS ago
            FROM chunk_gp_prescriptions JOIN ref_medicine ON substr(bnf_code, 1, 6) = code WHERE {usable}""",
        once=False,
    ),
}
_RAW_MEASURES = {
    "first_ago": Measure(Aggregate.EARLIEST, None),
    "last_ago": Measure(Aggregate.LATEST, None),
    "records_365d": Measure(Aggregate.COUNT, SHORT),
    "issues": Measure(Aggregate.COUNT, SHORT),
}
_CALLS = {"count": "count(*)", "sum": "sum({c})", "latest": "min(ago)", "earliest": "max(ago)", "largest": "max({c})"}


class WideStatement(Statement):
    """A statement with one column for each feature instead of one row for each label."""

    def sql(self, moment: Moment) -> str:
        """pid, then one FILTERed aggregate for each feature."""
        if self.relation.once:
            return super().sql(moment)
        columns = ", ".join(f"{self._cell(*cell)} AS m{i}" for i, cell in enumerate(self._cells()))
        within = f" WHERE ago <= {self.horizon}" if self.horizon is not None else ""
        return f"SELECT pid, {columns} FROM ({moment.fill(self.relation.sql)}) AS given{within} GROUP BY pid"

    def _cells(self) -> Iterator[tuple[Measure, int]]:
        for measure, cells in zip(self.measures, self.cells, strict=True):
            yield from ((measure, label) for label in cells)

    def _cell(self, measure: Measure, label: int) -> str:
        raw = measure
        if measure.aggregate is Aggregate.AS_IS:
            raw = replace(_RAW_MEASURES[measure.column], within=measure.within or _RAW_MEASURES[measure.column].within)
        conditions = [f"label = {label}"] if self.relation.labels else []
        conditions += [f"ago <= {raw.within}"] if raw.within is not None else []
        conditions += [f"({raw.where})"] if raw.where else []
        only = f" FILTER (WHERE {' AND '.join(conditions)})" if conditions else ""
        return _CALLS[str(raw.aggregate)].format(c=raw.column) + only


def one_pass(statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """Every relation once, over the whole look-back, all counts as FILTERs."""
    return tuple(_widened(statement, statement.measures, LONGEST) for statement in statements)


def split(statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """Relations once for what looks back at most a year and once for the rest."""
    parts = []
    for statement in statements:
        short = tuple(m for m in statement.measures if _within(m) is not None and _within(m) <= SHORT)
        long = tuple(m for m in statement.measures if m not in short)
        if statement.relation.once and statement.relation.name not in _BEFORE_GROUPING:
            parts.append(statement)
            continue
        parts += [_widened(statement, short, SHORT)] if short else []
        parts += [_widened(statement, long, LONGEST)] if long else []
    return tuple(parts)


def grouped(statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """The product's own statements."""
    return statements


ENGINES: dict[str, Callable[[tuple[Statement, ...]], tuple[Statement, ...]]] = {
    "one_pass": one_pass,
    "split": split,
    "grouped": grouped,
}


def _within(measure: Measure) -> int | None:
    if measure.aggregate is Aggregate.AS_IS and measure.column in ("records_365d", "issues"):
        return SHORT
    return measure.within


def _widened(statement: Statement, measures: tuple[Measure, ...], horizon: int) -> Statement:
    relation: Relation = _BEFORE_GROUPING.get(statement.relation.name, statement.relation)
    cells = dict(zip(statement.measures, statement.cells, strict=True))
    if relation.once:
        return statement
    whole = any(_within(measure) is None for measure in measures)
    return WideStatement(relation, None if whole else horizon, measures, tuple(cells[m] for m in measures))


def scatter_wide(values, statement, found, rows):
    """Put a wide result into the matrix: one column after the other."""
    if not isinstance(statement, WideStatement):
        return _SCATTER(values, statement, found, rows)
    for number, (measure, label) in enumerate(statement._cells()):
        cells = statement.cells[statement.measures.index(measure)]
        result = found[f"m{number}"]
        keep = ~np.ma.getmaskarray(result)
        values[rows[keep], cells[label]] = np.ma.getdata(result)[keep] * measure.scale
    return None


_SCATTER, _PLAN = matrix._scatter, matrix.plan


def measure_engine(name: str, zone: Zone, memory: str) -> dict[str, object]:
    """Compute everything once in this process and say what it took."""
    matrix.plan = lambda features: ENGINES[name](_PLAN(features))
    matrix._scatter = scatter_wide
    digest, rows = hashlib.sha256(), 0
    with tempfile.TemporaryDirectory() as scratch:
        connection = connect(memory_limit=memory, threads=2, temp_directory=Path(scratch))
        cpu, wall = time.process_time(), time.perf_counter()
        for part in matrix.iter_feature_chunks(zone, INDEX, feature_names(zone.tables), connection=connection):
            spent = time.process_time(), time.perf_counter()
            digest.update(part.values.tobytes())
            rows += len(part.pids)
            # Hashing is the benchmark's own work.
            cpu, wall = cpu + time.process_time() - spent[0], wall + time.perf_counter() - spent[1]
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {"cpu": cpu, "wall": wall, "peak_mb": peak, "rows": rows, "sha256": digest.hexdigest()}


def _in_its_own_process(engine: str, folder: Path, memory: str) -> dict[str, object]:
    command = [sys.executable, "-m", "benchmarks.feature_engines", "--engine", engine, "--zone", str(folder)]
    done = subprocess.run([*command, "--memory", memory], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def compare(people: int, rounds: int, memory: str, parent: Path) -> None:
    """Print the medians of all ways at one size."""
    zone = write_made_up_zone(parent / str(people), people, seed=1)
    events = sum(zone.rows.values())
    found: dict[str, list[dict[str, object]]] = {name: [] for name in ENGINES}
    for _ in range(rounds):
        for name in ENGINES:
            found[name].append(_in_its_own_process(name, zone.folder, memory))
    void = {result["sha256"] for results in found.values() for result in results}
    print(f"\n{people:,} people, {events:,} events, {len(FEATURES)} features, median of {rounds} rounds")
    print("same bytes" if len(void) == 1 else f"VOID: {len(void)} different results")
    print("| way | CPU s | wall s | peak MB | CPU against grouped |\n| --- | --- | --- | --- | --- |")
    for name, results in found.items():
        cpu, wall, peak = (statistics.median(float(r[key]) for r in results) for key in ("cpu", "wall", "peak_mb"))
        ratios = [float(a["cpu"]) / float(b["cpu"]) for a, b in zip(results, found["grouped"], strict=True)]
        print(
            f"| {name} | {cpu:.2f} | {wall:.2f} | {peak:.0f}"
            f" | {statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f}) |"
        )


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, nargs="+", default=[26_000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--memory", default="800MB")
    parser.add_argument("--engine", choices=ENGINES)
    parser.add_argument("--zone", type=Path)
    options = parser.parse_args()
    if options.engine:
        print(json.dumps(measure_engine(options.engine, Zone.open(options.zone), options.memory)))
        return
    with tempfile.TemporaryDirectory() as parent:
        for people in options.people:
            compare(people, options.rounds, options.memory, Path(parent))


if __name__ == "__main__":
    main()
