"""When a task is due: worked out from its day and its hold, never stored."""

from datetime import date, timedelta
from enum import StrEnum

SOON_DAYS = 7
"""Due soon is within a week: the rhythm of a team that meets weekly."""

NEW_DAYS = 7
"""How long something that was given to somebody counts as new to them."""


class Due(StrEnum):
    """Where an open task stands on a day; the lists of the Today page, most pressing first."""

    OVERDUE = "overdue"
    TODAY = "today"
    SOON = "soon"
    LATER = "later"
    HELD = "held"


DUE_WORDS: dict[Due, str] = {
    Due.OVERDUE: "Overdue",
    Due.TODAY: "Due today",
    Due.SOON: "Due soon",
    Due.LATER: "Due later",
    Due.HELD: "On hold",
}


def due_day(due_on: date, hold_until: date | None) -> date:
    """The day that counts: a hold beyond the due day moves it to the day the hold ends."""
    return due_on if hold_until is None else max(due_on, hold_until)


def due_state(due_on: date, hold_until: date | None, today: date) -> Due:
    """Where an open task stands. It is held until the day its hold names, and back on the list on that day."""
    if hold_until is not None and hold_until > today:
        return Due.HELD
    day = due_day(due_on, hold_until)
    if day < today:
        return Due.OVERDUE
    if day == today:
        return Due.TODAY
    return Due.SOON if day <= today + timedelta(days=SOON_DAYS) else Due.LATER


def weekday_from(day: date) -> date:
    """The day itself, or the Monday after a weekend: a rule sets nothing to be done when a day service is closed.

    Bank holidays are not known here; somebody who sets a day by hand may choose any.
    """
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() >= 5 else 0)
