"""How much somebody carries, and when they work: points against capacity, working days, leave."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from caseload.domain.words import Tier

_FARTHEST = 366


@dataclass(frozen=True)
class WorkingPattern:
    """When somebody works. `days` has bit 0 for Monday to bit 6; `leave` is first and last days, both included."""

    days: int
    leave: tuple[tuple[date, date], ...] = ()


def points_of(people: Mapping[Tier, int], weights: Mapping[Tier, int]) -> int:
    """The points of so many people in each tier."""
    return sum(weights[tier] * count for tier, count in people.items())


def percent_of(points: int, capacity: int) -> int | None:
    """Points as a whole per cent of capacity, halves up; None for somebody without capacity."""
    return (200 * points + capacity) // (2 * capacity) if capacity > 0 else None


def works_on(pattern: WorkingPattern, day: date) -> bool:
    """Whether it is one of their days and they are not on leave."""
    return bool(pattern.days >> day.weekday() & 1) and not on_leave(pattern, day)


def on_leave(pattern: WorkingPattern, day: date) -> bool:
    """Whether the day is within a leave, whether or not they would have worked on it."""
    return any(first <= day <= last for first, last in pattern.leave)


def next_working_day(pattern: WorkingPattern, day: date) -> date | None:
    """The first day from this one on that they work; None where there is none within a year."""
    days = (day + timedelta(days=step) for step in range(_FARTHEST))
    return next((one for one in days if works_on(pattern, one)), None)
