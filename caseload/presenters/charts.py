"""A person's tier, month by month, as a small drawing: where its points and lines go.

Drawn by the server as SVG with classes only, since the content security policy forbids style attributes. The table
under it says the same in words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from caseload.domain.words import Tier
from caseload.presenters.words import words_of
from caseload.presenters.writing import short_month

_LEFT, _TOP, _STEP, _MARGIN, _HEIGHT = 96, 16, 36, 24, 170
_WIDTH = 560
_LABELS = 6


@dataclass(frozen=True, slots=True)
class TierMonth:
    """One run's answer about a person. `percentile` is None for who may not see scores; `old` is shown in grey."""

    index_date: date
    tier: Tier
    percentile: float | None = None
    old: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """Something drawn at a place: a point, or a word."""

    x: int
    y: int
    words: str
    old: bool = False


@dataclass(frozen=True, slots=True)
class TierChart:
    """The drawing and what a reader who does not see it is told."""

    width: int
    height: int
    left: int
    right: int
    levels: tuple[Mark, ...]
    points: tuple[Mark, ...]
    labels: tuple[Mark, ...]
    line: str
    words: str


def tier_chart(months: Sequence[TierMonth]) -> TierChart | None:
    """The chart of a history, oldest first whatever order it came in; None where there is none."""
    if not months:
        return None
    ordered = sorted(months, key=lambda month: month.index_date)
    xs = _across(len(ordered))
    points = tuple(
        Mark(x, _level(month.tier), f"{short_month(month.index_date)}: {words_of(month.tier)}", month.old)
        for x, month in zip(xs, ordered, strict=True)
    )
    every = -(-len(ordered) // _LABELS)
    labels = tuple(
        Mark(point.x, _HEIGHT - 4, short_month(month.index_date))
        for place, (point, month) in enumerate(zip(points, ordered, strict=True))
        if (len(ordered) - 1 - place) % every == 0
    )
    levels = tuple(Mark(_LEFT - 12, _level(tier), words_of(tier)) for tier in Tier)
    return TierChart(_WIDTH, _HEIGHT, _LEFT, _WIDTH - 8, levels, points, labels, _steps(points), _in_words(ordered))


def _across(count: int) -> list[int]:
    first, last = _LEFT + _MARGIN, _WIDTH - 8 - _MARGIN
    if count == 1:
        return [(first + last) // 2]
    return [round(first + (last - first) * place / (count - 1)) for place in range(count)]


def _level(tier: Tier) -> int:
    return _TOP + _STEP * list(Tier).index(tier)


def _steps(points: Sequence[Mark]) -> str:
    """A tier holds until the next run, so the line goes along and then up or down."""
    return f"M{points[0].x} {points[0].y}" + "".join(f"H{point.x}V{point.y}" for point in points[1:])


def _in_words(ordered: Sequence[TierMonth]) -> str:
    first, last = ordered[0], ordered[-1]
    if len(ordered) == 1:
        return f"Tier in {short_month(first.index_date)}: {words_of(first.tier)}."
    return (
        f"Tier in {len(ordered)} monthly runs: {words_of(first.tier)} in {short_month(first.index_date)}, "
        f"{words_of(last.tier)} in {short_month(last.index_date)}. The table below has every month."
    )
