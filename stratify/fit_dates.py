"""Which days a fit looks at, so that nothing it learns from was unknown on the index date.

booster        365 days   calibration      365 days      lag   index date
|--------------------------|-----------------------------|-----|
features before, outcome after, at each snapshot: the trees learn at the first, calibration at the second
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from statistics import median
from typing import Self

from stratify.exceptions import FitRefused

OUTCOME_DAYS = 365
# A feed's first event may come a while after the extract begins; more than a month is a shorter history.
_GRACE_DAYS = 31
_FULL_MONTH = 0.25
_USUAL_MONTHS = 36


@dataclass(frozen=True)
class FitDates:
    """The index date, the snapshots before it, and the lag between the last outcome and the index date.

    Settings are chosen on the first of `boosters`.
    """

    index_date: date
    calibration: date
    boosters: tuple[date, ...]
    lag_days: int

    @property
    def snapshots(self) -> tuple[date, ...]:
        """All snapshots, earliest first."""
        return tuple(sorted({self.calibration, *self.boosters}))

    def reached(self, start: date | None, look_back_days: int) -> Self:
        """Without the booster snapshots whose look-back begins before `start`; the first stays."""
        grace = timedelta(days=_GRACE_DAYS)
        earliest = (start or date.max - grace) - grace + timedelta(days=look_back_days)
        kept = tuple(day for day in self.boosters[1:] if day >= earliest)
        return replace(self, boosters=(self.boosters[0], *kept))

    def history_from(self, look_back_days: int) -> date:
        """The day from which records are needed."""
        return self.snapshots[0] - timedelta(days=look_back_days)


def fit_dates(index_date: date, *, lag_days: int, booster_days_before: Sequence[int]) -> FitDates:
    """The snapshots of a fit at an index date.

    `lag_days` is the time admissions need to reach the warehouse: the last outcome window closes so long before the
    index date, or its latest admissions would be missing and count as none.
    """
    calibration = index_date - timedelta(days=OUTCOME_DAYS + lag_days)
    boosters = tuple(calibration - timedelta(days=days) for days in booster_days_before)
    return FitDates(index_date, calibration, boosters, lag_days)


def feed_start(months: Mapping[date, int]) -> date | None:
    """The first month from which a feed is full: with at least a quarter of the rows of its usual month.

    A few ancient rows (a diagnosis dated to childhood) are no history.
    """
    filled = [rows for rows in months.values() if rows]
    if not filled:
        return None
    enough = _FULL_MONTH * median(filled[-_USUAL_MONTHS:])
    return next(month for month, rows in months.items() if rows and rows >= enough)


def check_history(dates: FitDates, starts: Mapping[str, date | None], *, look_back_days: int) -> list[str]:
    """Refuse a pack whose admissions begin too late; a sentence for every other feed that does.

    `starts` gives the first event of each table, None where it has none. Raises FitRefused.
    """
    needed = dates.history_from(look_back_days)
    late = {table: start for table, start in starts.items() if start is None or (start - needed).days > _GRACE_DAYS}
    if "admissions" in late:
        start = late.pop("admissions")
        raise FitRefused(
            f"admissions from {needed.isoformat()}: a fit at {dates.index_date.isoformat()} learns from "
            f"{dates.snapshots[0].isoformat()} and looks back {look_back_days:,} days from there",
            "none" if start is None else f"the first on {start.isoformat()}",
            f"Ask for extracts that reach back {(dates.index_date - needed).days:,} days, or fit at a later date.",
        )
    return [
        f"{table} begins {start.isoformat() if start else 'nowhere'}, after {needed.isoformat()}: "
        "its features know less at the earlier snapshot."
        for table, start in late.items()
    ]
