"""What a listener counts and measures, as a text file in the format of Prometheus and as a line for the log.

Names of feeds, words of outcomes and numbers only: nothing that any message says. Source: Prometheus exposition formats,
text format 0.0.4.
"""

import os
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from threading import Lock

NAMES: dict[str, tuple[str, str]] = {
    "messages_total": ("counter", "Messages that were answered, by feed and what became of them."),
    "refusals_total": ("counter", "Messages that were refused, by feed and reason."),
    "applied_total": ("counter", "Stored messages that were acted on or not, by feed and state."),
    "frames_cut_total": ("counter", "Frames that were never ended, by how that was found."),
    "noise_bytes_total": ("counter", "Bytes outside any frame."),
    "connections_total": ("counter", "Connections that were opened."),
    "connections_refused_total": ("counter", "Connections that were closed at once because there were too many."),
    "store_failures_total": ("counter", "Times that the database did not take messages."),
    "silences_total": ("counter", "Times that a feed was told to be silent."),
    "connections": ("gauge", "Connections open now."),
    "waiting_messages": ("gauge", "Messages read and not stored yet."),
    "waiting_bytes": ("gauge", "Their bytes."),
    "received_messages": ("gauge", "Messages stored and not acted on yet."),
    "last_heard_timestamp_seconds": ("gauge", "When a feed was last heard."),
}
"""Every figure but the histogram: what kind it is and what it says."""

_PREFIX = "caseload_hospital_"
_LATENCY = "answer_seconds"
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """The figures of one listener since it began. Several threads may tell it things."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._values: Counter[tuple[str, tuple[tuple[str, str], ...]]] = Counter()
        self._within = [0] * (len(_BUCKETS) + 1)
        self._seconds = 0.0

    def count(self, name: str, more: int = 1, **labels: str) -> None:
        """Something happened once, or `more` times. KeyError for a figure that is not in `NAMES`."""
        self._known(name)
        with self._lock:
            self._values[name, tuple(labels.items())] += more

    def gauge(self, name: str, value: float, **labels: str) -> None:
        """How much there is of something now."""
        self._known(name)
        with self._lock:
            self._values[name, tuple(labels.items())] = value  # type: ignore[assignment]

    def answered(self, seconds: float) -> None:
        """A message was answered so long after its last byte was read."""
        with self._lock:
            self._within[bisect_left(_BUCKETS, seconds)] += 1
            self._seconds += seconds

    def value(self, name: str, **labels: str) -> float:
        """One figure; with no labels, the sum over all of its labels."""
        with self._lock:
            if labels:
                return self._values[name, tuple(labels.items())]
            return sum(value for (each, _labels), value in self._values.items() if each == name)

    def text(self) -> str:
        """All of it, as Prometheus reads it."""
        with self._lock:
            values, within, seconds = dict(self._values), list(self._within), self._seconds
        lines: list[str] = []
        for name, (kind, meaning) in NAMES.items():
            lines += [f"# HELP {_PREFIX}{name} {meaning}", f"# TYPE {_PREFIX}{name} {kind}"]
            mine = sorted((labels, value) for (each, labels), value in values.items() if each == name)
            lines += [f"{_PREFIX}{name}{_labelled(labels)} {value:.15g}" for labels, value in mine]
        return "\n".join([*lines, *_histogram(within, seconds)]) + "\n"

    def line(self) -> str:
        """The counts that say how it goes, as one line of names and numbers."""
        told = ("messages_total", "refusals_total", "applied_total", "store_failures_total", "received_messages")
        return " ".join(f"{name.removesuffix('_total')}={self.value(name):.15g}" for name in told)

    def _known(self, name: str) -> None:
        if name not in NAMES:
            raise KeyError(name)


def write_metrics(metrics: Metrics, file: Path) -> None:
    """Write the text file anew, so that a reader sees all of the old or all of the new. OSError where it cannot be."""
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        beside.write_text(metrics.text(), encoding="utf-8")
        beside.replace(file)
    except OSError:
        beside.unlink(missing_ok=True)
        raise


def _labelled(labels: tuple[tuple[str, str], ...]) -> str:
    """Names of feeds and words are plain by their rules; quoted all the same."""
    quoted = (f'{name}="{value.translate(_ESCAPES)}"' for name, value in labels)
    return "{" + ",".join(quoted) + "}" if labels else ""


_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})


def _histogram(within: list[int], seconds: float) -> Iterator[str]:
    name = _PREFIX + _LATENCY
    yield f"# HELP {name} Seconds from the last byte of a message to its answer."
    yield f"# TYPE {name} histogram"
    so_far = 0
    for most, count in zip((*(f"{most:g}" for most in _BUCKETS), "+Inf"), within, strict=True):
        so_far += count
        yield f'{name}_bucket{{le="{most}"}} {so_far}'
    yield f"{name}_sum {seconds:.6f}"
    yield f"{name}_count {so_far}"
