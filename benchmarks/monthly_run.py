"""The whole monthly run beside the two usual ways of writing it, as ratios.

    python benchmarks/monthly_run.py                                          26,000 people, three rounds
    python benchmarks/monthly_run.py --people 26000 261536 --rounds 5 --work FOLDER --json FILE
    python benchmarks/monthly_run.py --people 1200000 --pandas-most 1200000     pandas as well: some 9 GB

Every round runs the product and its peers one after the other, each as a fresh process over the same files. README.md
beside this file has the protocol. Only the standard library is used here: a child's peak memory never reads lower than
that of the process that started it.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from measuring import Measured, machine, run_measured
from report import Comparison, SizeResult, as_json, as_markdown

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent
ENVIRONMENT = {"OMP_WAIT_POLICY": "passive", "PYTHONPATH": str(REPOSITORY)}


@dataclass(frozen=True)
class Plan:
    """What is to be measured, and where the files are kept."""

    people: tuple[int, ...]
    rounds: int
    work: Path
    model: Path | None
    peers: tuple[str, ...]
    threads: int
    memory: str | None
    index: date
    previous: date
    packs: Mapping[int, Path]
    json_path: Path | None
    pandas_most: int

    def peers_at(self, people: int) -> tuple[str, ...]:
        """The peers that take part at this size: pandas only where it fits into a usual machine."""
        return tuple(peer for peer in self.peers if peer != "pandas" or people <= self.pandas_most)


@dataclass(frozen=True)
class Stage:
    """One size of place: its files, and how each program is started."""

    plan: Plan
    people: int
    pack: Path
    model: Path
    folder: Path

    @property
    def key(self) -> Path:
        return self.plan.work / "key"

    def command(self, program: str, out: Path, *, current: bool = True, extra: Sequence[str] = ()) -> list[str]:
        """How one program scores this pack into `out`, at the index date or (not `current`) the month before."""
        previous = ["--previous", str(self.folder / f"previous_{program}")] if current else []
        threads = ["--threads", str(self.plan.threads)]
        if program != "product":
            definitions = self.folder / ("definitions.json" if current else "definitions_previous.json")
            script = HERE / f"peer_{program}.py"
            return [sys.executable, *map(str, (script, self.pack, definitions, out)), *previous, *threads, *extra]
        day = self.plan.index if current else self.plan.previous
        memory = ["--memory", self.plan.memory] if self.plan.memory else []
        given = ["--index", day.isoformat(), "--key", str(self.key), "--model", str(self.model), "--out", str(out)]
        return [*_stratify("run", str(self.pack)), *given, *previous, *threads, *memory]


def main() -> None:
    """Measure, print the table, write the JSON where asked."""
    plan = _plan()
    plan.work.mkdir(parents=True, exist_ok=True)
    found = machine()
    results = []
    for people in plan.people:
        results.append(_measure(_prepare(plan, people)))
        content = as_json(found, results)
        if plan.json_path:
            plan.json_path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    print(as_markdown(found, results))
    if not all(comparison.agrees for result in results for comparison in result.comparisons):
        sys.exit(1)


def _plan() -> Plan:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, nargs="+", default=[26_000], help="sizes of place, smallest first")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--work", type=Path, default=REPOSITORY / ".benchmarks", help="where packs and model are kept")
    parser.add_argument("--model", type=Path, help="a model to score with; else one is fitted on the first size")
    parser.add_argument("--peers", default="duckdb,pandas", help="which peers, with commas between; empty for none")
    parser.add_argument("--pandas-most", type=int, default=300_000, help="the largest size the pandas peer is run at")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--memory", help="the product's --memory")
    parser.add_argument("--index", type=date.fromisoformat, default=date(2025, 10, 1))
    parser.add_argument("--previous", type=date.fromisoformat, default=date(2025, 9, 1))
    parser.add_argument("--pack", action="append", default=[], metavar="PEOPLE=FOLDER", help="a pack that exists")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    packs = {int(people): Path(folder) for people, folder in (text.split("=", 1) for text in given.pack)}
    peers = tuple(name for name in given.peers.split(",") if name)
    return Plan(
        tuple(given.people), given.rounds, given.work.resolve(), given.model, peers, given.threads, given.memory,
        given.index, given.previous, packs, given.json, given.pandas_most,
    )  # fmt: skip


def _stratify(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "stratify", *arguments]


def _run(command: Sequence[str], log: Path) -> Measured:
    return run_measured(command, ENVIRONMENT, log)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


# --- what is made once for each size ------------------------------------------------------------------------------


def _prepare(plan: Plan, people: int) -> Stage:
    """Pack, key, model, definitions for the peers, and everybody's run of the month before."""
    folder = plan.work / str(people)
    folder.mkdir(exist_ok=True)
    log = folder / "preparing.log"
    pack = _pack(plan, people, folder, log)
    if not (plan.work / "key").exists():
        _run(_stratify("make-key", str(plan.work / "key")), log)
    model = plan.model or plan.work / "model"
    stage = Stage(plan, people, pack, model, folder)
    if not (model / "checksums.sha256").exists():
        _say("Fitting the model")
        given = ["--index", plan.index.isoformat(), "--key", str(stage.key), "--model", str(model)]
        _run([*_stratify("fit", str(pack)), *given, "--threads", str(plan.threads)], log)
    for name, day in (("definitions.json", plan.index), ("definitions_previous.json", plan.previous)):
        script = HERE / "peer_definitions.py"
        _run([sys.executable, *map(str, (script, pack, model, day, folder / name))], log)
    for program in ("product", *plan.peers_at(people)):
        _say(f"{people:,} people: the month before, {program}")
        out = _fresh(folder / f"previous_{program}")
        _run(stage.command(program, out, current=False), folder / f"{program}.log")
    return stage


