"""When the end of a hospital stay can be planned: from its first day, until two weeks after it ended."""

from datetime import date, timedelta

from caseload.domain.words import EncounterKind

RECENT_DAYS = 14
"""For so long after its end the pathway of a stay can still be put right."""

LONGEST_AHEAD = timedelta(days=366)

STAYS = frozenset({EncounterKind.EMERGENCY_ADMISSION, EncounterKind.OTHER_ADMISSION})
"""Hospital use that somebody is discharged from."""


def can_be_planned(kind: EncounterKind, ended_on: date | None, today: date) -> bool:
    """Whether this is a stay that goes on, or ended lately."""
    return kind in STAYS and (ended_on is None or today - ended_on <= timedelta(days=RECENT_DAYS))


def why_not_expected_on(day: date | None, started_on: date, ended_on: date | None, today: date) -> str | None:
    """The sentence for a day nobody can be expected to leave on; None for a good one, and for none."""
    if day is None:
        return None
    if day < started_on:
        return "The day expected is before the stay began."
    if ended_on is None and day < today:
        return "The day expected must be today or in the future."
    if day > today + LONGEST_AHEAD:
        return "The day expected must be within a year."
    return None
