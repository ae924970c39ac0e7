"""How old a score may be before it is greyed, and before nobody is shown it any more.

The bounds are settings (`tier_grey_days`, `tier_hidden_days`); a month's run is expected every month, so that a score
shown as fresh is of this month or the last.
"""

from datetime import date
from enum import StrEnum
from typing import Protocol


class Freshness(StrEnum):
    """What a page does with a score."""

    FRESH = "fresh"
    GREY = "grey"
    HIDDEN = "hidden"


class Bounds(Protocol):
    """The two bounds in days, as the settings have them."""

    @property
    def tier_grey_days(self) -> int:
        """Older than this is shown greyed, and said to be old."""

    @property
    def tier_hidden_days(self) -> int:
        """Older than this is not shown."""


def freshness(index_date: date, today: date, bounds: Bounds) -> Freshness:
    """What to do on a day with a score whose prediction was made on `index_date`; a day on a bound is still within it."""
    age = (today - index_date).days
    if age > bounds.tier_hidden_days:
        return Freshness.HIDDEN
    return Freshness.GREY if age > bounds.tier_grey_days else Freshness.FRESH
