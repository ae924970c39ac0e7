"""A person's own measure over time as a small drawing, and in a table and a sentence that say the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from caseload.domain.measures import LOWER_IS_BETTER, VALUES, short_words, value_words
from caseload.domain.plan_words import MeasureKind
from caseload.presenters.charts import Mark
from caseload.presenters.words import words_of
from caseload.presenters.writing import day, short_day
from caseload.queries.measures import MeasureRow

_LEFT, _RIGHT, _TOP, _STEP, _MARGIN = 140, 552, 16, 28, 40
_WIDTH, _ROOM = 560, 90
"""`_ROOM` is how far apart two dates below the drawing have to be."""


@dataclass(frozen=True, slots=True)
class MeasureChart:
    """The drawing: where its marks are, its line, and what a reader who does not see it is told."""

    width: int
    height: int
    left: int
    right: int
    levels: tuple[Mark, ...]
    points: tuple[Mark, ...]
    labels: tuple[Mark, ...]
    line: str
    words: str


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """One answer as the table has it."""

    measured_on: str
    answer: str
    by: str


@dataclass(frozen=True, slots=True)
class MeasurePart:
    """One measure with everything that was said to it; the table has the latest first."""

    kind: str
    name: str
    chart: MeasureChart
    lines: tuple[MeasureLine, ...]


def measure_parts(measures: Mapping[MeasureKind, Sequence[MeasureRow]]) -> list[MeasurePart]:
    """Every measure that was ever answered, in the order of the kinds."""
    return [_part(kind, rows) for kind, rows in measures.items() if rows]


def _part(kind: MeasureKind, rows: Sequence[MeasureRow]) -> MeasurePart:
    lines = tuple(MeasureLine(day(row.measured_on), value_words(kind, row.value), row.by) for row in reversed(rows))
    return MeasurePart(kind.value, words_of(kind), measure_chart(kind, rows), lines)


def measure_chart(kind: MeasureKind, rows: Sequence[MeasureRow]) -> MeasureChart:
    """The chart of one measure, oldest first; further right is later, by the calendar."""
    height = _TOP + _STEP * len(VALUES[kind]) + 20
    points = tuple(
        Mark(
            _across(row.measured_on, rows[0].measured_on, rows[-1].measured_on), _level(kind, row.value),
            f"{day(row.measured_on)}: {value_words(kind, row.value)}",
        )
        for row in rows
    )  # fmt: skip
    levels = tuple(Mark(_LEFT - 12, _level(kind, value), short_words(kind, value)) for value in VALUES[kind])
    line = "M" + "L".join(f"{point.x} {point.y}" for point in points)
    return MeasureChart(
        _WIDTH, height, _LEFT, _RIGHT, levels, points, _labels(rows, points, height), line, _in_words(kind, rows)
    )


def _level(kind: MeasureKind, value: int) -> int:
    """The highest value stands at the top."""
    return _TOP + _STEP * (max(VALUES[kind]) - value)


def _across(on: date, first: date, last: date) -> int:
    if first == last:
        return (_LEFT + _RIGHT) // 2
    whole = _RIGHT - _LEFT - 2 * _MARGIN
    return _LEFT + _MARGIN + round(whole * (on - first).days / (last - first).days)


def _labels(rows: Sequence[MeasureRow], points: Sequence[Mark], height: int) -> tuple[Mark, ...]:
    """The latest day always; of the others, those that have room."""
    labels: list[Mark] = []
    for row, point in zip(reversed(rows), reversed(points), strict=True):
        if not labels or labels[-1].x - point.x >= _ROOM:
            labels.append(Mark(point.x, height - 4, short_day(row.measured_on)))
    return tuple(reversed(labels))


def _in_words(kind: MeasureKind, rows: Sequence[MeasureRow]) -> str:
    first, last = rows[0], rows[-1]
    name, said = words_of(kind), value_words(kind, last.value)
    if len(rows) == 1:
        return f"{name}: {said} on {day(last.measured_on)}."
    change = _change(kind, first.value, last.value)
    return (
        f"{name}, {len(rows)} answers: {value_words(kind, first.value)} on {day(first.measured_on)}, {said} on "
        f"{day(last.measured_on)}. {change} The table has every answer."
    )


def _change(kind: MeasureKind, before: int, after: int) -> str:
    if before == after:
        return "The same as at first."
    better = (after < before) == (kind in LOWER_IS_BETTER)
    return "Better than at first." if better else "Worse than at first."