def _pack(plan: Plan, people: int, folder: Path, log: Path) -> Path:
    if people in plan.packs:
        return plan.packs[people]
    if not (folder / "borough" / "pack" / "manifest.json").exists():
        _say(f"Making {people:,} people")
        _fresh(folder / "borough")
        asked = (HERE / "made_up_place.py", folder / "borough", people, plan.index)
        _run([sys.executable, *map(str, asked)], log)
    return folder / "borough" / "pack"


def _fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    return folder


# --- what is measured ---------------------------------------------------------------------------------------------


def _measure(stage: Stage) -> SizeResult:
    """Agreement first, which also warms the page cache; then the rounds."""
    programs = ("product", *stage.plan.peers_at(stage.people))
    comparisons = _compare(stage)
    runs: dict[str, list[Measured]] = {program: [] for program in programs}
    timings = []
    for number in range(stage.plan.rounds):
        for program in programs:
            _say(f"{stage.people:,} people: round {number + 1} of {stage.plan.rounds}, {program}")
            out = _fresh(stage.folder / f"run_{program}")
            runs[program].append(_run(stage.command(program, out), stage.folder / f"{program}.log"))
        timings.append(json.loads((stage.folder / "run_product" / "timings.json").read_text(encoding="utf-8")))
        comparisons = [_same_scores(stage, comparison) for comparison in comparisons]
    log = stage.folder / "scan.json"
    _run([sys.executable, *map(str, (HERE / "scan_floor.py", stage.pack, stage.plan.threads))], log)
    floor = json.loads(log.read_text(encoding="utf-8"))
    return SizeResult(stage.people, runs, comparisons, timings, floor)


def _compare(stage: Stage) -> list[Comparison]:
    """Every peer's features, scores and tiers against the product's."""
    _run(stage.command("product", _fresh(stage.folder / "run_product")), stage.folder / "product.log")
    found = []
    for peer in stage.plan.peers_at(stage.people):
        _say(f"{stage.people:,} people: do {peer} and the product agree?")
        matrix, out = stage.folder / f"matrix_{peer}.npz", _fresh(stage.folder / f"run_{peer}")
        _run(stage.command(peer, out, extra=["--matrix", str(matrix)]), stage.folder / f"{peer}.log")
        found.append(_agreement(stage, peer, str(matrix)))
        matrix.unlink()
    return found


def _same_scores(stage: Stage, before: Comparison) -> Comparison:
    """The comparison, void where the scores of the last round differ as well."""
    return before if not before.agrees else before.also(_agreement(stage, before.peer, "-"))


def _agreement(stage: Stage, peer: str, matrix: str) -> Comparison:
    run, out = stage.folder / "run_product", stage.folder / f"run_{peer}"
    paths = (HERE / "agreement.py", stage.pack, stage.model, stage.key, stage.plan.index, run, out, matrix)
    log = stage.folder / f"agreement_{peer}.json"
    run_measured([sys.executable, *map(str, paths)], ENVIRONMENT, log, may_fail=True)
    return Comparison.read(peer, log.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
