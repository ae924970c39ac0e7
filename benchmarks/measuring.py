"""One process measured from outside: wall, CPU of it and its children, peak memory, and what else the machine did."""

import os
import platform
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Measured:
    """`others` is how many processor cores other programs kept busy meanwhile (from /proc/stat); memory is in MiB.

    `peak_memory` is that of the largest process; none of the programs here starts workers.
    """

    wall_seconds: float
    cpu_seconds: float
    peak_memory: float
    others: float

    def to_json(self) -> dict[str, float]:
        """The figures, rounded."""
        return {name: round(value, 3) for name, value in asdict(self).items()}


def run_measured(
    command: Sequence[str], environment: Mapping[str, str], log: Path, *, may_fail: bool = False
) -> Measured:
    """Run a command to its end with its output in `log`; stops the benchmark where it fails, with the end of the log."""
    with log.open("w", encoding="utf-8") as stream:
        busy, start = _busy_seconds(), time.perf_counter()
        process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=stream, stderr=subprocess.STDOUT)  # noqa: TID251
        _, status, usage = os.wait4(process.pid, 0)
        wall, busy = time.perf_counter() - start, _busy_seconds() - busy
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode and not may_fail:
        end = "\n".join(log.read_text(encoding="utf-8").splitlines()[-20:])
        sys.exit(f"exit {process.returncode} of: {' '.join(command)}\n{end}")
    cpu = usage.ru_utime + usage.ru_stime
    return Measured(wall, cpu, usage.ru_maxrss / 1024, max(busy - cpu, 0.0) / wall)


def machine() -> dict[str, Any]:
    """The machine and the interpreter in a few words."""
    model = [line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    memory = next((line.split()[1] for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), "0")
    return {
        "processor": model[0] if model else platform.processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(int(memory) / 1024 / 1024, 1),
        "system": platform.system(),
        "python": platform.python_version(),
    }


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def _busy_seconds() -> float:
    """Processor seconds of the whole machine that were neither idle nor waiting for a disk."""
    for line in _lines("/proc/stat"):
        if line.startswith("cpu "):
            user, nice, system, _idle, _wait, hard, soft, steal, *_ = map(int, line.split()[1:])
            return (user + nice + system + hard + soft + steal) / os.sysconf("SC_CLK_TCK")
    return 0.0
