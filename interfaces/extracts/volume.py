"""Rows by month, and the two alarms on them: a feed that stopped, and a month that is nearly empty."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import log
from statistics import median

# Silence says something only where rows were to be expected: with this many expected, chance alone leaves
# none at all less than once in a thousand (Poisson, exp(-expected) < 0.001).
_ENOUGH = -log(0.001)
_TRICKLE = 0.1  # a stopped feed often still carries a few late corrections
_LOOK_BACK_MONTHS = 36
_FEWEST_MONTHS = 3  # with fewer there is no telling what a usual month is


@dataclass(frozen=True)
class Stop:
    """A feed that stopped: its last event, and what was expected and found after `since`."""

    last_event: date
    since: date
    expected: int
    found: int


def months_before(day: date, months: int) -> date:
    """The same day that many months earlier, or the last day of a shorter month.

    >>> months_before(date(2026, 4, 30), 2)
    datetime.date(2026, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    after = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), after - timedelta(days=1))


def by_month(days: Mapping[date, int]) -> dict[date, int]:
    """Rows per calendar month from rows per day, every month from the first to the last with its count."""
    counted: dict[date, int] = {}
    for day, rows in days.items():
        if rows:
            counted[day.replace(day=1)] = counted.get(day.replace(day=1), 0) + rows
    if not counted:
        return {}
    months, month = [], max(counted)
    while month >= min(counted):
        months.append(month)
        month = months_before(month, 1)
    return {month: counted.get(month, 0) for month in reversed(months)}


def stopped(days: Mapping[date, int], extracted_on: date, gap_months: int) -> Stop | None:
    """Whether a feed stopped at least `gap_months` before the pack was made.

    `days` are accepted rows per event day. A feed with too few rows to tell never counts as stopped.
    """
    filled = {day: rows for day, rows in days.items() if rows and day <= extracted_on}
    if not filled:
        return None
    since, last = months_before(extracted_on, gap_months), max(filled)
    expected = _typical_month(filled, min(since, last)) * gap_months
    found = sum(rows for day, rows in filled.items() if day > since)
    if expected < _ENOUGH or found > expected * _TRICKLE:
        return None
    return Stop(last, since, round(expected), found)


def _typical_month(filled: Mapping[date, int], until: date) -> float:
    """The median month with any rows, over the three years up to that day; 0 with too few months to tell."""
    since = months_before(until, _LOOK_BACK_MONTHS)
    counted = by_month({day: rows for day, rows in filled.items() if since < day <= until})
    usual = [rows for rows in counted.values() if rows]
    return median(usual) if len(usual) >= _FEWEST_MONTHS else 0.0


def low_months(months: Mapping[date, int], complete_until: date, share: float) -> tuple[date, ...]:
    """Complete months inside the period that hold less than `share` of the median of the year before them.

    The first month and those after `complete_until` are partial and never alarm.
    """
    low: list[date] = []
    usual: list[int] = []
    for month, rows in list(months.items())[1:]:
        if months_before(month, -1) > complete_until:
            break
        expected = median(usual[-12:]) if len(usual) >= _FEWEST_MONTHS else 0.0
        if expected >= _ENOUGH and rows < expected * share:
            low.append(month)
        else:
            usual.append(rows)
    return tuple(low)
