"""Taking in two months, each as `caseload load-run` in a process of its own: CPU, wall clock, peak memory, how long others wait.

    python benchmarks/load_run.py --people 261536 --work FOLDER           a made-up place, made on the first call
    python benchmarks/load_run.py --pack P1 --run R1 --pack P2 --run R2 --key FILE
    python benchmarks/load_run.py … --database postgresql://…             CARETIER_SECRET_KEY has to be set

While a month comes in, another program asks every tenth of a second to write one row and gives it back: the longest it
waits is how long a page of the app may wait at worst (SQLite only; PostgreSQL makes nobody wait). Only the standard library
is used here: a child's peak memory never reads lower than that of the process that started it.
"""

import argparse
import json
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from measuring import Measured, machine, run_measured

REPOSITORY = Path(__file__).resolve().parent.parent
ENVIRONMENT = {"OMP_WAIT_POLICY": "passive", "PYTHONPATH": str(REPOSITORY)}
FIRST, SECOND = date(2026, 9, 1), date(2026, 10, 1)
MODEL = REPOSITORY / "models" / "emergency_admission_12m" / "demo-1"


@dataclass(frozen=True)
class Months:
    """Packs and runs, oldest first, and their key."""

    packs: list[Path]
    runs: list[Path]
    key: Path


@dataclass
class Waits:
    """How long another program waited for each of its writes, in seconds."""

    longest: float = 0.0
    asked: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)


def main() -> None:
    """Make what is missing, take both months in, print the table."""
    arguments = _arguments()
    months = _given(arguments) if arguments.run else _made(arguments.work, arguments.people)
    database = arguments.database or f"sqlite:///{_fresh(arguments.work / 'load_run.sqlite')}"
    _caseload("init", database, arguments.work)
    rows = []
    loads = [*zip(["first month", "second month"], months.packs, months.runs, strict=True)]
    loads.append(("the same again", months.packs[-1], months.runs[-1]))
    for name, pack, run in loads:
        with _another_writer(database) as waits:
            measured = _caseload("load-run", database, arguments.work, str(run), str(pack), "--key", str(months.key))
        rows.append((name, measured, waits))
    _print(rows, database, arguments.json)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=261_536)
    parser.add_argument("--work", type=Path, default=REPOSITORY / ".benchmarks")
    parser.add_argument("--pack", type=Path, action="append")
    parser.add_argument("--run", type=Path, action="append")
    parser.add_argument("--key", type=Path)
    parser.add_argument("--database")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    return arguments


def _given(arguments: argparse.Namespace) -> Months:
    return Months(arguments.pack, arguments.run, arguments.key)


def _made(work: Path, people: int) -> Months:
    """The product's own commands make them: a place, a key and two runs by the shipped model."""
    folder = work / f"load_run_{people}"
    packs, runs = [folder / "pack_earlier", folder / "pack"], [work / f"run_{people}_{day}" for day in (FIRST, SECOND)]
    key = work / "load_run.key"
    if not folder.exists():
        days = ("--index", f"{SECOND}", "--earlier", f"{FIRST}")
        _stratify("synth", str(folder), "--people", str(people), *days, "--seed", "1")
    if not key.exists():
        _stratify("make-key", str(key))
    for at, (day, pack, run) in enumerate(zip((FIRST, SECOND), packs, runs, strict=True)):
        if not run.exists():
            earlier = ("--previous", str(runs[0])) if at else ()
            _stratify(
                "run",
                str(pack),
                "--index",
                f"{day}",
                "--key",
                str(key),
                "--model",
                str(MODEL),
                "--out",
                str(run),
                *earlier,
            )
    return Months(packs, runs, key)


def _fresh(file: Path) -> Path:
    for leftover in file.parent.glob(f"{file.name}*"):
        leftover.unlink()
    return file.resolve()


def _stratify(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "stratify", *arguments], check=True, cwd=REPOSITORY)


def _caseload(command: str, database: str, work: Path, *arguments: str) -> Measured:
    started = [sys.executable, "-m", "caseload", command, *arguments, "--database", database]
    return run_measured(started, ENVIRONMENT, work / "load_run.log")


@contextmanager
def _another_writer(database: str) -> Iterator[Waits]:
    waits = Waits()
    if not database.startswith("sqlite:///"):
        yield waits
        return
    asking = threading.Thread(target=_ask, args=(database.removeprefix("sqlite:///"), waits))
    asking.start()
    try:
        yield waits
    finally:
        waits.stopped.set()
        asking.join()


def _ask(file: str, waits: Waits) -> None:
    with closing(sqlite3.connect(file, timeout=600, isolation_level=None)) as connection:
        while not waits.stopped.wait(0.1):
            began = time.perf_counter()
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
            waits.longest = max(waits.longest, time.perf_counter() - began)
            waits.asked += 1


def _print(rows: list[tuple[str, Measured, Waits]], database: str, json_path: Path | None) -> None:
    print(json.dumps(machine()), f"\ndatabase: {database.split(':', 1)[0]}\n")
    print("| load | wall, s | CPU, s | peak memory, MiB | longest wait of another writer, s | others' cores |")
    print("| --- | --- | --- | --- | --- | --- |")
    shown = []
    for name, one, waits in rows:
        wait = f"{waits.longest:.1f}" if waits.asked else "–"
        print(
            f"| {name} | {one.wall_seconds:.1f} | {one.cpu_seconds:.1f} | {one.peak_memory:.0f} | {wait} | {one.others:.2f} |"
        )
        shown.append({"load": name, **one.to_json(), "longest_wait": round(waits.longest, 3), "writes": waits.asked})
    if json_path is not None:
        json_path.write_text(json.dumps(shown, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
