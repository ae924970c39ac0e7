"""The proportions with a lead and with a joint care plan, month by month, as a drawing by the server.

Classes only, since the content security policy forbids style attributes. The table beside it says the same; a month
whose share is withheld is a gap.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from caseload.presenters.charts import Mark
from caseload.presenters.headline import Figures, Share
from caseload.presenters.writing import percent, short_month

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 620, 260, 56, 500, 16, 220
_LABELS = 7
_LEVELS = (0, 25, 50, 75, 100)
_APART = 18


@dataclass(frozen=True, slots=True)
class FiguresOfMonth:
    """A month's figures of one place and tier."""

    day: date
    words: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Series:
    """One line of the drawing: its strokes (broken where a month is withheld), its points, its name at the end."""

    code: str
    line: str
    points: tuple[Mark, ...]
    name: Mark


@dataclass(frozen=True, slots=True)
class ShareChart:
    """The drawing and what a reader who does not see it is told."""

    width: int
    height: int
    left: int
    right: int
    levels: tuple[Mark, ...]
    labels: tuple[Mark, ...]
    series: tuple[Series, ...]
    words: str


def share_chart(months: Sequence[FiguresOfMonth]) -> ShareChart | None:
    """The chart of some months, oldest first; None where there are not two to compare, or nothing may be shown."""
    if len(months) < 2 or all(
        one.share is None for month in months for one in (month.figures.led, month.figures.joint)
    ):
        return None
    xs = [round(_LEFT + 20 + (_RIGHT - _LEFT - 40) * place / (len(months) - 1)) for place in range(len(months))]
    every = -(-len(months) // _LABELS)
    labels = tuple(
        Mark(x, _HEIGHT - 14, short_month(month.day))
        for place, (x, month) in enumerate(zip(xs, months, strict=True))
        if (len(months) - 1 - place) % every == 0
    )
    led = _series("lead", "With a lead", xs, [(month.day, month.figures.led) for month in months])
    joint = _series("plan", "Joint care plan", xs, [(month.day, month.figures.joint) for month in months])
    levels = tuple(Mark(_LEFT - 8, _height(level / 100), f"{level}%") for level in _LEVELS)
    series = _named_apart([one for one in (led, joint) if one.points])
    return ShareChart(_WIDTH, _HEIGHT, _LEFT, _RIGHT, levels, labels, series, _in_words(months))


def _series(code: str, name: str, xs: Sequence[int], shares: Sequence[tuple[date, Share]]) -> Series:
    line, points, drawing = "", [], False
    for x, (day, one) in zip(xs, shares, strict=True):
        if one.share is None:
            drawing = False
            continue
        y = _height(one.share)
        line += f"{'L' if drawing else 'M'}{x} {y}"
        points.append(Mark(x, y, f"{name}, {short_month(day)}: {percent(one.share, 1)}"))
        drawing = True
    end = points[-1].y if points else 0
    return Series(code, line, tuple(points), Mark(_RIGHT + 8, end + 5, name))


def _named_apart(series: Sequence[Series]) -> tuple[Series, ...]:
    """Two names that would stand on each other are put apart; the plan's is the lower, for its share is never larger."""
    if len(series) < 2 or series[1].name.y - series[0].name.y >= _APART:
        return tuple(series)
    upper, lower = series
    middle = (upper.name.y + lower.name.y) // 2
    top = min(max(middle - _APART // 2, _TOP + 5), _BOTTOM - _APART + 5)
    return (_with_name(upper, top), _with_name(lower, top + _APART))


def _with_name(one: Series, y: int) -> Series:
    return Series(one.code, one.line, one.points, Mark(one.name.x, y, one.name.words))


def _height(share: float) -> int:
    return round(_BOTTOM - (_BOTTOM - _TOP) * share)


def _in_words(months: Sequence[FiguresOfMonth]) -> str:
    first, last = months[0], months[-1]
    return (
        f"Adults at risk with an accountable lead: {first.figures.led.share_words} in {short_month(first.day)}, "
        f"{last.figures.led.share_words} in {short_month(last.day)}; with a joint care plan: "
        f"{first.figures.joint.share_words}, then {last.figures.joint.share_words}. The table has every month."
    )
