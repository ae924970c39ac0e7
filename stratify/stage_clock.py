"""What each stage of a run cost: wall time, processor time and peak memory."""

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from stratify.progress import Progress, silent


@dataclass(frozen=True)
class StageCost:
    """One stage: seconds by the wall clock, seconds of processor time over all threads."""

    stage: str
    wall_seconds: float
    cpu_seconds: float


@dataclass
class StageClock:
    """Measures stages as they pass and says each to `progress`; stages do not overlap."""

    progress: Progress = silent
    costs: list[StageCost] = field(default_factory=list)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measures the block under that name."""
        self.progress(name)
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self.costs.append(StageCost(name, time.perf_counter() - wall, time.process_time() - cpu))

    def report(self) -> dict[str, object]:
        """Costs by stage in order, their sums, and the peak resident memory of the process so far (bytes)."""
        return {
            "stages": [
                {
                    "stage": cost.stage,
                    "wall_seconds": round(cost.wall_seconds, 3),
                    "cpu_seconds": round(cost.cpu_seconds, 3),
                }
                for cost in self.costs
            ],
            "wall_seconds": round(sum(cost.wall_seconds for cost in self.costs), 3),
            "cpu_seconds": round(sum(cost.cpu_seconds for cost in self.costs), 3),
            "process_cpu_seconds": round(time.process_time(), 3),
            # Linux counts ru_maxrss in kibibytes.
            "peak_memory_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        }
